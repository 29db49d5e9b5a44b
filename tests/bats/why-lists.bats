#!/usr/bin/env bats
# What --why makes of mail as lists and mail libraries really send it on.
# SPDX-License-Identifier: BSD-2-Clause
load helper

scored() {
	/usr/bin/python3 "$ROOT/tests/forge/score.py" "$@"
}

@test "mail of a list that tags, munges and puts footers is explained whole, nine in ten (RFC 6377 3.3)" {
	scored mailman2:60
}

@test "mail that Python's library wrote anew is explained, ARC fields too (RFC 2047 5)" {
	scored library:40
}

@test "Message-IDs that Python's library folds without their blank are told in one block, with an entry each in JSON (RFC 2047 6.2)" {
	forge <<-'PY'
	import email.policy
	import library
	import subprocess
	ids = ["<%040d.%s@author.example>" % (k, "abc" * n) for k, n in enumerate((13, 5))]
	m = Message(edits.TEXT, edits.PLAIN + "References: %s\nIn-Reply-To: %s\n" % (" ".join(ids), ids[0]))
	m.seal(**{**edits.HOW, "ams": {"h": edits.H + ":references:in-reply-to"}})
	octets = library.rewritten(m.octets(), email.policy.default.clone(max_line_length=72))
	assert b"=3E?=\r\n =?utf-8?q?=3C" in octets, octets
	run = score.Run(tmp(""), octets, m.keys_file())
	signed = {c["field"]: c["signed"].strip() for w in run.json["why"] if w["cause"] == "hdr.encoded-by-library" for c in w["evidence"]["changes"]}
	assert signed == {"References": " ".join(ids), "In-Reply-To": ids[0]}, run.json["why"]
	assert sum(w["cause"] == "hdr.encoded-by-library" for w in run.json["why"]) == 2, run.json["why"]
	text = subprocess.run(["arc-verify", "--why", "--time", edits.TIME, "--keys", run.path + ".keys", run.path],
	                      capture_output=True, text=True).stdout
	assert text.count("[hdr.encoded-by-library]") == 1 and "(References, In-Reply-To)  [hdr.encoded" in text, text
	PY
}

@test "a list of addresses that Python's library folds without a blank is read to its end, and what was signed is proved (RFC 5322 2.2.3)" {
	forge <<-'PY'
	import email.policy
	import library
	to = "Ann Author <p1@d1.example>," + ",".join("=?utf-8?B?QXV0aG9yLCBKw7ZyZw==?= <p%d@d2.example>" % k for k in range(2))
	octets, keys = library.through(email.policy.SMTP, To=to)
	octets = octets.replace(b"=?utf-8?q?Author=2C_J", b"Author, =?utf-8?q?J")  # Python 3.13 does better
	assert octets.count(b"\r\nAuthor, =?utf-8?q?J") > 0, octets
	run = score.Run(tmp(""), octets, keys)
	assert run.json["code"] == "header-syntax", run.json
	assert library.signed(run.json) == {"To": to}, run.json["why"]
	# What is no rest of a list is not joined to it, nor what was not signed so.
	for was, now in ((b",\r\nAuthor,", b"\r\nAuthor,"), (b"\r\nAuthor,", b"\r\nArthur,")):
	    assert score.Run(tmp(""), octets.replace(was, now), keys).json["why"] == []
	PY
}

@test "fields that Python's library writes anew one and all are each what they were (RFC 2047 5)" {
	forge <<-'PY'
	import email.policy
	import library
	fields = {"From": "=?UTF-8?Q?J=C3=B6rg_Author?= <ann@author.example>", "To": "=?UTF-8?B?QXV0aG9yLCBKw7ZyZw==?= <p1@d1.example>",
	          "Subject": "=?UTF-8?B?UHLDvGZ1bmcgZGVyIMOEbmRlcnVuZ2VuIGFtIFrDpGhsZXIgdW5k?= =?UTF-8?B?IHdhcyBkYXJhdXMgZm9sZ3Q=?=",
	          "Content-Type": "text/plain; charset=UTF-8; format=flowed"}
	run = score.Run(tmp(""), *library.through(email.policy.SMTP.clone(refold_source="all"), **fields))
	assert library.signed(run.json) == fields, run.json["why"]
	PY
}

@test "a field that Microsoft signs and keeps for itself is found missing beside what a list did, and nobody is named for it" {
	forge <<-'PY'
	import random
	seen = 0
	for number in range(60):
	    mail = exchange.Mail(number, random.Random(number), sealer="microsoft.example")
	    if not mail.adcheck:
	        continue
	    sent = lists.Mailman2(random.Random(number), lists.FOOTERS["mailman2"], prefix="[tools] ").send(mail)
	    case = lists.Case("x", mail, sent)
	    why = score.Run(tmp(""), case.octets, case.keys).json["why"]
	    proved = [w for w in why if w["field"] == "ams.b" and w["level"] == "proved"]
	    gone = [w for w in proved if w["cause"] == "hdr.field-removed-stock"]
	    assert [w["who"]["domain"] for w in gone] == [None], (number, why)
	    assert {w["cause"] for w in proved} <= case.header | case.body, (number, why)
	    seen += len(proved) > 2
	assert seen > 2, seen
	PY
}

@test "a reading of its own hashes every proof again, and finds one that is not true" {
	forge <<-'PY'
	found = {"body": 0, "fields": 0, "signer": 0}
	kinds = (cases.modifier_cases, cases.unprovable_cases)
	some = [c for kind in kinds for c in kind() if c.name.endswith("after-1")][::9] + list(cases.signer_cases())[::11]
	for case in some:
	    why = grade.explain(case, tmp(""))["why"]
	    for w, answer in list(proofs.check(case.octets, why)):
	        assert answer in (None, proofs.NOT_SHOWN), (case.name, w["cause"], answer)
	        if [a for _, a in proofs.check(case.octets, [w])] != [None]:
	            continue  # one of several
	        told = w["evidence"]
	        if told["input"]:
	            told["input"]["hashed"] += "x"
	            kind = "signer"
	        elif told["changes"] and w["field"].endswith("b") and told["changes"][0]["signed"] is not None:
	            told["changes"][0]["signed"] += "x"
	            kind = "fields"
	        elif told["changes"] and "offset" in told["changes"][0]:
	            told["changes"][0]["signed"] += "x"
	            kind = "body"
	        else:
	            continue
	        assert all(answer for v, answer in proofs.check(case.octets, [w]))
	        found[kind] += 1
	assert min(found.values()) > 2, found
	PY
}

@test "Exchange's quoted-printable is made again: 75 columns, no last line end, bare LF" {
	forge <<-'PY'
	import random
	for number in range(12):
	    for body in (exchange.outlook, exchange.open_end, exchange.bare_lf, exchange.misread):
	        mail = exchange.Mail(number, random.Random(number), body=body, sealer="microsoft.example")
	        rng = random.Random(number)
	        sent = lists.Mailman2(rng, lists.FOOTERS["mailman2"], prefix="").send(mail)
	        case = lists.Case("x", mail, sent)
	        found = score.Run(tmp(""), case.octets, case.keys).json["why"]
	        proved = {w["cause"] for w in found if w["field"] == "ams.bh" and w["level"] == "proved"}
	        assert proved and proved <= case.body, (body, number, proved)
	PY
}

@test "a line that nothing sets off is cut from a text whose signer hashed U+FFFD" {
	forge <<-'PY'
	import random
	for number in range(6):
	    mail = exchange.Mail(number, random.Random(number), body=exchange.misread, sealer="microsoft.example")
	    octets = mail.message.octets() + b"This message is confidential.\r\n"
	    found = score.Run(tmp(""), octets, mail.message.keys_file()).json["why"]
	    told = {(w["cause"], w["who"]["role"]) for w in found if w["field"] == "ams.bh" and w["level"] == "proved"}
	    assert told == {("body.hashed-as-utf8", "signer"), ("body.footer-appended", "modifier")}, (number, found)
	PY
}

@test "text parts that a list encoded one by one are found, within its wrap and before its part (RFC 2046 5.1)" {
	forge <<-'PY'
	import random
	told = 0
	for number in range(24):
	    body = (exchange.alternative, exchange.attached)[number % 2]
	    mail = exchange.Mail(number, random.Random(number), body=body, sealer="microsoft.example")
	    sent = lists.Mailman2(random.Random(number), lists.FOOTERS["mailman2"], prefix="", recode=True).send(mail)
	    case = lists.Case("x", mail, sent)
	    found = score.Run(tmp(""), case.octets, case.keys).json["why"]
	    causes = {w["cause"] for w in found if w["field"] == "ams.bh" and w["level"] == "proved"}
	    assert causes and causes <= case.body, (number, causes)
	    assert causes & {"body.mime-wrapped", "body.mime-part-added"}, (number, causes)
	    told += "body.parts-recoded" in causes
	assert told > 12, told
	PY
}

@test "text parts that a list encoded one as base64 and one not at all are found alike (RFC 2045 6.1)" {
	scored --first 21 mailman2:1
}

@test "Content-Transfer-Encoding that a list added is not told as base64 that was decoded (RFC 2045 6.1)" {
	scored --first 521 mailman2:1
}

@test "mail that list managers, gateways and relays change one after another is explained, and nothing falsely" {
	run -0 --separate-stderr /usr/bin/python3 "$ROOT/tests/forge/wild.py" 60
	[[ ${lines[-1]} =~ ^"wild: "([0-9]+)" of "([0-9]+)" explained whole, 0 wrong" ]]
	((10 * BASH_REMATCH[1] >= 9 * BASH_REMATCH[2] && BASH_REMATCH[2] > 40))
}

@test "a list's edits are found under what a later hop did, and laid at nobody else's door" {
	forge <<-'PY'
	m = Message(edits.TEXT, edits.PLAIN.replace("A proposal", "=?utf-8?B?R3LDvMOfZQ==?= and"))
	m.seal(**{**edits.HOW, "d": "d1.example", "ams": {"h": edits.H}})
	edits.header(m, "Subject", lambda v: "[tools]  =?utf-8?b?R3LDvMOfZQ==?= and for Tuesday")
	edits.header(m, "From", lambda v: "Ann Author via Tools <tools@list.example>")
	m.top("Reply-To: Ann Author <ann@author.example>\nList-Post: <mailto:tools@list.example>")
	m.seal(**{**edits.HOW, "d": "list.example", "cv": "pass", "ams": {"h": "from:reply-to:subject:date"}})
	edits.header(m, "Subject", lambda v: "[SPAM] " + v)
	m.seal(**{**edits.HOW, "d": "gw.example", "cv": "pass", "ams": {"h": "from:reply-to:subject:date"}})
	why = score.Run(tmp(""), m.octets(), m.keys_file()).json["why"]
	told = {(w["instance"], c["field"]): w["who"]["domain"] for w in why if w["level"] == "proved" for c in w["evidence"]["changes"]}
	assert told == {(2, "Subject"): "gw.example", (1, "Subject"): "list.example", (1, "From"): "list.example",
	                (1, "Reply-To"): "list.example"}, (told, why)
	PY
}

@test "encoded words that a list decoded and wrote anew are what mailers make of the text (RFC 2047 2)" {
	forge <<-'PY'
	import library
	text = "Pr\u00fcfung der \u00c4nderungen am Z\u00e4hler, und was f\u00fcr uns daraus folgt"
	b = lambda charset, *parts: "\n ".join("=?%s?B?%s?=" % (charset, base64.b64encode(p.encode()).decode()) for p in parts)
	q = lambda charset, text: "=?%s?q?%s?=" % (charset, "".join("_" if c == 32 else chr(c) if chr(c).isalnum() and c < 128 else "=%02X" % c for c in text.encode()))
	def full(text, width=66):
	    n = max(n for n in range(1, len(text) + 1) if len(b("UTF-8", text[:n])) <= width)
	    return [text[:n]] + (full(text[n:], 75) if text[n:] else [])
	def halves(text):
	    n = len(text) // 2
	    return [text] if len(b("UTF-8", text)) <= 75 else halves(text[:n]) + halves(text[n:])
	for was in (b("UTF-8", *full("RE: [tools] " + text)), "Re: [tools] " + b("UTF-8", *halves(text))):
	    m = Message(edits.TEXT, edits.PLAIN.replace("Subject: A proposal for Tuesday", "Subject: " + was))
	    m.seal(**{**edits.HOW, "ams": {"h": edits.H}})
	    edits.header(m, "Subject", lambda v: "[tools]  Re: " + q("utf-8", text[:22]) + "\n\t" + q("utf-8", text[22:]))
	    assert library.signed(score.Run(tmp(""), m.octets(), m.keys_file()).json) == {"Subject": was.replace("\n", "")}, was
	m = Message(edits.TEXT, edits.PLAIN.replace("From: Ann Author", "From: " + b("UTF-8", "J\u00f6rg Author")))
	m.seal(**{**edits.HOW, "ams": {"h": edits.H}})
	edits.header(m, "From", lambda v: q("utf-8", "J\u00f6rg Author via Tools") + " <tools@list.example>")
	m.bottom("X-Original-Sender: ann@author.example\nReply-To: " + q("utf-8", "J\u00f6rg Author") + " <ann@author.example>")
	assert library.signed(score.Run(tmp(""), m.octets(), m.keys_file()).json)["From"] == b("UTF-8", "J\u00f6rg Author") + " <ann@author.example>"
	PY
}
