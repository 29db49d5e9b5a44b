#!/usr/bin/env bats
# Keys files: every form that --keys reads, and what it says of broken ones.
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	"$ROOT/tests/forge/forge" <<-'PY'
	import base64
	open("p", "w").write(base64.b64encode(key("rsa1024-a").public()).decode())
	open("m", "wb").write(chain(1, key="rsa1024-a").octets())
	PY
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	P=$(cat p)
	N=s1._domainkey.d1.example
	F=$BATS_TEST_TMPDIR/keys
}

# keys TEXT: a file of it, under which m must pass
good() {
	printf '%b' "$1" >"$F"
	run -0 arc-verify --time 1767225600 --keys "$F" m
}

# bad LINE TEXT: a file whose LINE is wrong
bad() {
	printf '%b' "$2" >"$F"
	run -78 --separate-stderr arc-verify --keys "$F" m
	[ -z "$output" ]
	[[ $stderr == *"line $1: "*"[keys-file]"* ]] || { echo "$stderr"; false; }
}

@test "names with and without final dot, TTL and class in any order, any case" {
	good "$N TXT \"p=$P\"\n"
	good "$N. TXT \"p=$P\"\n"
	good "$N. 300 IN TXT \"p=$P\"\n"
	good "$N. IN 1h30m TXT \"p=$P\"\n"
	good "S1._DomainKey.D1.example in txt \"p=$P\""
	good "\$TTL 5\n$N\t300\tTXT\t\"p=$P\"\n"
}

@test "strings: several, unquoted, escaped, over lines in parentheses, with comments" {
	good "$N TXT \"v=DKIM1; \" \"k=rsa; p=\" \"${P:0:50}\" \"${P:50}\"\n"
	good "$N TXT p=$P\n"
	good "$N TXT \"p\\\\061$P\"\n"
	good "$N TXT \"v=DKIM1\\\\; p=$P\"\n"
	good "; note\n$N IN TXT ( \"p=${P:0:50}\" ; half\n\t\"${P:50}\" ) ; all\n"
	good "$N TXT \"v=spf1 -all\"\n\t TXT \"p=$P\"\n"
	good "$N TXT \"p=$P\" ; \"no string\n"
	good "$N TXT (\n\"p=\"\n) ; none\n$N TXT \"p=$P\"\n"
	good "$N TXT \"p=$P\"\r\n"
	# an unquoted string has escapes too, and only once
	good "$N TXT v=DKIM1\\\\;\\\\032p\\\\061$P\n"
	printf '%s TXT "n=\\\\061; p=%s"\n' "$N" "$P" >"$F"
	run -0 arc-verify --time 1767225600 --keys "$F" m
}

@test "names may have escapes, and an escaped dot is no dot between labels" {
	good "s1\\\\046_domainkey.d1.example TXT \"p=x\"\n$N TXT \"p=$P\"\n"
	good "\\\\1151.\\\\_domainkey.\\\\D1.example TXT \"p=$P\"\n"
	good "$N CNAME K\\\\.\\\\\"x.example.\nk\\\\046\\\\034X.example TXT \"p=$P\"\n"
	for dot in '\.' '\046'; do
		printf 's1%s_domainkey.d1.example TXT "p=%s"\n' "$dot" "$P" >"$F"
		run -1 arc-verify --keys "$F" m
		[[ $output == *"[key-missing]"* ]]
	done
}

@test "CNAMEs are followed; a loop and an end are no key" {
	good "$N CNAME k.example\nk.example TXT \"p=$P\"\n"
	printf '%s CNAME k.example\nk.example CNAME %s\n' "$N" "$N" >"$F"
	run -1 arc-verify --keys "$F" m
	[[ $output == *"[key-missing]"* ]]
	printf '%s CNAME gone.example\n' "$N" >"$F"
	run -1 arc-verify --keys "$F" m
	[[ $output == *"[key-missing]"* ]]
}

@test "recorded failures are told as they were; a record that was had wins" {
	for pair in TIMEOUT:dns-timeout SERVFAIL:dns-servfail REFUSED:dns-refused BOGUS:dns-bogus \
		MALFORMED:dns-malformed UNREACHABLE:dns-unreachable; do
		printf ';! %s. %s\n' "$N" "${pair%:*}" >"$F"
		run -75 arc-verify --keys "$F" m
		[[ $output == *"[${pair#*:}]"* ]]
	done
	for word in NXDOMAIN NODATA; do
		printf ';! %s. %s\n' "$N" $word >"$F"
		run -1 arc-verify --keys "$F" m
		[[ $output == *"[key-missing]"* ]]
	done
	good ";! $N. TIMEOUT\n$N TXT \"p=$P\"\n;! $N. NXDOMAIN\n"
}

@test "testkey lines and DNS JSON are known by what they hold" {
	good "$N v=DKIM1; k=rsa; p=$P\n"
	good "$N p=$P\n"
	good "{\"$N\": {\"TXT\": [[\"v=DKIM1; p=\", \"$P\"]], \"A\": [\"192.0.2.1\"]}, \"x\": {}}\n"
	good "\n {\"$N\": {\"TXT\": [[\"v=spf1 -all\"], [\"p\\\\u003d$P\"]]}}"
	bad 2 "{\"$N\":\n {\"TXT\": [[\"v=DKIM1\", 5]]}}"
	bad 2 "{\"$N\": {\"TXT\": [[\"p=$P\"]]}\n"
	bad 1 "{\"$N\": [\"p=$P\"]}"
}

@test "a broken line is named by its number" {
	bad 2 "$N TXT \"p=$P\"\n$N TXT \"no end\n"
	bad 3 "\n; x\n$N TXT\n"
	bad 1 "$N\n"
	bad 1 "$N 300 IN \"p=$P\"\n"
	bad 2 "a.b TXT x\na.b TXT \"\\\\999\"\n"
	bad 1 "a.b TXT ( x\n y\n"
	bad 4 "a.b TXT ( x\n y )\n\n;! only-a-name\n"
	bad 1 ";! a.b PERHAPS\n"
	bad 1 "\$INCLUDE other\n"
	bad 1 " TXT nobody\n"
	bad 1 "a.b CNAME one two\n"
	# of an entry over lines, the one with the fault
	bad 4 "; x\na.b TXT ( one\n two\n \"no end\n )\n"
	bad 3 "a.b TXT ( one\n two\n \\\\999 )\n"
	bad 1 "a.b\\\\256c TXT one\n"
	bad 1 "@\n"
	/usr/bin/python3 -c "print('a.b TXT ' + ' '.join(['x' * 200] * 400))" >"$F"
	run -78 arc-verify --keys "$F" m
	[[ $output == *"line 1: "*"64 KiB"* ]]
}

@test "a hundred thousand records are read, and found" {
	/usr/bin/python3 - "$F" "$P" <<-'PY'
	import sys
	with open(sys.argv[1], "w") as f:
	    for n in range(100000):
	        f.write('k%d._domainkey.x%d.example TXT "p=%s"\n' % (n, n % 977, sys.argv[2][:20]))
	    f.write('s1._domainkey.d1.example TXT "p=%s"\n' % sys.argv[2])
	PY
	run -0 arc-verify --time 1767225600 --keys "$F" m
}

# Quadratic time would be some ten minutes of it.
@test "a hundred thousand records of DNS JSON are read, and found, and the last line named" {
	/usr/bin/python3 - "$F" "$P" <<-'PY'
	import sys
	with open(sys.argv[1], "w") as f:
	    f.write("{\n")
	    for n in range(100000):
	        f.write('"k%d._domainkey.x%d.example": {"TXT": [["p=%s"]]},\n' % (n, n % 977, 5 * sys.argv[2]))
	    f.write('"s1._domainkey.d1.example": {"TXT": [["p=%s"]]}\n}\n' % sys.argv[2])
	PY
	run -0 arc-verify --time 1767225600 --keys "$F" m
	sed -i '100002s/\]\]/, 5]]/' "$F"
	run -78 arc-verify --keys "$F" m
	[[ $output == *"line 100002: "* ]]
}

@test "a file that is not there is 66, one without permission or a folder too" {
	run -66 arc-verify --keys gone m
	run -66 arc-verify --keys . m
}

@test "a signed way to shared records makes no other way to them signed" {
	local other=s2._domainkey.d1.example
	printf '%s\n' "$N CNAME k.d9.example" "$other CNAME k.d9.example" \
		"k.d9.example TXT \"p=$P\"" ";! $N SECURE" >"$F"
	run -0 arc-verify --time 1767225600 --dnssec require --keys "$F" m
	printf '%s\n' "$N CNAME k.d9.example" "$other CNAME k.d9.example" \
		"k.d9.example TXT \"p=$P\"" ";! $other SECURE" >"$F"
	run ! arc-verify --time 1767225600 --dnssec require --keys "$F" m
}

@test "a quoted name that looks like the mark of a recorded answer is a name" {
	printf '";!"' >"$F"
	run -78 arc-verify --keys "$F" m
	[[ $output == *"line 1: no record type such as TXT"* ]]
}

@test "A, AAAA, MX and PTR lines are read, and a broken one is named by its number" {
	good "$N TXT \"p=$P\"\nd1.example. 60 IN A 192.0.2.1\n AAAA 2001:db8::1\n MX 10 mx.d1.example.\n1.2.0.192.in-addr.arpa PTR d1.example.\nd1.example SRV 0 0 1 x\n"
	good "$N TXT \"p=$P\"\nd1.example MX 0 .\nd1.example A 192.0.2.1\nd1.example A 192.0.2.1\n"
	bad 2 "$N TXT \"p=$P\"\nd1.example A 192.0.2\n"
	bad 1 "d1.example A 192.0.2.1 192.0.2.2\n"
	bad 1 "d1.example A 2001:db8::1\n"
	bad 1 "d1.example A 192.0.2.01\n"
	bad 1 "d1.example AAAA 192.0.2.1\n"
	bad 1 "d1.example A\n"
	bad 1 "d1.example MX mx.d1.example\n"
	bad 1 "d1.example MX 65536 mx.d1.example\n"
	bad 1 "d1.example MX 10\n"
	bad 1 "d1.example PTR\n"
}

@test "a recorded failure may name its type, and is of that type alone" {
	for line in "$N. TIMEOUT TXT" "$N. TXT TIMEOUT" "$N. txt TIMEOUT"; do
		printf ';! %s\n' "$line" >"$F"
		run -75 arc-verify --keys "$F" m
		[[ $output == *"[dns-timeout]"* ]]
	done
	# of a type and of all: the one with the type counts
	printf '%s\n' ";! $N. SERVFAIL" ";! $N. NXDOMAIN TXT" >"$F"
	run -1 arc-verify --keys "$F" m
	[[ $output == *"[key-missing]"* ]]
	printf '%s\n' ";! $N. SERVFAIL A" >"$F"
	run -1 arc-verify --keys "$F" m
	[[ $output == *"[key-missing]"* ]]
	bad 1 ";! a.b TIMEOUT SRV\n"
	bad 1 ";! a.b A PERHAPS\n"
	bad 1 ";! a.b A TIMEOUT now\n"
}

# missing NAME TEXT: a file that does not have NAME, which is told
missing() {
	printf '%b' "$2" >"$F"
	run -1 --separate-stderr arc-verify --time 1767225600 --keys "$F" m
	[[ $output == *"$1 is not in "*"; DNS was not asked (--dns)"*"[key-missing]"* ]] || { echo "$output"; false; }
	[[ $output != *NXDOMAIN* ]]
}

@test "RFC 1035 5.1: a relative name gets the domain of \$ORIGIN, a dot ends an absolute one" {
	good "\$ORIGIN d1.example.\n\$TTL 3600\ns1._domainkey IN TXT \"p=$P\"\n"
	good "\$ORIGIN d1.example\ns1._domainkey TXT \"p=$P\"\n"
	good "\$ORIGIN _domainkey.d1.example.\ns1 TXT \"p=$P\"\n"
	good "\$ORIGIN example.\n\$ORIGIN d1\n\$ORIGIN _domainkey\ns1 TXT \"p=$P\"\n"
	good "\$ORIGIN $N.\n@ TXT \"p=$P\"\n"
	good "\$ORIGIN .\n$N TXT \"p=$P\"\n"
	good "\$ORIGIN other.example.\n$N. TXT \"p=$P\"\n"
	good "\$ORIGIN d1.example.\ns1._domainkey CNAME k\nk TXT \"p=$P\"\n"
	good "\$origin d1.example. ; note\n\ns1._domainkey v=DKIM1; p=$P\n"
	# the last owner stays whole when the origin changes
	good "\$ORIGIN d1.example.\ns1._domainkey A 192.0.2.1\n\$ORIGIN x.\n\tTXT \"p=$P\"\n"
	missing "$N" "\$ORIGIN d2.example.\ns1._domainkey TXT \"p=$P\"\n"
	missing "$N" "\$ORIGIN x.\n;! $N NXDOMAIN\n"
}

@test "a name of a key without a domain is refused with its line and what to do" {
	bad 1 "s1._domainkey TXT \"p=$P\"\n"
	[[ $stderr == *'write the whole name, or $ORIGIN above'* ]]
	bad 2 "\$TTL 60\ns1._domainkey IN TXT ( \"p=\"\n\"$P\" )\n"
	bad 1 "_domainkey TXT \"t=y\"\n"
	bad 1 "S1._DomainKey p=$P\n"
	bad 1 "$N CNAME k._domainkey\n"
	bad 1 "\$ORIGIN _domainkey\ns1 TXT \"p=$P\"\n"
	bad 1 "s1._domainkey. TXT \"p=$P\"\n"
	bad 2 "\$ORIGIN .\ns1._domainkey TXT \"p=$P\"\n"
	bad 1 "{\"s1._domainkey\": {\"TXT\": [[\"p=$P\"]]}}"
	bad 1 ";! s1._domainkey NXDOMAIN\n"
	bad 1 "@ TXT \"p=$P\"\n"
	bad 2 "\$ORIGIN d1.example.\n$N TXT \"p=$P\"\n"
	[[ $stderr == *'end it in a dot'* ]]
}

@test "opendkim-genkey writes the domain of a relative name into a comment" {
	good "s1._domainkey\tIN\tTXT\t( \"v=DKIM1; h=sha256; k=rsa; \"\n\t  \"p=$P\" )  ; ----- DKIM key s1 for d1.example\n"
	good "$N.\tIN\tTXT\t( \"v=DKIM1; k=rsa; \"\n\t  \"p=$P\" )  ; ----- DKIM key s1 for d1.example\n"
	good "\$ORIGIN d1.example.\ns1._domainkey TXT \"p=$P\" ; DKIM key s1 for elsewhere.example\n"
	# of another key, or of the entry above, it tells nothing
	bad 1 "s1._domainkey TXT \"p=$P\" ; DKIM key s2 for d1.example\n"
	bad 2 "s1._domainkey TXT \"p=$P\" ; DKIM key s1 for d1.example\ns2._domainkey TXT \"p=$P\"\n"
	bad 1 "s1._domainkey TXT \"p=$P\" ; DKIM key s1 for\n"
	bad 1 "s1._domainkey TXT \"p=$P\" ; DKIM key s1 for a..b\n"
}

@test "a zone as BIND has it: other types, owners left out, parentheses, units of time" {
	cat >"$F" <<-END
	\$TTL 1h
	@	; an origin comes first in a real zone
	END
	run -78 arc-verify --keys "$F" m
	cat >"$F" <<-END
	\$ORIGIN example.
	\$TTL 1h	; the usual
	d1	IN SOA	ns.d1.example. root.d1.example. (
	        2026010100 ; serial
	        1d 2h 4w 1h )
	        IN NS	ns
	        86400 MX 10 mail
	        TXT	"v=spf1 -all"
	ns	A	192.0.2.1
	        AAAA	2001:db8::1
	_sip._tcp.d1 SRV 0 5 5060 ns
	d1	CAA	0 issue "ca.example"
	        TYPE65534 \\# 5 0801020304
	        TYPE65 \\# ( 3
	        000000 )
	\$ORIGIN d1.example.
	\$ORIGIN _domainkey.d1.example.
	s1	300 IN TXT (
	        "v=DKIM1; k=rsa; "
	        "p=${P:0:70}"
	        "${P:70}"
	        )
	END
	run -0 arc-verify --time 1767225600 --keys "$F" m
}

@test "a UTF-8 byte order mark is skipped; UTF-16 and lone CRs are refused" {
	good "\xef\xbb\xbf$N TXT \"p=$P\"\n"
	good "\xef\xbb\xbf; note\r\n$N TXT \"p=$P\"\r\n"
	good "\xef\xbb\xbf{\"$N\": {\"TXT\": [[\"p=$P\"]]}}"
	good "$N TXT \"p=$P\"\r\r\n"
	printf '%s TXT "p=%s"\n' "$N" "$P" | iconv -t UTF-16 >"$F"
	run -78 arc-verify --keys "$F" m
	[[ $output == *"line 1: UTF-16"* ]]
	bad 1 "$N TXT \"p=$P\"\r$N TXT \"p=$P\"\r"
	bad 1 "; note\r$N TXT \"p=$P\"\r"
}

@test "what host, dig and delv print is read; an answer in words too" {
	good "$N descriptive text \"v=DKIM1; k=rsa; p=${P:0:60}\" \"${P:60}\"\n"
	good "$N is an alias for k.example.\nk.example descriptive text \"p=$P\"\n"
	good "; <<>> DiG 9.20 <<>> TXT $N\n;; ANSWER SECTION:\n$N.\t3600\tIN\tTXT\t\"p=$P\"\n\n;; Query time: 0 msec\n"
	good "; fully validated\n$N. 300 IN TXT \"p=$P\"\n$N. 300 IN RRSIG TXT 8 4 300 20260101000000 20250101000000 1 d1.example. AAAA=\n"
	for answer in "Host $N not found: 3(NXDOMAIN)" "$N has no TXT record"; do
		printf '%s\n' "$answer" >"$F"
		run -1 arc-verify --keys "$F" m
		[[ $output == *"[key-missing]"* ]]
		[[ $output == *NXDOMAIN* || $output == *NODATA* ]]
	done
	printf 'Host %s not found: 2(SERVFAIL)\n' "$N" >"$F"
	run -75 arc-verify --keys "$F" m
	bad 1 "Host $N not found: 9(NOTAUTH)\n"
	bad 1 "Using domain server:\nName: ns\n$N descriptive text \"p=$P\"\n"
	bad 1 "s1._domainkey descriptive text \"p=$P\"\n"
	bad 1 "\"v=DKIM1; p=\" \"$P\"\n"
	bad 1 "v=DKIM1; p=$P\n"
}

@test "what is not understood is told by its line, and never passed over" {
	bad 1 "\$INCLUDE other.zone\n"
	[[ $stderr == *"--keys"* ]]
	bad 2 "\n\$GENERATE 1-9 k\$ TXT x\n"
	bad 1 "\$DATE 20260101\n"
	bad 1 "\$TTL\n"
	bad 1 "\$TTL soon\n"
	bad 1 "\$ORIGIN\n"
	bad 1 "\$ORIGIN a..b\n"
	bad 2 "; x\n$N TX \"p=$P\"\n"
	bad 1 "$N CH TXT \"p=$P\"\n"
	bad 1 "$N A\n"
	bad 1 "$N MX mail.example.\n"
	bad 1 "$N TYPE16 \\\\# 3 027078\n"
	bad 1 "$N TXT \\\\# 3 027078\n"
	bad 1 "$N TYPE65 odd data\n"
	bad 1 "$N TYPE70000 \\\\# 0\n"
	bad 1 "$N TXT \"p=$P\" )\n"
	bad 1 "s1..$N TXT \"p=$P\"\n"
	bad 1 ".$N TXT \"p=$P\"\n"
	bad 1 "$(printf 'x%.0s' {1..64}).example TXT \"p=$P\"\n"
	bad 1 "$(printf 'abcdefg.%.0s' {1..32})example TXT \"p=$P\"\n"
	# a semicolon outside quotes would cut the record short
	bad 1 "$N IN TXT v=DKIM1; k=rsa; p=$P\n"
	good "$N TXT \"v=DKIM1; p=$P\"; note\n"
	good "$N TXT p=$P ; note\n"
}

@test "a name that no file has is no name that does not exist" {
	missing "$N" ""
	missing "$N" "s2._domainkey.d1.example TXT \"p=$P\"\n"
	missing "$N" "$N A 192.0.2.1\n"
	missing k.example "$N CNAME k.example.\n"
	run -1 arc-verify --json --keys "$F" m
	[[ $output == *'"code":"key-missing"'*"is not in "*"keys; DNS was not asked (--dns)"* ]]
	run -1 arc-verify --keys "$F" --keys "$F" m
	[[ $output == *"is not in any keys file; DNS was not asked (--dns)"* ]]
	run arc-dump --key-audit --keys "$F" m
	[[ $output == *"is not in "*"keys; DNS was not asked (--dns)"* ]]
}
