#!/usr/bin/env bats
# --why: the cause of a failed chain, on the samples.
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup() {
	cd "$ROOT"
}

why() {
	arc-verify --why --json --time 1767225600 --keys samples/keys "$@"
}

# causes FILE: what is told, in its order, a line each
causes() {
	why "$1" | /usr/bin/python3 -SE -c '
import json, sys
for w in json.loads(sys.stdin.readline())["why"]:
    who = w["who"]
    print(w["cause"], w["level"], w["instance"], w["field"], who["role"],
          who["domain"], who["after"], who["before"], who["certainty"])
    for t in w["alternatives"]:
        print("or", t["cause"], t["who"]["role"], t["who"]["domain"], t["who"]["certainty"])'
}

@test "a list's edits of a chain that passes are proved, and who would fail it is told (RFC 8617 5.2, step 4)" {
	run -0 causes samples/pass-list-edited.eml
	[ "$output" = "body.footer-appended proved 1 ams.bh modifier lists.example 1 2 likely
hdr.subject-tagged proved 1 ams.b modifier lists.example 1 2 likely
validator.all-ams fact 1 ams.bh validator None None None open" ]
}

@test "a signer that hashes from the top is found out, and what hashes alike is told (RFC 6376 5.4.2)" {
	run -0 causes samples/fail-resent-top-down.eml
	[ "$output" = "hdr.top-down proved 1 ams.b signer lists.example None None open
or hdr.newest-taken-for-oldest signer lists.example open
or hdr.fields-reordered modifier None open" ]
}

@test "cv=fail over a chain that holds is told of its hop" {
	run -0 causes samples/fail-newest-says-cv-fail.eml
	[ "$output" = "as.cv-fail-unfounded proved 2 structure validator lists.example None None proved" ]
}

@test "one change that two seals show is told once in the summary" {
	run -1 arc-verify --why --time 1767225600 --keys samples/keys samples/fail-aar-edited.eml
	[ "$(grep -o 'was changed after sealing' <<<"${lines[1]}" | wc -l)" -eq 1 ]
	[[ ${lines[1]} == *"after i=2 (sealed by lists.example)"* ]]
}

@test "a fault that its own line explains is not told as one without a cause" {
	for f in canonicalization-unknown:"2 hypotheses found no other." no-d:"nothing was searched for."; do
		run -1 arc-verify --why --time 1767225600 --keys samples/keys "samples/fail-${f%%:*}.eml"
		[ "${lines[1]}" = "why: The line above says the cause; ${f#*:}" ]
	done
}

@test "with -v it is told what each signature says of the message" {
	run -0 arc-verify -v --why --time 1767225600 --keys samples/keys samples/pass-list-edited.eml
	[[ $output == *"AMS i=2: b= verifies; body hash verifies"* ]]
	[[ $output == *"AMS i=1: b= does not verify (its digest is known); body hash does not verify"* ]]
	[[ $output == *"AS  i=1: b= verifies"* ]]
	run -1 arc-verify -v --why --time 1767225600 --keys samples/keys samples/fail-body-changed.eml
	[[ $output == *"AMS i=2: b= verifies; body hash does not verify, the same as that of i=1"* ]]
	# What cannot be checked, as a set below it is not there, says nothing.
	run -0 arc-dump -v --why --time 1767225600 --keys samples/keys samples/fail-set-missing.eml
	[[ $output == *"AS  i=3: not checked"* ]]
}

@test "verdict and exit status are the same with and without, text and JSON" {
	for f in samples/*.eml; do
		run arc-verify --time 1767225600 --keys samples/keys "$f"
		local plain=$status first=${lines[0]}
		run arc-verify --why --time 1767225600 --keys samples/keys "$f"
		[ "$status" -eq "$plain" ]
		[ "${lines[0]}" = "$first" ]
		run why "$f"
		[ "$status" -eq "$plain" ]
	done
}

@test "what is repaired verifies, and differs in what was proved alone" {
	arc-verify --repair "$BATS_TEST_TMPDIR/was" --keys samples/keys \
		samples/fail-body-changed.eml >/dev/null || [ $? -eq 1 ]
	run -0 arc-verify --keys samples/keys "$BATS_TEST_TMPDIR/was"
	run -1 diff "$BATS_TEST_TMPDIR/was" samples/fail-body-changed.eml
	[ "$(grep -c '^>' <<<"$output")" -eq 1 ]
	[[ $output == *"> footer after the seal"* ]]
	# without a proof there is no file
	run -1 arc-verify --repair "$BATS_TEST_TMPDIR/none" --keys samples/keys \
		samples/fail-subject-changed.eml
	[ ! -e "$BATS_TEST_TMPDIR/none" ]
}

@test "text of a message is inert in what is told" {
	forge <<-'PY'
	m = chain(1)
	m.body += b"\x1b[2J\xc2\x85\xe2\x80\xae footer\r\n"
	write(m, tmp("esc"))
	PY
	run -1 arc-verify --why --time 1767225600 --keys "$BATS_TEST_TMPDIR/esc.keys" \
		"$BATS_TEST_TMPDIR/esc"
	[[ $output == *"body.footer-appended"* ]]
	[[ $output == *'\x1b[2J\xc2\x85\xe2\x80\xae footer'* ]]
}

@test "chains edited or mis-signed for real: 95 in 100 explained, none wrongly, 90 in 100 placed" {
	forge <<-'PY'
	wrong, found, placed = grade.score(os.environ["BATS_TEST_TMPDIR"]) if (os := __import__("os")) else 0
	assert wrong == 0 and found >= 0.95 and placed >= 0.9
	PY
}

@test "every culprit that is named of twins and signers is the one who did it" {
	run -0 --separate-stderr /usr/bin/python3 tests/forge/score.py twins signers
	[[ $output == *"| twins | "*" | 100.0 % | 0 | "* ]]
	[[ $output == *"| signers | "*" | 100.0 % | 0 | "* ]]
}

@test "each cause that the manual lists is met by two messages or more, made for real" {
	forge <<-'PY'
	import keys
	keys.RSA.root = lambda self, number: 1  # nobody looks at the signatures
	text = open("man/arc-tools.7", encoding="utf-8").read()
	made = grade.gaps(text[text.index("table causes"):])
	assert len(made) > 100, len(made)
	few = {cause: n for cause, n in made.items() if n < 2}
	assert not few, few
	PY
}

@test "of a signer's fault it is shown what was hashed, octet by octet" {
	forge <<-'PY'
	import keys
	signed = []
	for kind in (keys.RSA, keys.Ed25519):
	    def noting(self, data, *more, sign=kind.sign):
	        signed.append(data)
	        return sign(self, data, *more)
	    kind.sign = noting
	shown = 0
	for case in cases.signer_cases():
	    cause = case.wanted[0][0]
	    if cause.startswith("sig.digestinfo") or cause == "body.bh-sha1":
	        continue
	    w = grade.told(grade.explain(case, tmp(""))["why"], case.wanted[0])
	    told = w["evidence"]["input"]
	    if w["evidence"]["changes"]:
	        continue
	    assert told and told["hashed"] != told["standard"], case.name
	    shown += 1
	    if not w["field"].endswith(".b"):
	        continue
	    hashed, at = told["hashed"].encode(), told["offset"]
	    assert any(d[at:at + len(hashed)] == hashed for d in signed), (case.name, told)
	assert shown > 90, shown
	PY
	forge <<-'PY'
	m = chain(1, as_={}, own_crlf=True)
	write(m, tmp("crlf"))
	PY
	run -1 arc-verify --why --time 1767225600 --keys "$BATS_TEST_TMPDIR/crlf.keys" \
		"$BATS_TEST_TMPDIR/crlf"
	[[ $output == *$'; b=\n    + '*'; b=\r\n'* ]]
}

@test "what explains a message is repaired so that it verifies" {
	forge <<-'PY'
	import os, subprocess
	done = 0
	for case in cases.modifier_cases():
	    if not case.name.endswith("after-1") or not case.wanted[0][0].startswith(("body", "hdr")):
	        continue
	    write(case.message, tmp("m"))
	    if os.path.exists(tmp("was")):
	        os.unlink(tmp("was"))
	    verify = ["arc-verify", "--time", "1767225600", "--keys", tmp("m.keys")]
	    subprocess.run(verify + ["--repair", tmp("was"), tmp("m")], capture_output=True)
	    p = subprocess.run(verify + [tmp("was")], capture_output=True, text=True)
	    assert p.returncode == 0, (case.name, p.stdout, p.stderr)
	    done += 1
	assert done > 50, done
	PY
}

# html BODY-IN-PYTHON WAS IS: a chain over it, in which WAS became IS later
html() {
	forge <<-PY
	m = chain(1, body=$1, header=edits.octets("$2").replace(b"\r\n", b"\n").decode())
	assert b"$3" in m.body
	m.body = m.body.replace(b"$3", b"$4", 1)
	write(m, tmp("m"))
	PY
}

why_text() {
	arc-verify --why --time 1767225600 --keys "$BATS_TEST_TMPDIR/m.keys" "$@" "$BATS_TEST_TMPDIR/m"
}

@test "100 kB of HTML: an element is found, and that a budget ended is told where something stays open" {
	local head='From: Ann <a@author.example>\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n'
	local body='"".join("--b\r\nContent-Type: text/%s\r\n\r\n%s\r\n" % (k, "".join("<p>Line %d of many</p>\r\n" % i for i in range(2000))) for k in ("plain", "html")).encode() + b"--b--\r\n"'

	html "$body" "$head" '<p>Line 1200 of' '<i>ad</i><p>Line 1200 of'
	run -1 why_text
	[[ $output != *body.html-inserted* ]] # in the text/plain part
	[[ $output == *"The search ended at its budget"* ]]
	html "($body).replace(b'plain', b'html')" "$head" '<p>Line 1200 of' '<i>ad</i><p>Line 1200 of'
	run -1 why_text
	[[ $output == *"[body.html-inserted]"*"- <i>ad</i>"* ]]
	[[ $output != *budget* ]]
}

@test "HTML that ends where its memory ends is not read beyond" {
	# Seen by the sanitizer build alone.
	local head='From: Ann <a@author.example>\nMIME-Version: 1.0\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n'

	html '(b"<p>" + b"x" * 59 + b"\r\n") * 256' "$head" '<p>x' '<p>y'
	run -1 why_text --effort 60
	[[ $output == *"[body.changed]"* ]]
	[[ $output != *budget* ]]
}
