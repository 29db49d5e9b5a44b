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
	save("attached-blank", mixed(("Content-Type : message/rfc822\n", text)))
	save("no-attachment", mixed(("Content-Type: text/plain\n", "message/rfc822 is what it is\n")))
	save("inline", outer + "\nsee below\n\n---------- Forwarded message ---------\n" + text)
	save("inline-quoted", outer + "\nheaders:\n" + "".join("> " + line for line in text.splitlines(True)))
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

@test "fields that only look like one of these are judged as fields" {
	for first in 'BZ-hop: 1' 'PK: zip' 'X-Json: {"a": "b"}' 'X-Html: <html>' 'VGhpcyBpcyBub3QgYmFzZTY0: no'; do
		{ printf '%s\r\n' "$first"; cat good.eml; } >field
		run -0 arc-verify --keys "$SAMPLES/keys" field
		[[ $output == pass* ]]
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
	for f in attached attached-64 attached-qp attached-blank alone nested; do
		run -2 --separate-stderr arc-verify --keys "$SAMPLES/keys" "$f"
		[[ $output == none && $stderr == *"a message is attached; use --attached to verify it" ]]
	done
	for f in inline inline-quoted; do
		run -2 --separate-stderr arc-verify --keys "$SAMPLES/keys" "$f"
		[[ $output == none && $stderr == *"pasted or quoted"* ]]
	done
	run -2 --separate-stderr arc-verify --keys "$SAMPLES/keys" no-attachment
	[[ $output == none && -z $stderr ]]
	run -2 --separate-stderr arc-verify -q --keys "$SAMPLES/keys" attached
	[[ -z $output && -z $stderr ]]
}

@test "--attached verifies each attached message in place of the one around it" {
	for f in attached attached-64 attached-qp attached-blank alone bom-attached; do
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
	[[ -z $output && $stderr == *"no message is attached"* ]]
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
}
