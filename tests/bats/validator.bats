#!/usr/bin/env bats
# The validator (RFC 8617 section 5.2).
# SPDX-License-Identifier: BSD-2-Clause
load helper

# verify NAME: what arc-verify -v says to a message written by the forge.
verify() {
	run arc-verify -v --time 1767225600 --keys "$BATS_TEST_TMPDIR/$1.keys" "$BATS_TEST_TMPDIR/$1"
}

@test "the steps run in order and stop at the first that decides (RFC 8617 5.2)" {
	forge <<-'PY'
	# All is wrong; one thing is mended after the other.
	m = chain(2, {1: dict(as_record=None, as_s="gone"), 2: dict(cv="fail", ams_s="gone", ams_record=None)})
	m.double(AAR, 1)
	fails("seal-cv-fail", 2, m)
	m = chain(2, {1: dict(as_record=None, as_s="gone"), 2: dict(ams_s="gone", ams_record=None)})
	fails("field-twice", 1, m.copy().double(AAR, 1))
	fails("body-hash", 2, m.copy().edit_body("ten", "two"))
	fails("key-missing", 2, m, parts={"ams2": "fail key-missing", "ams1": "unchecked", "seal2": "unchecked", "seal1": "unchecked"})
	m = chain(2, {1: dict(as_record=None, as_s="gone")})
	fails("key-missing", 1, m, parts={"ams2": "pass", "ams1": "pass", "seal2": "pass", "seal1": "fail key-missing"})
	PY
}

@test "the report names the step (RFC 8617 5.2)" {
	forge <<-'PY'
	write(chain(51, key="rsa512"), tmp("1"))
	write(chain(1, cv="fail"), tmp("2"))
	write(chain(1).drop(AAR), tmp("3"))
	write(chain(1).edit_body("ten", "two"), tmp("4"))
	write(chain(1).edit(AAR, 1, "pass", "fail"), tmp("6"))
	write(chain(1), tmp("7"))
	PY
	for step in 1 2 3 4 6 7; do
		verify $step
		[[ $output == *"section 5.2, step $step"* ]]
	done
}

@test "only AMS(N) decides (RFC 8617 5.2, step 4)" {
	forge <<-'PY'
	p = lambda name: base64.b64encode(key(name).public()).decode()
	# What may be wrong with an older AMS; the seals are right.
	flaws = {
	    "signature": dict(ams_sign=lambda k, d: k.sign(b"something else")),
	    "expired": dict(ams={"x": "1760000009"}),
	    "key-missing": dict(ams_s="gone", ams_record=None),
	    "key-revoked": dict(ams_s="old", ams_record="p="),
	    "key-syntax": dict(ams_s="odd", ams_record="v=spf1 -all"),
	    "key-short": dict(ams_s="weak", ams_key="rsa512"),
	    "key-long": dict(ams_s="huge", ams_key="rsa16385"),
	    "key-type": dict(ams_s="ed", ams_record="k=ed25519; p=" + p("ed25519-a")),
	    "algorithm": dict(ams={"a": "rsa-sha1"}, ams_sign=lambda k, d: k.sign(d, "sha1")),
	    "canonicalization": dict(ams={"c": "bogus"}),
	    "headers-no-from": dict(ams={"h": "to:subject"}),
	    "headers-arc-seal": dict(ams={"h": "from:arc-seal"}),
	    "tag-missing": dict(ams={"d": None}),
	    "tag-syntax": dict(ams={"t": "icecream"}),
	    "query-method": dict(ams={"q": "http/x"}),
	    "domain-syntax": dict(ams_d="com"),
	    "selector-syntax": dict(ams_s="a b"),
	    "body-hash": dict(signed_body="another body\n"),
	    "body-length": dict(ams={"l": "99999"}),
	    "signature-length": dict(ams_sign=lambda k, d: b"abc"),
	}
	for code, flaw in flaws.items():
	    m = chain(2, {1: flaw})
	    passes(m, oldest=2, parts={"ams1": "fail " + code, "ams2": "pass", "seal2": "pass", "seal1": "pass"})
	    fails(code, 1, chain(1, **flaw))
	    fails(code, 2, chain(2, {2: flaw}))
	PY
}

@test "oldest-pass: the first older AMS that fails ends the walk (RFC 8617 5.2, step 5)" {
	forge <<-'PY'
	bad = dict(ams_sign=lambda k, d: k.sign(b"something else"))
	passes(chain(1), oldest=0)
	passes(chain(3), oldest=0)
	passes(chain(3, {2: bad}), oldest=3, parts={"ams2": "fail signature", "ams1": "unchecked"})
	passes(chain(3, {1: bad}), oldest=2, parts={"ams2": "pass", "ams1": "fail signature"})
	passes(chain(3, {1: bad, 2: bad}), oldest=3)
	passes(chain(5, {3: bad}), oldest=4)
	passes(chain(5, {1: bad, 3: bad}), oldest=4)
	passes(chain(50, {25: bad}), oldest=26)
	# Of what fails by its field alone, too; and the newest is looked at all the same.
	gone = dict(ams={"d": None})
	passes(chain(3, {1: gone}), oldest=2, parts={"ams2": "pass", "ams1": "fail tag-missing"})
	passes(chain(5, {1: gone, 3: gone}), oldest=4, parts={"ams4": "pass", "ams3": "fail tag-missing"})
	fails("body-hash", 2, chain(2, {1: gone}).edit_body("ten", "two"))
	fails("body-hash", 3, chain(3, {2: gone}).edit_body("ten", "two"))
	PY
}

@test "oldest-pass is unsure only where an older AMS may verify another time (RFC 8617 5.2.1)" {
	forge <<-'PY'
	write(chain(2, {1: dict(ams_s="gone", ams_record=None)}), tmp("gone"))
	write(chain(2, {1: dict(ams_s="late", ams_record=None)}).line(";! late._domainkey.d1.example. TIMEOUT"), tmp("late"))
	write(chain(2), tmp("whole"))
	PY
	verify late
	[[ $output == *oldest-pass-unsure* && $output == *oldest-pass=2* ]]
	verify gone
	[[ $output != *unsure* && $output == *oldest-pass=2* ]]
	verify whole
	[[ $output != *unsure* && $output == *oldest-pass=0* ]]
}

@test "the line names instance, field, domain and selector of what decided" {
	forge <<-'PY'
	write(chain(2).edit_body("ten", "two"), tmp("body"))
	write(chain(3).edit(AAR, 1, "pass", "fail"), tmp("seal"))
	write(chain(2, {1: dict(as_s="gone", as_record=None)}), tmp("key"))
	PY
	verify body
	[[ $output == *"fail  i=2 ARC-Message-Signature d=d2.example s=s2: "* ]]
	verify seal
	[[ $output == *"fail  i=3 ARC-Seal d=d3.example s=s3: "* ]]
	verify key
	[[ $output == *"fail  i=1 ARC-Seal d=d1.example s=gone: "* ]]
}

@test "what decided nothing is shown as it is, where the structure fails, too" {
	forge <<-'PY'
	import json, subprocess
	def shown(sets, wanted, args=(), **more):
	    """What arc-dump says of the AMS and AS of set 1, below a set 2 whose cv= is wrong."""
	    write(chain(2, {1: sets, 2: dict(cv="none")}, **more), tmp("m"))
	    said = subprocess.run(["arc-dump", "--json", "--time", "1767225600", "--keys", tmp("m.keys"), *args, tmp("m")], capture_output=True, check=False).stdout
	    one = [s for s in json.loads(said)["sets"] if s["instance"] == 1][0]
	    found = ["%s %s" % (one[k]["status"], one[k]["code"]) for k in ("ams", "seal")]
	    assert found == wanted, (sets, found)
	spoiled = lambda k, d: k.sign(b"something else")
	shown({}, ["pass None", "pass None"])
	shown({}, ["pass None", "unchecked None"], ["--limit", "signatures=3"])
	shown({}, ["unchecked None", "unchecked None"], ["--limit", "signatures=1"])
	# A key of too many records leaves that signature alone unchecked.
	other = "v=DKIM1; n=%d; p=" + base64.b64encode(key("rsa4096").public()).decode()
	shown(dict(ams_s="many", ams_record=[other % n for n in range(9)]), ["unchecked None", "pass None"])
	shown(dict(ams={"x": "1760000009"}), ["fail expired", "pass None"])
	shown(dict(ams_sign=spoiled), ["fail signature", "pass None"])
	shown(dict(as_sign=spoiled), ["pass None", "fail signature"])
	shown(dict(signed_body="other\n"), ["fail body-hash", "pass None"])
	shown(dict(ams_s="gone", ams_record=None), ["fail key-missing", "pass None"])
	shown(dict(as_s="gone", as_record=None), ["pass None", "fail key-missing"])
	shown(dict(ams={"d": "example"}), ["fail domain-syntax", "pass None"])
	shown(dict(as_={"d": "example"}), ["pass None", "fail domain-syntax"])
	shown(dict(ams={"a": None}), ["fail tag-missing", "pass None"])
	PY
}

@test "--no-oldest-pass: the same verdict, the property left out (RFC 8617 5.2, step 5)" {
	forge <<-'PY'
	bad = dict(ams_sign=lambda k, d: k.sign(b"something else"))
	for m in (chain(1), chain(3), chain(3, {1: bad}), chain(2, {1: dict(ams_s="gone", ams_record=None)})):
	    parts = {"ams1": "unchecked"} if m.instances().count(2) else {}
	    passes(m, oldest=None, args=["--no-oldest-pass"], parts=parts)
	fails("signature", 2, chain(2, {2: bad}), args=["--no-oldest-pass"])
	fails("signature", 2, chain(2).edit(AAR, 1, "pass", "fail"), args=["--no-oldest-pass"])
	PY
}

@test "every seal must verify, N down to 1 (RFC 8617 5.2, step 6)" {
	forge <<-'PY'
	bad = dict(as_sign=lambda k, d: k.sign(b"something else"))
	for n in (1, 2, 3):
	    for i in range(1, n + 1):
	        parts = {"ams%d" % n: "pass", "seal%d" % i: "fail signature"}
	        parts.update({"seal%d" % k: "pass" for k in range(i + 1, n + 1)})
	        parts.update({"seal%d" % k: "unchecked" for k in range(1, i)})
	        fails("signature", i, chain(n, {i: bad}), parts=parts)
	fails("signature", 3, chain(3, {1: bad, 3: bad}))
	PY
}

@test "the b= of an older seal is covered by those above (RFC 8617 5.2, step 6)" {
	forge <<-'PY'
	# Four characters more in front, four less at the end: as long as before.
	damage = lambda raw: raw.replace(b"\r\n b=", b"\r\n b=AAAA")[:-7] + b"=\r\n"
	fails("signature", 2, chain(2).rewrite(AS, 1, damage), parts={"seal2": "fail signature", "seal1": "unchecked"})
	fails("signature", 1, chain(1).rewrite(AS, 1, damage), parts={"ams1": "pass", "seal1": "fail signature"})
	PY
}

@test "the key of an older seal is gone or revoked: fail there (RFC 8617 5.2, step 6)" {
	forge <<-'PY'
	for record, code in ((None, "key-missing"), ("p=", "key-revoked"), ("v=spf1", "key-syntax")):
	    for i in (1, 2):
	        fails(code, i, chain(3, {i: dict(as_s="old", as_record=record)}), parts={"ams%d" % i: "pass", "seal3": "pass"})
	fails("domain-syntax", 1, chain(2, {1: dict(as_d="com")}), parts={"seal2": "pass", "seal1": "fail domain-syntax"})
	PY
}

@test "none, pass, fail and no verdict have exit statuses of their own (RFC 8617 5.2)" {
	forge <<-'PY'
	write(Message(), tmp("none"))
	write(chain(1), tmp("pass"))
	write(chain(1).edit_body("ten", "two"), tmp("fail"))
	write(chain(1, record=None).line(";! s1._domainkey.d1.example. TIMEOUT"), tmp("tempfail"))
	PY
	verify none; [[ $status -eq 2 && ${lines[0]} == none* ]]
	verify pass; [[ $status -eq 0 && ${lines[0]} == pass* ]]
	verify fail; [[ $status -eq 1 && ${lines[0]} == fail* ]]
	verify tempfail; [[ $status -eq 75 && ${lines[0]} == tempfail* ]]
}

@test "the report does not depend on locale, zone, or environment" {
	forge <<-'PY'
	write(chain(3, {1: dict(ams={"x": "1760000009"})}), tmp("m"))
	PY
	verify m
	first=$output
	for env in LC_ALL=tr_TR.UTF-8 LC_ALL=C.UTF-8 LANG=de_DE.UTF-8 TZ=Asia/Tokyo TZ=:nowhere HOME=/nonexistent COLUMNS=20 TERM=dumb POSIXLY_CORRECT=1; do
		run -0 env "$env" arc-verify -v --time 1767225600 --keys "$BATS_TEST_TMPDIR/m.keys" "$BATS_TEST_TMPDIR/m"
		[ "$output" = "$first" ]
	done
	run -0 env -i "$(command -v arc-verify)" -v --time 1767225600 --keys "$BATS_TEST_TMPDIR/m.keys" "$BATS_TEST_TMPDIR/m"
	[ "$output" = "$first" ]
}

@test "message signatures that cover so much of the body, each another part" {
	forge <<-'PY'
	m = chain(2, {1: {"ams": add("l=12;")}, 2: {"ams": add("l=5;")}})
	m.body = m.body[:8] + b"X" + m.body[9:]
	write(m.seal(), tmp("m"))
	PY
	run -0 arc-verify --json --time 1767225600 --keys "$BATS_TEST_TMPDIR/m.keys" "$BATS_TEST_TMPDIR/m"
	[[ $output == *'"oldest_pass":2,'* ]]
}
