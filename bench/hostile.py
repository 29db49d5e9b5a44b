# SPDX-License-Identifier: BSD-2-Clause
"""hostile - messages of up to 100 KB that are sealed right and built to cost

shapes() gives a name, and a function that makes the message."""
from arc import HEADER, chain

SIGNED = "from:to:subject:date:message-id"
KEY = "rsa2048-a"


def more(names):
    """The names of h=, and some besides."""
    return lambda text: text.replace(SIGNED, SIGNED + names)


def partial(i, octets):
    """Each set hashes a length of its own, in one of four ways."""
    ways = ("simple", "relaxed")
    return lambda text: text.replace(
        "c=relaxed/relaxed", "c=%s/%s; l=%d" % (ways[i % 2], ways[i // 2 % 2], octets - 7 * i))


def shapes():
    lines = "AbCdEfGh" * 9 + "Abcd\n"
    small = dict(body="x\n", key=KEY)
    large = HEADER + "X-Large: " + "a b  c\t d\n " * 4000 + "end\n"
    return {
        "three sets over a long body": lambda: chain(3, body=lines * 1200, key=KEY),
        "50 sets": lambda: chain(50, body=lines * 400, key=KEY),
        "50 sets, each over a field of 40 KB": lambda: chain(50, header=large, ams=more(":x-large"), **small),
        "50 sets, each over a body of its own length": lambda: chain(
            50, body=lines * 400, key=KEY, sets={i: dict(ams=partial(i, 30000)) for i in range(1, 51)}),
        "12,000 fields": lambda: chain(1, header=HEADER + "".join("a%d:\n" % (i % 1000) for i in range(12000)), **small),
        "a name in h= 25,000 times, 10,000 such fields": lambda: chain(
            1, header=HEADER + "b:\n" * 10000, ams=more(":b" * 25000), **small),
        "h= of 11,000 names": lambda: chain(1, ams=more("".join(":x%d" % i for i in range(11000))), **small),
        "ten sets, each h= of 1,100 names": lambda: chain(10, ams=more("".join(":x%d" % i for i in range(1100))), **small),
        "12,000 tags": lambda: chain(
            1, ams=lambda text: text.replace("b=@b", "".join("x%d=;" % i for i in range(12000)) + " b=@b"), **small),
        "a body of blanks": lambda: chain(3, body=" a\t " * 24000 + "\n", key=KEY),
        "a body of empty lines": lambda: chain(3, body="\n" * 47000 + "x\n", key=KEY),
        "a field of 30,000 folds": lambda: chain(1, header=HEADER.replace("Subject: ", "Subject:" + " \n " * 22000), **small),
        "comments 45,000 deep": lambda: chain(1, aar="i=1; d1.example; spf=pass " + "(" * 45000 + ")" * 45000, **small),
        "20,000 results": lambda: chain(1, aar="i=1; d1.example" + "; a=b" * 19000, **small),
        "50 sets, Ed25519": lambda: chain(50, body="x\n", key="ed25519-a"),
        "15 sets, RSA of 4,096 bits": lambda: chain(15, body="x\n", key="rsa4096"),
        "16 sets, RSA of 16,384 bits": lambda: chain(16, body="x\n", key="rsa16384"),
    }
