# SPDX-License-Identifier: BSD-2-Clause
"""signers - more of what signers do wrong, and of what is done to their fields

Cases for cases.cases(): each fault of a signer or sealer that edits.py has not,
done for real at the newest hop, at one below a hop that is right, with RSA and
with Ed25519.  A fault is a function from the octets that should have been signed
to those that were."""
import base64
import hashlib
import re

import arc
from arc import Message, octets

FOLDED = """\
Received: from out.author.example (out.author.example [192.0.2.1])
\tby mx.d1.example with ESMTPS id 4cXyZ1;
\tThu, 09 Oct 2025 08:53:20 +0000
DKIM-Signature: v=1; a=rsa-sha256; d=author.example; s=s; h=from:to;
\tbh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=;
\tb=bm90IG91cg==
From: Ann Author <ann@author.example>
To: Bob <bob@d1.example>,
\tcarol@d1.example
Subject: Gr\u00fc\u00dfe from\tTuesday
Date: Thu, 09 Oct 2025 10:53:12 +0200
Message-ID: <1@author.example>
"""
BODY = "Hello  all, \t\n.dots\nTuesday suits me.\n \t\n\n\n"
NAMES = "from:to:subject:date:message-id:dkim-signature"
OWN = b"arc-message-signature:"
PLAIN = {"ams": {"h": NAMES}}


def hashed(change, part="ams"):
    """Sign what change makes of the octets."""
    return {part + "_sign": lambda k, data: k.sign(change(data))}


def last(name, change):
    """Change the last field hashed, which is the one that is signed."""
    return lambda d: d[: d.rindex(name)] + change(d[d.rindex(name) :])


def raw_of(template_name):
    """The canonical last field as it stands when it is not folded."""
    return lambda own: template_name + b": " + own.split(b":", 1)[1]


def tabs(d):
    return d.replace(b"from Tuesday", b"from\tTuesday").replace(b", carol", b",\tcarol").replace(
        b"; bh=frcC", b";\tbh=frcC").replace(b"; b=bm90", b";\tb=bm90")


def no_dkim_b(d):
    return re.sub(rb"b=bm90[^\r]*", b"b=", d)


def sha(data):
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def relaxed_lines(data, strip_last):
    """Relaxed, but for the end: all lines stay, or empty ones go too soon."""
    lines = [re.sub(rb"[ \t]+", b" ", line) for line in data.split(b"\r\n")[:-1]]
    if strip_last:
        while lines and not lines[-1]:
            lines.pop()
    return b"".join(line.rstrip(b" ") + b"\r\n" for line in lines)


def with_bh(value):
    return {"ams": {"h": NAMES, "bh": value}}


def ams_faults():
    """name, how, cause, other causes that hash alike."""
    flat = {**PLAIN, "fold": False, "ams_b": lambda b: b}
    yield "own-raw", {**flat, **hashed(last(OWN, raw_of(b"ARC-Message-Signature")))}, "hdr.own-field-raw", ()
    simple = {"ams": {"h": NAMES, "c": "simple/simple"}}
    yield "folds-lf", {**simple, **hashed(last(b"ARC-Message-Signature:", lambda d: d.replace(b"\r\n", b"\n")))}, "hdr.own-folds-lf", ()
    spaced = {**PLAIN, "ams_b": lambda b: "\n " + arc.fold_base64(b)}
    yield "blank-kept", {**spaced, **hashed(lambda d: d + b" ")}, "hdr.b-blank-kept", ()
    middle = {"ams": lambda t: t.replace("b=@b", "b= @b; x=1999999999").replace("from:to:subject:date:message-id", NAMES)}
    yield "blank-kept-2", {**middle, **hashed(last(OWN, lambda d: d.replace(b" b=;", b" b= ;")))}, "hdr.b-blank-kept", ()
    yield "dkim-b", {**PLAIN, **hashed(no_dkim_b)}, "hdr.dkim-b-emptied", ()
    yield "tabs", {**PLAIN, **hashed(tabs)}, "hdr.tabs-kept", ()
    yield "simple-body", with_bh(arc.body_hash("simple", octets(BODY))), "body.canon-of-header-used", ()
    yield "tail", with_bh(sha(relaxed_lines(octets(BODY), False))), "body.trailing-lines-hashed", ("body.blank-tail-hashed",)
    yield "blank-tail", with_bh(sha(relaxed_lines(octets(BODY), True))), "body.blank-tail-hashed", ()


def scopes(i):
    """name, what the seal covers, cause."""
    before = range(1, i)
    every = lambda order: " ".join("%s%d" % (k, n) for n in before for k in order)
    if i > 1:
        swapped = list(range(2, i + 1)) + [1]
        yield "by-position", " ".join(
            "A%d M%d%s" % (a, n, " S%d" % n if n < i else "") for n, a in zip(range(1, i + 1), swapped)), "as.aars-by-position"
        yield "seal-first", every("SAM") + " A%d M%d" % (i, i), "as.seal-first"
        yield "seal-first-2", every("SMA") + " M%d A%d" % (i, i), "as.seal-first"
        yield "own-set-first", "A%d M%d " % (i, i) + " ".join(
            "%s%d" % (k, n) for n in reversed(before) for k in "AMS"), "as.sets-descending"


def tag_faults():
    """name, what is done to the finished AMS, cause."""
    spaced = lambda raw: re.sub(rb"(?s)(h=)(.*?)(;)", lambda x: x.group(1) + x.group(2).replace(b":", b": ") + x.group(3), raw, count=1)
    folded = lambda raw: re.sub(rb"(?s)(subject:)(date)", rb"\1\r\n\t\2", raw, count=1)

    def tags(order):
        def change(raw):
            name, value = raw.split(b":", 1)
            found = {p.strip().split(b"=")[0]: p.strip() for p in value.split(b";") if p.strip()}
            return name + b": " + b"; ".join(found[t] for t in order.encode().split()) + b"\r\n"
        return change

    yield "h-blanks", spaced, "hdr.own-h-refolded"
    yield "h-fold", folded, "hdr.own-h-refolded"
    yield "tags", tags("i d s a c t h bh b"), "hdr.own-tags-reordered"
    yield "tags-2", tags("i a bh c d h s t b"), "hdr.own-tags-reordered"


def cases(case, how):
    """case: edits.Case; how: what all sets have."""

    def below(i):
        m = Message(octets(BODY), FOLDED)
        for _ in range(1, i):
            m.seal(**{**how, **PLAIN})
        return m

    for key in ("rsa2048-a", "ed25519-a"):
        for name, fault, cause, alike in ams_faults():
            for i in (1, 2):
                m = below(i)
                m.seal(**{**how, **fault, "key": key})
                yield case("signers.%s.%d.%s" % (name, i, key), m, [(cause, i, None, None)], also=alike)
            m.seal(**{**how, **PLAIN})
            yield case("signers.%s.below.%s" % (name, key), m, [(cause, 2, None, None)], also=alike, fails=False)
        for i in (1, 2, 3):
            for name, scope, cause in scopes(i):
                m = below(i)
                m.seal(**{**how, **PLAIN, "scope": scope, "key": key})
                yield case("signers.%s.%d.%s" % (name, i, key), m, [(cause, i, None, None)])
            m = below(i)
            m.seal(**{**how, **PLAIN, "as_b": lambda b: b, "as_": lambda t: t.replace("; ", ";\n\t"),
                      **hashed(lambda d: re.sub(rb"; (?=(?:[a-z]|cv)=[^\r]*$)", b";\t", d), "as"), "key": key})
            yield case("signers.as-tabs.%d.%s" % (i, key), m, [("as.tabs-kept", i, None, None)])
    for name, change, cause in tag_faults():
        for i in (1, 2):
            after = i if cause.endswith("reordered") else None
            m = below(i + 1).rewrite(arc.AMS, i, change)
            # the seal covers the field, with its blanks
            yield case("signers.%s.%d" % (name, i), m, [(cause, i, after, None)], also=["as.aar-respaced"])
    for i in (1, 2):
        m = below(i)
        m.top("X-Tag: first").top("X-Tag: second").top("X-Tag: put there by hop %d" % i)
        m.seal(**{**how, "ams": {"h": "from:x-tag:x-tag:x-tag"}, **hashed(
            lambda d: b"\r\n".join(d.split(b"\r\n")[k] for k in (0, 3, 1, 2, 4)))})
        yield case("signers.newest.%d" % i, m, [("hdr.newest-taken-for-oldest", i, None, None)])
        m = below(i + 1)
        m.seal(**{**how, **PLAIN})
        m.body = octets("Hello again,\n\nquite another text.\n")
        for f in m.fields:
            # who wrote it and when are what tells it from one that was edited
            other = {b"subject": b"of another message", b"from": b"Zoe <zoe@other.example>",
                     b"date": b"Mon, 2 Sep 2024 10:00:00 +0000"}.get(f.name)
            if f.kind is None and other:
                f.raw = f.raw.split(b":")[0] + b": " + other + b"\r\n"
        yield case("signers.another.%d" % i, m, [("arc.set-of-another-message", i + 1, None, None)], level="indicated")
        m = below(i + 1)
        m.body += octets("-- \nthe list\n")
        m.seal(**{**how, **PLAIN})
        yield case("signers.all-ams.%d" % i, m, [("validator.all-ams", None, None, None)],
                   also=["body.footer-appended"], level="fact", fails=False)
