#!/usr/bin/env bats
# DKIM-Signatures (RFC 6376 section 6.1, RFC 8301, 8463, 8616), in the words of
# RFC 8601 section 2.7.1.
# SPDX-License-Identifier: BSD-2-Clause
load helper

vector() {
	local keys="$BATS_TEST_TMPDIR/keys"
	cat >"$keys"
	run --separate-stderr arc-verify --check dkim --keys "$keys" "$ROOT/tests/vectors/$1"
}

@test "the example of RFC 6376 appendix A.2 verifies, as its errata have it" {
	vector rfc6376-a2.eml <<-'KEYS'
	brisbane._domainkey.example.com. TXT "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
	KEYS
	[ "$status" -eq 0 ]
	[ "$output" = "dkim=pass  d=example.com s=brisbane a=rsa-sha256 i=joe@football.example.com" ]
}

@test "both signatures of RFC 8463 appendix A verify" {
	vector rfc8463-a.eml <<-'KEYS'
	brisbane._domainkey.football.example.com. TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
	test._domainkey.football.example.com. TXT "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
	KEYS
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "dkim=pass  d=football.example.com s=brisbane a=ed25519-sha256 i=@football.example.com" ]
	[ "${lines[1]}" = "dkim=pass  d=football.example.com s=test a=rsa-sha256 i=@football.example.com" ]
}

@test "a message without DKIM-Signature is dkim=none, and none exits 2 (RFC 8601 2.7.1)" {
	forge <<-'PY'
	dkim(Message())
	dkim(chain(1))
	PY
}

@test "a signature that is right passes, in every canonicalization and algorithm (RFC 6376 3.4, RFC 8463)" {
	forge <<-'PY'
	for key in ("rsa1024-a", "rsa2048-a", "rsa4096", "ed25519-a"):
	    for c in ("simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed", "simple", "relaxed"):
	        m = signed("a  b \n\n", key=key, tags={"c": c})
	        dkim(m, "pass")
	        dkim(m, "pass", octets=m.lf())
	dkim(signed(tags={"c": None}, c="simple/simple"), "pass")
	dkim(signed(None), "pass")
	dkim(signed(name="dkim-signature:"), "pass")
	dkim(signed(header="From: a@author.example\n", tags={"h": "from"}), "pass")
	PY
}

@test "v= is required and 1, without leading zeros (RFC 6376 3.5, 6.1.1)" {
	forge <<-'PY'
	dkim(signed(tags={"v": None}), "permerror tag-missing")
	dkim(signed(tags={"v": ""}), "permerror tag-missing")
	for v in ("0", "2", "0.5", "01", "1.0", "11", "DKIM1", "1 1"):
	    dkim(signed(tags={"v": v}), "permerror version")
	# It need not stand first.
	dkim(signed(tags=lambda t: t.replace("v=1; ", "").replace("b=@b", "v=1; b=@b")), "pass")
	PY
}

@test "a, b, bh, d, h and s are required and not empty (RFC 6376 6.1.1)" {
	forge <<-'PY'
	for tag in ("a", "b", "bh", "d", "h", "s"):
	    gone = (lambda t: re.sub(r"; b=@b", "", t)) if tag == "b" else {tag: None}
	    dkim(signed(tags=gone, h="from"), "permerror tag-missing")
	    dkim(signed(tags={tag: ""}, h="from"), "permerror tag-missing")
	for tag in ("c", "i", "l", "q", "t", "x"):
	    dkim(signed(tags={tag: ""}), "permerror tag-missing")
	PY
}

@test "h= without From is invalid (RFC 6376 6.1.1)" {
	forge <<-'PY'
	for h in ("to:subject", "froms:to", "x-from", "fro", ":", "date:from-x", "resent-from:sender"):
	    dkim(signed(tags={"h": h}), "permerror headers-no-from")
	for h in ("from", "FROM", "to: from ", "subject:From:to", "from:dkim-signature", "from:x-none:from"):
	    dkim(signed(tags={"h": h}), "pass")
	dkim(signed(tags={"h": "from:to\x01"}), "permerror field-syntax")
	dkim(signed(tags={"h": "from:a b"}), "permerror tag-syntax")
	PY
}

@test "a tag twice, or a list that is none, is a syntax error; unknown tags are ignored (RFC 6376 3.2)" {
	forge <<-'PY'
	for text in ("d=author.example", "xy=1; xy=1", "zz=; zz=", "v=1"):
	    dkim(signed(add=text), "permerror field-syntax")
	for text in ("noequals", "=x", "1a=x", ";", "a-b=x"):
	    dkim(signed(add=text), "permerror field-syntax")
	for text in ("zz=1", "n=any words", "y=a:b;foo=bar", "V=2", "D=other.example", "z=From:x@y|To:z=3By", "zz="):
	    dkim(signed(add=text), "pass")
	m = Message()
	m.top("DKIM-Signature: ")
	m.top("DKIM-Signature: garbage")
	dkim(m, "permerror field-syntax", "permerror field-syntax")
	PY
	# of a DKIM-Signature nothing is said about ARC
	run -1 arc-verify --check dkim <<<$'DKIM-Signature: garbage\nFrom: a@author.example\n'
	[[ $output == "dkim=permerror  Invalid tag list: no tag of the field can be used. "* ]]
}

@test "a= is rsa-sha256 or ed25519-sha256; rsa-sha1 is policy (RFC 8301 3.1)" {
	forge <<-'PY'
	for a in ("rsa-sha1", "RSA-SHA1"):
	    dkim(signed(tags={"a": a}), "policy algorithm")
	for a in ("rsa", "sha256", "rsa-sha512", "dsa-sha256", "rsa-sha256 rsa-sha256", "ed25519", "x"):
	    dkim(signed(tags={"a": a}), "permerror algorithm")
	dkim(signed(tags={"a": "RSA-SHA256"}), "pass")
	dkim(signed(tags={"a": "ed25519-sha256"}), "permerror key-type")
	dkim(signed(key="ed25519-a", tags={"a": "rsa-sha256"}), "permerror key-type")
	PY
}

@test "an RSA key of less than 1024 bits is policy (RFC 8301 3.2)" {
	forge <<-'PY'
	dkim(signed(key="rsa512"), "policy key-short")
	dkim(signed(key="rsa1023"), "policy key-short")
	dkim(signed(key="rsa1024"), "pass")
	dkim(signed(key="rsa1024"), "policy key-short", args=("--min-rsa-bits", "2048"))
	PY
}

@test "c= is one or two words that are defined (RFC 6376 3.5)" {
	forge <<-'PY'
	for c in ("nowsp", "relaxed/nowsp", "simple/simple/simple", "/relaxed", "relaxed/", "simple relaxed"):
	    dkim(signed(tags={"c": c}), "permerror canonicalization")
	dkim(signed(tags={"c": "Relaxed/SIMPLE"}), "pass")
	# One word is for the header; the body is simple.
	dkim(signed("a  b \n", tags={"c": "relaxed"}, c="relaxed/relaxed"), "fail body-hash")
	PY
}

@test "i= is in d= or below it (RFC 6376 6.1.1)" {
	forge <<-'PY'
	for i in ("@author.example", "ann@sub.author.example", "@AUTHOR.example", "@a.b.author.example", "ann@author.example"):
	    dkim(signed(add="i=" + i), "pass")
	for i in ("@example", "@xauthor.example", "@other.example", "ann@author.example.org", "@author.example.",
	          "ann@author", "@", "@.author.example", "author.example@x.example"):
	    dkim(signed(add="i=" + i), "permerror identity")
	dkim(signed(add="i="), "permerror tag-missing")
	PY
}

@test "i= is a Local-part, which may be missing, then @ and a domain (RFC 6376 3.5, i=; RFC 5321 4.1.2)" {
	forge <<-'PY'
	for i in ("ann=40x@author.example", '"a@x.example"@author.example', '"a b"@author.example', "a..b.@author.example", "jürgen@author.example"):
	    dkim(signed(add="i=" + i), "pass")
	for i in ("author.example", "a b@author.example", "<@author.example>", '"a@author.example', "ann, bob@author.example"):
	    dkim(signed(add="i=" + i), "permerror tag-syntax")
	# Which of two is the domain is not for guessing.
	for i in ("x@other.example@author.example", "x@y@other.example", "x@author.example@other.example"):
	    dkim(signed(add="i=" + i), "permerror identity")
	PY
}

@test "with t=s in the key i= must name d= itself (RFC 6376 3.6.1)" {
	forge <<-'PY'
	for t in ("s", "y:s", "s:y", "S", "x:s : y"):
	    record = "v=DKIM1; t=%s; p=@p" % t
	    dkim(signed(add="i=ann@sub.author.example", record=record), "permerror key-strict")
	    dkim(signed(add="i=ann@Author.example", record=record), "pass")
	    dkim(signed(record=record), "pass")
	# Another record under the name that is not strict serves.
	dkim(signed(add="i=@sub.author.example", record=["v=DKIM1; t=s; p=@p", "v=DKIM1; p=@p"]), "pass")
	PY
}

@test "U-labels in d=, s= and i= stand for their A-labels (RFC 8616)" {
	forge <<-'PY'
	def under(m, name):
	    """Publish what was not, as no DNS name can be written so."""
	    p = base64.b64encode(key("rsa1024-a").public()).decode()
	    return m.txt(name, "v=DKIM1; k=rsa; p=" + p)
	import base64
	for d, i in (("bücher.example", "@bücher.example"), ("xn--bcher-kva.example", "x@sub.bücher.example"), ("bücher.example", "x@XN--BCHER-KVA.example")):
	    dkim(under(signed(d=d, add="i=" + i), "s1._domainkey.xn--bcher-kva.example"), "pass")
	dkim(under(signed(d="bücher.example", add="i=@bucher.example"), "s1._domainkey.xn--bcher-kva.example"), "permerror identity")
	dkim(under(signed(s="schlüssel"), "xn--schlssel-95a._domainkey.author.example"), "pass")
	PY
}

@test "x= is later than t=, and over when it is past (RFC 6376 3.5, 6.1.1)" {
	forge <<-'PY'
	t = 1760000000
	for x in (t, t - 1, 1):
	    dkim(signed(add="x=%d" % x), "permerror expired")
	dkim(signed(add="x=%d" % (t + 1)), "pass", time=str(t + 1))
	dkim(signed(add="x=%d" % (t + 1)), "permerror expired", time=str(t + 2))
	dkim(signed(add="x=%d" % (t + 1)), "pass", time=str(t + 60), args=("--clock-skew", "60"))
	dkim(signed(tags={"t": None}, add="x=%d" % (t + 1)), "pass", time=str(t))
	for x in ("1e9", "-1", "soon", "1 2", "9999999999999"):
	    dkim(signed(add="x=" + x), "permerror tag-syntax")
	    dkim(signed(tags={"t": x}), "permerror tag-syntax")
	dkim(signed(add="x=999999999999"), "pass")
	# t= in the future is no fault.
	dkim(signed(t=1999999999), "pass")
	PY
}

@test "l= longer than the body is permerror; shorter is told (RFC 6376 3.5)" {
	forge <<-'PY'
	dkim(signed("12345678\n", add="l=4"), "pass", detail="6 of 10 bytes of the body are not covered (l=4)")
	dkim(signed("12345678\n", add="l=10"), "pass")
	dkim(signed("12345678\n", add="l=0"), "pass", detail="10 of 10 bytes")
	for l in ("11", "99999999999999999999999999", "9" * 76):
	    dkim(signed("12345678\n", add="l=" + l), "permerror body-length")
	for l in ("-1", "x", "1.0", "0x4", "9" * 77, "1 0"):
	    dkim(signed("12345678\n", add="l=" + l), "permerror tag-syntax")
	m = signed("12345678\n", add="l=10").edit_body("8\n", "8\nfooter\n")
	dkim(m, "pass", detail="8 of 18 bytes")
	dkim(m, "policy body-partial", args=("--no-partial-body",))
	PY
}

@test "q= has dns/txt among its methods (RFC 6376 3.5)" {
	forge <<-'PY'
	for q in ("dns/txt", "DNS/TXT", "http/x:dns/txt", "dns/txt : foo"):
	    dkim(signed(add="q=" + q), "pass")
	for q in ("dns", "http", "dns/xyz", "dns/txtx"):
	    dkim(signed(add="q=" + q), "permerror query-method")
	PY
}

@test "d= and s= are names (RFC 6376 3.5)" {
	forge <<-'PY'
	for d in ("example", "a..example", ".author.example", "author.example.", "a b.example", "x" * 64 + ".example", "a!b.example"):
	    dkim(signed(d=d), "permerror domain-syntax")
	for s in ("a..b", ".a", "a.", "s 1", "x" * 64, "s;1"[:0] + "s/1"):
	    dkim(signed(s=s), "permerror selector-syntax")
	dkim(signed(s="a.b.c"), "pass")
	dkim(signed(d="AUTHOR.Example", s="S1", record=None).txt("s1._domainkey.author.example",
	     *signed().records["s1._domainkey.author.example"]), "pass")
	PY
}

@test "b= and bh= are base64, and bh= has 32 octets (RFC 6376 3.5)" {
	forge <<-'PY'
	dkim(signed(b=lambda b: "!" + b[1:]), "permerror tag-syntax")
	dkim(signed(b=lambda b: b[:-2]), "permerror tag-syntax")
	dkim(signed(tags={"bh": "@bh@bh"}), "permerror tag-syntax")
	dkim(signed(tags={"bh": "Zm9v"}), "permerror tag-syntax")
	dkim(signed(b=lambda b: "\n\t".join(b)), "pass")
	PY
}

@test "what was changed after signing is fail (RFC 6376 6.1.3)" {
	forge <<-'PY'
	dkim(signed().edit_body("Tuesday", "Monday"), "fail body-hash")
	dkim(signed().edit("Subject", 0, "Tuesday", "Monday"), "fail signature")
	dkim(signed().edit("DKIM-Signature", 0, "t=17", "t=16"), "fail signature")
	dkim(signed().top("From: x@y.example"), "pass")
	dkim(signed(tags={"h": "from:from:to"}).top("From: x@y.example"), "fail signature")
	dkim(signed(tags={"h": "from:x-none"}).bottom("X-None: now here"), "fail signature")
	dkim(signed(sign=lambda k, d: k.sign(d)[:-1]), "fail signature-length")
	dkim(signed(sign=lambda k, d: k.sign(d + b"x")), "fail signature")
	dkim(signed(key="ed25519-a", sign=lambda k, d: k.sign(d)[:-1]), "fail signature-length")
	# Unsigned fields may change.
	dkim(signed().top("X-Other: 1").edit("Received", 0, "4cXyZ1", "4cXyZ2"), "pass")
	PY
}

@test "a key that is not there, revoked, or no key is permerror (RFC 6376 6.1.2)" {
	forge <<-'PY'
	dkim(signed(record=None), "permerror key-missing")
	dkim(signed(record="v=DKIM1; p="), "permerror key-revoked")
	for record in ("v=DKIM2; p=@p", "p=@p; v=DKIM1", "v=DKIM1; k=rsa", "v=DKIM1; p=!!", "v=spf1 -all", "v=DKIM1; p=@p; p=@p"):
	    dkim(signed(record=record), "permerror key-syntax")
	dkim(signed(record="p=@p"), "pass")
	dkim(signed(record="v=DKIM1; k=dsa; p=@p"), "permerror key-type")
	dkim(signed(record="v=DKIM1; foo=bar; n=note; p=@p"), "pass")
	PY
}

@test "h=, s=, t= and g= of the key (RFC 6376 3.6.1)" {
	forge <<-'PY'
	dkim(signed(record="v=DKIM1; h=sha1; p=@p"), "permerror key-hash")
	for h in ("sha256", "sha1:sha256", "x : sha256"):
	    dkim(signed(record="v=DKIM1; h=%s; p=@p" % h), "pass")
	for s in ("tlsrpt", "other:x"):
	    dkim(signed(record="v=DKIM1; s=%s; p=@p" % s), "permerror key-service")
	for s in ("*", "email", "tlsrpt:email", "x:*"):
	    dkim(signed(record="v=DKIM1; s=%s; p=@p" % s), "pass")
	dkim(signed(record="v=DKIM1; t=y; p=@p"), "pass", detail="testing DKIM (t=y)")
	dkim(signed(record="v=DKIM1; t=y; p=@p").edit_body("Tue", "Mon"), "fail body-hash")
	for g in ("", "nobody", "*"):
	    dkim(signed(record="v=DKIM1; g=%s; p=@p" % g), "pass")
	PY
}

@test "several key records are tried, and a lookup that failed is temperror (RFC 6376 6.1.2)" {
	forge <<-'PY'
	dkim(signed(record=["v=DKIM1; p=", "v=spf1 -all", "v=DKIM1; p=@p"]), "pass")
	other = signed(key="rsa1024-b").records["s1._domainkey.author.example"][0]
	dkim(signed(record=[other, "v=DKIM1; p=@p"]), "pass")
	dkim(signed(record=[other]), "fail signature")
	for word in ("TIMEOUT", "SERVFAIL", "REFUSED"):
	    code = "dns-" + word.lower()
	    dkim(signed(record=None).line(";! s1._domainkey.author.example. " + word), "temperror " + code)
	dkim(signed(record=None).line(";! s1._domainkey.author.example. NXDOMAIN"), "permerror key-missing")
	PY
}

@test "each signature has its result, from the top, and one that passes is enough (RFC 6376 6.1)" {
	forge <<-'PY'
	m = sign(signed(s="old"), s="new", key="ed25519-a")
	dkim(m, "pass", "pass")
	m.edit("DKIM-Signature", 0, "c=relaxed", "c=simple")
	dkim(m, "fail signature", "pass")
	dkim(m.copy().edit_body("Tue", "Mon"), "fail body-hash", "fail body-hash")
	m = sign(signed(record=None, s="gone").line(";! gone._domainkey.author.example. TIMEOUT"), tags={"v": "2"})
	dkim(m, "permerror version", "temperror dns-timeout")
	# One may cover the other.
	dkim(sign(signed(), d="list.example", tags={"h": "from:dkim-signature"}), "pass", "pass")
	dkim(sign(signed(), d="list.example", tags={"h": "from:dkim-signature"}).double("DKIM-Signature"), "pass", "pass", "pass")
	PY
}

@test "more than 20 signatures: those below are neutral, and nothing else happens (RFC 6376 8.4)" {
	forge <<-'PY'
	m = Message()
	for n in range(23):
	    sign(m, s="s%d" % n)
	dkim(m, *["pass"] * 20, *["neutral limit-dkim"] * 3)
	m = signed(record=["v=DKIM1; n=%d; p=@p" % n for n in range(9)], key="rsa1024-b", sign=lambda k, d: k.sign(d + b"x"))
	dkim(m, "neutral limit-records")
	PY
}

@test "no octet of a signed field can be changed unseen" {
	forge <<-'PY'
	m = signed(tags={"c": "simple/simple"})
	raw = m.field("DKIM-Signature").raw
	wrong = 0
	for at in range(len(b"DKIM-Signature:"), raw.index(b" b="), 3):
	    n = m.copy()
	    octet = bytes([raw[at] ^ 1])
	    if raw[at] in b"\r\n" or octet in b"\r\n":
	        continue
	    n.field("DKIM-Signature").raw = raw[:at] + octet + raw[at + 1:]
	    wrong += verdict(n) == ["pass"]
	assert wrong == 0, wrong
	PY
}

@test "ARC and DKIM together: the first decides, ARC's line stands first (RFC 8601)" {
	forge <<-'PY'
	m = signed()
	m.seal()
	write(m, tmp("both"))
	m.edit_body("Tuesday", "Monday")
	write(m, tmp("changed"))
	n = signed()
	write(n, tmp("dkim"))
	PY
	cd "$BATS_TEST_TMPDIR" || return
	run -0 arc-verify --check arc:dkim --keys both.keys both
	[[ ${lines[0]} == "pass  i=1 d1.example"* ]]
	[ "${lines[1]}" = "dkim=pass  d=author.example s=s1 a=rsa-sha256" ]
	run -0 arc-verify --check dkim:arc --keys both.keys both
	[[ ${lines[0]} == "pass  i=1"* ]]
	run -1 arc-verify --check arc:dkim --keys changed.keys changed
	run -2 arc-verify --check arc:dkim --keys dkim.keys dkim
	[ "${lines[0]}" = none ]
	run -0 arc-verify --check dkim:arc --keys dkim.keys dkim
	run -0 arc-verify --check arc:dkim --accept dkim=pass --keys dkim.keys dkim
	run -0 arc-verify --check arc:dkim --accept none:dkim=pass --keys dkim.keys dkim
	run -2 arc-verify --check arc:dkim --accept arc=pass:dkim=pass --keys dkim.keys dkim
	run -1 arc-verify --check arc:dkim --accept arc=none:dkim=fail --keys dkim.keys dkim
	run -0 arc-verify --check dkim --accept fail:permerror --keys changed.keys changed
	run -0 --separate-stderr arc-verify --json --check arc:dkim --keys both.keys both
	[[ $output == *'"arc":"pass"'*'"sets":[{'*'"dkim":[{"index":1,'* ]]
}

@test "--check and --accept take the methods and results that there are" {
	for list in "" x arc:x arc: dkim:dkim "arc dkim" ARC; do
		run -64 arc-verify --check "$list" /dev/null
	done
	for list in dkim=pass spf=pass arc=permerror permerror tempfail=arc; do
		run -64 arc-verify --accept "$list" /dev/null
	done
	run -64 arc-verify --check dkim --accept dkim=tempfail /dev/null
	run -64 arc-verify --check dkim:arc --accept arc=temperror /dev/null
	run -64 arc-verify --check dkim --expect tempfail /dev/null
	run -64 arc-verify --expect policy /dev/null
	cd "$BATS_TEST_TMPDIR" || return
	printf ';! sel._domainkey.author.example. SERVFAIL\n' >keys
	printf '%s\n' 'DKIM-Signature: v=1; a=rsa-sha256; d=author.example; s=sel; h=from;' \
		' bh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=; b=AAAA' 'From: ann@author.example' >m
	for list in tempfail temperror dkim=temperror pass:tempfail; do
		run -0 arc-verify --keys keys --check dkim --accept "$list" m
	done
	run -75 arc-verify --keys keys --check dkim --accept pass:fail m
}

@test "expectations, manifests, TAP, JUnit and --merge mean the method that decides" {
	forge <<-'PY'
	os.mkdir(tmp("mail"))
	all_keys = ""
	for name, m in (("good", signed()), ("bad", signed(s="s2").edit_body("Tue", "Mon")), ("old", signed(s="s3", tags={"a": "rsa-sha1"})), ("none", Message())):
	    with open(tmp("mail/%s.eml" % name), "wb") as f:
	        f.write(m.octets())
	    all_keys += m.keys_file()
	with open(tmp("keys"), "w") as f:
	    f.write(all_keys)
	PY
	cd "$BATS_TEST_TMPDIR" || return
	printf '%s\n' 'mail/bad.eml	fail	body-hash' 'mail/good.eml	pass' 'mail/none.eml	none' 'mail/old.eml	policy	algorithm' >manifest
	run -0 arc-verify --check dkim --keys keys --manifest manifest mail
	run -1 arc-verify --check dkim --keys keys --expect pass mail
	run -0 arc-verify --check dkim --keys keys --expect policy mail/old.eml
	run -1 arc-verify --check dkim --keys keys --tap --expect pass --junit out.xml mail
	[[ $output == *"not ok"*"bad.eml"* ]]
	grep -q 'body-hash' out.xml
	arc-verify --check dkim --json --keys keys mail >lines || true
	run -0 arc-verify --merge --check dkim --manifest manifest lines
	[[ $output == *"1 pass, 1 fail, 1 none, 1 policy"* ]]
}

@test "--annotate and --format=ar write one field with the results of all methods (RFC 8601 2.7.1)" {
	forge <<-'PY'
	m = sign(signed(s="old"), d="list.example", add="i=ann@sub.list.example")
	m.seal()
	write(m, tmp("m"))
	m.edit_body("Tue", "Mon")
	write(m, tmp("changed"))
	write(Message(), tmp("none"))
	write(signed(tags={"a": "rsa-sha1"}), tmp("sha1"))
	write(signed(add='i="a b\r\n c"@author.example'), tmp("odd"))
	PY
	cd "$BATS_TEST_TMPDIR" || return
	ar() { arc-verify --format=ar --authserv-id mx.example --keys "$1.keys" --check "$2" "$1" | tr -d '\r\n' | tr '\t' ' '; }
	[[ $(ar m arc:dkim) == "Authentication-Results: mx.example; arc=pass header.oldest-pass=0;"*"dkim=pass header.d=list.example"*"header.i=ann@sub.list.example"*"header.s=s1"*"header.a=rsa-sha256"*"header.b="????????";"*"dkim=pass header.d=author.example header.s=old"* ]]
	[[ $(ar m dkim) == "Authentication-Results: mx.example; dkim=pass header.d=list.example"* ]]
	[[ $(ar changed dkim) == *'dkim=fail reason="body hash" header.d=list.example'* ]]
	[[ $(ar none arc:dkim) == "Authentication-Results: mx.example; arc=none;"*"dkim=none" ]]
	[[ $(ar sha1 dkim) == *"dkim=policy reason=algorithm"* ]]
	run -0 arc-verify --format=ar --authserv-id mx.example --keys odd.keys --check dkim odd
	[[ $output != *header.i* ]]
	run -0 arc-verify --annotate --authserv-id mx.example --keys m.keys --check arc:dkim m
	[[ $output == "Authentication-Results: mx.example; arc=pass"* ]]
	[ "$(grep -c '^Authentication-Results' <<<"$output")" -eq 1 ]
}

@test "arc-dump shows each DKIM-Signature, who reported what, and DKIM2 without verifying it" {
	forge <<-'PY'
	m = sign(signed(s="old", tags={"h": "from:from:to"}), d="list.example", add="l=3; x=1800000000")
	m.edit_body("Tue", "Mon")
	m.top("Authentication-Results: mx.example 1; dkim=pass header.d=author.example header.s=old;\n dkim=pass header.i=@other.example; spf=fail")
	m.top("DKIM2-Signature: i=1; m=1; d=hop.example;\n s=a:b")
	m.top("Message-Instance: no tags here")
	write(m, tmp("m"))
	# Of two signatures of a domain, a report may mean either.
	two = sign(signed(s="one"), s="two", tags={"bh": "A" * 43 + "="})
	two.top("Authentication-Results: mx.example; dkim=pass header.d=author.example;\n dkim=fail header.d=author.example")
	two.top("Authentication-Results: mx.example; dkim=pass header.d=author.example header.s=two")
	write(two, tmp("two"))
	write(Message(), tmp("plain"))
	PY
	cd "$BATS_TEST_TMPDIR" || return
	run -2 arc-dump -t 1760003600 --keys two.keys two
	[ "$(grep 'but here' <<<"$output")" = " - mx.example: dkim=pass (author.example) but here fail" ]
	run -2 arc-dump -t 1760003600 --html --keys two.keys two
	[[ $output == *'<td data-of="#" class="short">1</td><td data-of="signed by" class="name">author.example</td>'*'<td data-of="result" class="short fail">fail</td>'*'class="short">2</td>'*'class="short pass">pass</td>'* ]]
	[[ $output == *"<h2>Reported by"*"<li>mx.example: dkim=pass (author.example) but here fail</li>"* ]]
	run -2 arc-dump -t 1760003600 --html m
	[[ $output == *"<h2>DKIM2 (not verified)</h2>"*"<li>DKIM2-Signature: i=1; m=1; d=hop.example; s=a:b</li>"* ]]
	run -2 arc-dump -t 1760003600 m
	[[ $output == *"  1  list.example "*"2025-10-09 08:53:20  ?"*"signed 60 min ago"*"covers From"*"(not oversigned)"*"(l=)"* ]]
	[[ $output == *"  2  author.example "*"covers From (oversigned)"* ]]
	[[ $output == *" - mx.example: dkim=pass (author.example) but here fail"*"dkim=pass"*"(other.example), spf=fail"* ]]
	[[ $output == *"DKIM2 (not verified):"*" - Message-Instance: no tags here"*" - DKIM2-Signature: i=1; m=1; d=hop.example; s=a:b"* || $output == *"DKIM2 (not verified):"*" - DKIM2-Signature: i=1; m=1; d=hop.example; s=a:b"* ]]
	run -2 arc-dump -t 1760003600 --keys m.keys m
	[[ $output == *"author.example "*"  fail"*"[body-hash; RFC 6376"* ]]
	[[ $output == *"dkim=pass (author.example) but here fail"* ]]
	run -2 arc-dump plain
	[[ $output != *DKIM* ]] && [[ $output != *Reported* ]]
}

@test "arc-dump --json has what others reported, and DKIM2 fields that nobody verified" {
	forge <<-'PY'
	m = signed()
	m.top("Authentication-Results: mx.example 1; dkim=pass reason=ok header.d=author.example header.s=s1; spf=fail")
	m.top("Authentication-Results: ;;=")
	m.top("Authentication-Results: other.example; none")
	m.top("dkim2-signature: i=1; d=hop.example;\n s=a:\n b")
	m.top("Message-Instance: no tags here\x01")
	write(m, tmp("m"))
	write(Message(), tmp("plain"))
	PY
	cd "$BATS_TEST_TMPDIR" || return
	arc-dump --json m >json || [ $? -eq 2 ]
	arc-dump --json plain >>json || [ $? -eq 2 ]
	/usr/bin/python3 - "$ROOT/man/arc-tools.schema.json" <<-'PY'
	import json, jsonschema, sys
	schema = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
	found, plain = map(json.loads, open("json", encoding="utf-8"))
	schema.validate(found)
	schema.validate(plain)
	assert plain["reported"] == plain["dkim2"] == []
	none, broken, mx = found["reported"]
	assert none == {"place": 3, "authserv_id": "other.example", "results": []}, none
	assert broken["authserv_id"] is None and broken["place"] == 4, broken
	assert mx == {"place": 5, "authserv_id": "mx.example", "results": [
	    {"method": "dkim", "result": "pass", "reason": "ok", "properties": {"header.d": "author.example", "header.s": "s1"}},
	    {"method": "spf", "result": "fail", "reason": None, "properties": {}}]}, mx
	instance, signature = found["dkim2"]
	assert instance == {"field": "Message-Instance", "place": 1, "value": "no tags here\x01", "tags": None}, instance
	assert signature["field"] == "dkim2-signature" and signature["place"] == 2
	assert signature["tags"] == {"i": "1", "d": "hop.example", "s": "a: b"}, signature
	PY
}

@test "arc-dump --canon dkim:N and dkim-body:N give what was hashed" {
	forge <<-'PY'
	m = sign(signed("a  b\n\n", tags={"c": "relaxed/relaxed", "h": "from"}), d="list.example", add="l=2")
	write(m, tmp("m"))
	signed_octets = b"from:Ann Author <ann@author.example>\r\n" + canon_header("relaxed", m.fields[1].raw)[:-2]
	with open(tmp("want"), "wb") as f:
	    f.write(re.sub(rb"b=[^;]*$", b"b=", signed_octets))
	PY
	cd "$BATS_TEST_TMPDIR" || return
	arc-dump --canon dkim:2 m >found || true
	cmp want found
	run -2 arc-dump --canon dkim-body:1 m
	[ "$output" = "a " ]
	run -2 arc-dump --canon dkim-body:2 m
	[ "$output" = $'a b\r' ]
	run -65 arc-dump --canon dkim:3 m
	[[ $output == *"2 DKIM-Signatures"* ]]
	run -64 arc-dump --canon dkim:0 m
	run -64 arc-dump --canon dkim m
}

@test "arc-dump --lint and --key-audit look at DKIM-Signatures, too" {
	forge <<-'PY'
	write(signed(tags={"c": "simple/simple", "h": "from:received"}, add="l=2", record="v=DKIM1; t=y; g=*; p=@p"), tmp("m"))
	PY
	cd "$BATS_TEST_TMPDIR" || return
	run -1 arc-dump --lint --keys m.keys m
	for code in key-testing key-weak from-open length-tag canon-simple; do
		[[ $output == *"DKIM-Signature: "*"[$code;"* ]] || echo "$code: $output"
	done
	run arc-dump --key-audit --keys m.keys m
	[[ $output == *"s1._domainkey.author.example"*DKIM-Signature* ]]
}
