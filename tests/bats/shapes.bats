#!/usr/bin/env bats
# ARC Sets written as large senders write them: their spacing, their folds, what
# they leave out.  Each message also passes as a file with LF ends.
# SPDX-License-Identifier: BSD-2-Clause
load helper

# Both forms of a message have that verdict.
shapes() {
	{
		cat <<-'PY'
		def both(verdict, m, *rest, **more):
		    verdict(*rest, m, **more)
		    verdict(*rest, m, octets=m.lf(), **more)
		# no space behind the colon, relaxed/simple, i= and t= on lines of their own
		def tight(m, i, **more):
		    return m.seal(i=i, key="rsa2048-b", d="relay.example", s="arc-20240116",
		        ams_name="ARC-Message-Signature:", as_name="ARC-Seal:", aar_name="ARC-Authentication-Results:",
		        ams="i={0}; a=rsa-sha256; d=relay.example;\n\ts=arc-20240116; t=1760000100; c=relaxed/simple;\n"
		            "\tbh=@bh;\n\th=From:To:Subject:Date:Message-ID:MIME-Version:\n\t Content-Type; b=@b".format(i),
		        **more)
		# no t=, s= before d=, a version behind the authserv-id, tab-less folds
		def terse(m):
		    return m.seal(i=1, key="rsa2048-a", d="mailer.example", s="arcselector10001", record="p=@p",
		        aar="i=1; mx.mailer.example 1; spf=pass\n smtp.mailfrom=author.example; dmarc=pass action=none\n"
		            " header.from=author.example; dkim=pass header.d=author.example; arc=none",
		        ams="i=1; a=rsa-sha256; c=relaxed/relaxed; d=mailer.example;\n s=arcselector10001;\n"
		            " h=From:Date:Subject:Message-ID:Content-Type:MIME-Version:X-Mailer-Check;\n bh=@bh;\n b=@b",
		        as_="i=1; a=rsa-sha256; s=arcselector10001; d=mailer.example; cv=none;\n b=@b", ams_b=str, as_b=str)
		PY
		cat
	} >"$BATS_TEST_TMPDIR/script"
	forge "$BATS_TEST_TMPDIR/script"
}

@test "no space behind the colon of an ARC field, twice over (RFC 5322 2.2)" {
	shapes <<-'PY'
	both(passes, tight(tight(Message(), 1, as_="i=1; a=rsa-sha256; d=relay.example; s=arc-20240116;\n\tt=1760000100; cv=none; b=@b"), 2,
	    as_="i=2; a=rsa-sha256; d=relay.example; s=arc-20240116;\n\tt=1760000200; cv=pass; b=@b"))
	PY
}

@test "seals without t=, an AAR with a version, a key record without v= (RFC 8601 2.2)" {
	shapes <<-'PY'
	both(passes, terse(Message()))
	both(passes, tight(terse(Message()), 2))
	PY
}

@test "cv=fail over a seal without t= still verifies below, and --why proves it (RFC 8617 4.1.3)" {
	shapes <<-'PY'
	m = tight(terse(Message()), 2, cv="fail", scope="A2 M2")
	both(fails, m, "seal-cv-fail", 2)
	write(m, tmp("m"))
	PY
	run -1 arc-verify --why --json --time 1767225600 --keys "$BATS_TEST_TMPDIR/m.keys" "$BATS_TEST_TMPDIR/m"
	/usr/bin/python3 -c 'import json, sys
found = [(w["cause"], w["level"]) for w in json.loads(sys.argv[1])["why"]]
assert ("as.cv-fail-unfounded", "proved") in found, found' "$output"
}

@test "folds within the values of t=, d=, b= and between a tag and its value (RFC 6376 3.2)" {
	shapes <<-'PY'
	def narrow(b):
	    return "\n    ".join([b[:1]] + [b[i:i + 64] for i in range(1, len(b), 64)])
	m = Message().seal(d="messaging.example", s="fm3", key="rsa2048-a",
	    as_="i=1; a=rsa-sha256; cv=none; d=messaging.example; s=fm3; t=\n    1761817378; b=@b",
	    ams="i=1; a=rsa-sha256; c=relaxed/relaxed; d=\n    messaging.example; h=mime-version:date:from:to:message-id\n"
	        "    :subject:content-type; s=fm3; t=\n    1761817378; bh=@bh; b=@b",
	    aar="i=1; mx.messaging.example;\n    x-csa=none;\n    x-ptr=pass smtp.helo=out.example\n    policy.ptr=out.example;\n"
	        "    arc=none (no signatures found);\n    dkim=pass (1024-bit rsa key sha256) header.d=author.example\n"
	        "    header.i=@author.example header.b=ZUrWtUUp header.a=rsa-sha256", ams_b=narrow, as_b=narrow)
	both(passes, m)
	both(passes, tight(m, 2))
	PY
}

@test "an ed25519-sha256 set below an rsa-sha256 set (RFC 8463)" {
	shapes <<-'PY'
	both(passes, Message().seal(key="ed25519-a").seal(key="rsa2048-a"))
	PY
}

@test "no line end behind the last line, relaxed/relaxed and relaxed/simple (RFC 6376 3.4.3)" {
	shapes <<-'PY'
	m = tight(terse(Message(body="Tuesday at ten suits me.")), 2)
	both(passes, m)
	PY
}

@test "raw 8-bit text, MIME-Version twice, an empty body (RFC 6376 3.4)" {
	shapes <<-'PY'
	header = HEADER + "MIME-Version: 1.0\nMIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n"
	for body in (b"Gr\xfc\xdfe\r\n", b"", b"\r\n\r\n", b"\x80\xff \t\r\n"):
	    both(passes, tight(terse(Message(body, header)), 2))
	PY
}

@test "h= names fields once more than they are there, and fields that are not (RFC 6376 5.4.2)" {
	shapes <<-'PY'
	both(passes, Message().seal(ams={"h": "Content-Type:Cc:Cc:Date:Date:From:From:In-Reply-To:Message-ID:Subject:Subject:To:To"}))
	PY
}

@test "two sets that both say i=1 are no chain (RFC 8617 5.2, step 3A)" {
	shapes <<-'PY'
	both(fails, terse(tight(Message(), 1)), "field-twice", 1)
	PY
}

@test "a list's footer breaks the older AMS, a provider's seal on top passes (RFC 8617 5.2, step 4)" {
	shapes <<-'PY'
	m = terse(Message())
	m.body += octets("_______________________________________________\nlist mailing list\n")
	both(passes, tight(tight(m, 2), 3), oldest=2)
	PY
}

@test "a seal altered under a good AMS fails at that seal (RFC 8617 5.2, step 6)" {
	shapes <<-'PY'
	m = tight(terse(Message()), 2)
	both(fails, m.edit("ARC-Seal", 2, "t=1760000002", "t=1760000003"), "signature", 2)
	PY
}
