# SPDX-License-Identifier: BSD-2-Clause
"""judge - a second reading of RFC 8617 section 5.2, apart from lib/

judge(octets, records, now) is the verdict on a message and its oldest-pass:
("pass", 2), ("fail", None), ("none", None).  records: name of a key record to
texts.  Where the RFCs leave a choice it is the one of arc-tools(7).  Slow, and
plain: each rule stands where the RFC has it."""
import base64
import hashlib
import re

import arc
import keys

KINDS = {name.lower().encode(): name for name in (arc.AAR, arc.AMS, arc.AS)}
FWS = rb"(?:[ \t]|\r\n[ \t])*"
LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"


class Invalid(Exception):
    """What is looked at cannot be valid."""


def wanted(condition, why):
    if not condition:
        raise Invalid(why)


def split(data):
    """Fields and body; the third says whether all of the header is fields."""
    data = re.sub(rb"\r?\n", b"\r\n", data)
    if re.match(rb"From +[^ :]", data):
        data = data.partition(b"\r\n")[2]
    at = 0 if data.startswith(b"\r\n") else data.find(b"\r\n\r\n") + 2
    head, body = (data, b"") if at == 1 else (data[:at], data[at + 2 :])
    fields, whole = [], True
    for raw in re.findall(rb"(?s).*?\r\n(?![ \t])|.+\Z", head):
        if re.match(rb"[!-9;-~]+[ \t]*:", raw):
            fields.append(arc.Field(raw))
        else:
            whole = False
    return fields, body, whole


# ---- tag-lists, RFC 6376 section 3.2


def text_of(raw):
    """A tag-list's octets as text; Invalid where these are no UTF-8, or controls."""
    text = re.sub(rb"\r\n(?=[ \t])", b"", raw)
    wanted(not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", text), "control")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as e:
        raise Invalid("not UTF-8") from e


def tags_of(text):
    parts = text.split(";")
    if parts[-1].strip(" \t") == "":
        parts.pop()
    wanted(parts, "empty list")
    found = {}
    for part in parts:
        name, equals, value = part.partition("=")
        name = name.strip(" \t")
        wanted(equals and re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name), "no tag")
        wanted(name not in found, "tag twice")
        found[name] = value.strip(" \t")
    return found


def bare(text):
    return re.sub("[ \t]", "", text)


def decoded(text):
    text = bare(text)
    wanted(text and re.fullmatch("[A-Za-z0-9+/]*={0,2}", text) and len(text) % 4 == 0, "no base64")
    return base64.b64decode(text)


def number(text, digits):
    wanted(re.fullmatch("[0-9]{1,%d}" % digits, text), "no number")
    return int(text)


# ---- the chain, section 5.2 steps 1 to 3


def instance_of(kind, raw):
    value = raw.split(b":", 1)[1]
    found = re.match(FWS + rb"i" + FWS + rb"=" + FWS + rb"([0-9]{1,2})" + FWS + rb"(;|\Z|\r\n\Z)", value)
    if kind == arc.AAR:
        wanted(found and found.group(2) == b";", "instance")
        n = int(found.group(1))
    else:
        tags = tags_of(text_of(value[:-2]))
        n = number(tags.get("i", ""), 2)
    wanted(1 <= n <= 50, "instance")
    return n


def collect(fields):
    sets = {}
    for f in fields:
        kind = KINDS.get(f.name)
        if kind is None:
            continue
        i = instance_of(kind, f.raw)
        mine = sets.setdefault(i, {})
        wanted(kind not in mine, "field twice")
        mine[kind] = f
    n = max(sets)
    for i in range(1, n + 1):
        wanted(len(sets.get(i, ())) == 3, "field or set missing")
    return sets, n


def check_seals(sets, n):
    """cv= and the h= that must not be there."""
    for i in range(1, n + 1):
        tags = tags_of(text_of(sets[i][arc.AS].raw.split(b":", 1)[1][:-2]))
        wanted("h" not in tags, "h= in a seal")
        wanted(tags.get("cv", "").lower() == ("none" if i == 1 else "pass"), "cv")


# ---- keys, RFC 6376 section 3.6.1 and RFC 8463


def key_of(record, algorithm):
    tags = tags_of(text_of(record.encode("utf-8", "surrogateescape")))
    if "v" in tags:
        wanted(list(tags)[0] == "v" and tags["v"] == "DKIM1", "v=")
    kind = tags.get("k", "rsa").lower()
    wanted(kind == algorithm.split("-")[0], "k=")
    if "h" in tags:
        wanted("sha256" in bare(tags["h"]).lower().split(":"), "h=")
    if "s" in tags:
        wanted({"*", "email"} & set(bare(tags["s"]).lower().split(":")), "s=")
    wanted(tags.get("p"), "p=")
    octets = decoded(tags["p"])
    if kind == "ed25519":
        wanted(len(octets) == 32, "length of the key")
        return octets
    try:
        inner = keys.der_read(octets)
        wanted(len(inner) == 1 and inner[0][0] == 0x30, "DER")
        parts = keys.der_read(inner[0][1])
        if parts[0][0] == 0x30:
            parts = keys.der_read(keys.der_read(parts[1][1][1:])[0][1])
        n, e = (int.from_bytes(p[1], "big") for p in parts)
    except (IndexError, ValueError) as error:
        raise Invalid("DER") from error
    wanted(1024 <= n.bit_length() <= 16384 and n % 2 and e % 2 and 3 <= e < 2**33, "RSA key")
    return n, e


def fits(key, signature, data):
    if isinstance(key, bytes):
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric import ed25519

        try:
            ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, hashlib.sha256(data).digest())
            return True
        except (InvalidSignature, ValueError):
            return False
    n, e = key
    size = (n.bit_length() + 7) // 8
    if len(signature) != size or int.from_bytes(signature, "big") >= n:
        return False
    digest = keys.DIGEST_INFO["sha256"] + hashlib.sha256(data).digest()
    block = b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest
    return pow(int.from_bytes(signature, "big"), e, n).to_bytes(size, "big") == block


def check_signature(tags, signed, records):
    """Some record under the name of the key has the key."""
    algorithm = tags["a"].lower()
    wanted(algorithm in ("rsa-sha256", "ed25519-sha256"), "a=")
    name = r"%s(\.%s)*" % (LABEL, LABEL)
    wanted(re.fullmatch(name, tags["s"]) and re.fullmatch(name, tags["d"]), "s= or d=")
    wanted("." in tags["d"] and len(tags["d"]) <= 253, "d=")
    signature = decoded(tags["b"])
    for record in records.get(("%s._domainkey.%s" % (tags["s"], tags["d"])).lower(), ())[:8]:
        try:
            if fits(key_of(record, algorithm), signature, signed):
                return
        except Invalid:
            continue
    raise Invalid("signature")


def own(raw):
    """The field being verified, without the value of its b= and its CRLF."""
    head, _, value = raw[:-2].partition(b":")
    parts = value.split(b";")
    for k, part in enumerate(parts):
        name, equals, _ = part.partition(b"=")
        if equals and re.sub(rb"[ \t\r\n]", b"", name) == b"b":
            parts[k] = name + equals
    return head + b":" + b";".join(parts)


def own_hashed(how, raw):
    last = arc.canon_header(how, own(raw))
    return last[:-2] if last.endswith(b"\r\n") else last


# ---- steps 4 to 6


def check_ams(sets, i, fields, body, records, now):
    field = sets[i][arc.AMS]
    tags = tags_of(text_of(field.raw.split(b":", 1)[1][:-2]))
    for name in ("a", "b", "bh", "d", "h", "s"):
        wanted(tags.get(name), name)
    how = tags.get("c", "simple/simple").lower()
    wanted(re.fullmatch("(simple|relaxed)(/(simple|relaxed))?", how), "c=")
    header_how, _, body_how = how.partition("/")
    if "q" in tags:
        wanted("dns/txt" in bare(tags["q"]).lower().split(":"), "q=")
    signed_at = number(tags["t"], 12) if "t" in tags else None
    if "x" in tags:
        x = number(tags["x"], 12)
        wanted(now <= x and (signed_at is None or x > signed_at), "x=")
    names = [n.strip(" \t").lower() for n in tags["h"].split(":")]
    wanted(all(re.fullmatch("[!-~]*", n) for n in names), "h=")
    wanted("from" in names and "arc-seal" not in names, "h=")
    hashed = arc.canon_body(body_how or "simple", body)
    if "l" in tags:
        length = number(tags["l"], 76)
        wanted(length <= len(hashed), "l=")
        hashed = hashed[:length]
    wanted(len(decoded(tags["bh"])) == 32 and decoded(tags["bh"]) == hashlib.sha256(hashed).digest(), "bh=")
    picked = arc.pick([f for f in fields if f is not field], ":".join(names))
    signed = b"".join(arc.canon_header(header_how, f.raw) for f in picked)
    check_signature(tags, signed + own_hashed(header_how, field.raw), records)


def check_seal(sets, i, records):
    field = sets[i][arc.AS]
    tags = tags_of(text_of(field.raw.split(b":", 1)[1][:-2]))
    for name in ("a", "b", "d", "s"):
        wanted(tags.get(name), name)
    if "t" in tags:
        number(tags["t"], 12)
    signed = b""
    for k in range(1, i + 1):
        for kind in (arc.AAR, arc.AMS, arc.AS):
            if (kind, k) != (arc.AS, i):
                signed += arc.canon_header("relaxed", sets[k][kind].raw)
    check_signature(tags, signed + own_hashed("relaxed", field.raw), records)


def judge(octets, records, now):
    fields, body, whole = split(octets)
    records = {name.lower(): texts for name, texts in records.items()}
    if not any(f.name in KINDS for f in fields):
        return "none", None
    try:
        wanted(whole, "line that is no field")
        sets, n = collect(fields)
        check_seals(sets, n)
        check_ams(sets, n, fields, body, records, now)
        for i in range(n, 0, -1):
            check_seal(sets, i, records)
    except Invalid:
        return "fail", None
    for i in range(n - 1, 0, -1):
        try:
            check_ams(sets, i, fields, body, records, now)
        except Invalid:
            return "pass", i + 1
    return "pass", 0
