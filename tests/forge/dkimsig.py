# SPDX-License-Identifier: BSD-2-Clause
"""dkimsig - DKIM-Signatures as told, right or wrong (RFC 6376), and what
arc-verify --check dkim says to them

As in arc.py, what a test does not mention is done right: a message with one flaw
is otherwise correctly signed."""
import base64
import re
import subprocess
import sys

import arc
import check
import keys

NAME = "DKIM-Signature"
TAGS = (
    "v=1; a={a}; c=relaxed/relaxed; d={d}; s={s}; t={t}; "
    "h=from:to:subject:date:message-id; bh=@bh; b=@b"
)
OBJECT = (
    "index domain selector identity algorithm canonicalization time expires headers"
    " body_hash result code detail key"
).split()
OPTIONS = set("d s key t tags name record c h l signed_body sign b fold add pick".split())


def sign(message, **how):
    """Put a DKIM-Signature on top.  All of how is optional:

    d, s, key    domain, selector, key (a name or an object)
    tags         changes to the tags: see arc.changed()
    add          tags put before bh=, as text
    name         the name of the field, with colon and blank
    record       key record: see Message.publish()
    c, h, l      what it is really made with, if not what it says
    signed_body  the body that is hashed
    pick         "top": the fields of h= from the top down
    sign         function of key and octets: the signature
    b            function of base64: how it is written"""
    assert not set(how) - OPTIONS, set(how) - OPTIONS
    k = how.get("key", "rsa1024-a")
    k = keys.key(k) if isinstance(k, str) else k
    d, s = how.get("d", "author.example"), how.get("s", "s1")
    text = TAGS.format(a=k.algorithm, d=d, s=s, t=how.get("t", arc.TIME))
    if "add" in how:
        text = text.replace("bh=@bh", how["add"] + "; bh=@bh")
    text = arc.changed(text, how.get("tags"))
    c = how.get("c", arc.tag(text, "c") or "simple").lower()
    if not re.fullmatch("(simple|relaxed)(/(simple|relaxed))?", c):
        c = "relaxed/relaxed"
    header_c, _, body_c = c.partition("/")
    length = how.get("l", arc.tag(text, "l"))
    length = int(length) if str(length).isdigit() else None
    body = arc.octets(how.get("signed_body", message.body or b""))
    text = text.replace("@bh", arc.body_hash(body_c or "simple", body, length))
    signed = b"".join(
        arc.canon_header(header_c, f.raw)
        for f in arc.pick(message.fields, how.get("h", arc.tag(text, "h") or ""), how.get("pick", "bottom"))
    )
    name = how.get("name", NAME + ": ")
    if how.get("fold", True) and "\n" not in text:
        text = arc.fold(name + text)[len(name) :]
    own = arc.canon_header(header_c, arc.octets(name + arc.without_b(text) + "\n"))[:-2]
    signature = how.get("sign", lambda key, data: key.sign(data))(k, signed + own)
    b = how.get("b", arc.fold_base64)(base64.b64encode(signature).decode())
    message.publish(s, d, k, how.get("record", ...))
    message.fields.insert(0, arc.Field(name + re.sub(r"@b(?!\w)", lambda _: b, text) + "\n"))
    return message


def signed(body=arc.BODY, header=arc.HEADER, **how):
    """A message with one signature."""
    return sign(arc.Message(body, header), **how)


def status(results):
    words = [r.split()[0] for r in results] or ["none"]
    if "pass" in words:
        return 0
    return 75 if "temperror" in words else 2 if words == ["none"] else 1


def dkim(message, *wanted, octets=None, args=(), time=None, detail=None):
    """wanted: "pass", or "fail body-hash", for each signature from the top."""
    method = ("--check", "dkim")
    c = check.Case(message, (*method, *args), octets, None, time)
    if not re.search("temperror|limit-", " ".join(wanted)):
        words = [(w.split() + [None])[:2] for w in wanted]
        told = {"codes": [code for _, code in words]} if any(code for _, code in words) else {}
        check.export(c, {"dkim": [word for word, _ in words]}, time, told, method)
    c.expect("exit status", c.status, status(wanted))
    found = c.json.get("dkim")
    c.expect("arc, sets", [c.json.get("arc"), c.json.get("sets")], [None, None])
    if found is None:
        c.wrong.append("no member dkim")
        found = []
    c.expect("results", [" ".join(w for w in (s["result"], s["code"]) if w) for s in found], list(wanted))
    for n, s in enumerate(found):
        c.expect_keys("a signature", s, OBJECT)
        c.expect("index", s["index"], n + 1)
        if s.get("key"):
            c.expect_keys("key", s["key"], check.KEY_KEYS)
    if detail is not None and not any(detail in (s["detail"] or "") for s in found):
        c.wrong.append("detail: wanted %r, found %r" % (detail, [s["detail"] for s in found]))
    # The lines say the same.
    words = [a for a in c.args if a != "--json"]
    text = subprocess.run(words, input=c.data, capture_output=True, check=False).stdout.decode("utf-8", "replace")
    lines = ["dkim=" + w.split()[0] for w in wanted] or ["dkim=none"]
    c.expect("first words", [t.split()[0] for t in text.splitlines() if t], lines)
    for line, w in zip(text.splitlines(), wanted):
        if " " in w and not line.endswith("  [%s]" % w.split()[1]):
            c.wrong.append("line: %r" % line)
    c.end(sys._getframe(1).f_lineno)


def verdict(message):
    """The results alone."""
    c = check.Case(message, ("--check", "dkim"), None, None, None)
    return [s["result"] for s in c.json["dkim"]]


__all__ = ["sign", "signed", "dkim", "verdict"]
