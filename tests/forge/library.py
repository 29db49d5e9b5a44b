# SPDX-License-Identifier: BSD-2-Clause
"""library - what Python's own email library makes of signed mail

Gateways, archives and filters are written in Python: each reads a message with
one of the library's policies and writes it anew.  Here it is the library
itself, over fields as mailers write them."""
import base64
import email
import email.policy
import random

import arc
import exchange
import lists

POLICIES = {
    "default": email.policy.default,
    "smtp": email.policy.SMTP,
    "all": email.policy.SMTP.clone(refold_source="all"),
    "all-short": email.policy.SMTP.clone(refold_source="all", max_line_length=72),
    "compat32": email.policy.compat32,
    "short": email.policy.SMTP.clone(max_line_length=60),
}


def q(text, charset="utf-8", special=""):
    out = ""
    for c in text.encode(charset):
        ch = chr(c)
        out += "_" if ch == " " else ch if ch.isascii() and (ch.isalnum() or ch in special) else "=%02X" % c
    return "=?%s?%s?%s?=" % (charset, "Q", out)


def b(text, charset="utf-8"):
    return "=?%s?B?%s?=" % (charset, base64.b64encode(text.encode(charset)).decode())


PEOPLE = [
    "Ann Author <%s>", '"Author, Ann" <%s>', '"Ann (A.) Author" <%s>', "'Ann Author' <%s>", q("J\u00f6rg Author") + " <%s>",
    b("Author, J\u00f6rg") + " <%s>", "Ann " + q("\u00c5str\u00f6m") + " <%s>", "%s", "<%s>", "Ann Author <%s> (work)",
    q("A v\u00e9ry long name with non-ASCII char and, comma").replace("Q", "q") + " <%s>", '"J. R. \\"Bob\\" Author" <%s>',
]
SUBJECTS = [
    "A proposal for Tuesday", "Re: [tools] [PATCH v2 3/7] clk: add a gate for the second port and its parents to the whole tree of clocks",
    q("Pr\u00fcfung der \u00c4nderungen"), b("\u706b\u66dc\u65e5\u306e\u4f1a\u8b70"), "Re: " + q("Gr\u00fc\u00dfe") + " from here",
    b("Pr\u00fcfung der \u00c4nderungen am Z\u00e4hler und") + "\n " + b(" was daraus folgt"),
    "x" * 90, "https://very.long.example/" + "a" * 80 + " what of it",
    "J\udcf6rg kommt",
]
TYPES = ["text/plain; charset=utf-8", "text/plain; charset=UTF-8; format=flowed", "text/plain; charset=UTF-8; format=flowed; delsp=yes",
         'text/plain; charset="us-ascii"', "text/plain; charset=iso-8859-1", "text/plain", "TEXT/PLAIN; CHARSET=us-ascii",
         "text/plain; charset=UTF-8;format=flowed;delsp=yes", "text/plain;charset=utf-8; format=flowed"]


def people(rng, n):
    return ", ".join(rng.choice(PEOPLE) % ("p%d@domain%d.example" % (k, rng.randrange(99))) for k in range(n))


def header(rng, number):
    ids = ["<%040d.%s@author.example>" % (k, "abc" * rng.randint(1, 14)) for k in range(rng.choice([0, 1, 2, 5]))]
    rows = [
        "Received: from out.author.example (out.author.example [192.0.2.1])\n\tby mx.d1.example with ESMTPS id 4c%d;\n\tThu, 09 Oct 2025 08:53:20 +0000" % number,
        "From: " + rng.choice(PEOPLE) % "ann@author.example",
        "To: " + people(rng, rng.choice([1, 1, 2, 4])).replace(", ", rng.choice([", ", ", ", ",\n\t", ","])),
        "Subject: " + rng.choice(SUBJECTS),
        "Date: " + rng.choice(["Thu, 09 Oct 2025 10:53:12 +0200", "Thu, 9 Oct 2025 08:53:12 +0000 (UTC)", "Thu, 9 Oct 2025 10:53:12 GMT"]),
        "Message-ID: <%d.%s@author.example>" % (number, "x" * rng.choice([5, 70])),
        "MIME-Version: 1.0",
        "Content-Type: " + rng.choice(TYPES),
        "Content-Transfer-Encoding: 7bit",
    ]
    if rng.random() < 0.5:
        rows.insert(3, "Cc: " + people(rng, rng.choice([1, 3])))
    if ids:
        rows.append("References: " + rng.choice([" ", "\n "]).join(ids))
        rows.append("In-Reply-To: " + ids[-1])
    return "\n".join(rows) + "\n"


H = "from:to:cc:subject:date:message-id:references:in-reply-to:mime-version:content-type:content-transfer-encoding"


class Mail:
    def __init__(self, rng, number):
        text = exchange.text_of(rng).encode()
        self.body = exchange.Body("plain", None, None, text)
        self.message = arc.Message(text, header(rng, number))
        # a long h= folds, as signers do it, or stands in one piece
        h = H if rng.random() < 0.25 else H.replace(":message-id:", ":message-id\n :").replace(":mime-version:", ":mime-version\n :")
        self.message.seal(d="d1.example", s="s1", key="rsa2048-a", ams={"h": h})

    value = exchange.Mail.value


def rewritten(octets, policy):
    msg = email.message_from_bytes(octets, policy=policy)
    how = {"linesep": "\r\n"}
    if hasattr(policy, "verify_generated_headers"):
        how["verify_generated_headers"] = False  # newer ones refuse some folds of their own
    return msg.as_bytes(policy=policy.clone(**how))


def through(policy, **fields):
    """A short message with these fields, sealed and then written anew, and its keys."""
    rows = {"From": "Ann Author <ann@author.example>", "To": "Bob <bob@d1.example>", "Subject": "Tuesday", "Date": "Thu, 09 Oct 2025 10:53:12 +0200",
            "Message-ID": "<1@author.example>", "MIME-Version": "1.0", "Content-Type": 'text/plain; charset="utf-8"'}
    rows.update((name.replace("_", "-"), value) for name, value in fields.items())
    message = arc.Message("Hello.\n", "".join("%s: %s\n" % row for row in rows.items()))
    message.seal(d="d1.example", s="s1", key="rsa2048-a", ams={"h": H.replace(":message-id:", ":message-id\n :")})
    return rewritten(message.octets(), policy), message.keys_file()


def signed(found):
    """The fields that --why proves to have been other ones."""
    return {c["field"]: (c["signed"] or "").strip() for w in found["why"] if w["field"] == "ams.b" and w["level"] == "proved" for c in w["evidence"]["changes"]}


CAUSES = {
    "hdr.encoded-by-library", "hdr.half-decoded", "hdr.quotes-lost", "hdr.unknown-8bit", "hdr.content-type-requoted", "hdr.content-type-relabelled",
    "hdr.address-list-respaced", "hdr.display-name-quoted", "hdr.subject-reencoded", "hdr.utf8-downgraded", "hdr.date-normalised", "as.field-encoded",
}


def cases(first, count):
    for number in range(first, first + count):
        rng = random.Random("library %d" % number)
        mail = Mail(rng, number)
        name = rng.choice(list(POLICIES))
        try:
            octets = rewritten(mail.message.octets(), POLICIES[name])
        except (LookupError, ValueError, TypeError, AttributeError):
            continue  # it raises for some fields of its own making
        head, _, body = octets.partition(b"\r\n\r\n")
        sent = arc.Message(body, "")
        sent.fields = arc.fields_of(head + b"\r\n")
        case = lists.Case("library.%s.%d" % (name, number), mail, sent, octets)
        case.body, case.header = set(), set(CAUSES)
        case.changed = [f for f in H.split(":") if lists.value_of(sent, f) != mail.value(f)]
        yield case
