# SPDX-License-Identifier: BSD-2-Clause
"""corpus - many messages at once: files, a Maildir, an mbox, a manifest

A script for the forge: COUNT messages go to DIRECTORY.  What they are depends
on their number alone, so that two runs make the same corpus."""
import base64
import os
import random

import arc

DOMAINS = ["relay%02d.example" % n for n in range(60)]
WORDS = "the list meeting on tuesday will begin at ten please bring numbers from".split()


def body(rng, most):
    """Text, now and then with lines that an mbox must quote, up to most octets."""
    size = min(most, int(rng.lognormvariate(8.3, 1.2)))
    lines, got = [], 0
    if size > 20000:
        raw = base64.b64encode(rng.randbytes(size * 3 // 4)).decode()
        lines = [raw[i : i + 76] for i in range(0, len(raw), 76)]
        got = size
    while got < size:
        line = " ".join(rng.choice(WORDS) for _ in range(rng.randint(4, 12)))
        line = rng.choice([line, line, line, line + " ", "", "From " + line, ">From " + line])
        lines.append(line)
        got += len(line) + 1
    return "\n".join(lines + [""])


def message(number, most):
    """Message and verdict."""
    rng = random.Random(number)
    m = arc.Message(body(rng, most), arc.HEADER.replace("1@author", "%d@author" % number))
    hops = rng.choices([0, 1, 2, 3, 4], [6, 42, 28, 14, 10])[0]
    for i in range(1, hops + 1):
        d = rng.choice(DOMAINS)
        key = ["rsa1024-a", "rsa1024-b", "rsa1024-c"][DOMAINS.index(d) % 3]
        m.seal(d=d, s="s1", key=key)
        if i < hops and rng.random() < 0.3:
            m.body += b"-- \r\nlist mailing list\r\n"
    if hops and rng.random() < 0.06:
        change = rng.choice(["body", "seal", "drop"])
        if change == "body":
            m.body += b"unsigned\r\n"
            return m, "fail\tbody-hash"
        if change == "seal":
            m.edit(arc.AS, hops, "t=", "t=9")
            return m, "fail\tsignature"
        m.drop(arc.AMS, 1)
        return m, "fail\tfield-missing"
    return m, "pass" if hops else "none"


def quoted(octets):
    """As mboxrd quotes a body."""
    lines = octets.split(b"\n")
    return b"\n".join(b">" + x if x.lstrip(b">").startswith(b"From ") else x for x in lines)


def make_corpus(directory, count, most=50000, maildirs=True):
    """directory/{files,Maildir,mbox,keys,expected.tsv}"""
    records = {}
    files, maildir = os.path.join(directory, "files"), os.path.join(directory, "Maildir")
    os.makedirs(files)
    for sub in ("cur", "new", "tmp") if maildirs else ():
        os.makedirs(os.path.join(maildir, sub))
    with open(os.path.join(directory, "mbox"), "wb") as mbox, open(
        os.path.join(directory, "expected.tsv"), "w", encoding="ascii"
    ) as tsv:
        for number in range(count):
            m, verdict = message(number, most)
            records.update(m.records)
            octets = m.octets() if number % 3 else m.lf()
            path = os.path.join(files, "%02d" % (number // 1000), "%05d.eml" % number)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(octets)
            sub = "new" if number % 5 == 0 else "cur"
            if maildirs:
                os.link(path, os.path.join(maildir, sub, "%05d.M1P1.host:2,S" % number))
            mbox.write(b"From list@relay.example Thu Oct  9 08:53:20 2025\n")
            mbox.write(quoted(m.lf()) + b"\n")
            tsv.write("%s\t%s\n" % (os.path.relpath(path, directory), verdict))
    if maildirs:
        with open(os.path.join(maildir, "tmp", "half"), "wb") as f:
            f.write(b"not there yet")
    with open(os.path.join(directory, "keys"), "w", encoding="ascii") as f:
        for name, texts in sorted(records.items()):
            f.write("".join("%s. TXT %s\n" % (name, arc.quoted(t)) for t in texts))
