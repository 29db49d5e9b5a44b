#!/usr/bin/env bats
# The edges of arc-verify that scripts are written against: options, exit
# statuses, stdout, stderr, JSON, hostile text.
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	"$ROOT/tests/forge/forge" <<-PY
	write(chain(2), "pass")
	write(chain(2).edit_body("Tuesday", "Monday"), "fail")
	write(Message(), "none")
	write(chain(1).line(";! s1._domainkey.d1.example. TIMEOUT"), "late")
	PY
	grep -v '^s1' late.keys >k
	mv k late.keys
	cat pass.keys >keys
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	T=$BATS_TEST_TMPDIR
}

verify() {
	arc-verify --time 1767225600 "$@"
}

@test "exit 0 pass, 1 fail, 2 none, 75 tempfail; the first word says the same" {
	run -0 verify --keys keys pass
	[[ $output == "pass  i=2 d2.example < d1.example  oldest-pass=0" ]]
	run -1 verify --keys keys fail
	[[ $output == "fail  i=2 ARC-Message-Signature d=d2.example s=s2: "*"  [body-hash]" ]]
	run -2 verify --keys keys none
	[ "$output" = none ]
	run -75 verify --keys late.keys late
	[[ $output == "tempfail  i=1 ARC-Message-Signature d=d1.example s=s1: "*"  [dns-timeout]" ]]
}

@test "--accept makes these exit 0, and no others" {
	run -0 verify -A pass:fail --keys keys fail
	run -1 verify -A none --keys keys fail
	run -1 verify --accept none --keys keys pass
	run -0 verify --accept=none --keys keys none
	run -2 verify -A pass:fail --keys keys none
	run -0 verify -A tempfail --keys late.keys late
	run -64 verify -A perhaps --keys keys none
	run -64 verify -A '' --keys keys none
}

@test "stdin without FILE and as -, also among others; -- ends options" {
	run -0 verify --keys keys <pass
	run -0 verify --keys keys - <pass
	run -1 verify --keys keys fail - <pass
	[[ ${lines[0]} == "fail: fail "* && ${lines[1]} == "-: pass "* ]]
	cp pass "$T/-v"
	cd "$T"
	run -0 verify --keys "$BATS_FILE_TMPDIR/keys" -- -v
	[[ $output == "pass "* ]]
}

@test "of many messages the worst decides: trouble, then fail, none, pass" {
	run -2 verify --keys keys pass none
	run -1 verify --keys keys none fail pass
	run -66 verify --keys keys fail gone none
	run -75 verify --keys late.keys fail late none
}

@test "64: options that are none, values that are none" {
	for wrong in --nonsense --time=yesterday --time=2026-02-30T00:00:00Z --min-rsa-bits=1000 \
		--min-rsa-bits=many --dns-timeout=0 --dns-timeout=-1 --dnssec=maybe --color=red \
		--jobs=0 --shard=3/2 --update --clock-skew=x --resolver=here --received-by= \
		'--authserv-id=a;b' --on-error=pass; do
		run -64 --separate-stderr verify "$wrong" pass
		[ -z "$output" ]
		[[ $stderr == *"try 'arc-verify --help'"* ]]
	done
	run -64 --separate-stderr verify --keys keys --resolver=here pass
	[[ $stderr == *"invalid --resolver 'here'"* ]]
}

@test "64: an option that is none is named, with the one that was most likely meant" {
	while IFS='|' read -r command words; do
		# shellcheck disable=SC2086 # words
		run -64 --separate-stderr $command
		[ -z "$output" ]
		[[ $stderr == "${command%% *}: $words"$'\n'"${command%% *}: try '${command%% *} --help'" ]] || { echo "$stderr"; false; }
	done <<-'END'
	arc-verify --kyes|unknown option '--kyes' (did you mean '--keys'?)
	arc-verify --manifset=x|unknown option '--manifset' (did you mean '--manifest'?)
	arc-dump --verfiy|unknown option '--verfiy' (did you mean '--verify'?)
	arc-sign --selektor|unknown option '--selektor' (did you mean '--selector'?)
	arc-verify --nonsense|unknown option '--nonsense'
	arc-verify --x|unknown option '--x'
	arc-verify -Z|unknown option '-Z'
	arc-verify -qZ|unknown option '-Z'
	arc-verify --dns=x|option '--dns' takes no argument
	arc-verify --keys|option '--keys' requires an argument
	arc-verify -A|option '--accept' requires an argument
	arc-verify --no-|ambiguous option '--no-'
	arc-sign|--domain is required
	arc-sign -d a.example|--selector is required
	arc-sign -d a.example -s s|--key is required
	arc-verify --jobs=0|invalid --jobs '0': must be a number from 1 to 1024
	END
	run -64 --separate-stderr arc-verify "--$(printf 'x%.0s' {1..5000})"
	[[ $stderr == "arc-verify: unknown option '--xxx"* ]]
	run -64 --separate-stderr arc-verify $'--\e[31mred'
	[[ $stderr != *$'\e'* ]]
}

@test "65: empty, binary, a lone empty line, text that is no mail" {
	: >"$T/empty"
	head -c 100000 /dev/zero >"$T/zero"
	printf '\n\nbody\n' >"$T/body"
	echo "hello, world" >"$T/text"
	for file in empty zero body text; do
		run -65 --separate-stderr verify --keys keys "$T/$file"
		[[ -z $output && $stderr == "arc-verify: $T/$file: Not an Internet message"*"[no-message]" ]]
	done
	run -65 --separate-stderr verify --keys keys </dev/null
	[[ $stderr == *"the input is empty"* ]]
}

@test "65: over a limit, the limit named" {
	{ printf 'ARC-Seal: i=1; '; head -c 10485760 /dev/zero | tr '\0' x; printf '\n\n'; } >"$T/seal"
	run -65 --separate-stderr verify "$T/seal"
	[[ $stderr == *"longer than 1 MiB"*"[limit-field]" ]]
	{ printf 'Subject: '; head -c 17000000 /dev/zero | tr '\0' x; printf '\n\n'; } >"$T/subject"
	run -65 --separate-stderr verify "$T/subject"
	[[ $stderr == *"longer than 16 MiB"*"[limit-header]" ]]
	yes 'a:' | head -n 100001 >"$T/fields"
	run -65 --separate-stderr verify "$T/fields"
	[[ $stderr == *"[limit-fields]" ]]
	yes 'a:' | head -n 100000 >"$T/fields"
	run -2 verify "$T/fields"
}

@test "--limit takes more or less of each thing that its list lets be set" {
	run -0 arc-verify --limit list
	for name in message header field fields signatures; do
		grep -q "^$name .*[0-9] " <<<"$output"
	done
	printf 'From: a@b.example\nSubject: %s\n\nbody\n' "$(printf %2000s x)" >"$T/m"
	run -2 verify "$T/m"
	run -65 --separate-stderr verify --limit header=1K "$T/m"
	[[ -z $output && $stderr == *"first 1024 bytes"*"[limit-header]" ]]
	run -2 verify --limit header=1K --limit header=3000 "$T/m"
	run -65 --separate-stderr verify --limit fields=1 "$T/m"
	[[ $stderr == *"[limit-fields]" ]]
	run -65 --separate-stderr verify --limit field=100 --keys keys "$SAMPLES/pass-one-hop.eml"
	[[ $stderr == *"[limit-field]" ]]
	run -65 --separate-stderr verify --limit signatures=1 --keys "$SAMPLES/keys" "$SAMPLES/pass-one-hop.eml"
	[[ $stderr == *"[limit-signatures]" ]]
	run -65 --separate-stderr verify --why --limit message=1K "$T/m"
	[[ $stderr == *"[limit-message]" ]]
	run -65 --separate-stderr verify -a -i x.example --limit message=1K "$T/m"
	[[ -z $output && $stderr == *"[limit-message]" ]]
	yes 'a:' | head -n 100001 >"$T/fields"
	run -2 verify --limit fields=200000 "$T/fields"
	for bad in '' x header header= header=0 header=1T header=-1 header=1x headers=1 =1 sets=51 rsa-bits=32768 fields=99999999999G; do
		run -64 --separate-stderr verify --limit "$bad" "$T/m"
		[[ -z $output && -n $stderr ]]
	done
}

@test "66: not there, a folder as one of a pipe, no permission" {
	run -66 --separate-stderr verify gone
	[[ $stderr == "arc-verify: cannot open 'gone': No such file or directory  [open]" ]]
	run -66 verify --keys keys --files0-from gone
	cp pass "$T/secret"
	chmod 0 "$T/secret"
	if [ "$(id -u)" -eq 0 ]; then
		chmod 755 "$T"
		cp "$(command -v arc-verify)" "$T/tool"
		chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$(dirname "$T")" "$T/tool"
		run -66 setpriv --reuid 65534 --clear-groups "$T/tool" "$T/secret"
	else
		run -66 verify "$T/secret"
	fi
}

@test "74: a full disk and a closed pipe; a read error" {
	run -74 bash -c "arc-verify --keys keys pass >/dev/full"
	run -74 bash -c "arc-verify --help >/dev/full"
	run -74 bash -c "arc-verify --keys keys pass >&-"
	run -74 verify --keys keys </proc/self/mem
	run -74 verify --record /proc/none/x pass
}

@test "standard output, a device and a pipe are written into, and never replaced" {
	ln -s /proc/self/fd/1 "$T/out"
	ln -s /dev/full "$T/full"
	mkfifo "$T/pipe"
	for option in junit state; do
		run -0 verify --keys keys -q "--$option" "$T/out" pass
		[[ $output == "<?xml "* || $output == "arc-tools state 1"* ]]
		verify --keys keys -q "--$option" "$T/out" pass >"$T/redirected"
		[ -s "$T/redirected" ]
		cat "$T/pipe" >"$T/piped" &
		verify --keys keys -q "--$option" "$T/pipe" pass
		wait
		[ -s "$T/piped" ]
		run -74 --separate-stderr verify --keys keys -q "--$option" "$T/full" pass
		[[ $stderr == *"cannot write '$T/full': "* ]]
		run -74 verify --keys keys -q "--$option" "$T" pass
	done
	[ -L "$T/out" ] && [ -L "$T/full" ] && [ -p "$T/pipe" ]
}

@test "0 to 2 missing at the start: no descriptor is mistaken for another" {
	run -0 bash -c "arc-verify --time 1767225600 --keys keys pass <&-"
	[[ $output == "pass "* ]]
	run -0 bash -c "arc-verify --time 1767225600 --keys keys pass 2>&-"
	run bash -c "arc-verify --keys keys <&-"
	[ "$status" -ge 64 ]
}

@test "--quiet says nothing on stdout, and what went wrong on stderr" {
	run -1 --separate-stderr verify -q --keys keys fail
	[[ -z $output && -z $stderr ]]
	run -66 --separate-stderr verify --quiet gone
	[[ -z $output && -n $stderr ]]
	run -1 verify -q --json --keys keys fail
	[ -z "$output" ]
}

@test "--help and --version go to stdout and exit 0" {
	run -0 --separate-stderr arc-verify --help
	[[ $output == "usage: arc-verify "* && -z $stderr ]]
	run -0 --separate-stderr arc-verify -V
	[[ $output == "arc-verify (arc-tools) "* && -z $stderr ]]
}

@test "JSON: one object a line, also where there is no verdict" {
	run -66 --separate-stderr verify --json --keys keys pass fail none gone
	[ "${#lines[@]}" -eq 4 ]
	printf '%s\n' "$output" >"$T/lines"
	/usr/bin/python3 - "$T/lines" <<-'PY'
	import json, sys
	lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
	assert [x["arc"] for x in lines] == ["pass", "fail", "none", None]
	assert lines[3]["error"] == dict(code="open", text=lines[3]["error"]["text"], exit=66)
	assert all(x["schema"] == 1 for x in lines)
	PY
}

@test "text of strangers reaches neither terminal nor JSON as it is" {
	forge <<-'PY'
	evil = "\x1b[2J\u202e\u009b31m\udcff\x07\u200b"
	m = chain(1, aar="i=1; mx.example; spf=pass smtp.mailfrom=\"" + evil + "\"")
	m.top("X-Evil: " + evil)
	write(m, "evil")
	write(chain(1, ams_d="exa\x1b[2Jmple.org").top("a\x1b[2Jb"), "evil2")
	PY
	for file in evil evil2; do
		for form in "" --json -v; do
			# shellcheck disable=SC2086 # none or one word
			verify $form --keys evil.keys "$file" >"$T/out" 2>"$T/err" || true
			/usr/bin/python3 - "$T/out" "$T/err" <<-'PY'
			import sys
			for path in sys.argv[1:]:
			    text = open(path, "rb").read().decode("utf-8")
			    bad = [c for c in text if (c < " " and c != "\n") or "\x7f" <= c < "\xa0" or c in "\u202e\u200b"]
			    assert not bad, (path, bad)
			PY
		done
	done
	run -66 --separate-stderr verify $'no\e[2Jfile'
	[[ $stderr == *'no\x1b[2Jfile'* ]]
}

@test "locale, zone and the order of runs change nothing" {
	verify --json --keys keys pass fail >"$T/a" || true
	LC_ALL=tr_TR.UTF-8 TZ=Asia/Tokyo verify --json --keys keys pass fail >"$T/b" || true
	cmp "$T/a" "$T/b"
}

@test "an error of a file names that file, not the message" {
	message=$SAMPLES/pass-one-hop.eml
	sign=(arc-sign -d d.example -s s --ar none --keys "$SAMPLES/keys")
	cd "$BATS_TEST_TMPDIR"
	echo none >one
	while read -r status words; do
		read -r want
		# shellcheck disable=SC2206 # words on purpose
		case $words in
		verify*) command=(arc-verify --keys "$SAMPLES/keys" ${words#verify}) ;;
		*) command=("${sign[@]}" ${words#sign}) ;;
		esac
		run -"$status" --separate-stderr "${command[@]}" "$message"
		[[ $stderr == *"arc-${words%% *}: $want"* ]] || { echo "$words: $stderr"; false; }
	done <<-END
	74 verify --state /nonexistent/x
	cannot write '/nonexistent/x': No such file or directory  [write]
	66 sign -k $ROOT/tests/keys/rsa2048-a.pem --state /nonexistent/x
	cannot open '/nonexistent/x': No such file or directory  [open]
	65 sign -k $ROOT/tests/keys/rsa2048-a.pem --state one
	one: The state file is not for this message
	66 sign --table /nonexistent/x
	cannot open '/nonexistent/x': No such file or directory  [open]
	78 sign --table one
	one: Invalid table of keys: line 1: expected
	END
	run -73 --separate-stderr arc-sign --new-key -d d.example -s s -k one
	[[ $stderr == "arc-sign: cannot create 'one': File exists  [private-key-create]" ]]
}

@test "did you mean: two characters exchanged are one slip" {
	for slip in lnit:lint jsno:json verfiy:verify; do
		run -64 --separate-stderr arc-dump "--${slip%:*}"
		[[ $stderr == *"(did you mean '--${slip#*:}'?)"* ]]
	done
	run -64 --separate-stderr arc-sign -d d.example -s 's s' -k x
	[[ $stderr == "arc-sign: invalid --selector 's s': "* ]]
	run -64 --separate-stderr arc-sign -d localhost -s s -k x
	[[ $stderr == "arc-sign: invalid --domain 'localhost': "* ]]
}

@test "at a terminal the verdicts of many files are a column, in a pipe they follow the name" {
	cd "$SAMPLES"
	files=(pass-one-hop.eml fail-body-changed.eml none-no-arc-fields.eml)
	run -1 /usr/bin/python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
		arc-verify --color never --keys keys "${files[@]}"
	[[ ${lines[0]} == "pass      pass-one-hop.eml  i=1 "* ]]
	[[ ${lines[1]} == "fail      fail-body-changed.eml  i=2 "* ]]
	[[ ${lines[2]} == "none      none-no-arc-fields.eml"* ]]
	run -1 --separate-stderr arc-verify --keys keys "${files[@]}"
	[[ ${lines[0]} == "pass-one-hop.eml: pass  i=1 "* ]]
	[[ ${lines[2]} == "none-no-arc-fields.eml: none" ]]
}
