#!/usr/bin/env bats
# A message as people hand it over: packed, pasted, converted, attached.
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	cp "$SAMPLES/pass-three-hops.eml" good.eml
	cat >make.py <<-'PY'
	import base64, email, gzip, json, quopri, sys, zipfile
	good = open("good.eml", "rb").read()
	lf = good.replace(b"\r\n", b"\n")
	text = lf.decode()
	outer = ("From: ops@isp.example\nTo: help@isp.example\nSubject: Fwd: this one fails\n"
	         "Date: Mon, 9 Feb 2026 15:00:00 +0100\nMessage-ID: <f1@isp.example>\nMIME-Version: 1.0\n")

	def save(name, octets):
	    open(name, "wb").write(octets if isinstance(octets, bytes) else octets.encode())

	def mixed(*parts):
	    return (outer + 'Content-Type: multipart/mixed; boundary="b1"\n\n'
	            + "".join("--b1\n%s\n%s\n" % p for p in parts) + "--b1--\n")

	# What is no message.
	save("gz", gzip.compress(good))
	with zipfile.ZipFile("zip", "w") as z:
	    z.writestr("good.eml", good)
	save("msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000))
	save("pdf", b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n")
	save("tnef", b"\x78\x9f\x3e\x22" + bytes(100))
	save("utf16le", text.encode("utf-16-le"))
	save("utf16be", text.encode("utf-16-be"))
	save("utf16", text.encode("utf-16"))
	save("cr", lf.replace(b"\n", b"\r"))
	save("crcrlf", lf.replace(b"\n", b"\r\r\n"))
	save("fence", "```\n" + text + "```\n")
	save("html", "<!DOCTYPE html>\n<html><body><pre>" + text + "</pre></body></html>\n")
	save("json", json.dumps([{"name": "ARC-Seal", "value": text}]))
	save("json-indented", json.dumps({"headers": {"ARC-Seal": text}}, indent=1))
	save("json-flat", '{"ARC-Seal":"i=1"}\n\n')
	save("base64", base64.encodebytes(good))
	save("base64-long", base64.b64encode(good))
	save("qp", quopri.encodestring(lf))
	save("blank", "\n" + text)
	save("blanks", "\r\n\r\n" + text)
	save("indented", "".join(" " + line for line in text.splitlines(True)))
	save("quoted", "".join("> " + line for line in text.splitlines(True)))
	save("quoted-close", "".join(">" + line for line in text.splitlines(True)))
	save("empty", "")

	# More of each kind, in a directory each; its name is what the line says.
	import base64, binascii, bz2, html, io, lzma, os, re, tarfile, urllib.parse, zlib
	H, B = text.split("\n\n", 1)
	each = lambda form, of=text: "".join(form % line for line in of.splitlines(True))

	def kind(says, **inputs):
	    os.makedirs("kinds/" + says, exist_ok=True)
	    for name, octets in inputs.items():
	        save("kinds/%s/%s" % (says, name), octets)

	tar = io.BytesIO()
	with tarfile.open(fileobj=tar, mode="w") as t:
	    entry = tarfile.TarInfo("mail/good.eml")
	    entry.size = len(good)
	    t.addfile(entry, io.BytesIO(good))
	kind("tar file", tar=tar.getvalue())
	kind("bzip2 file", bz2=bz2.compress(good))
	kind("xz file", xz=lzma.compress(good))
	kind("lzma file", lzma=lzma.compress(good, format=lzma.FORMAT_ALONE))
	kind("zlib data", zlib=zlib.compress(good), best=zlib.compress(good, 9))
	kind("unpack it first", z=b"\x1f\x9d\x90" + bytes(99), lz4=b"\x04\x22\x4d\x18" + bytes(99), rar=b"Rar!\x1a\x07\x01\0",
	     sevenz=b"7z\xbc\xaf\x27\x1c" + bytes(60), cab=b"MSCF\0\0\0\0" + bytes(40), lzip=b"LZIP\x01" + bytes(40), ar=b"!<arch>\ndebian-binary   ",
	     zst=b"\x28\xb5\x2f\xfd" + bytes(40), cpio=b"070701" + b"0" * 104)
	kind("an image", png=b"\x89PNG\r\n\x1a\n" + bytes(50), jpeg=b"\xff\xd8\xff\xe0\0\x10JFIF", gif=b"GIF89a" + bytes(30), heic=b"\0\0\0\x18ftypheic")
	kind("get the raw source", rtf="{\\rtf1 From: a", ps="%!PS-Adobe-3.0\n", pdf=b"\r\n%PDF-1.7\n", pdfbom=b"\xef\xbb\xbf%PDF-1.7\n")
	kind("Outlook data file", pst=b"!BDN" + bytes(99))
	kind("it is a program", elf=b"\x7fELF" + bytes(99))
	kind("SQLite database", db=b"SQLite format 3\0" + bytes(99))
	kind("NUL bytes", nuls=bytes(4096))
	kind("white space only", nl="\n", crlf="\r\n", lines="\n\n\n", spaces="  \n\t\n")
	kind("UTF-32 text", bom=text.encode("utf-32"), le=text.encode("utf-32-le"), be=text.encode("utf-32-be"))
	kind("UTF-16LE", le=text.replace("\n", "\r\n").encode("utf-16-le"))
	kind("EBCDIC text", cp500=text.encode("cp500"), cp037=text.encode("cp037"))
	kind("UTF-16BE", be=text.encode("utf-16-be"))
	b64 = base64.b64encode(good)
	kind("decode it first with base64 -d", crlf=base64.encodebytes(good).replace(b"\n", b"\r\n"), url=base64.urlsafe_b64encode(good),
	     nopad=base64.encodebytes(good).rstrip(b"=\n"), short=re.sub(b"(.{8})", rb"\1\n", b64), leading=b"\n" + b64, quotes=b'"' + b64 + b'"',
	     data=b"data:message/rfc822;base64," + b64, bom=base64.encodebytes(b"\xef\xbb\xbf" + good), mbox=base64.encodebytes(b"From a@b.example Mon Feb  9 14:05:38 2026\n" + good))
	kind("base64 of a file", gz=base64.encodebytes(gzip.compress(good)), utf16=base64.encodebytes(text.encode("utf-16")))
	kind("PEM or PGP armor", key="-----BEGIN PRIVATE KEY-----\nMIIE\n", pgp="-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + text)
	kind("hexadecimal", hex=binascii.hexlify(good))
	kind("hex dump", xxd="00000000: 4152 432d 5365 616c  ARC-Seal\n", c="00000000  41 52 43 2d 53 65 61 6c  |ARC-Seal|\n")
	kind("uuencoded", uu="begin 644 good.eml\n" + binascii.b2a_uu(good[:45]).decode())
	kind("percent-encoded", url=urllib.parse.quote(text))
	kind("LF CR", lfcr=text.replace("\n", "\n\r"))
	kind("an empty line follows each line", lf=text.replace("\n", "\n\n"), crlf=text.replace("\n", "\r\n\r\n"))
	kind("all fields are in one line", joined=text.replace("\n", " "), nel=text.replace("\n", "\u0085"), latin1=text.encode("latin-1", "replace").replace(b"\n", b"\x85"), ls=text.replace("\n", "\u2028"))
	kind("written as", lf=text.replace("\n", "\\n"), crlf=text.replace("\n", "\\r\\n"), python=repr(good), quoted=json.dumps(text))
	kind("JSON", mailhog=json.dumps({"items": [{"Raw": {"Data": text}}]}), ses=json.dumps({"mail": {}, "content": text}), lines='{"raw":"x"}\n{"raw":"y"}\n',
	     empty="{}\n", strings=json.dumps([text]), single="{'raw': 'x'}", own='{"schema":1,"file":"x"}\n')
	kind("YAML", one="message: |\n" + each("  %s"), doc="---\nsubject: x\nraw: |-\n" + each("  %s"))
	kind("XML", xml='<?xml version="1.0"?>\n<mail>' + html.escape(text) + "</mail>\n")
	kind("HTML page", pre="<pre>" + html.escape(text) + "</pre>")
	kind("it is a log", iso="2026-02-09T14:05:38.123Z mx rspamd[1]: ARC: fail\n")
	kind("calendar or a contact", ics="BEGIN:VCALENDAR\nVERSION:2.0\n", vcf="BEGIN:VCARD\nVERSION:3.0\n")
	kind("each line has a prefix", bar=each("| %s"), initials=each("AB> %s"), grep=each("good.eml:%s"), string=each('"%s'),
	     numbers="".join("%4d\t%s" % pair for pair in enumerate(text.splitlines(True), 1)), colons="".join("%d: %s" % pair for pair in enumerate(text.splitlines(True), 1)))
	kind("it is a patch", git="diff --git a/x b/x\n" + each("+%s"), plain="--- a/x\n+++ b/x\n" + each("+%s"))
	kind("indented", md=each("    %s"), tabs=each("\t%s"), below="\n\n" + each("  %s"))
	kind("quoted with", twice=each("> > %s"), close=each(">>%s"))
	kind("first line is empty", bom=b"\xef\xbb\xbf\n" + good, mbox="From a@b.example Mon Feb  9 14:05:38 2026\n\n" + text)
	kind("byte order mark", twice=b"\xef\xbb\xbf" * 2 + good, mojibake="\u00ef\u00bb\u00bf" + text)
	kind("invisible character", zwsp="\u200b" + text, lrm="\u200e" + text)
	kind("no-break space", lead="\u00a0" + text, folds=H.replace("\n ", "\n\u00a0") + "\n\n" + B, all=text.replace(" ", "\u00a0"))
	kind("escape sequences", ansi="\x1b[1mARC-Seal\x1b[0m: i=1\n" + text)
	kind("no colons", tabs=re.sub("^([A-Za-z-]+): ", r"\1\t", H, flags=re.M), lines=re.sub("^([A-Za-z-]+): ", r"\1\n", H, flags=re.M))
	kind("lost the white space", stripped=re.sub("\n[ \t]+", "\n", H) + "\n\n" + B)
	kind("wrapped", wrapped=re.sub("(.{40}[^\n]*?) ", r"\1\n", H) + "\n\n" + B)
	kind("ends in white space", trailing=text.replace("\n", " \n"))
	kind("text above the header", fence="Here it is:\n\n```\n" + text + "```\n", words="See below.\n\n" + text, marker="---------- Forwarded message ---------\n" + text,
	     outlook="-----Original Message-----\n" + text, apple="Begin forwarded message:\n" + text, gmail="Download Original\nCopy to clipboard\n" + text,
	     internet="Internet Headers:\n" + H, shell="$ cat good.eml\n" + text, show="Original Message\n\nMessage ID\t<m1@x>\nSPF:\tPASS\n\n" + text)
	kind("HTTP response", typed="HTTP/1.1 200 OK\nContent-Type: message/rfc822\n\n" + text)
	kind("SMTP dialogue", server="220 mx ESMTP\nEHLO x\n250 ok\nDATA\n354 go\n" + text + ".\n", client="HELO x\nMAIL FROM:<a@b.example>\nDATA\n" + text)
	kind("POP3 response", pop="+OK 3000 octets\n" + text + ".\n")
	kind("IMAP response", imap="* 1 FETCH (BODY[] {%d}\n%s)\na OK\n" % (len(text), text))
	kind("postcat -bh", postcat="*** ENVELOPE RECORDS deferred/A/ABC ***\nmessage_size: 3000\n*** MESSAGE CONTENTS deferred/A/ABC ***\n" + text)
	kind("Apple Mail .emlx", emlx="%d\n%s<?xml version=\"1.0\"?>\n<plist></plist>\n" % (len(text), text))
	kind("mbox separator", quoted=">From a@b.example Mon Feb  9 14:05:38 2026\n" + text, undated="From a@b.example\n" + text)
	kind("a mailbox in the", mmdf="\1\1\1\1\n" + text, babyl="BABYL OPTIONS: -*- rmail -*-\nVersion: 5\n" + text, mbx="*mbx*\r\n12345678\r\n")
	kind("MIME boundary", part="--b1\nContent-Type: message/rfc822\n\n" + text + "--b1--\n", form='--xYzZY\r\nContent-Disposition: form-data; name="email"\r\n\r\n' + text)
	kind("no header field", text="Hello,\n\nthe mail fails.\n", words="Hello: this is a note\nand more text here\n", log="Feb  9 14:05:38 mx postfix/smtpd[1]: connect\n",
	     keys="s._domainkey.a.example. TXT \"v=DKIM1; p=\"\n", pad=bytes(i * 97 % 256 for i in range(1, 3000)), verdict="pass  i=3 forwarder.example\n")
	kind("first line is not a header field", ini="[InternetShortcut]\nX-Url: x\nDate: y\n\n".replace("Date", "X-Date"))

	# Messages with others in them.
	part = ("Content-Type: message/rfc822\n", text)
	save("attached", mixed(("Content-Type: text/plain\n", "see below\n"), part))
	save("attached-64", mixed(("Content-Type: application/octet-stream; name=\"original.eml\"\n"
	     "Content-Transfer-Encoding: base64\n", base64.encodebytes(good).decode())))
	save("attached-qp", mixed(("Content-Type: application/octet-stream\n"
	     "Content-Disposition: attachment; filename=\"a b.EML\"\n"
	     "Content-Transfer-Encoding: quoted-printable\n", quopri.encodestring(lf).decode())))
	save("two", mixed(part, ("Content-Type: message/rfc822\n", text.replace("Tuesday", "Monday"))))
	inner = mixed(part)
	save("nested", (outer + 'Content-Type: multipart/mixed; boundary="b2"\n\n--b2\n'
	     "Content-Type: message/rfc822\n\n" + inner + "\n--b2--\n"))
	save("alone", outer + "Content-Type: message/rfc822\n\n" + text)
	save("many", mixed(*[("Content-Type: message/rfc822\n", outer + "\nx\n")] * 100))
	save("too-many", mixed(*[("Content-Type: message/rfc822\n", outer + "\nx\n")] * 101))
	deep = outer + "\nx\n"
	for k in range(12):
	    deep = outer + "Content-Type: message/rfc822\n\n" + deep
	save("deep", deep)
	b64part = base64.encodebytes(good).decode()
	for name, header in (("2231", "Content-Disposition: attachment; filename*=UTF-8''M%C3%BCller.eml"),
	                     ("2231-split", "Content-Disposition: attachment; filename*0=\"a very long \";\n filename*1=\"name.eml\""),
	                     ("word", "Content-Disposition: attachment; filename=\"=?utf-8?Q?M=C3=BCller.eml?=\""),
	                     ("folded", "Content-Disposition: attachment;\n\tfilename=\"failing.eml\""),
	                     ("space", "Content-Disposition: attachment; filename=\"a.eml \""),
	                     ("bare", "Content-Disposition: attachment; filename=a.eml")):
	    save("attached-" + name, mixed(("Content-Type: application/octet-stream\n%s\nContent-Transfer-Encoding: base64\n" % header, b64part)))
	save("attached-global", mixed(("Content-Type: message/global\n", text)))
	save("attached-digest", mixed(("", text)).replace("mixed", "digest"))
	save("attached-inner-digest", mixed(('Content-Type: multipart/digest; boundary="d"\n', "--d\n\n" + text + "\n--d--\n")))
	save("attached-report", mixed(("Content-Type: text/plain\n", "failed\n"), ("Content-Type: message/delivery-status\n", "Reporting-MTA: dns; mx\n"), part)
	     .replace("multipart/mixed", "multipart/report; report-type=delivery-status"))
	save("attached-blank", mixed(("Content-Type : message/rfc822\n", text)))
	save("no-attachment", mixed(("Content-Type: text/plain\n", "message/rfc822 is what it is\n")))
	save("inline", outer + "\nsee below\n\n---------- Forwarded message ---------\n" + text)
	save("inline-quoted", outer + "\nheaders:\n" + "".join("> " + line for line in text.splitlines(True)))
	save("inline-bar", outer + "\n" + each("| %s"))
	save("inline-base64", outer + "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + b64part)
	save("inline-html", outer + "Content-Type: text/html\n\n<div>" + html.escape(text).replace("\n", "<br>\n") + "</div>")
	save("inline-bounce", mixed(("Content-Type: text/plain\n", "failed\n"), ("Content-Type: text/rfc822-headers\n", H + "\n")))
	save("bom", b"\xef\xbb\xbf" + good)
	save("bom-attached", b"\xef\xbb\xbf" + mixed(part).encode())
	PY
	/usr/bin/python3 make.py
}

setup() {
	cd "$BATS_FILE_TMPDIR"
}

# What each input is, as the line on stderr says; never a verdict.
refused() {
	for args in "" "--why" "--json" "--annotate -i x.example"; do
		# shellcheck disable=SC2086 # words on purpose
		run -65 --separate-stderr arc-verify $args --keys "$SAMPLES/keys" "$1"
		[[ $stderr == *"ot an Internet message"*"$2"*"[no-message]"* ]] || { echo "$stderr"; false; }
		[[ $args == --json || -z $output ]]
	done
	run -65 --separate-stderr arc-dump --keys "$SAMPLES/keys" "$1"
	[[ $stderr == *"$2"* && -z $output ]]
	run -65 --separate-stderr arc-sign -d d.example -s s -k "$ROOT/tests/keys/rsa2048-a.pem" --ar none <"$1"
	[[ $stderr == *"$2"* && -z $output ]]
}

@test "a packed file is no message, and the line says how to unpack it" {
	refused gz "gzip file: unpack it"
	refused zip "zip file: unpack it"
}

@test "a file of another program is no message, and the line says what to get instead" {
	refused msg "Outlook .msg file"
	refused pdf "PDF file"
	refused tnef "winmail.dat"
	refused html "HTML page"
	for f in json json-indented json-flat; do refused $f "JSON"; done
}

@test "text in another encoding is no message, and the line says how to convert it" {
	for f in utf16 utf16le utf16be; do refused $f "UTF-16"; done
	for f in base64 base64-long; do refused $f "base64 -d"; done
	refused qp "quoted-printable"
	refused cr "CR alone"
	refused crcrlf "CR CR LF"
}

@test "text with something around it is no message, and the line says what to remove" {
	refused fence "fence"
	for f in blank blanks; do refused $f "the first line is empty"; done
	refused indented "indented"
	for f in quoted quoted-close; do refused $f "quoted"; done
	refused empty "the input is empty"
}

@test "what is no message gets no verdict, and the line says what it is: other kinds" {
	[ "$(find kinds -type f | wc -l)" -gt 110 ]
	while read -r f; do
		says=${f#kinds/}
		says=${says%/*}
		run -65 --separate-stderr arc-verify --keys "$SAMPLES/keys" "$f"
		[[ -z $output && $stderr == *"ot an Internet message: "*"$says"*"[no-message]" ]] || { echo "$f: $stderr $output"; false; }
		arc-sign --on-error=pass -d d.example -s s -k "$ROOT/tests/keys/rsa2048-a.pem" --ar none --keys "$SAMPLES/keys" <"$f" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err"
		cmp "$f" "$BATS_TEST_TMPDIR/out"
	done < <(find kinds -type f)
}

@test "fields that only look like one of these are judged as fields" {
	for first in 'BZ-hop: 1' 'BZh: 1' 'PK: zip' 'GIF89a: 1' 'X-Json: {"a": "b"}' 'X-Html: <html>' 'VGhpcyBpcyBub3QgYmFzZTY0: no' '00000000: 4152 432d' \
		'BEGIN:VCARD' '2026-02-09T14:05:38: x' 'Subject: \nFrom: and \nTo: in a regex' $'X-Raw: |\r\n From: a@b.example' $'Comments: >\r\n To: x' $'10: Subject: a\r\n11: Date: b' \
		$'X_From: a\r\nX_To: b' $'X.Received: a\r\nX.Date: b' 'Rar!: 1' '%PDF-1: x' '>From: x' $'raw_mail: |\r\n From: a'; do
		{ printf '%s\r\n' "$first"; cat good.eml; } >field
		run -0 arc-verify --keys "$SAMPLES/keys" field
		[[ $output == pass* ]] || { echo "$first: $output"; false; }
	done
}

@test "a broken line below a signature is no sign of quoted-printable" {
	{ printf 'Subject: =?utf-8?Q?a=3Db?=\nARC-Seal: i=1; b=AAAA=\nbroken line\n'; cat good.eml; } >line
	run -1 arc-verify --keys "$SAMPLES/keys" line
	[[ $output == fail*"[header-syntax]" ]]
}

@test "what the input is does not turn on its line ends, or on how it comes in pieces" {
	printf 'X-A: y\r\n\r\n\r\n\r\n\r\n' >"$BATS_TEST_TMPDIR/blank"
	run -2 arc-verify "$BATS_TEST_TMPDIR/blank"
	[[ $output == none* ]]
	printf 'X-Long: %0243d\nX-B: ustar  \n\nx\n' 0 >"$BATS_TEST_TMPDIR/tar"
	run -2 arc-verify "$BATS_TEST_TMPDIR/tar"
	[[ $output == none* ]]
	for head in 'X-A: y\n\n' 'X-A: y\r\n\r\n'; do
		run -65 --separate-stderr arc-verify < <(
			# shellcheck disable=SC2059 # escapes on purpose
			printf "$head"
			sleep 0.2
			# shellcheck disable=SC2059
			printf "From: z\n\nTo: a\n\n"
			sleep 0.2
			printf "text\n\n"
		)
		[[ $stderr == *"an empty line follows each line"* ]] || { echo "$stderr $output"; false; }
	done
}

@test "a UTF-8 byte order mark is skipped with a note, and a filter refuses it" {
	run -0 --separate-stderr arc-verify --keys "$SAMPLES/keys" bom
	[[ $output == pass* && $stderr == "arc-verify: bom: skipped a UTF-8 byte order mark (BOM) at the start" ]]
	run -0 arc-dump --keys "$SAMPLES/keys" bom
	[[ $output == *"pass:"* ]]
	for on in fail pass; do
		for tool in "arc-verify --annotate -i x.example --keys $SAMPLES/keys" \
			"arc-sign -d d.example -s s -k $ROOT/tests/keys/rsa2048-a.pem --ar none --keys $SAMPLES/keys"; do
			# shellcheck disable=SC2086 # words on purpose
			if [ $on = fail ]; then
				run -65 --separate-stderr $tool <bom
				[[ -z $output && $stderr == *"byte order mark"* ]]
			else
				$tool --on-error=pass <bom >out 2>err
				cmp bom out
				grep -q "byte order mark" err
			fi
		done
	done
}

@test "an attached chain keeps none, and a note on stderr names --attached" {
	for f in attached attached-{64,qp,blank,2231,2231-split,word,folded,space,bare,global,digest,inner-digest,report} alone nested; do
		run -2 --separate-stderr arc-verify --keys "$SAMPLES/keys" "$f"
		[[ $output == none && $stderr == *"a message is attached; use --attached to verify it" ]]
	done
	for f in inline inline-{quoted,bar,base64,html,bounce}; do
		run -2 --separate-stderr arc-verify --keys "$SAMPLES/keys" "$f"
		[[ $output == none && $stderr == *"pasted or quoted"* ]]
	done
	run -2 --separate-stderr arc-verify --keys "$SAMPLES/keys" no-attachment
	[[ $output == none && -z $stderr ]]
	run -2 --separate-stderr arc-verify -q --keys "$SAMPLES/keys" attached
	[[ -z $output && -z $stderr ]]
}

@test "--attached verifies each attached message in place of the one around it" {
	for f in attached attached-{64,qp,blank,2231,2231-split,word,folded,space,bare,global,digest,inner-digest,report} alone bom-attached; do
		run -0 --separate-stderr arc-verify --attached --keys "$SAMPLES/keys" "$f"
		[[ $output == "$f:1: pass"* && ${#lines[@]} = 1 ]] || { echo "$output"; false; }
	done
	run -1 arc-verify --attached --keys "$SAMPLES/keys" two
	[[ ${lines[0]} == "two:1: pass"* && ${lines[1]} == "two:2: fail"* ]]
	run -2 arc-verify --attached --keys "$SAMPLES/keys" nested
	[[ ${lines[0]} == "nested:1: none" && ${lines[1]} == "nested:1.1: pass"* ]]
	run -0 arc-verify --attached --keys "$SAMPLES/keys" - <attached
	[[ $output == "-:1: pass"* ]]
	run -1 arc-verify --why --json --attached --keys "$SAMPLES/keys" two
	[[ ${lines[1]} == *'"file":"two:2"'*'"why":[{'* ]]
}

@test "a manifest of attached messages without operands reads the files around them" {
	: >"$BATS_TEST_TMPDIR/manifest"
	for files in "two nested" ""; do
		# shellcheck disable=SC2086 # words on purpose
		run -0 --separate-stderr arc-verify --attached --keys "$SAMPLES/keys" --manifest "$BATS_TEST_TMPDIR/manifest" --update $files
	done
	[ "$stderr" = "all as expected: 2 pass, 1 fail, 1 none" ]
	grep -q '^nested:1\.1	pass$' "$BATS_TEST_TMPDIR/manifest" || { cat "$BATS_TEST_TMPDIR/manifest"; false; }
}

@test "--attached takes 100 messages, 10 deep, and says when there are more" {
	run -2 arc-verify --attached --keys "$SAMPLES/keys" many
	[ "$(grep -c none <<<"$output")" = 100 ]
	run -65 arc-verify --attached --keys "$SAMPLES/keys" too-many
	[ "$(grep -c none <<<"$output")" = 100 ]
	[[ $output == *"[limit-parts]"* ]]
	run -65 arc-verify --attached --keys "$SAMPLES/keys" deep
	[ "$(grep -c none <<<"$output")" = 10 ]
	[[ $output == *"10 deep"*"[limit-parts]"* ]]
}

@test "--attached of a message without one is no verdict (65)" {
	run -65 --separate-stderr arc-verify --attached --keys "$SAMPLES/keys" good.eml
	[[ -z $output && $stderr == *"No message is attached"*"[no-attachment]"* ]]
	for f in original.msg Mails.ZIP winmail.dat good.eml.gz list.mbox; do
		printf 'From: a@b.example\nMIME-Version: 1.0\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="%s"\n\nx\n' "$f" >"$BATS_TEST_TMPDIR/packed"
		run -65 arc-verify --attached "$BATS_TEST_TMPDIR/packed"
		[[ $output == *"s attached"*"ask for the .eml"*"[no-attachment]" || $output == *"is attached: save it, "*"[no-attachment]" ]] || { echo "$f: $output"; false; }
	done
	run -64 arc-verify --attached --mbox --keys "$SAMPLES/keys" good.eml
}

@test "a header alone is asked about, and nobody is accused of its body" {
	sed '/^\r*$/,$d' good.eml >header
	run -1 arc-verify --keys "$SAMPLES/keys" header
	[[ $output == *"[body-hash]" && $output == *"no body: is this the header only?"* ]]
	arc-verify --json --why --keys "$SAMPLES/keys" header >json || [ $? -eq 1 ]
	/usr/bin/python3 - <<-'PY'
	import json
	why = [w for w in json.load(open("json"))["why"] if w["field"] == "ams.bh"]
	assert why and all(w["cause"] == "body.missing" and w["who"]["role"] != "modifier" for w in why), why
	PY
	run -1 arc-verify --why --summary --keys "$SAMPLES/keys" header
	[[ $output == *"body.missing  whoever saved or read this copy"* ]]
}
