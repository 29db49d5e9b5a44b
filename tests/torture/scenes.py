# SPDX-License-Identifier: BSD-2-Clause
"""The runs that are tortured: typical ones, of each command."""
import base64
import os
import re
import subprocess

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(os.path.dirname(here))
NOW = "2026-03-01T00:00:00Z"
SAMPLES = os.path.join(root, "samples")
KEYS = os.path.join(root, "tests", "keys")


def read(path):
    with open(path, "rb") as f:
        return f.read()


def sample(name):
    return os.path.join(SAMPLES, name + ".eml")


# Ours twice, of a version that nobody knows, somebody else's, and what is none.
RESULTS = (
    b"Authentication-Results: lists.example; spf=pass smtp.mailfrom=a@b.example;\r\n dkim=pass (good) header.d=b.example\r\n"
    b"Authentication-Results: lists.example 2; spf=pass\r\n"
    b"Authentication-Results: other.example; spf=fail\r\n"
    b"Authentication-Results: \"lists.example\"; iprev=pass policy.iprev=192.0.2.1\r\n"
    b"Authentication-Results: lists.example=; spf=pass\r\n"
)


class Scene:
    """A command, what it gets and what it says when nothing goes wrong.

    files    by name: what lies in its directory
    many     it prints a line a message, some of which may be troubled
    kinds    only these calls fail (all)
    dear     only one in so many calls fails
    spooled  it holds the message in a file, which is read while it is written"""

    def __init__(self, name, argv, status=0, stdin=None, files=None, many=False, kinds=(), dear=1,
        spooled=False):
        self.name, self.status, self.many = name, status, many
        self.argv = argv[:1] + ["--time", NOW] + argv[1:]
        self.stdin = stdin if stdin is not None else b""
        self.files = files or {}
        self.kinds, self.dear, self.spooled = kinds, dear, spooled
        self.asks_dns = "--resolver" in argv
        self.passes_on = "--on-error=pass" in argv
        self.octets = self.stdin or (read(argv[-1]) if os.path.isfile(argv[-1]) else b"")

    def grows(self, name, octets, right):
        """Records are appended, whole lines of them; a JUnit file tells of trouble."""
        if name == "junit":
            return octets.endswith(b"</testsuites>\n") and b'type="' in octets
        return name == "record" and octets[-1:] in (b"", b"\n")


servers = []


def zone():
    """What the DNS knows: the keys of samples/, some of them only by TCP."""
    lines = []
    for line in read(os.path.join(SAMPLES, "keys")).decode().split("\n"):
        m = re.match(r"(\S+)\. TXT (.*)$", line)
        if m:
            text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', m.group(2)))
            lines.append("%s key %s" % (m.group(1), text))
            if m.group(1).startswith("2026a"):
                lines.append("%s truncate %s" % (m.group(1), text))
    return "\n".join(lines) + "\n"


def dns(directory):
    path = os.path.join(directory, "zone")
    with open(path, "w", encoding="utf-8") as f:
        f.write(zone())
    p = subprocess.Popen(
        [os.path.join(root, "tests/tools/faultdns"), path, os.devnull],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    servers.append(p)
    return "127.0.0.1:" + p.stdout.readline().decode().strip()


def end():
    for p in servers:
        p.stdin.close()
        p.wait()


def all_scenes(directory, build):
    keys = ["--keys", os.path.join(SAMPLES, "keys")]
    us = ["-d", "lists.example", "-s", "arc", "-k", os.path.join(KEYS, "rsa2048-b.pem")]
    ed = ["-d", "author-provider.example", "-s", "ed", "-k", os.path.join(KEYS, "ed25519-a.pem")]
    ar = ["--ar", "arc=pass; spf=pass smtp.mailfrom=a@b.example"]
    big = read(sample("pass-one-hop")) + base64.encodebytes(bytes(6 << 20)) * 2
    session = ["--remote-ip", "192.0.2.1", "--mail-from", "a@b.example", "--helo", "b.example"]
    table = "* lists.example arc %s\n" % os.path.join(KEYS, "rsa2048-b.pem")
    corpus = os.path.join(SAMPLES, "corpus")
    of_corpus = ["--keys", os.path.join(corpus, "keys")]
    files = os.path.join(corpus, "files")
    manifest = "".join(
        "%s\t%s" % (os.path.join(corpus, line.split("\t")[0]), line.split("\t", 1)[1])
        for line in read(os.path.join(corpus, "expected.tsv")).decode().splitlines(True)
        if "\t" in line
    ).encode()
    resolver = ["--resolver", dns(directory), "--dns-timeout", "1"]
    # OpenSSL's decoders crash where memory is short (OSSL_DECODER_from_bio(), called
    # by OSSL_STORE_load()), before anything has gone out; that is not ours to mend.
    no_memory_of_stores = ("read", "write", "open", "close", "files", "random", "thread", "load", "openssl")
    slow = ("read", "write", "open", "close", "files")

    def verify(name, *argv, **how):
        return Scene("verify " + name, ["arc-verify", *argv], **how)

    def sign(name, *argv, **how):
        return Scene("sign " + name, ["arc-sign", *argv], **how)

    def dump(name, *argv, **how):
        return Scene("dump " + name, ["arc-dump", *argv], **how)

    yield verify("pass", "-v", *keys, sample("pass-three-hops"))
    yield verify("pass, Ed25519", "--json", *keys, sample("pass-ed25519-below-rsa"))
    yield verify("fail, body", *keys, stdin=read(sample("fail-body-changed")), status=1)
    yield verify("fail, signature", "--json", *keys, sample("fail-subject-changed"), status=1)
    yield verify("none", *keys, sample("none-no-arc-fields"), status=2)
    yield verify("why", "--why", "--json", *keys, sample("fail-body-changed"), status=1)
    yield verify("why, list", "--why", *keys, sample("fail-subject-changed"), status=1)
    yield verify("all", "--check", "all", *session, "--json", *keys, sample("pass-list-edited"))
    yield dump("page", sample("pass-three-hops"))
    yield dump("checked", *keys, sample("fail-body-changed"))
    yield dump("json", "--json", "--check", "arc:dkim", *keys, sample("pass-list-edited"))
    yield dump("json, not a chain", "--json", *keys, sample("fail-newest-says-cv-fail"))
    yield dump("html", "--html", "--why", *keys, sample("fail-body-changed"))
    yield dump("lint", "--lint", *keys, sample("fail-body-changed"), status=1)
    yield dump("fingerprint", "--fingerprint", "--salt", "s", sample("fail-body-changed"))
    yield dump("audit", "--key-audit", *keys, sample("fail-body-changed"))
    yield verify("as", "--as", "all", *keys, sample("fail-body-changed"), status=1)
    yield verify("as read", "--as", "all", *keys, sample("fail-tag-twice"), status=1)
    yield verify("as key", "--as", "all", *keys, sample("fail-key-hash-sha1"), status=1)
    yield verify("as pass", "--as", "all", *keys, sample("pass-list-edited"), status=0)
    yield verify("state", "--state", "state", *keys, sample("pass-one-hop"))
    yield verify("dns", "--json", "--record", "record", *resolver, sample("pass-three-hops"))
    yield verify("dns, none there", *resolver, sample("fail-key-missing"), status=1)
    yield verify(
        "annotate", "-a", "-i", "b.example", *keys, stdin=read(sample("pass-list-edited"))
    )
    yield verify("annotate, file", "-a", "-i", "b.example", *keys, sample("fail-subject-changed"))
    yield verify(
        "annotate, pass on",
        "-a",
        "-i",
        "b.example",
        "--on-error=pass",
        *keys,
        stdin=read(sample("pass-one-hop")),
    )
    yield verify("annotate, 17 MB", "-a", "-i", "b.example", *keys, stdin=big, kinds=slow, dear=40, spooled=True)
    yield sign("one hop", *us, *keys, *ar, sample("pass-one-hop"))
    yield sign("Ed25519, pipe", *ed, *keys, *ar, stdin=read(sample("pass-list-edited")))
    yield sign(
        "by the table",
        "--table",
        "table",
        "--strip-ar",
        *keys,
        stdin=read(sample("pass-one-hop")),
        files={"table": table.encode()},
    )
    yield sign("over results of others", *us, *keys, stdin=RESULTS + read(sample("pass-one-hop")))
    yield sign("over a broken chain", *us, *keys, *ar, sample("fail-subject-changed"))
    yield sign("over cv=fail", *us, *keys, *ar, sample("fail-newest-says-cv-fail"))
    yield sign("pass on", "--on-error=pass", *us, *keys, stdin=read(sample("none-no-arc-fields")))
    yield sign(
        "a key in a store",
        *us[:-1],
        "file:" + us[-1],
        *keys,
        *ar,
        sample("pass-one-hop"),
        kinds=no_memory_of_stores,
    )
    yield sign("check key, dns", "--check-key", *us, *resolver, *ar, sample("pass-one-hop"))
    yield sign("17 MB", *us, *keys, *ar, stdin=big, kinds=slow, dear=40, spooled=True)
    yield verify("files, two workers", "-J2", "--json", *of_corpus, files, many=True, dear=10, status=1)
    yield verify(
        "mbox, TAP",
        "-J1",
        "--tap",
        "--mbox",
        *of_corpus,
        os.path.join(corpus, "mbox"),
        many=True,
        dear=10,
        status=1,
    )
    yield verify(
        "manifest, JUnit",
        "-J1",
        "--update",
        "--manifest",
        "manifest",
        "--junit",
        "junit",
        *of_corpus,
        files,
        many=True,
        dear=10,
        files={"manifest": manifest, "junit": b"old"},
    )
