# SPDX-License-Identifier: BSD-2-Clause
"""mailman3 - mail through the handlers of Debian's mailman3

stdin and stdout are messages, each after its length in four octets; an empty
one stands where Mailman fails.  The package is installed, or unpacked under
UNPACKED; it needs no server and no set-up, a new SQLite file is enough."""
import email
import io
import os
import random
import sys
import tempfile

ROOT = os.environ.get("UNPACKED", "/")
PACKAGES = os.path.join(ROOT, "usr/lib/python3/dist-packages")

CONFIG = """\
[mailman]
layout: here
[paths.here]
var_dir: {var}
bin_dir: /bin
[mta]
incoming: mailman.mta.null.NullMTA
[database]
class: mailman.database.sqlite.SQLiteDatabase
url: sqlite:///{var}/mailman.db
[archiver.prototype]
enable: no
"""
HANDLERS = ("subject-prefix", "dmarc", "cook-headers", "rfc-2369", "avoid-duplicates", "decorate")


def start(var):
    sys.path.append(PACKAGES)
    if ROOT != "/":
        import site

        site.addsitedir(PACKAGES)
    path = os.path.join(var, "mailman.cfg")
    with open(path, "w", encoding="ascii") as f:
        f.write(CONFIG.format(var=var))
    from mailman.core.initialize import initialize

    initialize(path)
    from mailman.app.lifecycle import create_list
    from mailman.interfaces.domain import IDomainManager
    from zope.component import getUtility

    getUtility(IDomainManager).add("list.example")
    return create_list("tools@list.example")


def process(mlist, octets, rng):
    from mailman.config import config
    from mailman.email.message import Message
    from mailman.interfaces.mailinglist import DMARCMitigateAction

    msg = email.message_from_bytes(octets, Message)
    mlist.subject_prefix = rng.choice(["[tools] ", "[tools] ", ""])
    mlist.dmarc_mitigate_action = DMARCMitigateAction.munge_from
    mlist.preferred_language = rng.choice(["en"] * 4 + ["de", "fr"])
    data = {"original_subject": msg["subject"], "original_sender": "x@author.example", "lang": "en", "recipients": set(),
            "dmarc": rng.random() < 0.45}
    for name in HANDLERS:
        config.handlers[name].process(mlist, msg, data)
    out = io.BytesIO()
    # as mailman.email.message.Message.as_bytes() does for the outgoing runner
    email.generator.BytesGenerator(out, mangle_from_=False, policy=email.policy.compat32.clone(linesep="\r\n")).flatten(msg)
    return out.getvalue()


def main():
    with tempfile.TemporaryDirectory() as var:
        mlist = start(var)
        rng = random.Random("mailman3")
        read, write = sys.stdin.buffer.read, sys.stdout.buffer.write
        while len(size := read(4)) == 4:
            octets = read(int.from_bytes(size, "big"))
            try:
                sent = process(mlist, octets, rng)
            except (LookupError, UnicodeError) as e:
                print("%s" % e, file=sys.stderr)
                sent = b""
            write(len(sent).to_bytes(4, "big") + sent)


if __name__ == "__main__":
    main()
