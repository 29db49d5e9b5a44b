#!/usr/bin/env bats
# tests/suite: the messages that other implementers test with.
# SPDX-License-Identifier: BSD-2-Clause
load helper

@test "arc-verify says of every message of tests/suite what its manifest says" {
	python3 - "$ROOT/tests/suite" <<-'PY'
	import json, os, subprocess, sys
	os.chdir(sys.argv[1])
	rows = [json.loads(line) for line in open("manifest.jsonl", encoding="utf-8")]
	wrong = []
	for row in rows:
	    p = subprocess.run(["arc-verify", "--json", "--time", str(row["time"]), "--keys", row["file"][:-4] + ".keys", row["file"]],
	                       capture_output=True)
	    said = json.loads(p.stdout) if p.stdout else {}
	    if said.get("arc") != row["arc"] or row["arc"] == "pass" and said["oldest_pass"] != row["oldest_pass"]:
	        wrong.append((row["file"], row["arc"], said.get("arc"), said.get("code")))
	print(wrong)
	assert not wrong and len(rows) >= 400
	PY
}

@test "the manifest of tests/suite names each file there, once, with its keys" {
	cd "$ROOT/tests/suite"
	diff <(sed 's/.*"file": "\([^"]*\)".*/\1/' manifest.jsonl | LC_ALL=C sort) <(printf '%s\n' *.eml | LC_ALL=C sort)
	diff <(printf '%s\n' *.eml | sed 's/\.eml$//') <(printf '%s\n' *.keys | sed 's/\.keys$//')
	grep -q "^$(wc -l <manifest.jsonl) messages" README.md
}
