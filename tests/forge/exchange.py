# SPDX-License-Identifier: BSD-2-Clause
"""exchange - mail as authors' systems write and sign it

Exchange encodes the text that it keeps, and its cloud signs what goes out; git
and Thunderbird write their own.  Written from how such messages look, apart
from lib/, so that what --why undoes was made by somebody else."""
import base64
import random
import re

import arc

CRLF = b"\r\n"
REPLACEMENT = b"\xef\xbf\xbd"  # U+FFFD


# ---- encodings


def tokens(line, keep_blank=False):
    """A line's octets as quoted-printable writes them; a blank at its end only
    when something follows in the encoded line."""
    out = []
    for at, c in enumerate(line):
        last = at + 1 == len(line)
        plain = 33 <= c <= 126 and c != 61 or c in b" \t" and (keep_blank or not last)
        out.append(bytes([c]) if plain else b"=%02X" % c)
    return out


def soft(parts, column=0):
    """Tokens in lines of at most 75 octets before the "=" of a soft break."""
    out = b""
    for token in parts:
        if column + len(token) > 75:
            out += b"=" + CRLF
            column = 0
        out += token
        column += len(token)
    return out


def qp(text):
    """Text with CRLF.  One whose last line has no end gets a soft break there."""
    lines = text.split(CRLF)
    out = b"".join(soft(tokens(line)) + CRLF for line in lines[:-1])
    return out + (soft(tokens(lines[-1])) + b"=" + CRLF if lines[-1] else b"")


def qp_bare_lf(text):
    """Text that Exchange keeps with bare LF: each is an octet, and a soft break
    stands behind it."""
    lines = text.replace(CRLF, b"\n").split(b"\n")
    out = b"".join(soft(tokens(line, True) + [b"=0A"]) + b"=" + CRLF for line in lines[:-1])
    return out + (soft(tokens(lines[-1])) + b"=" + CRLF if lines[-1] else b"")


def b64(data, width=76):
    text = base64.b64encode(data)
    return b"".join(text[i : i + width] + CRLF for i in range(0, len(text), width))


def as_utf8(data):
    """What a signer hashes that reads octets as UTF-8: all that is none becomes
    U+FFFD."""
    return data.decode("utf-8", "replace").encode("utf-8")


# ---- texts

WORDS = (
    "the patch adds a driver for this board and fixes what was left of it please have a look "
    "because I think that lock is taken twice here so we should not sleep while holding it can you "
    "test with the next release candidate thanks for the review looks good to me applied queued"
).split()
LATIN = ["f\u00fcr", "Gr\u00fc\u00dfe", "tr\u00e8s", "caf\u00e9", "se\u00f1or", "\u00fcber", "na\u00efve"]
WIDE = ["\u2013", "\u2019s", "\u20ac", "\u4f60\u597d", "\u0434\u0430", "\u2026"]


def sentence(rng, special):
    words = [rng.choice(WORDS) for _ in range(rng.randint(3, 13))]
    if special and rng.random() < 0.4:
        words.insert(rng.randrange(len(words)), rng.choice(special))
    return " ".join(words)


def line_of(rng, special):
    kind = rng.random()
    if kind < 0.12:
        return ""
    if kind < 0.22:
        return "> " + sentence(rng, special)
    if kind < 0.30:
        return rng.choice("+- ") + "\t" + sentence(rng, special) + rng.choice([";", " {", "", " "])
    if kind < 0.36:
        return "x = y == %d ? a : b; /* =3D */" % rng.randrange(1000)
    if kind < 0.40:
        return "." + sentence(rng, special)
    if kind < 0.43:
        return "From " + sentence(rng, special)
    if kind < 0.48:  # a paragraph on one line, as Outlook writes it
        return " ".join(sentence(rng, special) for _ in range(rng.randint(2, 6)))
    if kind < 0.54:  # just as long as one line may be, or one more or less
        return (sentence(rng, ()) * 9)[: rng.randint(73, 79)].rstrip() + "x"
    return sentence(rng, special) + rng.choice(["", "", "", " ", "."])


def text_of(rng, special=(), lines=None):
    """A text with CRLF, as str."""
    n = lines or rng.choice([4, 8, 15, 30, 60, 120])
    rows = ["Hi %s," % rng.choice(["Ann", "all", "Bob"]), ""]
    rows += [line_of(rng, special) for _ in range(n)]
    if special:  # at least once
        rows[rng.randrange(2, len(rows))] = sentence(rng, ()) + " " + rng.choice(special)
    rows += rng.choice([["", "Thanks,", "Ann"], ["", "-- ", "Ann", "Example Ltd"], ["", "Ann", ""], ["Ann"]])
    return "\r\n".join(rows) + "\r\n"


def html_of(text):
    rows = text.replace("&", "&amp;").replace("<", "&lt;").split("\r\n")
    return "<html>\r\n<head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=%s\">\r\n</head>\r\n<body>\r\n" + "".join(
        "<p>%s</p>\r\n" % row for row in rows
    ) + "</body>\r\n</html>\r\n"


# ---- bodies: what is sent, and what --why has to undo besides the list's own


class Body:
    def __init__(self, kind, type, encoding, octets, signed=None):
        self.kind, self.type, self.encoding, self.octets = kind, type, encoding, octets
        self.signed = octets if signed is None else signed


def plain(rng):
    """git send-email: ASCII, of which nothing is said or little."""
    text = text_of(rng).encode()
    type = rng.choice(["text/plain"] * 5 + ["text/plain; charset=us-ascii", "text/plain; charset=UTF-8", "text/plain; charset=\"UTF-8\"", "text/plain; charset=utf-8", None])
    return Body("plain", type, rng.choice([None, "7bit", "8bit"]), text)


def eight(rng):
    """UTF-8 as it is."""
    text = text_of(rng, LATIN + WIDE).encode()
    type = rng.choice(["text/plain; charset=UTF-8", "text/plain; charset=utf-8", 'text/plain; charset="utf-8"', 'text/plain; charset="UTF-8"'])
    return Body("8bit", type, "8bit", text)


def flowed(rng):
    """Thunderbird."""
    wide = rng.random() < 0.4
    text = text_of(rng, LATIN + WIDE if wide else ()).encode()
    charset = rng.choice(["UTF-8", "utf-8", "utf-8", "UTF-8", '"utf-8"', '"UTF-8"'])
    delsp = rng.choice([""] * 9 + ["; delsp=yes"])
    type = "text/plain; charset=%s%s; format=flowed" % (charset, delsp)
    return Body("flowed", type, "8bit" if wide else "7bit", text)


def outlook(rng):
    """Exchange's own encoding, ASCII."""
    text = text_of(rng).encode()
    return Body("qp", 'text/plain; charset="us-ascii"', "quoted-printable", qp(text))


def outlook_latin(rng):
    charset = rng.choice(["iso-8859-1"] * 5 + ["Windows-1252", "iso-8859-15", "iso-8859-2", "gb2312", "utf-8"])
    special = {"gb2312": ["\u4f60\u597d"], "iso-8859-2": ["f\u00fcr", "\u017elu\u0165"], "Windows-1252": ["\u2019s", "f\u00fcr"]}.get(charset, LATIN)
    text = text_of(rng, special).encode(charset)
    return Body("qp", 'text/plain; charset="%s"' % charset, "quoted-printable", qp(text))


def open_end(rng):
    """No end to the last line."""
    text = text_of(rng).encode().rstrip(CRLF)
    return Body("qp-open", 'text/plain; charset="us-ascii"', "quoted-printable", qp(text))


def bare_lf(rng):
    text = text_of(rng).encode()
    if rng.random() < 0.3:
        text = text.rstrip(CRLF)
    return Body("qp-lf", rng.choice(["text/plain", 'text/plain; charset="us-ascii"']), "quoted-printable", qp_bare_lf(text))


def coded(rng):
    text = text_of(rng, LATIN + WIDE).encode()
    if rng.random() < 0.2:
        text = text.replace(CRLF, b"\n")
    return Body("base64", 'text/plain; charset="utf-8"', "base64", b64(text))


def misread(rng):
    """8bit in a charset that is not UTF-8: hashed as if it were."""
    charset = rng.choice(["iso-8859-1", "iso-8859-1", "windows-1252", "ISO-8859-15"])
    text = text_of(rng, LATIN).encode(charset)
    type = rng.choice(["text/plain; charset=%s", 'text/plain; charset="%s"', "text/plain; charset=%s; format=flowed"]) % charset
    return Body("misread", type, "8bit", text, as_utf8(text))


def alternative(rng):
    text = text_of(rng)
    charset = rng.choice(["us-ascii", "iso-8859-1", "utf-8"])
    code = rng.choice(["quoted-printable", "base64"]) if charset == "utf-8" else "quoted-printable"
    coder = b64 if code == "base64" else qp
    edge = "_000_%s_" % "".join(rng.choice("0123456789ABCDEF") for _ in range(30))
    rows = b""
    for kind, content in (("plain", text), ("html", html_of(text) % charset)):
        rows += ("--%s\r\nContent-Type: text/%s; charset=\"%s\"\r\nContent-Transfer-Encoding: %s\r\n\r\n" % (edge, kind, charset, code)).encode()
        rows += coder(content.encode(charset)) + CRLF
    rows += ("--%s--\r\n" % edge).encode()
    return Body("parts", 'multipart/alternative; boundary="%s"' % edge, None, rows)


def attached(rng):
    """Text and a patch beside it, as Thunderbird and mutt send them."""
    wide = rng.random() < 0.5
    text = text_of(rng, LATIN if wide else ()).encode()
    edge = "------------%024d" % rng.randrange(10**24)
    flow = rng.choice(["; format=flowed", ""])
    rows = b"This is a multi-part message in MIME format.\r\n" if rng.random() < 0.6 else b""
    rows += ("--%s\r\nContent-Type: text/plain; charset=UTF-8%s\r\nContent-Transfer-Encoding: %s\r\n\r\n" % (edge, flow, "8bit" if wide else "7bit")).encode()
    rows += text + CRLF
    rows += ("--%s\r\nContent-Type: text/x-patch; charset=UTF-8; name=\"a.patch\"\r\nContent-Disposition: attachment; filename=\"a.patch\"\r\n"
             "Content-Transfer-Encoding: base64\r\n\r\n" % edge).encode() + b64(text_of(rng).encode())
    rows += ("\r\n--%s--\r\n" % edge).encode()
    return Body("attached", 'multipart/mixed; boundary="%s"' % edge, None, rows)


BODIES = [(plain, 24), (eight, 7), (flowed, 14), (outlook, 22), (outlook_latin, 8), (open_end, 4), (bare_lf, 4), (coded, 6),
          (misread, 4), (alternative, 4), (attached, 3)]

# ---- whole messages

NAMES = ["Ann Author", '"Author, Ann"', '"Ann (A) Author"', "=?utf-8?B?SsO2cmcgQXV0aG9y?=", "=?iso-8859-1?Q?J=F6rg_Author?=", '"Ann A. Author"', None, "Ann Author"]
TOPICS = ["use of the spare pin", "[PATCH v2 3/7] clk: add a gate for {in,out}put of the second port, and its parents, to the tree of clocks",
          "regression in -rc3: no sound, no light", "[PATCH] fix a typo", "Meeting notes", "Bug 12; what remains of it, and who takes which part of the rest", "[RFC PATCH 0/9] New API"]
REPLIES = ["", "", "Re: ", "Re: ", "RE: ", "RE: ", "AW: ", "R: ", "SV: ", "FW: "]


def microsoft_h(rng):
    names = "From:Date:Subject:Message-ID:Content-Type:MIME-Version:X-MS-Exchange-AntiSpam-MessageData-ChunkCount:X-MS-Exchange-AntiSpam-MessageData-0:X-MS-Exchange-AntiSpam-MessageData-1"
    if rng.random() < 0.3:
        names = names.replace("MIME-Version:", "MIME-Version:X-MS-Exchange-SenderADCheck:")
    return names


ZOHO_H = "Content-Type:Content-Transfer-Encoding:Cc:Cc:Date:Date:From:From:MIME-Version:Message-ID:Reply-To:Subject:Subject:To:To:Message-Id"
GOOGLE_H = "content-transfer-encoding:mime-version:message-id:date:subject:to:from"


class Mail:
    """One signed message: message, and what it was before any list had it."""

    def __init__(self, number, rng=None, body=None, sealer=None, tag=None):
        self.rng = rng = rng or random.Random(number)
        make = body or rng.choices([b for b, _ in BODIES], [w for _, w in BODIES])[0]
        self.body = make(rng)
        self.sealer = sealer or rng.choices(["microsoft.example", "zoho.example", "google.example"], [85, 8, 7])[0]
        name = rng.choice(NAMES)
        self.author = "ann%d@author.example" % number
        self.sender = "%s <%s>" % (name, self.author) if name else rng.choice(["%s", "<%s>"]) % self.author
        self.topic = rng.choice(TOPICS)
        self.reply = rng.choice(REPLIES)
        # a reply to a message of a list has its tag
        self.tag = tag if tag and rng.random() < (0.8 if self.reply else 0.1) else ""
        self.message = self.build(number)

    def header(self, number):
        rng, b = self.rng, self.body
        subject = self.reply + self.tag + self.topic
        rows = [
            "Received: from out.author.example (out.author.example [192.0.2.1])\n\tby mx.%s with ESMTPS id 4c%d;\n\tThu, 09 Oct 2025 08:53:20 +0000" % (self.sealer, number),
            "From: " + self.sender,
            "To: Bob <bob@other.example>, <tools@list.example>",
        ]
        if rng.random() < 0.4 or self.sealer == "zoho.example":
            rows.append("Cc: Carol <carol@third.example>, dave@fourth.example")
        rows.append("Subject: " + subject)
        if self.sealer == "microsoft.example" and rng.random() < 0.9:
            rows += ["Thread-Topic: " + self.tag + self.topic, "Thread-Index: AQHZ%07d==" % number]
        rows += ["Date: Thu, 9 Oct 2025 10:53:12 +0200", "Message-ID: <%d.abc@author.example>" % number]
        if self.reply:
            rows += ["References: <%d.xyz@other.example>" % number, "In-Reply-To: <%d.xyz@other.example>" % number]
        if b.type:
            rows.append("Content-Type: " + b.type)
        if b.encoding:
            rows.append("Content-Transfer-Encoding: " + b.encoding)
        if self.sealer == "microsoft.example":
            rows.append("X-MS-Exchange-AntiSpam-MessageData-ChunkCount: 1\nX-MS-Exchange-AntiSpam-MessageData-0: %s" % ("Ab9/" * 20))
            rows.append("X-MS-Has-Attach:\nX-Originatororg: author.example")
        rows.append("MIME-Version: 1.0")
        return "\n".join(rows) + "\n"

    def build(self, number):
        rng = self.rng
        m = arc.Message(self.body.octets, self.header(number))
        h = {"microsoft.example": microsoft_h(rng), "zoho.example": ZOHO_H, "google.example": GOOGLE_H}[self.sealer]
        self.adcheck = "SenderADCheck" in h and rng.random() < 0.4
        if self.adcheck:  # signed, and never sent
            m.top("X-MS-Exchange-SenderADCheck: 1")
        aar = "i=1; mx.%s; spf=pass smtp.mailfrom=%s; dmarc=pass header.from=author.example; dkim=pass header.d=author.example" % (self.sealer, self.author)
        m.seal(d=self.sealer, s="arc1", key="rsa2048-a", ams={"h": h}, aar=aar, signed_body=self.body.signed)
        if self.adcheck:
            m.drop("X-MS-Exchange-SenderADCheck")
        return m

    def value(self, name):
        """A field's value, unfolded; None without it."""
        try:
            raw = self.message.field(name).raw
        except KeyError:
            return None
        return re.sub(rb"\r\n(?=[ \t])", b"", raw.split(b":", 1)[1]).strip().decode("ascii", "replace")
