#!/usr/bin/env bats
# ARC-Message-Signature (RFC 8617 section 4.1.2).
# SPDX-License-Identifier: BSD-2-Clause
load helper

@test "a tag that must be there is missing or empty: fail at AMS(N) (RFC 8617 4.1.2)" {
	forge <<-'PY'
	for tag in ("a", "b", "bh", "d", "h", "s"):
	    gone = (lambda t: re.sub(r"; b=@b", "", t)) if tag == "b" else {tag: None}
	    fails("tag-missing", 1, chain(1, ams=gone, h="from"), parts={"seal1": "unchecked"})
	    empty = {tag: ""}
	    fails("tag-missing", 1, chain(1, ams=empty, h="from"))
	    fails("tag-missing", 2, chain(2, {2: dict(ams=gone, h="from")}))
	    # In an older AMS it is nobody's loss.
	    passes(chain(2, {1: dict(ams=gone, h="from")}), oldest=2, parts={"ams1": "fail tag-missing"})
	PY
}

@test "v= is ignored, whatever it says (RFC 8617 4.1.2)" {
	forge <<-'PY'
	for v in ("1", "2", "0.5", "DKIM1", "x y"):
	    passes(chain(2, ams={"v": v}))
	    passes(chain(1, ams=lambda t: "v=%s; %s" % (v, t)), lint="instance-not-first")
	PY
}

@test "i= is no identity: key flag t=s has no effect (RFC 8617 4.1.2)" {
	forge <<-'PY'
	for t in ("s", "s:y", "y:s"):
	    passes(chain(2, record="v=DKIM1; t=%s; p=@p" % t))
	PY
}

@test "h= without From is invalid (RFC 6376 6.1.1)" {
	forge <<-'PY'
	for h in ("to:subject", "froms:to", "x-from", "fro", "date:from-x", ":", " : ", "sender:reply-to:resent-from"):
	    fails("headers-no-from", 1, chain(1, ams={"h": h}))
	for h in ("from", "FROM", "to: from ", "subject:From:to"):
	    passes(chain(1, ams={"h": h}))
	passes(chain(2, {1: dict(ams={"h": "to:subject"})}), oldest=2, parts={"ams1": "fail headers-no-from"})
	PY
}

@test "h= naming ARC-Seal makes that AMS invalid (RFC 8617 4.1.2)" {
	forge <<-'PY'
	for h in ("from:arc-seal", "ARC-Seal:from", "from: Arc-SEAL :to", "from:arc-seal:arc-seal", "from:\n arc-seal"):
	    fails("headers-arc-seal", 1, chain(1, ams={"h": h}), parts={"seal1": "unchecked"})
	    fails("headers-arc-seal", 2, chain(2, {2: dict(ams={"h": h})}))
	    passes(chain(2, {1: dict(ams={"h": h})}), oldest=2, parts={"ams1": "fail headers-arc-seal"})
	passes(chain(1, ams={"h": "from:arc-seals:arc-sea:x-arc-seal"}))
	PY
}

@test "h= naming A-R, AAR or AMS is accepted with a remark (RFC 8617 4.1.2)" {
	forge <<-'PY'
	for name in ("authentication-results", "arc-authentication-results", "ARC-Message-Signature"):
	    m = Message().top("Authentication-Results: d1.example; spf=pass")
	    m.seal().seal(ams={"h": "from:to:%s:subject" % name})
	    passes(m, lint="headers-forbidden")
	m = chain(2, {2: dict(ams={"h": "from:arc-authentication-results"})})
	fails("signature", 2, m.edit(AAR, 1, "spf=pass", "spf=fail"), parts={"ams2": "fail signature"})
	PY
}

@test "names in h= may repeat, not exist, and be empty (RFC 6376 3.5, h=)" {
	forge <<-'PY'
	for h in ("from:from", "from:x-none", "from:to:to:to:cc", "x-none:from:x-none"):
	    passes(chain(1, ams={"h": h}))
	for h in ("from::to", ":from", "from:", "from: :to", "::from::"):
	    passes(chain(1, ams={"h": h}), lint="headers-empty")
	fails("signature", 1, chain(1, ams={"h": "from:x-none"}).bottom("X-None: now here"))
	fails("signature", 1, chain(1, ams={"h": "from:to:to"}).top("To: other@example.org"))
	PY
}

@test "c=: default simple/simple, one word is header only, four pairs (RFC 6376 3.5, c=)" {
	forge <<-'PY'
	for c in ("simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed", "simple", "relaxed"):
	    m = chain(2, ams={"c": c}, body="a  b \n\n")
	    passes(m)
	    wide = m.copy().edit("Subject", 0, "A proposal", "A  proposal")
	    passes(wide) if c.startswith("relaxed") else fails("signature", 2, wide)
	    wide = m.copy().edit_body("a  b", "a b")
	    passes(wide) if c.endswith("/relaxed") else fails("body-hash", 2, wide)
	passes(chain(1, ams={"c": None}))
	passes(chain(1, ams={"c": None}, c="simple/simple"))
	fails("signature", 1, chain(1, ams={"c": None}, c="relaxed/relaxed", body="a\n"))
	fails("signature", 1, chain(1, ams={"c": None}, c="relaxed/simple"))
	fails("body-hash", 1, chain(1, ams={"c": None}, c="simple/relaxed", body="a \n"))
	fails("body-hash", 1, chain(1, ams={"c": "relaxed"}, c="relaxed/relaxed", body="a \n"))
	PY
}

@test "a canonicalization that is not defined makes the AMS invalid (RFC 6376 3.5, c=)" {
	forge <<-'PY'
	for c in ("bogus", "nowsp", "relaxed/bogus", "bogus/relaxed", "relaxed/", "/relaxed", "/", "relaxed/relaxed/relaxed",
	          "relaxed/relaxed/", "simplex", "relax", "relaxed,simple", "relaxed:relaxed"):
	    for really in ("simple/simple", "relaxed/relaxed"):
	        fails("canonicalization", 1, chain(1, ams={"c": c}, c=really))
	    passes(chain(2, {1: dict(ams={"c": c})}), oldest=2)
	PY
}

@test "a= is rsa-sha256 or ed25519-sha256 (RFC 8301 3.1; RFC 8463)" {
	forge <<-'PY'
	for hash in ("sha1", "sha512"):
	    sign = lambda k, data: k.sign(data, hash)
	    fails("algorithm", 1, chain(1, ams={"a": "rsa-" + hash}, ams_sign=sign), parts={"seal1": "unchecked"})
	    fails("algorithm", 1, chain(1, as_={"a": "rsa-" + hash}, as_sign=sign), parts={"ams1": "pass"})
	    fails("signature", 1, chain(1, ams_sign=sign))
	for a in ("rsa", "sha256", "rsa-sha256-x", "rsa-sha-256", "rsasha256", "rsa/sha256", "ed25519", "x-rsa-sha256", "rsa-sha256:rsa-sha1", "dsa-sha256"):
	    fails("algorithm", 1, chain(1, ams={"a": a}))
	    fails("algorithm", 1, chain(1, as_={"a": a}))
	passes(chain(2, key="ed25519-a"))
	passes(chain(3, {2: dict(key="ed25519-b")}))
	passes(chain(2, ams_key="ed25519-a", ams_s="ed"))
	PY
}

@test "where the message has no body, the sentence on its hash asks whether it is the header only (RFC 6376 6.1.3)" {
	forge <<-'PY'
	import json, subprocess
	for c, body, asks in (("relaxed/relaxed", "", True), ("relaxed/relaxed", "x", False), ("simple/simple", "", False)):
	    m = chain(1, ams={"c": c}, body="hello\n")
	    m.body = octets(body)
	    write(m, tmp("m"))
	    said = subprocess.run(["arc-verify", "--json", "--keys", tmp("m.keys"), tmp("m")], capture_output=True, check=False).stdout
	    said = json.loads(said)
	    assert said["code"] == "body-hash", said
	    assert ("header only" in said["detail"]) == asks, (c, body, said["detail"])
	    # Both hashes are told: what bh= says, and what the body gives.
	    hashes = re.search(r"bh=([\w+/]{43}=), the body gives ([\w+/]{43}=)", said["detail"])
	    assert hashes[2] == body_hash(c.split("/")[1], octets(body)) != hashes[1], said["detail"]
	PY
}

@test "a body hash that does not fit is told before any key is asked for (RFC 6376 6.1.3)" {
	forge <<-'PY'
	m = chain(1, record=None).edit_body("Tuesday", "Wednesday")
	fails("body-hash", 1, m, parts={"ams1": "fail body-hash", "seal1": "unchecked"})
	fails("body-hash", 2, chain(2, record=None).edit_body("ten", "two"))
	fails("key-missing", 1, chain(1, record=None))
	# Compared as decoded octets: folds and spaces are nothing.
	bh = body_hash("relaxed", octets(BODY))
	passes(chain(1, ams={"bh": bh[:9] + "\n " + bh[9:]}))
	fails("body-hash", 1, chain(1, ams={"bh": bh.swapcase()}))
	# One bit, in any octet.
	right = base64.b64decode(bh)
	for k in range(32):
	    wrong = right[:k] + bytes([right[k] ^ 1]) + right[k + 1:]
	    fails("body-hash", 1, chain(1, ams={"bh": base64.b64encode(wrong).decode()}))
	PY
}

@test "a body hash is looked at before a signature that does not fit either (RFC 6376 6.1.3)" {
	forge <<-'PY'
	m = chain(1).edit_body("Tuesday", "Monday").edit("Subject", 0, "Tuesday", "Monday")
	fails("body-hash", 1, m)
	PY
}

@test "l= signs so many octets of the canonical body (RFC 6376 3.5, l=)" {
	forge <<-'PY'
	for c in ("simple", "relaxed"):
	    m = chain(1, body="one  two \nthree\n\n\n", ams={"c": "relaxed/" + c, "l": "6"})
	    passes(m, lint="body-partial")
	    m.body += b"appended\r\n"
	    passes(m, lint=["body-partial", "6 of "])
	    fails("body-hash", 1, m.copy().edit_body("one", "two"))
	whole = len(canon_body("relaxed", octets(BODY)))
	m = chain(1, ams={"l": str(whole)})
	passes(m)
	m.body += b"-- \r\na footer\r\n"
	passes(m, lint="%d of %d bytes" % (whole, whole + 14))
	fails("body-partial", 1, m, args=["--no-partial-body"])
	passes(chain(1, ams={"l": str(whole)}), args=["--no-partial-body"])
	PY
}

@test "l=0 signs no body; an l= beyond the body is invalid (RFC 6376 3.5, l=)" {
	forge <<-'PY'
	for c in ("simple", "relaxed"):
	    m = chain(1, ams={"c": "relaxed/" + c, "l": "0"})
	    passes(m, lint="0 of ")
	    m.body = octets("anything else\n")
	    passes(m, lint="0 of ")
	    m.body = None
	    passes(m)
	for body, c, size in (("abc\n", "relaxed", 5), ("abc\n\n\n", "simple", 5), ("abc", "simple", 5), ("", "relaxed", 0), ("", "simple", 2), ("a  b\n", "relaxed", 5)):
	    passes(chain(1, body=body, ams={"c": "relaxed/" + c, "l": str(size)}))
	    fails("body-length", 1, chain(1, body=body, ams={"c": "relaxed/" + c, "l": str(size + 1)}))
	m = chain(1, ams={"l": "20"})
	m.body = m.body[:10]
	fails("body-length", 1, m)
	PY
}

@test "an octet count may end inside a line end or a run of blanks (RFC 6376 3.5, l=)" {
	forge <<-'PY'
	for c in ("simple", "relaxed"):
	    body = "ab  c \n\n\td\n"
	    for l in range(len(canon_body(c, octets(body))) + 1):
	        passes(chain(1, body=body, ams={"c": "relaxed/" + c, "l": str(l)}))
	PY
}

@test "an AMS past its x= is invalid, judged by --time (RFC 6376 3.5, x=)" {
	forge <<-'PY'
	m = chain(1, ams={"x": "1770000000"})
	passes(m, time="1769999999")
	passes(m, time="1770000000")
	fails("expired", 1, m, time="1770000001")
	fails("expired", 1, m, time="2026-02-09T14:06:29Z")
	passes(m, time="2026-01-01T00:00:00Z")
	passes(m, time="1770000300", args=["--clock-skew", "300"])
	fails("expired", 1, m, time="1770000301", args=["--clock-skew", "300"])
	PY
}

@test "an older AMS that expired only ends the walk for oldest-pass (RFC 6376 3.5, x=)" {
	forge <<-'PY'
	m = chain(2, {1: dict(ams={"x": "1760000100"})})
	passes(m, oldest=2, parts={"ams1": "fail expired", "ams2": "pass"})
	passes(m, oldest=0, time="1760000050")
	fails("expired", 2, chain(2, {2: dict(ams={"x": "1760000100"})}))
	PY
}

@test "x= must be greater than t= (RFC 6376 3.5, x=)" {
	forge <<-'PY'
	for x in ("1760000001", "1760000000", "0", "1"):
	    fails("expired", 1, chain(1, ams={"x": x}), time="1")
	passes(chain(1, ams={"x": "1760000002"}), time="1760000001")
	passes(chain(1, ams={"t": None, "x": "1770000000"}))
	PY
}

@test "a t= in the future is only a remark (RFC 6376 3.5, t=)" {
	forge <<-'PY'
	passes(chain(1, ams={"t": "999999999999"}), lint="time-future")
	passes(chain(2, as_={"t": "999999999999"}), lint="time-future")
	passes(chain(1), time="1", lint="time-future")
	PY
}

@test "q= must hold dns/txt (RFC 6376 3.5, q=)" {
	forge <<-'PY'
	for q in ("dns/txt", "x/y:dns/txt", "dns/txt:http/x", "x : dns/txt", "x\n : DNS/TXT"):
	    passes(chain(1, ams={"q": q}))
	for q in ("http/x", "dns", "dns/", "/txt", "dns/txts", "dns/mx", "xdns/txt", "dns/txt/x", ":", "dns txt"):
	    fails("query-method", 1, chain(1, ams={"q": q}))
	passes(chain(2, {1: dict(ams={"q": "http/x"})}), oldest=2)
	PY
}

@test "d= has two labels or more, none empty or over 63 octets, 253 in all (RFC 6376 3.5, d=)" {
	forge <<-'PY'
	label = "a" * 63
	long = ".".join([label[:50]] * 5)
	for d in ("com", "example..org", "example...", ".example.org", "***", "*", ".", "a b.example", label + "a.example", "x." + label + "a",
	          long, "example.org/x", "ex!mple.org", "exam@ple.org", "a,b.example", "-", "example.org:25", "[192.0.2.1]"):
	    fails("domain-syntax", 1, chain(1, ams_d=d))
	    fails("domain-syntax", 1, chain(1, as_d=d), parts={"ams1": "pass"})
	for d in ("a.b", "x_y.example", "_spf.example.org", label + ".example", "0.example", "a-b.example", "EXAMPLE.Org", "example.co.uk"):
	    passes(chain(1, d=d))
	PY
}

@test "s= is a sequence of labels (RFC 6376 3.5, d=)" {
	forge <<-'PY'
	label = "a" * 63
	for s in ("s..t", ".s", "s.", "a b", label + "a", "s/t", "s*", "*", "s,t", "\"s\"", "s\\.t"):
	    fails("selector-syntax", 1, chain(1, ams_s=s))
	    fails("selector-syntax", 1, chain(1, as_s=s), parts={"ams1": "pass"})
	for s in ("s", "2025", "a.b.c", "s_1", "a-b", "S1", label):
	    passes(chain(1, s=s))
	PY
}

@test "selector and domain together are a name of at most 253 octets (RFC 6376 3.5, d=)" {
	forge <<-'PY'
	domain = ".".join(["d" * 57] * 4)  # 231 octets
	for n in (1, 10):
	    passes(chain(1, d=domain, s="s" * n))  # n + 12 + 231
	for n in (11, 20, 60):
	    fails("selector-syntax", 1, chain(1, ams_d=domain, ams_s="s" * n))
	PY
}

@test "U-labels become A-labels for the query alone (RFC 8616 5)" {
	forge <<-'PY'
	m = chain(1, d="bücher.example").txt("s1._domainkey.xn--bcher-kva.example", "v=DKIM1; p=" + base64.b64encode(key("rsa1024-b").public()).decode())
	passes(m)
	passes(m.copy().edit(AAR, 1, "dmarc=pass", "dmarc=pass"))
	fails("signature", 1, m.edit(AMS, 1, "d=bücher.example", "d=xn--bcher-kva.example"))
	m = chain(1, s="schlüssel").txt("xn--schlssel-95a._domainkey.d1.example", "v=DKIM1; p=" + base64.b64encode(key("rsa1024-b").public()).decode())
	passes(m)
	passes(chain(1, d="xn--bcher-kva.example"))
	PY
}
