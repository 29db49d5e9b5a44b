#!/usr/bin/env bats
# Tag-lists (RFC 6376 section 3.2).
# SPDX-License-Identifier: BSD-2-Clause
load helper

@test "folding white space around names, = and values, and after the last ; (RFC 6376 3.2)" {
	forge <<-'PY'
	ams = "i = 1 ;\n\ta = rsa-sha256 ; c\n = relaxed/relaxed;d=d1.example ;\n s\t=\ts1; h = from ; bh = @bh ; b = @b ;\n \n\t"
	as_ = "\n\ti\n =\n 1\n ;\n a=rsa-sha256;cv = none ; d=d1.example; s=s1 ; b = @b ;  "
	passes(chain(1, ams=ams))
	passes(chain(1, as_=as_))
	passes(chain(1, ams=ams, as_=as_, record="v = DKIM1 ;  k =rsa\t; p = @p ; "))
	passes(chain(1, ams=lambda t: t + ";", as_=lambda t: t + ";", record="v=DKIM1;p=@p;"))
	PY
}

@test "a tag name is a letter, then letters, digits and _ (RFC 6376 3.2)" {
	forge <<-'PY'
	for good in ("z_1=a;", "Z=a;", "z=a;", "z9_=a;"):
	    passes(chain(1, ams=add(good), as_=add(good), record="v=DKIM1; p=@p; " + good))
	for bad in ("==;", "_=;", "2x=1;", "x-y=1;", "=1;", "x y=1;", "x.y=1;", "é=1;", "*=1;", "x\"=1;"):
	    fails("field-syntax", None, chain(1, ams=add(bad)))
	    fails("field-syntax", None, chain(1, as_=add(bad)))
	    fails("key-syntax", 1, chain(1, record="v=DKIM1; p=@p; " + bad))
	    fails("key-syntax", 1, chain(1, record="v=DKIM1; " + bad + " p=@p"))
	PY
}

@test "an element that is empty or has no = is invalid; one trailing ; is fine (RFC 6376 3.2)" {
	forge <<-'PY'
	lists = (swap("; s=s1;", ";; s=s1;"), lambda t: "; " + t, lambda t: ";" + t, add("foo;"),
	         lambda t: t + ";;", lambda t: t + "; ;", lambda t: t + "; foo", add("s1;"))
	for change in lists:
	    fails("field-syntax", None, chain(1, ams=change))
	    fails("field-syntax", None, chain(1, as_=change))
	    fails("field-syntax", None, chain(2, {1: dict(ams=change)}))
	for record in ("v=DKIM1;; p=@p", "; v=DKIM1; p=@p", "v=DKIM1; foo; p=@p", "v=DKIM1; p=@p;;", "p=@p; foo"):
	    fails("key-syntax", 1, chain(1, record=record))
	passes(chain(1, ams=lambda t: t + ";", as_=lambda t: t + " ;", record="v=DKIM1; p=@p;"))
	PY
}

@test "a name twice makes the whole list invalid, unknown names too (RFC 6376 3.2)" {
	forge <<-'PY'
	for twice in ("s=s1;", "zz=1; zz=2;", "i=1;", "d=d1.example;", "a=rsa-sha256;", "t=1;  t=1;"):
	    fails("field-syntax", None, chain(1, ams=add(twice)))
	    fails("field-syntax", None, chain(1, as_=add(twice)))
	fails("field-syntax", None, chain(1, as_=add("cv=none;")))
	# However many there are, and wherever the two stand.
	for n in (10, 30, 300):
	    many = "".join("x%d=y; " % k for k in range(n))
	    passes(chain(1, ams=add(many)))
	    for k in (0, n // 2, n - 1):
	        fails("field-syntax", None, chain(1, ams=add(many + "x%d=z;" % k)))
	fails("field-syntax", None, chain(1, as_=lambda t: "b=; " + t))
	fails("field-syntax", None, chain(1, ams=add("bh=@bh;")))
	fails("field-syntax", None, chain(1, ams=add("h=from;")))
	for record in ("v=DKIM1; p=@p; p=@p", "v=DKIM1; n=a; p=@p; n=b", "v=DKIM1; k=rsa; k=rsa; p=@p", "v=DKIM1; v=DKIM1; p=@p"):
	    fails("key-syntax", 1, chain(1, record=record))
	PY
}

@test "tag names are case-sensitive (RFC 6376 3.2)" {
	forge <<-'PY'
	passes(chain(1, ams=add("S=b; I=7; BH=x; B=y;"), as_=add("S=b; CV=fail; H=x; B=y; I=9;")))
	fails("tag-missing", 1, chain(1, ams=swap("s=s1", "S=s1")), parts={"seal1": "unchecked"})
	fails("tag-missing", 1, chain(1, as_=swap("s=s1", "S=s1")), parts={"ams1": "pass"})
	fails("instance-syntax", None, chain(1, as_=swap("i=1", "I=1")))
	fails("instance-syntax", None, chain(1, ams=swap("i=1", "I=1")))
	fails("aar-syntax", None, chain(1, aar=swap("i=1", "I=1")))
	fails("cv-syntax", 1, chain(1, as_=swap("cv=", "CV=")))
	PY
}

@test "unknown tags are ignored yet hashed (RFC 6376 3.2)" {
	forge <<-'PY'
	fh = "fh=MrVq8Bvc2mgnxwXLUu0KWn+oGDjcqcyUGBtFcBtZqyI=;"
	passes(chain(1, ams=add(fh + " zz=1;"), as_=add("zz=1; darn=x y;")))
	fails("signature", 1, chain(1, ams=add("zz=1;")).edit(AMS, 1, "zz=1", "zz=2"), parts={"seal1": "unchecked"})
	fails("signature", 1, chain(1, as_=add("zz=1;")).edit(AS, 1, "zz=1", "zz=2"), parts={"ams1": "pass"})
	fails("signature", 1, chain(1, ams=add("zz=1;")).edit(AMS, 1, " zz=1;", ""))
	PY
}

@test "an empty value is the empty string, not the default (RFC 6376 3.2)" {
	forge <<-'PY'
	for tag in ("c", "t", "a", "q", "x", "l", "d", "s", "h", "bh"):
	    fails("tag-missing", 1, chain(1, ams={tag: ""}, c="relaxed/relaxed", h="from:to:subject:date:message-id"))
	for tag in ("t", "a", "d", "s"):
	    fails("tag-missing", 1, chain(1, as_={tag: ""}))
	for blank in ("", " ", "\n\t "):
	    fails("cv-syntax", 1, chain(1, as_={"cv": blank}))
	    fails("tag-missing", 1, chain(1, ams_b=lambda b: blank))
	    fails("tag-missing", 1, chain(1, as_b=lambda b: blank))
	passes(chain(1, ams={"zz": "", "v": ""}, as_={"c": "", "zz": ""}, record="v=DKIM1; n=; p=@p"))
	fails("key-type", 1, chain(1, record="v=DKIM1; k=; p=@p"))
	fails("key-hash", 1, chain(1, record="v=DKIM1; h=; p=@p"))
	fails("key-service", 1, chain(1, record="v=DKIM1; s=; p=@p"))
	fails("key-syntax", 1, chain(1, record="v=; p=@p"))
	PY
}

@test "white space inside a value is significant (RFC 6376 3.2)" {
	forge <<-'PY'
	for tag, value, code in (("t", "17600 00001", "tag-syntax"), ("d", "d1. example", "domain-syntax"),
	                         ("d", "exa mple.org", "domain-syntax"), ("s", "s 1", "selector-syntax"),
	                         ("a", "rsa- sha256", "algorithm"), ("a", "rsa\n -sha256", "algorithm"),
	                         ("c", "relaxed / relaxed", "canonicalization"), ("l", "1 0", "tag-syntax"),
	                         ("x", "19 00000000", "tag-syntax"), ("q", "dns / txt", "query-method")):
	    how = dict(c="relaxed/relaxed", l=10) if tag == "l" else {}
	    fails(code, 1, chain(1, ams={tag: value}, **how))
	    if tag in "tdsa":
	        fails(code, 1, chain(1, as_={tag: value}), parts={"ams1": "pass"})
	fails("cv-syntax", 1, chain(1, as_={"cv": "no ne"}))
	fails("instance-syntax", None, chain(1, as_={"i": "0 1"}))
	fails("tag-syntax", 1, chain(1, ams={"h": "from:mess age-id"}, h="from"))
	PY
}

@test "white space inside b=, bh=, p= and around the colons of h= means nothing (RFC 6376 3.2)" {
	forge <<-'PY'
	spaced = lambda b: "\n\t".join(" ".join(b[i:i + 5]) for i in range(0, len(b), 5))
	for name in ("ams_b", "as_b"):
	    passes(chain(2, {1: {name: spaced}, 2: {name: spaced}}))
	bh = body_hash("relaxed", octets(BODY))
	passes(chain(1, ams={"bh": spaced(bh)}))
	passes(chain(1, ams={"h": "from : to\n :\n\tdate:subject  :\tmessage-id"}))
	p = base64.b64encode(key("rsa1024-a").public()).decode()
	passes(chain(1, key="rsa1024-a", record="v=DKIM1; k=rsa; p=" + " ".join(p)))
	passes(chain(1, record="v=DKIM1; h=sha1 : sha256; s=email : x; t=s : x; p=@p"))
	PY
}

@test "values may be UTF-8; anything else above 126 is a syntax error (RFC 6376 3.2; RFC 8616 5)" {
	forge <<-'PY'
	for good in ("z=From:é;", "z=日本語;", "z=\U0001f600;", "z=a\tb  c;", "z=" + "".join(chr(c) for c in range(33, 127) if c != 59) + ";"):
	    passes(chain(1, ams=add(good), as_=add(good)))
	for bad in ("\udce9", "\udcc0\udcaf", "\udced\udca0\udc80", "\udcf4\udc90\udc80\udc80", "\udce2\udc82", "\udc80", "\udcff"):
	    fails("field-syntax", None, chain(1, ams=add("z=From:" + bad + ";")))
	    fails("field-syntax", None, chain(1, as_=add("z=From:" + bad + ";")))
	PY
}

@test "base64 is exact: alphabet, padding, length (RFC 2045 6.8)" {
	forge <<-'PY'
	junk = [lambda b: "not_base_64", lambda b: "AAA", lambda b: "AA=A", lambda b: "====", lambda b: "=",
	        lambda b: b.rstrip("="), lambda b: b + "=", lambda b: b + "====", lambda b: b + "AAAA",
	        lambda b: b[:20] + "*" + b[20:], lambda b: b[:20] + "-" + b[20:], lambda b: b[:20] + "é" + b[20:],
	        lambda b: b.replace("/", "_").replace("+", "-") + "__", lambda b: "\"" + b + "\"", lambda b: b[:8] + "==" + b[8:]]
	for change in junk:
	    fails("tag-syntax", 1, chain(1, ams_b=change))
	    fails("tag-syntax", 1, chain(1, as_b=change), parts={"ams1": "pass"})
	    fails("tag-syntax", 1, chain(1, ams={"bh": change(body_hash("relaxed", octets(BODY)))}))
	PY
}

@test "bh= decodes to 32 octets (RFC 2045 6.8)" {
	forge <<-'PY'
	digest = hashlib.sha256(canon_body("relaxed", octets(BODY))).digest()
	for octets_ in (digest[:31], digest[:20], digest[:3], digest + b"\0", digest + digest, hashlib.sha512(b"").digest()):
	    fails("tag-syntax", 1, chain(1, ams={"bh": base64.b64encode(octets_).decode()}))
	passes(chain(1, ams={"bh": base64.b64encode(digest).decode()}))
	PY
}

@test "p= is base64 (RFC 2045 6.8)" {
	forge <<-'PY'
	for p in ("not_base_64", "AAA", "AA=A", "====", "@p=", "@p====", "*@p", "@p@p", "\"@p\"", "@p."):
	    fails("key-syntax", 1, chain(1, key="rsa1024-a", record="v=DKIM1; p=" + p))
	PY
}

@test "t= and x= are 1 to 12 digits (RFC 6376 3.5)" {
	forge <<-'PY'
	for value in ("0", "000000000001", "1760000000", "999999999999"):
	    passes(chain(1, ams={"t": value}, as_={"t": value}))
	passes(chain(1, ams={"t": "1", "x": "999999999999"}))
	for value in ("1234567890123", "0001760000000", "+1", "-1", "0x10", "1e9", "1.0", "icecream", "1760000000s", "١", "1760000000,"):
	    fails("tag-syntax", 1, chain(1, ams={"t": value}))
	    fails("tag-syntax", 1, chain(1, as_={"t": value}), parts={"ams1": "pass"})
	    fails("tag-syntax", 1, chain(1, ams={"t": None, "x": value}))
	PY
}

@test "l= is 1 to 76 digits, compared without overflow (RFC 6376 3.5)" {
	forge <<-'PY'
	size = len(canon_body("relaxed", octets(BODY)))
	for zeros in (1, 20, 70, 76 - len(str(size))):
	    passes(chain(1, ams={"l": "0" * zeros + str(size)}))
	fails("tag-syntax", 1, chain(1, ams={"l": "0" * 75 + str(size)}))
	for value in ("+5", "-1", "0x5", "icecream", "5.0", "5,"):
	    fails("tag-syntax", 1, chain(1, ams={"l": value}, l=5))
	for bits in (32, 63, 64, 128, 250):
	    fails("body-length", 1, chain(1, ams={"l": str((1 << bits) + 5)}, l=5))
	fails("body-length", 1, chain(1, ams={"l": "9" * 76}, l=size))
	PY
}

@test "a=, c=, q= and cv= match in any case (RFC 5234 2.3)" {
	forge <<-'PY'
	passes(chain(2, {1: dict(as_={"cv": "NONE"}), 2: dict(as_={"cv": "Pass"})},
	             ams={"a": "RSA-SHA256", "c": "Relaxed/RELAXED", "q": "DNS/Txt"}))
	passes(chain(1, as_={"a": "Rsa-Sha256", "cv": "None"}))
	passes(chain(1, ams={"c": "SIMPLE/Simple"}))
	passes(chain(1, key="ed25519-a", ams={"a": "ED25519-sha256"}))
	fails("seal-cv-fail", 1, chain(1, cv="fail", as_={"cv": "FAIL"}))
	PY
}

@test "key tags k=, h=, s=, t= match in any case; v=DKIM1 is exact (RFC 5234 2.3)" {
	forge <<-'PY'
	passes(chain(1, record="v=DKIM1; k=RSA; h=SHA256; s=EMAIL; t=S:Y; p=@p"), lint="key-testing")
	passes(chain(1, key="ed25519-a", record="v=DKIM1; k=Ed25519; p=@p"))
	for v in ("dkim1", "Dkim1", "DKIM1.0", "DKIM2", "1", "DKIM1 x"):
	    fails("key-syntax", 1, chain(1, record="v=%s; p=@p" % v))
	PY
}

# peaks TOOL... -- FILE...: each TOOL has a verdict on each FILE, and takes less
# than 64 MiB for it (ru_maxrss).
peaks() {
	/usr/bin/python3 -S - "$SAMPLES/keys" "$@" <<-'PY'
	import os, sys
	keys, *words = sys.argv[1:]
	at = words.index("--")
	null = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (1, 2)]
	for tool in words[:at]:
	    for f in words[at + 1:]:
	        command = [*tool.split(), "--no-sandbox", "--keys", keys, f]
	        _, status, used = os.wait4(os.posix_spawnp(command[0], command, os.environ, file_actions=null), 0)
	        assert used.ru_maxrss < 65536, (tool, f, used.ru_maxrss)
	        assert os.waitstatus_to_exitcode(status) in (0, 1, 2), (tool, f, status)
	PY
}

@test "RFC 8617 9.1: 14 MiB of separators cost no memory beside their octets" {
	! grep -q fsanitize "$B/flags" || skip "sanitizers take memory of their own"
	cd "$BATS_TEST_TMPDIR"
	/usr/bin/python3 - <<-'PY'
	size = (1 << 20) - 9000
	ams = "ARC-Message-Signature: i=%d; a=rsa-sha256; d=a.example; s=s; bh=AAAA; b=AAAA; h=from"
	heads = {
	    "seal-semis": ("ARC-Seal: i=%d; ", ";"), "seal-same": ("ARC-Seal: i=%d; ", "a=;"),
	    "seal-equals": ("ARC-Seal: i=%d; ", "="), "ams-semis": (ams, ";"), "ams-colons": (ams, ":"),
	    "ams-names": (ams, ":a"), "aar-semis": ("ARC-Authentication-Results: i=%d; a", ";"),
	    "dkim-colons": (ams.replace("ARC-Message", "DKIM").replace("i=%d", "v=%d"), ":a"),
	}
	aar = "ARC-Authentication-Results: i=%d; mx.example"
	heads["aar-results"] = (aar, "; a=b" + " c.d=e" * 160)
	heads["aar-reasons"] = (aar, "; a=b reason=\"" + "z" * 5000 + "\"")
	heads["seal-tags"] = ("ARC-Seal: i=%d; ", "".join("%x=;" % (10 << 24 | k) for k in range(100000)))
	for name, (head, text) in heads.items():
	    with open(name, "w") as f:
	        for i in range(14, 0, -1):
	            field = head % i + (text * (size // len(text) + 1))[:size]
	            f.write("\r\n ".join(field[k:k + 900] for k in range(0, len(field), 900)) + "\r\n")
	        f.write("From: a@b.example\r\n\r\nhi\r\n")
	PY
	peaks "arc-verify --why" "arc-dump" "arc-dump --json" "arc-dump --lint" -- ./*-*
}

@test "RFC 8617 9.1: 14 MiB of short fields, or of one field, cost little beside their octets" {
	! grep -q fsanitize "$B/flags" || skip "sanitizers take memory of their own"
	cd "$BATS_TEST_TMPDIR"
	/usr/bin/python3 - "$SAMPLES/pass-list-edited.eml" <<-'PY'
	import sys
	mail = open(sys.argv[1], "rb").read()
	many = {"seals": b"ARC-Seal: i=1; <<<", "ams": b"ARC-Message-Signature: i=1; h=<<<",
	    "dkim": b"DKIM-Signature: v=1; d=author.example; h===="}
	for name, field in many.items():
	    open("many-" + name, "wb").write((field + b"\r\n") * 99000 + mail)
	one = {"type": (b"Content-Type: ", b";"), "dkim2": (b"DKIM2-Signature: ", b"\xff")}
	for name, (head, octet) in one.items():
	    open("one-" + name, "wb").write(head + octet * (14 << 20) + b"\r\n" + mail)
	PY
	peaks "arc-verify --why --check arc:dkim" "arc-verify --as all" "arc-dump --json" "arc-dump --lint" "arc-dump --html" \
		-- many-seals many-ams many-dkim one-type one-dkim2
	run -1 --separate-stderr arc-verify --check dkim --keys "$SAMPLES/keys" many-dkim
	[ "${#lines[@]}" -eq 100 ]
	[[ ${lines[99]} == *"signature 100 of 99001; the rest are not listed"*"[limit-dkim]"* ]]
	run -0 arc-dump --keys "$SAMPLES/keys" many-dkim
	[[ $output == *"and 98951 more"* ]]
}
