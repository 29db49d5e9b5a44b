#!/usr/bin/env bats
# Bounds that keep an attacker's cost above ours: keys, signatures, the process.
# SPDX-License-Identifier: BSD-2-Clause
load helper

@test "a chain forged under e=1 fails: the padded digest is no signature" {
	forge <<-'PY'
	k = key("rsa1024").with_e(1)
	m = chain(1, key=k, ams_sign=lambda k, d: k.octets(k.padded(d)), as_sign=lambda k, d: k.octets(k.padded(d)))
	fails("key-exponent", 1, m)
	fails("key-exponent", 1, chain(1, as_s="x", as_key=k), parts={"ams1": "pass"})
	fails("key-exponent", 2, chain(2, {2: dict(key=key("rsa2048-a").with_e(1))}))
	PY
}

@test "an exponent is odd, 3 or more, and below 2^33" {
	forge <<-'PY'
	k = key("rsa1024")
	for e in (3, 17, 257, 65537, k.exponent(2**32 + 1), 2**33 - 1):
	    passes(chain(1, key=k.with_e(e)))
	for e in (2, k.exponent(2**33 + 1), k.exponent(2**64 + 1), k.exponent(k.n - 1000)):
	    fails("key-exponent", 1, chain(1, key=k.with_e(e)))
	PY
}

@test "a modulus of more than 4096 bits has an exponent of at most 65537" {
	forge <<-'PY'
	large, most = key("rsa16384"), key("rsa4096")
	passes(chain(1, key=large.with_e(3)))
	passes(chain(1, key=most.with_e(most.exponent(2**32 + 1))))
	for e in (65539, 2**32 + 1, 2**33 - 1):
	    fails("key-exponent", 1, chain(1, key=large.with_e(large.exponent(e))))
	fails("key-exponent", 2, chain(2, {2: dict(key=large.with_e(large.exponent(65539)))}))
	PY
}

@test "a modulus is odd" {
	forge <<-'PY'
	even = RSA([2] + key("rsa1024").primes)
	assert even.bits == 1025 and even.n % 2 == 0
	fails("key-exponent", 1, chain(1, key=even))
	PY
}

@test "a modulus may have more than two primes" {
	forge <<-'PY'
	passes(chain(1, key=RSA(key("rsa1024-a").primes + key("rsa512").primes)))
	PY
}

@test "Ed25519 keys of small order are unusable" {
	forge <<-'PY'
	zero = "00" * 31
	points = (("01" + zero, 1), ("00" * 32, 4), (zero + "80", 4), ("ec" + "ff" * 30 + "7f", 2),
	          ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", 8),
	          ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", 8),
	          ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", 8),
	          ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", 8))
	for point, order in points:
	    fails("key-weak-point", 1, chain(1, key=SmallOrder(point, order)))
	    fails("key-weak-point", 1, chain(1, as_s="x", as_key=SmallOrder(point, order)), parts={"ams1": "pass"})
	PY
}

@test "Ed25519 keys not in their shortest form, or no point at all, are unusable" {
	forge <<-'PY'
	# y = p + 0, p + 1, p - 1 + p, the same with the sign bit, and x = 0 with it.
	for point, order in (("ed" + "ff" * 30 + "7f", 4), ("ee" + "ff" * 30 + "7f", 1), ("ed" + "ff" * 31, 4), ("ee" + "ff" * 31, 1),
	                     ("01" + "00" * 30 + "80", 1), ("ec" + "ff" * 31, 2), ("ff" * 32, 1), ("02" + "00" * 31, 1)):
	    fails("key-weak-point", 1, chain(1, key=SmallOrder(point, order)))
	PY
}

@test "an Ed25519 signature whose S is L or more fails" {
	forge <<-'PY'
	def more(k, d):
	    s = k.sign(d)
	    return s[:32] + (int.from_bytes(s[32:], "little") + ED25519_L).to_bytes(32, "little")
	fails("signature", 1, chain(1, key="ed25519-a", ams_sign=more))
	fails("signature", 1, chain(1, key="ed25519-a", as_sign=more), parts={"ams1": "pass"})
	fails("signature", 1, chain(1, key="ed25519-a", ams_sign=lambda k, d: bytes(64)))
	fails("signature", 1, chain(1, key="ed25519-a", ams_sign=lambda k, d: b"\1" + bytes(63)))
	PY
}

@test "an RSA signature is below n and exactly as long (RFC 8017 8.2.2)" {
	forge <<-'PY'
	def plus_n(k, d):
	    s = int.from_bytes(k.sign(d), "big") + k.n
	    return k.octets(s) if s < 1 << 8 * k.size else None
	fails("signature", 1, chain(1, ams_sign=plus_n))
	fails("signature", 1, chain(1, as_sign=plus_n), parts={"ams1": "pass"})
	for sign in (lambda k, d: b"\0" + k.sign(d), lambda k, d: k.sign(d) + b"\0", lambda k, d: k.sign(d) + k.sign(d)):
	    fails("signature-length", 1, chain(1, ams_sign=sign))
	PY
}

@test "eight key records under a name are tried, a ninth is no verdict" {
	forge <<-'PY'
	p = base64.b64encode(key("rsa1024").public()).decode()
	wrong = "v=DKIM1; n=%d; p=" + p
	for n in (7, 8):
	    records = [wrong % k for k in range(n)]
	    if n == 7:
	        passes(chain(1, record=records + ["v=DKIM1; p=@p"]), lint="key-several")
	    fails("signature", 1, chain(1, record=records))
	    passes(chain(1, record=["v=DKIM1; p=@p"] + records))
	no_verdict(65, "limit-records", chain(1, record=[wrong % k for k in range(8)] + ["v=DKIM1; p=@p"]))
	no_verdict(65, "limit-records", chain(1, record=[wrong % k for k in range(500)]))
	PY
}

# RFC 8617 5.2, step 5, may be left out: no limit on it decides.
@test "a limit met by an older AMS is that AMS's own status, and no message's" {
	forge <<-'PY'
	p = base64.b64encode(key("rsa1024").public()).decode()
	wrong = ["v=DKIM1; n=%d; p=%s" % (k, p) for k in range(9)]
	passes(chain(2, {1: dict(ams_s="many", ams_record=wrong)}), oldest=2, lint="oldest-pass-unsure", parts={"ams1": "fail limit-records"})
	passes(chain(3, {2: dict(ams_s="many", ams_record=wrong)}), oldest=3, parts={"ams2": "fail limit-records", "ams1": "unchecked"})
	no_verdict(65, "limit-records", chain(2, {2: dict(ams_s="many", ams_record=wrong)}))
	no_verdict(65, "limit-records", chain(2, {1: dict(as_s="many", as_record=wrong)}))
	# and older AMS leave as many checks as there are seals
	passes(chain(4), oldest=4, args=["--limit", "signatures=5"], parts={"ams3": "fail limit-signatures", "seal1": "pass"})
	passes(chain(4), oldest=3, args=["--limit", "signatures=6"], parts={"ams3": "pass", "ams2": "fail limit-signatures"})
	no_verdict(65, "limit-signatures", chain(4), args=["--limit", "signatures=4"])
	PY
}

@test "120 signature checks a message, then no verdict" {
	forge <<-'PY'
	p = base64.b64encode(key("rsa1024").public()).decode()
	slow = ["v=DKIM1; n=%d; p=%s" % (k, p) for k in range(7)] + ["v=DKIM1; p=@p"]
	passes(chain(7, record=slow))  # 14 signatures, 112 checks
	no_verdict(65, "limit-signatures", chain(8, record=slow))  # 128
	passes(chain(8, record=slow), oldest=None, args=["--no-oldest-pass"])  # 72
	# The limit is the number that is made, of ARC and of DKIM.
	passes(chain(1), args=["--limit", "signatures=2"])
	no_verdict(65, "limit-signatures", chain(1), args=["--limit", "signatures=1"])
	dkim(signed(), "pass", args=["--limit", "signatures=1"])
	PY
}

@test "OpenSSL's configuration file is not loaded" {
	forge <<-'PY'
	write(chain(1), tmp("m"))
	PY
	# One that makes any program that reads it stop.
	cat >"$BATS_TEST_TMPDIR/openssl.cnf" <<-'EOT'
	config_diagnostics = 1
	openssl_conf = init
	[init]
	providers = none
	[none]
	nothing = nowhere
	[nowhere]
	activate = 1
	module = /nonexistent/module.so
	EOT
	export OPENSSL_CONF=$BATS_TEST_TMPDIR/openssl.cnf
	run ! openssl pkey -in "$ROOT/tests/keys/rsa1024.pem" -noout
	run -0 arc-verify --keys "$BATS_TEST_TMPDIR/m.keys" "$BATS_TEST_TMPDIR/m"
	export OPENSSL_CONF=/nonexistent SSL_CERT_FILE=/nonexistent OPENSSL_MODULES=/nonexistent
	run -0 arc-verify --keys "$BATS_TEST_TMPDIR/m.keys" "$BATS_TEST_TMPDIR/m"
}

@test "descriptors 0 to 2 missing at the start change no verdict" {
	forge <<-'PY'
	write(chain(2), tmp("m"))
	PY
	cd "$BATS_TEST_TMPDIR"
	run -0 arc-verify --keys m.keys m 0<&-
	[[ $output == pass* ]]
	run -0 arc-verify --keys m.keys m 2>&-
	run -0 bash -c 'arc-verify --keys m.keys m <&- 2>&-'
	[[ $output == pass* ]]
	run -74 bash -c 'arc-verify --keys m.keys <&-'
	[[ $output == *'[read]'* ]]
	run -74 bash -c 'arc-verify --keys m.keys m >&-'
	[[ $output == *'arc-verify:'* ]]
	run -74 bash -c 'arc-verify --keys m.keys m <&- >&- 2>&-'
	# Nothing is written into a file that got a low number.
	cp m before
	bash -c 'arc-verify --keys m.keys m <&- >&- 2>&- ' || true
	cmp m before
}

@test "a closed pipe is status 74, not a signal" {
	forge <<-'PY'
	write(chain(2), tmp("m"))
	PY
	run -0 bash -c 'trap "" PIPE; arc-verify --keys "$1.keys" "$1" | true; echo ${PIPESTATUS[0]}' - "$BATS_TEST_TMPDIR/m"
	[[ ${lines[-1]} == 0 || ${lines[-1]} == 74 ]]
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	run -74 bash -c 'exec 3<>"$2" 4>"$2" 3<&-; trap - PIPE; arc-verify --keys "$1.keys" "$1" >&4' - "$BATS_TEST_TMPDIR/m" "$BATS_TEST_TMPDIR/fifo"
	[[ $output == *'[write]'* ]]
}

@test "set-uid use is refused" {
	# Only root can make a file that runs as somebody else.
	[ "$(id -u)" -eq 0 ] || return 0
	dir=$(mktemp -d /var/tmp/arc-XXXXXX)
	cp "$(command -v arc-verify)" "$dir/arc-verify"
	chown 65534 "$dir/arc-verify"
	chmod 755 "$dir"
	chmod 4755 "$dir/arc-verify"
	run "$dir/arc-verify" --version
	rm -r "$dir"
	# A program that runs as somebody else cannot be looked through for leaks,
	# so the sanitizers' build has a status of its own.
	[ "$status" -eq 77 ] || [[ $B == *-san && $status -ne 0 ]]
	[[ $output == *'set-uid'* ]]
}

@test "option values are checked before input is read" {
	for option in "--min-rsa-bits 1023" "--min-rsa-bits 16385" "--min-rsa-bits x" "--time yesterday" "--time -1" "--time 2026-02-30T00:00:00Z" \
		"--time 2026-02-09" "--clock-skew -5" "--clock-skew 1h" "--dns-timeout 0" "--dns-timeout -1" "--dns-timeout 1e3" "--accept" "--accept maybe" \
		"--accept pass,fail" "--color sometimes" "--dnssec maybe"; do
		# shellcheck disable=SC2086 # two words
		run -64 --separate-stderr arc-verify $option </dev/full
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
}

@test "an authserv-id is a token that can be shown as it is" {
	for id in $'\xff\x9b' $'\xe2\x80\xaex' $'\xc2\x9bx' $'\xc0\xaf' "a b" "" "a;b"; do
		for mode in --format=ar --annotate; do
			run -64 --separate-stderr arc-verify $mode -i "$id" </dev/full
			[ -z "$output" ]
		done
	done
	run -0 arc-verify --format=ar -i "bücher.example" --keys "$SAMPLES/keys" "$SAMPLES/pass-one-hop.eml"
	[[ $output == *"bücher.example; arc=pass"* ]]
}
