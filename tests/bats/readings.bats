#!/usr/bin/env bats
# Octets that two programs may read in two ways: the line of an mbox or a From
# field, white space before a colon, a CR without its LF, where a message of an
# mbox ends (RFC 5322 sections 2.2 and 4.5, RFC 4155).
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup() {
	T=$BATS_TEST_TMPDIR
	cd "$T"
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out k.pem 2>/dev/null
	DATE="Thu Oct  9 08:53:20 2025"
}

# notes FILE...: the words of the remarks on each message.
notes() {
	arc-verify --time 2026-01-01T00:00:00Z -A pass:none:fail --json "$@" |
		/usr/bin/python3 -c '
import json, sys
for line in sys.stdin:
    print(" ".join(r["code"] for r in json.loads(line)["lint"]))'
}

@test "a first line \"From : x\" is a From field, as obsolete syntax has it (RFC 5322 4.5.2)" {
	forge <<-'PY'
	for space in (" ", "\t", " \t ", "  " * 30):
	    m = chain(1, ams={"h": "from:from:to:subject"})
	    fails("signature", 1, m, octets=b"From" + space.encode() + b": ceo@bank.example\r\n" + m.octets())
	    m = Message(header="From" + space + ": ann@author.example\nTo: a@b.example\nSubject: x\n")
	    passes(m.seal(ams={"h": "from:from:to:subject"}))
	PY
}

@test "an mbox line has a word without white space and a date as asctime() writes it" {
	forge <<-'PY'
	m = chain(1)
	for line in ("a@b Thu Oct  9 08:53:20 2025", "- Thu Oct  9 08:53:20 2025", "MAILER-DAEMON Thu Oct  9 08:53:20 2025",
	             "a@b  Thu Oct  9 08:53:20 2025 ", "a@b\tThu Oct 09 08:53:20 2025", "a@b Thu Oct 9 08:53:20 2025",
	             "a@b Thu Oct  9 08:53:20 2025 +0200", "a@b Thu Oct  9 08:53:20 +0000 2025",
	             "a@b Thu Oct  9 08:53:20 CEST 2025", "a@b Thu Oct  9 08:53:20 2025 UTC", ": Thu Oct  9 08:53:20 2025"):
	    passes(m, octets=b"From " + line.encode() + b"\r\n" + m.octets())
	for line in ("a@b", "a@b Thu", "here on I only listen.", "a@b Thu Oct  9 08:53:20", "a@b Thu Oct  9 08:53 2025",
	             "a b Thu Oct  9 08:53:20 2025", "a@b Thu Oct 32 08:53:20 2025", "a@b Thu Oct  0 08:53:20 2025",
	             "a@b Thu Oct  9 24:53:20 2025", "a@b Thu Oct  9 08:60:20 2025", "a@b Thu Oct  9 08:53:20 25",
	             "a@b Tho Oct  9 08:53:20 2025", "a@b Thu Okt  9 08:53:20 2025", "a@b Thu Oct  9 08:53:20 2025 x",
	             "a@b Thu Oct  9 08:53:20 2025 +020", "a@b Thu Oct  9 08:53:20 UTC 2025 UTC", " Thu Oct  9 08:53:20 2025"):
	    no_verdict(65, "no-message", m, octets=b"From " + line.encode() + b"\r\n" + m.octets())
	PY
}

@test "arc-sign sees two From fields where the first has white space before its colon" {
	for space in ' ' $'\t' '   '; do
		printf 'From%s: ceo@bank.example\r\nFrom: a@a.example\r\nSubject: x\r\n\r\nhi\r\n' "$space" >m
		run -65 --separate-stderr arc-sign -d a.example -s s -k k.pem m
		[ -z "$output" ]
		[[ $stderr == *"2 From fields"* ]]
	done
}

@test "white space before the colon of an ARC field does not evade the limit of a field" {
	/usr/bin/python3 -c '
for n in (0, 1, 55, 56, 57, 70, 5000):
    with open("m%d" % n, "wb") as f:
        f.write(b"ARC-Seal" + b" " * n + b": i=1; " + b";" * (2 << 20) + b"\r\nFrom: a@b\r\n\r\nhi\r\n")'
	for m in m*; do
		run -65 arc-verify --keys /dev/null "$m"
		[[ $output == *limit-field* ]]
	done
}

@test "white space before the colon of Authentication-Results hides it from no filter (RFC 8601 5)" {
	printf 'Authentication-Results \t: mx.example.org; dkim=pass header.d=a.example\nFrom: a@a.example\n\nhi\n' >m
	run -0 arc-verify --keys /dev/null --annotate -i mx.example.org m
	[[ $output != *dkim=pass* ]]
	run -0 arc-sign -d a.example -s s -k k.pem -i mx.example.org m
	[[ $output == *"dkim=pass header.d=a.example"* ]]
}

@test "a CR without its LF is remarked on wherever it stands, with a chain or none" {
	forge <<-'PY'
	write(chain(1, header=HEADER + "X: y\rFrom: ceo@bank.example\n"), tmp("header"))
	write(chain(1, body="a\rb\n"), tmp("body"))
	write(chain(1, body="a\n\r"), tmp("end"))
	write(Message(header=HEADER + "X: y\r\n"), tmp("double"))
	write(Message(header="X: y\rFrom: ceo@bank.example\n" + HEADER), tmp("none"))
	write(chain(1), tmp("clean"))
	PY
	for m in header body end none; do
		run -0 notes --keys header.keys --keys body.keys "$m"
		[[ " $output " == *" bare-cr "* ]]
		[ "$m" = none ] || [ "$(arc-verify --keys "$m.keys" -v --time 2026-01-01T00:00:00Z "$m" | grep -c '\[bare-cr\]')" = 1 ]
	done
	run -0 notes --keys clean.keys clean
	[[ $output != *bare-cr* ]]
}

@test "--annotate refuses a header in which a CR stands for a line end; --trusted trusts nothing" {
	forge <<-'PY'
	write(chain(1, header=HEADER + "X: y\rAuthentication-Results: mx.example.org; dkim=pass\rFrom: ceo@bank.example\n"), tmp("m"))
	write(chain(1, body="a\rb\n"), tmp("body"))
	PY
	run -65 --separate-stderr arc-verify --keys m.keys --annotate -i mx.example.org m
	[ -z "$output" ]
	[[ $stderr == *"[bare-cr]"* ]]
	run -65 arc-verify --keys m.keys --annotate -i mx.example.org - < <(cat m)
	echo d1.example >trusted
	run -0 arc-verify --time 2026-01-01T00:00:00Z --keys m.keys --trusted trusted m
	[[ ${lines[1]} == *"trusted: nothing"*CR* ]]
	[[ $output == *"no AAR"* ]]
	run -0 arc-verify --time 2026-01-01T00:00:00Z --keys m.keys --trusted trusted --json m
	[[ $output == *'"code":"bare-cr"'*'"aar":null'* ]]
	# Of the body nobody reads a field.
	arc-verify --keys body.keys --annotate -i mx.example.org body >out
	cmp <(tail -n +2 out | tail -c "$(stat -c %s body)") body
}

@test "--on-error=pass of --annotate removes what claims to be ours, wherever the header can be read" {
	forged='Authentication-Results: mx.example.org; dkim=pass header.d=bank.example'
	other='Authentication-Results: mx.other.example; spf=pass'
	annotate() {
		arc-verify --annotate --on-error=pass -i mx.example.org "$@"
	}
	printf '%s\r\n%s\r\nX: y\rz\r\nFrom: a@b.example\r\n\r\nhi\r\n' "$forged" "$other" >cr
	run -0 --separate-stderr annotate --keys /dev/null cr
	[[ $output != *dkim=pass* && $output == "$other"* ]]
	[[ $stderr == *"after a CR"* ]]
	# No verdict: the keys cannot be had, a field is too long.
	printf '%s\n%s\nFrom: a@b.example\n\nhi\n' "$forged" "$other" >m
	run -0 --separate-stderr annotate --keys /nowhere m
	[ "$output" = "$(tail -n +2 m)" ]
	[[ $stderr == *"forged Authentication-Results with our authserv-id were removed"* ]]
	{ printf 'ARC-Seal: i=1; %01100000d\n' 1; cat m; } >long
	annotate --keys /dev/null long >out 2>err
	cmp out <(grep -v dkim=pass long)
	# Where it cannot be read, that is said.
	head -c 17000000 /dev/zero | tr '\0' x >big
	annotate --keys /dev/null big >out 2>err
	cmp out big
	grep -q 'could not be parsed' err
}

@test "a field that may stand there once and stands there twice is remarked on (RFC 5322 3.6)" {
	forge <<-'PY'
	for name in ("Subject", "Date", "To", "Cc", "Sender", "Reply-To", "Message-ID", "In-Reply-To", "References",
	             "MIME-Version", "Content-Type", "Content-Transfer-Encoding"):
	    m = chain(1, header=HEADER + name + ": a\n", ams={"h": "from:from"})
	    passes(m.top(name.upper() + ": b"), lint={"field-twice"})
	passes(chain(1, header=HEADER + "Comments: a\nComments: b\nKeywords: c\nKeywords: d\n"), lint=set())
	PY
}

# Two messages and what the first has in its body, as an mbox.
box() {
	printf 'From a@b %s\nSubject: one\nReceived: by x; %s\n%s\nHello\n\n%s\n\nFrom a@b %s\nSubject: two\n\nbye\n' \
		"$DATE" "$DATE" "${2:-}" "$1" "$DATE" >box
}

@test "only a separator with a word and a date divides an mbox" {
	for line in 'From here on I only listen.' 'From: not a field' 'From a@b' 'From : x' "From the desk of Ann $DATE" \
		">From a@b $DATE"; do
		box "$line"
		run -2 --separate-stderr arc-verify --mbox --keys /dev/null box
		[ "${#lines[@]}" = 2 ]
		[ -z "$stderr" ]
	done
}

@test "a part of an mbox that begins in a body makes the verdict before it say so" {
	box "From a@b $DATE
and so on"
	run -65 --separate-stderr arc-verify --mbox --keys /dev/null box
	[ "${#lines[@]}" = 2 ]
	[[ $stderr == *"box:1: none: "*"[mbox-cut]"* ]]
	[[ $stderr == *"box:2: "*"may belong to the body of the previous message"* ]]
	arc-verify --mbox --json --keys /dev/null box 2>/dev/null | head -n 1 | grep -q '"mbox-cut"'
}

@test "Content-Length leads over separators behind which no traced header stands" {
	inner="From a@b $DATE
Subject: pasted

and so on"
	n=$(printf 'Hello\n\n%s\n' "$inner" | wc -c)
	box "$inner" "Content-Length: $n
"
	run -2 --separate-stderr arc-verify --mbox --keys /dev/null box
	[ "${#lines[@]}" = 2 ]
	[ -z "$stderr" ]
	# A length at which neither the file nor the message ends is none.
	for wrong in $((n - 3)) $((n + 3)) 0 999999 1e3 -1; do
		box "$inner" "Content-Length: $wrong
"
		run -2 arc-verify --mbox --keys /dev/null box
		[ "${#lines[@]}" = 3 ]
	done
}

@test "Content-Length cannot hide a message: both readings are told" {
	for trace in "Received: by y; $DATE" "ARC-Seal: i=1; x" "received : z"; do
		inner="From a@b $DATE
Subject: hidden
$trace

and so on"
		n=$(printf 'Hello\n\n%s\n' "$inner" | wc -c)
		box "$inner" "Content-Length: $n
"
		run --separate-stderr arc-verify --mbox --keys /dev/null box
		[ "${#lines[@]}" = 3 ]
		[[ ${stderr_lines[0]} == *"box:1: none: "*"none as cut here, none by Content-Length"*"[mbox-length]" ]]
	done
}
