# SPDX-License-Identifier: BSD-2-Clause
"""proofs - whether what --why calls proved was signed

check(octets, why) takes what the JSON says of a message and makes its changes:
the body then has to have the hash of bh=, the header the one that was signed.
Canonicalization, SHA-256 and RSA are those of the forge.  A digest that fits is
all that counts: nothing here knows what was done to the message.

For each finding: None where it is true, else what is not.  What JSON does not
have whole is read from what --repair writes, where that is of the same signer."""
import base64
import functools
import glob
import hashlib
import os
import re
import subprocess

import arc
import dkimsig
import judge
import keys

SHOWN = 2000  # octets of one text in the JSON
LOST = "\ufffd"
NOT_SHOWN = "not all octets are shown"


class Unshown(Exception):
    """JSON does not have all that was hashed."""


def exact(text):
    """The octets of a text in JSON."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data) >= SHOWN:
        raise Unshown
    return data


def like(text):
    """What matches these octets, where JSON has U+FFFD for what is no UTF-8."""
    return b"".join(re.escape(c.encode("utf-8", "surrogatepass")) if c != LOST else rb"(?:\xef\xbf\xbd|[\x80-\xff]{1,3}?)" for c in text)


# ---- keys: whichever of the forge's own made a signature


@functools.lru_cache(maxsize=None)
def known_keys():
    found = [keys.load(p) for p in sorted(glob.glob(os.path.join(keys.KEYS, "*.pem"))) if "unit" not in p]
    return [k for k in found if k.type == "ed25519"], [k for k in found if k.type == "rsa"]


@functools.lru_cache(maxsize=64)
def opened(signature):
    """The padded digests that an RSA signature holds, by each key that fits it."""
    number = int.from_bytes(signature, "big")
    blocks = [(k, pow(number, k.e, k.n)) for k in known_keys()[1] if k.size == len(signature)]
    return [(k, block) for k, block in blocks if k.octets(block).startswith(b"\0\1\xff\xff")]


def digest(data):
    return hashlib.sha256(data).digest()


def in_hex(data):
    return digest(data).hex().encode()


# What went into the signature instead, for RSA and for Ed25519.
SIGNED = {
    "sig.hash-doubled": (lambda k, data: k.padded(digest(data)), lambda data: digest(digest(data))),
    "sig.hash-in-hex": (lambda k, data: k.padded(in_hex(data)), lambda data: digest(in_hex(data))),
    "sig.hash-in-hex-bare": (None, in_hex),
    "sig.ed25519-unhashed": (None, lambda data: data),
    "sig.digestinfo-missing": (lambda k, data: bare_block(k, digest(data)), None),
    "sig.digestinfo-sha1": (lambda k, data: k.padded(data, "sha1"), None),
    "sig.algorithm-sha1": (lambda k, data: k.padded(data, "sha1"), None),
}
USUAL = (lambda k, data: k.padded(data), digest)


def bare_block(k, data):
    return int.from_bytes(b"\0\1" + b"\xff" * (k.size - len(data) - 3) + b"\0" + data, "big")


def is_signed(tags, data, cause):
    signature = base64.b64decode(re.sub(r"[^A-Za-z0-9+/]", "", tags["b"]) + "==")
    for rsa, message in [SIGNED[c] for c in (cause, cause + "-bare") if c in SIGNED] or [USUAL]:
        if rsa and any(block == rsa(k, data) for k, block in opened(signature)):
            return True
        for k in known_keys()[0] if message and len(signature) == 64 else ():
            try:
                k.private.public_key().verify(signature, message(data))
                return True
            except Exception:
                continue
    return False


# ---- what a signature covers


class Mail:
    """Fields from the top, and the body as it came."""

    def __init__(self, octets):
        found = re.search(rb"\r?\n\r?\n", octets)
        if octets[:1] in (b"\n", b"\r"):
            found = re.match(rb"\r?\n", octets)
        self.body = octets[found.end() :] if found else b""
        self.fields = judge.split(octets)[0]

    def copy(self):
        mail = Mail(b"")
        mail.fields, mail.body = [f.copy() for f in self.fields], self.body
        return mail

    def of_kind(self, kind, instance):
        for f in self.fields:
            if f.name == kind.lower().encode() and re.search(rb"(?:[:;]|\A)\s*i\s*=\s*%d\s*(?:;|\Z)" % instance, f.raw.split(b":", 1)[1]):
                return f
        raise KeyError(kind)

    def signature(self, w):
        if w["signature"] is not None:
            return [f for f in self.fields if f.name == dkimsig.NAME.lower().encode()][w["signature"] - 1]
        return self.of_kind(arc.AS if w["field"] == "as.b" else arc.AMS, w["instance"])


def tags_of(field):
    text = re.sub(rb"\r\n", b"", field.raw.split(b":", 1)[1]).decode("utf-8", "surrogateescape")
    found = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip(), re.sub(r"\s", "", value))
    return found


def hashed_of(mail, w):
    """What the RFCs have hashed, and whether octets are what was signed."""
    field = mail.signature(w)
    tags = tags_of(field)
    header_how, _, body_how = tags.get("c", "simple").lower().partition("/")
    if w["field"] in ("ams.bh", "dkim.bh"):
        length = int(tags["l"]) if "l" in tags else None
        wanted = base64.b64decode(tags["bh"] + "==")
        return (arc.canon_body(body_how or "simple", mail.body)[:length],
                lambda data: wanted in (hashlib.sha256(data).digest(), hashlib.sha1(data).digest()))
    if w["field"] == "as.b":
        header_how, signed = "relaxed", []
        first = w["instance"] if tags.get("cv", "").lower() == "fail" else 1
        for k in range(first, w["instance"] + 1):
            for kind in (arc.AAR, arc.AMS, arc.AS):
                if (kind, k) != (arc.AS, w["instance"]):
                    signed.append(mail.of_kind(kind, k))
    else:
        signed = arc.pick([f for f in mail.fields if f is not field], tags["h"])
    data = b"".join(arc.canon_header(header_how, f.raw) for f in signed) + judge.own_hashed(header_how, field.raw)
    return data, lambda octets: is_signed(tags, octets, w["cause"])


# ---- what was changed, undone


def undo_field(mail, change):
    name = change["field"].encode()
    if change["received"] is None:
        mail.fields.insert(0, arc.Field(name + b":" + exact(change["signed"]) + b"\r\n"))
        return True
    for f in reversed(mail.fields):
        value = f.raw.split(b":", 1)[1][:-2]
        if f.name == name.lower() and re.fullmatch(like(re.sub("\r?\n", "\r\n", change["received"])), value):
            break
    else:
        if len(change["received"].encode()) >= SHOWN:
            raise Unshown
        return False
    if change["signed"] is None:
        mail.fields.remove(f)
    else:
        f.raw = arc.Field(name + b":" + re.sub(rb"\r?\n", b"\r\n", exact(change["signed"])) + b"\r\n").raw
    return True


def undone(mail, findings):
    """The message without the changes; None where one is not in it."""
    mail = mail.copy()
    body = []
    for change in (c for w in findings for c in w["evidence"]["changes"]):
        if change["field"] is None:
            body.append(change)
        elif not undo_field(mail, change):
            return None
    for change in sorted((c for c in body if "offset" in c), key=lambda c: -c["offset"]):
        if len(change["received"].encode()) >= SHOWN:
            raise Unshown
        there = re.compile(like(change["received"])).match(mail.body, change["offset"])
        if there is None:
            return None
        mail.body = mail.body[: change["offset"]] + exact(change["signed"]) + mail.body[there.end() :]
    for change in (c for c in body if "offset" not in c):  # in what another change leaves
        was, now = exact(change["signed"]), exact(change["received"])
        if mail.body.count(now) != 1:
            raise Unshown
        mail.body = mail.body.replace(now, was)
    return mail


def explains(mail, findings):
    """Whether these findings together make what was signed."""
    mail = undone(mail, findings)
    if mail is None:
        return False
    standard, fits = hashed_of(mail, findings[0])
    inputs = [w["evidence"]["input"] for w in findings if w["evidence"]["input"]]
    if fits(standard):
        return True
    for given in inputs:
        at = given["offset"]
        if len(given["standard"].encode()) >= SHOWN:
            raise Unshown
        there = re.compile(like(given["standard"])).match(standard, at)
        if there is not None and fits(standard[:at] + exact(given["hashed"]) + standard[there.end() :]):
            return True
    return False


def has_lost(findings):
    texts = [t for w in findings for c in w["evidence"]["changes"] for t in (c["received"], c["signed"])]
    texts += [w["evidence"]["input"]["hashed"] for w in findings if w["evidence"]["input"]]
    return any(LOST in t for t in texts if t)


def same(one, other):
    return all(one[key] == other[key] for key in ("instance", "signature", "field"))


def is_valid(mail, w):
    data, fits = hashed_of(mail, w)
    return fits(data)


def check_run(mail, findings, at, repaired):
    """Whether some run of findings with this one makes what was signed."""
    unshown = has_lost(findings)
    for first in range(at, -1, -1):
        for last in range(at, len(findings)):
            try:
                if explains(mail, findings[first : last + 1]):
                    return None
            except Unshown:
                unshown = True
    if unshown and repaired is not None and is_valid(Mail(repaired), findings[at]):
        return None
    return NOT_SHOWN if unshown else "is not what was signed"


def check_key(mail, w):
    """A key: the signature is right under that of its signer."""
    if w["signature"] is not None:
        return is_valid(mail, {**w, "field": "dkim.b"})
    return any(is_valid(mail, {**w, "field": field}) for field in ("ams.b", "as.b"))


def check_structure(mail, w):
    if w["cause"] == "as.cv-fail-unfounded":  # the chain below that seal is right
        below = w["instance"] - 1
        return all(is_valid(mail, {**w, "field": field, "instance": i})
                   for i in range(1, below + 1) for field in ("ams.bh", "ams.b", "as.b") if field == "as.b" or i == below)
    mail = undone(mail, [w])
    return mail is not None and is_valid(mail, {**w, "field": "as.b"})


def check(octets, why, repair=lambda: None):
    """(finding, None or what is not true of it) for each that is proved.
    repair() is what --repair writes of the message, or None."""
    mail = Mail(octets)
    decoded = undone(mail, [w for w in why if w["cause"] == "as.field-encoded"])  # of which all else is said
    proved = [w for w in why if w["level"] == "proved"]
    repaired = functools.lru_cache(maxsize=1)(repair)
    for w in proved:
        if w["field"] in ("key", "structure"):
            good = (check_key if w["field"] == "key" else check_structure)(mail, w)
            yield w, None if good else "is not what was signed"
            continue
        mail = decoded
        beside = [v for v in proved if same(v, w)]
        at = next(k for k, v in enumerate(beside) if v is w)
        answer = check_run(mail, beside, at, None)
        if answer == NOT_SHOWN:
            answer = check_run(mail, beside, at, repaired())
        yield w, answer


class Tally:
    """Of a run: how many proofs were recomputed, how many are not shown whole;
    what is untrue."""

    def __init__(self):
        self.checked, self.unshown, self.untrue = 0, 0, []

    def add(self, name, path, found, args=()):
        """What arc-verify with these options, --why and --json says of the file
        at path, whose keys are in path.keys.  Returns what is untrue."""

        def repair():
            out = path + ".repaired"
            if os.path.exists(out):
                os.unlink(out)
            subprocess.run(["arc-verify", *args, "--keys", path + ".keys", "--repair", out, path], capture_output=True, check=False)
            if not os.path.exists(out):
                return None
            with open(out, "rb") as f:
                return f.read()

        with open(path, "rb") as f:
            octets = f.read()
        wrong = []
        for w, answer in check(octets, found["why"], repair):
            self.checked += answer != NOT_SHOWN
            self.unshown += answer == NOT_SHOWN
            if answer not in (None, NOT_SHOWN):
                wrong.append("%s: %s %s" % (name, w["cause"], answer))
        self.untrue += wrong
        return wrong

    def report(self):
        print("    %d proofs recomputed, %d of more octets than are shown, %d untrue" % (self.checked, self.unshown, len(self.untrue)))
        for line in self.untrue:
            print("    UNTRUE " + line)
        return not self.untrue
