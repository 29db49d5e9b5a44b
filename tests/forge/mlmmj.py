# SPDX-License-Identifier: BSD-2-Clause
"""mlmmj - mail through Debian's mlmmj

mlmmj-process tags and adds header fields, mlmmj-send puts the footer behind the
text as it hands the message to its mail server, which is here.  The package is
installed, or unpacked under UNPACKED; it needs no set-up."""
import os
import random
import socket
import subprocess
import tempfile
import threading

import exchange
import lists

FOLDERS = ("archive bounce control digesters.d incoming moderation nomailsubs.d queue queue/discarded requeue subconf"
           " subscribers.d text unsubconf").split()
HEADERS = "X-Mailinglist: tools\nList-Id: Tools <tools.list.example>\nPrecedence: list\nReply-To: tools@list.example\n"


class Server:
    """Takes messages by SMTP on a port of its own."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.octets = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            with self.socket.accept()[0] as s, s.makefile("rwb") as f:
                self.talk(f)

    def talk(self, f):
        f.write(b"220 here\r\n")
        f.flush()
        for line in f:
            word = line[:4].upper()
            if word == b"DATA":
                f.write(b"354 go on\r\n")
                f.flush()
                self.octets.append(b"".join(self.data(f)))
            f.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            f.flush()
            if word == b"QUIT":
                return

    def data(self, f):
        for line in f:
            if line == b".\r\n":
                return
            yield line[1:] if line.startswith(b".") else line


class List:
    """A list in a directory, of a program that may be unpacked alone."""

    def __init__(self, directory, prefix, footer, headers=HEADERS):
        self.directory, self.server = directory, Server()
        self.programs = os.path.join(os.environ.get("UNPACKED", "/"), "usr/bin")
        for name in FOLDERS:
            os.makedirs(os.path.join(directory, name), exist_ok=True)
        self.put("index", "0\n")
        self.put("control/listaddress", "tools@list.example\n")
        self.put("control/relayhost", "127.0.0.1\n")
        self.put("control/smtpport", "%d\n" % self.server.port)
        self.put("control/tocc", "")
        self.put("control/noarchive", "")
        self.put("control/customheaders", headers)
        if prefix:
            self.put("control/prefix", prefix + "\n")
        if footer:
            self.put("control/footer", footer)
        self.put("subscribers.d/s", "bob@other.example\n")

    def put(self, name, text):
        with open(os.path.join(self.directory, name), "w", encoding="ascii") as f:
            f.write(text)

    def send(self, octets):
        """What the subscriber gets; None where mlmmj sends nothing."""
        path = os.path.join(self.directory, "incoming", "mail")
        with open(path, "wb") as f:
            # as a mail server stores it
            f.write(b"Return-Path: <ann@author.example>\n" + octets.replace(b"\r\n", b"\n"))
        before = len(self.server.octets)
        subprocess.run([os.path.join(self.programs, "mlmmj-process"), "-L", self.directory, "-m", path], check=True)
        return self.server.octets[before] if len(self.server.octets) > before else None


FOOTERS = [
    "-- \nTools mailing list\n",
    "\n_______________________________________________\nTools mailing list\nTo unsubscribe send mail to tools+unsubscribe@list.example\n",
    "",
]
BODY = {"body.footer-appended"}
HEADER = {"hdr.subject-tagged", "hdr.case-of-reply", "hdr.subject-from-topic", "hdr.subject-reencoded", "hdr.field-added",
          "hdr.field-removed-stock"}


def cases(first, count):
    for number in range(first, first + count):
        rng = random.Random("mlmmj %d" % number)
        mail = exchange.Mail(number, rng, tag="[tools] ")
        with tempfile.TemporaryDirectory() as directory:
            prefix, footer = rng.choice(["[tools]", "[tools]", ""]), rng.choice(FOOTERS)
            octets = List(directory, prefix, footer).send(mail.message.octets())
        if octets is not None:
            yield lists.sent_case("mlmmj.%s.%d" % (mail.body.kind, number), mail, octets, BODY | lists.signers_own(mail), HEADER)
