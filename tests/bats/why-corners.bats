#!/usr/bin/env bats
# What --why knows that the corpus of edits does not meet: told in words, told of
# the right hop, and nothing else said.
# SPDX-License-Identifier: BSD-2-Clause
load helper

# explained: the script on stdin calls told(message, cause, instance, words...),
# which fails unless the first explanation is that one, proved, with these words.
explained() {
	{
		cat <<-'PY'
		import json, subprocess

		def why(m):
		    write(m, tmp("m"))
		    p = subprocess.run(["arc-verify", "--why", "--json", "--time", "1767225600", "--keys", tmp("m.keys"), tmp("m")], capture_output=True, text=True)
		    assert p.returncode in (0, 1), p.stderr
		    return json.loads(p.stdout)["why"]

		def told(m, cause, i, *words, level="proved"):
		    found = why(m)
		    said = json.dumps(found[0])
		    assert (found[0]["cause"], found[0]["instance"], found[0]["level"]) == (cause, i, level), [(f["cause"], f["instance"], f["level"]) for f in found]
		    assert all(word in said for word in words), said
		    return found[0]

		HEAD, TEXT, base, header = edits.HEAD, edits.TEXT, edits.base, edits.header
		parts = lambda *p: "".join("--=_b1\n%s\n\n%s\n" % x for x in p) + "--=_b1--\n"
		PY
		cat
	} >"$BATS_TEST_TMPDIR/script"
	forge "$BATS_TEST_TMPDIR/script"
}

@test "cv=fail over a chain that holds: what other validators are known to stumble over" {
	explained <<-'PY'
	for words, how in (
	        ("an earlier seal has no t=", {"as_": {"t": None}}),
	        ("an earlier set is signed with ed25519-sha256", {"key": "ed25519-a"}),
	        ("i= is not first", {"as_": lambda t: t.replace("i=1; a=rsa-sha256;", "a=rsa-sha256; i=1;")}),
	        ("has no space after its colon", {"aar_name": "ARC-Authentication-Results:"})):
	    told(base(1, edits.PLAIN, TEXT, **how).seal(cv="fail", key="rsa2048-a"), "as.cv-fail-unfounded", 2, words)
	assert "some validators" not in json.dumps(why(base(1, edits.PLAIN, TEXT).seal(cv="fail", key="rsa2048-a")))
	PY
}

@test "what is put into HTML: a comment, and links of a service that marks their ends" {
	explained <<-'PY'
	html = HEAD + "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: %s\n"
	page = "<html><body>\n<p>Hello <b>you</b></p>\n<p>see <a href=\"https://shop.example/a\">this</a></p>\n</body></html>\n"
	m = base(1, html % "8bit", page)
	m.edit_body("<b>you", "<!-- seen by > a filter --><b>you")
	told(m, "body.html-inserted", 1, "<!-- seen by > a filter -->")
	# encoded, elements alone are tried
	m = base(1, html % "quoted-printable", edits.qp(page.replace("\n", "\r\n").encode()).decode())
	m.body = edits.qp(page.replace("<b>you", "<!-- seen by > a filter --><b>you").replace("\n", "\r\n").encode())
	told(m, "body.html-inserted", 1, "<!-- seen by > a filter")
	m = base(1, html % "8bit", page)
	m.edit_body("https://shop.example/a", "https://urldefense.example/v3/__https://shop.example/a__;!!Abc!1$")
	told(m, "body.urls-rewritten", 1)
	PY
}

@test "a part whose encoding stands above its type was converted" {
	explained <<-'PY'
	head = HEAD + "Content-Type: multipart/mixed; boundary=\"=_b1\"\n"
	body = parts(("Content-Transfer-Encoding: 8bit\nContent-Type: text/plain; charset=iso-8859-1", "Gr\xfc\xdfe an alle."), ("Content-Type: text/plain", "more"))
	m = base(1, head, body.encode("latin-1").decode("utf-8", "surrogateescape"))
	m.body = m.body.decode("latin-1").replace("iso-8859-1", "utf-8").encode("utf-8")
	told(m, "body.charset-converted", 1, "from iso-8859-1")
	PY
}

@test "more changes than can be told one by one are told as one" {
	explained <<-'PY'
	head = HEAD + "Content-Type: multipart/mixed; boundary=\"=_b1\"\n"
	text = parts(*[("Content-Type: text/plain", "part %d" % k) for k in range(20)])
	m = base(1, head, text)
	m.body = m.body.replace(b"text/plain\r\n", b"text/plain\r\nX-Scan: clean\r\n")
	w = told(m, "body.part-headers-added", 1)
	assert len(w["evidence"]["changes"]) == 1, w
	write(m, tmp("m"))
	subprocess.run(["arc-verify", "--time", "1767225600", "--keys", tmp("m.keys"), "--repair", tmp("was"), tmp("m")], capture_output=True)
	assert b"X-Scan" not in open(tmp("was"), "rb").read()
	PY
}

@test "of two signed fields of a name, one that was edited is not told as added" {
	explained <<-'PY'
	twice = {"ams": {"h": "from:subject:subject:date"}}
	m = base(1, re.sub("(?m)^Subject:.*\n", r"\g<0>\g<0>", edits.PLAIN), TEXT, **twice)
	k = [n for n, f in enumerate(m.fields) if f.name == b"subject"][-1]
	m.fields[k].raw = m.fields[k].raw.replace(b"Tuesday", b"x[y]z Tuesday")
	assert not any(w["cause"] == "hdr.field-added" for w in why(m)), why(m)
	PY
}

@test "blanks at line ends under c=simple: who put them there is asked of the other hops" {
	explained <<-'PY'
	simple = {"ams": {"h": edits.H, "c": "relaxed/simple"}}
	blank = lambda m: m.edit_body("what Ann has to say about it.", "what Ann has to say about it. ")
	# both hops signed the same without: they came later
	m = base(2, edits.PLAIN, TEXT.replace("-- \n", "--\n"), **simple)
	told(blank(m), "body.trailing-space-added", 2)
	# the lower hop signed them under simple: the upper one used relaxed
	body = TEXT.replace("about it.\n", "about it. \n", 1)
	m = base(1, edits.PLAIN, body, **simple)
	m.seal(key="rsa2048-a", c="relaxed/relaxed", **simple)
	told(m, "body.canon-of-header-used", 2)
	assert not any(w["cause"] == "body.trailing-space-added" for w in why(m))
	PY
}

@test "a footer does not become that of the sealer because the text speaks of the sealer" {
	explained <<-'PY'
	m = base(2, edits.PLAIN, TEXT + "Ann, who has a desk at d2.example\n")
	m.body += b"_____\r\nthe list\r\n"
	told(m, "body.footer-appended", 2)
	m = base(2, edits.PLAIN, TEXT)
	m.body += b"_____\r\nthe list at d2.example\r\n"
	told(m, "body.footer-appended", 2, "it names d2.example, the sealer of i=2")
	PY
}

@test "a body that fits below and not above was hashed as something else" {
	explained <<-'PY'
	m = base(1, edits.PLAIN, TEXT).seal(key="rsa2048-a", signed_body="quite another text\n", ams={"h": edits.H})
	told(m, "body.changed", 2, "the body hash of i=1 still verifies", level="indicated")
	PY
}

@test "an author made invalid by a list was who the rest of the domain says" {
	explained <<-'PY'
	m = base(1, edits.PLAIN, TEXT)
	header(m, "From", lambda v: "Ann Author <ann@author.example.invalid>")
	assert "ann@author.example>" in json.dumps(told(m, "hdr.from-rewritten", 1)["evidence"])
	PY
}

@test "a field that was kept under a name with Original- in it" {
	explained <<-'PY'
	m = base(1, edits.PLAIN + "X-Data-0: first\n", TEXT, ams={"h": edits.H + ":x-data-0"})
	m.field("X-Data-0").raw = b"X-Data-0: other\r\n"
	m.bottom("X-Data-Original-0: first\n")
	found = why(m)
	assert found[0]["level"] == "proved" and "first" in json.dumps(found[0]["evidence"]), found
	PY
}

@test "a long change is cut where it is told" {
	explained <<-'PY'
	m = base(1, edits.PLAIN, TEXT)
	m.body += b"".join(b"line %d of a footer\r\n" % k for k in range(60))
	told(m, "body.footer-appended", 1)
	PY
	run -1 arc-verify --why --time 1767225600 --keys "$BATS_TEST_TMPDIR/m.keys" "$BATS_TEST_TMPDIR/m"
	[[ $output == *"line 1 of a footer"*"    - ..."* ]]
	[[ $output != *"line 59 of a footer"* ]]
}

@test "of more findings than are kept the last go without, none is half told, and nothing is read beyond" {
	explained <<-'PY'
	def full(m, n=33):
	    for _ in range(n):
	        m.seal(**edits.HOW)
	    m.body += b"_____\r\nthe list\r\n"
	    m.top("Precedence: list\n")
	    found = why(m)
	    assert len(found) == 64 and not any("resent" in w["text"] for w in found), found
	    return m
	# whatever the lowest signer did wrong, and whatever befell a seal, comes last
	for name, head, how, cause in list(faults.ams_faults(1))[:2]:
	    full(Message(octets(TEXT), head).seal(**{"key": "rsa2048-b", **how}))
	spaced = lambda r: r.replace(b"; ", b";").replace(b";\r\n ", b";")
	for i in (1, 30):
	    m = full(base(1, edits.PLAIN, TEXT))
	    for kinds in ((arc.AS,), (arc.AAR,), (arc.AAR, arc.AMS), (arc.AAR, arc.AMS, arc.AS)):
	        for change in (spaced, lambda r: r.replace(b"cv=none", b"cv=pass"), lambda r: r.replace(b"cv=pass", b"cv=fail")):
	            t = m.copy()
	            for kind in kinds:
	                t.rewrite(kind, i, change)
	            why(t)
	# three findings of a set, of which two tell one edit of the body; the last
	# that there is room for is all of it, where another set has it as two
	for third in ({}, {"c": "relaxed/simple", "ams": {"h": edits.H, "c": "relaxed/simple"}}):
	    m = base(2, edits.PLAIN, TEXT).seal(**{**edits.HOW, **third})
	    for _ in range(21):
	        m.seal(**edits.HOW)
	    m.body = b"A banner\r\n" + m.body + b"_____\r\nthe list\r\n"
	    m.top("Precedence: list\n")
	    found = why(m)
	    bodies = [w for w in found if w["field"] == "ams.bh" and w["level"] == "proved"]
	    assert len(found) == 64, len(found)
	    assert sum(len(w["evidence"]["changes"]) for w in bodies) == 2 * len({w["instance"] for w in bodies}), bodies
	    assert not third or len(bodies) % 2 == 1, len(bodies)
	PY
}

@test "of two domains that sealed with one instance the second is named where a body hash tells (RFC 8617 5.1.1)" {
	forge <<-PY
	def two(path, footer, top):
	    one = Message()
	    one.seal(d="first.example", key="rsa1024-b")
	    m = Message()
	    m.records.update(one.records)
	    if footer:
	        m.body += b"-- \r\nlist mailing list\r\n"
	    m.seal(d="second.example", key="rsa1024-a")
	    at = 0 if top else 3
	    m.fields[at:at] = one.fields[:3]
	    write(m, "$BATS_TEST_TMPDIR/" + path)
	two("below", True, False)
	two("above", True, True)
	two("alike", False, False)
	PY
	cd "$BATS_TEST_TMPDIR"
	for f in below above; do
		run -1 arc-verify --time 1760000100 --keys $f.keys --why $f
		[[ $output == *"(i=1 is by first.example and by second.example; only the latter signer's body hash verifies)  [as.instance-twice]"* ]]
		[[ $output == *"by: the signer of i=1, second.example (likely)"* ]]
	done
	# Where both sign what is here, nobody is accused.
	run -1 arc-verify --time 1760000100 --keys alike.keys --why alike
	[[ $output == *"first.example)  [as.instance-twice]"* || $output == *"second.example)  [as.instance-twice]"* ]]
	[[ $output == *"by: the signer of i=1 (open)"* ]]
	# The page names both owners.
	run -1 arc-dump --lint --keys below.keys below
	run -0 arc-dump --keys below.keys below
	[[ $output == *"by first.example"* && $output == *"by second.example"* ]]
}

@test "of a change within a long line only what is around it is shown, and JSON has more" {
	forge <<-PY
	long = " ".join("word%03d" % n for n in range(80))
	m = Message(header=HEADER.replace("A proposal for Tuesday", long))
	m.seal(d="d1.example")
	m.edit("Subject", 0, "Subject: ", "Subject: [list] ")
	write(m, "$BATS_TEST_TMPDIR/tag")
	link = "http://a.example/x?y=1"
	m = Message("short\n%s %s %s\n" % (long, link, long))
	m.seal(d="d1.example")
	m.body = m.body.replace(link.encode(), ("https://urldefense.com/v3/__%s__;!!a!d$" % link).encode())
	write(m, "$BATS_TEST_TMPDIR/link")
	PY
	cd "$BATS_TEST_TMPDIR"
	run -1 arc-verify --time 1760000100 --keys tag.keys --why tag
	[[ $output == *"    - Subject: [list] word000 word001 word002 word003 word004"*"...
    + Subject: word000 word001 word002 word003 word004"*"...
"* ]]
	run -1 arc-verify --time 1760000100 --keys link.keys --why link
	[[ $output == *"    - ...075 word076 word077 word078 word079 https://urldefense.com/v3/__http://a.example/x?y=1__;!!a!d$ word000 word001 word002 word003 word004...
    + ...075 word076 word077 word078 word079 http://a.example/x?y=1 word000 word001 word002 word003 word004...
"* ]]
	[[ $(arc-verify --time 1760000100 --keys link.keys --why --json link) == *"word000 word001"*"word078 word079 http"* ]]
}
