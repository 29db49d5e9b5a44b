#!/usr/bin/env bats
# Every call fails once: what comes out is the right answer or trouble that is
# told, never a wrong verdict or half a message.
# Here one call in so many, and with the tag "deep" ("make deep") one in fewer;
# "make torture" takes them all.
# SPDX-License-Identifier: BSD-2-Clause
load helper

# faults [-o] -k EVERY SCENE...
faults() {
	grep -q -- '-fcoverage' "$B/flags" && skip "what counts lines makes calls of its own"
	run -0 "$ROOT/tests/torture/faults" "$@"
	[[ ${lines[-1]} == "faults: "*" 0 wrong" ]]
}

@test "a call that fails is no verdict" {
	faults -k 150 'verify (pass|fail|none|state)'
}

# bats test_tags=plain
@test "whatever memory the program asks for and does not get, it says no word too many" {
	faults -o -k 4 '(verify (pass|fail|none|state|all|as|why)|dump)'
}

# bats test_tags=plain
@test "whatever memory a filter asks for and does not get, its message is whole or not there" {
	faults -o -k 4 'annotate' 'sign (one|Ed|by|over)'
}

# bats test_tags=deep,plain
@test "memory that is asked for and not there, one call after the other" {
	faults -o 'verify [^m]*$|dump|sign'
}

@test "a call that fails while keys are fetched is no verdict" {
	faults -k 200 'dns'
}

@test "a filter whose calls fail writes its message whole or not" {
	grep -q -- '-fsanitize' "$B/flags" && long='|17 MB'
	faults -k 200 'annotate' "sign .*(hop|pipe|pass on${long:-})"
}

# bats test_tags=deep
@test "a filter whose calls fail writes a long message whole or not" {
	faults -k 100 '17 MB'
}

@test "sealing by table, over broken chains, with keys in stores" {
	faults -k 200 'sign (by|over|a key)'
}

@test "valgrind sees no error in any tool" {
	grep -q -- '-fsanitize' "$B/flags" && skip "sanitizers look for themselves"
	run -0 "$ROOT/tests/torture/memcheck" -q "$SAMPLES"/fail-body-changed.eml
	[[ ${lines[-1]} == "memcheck: 3 runs over 1 messages, 0 with an error" ]]
}

# bats test_tags=deep
@test "valgrind sees no error in any command, whatever the verdict" {
	grep -q -- '-fsanitize' "$B/flags" && skip "sanitizers look for themselves"
	run -0 "$ROOT/tests/torture/memcheck" "$SAMPLES"/pass-list-edited.eml "$SAMPLES"/fail-body-changed.eml "$SAMPLES"/pass-ed25519-below-rsa.eml
	[[ ${lines[-1]} == "memcheck: "*" 0 with an error" ]]
}

@test "a corpus keeps its order, its manifest and its totals" {
	faults -k 100 'files|mbox|manifest|merge'
}

@test "300 messages at random are judged alike by a second reading (RFC 8617 5.2)" {
	"$ROOT/tests/torture/property" 300
}
