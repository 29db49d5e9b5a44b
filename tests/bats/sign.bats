#!/usr/bin/env bats
# arc-sign (RFC 8617 section 5.1).
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	export NOW=1767225600
	export K=$ROOT/tests/keys
	cp "$K/rsa2048-a.pem" "$K/ed25519-a.pem" .
	chmod 600 ./*.pem
	"$ROOT/tests/forge/forge" <<-PY
	import base64
	lines = []
	for d, name in (("a.example", "rsa2048-a"), ("b.example", "rsa2048-b"),
	                ("c.example", "rsa2048-c"), ("ed.example", "ed25519-a"),
	                ("t.example", "rsa1024-a")):
	    k = key(name)
	    record = "v=DKIM1; k=%s; p=%s" % (k.type, base64.b64encode(k.public()).decode())
	    strings = " ".join('"%s"' % record[i:i+200] for i in range(0, len(record), 200))
	    lines.append("s1._domainkey.%s. TXT %s\n" % (d, strings))
	open("keys", "w").writelines(lines)
	m = Message()
	m.top("Authentication-Results: a.example; spf=pass smtp.mailfrom=ann@author.example;\n dkim=pass header.d=author.example")
	open("crlf.eml", "wb").write(m.octets())
	open("lf.eml", "wb").write(m.lf())
	PY
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	T=$BATS_TEST_TMPDIR
}

# sign [option...]: seal stdin for a.example
sign() {
	arc-sign --time "$NOW" -d a.example -s s1 -k rsa2048-a.pem --keys keys "$@"
}

verify() {
	arc-verify --time "$NOW" --keys keys "$@"
}

# The fields that were put on top of $2 to make $1; fails when anything else
# of it was touched.
added() {
	local n
	n=$(($(stat -c %s "$1") - $(stat -c %s "$2")))
	cmp <(tail -c +$((n + 1)) "$1") "$2" && head -c "$n" "$1"
}

# opinion FILE INSTANCE KEY: a second reading of what was signed
opinion() {
	forge <<-PY
	wrong = check_set(open("$1", "rb").read(), $2, key("$3"))
	assert not wrong, wrong
	PY
}

@test "only fields on top, in the order AS, AMS, AAR; everything below octet for octet (RFC 8617 5.1, step 1)" {
	for form in crlf lf; do
		sign <$form.eml >"$T/sealed" 2>/dev/null
		added "$T/sealed" $form.eml >"$T/fields"
		run grep -o '^[A-Za-z-]*:' "$T/fields"
		[ "${lines[*]}" = "ARC-Seal: ARC-Message-Signature: ARC-Authentication-Results:" ]
		run -0 verify "$T/sealed"
		[[ $output == "pass  i=1 a.example"* ]]
	done
	# the same line end as the input
	run ! grep -q $'\r' "$T/fields"
	sign <crlf.eml 2>/dev/null | head -n 12 >"$T/fields"
	[ "$(grep -c $'\r$' "$T/fields")" -eq 12 ]
}

@test "an mbox line stays first, a header without body stays without (RFC 8617 5.1, step 1)" {
	{ echo "From ann@author.example Thu Oct  9 08:53:20 2025"; cat lf.eml; } >"$T/mbox"
	sign <"$T/mbox" >"$T/sealed" 2>/dev/null
	[ "$(head -n 1 "$T/sealed")" = "$(head -n 1 "$T/mbox")" ]
	cmp <(tail -n "$(wc -l <lf.eml)" "$T/sealed") lf.eml
	run -0 verify "$T/sealed"
	sed '/^$/,$d' lf.eml >"$T/header"
	sign <"$T/header" >"$T/sealed" 2>/dev/null
	added "$T/sealed" "$T/header" >/dev/null
	run -0 verify "$T/sealed"
	{ sed '/^$/q' lf.eml; } >"$T/empty"
	sign <"$T/empty" >"$T/sealed" 2>/dev/null
	run -0 verify "$T/sealed"
}

@test "a top seal of cv=fail is passed on as it is, with a word; 1 only when asked (RFC 8617 5.1, step 2)" {
	forge <<-PY
	m = chain(2, {2: {"cv": "fail"}})
	write(m, "$T/failed")
	PY
	run -0 --separate-stderr sign "$T/failed"
	[[ $stderr == *"not sealed: the newest seal has cv=fail"* ]]
	sign "$T/failed" 2>/dev/null | cmp - "$T/failed"
	run -1 sign --exit-status "$T/failed"
	run -0 sign --headers-only "$T/failed" 2>/dev/null
}

@test "the instance is one more than the highest; after 50 sets nothing is added (RFC 8617 5.1, step 3)" {
	local c=(relaxed/relaxed relaxed/simple simple/relaxed simple/simple) n
	cp crlf.eml "$T/m"
	# every canonicalization with both algorithms, on top of each other
	for n in $(seq 50); do
		if [ $((n / 4 % 2)) -eq 0 ]; then
			sign -c "${c[n % 4]}" --ar "arc=pass" "$T/m" >"$T/n" 2>/dev/null
		else
			arc-sign --time "$NOW" -d ed.example -s s1 -k ed25519-a.pem --keys keys \
				-c "${c[n % 4]}" --ar "arc=pass" "$T/m" >"$T/n" 2>/dev/null
		fi
		grep -q "^ARC-Seal: i=$n;" "$T/n"
		mv "$T/n" "$T/m"
	done
	run -0 verify "$T/m"
	[[ $output == "pass  i=50 "* ]]
	[[ $output == *"oldest-pass=0" ]]
	run -0 --separate-stderr sign "$T/m"
	[[ $stderr == *"the message has 50 ARC Sets already"* ]]
	sign "$T/m" 2>/dev/null | cmp - "$T/m"
	# Of more fields than are read the highest instance is not known.
	{
		yes $'ARC-Seal: i=1; cv=none\r' | head -n 160
		cat "$T/m"
	} >"$T/many"
	run -0 --separate-stderr sign "$T/many"
	[[ $stderr == *"the message has more ARC fields than 50 ARC Sets"* ]]
	sign "$T/many" 2>/dev/null | cmp - "$T/many"
}

@test "a second reading of the RFCs finds the same octets signed" {
	cp crlf.eml "$T/m"
	local i=0
	for c in relaxed/relaxed relaxed/simple simple/relaxed simple/simple; do
		i=$((i + 1))
		sign -c $c "$T/m" >"$T/n" 2>/dev/null
		opinion "$T/n" $i rsa2048-a
		mv "$T/n" "$T/m"
	done
	printf 'From: a@b.example\n\n' | sign >"$T/n" 2>/dev/null
	opinion "$T/n" 1 rsa2048-a
	printf 'From: a@b.example\nSubject:\n\ttwo\n  folds \n\n \n\ta  b\n\n\n' | sign >"$T/n" 2>/dev/null
	opinion "$T/n" 1 rsa2048-a
	# and the seal covers the AMS as it was written
	/usr/bin/python3 - "$T/n" >"$T/o" <<-'PY'
	import re, sys
	text = open(sys.argv[1]).read()
	print(re.sub(r"(?s)(ARC-Message-Signature.*?[^h]=[A-Za-z0-9+/]{60,})\n\t", r"\1", text, count=1), end="")
	PY
	run -1 verify "$T/o"
	[[ $output == *"ARC-Seal"*"[signature]"* ]]
}

@test "cv is what our own validation says; A-R may only worsen it (RFC 8617 4.4)" {
	sign <crlf.eml >"$T/one" 2>/dev/null
	grep -q 'cv=none' "$T/one"
	run -0 --separate-stderr sign --ar arc=pass "$T/one"
	[[ $output == *"i=2;"*"cv=pass"* ]]
	{ cat "$T/one"; echo more; } >"$T/broken"
	run -0 --separate-stderr sign --ar arc=pass "$T/broken"
	[[ ${lines[0]} == "ARC-Seal: i=2; a=rsa-sha256; cv=fail;"* ]]
	[[ $stderr == *"have arc=pass, but validation gives fail: ignored"* ]]
	run -0 --separate-stderr sign --ar arc=fail "$T/one"
	[[ ${lines[0]} == *"cv=fail;"* ]]
}

@test "--cv ar may only worsen; none, pass, fail; a word that cannot be is refused (RFC 8617 4.4)" {
	sign <crlf.eml >"$T/one" 2>/dev/null
	{ cat "$T/one"; echo more; } >"$T/edited"
	run -0 --separate-stderr sign --cv ar --ar arc=pass "$T/edited"
	[[ ${lines[0]} == *"cv=fail;"* ]]
	for said in none fail; do
		run -0 --separate-stderr sign --cv ar --ar arc=$said "$T/one"
		[[ ${lines[0]} == *"cv=fail;"* ]]
	done
	for said in arc=pass spf=pass; do
		run -0 --separate-stderr sign --cv ar --ar $said "$T/one"
		[[ ${lines[0]} == *"cv=pass;"* ]]
	done
	run -0 --separate-stderr sign --cv pass "$T/edited"
	[[ ${lines[0]} == *"cv=pass;"* ]]
	run -65 --separate-stderr sign --cv none "$T/edited"
	[ -z "$output" ]
	run -65 sign --cv pass crlf.eml
	run -64 sign --cv perhaps crlf.eml
}

@test "a broken chain gets one set with cv=fail that covers itself alone (RFC 8617 5.1.2)" {
	forge <<-PY
	m = chain(2)
	m.body += b"more"
	write(m, "$T/broken")
	write(chain(2).drop("ARC-Seal", 1), "$T/torn")
	PY
	for m in broken torn; do
		cat keys "$T/$m.keys" >"$T/keys"
		run -0 --separate-stderr sign --keys "$T/keys" "$T/$m"
		[[ ${lines[0]} == "ARC-Seal: i=3; a=rsa-sha256; cv=fail;"* ]]
		[[ $stderr == *"the chain fails: "* ]]
		sign --keys "$T/keys" "$T/$m" >"$T/sealed" 2>/dev/null
		added "$T/sealed" "$T/$m" >/dev/null
		opinion "$T/sealed" 3 rsa2048-a
		run -1 arc-verify --keys "$T/keys" "$T/sealed"
		[[ $output == *"[seal-cv-fail]"* ]]
		run -0 --separate-stderr sign --keys "$T/keys" --no-fail-seal "$T/$m"
		[[ $stderr == *"not sealed: the chain fails"* ]]
	done
}

@test "results of our ADMD merge in page order, others stay out, none is said (RFC 8617 4.1.1)" {
	cat >"$T/m" <<-E
	Authentication-Results: a.example; spf=pass (ok; really) smtp.mailfrom=x@y.example
	Authentication-Results: other.example; spf=fail
	Authentication-Results: A.EXAMPLE 1; dkim=fail reason="bad; sig" header.d=y.example;
	 dmarc=pass header.from=y.example
	From: x@y.example

	text
	E
	sign "$T/m" >"$T/s" 2>/dev/null
	diff <(sed -n '/^ARC-Authentication-Results/,/^Authentication/p' "$T/s" | head -n -1) \
		<(printf '%s\n' 'ARC-Authentication-Results: i=1; a.example;' \
			$'\tspf=pass smtp.mailfrom=x@y.example;' \
			$'\tdkim=fail reason="bad; sig" header.d=y.example;' \
			$'\tdmarc=pass header.from=y.example')
	printf 'From: x@y.example\n\n' | sign >"$T/s" 2>"$T/err"
	grep -qx 'ARC-Authentication-Results: i=1; a.example; none' "$T/s"
	grep -q 'the seal reports none' "$T/err"
}

@test "id case, quotes, comments and versions; fields below the topmost ARC field are not ours now (RFC 8601 2.2, 5)" {
	cat >"$T/m" <<-E
	Authentication-Results: (c) "a.example" (d) 1 ; spf=pass
	Authentication-Results: a.example 2; dkim=pass
	Authentication-Results: a.example.evil.example; dmarc=pass
	Authentication-Results: not a.example; arc=pass
	ARC-Authentication-Results: i=1; a.example; none
	Authentication-Results: a.example; iprev=pass
	From: x@y.example

	E
	run -0 --separate-stderr sign --headers-only "$T/m"
	[[ $output == *$'a.example;\n\tspf=pass'* ]]
	[[ $output != *dkim=* && $output != *dmarc=* && $output != *iprev=* ]]
	[[ $stderr == *"Authentication-Results field 2: "*"unknown version"* ]]
}

@test "h= has every DKIM-Signature and From, and never A-R or ARC fields; asking for these is refused (RFC 8617 4.1.2)" {
	cat >"$T/m" <<-E
	DKIM-Signature: v=1; b=1
	DKIM-Signature: v=1; b=2
	Received: x
	Return-Path: <a@b.example>
	Authentication-Results: a.example; none
	From: x@y.example

	E
	sign "$T/m" 2>/dev/null >"$T/s"
	verify --json "$T/s" >"$T/j"
	/usr/bin/python3 - "$T/j" <<-'PY'
	import json, sys
	h = [x.lower() for x in json.load(open(sys.argv[1]))["sets"][0]["ams"]["headers"]]
	assert h.count("dkim-signature") == 2 and h.count("from") == 2, h
	assert not set(h) & {"received", "return-path", "authentication-results", "bcc", "comments"}, h
	assert not [x for x in h if x.startswith("arc-")], h
	PY
	run -64 sign -H from:authentication-results crlf.eml
	run -64 sign -H from:ARC-Seal crlf.eml
	run -64 sign -H to:subject crlf.eml
	run -65 sign <<<$'Subject: x\n\n'
}

@test "a name stands in h= once a field, the bottom one hashed first; -H keeps order and spelling (RFC 6376 5.4.2)" {
	cat >"$T/m" <<-E
	Resent-From: second@y.example
	Resent-From: first@y.example
	From: x@y.example

	E
	sign -H 'fRoM:Resent-From:resent-from' "$T/m" 2>/dev/null >"$T/s"
	run -0 verify --json "$T/s"
	[[ $output == *'"headers":["fRoM","Resent-From","resent-from"]'* ]]
	opinion "$T/s" 1 rsa2048-a
	# the order of the two is signed
	sed '/^Resent-From: second/d; s/^Resent-From: first.*/&\nResent-From: second@y.example/' "$T/s" >"$T/o"
	run -1 verify "$T/o"
	sign "$T/m" 2>/dev/null | grep -q 'Resent-From:Resent-From' ||
		sign "$T/m" 2>/dev/null | tr -d '\n\t' | grep -q 'Resent-From:Resent-From'
}

@test "From, Subject, Date and To cannot be added to; two From are refused unless forced (RFC 6376 5.4, 8.15)" {
	sign crlf.eml >"$T/s" 2>/dev/null
	for f in From Subject Date To; do
		{ printf '%s: added@y.example\r\n' $f; cat "$T/s"; } >"$T/o"
		run -1 verify "$T/o"
	done
	sign --no-oversign crlf.eml >"$T/s" 2>/dev/null
	{ printf 'Subject: added\r\n'; cat "$T/s"; } >"$T/o"
	run -0 verify "$T/o"
	{ printf 'From: second@y.example\r\n'; cat crlf.eml; } >"$T/two"
	run -65 --separate-stderr sign "$T/two"
	[ -z "$output" ]
	sign --force "$T/two" 2>/dev/null | verify
}

@test "the tags, i= first, nothing that must not be there; x= on request (RFC 6376 3.5)" {
	sign --headers-only crlf.eml 2>/dev/null | tr -d '\r\n\t' >"$T/f"
	grep -q 'ARC-Seal: i=1; a=rsa-sha256; cv=none; d=a.example; s=s1; t=1767225600;b=' "$T/f"
	grep -q 'ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; *d=a.example; *s=s1; *t=1767225600; *h=' "$T/f"
	run ! grep -qE '[ ;](v|l|z|q)=' "$T/f"
	sign --headers-only -x +60 crlf.eml 2>/dev/null | tr '\n' ' ' | grep -q 't=1767225600;\s*x=1767225660;'
	sign -x +60 crlf.eml 2>/dev/null >"$T/s"
	run -0 verify "$T/s"
	run -1 arc-verify --keys keys --time 1767225661 "$T/s"
	run -64 sign -x 1767225599 crlf.eml
	run -64 sign -x soon crlf.eml
}

@test "short keys refused, others warned of, the published record compared when asked (RFC 8301 3.2)" {
	cp "$K/rsa1023.pem" "$K/rsa1024-a.pem" "$T"
	chmod 600 "$T"/*.pem
	run -78 --separate-stderr arc-sign -d a.example -s s1 -k "$T/rsa1023.pem" --keys keys crlf.eml
	[ -z "$output" ]
	run -0 --separate-stderr arc-sign -d t.example -s s1 -k "$T/rsa1024-a.pem" --keys keys crlf.eml
	[[ $stderr == *"RSA key of 1024 bits; signers should use 2048"* ]]
	run -0 --separate-stderr arc-sign -d ed.example -s s1 -k ed25519-a.pem --keys keys crlf.eml
	[[ $stderr == *"many receivers do not support ed25519-sha256"* ]]
	[[ $output == *"a=ed25519-sha256"* ]]
	run -78 --separate-stderr sign -a ed25519-sha256 crlf.eml
	run -0 sign --check-key crlf.eml
	run -78 --separate-stderr arc-sign -d b.example -s s1 -k rsa2048-a.pem --keys keys --check-key crlf.eml
	[[ $stderr == *"[key-differs]"* && -z $output ]]
	run -78 --separate-stderr arc-sign -d a.example -s gone -k rsa2048-a.pem --keys keys --check-key crlf.eml
	chmod 644 "$T/rsa1024-a.pem"
	run -0 --separate-stderr arc-sign -d t.example -s s1 -k "$T/rsa1024-a.pem" --keys keys crlf.eml
	[[ $stderr == *"private key is readable by others"* ]]
}

@test "no line of ours over 78, none of white space only, whatever has to go in (RFC 5322 2.1.1)" {
	{
		printf 'Authentication-Results: a.example; spf=pass smtp.mailfrom=%s@y.example;' "$(printf 'x%.0s' {1..200})"
		printf ' dkim=pass reason="%s" header.d=%s.example\n' "$(printf 'y%.0s' {1..3000})" "$(printf 'z%.0s' {1..50})"
		for i in $(seq 60); do printf 'DKIM-Signature: v=1; n=%d\n' "$i"; done
		cat lf.eml
	} >"$T/m"
	sign "$T/m" >"$T/s" 2>/dev/null
	run -0 verify "$T/s"
	added "$T/s" "$T/m" >"$T/f"
	[ "$(grep -v smtp.mailfrom=xxx "$T/f" | awk '{ gsub("\t", "        "); if (length > n) n = length } END { print n }')" -le 78 ]
	[ "$(awk '{ if (length > n) n = length } END { print n }' "$T/f")" -le 998 ]
	run ! grep -qE '^[[:space:]]*$' "$T/f"
	# What cannot be folded and is too long for a line is left out, or refused.
	local long digits part
	long=$(printf 'x%.0s' {1..2000}) digits=$(printf '1%.0s' {1..2000})
	for part in "$long=pass" "spf/$digits=pass" "spf=$long"; do
		{
			printf 'Authentication-Results: a.example; %s; dkim=pass\r\n' "$part"
			cat crlf.eml
		} | sign --headers-only >"$T/f" 2>"$T/err"
		[ "$(awk '{ if (length > n) n = length } END { print n }' "$T/f")" -le 79 ]
		grep -q "dkim=pass" "$T/f"
		grep -q "Authentication-Results field 1: .* is not copied into the seal: .*longer than a line may be" "$T/err"
		run -64 sign --ar "$part" crlf.eml
	done
	run -64 sign -i "$long" crlf.eml
	run -64 sign -H "from:$long" crlf.eml
	run -64 arc-verify -a -i "$long" crlf.eml
}

@test "what arc-sign emits arc-verify passes: algorithms, canonicalizations, line ends, hostile headers" {
	/usr/bin/python3 - "$T" <<-'PY'
	import random, sys
	rng = random.Random(8617)
	t = sys.argv[1]
	fields = b"From: a@b.example\n"
	for n in range(200):
	    value = bytes(rng.choice(b"abc \t;=:()\\\"<>@\x00\x01\x7f\xe9\xff") for _ in range(rng.randrange(60)))
	    fold = rng.choice([b"", b"\n ", b"\n\t \n "])
	    fields += rng.choice([b"Subject", b"X-A", b"List-Id", b"sUBJECT ", b"To\t", b"References"]) + b":" + value + fold + value + b"\n"
	open(t + "/hostile", "wb").write(fields + b"\n" + bytes(rng.choice(b"a \t\n.\xe9\x00") for _ in range(5000)) + b"\n")
	open(t + "/8bit", "wb").write("From: é@b.example\nSubject: \xfc\n\nd\xe9j\xe0 vu\n".encode("latin1"))
	PY
	for m in hostile 8bit; do
		sed 's/$/\r/' "$T/$m" >"$T/$m.crlf"
		for c in relaxed/relaxed relaxed/simple simple/relaxed simple/simple; do
			for form in "$T/$m" "$T/$m.crlf"; do
				sign -c $c "$form" 2>/dev/null >"$T/s"
				added "$T/s" "$form" >/dev/null
				run -0 verify "$T/s"
				arc-sign -d ed.example -s s1 -k ed25519-a.pem --keys keys -c $c --ar arc=pass "$T/s" 2>/dev/null >"$T/t"
				run -0 verify "$T/t"
				[[ $output == "pass  i=2 ed.example < a.example  oldest-pass=0" ]]
			done
		done
	done
}

@test "a value with tspecials is quoted, and read back (RFC 8601 2.2)" {
	sign --ar 'spf=pass smtp.remote-ip=2001:db8::1 smtp.mailfrom=a@b.example policy.x="a b"' crlf.eml 2>/dev/null >"$T/s"
	grep -q 'smtp.remote-ip="2001:db8::1" smtp.mailfrom=a@b.example' "$T/s"
	run -0 verify --json "$T/s"
	[[ $output == *'"smtp.remote-ip":"2001:db8::1"'*'"policy.x":"a b"'* ]]
	sign --ar none crlf.eml 2>/dev/null | grep -q '^ARC-Authentication-Results: i=1; a.example; none'
	run -64 sign --ar 'spf' crlf.eml
}

@test "--strip-ar drops the fields that were used, and no other" {
	{ printf 'Authentication-Results: other.example; spf=fail\r\n'; cat crlf.eml; } >"$T/m"
	sign --strip-ar "$T/m" >"$T/s" 2>/dev/null
	run -0 verify "$T/s"
	grep -q '^Authentication-Results: other.example' "$T/s"
	run ! grep -q '^Authentication-Results: a.example' "$T/s"
	run ! grep -q '^ dkim=pass' "$T/s"
}

@test "--state hands a verdict past an edit, and fits no other message" {
	sign crlf.eml >"$T/one" 2>/dev/null
	run -0 verify --state "$T/state" "$T/one"
	sed 's/^Subject: /Subject: [l] /' "$T/one" >"$T/edited"
	echo "-- footer" >>"$T/edited"
	sign --state "$T/state" "$T/edited" >"$T/two" 2>/dev/null
	run -0 verify "$T/two"
	[[ $output == "pass  i=2 a.example < a.example  oldest-pass=2" ]]
	# and is what --check arc reports
	run -0 --separate-stderr sign --state "$T/state" --check arc --headers-only "$T/edited"
	[[ $output == *"cv=pass;"*"i=2; a.example;"*"arc=pass"* && $output != *arc=fail* ]]
	run -65 --separate-stderr sign --state "$T/state" "$T/two"
	[[ -z $output && $stderr == *"[state]"* ]]
	run -65 sign --state "$T/state" crlf.eml
	echo junk >"$T/junk"
	run -65 sign --state "$T/junk" "$T/one"
	run -66 sign --state "$T/gone" "$T/one"
	# fail is handed over too
	echo more >>"$T/one"
	run -1 verify --state "$T/state" "$T/one"
	sign --state "$T/state" "$T/one" 2>/dev/null | grep -q cv=fail
}

@test "--table chooses by the domain of From" {
	cat >"$T/table" <<-E
	# pattern domain selector key
	other.example  b.example s1 $K/rsa2048-b.pem
	.author.example  b.example s1 $K/rsa2048-b.pem
	author.example  a.example s1 rsa2048-a.pem
	E
	for also in "" "-d c.example" "-s s2"; do
		# shellcheck disable=SC2086 # words on purpose
		run -0 --separate-stderr arc-sign --table "$T/table" $also --keys keys crlf.eml
		[[ $output == *"d=a.example"* ]]
	done
	sed 's/^From: .*/From: "x@other.example" (c@d) <a@sub.AUTHOR.example>\r/' crlf.eml >"$T/m"
	run -0 --separate-stderr arc-sign --table "$T/table" --keys keys "$T/m"
	[[ $output == *"d=b.example"* ]]
	sed 's/^From: .*/From: x@nobody.example\r/' crlf.eml >"$T/m"
	run -78 --separate-stderr arc-sign --table "$T/table" --keys keys "$T/m"
	[[ -z $output && $stderr == *'no line matches the From domain "nobody.example"'* ]]
	echo "bad line" >"$T/table"
	run -78 --separate-stderr arc-sign --table "$T/table" --keys keys crlf.eml
	[[ $stderr == *"line 1: "* ]]
}

@test "trouble: its status, nothing on stdout, and with --on-error=pass the input back" {
	local wanted
	trouble() {
		wanted=$1
		shift
		run "-$wanted" --separate-stderr sign "$@"
		[ -z "$output" ]
		[ -n "$stderr" ]
		sign --on-error=pass "$@" 2>/dev/null | cmp - "${@: -1}"
	}
	sign crlf.eml >"$T/one" 2>/dev/null
	trouble 77 -k gone.pem crlf.eml
	trouble 78 -k "$K/unit-encrypted-pkcs8.pem" crlf.eml
	trouble 78 -k keys crlf.eml
	trouble 78 --check-key -s other crlf.eml
	echo ';! s1._domainkey.a.example. TIMEOUT' >"$T/silent"
	run -75 --separate-stderr arc-sign -d a.example -s s1 -k rsa2048-a.pem --keys "$T/silent" "$T/one"
	[ -z "$output" ]
	run -0 --separate-stderr arc-sign -d a.example -s s1 -k rsa2048-a.pem --keys "$T/silent" --seal-anyway "$T/one"
	[[ $output == *"cv=fail"* ]]
	printf 'From: a@b.example\n\na\rb\n' >"$T/cr"
	trouble 65 "$T/cr"
	printf 'From: a@b.example\njunk\n\n' >"$T/junk"
	trouble 65 "$T/junk"
	: >"$T/empty"
	trouble 65 "$T/empty"
	trouble 66 --keys "$T/gone" crlf.eml
	# Not the message where its fields alone are wanted.
	run -0 --separate-stderr sign --on-error=pass --headers-only -k gone.pem crlf.eml
	[[ -z $output && $stderr == *"gone.pem"* ]]
	run -64 sign -t 999999999999 -x +99 crlf.eml
	run -66 sign "$T/gone"
	run -66 sign "$T"
	run -64 sign one two
	run -64 arc-sign -d a.example -s s1 crlf.eml
	run -64 sign -d 'a b.example' crlf.eml
	run -64 sign -i $'a\nX: y' crlf.eml
	run -64 sign -s 'x;y' crlf.eml
	run -64 sign --ar $'spf=pass\nX: y' crlf.eml
	run -74 bash -c 'arc-sign -d a.example -s s1 -k rsa2048-a.pem --keys keys crlf.eml >/dev/full'
	run -74 bash -c 'arc-sign -d a.example -s s1 -k rsa2048-a.pem --keys keys crlf.eml >&-'
	run -0 bash -c 'set -o pipefail; { arc-sign -d a.example -s s1 -k rsa2048-a.pem --keys keys crlf.eml; echo $? >status; } | true; sleep 0.2'
}

@test "a file that changes while it is being sealed is not written" {
	{ cat crlf.eml; head -c 13000000 /dev/zero | base64; } >big
	run -2 arc-verify --keys keys --state state big
	mkfifo waiting
	arc-sign -t "$NOW" -d a.example -s s1 -k rsa2048-a.pem --state waiting big >out 2>err &
	exec 9>waiting # opens once the state is asked for: the file has been read
	echo more >>big
	cat state >&9
	exec 9>&-
	status=0
	wait $! || status=$?
	[ "$status" -eq 74 ]
	[ ! -s out ]
	grep -q 'changed while.*\[read\]$' err
}

@test "a signature that came out wrong is found before anything is written" {
	for key in rsa2048-a ed25519-a; do
		run -70 --separate-stderr env LD_PRELOAD="$B/missign.so" ASAN_OPTIONS="$ASAN_OPTIONS:verify_asan_link_order=0" \
			arc-sign -t "$NOW" -d a.example -s s1 -k "$key.pem" --keys keys crlf.eml
		[[ -z $output && $stderr == *"[self-check]" ]]
	done
}

@test "the private key is in no output, and no core is left" {
	sign -v crlf.eml >"$T/out" 2>&1
	sign -k "$K/unit-encrypted-pkcs8.pem" crlf.eml >>"$T/out" 2>&1 || true
	while read -r line; do
		case $line in -----*) continue ;; esac
		run ! grep -qF "$line" "$T/out"
	done <rsa2048-a.pem
}

@test "what cannot be sealed is not taken to its end, unless it is to be passed on" {
	endless() { printf '%s\n' "$1" "" body; yes; }
	local sign=(arc-sign -q -d lists.example -s arc -k "$K/rsa2048-b.pem" --keys "$SAMPLES/keys")
	# a message of a gigabyte would be over a limit by then, and is not made
	for header in "no field" "To: b@b.example" $'From: a@a.example\nno field' $'From: a@a.example\nX: \r bare'; do
		run -65 "${sign[@]}" < <(endless "$header" 2>/dev/null)
		[[ $output == *"[not-sealable]"* || $output == *"[no-message]"* ]]
	done
	run -65 arc-verify -a -i us.example --keys "$SAMPLES/keys" < <(endless "no field" 2>/dev/null)
	[[ $output == *"[no-message]"* ]]
	run -65 "${sign[@]}" --limit message=20M < <(endless "From: a@a.example" 2>/dev/null)
	[[ $output == *"[limit-message]"* ]]
	{ endless "no field" 2>/dev/null || true; } | head -c 20000000 >"$T/none"
	"${sign[@]}" --on-error=pass <"$T/none" >"$T/file" 2>"$T/err"
	cmp "$T/file" "$T/none"
	# shellcheck disable=SC2002 # a pipe is the point
	cat "$T/none" | "${sign[@]}" --on-error=pass >"$T/pipe" 2>"$T/err"
	cmp "$T/pipe" "$T/none"
}

@test "40 MB go through a pipe, from a file, and come out whole" {
	{ cat lf.eml; head -c 30000000 /dev/zero | base64; } >"$T/big"
	sign <"$T/big" >"$T/file" 2>/dev/null
	# shellcheck disable=SC2002 # a pipe is the point
	cat "$T/big" | sign >"$T/pipe" 2>/dev/null
	cmp "$T/file" "$T/pipe"
	added "$T/pipe" "$T/big" >/dev/null
	run -0 verify "$T/pipe"
}
