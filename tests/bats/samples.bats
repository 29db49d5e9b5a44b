#!/usr/bin/env bats
# The messages of samples/: their verdicts, as they are and with the other line
# ends.
# SPDX-License-Identifier: BSD-2-Clause
load helper

NOW=1770643000

setup() {
	cd "$SAMPLES"
}

@test "every sample has the verdict and the code of expected.tsv" {
	run -0 --separate-stderr arc-verify --tap --time "$NOW" --keys keys --manifest expected.tsv ./*.eml
	[ "${lines[-1]}" = "1..$(wc -l <expected.tsv)" ]
}

@test "a sample says the same with CRLF as with LF" {
	mkdir "$BATS_TEST_TMPDIR/crlf" "$BATS_TEST_TMPDIR/lf"
	for file in *.eml; do
		sed 's/\r$//' "$file" >"$BATS_TEST_TMPDIR/lf/$file"
		sed 's/$/\r/' "$BATS_TEST_TMPDIR/lf/$file" >"$BATS_TEST_TMPDIR/crlf/$file"
	done
	for form in crlf lf; do
		cp expected.tsv "$BATS_TEST_TMPDIR/$form"
		cd "$BATS_TEST_TMPDIR/$form"
		run -0 --separate-stderr arc-verify --time "$NOW" --keys "$SAMPLES/keys" --manifest expected.tsv .
	done
}

@test "the corpus of the samples has the verdicts of its manifest, as files and as mbox" {
	cd corpus
	run -0 --separate-stderr arc-verify --time 1767225600 --keys keys --tap --manifest expected.tsv files
	[ "${lines[-1]}" = "1..60" ]
	run arc-verify --time 1767225600 --keys keys --mbox mbox
	[ "${#lines[@]}" -eq 60 ]
}

@test "the samples are what the forge makes" {
	"$ROOT/tests/forge/make-samples" "$BATS_TEST_TMPDIR/anew"
	diff -r --exclude=recipes --exclude=embed "$BATS_TEST_TMPDIR/anew" "$SAMPLES"
}
