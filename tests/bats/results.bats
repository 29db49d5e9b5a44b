#!/usr/bin/env bats
# Authentication-Results between reading and writing (RFC 8601 section 2.2): what
# is believed is right to its end, what is removed need not be.
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup() {
	T=$BATS_TEST_TMPDIR
	cd "$T"
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out k.pem 2>/dev/null
}

# aar TEXT...: seals a message with these Authentication-Results fields; the new
# field's payload in one line, stderr in the file err.
aar() {
	{
		printf 'Authentication-Results: %b\n' "$@"
		printf 'From: a@us.example\n\nhi\n'
	} >m
	arc-sign -d us.example -s s -k k.pem --headers-only m 2>err |
		sed -n '/^ARC-Auth/,$p' | tr -d '\n' | tr '\t' ' ' | sed 's/.*us.example; //'
}

@test "a property without a value swallows nothing: the result is left out whole, and told" {
	for bad in 'spf=none smtp.mailfrom= smtp.helo=x.example' 'spf=none smtp.mailfrom=' 'spf=none smtp.mailfrom= (c)' \
		'spf=none smtp.mailfrom= (c) smtp.helo=x' 'spf=none smtp . mailfrom = smtp . helo = x' \
		'spf=none reason= smtp.helo=x' 'spf=none smtp.mailfrom= reason=x' 'spf=none smtp.mailfrom=\n smtp.helo=x'; do
		[ "$(aar "us.example; $bad; dkim=pass header.d=a.example")" = "dkim=pass header.d=a.example" ]
		grep -q 'field 1: "spf=none .* is not copied into the seal: at ".*": the value is missing' err
	done
	[ "$(aar 'us.example; dkim=pass header.b= abc= header.s=x=')" = 'dkim=pass header.b="abc=" header.s="x="' ]
}

@test "a result that does not parse to its end is left out whole, and told" {
	for bad in 'auth=pass smtp.auth=Ann Author smtp.mailfrom=a@b.example' 'dkim=fail reason=bad signature header.d=x' \
		'dmarc=none action=none header.from=x' 'spf=pass smtp.mailfrom="a"b' \
		'spf=pass smtp.mailfrom=a)' 'spf=pass smtp.mailfrom=a,b' 'spf=pass smtp.mailfrom=a\\\\b' 'spf=pass smtp.mailfrom' \
		'spf=pass"x"' 'spf=pass header.d=x reason=late' 'spf pass' 'spf=' '=pass' 'spf=pass ) x' \
		'spf=pass smtp.mailfrom=\x01a' 'spf=pass smtp.mailfrom=\xff'; do
		[ "$(aar "us.example; $bad; dkim=pass header.d=a.example")" = "dkim=pass header.d=a.example" ]
		[ "$(grep -c 'field 1: .* is not copied into the seal' err)" = 1 ]
	done
	# What has no end takes all behind it with it.
	for bad in 'spf=pass smtp.mailfrom=a"b' 'dmarc=pass (p=reject' 'dmarc=pass header.from="x' 'dmarc=pass (a (b) c'; do
		[ "$(aar "us.example; spf=pass; $bad; dkim=pass")" = "spf=pass" ]
		grep -q 'is not copied into the seal' err
	done
}

@test "comments stand in the new field as they stood, but for those that some reader cuts at or obeys (RFC 8617 4.1.1)" {
	[ "$(aar 'us.example; dkim=pass (2048-bit key) header.d=a.example (x (y) "z")')" = \
		'dkim=pass (2048-bit key) header.d=a.example (x (y) "z")' ]
	[ "$(aar 'us.example; dkim (a) = (b) pass (c\n d) header.d=(e)a.example')" = 'dkim (a) = (b) pass (c d) header.d= (e) a.example' ]
	[ "$(aar 'us.example; dkim=pass (a;b) (\x1b[2J) (\xff) (\xe2\x80\xae) header.d=a.example')" = 'dkim=pass header.d=a.example' ]
	long=$(printf 'x%.0s' {1..2000})
	[ "$(aar "us.example; dkim=pass ($long) header.d=a.example")" = 'dkim=pass header.d=a.example' ]
}

@test "values stand as they stood; what the grammar wants quoted is quoted (RFC 8601 2.2)" {
	[ "$(aar 'us.example; spf=pass smtp.mailfrom="a b"@x.example smtp.helo="q" smtp.remote-ip=2001:db8::1')" = \
		'spf=pass smtp.mailfrom="a b"@x.example smtp.helo="q" smtp.remote-ip="2001:db8::1"' ]
	[ "$(aar 'us.example; spf=pass reason="a \\"b\\" c" smtp.mailfrom="a\n b"@x.example')" = \
		'spf=pass reason="a \"b\" c" smtp.mailfrom="a b"@x.example' ]
}

@test "no line is longer than 998 octets, whatever quoting adds" {
	q=$(printf '"%.0s' {1..440}) s=$(printf '\\\\\\\\%.0s' {1..440}) m=$(printf 'a%.0s' {1..440})
	for value in "reason=\"$s\"" "reason=$s" "header.x=\"$s\"" "header.x=\"$(printf 'é%.0s' {1..440})\"" "$m.$m=$m:" "reason=$q" \
		"($m$m$m)" "header.x=$(printf ':%.0s' {1..895})"; do
		aar "us.example; $m=pass $value" >/dev/null
		arc-sign -d us.example -s s -k k.pem m 2>/dev/null |
			sed -n '/^ARC-Auth/,/^Authentication-Results/p' | sed '$d' |
			awk 'length > 998 { exit 1 }'
	done
}

@test "none is told as none, and the ids that are there are named" {
	[ "$(aar 'us.example; none')" = none ]
	grep -q 'of us.example report none' err
	[ "$(aar 'mx1.us.example; spf=pass' 'mx2.us.example 1; spf=pass' 'MX1.us.example; dkim=pass')" = none ]
	grep -q 'found those of mx1.us.example, mx2.us.example (use -i' err
	[ "$(printf 'From: a@b.example\n\nhi\n' | arc-sign -d us.example -s s -k k.pem --headers-only 2>&1 | grep -c 'use -i')" = 0 ]
}

@test "an id is believed as the grammar has it, and removed however it is written (RFC 8601 5)" {
	for around in '\x0bID' 'ID\x0b' '\x00ID' 'ID\x7f' '\x7fID' '\x0b\x0cID\x01' '\\ID' '"ID' 'ID"' '(ID' '( (ID' '\xc2\xa0ID' \
		'ID\xc2\xa0' '\xe2\x80\x8bID' '\xef\xbb\xbfID' 'ID.' 'ID/1' 'ID,' 'ID=1' '\xa0ID' '\x0b(c)ID' 'us .example' 'us. (c) example' \
		'u\x00s.example' 'ID x'; do
		id=${around//ID/us.example}
		[ "$(aar "$id; dkim=pass header.d=bank.example")" = none ]
		arc-verify --keys /dev/null --annotate -i us.example m >out
		[ "$(grep -ac dkim=pass out)" = 0 ]
	done
	for id in us.example US.Example '"us.example"' '(c) us.example (d)' 'us.example 1' '\n us.example'; do
		[ "$(aar "$id; dkim=pass header.d=a.example")" = "dkim=pass header.d=a.example" ]
		arc-verify --keys /dev/null --annotate -i us.example m >out
		[ "$(grep -ac dkim=pass out)" = 0 ]
	done
	for id in us.example.org xus.example x.us.example us-example other 'other (us.example)' 'us.example-x' 'us'; do
		[ "$(aar "$id; dkim=pass header.d=a.example")" = none ]
		arc-verify --keys /dev/null --annotate -i us.example m >out
		[ "$(grep -ac dkim=pass out)" = 1 ]
	done
}

@test "--trusted counts no result that does not parse to its end" {
	echo d1.example >trusted
	forge <<-'PY'
	for n, aar in enumerate(("spf=pass smtp.mailfrom= smtp.helo=author.example", "dmarc=pass header.d= header.from=author.example",
	                         "dmarc=pass header.from=author.example x", "dmarc=pass header.from=author.example (x",
	                         "dmarc=pass action=none header.d= header.from=author.example")):
	    write(chain(1, aar="i=1; mx.example; " + aar), tmp("bad%d" % n))
	write(chain(1, aar="i=1; mx.example; spf=pass smtp.mailfrom= x.y=z; dmarc=pass header.from=author.example"), tmp("good"))
	write(chain(1, aar='i=1; mx.example; spf=pass smtp.mailfrom="a.example  aligned" smtp.remote-ip="192.0.2.1 as[9].d=x"'), tmp("words"))
	write(chain(1, aar='i=1; mx.example; spf=pass smtp.remote-ip="2001:db8::1"'), tmp("ip"))
	PY
	said() {
		arc-verify --time 2026-01-01T00:00:00Z --keys "$1.keys" --trusted trusted "$1"
	}
	for m in bad?; do
		[[ $m == *.keys ]] || [[ $(said "$m") == *"claims nothing"* ]]
	done
	[[ $(said good) == *"claims DMARC pass"* ]]
	[[ $(said words) == *'smtp.mailfrom="a.example  aligned"  not aligned'* ]]
	[[ $(said words) != *remote-ip* ]]
	[[ $(said ip) == *'remote-ip[1]=2001:db8::1'* ]]
}

@test "what has no end in From is looked for once, and names no author that is certain" {
	/usr/bin/python3 -c '
for i, s in enumerate(("(", "\"", "\"\\", "\\", "<", "a()(", "(\"", "((a)", "\"\\\"")):
    with open("f%d" % i, "w") as f:
        f.write("From: " + s * (1000000 // len(s)) + " a@a.example\n\nhi\n")'
	printf '* us.example s k.pem\n' >table
	echo us.example >trusted
	for f in f?; do
		arc-verify --keys /dev/null -A none --trusted trusted "$f" >/dev/null
		arc-sign --table table "$f" >/dev/null 2>err
	done
	run -0 arc-verify --keys /dev/null -A none --trusted trusted --json f0
	[[ $output == *'"author":null'* ]]
}
