# SPDX-License-Identifier: BSD-2-Clause
"""dkimedits - the edits of edits.py, of messages with DKIM-Signatures

Each plan says in which order a message is signed, sealed and edited:

    D  the author's domain signs
    E  the edit
    L  a list signs, with its own DKIM-Signature on top
    S  the next hop seals

cases() yields Case objects; score() runs arc-verify --check over them."""
import base64
import itertools
import os

import arc
import dkimsig
import edits
import faults
import grade
import keys
import proofs
from arc import Message, octets

# plan: what --check is asked; after and before that must be told; who is next
PLANS = {
    "DE": ("dkim", None, None, None),
    "DEL": ("dkim", None, None, "list.example"),
    "DES": ("arc:dkim", None, 1, "d1.example"),
    "DSE": ("dkim", 1, None, None),
    "DSES": ("arc:dkim", 1, 2, "d2.example"),
    "SDEL": ("dkim", 1, None, "list.example"),
}
HOW = {"key": "rsa2048-b", "tags": {"h": edits.H}}


class Case:
    """name; message; wanted: causes that must be told of the signature; also:
    causes that may be; level: the one that is wanted."""

    def __init__(self, name, message, wanted, plan="DE", signature=None, also=(), level="proved", before=None, lf=False):
        self.name, self.message, self.wanted, self.level, self.before = name, message, wanted, level, before
        self.octets = message.lf() if lf else message.octets()
        self.check, self.after, self.newest, self.domain = PLANS[plan]
        self.signature = signature or (2 if "L" in plan else 1)
        self.also = set(also)


def names_of(causes):
    return [c[0] if isinstance(c, tuple) else c for c in causes]


def planned(plan, head, body, edit, **how):
    """The message, and what it was when it was edited."""
    m, before = Message(octets(body), head), None
    for step in plan:
        if step == "D":
            dkimsig.sign(m, **{**HOW, **how})
        elif step == "L":
            dkimsig.sign(m, **{**HOW, "d": "list.example", "s": "l1"})
        elif step == "S":
            m.seal(**edits.HOW)
        else:
            before, m = m, edit(m.copy())
    return m, before


def edited(name, plan, head, body, edit, causes, lf=False, **how):
    m, before = planned(plan, head, body, edit, **how)
    return Case("%s.%s" % (name, plan), m, names_of(causes), plan, before=before, lf=lf)


def modifier_cases():
    plans = itertools.cycle(PLANS)
    for name, head, body, edit, causes in edits.PLAIN_EDITS:
        yield edited(name, "DE", head, body, edit, causes)
        yield edited(name, "DSES", head, body, edit, causes)
        yield edited(name, next(plans), head, body, edit, causes)
    for name, head, body, edit, causes in edits.PLAIN_EDITS[:12:3] + edits.PLAIN_EDITS[23:40:4]:
        yield edited("%s.ed25519" % name, "DE", head, body, edit, causes, key="ed25519-a")
    for name, head, body, edit, causes in edits.MAILER_EDITS + edits.JOINT_EDITS:
        yield edited(name, next(plans), head, body, edit, causes)
    for name, head, body, edit, causes in edits.MAILER_EDITS[::4]:
        yield edited("%s.lf" % name, "DE", head, body, edit, causes, lf=True)
    head = edits.PLAIN.replace("A proposal for Tuesday", "A proposal\n for Tuesday")
    for name, edit, causes in edits.SIMPLE_EDITS:
        yield edited(name, "DE", head, edits.TEXT, edit, causes, tags={"h": edits.H, "c": "simple/simple"})


# What an AMS may be made with, by the name that dkimsig.sign() has for it.
OPTIONS = {"ams": "tags", "ams_sign": "sign", "pick": "pick", "h": "h", "c": "c", "signed_body": "signed_body"}


def signer_cases():
    for name, head, how, cause in faults.ams_faults(1):
        alike = ["hdr.newest-taken-for-oldest"] if name.startswith("top-down") else []
        if name in ("names", "names-kept"):
            continue  # told apart by the name of the field itself
        how = {OPTIONS[o]: v for o, v in how.items()}
        for plan in ("D", "DL", "DS"):
            m, _ = planned(plan, head, edits.TEXT, None, **how)
            yield Case("signer.%s.%s" % (name, plan), m, [cause], "DEL" if "L" in plan else "DES" if "S" in plan else "DE", also=alike)


def key_cases():
    make = lambda plan="D", **how: planned(plan, edits.PLAIN, edits.TEXT, None, **how)[0]
    for plan in ("D", "DS"):
        fact = lambda name, cause, plan=plan, **how: Case("key.%s.%s" % (name, plan), make(plan, **how), [cause], level="fact")
        yield fact("missing", "key.missing", record=None)
        yield fact("revoked", "key.revoked", record="v=DKIM1; p=")
        yield fact("hash", "key.hash-forbidden", record="v=DKIM1; h=sha1; p=@p")
        other = base64.b64encode(keys.key("ed25519-a").public()).decode()
        yield fact("type", "key.type-mismatch", record="v=DKIM1; k=ed25519; p=" + other)
        yield fact("unparsable", "key.unparsable", record="v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQ")
        yield fact("short", "key.too-short", key="rsa512")
        m = make(plan)
        m.publish("s1", "author.example", keys.key("rsa2048-c"), ...)
        yield Case("key.mismatch.%s" % plan, m, ["key.mismatch"], level="indicated")
        m = make(plan)
        m.publish("other", "author.example", keys.key("rsa2048-b"), ...)
        m.publish("s1", "author.example", keys.key("rsa2048-c"), ...)
        yield Case("key.other.%s" % plan, m, ["key.other-selector"])
        m = make(plan)
        name = "s1._domainkey.author.example"
        text = m.records[name][0]
        m.records[name] = [text[:255], text[255:]]
        yield Case("key.split.%s" % plan, m, ["key.split-in-two-records"])
    m = make()
    m.rewrite("DKIM-Signature", 0, edits.damaged)
    yield Case("b-damaged", m, ["sig.b-damaged"])
    m = make()
    m.rewrite("DKIM-Signature", 0, lambda r: r[:-60].rstrip() + b"\r\n")
    yield Case("b-cut", m, ["sig.b-cut-off"], level="fact", also=["sig.b-damaged"])
    m = make(tags={"h": edits.H, "a": "rsa-sha1"}, sign=lambda k, data: k.sign(data, "sha1"))
    yield Case("sha1", m, ["sig.algorithm-sha1"], level="fact")
    m = edits.lines_of(make(tags={"h": edits.H, "l": "500"}), lambda l: l[:3])
    yield Case("truncated", m, ["body.truncated"], level="fact")


def unprovable_cases():
    for name, edit, field in edits.UNPROVABLE:
        for plan in ("DE", "DEL", "DES", "DSES"):
            m, _ = planned(plan, edits.PLAIN, edits.TEXT, edit)
            yield Case("unprovable.%s.%s" % (name, plan), m, [field.replace("ams", "dkim")], plan, level="nothing")


def cases():
    return itertools.chain(modifier_cases(), signer_cases(), key_cases(), unprovable_cases())


# ---- the score


def explain(case, directory):
    return grade.explain(case, directory, "--check", case.check, ends=(0, 1, 2, 75))


def placed(case, who):
    if who["role"] != "modifier":
        return who["domain"] in (None, "author.example")
    return (who["after"], who["before"]) == (case.after, case.newest) and who["domain"] == case.domain


def octets_wrong(case, whys):
    """What the evidence says of octets that is not so, or None."""
    fields = [arc.canon_header("relaxed", f.raw) for f in case.before.fields]
    for w in whys:
        if w["who"]["role"] != "modifier" or w["level"] != "proved":
            continue
        for c in w["evidence"]["changes"]:
            if c["field"] and c["signed"] is not None and grade.is_whole(c["signed"]):
                field = octets(c["field"]) + b":" + octets(c["signed"]) + b"\r\n"
                if arc.canon_header("relaxed", field) not in fields:
                    return "%s was never %r" % (c["field"], c["signed"])
    return None


def judge(case, found):
    """"right", or what is wrong."""
    for s in found["dkim"]:
        if (s["result"] == "pass") == (s["index"] == case.signature):
            return "signature %d: %s" % (s["index"], s["result"])
    dkim = [w for w in found["why"] if w["signature"] is not None]
    if any(w["instance"] is not None or w["field"] not in ("dkim.bh", "dkim.b", "key") for w in dkim):
        return "a set is named, or a field is not one of a DKIM-Signature"
    if any(w["signature"] != case.signature for w in dkim):
        return "another signature is told of"
    if any(w["signature"] is None for w in found["why"]) and "arc" not in case.check:
        return "a chain is told of that nobody asked for"
    proofs = {w["cause"] for w in dkim if w["level"] == "proved"}
    if case.level == "nothing":
        if proofs:
            return "WRONG PROOF " + " ".join(proofs)
        right = [w for w in dkim if w["field"] == case.wanted[0] and w["level"] == "indicated" and placed(case, w["who"])]
        return "right" if right else "not placed: %s" % [(w["field"], w["cause"], w["who"]) for w in dkim]
    wrong = proofs - set(case.wanted) - case.also
    if wrong:
        return "WRONG PROOF " + " ".join(wrong)
    for cause in case.wanted:
        told = [w for w in dkim if w["cause"] == cause]
        if not told:
            return "not found: %s; told: %s" % (cause, [(w["cause"], w["level"]) for w in dkim])
        if not any(placed(case, w["who"]) for w in told):
            return "%s not placed: %s" % (cause, [w["who"] for w in told])
        if not any(w["level"] in (case.level, "fact" if case.level == "proved" else case.level, "proved" if case.level == "indicated" else case.level) for w in told):
            return "%s is %s" % (cause, told[0]["level"])
    wrong = octets_wrong(case, dkim) if case.before else None
    return "octets: " + wrong if wrong else "right"


def score(directory, only="", every=1, count=None):
    """Run all, or the first count, or one of so many; print what is wrong and the sums.  Wrong proofs,
    share found, share placed."""
    sums = {"explained": [0, 0], "placed": [0, 0]}
    wrong_proofs, tally = 0, proofs.Tally()
    for case in itertools.islice(cases(), 0, count, every):
        if only not in case.name:
            continue
        found = explain(case, directory)
        verdict = judge(case, found)
        if tally.add(case.name, os.path.join(directory, "m"), found, ["--check", case.check, "--time", edits.TIME]):
            verdict = "WRONG PROOF " + tally.untrue[-1]
        total = sums["placed" if case.level == "nothing" else "explained"]
        total[0] += verdict == "right"
        total[1] += 1
        wrong_proofs += verdict.startswith("WRONG")
        if verdict != "right":
            print("%s: %s" % (case.name, verdict))
    print("dkim: explained %d of %d, placed %d of %d, %d wrong proofs" % (*sums["explained"], *sums["placed"], wrong_proofs))
    tally.report()
    share = lambda s: s[0] / s[1] if s[1] else 1
    return wrong_proofs, share(sums["explained"]), share(sums["placed"])
