# SPDX-License-Identifier: BSD-2-Clause
"""opinion - a second reading of what a seal signs (RFC 8617 section 5.1.1, RFC
6376 section 3.7), for messages that somebody else sealed

check_set(octets, i, key) goes through the octets of a message and says what
does not fit of set i: bh=, b= of the AMS, b= of the AS."""
import base64
import re

import arc


def tags(raw):
    text = re.sub(rb"\r\n", b"", raw.split(b":", 1)[1])
    found = [t.split(b"=", 1) for t in text.split(b";") if t.strip()]
    return {n.strip().decode(): re.sub(rb"[ \t]", b"", v).decode() for n, v in found}


def emptied(raw):
    """A field with nothing behind b=, which is its last tag."""
    return re.sub(rb"(?s)(;[ \t\r\n]*b=).*$", rb"\1", raw)


def opened(key, signature):
    """What an RSA signature holds."""
    return pow(int.from_bytes(base64.b64decode(signature), "big"), key.e, key.n)


def split(octets):
    head, _, body = octets.partition(b"\r\n\r\n")
    return arc.fields_of((head + b"\r\n").decode("utf-8", "surrogateescape")), body


def check_set(octets, i, key):
    octets = re.sub(rb"\r?\n", b"\r\n", octets)
    fields, body = split(octets)
    sets = {}
    for f in fields:
        found = f.name.startswith(b"arc-") and re.search(rb"[:;]\s*i=(\d+)", f.raw)
        if found:
            sets[f.name, int(found.group(1))] = f
    ams, seal = sets[b"arc-message-signature", i], sets[b"arc-seal", i]
    t = tags(ams.raw)
    how, _, body_how = t["c"].partition("/")
    wrong = []
    if arc.body_hash(body_how, body) != t["bh"]:
        wrong.append("bh=")
    signed = b"".join(arc.canon_header(how, f.raw) for f in arc.pick(fields, t["h"]))
    own = arc.canon_header(how, emptied(ams.raw) + b"\r\n")[:-2]
    if opened(key, t["b"]) != key.padded(signed + own):
        wrong.append("b= of the AMS")
    t = tags(seal.raw)
    first = i if t["cv"] == "fail" else 1
    signed = b""
    for k in range(first, i + 1):
        for name in (b"arc-authentication-results", b"arc-message-signature", b"arc-seal"):
            if (name, k) != (b"arc-seal", i):
                signed += arc.canon_header("relaxed", sets[name, k].raw)
    own = arc.canon_header("relaxed", emptied(seal.raw) + b"\r\n")[:-2]
    if opened(key, t["b"]) != key.padded(signed + own):
        wrong.append("b= of the AS")
    return wrong
