#!/usr/bin/env bats
# arc-dump: the page, JSON, octets that were hashed, values for scripts.
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup() {
	cd "$ROOT" || return
	T=$BATS_TEST_TMPDIR
}

dump() {
	arc-dump --time 2026-03-01T00:00:00Z --keys samples/keys "$@"
}

@test "every sample's page is as it was looked at" {
	mkdir "$T/pages"
	tests/make-pages "$T/pages"
	diff -ru tests/pages "$T/pages"
}

@test "a page fits 80 columns, by display width" {
	for f in samples/*.eml; do
		dump -v "$f" || [ $? -eq 2 ]
	done | cat - tests/pages/*.page | /usr/bin/python3 -c '
import sys, unicodedata
def wide(c):
    return 0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
lines = sys.stdin.buffer.read().decode().split("\n")
for line in lines:
    assert sum(map(wide, line)) < 80, line
assert len(lines) > 2000 and max(map(len, lines)) > 70'
	# wide text, marks that take no column, emoji, and letters from right to left
	forge <<-'PY'
	for n, text in enumerate(("\u65e5\u672c" * 60, "e\u0301" * 200, "\U0001f600" * 60, "\u05e9\u05dc\u05d5\u05dd " * 30)):
	    write(chain(1, d="\u65e5\u672c\u8a9e" * 5 + "." + "e\u0301" * 20 + ".example",
	        header=HEADER.replace("A proposal for Tuesday", text).replace("Ann Author", text)), tmp("w%d" % n))
	PY
	for n in 0 1 2 3; do
		run -0 arc-dump "$T/w$n"
		/usr/bin/python3 -c '
import sys, unicodedata
def wide(c):
    return 0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
lines = sys.argv[1].split("\n")
for line in lines:
    assert sum(map(wide, line)) < 80, line
assert not [line for line in lines if line.endswith("~") and line.startswith(("From", "Subject"))]' "$output"
	done
	# A terminal shows a line of each, as wide as it is.
	for columns in 64 80 132; do
		run -0 env COLUMNS=$columns script -qec "arc-dump $T/w0" /dev/null
		/usr/bin/python3 -c '
import re, sys, unicodedata
def wide(c):
    return 0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
columns = int(sys.argv[2])
lines = re.sub("\x1b\\[[0-9;]*m|\r", "", sys.argv[1]).split("\n")
assert max(sum(map(wide, line)) for line in lines) in range(columns - 4, columns), columns
for line in lines[:2]:
    assert line.endswith("~"), line' "$output" "$columns"
	done
}

@test "a Japanese Subject is decoded, from ISO-2022-JP and UTF-8, and cut by its width" {
	forge <<-'PY'
	text = "\u706b\u66dc\u65e5\u306e\u4f1a\u8b70\u306b\u3064\u3044\u3066" * 8
	for name in ("iso-2022-jp", "utf-8"):
	    words = " ".join("=?%s?B?%s?=" % (name, base64.b64encode(text[i:i+10].encode(name)).decode())
	                     for i in range(0, len(text), 10)) if (base64 := __import__("base64")) else 0
	    m = chain(1, header=HEADER.replace("A proposal for Tuesday", words))
	    write(m, tmp(name))
	PY
	for name in iso-2022-jp utf-8; do
		run -0 arc-dump "$T/$name"
		[[ $output == *"Subject: 火曜日の会議について火曜日"* ]]
		/usr/bin/python3 -c '
import sys, unicodedata
line = [x for x in sys.argv[1].split("\n") if x.startswith("Subject")][0]
w = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
assert 70 < w < 80, w' "$output"
	done
}

@test "the last letter is kept where the charset holds it back for a mark" {
	for charset in windows-1258 tcvn5712-1 utf-8 koi8-r; do
		printf 'From: a@b.example\nSubject: =?%s?Q?Cuoc_hop_ba?= ok\n\n' "$charset" >"$T/m"
		run -2 arc-dump "$T/m"
		[[ $output == *"Subject: Cuoc hop ba ok"* ]]
	done
}

@test "fields as long as they may be cost no more than their length" {
	/usr/bin/python3 - "$T" <<-'PY'
	import sys
	def write(name, fields):
	    with open(sys.argv[1] + "/" + name, "wb") as f:
	        f.write(b"From: a@b.example\r\n" + fields + b"\r\nx\r\n")
	write("caret", b"ARC-Seal: i=1; " + b"a" * 1000000 + b"=1; !bad\r\n")
	write("word", (b"ARC-Seal: i=1; b=" + b"A" * 1000000 + b"\r\n") * 15)
	write("marks", b"ARC-Seal: i=1; b=" + b"\xcc\x81" * 500000 + b"; !bad\r\n")
	words = b"\r\n ".join(b"=?%s?Q?a?=" % c for c in [b"iso-8859-1", b"utf-8", b"koi8-r"] * 100000)
	write("words", b"Subject: " + words + b"\r\nARC-Seal: i=1; b=A\r\n")
	PY
	# what goes over a field again and again would take hours
	ulimit -t 60
	run -0 arc-dump "$T/caret"
	[[ $output == *"
     ...aaaa"*"=1; !bad
                                            ^"* ]]
	run -0 arc-dump -n 1 "$T/word"
	run -0 arc-dump "$T/marks"
	run -0 arc-dump --json "$T/words"
	[[ $output == *'"subject":"aaaa'* ]]
}

@test "without keys nothing is asked, and the body hashes are looked at" {
	run -0 arc-dump samples/pass-list-edited.eml
	[[ $output == *"unverified: "* ]]
	[[ $output == *"none  body  ?"* ]]
	# a body that does not fit the newest set needs no key to fail
	run -0 arc-dump samples/fail-body-changed.eml
	[[ $output == *"fail: The chain breaks at i=2"* ]]
	run -2 arc-dump samples/none-no-arc-fields.eml
	[[ $output == *"none: The message has no ARC fields"* ]]
}

@test "contradictions stand out" {
	forge <<-'PY'
	write(chain(2, {2: {"aar": swap("spf=pass", "arc=fail; spf=pass")}}), tmp("claim"))
	write(chain(2, {2: {"t": TIME - 3600}}), tmp("time"))
	write(chain(1, aar=swap("d1.example", "mx.other.test")), tmp("id"))
	write(chain(1, ams={"h": "to:subject"}), tmp("from"))
	write(chain(1, ams={"l": "5"}), tmp("part"))
	write(chain(1).top("From: b@c.example"), tmp("twice"))
	write(chain(2).order(lambda f: f.instance), tmp("order"))
	write(chain(2, {2: {"cv": "fail"}}), tmp("false"))
	write(chain(3, {2: {"cv": "fail"}}), tmp("middle"))
	write(chain(1, d="mx.example.co.uk", aar=swap("mx.example.co.uk", "victim.co.uk")), tmp("base"))
	# not odd: a server of the same owner; a chain that had failed before
	write(chain(1, d="a.example.co.uk", aar=swap("a.example.co.uk", "mx.example.co.uk")), tmp("same"))
	write(chain(1, aar=swap("d1.example", "localhost")), tmp("local"))
	write(chain(3, {3: {"cv": "fail"}}).edit("ARC-Seal", 2, "cv=pass", "cv=PASS"), tmp("founded"))
	PY
	while read -r name words; do
		run -0 arc-dump --time 1767225600 --keys "$T/$name.keys" "$T/$name"
		[[ $output == *"
Warnings:
"*"$words"* ]] || { echo "$name: $output"; false; }
	done <<-'END'
	middle i=2: sealed cv=fail although the chain it received verifies
	base i=1: authserv-id victim.co.uk is unrelated to the signing domain
	claim i=2: ARC-Seal has cv=pass, but its ARC-Authentication-Results has
	time i=2: sealed 3601 seconds before i=1
	id i=1: authserv-id mx.other.test is unrelated to the signing domain
	from i=1: From is not signed.
	part i=1: only 5 of
	twice There are 2 From fields
	order The ARC fields are not in the usual order
	false i=2: sealed cv=fail although the chain it received verifies
	END
	for name in same local founded; do
		run -0 arc-dump --time 1767225600 --keys "$T/$name.keys" "$T/$name"
		[[ $output != *"Warnings:"* ]] || { echo "$name: $output"; false; }
	done
	# a set that is not there has its line in the table
	run -0 dump samples/fail-set-missing.eml
	[[ $output == *"
  2  missing
"* ]]
	# and a chain with nothing odd has no such part
	run -0 arc-dump --time 1767225600 --keys samples/keys samples/pass-three-hops.eml
	[[ $output != *"Warnings:"* ]]
}

@test "a caret stands under the octet at fault" {
	run -0 dump samples/fail-tag-twice.eml
	[[ $output == *"
     t=1770642449; t=1770642449;
                   ^"* ]]
	forge <<-'PY'
	write(chain(1, ams=swap("c=relaxed/relaxed; ", "c=relaxed/relaxed; x-y=1; ")), tmp("name"))
	write(chain(1, as_=swap("cv=none", "cv=\0")), tmp("nul"))
	PY
	run -0 arc-dump "$T/name"
	[[ $output == *'x-y=1;'* ]]
	grep -A1 'x-y=1' <<<"$output" | /usr/bin/python3 -c '
import sys
above, caret = sys.stdin.read().split("\n")[:2]
assert above[caret.index("^"):].startswith("x-y=1"), above'
	run -0 arc-dump "$T/nul"
	[[ $output == *'cv=\x00'* ]]
}

@test "60 sets, sets with parts missing and 1,000 ARC fields are shown, in bounds" {
	forge <<-'PY'
	m = chain(1)
	for i in range(2, 61):
	    m.top("ARC-Seal: i=%d; a=rsa-sha256; cv=pass; d=d%d.example; s=s; b=AAAA" % (i, i))
	write(m, tmp("sixty"))
	m = chain(1)
	for i in range(1000):
	    m.top("ARC-Message-Signature: i=%d; broken" % (i % 50))
	write(m, tmp("many"))
	PY
	run -0 arc-dump "$T/sixty"
	[[ $output == *"too-many-sets"* ]]
	[[ $output == *" 50  d50.example"* ]]
	[[ $output == *"i=60"* ]]
	run -0 arc-dump "$T/many"
	# of the 1,003 as many as are read
	[[ $output == *"(1003 ARC"* ]]
	[ "$(grep -c '^ \* .*ARC-Message-Signature (field' <<<"$output")" = 160 ]
}

@test "--canon: openssl finds bh= and the digest inside the signature, for every sample that passes" {
	/usr/bin/python3 - <<-'PY'
	import base64, glob, hashlib, json, re, subprocess
	from cryptography.hazmat.primitives import hashes, serialization
	from cryptography.hazmat.primitives.asymmetric import padding

	def run(*words):
	    return subprocess.run(("arc-dump", "--time", "1767225600") + words, capture_output=True).stdout

	def key(selector, domain):
	    # the record with a key, of those there
	    for line in open("samples/keys"):
	        if line.startswith("%s._domainkey.%s. " % (selector, domain)) and "p=" in line:
	            p = re.sub(r'[" \n]', "", line).split("p=")[1].split(";")[0]
	            return serialization.load_der_public_key(base64.b64decode(p))

	n, files = 0, glob.glob("samples/pass-*.eml")
	for f in files:
	    bodies = 0
	    told = json.loads(run("--json", "--keys", "samples/keys", f))
	    for i in run("--field", "i", f).decode().split():
	        s = told["sets"][int(i) - 1]
	        # what does not verify has no digest to compare with
	        if (s["ams"]["status"], s["seal"]["status"]) != ("pass", "pass"):
	            continue
	        names = ["ams.bh"] + [part + tag for part in ("ams", "as") for tag in (".d", ".s", ".b")]
	        bh, *tags = run("--field", ",".join(names), "-n", i, f).decode().rstrip("\n").split("\t")
	        body = hashlib.sha256(run("--canon", "body:" + i, f)).digest()
	        assert base64.b64encode(body).decode() == bh, (f, i)
	        bodies += 1
	        if s["ams"]["algorithm"] != "rsa-sha256":
	            continue
	        for part, (d, selector, b) in (("ams", tags[:3]), ("as", tags[3:])):
	            inside = key(selector, d).recover_data_from_signature(
	                base64.b64decode(b), padding.PKCS1v15(), hashes.SHA256())
	            assert hashlib.sha256(run("--canon", "%s:%s" % (part, i), f)).digest() == inside, (f, i, part)
	            n += 1
	    assert bodies > 0, f
	assert n > 40, n
	PY
}

@test "--canon of what is not there says so and prints nothing" {
	run -65 --separate-stderr arc-dump --canon ams:3 samples/pass-one-hop.eml
	[ -z "$output" ]
	[[ $stderr == *"i=3 has no valid ARC-Message-Signature"* ]]
	run -65 --separate-stderr arc-dump --canon as:3 samples/fail-set-missing.eml
	[ -z "$output" ]
	for what in ams ams:0 ams:51 ams:x seal:1 :1 ''; do
		run -64 arc-dump --canon "$what" samples/pass-one-hop.eml
	done
}

@test "--field: values of each set, parted by tabs, controls escaped" {
	run -0 arc-dump --field i,d,s,time,cv samples/pass-three-hops.eml
	[ "${lines[0]}" = "1	author-provider.example	2026a	2026-02-09 13:07:29	none" ]
	[ "${#lines[@]}" -eq 3 ]
	run -0 arc-dump -n 2 --field d,bh,nothing,aar samples/pass-three-hops.eml
	[ "${#lines[@]}" -eq 1 ]
	[ "$(tr -cd '\t' <<<"${lines[0]}" | wc -c)" -eq 3 ]
	# folds are undone, and what is left of controls is escaped
	forge <<-'PY'
	m = chain(1, ams={"h": "from : to\r\n\t:subject"}, aar=swap("dmarc=", "x=y\x01;\r\n\t dmarc="))
	m.rewrite("ARC-Message-Signature", 1, lambda r: r.replace(b"bh=", b"bh=\r\n ").replace(b"; b=", b"; b= \r\n\t"))
	write(m, tmp("m"))
	PY
	run -0 arc-dump --field ams.h,aar "$T/m"
	[ "$output" = $'from : to :subject\td1.example; spf=pass smtp.mailfrom=author.example; x=y\\x01; dmarc=pass header.from=author.example' ]
	run -0 arc-dump --field bh "$T/m"
	[ "$output" = "$(arc-dump --canon body:1 "$T/m" | openssl dgst -sha256 -binary | base64)" ]
	run -0 arc-dump --field as.b "$T/m"
	[ "$(base64 -d <<<"$output" | wc -c)" -eq 128 ]
}

@test "JSON fits the schema, and tells no other verdict than arc-verify" {
	cat >"$T/check" <<-'PY'
	import json, sys, jsonschema
	schema = json.load(open("man/arc-tools.schema.json"))
	jsonschema.Draft202012Validator.check_schema(schema)
	v = jsonschema.Draft202012Validator(schema)
	for line in open(sys.argv[1], encoding="utf-8"):
	    v.validate(json.loads(line))
	PY
	for f in samples/*.eml; do
		for how in "--keys samples/keys" ""; do
			# shellcheck disable=SC2086 # words
			arc-dump --json --time 1767225600 $how "$f" || [ $? -eq 2 ]
		done
	done >"$T/json"
	arc-dump --json /nowhere >>"$T/json" 2>/dev/null || [ $? -eq 66 ]
	/usr/bin/python3 "$T/check" "$T/json"
	arc-verify --json --time 1767225600 --keys samples/keys samples/*.eml >"$T/verdicts" || [ $? -eq 1 ]
	/usr/bin/python3 - "$T/json" "$T/verdicts" <<-'PY'
	import json, sys
	told, verdicts = ([json.loads(line) for line in open(f, encoding="utf-8")] for f in sys.argv[1:])
	# the pages with keys are every other one; the last is of no file
	told = told[:-1:2]
	assert len(told) == len(verdicts) > 40
	for page, v in zip(told, verdicts):
	    assert page["file"] == v["file"]
	    for name in ("arc", "code", "instance"):
	        assert page[name] == v[name], (v["file"], name, page[name], v[name])
	PY
}

@test "500 broken messages: a documented status, no control out, valid JSON, every ARC field told" {
	/usr/bin/python3 - "$T" <<-'PY'
	import glob, json, jsonschema, os, random, re, subprocess, sys
	random.seed(8617)
	schema = jsonschema.Draft202012Validator(json.load(open("man/arc-tools.schema.json")))
	files = sorted(glob.glob("samples/*.eml"))
	names = (b"arc-seal", b"arc-message-signature", b"arc-authentication-results")
	for n in range(500):
	    m = bytearray(open(random.choice(files), "rb").read())
	    for _ in range(random.randint(1, 12)):
	        at = random.randrange(len(m))
	        what = random.randrange(6)
	        if what == 0:
	            m[at] = random.randrange(256)
	        elif what == 1:
	            del m[at:at + random.randrange(1, 60)]
	        elif what == 2:
	            m[at:at] = bytes(random.randrange(256) for _ in range(random.randrange(1, 20)))
	        elif what == 3:
	            end = at + random.randrange(400)
	            m[at:at] = m[at:end]
	        elif what == 4:
	            m[at:at] = random.choice([b";", b"=", b"i=", b"\x1b[2J", b"\xe2\x80\xae", b"\r", b"\n", b"\0"])
	        else:
	            m[at:at] = random.choice(names) + b": i=%d; " % random.randrange(60) + b"\r\n"
	    path = os.path.join(sys.argv[1], "m")
	    open(path, "wb").write(m)
	    # with keys, or without: each message one of both
	    for how in ([["--keys", "samples/keys"]] if n % 2 else [[]]):
	        page = subprocess.run(["arc-dump", "--time", "1767225600"] + how + [path], capture_output=True)
	        assert page.returncode in (0, 2, 65), (n, page.returncode, page.stderr)
	        for out in (page.stdout, page.stderr):
	            out.decode("utf-8")
	            assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xaa-\xae]", out), n
	        j = subprocess.run(["arc-dump", "--json", "--time", "1767225600"] + how + [path], capture_output=True)
	        assert j.returncode == page.returncode, n
	        line = j.stdout.decode("utf-8")
	        told = json.loads(line)
	        schema.validate(told)
	        if j.returncode == 65:
	            continue
	        # the header's own fields, read apart from the tool
	        text = bytes(m)
	        if text.startswith(b"From "):
	            text = text[text.find(b"\n") + 1:]
	        head = re.split(rb"(?:^|\n)\r?\n", text, maxsplit=1)[0]
	        fields = [f for f in re.split(rb"\n(?![ \t])", head)
	                  if re.match(rb"[!-9;-~]+[ \t]*:", f)
	                  and f.split(b":")[0].strip(b" \t").lower() in names]
	        assert len(told["fields"]) == len(fields), (n, len(told["fields"]), len(fields))
	        assert told["instances"] == len(told["sets"])
	        # and on the page: by its place, or in the table, by its set
	        text = " ".join(page.stdout.decode().split())
	        for f in told["fields"]:
	            assert (re.search(r"\bfield %d\b" % f["place"], text)
	                    or f["code"] is None and re.search(rb"^ +%d  (?!missing)" % f["instance"], page.stdout, re.M)), (n, f)
	PY
}

@test "the manual's example shows what it says" {
	run -0 dump samples/fail-body-changed.eml
	[[ $output == *"fail: The chain breaks at i=2, lists.example, ARC-Message-Signature: Body hash"* ]]
	[[ $output == *"proved: A footer was appended to the body."* ]]
	for line in $(sed -n 's/^\.Dl \$ \(arc-dump .*\)/\1/p' man/arc-dump.1 | tr ' ' '~'); do
		run -0 bash -c "${line//\~/ }"
		[ -n "$output" ]
	done
}

@test "-q prints nothing, -v the remarks, and the status is the same" {
	for how in "" --json "--field d" "--canon ams:1"; do
		# shellcheck disable=SC2086 # words
		run -0 arc-dump -q $how samples/pass-one-hop.eml
		[ -z "$output" ]
	done
	run -2 arc-dump -q samples/none-no-arc-fields.eml
	[ -z "$output" ]
	run -0 dump samples/pass-one-hop.eml
	[[ $output != *"Remarks:"* ]]
	run -0 dump -v samples/pass-one-hop.eml
	[[ $output == *"
Remarks:
 - i=1 ARC-Message-Signature: From is not"*"[from-open;"* ]]
}

@test "colour comes when asked for, and not into a file" {
	run -0 dump samples/fail-body-changed.eml
	[[ $output != *$'\e'* ]]
	run -0 dump --color always samples/fail-body-changed.eml
	[[ $output == *$'\e[1;31mfail\e[0m: '* ]]
	[[ $output == *$'\e[32mpass\e[0m  \e[31mbody\e[0m  \e[32mpass\e[0m'* ]]
	printf '%s\n' "$output" | sed 's/\x1b\[[0-9;]*m//g' | cmp - tests/pages/fail-body-changed.page
	run -0 env -u NO_COLOR script -qec "arc-dump samples/pass-one-hop.eml" /dev/null
	[[ $output == *$'\e[1;33munverified\e[0m'* ]]
	run -0 env NO_COLOR=1 script -qec "arc-dump samples/pass-one-hop.eml" /dev/null
	[[ $output != *$'\e'* ]]
}

@test "-n with --json tells of one set alone" {
	run -0 dump --json -n 2 samples/pass-three-hops.eml
	/usr/bin/python3 - "$output" <<-'PY'
	import json, sys
	told = json.loads(sys.argv[1])
	for key in ("sets", "hops", "fields"):
	    assert {x["instance"] for x in told[key]} == {2}, key
	assert len(told["fields"]) == 3 and told["instances"] == 3
	PY
	run -65 --separate-stderr dump --json -n 4 samples/pass-three-hops.eml
	[[ $output == *'"code":"no-such-set"'*'"exit":65}}' ]]
}

@test "options about the DNS are refused where it is not asked" {
	for how in --dns "--resolver 192.0.2.1" "--record $T/r" "--dnssec require" --trust-ad; do
		# shellcheck disable=SC2086 # words
		run -64 arc-dump $how samples/pass-one-hop.eml
	done
	[ ! -e "$T/r" ]
}

@test "--canon of a field with a fault says that nobody would hash it" {
	run -0 --separate-stderr arc-dump --canon body:1 samples/fail-canonicalization-unknown.eml
	[ -n "$output" ]
	[[ $stderr == *"i=1 ARC-Message-Signature is invalid: "*"[canonicalization]" ]]
	run -0 --separate-stderr arc-dump --canon body:1 samples/pass-one-hop.eml
	[ -z "$stderr" ]
}

@test "every field of From is shown, and a long domain whole" {
	forge <<-'PY'
	m = chain(1, d="a-very-long-name-of-a-host.in-a-long-domain.example")
	for n in range(5):
	    m.top("From: <%d@c.example>" % n)
	write(m, tmp("m"))
	PY
	run -0 arc-dump "$T/m"
	[ "${lines[0]}" = "From:    <4@c.example>" ]
	[ "${lines[3]}" = "From:    <1@c.example>" ]
	[ "${lines[4]}" = "         and 2 more" ]
	[[ $output == *"  1  a-very-long-name-of-a-ho~"*"
     d=a-very-long-name-of-a-host.in-a-long-domain.example s="* ]]
}

@test "what is missing or no field is told with its clause, and the caret stands at x=, l= and h= too" {
	run -0 dump samples/fail-seal-missing.eml
	[[ $output == *" * i=1 ARC-Seal: Missing, or invalid. [field-missing; RFC 8617"* ]]
	run -0 dump samples/fail-set-missing.eml
	[[ $output == *" * i=2: ARC Set missing. [instance-gap; RFC 8617 section 5.2,"* ]]
	run -0 dump samples/fail-header-line-broken.eml
	[[ $output == *"[header-syntax; RFC 5322 section 2.2]
     this is no field"*"
     ^"* ]]
	while read -r name tag; do
		dump "samples/$name.eml" | grep -F -A1 -- " $tag" | /usr/bin/python3 -c '
import sys
tag = sys.argv[1]
above, caret = [x for x in sys.stdin.read().split("\n")[-3:] if x][-2:]
assert caret.index("^") - above.index(tag) in (0, 2), (above, caret)' "$tag"
	done <<-'END'
	fail-expired x=1770642450
	fail-body-cut l=99999
	fail-from-not-signed h=to:subject:date
	fail-seal-with-h h=from
	END
}

@test "who it was is told without a key, too, where it stands in plain sight" {
	while read -r name words; do
		run -0 arc-dump --time 2026-03-01T00:00:00Z "samples/$name.eml"
		# before the table, which is what the eye falls on next
		[[ $(sed '/^  i  /,$d' <<<"$output" | tr -s ' \n' ' ') == *" Likely source: - $words"* ]] || { echo "$name: $output"; false; }
	done <<-'END'
	fail-tag-twice The field is where the ARC-Seal of i=1 should be: author-provider.example wrote it this way, or
	fail-instance-zero The field is where the ARC-Authentication-Results of i=1 should be:
	fail-header-line-broken The line is above the fields of i=1: most likely it was added after author-provider.example
	fail-expired The signature of author-provider.example has expired
	fail-no-d author-provider.example wrote the field this way, or it was changed later.
	fail-body-changed Most likely a server that handled the message after lists.example signed its body.
	fail-newest-says-cv-fail lists.example recorded that the chain was already broken on arrival: by an earlier hop,
	fail-cv-unknown lists.example wrote the field this way, or it was changed later.
	END
	run -0 dump samples/fail-no-d.eml
	[[ $output == *"Likely source:
 - author-provider.example wrote the field this way: its seal verifies."* ]]
	# a pass has nobody to blame
	run -0 dump samples/pass-older-expired.eml
	[[ $output != *"
Likely source:"* ]]
}

@test "received from and by are told of a field that the hop itself wrote, above or below its set" {
	cat >"$T/make.py" <<-'PY'
	SET = ("ARC-Seal: i=1; a=rsa-sha256; cv=none; d=forwarder.example; s=arc; t=1; b=AAAA\n"
	       "ARC-Message-Signature: i=1; a=rsa-sha256; d=forwarder.example; s=arc; h=from; bh=AAAA; b=AAAA\n"
	       "ARC-Authentication-Results: i=1; relay.other.example; none\n")
	OWN = "Received: from a.example by %s; Mon, 9 Feb 2026 14:05:38 +0100\n"
	REST = "From: a@author.example\n\n"
	for name, text in {
	    "above": OWN % "mx.forwarder.example" + SET + OWN % "mx.author.example" + REST,
	    "below": SET + OWN % "forwarder.example" + REST,
	    "by-id": SET + OWN % "relay.other.example" + REST,
	    "nobody": OWN % "mx.last.example" + SET + OWN % "mx.author.example" + REST,
	    "suffix": SET + OWN % "notforwarder.example" + REST,
	}.items():
	    open(name, "w").write(text)
	PY
	cd "$T"
	/usr/bin/python3 make.py
	for name in above below by-id; do
		run -0 arc-dump --json "$name"
		[[ $output == *'"received_from":"a.example"'* ]]
	done
	for name in nobody suffix; do
		run -0 arc-dump "$name"
		[[ $output != *"received from"* ]]
	done
}
