#!/usr/bin/env bats
# The JSON of arc-verify and arc-dump: one schema, and a table in the manual.
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup() {
	cd "$ROOT"
	T=$BATS_TEST_TMPDIR
}

# valid FORM [FORM...]: every line of stdin is valid, and of one of these forms
valid() {
	cat >"$T/json"
	/usr/bin/python3 - "$T/json" "$@" <<-'PY'
	import json, sys, jsonschema
	schema = json.load(open("man/arc-tools.schema.json"))
	jsonschema.Draft202012Validator.check_schema(schema)
	whole = jsonschema.Draft202012Validator(schema)
	forms = [jsonschema.Draft202012Validator(f) for f in schema["oneOf"]
	         if f["title"].split(":")[0] in sys.argv[2:]]
	assert len(forms) == len(sys.argv) - 2
	lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
	assert lines
	for line in lines:
	    told = json.loads(line)
	    whole.validate(told)
	    assert any(f.is_valid(told) for f in forms), line
	PY
}

# all [option...]: arc-verify's JSON of every sample
all() {
	arc-verify --json --time 1770643000 --keys samples/keys "$@" samples/*.eml 2>/dev/null || [ $? -lt 64 ]
}

@test "arc-verify's JSON of every sample is valid, and has its form" {
	all | valid arc-verify
	all --why | valid arc-verify
	printf '%s\n' lists.example author-provider.example >"$T/trusted"
	all --trusted "$T/trusted" | valid arc-verify
	all --as all | valid arc-verify
}

@test "so is that of DKIM, SPF and DMARC, with and without an address" {
	all --check all --why --remote-ip 192.0.2.1 --helo h.example --mail-from ann@author.example |
		valid arc-verify
	all --check arc:dkim:spf:dmarc | valid arc-verify
	all --check dmarc:dkim | valid arc-verify
}

@test "so is arc-dump's, with keys, without, and with --why" {
	for f in samples/*.eml; do
		arc-dump --json --time 1770643000 "$f" || [ $? -eq 2 ]
		arc-dump --json --time 1770643000 --why --keys samples/keys "$f" || [ $? -eq 2 ]
		arc-dump --json --time 1770643000 --check all --keys samples/keys "$f" || [ $? -eq 2 ]
	done | valid arc-dump
}

@test "so is that of what cannot be read" {
	: >"$T/empty"
	for tool in arc-verify arc-dump; do
		run -66 "$tool" --json "$T/gone"
		grep '^{' <<<"$output" | valid "no verdict"
		run -65 "$tool" --json --keys samples/keys "$T/empty"
		grep '^{' <<<"$output" | valid "no verdict"
	done
}

@test "arc-verify(1) names every key of arc-verify's JSON" {
	/usr/bin/python3 - <<-'PY'
	import json, re
	schema = json.load(open("man/arc-tools.schema.json"))
	section = re.split(r"\n\.S[hs] ", open("man/arc-verify.1").read().split("\n.Ss JSON\n")[1])[0]
	named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"^\.It Sy (.*)$", section, re.M))))
	form = [f for f in schema["oneOf"] if f["title"] == "arc-verify"][0]
	page = {k for f in form["not"]["anyOf"] for k in f["required"]} - {"error"}
	assert named == set(schema["properties"]) - page, named ^ (set(schema["properties"]) - page)
	words = set(re.findall(r"[a-z_]+", section))
	for part in ("set", "key", "why", "lint", "dkim", "spf", "dmarc", "trusted", "as"):
	    keys = set(schema["$defs"][part]["properties"]) - {"input"}
	    assert keys <= words, (part, keys - words)
	PY
}
