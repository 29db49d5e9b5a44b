# shellcheck shell=bash
# What every test file loads: "load helper".
# The tools and the programs of tests/unit are on PATH; B is their directory.
# SPDX-License-Identifier: BSD-2-Clause
bats_require_minimum_version 1.8.0

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
B=${B:-$ROOT/build}
SAMPLES=$ROOT/samples
PATH=$B:$ROOT/tests/forge:$ROOT/tests/tools:$PATH
export ROOT B SAMPLES PATH

# The forge (tests/forge/forge) reads a script from stdin: messages, and what
# arc-verify has to say to each.
#
#	forge <<-'PY'
#	fails("field-missing", 1, chain(1).drop("ARC-Seal"))
#	PY

# A crash or a leak is not to be taken for a verdict: the sanitizers' own exit
# status would be 1.
export ASAN_OPTIONS=exitcode=99:detect_leaks=1
export UBSAN_OPTIONS=exitcode=99:print_stacktrace=1
export LSAN_OPTIONS=exitcode=99

# same NAME WANTED: $output is what the file WANTED holds; else show the
# difference.
same() {
	# shellcheck disable=SC2154 # set by run
	diff -u --label "$1 wanted" --label "$1 found" "$2" <(printf '%s\n' "$output")
}

# tests/forge/make-suite collects messages under the names of their tests.
export BATS_TEST_DESCRIPTION BATS_TEST_FILENAME
