# SPDX-License-Identifier: BSD-2-Clause
"""varied - DKIM messages and SPF cases at random, the same each time, for "make peers"

What holds of a DKIM message follows from how it was made and edited, not from any
verifier.  A name is "KIND #N": what a peer cannot do is told once a kind."""
import random

import arc
import dkimsig

EACH = 50
FAR = 4102444800  # 2100
WORDS = "the quick list moderator wrote again about Tuesday, and nobody = answered; see attached".split()


def line(r):
    words = [r.choice(WORDS) for _ in range(r.randrange(12))]
    return r.choice(("", "", "", " ", "\t")) + r.choice((" ", " ", "  ", " \t")).join(words) + r.choice(("", "", "", " ", "\t "))


def body(r):
    return "word " + "".join(line(r) + "\n" for _ in range(r.randrange(1, 14))) + r.choice(("", "", "\n", "\n\n\n", " \n\n"))


def header(r):
    fields = [
        "From: " + r.choice(("Ann Author <ann@author.example>", "ann@author.example", "\n Ann\n\t<ann@author.example>")),
        "To: list@d1.example",
        "Subject: " + r.choice(("A proposal", "A  proposal\n for Tuesday", "=?utf-8?q?A_proposal?=", "A proposal \t for\n\tall")),
        "Date: Thu, 09 Oct 2025 10:53:12 +0200",
        "Message-ID: <%d@author.example>" % r.randrange(1 << 40),
    ]
    if r.random() < 0.4:
        fields.append("X-Long: " + "\n ".join("w" * r.randrange(1, 60) for _ in range(4)))
    r.shuffle(fields)
    return "".join(f + "\n" for f in fields)


def space_at_end(m):
    m.edit_body("\n", " \n")


def space_within(m):
    m.edit_body("word ", "word  ")


def refold(m):
    m.edit("Date", 0, "Oct 2025", "Oct\n 2025")


def recase(m):
    m.edit("Date", 0, "Date:", "DATE:")


# edit: whether a signature outlives it: always, never, or with relaxed header or body
EDITS = (
    (lambda m: None, "always"),
    (lambda m: None, "always"),
    (lambda m: m.top("X-Spam: no"), "always"),
    (lambda m: setattr(m, "body", m.body + b"\r\n\r\n"), "always"),
    (lambda m: m.edit_body("word", "work"), "never"),
    (lambda m: m.edit("Date", 0, "10:53", "10:54"), "never"),
    (lambda m: m.edit("To", 0, "list@", "List@"), "never"),
    (space_at_end, "body"),
    (space_within, "body"),
    (refold, "header"),
    (recase, "header"),
)


def edited(r, m, c):
    """Edit; whether the signature holds."""
    edit, outlives = r.choice(EDITS)
    edit(m)
    head, _, tail = c.partition("/")
    return outlives == "always" or {"body": tail, "header": head}.get(outlives) == "relaxed"


def plain(r, s, c, **how):
    m = dkimsig.signed(body(r), header(r), s=s, key=how.pop("key", r.choice(("rsa1024-a", "rsa1024-b", "rsa2048-a"))),
                       tags={"c": c, **how.pop("tags", {})}, **how)
    return m, edited(r, m, c)


def oversigned(r, s, c):
    m, holds = plain(r, s, c, tags={"h": "from:from:to:to:subject:subject:date:x-none"})
    name = r.choice((None, "Subject", "From"))
    if name:
        m.top(name + ": one more <x@y.example>")
    return m, holds and not name


def limited(r, s, c):
    text = body(r)
    whole = arc.canon_body(c.split("/")[1], arc.octets(text))
    m = dkimsig.signed(text, header(r), s=s, tags={"c": c}, add="l=%d" % r.choice((len(whole), len(whole) // 2, 4, 0)))
    m.body += b"-- \r\na footer\r\n"
    return m, True


def no_body(r, s, c):
    m = dkimsig.signed(r.choice((None, "", "\n", "\n\n\n")), header(r), s=s, tags={"c": c})
    if m.body is not None and r.random() < 0.5:
        m.body += b"\r\n"
    return m, True


def record(r, s, c):
    text = r.choice(("p=@p", "v=DKIM1; h=sha256; p=@p", "v=DKIM1; h=sha1:sha256; k=rsa; p=@p", "k=rsa; n=for a while; p=@p",
                     "v=DKIM1; s=email; p=@p", "v=DKIM1; s=*; t=s; p=@p", "v=DKIM1;p=@p;", "v=DKIM1; foo=bar; p=@p"))
    return plain(r, s, c, record=text)


def bad_record(r, s, c):
    text = r.choice((None, "v=DKIM1; p=", "v=DKIM2; p=@p", "v=DKIM1; k=rsa", "v=DKIM1; h=sha1; p=@p", "v=DKIM1; s=tlsrpt; p=@p"))
    return plain(r, s, c, record=text)[0], False


def lacks_tag(r, s, c):
    tag = r.choice(("v", "a", "bh", "d", "h", "s"))
    return plain(r, s, c, h="from:to:subject:date:message-id", tags={tag: None}, **({} if tag != "a" else {}))[0], False


def written_oddly(r, s, c):
    tags = r.choice((
        lambda t: t.replace("; ", " ;\n\t"), lambda t: t.replace("; ", ";"), lambda t: t + ";", lambda t: t.replace("=", " = ", 3),
        lambda t: t.replace(":", " : "), lambda t: t.replace(":", ":\n "), lambda t: t.replace("from", "FROM").replace("date", "Date")))
    m = dkimsig.signed(body(r), header(r), s=s, tags=lambda t: tags(t.replace("c=relaxed/relaxed", "c=" + c)), c=c)
    return m, edited(r, m, c)


def two(r, s, c):
    m = dkimsig.signed(body(r), header(r), s=s, tags={"c": c})
    holds = edited(r, m, c)
    d = r.choice(("relaxed/relaxed", "simple/simple"))
    dkimsig.sign(m, d="list.example", s=s, key="rsa1024-c", tags={"c": d})
    later = r.random() < 0.5
    if later:
        m.edit_body("wor", "Wor")
        holds = False
    return m, holds or not later


KINDS = {
    "plain": plain,
    "ed25519": lambda r, s, c: plain(r, s, c, key="ed25519-a"),
    "no body": no_body,
    "rsa4096": lambda r, s, c: plain(r, s, c, key="rsa4096"),
    "oversigned": oversigned,
    "l=": limited,
    "x= to come": lambda r, s, c: plain(r, s, c, add="x=%d" % FAR),
    "x= past": lambda r, s, c: (plain(r, s, c, add="x=%d" % (arc.TIME + 1))[0], False),
    "i= below d=": lambda r, s, c: plain(r, s, c, add="i=ann@sub.author.example"),
    "i= elsewhere": lambda r, s, c: (plain(r, s, c, add="i=ann@other.example")[0], False),
    "unknown tags": lambda r, s, c: plain(r, s, c, add="zz=1; y=a:b"),
    "z=": lambda r, s, c: plain(r, s, c, add="z=From:ann=40author.example|To:list"),
    "key record": record,
    "no such key": bad_record,
    "without a tag": lacks_tag,
    "written oddly": written_oddly,
    "two": two,
    "without From": lambda r, s, c: (plain(r, s, c, tags={"h": "to:subject:date"})[0], False),
    "rsa-sha1": lambda r, s, c: (plain(r, s, c, tags={"a": "rsa-sha1"})[0], False),
    "512 bits": lambda r, s, c: (plain(r, s, c, key="rsa512")[0], False),
    "b= changed": lambda r, s, c: (plain(r, s, c, sign=lambda k, d: k.sign(d + b"x"))[0], False),
}


def dkim_messages():
    """(name, message, whether a signature holds), 50 of each kind."""
    r = random.Random(6376)
    for kind, make in KINDS.items():
        for n in range(EACH):
            c = "%s/%s" % (r.choice(("simple", "relaxed")), r.choice(("simple", "relaxed")))
            m, holds = make(r, "s%d" % r.randrange(1 << 30), c)
            yield "%s #%02d" % (kind, n + 1), m, holds


# ---- SPF: names of a zone of random records, and who sends for them


def address(r):
    return r.choice(("192.0.2.%d", "198.51.100.%d")) % r.randrange(1, 9)


def address6(r):
    return "2001:db8::%x" % r.randrange(1, 9)


def spec(r, hosts):
    """A domain-spec: a host, or a macro."""
    return r.choice((r.choice(hosts), r.choice(hosts), "%{i}._spf.example", "%{ir}.in.example", "%{d2}", "%{l}.users.example", "%{h}"))


def term(r, kind, hosts, records):
    q = r.choice(("", "", "+", "-", "~", "?"))
    cidr = r.choice(("", "", "/24", "/30", "/32", "/0"))
    if kind == "address":
        return q + r.choice(("ip4:%s%s" % (address(r), cidr), "ip6:%s%s" % (address6(r), r.choice(("", "/64", "/128", "/127")))))
    if kind == "host":
        return q + r.choice(("a", "mx")) + r.choice(("", ":" + r.choice(hosts))) + r.choice((cidr, cidr, "//64", "/24//64"))
    if kind == "include":
        return q + "include:" + r.choice(records)
    if kind == "exists":
        return q + "exists:" + spec(r, hosts)
    if kind == "ptr":
        return q + r.choice(("ptr", "ptr:" + r.choice(hosts)))
    return r.choice(("ip4:192.0.2.256", "ip4:192.0.2.1/33", "ip4:", "ip6:2001:db8::1/129", "include", "include:", "exists", "a:/24", "a:",
                     "all:x", "mx:%{z}.example", "a:%x.example", "foo", "redirect=", "ptr:", "ip4:192.0.2.1/", "a/33", "-", "exists:%{i}",
                     "ip4:192.0.2.01", "a:192.0.2.1", "exp=%{x}.example", "a//129", "ALL", "foo=bar", "ip6:::1", "a:host"))


def text_of(r, kind, hosts, records):
    """A record, its terms for the most of one kind."""
    terms = [term(r, kind if r.random() < 0.6 else r.choice(("address", "host")), hosts, records) for _ in range(r.randrange(1, 4))]
    terms += r.choice(([], ["-all"], ["~all"], ["?all"], ["+all"], ["redirect=" + r.choice(records)]))
    if kind == "broken" and r.random() < 0.3:
        return r.choice(("v=spf10 -all", "v=spf1", "v=spf1  " + " ".join(terms) + "  ", "V=SPF1 " + " ".join(terms), " v=spf1 -all", "v=spf1\t-all"))
    return "v=spf1 " + " ".join(terms)


SPF_KINDS = "address host include exists ptr broken".split()


def spf_cases():
    """A zone, {name: [(type, value)]}, and cases of it: (name, IP, HELO, MAIL FROM)."""
    r = random.Random(7208)
    hosts = ["h%d.example" % n for n in range(12)] + ["gone.example"]
    zone, cases = {}, []
    for host in hosts[:-1]:
        zone[host] = [("A", address(r)) for _ in range(r.randrange(0, 3))] + [("AAAA", address6(r)) for _ in range(r.randrange(0, 2))]
        zone[host] += [("MX", (10, r.choice(hosts))) for _ in range(r.randrange(0, 3))]
    for n in range(1, 9):
        zone["%d.2.0.192.in-addr.arpa" % n] = [("PTR", r.choice(hosts))]
        if n % 2:
            zone["192.0.2.%d._spf.example" % n] = [("A", "127.0.0.2")]
            zone["%d.2.0.192.in.example" % n] = [("A", "127.0.0.2")]
    zone["ann.users.example"] = [("A", "127.0.0.2")]
    for kind in SPF_KINDS:
        records = ["%s%d.example" % (kind, n) for n in range(60)]
        for name in records:
            zone[name] = [("TXT", text_of(r, kind, hosts, records))] + ([("A", address(r))] if r.random() < 0.4 else [])
            if r.random() < 0.05:
                zone[name].insert(0, ("TXT", r.choice(("v=spf1 -all", "v=spf2.0/pra -all", "some text"))))
        for n in range(100):
            ip = address6(r) if r.random() < 0.2 else address(r)
            sender = r.choice(("ann@", "ann@", "bob@", "")) + r.choice(records)
            cases.append(("%s #%03d" % (kind, n + 1), ip, r.choice(hosts), sender if "@" in sender else "postmaster@" + sender))
    return zone, cases
