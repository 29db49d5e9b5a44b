# SPDX-License-Identifier: BSD-2-Clause
"""check - what arc-verify says to a message, against what it should say

Each function runs arc-verify once, looks at the exit status, at every key of
the JSON and at what the test asks for; all that is wrong is printed together
with the message, and the script exits 1 at its end."""
import re
import json
import os
import signal
import sys

NOW = "1767225600"  # 2026-01-01, in every run that does not say otherwise
SHOWN = 1  # failing cases whose message is shown
TIMEOUT = 60  # a hang is a failure; nothing here takes a second

KEYS = "schema file arc temporary instances oldest_pass code instance detail sets why summary lint".split()
SET_KEYS = "instance aar ams seal".split()
AMS_KEYS = (
    "status code domain selector algorithm canonicalization time expires headers body_hash key"
).split()
SEAL_KEYS = "status code domain selector algorithm time cv key".split()
KEY_KEYS = "name bits type dnssec".split()

state = {"cases": 0, "wrong": 0}


def run(args, data, directory):
    """Exit status, stdout and stderr of arc-verify."""
    paths = [os.path.join(directory, name) for name in ("in", "out", "err")]
    with open(paths[0], "wb") as f:
        f.write(data)
    actions = [(os.POSIX_SPAWN_OPEN, 0, paths[0], os.O_RDONLY, 0)]
    for fd in (1, 2):
        actions.append((os.POSIX_SPAWN_OPEN, fd, paths[fd],
                        os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    pid = os.posix_spawnp(args[0], args, os.environ, file_actions=actions)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
    signal.alarm(TIMEOUT)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    signal.alarm(0)
    out = []
    for path in paths[1:]:
        with open(path, "rb") as f:
            out.append(f.read())
    return status, out[0], out[1]


# Remarks on a chain that stands in the body as text.
NOTE = re.compile(rb"^arc-verify: [^ ]*: the body has ARC fields pasted .*\n", re.M)


class Case:
    """One run and what is wrong with it."""

    def __init__(self, message, args, octets, keys, time):
        where = os.environ["BATS_TEST_TMPDIR"]
        self.message = message
        self.data = message.octets() if octets is None else octets
        self.keys = message.keys_file() if keys is None else keys
        keys_path = os.path.join(where, "keys")
        with open(keys_path, "w", encoding="utf-8", errors="surrogateescape") as f:
            f.write(self.keys)
        self.args = ["arc-verify", "--json", "--keys", keys_path, "--time", time or NOW, *args]
        self.status, self.out, self.err = run(self.args, self.data, where)
        self.wrong = []
        try:
            self.json = json.loads(self.out.decode("utf-8")) if self.out else {}
        except ValueError as e:
            self.json = {}
            self.wrong.append("stdout is not JSON: %s" % e)

    def expect(self, what, found, wanted):
        if found != wanted:
            self.wrong.append("%s: wanted %r, found %r" % (what, wanted, found))

    def expect_keys(self, what, found, wanted):
        self.expect("keys of " + what, sorted(found or ()), sorted(wanted))

    def expect_shape(self):
        """All documented keys and no other."""
        j = self.json
        self.expect_keys("the message", j, KEYS)
        if sorted(j) != sorted(KEYS):
            return
        self.expect("schema", j["schema"], 1)
        self.expect("lines of stdout", self.out.count(b"\n"), 1)
        self.expect("stderr", NOTE.sub(b"", self.err), b"")
        numbers = [s["instance"] for s in j["sets"]]
        self.expect("order of sets", numbers, sorted(numbers))
        if j["arc"] != "fail":
            self.expect("code, instance, detail",
                        [j["code"], j["instance"], j["detail"]], [None] * 3)
        for s in j["sets"]:
            self.expect_keys("a set", s, SET_KEYS)
            for part, keys in (("ams", AMS_KEYS), ("seal", SEAL_KEYS)):
                if s.get(part) is not None:
                    self.expect_keys(part, s[part], keys)
            for part in ("ams", "seal"):
                key = (s.get(part) or {}).get("key")
                if key is not None:
                    self.expect_keys("key", key, KEY_KEYS)

    def expect_parts(self, parts):
        """parts: {"ams1": "fail body-hash", "seal2": "pass"}"""
        found = {}
        for s in self.json.get("sets", ()):
            for part in ("ams", "seal"):
                p = s[part]
                words = [p["status"], p["code"]] if p else []
                found["%s%d" % (part, s["instance"])] = " ".join(w for w in words if w)
        for name, wanted in parts.items():
            self.expect(name, found.get(name), wanted)

    def expect_lint(self, lint):
        text = json.dumps(self.json.get("lint"))
        for word in [lint] if isinstance(lint, str) else lint:
            if word not in text:
                self.wrong.append("lint: wanted %r, found %s" % (word, text))

    def end(self, line):
        state["cases"] += 1
        if not self.wrong:
            return
        state["wrong"] += 1
        print("== case %d, line %d of the script" % (state["cases"], line))
        for text in self.wrong:
            print("   " + text)
        print("-- exit %d, %s" % (self.status, self.out[:400].decode("utf-8", "backslashreplace")))
        if state["wrong"] > SHOWN:
            return
        for name, data in (("stderr", self.err), ("message", self.data),
                           ("keys", self.keys.encode("utf-8", "surrogateescape"))):
            text = data[:4000].decode("utf-8", "backslashreplace").replace("\r", "")
            print("-- %s\n%s" % (name, text))


def export(case, verdict, time, told, options=()):
    """Leave a case for tests/suite (tests/forge/make-suite): a message, its keys
    and what is to be said of it, {"arc": word} or {"dkim": [word, ...]}, if that
    depends on no option besides these."""
    where = os.environ.get("FORGE_EXPORT")
    if not where or case.args[6:] != list(options) or len(case.data) > 64000 or len(case.keys) > 64000:
        return
    row = {"test": os.environ["BATS_TEST_DESCRIPTION"], "topic": os.path.basename(os.environ["BATS_TEST_FILENAME"])[:-5],
           "time": time or NOW, "message": case.data.decode("latin-1"), "keys": case.keys, **verdict}
    row.update((name, told[name]) for name in ("code", "instance", "oldest_pass", "codes") if name in told)
    with open(where, "a", encoding="utf-8", errors="surrogateescape") as f:
        f.write(json.dumps(row) + "\n")


def check(status, arc, message, args, octets, keys, time, more, line):
    c = Case(message, args, octets, keys, time)
    if not more.get("temporary"):
        export(c, {"arc": arc}, time, more)
    c.expect("exit status", c.status, status)
    c.expect_shape()
    c.expect("arc", c.json.get("arc"), arc)
    for name in ("code", "instance", "oldest_pass", "temporary", "instances"):
        if name in more:
            c.expect(name, c.json.get(name), more.pop(name))
    c.expect_parts(more.pop("parts", {}))
    c.expect_lint(more.pop("lint", ()))
    if "detail" in more:
        detail = more.pop("detail")
        if detail not in (c.json.get("detail") or ""):
            c.wrong.append("detail: wanted %r, found %r" % (detail, c.json.get("detail")))
    assert not more, more
    c.end(line)


def passes(message, oldest=0, args=(), octets=None, keys=None, time=None, **more):
    more.update(oldest_pass=oldest, temporary=False)
    check(0, "pass", message, args, octets, keys, time, more, caller())


def fails(code, instance, message, args=(), octets=None, keys=None, time=None, **more):
    """code as arc-verify names it; instance None: no set is to blame."""
    more.update(code=code, instance=instance, oldest_pass=None, temporary=False)
    check(1, "fail", message, args, octets, keys, time, more, caller())


def tempfails(code, instance, message, args=(), octets=None, keys=None, time=None, **more):
    more.update(code=code, instance=instance, oldest_pass=None, temporary=True)
    check(75, "fail", message, args, octets, keys, time, more, caller())


def has_none(message, args=(), octets=None, keys=None, time=None, **more):
    more.update(oldest_pass=None, temporary=False, instances=0)
    check(2, "none", message, args, octets, keys, time, more, caller())


def no_verdict(status, code, message, args=(), octets=None, keys=None, time=None):
    """Trouble: a sentence on stderr that ends in [code], and no verdict."""
    c = Case(message, args, octets, keys, time)
    c.expect("exit status", c.status, status)
    c.expect("arc", c.json.get("arc"), None)
    if b"[%s]" % code.encode() not in c.err:
        c.wrong.append("stderr: [%s] is not there" % code)
    c.end(caller())


def caller():
    return sys._getframe(2).f_lineno
