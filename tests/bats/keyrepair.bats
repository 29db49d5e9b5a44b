#!/usr/bin/env bats
# Key records that broke on their way into a zone, and the key in them.
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# broken TYPE <<<PYTHON: one, sealed by a key of that type; its record is what the
# expression makes of the right text t, of p, what p= has, and of q, the zone's
# form of it
broken() {
	cat >expression
	forge <<-PY
	m = Message()
	m.seal(d="d1.example", s="s1", key="$1")
	name = "s1._domainkey.d1.example"
	t = m.records[name][0]
	p = t[t.index("p=") + 2 :]
	q = '"%s" "%s"' % (t[:100], t[100:])
	m.records[name] = [eval(open("expression").read().strip())]
	write(m, "one")
	PY
}

# told: level and detail of the cause, and whether the record that --key-audit
# writes makes the chain pass
told() {
	arc-verify --time 1760000100 --keys one.keys --why --json one | /usr/bin/python3 -c '
import json, sys
w = json.loads(sys.stdin.readline())["why"]
print(len(w), w[0]["cause"], w[0]["level"], w[0]["who"]["role"], w[0]["text"])'
	arc-dump --key-audit --keys one.keys one |
		sed -n 's/^  write it so \(s1.*IN TXT "v=DKIM1; k=.*\)/\1/p' >fixed
	arc-verify --time 1760000100 --keys fixed one | cut -d ' ' -f 1
}

# proved TYPE EXPRESSION WORDS
proved() {
	broken "$1" <<<"$2"
	run told
	[ "${lines[0]}" = "1 key.unparsable proved key Invalid key record. (it has $3; repaired, the signature verifies)" ]
	[ "${lines[1]}" = pass ]
}

MARKS="quotation marks, parentheses or backslashes in its text"

@test "a record with its own quotation marks, parentheses or backslashes is repaired and proved (RFC 6376 3.6.1)" {
	proved rsa2048-a "'\"' + t + '\"'" "$MARKS"
	proved rsa2048-a "q" "$MARKS"
	proved rsa2048-a "'( ' + q + ' )'" "$MARKS"
	proved rsa2048-a "t.replace(';', '\\\\\\\\;')" "$MARKS"
	proved rsa2048-a "'v=DKIM1; k=rsa; p=\"' + p + '\"'" "$MARKS"
	proved rsa2048-a "\"'\" + t + \"'\"" "$MARKS"
	proved rsa2048-a "name + '. IN TXT ( ' + q + ' )'" "$MARKS"
	proved ed25519-a "'\"' + t + '\"'" "$MARKS"
}

@test "a record that was pasted twice is repaired and proved" {
	proved rsa2048-a "t + t" "its text twice"
	proved rsa2048-a "'v=DKIM1; k=rsa; p=' + t" "its text twice"
	proved rsa1024-a "t + ' ' + t" "its text twice"
}

@test "the lines of a PEM file in p= are taken out, and the key is proved" {
	local pem="'-----BEGIN PUBLIC KEY-----' + p + '-----END PUBLIC KEY-----'"
	proved rsa2048-a "'v=DKIM1; k=rsa; p=' + $pem" "the lines of a PEM file in p="
	proved rsa1024-a "'v=DKIM1; p=-----BEGIN RSA PUBLIC KEY----- ' + p + ' -----END RSA PUBLIC KEY-----; n=x'" \
		"the lines of a PEM file in p="
	proved rsa2048-a "$pem" "the lines of a PEM file in p="
	proved ed25519-a "'v=DKIM1; k=ed25519; p=MCowBQYDK2VwAyEA' + p" "an Ed25519 key with ASN.1 around it"
}

@test "spaces for plus signs, and URL encoding, are undone" {
	proved rsa2048-a "t.replace('+', ' ')" "spaces in place of plus signs"
	proved rsa2048-a "t.replace('+', '%2B').replace('/', '%2F')" "a key in URL encoding"
	proved rsa2048-a "t.replace('+', '-').replace('/', '_')" "a key in URL encoding"
}

@test "tags beside p= that are wrong do not hide the key" {
	local words="tags beside p= that are wrong"
	proved rsa2048-a "'k=rsa; v=DKIM1; p=' + p" "$words"
	proved rsa2048-a "t.replace('v=DKIM1', 'v=DKIM')" "$words"
	proved rsa2048-a "t.replace(';', '')" "$words"
	proved rsa2048-a "'v=DKIM1; p=' + p + ' n=note'" "$words"
	broken rsa2048-a <<<"t.replace('k=rsa', 'h=sha1')"
	run told
	[[ ${lines[0]} == "1 key.hash-forbidden proved key "*"repaired, the signature verifies)" ]]
	[ "${lines[1]}" = pass ]
}

@test "what is changed beside the record is found with the repaired key, too" {
	forge <<-PY
	m = Message()
	m.seal(d="d1.example", s="s1", key="rsa2048-a")
	name = "s1._domainkey.d1.example"
	m.records[name] = ['"' + m.records[name][0] + '"']
	m.body += b"-- \r\nlist mailing list\r\n"
	write(m, "one")
	PY
	run -1 arc-verify --time 1760000100 --keys one.keys --why one
	[[ $output == *"proved: Invalid key record."*"[key.unparsable]"* ]]
	[[ $output == *"[body.footer-appended]"* ]]
}

@test "a broken record of another key, a key cut off and a revoked one prove nothing" {
	forge <<-PY
	m, other = Message(), Message()
	m.seal(d="d1.example", s="s1", key="rsa2048-a")
	other.seal(d="d1.example", s="s1", key="rsa2048-c")
	m.records = {name: ['"%s"' % text[0]] for name, text in other.records.items()}
	write(m, "one")
	PY
	run told
	[[ ${lines[0]} == *" key.unparsable fact key "* && ${lines[1]} == fail ]]
	broken rsa2048-a <<<"'\"' + t[:200] + '\"'"
	run told
	[[ ${lines[0]} == *" key.unparsable fact key "* && ! -s fixed ]]
	broken rsa2048-a <<<"'v=DKIM1; p='"
	run told
	[[ ${lines[0]} == *" key.revoked fact key "* && ! -s fixed ]]
}
