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

@test "Ed25519 keys: points, and no others (RFC 8032 5.1)" {
	unit key_ed25519
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

@test "hashes of strangers' names: SipHash-1-3 as another implementation has it, by a key of its own" {
	cd "$BATS_TEST_TMPDIR"
	/usr/bin/python3 - >wanted <<-'PY'
	import struct

	MASK = 2**64 - 1
	key = bytes(range(16))
	lines = [bytes(65 + i % 57 for i in range(n)) for n in range(64)]
	lines += [b"Subject", b"sUBJECT", b"\xc3\x89\x80" * 9]

	def siphash(key, data, c=1, d=3):
	    v = [a ^ b for a, b in zip(struct.unpack("<QQ", key) * 2, struct.unpack(">4Q", b"somepseudorandomlygeneratedbytes"))]
	    def rotl(x, b):
	        return (x << b | x >> 64 - b) & MASK
	    def rounds(n):
	        a, b, c, d = v
	        for _ in range(n):
	            a = a + b & MASK; b = rotl(b, 13) ^ a; a = rotl(a, 32)
	            c = c + d & MASK; d = rotl(d, 16) ^ c
	            a = a + d & MASK; d = rotl(d, 21) ^ a
	            c = c + b & MASK; b = rotl(b, 17) ^ c; c = rotl(c, 32)
	        v[:] = a, b, c, d
	    data += bytes(7 - len(data) % 8) + bytes([len(data) % 256])
	    for (m,) in struct.iter_unpack("<Q", data):
	        v[3] ^= m
	        rounds(c)
	        v[0] ^= m
	    v[2] ^= 0xff
	    rounds(d)
	    return v[0] ^ v[1] ^ v[2] ^ v[3]

	# of SipHash-2-4, which its authors print, this is the one in the paper
	assert siphash(key, bytes(range(15)), 2, 4) == 0xa129ca6149be45e5
	open("lines", "wb").write(b"".join(line + b"\n" for line in lines))
	for line in lines:
	    print("%016x %016x" % (siphash(key, line), siphash(key, line.lower())))
	PY
	run -0 unit-siphash 0706050403020100 0f0e0d0c0b0a0908 <lines
	same hashes wanted
}

@test "a body in pieces of any size has the canonical form of the whole, in the unit program too" {
	for f in "$SAMPLES"/pass-{multipart-attachment,partial-body,empty-body}.eml; do
		unit-canon <"$f" >"$BATS_TEST_TMPDIR/forms"
		for form in simple relaxed; do
			for piece in 1 17 1048576; do
				sed -n "/^\[$form $piece\]$/,/^\[[0-9]*\]$/p" "$BATS_TEST_TMPDIR/forms" | sed 1d >"$BATS_TEST_TMPDIR/$piece"
				[ -s "$BATS_TEST_TMPDIR/$piece" ]
			done
			cmp "$BATS_TEST_TMPDIR/1" "$BATS_TEST_TMPDIR/1048576"
			cmp "$BATS_TEST_TMPDIR/17" "$BATS_TEST_TMPDIR/1048576"
		done
	done
}

@test "every option and every member of a verdict of the library does what arc.h says" {
	run -0 unit-embed "$SAMPLES"
}
