#!/usr/bin/env bats
# ARC-Seal (RFC 8617 sections 4.1.3, 5.1.1).
# SPDX-License-Identifier: BSD-2-Clause
load helper

@test "a tag that must be there is missing or empty: fail at that seal (RFC 8617 4.1.3)" {
	forge <<-'PY'
	for tag in ("a", "d", "s"):
	    for change in ({tag: None}, {tag: ""}):
	        fails("tag-missing", 1, chain(1, as_=change), parts={"ams1": "pass", "seal1": "fail tag-missing"})
	        fails("tag-missing", 1, chain(2, {1: dict(as_=change)}), parts={"seal2": "pass"})
	        fails("tag-missing", 2, chain(2, {2: dict(as_=change)}), parts={"ams2": "pass", "seal1": "unchecked"})
	fails("tag-missing", 1, chain(1, as_=lambda t: t.replace("; b=@b", "")))
	fails("tag-missing", 1, chain(1, as_b=lambda b: ""))
	PY
}

@test "t= in a seal is optional (RFC 8617 4.1.3)" {
	forge <<-'PY'
	passes(chain(2, as_={"t": None}), lint="time-missing")
	PY
}

@test "an h= in any seal fails the chain at step 3, an empty one too (RFC 8617 4.1.3)" {
	forge <<-'PY'
	for h in ("h=from;", "h=;", "h = from:to ;", "h=arc-seal;"):
	    fails("seal-h-tag", 1, chain(1, as_=add(h), record=None))
	    fails("seal-h-tag", 1, chain(2, {1: dict(as_=add(h))}, record=None), parts={"ams2": "unchecked"})
	    fails("seal-h-tag", 2, chain(2, {2: dict(as_=add(h))}, record=None))
	passes(chain(2, as_=add("H=from; hh=from; xh=to;")))
	PY
}

@test "tags of DKIM that a seal does not define are ignored but hashed (RFC 8617 4.1.3)" {
	forge <<-'PY'
	for extra in ("c=simple/simple;", "c=bogus;", "x=1;", "x=icecream;", "bh=AAAA;", "bh=!;", "l=0;", "l=x;", "q=http/x;", "v=2;", "z=From:x;", "c=;"):
	    passes(chain(2, as_=add(extra)))
	fails("signature", 1, chain(1, as_=add("x=1;")).edit(AS, 1, "x=1", "x=2"))
	PY
}

@test "the header canonicalization of a seal is relaxed, always (RFC 8617 4.1.3)" {
	forge <<-'PY'
	recase = lambda raw: raw.split(b":", 1)[0].swapcase() + b" : " + raw.split(b":", 1)[1]
	m = chain(2)
	for name in (AAR, AMS, AS):
	    for i in (1, 2):
	        m.rewrite(name, i, refold).rewrite(name, i, recase)
	passes(m)
	# An AMS that is simple does not survive that; the seals do.
	m = chain(2, {1: dict(ams={"c": "simple/simple"})}).rewrite(AMS, 1, recase)
	passes(m, oldest=2, parts={"ams1": "fail signature", "seal2": "pass", "seal1": "pass"})
	fails("signature", 1, chain(1, as_c="simple"), parts={"ams1": "pass"})
	fails("signature", 1, chain(1, as_c="simple", as_=add("c=simple/simple;")))
	PY
}

@test "white space inside the b= of an earlier field is covered as one blank (RFC 8617 4.1.3)" {
	forge <<-'PY'
	# The AMS verifies, as its own b= is emptied; the seal over it does not.
	join = lambda raw: re.sub(rb"(?<=[\w/+])\r\n (?=[\w/+]+=?)", b"", raw)
	m = chain(1).rewrite(AMS, 1, join)
	fails("signature", 1, m, parts={"ams1": "pass", "seal1": "fail signature"})
	m = chain(2).rewrite(AS, 1, join)
	fails("signature", 2, m, parts={"ams2": "pass"})
	passes(chain(2).rewrite(AS, 2, join))
	PY
}

@test "a seal covers all sets up to its own, in order (RFC 8617 5.1.1)" {
	forge <<-'PY'
	for n in (1, 2, 3, 4, 5):
	    passes(chain(n))
	wrong = {
	    "M1 A1": 1, "A1": 1, "M1": 1, "": 1, "A1 A1 M1": 1, "A1 M1 M1": 1,
	    "A2 M2": 2, "A2 M2 A1 M1 S1": 2, "A1 M1 A2 M2": 2, "A1 M1 S1 M2 A2": 2, "S1 M1 A1 A2 M2": 2,
	    "A1 S1 M1 A2 M2": 2, "A1 A2 M1 M2 S1": 2, "M1 S1 A2 M2": 2, "A1 M1 S1- A2 M2": 2, "A1 M1 S1 A2": 2,
	    "A1 M1 S1 S1 A2 M2": 2,
	    "A2 M2 S2 A1 M1 S1 A3 M3": 3, "A2 M2 S2 A3 M3": 3, "A1 M1 S1- A2 M2 S2- A3 M3": 3, "A3 M3": 3,
	    "A1 M1 S1 A2 M2 S2- A3 M3": 3,
	}
	for scope, i in wrong.items():
	    for n in (i, i + 1):
	        parts = {"ams%d" % n: "pass", "seal%d" % i: "fail signature"}
	        fails("signature", i, chain(n, {i: dict(scope=scope)}), parts=parts)
	PY
}

@test "the seal itself goes in with b= emptied and without CRLF (RFC 8617 5.1.1)" {
	forge <<-'PY'
	fails("signature", 1, chain(1, own_crlf=True))
	fails("signature", 2, chain(2, {2: dict(own_crlf=True)}))
	passes(chain(2, as_b=lambda b: " " + fold_base64(b, 40) + "\n\t"))
	m = chain(2).rewrite(AS, 1, lambda raw: re.sub(rb"(?s)\bb=.*", b"b=\r\n", raw))
	fails("signature", 2, m, parts={"seal2": "fail signature"})
	PY
}

@test "every octet of an earlier set is covered (RFC 8617 5.1.1)" {
	forge <<-'PY'
	for name in (AAR, AMS, AS):
	    m = chain(2).edit(name, 1, "d1.example", "d3.example")
	    fails("signature", 2, m, parts={"ams2": "pass", "seal2": "fail signature", "seal1": "unchecked"})
	for i in (1, 2):
	    m = chain(3).rewrite(AS, i, lambda raw: raw[:-10] + raw[-10:].swapcase())
	    fails("signature", 3, m)
	PY
}

@test "a seal that says cv=fail covers its own set only, and is not looked at (RFC 8617 5.1.2)" {
	forge <<-'PY'
	fails("seal-cv-fail", 2, chain(1).seal(cv="fail", scope="A2 M2"), parts={"seal2": "unchecked"})
	fails("seal-cv-fail", 2, chain(1).seal(cv="fail", scope="A1 M1 S1 A2 M2"), parts={"seal2": "unchecked"})
	PY
}
