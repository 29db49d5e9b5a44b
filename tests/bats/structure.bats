#!/usr/bin/env bats
# The shape of the chain (RFC 8617 section 5.2, steps 1 to 3).
# SPDX-License-Identifier: BSD-2-Clause
load helper

@test "no ARC field: none (RFC 8617 5.2, step 1)" {
	forge <<-'PY'
	has_none(Message())
	has_none(Message(body=None))
	has_none(Message(header="From: a@example.org\n", body=""))
	has_none(Message().top("Authentication-Results: d1.example; arc=pass").top("DKIM-Signature: v=1; b="))
	PY
}

@test "one such field, however broken, is never none (RFC 8617 5.2, step 1)" {
	forge <<-'PY'
	for name, syntax in ((AAR, "aar-syntax"), (AMS, "field-syntax"), (AS, "field-syntax")):
	    for value in ("", " ", " x", " \0", " \udcff", ";", " \n folded", " i", " =1", " 1"):
	        fails(syntax, None, Message().top(name + ":" + value))
	    for value in (" i=;", " i=0;", " i=51;"):
	        fails("instance-syntax", None, Message().top(name + ":" + value))
	    for value in (" i=1;", " i = 01 ;\n "):
	        fails("field-missing", 1, Message().top(name + ":" + value))
	fails("field-missing", 1, Message().top("ARC-Seal: i=1"))
	fails("instance-gap", 1, Message().top("ARC-Seal: i=2"))
	PY
}

@test "an instance is one or two digits, 1 to 50 (RFC 8617 4.2.1)" {
	forge <<-'PY'
	for i in ("0", "00", "51", "99", "001", "-1", "+1", "1.0", "a", "", "1x", "0x1", "4294967297", "257", "\"1\"", "1,2"):
	    fails("instance-syntax", None, chain(1, ams={"i": i}))
	    fails("instance-syntax", None, chain(1, as_={"i": i}))
	    fails("instance-syntax", None, chain(1, aar=swap("i=1;", "i=%s;" % i)))
	    fails("instance-syntax", None, chain(1, ams={"i": i}, as_={"i": i}, aar=swap("i=1;", "i=%s;" % i)))
	    fails("instance-syntax", None, chain(2, {2: dict(ams={"i": i}, as_={"i": i}, aar=swap("i=2;", "i=%s;" % i))}))
	for i in ("1 0", "１", "١"):
	    fails("instance-syntax", None, chain(1, ams={"i": i}))
	    fails("instance-syntax", None, chain(1, as_={"i": i}))
	    fails("aar-syntax", None, chain(1, aar=swap("i=1;", "i=%s;" % i)))
	fails("instance-syntax", None, chain(1, ams={"i": None}))
	fails("instance-syntax", None, chain(1, as_={"i": None}))
	fails("aar-syntax", None, chain(1, aar=swap("i=1; ", "")))
	for i in ("1\0", "1\0 2", "\0" + "1"):
	    fails("field-syntax", None, chain(1, ams={"i": i}))
	    fails("field-syntax", None, chain(1, as_={"i": i}))
	PY
}

@test "01 is 1 (RFC 8617 4.2.1)" {
	forge <<-'PY'
	passes(chain(1, aar=swap("i=1;", "i=01;"), ams={"i": "01"}, as_={"i": "01"}))
	passes(chain(2, {1: dict(as_={"i": "01"}), 2: dict(aar=swap("i=2;", "i=02;"))}))
	fails("field-twice", 1, chain(1).top("ARC-Seal: i=01; cv=none"))
	PY
}

@test "in the AAR, i= comes first, then ; (RFC 8617 4.1.1)" {
	forge <<-'PY'
	for text in ("d1.example; i=1; spf=pass", "i=1 d1.example; spf=pass", "; i=1; d1.example", "x=1; i=1; d1.example",
	             "I=1; d1.example", "i:1; d1.example", "i=1, d1.example", "i=1: d1.example", "ii=1; d1.example", "\"i\"=1; d1.example"):
	    fails("aar-syntax", None, chain(1, aar=text))
	for text in ("i=1;d1.example", "i=1;", "\n i\n =\n\t1\n ; d1.example; none", " \t i = 1 ; d1.example"):
	    passes(chain(1, aar=text))
	PY
}

@test "in AMS and AS, i= may stand anywhere, with a remark (RFC 8617 4.1.1)" {
	forge <<-'PY'
	last = lambda t: t.replace("i=1; ", "") + "; i=1"
	middle = lambda t: t.replace("i=1; ", "").replace("; d=", "; i=1; d=")
	for change in (last, middle):
	    passes(chain(1, ams=change), lint="instance-not-first")
	    passes(chain(1, as_=change), lint="instance-not-first")
	fails("field-missing", 1, chain(1, ams=change).drop(AS))
	PY
}

@test "comments may stand around the parts of a leading instance (RFC 8617 4.1.1)" {
	forge <<-'PY'
	for lead in ("(x) i=1;", "(a (nested) \\) one)i(b)=(c)1(d);", "i (\n folded) = 1;", "(\"(\")) ( ) i=1;", "() i=1;"):
	    passes(chain(1, as_=swap("i=1;", lead)))
	    passes(chain(1, ams=swap("i=1;", lead)))
	    passes(chain(1, aar=swap("i=1;", lead)))
	for lead in ("(x i=1;", "x) i=1;", "(x) (i=1;", "(a (b) i=1;", "(x\\) i=1;"):
	    fails("field-syntax", None, chain(1, as_=swap("i=1;", lead)))
	    fails("aar-syntax", None, chain(1, aar=swap("i=1;", lead)))
	fails("instance-syntax", None, chain(1, as_=swap("i=1;", "i=1 (x;")))
	PY
}

@test "comments nested deep are read without recursion (RFC 8617 4.1.1)" {
	forge <<-'PY'
	deep = "(" * 300000 + ")" * 300000
	passes(chain(1, as_=lambda t: deep + t, ams=lambda t: deep + t, aar=lambda t: deep + t, fold=False))
	fails("aar-syntax", None, chain(1, aar=lambda t: deep[:-1] + t, fold=False))
	PY
}

@test "a comment anywhere else is no comment (RFC 8617 4.1.1)" {
	forge <<-'PY'
	fails("cv-syntax", 1, chain(1, as_=swap("cv=none", "cv=none (x)")))
	fails("algorithm", 1, chain(1, ams=swap("a=rsa-sha256", "a=(x) rsa-sha256")))
	fails("field-syntax", None, chain(1, ams=swap("; a=", "; (x) a=")))
	fails("field-syntax", None, chain(1, as_=lambda t: t + "; (x)"))
	fails("instance-syntax", None, chain(1, as_=lambda t: t.replace("i=1; ", "") + "; i=1 (x)"))
	PY
}

@test "a set without one of its fields fails (RFC 8617 5.2, step 3A)" {
	forge <<-'PY'
	for name in (AAR, AMS, AS):
	    for n in (1, 2, 3):
	        for i in range(1, n + 1):
	            fails("field-missing", i, chain(n).drop(name, i))
	fails("field-missing", 1, chain(1).drop(AAR).drop(AMS))
	fails("field-missing", 1, chain(1).drop(AAR).drop(AS))
	fails("field-missing", 1, chain(1).drop(AMS).drop(AS))
	PY
}

@test "a field doubled fails, even octet for octet (RFC 8617 5.2, step 3A)" {
	forge <<-'PY'
	for name in (AAR, AMS, AS):
	    for n in (1, 2):
	        for i in range(1, n + 1):
	            fails("field-twice", i, chain(n).double(name, i))
	            fails("field-twice", i, chain(n).double(name, i, below=True))
	m = chain(1)
	fails("field-twice", 1, m.double(AAR, 1).double(AMS, 1).double(AS, 1))
	fails("field-twice", 1, chain(1).seal(i=1, cv="none"))
	PY
}

@test "instances are 1 to N without a gap (RFC 8617 5.2, step 3B)" {
	forge <<-'PY'
	fails("instance-gap", 2, chain(2, {2: dict(i=3, scope="A1 M1 S1 A3 M3")}))
	fails("instance-gap", 1, chain(0).seal(i=2, cv="pass", scope="A2 M2"))
	fails("instance-gap", 1, chain(0).seal(i=50, cv="pass", scope="A50 M50"))
	fails("instance-gap", 2, chain(3).drop_set(2))
	fails("instance-gap", 1, chain(3).drop_set(1))
	passes(chain(3).drop_set(3))
	PY
}

@test "order on the page means nothing (RFC 8617 4.2.1)" {
	forge <<-'PY'
	shuffle = lambda salt: lambda f: hashlib.sha256(salt + f.raw).digest() if f.instance else b"\x80"
	for c in ("simple/simple", "relaxed/relaxed"):
	    m = chain(3, ams={"c": c})
	    for salt in range(8):
	        passes(m.copy().order(shuffle(b"%d" % salt)))
	    passes(m.copy().order(lambda f: f.instance))
	    passes(m.copy().order(lambda f: bool(f.instance)))
	    fails("signature", 3, m.order(shuffle(b"x")).edit(AAR, 3, "spf=pass", "spf=fail"), parts={"ams3": "pass"})
	for order in ("AMS", "MAS", "ASM", "SAM", "MSA"):
	    passes(chain(2, order=order))
	PY
}

@test "fifty sets pass, fifty-one fail (RFC 8617 5.2, step 1)" {
	forge <<-'PY'
	m = chain(50)
	passes(m, instances=50)
	fails("too-many-sets", None, m.copy().seal())
	# One field with i=51 is no set more but a field that belongs to none.
	fails("instance-syntax", None, m.top("ARC-Seal: i=51; cv=pass").drop_set(50))
	PY
}

@test "fifty sets under one key (RFC 8617 5.2, step 1)" {
	forge <<-'PY'
	passes(chain(50, key="rsa1024", d="one.example", s="s"), instances=50)
	PY
}

@test "two seals of one instance are duplicates, whatever their algorithms (RFC 8617 5.2, step 3A)" {
	forge <<-'PY'
	m = chain(1)
	ed = chain(1, as_key="ed25519-a", as_s="ed")
	passes(ed)
	m.fields.insert(0, ed.field(AS, 1))
	m.records.update(ed.records)
	fails("field-twice", 1, m)
	PY
}

@test "a field that belongs to no set fails the chain (RFC 8617 5.2, step 3)" {
	forge <<-'PY'
	for text, code in (("ARC-Seal: garbage", "field-syntax"), ("ARC-Seal: i=1; a", "field-syntax"),
	                   ("ARC-Message-Signature: i=2; =", "field-syntax"), ("ARC-Seal: i=77; cv=pass", "instance-syntax"),
	                   ("ARC-Message-Signature: a=rsa-sha256", "instance-syntax"),
	                   ("ARC-Authentication-Results: d1.example; none", "aar-syntax"),
	                   ("ARC-Authentication-Results: i=0; d1.example", "instance-syntax")):
	    fails(code, None, chain(2).top(text))
	    fails(code, None, chain(2).bottom(text))
	    fails(code, None, Message().bottom(text).seal().seal())
	PY
}

@test "the newest seal says cv=fail: fail at once, nothing else looked at (RFC 8617 5.2, step 2)" {
	forge <<-'PY'
	unchecked = {"ams1": "unchecked", "seal1": "unchecked"}
	fails("seal-cv-fail", 1, chain(1, cv="fail"), parts=unchecked)
	fails("seal-cv-fail", 1, chain(1, cv="fail", record=None), parts=unchecked)
	fails("seal-cv-fail", 2, chain(1).seal(cv="fail"), parts=unchecked)
	fails("seal-cv-fail", 3, chain(2).seal(cv="fail", scope="A1 M1 S1 A2 M2 S2 A3 M3"), parts=unchecked)
	# Step 2 comes before step 3: what else is wrong is not looked at.
	fails("seal-cv-fail", 2, chain(1).drop(AMS).seal(cv="fail"))
	fails("seal-cv-fail", 3, chain(2, {2: dict(cv="fail")}).seal(cv="fail"))
	fails("seal-cv-fail", 3, chain(2).seal(cv="fail").drop_set(2))
	fails("seal-cv-fail", 1, chain(1, cv="fail", as_=add("h=from;")))
	PY
}

@test "cv is none at i=1 and pass above (RFC 8617 5.2, step 3C)" {
	forge <<-'PY'
	fails("cv-wrong", 1, chain(1, cv="pass"))
	fails("cv-wrong", 1, chain(2, {1: dict(cv="pass")}))
	fails("cv-wrong", 2, chain(2, {2: dict(cv="none")}))
	fails("cv-wrong", 2, chain(3, {2: dict(cv="none")}))
	fails("cv-wrong", 1, chain(2, {1: dict(cv="fail")}))
	fails("cv-wrong", 2, chain(3, {2: dict(cv="fail")}))
	for n in (1, 2):
	    for cv in ("", ":)", "unknown", "passed", "nones", "p", "0", "pass,none", "\"pass\"", "temperror"):
	        fails("cv-syntax", n, chain(n, {n: dict(cv=cv)}))
	        fails("cv-syntax", n, chain(n + 1, {n: dict(cv=cv)}))
	    fails("cv-syntax", n, chain(n, {n: dict(as_={"cv": None})}))
	PY
}

@test "what steps 1 to 3 decide, they decide without a key (RFC 8617 5.2, 9.2)" {
	forge <<-'PY'
	missing = dict(record=None)
	fails("field-missing", 1, chain(1, **missing).drop(AAR))
	fails("field-twice", 2, chain(2, **missing).double(AS, 2))
	fails("instance-gap", 2, chain(3, **missing).drop_set(2))
	fails("cv-wrong", 2, chain(2, {2: dict(cv="none")}, **missing))
	fails("seal-h-tag", 1, chain(1, as_=add("h=from;"), **missing))
	fails("instance-syntax", None, chain(1, as_={"i": "0"}, **missing))
	fails("field-syntax", None, chain(1, as_=add("=;"), **missing))
	fails("too-many-sets", None, chain(51, key="rsa512", **missing))
	fails("key-missing", 2, chain(2, **missing))  # so it would have been asked for
	PY
}
