# SPDX-License-Identifier: BSD-2-Clause
"""wild - signed mail as list managers, gateways and relays hand it on, any two or
three after one another

Each edit here is one habit of one product, written from how its mail looks.  No
cause is named: what --why says is checked against the message that was signed.

    wild.py COUNT [FIRST] [KEEP]     a line for each message that is not
                                     explained whole, or wrongly"""
import os
import quopri
import random
import re
import sys
import tempfile
from urllib.parse import quote

import exchange
import grade
import lists
from arc import octets

CRLF = b"\r\n"
LIST = "tools"


# ---- what edits are made of


def value(m, name):
    try:
        return re.sub(rb"\r\n(?=[ \t])", b"", m.field(name).raw.split(b":", 1)[1]).strip().decode("ascii", "replace")
    except KeyError:
        return None


def put(m, name, text):
    """In its place; at the end when there was none."""
    if value(m, name) is None:
        m.bottom("%s: %s" % (name, text))
    else:
        m.rewrite(name, 0, lambda r: octets("%s: %s\n" % (name, text)))


class Leaf:
    """A text part, or the body itself: kind, octets of the text, how coded."""

    def __init__(self, m):
        self.m = m
        self.kind = re.match(r"(?i)\s*text/(plain|html)", value(m, "Content-Type") or "text/plain")
        self.charset = lists.param(value(m, "Content-Type"), "charset") or "us-ascii"
        self.coding = (value(m, "Content-Transfer-Encoding") or "7bit").lower()

    def text(self):
        return lists.decoded(self.coding, self.m.body)

    def put(self, text):
        self.m.body = coded(self.coding, text)


def coded(coding, text):
    if coding == "base64":
        return exchange.b64(text)
    if coding == "quoted-printable":
        return exchange.qp(text)
    return text


def texts(m, change):
    """change(octets, html) of each text, encoded as before."""
    edge = lists.param(value(m, "Content-Type"), "boundary")
    if edge is None:
        leaf = Leaf(m)
        if leaf.kind:
            leaf.put(change(leaf.text(), leaf.kind.group(1).lower() == "html"))
        return
    mark = b"--" + edge.encode()
    pieces = m.body.split(mark)
    for k, piece in enumerate(pieces[1:-1], 1):
        head, blank, text = piece.partition(CRLF + CRLF)
        kind = re.search(rb"(?im)^content-type:\s*text/(plain|html)", head)
        if not kind or b"attachment" in head:
            continue
        how = re.search(rb"(?im)^content-transfer-encoding:\s*([^\s;]+)", head)
        how = how.group(1).decode().lower() if how else "7bit"
        body, end = (text[:-2], CRLF) if text.endswith(CRLF) else (text, b"")
        pieces[k] = head + blank + coded(how, change(lists.decoded(how, body), kind.group(1).lower() == b"html")).removesuffix(CRLF) + end
    m.body = mark.join(pieces)


def end(plain, html):
    def change(text, is_html):
        if is_html:
            return text.replace(b"</body>", octets(html) + b"</body>") if b"</body>" in text else text + octets(html)
        return text + (b"" if text.endswith(CRLF) else CRLF) + octets(plain)
    return change


def start(plain, html):
    def change(text, is_html):
        if is_html:
            return re.sub(rb"(<body[^>]*>)", lambda x: x.group(1) + octets(html), text, count=1)
        return octets(plain) + text
    return change


# ---- list managers


def prefix(text):
    def edit(m, rng):
        subject = value(m, "Subject") or ""
        if text.strip().lower() not in subject.lower():
            put(m, "Subject", text + subject)
    return edit


def prefix_behind_re(m, rng):
    subject = value(m, "Subject") or ""
    if "[%s]" % LIST in subject:
        return
    reply = re.match(r"(?i)(re|aw|sv|fwd?): *", subject)
    put(m, "Subject", ("Re: " if reply else "") + "[%s] " % LIST + subject[reply.end() if reply else 0 :])


def mlmmj(m, rng):
    prefix("[%s] " % LIST)(m, rng)
    m.body += octets("-- \n%s mailing list\nTo unsubscribe: <mailto:%s+unsubscribe@list.example>\n" % (LIST, LIST))
    m.top("Precedence: list\nList-Id: <%s.list.example>" % LIST)


def ezmlm(m, rng):
    prefix("[%s] " % LIST)(m, rng)
    rule = "-" * 69
    texts(m, end("\n%s\nTo unsubscribe, e-mail: %s-unsubscribe@list.example\nFor additional commands, e-mail: %s-help@list.example\n\n" % (rule, LIST, LIST), ""))
    m.top("Mailing-List: contact %s-help@list.example; run by ezmlm\nPrecedence: bulk\nReply-To: %s@list.example\nDelivered-To: mailing list %s@list.example" % (LIST, LIST, LIST))


def sympa(m, rng):
    prefix_behind_re(m, rng)
    name, address = lists.parseaddr(value(m, "From"))
    if rng.random() < 0.5:
        put(m, "From", '"%s (via %s Mailing List)" <%s@list.example>' % (address, LIST, LIST))
        m.bottom("X-Original-From: %s" % ('"%s" <%s>' % (name, address) if name and not name.startswith("=?") else value(m, "Reply-To") or address))
        m.rewrite("X-Original-From", 0, lambda r, v=value_before(m): octets("X-Original-From: %s\n" % v))
    m.bottom("X-Loop: %s@list.example\nErrors-To: %s-owner@list.example\nX-Sequence: 12\nList-Id: <%s.list.example>" % (LIST, LIST, LIST))


def value_before(m):
    return m.author


def google(m, rng):
    name, address = lists.parseaddr(m.author)
    if rng.random() < 0.6:
        put(m, "From", "'%s' via %s <%s@list.example>" % (name or address, LIST, LIST))
        m.bottom("X-Original-From: %s\nReply-To: %s" % (m.author, m.author))
    texts(m, end("\n-- \nYou received this message because you are subscribed to the Google Groups \"%s\" group.\nTo unsubscribe from this group and stop receiving emails from it, send an email to %s+unsubscribe@list.example.\nTo view this discussion visit https://groups.example/d/msgid/x.\n" % (LIST, LIST),
                 "\n\n<p></p>\n\n-- <br />\nYou received this message because you are subscribed to the Google Groups &quot;%s&quot; group.<br />\n" % LIST))
    m.bottom("X-Original-Sender: %s\nPrecedence: list\nMailing-list: list %s@list.example" % (address, LIST))


def listserv(m, rng):
    prefix_behind_re(m, rng)
    rule = "#" * 72
    texts(m, end("\n%s\n\nTo unsubscribe from the %s list:\nwrite to: mailto:%s-SIGNOFF-REQUEST@list.example\n" % (rule, LIST.upper(), LIST.upper()),
                 '<hr align="center" size="1"><p align="center">To unsubscribe from the %s list, click the following link</p>' % LIST.upper()))
    m.bottom("Sender: %s discussion <%s@list.example>\nPrecedence: list" % (LIST, LIST.upper()))


def groups_io(m, rng):
    prefix("[%s] " % LIST)(m, rng)
    texts(m, end("\n\n-=-=-=-=-=-=-=-=-=-=-=-\nGroups.example Links: You receive all messages sent to this group.\nView/Reply Online (#12): https://groups.example/g/x/message/12\n-=-=-=-=-=-=-=-=-=-=-=-\n\n",
                 '\n\n<div width="1" style="color:white;clear:both">_._,_._,_</div>\n<hr>\nGroups.example Links:<p>\n'))
    m.top("Reply-To: %s@list.example\nList-Id: <%s.list.example>" % (LIST, LIST))


def majordomo(m, rng):
    prefix_behind_re(m, rng)
    m.body += octets("\nTo unsubscribe from this list: send the line \"unsubscribe %s\" in\nthe body of a message to majordomo@list.example\n" % LIST)
    m.top("Sender: owner-%s@list.example\nPrecedence: bulk" % LIST)


def mailman2(m, rng):
    class Bag:
        pass

    mail = Bag()
    mail.message, mail.value = m, lambda n: value(m, n)
    mail.body = exchange.Body(m.kind, value(m, "Content-Type"), value(m, "Content-Transfer-Encoding"), m.body)
    how = lists.Mailman2(rng, lists.FOOTERS[rng.choice(["mailman2", "short", "dashes"])], charset=rng.choice(["us-ascii", "utf-8"]), munge=rng.random() < 0.4)
    sent = how.send(mail)
    m.fields, m.body = sent.fields, sent.body


# ---- gateways and relays


def external_banner(m, rng):
    plain, html = rng.choice([
        ("CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender.\n\n",
         '<div style="background-color:#FFEB9C;"><span style="color:#9C6500;">CAUTION:</span> This email originated from outside of the organization.</div><br>'),
        ("[EXTERNAL EMAIL]\n\n", "<p>[EXTERNAL EMAIL]</p>\n"),
        ("ZjQcmQRYFpfptBannerStart\nThis Message Is From an External Sender\nThis message came from outside your organization.\nZjQcmQRYFpfptBannerEnd\n",
         '<div style="display:none">ZjQcmQRYFpfptBannerStart</div><div>This Message Is From an External Sender</div>'),
        ("External email: Use caution opening links or attachments\n\n\n", "<div>External email: Use caution opening links or attachments</div>\n"),
    ])
    texts(m, start(plain, html))


def disclaimer(m, rng):
    plain, html = rng.choice([
        ("\n%s\nThis email has been scanned by the Email Security.cloud service.\nFor more information please visit http://cloud.example\n%s\n" % ("_" * 70, "_" * 70), "<br clear=all> <br>__<br>scanned<br>"),
        ("\n-- \nThis email has been checked for viruses by antivirus software.\nwww.av.example\n", "<br /><table style=\"border-top: 1px solid #D3D4DE;\"><tr><td>Virus-free.</td></tr></table>"),
        ("\nThis e-mail and any attachment are confidential.\nIf you are not the intended recipient, delete it.\n", "<p>This e-mail and any attachment are confidential.</p>"),
        ("\nExample Ltd, Registered in England No. 123456\n", "<p>Example Ltd</p>\n"),
    ])
    texts(m, end(plain, html))


def links(m, rng):
    wrap = rng.choice([
        lambda u: "https://eur01.safelinks.protection.outlook.com/?url=%s&data=05%%7C02%%7Cx&sdata=abc%%3D&reserved=0" % quote(u, safe=""),
        lambda u: "https://urldefense.com/v3/__%s__;!!AbCd!xyz123$" % u,
        lambda u: "https://linkprotect.cudasvc.com/url?a=%s&c=E,1,abc&typo=1" % quote(u, safe=""),
        lambda u: "https://urldefense.proofpoint.com/v2/url?u=%s&d=DwICaQ&c=x&r=y&m=z&s=q&e=" % u.replace("_", "-5F").replace("?", "-3F").replace("&", "-26").replace("=", "-3D").replace(":", "-3A").replace("/", "_"),
        lambda u: "https://secure-web.cisco.com/1AbC/%s" % quote(u, safe=""),
    ])

    def change(text, html):
        return re.sub(rb"https?://[a-z]+\.example/[A-Za-z0-9/.?=_-]*[A-Za-z0-9/]", lambda x: octets(wrap(x.group().decode()).replace("&", "&amp;" if html else "&")), text)
    texts(m, change)


def subject_mark(m, rng):
    mark = rng.choice(["[EXTERNAL] ", "[EXT] ", "*** SPAM *** ", "{Spam?} ", "[SPAM] ", "EXTERNAL: ", "[SUSPECTED SPAM]", "{Disarmed} ", "[Ext] ", "[EXTERN] ", "**EXTERNAL** ", "(Ext) "])
    put(m, "Subject", mark + (value(m, "Subject") or ""))


def recode(to):
    def edit(m, rng):
        if lists.param(value(m, "Content-Type"), "boundary"):
            return
        leaf = Leaf(m)
        text = leaf.text()
        if to in ("8bit", "7bit") and re.search(rb"[\x80-\xff]", text) and to == "7bit":
            return
        if leaf.coding == to or (to == "8bit" and any(len(x) > 998 for x in text.split(CRLF))):
            return
        m.body = rng.choice([exchange.qp, lambda d: quopri.encodestring(d.replace(CRLF, b"\n")).replace(b"\n", CRLF)])(text) if to == "quoted-printable" else coded(to, text)
        put(m, "Content-Transfer-Encoding", to)
    return edit


def to_utf8(m, rng):
    if lists.param(value(m, "Content-Type"), "boundary"):
        return
    leaf = Leaf(m)
    if leaf.charset.lower() == "utf-8":
        return
    try:
        text = leaf.text().decode(leaf.charset).encode("utf-8")
    except UnicodeDecodeError:
        return
    leaf.coding = rng.choice(["8bit", "quoted-printable", "base64"])
    leaf.put(text)
    put(m, "Content-Type", rng.choice(['text/plain; charset="utf-8"', "text/plain; charset=utf-8", "text/plain; charset=UTF-8"]))
    put(m, "Content-Transfer-Encoding", leaf.coding)


def requote(m, rng):
    v = value(m, "Content-Type")
    if v:
        put(m, "Content-Type", v.replace('"', "") if '"' in v else re.sub(r"=([^;]+)", r'="\1"', v))


def names(m, rng):
    v = value(m, "From")
    name, address = lists.parseaddr(v)
    if name and not name.startswith("=?"):
        put(m, "From", "%s <%s>" % (name, address) if v.startswith('"') and not re.search(r"[,.()]", name) else '"%s" <%s>' % (name, address))


def dates(m, rng):
    v = value(m, "Date")
    put(m, "Date", rng.choice([v.replace("Thu, 9", "Thu, 09"), v + " (CEST)", "Thu, 09 Oct 2025 08:53:12 +0000", "Thu, 9 Oct 2025 08:53:12 GMT"]))


def recipients(m, rng):
    v = value(m, "To")
    put(m, "To", rng.choice([v.replace(", ", ","), v.replace("<", "").replace(">", "") if "Bob" not in v else v.replace(", ", ",\n\t"), v.replace("Bob", '"Bob"')]))


def stuffed(m, rng):
    m.body = re.sub(rb"(?m)^From ", b">From ", m.body)


def no_trailing(m, rng):
    m.body = re.sub(rb"[ \t]+\r\n", CRLF, m.body)


def blank_first(m, rng):
    m.body = CRLF + m.body


def avast_fields(m, rng):
    m.bottom("X-Antivirus: AVG (VPS 251009-0)\nX-Antivirus-Status: Clean")


def wrapped_report(m, rng):
    """A filter's report, and the message within."""
    inner = b"".join(f.raw for f in m.fields if f.kind is None and f.name in (b"content-type", b"content-transfer-encoding"))
    m.body = (b"--rep\r\n" + inner + b"\r\n" + m.body + b"\r\n--rep\r\nContent-Type: text/plain\r\n\r\nScanned by a filter.\r\n--rep--\r\n")
    for name in ("Content-Type", "Content-Transfer-Encoding"):
        if value(m, name) is not None:
            m.drop(name)
    m.bottom('Content-Type: multipart/mixed; boundary="rep"')


LISTS = [mlmmj, ezmlm, sympa, google, listserv, groups_io, majordomo, mailman2, mailman2]
GATES = [external_banner, disclaimer, links, subject_mark, recode("8bit"), recode("quoted-printable"), recode("base64"), to_utf8, requote, names,
         dates, recipients, stuffed, no_trailing, blank_first, wrapped_report, avast_fields]


# ---- what may be said


class Before:
    """As grade.octets_wrong() wants a case."""

    def __init__(self, before, message):
        self.before, self.message, self.octets = before, message, message.octets()


def made(number):
    rng = random.Random("wild %d" % number)
    mail = exchange.Mail(number, rng)
    m = mail.message.copy()
    signed = mail.message.copy()
    if mail.adcheck:
        signed.top("X-MS-Exchange-SenderADCheck: 1")
    m.author, m.kind = value(m, "From"), mail.body.kind
    some = rng.choice([[rng.choice(LISTS)], [rng.choice(LISTS)], [rng.choice(GATES)], [rng.choice(GATES), rng.choice(GATES)],
                       [rng.choice(LISTS), rng.choice(GATES)], [rng.choice(GATES), rng.choice(LISTS)]])
    for edit in some:
        edit(m, rng)
    if m.body and not m.body.endswith(CRLF):
        m.body += CRLF
    return mail, signed, m, [getattr(e, "__qualname__", "?").replace(".<locals>.edit", "") for e in some]


def look(number, directory):
    """Edits; what is not explained; what is wrong."""
    mail, signed, m, what = made(number)
    case = Before(signed, m)
    case.name, case.message.records = str(number), mail.message.records
    found = grade.explain(case, directory)
    why = found["why"]
    if found["arc"] != "fail":
        return what, None, [], case
    fails = {w["field"] for w in why if w["field"].startswith("ams")}
    left = [f for f in sorted(fails) if not any(w["field"] == f and w["level"] == "proved" for w in why)]
    wrong = [w["cause"] for w in why if w["who"]["role"] == "signer" and w["who"]["certainty"] != "open" and w["cause"] != "body.hashed-as-utf8"]
    if mail.body.kind != "misread":
        octets_ = grade.octets_wrong(case, found, 1)
        wrong += [octets_] if octets_ else []
    return what, left, wrong, case


def main():
    count, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    n = whole = bad = 0
    kinds = {}
    with tempfile.TemporaryDirectory() as directory:
        for number in range(first, first + count):
            try:
                what, left, wrong, case = look(number, directory)
            except ValueError:  # an edit cannot decode what another left
                continue
            if left is None:
                continue
            n += 1
            whole += not left
            bad += bool(wrong)
            for name in what:
                k = kinds.setdefault(name, [0, 0])
                k[0] += not left
                k[1] += 1
            if left or wrong:
                print("%d %s: %s left %s wrong %s" % (number, made(number)[0].body.kind, "+".join(what), left, wrong), flush=True)
                if len(sys.argv) > 3:
                    stem = os.path.join(sys.argv[3], str(number))
                    open(stem + ".eml", "wb").write(case.octets)
                    open(stem + ".was", "wb").write(case.before.octets())
                    open(stem + ".keys", "w").write(case.message.keys_file())
    print(", ".join("%s %d of %d" % (k, *v) for k, v in sorted(kinds.items())))
    print("wild: %d of %d explained whole, %d wrong" % (whole, n, bad))


if __name__ == "__main__":
    main()
