#!/usr/bin/env bats
# arc-dump --lint, --key-audit, --fingerprint and --compare.
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup() {
	cd "$ROOT" || return
	T=$BATS_TEST_TMPDIR
}

@test "--lint: a message without a flaw, and one for each remark that gets it alone" {
	forge <<-'PY'
	import base64
	import subprocess
	H = "from:from:to:subject:date:message-id"
	CLEAN = {"ams": {"h": H}, "key": "rsa2048-a"}
	def clean(n=1, **more):
	    aar = swap("dmarc=", "arc=none; dmarc=")
	    return chain(n, **{"aar": aar, **CLEAN, **more})
	def codes(m, name):
	    write(m, tmp(name))
	    p = subprocess.run(["arc-dump", "--lint", "--time", "1767225600", "--keys", tmp(name) + ".keys", tmp(name)],
	                       capture_output=True, text=True)
	    found = [line.rsplit("  [", 1)[1].split(";")[0] for line in p.stdout.splitlines()]
	    assert p.returncode == (1 if found else 0), (name, p.returncode, p.stderr)
	    for line in p.stdout.splitlines():
	        assert line.endswith("]") and "; RFC " in line.rsplit("  [", 1)[1], line
	    return found
	assert codes(clean(), "clean") == [], codes(clean(), "clean")
	LONG = "x" * 1000
	several = clean()
	several.records[list(several.records)[0]].append("v=spf1 -all")
	rows = [
	    ("instance-not-first", clean(as_=lambda t: "a=rsa-sha256; i=1; " + t.split("; ", 2)[2])),
	    ("headers-forbidden", clean(ams={"h": H + ":arc-authentication-results"})),
	    ("headers-empty", clean(ams={"h": H + "::"}, h=H)),
	    ("from-open", clean(ams={"h": "from:to:subject:date:message-id"})),
	    ("time-future", clean(as_t=1900000000)),
	    ("time-missing", clean(as_={"t": None})),
	    ("from-twice", clean(ams={"h": H}).top("From: b@c.example")),
	    ("field-twice", clean().top("Subject: another")),
	    ("key-several", several),
	    ("key-testing", clean(record="v=DKIM1; t=y; p=@p")),
	    ("key-weak", clean(key="rsa1024-a")),
	    ("aar-empty", clean(aar="i=1; d1.example; none")),
	    ("aar-unparsed", clean(aar=swap("spf=pass", "spf=pass; ==;"))),
	    ("aar-semicolon-in-comment", clean(aar=swap("spf=pass", "spf=pass (a;b)"))),
	    ("aar-ipv6-unquoted", clean(aar=swap("spf=pass", "iprev=pass policy.iprev=2001:db8::1; spf=pass"))),
	    ("headers-trace", clean(ams={"h": H + ":received"})),
	    ("headers-short", clean(ams={"h": "from:from:to:date:message-id"})),
	    ("line-long", clean(ams=lambda t: add("zz=" + LONG + ";")(t.replace("h=from:", "h=from:from:")), fold=False)),
	    ("u-label", clean(d="b\u00fccher.d1.example", aar=swap("spf=pass", "arc=none; spf=pass"))),
	    ("ed25519", clean(key="ed25519-a")),
	    ("version-tag", clean(ams={"h": H, "v": "1"})),
	    ("seal-foreign-tag", clean(as_=add("c=relaxed;"))),
	    ("canonicalization-missing", clean(ams={"h": H, "c": None})),
	    ("canonicalization-simple", clean(ams={"h": H, "c": "simple/simple"})),
	    ("no-space", clean(as_name="ARC-Seal:")),
	    ("length-tag", clean(ams={"h": H, "l": "40"})),
	    ("expires", clean(ams={"h": H, "x": "1999999999"})),
	    ("instance-zero", clean(as_=swap("i=1", "i=01"))),
	    ("cv-case", clean(as_=swap("cv=none", "cv=NONE"))),
	    ("domains-differ", clean(as_d="other.d1.example", aar=swap("spf=pass", "arc=none; spf=pass"))),
	    ("aar-without-arc", chain(2, **CLEAN)),
	    ("cv-against-aar", clean(aar=swap("spf=pass", "arc=fail; spf=pass"))),
	    ("authserv-id-unrelated", clean(aar=swap("d1.example", "mx.other.test"))),
	    ("fields-out-of-order", clean(order="MSA")),
	    ("from-unsigned", clean(ams={"h": "to:subject:date:message-id"})),
	    ("time-backwards", clean(2, sets={2: {"t": TIME - 3600, "aar": swap("dmarc=", "arc=pass; dmarc=")}})),
	    ("cv-fail-unfounded", clean(2, sets={2: {"cv": "fail", "aar": swap("dmarc=", "arc=fail; dmarc=")}})),
	    ("instance-comment", clean(as_=swap("i=1;", "i=1 (x);"))),
	    ("tag-like-b", clean(ams=lambda t: add("xb=1;")(t.replace("h=from:", "h=from:from:")))),
	    ("instance-zero", clean(aar=lambda t: swap("dmarc=", "arc=none; dmarc=")(swap("i=1", "i=01")(t)))),
	    ("line-long", clean(aar=lambda t: swap("dmarc=", "arc=none (" + LONG + "); dmarc=")(t), fold=False)),
	    ("body-line-long", clean(body=LONG + "\n")),
	    ("bare-cr", clean(body="a\rb\n")),
	    ("key-form", clean(record="v=DKIM1; p=" + base64.b64encode(key("rsa2048-a").pkcs1()).decode())),
	    ("key-long", clean(key="rsa16384")),
	    ("key-granularity", clean(record="v=DKIM1; g=*; p=@p")),
	]
	told = set(open("man/arc-tools.7").read().split())
	lacks = {row[0] for row in rows} - told
	assert not lacks, lacks
	# and none that takes memory, the DNS or an mbox
	table = subprocess.run(["unit-codes", "remarks"], capture_output=True, text=True).stdout
	words = {line.split()[2] for line in table.splitlines() if line.startswith(".It")}
	rest = words - {row[0] for row in rows}
	assert rest == {"body-partial", "oldest-pass-unsure", "mbox-cut", "mbox-length"}, rest
	also = {  # what cannot be had alone
	    "length-tag": {"body-partial"}, "headers-forbidden": set(), "u-label": {"authserv-id-unrelated"},
	    "from-twice": {"from-open"}, "canonicalization-simple": set(),
	}
	wrong = 0
	for code, m in rows:
	    found = set(codes(m, code))
	    if code not in found or found - {code} - also.get(code, set()):
	        print(code, "gets", sorted(found))
	        wrong += 1
	assert wrong == 0
	print(len(rows), "remarks")
	PY
}

@test "--lint says what it is about, the clause, and what to do; 0 where there is nothing" {
	run -1 arc-dump --lint samples/pass-one-hop.eml
	[ "$output" = "i=1 ARC-Message-Signature: From is not oversigned: another From could be added without breaking the signature. List From once more in h=.  [from-open; RFC 6376 section 8.15]" ]
	run -1 arc-dump --lint samples/pass-one-hop.eml samples/pass-three-hops.eml
	[[ ${lines[0]} == "samples/pass-one-hop.eml: i=1 "* ]]
	# every code of the manual's table is known
	grep -q '^\.It Sy aar-ipv6-unquoted' man/arc-tools.7
}

@test "--key-audit: each key in plain words, and its record as it should be written" {
	forge <<-'PY'
	import base64
	def audit(name, **how):
	    m = chain(1, **{"key": "rsa2048-a", **how})
	    write(m, tmp(name))
	    return m
	audit("plain")
	audit("weak", key="rsa1024-a")
	audit("short", key="rsa512")
	audit("revoked", record="v=DKIM1; p=")
	audit("flags", record="v=DKIM1; t=y:s; h=sha256; s=email; n=note; g=*; p=@p")
	audit("hash", record="v=DKIM1; h=sha1; p=@p")
	audit("nov", record="p=@p")
	audit("vlast", record="k=rsa; p=@p; v=DKIM1")
	audit("ed", key="ed25519-a")
	audit("tls", record="v=DKIM1; s=tlsrpt; p=@p")
	audit("kind", record="v=DKIM1; k=ed25519; p=@p")
	audit("bare", record="v=DKIM1; p=" + base64.b64encode(key("rsa2048-a").pkcs1()).decode())
	audit("two", record=["v=DKIM1; p=@p", "v=spf1 -all"])
	m = audit("gone"); m.records.clear(); write(m, tmp("gone"))
	m = audit("joint")
	name = list(m.records)[0]
	text = m.records[name][0]
	m.records.clear()
	m.line('%s. 60 TXT "%s " "%s"' % (name, text[:60], text[60:]))
	write(m, tmp("joint"))
	m = audit("cname")
	text = m.records.pop(name)[0]
	m.line("%s. CNAME k.example.net." % name)
	m.line('k.example.net. 3600 TXT "%s" "%s"' % (text[:200], text[200:]))
	m.line(";! %s. SECURE" % name)
	write(m, tmp("cname"))
	m = audit("split")
	text = m.records.pop(name)[0]
	m.txt(name, text[:200], text[200:])
	write(m, tmp("split"))
	PY
	while IFS='|' read -r name words; do
		run -0 arc-dump --key-audit --keys "$T/$name.keys" "$T/$name"
		[[ $output == *"s1._domainkey.d1.example"*"$words"* ]] || { echo "$name: $output"; false; }
	done <<-'END'
	plain|RSA, 2048 bits, exponent 65537
	plain|used by     i=1 ARC-Message-Signature, i=1 ARC-Seal
	weak|Signers should use at least 2048
	short|shorter than 1024 bits
	revoked|[key-revoked; 
	flags|t=y: the domain is testing DKIM
	flags|t=s has no effect on ARC
	flags|g= is obsolete
	flags|n=          note
	hash|[key-hash; 
	nov|v=DKIM1 is missing
	vlast|[key-syntax; 
	ed|Ed25519, 256 bits
	two|2 TXT records under this name
	two|1 of the records are not key records
	flags|write it so s1._domainkey.d1.example. IN TXT "v=DKIM1; k=rsa; n=note; t=y:s; h=sha256; s=email; p=MII
	bare|accept only a SubjectPublicKeyInfo
	gone|DNS was not asked
	joint|White space at the joint of strings 1 and 2
	joint|TTL         60 s
	joint|The TTL is below 5 minutes
	cname|CNAME       k.example.net
	cname|secure according to the resolver
	cname|2 strings (200, 
	split|Joined, the records are one key
	END
	# what is to be written verifies the message: as it is, and mended
	for name in plain weak nov ed joint split hash vlast tls kind bare; do
		arc-dump --key-audit --keys "$T/$name.keys" "$T/$name" |
			sed -n 's/^  write it so //p' >"$T/mended"
		[ -s "$T/mended" ]
		run -0 arc-verify --time 1767225600 --keys "$T/mended" "$T/$name"
	done
}

@test "--compare names exactly what was edited, in 32 edits, from messages and from fingerprints" {
	forge <<-'PY'
	import subprocess
	BODY = "".join("Line %d of a text that is long enough.\n" % i for i in range(1, 61)) + "\n-- \nAnn\n"
	HEAD = HEADER + "Received: from a.example by b.example; Thu, 09 Oct 2025 08:53:19 +0000\nX-Note: one  two\nList-Id: <l.example>\n"
	base = chain(1, body=BODY, header=HEAD)
	def run(*args):
	    return subprocess.run(["arc-dump", *args], capture_output=True, text=True)
	write(base, tmp("a"))
	open(tmp("a.fp"), "w").write(run("--fingerprint", "--salt", "pepper", tmp("a")).stdout)
	def body(f):
	    m = base.copy()
	    lines = m.body.split(b"\r\n")
	    f(lines)
	    m.body = b"\r\n".join(lines)
	    return m
	def c(f):
	    m = base.copy()
	    f(m)
	    return m
	F, B = "field %s: %s", "body "
	rows = [
	    (c(lambda m: m.edit("Subject", 0, "proposal", "PROPOSAL")), [F % ("subject", "changed")]),
	    (c(lambda m: m.edit("From", 0, "Ann Author", "Bob")), [F % ("from", "changed")]),
	    (c(lambda m: m.edit("Date", 0, "+0200", "+0100")), [F % ("date", "changed")]),
	    (c(lambda m: m.edit("To", 0, "list", "lisp")), [F % ("to", "changed")]),
	    (c(lambda m: m.edit("X-Note", 0, "one", "won")), [F % ("x-note", "changed")]),
	    (c(lambda m: m.drop("X-Note")), [F % ("x-note", "removed")]),
	    (c(lambda m: m.drop("Date")), [F % ("date", "removed")]),
	    (c(lambda m: m.top("X-New: 1")), [F % ("x-new", "added")]),
	    (c(lambda m: m.bottom("X-New: 1")), [F % ("x-new", "added")]),
	    (c(lambda m: m.top("Received: by c.example")), [F % ("received", "added")]),
	    (c(lambda m: m.top("From: x@y.example")), [F % ("from", "added")]),
	    (c(lambda m: m.fields.remove([f for f in m.fields if f.name == b"received"][1])), [F % ("received", "removed")]),
	    (c(lambda m: m.edit("Received", 0, "mx.d1", "mx.d2")), [F % ("received", "1 of 2 changed")]),
	    (c(lambda m: m.fields.append(m.fields.pop(m.fields.index(m.field("Received"))))), [F % ("received", "reordered")]),
	    (c(lambda m: m.rewrite("Subject", 0, lambda r: r.replace(b" for", b"\r\n for"))), [F % ("subject", "folded")]),
	    (c(lambda m: m.rewrite("X-Note", 0, lambda r: r.replace(b"one  two", b"one two"))), [F % ("x-note", "folded")]),
	    (c(lambda m: m.rewrite("Subject", 0, lambda r: r.replace(b"Subject", b"SUBJECT"))), [F % ("subject", "folded")]),
	    (c(lambda m: m.edit("ARC-Seal", 1, "cv=none", "cv=pass")), [F % ("arc-seal", "changed")]),
	    (c(lambda m: m.drop("ARC-Authentication-Results", 1)), [F % ("arc-authentication-results", "removed")]),
	    (c(lambda m: m.edit("List-Id", 0, "l.example", "m.example")), [F % ("list-id", "changed")]),
	    (body(lambda l: l.__setitem__(9, b"Another line.")), [(10, 10)]),
	    (body(lambda l: l.__setitem__(0, b"Another line.")), [(1, 1)]),
	    (body(lambda l: l.__setitem__(30, l[30].replace(b"long", b"lang"))), [(31, 31)]),
	    (body(lambda l: l.insert(20, b"Put in.")), [(21, 21)]),
	    (body(lambda l: l.insert(0, b"[EXTERNAL]")), [(1, 1)]),
	    (body(lambda l: l.__delitem__(40)), [(41, 41)]),
	    (body(lambda l: l.__delitem__(slice(15, 18))), [(16, 18)]),
	    (body(lambda l: l.__setitem__(slice(-1, None), [b"____", b"a list", b""])), [(63, 66)]),
	    (body(lambda l: l.__setitem__(5, l[5] + b"  ")), [(6, 6)]),
	    (body(lambda l: l.__setitem__(5, l[5].replace(b" of", b"  of"))), [(6, 6)]),
	    (body(lambda l: (l.__setitem__(3, b"x"), l.__setitem__(50, b"y"))), [(4, 4), (51, 51)]),
	    (body(lambda l: (l.__setitem__(2, b"x"), l.append(b"y"))), [(3, 3), (63, 65)]),
	]
	WIDE = 16  # lines: a block has 8 at most, and an edit may touch two
	wrong = 0
	for n, (m, wanted) in enumerate(rows):
	    write(m, tmp("b"))
	    open(tmp("b.fp"), "w").write(run("--fingerprint", "--salt", "pepper", tmp("b")).stdout)
	    outs = [run("--compare", tmp(a), tmp(b)) for a, b in (("a", "b"), ("a.fp", "b"), ("a", "b.fp"), ("a.fp", "b.fp"))]
	    p = outs[-1]
	    lines = p.stdout.splitlines()
	    good = p.returncode == 1 and len(lines) == len(wanted)
	    for line, w in zip(lines, wanted):
	        if isinstance(w, str):
	            good = good and line.startswith(w)
	        else:
	            numbers = [int(x) for x in __import__("re").findall(r"\d+", line.split(" there")[0])]
	            good = good and line.startswith(B)
	            if numbers:
	                good = good and min(numbers) <= w[0] and max(numbers) + 1 >= min(w[1], 63) and max(numbers) - min(numbers) < WIDE
	    same = all(o.returncode == 1 and len(o.stdout.splitlines()) == len(lines) for o in outs)
	    # another salt cuts blocks elsewhere; the same salt gives the same words
	    if not good or not same or outs[1].stdout != p.stdout:
	        wrong += 1
	        print(n, wanted, lines, [o.stdout for o in outs])
	assert wrong == 0 and len(rows) >= 30
	for a, b in (("a", "a"), ("a.fp", "a"), ("a.fp", "a.fp")):
	    p = run("--compare", tmp(a), tmp(b))
	    assert (p.returncode, p.stdout) == (0, ""), p
	PY
	# LF and CRLF are the same message
	tr -d '\r' <"$T/a" >"$T/lf"
	run -0 arc-dump --compare "$T/a" "$T/lf"
	[ -z "$output" ]
}

@test "a fingerprint has names of fields, digests, and no other text of the message" {
	run -0 arc-dump --fingerprint samples/pass-list-edited.eml
	first=$output
	[[ $output != *[Mm]eet* && $output != *author* && $output != *example* ]]
	grep -vxE 'arc-fingerprint 1|salt [0-9a-f]{64}|field [a-z-]+( [0-9a-f]{32}){2}|signed [0-9]+ [0-9]+ [a-z-]+ ([0-9a-f]{32}|-)|body [0-9]+ [0-9]+( [0-9a-f]{32}){2}|end' <<<"$output" && false
	# a new salt each time, and then nothing is alike
	run -0 arc-dump --fingerprint samples/pass-list-edited.eml
	[ "$(comm -12 <(sort <<<"$first" | grep -v '^end\|^arc-') <(sort <<<"$output" | grep -v '^end\|^arc-'))" = "" ]
	# and two of different salts are not compared
	printf '%s\n' "$first" >"$T/one"
	printf '%s\n' "$output" >"$T/two"
	run -65 arc-dump --compare "$T/one" "$T/two"
	[[ $output == *"salts differ"* ]]
}

@test "of several fields of a name the one that changed, came or went is named by its place" {
	forge <<-'PY'
	m = chain(1)
	for name in "abcde":
	    m.top("X-Note: " + name)
	write(m, tmp("a"))
	n = m.copy()
	n.fields[1].raw = n.fields[1].raw.replace(b"d", b"D")
	write(n, tmp("changed"))
	n = m.copy()
	del n.fields[2]
	write(n, tmp("gone"))
	write(m.copy().top("X-Note: f"), tmp("more"))
	PY
	while IFS='|' read -r name words; do
		run -1 arc-dump --compare "$T/a" "$T/$name"
		[ "$output" = "field x-note: $words (not signed)" ]
	done <<-'END'
	changed|1 of 5 changed: field 2 there is field 2 here
	gone|removed (5 there, 4 here): field 3 there
	more|added (5 there, 6 here): field 1 here
	END
}

@test "a secret salt stands in no fingerprint, and without it nothing can be tried" {
	echo 'correct horse battery staple' >"$T/salt"
	echo 'another' >"$T/other"
	arc-dump --fingerprint --salt-file "$T/salt" samples/pass-list-edited.eml >"$T/one"
	arc-dump --fingerprint --salt-file "$T/salt" samples/fail-aar-edited.eml >"$T/two"
	hex=$(head -n 1 "$T/salt" | tr -d '\n' | od -An -tx1 | tr -d ' \n')
	run -1 grep -i "$hex\|horse" "$T/one"
	# all of it is as with the same salt in the open, but for the salt's line
	arc-dump --fingerprint --salt 'correct horse battery staple' samples/pass-list-edited.eml >"$T/open"
	grep -q "^salt $hex\$" "$T/open"
	diff <(grep -v ^salt "$T/one") <(grep -v ^salt "$T/open")
	run -0 arc-dump --compare "$T/one" "$T/open"
	run -1 arc-dump --compare "$T/one" "$T/two"
	two_files=$output
	run -1 arc-dump --salt-file "$T/salt" --compare "$T/one" samples/fail-aar-edited.eml
	[ "$output" = "$two_files" ]
	for how in "" "--salt-file $T/other" "--salt another"; do
		# shellcheck disable=SC2086 # words
		run -65 arc-dump $how --compare "$T/one" samples/fail-aar-edited.eml
		[[ $output == *"salts differ"*"--salt-file"* ]]
	done
	: >"$T/empty"
	run -64 arc-dump --salt-file "$T/empty" --fingerprint samples/pass-one-hop.eml
	# nor does one whose first line is too long, wherever it ends; what follows a
	# good one does not matter
	head -c 3000000 /dev/zero | tr '\0' x >"$T/long"
	run -64 arc-dump --salt-file "$T/long" --fingerprint samples/pass-one-hop.eml
	[[ $output == *"must have 1 to 64 bytes"* ]]
	{ cat "$T/salt"; yes; } 2>/dev/null | head -c 3000000 >"$T/more"
	run -0 arc-dump --salt-file "$T/more" --fingerprint samples/pass-list-edited.eml
	[ "$output" = "$(cat "$T/one")" ]
	run -66 arc-dump --salt-file "$T/nowhere" --fingerprint samples/pass-one-hop.eml
	run -64 arc-dump --salt a --salt-file "$T/salt" --fingerprint samples/pass-one-hop.eml
	sed '2s/secret .*/secret 00/' "$T/one" >"$T/bad"
	run -65 arc-dump --compare "$T/one" "$T/bad"
	[[ $output == *"line 2 is invalid"* ]]
}

@test "fingerprints that are broken are refused with the line" {
	arc-dump --fingerprint --salt a samples/pass-one-hop.eml >"$T/good"
	for edit in '3s/ [0-9a-f]*$//' '3s/field/feld/' '$d' '2s/salt .*/salt zz/' '5s/$/ 00/' '3s/ [a-z-]* /  /' 's/^body 1 [0-9]*/body 1 99/'; do
		sed "$edit" "$T/good" >"$T/bad"
		run -65 arc-dump --compare "$T/good" "$T/bad"
		[[ $output == *"/bad: Unusable fingerprint"*"is invalid"* ]] || { echo "$edit"; false; }
	done
	run -64 arc-dump --compare "$T/good"
	run -64 arc-dump --fingerprint --salt '' "$T/good"
	run -64 arc-dump --lint --key-audit "$T/good"
	run -66 arc-dump --compare "$T/good" /nowhere
}

@test "hostile key records are shown inert" {
	forge <<-'PY'
	m = chain(1, record="v=DKIM1; n=\x1b[2J\u202e; p=@p")
	write(m, tmp("m"))
	PY
	run -0 arc-dump --key-audit --keys "$T/m.keys" "$T/m"
	[[ $output == *'\x1b[2J'* ]]
	[[ $output != *$'\x1b'* ]]
}

@test "--key-audit: keys that are longer than verifiers need know, and exponents of their own" {
	forge <<-'PY'
	write(chain(1, key="rsa16384", as_key="unit-rsa2048-e3", as_s="three"), tmp("m"))
	PY
	run -0 arc-dump --key-audit --keys "$T/m.keys" "$T/m"
	[[ $output == *"RSA, 16384 bits"*"longer than 4096 bits (RFC 8301 section 3.2)"* ]]
	[[ $output == *"exponent 3"*"The exponent is not the usual 65537"* ]]
}

@test "hops that are ages apart" {
	forge <<-'PY'
	write(chain(2, {1: {"t": 1}, 2: {"t": 99999999999}}), tmp("m"))
	PY
	run arc-dump --time 99999999999 "$T/m"
	[[ $output == *"+long"* ]]
}
