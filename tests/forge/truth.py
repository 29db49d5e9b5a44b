# SPDX-License-Identifier: BSD-2-Clause
"""truth - messages of which two stories are told, or a false one was

Cases for edits.cases(): twins, what is missing only at first sight, signatures
made by another step, one rule on all fields.  e is edits."""
import hashlib

import arc
from arc import Message, octets

FOLDED = "To: list@d1.example,\n\tother@d1.example,\n third@d1.example\n"
GOOGLE = (
    "i=%d; mx.d%d.example; dkim=pass header.i=@author.example header.s=s1 header.b=AbCd1234;"
    " spf=pass smtp.mailfrom=author.example; dmarc=pass header.from=author.example"
)
DKIM = "DKIM-Signature: v=1; a=rsa-sha256; d=author.example; s=s1; h=from; bh=AAAA;\n b=AbCd1234EfGh\n"


def below(e, i, head=None):
    """What hop i receives."""
    head = head or e.PLAIN
    return e.base(i - 1, head, e.TEXT) if i > 1 else Message(octets(e.TEXT), head)


def joined(data):
    """Folds joined with nothing: the fields that have one."""
    return data.replace(b", other@", b",other@").replace(b", third@", b",third@")


def signature_cases(e, i):
    """The step from the hash input to the signature."""

    def fact(name, cause, key, sign):
        for part, field in (("ams_sign", "b"), ("as_sign", "s")):
            yield e.Case("%s.%s.%d" % (name, field, i), below(e, i).seal(**{**e.HOW, "key": key, part: sign}), [(cause, i, None, None)])

    def raw(k, data):
        return k.private.sign(data)

    def digest(data):
        return hashlib.sha256(data).digest()

    yield from fact("unhashed", "sig.ed25519-unhashed", "ed25519-a", raw)
    for key in ("ed25519-a", "rsa2048-a"):
        yield from fact("doubled." + key, "sig.hash-doubled", key, lambda k, data: k.sign(digest(data)))
        yield from fact("hex." + key, "sig.hash-in-hex", key, lambda k, data: k.sign(digest(data).hex().encode()))
    yield from fact("hex-bare", "sig.hash-in-hex", "ed25519-a", lambda k, data: raw(k, digest(data).hex().encode()))


def field_cases(e, i):
    m = below(e, i, e.PLAIN + "Cc: \n")
    few = {**e.HOW, "ams": {"h": "from:to:subject:date:message-id:cc"}}
    m.seal(**few).drop("Cc")
    yield e.Case("empty-gone.%d" % i, m, [("hdr.empty-field-removed", i, i, None), ("hdr.null-as-empty-field", i, None, None)])
    m = m.copy().seal(**few)
    yield e.Case("empty-gone.between-%d" % i, m, [("hdr.empty-field-removed", i, i, i + 1)], also=["validator.all-ams"], fails=False)
    m = below(e, i, FOLDED + "".join(x + "\n" for x in e.PLAIN.splitlines() if not x.startswith("To:")))
    m.seal(**{**e.HOW, "ams_sign": lambda k, data: k.sign(joined(data))})
    yield e.Case("folds-joined.%d" % i, m, [("hdr.folds-joined", i, None, None), ("hdr.address-list-respaced", i, i, None)])
    m = below(e, i).seal(**e.HOW).bottom("Subject: another one")
    yield e.Case("subject-below.%d" % i, m, [("hdr.field-added", i, i, None)], also=["hdr.top-down", "hdr.newest-taken-for-oldest"])
    m = below(e, i, e.PLAIN + DKIM)
    m.seal(**{**e.HOW, "aar": GOOGLE % (i, i), "ams": {"h": e.H + ":dkim-signature"}}).drop("DKIM-Signature")
    yield e.Case("dkim-gone.%d" % i, m, [("hdr.dkim-signature-removed", i, i, None)], level="fact")
    # nothing is gone: Microsoft names these whether they are there or not
    m = below(e, i)
    m.seal(**{**e.HOW, "ams": {"h": e.H + ":x-ms-exchange-antispam-messagedata-1:x-ms-exchange-senderadcheck"}})
    e.header(m, "Subject", lambda v: "Quite another")
    yield e.Case("habit.%d" % i, m, [("ams.b", i, i, None)], level="nothing")
    simple = {**e.HOW, "c": "simple/simple", "ams": {"c": "simple/simple", "h": e.H}}
    m = below(e, i, e.PLAIN.replace(": ", ":")).seal(**simple)
    for f in m.fields:
        if f.kind is None:
            f.raw = f.raw.replace(b":", b": ", 1)
    yield e.Case("blanks-everywhere.%d" % i, m, [("hdr.trailing-space-simple", i, i, None)])
    m = below(e, i, e.PLAIN + "List-Unsubscribe:\n <http://author.example/unsubscribe>\n")
    m.seal(**{**e.HOW, "ams": {"h": e.H + ":list-unsubscribe"},
              "ams_sign": lambda k, data: k.sign(data.replace(b"unsubscribe:<", b"unsubscribe: <"))})
    yield e.Case("blank-in-one.%d" % i, m, [("hdr.blank-after-colon", i, None, None)])


def body_cases(e, i):
    two = e.TEXT.replace("\n", "\n\n", 1)
    m = below(e, i).seal(**e.HOW)
    m.body = octets(two) if i == 1 else m.body.replace(b"\r\n", b"\r\n\r\n", 1)
    yield e.Case("blank-added.%d" % i, m, [("body.blank-line-added", i, i, None)])
    m = Message(octets(two), e.PLAIN)
    for _ in range(i):
        m.seal(**e.HOW)
    m.body = octets(e.TEXT)
    yield e.Case("blank-removed.%d" % i, m, [("body.blank-line-removed", i, i, None)])
    m = below(e, i).seal(**e.HOW)
    m.body += b"\r\nFrom b@x.example Mon Feb  9 15:01:00 2026\r\n" + m.octets()
    yield e.Case("next-message.%d" % i, m, [("body.next-mbox-message", i, None, None)])
    m = below(e, i).seal(**e.HOW)
    m.body = None
    yield e.Case("no-body.%d" % i, m, [("body.missing", i, None, None)], level="fact")


def chain_cases(e, i):
    m = e.base(i + 1, e.PLAIN, e.TEXT)
    at = next(k for k, f in enumerate(m.fields) if f.instance == 1)
    m.body = b"".join(f.raw for f in m.fields[at:]) + b"\r\n" + m.body
    del m.fields[at:]
    yield e.Case("header-cut.%d" % i, m, [("msg.header-cut", None, None, None)], level="fact")
    m = below(e, i).seal(**e.HOW)
    e.header(m, "Subject", lambda v: "Quite another")
    m.rewrite(arc.AAR, i, lambda raw: raw.replace(b"spf=pass", b"spf=softfail"))
    m.rewrite(arc.AMS, i, lambda raw: raw.replace(b"h=from", b"h=sender:from"))
    yield e.Case("both-changed.%d" % i, m, [("as.covered-changed", i, i, None)], also=["hdr.changed"], level="indicated")


def cases(e):
    for i in (1, 2):
        for some in (signature_cases, field_cases, body_cases, chain_cases):
            yield from some(e, i)
