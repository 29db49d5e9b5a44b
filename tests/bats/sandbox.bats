#!/usr/bin/env bats
# What arc-verify and arc-dump give up once their options are read, seen from a
# tool that somebody has taken over.
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir shared
	chmod 1777 shared
	export HIJACK_FILE=$PWD/shared/file
	echo "somebody's" >"$HIJACK_FILE"
}

# hijacked COMMAND...: its stderr is what it could do
hijacked() {
	run --separate-stderr env LD_PRELOAD="$B/hijack.so" \
		ASAN_OPTIONS="$ASAN_OPTIONS:verify_asan_link_order=0" "$@"
	echo "$stderr"
}

# The sandbox is not in a sanitizer build, nor on every kernel.
sandboxed() {
	grep -q -- '-DNO_SANDBOX' "$B/flags" && return 1
	/usr/bin/python3 - <<-'PY'
	import ctypes, sys
	version = ctypes.CDLL(None).syscall(444, None, 0, 1)
	sys.exit(0 if version >= 1 else 1)
	PY
}

nothing_of() {
	local what
	[ "${#lines[@]}" -ge 1 ]
	for what in "$@"; do
		grep -qx "could not $what" <<<"$stderr" || { echo "$what: $stderr"; false; }
	done
}

# Other processes, and the kernel where it is wide.
REACH="limit share signal queue watch own nice type peek poke trace mark compare hold take send
	ring remount mount enter leave load fault keep count schedule pin move submit post log"
ALL="read list write create mkdir rename unlink chmod fork connect talk kill exec $REACH"

@test "without the sandbox a tool taken over can do all of it" {
	hijacked arc-verify --no-sandbox --keys "$SAMPLES/keys" "$SAMPLES/pass-one-hop.eml"
	for what in read list write create rename fork connect talk limit share queue watch nice; do
		grep -qx "could $what" <<<"$stderr"
	done
	# it became another program
	run ! grep -q 'could not exec' <<<"$stderr"
}

@test "arc-verify with keys at hand can do none of it" {
	sandboxed || skip "no sandbox in this build or kernel"
	hijacked arc-verify --keys "$SAMPLES/keys" "$SAMPLES/pass-one-hop.eml"
	[ "$status" -eq 0 ]
	[[ $output == "pass "* ]]
	# shellcheck disable=SC2086 # words
	nothing_of $ALL
}

@test "arc-dump can do none of it" {
	sandboxed || skip "no sandbox in this build or kernel"
	hijacked arc-dump --verify --keys "$SAMPLES/keys" "$SAMPLES/pass-one-hop.eml"
	[ "$status" -eq 0 ]
	# shellcheck disable=SC2086 # words
	nothing_of $ALL
	hijacked arc-dump "$SAMPLES/pass-one-hop.eml"
	# shellcheck disable=SC2086 # words
	nothing_of $ALL
}

@test "a filter may have temporary files, and nothing else" {
	sandboxed || skip "no sandbox in this build or kernel"
	mkdir tmp
	TMPDIR=$PWD/tmp hijacked arc-verify -a -i b.example --keys "$SAMPLES/keys" "$SAMPLES/pass-one-hop.eml"
	[ "$status" -eq 0 ]
	case $PWD in
	/tmp/*) nothing_of list fork connect talk kill exec ;;
	*) nothing_of read list write create mkdir rename unlink fork connect talk kill exec ;;
	esac
	# shellcheck disable=SC2086 # words
	nothing_of $REACH
}

@test "with the DNS there are sockets, but of the Internet only" {
	sandboxed || skip "no sandbox in this build or kernel"
	hijacked arc-verify --resolver 127.0.0.1:9 --dns-timeout 0.1 "$SAMPLES/pass-one-hop.eml"
	[ "$status" -eq 75 ]
	# shellcheck disable=SC2086 # words
	nothing_of read list write create mkdir rename unlink chmod fork kill exec talk $REACH
	grep -qx 'could connect' <<<"$stderr"
}

@test "over a corpus files are read, none is written" {
	sandboxed || skip "no sandbox in this build or kernel"
	hijacked arc-verify -J2 --keys "$SAMPLES/corpus/keys" "$SAMPLES/corpus/files"
	# shellcheck disable=SC2086 # words
	nothing_of write create mkdir rename unlink chmod fork connect talk kill exec $REACH
	# what is its own stays
	grep -qx 'could limit itself' <<<"$stderr"
}

@test "what is asked for can still be written, read and loaded" {
	printf '%s\tpass\n' "$SAMPLES/pass-one-hop.eml" >manifest
	run -0 arc-verify --keys "$SAMPLES/keys" --manifest manifest --update --junit junit "$SAMPLES/pass-one-hop.eml"
	[ -s junit ]
	mkdir sub
	run -0 arc-verify --keys "$SAMPLES/keys" --state sub/state "$SAMPLES/pass-one-hop.eml"
	[ -s sub/state ]
	run -0 arc-verify --keys "$SAMPLES/keys" - <"$SAMPLES/pass-one-hop.eml"
	run -0 arc-verify --keys "$SAMPLES/keys" <(cat "$SAMPLES/pass-one-hop.eml")
	run -0 arc-verify --keys "$SAMPLES/keys" /dev/stdin <"$SAMPLES/pass-one-hop.eml"
	ln -s "$SAMPLES/pass-one-hop.eml" link
	run -0 arc-verify --keys "$SAMPLES/keys" link
	mkdir walk
	ln -s "$SAMPLES/corpus/files" walk/outside
	run arc-verify --keys "$SAMPLES/corpus/keys" walk
	[[ $output == *"pass "* ]]
	run -66 arc-verify --keys "$SAMPLES/keys" gone
	[[ $output == *"No such file"* ]]
	{ cat "$SAMPLES/pass-one-hop.eml"; head -c 13000000 /dev/zero | base64; } >big
	run -0 bash -c 'set -o pipefail; arc-verify -a -i b.example --keys "$SAMPLES/keys" <big | tail -n +2 | cmp - big'
}

@test "--record and --update follow no link in a directory where anybody may put files" {
	echo precious >mine
	cp mine kept
	ln -s ../mine shared/record
	: >log
	run -74 arc-verify --keys "$SAMPLES/keys" --record shared/record "$SAMPLES/pass-one-hop.eml"
	cmp mine kept
	# nor wait for somebody to read, nor write into what is no file
	mkfifo shared/fifo
	run -74 timeout 5 arc-verify --keys "$SAMPLES/keys" --record shared/fifo "$SAMPLES/pass-one-hop.eml"
	[[ $output == *"[write]"* ]]
	# a second name for a file of ours is a link too
	ln mine shared/hard
	run -74 arc-verify --keys "$SAMPLES/keys" --record shared/hard "$SAMPLES/pass-one-hop.eml"
	[[ $output == *"[write]"* ]]
	cmp mine kept
	run -0 arc-verify --keys "$SAMPLES/keys" --record shared/fresh "$SAMPLES/pass-one-hop.eml"
	# in a directory of one's own a link is one's own will
	ln -s mine record
	run -0 arc-verify --keys "$SAMPLES/keys" --record record "$SAMPLES/pass-one-hop.eml"
	printf '%s\tpass\n' "$SAMPLES/pass-one-hop.eml" >manifest
	ln -s ../manifest shared/manifest
	cp manifest before
	run -0 arc-verify --keys "$SAMPLES/keys" --manifest shared/manifest --update "$SAMPLES/pass-one-hop.eml"
	cmp manifest before
	[ ! -L shared/manifest ]
	cat >list <shared/manifest
	# nor is anything but a file replaced, or waited for
	for path in shared/fifo /dev/null -; do
		run -64 timeout 5 arc-verify --keys "$SAMPLES/keys" --manifest "$path" --update "$SAMPLES/pass-one-hop.eml"
		[[ $output == *"not a regular file"* ]]
	done
	[ -p shared/fifo ]
	[ ! -e ./- ]
	# which may be read from
	run -0 arc-verify --keys "$SAMPLES/keys" --manifest <(cat list) "$SAMPLES/pass-one-hop.eml"
}
