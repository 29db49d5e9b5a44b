#!/usr/bin/env bats
# tests/suite: the messages that other implementers test with.
# SPDX-License-Identifier: BSD-2-Clause
load helper

@test "arc-verify says of every message of tests/suite what its manifest says" {
	/usr/bin/python3 - "$ROOT/tests/suite" <<-'PY'
	import json, os, subprocess, sys
	os.chdir(sys.argv[1])
	rows = [json.loads(line) for line in open("manifest.jsonl", encoding="utf-8")]
	wrong = []
	for row in rows:
	    p = subprocess.run(["arc-verify", "--json", "--check", row["method"], "--time", str(row["time"]), "--keys", row["file"][:-4] + ".keys", row["file"]],
	                       capture_output=True)
	    said = json.loads(p.stdout) if p.stdout else {}
	    found = {"arc": said.get("arc")} if row["method"] == "arc" else {"dkim": [s["result"] for s in said["dkim"]]}
	    if row.get("arc") == "pass":
	        found["oldest_pass"] = said["oldest_pass"]
	    if "code" in row:
	        found["code"] = said["code"]
	    if "codes" in row:
	        found["codes"] = [s["code"] for s in said["dkim"]]
	    if any(row[name] != value for name, value in found.items()):
	        wrong.append((row, found))
	print(wrong)
	methods = [row["method"] for row in rows]
	assert not wrong and methods.count("arc") >= 400 and methods.count("dkim") >= 100
	PY
}

@test "the manifest of tests/suite names each file there, once, with its keys" {
	cd "$ROOT/tests/suite"
	diff <(sed 's/.*"file": "\([^"]*\)".*/\1/' manifest.jsonl | LC_ALL=C sort) <(printf '%s\n' *.eml | LC_ALL=C sort)
	diff <(printf '%s\n' *.eml | sed 's/\.eml$//') <(printf '%s\n' *.keys | sed 's/\.keys$//')
	grep -q "^$(wc -l <manifest.jsonl) messages" README.md
}

@test "tests/suite has DKIM messages for every way that one signature can be wrong (RFC 6376 6.1)" {
	/usr/bin/python3 - "$ROOT/tests/suite/manifest.jsonl" <<-'PY'
	import json, sys
	rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
	broken = {code for row in rows if row["method"] == "dkim" and len(row["dkim"]) == 1 and "codes" in row for code in row["codes"]}
	print(sorted(broken))
	wanted = """algorithm body-hash body-length canonicalization domain-syntax expired field-syntax headers-no-from identity
	key-hash key-missing key-revoked key-service key-short key-strict key-syntax key-type query-method selector-syntax
	signature signature-length tag-missing tag-syntax version""".split()
	assert not set(wanted) - broken, set(wanted) - broken
	single = [row for row in rows if row["method"] == "dkim" and "codes" in row and len(row["codes"]) == 1]
	assert len(single) >= 60, len(single)
	PY
}
