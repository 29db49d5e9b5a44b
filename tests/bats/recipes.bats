#!/usr/bin/env bats
# The recipes of samples/recipes, run by the programs that they are for.
# SPDX-License-Identifier: BSD-2-Clause
load helper
load pipes

setup_file() {
	tools_and_mails
	# Somebody's seal, whose key cannot be asked for.
	arc-sign -d tempfail.example -s arc -k "$TOOLS/arc.pem" -t "$NOW" --ar none \
		<"$SAMPLES/none-no-arc-fields.eml" >"$BATS_FILE_TMPDIR/tempfail"
}

teardown() {
	rm -rf "${SIEVE:-}"
}

setup() {
	T=$BATS_TEST_TMPDIR
	TEMPFAIL=$BATS_FILE_TMPDIR/tempfail
	PATH=$TOOLS:$PATH
	# Each test has an outbox of its own, as several run at a time.
	export SENDMAIL=$TOOLS/sendmail SENT=$T/sent
	# The recipes as they are, but for the place of the key.
	mkdir "$T/r"
	cp "$ROOT/samples/recipes"/* "$T/r"
	sed -i "s,/etc/arc,$TOOLS,g" "$T/r"/*
}

count() {
	find "$1/new" "$1/cur" -type f 2>/dev/null | wc -l
}

# sent: what was mailed on is sealed by $1 at instance $2, and says $3 in its AAR.
sealed() {
	run -0 arc-verify "$SENT"
	[[ $output == "pass  i=$2 $1"* ]]
	run -0 arc-verify --json "$SENT"
	[[ $output == *"$3"* ]]
}

@test "procmailrc-check sorts by the verdict and changes nothing" {
	check() {
		maildir "$T/m"
		by_procmail "$T/m" "INCLUDERC=$T/r/procmailrc-check" <"$1"
		cmp "$1" "$(only "$T/m$2")"
		[ "$(find "$T/m" -path '*/new/*' -type f | wc -l)" -eq 1 ]
	}
	check "$SAMPLES/fail-body-changed.eml" /.arc-fail
	check "$SAMPLES/fail-set-missing.eml" /.arc-fail
	check "$MAILS/lf" ""
	check "$MAILS/crlf" ""
	check "$MAILS/20-MB" /.arc-fail
	check "$SAMPLES/none-no-arc-fields.eml" ""
	check "$TEMPFAIL" ""
	# The tool is not there at all.
	sed -i s/arc-verify/arc-nothing/ "$T/r/procmailrc-check"
	check "$SAMPLES/fail-body-changed.eml" ""
}

@test "procmailrc-annotate puts the field on top, and leaves the message alone where it cannot" {
	maildir "$T/m"
	by_procmail "$T/m" "INCLUDERC=$T/r/procmailrc-annotate" <"$MAILS/lf"
	cmp <(arc-verify -a -i delivery.example.org --check all "$MAILS/lf") "$(only "$T/m")"
	sed -i 's/arc-verify /&--keys \/nowhere /' "$T/r/procmailrc-annotate"
	maildir "$T/m"
	by_procmail "$T/m" "INCLUDERC=$T/r/procmailrc-annotate" <"$MAILS/lf"
	cmp "$MAILS/lf" "$(only "$T/m")"
}

@test "procmailrc-forward mails on with a seal, or exits 75 with the message where it was" {
	forward() {
		rm -f "$SENT"
		maildir "$T/m"
		by_procmail "$T/m" "INCLUDERC=$T/r/procmailrc-forward" <"$1"
	}
	{
		printf 'Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=a@b.example\n'
		cat "$MAILS/lf"
	} >"$T/in"
	forward "$T/in"
	[ "$(count "$T/m")" -eq 0 ]
	sealed example.org 4 '"authserv_id":"mx.example.org"'
	sealed example.org 4 '"method":"spf","result":"pass"'
	[ "$(cat "$SENT.args")" = $'-oi\nann@elsewhere.example' ]
	cmp <(tail -c "$(stat -c %s "$T/in")" "$SENT") "$T/in"
	# Where sendmail does not take it, it stays as well.
	printf '#!/bin/sh\ncat >/dev/null\nexit 75\n' >"$T/sendmail"
	chmod +x "$T/sendmail"
	cp "$T/r/procmailrc-forward" "$T/was"
	sed -i "1i SENDMAIL=$T/sendmail" "$T/r/procmailrc-forward"
	run -75 forward "$T/in"
	[ "$(count "$T/m")" -eq 0 ]
	cp "$T/was" "$T/r/procmailrc-forward"
	# Where nothing is sealed, nothing is sent and nothing is delivered.
	run -75 forward "$TEMPFAIL"
	[ ! -e "$SENT" ]
	[ "$(count "$T/m")" -eq 0 ]
	sed -i "s,-k [^ ]*,-k /nowhere," "$T/r/procmailrc-forward"
	run -75 forward "$T/in"
	[ ! -e "$SENT" ]
	[ "$(count "$T/m")" -eq 0 ]
}

@test "mailfilter annotates and sorts, and defers where it cannot" {
	drop() {
		maildir "$T/m"
		{
			printf 'PATH="%s"\nDEFAULT="%s"\n' "$PATH" "$T/m"
			cat "$T/r/mailfilter"
		} >"$T/rc"
		chmod 600 "$T/rc"
		maildrop "$T/rc" <"$1"
	}
	for mail in "$MAILS/lf" "$MAILS/crlf" "$SAMPLES/none-no-arc-fields.eml" "$TEMPFAIL"; do
		drop "$mail"
		cmp <(arc-verify -a -i delivery.example.org --check all --received-by mx.example.org "$mail") "$(only "$T/m")"
	done
	drop "$SAMPLES/fail-body-changed.eml"
	[ "$(count "$T/m")" -eq 0 ]
	cmp <(arc-verify -a -i delivery.example.org --check all --received-by mx.example.org "$SAMPLES/fail-body-changed.eml") "$(only "$T/m/.arc-fail")"
	sed -i 's/arc-verify /&--keys \/nowhere /' "$T/r/mailfilter"
	run -75 drop "$MAILS/lf"
	[ "$(count "$T/m")" -eq 0 ]
}

@test "annotate.sieve annotates and sorts; where it cannot, the message is kept as it is" {
	local script
	sieve_setup
	script=$(cat "$T/r/annotate.sieve")
	by_sieve "$SIEVE/pass" "$script" "$MAILS/lf"
	cmp <(arc-verify -a -i delivery.example.org --check all --received-by mx.example.org "$MAILS/lf") "$(only "$SIEVE/pass")"
	by_sieve "$SIEVE/fail" "$script" "$MAILS/fail"
	[ "$(count "$SIEVE/fail")" -eq 0 ]
	cmp <(arc-verify -a -i delivery.example.org --check all --received-by mx.example.org "$MAILS/fail" | tr -d '\r') "$(only "$SIEVE/fail/.arc-fail")"
	# A forged field of that id decides nothing.
	{
		printf 'Authentication-Results: delivery.example.org; arc=fail\n'
		cat "$MAILS/lf"
	} >"$T/forged"
	by_sieve "$SIEVE/forged" "$script" "$T/forged"
	cmp <(arc-verify -a -i delivery.example.org --check all --received-by mx.example.org "$MAILS/lf") "$(only "$SIEVE/forged")"
	# An id that fills a line puts the result on the next.
	local id
	id=$(printf 'long.%.0s' {1..14})example
	by_sieve "$SIEVE/long" "${script//delivery.example.org/$id}" "$MAILS/fail"
	[ "$(count "$SIEVE/long/.arc-fail")" -eq 1 ]
	by_sieve "$SIEVE/broken" "${script/\"-a\"/\"-a\", \"--keys\", \"/nowhere\"}" "$MAILS/lf"
	cmp "$MAILS/lf" "$(only "$SIEVE/broken")"
}

@test "annotate.sieve over a mailbox, with sieve-filter" {
	local k
	sieve_setup
	maildir "$SIEVE/box"
	for k in $(seq 20); do
		sed "s/^Message-ID: </&$k./" "$SAMPLES/none-dkim-only-lf.eml" >"$SIEVE/box/cur/$k:2,S"
	done
	cp "$MAILS/lf" "$SIEVE/box/cur/30:2,S"
	tr -d '\r' <"$MAILS/fail" >"$SIEVE/box/cur/31:2,S"
	cp "$T/r/annotate.sieve" "$SIEVE/filter.sieve"
	for mail in "$SIEVE/box/cur"/*; do
		arc-verify -a -i delivery.example.org --check all --received-by mx.example.org "$mail" | sha256sum
	done | sort >"$T/wanted"
	sieve_own
	cd "$SIEVE"
	mail_is "$SIEVE/box"
	run -0 sieve-filter -c dovecot.conf "${LOCATION[@]}" -e -W \
		"$SIEVE/filter.sieve" INBOX
	[ "$(count "$SIEVE/box/.arc-fail")" -eq 1 ]
	[ "$(count "$SIEVE/box")" -eq 21 ]
	find "$SIEVE/box" -path '*/new/*' -type f -exec sh -c 'for f; do sha256sum <"$f"; done' sh '{}' + |
		sort | diff "$T/wanted" -
}

# What Postfix does with a message and its envelope.
postfix_filter() {
	rm -f "$SENT"
	"$T/r/postfix-filter" -f bounce@a.example -- ann@b.example bob@c.example <"$1"
}

@test "postfix-filter seals and mails on, with the envelope it was given" {
	for mail in "$MAILS/lf" "$MAILS/utf8" "$MAILS/no-end" "$MAILS/20-MB"; do
		postfix_filter "$mail"
		[ "$(cat "$SENT.args")" = $'-G\n-i\n-f\nbounce@a.example\n--\nann@b.example\nbob@c.example' ]
		cmp <(tail -c "$(stat -c %s "$mail")" "$SENT") "$mail"
	done
	postfix_filter "$MAILS/lf"
	sealed example.org 4 mx.example.org
	# What cannot be sealed is mailed on as it came.
	printf 'From: a@b.example\nFrom: c@d.example\n\nx\n' >"$T/two"
	postfix_filter "$T/two"
	cmp "$T/two" "$SENT"
}

@test "postfix-filter exits 75 where it cannot, and with sendmail's status where that cannot" {
	run -75 postfix_filter "$TEMPFAIL"
	[ ! -e "$SENT" ]
	TMPDIR=/nowhere run -75 postfix_filter "$MAILS/lf"
	[ ! -e "$SENT" ]
	run -75 bash -c "ulimit -f 100; '$T/r/postfix-filter' -- a@b.example" <"$MAILS/20-MB"
	[ ! -e "$SENT" ]
	# Without a key; killed; not installed.
	cp "$T/r/postfix-filter" "$T/was"
	for change in 's,-k [^ ]*,-k /nowhere,' 's,^arc-sign,sh -c "kill -9 \\$\\$" &,' 's,^arc-sign,arc-nothing,'; do
		sed "$change" "$T/was" >"$T/r/postfix-filter"
		! cmp -s "$T/was" "$T/r/postfix-filter"
		run -75 postfix_filter "$MAILS/lf"
		[ ! -e "$SENT" ]
	done
	cp "$T/was" "$T/r/postfix-filter"
	printf '#!/bin/sh\nexit 69\n' >"$T/sendmail"
	chmod +x "$T/sendmail"
	SENDMAIL=$T/sendmail run -69 postfix_filter "$MAILS/lf"
	# What is no status of sendmail's bounces nothing: not there, killed, no program.
	SENDMAIL=/nowhere/sendmail run -75 postfix_filter "$MAILS/lf"
	SENDMAIL=$MAILS/lf run -75 postfix_filter "$MAILS/lf"
	printf '#!/bin/sh\nkill -9 $$\n' >"$T/sendmail"
	SENDMAIL=$T/sendmail run -75 postfix_filter "$MAILS/lf"
	# Nothing is left behind.
	mkdir "$T/tmp"
	TMPDIR=$T/tmp postfix_filter "$MAILS/lf"
	[ -z "$(ls "$T/tmp")" ]
}

@test "postfix-master.cf runs postfix-filter with options that it takes" {
	run -0 grep -o 'argv=.*' "$T/r/postfix-master.cf"
	[ "$output" = 'argv=/usr/bin/env CLIENT_ADDRESS=${client_address} CLIENT_HELO=${client_helo}' ]
	grep -qx '    SENDER=${sender} /usr/local/lib/arc/postfix-filter -f ${sender} -- ${recipient}' "$T/r/postfix-master.cf"
	grep -q 'content_filter=arc:' "$T/r/postfix-master.cf"
	grep -q '^arc  *unix .* pipe$' "$T/r/postfix-master.cf"
}

@test "list-post tags the Subject, adds its footer, and seals with the verdict from before" {
	for mail in lf crlf; do
		{
			printf 'Authentication-Results: mx.example.org; dkim=pass header.d=author.example\n'
			cat "$MAILS/$mail"
		} | tr -d '\r' >"$T/in"
		"$T/r/list-post" -f bounce@lists.example.org -- member@m.example <"$T/in"
		sealed lists.example.org 4 '"authserv_id":"mx.example.org"'
		run -0 arc-verify "$SENT"
		[[ $output == *"oldest-pass=4" ]]
		grep -q '^Subject: \[talk\] ' "$SENT"
		[ "$(tail -n 1 "$SENT")" = talk@lists.example.org ]
		[ "$(head -n 5 "$SENT.args" | tail -n 1)" = -- ]
	done
	# Sealed without that verdict, it would say that the chain had failed.
	arc-verify -A pass --state "$T/state" "$T/in"
	sed 's/^Subject: /&[talk] /' "$T/in" >"$T/edited"
	arc-sign -d lists.example.org -s arc -k "$TOOLS/arc.pem" <"$T/edited" 2>/dev/null |
		grep -q 'cv=fail'
	# A chain that had failed before stays so; a message without one begins one.
	"$T/r/list-post" -- m@m.example <"$MAILS/fail"
	run -1 arc-verify "$SENT"
	[[ $output == *seal-cv-fail* ]]
	"$T/r/list-post" -- m@m.example <"$SAMPLES/none-dkim-only-lf.eml"
	sealed lists.example.org 1 mx.example.org
}

@test "list-post exits 75 where it cannot, and mails nothing" {
	post() {
		"$T/r/list-post" -- m@m.example <"$1"
	}
	run -75 post "$TEMPFAIL"
	run -75 post /dev/null
	TMPDIR=/nowhere run -75 post "$MAILS/lf"
	SENDMAIL=/nowhere/sendmail run -75 post "$MAILS/lf"
	sed -i 's,-k [^ ]*,-k /nowhere,' "$T/r/list-post"
	run -75 post "$MAILS/lf"
	[ ! -e "$SENT" ]
}

@test "maildir-annotate copies a Maildir with its flags, once, and says what it could not" {
	local k
	maildir "$T/from"
	maildir "$T/to"
	for k in 1 2 3; do
		cp "$MAILS/lf" "$T/from/new/$k.host"
		cp "$MAILS/crlf" "$T/from/cur/1$k.host:2,RS"
	done
	cp "$MAILS/fail" "$T/from/cur/20.host:2,"
	"$T/r/maildir-annotate" "$T/from" "$T/to"
	(cd "$T/from" && find . -type f) | sort >"$T/names"
	(cd "$T/to" && find . -type f) | sort | diff "$T/names" -
	while read -r name; do
		cmp <(arc-verify -a -i delivery.example.org "$T/from/$name") "$T/to/$name"
	done <"$T/names"
	# Again, when some were read and some came: only those.
	mv "$T/to/new/1.host" "$T/to/cur/1.host:2,S"
	cp "$MAILS/lf" "$T/from/new/4.host"
	: >"$T/from/new/5.host"
	run -1 "$T/r/maildir-annotate" "$T/from" "$T/to"
	[[ $output == *"5.host"*"[no-message]"* ]]
	[ -e "$T/to/new/4.host" ]
	[ "$(find "$T/to" -type f | wc -l)" -eq 8 ]
	[ -z "$(ls "$T/to/tmp")" ]
	# An empty Maildir.
	maildir "$T/none"
	"$T/r/maildir-annotate" "$T/none" "$T/to"
}

@test "maildir-annotate: runs at the same time lose nothing and double nothing" {
	local k runs=()
	maildir "$T/from"
	maildir "$T/to"
	for k in $(seq 40); do
		{
			cat "$MAILS/lf"
			echo "$k"
		} >"$T/from/new/$k.host"
	done
	for k in $(seq 6); do
		"$T/r/maildir-annotate" "$T/from" "$T/to" 3>&- &
		runs+=($!)
		# Meanwhile a reader looks at what came, and removes it.
		while read -r name; do
			mv "$T/to/new/$name" "$T/to/cur/$name:2,S" 2>/dev/null || true
		done < <(ls "$T/to/new")
	done
	for k in "${runs[@]}"; do
		wait "$k"
	done
	[ "$(count "$T/to")" -eq 40 ]
	[ -z "$(ls "$T/to/tmp")" ]
	for k in $(seq 40); do
		arc-verify -a -i delivery.example.org "$T/from/new/$k.host" | cmp - "$T/to"/*/"$k.host"*
	done
}

@test "mutt: both keys run their command on the message as it lies there" {
	mkdir -p "$T/home/Mail" "$T/bin"
	{
		echo "From a@b Mon Feb  9 13:05:38 2026"
		cat "$MAILS/lf"
		echo
	} >"$T/mbox"
	printf '#!/bin/sh\ncat >>"%s"\n' "$T/shown" >"$T/bin/less"
	chmod +x "$T/bin/less"
	export HOME=$T/home TERM=vt100
	run -0 mutt -n -F "$T/r/muttrc" -Q pipe_decode
	[ "$output" = "pipe_decode is unset" ]
	run -0 env PATH="$T/bin:$PATH" timeout 60 script -qec "stty rows 24 cols 80; mutt -n -F '$T/r/muttrc' -R -f '$T/mbox' -e 'unset wait_key' \
		-e 'push \\eV\\eHx'" /dev/null </dev/null
	arc-verify -v -w <"$MAILS/lf" >"$T/wanted"
	arc-dump --verify <"$MAILS/lf" >>"$T/wanted"
	diff "$T/wanted" "$T/shown"
}

@test "aerc: every key of both views pipes the message as it lies there" {
	local subject name
	mkdir -p "$T/home/.config/aerc" "$T/Mail/INBOX"/{new,cur,tmp} "$T/bin" "$T/shown"
	cp "$MAILS/lf" "$T/Mail/INBOX/cur/1.host:2,S"
	cat >"$T/home/.config/aerc/accounts.conf" <<-END
		[local]
		source = maildir://$T/Mail
		from = Somebody <somebody@host.example>
	END
	chmod 600 "$T/home/.config/aerc/accounts.conf"
	cp /usr/share/aerc/aerc.conf "$T/home/.config/aerc"
	cp "$T/r/aerc-binds.conf" "$T/home/.config/aerc/binds.conf"
	# The commands themselves; each run leaves a file with what it said.
	for name in arc-verify arc-dump; do
		cat >"$T/bin/$name" <<-END
			#!/bin/sh
			"$(command -v $name)" "\$@" | tee "$T/$name.\$\$"
			mv "$T/$name.\$\$" "$T/shown"
		END
	done
	arc-verify -v -w <"$MAILS/lf" >"$T/arc-verify"
	arc-dump --verify <"$MAILS/lf" >"$T/arc-dump"
	chmod +x "$T/bin"/*
	subject=$(sed -n 's/^Subject: //p' "$MAILS/lf")
	# A command has a tab of its own, which any key closes once it has ended.
	env -i HOME="$T/home" TERM=xterm PATH="$T/bin:$PATH" LC_ALL=C.UTF-8 at-terminal -t 300 aerc <<-END
		see ${subject:0:12}
		make av $T/shown
		see press
		type x
		make ah $T/shown
		see press
		type x
		type :view\r
		see ${subject:0:12}
		make av $T/shown
		see press
		type x
		make ah $T/shown
		see press
		type x
		type :quit\r
	END
	for name in arc-verify arc-dump; do
		local shown=("$T/shown/$name".*) one
		[ "${#shown[@]}" -ge 2 ]
		for one in "${shown[@]}"; do
			diff "$T/$name" "$one"
		done
	done
}

@test "recipes that manuals print are those of samples/recipes" {
	local name n=0
	# Behind .\" recipe NAME, up to the end of what is displayed.
	for manual in "$ROOT"/man/*.[17]; do
		while read -r name; do
			n=$((n + 1))
			awk -v name="$name" '
				/^\.Ed/ { on = 0 }
				on && !/^\.Bd/ && NF
				$1 == ".\\\"" && $2 == "recipe" { on = $3 == name }' "$manual" |
				sed 's/^\\&//; s/\\e/\\/g; s/\\(aq/'"'"'/g' >"$T/printed"
			[ -s "$T/printed" ]
			while IFS= read -r line; do
				grep -qxF -- "$line" "$ROOT/samples/recipes/$name" || {
					echo "$name has no line: $line"
					false
				}
			done <"$T/printed"
		done < <(sed -n 's/^\.\\" recipe //p' "$manual")
	done
	[ "$n" -ge 10 ]
	for name in "$ROOT"/samples/recipes/*; do
		grep -qF "${name##*/}" "$ROOT/man/arc-tools.7"
	done
}
