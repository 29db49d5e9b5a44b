#!/usr/bin/env bats
# Canonicalization and what is hashed.
# SPDX-License-Identifier: BSD-2-Clause
load helper

@test "relaxed header: name in lower case, unfolded, runs of blanks to one (RFC 6376 3.4.2)" {
	forge <<-'PY'
	# Signed is the canonical form itself; sent is what has to come out as it.
	for raw, form in (("B : Y\t\n\tZ  ", "b:Y Z"), ("Subject: \t", "subject:"), ("X-F:\n a\n  b", "x-f:a b"),
	                  ("To:a@b\n ,c@d", "to:a@b ,c@d"), ("A: X", "a:X"), ("X:a  \t b", "x:a b"), ("X:\n \n a", "x:a"),
	                  ("X\t:\ta", "x:a"), ("X: a:b : c", "x:a:b : c"), ("X:", "x:"), ("X-Y_Z:a", "x-y_z:a"), ("X:\t\n\ta\t\n\t", "x:a")):
	    name = form.split(":")[0]
	    m = Message(header="From: a@example.org\n" + form + "\n")
	    m.seal(ams={"h": "from:" + name})
	    m.drop(name).bottom(raw)
	    passes(m)
	    # One word split in two is another text.
	    fails("signature", 1, m.copy().rewrite(name, 0, lambda r: r[:-2] + b" \r\n x\r\n"))
	PY
}

@test "relaxed header: the case of the value and blanks between words are kept (RFC 6376 3.4.2)" {
	forge <<-'PY'
	m = chain(1)
	for old, new in (("A proposal", "a proposal"), ("A proposal", "Aproposal"), ("Tuesday", "Tues day"), (": A", ": .A")):
	    fails("signature", 1, m.copy().edit("Subject", 0, old, new))
	PY
}

@test "simple header: octets as they are (RFC 6376 3.4.1)" {
	forge <<-'PY'
	folded = HEADER.replace("Subject: A proposal", "Subject: A\n proposal")
	for old, new in (("Subject:", "subject:"), ("Subject: ", "Subject:"), (" for", "  for"), ("A\n ", "A "), ("A\n ", "A\n\t"),
	                 ("A\n proposal for", "A proposal\n for"), ("day\n", "day \n"), ("Subject:", "Subject :")):
	    m = Message(header=folded).seal(ams={"c": "simple/simple"}).edit("Subject", 0, old, new)
	    fails("signature", 1, m)
	    m = Message(header=folded).seal(ams={"c": "relaxed/simple"}).edit("Subject", 0, old, new)
	    passes(m)
	passes(Message(header=folded).seal(ams={"c": "simple/simple"}))
	PY
}

@test "simple header: the AMS itself keeps its folds and its spelling (RFC 6376 3.4.1)" {
	forge <<-'PY'
	for c in ("simple/simple", "relaxed/relaxed"):
	    for old, new in (("ARC-Message-Signature", "arc-message-signature"), ("; d=", ";  d="), ("\n s=", "\n\ts="), (": i=1", ":i=1")):
	        m = Message().seal(ams={"c": c}).edit(AMS, 1, old, new)
	        passes(m) if c[0] == "r" else fails("signature", 1, m)
	# Inside b= it may be folded anew; the seal sees that, the AMS does not.
	m = chain(1, ams={"c": "simple/simple"}).rewrite(AMS, 1, lambda raw: raw[:-40] + b"\r\n\t" + raw[-40:])
	fails("signature", 1, m, parts={"ams1": "pass", "seal1": "fail signature"})
	PY
}

@test "simple body: empty lines at the end go, a missing CRLF comes (RFC 6376 3.4.3)" {
	forge <<-'PY'
	for signed, same, other in (("", ["\n", "\n\n\n"], [" \n", "x"]), ("a\n", ["a", "a\n\n\n"], ["a \n", "a\n \n", "\na\n"]),
	                            (" \n", [" ", " \n\n"], ["\n", "  \n"]), ("a\n\nb", ["a\n\nb\n\n"], ["a\nb", "a\n\n\nb"]),
	                            ("a\n \t\n", ["a\n \t", "a\n \t\n\n"], ["a\n", "a\n\t \n"])):
	    m = chain(1, body=signed, ams={"c": "relaxed/simple"})
	    for body in [signed] + same:
	        m.body = octets(body)
	        passes(m)
	    for body in other:
	        m.body = octets(body)
	        fails("body-hash", 1, m)
	PY
}

@test "relaxed body: runs of blanks to one, none at line ends, then the same (RFC 6376 3.4.4)" {
	forge <<-'PY'
	for signed, same, other in (("", ["\n", "\n\n", " \n", "\t\n \n", " "], ["x"]), ("a\n", ["a", "a \n", "a\t\n \n\n", "a\n\t "], [" a\n", "a\n\nb"]),
	                            ("a b\n", ["a  b\n", "a\tb\t\n", "a \t b"], ["ab\n", "a\nb\n"]), (" X\n", ["\tX \n", "  X"], ["X\n"]),
	                            ("a\n\nb", ["a\n \nb\n", "a\t\n\t\nb \n \n"], ["a\nb", "a\n\n\nb"])):
	    m = chain(1, body=signed, ams={"c": "relaxed/relaxed"})
	    for body in [signed] + same:
	        m.body = octets(body)
	        passes(m)
	    for body in other:
	        m.body = octets(body)
	        fails("body-hash", 1, m)
	PY
}

@test "same-named fields are taken from the bottom up (RFC 6376 5.4.2)" {
	forge <<-'PY'
	abc = "Received: A\nReceived: B\nReceived: C\nFrom: a@example.org\n"
	for c in ("simple/simple", "relaxed/relaxed"):
	    m = Message(header=abc).seal(ams={"c": c, "h": "from:received:received"})
	    passes(m)
	    passes(m.copy().top("Received: 0"))
	    passes(m.copy().edit("Received", 0, "A", "Z"))  # the topmost is not signed
	    fails("signature", 1, m.bottom("Received: D"))
	    # Signed over B, C in the wrong order, or from the top: another text.
	    fails("signature", 1, Message(header=abc).seal(ams={"c": c, "h": "from:received:received"}, pick="top"))
	    swapped = Message(header="Received: A\nReceived: C\nReceived: B\nFrom: a@example.org\n")
	    swapped.seal(ams={"c": c, "h": "from:received:received"})
	    swapped.fields = swapped.fields[:3] + Message(header=abc).fields
	    fails("signature", 1, swapped)
	PY
}

@test "names are counted one by one, not by their place in h= (RFC 6376 5.4.2)" {
	forge <<-'PY'
	abc = "Received: A\nFrom: a@example.org\nReceived: B\nX: 1\nReceived: C\nX: 2\n"
	for h in ("received:from:received", "Received:x:RECEIVED:from:x:received", "x:received:x:received:received:received:from:x"):
	    m = Message(header=abc).seal(ams={"h": h})
	    passes(m)
	    fails("signature", 1, m.bottom("Received: D"))
	fails("signature", 1, Message(header=abc).seal(ams={"h": "received:from:received"}, h="received:received:from"))
	PY
}

@test "a name beyond the fields present adds nothing (RFC 6376 5.4)" {
	forge <<-'PY'
	m = Message().seal(ams={"h": "from:from:x-none"})
	passes(m)
	passes(Message().seal(ams={"h": "from:from:x-none"}, h="from"))
	fails("signature", 1, m.copy().top("From: b@example.org"))
	fails("signature", 1, m.copy().bottom("From: b@example.org"))
	fails("signature", 1, m.copy().top("X-None:"))
	PY
}

@test "a second From above one that was signed once: it fits, with a remark (RFC 6376 5.4)" {
	forge <<-'PY'
	m = Message().seal(ams={"h": "from:to"})
	passes(m.copy().top("From: b@example.org"), lint="from-twice")
	fails("signature", 1, m.copy().bottom("From: b@example.org"), lint="from-twice")
	PY
}

@test "the value of b= goes with the white space around it (RFC 6376 3.7)" {
	forge <<-'PY'
	texts = ("i=1; a=rsa-sha256; b = @b ; cv=none; d=d1.example; s=s1", "i=1; b=@b; a=rsa-sha256; cv=none; d=d1.example; s=s1",
	         "i=1; a=rsa-sha256; cv=none; d=d1.example; s=s1; b=@b", "i=1; a=rsa-sha256; cv=none; d=d1.example; s=s1; b=@b\n ",
	         "i=1; a=rsa-sha256; cv=none; d=d1.example; s=s1; b=\n\t@b  ", "i=1;b=\n @b\n ;a=rsa-sha256;cv=none;d=d1.example;s=s1;",
	         "i=1; a=rsa-sha256; cv=none; d=d1.example; s=s1; b\n =\n @b;", "b=@b;i=1; a=rsa-sha256; cv=none; d=d1.example; s=s1")
	folds = (lambda b: b, fold_base64, lambda b: b[:2] + " " + b[2:30] + "\n\t \t" + b[30:])
	for text in texts:
	    for write_b in folds:
	        passes(chain(1, as_=text, as_b=write_b))
	        for c in ("simple/simple", "relaxed/relaxed"):
	            ams = text.replace("cv=none", "bh=@bh;h=from:to;c=" + c)
	            passes(chain(1, ams=ams, ams_b=write_b))
	PY
}

@test "only the tag named exactly b is emptied (RFC 6376 3.7)" {
	forge <<-'PY'
	for extra in ("xb=abc; bx=1;", "B=abc;", "y=b=abc;", "zb=b=;", "bb=b;", "b2=abc;", "b_=x;", "n=;nb=b;"):
	    passes(chain(2, ams=add(extra), as_=add(extra)))
	    fails("signature", 1, chain(1, as_=add(extra)).edit(AS, 1, extra, extra[:-1] + "q;"))
	fails("signature", 1, chain(1).edit(AMS, 1, "c=relaxed/relaxed", "c=relaxed/Relaxed"))
	PY
}

@test "an AMS is never picked through its own h= (RFC 6376 3.5, h=)" {
	forge <<-'PY'
	m = chain(2, {2: dict(ams={"h": "from:arc-message-signature"})})
	passes(m)
	m = chain(2, {2: dict(ams={"h": "from:arc-message-signature:arc-message-signature"})})
	passes(m)
	# On the page below AMS(1): bottom-up it would come first.
	m.fields.append(m.fields.pop(m.fields.index(m.field(AMS, 2))))
	passes(m)
	fails("signature", 2, m.edit(AMS, 1, "t=1760000001", "t=1760000003"), parts={"ams2": "fail signature"})
	passes(chain(1, ams={"h": "from:arc-message-signature"}))
	PY
}

@test "an older AMS is hashed against the message as it is now (RFC 6376 3.7)" {
	forge <<-'PY'
	m = Message().seal(ams={"h": "from:received:subject"})
	for i in (2, 3, 4):
	    m.top("Received: from d%d.example by d%d.example" % (i - 1, i)).seal(ams={"h": "from:received:received:subject"})
	passes(m, oldest=0, parts={"ams1": "pass", "ams2": "pass", "ams3": "pass"})
	m = Message().seal().edit("Subject", 0, "A pro", "[l] A pro").seal()
	passes(m, oldest=2, parts={"ams1": "fail signature"})
	PY
}

@test "any split of the input gives the same digest" {
	forge <<-'PY'
	body = octets("one  two \t\n\n \n\tthree\n\n \n \n") + b"\r a\r \r\n\r\n\r\n"
	for c in ("simple", "relaxed"):
	    m = chain(2, ams={"c": c + "/" + c}, body=body)
	    write(m, tmp(c))
	    write(m, tmp(c + ".lf"), lf=True)
	PY
	for file in simple relaxed simple.lf relaxed.lf; do
		f=$BATS_TEST_TMPDIR/$file
		for size in 1 2 3 7 64 500; do
			run -0 pieces "$size" "$f" arc-verify --keys "$f.keys"
			[[ $output == "pass  i=2 "*"oldest-pass=0" ]]
		done
	done
}
