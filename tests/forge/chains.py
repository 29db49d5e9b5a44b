# SPDX-License-Identifier: BSD-2-Clause
"""chains - what is done to ARC Sets, their keys and the fields that they name

Cases for cases.cases(): causes that edits.py and signers.py have once or not at
all, so that each is met at two hops, or in two ways, at least.  e is edits."""
import base64
import re

import arc
import keys
from arc import Message, octets

AR = "Authentication-Results: d%d.example; spf=pass smtp.mailfrom=author.example; dmarc=pass header.from=author.example\n"
OWN_DKIM = "DKIM-Signature: v=1; a=rsa-sha256; d=d%d.example; s=s%d; h=from; bh=AAAA; b=BBBB"
Z = "z=Subject:A=20proposal=20for=20Tuesday|X-Mailer:Pigeon=20=202;"
NAMES = "from:to:subject:date:message-id:x-mailer"


def below(e, i):
    """What hop i receives."""
    return e.base(i - 1, e.PLAIN, e.TEXT) if i > 1 else Message(octets(e.TEXT), e.PLAIN)


def ed25519(e, n):
    return e.base(n, e.PLAIN, e.TEXT, key="ed25519-a")


def cut(octets_left):
    """b= ends after so many characters."""
    return lambda raw: re.sub(rb"(?s)( b=)(.*)$", lambda x: x.group(1) + x.group(2)[:octets_left].rstrip() + b"\r\n", raw)


def renumber(m, new):
    """Sets taken out and the others numbered anew: new maps old to new."""
    for old in set(m.instances()) - set(new):
        m.drop_set(old)
    for f in m.fields:
        if f.kind and new[f.instance] != f.instance:
            f.raw = f.raw.replace(b"i=%d" % f.instance, b"i=%d" % new[f.instance], 1)
            if f.kind == arc.AS and new[f.instance] == 1:
                f.raw = f.raw.replace(b"cv=pass", b"cv=none")
            f.instance = new[f.instance]
    return m


def key_cases(e):
    for i in (1, 2):
        yield e.Case("b-cut.as.%d" % i, e.base(i, e.PLAIN, e.TEXT).rewrite(arc.AS, i, cut(200)),
                     [("sig.b-cut-off", i, None, None)], level="fact")
        yield e.Case("b-cut.ed25519.%d" % i, ed25519(e, i).rewrite(arc.AMS, i, cut(60)),
                     [("sig.b-cut-off", i, None, None)], level="fact")
        yield e.Case("b-empty.%d" % i, e.base(i, e.PLAIN, e.TEXT).rewrite(arc.AMS, i, cut(0)),
                     [("sig.b-cut-off", i, None, None)], level="fact")
        rsa = base64.b64encode(keys.key("rsa2048-a").public()).decode()
        for name, record in (("record", "v=DKIM1; k=rsa; p="), ("bare", "p=")):
            m = ed25519(e, i).txt("s%d._domainkey.d%d.example" % (i, i), record + rsa)
            yield e.Case("key.type-%s.ed25519.%d" % (name, i), m, [("key.type-mismatch", i, None, None)], level="fact")
        m = ed25519(e, i)
        m.publish("s%d" % i, "d%d.example" % i, keys.key("ed25519-b"), ...)
        yield e.Case("key.mismatch.ed25519.%d" % i, m, [("key.mismatch", i, None, None)], level="indicated")
        m.publish("other", "d%d.example" % i, keys.key("ed25519-a"), ...)
        yield e.Case("key.other.ed25519.%d" % i, m.copy(), [("key.other-selector", i, None, None)])
    sha1 = {"ams": {"h": e.H, "a": "rsa-sha1"}, "ams_sign": lambda k, d: k.sign(d, "sha1")}
    yield e.Case("sha1.2", below(e, 2).seal(**{**e.HOW, **sha1}), [("sig.algorithm-sha1", 2, None, None)], level="fact")
    yield e.Case("sha1.as", e.base(1, e.PLAIN, e.TEXT, as_={"a": "rsa-sha1"}, as_sign=lambda k, d: k.sign(d, "sha1")),
                 [("sig.algorithm-sha1", 1, None, None)], level="fact")


def set_cases(e):
    def fact(name, m, cause, i, **more):
        return e.Case(name, m, [(cause, i, None, None)], level="fact", **more)

    for name, n, new, wrong in (("first-of-3", 3, {2: 1, 3: 2}, 2), ("second-of-3", 3, {1: 1, 3: 2}, 2), ("two-of-3", 3, {3: 1}, 1)):
        m = renumber(e.base(n, e.PLAIN, e.TEXT), new)
        also = ["as.renumbered"]
        yield e.Case("renumbered." + name, m, [("as.renumbered", wrong, None, None)], also=also)
    for n in (51, 53):
        yield fact("over-50.%d" % n, e.chain(n, body=e.TEXT, header=e.PLAIN), "as.over-50", None)
    m = e.base(2, e.PLAIN, e.TEXT)
    m.seal(cv="fail", scope="A1 M1 S1 A2 M2 S2 A3 M3", **e.HOW)
    yield e.Case("seal.full-scope.3", m, [("as.fail-full-scope", 3, None, None)], also=["as.cv-fail-unfounded"])
    for i, was, now in ((1, "none", "pass"), (2, "pass", "none"), (2, "pass", "fail")):
        m = e.base(i, e.PLAIN, e.TEXT).edit(arc.AS, i, "cv=" + was, "cv=" + now)
        yield e.Case("cv-altered.%s-%s" % (was, now), m, [("as.cv-altered", i, i, None)], also=["as.cv-wrong"])
    seal_named = {"h": e.H + ":arc-seal"}
    m = e.base(1, e.PLAIN, e.TEXT, ams=seal_named)
    m.seal(**e.HOW)
    yield fact("h-seal.older", m, "hdr.h-names-arc-seal", 1, fails=False, also=["validator.all-ams"])
    m = below(e, 2).seal(**{**e.HOW, "ams": seal_named})
    m.seal(**e.HOW)
    yield fact("h-seal.older-2", m, "hdr.h-names-arc-seal", 2, fails=False, also=["validator.all-ams"])
    for i in (1, 2):
        m = below(e, i).seal(**{**e.HOW, "ams": {"h": e.H, "l": "40"}})
        m.seal(**e.HOW)
        yield fact("l.older-%d" % i, m, "validator.l-tag", i, fails=False)
    yield fact("order.3", e.base(3, e.PLAIN, e.TEXT).order(lambda f: (f.kind or "", f.instance)), "validator.header-order", None, fails=False)
    yield fact("order.aar-first", e.base(2, e.PLAIN, e.TEXT, order="AMS"), "validator.header-order", None, fails=False)
    m = e.base(2, e.PLAIN, e.TEXT, ams={"h": "from:to"})
    yield fact("dup-from.2", m.top("From: b@c.example"), "validator.dup-from", None, fails=False)


def field_cases(e):
    for i in (1, 2):
        m = below(e, i)
        m.top(AR % i)
        m.seal(**{**e.HOW, "ams": {"h": e.H + ":authentication-results"}}).drop("Authentication-Results")
        yield e.Case("auth-results.%d" % i, m, [("hdr.auth-results-signed", i, None, None)])
        m = m.copy()
        m.seal(**e.HOW)
        yield e.Case("auth-results.below-%d" % i, m, [("hdr.auth-results-signed", i, None, None)], fails=False)
        m = below(e, i)
        m.seal(**{**e.HOW, "ams": {"h": e.H + ":dkim-signature"}}).top(OWN_DKIM % (i, i))
        yield e.Case("dkim-after.%d" % i, m, [("hdr.dkim-added-after-seal", i, None, None)])
        m = m.copy()
        m.seal(**e.HOW)
        yield e.Case("dkim-after.below-%d" % i, m, [("hdr.dkim-added-after-seal", i, None, None)], fails=False)
        m = below(e, i)
        m.seal(**{**e.HOW, "ams": lambda t: t.replace("h=from:to:subject:date:message-id", "h=" + e.H).replace("bh=@bh", Z + " bh=@bh")})
        m = e.header(m, "Subject", lambda v: "Quite another, and longer by far")
        yield e.Case("z-tag.%d" % i, m, [("hdr.changed-z-tag", i, i, None)])
        m = m.copy()
        m.seal(**e.HOW)
        yield e.Case("z-tag.between-%d" % i, m, [("hdr.changed-z-tag", i, i, i + 1)], fails=False)
        m = below(e, i)
        m.seal(**{**e.HOW, "ams": {"h": NAMES}}).drop("Date")
        yield e.Case("field-gone.%d" % i, m, [("hdr.field-removed", i, i, None)], also=["hdr.changed"], level="indicated")
        m = m.copy()
        m.seal(**e.HOW)
        yield e.Case("field-gone.between-%d" % i, m, [("hdr.field-removed", i, i, i + 1)], also=["hdr.changed"], level="indicated", fails=False)
        # A name of h= without a field is no evidence of one: many sign what is
        # not there.  No record tells an absent field from one that was removed.
        m = below(e, i)
        m.seal(**{**e.HOW, "ams": {"h": NAMES}}).drop("X-Mailer")
        yield e.Case("name-absent.%d" % i, m, [("hdr.changed", i, i, None)], level="indicated")
        m = e.base(i, e.PLAIN, e.TEXT)
        m = e.header(e.header(m, "Date", lambda v: "Fri, 10 Oct 2025 11:00:00 +0000"), "Message-ID", lambda v: "<new@relay.example>")
        yield e.Case("replaced-fields.%d" % i, m, [("hdr.changed", i, i, None)], level="indicated")


def body_cases(e):
    for i in (1, 2):
        yield e.Case("truncated.%d" % i, e.lines_of(below(e, i).seal(**{**e.HOW, "ams": {"h": e.H, "l": "500"}}), lambda l: l[:5]),
                     [("body.truncated", i, i, None)], level="fact")
        m = e.base(i + 1, e.PLAIN, e.TEXT)
        m.body += b"\r\n_____\r\nd%d.example mailing list\r\n" % (i + 1)
        yield e.Case("sealed-before-footer.%d" % (i + 1), m, [("body.footer-appended", i + 1, None, None)],
                     also=["body.footer-appended"])
        m = e.base(i, e.PLAIN, e.TEXT)
        m.body = m.body.replace(b"Line 7 of", b"Line 8 off")
        yield e.Case("edited.%d" % i, m, [("body.changed", i, i, None)], level="indicated")
        mixed = ('Content-Type: multipart/mixed; boundary="=_b1"\n', "--=_b1\nContent-Type: text/plain\n\n" + e.TEXT
                 + '--=_b1\nContent-Type: application/x-msdownload; name="a.exe"\nContent-Transfer-Encoding: base64\n\nTVqQAAMAAAAEAAAA\n--=_b1--\n')
        for name in ("deleted.txt", "Attachment Removed.html"):
            m = e.base(i, e.HEAD + mixed[0], mixed[1])
            m.body = re.sub(rb"(?s)application/x-msdownload.*?\r\n--=_b1--",
                            b'text/plain; name="%s"\r\n\r\nA virus was here.\r\n--=_b1--' % name.encode(), m.body)
            yield e.Case("attachment-%s.%d" % (name[0], i), m, [("body.attachment-replaced", i, i, None)], level="indicated")
        # an older AMS vouches for all fields but Content-Type
        m = e.chain(i, body=e.PARTS, header=e.ALTERNATIVE, key="rsa2048-a")
        m.seal(**{**e.HOW, "ams": {"h": "from:to:subject:date:message-id:content-type"}})
        m.body = m.body.replace(b"=_b1", b"----=_Part_17.new").replace(b"Paragraph 3 is", b"Paragraph 3 was")
        m = e.header(m, "Content-Type", lambda v: v.replace("=_b1", "----=_Part_17.new"))
        yield e.Case("boundary.%d" % (i + 1), m, [("body.boundary-renamed", i + 1, i + 1, None)], also=["hdr.changed"], level="indicated")


def cases(e):
    for some in (key_cases, set_cases, field_cases, body_cases):
        yield from some(e)
