#!/usr/bin/env bats
# The programs of tests/unit, each a module's: what fails is in its output.
# SPDX-License-Identifier: BSD-2-Clause
load helper

unit() {
	cd "$ROOT"
	run -0 "unit-$1"
	[[ $output == 1..* ]]
	[[ $output != *"not ok"* ]]
}

@test "signatures: made and checked as RFC 6376, 8301 and 8463 say" {
	unit signature
}
