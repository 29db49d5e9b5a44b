#!/usr/bin/env bats
# Keys from the DNS: what is believed, how often is asked, every fault told
# apart (conformance K-1 to K-7, B-5, B-6; RFC 5452).
# SPDX-License-Identifier: BSD-2-Clause
load helper

NOW=1767225600

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	"$ROOT/tests/forge/forge" <<-'PY'
	import base64
	def p(name):
	    return base64.b64encode(key(name).public()).decode()
	open("one.key", "w").write("v=DKIM1; k=rsa; p=" + p("rsa1024-a"))
	open("other.key", "w").write("v=DKIM1; k=rsa; p=" + p("rsa1024-b"))
	open("big.key", "w").write("v=DKIM1; k=rsa; p=" + p("rsa4096"))
	def put(name, m):
	    open(name, "wb").write(m.octets())
	put("one", chain(1, key="rsa1024-a"))
	put("two", chain(2, key="rsa1024-a"))
	put("big", chain(1, key="rsa4096"))
	put("alabel", chain(1, key="rsa1024-a", d="bücher.example", s="s"))
	put("structure", chain(3, key="rsa1024-a").drop_set(2))
	put("body", chain(2, key="rsa1024-a").edit_body("Tuesday", "Wednesday"))
	put("signature", chain(2, key="rsa1024-a").edit("Subject", 0, "Tuesday", "Wednesday"))
	many = chain(10, key="rsa1024-a", sets={i: dict(as_s="a%d" % i, ams_s="m%d" % i) for i in range(1, 11)})
	put("many", many)
	PY
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	T=$BATS_TEST_TMPDIR
	ONE=$(cat one.key)
	: >"$T/zone"
	: >"$T/log"
	mkfifo "$T/end"
	# holds the server's standard input open until the test is over
	exec 8<>"$T/end"
	coproc SERVER { "$ROOT/tests/tools/faultdns" "$T/zone" "$T/log" <"$T/end" 8>&-; }
	read -r PORT <&"${SERVER[0]}"
	exec 8>"$T/end"
}

teardown() {
	exec 8>&-
	[ -z "$SERVER_PID" ] || kill "$SERVER_PID" 2>/dev/null || true
	wait 2>/dev/null || true
}

# zone LINE...: what the server is to do
zone() {
	printf '%s\n' "$@" >"$T/zone"
}

ask() {
	arc-verify --time "$NOW" --resolver "127.0.0.1:$PORT" --dns-timeout 1 "$@" 8>&-
}

# temporary CODE MESSAGE: no final verdict, for that reason
temporary() {
	run -75 --separate-stderr ask --json "$2"
	[[ $output == *'"arc":"fail","temporary":true'*"\"code\":\"$1\""* ]]
	run -75 ask "$2"
	[[ $output == "tempfail  i="* ]]
}

@test "K-1, K-2: the name asked for, and strings joined with nothing between" {
	zone "s1._domainkey.d1.example keyfile $ONE"
	run -0 ask one
	run -0 cat "$T/log"
	[ "$output" = "udp s1._domainkey.d1.example" ]
}

@test "A-16: U-labels are asked for as A-labels" {
	zone "s._domainkey.xn--bcher-kva.example key $ONE"
	run -0 ask alabel
}

@test "K-3: several records, one that fits is enough" {
	zone "s1._domainkey.d1.example key v=spf1 -all" "s1._domainkey.d1.example key $(cat other.key)" \
		"s1._domainkey.d1.example key $ONE"
	run -0 ask one
}

@test "K-4: CNAMEs are followed, also where the target has to be asked for; loops and ends are no key" {
	zone "s1._domainkey.d1.example chain k.example" "k.example key $ONE"
	run -0 ask one
	zone "s1._domainkey.d1.example cname k.example" "k.example key $ONE"
	run -0 ask one
	[ "$(tail -n 1 "$T/log")" = "udp k.example" ]
	zone "s1._domainkey.d1.example cname gone.example"
	run -1 ask one
	[[ $output == *"[key-missing]"* ]]
	zone "s1._domainkey.d1.example cname k.example" "k.example cname s1._domainkey.d1.example"
	run -1 ask one
	[[ $output == *"[key-missing]"* ]]
	[ "$(wc -l <"$T/log")" -lt 20 ]
}

@test "K-5: NXDOMAIN and a name without TXT are permanent" {
	run -1 ask one
	[[ $output == *"NXDOMAIN"*"[key-missing]"* ]]
	zone "s1._domainkey.d1.example nodata"
	run -1 ask one
	[[ $output == *"NODATA"*"[key-missing]"* ]]
}

@test "K-6: silence, SERVFAIL, REFUSED, nobody there: temporary, each with its code" {
	zone "s1._domainkey.d1.example silence"
	temporary dns-timeout one
	zone "s1._domainkey.d1.example servfail"
	temporary dns-servfail one
	zone "s1._domainkey.d1.example refused"
	temporary dns-refused one
	run -75 arc-verify --resolver 127.0.0.1:1 --json one
	[[ $output == *'"code":"dns-unreachable"'* ]]
}

@test "K-6: a SERVFAIL that goes away with checking disabled is told as bogus" {
	zone "s1._domainkey.d1.example bogus $ONE"
	temporary dns-bogus one
	grep -q ' cd$' "$T/log"
}

@test "K-7: a truncated answer is asked for again over TCP" {
	zone "s1._domainkey.d1.example truncate $(cat big.key)"
	run -0 ask big
	[ "$(cut -d ' ' -f 1 "$T/log" | tr '\n' ' ')" = "udp tcp " ]
}

@test "B-6: TCP that hangs, drips or closes ends at the deadline" {
	for fault in tcphang tcpdrip tcpclose; do
		zone "s1._domainkey.d1.example $fault"
		temporary dns-timeout one
	done
}

@test "EDNS is left out where a server does not understand it" {
	zone "s1._domainkey.d1.example noedns $ONE"
	run -0 ask one
}

@test "B-5, threat 17: answers with another id, question, QR, opcode, class, port or owner are not believed" {
	# every forged answer has the key that would make the chain pass
	zone "s1._domainkey.d1.example forged $ONE"
	run -1 ask one
	[[ $output == *"NXDOMAIN"*"[key-missing]"* ]]
	zone "s1._domainkey.d1.example stray $ONE"
	run -1 ask one
	[[ $output == *"[key-missing]"* ]]
}

@test "threat 19: garbage, wrong counts, pointer loops and a record over 64 KiB do no harm" {
	for fault in garbage counts loop; do
		zone "s1._domainkey.d1.example $fault"
		run -75 ask one
		[[ $output == *"[dns-malformed]"* || $output == *"[dns-timeout]"* ]]
	done
	zone "s1._domainkey.d1.example big"
	run ask one
	[ "$status" -eq 75 ] || [ "$status" -eq 1 ]
}

@test "a second server is asked when the first fails, refuses or is not there" {
	zone "s1._domainkey.d1.example key $ONE"
	run -0 arc-verify --time "$NOW" --resolver 127.0.0.1:1 --resolver "127.0.0.1:$PORT" one
	run -64 arc-verify --resolver nowhere one
	run -64 arc-verify --resolver 127.0.0.1:99999 one
	run -64 arc-verify --resolver '[::1' one
}

@test "each name is asked for once a run" {
	zone "s1._domainkey.d1.example key $ONE" "s2._domainkey.d2.example key $ONE"
	run -0 ask -J 2 one two one two one
	[ "$(sort "$T/log" | uniq -c | awk '{ print $1 }' | sort -u)" = 1 ]
	[ "$(wc -l <"$T/log")" -eq 2 ]
}

@test "S-12, A-10: nothing is asked for a chain that fails by structure or by the body hash" {
	for message in structure body; do
		run -1 ask $message
		[ ! -s "$T/log" ]
	done
}

@test "B-5: at most six names before anything has verified, then twice as many" {
	for i in $(seq 10); do
		printf 'm%d._domainkey.d%d.example key %s\na%d._domainkey.d%d.example key %s\n' \
			"$i" "$i" "$ONE" "$i" "$i" "$ONE"
	done >"$T/zone"
	run -0 ask many
	[ "$(wc -l <"$T/log")" -eq 20 ]
	# the first six are those of the newest three sets
	[ "$(head -n 6 "$T/log" | sort | tr '\n' ' ')" = "udp a10._domainkey.d10.example udp a8._domainkey.d8.example udp a9._domainkey.d9.example udp m10._domainkey.d10.example udp m8._domainkey.d8.example udp m9._domainkey.d9.example " ]
	# and where the newest signature does not fit, no other is asked for
	sed -i "s/^m10\(.*\) key .*/m10\1 key $(sed 's,/,\\/,g' other.key)/" "$T/zone"
	: >"$T/log"
	run -1 ask many
	[ "$(wc -l <"$T/log")" -eq 6 ]
}

@test "the AD bit of a resolver on loopback is shown, and can be required" {
	zone "s1._domainkey.d1.example ad $ONE"
	run -0 ask --json one
	[[ $output == *'"dnssec":"secure"'* ]]
	run -0 ask --dnssec require one
	zone "s1._domainkey.d1.example key $ONE"
	run -0 ask --json one
	[[ $output == *'"dnssec":"unsigned"'* ]]
	run -1 ask --dnssec require one
	[[ $output == *"[key-unsigned]"* ]]
}

@test "what was recorded replays to the same JSON, failures too" {
	local n=0
	for line in "key $ONE" "ad $ONE" "keyfile $ONE" "chain k.example" silence servfail refused nxdomain nodata "bogus $ONE"; do
		zone "s1._domainkey.d1.example $line" "k.example key $ONE"
		n=$((n + 1))
		ask --json --record "$T/rec$n" one >"$T/dns" || true
		arc-verify --time "$NOW" --json --keys "$T/rec$n" one >"$T/file" || true
		[ -s "$T/dns" ]
		diff "$T/dns" "$T/file"
	done
	# several recordings join: what was had wins over what was not
	cat "$T"/rec* >"$T/all"
	run -0 arc-verify --time "$NOW" --keys "$T/all" one
}

@test "with keys files the DNS is asked only with --dns, and only for what they lack" {
	zone "s2._domainkey.d2.example key $ONE"
	printf 's1._domainkey.d1.example TXT "%s"\n' "$ONE" >"$T/keys"
	run -1 ask --keys "$T/keys" two
	[ ! -s "$T/log" ]
	run -0 ask --keys "$T/keys" --dns two
	[ "$(cat "$T/log")" = "udp s2._domainkey.d2.example" ]
}

@test "arc-sign seals nothing while a key of the chain cannot be asked for" {
	zone "s1._domainkey.d1.example silence"
	cp "$ROOT/tests/keys/rsa2048-a.pem" "$T"
	run -75 --separate-stderr arc-sign -d a.example -s s -k "$T/rsa2048-a.pem" \
		--resolver "127.0.0.1:$PORT" --dns-timeout 1 one 8>&-
	[ -z "$output" ]
}

# Real servers: nsd serves two zones, one of them signed; unbound validates.
@test "nsd and unbound: secure, unsigned, bogus" {
	local nsd_port=$((20000 + RANDOM % 10000)) unbound_port=$((31000 + RANDOM % 10000))
	cd "$T"
	printf '%s\n' '$ORIGIN signed.example.' '$TTL 300' '@ SOA ns a 1 3600 600 86400 300' '@ NS ns' 'ns A 127.0.0.1' \
		"s1._domainkey TXT $(fold -w 200 "$BATS_FILE_TMPDIR/one.key" | sed 's/.*/"&"/' | tr '\n' ' ')" >signed.zone
	sed 's/signed\.example/plain.example/' signed.zone >plain.zone
	local k
	k=$(ldns-keygen -a ECDSAP256SHA256 signed.example)
	ldns-signzone -e 20300101000000 -i 20200101000000 signed.zone "$k"
	cat >nsd.conf <<-E
	server:
	  ip-address: 127.0.0.1@$nsd_port
	  username: ""
	  zonesdir: "$T"
	  database: ""
	  pidfile: "$T/nsd.pid"
	  xfrdfile: "$T/xfrd"
	  zonelistfile: "$T/list"
	remote-control:
	  control-enable: no
	zone:
	  name: signed.example
	  zonefile: signed.zone.signed
	zone:
	  name: plain.example
	  zonefile: plain.zone
	E
	cat >unbound.conf <<-E
	server:
	  interface: 127.0.0.1@$unbound_port
	  username: ""
	  chroot: ""
	  directory: "$T"
	  pidfile: "$T/unbound.pid"
	  use-syslog: no
	  do-not-query-localhost: no
	  trust-anchor-file: "$T/$k.key"
	  module-config: "validator iterator"
	  local-zone: example. nodefault
	stub-zone:
	  name: signed.example
	  stub-addr: 127.0.0.1@$nsd_port
	stub-zone:
	  name: plain.example
	  stub-addr: 127.0.0.1@$nsd_port
	E
	nsd -d -c nsd.conf >nsd.log 2>&1 8>&- 3>&- &
	local nsd=$!
	unbound -d -c unbound.conf >unbound.log 2>&1 8>&- 3>&- &
	local unbound=$!
	for _ in $(seq 50); do
		drill -p "$unbound_port" @127.0.0.1 TXT s1._domainkey.plain.example 2>/dev/null | grep -q DKIM1 && break
		sleep 0.1
	done
	"$ROOT/tests/forge/forge" <<-PY
	for d in ("signed", "plain"):
	    open("$T/" + d, "wb").write(chain(1, key="rsa1024-a", d=d + ".example").octets())
	PY
	local result=0
	arc-verify --json --resolver "127.0.0.1:$unbound_port" signed plain >out || result=$?
	# then the signed zone is served with a record that its signatures are not for
	sed -i '/TXT/s/v=DKIM1/v=DKIM1 /' signed.zone.signed
	kill -HUP $nsd
	sleep 0.5
	kill $unbound
	wait $unbound || true
	unbound -d -c unbound.conf >unbound.log 2>&1 8>&- 3>&- &
	unbound=$!
	for _ in $(seq 50); do
		drill -p "$unbound_port" @127.0.0.1 TXT s1._domainkey.plain.example 2>/dev/null | grep -q DKIM1 && break
		sleep 0.1
	done
	arc-verify --json --resolver "127.0.0.1:$unbound_port" signed >bogus || true
	kill $nsd $unbound
	wait $nsd $unbound || true
	cat out bogus
	[ "$result" -eq 0 ]
	grep '"file":"signed"' out | grep -q '"dnssec":"secure"'
	grep '"file":"plain"' out | grep -q '"dnssec":"unsigned"'
	grep -q '"code":"dns-bogus"' bogus
}
