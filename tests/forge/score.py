# SPDX-License-Identifier: BSD-2-Clause
"""score - what --why makes of a generated corpus

    score.py [--show N] [--only TEXT] CORPUS:COUNT...

CORPUS is one of the tables below.  For each message two readings of its own say
what does not verify (opinion.py); --why explains it whole when all of that is
proved, and says something false when it names a cause that is none here, or
another culprit.  Whatever is called proved is hashed again (proofs.py).  Exit
status 1: something false was called proved, or less was explained than the
corpus demands.

CORPUS may also be "dkim": every edit of dkimedits.py, or the first COUNT."""
import argparse
import itertools
import json
import os
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path[0:0] = [here]
sys.path.append("/usr/lib/python3/dist-packages")

import altermime  # noqa: E402
import cases  # noqa: E402
import chains  # noqa: E402
import dkimedits  # noqa: E402
import edits  # noqa: E402
import grade  # noqa: E402
import keys  # noqa: E402
import library  # noqa: E402
import lists  # noqa: E402
import mlmmj  # noqa: E402
import opinion  # noqa: E402
import proofs  # noqa: E402
import signers  # noqa: E402
import truth  # noqa: E402

TIME = "1767225600"
# name: cases of it, and the share that has to be explained whole
CORPORA = {
    "mailman2": (lists.mailman2_cases, 0.9),
    "mailman3": (lists.mailman3_cases, 0.97),
    "library": (library.cases, 0.85),
    "mlmmj": (mlmmj.cases, 0.9),
    "altermime": (altermime.cases, 0.9),
}
DKIM_LEAST = 0.95
PARTS = {"bh=": "ams.bh", "b= of the AMS": "ams.b", "b= of the AS": "as.b"}


class Run:
    """arc-verify --why of one message, and what it cost."""

    def __init__(self, directory, octets, records):
        self.path = path = os.path.join(directory, "m")
        with open(path, "wb") as f:
            f.write(octets)
        with open(path + ".keys", "w", encoding="utf-8", errors="surrogateescape") as f:
            f.write(records)
        args = ["arc-verify", "--why", "--json", "--time", TIME, "--keys", path + ".keys", path]
        out = os.path.join(directory, "out")
        pid = os.posix_spawnp(args[0], args, os.environ, file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)])
        _, status, used = os.wait4(pid, 0)
        self.status = os.waitstatus_to_exitcode(status)
        self.cpu = used.ru_utime + used.ru_stime
        with open(out, "rb") as f:
            self.json = json.loads(f.read())


def hypotheses(found):
    """How many were tried: each finding says so of all of its part."""
    parts = {}
    for w in found["why"]:
        key = w["instance"], w["signature"], w["field"]
        parts[key] = max(parts.get(key, 0), w["tried"])
    return sum(parts.values())


def failing(case):
    try:
        return {PARTS[w] for w in opinion.check_set(case.octets, 1, keys.key("rsa2048-a"))}
    except (KeyError, ValueError):
        return {"a field"}  # of the set itself is no longer one


def judge(case, found):
    """What is not explained, and what is false."""
    left, false = [], []
    proved = {w["field"] for w in found["why"] if w["instance"] == 1 and w["level"] == "proved"}
    proved |= {"a field" for w in found["why"] if w["cause"] == "as.field-encoded" and w["level"] == "proved"}
    # What is only indicated fails as well, be it behind a field that is none.
    open_ = {w["field"] for w in found["why"] if w["instance"] == 1 and w["level"] == "indicated"}
    for part in sorted((failing(case) | open_) - proved):
        left.append(part)
    may = {"ams.bh": case.body, "ams.b": case.header | case.body}
    for w in found["why"]:
        said = "%s %s" % (w["cause"], w["level"])
        signer = w["cause"] == "body.hashed-as-utf8"
        if w["level"] == "indicated" and w["cause"] in ("body.changed", "hdr.changed"):
            continue
        if w["cause"] == "as.field-encoded" and w["cause"] in case.header:
            continue
        if w["cause"] not in may.get(w["field"], ()):
            false.append(said)
        elif (w["who"]["role"] == "signer") != signer:
            false.append("%s by %s" % (said, w["who"]["role"]))
    return left, false


def score(name, count, options):
    make, least = CORPORA[name]
    cpu, tried, whole, n, wrong, doubtful, blamed, parts = [], [], 0, 0, 0, 0, 0, {}
    causes, kinds, tally = {}, {}, proofs.Tally()
    with tempfile.TemporaryDirectory() as directory:
        for case in make(options.first, count):
            if options.only not in case.name:
                continue
            run = Run(directory, case.octets, case.keys)
            if run.json["arc"] != "fail":
                continue
            n += 1
            cpu.append(run.cpu)
            tried.append(hypotheses(run.json))
            left, false = judge(case, run.json)
            false += tally.add(case.name, run.path, run.json, ["--time", TIME])
            whole += not left
            wrong += any(not f.endswith(" indicated") for f in false)
            doubtful += bool(false)
            blamed += any(" by " in f for f in false)
            kind = kinds.setdefault(case.name.split(".")[-2], [0, 0])
            kind[0] += not left
            kind[1] += 1
            for w in run.json["why"]:
                key = (w["cause"], w["level"])
                causes[key] = causes.get(key, 0) + 1
            for part in left:
                parts[part] = parts.get(part, 0) + 1
            if (left or false) and options.show > 0:
                options.show -= 1
                print("%s: not proved: %s; false: %s; changed: %s" % (case.name, left, false, case.changed))
                if options.keep:
                    stem = os.path.join(options.keep, case.name)
                    with open(stem + ".eml", "wb") as f:
                        f.write(case.octets)
                    with open(stem + ".was", "wb") as f:
                        f.write(case.mail.message.octets())
                    with open(stem + ".eml.keys", "w", encoding="ascii") as f:
                        f.write(case.keys)
    if n == 0:
        return True
    cpu.sort()
    row(name, n, whole, n - blamed, wrong, sum(tried), sum(cpu))
    for (cause, level), times in sorted(causes.items(), key=lambda x: -x[1]):
        print("    %-32s %-10s %d" % (cause, level, times))
    print("    " + ", ".join("%s %d of %d" % (k, *v) for k, v in sorted(kinds.items())))
    print("%s: %d messages, %d explained whole (%.1f %%), left %s, %d with a false proof, %d with a false word; "
          "CPU ms: mean %.1f, median %.1f, 99 in 100 %.1f, most %.1f"
          % (name, n, whole, 100 * whole / n, parts or "nothing", wrong, doubtful, 1000 * sum(cpu) / n, 1000 * cpu[n // 2],
             1000 * cpu[n * 99 // 100], 1000 * cpu[-1]), flush=True)
    return tally.report() and wrong == 0 and whole >= least * n


# Forged one by one, each with its cause and culprit (cases.py): kind, cases
FORGED = {
    "edits": lambda: itertools.chain(cases.modifier_cases(), cases.seal_edit_cases(), cases.key_cases(),
                                     cases.structure_cases(), chains.cases(edits)),
    "signers": lambda: itertools.chain(cases.signer_cases(), signers.cases(edits.Case, edits.HOW)),
    "twins": lambda: truth.cases(edits),
}


def score_forged(name):
    """A row: causes named, culprits right or open, false statements, hypotheses, CPU."""
    n = named = right = false = tried = cpu = 0
    tally = proofs.Tally()
    with tempfile.TemporaryDirectory() as directory:
        for case in FORGED[name]():
            run = Run(directory, case.octets, case.message.keys_file())
            verdict = grade.judge(case, run.json)
            n += 1
            named += verdict == "right"
            right += not grade.accused(case, run.json, {"proved", "likely"})
            false += bool(tally.add(case.name, run.path, run.json, ["--time", TIME])) or verdict.startswith("WRONG")
            tried += hypotheses(run.json)
            cpu += run.cpu
            if verdict.startswith("WRONG"):
                print("    %s: %s" % (case.name, verdict))
    row(name, n, named, right, false, tried, cpu)
    return tally.report() and false == 0


def row(name, n, named, right, false, tried, cpu):
    print("| %s | %d | %.1f %% | %.1f %% | %d | %.0f | %.1f |"
          % (name, n, 100 * named / n, 100 * right / n, false, tried / n, 1000 * cpu / n), flush=True)


def score_dkim(count, options):
    with tempfile.TemporaryDirectory() as directory:
        wrong, explained, placed = dkimedits.score(directory, options.only, count=count)
    return wrong == 0 and explained >= DKIM_LEAST and placed >= DKIM_LEAST


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--show", type=int, default=0)
    p.add_argument("--only", default="")
    p.add_argument("--first", type=int, default=0)
    p.add_argument("--keep")
    p.add_argument("corpus", nargs="+")
    options = p.parse_args()
    good = True
    print("| kind | messages | causes named | culprits right or open | false | hypotheses | CPU ms |\n"
          "| --- | --- | --- | --- | --- | --- | --- |")
    for what in options.corpus:
        name, _, count = what.partition(":")
        if name == "dkim":
            good &= score_dkim(int(count) if count else None, options)
        elif name in FORGED:
            good &= score_forged(name)
        else:
            good &= score(name, int(count or 100), options)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
