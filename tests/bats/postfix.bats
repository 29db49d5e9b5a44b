#!/usr/bin/env bats
# The recipes that take the SMTP session from Postfix, run by Postfix: where the
# client's address, its HELO and the sender come from in each.
# SPDX-License-Identifier: BSD-2-Clause
load helper
load pipes
load postfix

setup_file() {
	# Each test says so, as bats 1.8 knows no skip for all of a file.
	if [ "$(id -u)" -ne 0 ]; then
		export WITHOUT="Postfix starts as root alone"
	elif [ ! -e "$B/unpacked/postfix.done" ]; then
		export WITHOUT="no Postfix: make setup-test unpacks it"
	fi
	[ -z "${WITHOUT:-}" ] || return 0
	# Others than root read in it.
	export P
	P=$(mktemp -d)
	export TOOLS=$P/tools
	tools "$TOOLS"
	(cd "$P" && forge <<<'write(signed(), "mail")')
	cat "$P/mail.keys" - >>"$TOOLS/keys" <<-'K'
	author.example TXT "v=spf1 ip4:192.0.2.1 -all"
	helo.author.example TXT "v=spf1 ip4:192.0.2.1 -all"
	_dmarc.author.example TXT "v=DMARC1; p=reject"
	K
	chown nobody: "$TOOLS/arc.pem"
	chmod 644 "$TOOLS/keys"
	# The recipes as they are, but for the place of the key.
	mkdir "$P/r"
	cp "$ROOT/samples/recipes"/* "$P/r"
	sed -i "s,/etc/arc,$TOOLS,g" "$P/r"/*
	# Whatever is delivered appears in box once it is whole.
	cat >"$P/deliver" <<-E
	#!/bin/sh
	export PATH=$TOOLS:\$PATH
	case \$1 in
	procmail) exec /usr/bin/procmail -p -m "$P/rc.procmail" ;;
	maildrop) exec /usr/bin/maildrop "$P/rc.maildrop" ;;
	esac
	cat >"$P/box/.\$1" && mv "$P/box/.\$1" "$P/box/\$1"
	E
	local to="cat >$P/box/.NAME \&\& mv $P/box/.NAME $P/box/NAME"
	# Whoever this is for has a shell; nobody has none.
	sed "1i SHELL=/bin/sh
		s,^\\\$DEFAULT,| ${to//NAME/procmail}," "$P/r/procmailrc-annotate" >"$P/rc.procmail"
	sed "1i SHELL=\"/bin/sh\"\nPATH=\"$TOOLS:/usr/bin:/bin\"
		s,^to .*,to \"| ${to//NAME/maildrop}\"," "$P/r/mailfilter" >"$P/rc.maildrop"
	chown nobody: "$P/rc.maildrop"
	chmod 600 "$P/rc.maildrop"
	cat >"$P/list" <<-E
	#!/bin/sh
	PATH=$TOOLS:\$PATH SENDMAIL=$P/sent exec "$P/r/list-post" -f bounce@lists.example.org -- member@m.example
	E
	printf '#!/bin/sh\ncat >%s/box/.list && mv %s/box/.list %s/box/list\n' "$P" "$P" "$P" >"$P/sent"
	chmod 755 "$P" "$P/r" "$P"/{deliver,list,sent}
	chmod 644 "$P"/rc.procmail
	postfix_start "$P"
}

teardown_file() {
	[ -z "${POSTFIX_PID:-}" ] || postfix_end
	[ -z "${P:-}" ] || rm -rf "$P"
}

setup() {
	[ -z "${WITHOUT:-}" ] || skip "$WITHOUT"
	T=$BATS_TEST_TMPDIR
	MAIL=$P/mail
}

teardown() {
	rm -rf "${SIEVE:-}"
}

# field NAME: the first of that name of standard input, unfolded.
field() {
	awk -v name="$1:" '
		on && /^[ \t]/ { sub(/^[ \t]+/, " "); line = line $0; next }
		on { exit }
		index($0, name) == 1 { on = 1; line = $0 }
		END { print line }'
}

# What each finds; b= has no more of a signature than its beginning.
RESULTS='dkim=pass header.d=author.example header.s=s1 header.a=rsa-sha256 header.b="[^"]*"; spf=pass smtp.mailfrom=author.example; dmarc=pass header.from=author.example policy.dmarc=reject'

# has NAME FILE START: the field begins so and goes on with these results.
has() {
	run -0 field "$1" <"$2"
	[[ $output =~ ^"$1: $3"[^\;]*\;\ $RESULTS$ ]] || {
		echo "$output"
		false
	}
}

@test "pipe(8): what comes by SMTP is sealed with what this host saw, and goes on" {
	smtp "$FILTERED" helo.author.example bounce@author.example nobody+out@example.org "$MAIL"
	delivered out
	has ARC-Authentication-Results "$P/box/out" "i=1; mx.example.org; arc=none smtp.remote-ip=192.0.2.1"
	run -0 "$TOOLS/arc-verify" "$P/box/out"
	[[ $output == "pass  i=1 example.org"* ]]
	# A null sender, and a HELO that looks like an option and a command.
	smtp "$FILTERED" helo.author.example '' nobody+null@example.org "$MAIL"
	delivered null
	run -0 field ARC-Authentication-Results <"$P/box/null"
	[[ $output == *"; spf=pass smtp.helo=helo.author.example; dmarc=pass "* ]]
	smtp "$FILTERED" '--ar=none;`id`' bounce@author.example nobody+option@example.org "$MAIL"
	delivered option
	has ARC-Authentication-Results "$P/box/option" "i=1; mx.example.org; arc=none smtp.remote-ip=192.0.2.1"
	# Not from that address.
	CLIENT=203.0.113.9 smtp "$FILTERED" x bounce@author.example nobody+other@example.org "$MAIL"
	delivered other
	run -0 field ARC-Authentication-Results <"$P/box/other"
	[[ $output == *"smtp.remote-ip=203.0.113.9; dkim=pass "*"; spf=fail smtp.mailfrom=author.example; dmarc=pass "* ]]
}

@test "local(8) and procmail -p: client, HELO and sender by the environment" {
	smtp "$PLAIN" helo.author.example bounce@author.example nobody+procmail@example.org "$MAIL"
	delivered procmail
	has Authentication-Results "$P/box/procmail" "delivery.example.org; arc=none smtp.remote-ip=192.0.2.1"
	rm "$P/box/procmail"
	smtp "$PLAIN" helo.author.example '' nobody+procmail@example.org "$MAIL"
	delivered procmail
	run -0 field Authentication-Results <"$P/box/procmail"
	[[ $output == *"; spf=pass smtp.helo=helo.author.example; dmarc=pass "* ]]
}

@test "local(8) and maildrop: client and HELO by Received, the sender by Return-Path" {
	smtp "$PLAIN" helo.author.example bounce@author.example nobody+maildrop@example.org "$MAIL"
	delivered maildrop
	has Authentication-Results "$P/box/maildrop" "delivery.example.org; arc=none smtp.remote-ip=192.0.2.1"
}

@test "Sieve, over what local(8) delivers: client and HELO by Received, the sender by Return-Path" {
	smtp "$PLAIN" helo.author.example bounce@author.example nobody+sieve@example.org "$MAIL"
	delivered sieve
	sieve_setup
	cp "$TOOLS/keys" "$SIEVE/bin/keys"
	# Dovecot takes no mbox line; its own LMTP has none.
	sed '1{/^From /d}' "$P/box/sieve" >"$T/m"
	by_sieve "$SIEVE/box" "$(cat "$P/r/annotate.sieve")" "$T/m"
	has Authentication-Results "$(only "$SIEVE/box")" "delivery.example.org; arc=none smtp.remote-ip=192.0.2.1"
}

@test "a list behind an alias: evaluated before its changes, sealed after them" {
	smtp "$PLAIN" helo.author.example bounce@author.example list@example.org "$MAIL"
	delivered list
	has ARC-Authentication-Results "$P/box/list" "i=1; mx.example.org; arc=none smtp.remote-ip=192.0.2.1"
	grep -q '^Subject: \[talk\] ' "$P/box/list"
	run -0 "$TOOLS/arc-verify" "$P/box/list"
	[[ $output == "pass  i=1 lists.example.org"* ]]
	# What the list did broke the signature, and the seal says that it was right.
	run -1 "$TOOLS/arc-verify" --check dkim "$P/box/list"
	[[ $output == *"[body-hash]" ]]
}
