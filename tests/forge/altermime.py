# SPDX-License-Identifier: BSD-2-Clause
"""altermime - mail through Debian's altermime, which puts disclaimers into
parts, as filters behind Postfix call it"""
import os
import random
import subprocess
import tempfile

import exchange
import lists

TEXTS = [
    "This message is confidential.\n",
    "\n--\nThis e-mail and any files transmitted with it are confidential.\nIf you have received it in error, delete it.\n",
    "_______________________________________________\nExample Ltd, 1 Example Street\n",
]
OPTIONS = [["--htmltoo"], [], ["--htmltoo", "--force-into-b64"], ["--multipart-insert", "--htmltoo"]]
BODY = {"body.footer-appended", "body.footer-in-parts", "body.html-inserted", "body.base64-rewrapped", "body.mime-part-added"}


def altered(octets, text, options):
    """What it makes of a message, whose lines end in LF for it; None where it fails."""
    with tempfile.TemporaryDirectory() as directory:
        for name, data in (("mail", octets.replace(b"\r\n", b"\n")), ("text", text.encode())):
            with open(os.path.join(directory, name), "wb") as f:
                f.write(data)
        p = subprocess.run(["altermime", "--input=mail", "--disclaimer=text", *options], cwd=directory,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        with open(os.path.join(directory, "mail"), "rb") as f:
            return f.read() if p.returncode == 0 else None


def cases(first, count):
    for number in range(first, first + count):
        rng = random.Random("altermime %d" % number)
        mail = exchange.Mail(number, rng)
        octets = altered(mail.message.octets(), rng.choice(TEXTS), rng.choice(OPTIONS))
        if octets is not None:
            octets = octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            yield lists.sent_case("altermime.%s.%d" % (mail.body.kind, number), mail, octets, BODY | lists.signers_own(mail), set())
