#!/usr/bin/env bats
# Filters under real delivery agents: what is delivered is the message and our
# field, octet for octet, and where the filter fails the message is not lost.
# SPDX-License-Identifier: BSD-2-Clause
load helper
load pipes

setup_file() {
	tools_and_mails
}

teardown() {
	rm -rf "${SIEVE:-}"
}

setup() {
	T=$BATS_TEST_TMPDIR
	PATH=$TOOLS:$PATH
	ANNOTATE="arc-verify -a -i x.example"
	FILTER='require "vnd.dovecot.filter"; filter "arc-verify" ["-a", "-i", "x.example"];'
}

# annotated ORIGINAL DELIVERED: that is the original with our field on top, and
# nothing else.
annotated() {
	local from=0 field size
	if head -c 5 "$1" | grep -q '^From '; then
		from=$(head -n 1 "$1" | wc -c)
	fi
	size=$(($(stat -c %s "$1") - from))
	field=$(($(stat -c %s "$2") - from - size))
	[ "$field" -gt 40 ]
	cmp <(head -c "$from" "$1") <(head -c "$from" "$2")
	cmp <(tail -c "$size" "$1") <(tail -c "$size" "$2")
	cmp <(arc-verify --format=ar -i x.example "$1") \
		<(tail -c +"$((from + 1))" "$2" | head -c "$field")
}

# every_mail AGENT RECIPES EXCEPT: what it delivers with these recipes is what it
# delivers without, annotated; and without it delivers all but those as they are.
every_mail() {
	local mail n=0
	for mail in "$MAILS"/*; do
		echo "$mail"
		maildir "$T/plain"
		maildir "$T/ours"
		"$1" "$T/plain" "" <"$mail"
		"$1" "$T/ours" "$2" <"$mail"
		[[ $3 == *" ${mail##*/} "* ]] || cmp "$mail" "$(only "$T/plain")"
		annotated "$(only "$T/plain")" "$(only "$T/ours")"
		n=$((n + 1))
	done
	[ "$n" -eq 15 ]
}

@test "procmail: every message is delivered as without us, with our field on top" {
	every_mail by_procmail ":0 fwr
| $ANNOTATE" " from-line "
}

@test "maildrop: every message is delivered as without us, with our field on top" {
	every_mail by_maildrop "xfilter \"$ANNOTATE\"" " from-line binary no-end "
}

@test "Dovecot's Sieve: every message is delivered as without us, with our field on top" {
	local mail crlf n=0
	sieve_setup
	for mail in "$MAILS"/*; do
		echo "$mail"
		# Lines are stored as the message of a mailbox has them, so all in one way.
		crlf=no
		[ "${mail##*/}" != crlf ] || crlf=yes
		rm -rf "$SIEVE/plain" "$SIEVE/ours"
		by_sieve "$SIEVE/plain" keep\; "$mail" -o mail_save_crlf=$crlf
		by_sieve "$SIEVE/ours" "$FILTER" "$mail" -o mail_save_crlf=$crlf
		case ${mail##*/} in
		lf | crlf | dots | latin1 | blank-end | 20-MB)
			cmp "$mail" "$(only "$SIEVE/plain")" ;;
		esac
		annotated "$(only "$SIEVE/plain")" "$(only "$SIEVE/ours")"
		n=$((n + 1))
	done
	[ "$n" -eq 15 ]
}

# Ways for a filter to end badly, each with the status that it has.
failures() {
	cat <<-E
	66 arc-verify -a -i x.example --keys /nowhere
	74 sh -c 'arc-verify -a -i x.example >/dev/full'
	74 sh -c 'arc-verify -a -i x.example >&-'
	74 sh -c 'arc-verify -a -i x.example <&-'
	78 arc-verify -a -i x.example --trusted $T/trusted
	66 arc-verify -a -i x.example --trusted /nowhere
	65 sh -c 'head -c 0 | arc-verify -a -i x.example'
	64 arc-verify -a -i x.example --nonsense
	77 arc-sign -d example.org -s arc -k /nowhere
	75 arc-sign -d example.org -s arc -k $TOOLS/arc.pem
	137 $T/killed-reading
	137 $T/killed-writing
	E
}

# What the ways above need.
prepare() {
	echo 'no domain' >"$T/trusted"
	# It has some of the message, and waits for the rest of it.
	cat >"$T/killed-reading" <<-E
	#!/bin/sh
	rm -f "$T/fifo" && mkfifo "$T/fifo" || exit 1
	arc-verify -a -i x.example <"$T/fifo" &
	exec 3>"$T/fifo"
	head -c 1000 >&3
	kill -9 \$!
	wait \$!
	E
	# Some of its output is out, and it waits to write on.
	cat >"$T/killed-writing" <<-E
	#!/bin/sh
	rm -f "$T/fifo" && mkfifo "$T/fifo" || exit 1
	exec 4<&0
	arc-verify -a -i x.example <&4 >"$T/fifo" &
	exec 3<"$T/fifo"
	head -c 1000 <&3
	kill -9 \$!
	wait \$!
	E
	chmod +x "$T/killed-reading" "$T/killed-writing"
	# More than a pipe holds, so that it really waits; sealed with a key that
	# cannot be asked for.
	{
		cat "$MAILS/lf"
		head -c 200000 /dev/zero | base64
	} | arc-sign -d tempfail.example -s arc -k "$TOOLS/arc.pem" --cv pass >"$T/mail" 2>/dev/null
}

@test "procmail: where a filter fails, in whatever way, the message is delivered as it came" {
	prepare
	while read -r status command; do
		echo "$status $command"
		run -"$status" --separate-stderr sh -c "$command" <"$T/mail"
		# With these flags, and with the condition of a forwarding recipe.
		maildir "$T/m"
		by_procmail "$T/m" ":0 fwr
| $command" <"$T/mail"
		cmp "$T/mail" "$(only "$T/m")"
		grep -q 'Error while writing to\|Program failure\|Filter failed\|rescue' "$T/m.log"
	done < <(failures)
}

@test "maildrop: where a filter fails, in whatever way, it exits 75 and delivers nothing" {
	prepare
	while read -r status command; do
		echo "$status $command"
		maildir "$T/m"
		printf '#!/bin/sh\n%s\n' "$command" >"$T/filter"
		chmod +x "$T/filter"
		run -75 by_maildrop "$T/m" "xfilter \"$T/filter\"" <"$T/mail"
		run -1 only "$T/m"
		[[ $output == *"has 0 messages"* ]]
	done < <(failures)
}

@test "Dovecot's Sieve: where a filter fails, in whatever way, the message is stored as it came" {
	sieve_setup
	prepare
	T=$SIEVE prepare
	while read -r status command; do
		echo "$status $command"
		printf '#!/bin/sh\nPATH=%s:$PATH\n%s\n' "$SIEVE/bin" "$command" >"$SIEVE/bin/failing"
		chmod 755 "$SIEVE/bin/failing"
		rm -rf "$SIEVE/m"
		run by_sieve "$SIEVE/m" 'require "vnd.dovecot.filter"; filter "failing";' "$SIEVE/mail"
		cmp "$T/mail" "$(only "$SIEVE/m")"
		grep -q 'failed to execute\|Terminated with non-zero exit code' "$SIEVE/m.log"
	done < <(T=$SIEVE failures)
}

@test "an empty message is no message: told so, and the agents keep what they have" {
	run -65 --separate-stderr arc-verify -a -i x.example <"/dev/null"
	[ -z "$output" ]
	for agent in by_procmail by_maildrop; do
		maildir "$T/plain"
		$agent "$T/plain" "" </dev/null
		maildir "$T/ours"
		case $agent in
		by_procmail)
			by_procmail "$T/ours" ":0 fwr
| $ANNOTATE" </dev/null
			cmp "$(only "$T/plain")" "$(only "$T/ours")" ;;
		by_maildrop)
			run -75 by_maildrop "$T/ours" "xfilter \"$ANNOTATE\"" </dev/null ;;
		esac
	done
}

# many AGENT RECIPES COMMAND: 64 deliveries of 64 messages, 16 at a time.
many() {
	local k
	mkdir "$T/in"
	for k in $(seq 64); do
		{
			cat "$MAILS/lf"
			echo "$k"
			head -c "$((k * 1000))" /dev/zero | base64
		} >"$T/in/$k"
	done
	maildir "$T/all"
	# Recipes are there before all begin.
	"$1" "$T/all" "$2" <"$T/in/1"
	rm "$T/all/new"/*
	sed -i "s,^LOGFILE=.*,," "$T/all.rc"
	find "$T/in" -type f -print0 | xargs -0 -P 16 -I '{}' sh -c "exec $3 \"\$1\" <\"\$2\"" sh "$T/all.rc" '{}'
	# Where lines are counted, procmail takes the place for that away.
	[ "$(find "$T/all" -type f ! -name '*.profraw' | wc -l)" -eq 64 ]
	for k in $(seq 64); do
		arc-verify -a -i x.example "$T/in/$k" | sha256sum
	done | sort >"$T/wanted"
	find "$T/all/new" -type f -exec sh -c 'for f; do sha256sum <"$f"; done' sh '{}' + |
		sort | diff "$T/wanted" -
	[ "$(uniq "$T/wanted" | wc -l)" -eq 64 ]
}

@test "procmail: 64 deliveries, 16 at a time, to one Maildir lose nothing and double nothing" {
	many by_procmail ":0 fwr
| $ANNOTATE" "procmail -m"
}

@test "maildrop: 64 deliveries, 16 at a time, to one Maildir lose nothing and double nothing" {
	many by_maildrop "xfilter \"$ANNOTATE\"" maildrop
}

# without_room COMMAND: run where $FULL is a disk with 1 MB.
without_room() {
	unshare --mount --map-root-user bash -c 'mount -t tmpfs -o size=1m none "$0" && exec "$@"' "$FULL" "$@"
}

@test "a full disk under the temporary file: 74 and nothing out, and the agents keep the message" {
	FULL=$T/full
	mkdir "$FULL"
	without_room true || skip "no file system can be mounted here"
	export FULL
	for command in "$ANNOTATE" "arc-sign -d example.org -s arc -k $TOOLS/arc.pem" \
		"arc-verify --format=ar -i x.example"; do
		# shellcheck disable=SC2086 # words on purpose
		TMPDIR=$FULL run -74 --separate-stderr without_room $command < <(cat "$MAILS/20-MB")
		[ -z "$output" ]
		[[ $stderr == *"No space left on device"* ]]
	done
	printf '#!/bin/sh\nexport TMPDIR="%s"\nexec %s\n' "$FULL" "$ANNOTATE" >"$T/filter"
	chmod +x "$T/filter"
	maildir "$T/m"
	export -f by_procmail by_maildrop
	without_room bash -c 'by_procmail "$1" "$2"' bash "$T/m" ":0 fwr
| $T/filter" <"$MAILS/20-MB"
	cmp "$MAILS/20-MB" "$(only "$T/m")"
	maildir "$T/m"
	run -75 without_room bash -c 'by_maildrop "$1" "$2"' bash "$T/m" "xfilter \"$T/filter\"" <"$MAILS/20-MB"
	run -1 only "$T/m"
}

@test "a full disk under the output: 74, and what is there was no message to keep" {
	FULL=$T/full
	mkdir "$FULL"
	without_room true || skip "no file system can be mounted here"
	run -74 without_room sh -c "$ANNOTATE \"\$1\" >\"\$0/out\"" "$FULL/" "$MAILS/20-MB"
	[[ $output == *"No space left on device"* ]]
}

@test "input without an end comes to one: a limit of ours, or of the system" {
	truncate -s 1073741825 "$T/long"
	for command in "$ANNOTATE" "arc-verify --format=ar -i x" \
		"arc-sign -d example.org -s arc -k $TOOLS/arc.pem"; do
		run -65 --separate-stderr sh -c "$command $T/long"
		[[ -z $output && $stderr == *"[limit-message]"* ]]
		run -74 --separate-stderr bash -c "ulimit -f 50000; { printf 'From: a@b.example\\n\\n'; yes; } | $command"
		[[ -z $output && $stderr == *"File too large"* ]]
	done
	rm "$T/long"
	# A header without an end, where only the header is read.
	run -65 --separate-stderr arc-verify < <(yes "A: b" | head -c 40000000)
	[[ $stderr == *"[limit-header]"* ]]
}

@test "a message written over itself comes out whole, also where it is too big for memory" {
	for mail in lf 20-MB; do
		for command in "$ANNOTATE" "arc-sign -d example.org -s arc -k $TOOLS/arc.pem"; do
			$command "$MAILS/$mail" >"$T/wanted"
			cp "$MAILS/$mail" "$T/itself"
			# shellcheck disable=SC2094 # what is tried
			$command <"$T/itself" 1<>"$T/itself"
			cmp "$T/wanted" "$T/itself"
		done
	done
}

@test "20 MB through a pipe, and its field alone, as from a file" {
	arc-verify --format=ar -i x.example "$MAILS/20-MB" >"$T/field"
	# shellcheck disable=SC2002 # a pipe is the point
	cat "$MAILS/20-MB" | arc-verify --format=ar -i x.example | cmp - "$T/field"
}

@test "files that are written obey the umask; what was in a message is its owner's alone" {
	cd "$BATS_TEST_TMPDIR"
	cp "$SAMPLES/fail-body-changed.eml" "$SAMPLES/pass-one-hop.eml" .
	modes() {
		local mask=$1
		rm -f junit state repaired record manifest
		(
			umask "$mask"
			printf '%s\tfail\n' pass-one-hop.eml >manifest
			run -0 arc-verify --keys "$SAMPLES/keys" --manifest manifest --update --junit junit pass-one-hop.eml
			run arc-verify --time 1767225600 --keys "$SAMPLES/keys" --state state --why --repair repaired fail-body-changed.eml
			run arc-verify --resolver 127.0.0.1:9 --dns-timeout 0.1 --record record pass-one-hop.eml
		)
		stat -c '%n %a' junit manifest record repaired state | tr '\n' ' '
	}
	[ "$(modes 022)" = "junit 644 manifest 644 record 644 repaired 600 state 600 " ]
	[ "$(modes 027)" = "junit 640 manifest 640 record 640 repaired 600 state 600 " ]
	[ "$(modes 077)" = "junit 600 manifest 600 record 600 repaired 600 state 600 " ]
	# nor does a file become less private by being written anew
	printf '%s\tfail\n' pass-one-hop.eml >manifest
	chmod 600 manifest
	run -0 arc-verify --keys "$SAMPLES/keys" --manifest manifest --update pass-one-hop.eml
	[ "$(stat -c %a manifest)" = 600 ]
	run ls
	[[ $output != *manifest.* ]]
}
