#!/usr/bin/env bats
# arc-sign --new-key: from no key to a first seal (RFC 6376 section 3.6.1).
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	printf 'From: ann@h.example\nSubject: hello\n\nhello\n' >in
}

# new [option...]
new() {
	arc-sign --new-key -d h.example -s k1 -k key.pem "$@"
}

@test "a new key signs, and its record, read by --keys, verifies the seal: both algorithms" {
	for a in rsa-sha256 ed25519-sha256; do
		rm -f key.pem
		new -a "$a" >keys 2>/dev/null
		run -0 --separate-stderr arc-sign --keys keys --check-key -d h.example -s k1 -k key.pem --ar none in
		[[ $output == *"a=$a;"* ]]
		printf '%s\n' "$output" >out
		run -0 arc-verify --keys keys out
		[[ $output == pass* ]]
	done
}

@test "the default is RSA of 2048 bits, in PKCS #8 that OpenSSL reads as well" {
	new >keys 2>/dev/null
	run -0 openssl pkey -in key.pem -noout -text
	[[ ${lines[0]} == *"2048 bit"* ]]
	run -0 head -n 1 key.pem
	[ "$output" = "-----BEGIN PRIVATE KEY-----" ]
	run -0 openssl pkey -in key.pem -pubout -outform DER -out public
	run -0 /usr/bin/python3 - <<-'PY'
	import base64, re
	strings = re.findall(r'"([^"]*)"', open("keys").read())
	assert all(0 < len(s) <= 255 for s in strings) and len(strings) == 2, strings
	text = "".join(strings)
	assert text.startswith("v=DKIM1; k=rsa; p="), text
	assert base64.b64decode(text.split("p=")[1]) == open("public", "rb").read()
	PY
}

@test "the record is one line of a zone, and stdout has nothing else" {
	run -0 --separate-stderr new -a ed25519-sha256
	[ "${#lines[@]}" -eq 1 ]
	[[ $output =~ ^k1\._domainkey\.h\.example\.\ IN\ TXT\ \"v=DKIM1\;\ k=ed25519\;\ p=[A-Za-z0-9+/]{43}=\"$ ]]
	[[ $stderr == *"publish the record above"* ]]
	rm key.pem
	run -0 --separate-stderr new -q
	[ -z "$stderr" ]
}

@test "U-labels of the domain become A-labels in the record (RFC 8616 section 5)" {
	run -0 --separate-stderr arc-sign --new-key -d bücher.example -s k1 -k key.pem -a ed25519-sha256
	[[ $output == "k1._domainkey.xn--bcher-kva.example. IN TXT "* ]]
}

@test "the file is its owner's alone, whatever the umask" {
	for mask in 000 022 077 777; do
		rm -f key.pem
		(umask "$mask" && new -q -a ed25519-sha256 >keys.$mask)
		[ "$(stat -c %a key.pem)" = 600 ]
	done
}

@test "an existing file is never touched: status 73, and no record" {
	echo mine >key.pem
	run -73 --separate-stderr new
	[[ -z $output && $stderr == *"[private-key-create]"* ]]
	[ "$(cat key.pem)" = mine ]
	# nor what a link leads to, be it there or not
	mv key.pem other
	ln -s other key.pem
	run -73 --separate-stderr new
	[ "$(cat other)" = mine ]
	rm other
	run -73 --separate-stderr new
	[ ! -e other ]
	rm key.pem
	mkdir key.pem
	run -73 --separate-stderr new
	run -73 --separate-stderr arc-sign --new-key -d h.example -s k1 -k gone/key.pem
	[[ $stderr == *"No such file or directory"* ]]
}

@test "a record that cannot be written leaves no key behind" {
	run -74 --separate-stderr sh -c 'arc-sign --new-key -d h.example -s k1 -k key.pem -a ed25519-sha256 >/dev/full'
	[ ! -e key.pem ]
	run -74 --separate-stderr sh -c 'arc-sign --new-key -d h.example -s k1 -k key.pem -a ed25519-sha256 >&-'
	[ ! -e key.pem ]
}

@test "--new-key wants a name and a file, and no message (64)" {
	run -64 --separate-stderr arc-sign --new-key -d h.example -s k1
	run -64 --separate-stderr arc-sign --new-key -d h.example -k key.pem
	run -64 --separate-stderr arc-sign --new-key -s k1 -k key.pem
	run -64 --separate-stderr new in
	run -64 --separate-stderr new -a rsa-sha1
	run -64 --separate-stderr new --table in
	run -64 --separate-stderr arc-sign --new-key -d 'h..example' -s k1 -k key.pem
	run -64 --separate-stderr arc-sign --new-key -d h.example -s k1 -k pkcs11:token
	run -64 --separate-stderr arc-sign --new-key -d h.example -s k1 -k -
	[ ! -e key.pem ]
	[ ! -e - ]
}

@test "--lint has nothing against what arc-sign covers by default, DKIM-Signature too (RFC 8617 4.1.2)" {
	new >keys 2>/dev/null
	arc-sign --keys keys -d h.example -s k1 -k key.pem --ar 'spf=pass smtp.mailfrom=h.example' \
		"$SAMPLES/none-dkim-only-lf.eml" >out
	grep -qi '^ARC-Message-Signature' out
	run arc-dump --lint out
	[[ $output != *"i=1 ARC-Message-Signature"*"headers-trace"* ]]
	# a field that does change on its way is still remarked on
	arc-sign --keys keys -d h.example -s k1 -k key.pem --ar none -H From:Received \
		"$SAMPLES/none-dkim-only-lf.eml" >out
	run arc-dump --lint out
	[[ $output == *"i=1 ARC-Message-Signature"*"headers-trace"* ]]
}

@test "--check-key says that nothing is published yet, with the record to publish" {
	new >record 2>/dev/null
	check() {
		run -78 --separate-stderr arc-sign --keys keys --check-key -d h.example -s k1 -k key.pem --ar none in
		[ -z "$output" ]
		grep -qxF "$(cat record)" <<<"$stderr"
	}
	echo ';! k1._domainkey.h.example. NXDOMAIN' >keys
	check
	[[ $stderr == *"not published yet"*"NXDOMAIN at"*"[key-not-published]"* ]]
	: >keys
	check
	[[ $stderr == *"not published yet"*"not in keys; DNS was not asked"* ]]
	arc-sign --new-key -q -d h.example -s k1 -k other.pem >keys
	check
	[[ $stderr == *"[key-differs]"* ]]
	# a lookup that failed is neither
	echo ';! k1._domainkey.h.example. TIMEOUT' >keys
	run -75 --separate-stderr arc-sign --keys keys --check-key -d h.example -s k1 -k key.pem --ar none in
	[[ $stderr != *"publish"* ]]
}
