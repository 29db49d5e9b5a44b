# shellcheck shell=bash
# What every test file loads: "load helper".
# The tools and the programs of tests/unit are on PATH; B is their directory.
# SPDX-License-Identifier: BSD-2-Clause
bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
B=${B:-$ROOT/build}
SAMPLES=$ROOT/samples
PATH=$B:$PATH
export ROOT B SAMPLES PATH

# same NAME WANTED: $output is what the file WANTED holds; else show the
# difference.
same() {
	# shellcheck disable=SC2154 # set by run
	diff -u --label "$1 wanted" --label "$1 found" "$2" <(printf '%s\n' "$output")
}
