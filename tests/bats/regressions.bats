#!/usr/bin/env bats
# The two faults that validators were found to have: an older AMS that decides, and
# fields picked from the top.
# SPDX-License-Identifier: BSD-2-Clause
load helper

# What the first shares: a.example seals, a list changes Subject and body and seals.
prelude() {
	cat <<-'PY'
	def listed(first=None, second=None, **both):
	    m = Message().seal(d="a.example", **{**both, **(first or {})})
	    m.edit("Subject", 0, "Subject: ", "Subject: [l] ")
	    m.body += octets("-- \nlist@d1.example, a list\n")
	    m.top("List-Id: <list.d1.example>")
	    return m.seal(d="lists.example", **{**both, **(second or {})})
	PY
	cat
}

@test "a list broke the older AMS: pass, oldest-pass=2 (RFC 8617 5.2, step 4)" {
	prelude <<-'PY' | forge
	passes(listed(), oldest=2, parts={"ams1": "fail body-hash", "ams2": "pass", "seal2": "pass", "seal1": "pass"})
	passes(listed(), oldest=2, octets=listed().lf())
	passes(listed(key="rsa2048-a", ams={"c": "simple/simple"}), oldest=2)
	PY
}

@test "the report says in words that a list broke the older AMS (RFC 8617 5.2, step 4)" {
	prelude <<-'PY' | forge
	write(listed(), tmp("m"))
	PY
	run -0 arc-verify --keys "$BATS_TEST_TMPDIR/m.keys" "$BATS_TEST_TMPDIR/m"
	[ "$output" = "pass  i=2 lists.example < a.example  oldest-pass=2" ]
}

@test "the older AMS expired, lost its key, or could never verify: still pass (RFC 8617 5.2, step 4)" {
	prelude <<-'PY' | forge
	first = {
	    "expired": dict(ams={"x": "1760000100"}),
	    "key-missing": dict(ams_s="gone", ams_record=None),
	    "key-revoked": dict(ams_s="old", ams_record="v=DKIM1; p="),
	    "algorithm": dict(ams={"a": "rsa-sha1"}, ams_sign=lambda k, d: k.sign(d, "sha1")),
	    "canonicalization": dict(ams={"c": "bogus"}),
	    "headers-no-from": dict(ams={"h": "to:subject"}),
	}
	for code, flaw in first.items():
	    parts = {"ams1": "fail " + code, "ams2": "pass", "seal2": "pass", "seal1": "pass"}
	    passes(chain(2, {1: flaw}), oldest=2, parts=parts)
	    if code.startswith("key"):
	        parts["ams1"] = "fail body-hash"
	    passes(listed(flaw), oldest=2, parts=parts)
	PY
}

@test "with three sets of which only AMS(3) is intact: pass, oldest-pass=3 (RFC 8617 5.2, step 4)" {
	prelude <<-'PY' | forge
	m = listed().edit("Subject", 0, "[l]", "[L]")
	m.body = octets("Rewritten.\n")
	m.seal(d="gateway.example")
	passes(m, oldest=3, parts={"ams3": "pass", "ams2": "fail body-hash", "ams1": "unchecked", "seal1": "pass"})
	PY
}

@test "AMS(2) altered while AMS(1) fits: fail (RFC 8617 5.2, step 4)" {
	prelude <<-'PY' | forge
	m = chain(2, {2: dict(ams={"h": "from:to:x-list"})}, header=HEADER + "X-List: l\n")
	passes(m)
	fails("signature", 2, m.copy().edit("X-List", 0, "l\n", "m\n"), parts={"ams2": "fail signature", "ams1": "unchecked"})
	bad = dict(ams_sign=lambda k, d: k.sign(b"something else"))
	fails("signature", 2, chain(2, {2: bad}))
	fails("body-hash", 2, chain(2, {2: dict(signed_body="other\n")}))
	PY
}

@test "same-named fields are picked from the bottom up (RFC 6376 5.4.2)" {
	forge <<-'PY'
	header = """Received: A
	Received: B
	Resent-From: second@example.org
	Resent-From: first@example.org
	From: a@example.org
	Subject: s
	"""
	header = header.replace("\n\t", "\n")
	h = {"h": "from:resent-from:resent-from:received:received:received"}
	for c in ("simple/simple", "relaxed/relaxed"):
	    m = Message(header=header)
	    assert [f.raw.split(b": ")[1][:6].strip() for f in pick(m.fields, h["h"])] == [b"a@exam", b"first@", b"second", b"B", b"A"]
	    m.seal(ams={**h, "c": c})
	    passes(m)
	    passes(m, octets=m.lf())
	    fails("signature", 1, Message(header=header).seal(ams={**h, "c": c}, pick="top"))
	# One field of each name: both orders agree, and prove nothing.
	once = "Received: A\nResent-From: first@example.org\nFrom: a@example.org\n"
	passes(Message(header=once).seal(ams=h, pick="top"))
	PY
}

@test "signed over one Received: another on top passes, one at the bottom fails (RFC 6376 5.4.2)" {
	forge <<-'PY'
	for c in ("simple/simple", "relaxed/relaxed"):
	    m = Message(header="Received: A\nFrom: a@example.org\n").seal(ams={"h": "from:received", "c": c})
	    passes(m)
	    passes(m.copy().top("Received: relay"))
	    fails("signature", 1, m.copy().bottom("Received: relay"))
	    m.top("Received: relay").seal(ams={"h": "from:received:received", "c": c})
	    passes(m, oldest=0)
	    passes(m.top("Received: another").top("Received: one more"), oldest=0)
	PY
}
