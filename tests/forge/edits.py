# SPDX-License-Identifier: BSD-2-Clause
"""edits - what is done to signed mail on its way, one habit after another

Messages, and functions that edit them as list software, gateways and relays do;
beside each edit the causes that --why has to name for it.  Written from the RFCs
and apart from lib/, so that its prover is tried against what it did not make.
cases.py makes messages of them."""
import base64
import json
import os
import quopri
import re

import exchange
from arc import chain, octets

H = (
    "from:from:to:subject:date:message-id:mime-version:content-type:"
    "content-transfer-encoding:reply-to:sender:list-id:precedence:x-mailer"
)
TIME = "1767225600"
LINES = int(os.environ.get("EDITS_LINES", "24"))  # of text; some 42 octets each

TEXT = "".join("Line %d of what Ann has to say about it.\n" % i for i in range(1, LINES + 1)) + (
    "From here on it is shorter.\n.dotted line\n\n-- \nAnn\n"
)
HEAD = """\
Received: from out.author.example (out.author.example [192.0.2.1])
\tby mx.d1.example with ESMTPS id 4cXyZ1;
\tThu, 09 Oct 2025 08:53:20 +0000
From: Ann Author <ann@author.example>
To: Bob <bob@d1.example>, carol@d1.example
Subject: A proposal for Tuesday
Date: Thu, 09 Oct 2025 10:53:12 +0200
Message-ID: <1@author.example>
MIME-Version: 1.0
X-Mailer: Pigeon  2
"""
PLAIN = HEAD + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
ALTERNATIVE = HEAD + 'Content-Type: multipart/alternative; boundary="=_b1"\n'
MIXED = HEAD + 'Content-Type: multipart/mixed; boundary="=_m1"\n'
HTML = (
    "<html><head><title>t</title></head>\n<body>\n<p>Hello <b>all</b>,</p>\n"
    + "".join("<p>Paragraph %d is here.</p>\n" % i for i in range(LINES // 2))
    + '<p><a href="https://shop.example/a?b=1&amp;c=2">link</a></p>\n</body></html>'
)
PARTS = (
    "This is a multi-part message in MIME format.\n\n--=_b1\nContent-Type: text/plain; charset=utf-8\n\n"
    + TEXT.rstrip("\n")
    + "\n--=_b1\nContent-Type: text/html; charset=utf-8\n\n"
    + HTML
    + "\n--=_b1--\n"
)


class Case:
    """name; message; wanted: (cause, instance, after, before) that must be told;
    also: causes that may be; proven: the level that is wanted; fails: a verdict;
    before: the message before it was edited, whose octets the evidence must have."""

    def __init__(self, name, message, wanted, also=(), level="proved", fails=True, lf=False, before=None):
        self.before = before
        self.name, self.message, self.level, self.fails = name, message, level, fails
        self.octets = message.lf() if lf else message.octets()
        self.wanted = [w if isinstance(w, tuple) else (w, None, None, None) for w in wanted]
        self.also = set(also)


# ---- what hops do


def lines_of(m, function):
    m.body = b"\r\n".join(function(m.body.split(b"\r\n")))
    return m


def header(m, name, function):
    """A new value for the topmost field of that name."""
    f = m.field(name)
    value = f.raw.split(b":", 1)[1].strip()
    f.raw = f.raw.split(b":", 1)[0] + b": " + octets(function(value.decode("utf-8", "surrogateescape"))) + b"\r\n"
    return m


def body_to(m, body, encoding=None):
    m.body = octets(body)
    if encoding:
        header(m, "Content-Transfer-Encoding", lambda v: encoding)
    return m


def parts(m, function):
    """function(header, content) for each part of a multipart: both anew."""
    pieces = re.split(rb"(\r\n--=_b1(?:--)?\r\n)", m.body)
    for k in range(2, len(pieces) - 1, 2):
        head, content = pieces[k].split(b"\r\n\r\n", 1)
        head, content = function(head, content)
        pieces[k] = head + b"\r\n\r\n" + content
    m.body = b"".join(pieces)
    return m


FOOT = b"\r\n_______________\r\nthe list, https://list.example/\r\n"


def foot_parts(head, content):
    if b"html" in head:
        return head, content.replace(b"</body>", b"<hr><p>the list</p>\r\n</body>")
    return head, content + b"\r\n--\r\nthe list"


def banner_parts(head, content):
    if b"html" in head:
        return head, content.replace(b"<body>\r\n", b"<body>\r\n<div>EXTERNAL</div>\r\n")
    return head, b"[EXTERNAL]\r\n" + content


def safelink(m):
    m.body = m.body.replace(
        b"https://shop.example/a?b=1&amp;c=2",
        b"https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.example%2Fa%3Fb%3D1%26amp%3Bc%3D2&amp;data=05",
    )
    return m


def wrapped(m):
    """As a list does: the message becomes the first part."""
    head = b"Content-Type: " + m.field("Content-Type").raw.split(b":", 1)[1].strip() + b"\r\n"
    head += b"Content-Transfer-Encoding: 8bit\r\n"
    m.body = (
        b"--wrap\r\n" + head + b"\r\n" + m.body + b"\r\n--wrap\r\nContent-Type: text/plain\r\n\r\nfooter\r\n--wrap--\r\n"
    )
    header(m, "Content-Type", lambda v: 'multipart/mixed; boundary="wrap"')
    return header(m, "Content-Transfer-Encoding", lambda v: "7bit")


def damaged(raw):
    at = raw.rindex(b" b=") + 40
    while raw[at : at + 1] in b" \r\n":
        at += 1
    return raw[:at] + (b"A" if raw[at : at + 1] != b"A" else b"B") + raw[at + 1 :]


def qp(data):
    return quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")


def b64(data, width=76):
    text = base64.b64encode(data)
    return b"".join(text[i : i + width] + b"\r\n" for i in range(0, len(text), width))


UTF = TEXT.replace("Ann has", "J\u00f6rg has")
JP = "\u706b\u66dc\u65e5\u306e\u4f1a\u8b70\n" * 6

PLAIN_EDITS = [
    # name, base header, base body, edit, causes
    ("footer", PLAIN, TEXT, lambda m: setattr(m, "body", m.body + FOOT) or m, ["body.footer-appended"]),
    ("footer-long", PLAIN, TEXT, lambda m: setattr(m, "body", m.body + FOOT * 9) or m, ["body.footer-appended"]),
    ("footer-in-line", PLAIN, TEXT[:-1], lambda m: setattr(m, "body", m.body + b"-----\r\nlist.example\r\n") or m, ["body.footer-appended"]),
    ("banner", PLAIN, TEXT, lambda m: setattr(m, "body", b"[EXTERNAL] beware\r\n\r\n" + m.body) or m, ["body.banner-prepended"]),
    ("blank", PLAIN, TEXT, lambda m: setattr(m, "body", b"\r\n" + m.body) or m, ["body.leading-blank"]),
    ("banner-footer", PLAIN, TEXT, lambda m: setattr(m, "body", b"[X]\r\n" + m.body + FOOT) or m,
     ["body.banner-prepended", "body.footer-appended"]),
    ("from-stuffed", PLAIN, TEXT, lambda m: lines_of(m, lambda l: [b">" + x if x.startswith(b"From ") else x for x in l]), ["body.from-stuffed"]),
    ("dots", PLAIN, TEXT, lambda m: lines_of(m, lambda l: [b"." + x if x.startswith(b".") else x for x in l]), ["body.dots-doubled"]),
    ("long-lines", PLAIN, TEXT + "x" * 2500 + "\n",
     lambda m: lines_of(m, lambda l: sum(([x] if len(x) < 999 else [x[:998], b" " + x[998:1995], b" " + x[1995:]] for x in l), [])),
     ["body.long-lines-broken"]),
    ("qp", PLAIN, UTF, lambda m: body_to(m, qp(m.body), "quoted-printable"), [("body.8bit-to-qp",)]),
    ("b64", PLAIN, UTF, lambda m: body_to(m, b64(m.body), "base64"), [("body.8bit-to-base64",)]),
    ("un-b64", PLAIN.replace("8bit", "base64"), b64(octets(UTF)), lambda m: body_to(m, base64.b64decode(m.body), "8bit"), ["body.base64-to-8bit"]),
    ("un-qp", PLAIN.replace("8bit", "quoted-printable"), qp(octets(UTF)), lambda m: body_to(m, quopri.decodestring(m.body), "8bit"), ["body.qp-to-8bit"]),
    ("rewrap", PLAIN.replace("8bit", "base64"), b64(octets(UTF)), lambda m: body_to(m, b64(base64.b64decode(m.body), 64)), ["body.base64-rewrapped"]),
    ("charset", PLAIN.replace("utf-8", "iso-2022-jp").replace("8bit", "7bit"), JP.encode("iso-2022-jp").replace(b"\n", b"\r\n"),
     lambda m: header(body_to(m, m.body.decode("iso-2022-jp").encode("utf-8")), "Content-Type", lambda v: "text/plain; charset=utf-8"), ["body.charset-converted"]),
    ("wrapped", PLAIN, TEXT, wrapped, ["body.mime-wrapped"]),
    ("part-added", ALTERNATIVE, PARTS,
     lambda m: setattr(m, "body", m.body.replace(b"\r\n--=_b1--", b"\r\n--=_b1\r\nContent-Type: text/plain\r\n\r\nlist footer\r\n--=_b1--")) or m, ["body.mime-part-added"]),
    ("foot-parts", ALTERNATIVE, PARTS, lambda m: parts(m, foot_parts), ["body.footer-in-parts"]),
    ("banner-parts", ALTERNATIVE, PARTS, lambda m: parts(m, banner_parts), ["body.banner-in-parts"]),
    ("html", ALTERNATIVE, PARTS, lambda m: setattr(m, "body", m.body.replace(b"<p>Paragraph 5", b'<div class="x">ad</div><p>Paragraph 5', 1)) or m, ["body.html-inserted"]),
    ("meta", ALTERNATIVE, PARTS, lambda m: setattr(m, "body", m.body.replace(b"<head>", b'<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">')) or m, ["body.html-meta-added"]),
    ("part-headers", ALTERNATIVE, PARTS, lambda m: parts(m, lambda h, c: (h + b"\r\nX-Microsoft-Exchange-Diagnostics: 1;abc", c)), ["body.part-headers-added"]),
    ("urls", ALTERNATIVE, PARTS, safelink, ["body.urls-rewritten"]),
    ("preamble", ALTERNATIVE, PARTS, lambda m: setattr(m, "body", m.body.split(b"\r\n\r\n", 1)[1]) or m, ["body.preamble-removed"]),
    ("tag", PLAIN, TEXT, lambda m: header(m, "Subject", lambda v: "[list] " + v), ["hdr.subject-tagged"]),
    ("tag-external", PLAIN, TEXT, lambda m: header(m, "Subject", lambda v: "[EXTERNAL] " + v), ["hdr.subject-tagged"]),
    ("tag-spam", PLAIN, TEXT, lambda m: header(m, "Subject", lambda v: "***SPAM*** " + v), ["hdr.subject-tagged"]),
    ("tag-re", PLAIN.replace("A proposal", "Re: A proposal"), TEXT, lambda m: header(m, "Subject", lambda v: "Re: [list] " + v[4:]), ["hdr.subject-tagged"]),
    ("munged", PLAIN, TEXT, lambda m: header(m, "From", lambda v: "Ann Author via List <list@list.example>").top("X-Original-From: Ann Author <ann@author.example>"), ["hdr.from-rewritten"]),
    ("munged-reply", PLAIN, TEXT, lambda m: header(m, "From", lambda v: "'Ann Author' via List <list@list.example>").top("X-Reply-To: no\nAuthor: Ann Author <ann@author.example>"), ["hdr.from-rewritten"]),
    ("reply-to", PLAIN, TEXT, lambda m: m.top("Reply-To: list@list.example"), ["hdr.field-added"]),
    ("sender", PLAIN, TEXT, lambda m: m.top("Sender: list@list.example"), ["hdr.field-added"]),
    ("list-id", PLAIN, TEXT, lambda m: m.top("List-Id: <list.example>\nList-Post: <mailto:l@list.example>"), ["hdr.field-added"]),
    ("from-added", PLAIN, TEXT, lambda m: m.top("From: x@y.example"), ["hdr.field-added"]),
    ("no-mime", PLAIN, TEXT, lambda m: m.drop("MIME-Version"), ["hdr.field-removed-stock"]),
    ("no-prec", PLAIN + "Precedence: list\n", TEXT, lambda m: m.drop("Precedence"), ["hdr.field-removed-stock"]),
    ("renamed", PLAIN, TEXT, lambda m: m.rewrite("X-Mailer", 0, lambda r: b"X-Original-" + r), ["hdr.field-renamed"]),
    ("renamed-n", PLAIN, TEXT, lambda m: m.rewrite("X-Mailer", 0, lambda r: r.replace(b"X-Mailer:", b"X-Mailer-Original-0:")), ["hdr.field-renamed"]),
    ("renamed-sub", PLAIN, TEXT, lambda m: header(m, "Subject", lambda v: "Ticket 5").top("X-Original-Subject: A proposal for Tuesday"), ["hdr.field-renamed"]),
    ("reencoded", PLAIN.replace("A proposal for Tuesday", "=?utf-8?Q?J=C3=B6rg_kommt?="), TEXT,
     lambda m: header(m, "Subject", lambda v: "=?iso-8859-1?Q?J=F6rg_kommt?="), ["hdr.subject-reencoded"]),
    ("reencoded-jp", PLAIN.replace("A proposal for Tuesday", "=?iso-2022-jp?B?%s?=" % base64.b64encode("\u706b\u66dc\u65e5".encode("iso-2022-jp")).decode()), TEXT,
     lambda m: header(m, "Subject", lambda v: "=?utf-8?B?%s?=" % base64.b64encode("\u706b\u66dc\u65e5".encode()).decode()), ["hdr.subject-reencoded"]),
    ("downgraded", PLAIN.replace("Ann Author", "J\u00f6rg"), TEXT,
     lambda m: header(m, "From", lambda v: "=?utf-8?Q?J=C3=B6rg?= <ann@author.example>"), ["hdr.utf8-downgraded"]),
    ("respaced", PLAIN, TEXT, lambda m: header(m, "To", lambda v: v.replace(", ", ",")), ["hdr.address-list-respaced"]),
    ("quoted", PLAIN, TEXT, lambda m: header(m, "From", lambda v: '"Ann Author" <ann@author.example>'), ["hdr.display-name-quoted"]),
    ("unquoted", PLAIN.replace("Ann Author", '"Ann Author"'), TEXT, lambda m: header(m, "From", lambda v: "Ann Author <ann@author.example>"), ["hdr.display-name-quoted"]),
    ("date", PLAIN, TEXT, lambda m: header(m, "Date", lambda v: "Thu, 9 Oct 2025 10:53:12 +0200"), ["hdr.date-normalised"]),
    ("date-utc", PLAIN.replace("+0200", "+0000 (UTC)"), TEXT, lambda m: header(m, "Date", lambda v: v.replace(" (UTC)", "")), ["hdr.date-normalised"]),
    ("date-gmt", PLAIN.replace("+0200", "GMT"), TEXT, lambda m: header(m, "Date", lambda v: v.replace("GMT", "+0000")), ["hdr.date-normalised"]),
    ("boundary", ALTERNATIVE, PARTS, lambda m: header(m, "Content-Type", lambda v: v.replace('"', "")), ["hdr.content-type-requoted"]),
    ("charset-quoted", PLAIN, TEXT, lambda m: header(m, "Content-Type", lambda v: v.replace("utf-8", '"utf-8"')), ["hdr.content-type-requoted"]),
    ("998", PLAIN + "Sender: " + "x" * 989 + "yyyyy@author.example\n", TEXT,
     lambda m: m.rewrite("Sender", 0, lambda r: r[:998] + b"\r\n " + r[998:]), ["hdr.line-broken-998"]),
    ("list", PLAIN, TEXT, lambda m: header(header(setattr(m, "body", m.body + FOOT) or m, "Subject", lambda v: "[l] " + v), "From",
     lambda v: "Ann Author via l <l@list.example>").top("X-Original-From: Ann Author <ann@author.example>"),
     ["body.footer-appended", "hdr.subject-tagged", "hdr.from-rewritten"]),
    ("list-reply", PLAIN, TEXT, lambda m: header(setattr(m, "body", m.body + FOOT) or m, "Subject", lambda v: "[l] " + v).top("Reply-To: l@list.example"),
     ["body.footer-appended", "hdr.subject-tagged", "hdr.field-added"]),
    ("list-munge-reply", PLAIN, TEXT, lambda m: header(header(m, "Subject", lambda v: "[l] " + v), "From",
     lambda v: "Ann Author via l <l@list.example>").top("Reply-To: Ann Author <ann@author.example>"),
     ["hdr.subject-tagged", "hdr.from-rewritten", "hdr.field-added"]),
]

# ---- as a handler that speaks DKIM2 does it: with the recipe that undoes it


def with_recipe(m, instance, *edits, coded=False, fields=None):
    """Change lines, and tell in Message-Instance how to undo that."""
    old = m.body.split(b"\r\n")
    new, steps, at = list(old), [], 0
    for n, line in edits:
        data = [base64.b64encode(old[n - 1]).decode() if coded else old[n - 1].decode()]
        steps += [{"c": [at + 1, n - 1]}] * (at + 1 < n) + [{"d": data}]
        new[n - 1], at = line, n
    m.body = b"\r\n".join(new)
    recipe = base64.b64encode(json.dumps({"h": fields or {}, "b": [*steps, {"c": [at + 1, len(old) - 1]}]}).encode())
    folded = b"\n ".join(recipe[i : i + 70] for i in range(0, len(recipe), 70)).decode()
    m.top("DKIM2-Signature: i=%d; m=%d; d=d%d.example; s=a:b" % (instance, instance, instance))
    return m.top("Message-Instance: m=%d; h=sha256:AAAA:BBBB; r=%s" % (instance, folded))


PLAIN_EDITS += [
    ("address-added", PLAIN + "Reply-To: Ann <ann@home.example>\n", TEXT, lambda m: header(m, "Reply-To", lambda v: v + ", tools@list.example"), ["hdr.address-added"]),
    ("address-added-two", PLAIN + "Reply-To: ann@home.example, ann@author.example\n", TEXT,
     lambda m: header(m, "Reply-To", lambda v: v + ", Ann Author <ann@author.example>"), ["hdr.address-added"]),
    ("recipe", PLAIN, TEXT, lambda m: with_recipe(m, 2, (3, b"Line three, as we like it."), (9, b"nine")), ["body.changed-recipe"]),
    ("recipe-subject", PLAIN, TEXT, lambda m: with_recipe(header(m, "Subject", lambda v: "Quite another"), 2, fields={"subject": [{"d": ["A proposal for Tuesday"]}]}), ["hdr.changed-recipe"]),
    ("recipe-fields", PLAIN, TEXT, lambda m: with_recipe(header(with_recipe(header(m, "Subject", lambda v: "Another"), 2, fields={
        "subject": [{"d": ["A proposal for Tuesday"]}]}), "X-Mailer", lambda v: "Crow"), 3, fields={"x-mailer": [{"d": ["Pigeon  2"]}]}), ["hdr.changed-recipe"]),
    ("recipe-base64", PLAIN, TEXT, lambda m: with_recipe(m, 2, (5, b"Another line."), (6, b""), coded=True), ["body.changed-recipe"]),
    ("recipes", PLAIN, TEXT, lambda m: with_recipe(with_recipe(m, 2, (4, b"four"), (8, b"eight")), 3, (4, b"vier"), (12, b"twelve")), ["body.changed-recipe"]),
]

# ---- as list software, gateways and relays do it

GERMAN = "Guten Tag,\n\nbitte pr\u00fcfen: https://shop.example/a?b=1&c=2 kostet 300 \u20ac.\n\nGr\u00fc\u00dfe\n-- \nJ\u00f6rg\n"
GERMAN_HTML = (
    "<html><head>\n<title>t</title></head><body class=x>\n<p>Pr\u00fcfen: "
    '<a href="https://shop.example/a?b=1&amp;c=2">hier</a></p>\n</body></html>\n'
)
RULES = "\n" + "".join("Rule %d of this list.\n" % i for i in range(1, 21))
HTML_RULES = '<hr>\n<a href="https://list.example/u?x=1">unsubscribe</a>\n'
CODERS = {"8bit": lambda d: d, "quoted-printable": qp, "base64": b64}


def leaf(kind, text, coder, charset="utf-8"):
    head = 'Content-Type: text/%s; charset="%s"\r\nContent-Transfer-Encoding: %s\r\n\r\n' % (kind, charset, coder)
    return head.encode() + CODERS[coder](text.replace("\n", "\r\n").encode(charset))


def two(plain, html, coder, charset="utf-8"):
    """A multipart/alternative's octets."""
    return b"".join(b"--=_b1\r\n" + leaf(k, t, coder, charset) + b"\r\n" for k, t in (("plain", plain), ("html", html))) + b"--=_b1--\r\n"


def nested(plain, html, coder):
    """The same in multipart/related with an image, in multipart/mixed with a file."""
    rows = lambda n: b64(bytes(range(256)) * n) + b"\r\n"
    return (b'--=_m1\r\nContent-Type: multipart/related; boundary="=_r1"\r\n\r\n--=_r1\r\n'
            b'Content-Type: multipart/alternative; boundary="=_b1"\r\n\r\n' + two(plain, html, coder)
            + b"\r\n--=_r1\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <1@author.example>\r\n\r\n" + rows(4)
            + b"\r\n--=_r1--\r\n\r\n--=_m1\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + rows(8)
            + b"\r\n--=_m1--\r\n")


def into_html(text, put, at_end=True):
    return text.replace("</body>", put + "</body>") if at_end else text.replace("<body class=x>", "<body class=x>" + put)


def becomes(body):
    return lambda m: setattr(m, "body", body) or m


def through(url, html):
    """A link led over services as they write it."""
    return url.replace("https://shop.example/a?b=1%sc=2" % ("&amp;" if html else "&"), "%s")


def linked(coder, service):
    plain, html = through(GERMAN, False), through(GERMAN_HTML, True)
    return becomes(two(plain % service, html % service.replace("&", "&amp;"), coder))


SERVICES = {
    "safelinks": "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fshop.example%2Fa%3Fb%3D1%26c%3D2&data=05%7C02&reserved=0",
    "barracuda": "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fshop.example%2fa%3fb%3d1%26c%3d2&c=E,1&typo=1",
    "path": "https://secure-web.gw.example/1AbC/https%3A%2F%2Fshop.example%2Fa%3Fb%3D1%26c%3D2",
    "v2": "https://urldefense.gw.example/v2/url?u=https-3A__shop.example_a-3Fb-3D1-26c-3D2&d=DwM&c=x",
}


def decoded_charset(m, charset):
    m.body = m.body.decode(charset).encode("utf-8")
    return header(m, "Content-Type", lambda v: v.replace(charset, "utf-8"))


def wrapped_by_list(m):
    """Content-* fields go into the first part, the new Content-Type to the end."""
    fields = b""
    for name in ("Content-Type", "Content-Transfer-Encoding"):
        fields += m.field(name).raw
        m.drop(name)
    m.body = (b"--===1==\r\n" + fields + b"\r\n" + m.body + b"\r\n--===1==\r\nContent-Type: text/plain; charset=\"us-ascii\"\r\n"
              b"MIME-Version: 1.0\r\nContent-Transfer-Encoding: 7bit\r\nContent-Disposition: inline\r\n\r\n_____\r\nlist\r\n--===1==--\r\n")
    return m.bottom('Content-Type: multipart/mixed; boundary="===1=="')


def subject(new):
    return lambda m: header(m, "Subject", lambda v: new(v) if callable(new) else new)


def named(subject_line):
    return PLAIN.replace("A proposal for Tuesday", subject_line)


def word(text, charset="utf-8", coding="B"):
    data = text.encode(charset)
    if coding in "Bb":
        return "=?%s?%s?%s?=" % (charset, coding, base64.b64encode(data).decode())
    return "=?%s?%s?%s?=" % (charset, coding, "".join(chr(c) if chr(c).isalnum() and c < 128 else "_" if c == 32 else "=%02X" % c for c in data))


def two_words(text, coding, width):
    """As few words as hold so many octets each."""
    rows, at = [], ""
    for c in text:
        if len(word(at + c, "utf-8", coding)) > width:
            rows.append(at)
            at = ""
        at += c
    return "\n ".join(word(r, "utf-8", coding) for r in rows + [at])


LONG = "Die Pr\u00fcfung der \u00c4nderungen am Z\u00e4hler und was daraus f\u00fcr die n\u00e4chste Ausgabe folgt"

LISTED = "%s\nthe list\nhttps://list.example/\n" % ("_" * 47)

HTML_LISTED = "<hr>\n<p>the list<br><a href=\"https://list.example/\">https://list.example/</a></p>\n"
BEWARE = "CAUTION: this message came from outside. Do not open what you do not expect.\n\n"
HTML_BEWARE = (
    '<div style="background:#ffeb9c; border:1px solid #9c6500"><b>CAUTION:</b> this message came from outside. '
    "Do not open what you do not expect.</div><br>\n"
)
HTML_TEXT = HTML.replace("<body>", "<body class=x>")

MAILER_EDITS = [
    ("foot-b64", PLAIN.replace("8bit", "base64"), b64(octets(GERMAN)), becomes(b64(octets(GERMAN + RULES))), ["body.footer-in-parts"]),
    ("banner-b64", PLAIN.replace("8bit", "base64"), b64(octets(GERMAN)), becomes(b64(octets("[EXTERNAL]\n\n" + GERMAN))), ["body.banner-in-parts"]),
    *[("foot-parts-" + c, ALTERNATIVE, two(GERMAN, GERMAN_HTML, c),
       becomes(two(GERMAN + RULES, into_html(GERMAN_HTML, HTML_RULES), c)), ["body.footer-in-parts"]) for c in CODERS],
    *[("banner-parts-" + c, ALTERNATIVE, two(GERMAN, GERMAN_HTML, c),
       becomes(two("Beware.\n\n" + GERMAN, into_html(GERMAN_HTML, "<table><tr><td>Beware</td></tr></table>\n", False), c)),
       ["body.banner-in-parts"]) for c in CODERS],
    *[("nested-" + n + "-" + c, MIXED, nested(TEXT, HTML_TEXT, c), becomes(nested(*with_note(TEXT, HTML_TEXT), c)), ["body.%s-in-parts" % n])
      for n, with_note in (("banner", lambda p, h: (BEWARE + p, into_html(h, HTML_BEWARE, False))),
                           ("footer", lambda p, h: (p + LISTED, into_html(h, HTML_LISTED)))) for c in CODERS],
    ("meta-qp", ALTERNATIVE, two(GERMAN, GERMAN_HTML, "quoted-printable"),
     becomes(two(GERMAN, GERMAN_HTML.replace("<head>", '<head>\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'), "quoted-printable")),
     ["body.html-meta-added"]),
    *[("pixel-" + c, ALTERNATIVE, two(GERMAN, GERMAN_HTML, c),
       becomes(two(GERMAN, GERMAN_HTML.replace("<a href", '<img src="https://t.example/p.gif" width=1 height=1><a href'), c)),
       ["body.html-inserted"]) for c in CODERS],
    *[("listed-" + c, PLAIN.replace("8bit", c), CODERS[c](octets(t)),
       lambda m, t=t, h=h: subject(lambda v: "[l] " + v)(body_to(m, octets(h + t + RULES), "8bit")),
       ["body.%s-to-8bit" % k, "body.footer-appended", "hdr.subject-tagged"] + ["body.banner-prepended"] * (h != ""))
      for c, k, t, h in (("quoted-printable", "qp", GERMAN, ""), ("base64", "base64", GERMAN * (3 + LINES // 4), ""), ("quoted-printable", "qp", GERMAN * 2, "Welcome.\n\n"))],
    ("foot-b64-80", PLAIN.replace("8bit", "base64"), b64(octets(GERMAN)), becomes(b64(octets(GERMAN + RULES), 80)), ["body.footer-in-parts"]),
    *[("foot-parts-b64-%d" % w, ALTERNATIVE, two(GERMAN * n, GERMAN_HTML.replace("</p>", "</p>\n<p>n\u00e4chste</p>" * 4 * n), "base64"),
       becomes(b"".join(b"--=_b1\r\n" + leaf(k, t, "base64").split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n" + b64(t.replace("\n", "\r\n").encode(), w) + b"\r\n"
                        for k, t in (("plain", GERMAN * n + RULES), ("html", into_html(GERMAN_HTML.replace("</p>", "</p>\n<p>n\u00e4chste</p>" * 4 * n), HTML_RULES))))
               + b"--=_b1--\r\n"),
       ["body.footer-in-parts"]) for w, n in ((60, 1), (80, 1 + LINES // 4))],
    ("relabelled", PLAIN.replace("8bit", "7bit"), TEXT,
     lambda m: subject(lambda v: "[l] " + v)(header(header(body_to(m, m.body + octets(RULES), "7bit"), "Content-Type", lambda v: 'text/plain; charset="us-ascii"'),
                                                  "From", lambda v: "Ann Author via List <list@list.example>")).top("X-Original-From: Ann Author <ann@author.example>"),
     ["body.footer-appended", "hdr.subject-tagged", "hdr.from-rewritten", "hdr.content-type-relabelled"]),
    *[("html-foot-" + c, ALTERNATIVE, two(GERMAN, GERMAN_HTML, c),
       becomes(two(GERMAN, into_html(GERMAN_HTML, HTML_RULES), c)), ["body.html-inserted"]) for c in CODERS],
    *[("html-alone-" + c, PLAIN.replace("plain", "html").replace("8bit", c), CODERS[c](octets(GERMAN_HTML)),
       becomes(CODERS[c](octets(into_html(GERMAN_HTML, "<div style='x'><b>Caution:</b> from outside</div>\n", False)))),
       ["body.html-inserted"]) for c in CODERS],
    *[("urls-%s-%s" % (n, c), ALTERNATIVE, two(GERMAN, GERMAN_HTML, c), linked(c, u), ["body.urls-rewritten"])
      for (n, u), c in zip(SERVICES.items(), ("8bit", "quoted-printable", "base64", "8bit"))],
    ("urls-kept", ALTERNATIVE, two(GERMAN, GERMAN_HTML, "8bit"),
     becomes(two(GERMAN, through(GERMAN_HTML, True) % (SERVICES["safelinks"].replace("&", "&amp;") + '" originalsrc="https://shop.example/a?b=1&amp;c=2" shash="AbC='), "8bit")),
     ["body.urls-rewritten"]),
    ("un-b64-parts", ALTERNATIVE, two(GERMAN, GERMAN_HTML, "base64"), becomes(two(GERMAN, GERMAN_HTML, "8bit")), ["body.base64-to-8bit"]),
    ("charset-parts", ALTERNATIVE, two(GERMAN.replace("\u20ac", "EUR"), GERMAN_HTML, "quoted-printable", "iso-8859-1"),
     becomes(two(GERMAN.replace("\u20ac", "EUR"), GERMAN_HTML, "8bit")), ["body.charset-converted"]),
    ("charset-koi8", PLAIN.replace("utf-8", "koi8-r"), "\u0414\u043e\u0431\u0440\u044b\u0439 \u0434\u0435\u043d\u044c\r\n".encode("koi8-r") * 5,
     lambda m: decoded_charset(m, "koi8-r"), ["body.charset-converted"]),
    ("long-bare", PLAIN, "<p>" + "word " * 500 + "</p>\n",
     lambda m: lines_of(m, lambda l: sum(([x[i : i + 998] for i in range(0, len(x), 998)] or [x] for x in l), [])), ["body.long-lines-broken"]),
    ("wrapped-list", PLAIN, UTF, lambda m: subject(lambda v: "[l] " + v)(wrapped_by_list(m)), ["body.mime-wrapped", "hdr.subject-tagged"]),
    ("part-first", ALTERNATIVE, two(GERMAN, GERMAN_HTML, "8bit"), lambda m: setattr(m, "body", b"--=_b1\r\nContent-Type: text/plain\r\n\r\nnotice\r\n" + m.body) or m,
     ["body.mime-part-added"]),
    *[("exchange-%s" % n, PLAIN.replace("8bit", c).replace("utf-8", charset), was, lambda m, now=now, coding=coding: body_to(m, now, coding), causes)
      for n, c, charset, was, now, coding, causes in (
          ("76", "quoted-printable", '"us-ascii"', exchange.qp(octets(TEXT + "x" * 76 + "\n")), octets(TEXT + "x" * 76 + "\n" + LISTED), "7bit", ["body.qp-to-8bit", "body.footer-appended"]),
          ("open", "quoted-printable", '"us-ascii"', exchange.qp(octets(TEXT[:-1])), octets(TEXT + LISTED), "7bit", ["body.qp-to-8bit", "body.footer-appended"]),
          ("lf", "quoted-printable", '"us-ascii"', exchange.qp_bare_lf(octets(TEXT)), octets(TEXT + LISTED), "7bit", ["body.qp-to-8bit", "body.footer-appended"]),
          ("to-b64", "quoted-printable", '"utf-8"', exchange.qp(octets(UTF)), b64(octets(UTF + LISTED)), "base64", ["body.qp-to-base64", "body.footer-appended"]),
          ("to-qp", "base64", '"utf-8"', b64(octets(UTF)), qp(octets(UTF + LISTED)), "quoted-printable", ["body.base64-to-qp", "body.footer-appended"]))],
    ("library-ascii", PLAIN, TEXT, lambda m: header(m, "X-Mailer", lambda v: word("Pigeon 2", "utf-8", "q")), ["hdr.encoded-by-library"]),
    ("library-8bit", named("J\udcf6rg kommt"), TEXT, subject("=?unknown-8bit?q?J=F6rg?= kommt"), ["hdr.unknown-8bit"]),
    ("library-half", PLAIN.replace("Ann Author", word("Author, J\u00f6rg", "utf-8", "Q")), TEXT,
     lambda m: header(m, "From", lambda v: "Author, =?utf-8?q?J=C3=B6rg?= <ann@author.example>"), ["hdr.half-decoded"]),
    ("case-of-reply", named("RE: [l] A proposal"), TEXT, subject("Re: [l] A proposal"), ["hdr.case-of-reply"]),
    ("from-topic", named("AW: A proposal") + "Thread-Topic: A proposal\n", TEXT, subject("Your request [#5]"), ["hdr.subject-from-topic"]),
    ("fold-blank", named("Re: rename {in,out}put of the second port, and what depends on it"), TEXT,
     subject("Re: [l] rename {in, out}put of the second port,\n and what depends on it"), ["hdr.fold-blank"]),
    ("three-of-a-list", PLAIN.replace("; charset=utf-8", ""), TEXT, lambda m: header(header(subject("[l] A proposal for Tuesday")(m), "Content-Type",
     lambda v: 'text/plain; charset="us-ascii"'), "From", lambda v: "Ann Author via l <l@list.example>").bottom("Reply-To: Ann Author <ann@author.example>"),
     ["hdr.subject-tagged", "hdr.content-type-relabelled", "hdr.from-rewritten", "hdr.field-added"]),
    ("relabelled-flowed", PLAIN.replace("utf-8", "UTF-8; format=flowed"), TEXT, lambda m: header(m, "Content-Type",
     lambda v: 'text/plain; charset="us-ascii"; Format="flowed"'), ["hdr.content-type-relabelled"]),
    ("unescaped", PLAIN.replace("Ann Author", '"Ann (A) Author"'), TEXT, lambda m: header(m, "From", lambda v: '"Ann \\(A\\) Author via l" <l@list.example>').bottom(
     'Reply-To: "Ann \\(A\\) Author" <ann@author.example>'), ["hdr.from-rewritten", "hdr.field-added"]),
    ("mailman3-marks", named("RE: [l] Re: A proposal"), TEXT, subject("[l] Re: A proposal"), ["hdr.subject-tagged"]),
    ("tag-suffix", PLAIN, TEXT, subject(lambda v: v + " [list]"), ["hdr.subject-tagged"]),
    ("tag-respelled", named("RE: A proposal"), TEXT, subject("Re: [list] A proposal"), ["hdr.subject-tagged"]),
    ("tag-twice", named("Re: A proposal"), TEXT, subject("Re: [list] [EXT] A proposal"), ["hdr.subject-tagged"]),
    ("tag-folded", named(word(LONG[:20])), TEXT, subject("[list]\r\n " + word(LONG[:20])), ["hdr.subject-tagged"]),
    ("tag-in-word", named(word("Gr\u00fc\u00dfe", "utf-8", "Q")), TEXT, subject(word("[list] Gr\u00fc\u00dfe", "utf-8", "Q")), ["hdr.subject-tagged"]),
    ("tag-new-words", named(two_words(LONG, "Q", 75)), TEXT, subject(two_words("[list] " + LONG, "Q", 75)), ["hdr.subject-tagged"]),
    ("words-other", named(two_words(LONG, "B", 72)), TEXT, subject(two_words(LONG, "Q", 66)), ["hdr.subject-reencoded"]),
    ("words-raw", named(word(LONG[:29])), TEXT, subject(LONG[:29]), ["hdr.subject-reencoded"]),
    ("downgraded-quotes", PLAIN.replace("Ann Author", '"J\u00f6rg"'), TEXT,
     lambda m: header(m, "From", lambda v: word("J\u00f6rg", "utf-8", "Q") + " <ann@author.example>"), ["hdr.utf8-downgraded"]),
    ("zone", PLAIN, TEXT, lambda m: header(m, "Date", lambda v: "Thu, 9 Oct 2025 08:53:12 +0000"), ["hdr.date-normalised"]),
    ("zone-name", PLAIN.replace("+0200", "CEST"), TEXT, lambda m: header(m, "Date", lambda v: v.replace("CEST", "+0200")), ["hdr.date-normalised"]),
    ("year", PLAIN.replace(" 2025 10", " 25 10"), TEXT, lambda m: header(m, "Date", lambda v: v.replace(" 25 10", " 2025 10")), ["hdr.date-normalised"]),
    ("all-params", PLAIN.replace("utf-8", "utf-8; format=flowed"), TEXT, lambda m: header(m, "Content-Type", lambda v: 'text/plain; charset="utf-8"; format="flowed"'),
     ["hdr.content-type-requoted"]),
    ("reply-to-last", PLAIN, TEXT, lambda m: m.bottom("Reply-To: list@list.example"), ["hdr.field-added"]),
    ("munge-all", PLAIN, TEXT, lambda m: header(subject(lambda v: "[l] " + v)(setattr(m, "body", m.body + FOOT) or m), "From",
     lambda v: "Ann Author via l <l@list.example>").bottom("Reply-To: Ann Author <ann@author.example>"),
     ["body.footer-appended", "hdr.subject-tagged", "hdr.from-rewritten", "hdr.field-added"]),
    ("three-fields", PLAIN.replace("+0200", "GMT"), TEXT, lambda m: header(header(subject(lambda v: "[l] " + v)(m), "To", lambda v: v.replace(", ", ",")), "Date",
     lambda v: v.replace("GMT", "+0000")), ["hdr.subject-tagged", "hdr.address-list-respaced", "hdr.date-normalised"]),
    ("quoted-copy", PLAIN + "Reply-To: ann@author.example\n", TEXT, lambda m: header(m, "From", lambda v: '"Ann Author" <ann@author.example>'), ["hdr.display-name-quoted"]),
]

NOTE = "[EXTERNAL] beware\r\n\r\n".encode()
CODINGS = (("qp", qp, "quoted-printable"), ("b64", b64, "base64"))


def coded_after(edit, coder, name):
    """An edit, and a server without 8BITMIME behind it."""
    return lambda m: body_to(edit(m), coder(m.body), name)


def parts_coded_after(coder, plain, html):
    """The same of a multipart/alternative."""
    return becomes(two(plain, html, coder))


# more than one hand on one message
JOINT_EDITS = [
    *[("foot-" + n, PLAIN, UTF, coded_after(becomes(octets(UTF) + FOOT), c, w), ["body.footer-appended", "body.8bit-to-" + t])
      for (n, c, w), t in zip(CODINGS, ("qp", "base64"))],
    *[("note-" + n, PLAIN, UTF, coded_after(becomes(NOTE + octets(UTF)), c, w), ["body.banner-prepended", "body.8bit-to-" + t])
      for (n, c, w), t in zip(CODINGS, ("qp", "base64"))],
    *[("note-foot-" + n, PLAIN, UTF, coded_after(becomes(NOTE + octets(UTF) + FOOT), c, w),
       ["body.banner-prepended", "body.footer-appended", "body.8bit-to-" + t]) for (n, c, w), t in zip(CODINGS, ("qp", "base64"))],
    *[("foot-parts-then-" + t, ALTERNATIVE, two(GERMAN, GERMAN_HTML, "8bit"),
       parts_coded_after(w, GERMAN + RULES, into_html(GERMAN_HTML, HTML_RULES)), ["body.footer-in-parts", "body.8bit-to-" + t])
      for (_, _, w), t in zip(CODINGS, ("qp", "base64"))],
    ("tag-foot-qp", PLAIN, UTF, lambda m: header(coded_after(becomes(octets(UTF) + FOOT), qp, "quoted-printable")(m), "Subject", lambda v: "[l] " + v),
     ["body.footer-appended", "body.8bit-to-qp", "hdr.subject-tagged"]),
    ("munge-foot-qp", PLAIN, UTF, lambda m: header(coded_after(becomes(octets(UTF) + FOOT), qp, "quoted-printable")(m), "From",
     lambda v: "Ann Author via l <l@list.example>").top("Reply-To: Ann Author <ann@author.example>"),
     ["body.footer-appended", "body.8bit-to-qp", "hdr.from-rewritten", "hdr.field-added"]),
    ("list-parts", ALTERNATIVE, two(GERMAN, GERMAN_HTML, "quoted-printable"), lambda m: header(subject(lambda v: "[l] " + v)(
        becomes(two(GERMAN + RULES, into_html(GERMAN_HTML, HTML_RULES), "quoted-printable"))(m)), "From",
     lambda v: "Ann Author via l <l@list.example>").top("Reply-To: Ann Author <ann@author.example>"),
     ["body.footer-in-parts", "hdr.subject-tagged", "hdr.from-rewritten", "hdr.field-added"]),
    *[("banner-links-" + n + "-" + c, ALTERNATIVE, two(GERMAN, GERMAN_HTML, c),
       becomes(two("Beware.\n\n" + through(GERMAN, False) % SERVICES[n],
                   into_html(through(GERMAN_HTML, True) % SERVICES[n].replace("&", "&amp;"), "<p>Beware</p>\n", False), c)),
       ["body.banner-in-parts", "body.urls-rewritten"]) for n, c in (("safelinks", "8bit"), ("barracuda", "quoted-printable"), ("v2", "base64"))],
    ("tag-links", ALTERNATIVE, two(GERMAN, GERMAN_HTML, "8bit"), lambda m: subject(lambda v: "[EXTERNAL] " + v)(
        linked("8bit", SERVICES["safelinks"])(m)), ["body.urls-rewritten", "hdr.subject-tagged"]),
]

SIMPLE_EDITS = [
    ("refolded", lambda m: m.rewrite("To", 0, lambda r: r.replace(b", ", b",\r\n\t")), ["hdr.refolded-simple"]),
    ("unfolded", lambda m: m.rewrite("Subject", 0, lambda r: r.replace(b"\r\n ", b" ")), ["hdr.refolded-simple"]),
    ("name-case", lambda m: m.rewrite("Message-ID", 0, lambda r: b"Message-Id" + r[10:]), ["hdr.name-case-simple"]),
    ("trailing", lambda m: m.rewrite("Subject", 0, lambda r: r[:-2] + b" \r\n"), ["hdr.trailing-space-simple"]),
    ("sigdash", lambda m: lines_of(m, lambda l: [b"--" if x == b"-- " else x for x in l]), ["body.sigdash-trimmed"]),
    ("spaces", lambda m: lines_of(m, lambda l: [x + b"  " if b"Line 5" in x else x for x in l]), ["body.trailing-space-added"]),
    ("trailing-tab", lambda m: m.rewrite("To", 0, lambda r: r[:-2] + b"\t\r\n"), ["hdr.trailing-space-simple"]),
    ("spaces-all", lambda m: lines_of(m, lambda l: [x + b" " if x and x != b"-- " else x for x in l]), ["body.trailing-space-added"]),
]

UNPROVABLE = [
    ("word", lambda m: setattr(m, "body", m.body.replace(b"Line 7 of", b"Line 8 off")) or m, "ams.bh"),
    ("word-2", lambda m: setattr(m, "body", m.body.replace(b"shorter", b"longer, or so it seems")) or m, "ams.bh"),
    ("line-gone", lambda m: lines_of(m, lambda l: l[:9] + l[10:]), "ams.bh"),
    ("line-put", lambda m: lines_of(m, lambda l: l[:70] + [b"put in"] + l[70:] if len(l) > 75 else l[:12] + [b"put in"] + l[12:-6] + [b"x"] + l[-6:]), "ams.bh"),
    ("date", lambda m: header(m, "Date", lambda v: "Fri, 10 Oct 2025 11:00:00 +0000"), "ams.b"),
    ("msgid", lambda m: header(m, "Message-ID", lambda v: "<new@relay.example>"), "ams.b"),
    ("to", lambda m: header(m, "To", lambda v: "undisclosed-recipients:;"), "ams.b"),
    ("subject", lambda m: header(m, "Subject", lambda v: "Nothing of that"), "ams.b"),
    ("subject-cut", lambda m: header(m, "Subject", lambda v: v[:-4]), "ams.b"),
    ("from", lambda m: header(m, "From", lambda v: "Zoe <zoe@other.example>"), "ams.b"),
    ("gone", lambda m: m.drop("X-Mailer"), "ams.b"),
    ("replaced", lambda m: setattr(m, "body", b"The attachment was removed.\r\n") or m, "ams.bh"),
]


# ---- all of them

HOW = {"ams": {"h": H}, "key": "rsa2048-a"}


def base(n, head, body, **more):
    return chain(n, body=body, header=head, **{**HOW, **more})


def edited(name, m, edit, wanted, seals=0, **more):
    """m before and after: the octets that the evidence must name are known."""
    before, m = m, edit(m.copy())
    for _ in range(seals):
        m.seal(**HOW)
    return Case(name, m, wanted, fails=not seals, before=before, **more)
