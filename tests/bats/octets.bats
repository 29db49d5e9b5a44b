#!/usr/bin/env bats
# Octets and the header block.
# SPDX-License-Identifier: BSD-2-Clause
load helper

@test "a message stored with LF ends reads as if each were CRLF (RFC 6376 5.3)" {
	forge <<-'PY'
	for c in ("relaxed/relaxed", "simple/simple", "relaxed/simple", "simple/relaxed"):
	    m = chain(2, ams={"c": c})
	    passes(m)
	    passes(m, octets=m.lf())
	PY
}

@test "the body hash found is the same for LF and for CRLF (RFC 6376 5.3)" {
	forge <<-'PY'
	for c in ("simple", "relaxed"):
	    m = chain(1, ams={"c": "relaxed/" + c})
	    m.body = octets("Other  words \n\nthan were signed\n\n\n")
	    found = "the body gives " + body_hash(c, m.body)
	    fails("body-hash", 1, m, detail=found)
	    fails("body-hash", 1, m, detail=found, octets=m.lf())
	PY
}

@test "a bare LF in a CRLF message is a line end (RFC 6376 5.3)" {
	forge <<-'PY'
	for c in ("simple/simple", "relaxed/relaxed"):
	    m = chain(1, ams={"c": c}, body=b"one\ntwo\r\nthree\n\n\r\n")
	    passes(m)
	    m.rewrite("From", 0, lambda raw: raw.replace(b"\r\n", b"\n"))
	    passes(m)
	    m.rewrite(AMS, 1, lambda raw: raw.replace(b"\r\n", b"\n", 1))
	    passes(m)
	    # and the line that ends the header
	    passes(m, octets=m.octets().replace(b"\r\n\r\n", b"\r\n\n", 1))
	    passes(m, octets=m.octets().replace(b"\r\n\r\n", b"\n\n", 1))
	PY
}

@test "a bare CR in the body is an octet, neither line end nor white space (RFC 6376 5.3)" {
	forge <<-'PY'
	for c in ("simple", "relaxed"):
	    how = dict(ams={"c": "relaxed/" + c})
	    for body in (b"a\rb\r\n", b"a\r", b"a\r\r\n", b"a \r \r\nb\r\n", b"\r", b"\r\r\n\r\n", b"\r\n\r"):
	        passes(chain(1, body=body, **how))
	    m = chain(1, body=b"a\rb\r\n", **how)
	    for other in (b"a\r\nb\r\n", b"a b\r\n", b"ab\r\n", b"a\nb\r\n"):
	        m.body = other
	        fails("body-hash", 1, m)
	PY
}

@test "a bare CR is no white space around the instance of a field (RFC 6376 5.3)" {
	forge <<-'PY'
	for lead in ("\r i=1;", "i\r=1;", "i=\r1;", "i=1\r;"):
	    fails("aar-syntax", None, chain(1, aar=swap("i=1;", lead)))
	    fails("field-syntax", None, chain(1, as_=swap("i=1;", lead)))
	PY
}

@test "a bare CR in a header field is an octet that stays (RFC 6376 5.3)" {
	forge <<-'PY'
	for c in ("simple/simple", "relaxed/relaxed"):
	    m = Message().drop("Subject")
	    m.fields.append(Field(b"Subject: a \r b\r\r\n"))
	    m.seal(ams={"c": c})
	    passes(m)
	    fails("signature", 1, m.copy().edit("Subject", 0, b"a \r b", b"a b"))
	    fails("signature", 1, m.copy().edit("Subject", 0, b"\r\r\n", b"\r\n"))
	PY
}

@test "a header without an empty line has no body (RFC 6376 3.4.3)" {
	forge <<-'PY'
	for c, bh in (("simple", "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY="),
	              ("relaxed", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")):
	    m = chain(1, body=b"", ams={"c": "relaxed/" + c, "bh": bh})
	    passes(m)
	    m.body = None
	    passes(m)
	    passes(m, octets=m.octets()[:-2])  # nor a last line end
	    passes(m, octets=m.lf()[:-1])
	PY
}

@test "the first empty line ends the header; ARC fields below it are body (RFC 6376 3.4.3)" {
	forge <<-'PY'
	m = Message(body=b"ARC-Seal: i=1; cv=none\r\n\r\nFrom: b@example.org\r\n")
	has_none(m)
	passes(m.seal())
	# A line of white space is not empty: it continues the field above.
	m = Message()
	m.fields.append(Field(b"X-Last: folded\r\n \t\r\n"))
	passes(m.seal(ams={"h": "from:x-last"}))
	PY
}

@test "white space before the colon is tolerated (RFC 5322 2.2, 4.5)" {
	forge <<-'PY'
	passes(chain(1, as_name="ARC-Seal : "))
	passes(chain(2, as_name="ARC-Seal \t:", ams_name=AMS + " :", aar_name=AAR + "\t: "))
	fails("field-twice", 1, chain(1).top("ARC-Seal : i=1; cv=none"))
	PY
}

@test "simple keeps white space before the colon, relaxed removes it (RFC 5322 2.2, 4.5)" {
	forge <<-'PY'
	for c in ("simple/simple", "relaxed/relaxed"):
	    m = Message(header=HEADER.replace("Subject:", "Subject \t :"))
	    m.seal(ams={"c": c})
	    passes(m)
	    m.edit("Subject", 0, "Subject \t :", "Subject:")
	    passes(m) if c[0] == "r" else fails("signature", 1, m)
	PY
}

@test "a field name is any of the octets 33 to 126 but the colon (RFC 5322 2.2, 4.5)" {
	forge <<-'PY'
	name = "".join(chr(c) for c in range(33, 127) if chr(c) not in ":;")
	m = Message().top(name + ": value").seal(ams={"h": "from:" + name})
	passes(m)
	fails("signature", 1, m.edit(name, 0, "value", "other"))
	PY
}

@test "a header line that is no field fails the chain (RFC 6376 3.8)" {
	forge <<-'PY'
	for line in (b"this is no field", b": no name", b"two words: x", b"F\xc3\xbc: x",
	             b"F\xfc: x", b"no colon\r\n at all: x", b"X\0Y: x", b"From ann Thu Oct  9", b"\x7f: x"):
	    fails("header-syntax", None, chain(1).bottom(line.decode("utf-8", "surrogateescape")))
	    m = chain(1)
	    m.fields.insert(3, Field(line))
	    fails("header-syntax", None, m)
	PY
}

@test "a first line that is neither a field nor an mbox line is no message (RFC 6376 3.8)" {
	forge <<-'PY'
	for line in (b"this is no field", b": no name", b"two words: x", b"F\xc3\xbc: x", b"X\0Y: x", b"From ann Thu Oct  9"):
	    m = chain(1)
	    m.fields.insert(0, Field(line))
	    no_verdict(65, "no-message", m)
	no_verdict(65, "no-message", Message(), octets=b"this is no field\r\n" + Message().octets())
	PY
}

@test "a continuation as the first line is no message (RFC 6376 3.8)" {
	forge <<-'PY'
	m = chain(1)
	no_verdict(65, "no-message", m, octets=b" continued\r\n" + m.octets())
	no_verdict(65, "no-message", m, octets=b"\tx: y\r\n" + m.octets())
	m.mbox = b"From ann@author.example Thu Oct  9 08:53:20 2025\r\n"
	no_verdict(65, "no-message", m, octets=m.octets().replace(b"2025\r\n", b"2025\r\n x\r\n"))
	PY
}

@test "without any ARC field such a line changes nothing: none (RFC 6376 3.8)" {
	forge <<-'PY'
	has_none(Message().bottom("this is no field"))
	has_none(Message().bottom("this is no field").bottom("nor this"))
	PY
}

@test "the mbox line is skipped and hashed nowhere" {
	forge <<-'PY'
	for c in ("simple/simple", "relaxed/relaxed"):
	    m = chain(2, ams={"c": c, "h": "from:from:to"}, body="Hello\n>From here on\n")
	    m.mbox = b"From ann@author.example Thu Oct  9 08:53:20 2025\r\n"
	    passes(m)
	    passes(m, octets=m.lf())
	    m.edit_body(">From", "From")
	    fails("body-hash", 2, m)
	PY
}

@test "octets 128 to 255 pass through untouched (RFC 6376 3.4.2; RFC 6532 3.2)" {
	forge <<-'PY'
	every = "".join(chr(0xdc00 + c) for c in range(128, 256))
	for text in ("Caf\udce9", "Café 日本語", every):
	    m = Message(header=HEADER.replace("A proposal", text), body=text + "\n").seal()
	    passes(m)
	    fails("signature", 1, m.copy().edit("Subject", 0, text[-2:], text[-2:-1] + "\udcff!"))
	    fails("body-hash", 1, m.copy().edit_body(text[-2:], text[-2:-1] + "\udcff!"))
	# Upper and lower case of Latin-1 and of UTF-8 are other octets; no-break
	# space is not white space.
	m = Message(header=HEADER.replace("Subject: ", "Subject: \udcc4 Ä \udca0 x \udc85")).seal()
	passes(m)
	fails("signature", 1, m.copy().edit("Subject", 0, b"\xc4 ", b"\xe4 "))
	fails("signature", 1, m.copy().edit("Subject", 0, "Ä", "ä"))
	fails("signature", 1, m.copy().edit("Subject", 0, b"\xa0 ", b""))
	PY
}

@test "NUL in a signed field and in the body is an octet like any other (RFC 6376 3.2)" {
	forge <<-'PY'
	for c in ("simple/simple", "relaxed/relaxed"):
	    m = Message(header=HEADER.replace("proposal", "pro\0posal"), body="a\0b\n\0\n").seal(ams={"c": c})
	    passes(m)
	    fails("signature", 1, m.copy().edit("Subject", 0, "posal", "posers"))
	    fails("signature", 1, m.copy().edit("Subject", 0, "\0posal for Tuesday", ""))
	    fails("body-hash", 1, m.copy().edit_body("\0b", "\0c"))
	    m.body = m.body[:1]
	    fails("body-hash", 1, m)
	PY
}

@test "other controls in a signed field are octets, too (RFC 6376 3.2)" {
	forge <<-'PY'
	for c in (1, 8, 11, 12, 27, 31, 127):
	    m = Message(header=HEADER.replace("proposal", "pro%c posal %c" % (c, c))).seal()
	    passes(m)
	    fails("signature", 1, m.edit("Subject", 0, "%c posal" % c, " posal"))
	PY
}

@test "a control in an AMS or AS is a syntax error (RFC 6376 3.2)" {
	forge <<-'PY'
	for c in (0, 1, 8, 11, 12, 13, 14, 27, 31, 127):
	    for where in ("; zz=a%cb;" % c, "; z%cz=a;" % c, "; zz=%c;" % c, ";%c zz=a;" % c):
	        fails("field-syntax", None, chain(1, as_=swap("; t=", where + " t=")))
	        fails("field-syntax", None, chain(1, ams=swap("; t=", where + " t=")))
	fails("field-syntax", None, chain(2, {1: dict(ams=add("zz=\0;"))}))
	PY
}

@test "a control in a comment before the instance is one, too, and what is not UTF-8 (RFC 6376 3.2)" {
	forge <<-'PY'
	for inside in (*"\0\1\33\177", "\udcff", "\udcc3"):
	    for lead in ("(%s) i=1;", "i (%s)=1;", "i=(%s) 1;", "i=1 (%s);"):
	        fails("field-syntax", None, chain(1, as_=swap("i=1;", lead % inside)))
	        fails("field-syntax", None, chain(1, ams=swap("i=1;", lead % inside)))
	passes(chain(1, as_=swap("i=1;", "(é\n\t) i=1;"), ams=swap("i=1;", "i=1 (é\n );")))
	PY
}

@test "a control in an AAR payload is an octet that the seals cover (RFC 6376 3.2)" {
	forge <<-'PY'
	for c in (0, 1, 11, 12, 13, 27, 127):
	    m = chain(2, aar=lambda t: t + "; x=%c y" % c)
	    passes(m)
	    fails("signature", 2, m.edit(AAR, 1, "x=%c y" % c, "x= y"))
	PY
}

@test "an ARC field over 1 MiB is no verdict (RFC 8617 9.1, 9.2)" {
	forge <<-'PY'
	pad = lambda n: add("zz=" + "a" * n + ";")
	passes(chain(1, as_=pad((1 << 20) - 600)))
	passes(chain(1, ams=pad((1 << 20) - 800)))
	for how in (dict(as_=pad(1 << 20)), dict(ams=pad(1 << 20)), dict(aar=lambda t: t + "a" * (1 << 20))):
	    no_verdict(65, "limit-field", chain(1, **how))
	no_verdict(65, "limit-field", chain(1), octets=b"ARC-Seal: i=1; " + b"a" * (10 << 20))
	# Another field may be longer.
	passes(Message().top("X-Long: " + "a" * (2 << 20)).seal(ams={"h": "from:x-long"}))
	PY
}

@test "a header over 16 MiB is no verdict (RFC 8617 9.1, 9.2)" {
	forge <<-'PY'
	m = chain(1)
	m.fields.append(Field(b"X-Long: " + b"a" * (15 << 20)))
	passes(m)
	m.fields.append(Field(b"X-Long: " + b"a" * (1 << 20)))
	no_verdict(65, "limit-header", m)
	PY
}

@test "more than 100,000 fields are no verdict (RFC 8617 9.1, 9.2)" {
	forge <<-'PY'
	m = chain(1)
	few = len(m.fields)
	m.fields.extend([Field(b"X: y")] * (100000 - few))
	passes(m)
	m.fields.append(Field(b"X: y"))
	no_verdict(65, "limit-fields", m)
	PY
}

@test "input without end is refused, and not read on (RFC 8617 9.1, 9.2)" {
	run -65 bash -c "yes 'X-Header: line' | arc-verify --keys /dev/null"
	[[ $output == *'[limit-'* ]] # whichever comes first
	run -65 bash -c "{ printf ARC-Seal:; yes | tr -d '\n'; } | arc-verify --keys /dev/null"
	[[ $output == *'[limit-field]'* ]]
	run -65 bash -c "{ printf X:; yes | tr -d '\n'; } | arc-verify --keys /dev/null"
	[[ $output == *'[limit-header]'* ]]
}

@test "ARC field names count in any case (RFC 6376 3.5, h=)" {
	forge <<-'PY'
	passes(chain(2, as_name="arc-SEAL: ", ams_name="Arc-message-signature: ", aar_name=AAR.upper() + ": "))
	fails("field-twice", 1, chain(1).top("aRC-sEAL: i=1; cv=none"))
	fails("field-syntax", None, Message().top("ARC-SEAL: x"))
	PY
}

@test "names in h= match in any case and as a whole (RFC 6376 3.5, h=)" {
	forge <<-'PY'
	header = HEADER + "Topic: t\nDatestamp: d\nT: t\nFrom-X: f\n"
	for h in ("to:date:from", "TO:dAtE:From"):
	    m = Message(header=header).seal(ams={"h": h})
	    passes(m)
	    passes(m.copy().edit("Topic", 0, ": t", ": u").edit("Datestamp", 0, ": d", ": e")
	           .edit("T", 0, ": t", ": u").edit("From-X", 0, ": f", ": g"))
	    fails("signature", 1, m.edit("Date", 0, "2025", "2026"))
	m = Message(header=header).seal(ams={"h": "from:to:date"}, h="from:topic:datestamp")
	fails("signature", 1, m)
	PY
}

@test "a name that only begins or ends like an ARC field is none (RFC 6376 3.5, h=)" {
	forge <<-'PY'
	for name in ("ARC-Sea", "ARC-Seals", "X-ARC-Seal", "ARC-Seal-X", "ARC_Seal", "ARC", AMS + "s", AAR[1:]):
	    has_none(Message().top(name + ": i=1; cv=none"))
	    passes(chain(1).top(name + ": i=1; cv=none"))
	PY
}

@test "the body is hashed as transmitted (RFC 6376 3.7)" {
	forge <<-'PY'
	header = HEADER + "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
	qp = "caf=C3=A9 and a soft=\n break =20\n=\n.\n..two dots\n."
	m = Message(header=header + "quoted-printable\n", body=qp).seal()
	passes(m)
	for old, new in (("=C3=A9", "=c3=a9"), ("soft=\n break", "soft break"), (" =20", "  "), ("..two", ".two"), ("\n.\n", "\n..\n")):
	    fails("body-hash", 1, m.copy().edit_body(old, new))
	m = Message(header=header + "base64\n", body="SGVs\nbG8=\n").seal()
	passes(m)
	fails("body-hash", 1, m.edit_body("SGVs\nbG8=", "SGVsbG8="))
	PY
}
