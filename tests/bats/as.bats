#!/usr/bin/env bats
# arc-verify --as: what other implementations would say, by their documented deviations.
# SPDX-License-Identifier: BSD-2-Clause
load helper

# predicted NAME: the word, and the ids of the deviations that decide, of the output.
predicted() {
	sed -n "/^  predicted for $1: /,/^  predicted/{s/^  predicted for $1: \([a-z]*\).*/\1/p; s/^    .*\[\([a-z0-9-]*\)\].*/\1/p}" \
		<<<"$output" | tr '\n' ' '
}

# asked NAME MESSAGE WORD... - the prediction for a message of samples/
asked() {
	run arc-verify --time 1770643000 --keys "$SAMPLES/keys" --as "$1" "$SAMPLES/$2.eml"
	[ "$status" -lt 64 ]
	echo "$output"
	[ "$(predicted "$1")" = "${*:3} " ]
}

# asked_suite NAME MESSAGE WORD... - the same for a message of tests/suite/
asked_suite() {
	local m="$ROOT/tests/suite/$2"

	run arc-verify --time 1767225600 --keys "$m.keys" --as "$1" "$m.eml"
	[ "$status" -lt 64 ]
	echo "$output"
	[ "$(predicted "$1")" = "${*:3} " ]
}

@test "--as list shows each deviation with its version, how it is known, and a date" {
	run -0 arc-verify --as list
	[ "${#lines[@]}" -gt 60 ]
	run -1 grep -vE '^[A-Za-z:-]+ +[a-z0-9-]+ +[a-z].* \([^,]+, (run|read|documented|reported), 20[0-9]{2}-[0-9]{2}-[0-9]{2}\)$' <<<"$output"
}

@test "an id names one deviation of an implementation" {
	run -0 arc-verify --as list
	run -0 sh -c 'awk "{ print \$1, \$2 }" | sort | uniq -d' <<<"$output"
	[ -z "$output" ]
}

@test "the names of --as list are those that completions offer" {
	run -0 arc-verify --as list
	diff <(printf '%s\n' "${lines[@]}" | awk '{ print $1 }' | sort -u) \
		<(sed -n 's/^--as\t-\twords\tall list //p' "$ROOT/completions/values.tsv" | tr ' ' '\n' | sort)
}

@test "where no deviation matters the prediction is our verdict, and says so" {
	run -0 arc-verify --keys "$SAMPLES/keys" --as all "$SAMPLES/pass-three-hops-untouched-lf.eml"
	[ "$(grep -c '^  predicted for .*: pass  (nothing recorded changes the verdict)$' <<<"$output")" = \
		"$(grep -c '^  predicted' <<<"$output")" ]
	run -2 arc-verify --keys "$SAMPLES/keys" --as all "$SAMPLES/none-no-arc-fields.eml"
	[[ $output == *"predicted for KumoMTA: none"* && $output != *": pass"* && $output != *": fail"* ]]
}

@test "a prediction changes no exit status and no verdict" {
	run -0 arc-verify --keys "$SAMPLES/keys" --as KumoMTA "$SAMPLES/pass-list-edited.eml"
	[[ ${lines[0]} == pass* && ${lines[1]} == "  predicted for KumoMTA: fail" ]]
	run -1 arc-verify --keys "$SAMPLES/keys" --as mailauth "$SAMPLES/fail-query-method.eml"
	[[ ${lines[0]} == fail* && ${lines[1]} == "  predicted for mailauth: pass" ]]
}

@test "deviations that ask for more: fail, where RFC 8617 says pass" {
	asked KumoMTA pass-list-edited fail older-ams
	asked Mail::DKIM pass-older-expired fail expired
	asked mailauth pass-older-expired pass
	asked Mail::DKIM pass-ed25519-below-rsa fail ed25519
	asked mail-auth pass-partial-body fail length
	asked mailauth pass-several-key-records fail first-record
	asked OpenARC pass-several-key-records fail several-records
}

@test "deviations that ask for less: pass, where RFC 8617 says fail" {
	asked mailauth fail-query-method pass query
	asked dkimpy fail-query-method fail
	asked Mail::DKIM fail-seal-with-h pass seal-h
	asked mailauth fail-seal-with-h fail
	asked dkimpy fail-from-not-signed pass from-not-signed
	asked KumoMTA fail-from-not-signed fail
	asked mailauth fail-time-icecream pass time-syntax
	asked Mail::DKIM fail-header-line-broken pass line-not-a-field
}

@test "what is overlooked is no pass by itself: what is left has to verify" {
	sed 's/^Subject: /Subject: changed /' "$SAMPLES/fail-query-method.eml" >"$BATS_TEST_TMPDIR/m"
	run ! cmp -s "$SAMPLES/fail-query-method.eml" "$BATS_TEST_TMPDIR/m"
	run -1 arc-verify --keys "$SAMPLES/keys" --as mailauth "$BATS_TEST_TMPDIR/m"
	[[ ${lines[1]} == "  predicted for mailauth: fail"* ]]
}

@test "an error, and another default of c=" {
	asked dkimpy fail-header-line-broken error line-not-a-field
	asked dkimpy pass-no-c-tag fail canonicalization-default
	asked Mail::DKIM pass-no-c-tag pass
}

@test "deviations in what is hashed" {
	asked_suite dkimpy canon-the-value-of-b-goes-with-1 fail space-after-b
	asked_suite mailauth canon-the-value-of-b-goes-with-1 fail space-before-equals
	asked_suite mailauth canon-the-value-of-b-goes-with-2 pass
	asked_suite mailauth canon-an-ams-is-never-picked-through-3 fail own-field
	asked_suite Mail::DKIM canon-an-ams-is-never-picked-through-3 fail own-field
	asked_suite Mail::DKIM canon-simple-body-empty-lines-at-the-3 fail no-line-end
	asked_suite dkimpy octets-a-bare-cr-in-a-header-3 fail white-space
	asked_suite mailauth octets-a-bare-cr-in-a-header-1 fail header-end
	asked_suite mailauth octets-octets-128-to-255-pass-through-3 fail white-space
	asked_suite mailauth octets-octets-128-to-255-pass-through-1 pass
	asked_suite mailauth octets-a-field-name-is-any-of-1 fail comment-in-h
	asked_suite Mail::DKIM structure-in-the-aar-i-comes-first-4 fail instance-spacing
	asked_suite Mail::DKIM taglist-tag-names-are-case-sensitive-1 fail instance-spacing
}

@test "deviations in tags and key records: more strict" {
	asked_suite mailauth ams-a-canonicalization-that-is-not-defined-3 error canonicalization-half
	asked_suite dkimpy taglist-a-c-q-and-cv-match-3 fail canonicalization-case
	asked_suite Mail::DKIM ams-q-must-hold-dns-txt-3 fail query
	asked_suite Mail::DKIM keys-g-and-unknown-tags-of-a-2 fail granularity
	asked_suite dkimpy keys-s-lists-or-email-4 fail key-service
	asked_suite Mail::DKIM keys-s-lists-or-email-4 pass
	asked_suite Mail::DKIM taglist-key-tags-k-h-s-t-1 fail key-type-case key-lists
	asked_suite dkimpy taglist-key-tags-k-h-s-t-1 fail key-type-case key-service
	asked_suite dkimpy validator-only-ams-n-decides-4 error key-type
}

@test "deviations in keys: those that are refused here" {
	asked_suite dkimpy keys-h-if-there-lists-sha256-1 pass key-hash
	asked_suite Mail::DKIM keys-h-if-there-lists-sha256-1 fail
	asked_suite mailauth keys-s-lists-or-email-1 pass key-service
	asked_suite mailauth taglist-key-tags-k-h-s-t-4 pass key-version
	asked_suite dkimpy taglist-key-tags-k-h-s-t-4 fail
	asked_suite dkimpy taglist-p-is-base64-4 pass key-base64
	asked_suite dkimpy keys-what-is-not-exactly-an-rsa-4 pass key-form
	asked_suite Mail::DKIM keys-what-is-not-exactly-an-rsa-4 fail
	asked_suite Mail::DKIM keys-what-is-not-exactly-an-rsa-3 pass key-form
	asked_suite Mail::DKIM keys-rsa-from-1024-to-16384-bits-1 pass key-short
	asked_suite mailauth keys-rsa-from-1024-to-16384-bits-1 fail
	asked_suite mailauth bounds-a-chain-forged-under-e-1-3 pass key-exponent
	asked_suite dkimpy bounds-a-modulus-is-odd-1 pass key-exponent
	asked_suite mailauth bounds-a-modulus-is-odd-1 fail
	asked_suite dkimpy bounds-an-rsa-signature-is-below-n-1 pass signature-range
	asked_suite dkimpy bounds-an-rsa-signature-is-below-n-3 pass signature-length
	asked_suite mailauth bounds-ed25519-keys-of-small-order-are-1 pass key-weak-point
	asked_suite mailauth keys-ed25519-signs-the-digest-not-the-2 pass ed25519-seal-text
	asked_suite Mail::DKIM ams-d-has-two-labels-or-more-1 pass one-label
}

@test "a key that is refused here is no pass by itself either" {
	local m
	cd "$ROOT/tests/suite"
	for m in keys-h-if-there-lists-sha256-1 bounds-an-exponent-is-odd-3-or-2 keys-what-is-not-exactly-an-rsa-1; do
		sed 's/^Message-ID: /Message-ID: changed /' "$m.eml" >"$BATS_TEST_TMPDIR/m"
		run ! cmp -s "$m.eml" "$BATS_TEST_TMPDIR/m"
		run -1 arc-verify --time 1767225600 --keys "$m.keys" --as dkimpy "$BATS_TEST_TMPDIR/m"
		[[ ${lines[1]} == "  predicted for dkimpy: fail"* ]]
	done
}

@test "deviations in reading a field that is refused here" {
	asked_suite dkimpy octets-a-control-in-an-ams-or-3 pass bytes
	asked_suite mailauth octets-a-control-in-an-ams-or-3 fail
	asked_suite mailauth structure-a-comment-anywhere-else-is-no-3 pass comments
	asked_suite mailauth taglist-a-name-twice-makes-the-whole-1 pass tag-twice
	asked_suite dkimpy taglist-a-name-twice-makes-the-whole-1 fail
	asked_suite mailauth taglist-tag-names-are-case-sensitive-2 pass tag-names-case
	asked_suite mailauth taglist-an-element-that-is-empty-or-3 pass empty-element
	asked_suite Mail::DKIM taglist-base64-is-exact-alphabet-padding-length-4 pass base64
	asked_suite dkimpy taglist-base64-is-exact-alphabet-padding-length-4 fail
	asked_suite Mail::DKIM taglist-l-is-1-to-76-digits-4 pass length-syntax
	asked_suite mailauth taglist-l-is-1-to-76-digits-4 fail
	asked_suite mailauth taglist-white-space-inside-a-value-is-4 pass canonicalization-spaced
}

@test "deviations in the instance of a field, and fields that others ignore" {
	local m
	asked_suite dkimpy structure-in-the-aar-i-comes-first-1 pass instance-anywhere
	asked_suite KumoMTA structure-in-the-aar-i-comes-first-1 fail
	asked_suite dkimpy octets-a-bare-cr-is-no-white-2 pass instance-anywhere
	asked_suite Mail::DKIM octets-a-bare-cr-is-no-white-2 fail
	asked_suite dkimpy structure-a-field-that-belongs-to-no-1 pass no-instance
	asked_suite dkimpy structure-a-field-that-belongs-to-no-4 fail
	asked_suite Mail::DKIM structure-a-field-that-belongs-to-no-2 pass no-list
	asked_suite Mail::DKIM structure-two-seals-of-one-instance-are-2 pass rejected
	asked_suite mailauth structure-two-seals-of-one-instance-are-2 fail
	asked_suite mailauth structure-an-instance-is-one-or-two-3 none no-instance
	asked_suite Mail::DKIM structure-an-instance-is-one-or-two-3 fail
	for m in 1 2 3 4; do
		asked_suite dkimpy "structure-one-such-field-however-broken-is-$m" none no-instance
		asked_suite rspamd "structure-one-such-field-however-broken-is-$m" fail
	done
}

@test "white space as Mail::DKIM knows it, and a field of set 0" {
	forge <<-'PY'
	write(Message(header=HEADER.replace("Subject: ", "Subject: \f")).seal(), tmp("m"))
	PY
	run -0 arc-verify --keys "$BATS_TEST_TMPDIR/m.keys" --as Mail::DKIM "$BATS_TEST_TMPDIR/m"
	[ "$(predicted Mail::DKIM)" = "fail white-space " ]
	sed 's/^ARC-Seal:/ARC-Seal: i=0; x=y\r\nARC-Seal:/' "$BATS_TEST_TMPDIR/m" >"$BATS_TEST_TMPDIR/0"
	run -1 arc-verify --keys "$BATS_TEST_TMPDIR/m.keys" --as all "$BATS_TEST_TMPDIR/0"
	[ "$(predicted dkimpy)" = "fail " ]
	[ "$(predicted mailauth)" = "fail " ]
}

@test "instances of three digits, and key records that are no list" {
	forge <<-'PY'
	three = swap("i=1;", "i=001;")
	write(chain(1, as_=three, ams=three, aar=three), tmp("i"))
	write(Message().seal(), tmp("k"))
	PY
	sed 's/v=DKIM1;/v=DKIM1; x-y=1;/' "$BATS_TEST_TMPDIR/k.keys" >"$BATS_TEST_TMPDIR/name"
	run -1 arc-verify --keys "$BATS_TEST_TMPDIR/i.keys" --as all "$BATS_TEST_TMPDIR/i"
	[[ $(predicted mailauth) == "pass instance-digits "* && $(predicted OpenARC) == "fail " ]]
	run -1 arc-verify --keys "$BATS_TEST_TMPDIR/name" --as all "$BATS_TEST_TMPDIR/k"
	[ "$(predicted mailauth)" = "pass key-no-list " ]
	[ "$(predicted dkimpy)" = "pass key-no-list " ]
	[ "$(predicted Mail::DKIM)" = "pass key-no-list " ]
	[ "$(predicted rspamd)" = "fail " ]
}

@test "every difference from another implementation has its reason" {
	run -1 grep -vE '^#|	.*	.*; it ' "$ROOT/tests/peers.tsv"
}

@test "every deviation decides at a message of samples/ or tests/suite" {
	/usr/bin/python3 - "$ROOT" <<-'PY'
	import glob, json, os, subprocess, sys
	os.chdir(sys.argv[1])
	def ask(*words):
	    return subprocess.run(["arc-verify", *words], capture_output=True, text=True).stdout.splitlines()
	rows = {tuple(line.split()[:2]) for line in ask("--as", "list")}
	found = set()
	def take(*words):
	    for line in ask("--json", "--as", "all", *words):
	        found.update((a["name"], row["id"]) for a in json.loads(line).get("as", []) for row in a["rows"])
	take("--keys", "samples/keys", *glob.glob("samples/*.eml"))
	with open("tests/suite/manifest.jsonl", encoding="utf-8") as f:
	    for row in map(json.loads, f):
	        if row["method"] == "arc":
	            take("--time", str(row["time"]), "--keys", "tests/suite/" + row["file"][:-4] + ".keys", "tests/suite/" + row["file"])
	print(sorted(rows - found))
	more = {("dkimpy", "seal-body-hash"), ("rspamd", "seal-body-hash"), ("Mail::DKIM", "white-space"), ("dkimpy", "from-line")}
	assert {r for r in rows - found if r[1] not in ("key-no-list", "instance-digits")} == more
	PY
}

@test "--as is refused where it would be left undone" {
	run -64 arc-verify --as nobody "$SAMPLES/pass-one-hop.eml"
	[[ $output == *"invalid --as 'nobody'"* ]]
	run -64 arc-verify --as all --check dkim "$SAMPLES/pass-one-hop.eml"
	run -64 arc-verify --as all --annotate -i mx.example "$SAMPLES/pass-one-hop.eml"
}

@test "a message beyond the limit of what is held in memory has no verdict with --as" {
	run -65 arc-verify --keys "$SAMPLES/keys" --limit message=100 --as all "$SAMPLES/pass-one-hop.eml"
	[[ $output == *"--as"* ]]
}

# bats test_tags=plain
@test "a tag list without measure is no opinion, and takes no memory" {
	{
		echo "ARC-Seal: i=1; a=rsa-sha256; cv=none; d=x.example; s=s; b=AAAA"
		echo "ARC-Message-Signature: i=1; a=rsa-sha256;"
		seq -f ' x%.0f=y;' 40000
		echo "ARC-Authentication-Results: i=1; x.example; none"
		printf 'From: a@x.example\n\nHello\n'
	} >"$BATS_TEST_TMPDIR/m"
	for name in dkimpy Mail::DKIM mailauth; do
		run -1 bash -c "ulimit -v 204800; exec arc-verify --keys '$SAMPLES/keys' --as $name '$BATS_TEST_TMPDIR/m'"
		[[ $output == *"predicted for $name: fail  (nothing recorded changes the verdict)" ]]
	done
}
