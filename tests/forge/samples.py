# SPDX-License-Identifier: BSD-2-Clause
"""samples - the messages of samples/, made anew

A script for the forge (tests/forge/make-samples): real-looking mail of our own
making, one situation a file, keys in one file, verdicts in expected.tsv.  Keys
and times are fixed, so what is made is always the same."""
import base64
import os
import quopri

import arc
import corpus
import dkimsig

LIST = """\
Received: from mail.author.example (mail.author.example [192.0.2.25])
\tby mx.lists.example (Postfix) with ESMTPS id 5f1c2d3e4a
\tfor <meet@lists.example>; Mon, 09 Feb 2026 13:05:41 +0000 (UTC)
Received: from [198.51.100.7] (unknown [198.51.100.7])
\tby mail.author.example (Postfix) with ESMTPSA id 0a9b8c7d6e;
\tMon, 09 Feb 2026 14:05:39 +0100 (CET)
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=author.example; s=mail;
\tt=1770642339; h=From:To:Subject:Date:Message-ID;
\tbh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=; b=bm90IG91ciBidXNpbmVzcw==
From: Ann Author <ann@author.example>
To: meet@lists.example
Subject: {subject}
Date: Mon, 9 Feb 2026 14:05:38 +0100
Message-ID: <20260209130538.4711@author.example>
MIME-Version: 1.0
Content-Type: {type}
"""
TEXT = """\
Hello all,

Tuesday at ten suits me. Please bring the numbers from January,
and tell Bert if you cannot come.

Ann
-- 
Ann Author, Author & Sons
"""
JAPANESE = "=?ISO-2022-JP?B?GyRCMlBNS0Z8JE4ycTVEJEskRCQkJEYbKEI=?="
HTML = """\
<html><body><p>Tuesday at ten suits me.=20
Please bring the n=C3=BAmbers.</p></body></html>
"""


def multipart():
    pdf = base64.b64encode(bytes(i * 7 % 251 for i in range(1500))).decode()
    lines = "\n".join(pdf[i : i + 76] for i in range(0, len(pdf), 76))
    return (
        "This is a message in MIME format.\n\n--=_b1\n"
        "Content-Type: multipart/alternative; boundary=\"=_b2\"\n\n--=_b2\n"
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
        "Tuesday at ten suits me. Grüße, 田中\n\n--=_b2\n"
        "Content-Type: text/html; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n\n" + HTML + "\n--=_b2--\n\n--=_b1\n"
        "Content-Type: application/pdf; name=\"numbers.pdf\"\n"
        "Content-Transfer-Encoding: base64\n"
        "Content-Disposition: attachment; filename=\"numbers.pdf\"\n\n" + lines + "\n--=_b1--\n"
    )


def mail(subject="Meeting on Tuesday", body=TEXT, type="text/plain; charset=utf-8"):
    return arc.Message(body, LIST.format(subject=subject, type=type))


HOPS = {
    1: ("author-provider.example", "2026a", "rsa2048-a", "mx.author-provider.example"),
    2: ("lists.example", "arc", "rsa2048-b", "mx.lists.example"),
    3: ("forwarder.example", "s7", "rsa2048-c", "in.forwarder.example"),
}
RESULTS = {
    1: "spf=pass smtp.mailfrom=ann@author.example; dkim=pass header.d=author.example; "
       "dmarc=pass header.from=author.example",
    2: "arc=pass; spf=pass smtp.mailfrom=ann@author.example; dkim=fail (body hash) "
       "header.d=author.example; dmarc=fail header.from=author.example",
    3: "arc=pass; spf=softfail smtp.mailfrom=meet-bounce@lists.example; dmarc=fail "
       "header.from=author.example",
}


def hop(m, i, **how):
    """Set i as its domain makes it, with a Received below."""
    d, s, k, ident = HOPS[i]
    m.top("Received: from out%d.example (out%d.example [203.0.113.%d])\n\tby %s with ESMTPS id %08x\n"
          "\tfor <user@example.net>; Mon, 09 Feb 2026 13:%02d:29 +0000 (UTC)"
          % (i, i, i, ident, i * 0x1234567, 5 + i))
    usual = dict(d=d, s=s, key=k, t=1770642389 + 60 * i, i=i,
                 aar="i=%d; %s; %s" % (i, ident, RESULTS[i]))
    usual.update(how)
    return m.seal(**usual)


def edit_as_list(m):
    """What mailing lists do, and may do."""
    m.edit("Subject", 0, "Subject: ", "Subject: [meet] ")
    m.top("List-Id: Meetings <meet.lists.example>\nList-Unsubscribe: "
          "<mailto:meet-request@lists.example?subject=unsubscribe>\nPrecedence: list")
    m.body += b"\r\n_______________________________________________\r\nmeet mailing list\r\n"
    return m


def hops(n, edited=False, **last):
    m = mail()
    for i in range(1, n + 1):
        if i == 2 and edited:
            edit_as_list(m)
        hop(m, i, **(last if i == n else {}))
    return m


def after_list(**first):
    """Fault Z-1: set 1 as told, a list, set 2."""
    return hop(edit_as_list(hop(mail(), 1, **first)), 2)


def resent():
    """Fault Z-2: several fields of one name, hashed from the bottom up."""
    m = mail()
    m.top("Received: A\nReceived: B\nResent-From: second@example.net\nResent-From: first@example.net")
    m.seal(d="lists.example", s="arc", key="rsa2048-b", i=1, t=1770642449,
           ams={"h": "from:resent-from:resent-from:received:received:received:received:received"})
    return m


def all_methods():
    """What one who publishes all of SPF, DKIM and DMARC sends, as it arrives."""
    header = (
        "Return-Path: <ann@sender.example>\n"
        "Received: from mail.sender.example (mail.sender.example [192.0.2.25])\n"
        "\tby mx.author-provider.example with ESMTPS id 5f1c2d3e4b\n"
        "\tfor <user@example.net>; Mon, 09 Feb 2026 13:05:41 +0000 (UTC)\n"
        "From: Ann Sender <ann@sender.example>\nTo: user@example.net\n"
        "Subject: Meeting on Tuesday\nDate: Mon, 9 Feb 2026 14:05:38 +0100\n"
        "Message-ID: <20260209130538.4712@sender.example>\n"
    )
    m = dkimsig.sign(arc.Message(TEXT, header), d="sender.example", s="2026a", key="rsa2048-c", t=1770642339)
    m.txt("sender.example", "v=spf1 ip4:192.0.2.0/24 -all")
    m.txt("_dmarc.sender.example", "v=DMARC1; p=reject; adkim=s")
    d, s, k, ident = HOPS[1]
    return m.seal(d=d, s=s, key=k, t=1770642449, i=1,
                  aar="i=1; %s; spf=pass smtp.mailfrom=ann@sender.example; dkim=pass "
                      "header.d=sender.example; dmarc=pass header.from=sender.example" % ident)


def from_sender(body=TEXT, selector="2026a", encoding="8bit", **how):
    """What a sender signs with DKIM, and no ARC Set."""
    header = (
        "Received: from mail.sender.example (mail.sender.example [192.0.2.25])\n"
        "\tby mx.lists.example with ESMTPS id 5f1c2d3e4b\n"
        "\tfor <meet@lists.example>; Mon, 09 Feb 2026 13:05:41 +0000 (UTC)\n"
        "From: Ann Sender <ann@sender.example>\nTo: meet@lists.example\n"
        "Subject: Meeting on Tuesday\nDate: Mon, 9 Feb 2026 14:05:38 +0100\n"
        "Message-ID: <20260209130538.4713@sender.example>\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: %s\n" % encoding
    )
    return dkimsig.sign(arc.Message(body, header), d="sender.example", s=selector, t=1770642339,
                        tags={"h": "from:to:subject:date:message-id:mime-version:content-type:content-transfer-encoding"},
                        **{"key": "rsa2048-c", **how})


def recoded_by_gateway():
    """A gateway that does not offer 8BITMIME passes mail on as 7 bit."""
    m = from_sender(TEXT.replace("Tuesday at ten", "The café on Tuesday at ten"))
    f = m.field("Content-Transfer-Encoding")
    f.raw = f.raw.replace(b"8bit", b"quoted-printable")
    m.body = b"\r\n".join(quopri.encodestring(line).replace(b"=\n", b"=\r\n") for line in m.body.split(b"\r\n"))
    return m.top("Received: from mx.lists.example (mx.lists.example [198.51.100.9])\n"
                 "\tby gateway.example.net with ESMTP id 77a1; Mon, 09 Feb 2026 13:07:31 +0000")


def drop_key(m, i):
    m.records["%s._domainkey.%s" % (HOPS[i][1], HOPS[i][0])] = None
    return m


def gone(domain, selector, **how):
    """A name of its own for a key that is not as it should be."""
    return dict(d=domain, s=selector, **how)


def all_samples():
    S = {}

    def add(name, message, verdict, lf=False):
        assert name not in S, name
        S[name] = (message, verdict, lf)

    add("pass-one-hop", hops(1), "pass")
    add("pass-list-edited", hops(2, edited=True), "pass")
    add("pass-three-hops", hops(3, edited=True), "pass")
    add("pass-three-hops-untouched-lf", hops(3), "pass", lf=True)
    add("pass-multipart-attachment",
        hop(mail(body=multipart(), type='multipart/mixed; boundary="=_b1"'), 1), "pass")
    add("pass-japanese-subject-lf", hop(mail(subject=JAPANESE), 1), "pass", lf=True)
    add("pass-raw-utf8", hop(mail(subject="Grüße aus 東京"), 1), "pass")
    m = hop(mail(), 1)
    m.mbox = b"From ann@author.example Mon Feb  9 13:05:41 2026\r\n"
    add("pass-mbox-line-lf", m, "pass", lf=True)
    m = mail()
    for n in range(30):
        m.top("Received: from relay%02d.example by relay%02d.example with ESMTP;\n\tMon, 09 Feb 2026 13:05:%02d +0000"
              % (n, n + 1, n))
    add("pass-long-received-chain", hop(m, 1), "pass")
    add("pass-empty-body", hop(mail(body=""), 1), "pass")
    m = mail()
    m.body = None
    add("pass-header-without-body", hop(m, 1), "pass")
    add("pass-simple-simple", hops(1, ams={"c": "simple/simple"}), "pass")
    add("pass-no-c-tag", hops(1, ams={"c": None}), "pass")
    add("pass-ed25519-below-rsa", hop(hop(mail(), 1, s="ed", key="ed25519-a"), 2), "pass")
    add("pass-fields-shuffled", hops(2).order(lambda f: f.name), "pass")
    add("pass-partial-body", (lambda m: (setattr(m, "body", m.body + b"appended\r\n"), m)[1])(
        hops(1, ams={"l": str(len(arc.canon_body("relaxed", arc.octets(TEXT))))})), "pass")
    add("pass-resent-bottom-up", resent(), "pass")
    add("pass-older-expired", after_list(ams={"x": "1770642451"}), "pass")
    add("pass-older-rsa-sha1", after_list(ams={"a": "rsa-sha1"}), "pass")
    add("pass-older-without-from", after_list(ams={"h": "to:subject"}), "pass")
    add("pass-older-canonicalization-bogus", after_list(ams={"c": "bogus"}), "pass")
    add("pass-older-key-revoked", after_list(ams_s="old", ams_record="v=DKIM1; k=rsa; p="), "pass")
    add("pass-older-key-gone", after_list(ams_s="older", ams_record=None), "pass")
    m = hops(2, edited=True)
    m.body += b"One more footer\r\n"
    add("pass-only-newest-intact", hop(m, 3), "pass")
    add("pass-several-key-records", hop(mail(), 1, s="two", record=["v=spf1 -all", "v=DKIM1; k=rsa; p=@p"]), "pass")

    add("pass-all-methods", all_methods(), "pass")

    add("none-no-arc-fields", mail(), "none")
    add("none-dkim-only-lf", mail(body=multipart()), "none", lf=True)
    add("none-dkim-list-edited",
        dkimsig.sign(edit_as_list(from_sender()), d="lists.example", s="dkim", key="rsa2048-b", t=1770642449), "none")
    add("none-dkim-gateway-recoded", recoded_by_gateway(), "none")
    add("none-dkim-key-rotated", from_sender(selector="2025b", record="v=DKIM1; k=rsa; p="), "none")

    m = hops(2)
    m.body += b"footer after the seal\r\n"
    add("fail-body-changed", m, "fail\tbody-hash")
    add("fail-subject-changed", hops(2).edit("Subject", 0, "Meeting", "Meting"), "fail\tsignature")
    add("fail-from-added", hops(1, ams={"h": "from:from:to:subject"}).top("From: evil@example.org"),
        "fail\tsignature")
    add("fail-aar-edited", hops(2).edit(arc.AAR, 1, "spf=pass", "spf=fail"), "fail\tsignature")
    add("fail-newest-ams-altered", (lambda m: m.edit("Subject", 0, "[meet] ", "[Meet] "))(after_list()),
        "fail\tsignature")
    add("fail-resent-top-down",
        (lambda m: m.seal(d="lists.example", s="arc", key="rsa2048-b", i=1, t=1770642449, pick="top",
                          ams={"h": "from:resent-from:resent-from"}))(
            mail().top("Resent-From: second@example.net\nResent-From: first@example.net")),
        "fail\tsignature")
    add("fail-newest-says-cv-fail", hops(2, cv="fail"), "fail\tseal-cv-fail")
    add("fail-set-missing", hops(3).drop_set(2), "fail\tinstance-gap")
    add("fail-seal-missing", hops(2).drop(arc.AS, 1), "fail\tfield-missing")
    add("fail-ams-twice", hops(2).double(arc.AMS, 1), "fail\tfield-twice")
    add("fail-cv-pass-at-first", hops(1, cv="pass"), "fail\tcv-wrong")
    add("fail-cv-none-at-second", hops(2, cv="none"), "fail\tcv-wrong")
    add("fail-cv-unknown", hops(2, cv="unknown"), "fail\tcv-syntax")
    add("fail-seal-with-h", hops(1, as_={"h": "from"}), "fail\tseal-h-tag")
    add("fail-tag-twice", hops(1, as_={"t": "1770642449; t=1770642449"}), "fail\tfield-syntax")
    add("fail-instance-zero", hops(1, aar="i=0; mx.lists.example; none"), "fail\tinstance-syntax")
    add("fail-aar-instance-last", hops(1, aar="mx.lists.example; i=1; none"), "fail\taar-syntax")
    add("fail-header-line-broken", hops(1).top("this is no field").top("Delivered-To: user@example.net"), "fail\theader-syntax")
    add("fail-no-d", hops(1, ams={"d": None}), "fail\ttag-missing")
    add("fail-time-icecream", hops(1, ams={"t": "icecream"}), "fail\ttag-syntax")
    add("fail-rsa-sha1", hops(1, ams={"a": "rsa-sha1"}), "fail\talgorithm")
    add("fail-canonicalization-unknown", hops(1, ams={"c": "strict/relaxed"}), "fail\tcanonicalization")
    add("fail-query-method", hops(1, ams={"q": "http/well-known"}), "fail\tquery-method")
    add("fail-from-not-signed", hops(1, ams={"h": "to:subject:date"}), "fail\theaders-no-from")
    add("fail-h-names-arc-seal", hops(2, ams={"h": "from:arc-seal"}), "fail\theaders-arc-seal")
    add("fail-expired", hops(1, ams={"x": "1770642450"}), "fail\texpired")
    add("fail-body-cut", hops(1, ams={"l": "99999"}, l=10), "fail\tbody-length")
    add("fail-domain-one-label", hops(1, d="localhost"), "fail\tdomain-syntax")
    add("fail-key-missing", hops(1, s="never", record=None), "fail\tkey-missing")
    add("fail-key-revoked", hops(1, s="revoked", record="v=DKIM1; p="), "fail\tkey-revoked")
    add("fail-key-is-spf-record", hops(1, s="spf", record="v=spf1 -all"), "fail\tkey-syntax")
    add("fail-key-hash-sha1", hops(1, s="sha1", record="v=DKIM1; h=sha1; p=@p"), "fail\tkey-hash")
    add("fail-key-for-tlsrpt", hops(1, s="tls", record="v=DKIM1; s=tlsrpt; p=@p"), "fail\tkey-service")
    add("fail-key-type", hops(1, s="ed2", record="v=DKIM1; k=ed25519; p=" +
        base64.b64encode(bytes(range(2, 34))).decode()), "fail")
    add("fail-key-512-bits", hops(1, s="short", key="rsa512"), "fail\tkey-short")
    add("fail-seal-key-gone", hops(2, as_s="gone", as_record=None), "fail\tkey-missing")
    return S


def make_samples(directory):
    os.makedirs(directory, exist_ok=True)
    records, tsv = {}, []
    for name, (m, verdict, lf) in sorted(all_samples().items()):
        for key_name, texts in m.records.items():
            assert records.setdefault(key_name, texts) == texts, (name, key_name)
        path = name + ".eml"
        with open(os.path.join(directory, path), "wb") as f:
            f.write(m.lf() if lf else m.octets())
        tsv.append("%s\t%s\n" % (path, verdict))
    with open(os.path.join(directory, "keys"), "w", encoding="ascii") as f:
        f.write("; Key records of the messages here: nobody's keys, but for these samples.\n")
        for key_name, texts in sorted(records.items()):
            for text in texts:
                strings = [text[i : i + 255] for i in range(0, len(text), 255)] or [""]
                f.write("%s. TXT %s\n" % (key_name, " ".join(arc.quoted(s) for s in strings)))
    with open(os.path.join(directory, "expected.tsv"), "w", encoding="ascii") as f:
        f.writelines(tsv)
    corpus.make_corpus(os.path.join(directory, "corpus"), 60, 1500, maildirs=False)
