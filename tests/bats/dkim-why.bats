#!/usr/bin/env bats
# Why a DKIM-Signature fails (RFC 6376 section 6.1): the causes of edits.py, with
# DKIM-Signatures in place of an AMS or beside it.
# SPDX-License-Identifier: BSD-2-Clause
load helper

@test "what was done to a message with DKIM-Signatures is proved, and placed by what else was signed" {
	forge <<-'PY'
	import contextlib, io
	with contextlib.redirect_stdout(io.StringIO()) as told:
	    wrong, explained, placed = dkimedits.score(tmp(""), every=4)
	assert wrong == 0 and explained >= 0.97 and placed >= 0.97, told.getvalue()
	PY
}

@test "a DKIM-Signature is explained alone, and ARC Sets that nobody asked for are only heard" {
	forge <<-'PY'
	case = [c for c in dkimedits.modifier_cases() if c.name.endswith(".DSE")][0]
	found = dkimedits.explain(case, tmp(""))
	assert dkimedits.judge(case, found) == "right", found["why"]
	assert all(w["signature"] == 1 and w["instance"] is None for w in found["why"]), found["why"]
	case.check = "arc:dkim"
	found = dkimedits.explain(case, tmp(""))
	assert {(w["instance"], w["signature"]) for w in found["why"]} == {(1, None), (None, 1)}, found["why"]
	PY
}

@test "the text names the signature, who signed before and who after" {
	forge <<-'PY'
	import re, subprocess
	def lines(plan, check):
	    head, body, edit = edits.PLAIN, edits.TEXT, lambda m: setattr(m, "body", m.body + b"--\r\nthe list\r\n") or m
	    m, _ = dkimedits.planned(plan, head, body, edit)
	    open(tmp("m"), "wb").write(m.octets())
	    open(tmp("k"), "w").write(m.keys_file())
	    return subprocess.run(["arc-verify", "--check", check, "--why", "--time", edits.TIME, "--keys", tmp("k"), tmp("m")],
	                          capture_output=True, text=True).stdout
	text = lines("DEL", "dkim")
	assert "fails: DKIM-Signature 2 bh= d=author.example s=s1" in text, text
	assert "by: between DKIM-Signature 2 (signed by author.example) and DKIM-Signature 1, most likely list.example (likely)" in text, text
	text = lines("DES", "dkim")
	assert "by: between DKIM-Signature 1 (signed by author.example) and i=1, most likely d1.example (likely)" in text, text
	assert "Fix: Sign after" in text.split("\n")[1], text
	text = lines("DES", "arc:dkim")
	assert re.search("^why: The chain passes, DKIM fails. .* Fix: Sign after appending the footer.$", text, re.M), text
	assert " Fix: " not in lines("DSES", "arc"), text
	text = lines("DSES", "arc:dkim")
	assert "between i=1 (sealed by d1.example) and i=2, most likely d2.example" in text, text
	assert text.count("proved: A footer was appended") == 1 and "fails: DKIM-Signature 1 bh=" in text and "fails: i=1 ARC-Message-Signature bh=" in text, text
	text = lines("DE", "dkim")
	assert "by: an unknown party after DKIM-Signature 1 (signed by author.example); no later signature covers the change (open)" in text, text
	PY
}

@test "two DKIM-Signatures of one signer that fail by one change are both told of, in one block" {
	forge <<-'PY'
	for edit, cause, level in ((lambda m: edits.header(m, "Subject", lambda v: "[l] " + v), "hdr.subject-tagged", "proved"),
	                           (lambda m: edits.header(m, "Subject", lambda v: "Quite another"), "hdr.changed", "indicated")):
	    m = dkimsig.signed(edits.TEXT, edits.PLAIN, **dkimedits.HOW)
	    m = edit(dkimsig.sign(m, **{**dkimedits.HOW, "s": "s2", "key": "ed25519-a"}))
	    found = dkimedits.explain(dkimedits.Case("two", m, [cause]), tmp(""))["why"]
	    assert [(w["signature"], w["field"]) for w in found if (w["cause"], w["level"]) == (cause, level)] == [(1, "dkim.b"), (2, "dkim.b")], found
	PY
}

@test "a DKIM-Signature that passes, expired or cannot be checked just now has no cause to be searched" {
	forge <<-'PY'
	m = dkimsig.signed(edits.TEXT, edits.PLAIN, **dkimedits.HOW)
	assert dkimedits.explain(dkimedits.Case("fine", m, []), tmp(""))["why"] == []
	m = dkimsig.signed(edits.TEXT, edits.PLAIN, add="x=1767225599", t="1767225000", **{**dkimedits.HOW})
	assert dkimedits.explain(dkimedits.Case("expired", m, []), tmp(""))["why"] == []
	m = dkimsig.signed(edits.TEXT, edits.PLAIN, record=None, **dkimedits.HOW).line(";! s1._domainkey.author.example. SERVFAIL")
	case = dkimedits.Case("temporary", m, [])
	found = dkimedits.explain(case, tmp(""))
	assert (found["dkim"][0]["result"], found["why"]) == ("temperror", []), found
	PY
}

@test "arc-dump --why explains DKIM-Signatures, and --repair undoes what was proved of one" {
	forge <<-'PY'
	import json, subprocess
	m, before = dkimedits.planned("DE", edits.PLAIN, edits.TEXT, lambda m: setattr(m, "body", m.body + b"--\r\nthe list\r\n") or m)
	open(tmp("m"), "wb").write(m.octets())
	open(tmp("k"), "w").write(m.keys_file())
	common = ["--why", "--time", edits.TIME, "--keys", tmp("k")]
	p = subprocess.run(["arc-dump", *common, tmp("m")], capture_output=True, text=True)
	assert "fails: DKIM-Signature 1 bh=" in p.stdout and "fix: Sign after appending the footer." in p.stdout, p.stdout
	found = json.loads(subprocess.run(["arc-dump", "--json", "--check", "dkim", *common, tmp("m")], capture_output=True).stdout)
	assert [(w["cause"], w["field"], w["signature"]) for w in found["why"]] == [("body.footer-appended", "dkim.bh", 1)], found["why"]
	subprocess.run(["arc-verify", "--check", "dkim", "--repair", tmp("was"), *common, tmp("m")], capture_output=True)
	assert open(tmp("was"), "rb").read() == before.octets()
	PY
}

@test "a recipe of DKIM2 proves nothing by itself, and one that cannot be read is ignored" {
	forge <<-'PY'
	import base64, json
	def told(recipe, more="", check="dkim"):
	    m = dkimsig.signed(edits.TEXT, edits.PLAIN, **dkimedits.HOW)
	    edits.header(m, "Subject", lambda v: "Quite another")
	    edits.lines_of(m, lambda lines: [b"new", *lines[1:-9], b"other", *lines[-8:]])
	    if not isinstance(recipe, bytes):
	        recipe = json.dumps(recipe).encode()
	    m.top("DKIM2-Signature: m=2; d=hop.example; s=a")
	    m.top("Message-Instance: m=2; r=%s%s" % (base64.b64encode(recipe).decode(), more))
	    case = dkimedits.Case("recipe", m, [])
	    case.check = check
	    return {(w["field"], w["cause"], w["level"]): w for w in dkimedits.explain(case, tmp(""))["why"]}
	first = edits.TEXT.split("\n")
	right = {"h": {"Subject": [{"d": ["A proposal for Tuesday"]}]},
	         "b": [{"d": first[:1]}, {"c": [2, len(first) - 9]}, {"d": [first[-9]]}, {"c": [len(first) - 7, len(first) - 1]}]}
	found = told(right)
	assert {("dkim.bh", "body.changed-recipe", "proved"), ("dkim.b", "hdr.changed-recipe", "proved")} == set(found), found
	w = found["dkim.bh", "body.changed-recipe", "proved"]
	assert w["who"]["certainty"] == "open" and "not verified" in json.dumps(w), w
	same = {("dkim.bh", "body.changed", "indicated"), ("dkim.b", "hdr.changed", "indicated")}
	steps = right["b"]
	for wrong in (b"", b"{", b"{}", b"[1]", b"{\"b\":", {"b": None}, {"b": [1]}, {"b": {"z": True}}, {"b": [{"c": [1]}]}, {"b": [{"c": [2, 1]}]},
	              {"b": [{"c": [0, 3]}]}, {"b": [{"c": [1, 999999999]}]}, {"b": [{"c": [1, 3]}, {"c": [3, 4]}]}, {"b": [{"d": "x"}]}, {"b": [{"d": [1]}]},
	              {"b": [{"x": []}]}, {"b": steps[:-1]}, {"b": [*steps, {"d": ["more"]}]}, {"b": [{"d": ["x"]}, {"c": [2, 2]}] * 80},
	              {"h": []}, {"h": {"subject": {}}}, {"h": {"subject": [{"c": [1, 1]}]}}, {"h": {"subject": [{"d": ["A proposal"]}]}}, {"h": {"subject": []}},
	              {"b": [{"d": ["x" * 300000]}]}):
	    found = told(wrong)
	    assert set(found) == same, (wrong, found)
	    assert "Message-Instance" not in json.dumps(list(found.values())), found
	# A body hash that is claimed is told of as a claim.
	bh = dkimsig.signed(edits.TEXT, edits.PLAIN, **dkimedits.HOW)
	bh = bh.octets().split(b"bh=")[1].split(b";")[0].decode()
	found = told({}, "; h=sha256:AAAA:" + bh)
	assert "not verified, claims the same body hash" in json.dumps(found["dkim.bh", "body.changed", "indicated"]), found
	PY
}

@test "--summary counts what fails DKIM, by the number of the signature" {
	forge <<-'PY'
	footer = lambda m: setattr(m, "body", m.body + b"--\r\nthe list\r\n") or m
	keys_file = ""
	for name, plan, edit in (("1", "DEL", footer), ("2", "DEL", footer), ("3", "DE", footer), ("4", "D", None), ("5", "D", None)):
	    m, _ = dkimedits.planned(plan, edits.PLAIN, edits.TEXT, edit, **({"tags": {"v": "2"}} if name == "5" else {}))
	    write(m, tmp(name))
	    keys_file += m.keys_file()
	open(tmp("keys"), "w").write(keys_file)
	PY
	cd "$BATS_TEST_TMPDIR" || return
	run -1 arc-verify --time 1767225600 --keys keys --check dkim --accept dkim=fail:dkim=pass --summary 1 2 3 4 5
	[[ $output == *"
summary: 5 messages, 2 of which fail dkim
"*"
         2         0  2025-10-09  proved     body.footer-appended  between DKIM-Signature 2 and DKIM-Signature 1, most likely list.example
         1         1  2025-10-09  proved     body.footer-appended  an unknown party after DKIM-Signature 1 (signed by author.example); no later signature covers the change
         1         1  2025-10-09  not found  version  DKIM-Signature 1 author.example" ]]
	arc-verify --time 1767225600 --keys keys --check dkim --summary --json 1 2 3 4 5 >json || [ $? -eq 1 ]
	/usr/bin/python3 - <<-'PY'
	import json
	s = json.loads(list(open("json"))[-1])["summary"]
	found = [(c["cause"], c["code"], c["signature"], c["messages"], c["failing"]) for c in s["causes"]]
	assert found == [("body.footer-appended", None, 2, 2, 0), ("body.footer-appended", None, 1, 1, 1), (None, "version", 1, 1, 1)], found
	PY
	# Without a chain, --verbose tells of the DKIM-Signatures alone.
	run -0 arc-verify --time 1767225600 --keys keys --check dkim --why -v 1
	[[ $output == *"
    DKIM-Signature 1: b= verifies; body hash verifies
    DKIM-Signature 2: b= verifies; body hash does not verify"* ]]
}

@test "a list that edits, a gateway that encodes anew, a key that was rotated: each is named" {
	why() {
		run -"$1" arc-verify --time 1772330000 --check dkim --why --keys "$SAMPLES/keys" "$SAMPLES/none-dkim-$2.eml"
		[ "$(grep '^why: ' <<<"$output")" = "why: $3" ]
	}
	why 0 list-edited "DKIM passes. Why older signatures do not verify: A footer was appended to the body; a tag was added to the Subject (proved).\
 By: between DKIM-Signature 2 (signed by sender.example) and DKIM-Signature 1, most likely lists.example (likely)."
	why 1 gateway-recoded "The text was converted to quoted-printable in transit (proved). By: an unknown party after DKIM-Signature 1 (signed by sender.example).\
 Fix: Sign after converting, or convert nothing; 7-bit content survives servers without 8BITMIME."
	why 1 key-rotated "The key has been revoked (fact). By: whoever publishes the key of sender.example (proved).\
 Fix: None if the domain owner revoked it on purpose; verify archives with --keys."
}

@test "white space that a relaxed AMS does not count is not laid at its sealer's door" {
	forge <<-'PY'
	m = dkimsig.signed(edits.TEXT, edits.PLAIN, **{**dkimedits.HOW, "tags": {"h": edits.H, "c": "simple/simple"}})
	m.seal(**edits.HOW)
	edits.header(m, "Subject", lambda v: "[tools] " + v)
	m.rewrite("Message-ID", 0, lambda r: r.replace(b": ", b":\r\n "))
	case = dkimedits.Case("simple", m, ["hdr.subject-tagged"], "DSE")
	case.check = "arc:dkim"
	told = {w["cause"]: w["who"] for w in dkimedits.explain(case, tmp(""))["why"] if w["signature"] == 1 and w["level"] == "proved"}
	assert told["hdr.subject-tagged"]["after"] == 1, told
	folds = told["hdr.trailing-space-simple"]
	assert (folds["before"], folds["domain"], folds["certainty"]) == (None, None, "open"), told
	PY
}

@test "folds of a list are undone with its other edits where c=simple counts them" {
	forge <<-'PY'
	head = edits.PLAIN.replace("A proposal for Tuesday", "Re: [tools] a proposal for Tuesday and whatever else there is to be said of it").replace("<1@", "<1.%s@" % ("x" * 70))
	m = dkimsig.signed(edits.TEXT, head, **{**dkimedits.HOW, "tags": {"h": edits.H, "c": "simple/simple"}})
	edits.header(m, "Subject", lambda v: "[tools] Re: a proposal for Tuesday and whatever else there is\n to be said of it")
	edits.header(m, "Content-Type", lambda v: 'text/plain; charset="us-ascii"')
	m.rewrite("Message-ID", 0, lambda r: r.replace(b": ", b": \r\n "))
	m.bottom("List-Post: <mailto:tools@list.example>")
	told = {c["field"]: w["cause"] for w in dkimedits.explain(dkimedits.Case("folds", m, []), tmp(""))["why"] if w["level"] == "proved" for c in w["evidence"]["changes"]}
	assert set(told) == {"Subject", "Content-Type", "Message-ID"} and told["Message-ID"] == "hdr.trailing-space-simple", told
	PY
}
