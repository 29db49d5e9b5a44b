# SPDX-License-Identifier: BSD-2-Clause
"""truth - messages of which two stories are told, or a false one was

Cases for cases.cases(): twins, what is missing only at first sight, signatures
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


def spaced(raw):
    head, h, rest = raw.partition(b"h=")
    names, end, tail = rest.partition(b";")
    return head + h + names.replace(b":", b": ") + end + tail


def reordered(raw, first=b"i d s a c"):
    name, value = raw.split(b":", 1)
    found = {p.strip().split(b"=")[0]: p.strip() for p in value.split(b";") if p.strip()}
    return name + b": " + b"; ".join(found.pop(t) for t in first.split()) + b"; ".join([b""] + list(found.values())) + b"\r\n"


def own_of(data, how):
    """The hash input with its last field another."""
    rest, name, value = data.rpartition(b"arc-message-signature:")
    return rest + name + how(name + value + b"\r\n").split(b":", 1)[1].strip()


def twin_cases(e, i):
    """Two stories, and which is told: both where nothing else decides, one where
    another signature does.  Nothing but what happened may be called sure."""
    signer = lambda cause: (cause, i, None, None)
    later = lambda cause: (cause, i, i, None)
    case = lambda name, m, *wanted, **more: e.Case("twin.%s.%d" % (name, i), m, list(wanted), **more)

    def sealed(n=i, text=e.TEXT, head=e.PLAIN, **how):
        m = Message(octets(text), head)
        for _ in range(n):
            m.seal(**{**e.HOW, **how})
        return m

    def turned(text):
        return lambda m: setattr(m, "body", octets(text)) or m

    # a body that a signer did not hash, or that came later
    m = turned(e.TEXT)(sealed(text=""))
    yield case("put-in", m, ("body.added", i, i, None), also=["body.empty-hashed"])
    yield case("put-in-sealed", m.copy().seal(**e.HOW), ("body.added", i, i, i + 1), also=["body.empty-hashed", "validator.all-ams"], fails=False)
    yield case("not-hashed", below(e, i).seal(**{**e.HOW, "signed_body": b""}), signer("body.empty-hashed"), also=["body.added"])
    # dots, and an empty first line
    yield case("dot-gone", turned(e.TEXT)(sealed(text=e.TEXT.replace("\n.", "\n.."))), ("body.dots-removed", i, i, None), also=["body.dot-stuffed-hashed"])
    yield case("first-gone", turned(e.TEXT)(sealed(text="\n" + e.TEXT)), ("body.blank-line-removed", i, i, None), also=["body.headers-hashed"])
    # two lists of addresses, folded where there was no blank
    head = e.PLAIN.replace("bob@d1.example>, carol", "bob@d1.example>,carol") + "Cc: dave@d1.example,eve@d1.example\n"
    m = below(e, i, head).seal(**{**e.HOW, "ams": {"h": "from:to:cc:subject"}})
    for name in ("To", "Cc"):
        m.rewrite(name, 0, lambda r: r.replace(b",", b",\r\n "))
    yield case("commas", m, later("hdr.address-list-respaced"), also=["hdr.folds-joined"])
    # fields that came or went, more than one at once
    few = {**e.HOW, "ams": {"h": "from:to:subject:date:x-mailer:cc:in-reply-to"}}
    m = below(e, i).seal(**few).bottom("Subject: another\nX-Mailer: another")
    yield case("two-below", m, later("hdr.field-added"), also=["hdr.top-down", "hdr.newest-taken-for-oldest"])
    m = below(e, i).seal(**few).bottom("X-Mailer: another")
    yield case("one-below", m, later("hdr.field-added"), also=["hdr.top-down", "hdr.newest-taken-for-oldest"])
    m = below(e, i, e.PLAIN + "Cc:\nIn-Reply-To:\n").seal(**few).drop("Cc").drop("In-Reply-To")
    yield case("empties-gone", m, later("hdr.empty-field-removed"), also=["hdr.null-as-empty-field"])
    # repeated fields, turned round
    twice = {**e.HOW, "ams": {"h": "from:resent-from:resent-from"}}
    m = below(e, i, "Resent-From: b@x.example\nResent-From: a@x.example\n" + e.PLAIN).seal(**twice)
    k, l = (n for n, f in enumerate(m.fields) if f.name == b"resent-from")
    m.fields[k], m.fields[l] = m.fields[l], m.fields[k]
    yield case("turned", m, later("hdr.fields-reordered"), also=["hdr.top-down", "hdr.newest-taken-for-oldest"])
    # the signature field itself: another's work where the seal does not cover it
    for name, how, mine, theirs in (("spaced", spaced, "hdr.own-h-refolded", "hdr.own-field-respaced"),
                                    ("tags", reordered, "hdr.own-field-rewritten", "hdr.own-tags-reordered")):
        m = below(e, i).seal(**e.HOW).rewrite(arc.AMS, i, how)
        yield case(name + ".later", m, later(theirs), also=[mine, "as.aar-respaced"])
        # the seal covers what the same hop sent
        hashed = how if how is spaced else lambda raw: reordered(raw, b"i a bh c d h s t")
        sign = lambda k, data, how=hashed: k.sign(own_of(data, how))
        yield case(name + ".own", below(e, i).seal(**{**e.HOW, "ams_sign": sign}), signer(mine))


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


LISTED = "X-BeenThere: tools@list.example\nX-Mailman-Version: 2.1.39\nList-Post: <mailto:tools@list.example>\nErrors-To: tools-bounces@list.example"


def trace_cases(e, i):
    """What cannot be proved, and who left a trace of it."""

    def case(name, m, *wanted, **more):
        return e.Case("trace.%s.%d" % (name, i), m, list(wanted), level="indicated", **more)

    head = e.PLAIN.replace("Subject:", "Cc: dave@d1.example, eve@d1.example\nSubject:")
    how = {**e.HOW, "ams": {"h": "from:to:cc:subject:date:message-id"}}
    for name in ("Cc", "To"):
        # put anew at the end without whom the list knows
        for place in ("above", "below"):
            m = below(e, i, head).seal(**how).drop(name)
            rows = [LISTED, "%s: dave@d1.example" % name]
            for row in rows if place == "below" else rows[::-1]:
                m.bottom(row)
            yield case("recipients-%s-%s" % (name, place), m, ("hdr.recipients-rewritten", i, i, None))
    # in its place, nothing says who changed it
    m = below(e, i, head).seal(**how).rewrite("Cc", 0, lambda r: b"Cc: dave@d1.example\r\n").bottom(LISTED)
    yield e.Case("trace.in-place.%d" % i, m, [("ams.b", i, i, None)], level="nothing")
    for name, mark in (("domino", "X-MIMETrack: Itemize by SMTP Server on Mail01/Example(Release 12.0.2|November 03, 2022) at\n\t09.10.2025 10:53:20"),
                       ("trend", "X-TM-AS-Product-Ver: IMSVA-9.1.0.1988-9.0.0.1002"), ("trend-2", "X-TMASE-MatchedRID: Abc=")):
        m = below(e, i).seal(**e.HOW).bottom(mark)
        m.body = b"Quite another text.\r\n"
        yield case(name, m, ("body.gateway-rebuilt", i, i, None))
    # a footer that is proved stays one
    m = below(e, i).seal(**e.HOW).bottom("X-TM-AS-Product-Ver: IMSVA-9.1")
    m.body += b"_____\r\nthe list\r\n"
    yield e.Case("trace.proved.%d" % i, m, [("body.footer-appended", i, i, None)])


def side_cases(e, i):
    """What a server of the author did before anybody else had the message: the
    next sealer is not named for it."""
    aar = "i=%d; mx.d%d.example; spf=pass smtp.mailfrom=login7@author.example; dmarc=pass header.from=author.example" % (i, i)
    names = "from:to:subject:date:message-id:x-ms-exchange-senderadcheck"
    head = e.PLAIN.replace("ann@author.example>", "login7@author.example>")
    m = below(e, i, head).seal(**{**e.HOW, "aar": aar, "ams": {"h": names}})
    e.header(m, "From", lambda v: "Ann Author <Ann.Author@author.example>")
    m.seal(**e.HOW)
    yield e.Case("alias.%d" % i, m, [("hdr.from-aliased", i, i, i + 1)], also=["validator.all-ams"], fails=False)
    m = below(e, i, "X-MS-Exchange-SenderADCheck: 1\n" + e.PLAIN).seal(**{**e.HOW, "ams": {"h": names}})
    m.drop("X-MS-Exchange-SenderADCheck").seal(**e.HOW)
    yield e.Case("adcheck.%d" % i, m, [("hdr.field-removed-stock", i, i, None)], also=["validator.all-ams"], fails=False)


def cases(e):
    for i in (1, 2):
        for some in (signature_cases, field_cases, body_cases, twin_cases, trace_cases, side_cases, chain_cases):
            yield from some(e, i)
