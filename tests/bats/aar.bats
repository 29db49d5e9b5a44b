#!/usr/bin/env bats
# ARC-Authentication-Results (RFC 8617 section 4.1.1).
# SPDX-License-Identifier: BSD-2-Clause
load helper

@test "behind i=N; the payload is opaque (RFC 8617 3.4)" {
	forge <<-'PY'
	for payload in (';;=== ("unbalanced', "none", "", " ", ";", "日本語; spf=pass", "\udce9\udcff", "((((", '"', "\\",
	                "d1.example 1; spf=pass", "i=2; d1.example", "d1.example; arc=fail; arc=pass", "=" * 2000, "a\n b\n c"):
	    for text in ("i=1;" + payload, "i=1; " + payload):
	        passes(chain(1, aar=text))
	    passes(chain(3, {1: dict(aar="i=1;" + payload), 2: dict(aar="i=2;" + payload)}))
	PY
}

@test "the AAR is covered by every seal from its own on (RFC 8617 5.1.1)" {
	forge <<-'PY'
	fails("signature", 1, chain(1).edit(AAR, 1, "spf=pass", "spf=fail"), parts={"ams1": "pass"})
	for i in (1, 2, 3):
	    m = chain(3).edit(AAR, i, "spf=pass", "spf=pasS")
	    fails("signature", 3, m, parts={"ams3": "pass", "seal3": "fail signature", "seal2": "unchecked"})
	fails("signature", 2, chain(2).edit(AAR, 1, "; d1.example", ";d1.example"))
	PY
}

@test "an AAR refolded and recased in its name still verifies (RFC 8617 5.1.1)" {
	forge <<-'PY'
	for i in (1, 2):
	    m = chain(2)
	    passes(m.rewrite(AAR, i, refold))
	    m.rewrite(AAR, i, lambda raw: raw.replace(b"ARC-Authentication-Results:", b"arc-AUTHENTICATION-results \t: "))
	    passes(m.rewrite(AAR, i, lambda raw: raw.replace(b"\r\n", b" \t\r\n")))
	PY
}
