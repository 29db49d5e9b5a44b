# SPDX-License-Identifier: BSD-2-Clause
"""faults - what signers do wrong: how of Message.seal() for the set at fault"""
import base64
import hashlib
import re

import arc
from arc import octets
from edits import H, PLAIN, TEXT

DUP = PLAIN + "Resent-From: first@x.example\n"


def ams_faults(i):
    """name, header, how, cause: how is what the set at fault gets."""
    def fn(f):
        return lambda k, data: k.sign(f(data))
    def pieces(data):
        return data.split(b"\r\n")  # relaxed: a field a line, the AMS last
    def reorder(f):
        return fn(lambda d: b"\r\n".join(f(pieces(d)[:-1]) + pieces(d)[-1:]))
    own = lambda d: d.rindex(b"arc-message-signature:")
    h = {"h": H}
    yield "top-down", "Resent-From: second@x.example\n" + DUP, {"ams": {"h": H + ":resent-from:resent-from"}, "pick": "top"}, "hdr.top-down"
    yield "top-down-r", "Received: by later.example; Thu, 09 Oct 2025 08:53:21 +0000\n" + PLAIN, {"ams": {"h": "from:received:received:to"}, "pick": "top"}, "hdr.top-down"
    yield "once", "Resent-From: second@x.example\n" + DUP, {"ams": {"h": H + ":resent-from:resent-from"}, "h": H + ":resent-from"}, "hdr.duplicates-hashed-once"
    yield "message-order", PLAIN, {"ams": h, "ams_sign": reorder(lambda l: sorted(l, key=lambda x: [b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"x-mailer", b"content-type", b"content-transfer-encoding"].index(x.split(b":")[0])))}, "hdr.message-order"
    yield "names", PLAIN, {"ams": h, "ams_sign": reorder(sorted)}, "hdr.order-of-names"
    yield "simple", PLAIN, {"ams": h, "c": "simple/relaxed"}, "hdr.simple-used"
    yield "relaxed", PLAIN, {"ams": {"h": H, "c": "simple/relaxed"}, "c": "relaxed/relaxed"}, "hdr.relaxed-used"
    yield "own-crlf", PLAIN, {"ams": h, "ams_sign": fn(lambda d: d + b"\r\n")}, "hdr.own-field-crlf"
    yield "b-removed", PLAIN, {"ams": h, "ams_sign": fn(lambda d: d[: d.rindex(b" b=")])}, "hdr.b-tag-removed"
    yield "b-removed-2", PLAIN, {"ams": h, "ams_sign": fn(lambda d: d[: d.rindex(b"; b=")])}, "hdr.b-tag-removed"
    yield "bh-emptied", PLAIN, {"ams": h, "ams_sign": fn(lambda d: re.sub(rb"bh=[^;]*", b"bh=", d))}, "hdr.bh-emptied"
    yield "null", PLAIN, {"ams": h, "ams_sign": fn(lambda d: d[: own(d)].replace(b"to:", b"from:\r\nto:", 1) + b"reply-to:\r\nsender:\r\nlist-id:\r\nprecedence:\r\n" + b"" + d[own(d):] if False else null_fields(d))}, "hdr.null-as-empty-field"
    yield "lf", PLAIN, {"ams": h, "ams_sign": fn(lambda d: d.replace(b"\r\n", b"\n"))}, "hdr.lf-hashed"
    yield "blank", PLAIN, {"ams": h, "ams_sign": fn(lambda d: re.sub(rb"(?m)^([a-z-]+):", rb"\1: ", d))}, "hdr.blank-after-colon"
    yield "names-kept", PLAIN, {"ams": h, "ams_sign": fn(lambda d: re.sub(rb"(?m)^([a-z-]+):", lambda x: original_name(x.group(1)) + b":", d))}, "hdr.names-not-lowered"
    yield "h-case", PLAIN.replace("Message-ID", "Message-ID") + "Reply-To: r@x.example\n", {"ams": {"h": "from:to:From:subject"}, "ams_sign": fn(lambda d: d.replace(b"subject:", b"from:Ann Author <ann@author.example>\r\nsubject:", 1))}, "hdr.h-case-counted-apart"
    yield "c-missing", PLAIN, {"ams": {"h": H, "c": None}, "c": "relaxed/relaxed"}, "sig.c-missing"
    yield "info-missing", PLAIN, {"ams": h, "ams_sign": bare}, "sig.digestinfo-missing"
    yield "info-sha1", PLAIN, {"ams": h, "ams_sign": lambda k, d: k.sign(d, "sha1")}, "sig.digestinfo-sha1"
    yield "empty-body", PLAIN, {"ams": h, "signed_body": b""}, "body.empty-hashed"
    yield "canon", PLAIN, {"ams": {"h": H, "bh": arc.body_hash("simple", octets(TEXT))}}, "body.canon-of-header-used"
    yield "lf-body", PLAIN, {"ams": {"h": H, "bh": sha(arc.canon_body("relaxed", octets(TEXT)).replace(b"\r\n", b"\n"))}}, "body.lf-hashed"
    yield "no-crlf", PLAIN, {"ams": {"h": H, "bh": sha(arc.canon_body("relaxed", octets(TEXT))[:-2])}}, "body.final-crlf-missing"
    yield "dots", PLAIN, {"ams": h, "signed_body": octets(TEXT).replace(b"\r\n.", b"\r\n..")}, "body.dot-stuffed-hashed"
    yield "headers", PLAIN, {"ams": h, "signed_body": b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + octets(TEXT)}, "body.headers-hashed"
    yield "l-ignored", PLAIN, {"ams": {"h": H, "l": "20", "bh": arc.body_hash("relaxed", octets(TEXT))}}, "body.l-ignored-by-signer"
    yield "sha1-bh", PLAIN, {"ams": {"h": H, "bh": base64.b64encode(hashlib.sha1(arc.canon_body("relaxed", octets(TEXT))).digest()).decode()}}, "body.bh-sha1"


def sha(data):
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def bare(k, data):
    digest = hashlib.sha256(data).digest()
    block = b"\0\1" + b"\xff" * (k.size - len(digest) - 3) + b"\0" + digest
    return k.octets(k.root(int.from_bytes(block, "big")))


NAMES = {n.lower(): n for n in (b"From", b"To", b"Subject", b"Date", b"Message-ID", b"MIME-Version", b"Content-Type",
                                b"Content-Transfer-Encoding", b"X-Mailer", b"ARC-Message-Signature")}


def original_name(lower):
    return NAMES.get(lower, lower)


def null_fields(data):
    """Each name of h= that is absent, hashed as "name:"."""
    fields = dict(x.split(b":", 1) for x in data.split(b"\r\n")[:-1])
    seen, out = set(), []
    for name in H.encode().split(b":"):
        if name in fields and name not in seen:
            out.append(name + b":" + fields[name])
        else:
            out.append(name + b":")
        seen.add(name)
    return b"\r\n".join(out + data.split(b"\r\n")[-1:])


def as_faults(i):
    sets = lambda order, upto: " ".join("%s%d" % (k, n) for n in upto for k in order)
    before = list(range(1, i))
    fn = lambda f: lambda k, data: k.sign(f(data))
    if i > 1:
        if i > 2:
            yield "descending", {"scope": sets("AMS", reversed(before)) + " A%d M%d" % (i, i)}, "as.sets-descending"
        yield "own-only", {"scope": "A%d M%d" % (i, i)}, "as.own-set-only"
        yield "no-seals", {"scope": sets("AM", before) + " A%d M%d" % (i, i)}, "as.earlier-seals-missing"
        yield "by-kind", {"scope": " ".join("A%d" % n for n in before + [i]) + " " + " ".join("M%d" % n for n in before + [i]) + " " + " ".join("S%d" % n for n in before)}, "as.by-kind"
        yield "emptied", {"scope": " ".join("A%d M%d S%d-" % (n, n, n) for n in before) + " A%d M%d" % (i, i)}, "as.earlier-b-emptied"
    yield "no-aar", {"scope": sets("AMS", before) + " M%d" % i}, "as.own-aar-missing"
    yield "ams-first", {"scope": sets("MAS", before) + " M%d A%d" % (i, i)}, "as.ams-before-aar"
    yield "simple", {"as_c": "simple"}, "as.simple-used"
    yield "own-crlf", {"own_crlf": True}, "as.own-crlf"
    yield "b-removed", {"as_sign": fn(lambda d: d[: d.rindex(b" b=")])}, "as.b-tag-removed"
    yield "names", {"as_sign": fn(lambda d: re.sub(rb"(?m)^arc-([a-z])([a-z]*)(-([a-z])([a-z]*))?(-([a-z])([a-z]*))?:",
                                                  lambda x: "-".join(w.capitalize() for w in x.group(0)[:-1].decode().split("-")).replace("Arc", "ARC").encode() + b":", d))}, "as.names-not-lowered"
