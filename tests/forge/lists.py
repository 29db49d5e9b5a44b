# SPDX-License-Identifier: BSD-2-Clause
"""lists - what list software does to signed mail

Mailman 2.1 is told here, as its CookHeaders and Decorate do it with the email
library of Python 2; nothing runs it any more.  Mailman 3 is the real one: see
mailman3.py.

cases(count) yields Case objects: a message as the list sends it, its keys, and
what may be said of it."""
import base64
import os
import random
import re
import subprocess
import sys

import arc
import exchange

CRLF = b"\r\n"
RULE = "_" * 47
FOOTERS = {
    "mailman2": "%s\nTools mailing list\nTools@list.example\nhttps://list.example/mailman/listinfo/tools\n" % RULE,
    "mailman3": "%s\nTools mailing list -- tools@list.example\nTo unsubscribe send an email to tools-leave@list.example\n" % RULE,
    "sourceforge": "\n%s\nTools-devel mailing list\nTools-devel@lists.forge.example\nhttps://lists.forge.example/lists/listinfo/tools-devel\n" % RULE,
    "short": "%s\nTools\n" % ("_" * 20),
    "dashes": "--\ntools mailing list\ntools@list.example\nhttps://list.example/tools\n",
    "groups": "\n-- \nYou received this message because you are subscribed to the Groups \"tools\" group.\n"
    "To unsubscribe from this group, send an email to tools+unsubscribe@list.example.\n"
    "To view this discussion visit https://groups.example/d/msgid/tools/1%40x.\n",
    "none": "",
}


# ---- the email library of Python 2


def split_ascii(s, first, rest, among=";, "):
    """Header._split_ascii() of Python 2.7: folds at the first kind of character
    that there is, and writes a blank behind each such."""
    lines, maxlen = [], first
    for line in s.splitlines():
        line = line.lstrip()
        if len(line) < maxlen:
            lines.append(line)
            maxlen = rest
            continue
        for ch in among:
            if ch in line:
                break
        else:
            lines.append(line)
            maxlen = rest
            continue
        eol = ch if ch in ";," else ""
        joiner = eol + " "
        this, length = [], 0
        for part in re.split(r"%s\s*" % ch, line):
            now = length + max(0, len(this) - 1) * len(joiner)
            if ch == " " and not lines and len(this) == 1 and re.match(r"[^:\s][^:\r\n]*:$", this[0]):
                this.append(part)
                length += len(part)
            elif now + len(part) > maxlen:
                if this:
                    lines.append(joiner.join(this) + eol)
                if len(part) > maxlen and ch != " ":
                    more = split_ascii(part, maxlen, rest, " ")
                    lines += more[:-1]
                    this = [more[-1]]
                else:
                    this = [part]
                length = 1 + len(this[-1])
                maxlen = rest
            else:
                this.append(part)
                length += len(part)
        if this:
            lines.append(joiner.join(this))
    return lines


def formataddr2(name, address):
    """email.utils.formataddr() of Python 2.7."""
    quotes = '"' if re.search(r'[][\\()<>@,:;".]', name) else ""
    return "%s%s%s <%s>" % (quotes, re.sub(r'([\\"()\[\]])', r"\\\1", name), quotes, address)


def parseaddr(value):
    """Name, unescaped and without quotes, and address."""
    found = re.match(r"\s*(.*?)\s*<([^>]*)>\s*$", value)
    if not found:
        return "", value.strip(" <>")
    name = found.group(1)
    if name[:1] == '"' and name[-1:] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name, found.group(2)


# ---- Mailman 2.1


class Mailman2:
    def __init__(self, rng, footer, charset="us-ascii", prefix="[tools] ", munge=False, recode=False):
        self.rng, self.footer, self.charset, self.prefix, self.munge = rng, footer, charset, prefix, munge
        self.recode = recode  # the text parts of a multipart

    def put(self, m, name, value):
        while True:
            try:
                m.drop(name)
            except KeyError:
                break
        m.bottom("%s: %s" % (name, value))

    def subject(self, m, mail):
        if not self.prefix:
            return
        subject = mail.value("Subject")
        bare = self.prefix.strip()
        subject = re.sub(r"%s\s*" % re.escape(bare), "", subject)
        reply = re.match(r"(?i)((RE|AW|SV|VS)\s*(\[\d+\])?\s*:\s*)+", subject)
        if reply:
            subject = "Re: " + self.prefix + subject[reply.end() :]
        else:
            subject = self.prefix + subject
        folded = "\n ".join(split_ascii(subject, 76 - len("Subject: "), 75))
        self.put(m, "Subject", folded)

    def from_(self, m, mail):
        name, address = parseaddr(mail.value("From"))
        if not self.munge:
            return
        via = "%s via Tools" % (name or address.split("@")[0])
        if name.startswith("=?"):
            via = re.sub(r"\?=$", "_via_Tools?=", name) if "?Q?" in name else "=?utf-8?b?%s?=" % base64.b64encode("J\u00f6rg Author via Tools".encode()).decode()
        self.put(m, "From", formataddr2(via, "tools@list.example"))
        self.put(m, "Reply-To", formataddr2(name, address) if name else address)

    def plain(self, m, mail):
        """The text with the footer, in the list's charset or its own."""
        b = mail.body
        charset = param(b.type, "charset") or "us-ascii"
        text = decoded(b.encoding, b.octets).replace(CRLF, b"\n").decode(charset)
        if self.footer:
            text += ("" if text.endswith("\n") else "\n") + self.footer
        else:
            return
        for now in (self.charset, charset):
            try:
                octets = text.encode(now)
                break
            except UnicodeEncodeError:
                now = None
        if now is None:
            raise UnicodeError
        flow, delsp = param(b.type, "format"), param(b.type, "delsp")
        type = 'text/plain; charset="%s"' % now.lower()
        type += '; Format="%s"' % flow if flow else ""
        type += '; DelSp="%s"' % delsp if delsp else ""
        encoding = {"us-ascii": "7bit", "utf-8": "base64"}.get(now.lower(), "8bit" if now.lower() in ("gb2312",) else "quoted-printable")
        if encoding == "base64":
            octets = exchange.b64(octets)
        elif encoding == "quoted-printable":
            octets = python_qp(octets)
        self.put(m, "Content-Type", type)
        self.put(m, "Content-Transfer-Encoding", encoding)
        m.body = octets.replace(CRLF, b"\n").replace(b"\n", CRLF)

    def recoded(self, octets, edge):
        """Each text part as the library writes it that set its charset: label
        and octets anew, or the label alone."""
        mark = b"--" + edge.encode()
        parts = octets.split(mark)
        for k, part in enumerate(parts[1:-1], 1):
            head, blank, text = part.partition(CRLF + CRLF)
            head = head.decode() + "\r\n"
            type = re.search(r"(?im)^content-type: *(text/(?:plain|html)[^\r\n]*)", head)
            if not type or "attachment" in head or self.rng.random() < 0.25:
                continue
            value = type.group(1)
            now = re.search(r"(?im)^content-transfer-encoding: *(\S+)", head)
            text = decoded(now and now.group(1), text[:-2])
            new = '%s; charset="%s"' % (value.split(";")[0], (param(value, "charset") or "us-ascii").lower())
            new += '; format="%s"' % param(value, "format") if param(value, "format") else ""
            coding = self.rng.choice(["base64", "quoted-printable"] if re.search(rb"[\x80-\xff]", text) else ["base64", "7bit"])
            coded = exchange.b64(text) if coding == "base64" else exchange.qp(text) if coding == "quoted-printable" else text
            parts[k] = arc.octets("\nContent-Type: %s\nMIME-Version: 1.0\nContent-Transfer-Encoding: %s\n\n" % (new, coding)) + coded + CRLF
        return mark.join(parts)

    def wrapped(self, m, mail):
        b = mail.body
        edge = "===============%019d==" % self.rng.randrange(10**19)
        head = "".join("%s: %s\n" % (n, v) for n, v in (("Content-Type", b.type), ("Content-Transfer-Encoding", b.encoding)) if v)
        octets = b.octets
        if self.recode:
            octets = self.recoded(octets, param(b.type, "boundary"))
        m.body = arc.octets("--%s\n%s\n" % (edge, head)) + octets + arc.octets(
            '\n--%s\nContent-Type: text/plain; charset="us-ascii"\nMIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\n'
            "Content-Disposition: inline\n\n%s\n--%s--\n" % (edge, self.footer, edge))
        for name in ("Content-Type", "Content-Transfer-Encoding"):
            if mail.value(name) is not None:
                m.drop(name)
        m.bottom('Content-Type: multipart/mixed; boundary="%s"' % edge)

    def part_added(self, m, mail):
        edge = param(mail.body.type, "boundary")
        close = ("--%s--" % edge).encode()
        part = arc.octets('--%s\nContent-Type: text/plain; charset="us-ascii"\nMIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\n'
                          "Content-Disposition: inline\n\n%s\n" % (edge, self.footer))
        octets = self.recoded(m.body, edge) if self.recode else m.body
        m.body = octets.replace(close, part + close)

    def send(self, mail):
        m = mail.message.copy()
        self.subject(m, mail)
        self.from_(m, mail)
        if self.footer:
            if mail.body.kind == "attached" and self.rng.random() < 0.7:
                self.part_added(m, mail)
            elif mail.body.kind in ("parts", "attached"):
                self.wrapped(m, mail)
            else:
                self.plain(m, mail)
        m.bottom("X-BeenThere: tools@list.example\nX-Mailman-Version: 2.1.39\nPrecedence: list\nList-Id: Tools <tools.list.example>\n"
                 "List-Post: <mailto:tools@list.example>\nErrors-To: tools-bounces@list.example\nSender: \"Tools\" <tools-bounces@list.example>")
        m.top("Received: from mx.list.example (localhost [127.0.0.1])\n\tby mx.list.example; Thu, 09 Oct 2025 08:55:00 +0000")
        return m


def param(type, name):
    found = re.search(r'(?i);\s*%s="?([^";]*)' % name, type or "")
    return found and found.group(1).strip()


def decoded(encoding, octets):
    if encoding == "base64":
        return base64.b64decode(octets)
    if encoding == "quoted-printable":
        octets = re.sub(rb"=\r\n", b"", octets)
        return re.sub(rb"=([0-9A-F]{2})", lambda x: bytes([int(x.group(1), 16)]), octets)
    return octets


def python_qp(octets):
    import quopri

    return quopri.encodestring(octets)


# ---- what may be said of a message

BODY_CAUSES = {
    "plain": {"body.footer-appended", "body.8bit-to-base64"},
    "8bit": {"body.footer-appended", "body.8bit-to-base64", "body.8bit-to-qp"},
    "flowed": {"body.footer-appended", "body.8bit-to-base64", "body.8bit-to-qp"},
    "qp": {"body.footer-appended", "body.qp-to-8bit", "body.footer-in-parts", "body.qp-to-base64"},
    "qp-open": {"body.footer-appended", "body.qp-to-8bit", "body.qp-to-base64"},
    "qp-lf": {"body.footer-appended", "body.qp-to-8bit", "body.qp-to-base64"},
    "base64": {"body.footer-appended", "body.base64-to-8bit", "body.footer-in-parts", "body.base64-rewrapped", "body.base64-to-qp"},
    "misread": {"body.hashed-as-utf8", "body.footer-appended", "body.8bit-to-qp", "body.8bit-to-base64"},
    "parts": {"body.mime-wrapped", "body.mime-part-added", "body.parts-recoded"},
    "attached": {"body.mime-wrapped", "body.mime-part-added", "body.parts-recoded"},
}
HEADER_CAUSES = {
    "Subject": {"hdr.subject-tagged", "hdr.case-of-reply", "hdr.subject-from-topic", "hdr.fold-blank", "hdr.subject-reencoded", "hdr.encoded-by-library"},
    "From": {"hdr.from-rewritten", "hdr.from-aliased", "hdr.display-name-quoted"},
    "Content-Type": {"hdr.content-type-relabelled", "hdr.content-type-requoted"},
}


class Case:
    """What the list sent, and what may be told of i=1: body and header are the
    causes of each, of which some must be proved where that fails."""

    def __init__(self, name, mail, sent, octets=None):
        self.name, self.mail, self.message = name, mail, sent
        self.octets = sent.octets() if octets is None else octets
        self.keys = mail.message.keys_file()
        kind = mail.body.kind
        self.body = set(BODY_CAUSES[kind]) | {"body.mime-wrapped"} if b"multipart/mixed" in self.octets else set(BODY_CAUSES[kind])
        # quoted-printable of what needs none is the text itself
        if kind.startswith("qp") and decoded(mail.body.encoding, mail.body.octets) == mail.body.octets:
            self.body |= {"body.8bit-to-base64", "body.8bit-to-qp"}
        self.header = set().union(*HEADER_CAUSES.values()) | {"hdr.field-added", "hdr.field-removed-stock"}
        # the label goes with the body where that was converted
        self.header |= self.body - {"body.footer-appended"} | {"hdr.content-type-relabelled"}
        self.changed = [n for n in ("From", "Subject", "Content-Type") if value_of(sent, n) != mail.value(n)]


def value_of(m, name):
    try:
        raw = m.field(name).raw
    except KeyError:
        return None
    return re.sub(rb"\r\n(?=[ \t])", b"", raw.split(b":", 1)[1]).strip().decode("ascii", "replace")


def signers_own(mail):
    """What may be told of a body because of its signer, or the Microsoft it left."""
    return {"body.hashed-as-utf8"} if mail.body.kind == "misread" else set()


def sent_case(name, mail, octets, body, header):
    """A case of what a program wrote, with the causes that may be told."""
    head, _, text = octets.partition(b"\r\n\r\n")
    sent = arc.Message(text, "")
    sent.fields = [arc.Field(raw) for raw in re.findall(rb"(?s).*?\r\n(?![ \t])", head + b"\r\n")]
    case = Case(name, mail, sent, octets)
    case.body, case.header = set(body), set(header) | {"hdr.field-removed-stock"}
    return case


def relay_alias(mail, m):
    """The author's own relay puts an alias in the place of the address."""
    name, address = parseaddr(mail.value("From"))
    if name:
        m.rewrite("From", 0, lambda r: arc.octets("From: %s <First.Last@author.example>\n" % mail.value("From").rsplit(" <", 1)[0]))


def mailman2_cases(first, count):
    for number in range(first, first + count):
        rng = random.Random("mailman2 %d" % number)
        kind = rng.choice(["mailman2", "mailman2", "sourceforge", "short", "dashes", "groups", "mailman3", "none"])
        prefix = rng.choice(["[tools] ", "[tools] ", "[Tools-devel]", ""])
        mail = exchange.Mail(number, rng, tag=prefix)
        listed = Mailman2(rng, FOOTERS[kind], rng.choice(["us-ascii"] * 3 + ["utf-8"]), prefix, munge=rng.random() < 0.45,
                          recode=number % 2 == 1)
        try:
            sent = listed.send(mail)
        except (UnicodeError, LookupError):
            continue
        if not listed.munge and rng.random() < 0.05:
            relay_alias(mail, sent)
        yield Case("mailman2.%s.%s.%d" % (kind, mail.body.kind, number), mail, sent)


def mailman3_cases(first, count):
    """By the real handlers, in a process of its own: see mailman3.py."""
    mails = []
    for number in range(first, first + count):
        rng = random.Random("mailman3 %d" % number)
        mails.append(exchange.Mail(number, rng, tag="[tools] "))
    jobs = b"".join(len(o).to_bytes(4, "big") + o for o in (m.message.octets() for m in mails))
    p = subprocess.run([sys.executable, "-W", "ignore", os.path.join(os.path.dirname(__file__), "mailman3.py")],
                       input=jobs, stdout=subprocess.PIPE, check=True)
    at = 0
    for mail, number in zip(mails, range(first, first + count)):
        n = int.from_bytes(p.stdout[at : at + 4], "big")
        octets, at = p.stdout[at + 4 : at + 4 + n], at + 4 + n
        if n == 0:
            continue
        head, _, body = octets.partition(b"\r\n\r\n")
        sent = arc.Message(body, "")
        sent.fields = [arc.Field(raw) for raw in re.findall(rb"(?s).*?\r\n(?![ \t])", head + b"\r\n")]
        yield Case("mailman3.%s.%d" % (mail.body.kind, number), mail, sent, octets)
