# SPDX-License-Identifier: BSD-2-Clause
"""grade - whether what --why says of a case is what was done to it

score() runs arc-verify over the cases of cases.py."""
import json
import os
import re
import subprocess

import arc
from arc import octets
from cases import cases
from edits import TIME

# Made in lists.py, as only lists do it; why-lists.bats looks for them.
MADE_BY_LISTS = {"body.parts-recoded"}


def gaps(text):
    """Causes that a list names, each with the number of messages made for it."""
    made = {}
    for case in cases():
        for cause in {w[0] for w in case.wanted if case.level != "nothing"}:
            made[cause] = made.get(cause, 0) + 1
    listed = re.findall(r"^\.It Sy ([a-z]+\.[a-z0-9-]+)", text, re.M)
    return {cause: made.get(cause, 0) for cause in listed if cause not in MADE_BY_LISTS}


def explain(case, directory, *args, ends=(0, 1)):
    """The JSON of arc-verify --why; ends: exit statuses."""
    path = os.path.join(directory, "m")
    with open(path, "wb") as f:
        f.write(case.octets)
    with open(path + ".keys", "w", encoding="utf-8", errors="surrogateescape") as f:
        f.write(case.message.keys_file())
    p = subprocess.run(["arc-verify", "--why", "--json", "--time", TIME, "--keys", path + ".keys", *args, path],
                       capture_output=True, check=False)
    assert p.returncode in ends, (case.name, p.returncode, p.stderr)
    return json.loads(p.stdout)


def twins(why):
    """What is told, and behind it the other stories of the same octets."""
    return why + [{**w, **t} for w in why for t in w["alternatives"]]


def told(why, wanted):
    cause, instance, after, before = wanted
    for w in twins(why):
        if w["cause"] == cause and (instance is None or w["instance"] == instance):
            if w["who"]["role"] != "modifier" or (after is None and before is None):
                return w
            if w["who"]["after"] == after and w["who"]["before"] == before:
                return w
    return None


SHOWN = 2000  # octets of one side of a change in JSON


def is_whole(text):
    return text is None or ("\ufffd" not in text and len(text.encode()) < SHOWN)


def octets_wrong(case, found, instance):
    """What the evidence of a set says of octets that is not so, or None."""
    findings = [w for w in found["why"] if w["instance"] == instance and w["level"] == "proved"
                and w["who"]["role"] == "modifier"]
    body = [c for w in findings if w["field"] == "ams.bh" for c in w["evidence"]["changes"] if "offset" in c]
    head = [c for w in findings if w["field"] == "ams.b" for c in w["evidence"]["changes"]]
    if body and all(is_whole(c["received"]) and is_whole(c["signed"]) for c in body):
        now = re.split(rb"\r?\n\r?\n", case.octets, maxsplit=1)[1]
        for c in sorted(body, key=lambda c: -c["offset"]):
            was, at = c["received"].encode(), c["offset"]
            if now[at : at + len(was)] != was:
                return "received at %d is not %r" % (at, was)
            now = now[:at] + c["signed"].encode() + now[at + len(was) :]
        # what every canonicalization bears may differ
        if arc.canon_body("relaxed", now) != arc.canon_body("relaxed", case.before.body):
            return "the changes do not make the body that was signed"
    fields = [arc.canon_header("relaxed", f.raw) for f in case.before.fields]
    for c in head:
        name = octets(c["field"])
        if c["signed"] is None:
            there = [f for f in case.message.fields if f.name == name.lower()]
            if len(there) <= len([f for f in case.before.fields if f.name == name.lower()]):
                return "%s was there before" % c["field"]
        elif is_whole(c["signed"]) and arc.canon_header("relaxed", name + b":" + octets(c["signed"]) + b"\r\n") not in fields:
            return "%s was never %r" % (c["field"], c["signed"])
    return None


def accused(case, found, certainties):
    """Findings that name another culprit than the one who did it, that sure."""
    names = {w[0] for w in case.wanted}
    roles = {w["who"]["role"] for w in twins(found["why"]) if w["cause"] in names}
    return [w["cause"] for w in found["why"]
            if w["cause"] not in names | (case.also if w["who"]["role"] != "signer" else set())
            and w["who"]["role"] not in roles | {"validator"}
            and w["who"]["certainty"] in certainties]


def judge(case, found):
    """"right", or what is wrong."""
    why = found["why"]
    fails = found["arc"] == "fail"
    if fails != case.fails:
        return "the verdict is %s" % found["arc"]
    if case.level == "nothing":
        field, instance, after, before = case.wanted[0]
        proofs = [w["cause"] for w in why if w["level"] == "proved"]
        if proofs:
            return "WRONG PROOF " + " ".join(proofs)
        for w in why:
            if w["field"] == field and w["instance"] == instance and w["level"] == "indicated":
                if (w["who"]["after"], w["who"]["before"]) == (after, before):
                    return "right"
        return "not placed"
    names = {w[0] for w in case.wanted} | case.also
    proofs = [w["cause"] for w in why if w["level"] == "proved" and w["cause"] not in names]
    if proofs:
        return "WRONG PROOF " + " ".join(proofs)
    wrong = accused(case, found, {"proved"})
    if wrong:
        return "WRONG CULPRIT " + " ".join(wrong)
    if "hdr.field-removed" not in names and any(w["cause"] == "hdr.field-removed" for w in why):
        return "WRONG: a field that never was there is called removed"
    for wanted in case.wanted:
        w = told(why, wanted)
        if w is None:
            return "not found: %s; told: %s" % (wanted, [(w["cause"], w["instance"], w["who"]["after"], w["who"]["before"]) for w in why])
        if w["level"] != case.level and not (case.level == "proved" and w["level"] == "fact"):
            return "%s is %s" % (w["cause"], w["level"])
        wrong = octets_wrong(case, found, wanted[1]) if case.before else None
        if wrong:
            return "octets: " + wrong
    return "right"


def score(directory, only=""):
    """Run all; print what is wrong and the sums.  Wrong proofs, share found, share placed."""
    sums = {}
    wrong_proofs = 0
    for case in cases():
        if only and only not in case.name:
            continue
        verdict = judge(case, explain(case, directory))
        kind = "unprovable" if case.level == "nothing" else "explained"
        for cause in {w[0] for w in case.wanted} if kind == "explained" else {kind}:
            total = sums.setdefault(cause, [0, 0])
            total[0] += verdict == "right"
            total[1] += 1
        if verdict != "right":
            print("%s: %s" % (case.name, verdict))
            wrong_proofs += verdict.startswith("WRONG")
    for cause in sorted(sums):
        print("%-32s %d of %d" % (cause, *sums[cause]))
    placed = sums.pop("unprovable", [1, 1])
    found = [sum(x) for x in zip(*sums.values())] if sums else [1, 1]
    print("explained %d of %d, placed %d of %d, %d wrong proofs" % (*found, *placed, wrong_proofs))
    return wrong_proofs, found[0] / found[1], placed[0] / placed[1]
