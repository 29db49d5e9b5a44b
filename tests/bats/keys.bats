#!/usr/bin/env bats
# Keys and cryptography, from keys files.
# SPDX-License-Identifier: BSD-2-Clause
load helper

@test "the key stands at selector._domainkey.domain; dots in s= are labels (RFC 6376 3.6.2.1)" {
	forge <<-'PY'
	m = chain(1, s="a.b", d="x.example")
	assert list(m.records) == ["a.b._domainkey.x.example"]
	passes(m)
	passes(m, keys=m.keys_file().replace("a.b._domainkey.x", "A.b._DomainKey.X"))
	for other in ("a.b.x.example", "b._domainkey.x.example", "a.b._domainkey.example", "a.b._domainkey.x.example.example", "_domainkey.x.example"):
	    fails("key-missing", 1, m, keys=m.keys_file().replace("a.b._domainkey.x.example", other))
	PY
}

@test "AMS and AS of one set may differ in selector, domain and key (RFC 6376 3.6.2.1)" {
	forge <<-'PY'
	for how in (dict(as_s="other", as_key="rsa2048-a"), dict(as_d="other.example", as_key="ed25519-a"),
	            dict(ams_d="a.other.example", ams_s="x.y", ams_key="rsa2048-b")):
	    passes(chain(2, **how))
	m = chain(1, as_s="other", as_key="rsa2048-a")
	m.records = dict(zip(m.records, reversed(m.records.values())))  # each under the other's name
	fails("signature-length", 1, m, parts={"ams1": "fail signature-length"})
	PY
}

@test "the strings of a record are joined with nothing between (RFC 6376 3.6.2.2)" {
	forge <<-'PY'
	m = chain(1, key="rsa2048-a")
	(name, (text,)), = m.records.items()
	for sizes in ([255], [1], [2, 3, 5, 7, 11, 13, 240], [10, 1, 0, 0, 5, 200], [len(text) - 1, 1], [0, 255]):
	    strings, at, k = [], 0, 0
	    while at < len(text):
	        strings.append('"%s"' % text[at:at + min(sizes[k % len(sizes)], 255)])
	        at, k = at + min(sizes[k % len(sizes)], 255), k + 1
	    passes(m, keys=name + ". TXT " + " ".join(strings) + "\n")
	fails("key-syntax", 1, m, keys='%s. TXT "%s" "%s"\n' % (name, text[:200], text[201:]))
	PY
}

@test "of several records, those that are no key record are dropped (RFC 6376 6.1.2)" {
	forge <<-'PY'
	spf, note = "v=spf1 include:_spf.example.org -all", "google-site-verification=x y"
	passes(chain(1, record=[spf, "v=DKIM1; p=@p"]), lint="key-several")
	passes(chain(1, record=["v=DKIM1; p=@p", spf, note]), lint="key-several")
	passes(chain(1, record=[spf] * 12 + ["p=@p"]))
	fails("key-syntax", 1, chain(1, record=[spf, note]))
	PY
}

@test "one record of several that verifies is enough (RFC 6376 6.1.2)" {
	forge <<-'PY'
	p = lambda name: base64.b64encode(key(name).public()).decode()
	wrong = ["v=DKIM1; p=" + p("rsa1024-c"), "v=DKIM1; p=", "v=DKIM1; h=sha1; p=" + p("rsa1024-c"),
	         "v=DKIM1; k=ed25519; p=" + p("ed25519-a"), "v=DKIM1; p=AAAA", "v=DKIM1; p=" + p("rsa2048-a"), "v=DKIM1; p=" + p("rsa512")]
	for w in wrong:
	    passes(chain(1, record=[w, "v=DKIM1; p=@p"]), lint="key-several")
	    passes(chain(1, record=["v=DKIM1; p=@p", w]), lint="key-several")
	passes(chain(1, record=wrong + ["v=DKIM1; p=@p"]))
	fails("signature", 1, chain(1, record=wrong[:3]))
	fails("signature", 1, chain(1, record=["v=DKIM1; p=@p"]*2).edit("Subject", 0, "A", "B"))
	PY
}

@test "CNAMEs are followed (RFC 6376 6.1.2)" {
	forge <<-'PY'
	m = chain(1)
	name = "s1._domainkey.d1.example"
	key = m.keys_file().replace(name, "key.host.example")
	passes(m, keys="%s. CNAME key.host.example.\n" % name + key)
	passes(m, keys=key + "%s. 300 IN CNAME a.host.example.\na.host.example. CNAME B.host.example.\nb.host.example. CNAME key.host.example.\n" % name)
	for line in ("CNAME nowhere.example.", "CNAME %s." % name, "CNAME a.example.\na.example. CNAME b.example.\nb.example. CNAME a.example.",
	             "CNAME a.example.\na.example. CNAME %s." % name):
	    fails("key-missing", 1, m, keys="%s. %s\n" % (name, line))
	PY
}

@test "of several records that fail, the one is told that got furthest, or the first of these (RFC 6376 6.1.2)" {
	forge <<-'PY'
	p = lambda name: base64.b64encode(key(name).public()).decode()
	other = "v=DKIM1; p=" + p("rsa1024-a")
	for records in (["v=DKIM1; p=", other], [other, "v=DKIM1; p="], ["v=DKIM1; p=", "v=DKIM1; s=tlsrpt; p=@p", other]):
	    fails("signature", 1, chain(1, record=records))
	fails("key-service", 1, chain(1, record=["v=DKIM1; s=tlsrpt; p=@p", "v=DKIM1; p="]))
	longer = "v=DKIM1; p=" + p("rsa2048-a")
	write(chain(1, record=[other, longer]), tmp("1024"))
	write(chain(1, record=[longer, other]), tmp("2048"))
	PY
	for bits in 1024 2048; do
		run -1 arc-verify --json --time 1767225600 --min-rsa-bits 4096 --keys "$BATS_TEST_TMPDIR/$bits.keys" "$BATS_TEST_TMPDIR/$bits"
		[[ $output == *'"code":"key-short"'*'"bits":'$bits,* ]]
	done
}

@test "a wildcard record that is no key record is a key syntax error (RFC 6376 6.1.2)" {
	forge <<-'PY'
	for text in ("v=spf1 -all", "", " ", "hello", "p", "=", "v=DMARC1; p=none", "\0", "日本"):
	    fails("key-syntax", 1, chain(1, record=text))
	PY
}

@test "no such name, or no TXT record there: no key, and that is final (RFC 6376 6.1.2)" {
	forge <<-'PY'
	m = chain(1)
	fails("key-missing", 1, m, keys="")
	fails("key-missing", 1, m, keys=";! s1._domainkey.d1.example. NXDOMAIN\n")
	fails("key-missing", 1, m, keys=m.keys_file().replace("s1.", "s2."))
	fails("key-missing", 2, chain(2, {2: dict(record=None)}))
	fails("key-missing", 1, chain(1, as_s="other", as_record=None), parts={"ams1": "pass", "seal1": "fail key-missing"})
	PY
}

@test "time-out, SERVFAIL, REFUSED: fail, but temporary, with a status of its own (RFC 8617 5.2.1)" {
	forge <<-'PY'
	for word in ("TIMEOUT", "SERVFAIL", "REFUSED"):
	    line = ";! %s._domainkey.d%d.example. " + word
	    code = "dns-" + word.lower()
	    tempfails(code, 1, chain(1, record=None).line(line % ("s1", 1)), parts={"ams1": "fail " + code})
	    tempfails(code, 2, chain(2, {2: dict(record=None)}).line(line % ("s2", 2)))
	    m = chain(2, {1: dict(as_s="other", as_record=None)}).line(line % ("other", 1))
	    tempfails(code, 1, m, parts={"ams1": "pass", "ams2": "pass", "seal2": "pass", "seal1": "fail " + code})
	PY
}

@test "trouble with the key of an older AMS only leaves oldest-pass unsure (RFC 8617 5.2.1)" {
	forge <<-'PY'
	m = chain(2, {1: dict(ams_s="other", ams_record=None)}).line(";! other._domainkey.d1.example. SERVFAIL")
	passes(m, oldest=2, lint="oldest-pass-unsure", parts={"ams1": "fail dns-servfail"})
	PY
}

@test "what is wrong for good is not called temporary (RFC 8617 5.2.1)" {
	forge <<-'PY'
	line = ";! s1._domainkey.d1.example. SERVFAIL"
	fails("body-hash", 1, chain(1, record=None).line(line).edit_body("ten", "two"))
	fails("field-missing", 1, chain(1, record=None).line(line).drop(AS))
	fails("signature", 2, chain(2, {1: dict(record=None)}).line(line).edit("Subject", 0, "A", "B"))
	PY
}

@test "v=, if there, is first and DKIM1 (RFC 6376 3.6.1)" {
	forge <<-'PY'
	for record in ("v=DKIM1.0; p=@p", "v=dkim1; p=@p", "k=rsa; v=DKIM1; p=@p", "p=@p; v=DKIM1", "v=DKIM1; p=@p; p=@p",
	               "v=DKIM2; p=@p", "v=; p=@p", "v=DKIM1 p=@p", "v=DKIM1, p=@p", "V=DKIM1; v=DKIM1; p=@p"):
	    fails("key-syntax", 1, chain(1, record=record))
	for record in ("p=@p", "k=rsa; p=@p", " v = DKIM1 ; p=@p", "v=DKIM1;p=@p", "p=@p;"):
	    passes(chain(1, record=record))
	PY
}

@test "k= defaults to rsa and must fit a= (RFC 6376 3.6.1, k=)" {
	forge <<-'PY'
	rsa, ed = key("rsa1024-b"), key("ed25519-a")
	b64 = lambda k: base64.b64encode(k.public()).decode()
	fails("key-type", 1, chain(1, key="ed25519-a", record="v=DKIM1; k=rsa; p=" + b64(rsa)))
	fails("key-type", 1, chain(1, key="rsa1024-b", record="v=DKIM1; k=ed25519; p=" + b64(ed)))
	fails("key-syntax", 1, chain(1, key="ed25519-a", record="v=DKIM1; p=@p"))
	for k in ("dsa", "rsa-sha256", "ed448", "x", "rsa:ed25519"):
	    fails("key-type", 1, chain(1, record="v=DKIM1; k=%s; p=@p" % k))
	passes(chain(1, record="p=@p"))
	passes(chain(1, key="ed25519-a", record="k=ed25519; p=@p"))
	PY
}

@test "h=, if there, lists sha256 (RFC 6376 3.6.1, h=)" {
	forge <<-'PY'
	for h in ("sha1", "sha512", "sha2567", "sha", "sha-256", "*", "sha1:sha384"):
	    fails("key-hash", 1, chain(1, record="v=DKIM1; h=%s; p=@p" % h))
	for h in ("sha256", "sha1 : sha256", "x:sha256", "sha256:sha1", " sha256 "):
	    passes(chain(1, record="v=DKIM1; h=%s; p=@p" % h))
	PY
}

@test "s= lists * or email (RFC 6376 3.6.1, s=)" {
	forge <<-'PY'
	for s in ("tlsrpt", "emails", "e", "mail:tlsrpt", "**"):
	    fails("key-service", 1, chain(1, record="v=DKIM1; s=%s; p=@p" % s))
	for s in ("*", "email", "tlsrpt:email", "x : *", "email:x"):
	    passes(chain(1, record="v=DKIM1; s=%s; p=@p" % s))
	PY
}

@test "t=y is a remark, t=s means nothing, others are ignored (RFC 6376 3.6.1, t=)" {
	forge <<-'PY'
	for t in ("y", "y:s:z", "s : y"):
	    passes(chain(1, record="v=DKIM1; t=%s; p=@p" % t), lint="key-testing")
	for t in ("s", "z", "yy", ""):
	    passes(chain(1, record="v=DKIM1; t=%s; p=@p" % t))
	PY
}

@test "an empty p= is a revoked key, none a syntax error (RFC 6376 3.6.1, p=)" {
	forge <<-'PY'
	for record in ("v=DKIM1; p=", "p=", "v=DKIM1; k=rsa; p= ;", "p=;"):
	    fails("key-revoked", 1, chain(1, record=record))
	for record in ("v=DKIM1", "v=DKIM1; k=rsa", "v=DKIM1; P=@p"):
	    fails("key-syntax", 1, chain(1, record=record))
	fails("key-revoked", 1, chain(1, as_s="old", as_record="p="), parts={"ams1": "pass"})
	PY
}

@test "RSA as SubjectPublicKeyInfo or as bare RSAPublicKey (RFC 6376 3.6.1, p=)" {
	forge <<-'PY'
	b64 = lambda octets: base64.b64encode(octets).decode()
	for name in ("rsa1024-b", "rsa2048-a"):
	    k = key(name)
	    passes(chain(1, key=name, record="p=" + b64(k.spki())))
	    passes(chain(1, key=name, record="p=" + b64(k.pkcs1())))
	PY
}

@test "what is not exactly an RSA key is a syntax error (RFC 6376 3.6.1, p=)" {
	forge <<-'PY'
	b64 = lambda octets: base64.b64encode(octets).decode()
	k = key("rsa1024-b")
	oid = bytes.fromhex("300d06092a864886f70d0101010500")
	for octets_ in (k.spki() + b"\0", k.pkcs1() + b"\0", k.spki()[:-1], k.pkcs1()[:-1], k.spki() + k.spki(), b"\0", b"\x30\0", b"\x30\x80",
	                der(0x30, oid, der(3, b"\0" + k.pkcs1() + b"\0")), der(0x30, k.n, k.e, 1), der(0x30, k.n), der(0x30, -0, k.n, k.e),
	                der(0x30, oid, der(3, b"\1" + k.pkcs1())), der(0x30, oid, der(4, k.pkcs1())), der(0x31, k.n, k.e),
	                k.spki()[:40] + b"\xff" * 8, bytes(200), der(0x30, k.n, 0)):
	    m = chain(1, key=k, record="p=" + b64(octets_))
	    if octets_ == der(0x30, k.n, 0):
	        fails("key-exponent", 1, m)
	    else:
	        fails("key-syntax", 1, m)
	PY
}

@test "Ed25519 keys are the raw 32 octets (RFC 8463 4.2)" {
	forge <<-'PY'
	b64 = lambda octets: base64.b64encode(octets).decode()
	k = key("ed25519-a")
	for octets_ in (k.raw[:31], k.raw + b"\0", k.raw[:1], k.raw * 2):
	    fails("key-syntax", 1, chain(1, key=k, record="k=ed25519; p=" + b64(octets_)))
	assert len(k.spki()) == 44
	fails("key-syntax", 1, chain(1, key=k, record="k=ed25519; p=" + b64(k.spki())), detail="SubjectPublicKeyInfo")
	passes(chain(1, key=k, record="k=ed25519; p=" + b64(k.raw)))
	PY
}

@test "g= and unknown tags of a key record are ignored (RFC 6376 C.2)" {
	forge <<-'PY'
	for extra in ("g=foo; ", "g=; ", "g=*; ", "n=a note; ", "zz=1; ", "x=y; n=; "):
	    passes(chain(1, record="v=DKIM1; %sp=@p" % extra))
	PY
}

@test "RSA from 1024 to 16384 bits, nothing less and nothing more (RFC 8301 3.2)" {
	forge <<-'PY'
	for name in ("rsa512", "rsa1023"):
	    fails("key-short", 1, chain(1, key=name))
	    fails("key-short", 1, chain(1, as_s="x", as_key=name), parts={"ams1": "pass"})
	for name in ("rsa1024", "rsa2048-a", "rsa4096", "rsa16384"):
	    passes(chain(1, key=name))
	fails("key-long", 1, chain(1, key="rsa16385"))
	PY
}

@test "--min-rsa-bits asks for more, never for less (RFC 8301 3.2)" {
	forge <<-'PY'
	fails("key-short", 1, chain(1, key="rsa1024"), args=["--min-rsa-bits", "1025"])
	fails("key-short", 1, chain(1, key="rsa2048-a"), args=["--min-rsa-bits", "4096"])
	passes(chain(1, key="rsa2048-a"), args=["--min-rsa-bits", "2048"])
	passes(chain(1, key="ed25519-a"), args=["--min-rsa-bits", "4096"])
	passes(chain(1, key="rsa1024"), lint="key-weak")
	PY
}

@test "a signature is as long as the modulus, PKCS #1 v1.5 over SHA-256 (RFC 6376 3.3.2)" {
	forge <<-'PY'
	short = [lambda k, d: k.sign(d)[:-1], lambda k, d: k.sign(d)[1:], lambda k, d: k.sign(d)[:64], lambda k, d: b"\0"]
	for sign in short:
	    fails("signature-length", 1, chain(1, ams_sign=sign))
	    fails("signature-length", 1, chain(1, as_sign=sign), parts={"ams1": "pass"})
	# One that begins with a zero octet, which is left off: right but short.
	stripped = lambda k, d: (k.sign(d)[0] or None) is None and k.sign(d)[1:] or None
	fails("signature-length", 1, chain(1, ams_sign=stripped))
	for sign in (lambda k, d: k.sign_pss(d), lambda k, d: k.sign(d, "sha1"), lambda k, d: k.sign(d, "sha512"),
	             lambda k, d: k.octets(k.padded(d)), lambda k, d: bytes(k.size), lambda k, d: b"\xff" * k.size,
	             lambda k, d: k.octets(1), lambda k, d: k.octets(k.n - 1), lambda k, d: k.sign(d)[::-1]):
	    fails("signature", 1, chain(1, ams_sign=sign))
	    fails("signature", 1, chain(1, as_sign=sign), parts={"ams1": "pass"})
	PY
}

@test "padding of another shape is no signature, even under e=3 (RFC 6376 3.3.2)" {
	forge <<-'PY'
	k = key("rsa1024").with_e(3)
	passes(chain(1, key=k))
	digest = lambda d: DIGEST_INFO["sha256"] + hashlib.sha256(d).digest()
	def padded(k, start, d, end=b""):
	    info = digest(d)
	    return start + b"\xff" * (k.size - len(start) - 1 - len(info) - len(end)) + b"\0" + info + end
	no_info = lambda k, d: b"\0\1" + b"\xff" * (k.size - 35) + b"\0" + hashlib.sha256(d).digest()
	blocks = [lambda k, d: b"\0\1" + b"\xff" * 8 + b"\0" + digest(d) + bytes(k.size - 11 - len(digest(d))),  # Bleichenbacher 2006
	          lambda k, d: padded(k, b"\0\2", d), lambda k, d: padded(k, b"\0\0", d), lambda k, d: padded(k, b"\0\1", d, b"\0"), no_info,
	          lambda k, d: padded(k, b"\0\1", d).replace(b"\x05\0\x04\x20", b"\x04\x20\x05\0"),
	          lambda k, d: padded(k, b"\0\1\xfe", d)]
	for block in blocks:
	    sign = lambda k, d: k.octets(k.root(int.from_bytes(block(k, d), "big")))
	    fails("signature", 1, chain(1, key=k, ams_sign=sign))
	PY
}

@test "Ed25519 signs the digest, not the text (RFC 8463 3)" {
	forge <<-'PY'
	passes(chain(2, key="ed25519-a"))
	text = lambda k, d: k.sign_raw(d)
	fails("signature", 1, chain(1, key="ed25519-a", ams_sign=text))
	fails("signature", 1, chain(1, key="ed25519-a", as_sign=text), parts={"ams1": "pass"})
	fails("signature", 1, chain(1, key="ed25519-a", ams_sign=lambda k, d: k.sign_raw(hashlib.sha512(d).digest())))
	for sign in (lambda k, d: k.sign(d)[:63], lambda k, d: k.sign(d) + b"\0", lambda k, d: k.sign(d)[:32]):
	    fails("signature-length", 1, chain(1, key="ed25519-a", ams_sign=sign))
	PY
}
