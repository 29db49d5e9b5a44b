# SPDX-License-Identifier: BSD-2-Clause
"""arc - ARC Sets as told, right or wrong (RFC 8617)

Written from the RFCs and apart from lib/, so that two readings meet in the
tests.  What a test does not mention is done right: a message with one flaw is
otherwise correctly signed, and only the one rule decides.

A str becomes octets as UTF-8, "\\n" in it as CRLF; bytes are taken as they are.
An octet that is not UTF-8 is written "\\udcXX"."""
import base64
import hashlib
import re

import keys

AAR = "ARC-Authentication-Results"
AMS = "ARC-Message-Signature"
AS = "ARC-Seal"
NAMES = {"A": AAR, "M": AMS, "S": AS}

TIME = 1760000000  # what a signature says by default: 2025-10-09
DEFAULT_KEYS = ("rsa1024-a", "rsa1024-b", "rsa1024-c")

AMS_TAGS = (
    "i={i}; a={a}; c=relaxed/relaxed; d={d}; s={s}; t={t}; "
    "h=from:to:subject:date:message-id; bh=@bh; b=@b"
)
AS_TAGS = "i={i}; a={a}; cv={cv}; d={d}; s={s}; t={t}; b=@b"
AAR_TEXT = "i={i}; {d}; spf=pass smtp.mailfrom=author.example; dmarc=pass header.from=author.example"

HEADER = """\
Received: from out.author.example (out.author.example [192.0.2.1])
\tby mx.d1.example with ESMTPS id 4cXyZ1;
\tThu, 09 Oct 2025 08:53:20 +0000
From: Ann Author <ann@author.example>
To: list@d1.example
Subject: A proposal for Tuesday
Date: Thu, 09 Oct 2025 10:53:12 +0200
Message-ID: <1@author.example>
"""
BODY = "Hello all,\n\nTuesday at ten suits me.\n\nAnn\n"


def octets(text):
    if isinstance(text, bytes):
        return text
    return re.sub(b"\r?\n", b"\r\n", text.encode("utf-8", "surrogateescape"))


# ---- canonicalization, RFC 6376 section 3.4


def canon_header(how, raw):
    """A field, final CRLF included if it has one."""
    raw = re.sub(b"\r?\n", b"\r\n", raw)
    if how == "simple":
        return raw
    name, value = raw.split(b":", 1)
    value = value.replace(b"\r\n", b"")
    value = re.sub(b"[ \t]+", b" ", value).strip(b" ")
    return name.rstrip(b" \t").lower() + b":" + value + b"\r\n"


def canon_body(how, body):
    lines = re.sub(b"\r?\n", b"\r\n", body).split(b"\r\n")
    if how == "relaxed":
        lines = [re.sub(b"[ \t]+", b" ", line).rstrip(b" ") for line in lines]
    while lines and lines[-1] == b"":
        lines.pop()
    if not lines:
        return b"\r\n" if how == "simple" else b""
    return b"".join(line + b"\r\n" for line in lines)


def body_hash(how, body, length=None):
    return base64.b64encode(hashlib.sha256(canon_body(how, body)[:length]).digest()).decode()


# ---- fields


class Field:
    """A header field: raw ends in CRLF.  Those of ARC Sets know what they are,
    whatever they say."""

    def __init__(self, raw, kind=None, instance=0):
        self.raw, self.kind, self.instance = octets(raw), kind, instance
        if not self.raw.endswith(b"\r\n"):
            self.raw += b"\r\n"

    @property
    def name(self):
        return self.raw.split(b":", 1)[0].rstrip(b" \t").lower()

    def copy(self):
        return Field(self.raw, self.kind, self.instance)


def fields_of(text):
    """Split into fields; a line that begins with a blank continues one."""
    found = re.findall(rb"(?s).*?\r\n(?![ \t])", octets(text))
    return [Field(raw) for raw in found]


def refold(raw):
    """Other folds, same words: blanks behind ; and the name become folds."""
    return re.sub(rb"(?<=;) |(?<=[a-zA-Z]:) ", b"\r\n\t ", re.sub(rb"\r\n[ \t]+(?!\S+$)", b" \t", raw))


def fold(text, width=76):
    """Fold at "; " so that lines stay short, as signers do; b= on its own."""
    lines, line = [], ""
    for part in re.split(r"(?<=; )", text):
        if line and (len(line) + len(part) > width or part.startswith("b=@b")):
            lines.append(line.rstrip(" "))
            line = " "
        line += part
    return "\n".join(lines + [line])


def fold_base64(text, width=72):
    return "\n ".join(text[i : i + width] for i in range(0, len(text), width))


# ---- changes to the text of a field


def swap(old, new):
    """Replace old, which must be there, by new."""

    def change(text):
        assert old in text, "%r is not in %r" % (old, text)
        return text.replace(old, new)

    return change


def add(text):
    """Add this before b=."""
    return swap("b=@b", text + " b=@b")


def changed(template, change):
    """template with what a test asked for: a dict of tags (None: without it),
    a whole text, or a function."""
    if change is None:
        return template
    if isinstance(change, str):
        return change
    if callable(change):
        return change(template)
    parts = [p.split("=", 1) for p in template.split("; ")]
    for name, value in change.items():
        if value is None:
            assert any(p[0] == name for p in parts), "no %s=" % name
            parts = [p for p in parts if p[0] != name]
        elif any(p[0] == name for p in parts):
            parts = [[n, value if n == name else v] for n, v in parts]
        else:
            parts.insert(len(parts) - 1, [name, value])
    return "; ".join("=".join(p) for p in parts)


def tag(text, name):
    """What a tag says, to sign accordingly; None without it."""
    found = re.search(r"(?:^|;)\s*%s\s*=([^;]*)" % name, text)
    return found and found.group(1).strip()


def without_b(text):
    """What is hashed of a field: b= emptied, and white space around it."""
    return re.sub(r"(?<==)\s*@b\s*(?=;|$)", "", text)


# ---- messages


class Message:
    def __init__(self, body=BODY, header=HEADER):
        self.fields = fields_of(header)
        self.body = None if body is None else octets(body)  # None: the header is all there is
        self.mbox = b""
        self.records = {}  # name: key records
        self.lines = []  # more lines of the keys file

    def copy(self):
        m = Message(self.body, b"")
        m.fields = [f.copy() for f in self.fields]
        m.mbox = self.mbox
        m.records = {name: list(texts) for name, texts in self.records.items()}
        m.lines = list(self.lines)
        return m

    def octets(self):
        body = b"" if self.body is None else b"\r\n" + self.body
        return self.mbox + b"".join(f.raw for f in self.fields) + body

    def lf(self):
        return self.octets().replace(b"\r\n", b"\n")

    # -- what happens to it on its way

    def field(self, name, instance=0):
        """The topmost field of that name, or of that kind and instance."""
        for f in self.fields:
            if instance and f.kind == name and f.instance == instance:
                return f
            if not instance and f.name == octets(name).lower():
                return f
        raise KeyError("%s %d" % (name, instance))

    def top(self, text):
        self.fields[0:0] = fields_of(text if text.endswith("\n") else text + "\n")
        return self

    def bottom(self, text):
        self.fields += fields_of(text if text.endswith("\n") else text + "\n")
        return self

    def drop(self, name, instance=0):
        self.fields.remove(self.field(name, instance))
        return self

    def drop_set(self, instance):
        self.fields = [f for f in self.fields if f.instance != instance]
        return self

    def double(self, name, instance=0, below=False):
        f = self.field(name, instance)
        self.fields.insert(len(self.fields) if below else 0, f.copy())
        return self

    def edit(self, name, instance, old, new):
        """Replace octets in one field, the first time they stand there."""
        f = self.field(name, instance)
        old, new = octets(old), octets(new)
        assert old in f.raw, "%r is not in %r" % (old, f.raw)
        f.raw = f.raw.replace(old, new, 1)
        return self

    def edit_body(self, old, new):
        old, new = octets(old), octets(new)
        assert old in self.body, "%r is not in the body" % old
        self.body = self.body.replace(old, new, 1)
        return self

    def rewrite(self, name, instance, function):
        f = self.field(name, instance)
        f.raw = function(f.raw)
        return self

    def order(self, key):
        self.fields.sort(key=key)
        return self

    # -- keys

    def txt(self, name, *texts):
        """Key records under a name, instead of what may be there."""
        self.records[name] = list(texts)
        return self

    def line(self, text):
        self.lines.append(text)
        return self

    def publish(self, selector, domain, key, record):
        """record: text in which @p is the public key, a list of such, or None
        for no record at all; Ellipsis for the usual."""
        name = "%s._domainkey.%s" % (selector, domain)
        if record is None or not re.fullmatch(r"[\w*-]{1,63}(\.[\w*-]{1,63})*", name, re.ASCII) or len(name) > 253:
            return  # no name that the DNS has
        if record is Ellipsis:
            record = "v=DKIM1; k=%s; p=@p" % key.type
        p = base64.b64encode(key.public()).decode()
        self.records[name] = [
            text.replace("@p", p) for text in ([record] if isinstance(record, str) else record)
        ]

    def keys_file(self):
        out = []
        for name, texts in self.records.items():
            for text in texts:
                strings = [text[i : i + 255] for i in range(0, len(text), 255)] or [""]
                out.append("%s. TXT %s" % (name, " ".join(quoted(s) for s in strings)))
        return "".join(line + "\n" for line in out + self.lines)

    # -- ARC Sets

    def instances(self):
        return [f.instance for f in self.fields if f.instance]

    def seal(self, **how):
        """Put an ARC Set on top.  All of how is optional:

        i            its instance
        d, s, key    domain, selector, key (a name or an object) of AMS and AS;
                     ams_d, as_key and so on where the two differ
        t, cv        time, chain validation status
        ams, as_     changes to their tags: see changed()
        aar          the same for the text of the AAR
        aar_name, ams_name, as_name      names, with colon and blank
        record       key record: see publish(); ams_record, as_record
        c, h, l      what the AMS is really made with, if not what it says
        pick         "top": takes same-named fields from the top (wrong)
        signed_body  the body that is hashed
        scope        what the AS covers before itself, "A1 M1 S1 A2 M2"; "S1-":
                     with its b= emptied
        as_c         "simple": canonicalization of the AS (wrong)
        own_crlf     AS with its own CRLF (wrong)
        ams_sign, as_sign    function of key and octets: the signature
        ams_b, as_b          function of base64: how it is written
        order        on the page, from the top: "SMA"
        fold         False: do not fold"""
        Set(self, how)
        return self


def quoted(text):
    """A character-string of a master file."""
    return '"%s"' % "".join(
        chr(c) if 32 <= c < 127 and c not in b'"\\' else "\\%03d" % c
        for c in text.encode("utf-8", "surrogateescape")
    )


class Set:
    OPTIONS = set(
        "i d s key t cv ams as_ aar aar_name ams_name as_name record c h l pick signed_body scope"
        " as_c own_crlf order fold".split()
        + ["%s_%s" % (part, what) for part in ("ams", "as")
           for what in ("d", "s", "key", "record", "sign", "b", "t")]
    )

    def __init__(self, message, how):
        assert not set(how) - self.OPTIONS, set(how) - self.OPTIONS
        self.m, self.how = message, how
        self.i = how.get("i", max(message.instances(), default=0) + 1)
        where = []
        aar = changed(self.fill(AAR_TEXT, "aar"), how.get("aar"))
        self.aar = self.make(AAR, how.get("aar_name", AAR + ": "), aar)
        self.ams = self.sign_ams()
        self.as_ = self.sign_as()
        for letter in how.get("order", "SMA"):
            where.append({"A": self.aar, "M": self.ams, "S": self.as_}[letter])
        message.fields[0:0] = where

    def option(self, part, what, default=None):
        return self.how.get("%s_%s" % (part, what), self.how.get(what, default))

    def key(self, part):
        k = self.option(part, "key", DEFAULT_KEYS[self.i % 3])
        return keys.key(k) if isinstance(k, str) else k

    def fill(self, template, part):
        return template.format(
            i=self.i,
            a=self.key(part).algorithm,
            d=self.option(part, "d", "d%d.example" % self.i),
            s=self.option(part, "s", "s%d" % self.i),
            t=self.option(part, "t", TIME + self.i),
            cv=self.how.get("cv", "none" if self.i == 1 else "pass"),
        )

    def make(self, kind, name, text):
        if self.how.get("fold", True) and "\n" not in text:
            text = fold(name + text)[len(name) :]
        return Field(octets(name + text + "\n"), kind, self.i)

    def finish(self, part, kind, text, signed):
        """Sign what stands before the field and the field itself."""
        name = self.how.get(part + "_name", kind + ": ")
        how = self.ams_c if part == "ams" else self.how.get("as_c", "relaxed")
        if self.how.get("fold", True) and "\n" not in text:
            text = fold(name + text)[len(name) :]
        own = canon_header(how, octets(name + without_b(text) + "\n"))
        if not (part == "as" and self.how.get("own_crlf")):
            own = own[:-2]
        key = self.key(part)
        sign = self.how.get(part + "_sign", lambda k, data: k.sign(data))
        signature = sign(key, signed + own)
        if signature is None:
            return None
        b = base64.b64encode(signature).decode()
        b = self.how.get(part + "_b", fold_base64)(b)
        self.m.publish(
            self.option(part, "s", "s%d" % self.i),
            self.option(part, "d", "d%d.example" % self.i),
            key,
            self.option(part, "record", ...),
        )
        return Field(octets(name + re.sub(r"@b(?!\w)", lambda _: b, text) + "\n"), kind, self.i)

    def retry(self, template, part, finish):
        """Some forged keys sign only one text in so many: count t= up."""
        for t in range(3000):
            field = finish(self.fill(template.replace("t={t}", "t=%d" % (TIME + self.i + t))
                                     if t else template, part))
            if field is not None:
                return field
        raise ValueError("no signature to be had")

    def sign_ams(self):
        return self.retry(AMS_TAGS, "ams", self.try_ams)

    def try_ams(self, text):
        how = self.how
        text = changed(text, how.get("ams"))
        c = how.get("c", tag(text, "c") or "simple").lower()
        if not re.fullmatch("(simple|relaxed)(/(simple|relaxed))?", c):
            c = "relaxed/relaxed"
        self.ams_c, _, body_c = c.partition("/")
        length = how.get("l", tag(text, "l"))
        length = int(length) if str(length).isdigit() else None
        body = octets(how.get("signed_body", self.m.body or b""))
        text = text.replace("@bh", body_hash(body_c or "simple", body, length))
        names = how.get("h", tag(text, "h") or "")
        signed = b"".join(
            canon_header(self.ams_c, f.raw)
            for f in pick(self.m.fields, names, how.get("pick", "bottom"))
        )
        return self.finish("ams", AMS, text, signed)

    def sign_as(self):
        return self.retry(AS_TAGS, "as", self.try_as)

    def try_as(self, text):
        text = changed(text, self.how.get("as_"))
        usual = ["%s%d" % (kind, i) for i in range(1, self.i) for kind in "AMS"]
        usual += ["A%d" % self.i, "M%d" % self.i]
        if self.how.get("cv") == "fail":
            usual = usual[-2:]
        scope = self.how.get("scope", " ".join(usual)).split()
        how = self.how.get("as_c", "relaxed")
        signed = b"".join(canon_header(how, self.covered(what)) for what in scope)
        return self.finish("as", AS, text, signed)

    def covered(self, what):
        kind, instance = NAMES[what[0]], int(what[1:].rstrip("-"))
        if instance == self.i and kind == AAR:
            raw = self.aar.raw
        elif instance == self.i and kind == AMS:
            raw = self.ams.raw
        else:
            raw = self.m.field(kind, instance).raw
        if what.endswith("-"):
            raw = re.sub(rb"(?s)(\bb=).*(\r\n)$", rb"\1\2", raw)
        return raw


def pick(fields, names, where="bottom"):
    """The fields that h= means (RFC 6376 section 5.4.2)."""
    left = list(fields) if where == "top" else list(reversed(fields))
    found = []
    for name in names.split(":"):
        name = octets(re.sub(r"\s", "", name).lower())
        for f in left:
            if name and f.name == name:
                found.append(f)
                left.remove(f)
                break
    return found


def chain(n=1, sets=None, body=BODY, header=HEADER, **all_sets):
    """A message with sets 1 to n; sets[i] is what set i gets as its own."""
    m = Message(body, header)
    for i in range(1, n + 1):
        m.seal(**{**all_sets, **(sets or {}).get(i, {})})
    return m
