# shellcheck shell=bash
# Mail, delivery agents, and our tools as these call them: "load pipes" behind
# "load helper".
# SPDX-License-Identifier: BSD-2-Clause

NOW=1770643000 # when the messages of samples/ were sent

# tools DIR: arc-verify, arc-sign and arc-dump in DIR, which everybody may run;
# keys come from a file and not from the DNS, and the time is that of the
# samples.  DIR/arc.pem fits the selector arc of example.org and
# lists.example.org; of tempfail.example no key can be had.  DIR/sendmail keeps what
# it gets in $SENT, and its arguments in $SENT.args.
tools() {
	local tool name
	mkdir -p "$1/real"
	cp "$ROOT/tests/keys/rsa2048-b.pem" "$1/arc.pem"
	chmod 600 "$1/arc.pem"
	{
		cat "$SAMPLES/keys"
		for name in example.org lists.example.org; do
			sed -n "s/^arc._domainkey.lists.example\. /arc._domainkey.$name. /p" "$SAMPLES/keys"
		done
		echo ';! arc._domainkey.tempfail.example. SERVFAIL'
	} >"$1/keys"
	for tool in arc-verify arc-sign arc-dump; do
		cp "$B/$tool" "$1/real/"
		printf '#!/bin/sh\nexec "%s" --keys "%s" --time %s "$@"\n' \
			"$1/real/$tool" "$1/keys" "$NOW" >"$1/$tool"
	done
	# shellcheck disable=SC2016 # variables of the script
	printf '#!/bin/sh\nprintf "%%s\\n" "$@" >"$SENT.args"\nexec cat >"$SENT"\n' >"$1/sendmail"
	chmod 755 "$1" "$1/real" "$1"/arc-* "$1/sendmail"
}

# tools_and_mails: both for all tests of a file, in $TOOLS and $MAILS.
tools_and_mails() {
	export TOOLS=$BATS_FILE_TMPDIR/tools MAILS=$BATS_FILE_TMPDIR/mails
	tools "$TOOLS"
	mails "$MAILS"
}

# mails DIR: messages there whose octets are easily lost or doubled.
mails() {
	mkdir -p "$1"
	cp "$SAMPLES/pass-three-hops-untouched-lf.eml" "$1/lf"
	cp "$SAMPLES/pass-three-hops.eml" "$1/crlf"
	cp "$SAMPLES/pass-mbox-line-lf.eml" "$1/from-line"
	cp "$SAMPLES/pass-raw-utf8.eml" "$1/utf8"
	cp "$SAMPLES/pass-empty-body.eml" "$1/empty-body"
	cp "$SAMPLES/pass-header-without-body.eml" "$1/no-body"
	cp "$SAMPLES/fail-body-changed.eml" "$1/fail"
	/usr/bin/python3 - "$1" <<-'PY'
	import sys
	def mail(name, body):
	    with open(sys.argv[1] + "/" + name, "wb") as f:
	        f.write(b"From: a@b.example\nTo: c@d.example\nSubject: x\n" + body)
	mail("no-end", b"\nthe last line does not end")
	mail("blank-end", b"\nthree empty lines follow\n\n\n\n")
	mail("dots", b"\n.\n..\n.x\nFrom here\n>From there\n")
	mail("long-line", b"\n" + b"x" * 200000 + b"\n")
	mail("latin1", b"X-Name: J\xfcrgen\n\n\xe4\xf6\xfc\n")
	mail("binary", b"\n" + bytes(b for b in range(256)) * 300 + b"\r\r\n\n\r\n")
	mail("mixed", b"\r\none\r\ntwo\nthree\r\n")
	PY
	{
		tail -n +2 "$SAMPLES/pass-mbox-line-lf.eml"
		head -c 15000000 /dev/zero | base64
	} >"$1/20-MB"
}

# The only file of a Maildir, new or not.
only() {
	local found
	mapfile -t found < <(find "$1/new" "$1/cur" -type f)
	[ "${#found[@]}" -eq 1 ] || {
		echo "$1 has ${#found[@]} messages" >&2
		return 1
	}
	printf '%s\n' "${found[0]}"
}

# maildir DIR: an empty one.
maildir() {
	rm -rf "$1"
	mkdir -p "$1/new" "$1/cur" "$1/tmp"
}

# by_procmail MAILDIR RECIPES: deliver stdin.
by_procmail() {
	# shellcheck disable=SC2016 # procmail's variable
	printf 'PATH=%s\nMAILDIR=%s\nDEFAULT=%s/\nLOGFILE=%s.log\nSENDMAIL=%s/sendmail\nSENT=%s\n%s\n:0 r\n$DEFAULT\n' \
		"$PATH" "$1" "$1" "$1" "$TOOLS" "${SENT:-}" "$2" >"$1.rc"
	procmail -m "$1.rc"
}

# by_maildrop MAILDIR RECIPES: deliver stdin.
by_maildrop() {
	printf 'PATH="%s"\nDEFAULT="%s"\n%s\nto "%s"\n' "$PATH" "$1" "$2" "$1" >"$1.rc"
	chmod 600 "$1.rc"
	maildrop "$1.rc"
}

# Dovecot 2.4 has other settings than 2.3.
dovecot_2_4() {
	[[ $(dovecot --version) == 2.4.* ]]
}

# mail_is DIRECTORY: LOCATION becomes the options that say so to a program of Dovecot's.
mail_is() {
	LOCATION=(-o "mail_location=maildir:$1")
	! dovecot_2_4 || LOCATION=(-o mail_driver=maildir -o "mail_path=$1")
}

# sieve_setup: SIEVE becomes a directory of Dovecot's, with the tools in
# $SIEVE/bin; for one test, as what is in it changes hands.  Dovecot refuses to
# touch mail as root, so then it is nobody's.
sieve_setup() {
	local uid gid recipe=dovecot-arc.conf
	uid=$(id -u) gid=$(id -g)
	[ "$uid" -ne 0 ] || uid=65534 gid=65534
	SIEVE=$(mktemp -d)
	mkdir "$SIEVE/home"
	tools "$SIEVE/bin"
	: >"$SIEVE/dovecot.conf"
	if dovecot_2_4; then
		recipe=dovecot-2.4-arc.conf
		printf 'dovecot_%s_version = 2.4.0\n' config storage >"$SIEVE/dovecot.conf"
	fi
	cat >>"$SIEVE/dovecot.conf" <<-E
	mail_home = $SIEVE/home
	mail_uid = $uid
	mail_gid = $gid
	first_valid_uid = $uid
	first_valid_gid = $gid
	base_dir = $SIEVE/run
	state_dir = $SIEVE/run
	log_path = /dev/stderr
	protocols =
	ssl = no
	E
	sed "s,= /usr/local/lib/dovecot/.*,= $SIEVE/bin," \
		"$ROOT/samples/recipes/$recipe" >>"$SIEVE/dovecot.conf"
	chmod 755 "$SIEVE"
	sieve_own
}

# What was made in $SIEVE belongs to who delivers there.
sieve_own() {
	[ "$(id -u)" -ne 0 ] || chown -R 65534:65534 "$SIEVE"
}

# by_sieve MAILDIR SCRIPT MESSAGE [OPTION...]: deliver a file; MAILDIR is below
# $SIEVE.
by_sieve() {
	local maildir=$1 script=$2 message=$3
	shift 3
	[ -d "$maildir" ] || maildir "$maildir"
	printf '%s\n' "$script" >"$maildir.sieve"
	cp "$message" "$maildir.eml"
	sieve_own
	mail_is "$maildir"
	(cd "$SIEVE" && sieve-test -c dovecot.conf -e "${LOCATION[@]}" "$@" \
		"$maildir.sieve" "$maildir.eml") >"$maildir.log" 2>&1 || {
		cat "$maildir.log"
		return 1
	}
}
