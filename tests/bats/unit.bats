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

@test "keys: records read as RFC 6376 section 3.6.1 and RFC 8463 say" {
	unit key
}

@test "key names: what is asked for d= and s=" {
	unit keyname
}

@test "base64: what RFC 2045 section 6.8 allows, and nothing else" {
	unit base64
}

@test "the sums below: SHA-256 and RSAVP1 as EVP has them, on numbers at random" {
	unit primitive
}

@test "digests: SHA-256, in pieces, copied, from several threads" {
	unit digest
}

@test "signing keys: from PEM and from stores, never by asking" {
	unit signing_key
}

@test "short memory is never a verdict" {
	unit memory
}

@test "the messages that RFC 8463 and RFC 6376 sign verify, octet for octet" {
	unit vectors
}

@test "the DNS's wire: answers to another question leave nothing in memory" {
	unit dnswire
}

@test "input: a device that has no end is not drained" {
	unit input
}

@test "resolv.conf: which servers are asked, and how patiently" {
	unit resolvers
}
