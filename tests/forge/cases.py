# SPDX-License-Identifier: BSD-2-Clause
"""cases - messages whose chain fails for a known reason, or was edited on its way

Each case is a chain that is right but for one thing, done for real: a hop edits a
message that was sealed (edits.py), or a signer hashes what it should not
(faults.py, signers.py).  cases() yields Case objects, which grade.py grades."""
import base64
import itertools
import re

import arc
import chains
import edits
import exchange
import keys
import signers
import truth
from arc import Message, chain, octets, swap
from edits import HOW, LISTED, PLAIN, TEXT, UTF, Case, H, base, damaged, edited, header, lines_of, qp, word
from faults import ams_faults, as_faults


def modifier_cases():
    for name, head, body, edit, causes in edits.PLAIN_EDITS:
        names = [c[0] if isinstance(c, tuple) else c for c in causes]
        yield edited("%s.after-1" % name, base(1, head, body), edit, [(c, 1, 1, None) for c in names])
        yield edited("%s.after-2" % name, base(2, head, body), edit, [(c, 2, 2, None) for c in names])
        yield edited("%s.between" % name, base(1, head, body), edit, [(c, 1, 1, 2) for c in names], 1)
        yield edited("%s.between-2-3" % name, base(2, head, body), edit, [(c, i, 2, 3) for i in (1, 2) for c in names], 1)
    for name, head, body, edit, causes in edits.PLAIN_EDITS[:12:3] + edits.PLAIN_EDITS[23:40:4]:
        names = [c[0] if isinstance(c, tuple) else c for c in causes]
        yield edited("%s.ed25519" % name, base(1, head, body, key="ed25519-a"), edit, [(c, 1, 1, None) for c in names])
    for name, head, body, edit, causes in edits.MAILER_EDITS:
        yield edited("%s.lf" % name, base(1, head, body, key="rsa1024-a"), edit, [(c, 1, 1, None) for c in causes], lf=True)
        yield edited("%s.between-2-3" % name, base(2, head, body), edit, [(c, i, 2, 3) for i in (1, 2) for c in causes], 1)
    for name, head, body, edit, causes in edits.JOINT_EDITS:
        yield edited("joint.%s.after-1" % name, base(1, head, body), edit, [(c, 1, 1, None) for c in causes])
        yield edited("joint.%s.between-2-3" % name, base(2, head, body), edit, [(c, i, 2, 3) for i in (1, 2) for c in causes], 1)
        yield edited("joint.%s.lf" % name, base(1, head, body), edit, [(c, 1, 1, None) for c in causes], lf=True)
    head = PLAIN.replace("A proposal for Tuesday", "A proposal\n for Tuesday")
    how = {"ams": {"h": H, "c": "simple/simple"}}
    for name, edit, causes in edits.SIMPLE_EDITS:
        yield edited("%s.after-1" % name, base(1, head, TEXT, **how), edit, [(c, 1, 1, None) for c in causes])
        yield edited("%s.between" % name, base(1, head, TEXT, **how), edit, [(c, 1, 1, 2) for c in causes], 1)


def signer_cases():
    for i in (1, 2):
        for name, head, how, cause in ams_faults(i):
            m = base(i - 1, head, TEXT) if i > 1 else Message(octets(TEXT), head)
            if i > 1 and name in ("message-order", "null", "names", "top-down-r"):
                continue
            m.seal(**{"key": "rsa2048-b", **how})
            # two fields from the top are two of which the newer one is taken first
            alike = ["hdr.newest-taken-for-oldest"] if name.startswith("top-down") else []
            yield Case("signer.%s.%d" % (name, i), m, [(cause, i, None, None)], also=alike)
            if name != "sha1-bh":
                m = m.copy()
                m.seal(**HOW)
                yield Case("signer.%s.%d-below" % (name, i), m, [(cause, i, None, None)], also=alike, fails=False)
    for i in (1, 2, 3):
        for name, how, cause in as_faults(i):
            m = base(i - 1, PLAIN, TEXT) if i > 1 else Message(octets(TEXT), PLAIN)
            m.seal(**{**HOW, **how})
            yield Case("seal.%s.%d" % (name, i), m, [(cause, i, None, None)])
    m = base(1, PLAIN, TEXT)
    m.seal(cv="fail", scope="A1 M1 S1 A2 M2", **HOW)
    yield Case("seal.full-scope", m, [("as.fail-full-scope", 2, None, None)], also=["as.cv-fail-unfounded"])


def seal_edit_cases():
    spaced = lambda r: r.replace(b"; ", b";").replace(b";\r\n ", b";")
    for n, i in ((1, 1), (2, 2), (2, 1), (3, 2)):
        m = base(n, PLAIN, TEXT).rewrite(arc.AAR, i, spaced)
        yield Case("aar-respaced.%d-%d" % (n, i), m, [("as.aar-respaced", i, i, None)], also=["as.aar-respaced"])
        m = base(n, PLAIN, TEXT).rewrite(arc.AAR, i, lambda r: r.replace(b"smtp.mailfrom=", b"smtp.mailfrom= "))
        yield Case("aar-blank.%d-%d" % (n, i), m, [("as.aar-respaced", i, i, None)], also=["as.aar-respaced"])
        m = base(n, PLAIN, TEXT).rewrite(arc.AAR, i, lambda r: r.replace(b"spf=pass", b"spf=fail"))
        yield Case("aar-result.%d-%d" % (n, i), m, [("as.aar-result-changed", i, i, None)], also=["as.aar-result-changed"])
        m = base(n, PLAIN, TEXT).rewrite(arc.AAR, i, lambda r: r.replace(b"spf=pass", b"spf=pass (mx: permitted sender)"))
        yield Case("aar-altered.%d-%d" % (n, i), m, [("as.aar-altered", i, i, None)], level="indicated")
    for n in (1, 2):
        m = base(n, PLAIN, TEXT).rewrite(arc.AAR, 1, spaced)
        m.seal(**HOW)
        yield Case("earlier-respaced.%d" % n, m, [("as.earlier-set-respaced", 1, 1, n + 1)], also=["as.earlier-set-respaced"])
        m = base(n, PLAIN, TEXT).rewrite(arc.AMS, 1, lambda r: re.sub(rb"(?s)( b=)(.*)\r\n$", lambda x: x.group(1) + re.sub(rb"\s", b"", x.group(2)) + b"\r\n", r))
        yield Case("b-refolded.%d" % n, m, [("as.b-refolded", 1, 1, None)], also=["as.b-refolded"])
        m = base(n, PLAIN, TEXT)
        m.rewrite(arc.AMS, n, lambda r: re.sub(rb"h=[^;]*;", lambda x: word(x.group(0).decode(), "utf-8", "q").encode(), r))
        yield Case("field-encoded.%d" % n, m, [("as.field-encoded", n, n, None)])
        # who could not read the chain was right to say so, and signs its own set alone
        yield Case("field-encoded.cv-fail-%d" % n, m.copy().seal(cv="fail", scope="A%d M%d" % (n + 1, n + 1), **HOW),
                   [("as.field-encoded", n, n, None)])
        m = m.copy()
        m.seal(**HOW)
        yield Case("field-encoded.between-%d" % n, m, [("as.field-encoded", n, n, n + 1)])
        m = base(n, PLAIN, TEXT)
        m.rewrite(arc.AMS, n, damaged)
        yield Case("b-damaged.ams.%d" % n, m, [("sig.b-damaged", n, n, None)])
        m = base(n, PLAIN, TEXT)
        m.rewrite(arc.AS, n, damaged)
        yield Case("b-damaged.as.%d" % n, m, [("sig.b-damaged", n, n, None)])
        m = base(n, PLAIN, TEXT)
        m.rewrite(arc.AMS, n, lambda r: r[:-60].rstrip() + b"\r\n")
        yield Case("b-cut.%d" % n, m, [("sig.b-cut-off", n, None, None)], level="fact", also=["sig.b-damaged"])
    m = base(2, PLAIN, TEXT).drop_set(1)
    for kind in (arc.AAR, arc.AMS, arc.AS):
        m.rewrite(kind, 2, lambda r: r.replace(b"i=2", b"i=1"))
    m.rewrite(arc.AS, 2, lambda r: r.replace(b"cv=pass", b"cv=none"))
    yield Case("renumbered", m, [("as.renumbered", 1, None, None)])


def key_cases():
    for i in (1, 2):
        def make(**how):
            m = base(i - 1, PLAIN, TEXT) if i > 1 else Message(octets(TEXT), PLAIN)
            return m.seal(**{**HOW, **how})
        yield Case("key.missing.%d" % i, make(record=None), [("key.missing", i, None, None)], level="fact")
        yield Case("key.revoked.%d" % i, make(record="v=DKIM1; p="), [("key.revoked", i, None, None)], level="fact")
        yield Case("key.hash.%d" % i, make(record="v=DKIM1; h=sha1; p=@p"), [("key.hash-forbidden", i, None, None)])
        yield Case("key.type.%d" % i, make(record="v=DKIM1; k=ed25519; p=" + base64.b64encode(keys.key("ed25519-a").public()).decode()), [("key.type-mismatch", i, None, None)], level="fact")
        yield Case("key.unparsable.%d" % i, make(record="v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQ"), [("key.unparsable", i, None, None)], level="fact")
        yield Case("key.short.%d" % i, make(key="rsa512"), [("key.too-short", i, None, None)], level="fact")
        m = make()
        m.publish("s%d" % i, "d%d.example" % i, keys.key("rsa2048-c"), ...)
        yield Case("key.mismatch.%d" % i, m, [("key.mismatch", i, None, None)])
        m = make()
        m.publish("other", "d%d.example" % i, keys.key("rsa2048-a"), ...)
        m.publish("s%d" % i, "d%d.example" % i, keys.key("rsa2048-c"), ...)
        yield Case("key.other.%d" % i, m, [("key.other-selector", i, None, None)])
        m = make()
        name = "s%d._domainkey.d%d.example" % (i, i)
        text = m.records[name][0]
        m.records[name] = [text[:255], text[255:]]
        yield Case("key.split.%d" % i, m, [("key.split-in-two-records", i, None, None)])


def structure_cases():
    latin = octets(UTF).decode().encode("iso-8859-1")
    m = Message(latin, PLAIN.replace("utf-8", "iso-8859-1"))
    m.seal(signed_body=exchange.as_utf8(latin), **HOW)
    yield Case("as-utf8", m, [("body.hashed-as-utf8", 1, None, None)])
    m = m.copy()
    m.body += octets(LISTED)
    yield Case("as-utf8.footer", m, [("body.hashed-as-utf8", 1, None, None), ("body.footer-appended", 1, 1, None)])
    m = base(1, PLAIN, TEXT)
    m.seal(cv="fail", **HOW)
    yield Case("unfounded", m, [("as.cv-fail-unfounded", 2, None, None)])
    m = base(1, PLAIN, TEXT, as_={"t": None})
    m.seal(cv="fail", **HOW)
    yield Case("unfounded.no-t", m, [("as.cv-fail-unfounded", 2, None, None)])
    m = base(2, PLAIN, TEXT)
    m.seal(cv="fail", **HOW)
    yield Case("unfounded.3", m, [("as.cv-fail-unfounded", 3, None, None)])
    m = edits.PLAIN_EDITS[0][3](base(1, PLAIN, TEXT))
    m.seal(cv="fail", **HOW)
    yield Case("founded", m, [("body.footer-appended", 1, 1, 2)])
    fact = lambda name, m, cause, i: Case(name, m, [(cause, i, None, None)], level="fact")
    yield fact("gap", base(3, PLAIN, TEXT).drop_set(2), "as.set-removed", 2)
    yield fact("gap-1", base(2, PLAIN, TEXT).drop_set(1), "as.set-removed", 1)
    for kind in (arc.AAR, arc.AMS, arc.AS):
        yield fact("missing." + kind, base(2, PLAIN, TEXT).drop(kind, 1), "as.field-missing", 1)
        yield fact("twice." + kind, base(2, PLAIN, TEXT).double(kind, 2), "as.instance-twice", 2)
    yield fact("cv.1", base(1, PLAIN, TEXT, cv="pass"), "as.cv-wrong", 1)
    yield fact("cv.2", base(2, PLAIN, TEXT, cv="none"), "as.cv-wrong", 2)
    yield fact("h-tag", base(1, PLAIN, TEXT, as_={"h": "from"}), "as.h-tag", 1)
    yield fact("h-tag.2", chain(2, {2: {**HOW, "as_": {"h": "from"}}}, TEXT, PLAIN, **HOW), "as.h-tag", 2)
    yield fact("h-seal", base(1, PLAIN, TEXT, ams={"h": H + ":arc-seal"}), "hdr.h-names-arc-seal", 1)
    yield fact("h-seal.2", chain(2, {2: {**HOW, "ams": {"h": H + ":ARC-Seal"}}}, TEXT, PLAIN, **HOW), "hdr.h-names-arc-seal", 2)
    yield fact("sha1", base(1, PLAIN, TEXT, ams={"h": H, "a": "rsa-sha1"}, ams_sign=lambda k, d: k.sign(d, "sha1")), "sig.algorithm-sha1", 1)
    yield fact("truncated", lines_of(base(1, PLAIN, TEXT, ams={"h": H, "l": "500"}), lambda l: l[:3]), "body.truncated", 1)
    passing = lambda name, m, cause, i: Case(name, m, [(cause, i, None, None)], level="fact", fails=False)
    yield passing("order", base(2, PLAIN, TEXT).order(lambda f: f.instance), "validator.header-order", None)
    yield passing("l", base(1, PLAIN, TEXT, ams={"h": H, "l": "40"}), "validator.l-tag", 1)
    yield passing("dup-from", base(1, PLAIN, TEXT, ams={"h": "from:to"}).top("From: b@c.example"), "validator.dup-from", None)
    m = base(1, PLAIN, TEXT)
    m.seal(ams_d="d2.example", **HOW)
    yield Case("fine", m, [], fails=False)
    z = "z=Subject:A=20proposal=20for=20Tuesday|X-Mailer:Pigeon=20=202;"
    m = base(1, PLAIN, TEXT, ams=lambda t: swap("bh=@bh", z + " bh=@bh")(t.replace("h=from:to:subject:date:message-id", "h=" + H)))
    header(m, "Subject", lambda v: "Quite another")
    yield Case("z-tag", m, [("hdr.changed-z-tag", 1, 1, None)])
    m = base(1, PLAIN, TEXT, ams={"h": H + ":authentication-results"}, h=H)
    # signed with the A-R field that its AAR copies, and that was removed
    m = Message(octets(TEXT), "Authentication-Results: d1.example; spf=pass smtp.mailfrom=author.example; dmarc=pass header.from=author.example\n" + PLAIN)
    m.seal(**{**HOW, "ams": {"h": H + ":authentication-results"}})
    m.drop("Authentication-Results")
    yield Case("auth-results", m, [("hdr.auth-results-signed", 1, None, None)])
    m = Message(octets(TEXT), PLAIN)
    m.seal(**{**HOW, "ams": {"h": H + ":dkim-signature"}})
    m.top("DKIM-Signature: v=1; a=rsa-sha256; d=d1.example; s=s1; h=from; bh=AAAA; b=BBBB")
    yield Case("dkim-after", m, [("hdr.dkim-added-after-seal", 1, None, None)])
    m = base(1, PLAIN, TEXT)
    m.seal(**HOW)
    m.body += b"\r\n-- \r\nsent by d2.example\r\n"
    yield Case("sealed-before-footer", m, [("body.footer-appended", 2, None, None)],
               also=["body.footer-appended"])


def unprovable_cases():
    bases = [(1, PLAIN, TEXT), (2, PLAIN, TEXT), (1, PLAIN.replace("8bit", "quoted-printable"), qp(octets(UTF)) + octets(TEXT)),
             (3, PLAIN, TEXT)]
    for n, head, body in bases:
        for name, edit, field in edits.UNPROVABLE:
            yield Case("unprovable.%s.after-%d" % (name, n), edit(base(n, head, body)), [(field, n, n, None)], level="nothing")
            if n < 3:
                m = edit(base(n, head, body))
                m.seal(**HOW)
                yield Case("unprovable.%s.before-%d" % (name, n + 1), m, [(field, n, n, n + 1)], level="nothing", fails=False)


def cases():
    return itertools.chain(modifier_cases(), signer_cases(), signers.cases(Case, HOW), seal_edit_cases(), key_cases(),
                           structure_cases(), chains.cases(edits),
                           truth.cases(edits), unprovable_cases())
