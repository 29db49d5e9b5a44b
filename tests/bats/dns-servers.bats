#!/usr/bin/env bats
# Keys from real servers: nsd serves zones, one of them signed, another signed
# and then altered; unbound validates (RFC 6376 6.1.2).
# SPDX-License-Identifier: BSD-2-Clause
load helper

NOW=1767225600
KEY=s1._domainkey

# record NAME FILE: as a zone file has it, in strings of 200 octets
record() {
	printf '%s TXT' "$1"
	fold -w 200 "$2" | sed 's/.*/ "&"/' | tr -d '\n'
	echo
}

# zone NAME: its file
zone() {
	printf '%s\n' "\$ORIGIN $1." '$TTL 300' '@ SOA ns a 1 3600 600 86400 300' '@ NS ns' 'ns A 127.0.0.1' \
		'empty._domainkey A 127.0.0.1' 'alias._domainkey CNAME s1._domainkey.plain.example.' \
		'loop._domainkey CNAME loop._domainkey'
	record $KEY one.key
	record big._domainkey big.key
}

# wait_for COMMAND...: until it succeeds
wait_for() {
	for _ in $(seq 100); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.1
	done
	cat ./*.log >&2
	return 1
}

answers() {
	drill -p "$1" @127.0.0.1 TXT "$2" | grep DKIM1
}

# free_port: one that nobody has, by UDP or by TCP
free_port() {
	/usr/bin/python3 - <<-'PY'
	import socket
	while True:
	    with socket.socket(type=socket.SOCK_DGRAM) as u, socket.socket() as t:
	        u.bind(("127.0.0.1", 0))
	        try:
	            t.bind(u.getsockname())
	        except OSError:
	            continue
	        print(u.getsockname()[1])
	        break
	PY
}

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	"$ROOT/tests/forge/forge" <<-'PY'
	import base64
	for file, name, more in ("one", "rsa1024-a", ""), ("big", "rsa4096", "; n=" + 1000 * "x"):
	    p = base64.b64encode(key(name).public()).decode()
	    open(file + ".key", "w").write("v=DKIM1; k=rsa; p=" + p + more)
	def put(name, d, s):
	    m = chain(1, key="rsa4096" if s == "big" else "rsa1024-a", d=d, s=s)
	    open(name, "wb").write(m.octets())
	for zone in "signed", "plain", "bogus":
	    for s in "s1", "big", "alias", "loop", "empty", "gone":
	        put(zone + "-" + s, zone + ".example", s)
	put("elsewhere", "elsewhere.example", "s1")
	PY
	local name key
	for name in signed plain bogus; do
		zone $name.example >$name.zone
	done
	for name in signed bogus; do
		key=$(ldns-keygen -a ECDSAP256SHA256 -r /dev/urandom $name.example)
		ldns-signzone -e 20500101000000 -i 20200101000000 -f $name.signed $name.zone "$key"
		cat "$key.key" >>anchors
	done
	mv signed.signed signed.zone
	sed '/TXT/s/v=DKIM1/v=DKIM1 /' bogus.signed >bogus.zone
	serve
}

serve() {
	local nsd_port unbound_port name
	nsd_port=$(free_port)
	unbound_port=$(free_port)
	cat >nsd.conf <<-E
	server:
	  ip-address: 127.0.0.1@$nsd_port
	  username: ""
	  zonesdir: "$PWD"
	  database: ""
	  pidfile: "$PWD/nsd.pid"
	  xfrdfile: "$PWD/xfrd"
	  zonelistfile: "$PWD/list"
	  server-count: 1
	remote-control:
	  control-enable: no
	E
	cat >unbound.conf <<-E
	server:
	  interface: 127.0.0.1@$unbound_port
	  username: ""
	  chroot: ""
	  directory: "$PWD"
	  pidfile: "$PWD/unbound.pid"
	  use-syslog: no
	  do-not-query-localhost: no
	  trust-anchor-file: "$PWD/anchors"
	  module-config: "validator iterator"
	  local-zone: example. nodefault
	remote-control:
	  control-enable: no
	E
	for name in signed plain bogus; do
		printf 'zone:\n  name: %s.example\n  zonefile: %s.zone\n' $name $name >>nsd.conf
		printf 'stub-zone:\n  name: %s.example\n  stub-addr: 127.0.0.1@%s\n' $name "$nsd_port" >>unbound.conf
	done
	nsd -d -c nsd.conf >nsd.log 2>&1 3>&- &
	echo $! >nsd.job
	wait_for answers "$nsd_port" $KEY.plain.example
	unbound -d -c unbound.conf >unbound.log 2>&1 3>&- &
	echo $! >unbound.job
	wait_for answers "$unbound_port" $KEY.plain.example
	export NSD=127.0.0.1:$nsd_port UNBOUND=127.0.0.1:$unbound_port
}

teardown_file() {
	local name
	cd "$BATS_FILE_TMPDIR"
	for name in nsd unbound; do
		[ ! -s $name.job ] || kill "$(cat $name.job)" || true
	done
	wait
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	T=$BATS_TEST_TMPDIR
}

verify() {
	arc-verify --time "$NOW" "$@"
}

# told WORD MESSAGE: what is said of its keys
told() {
	run -0 verify --json --resolver "$UNBOUND" "$2"
	[ "$(grep -o '"dnssec":"[a-z]*"' <<<"$output" | sort -u)" = "\"dnssec\":\"$1\"" ]
}

@test "a validating resolver's word is shown" {
	told secure signed-s1
	told unsigned plain-s1
	# a signed CNAME to where nothing is signed
	told unsigned signed-alias
}

@test "--dnssec require takes signed keys alone" {
	run -0 verify --dnssec require --resolver "$UNBOUND" signed-s1
	for message in plain-s1 signed-alias; do
		run -1 verify --dnssec require --resolver "$UNBOUND" $message
		[[ $output == *"[key-unsigned]"* ]]
	done
	# nsd does not validate
	run -1 verify --dnssec require --resolver "$NSD" signed-s1
	run -0 verify --resolver "$NSD" signed-s1
}

@test "bogus is temporary, with its own code (RFC 8617 5.2.1)" {
	run -75 --separate-stderr verify --json --resolver "$UNBOUND" bogus-s1
	[[ $output == *'"arc":"fail","temporary":true'*'"code":"dns-bogus"'* ]]
	# that is the validator's word: the server itself has a key that fits
	run -0 verify --resolver "$NSD" bogus-s1
}

@test "keys too long for UDP come over TCP (RFC 7766 5)" {
	[ "$(wc -c <big.key)" -gt 1232 ] # what we let be sent by UDP
	for server in "$NSD" "$UNBOUND"; do
		run -0 verify --resolver "$server" plain-big
	done
	told secure signed-big
}

@test "real servers' NXDOMAIN, NODATA, CNAME (RFC 6376 6.1.2)" {
	for server in "$NSD" "$UNBOUND"; do
		run -1 verify --resolver "$server" plain-gone
		[[ $output == *"NXDOMAIN"*"[key-missing]"* ]]
		run -1 verify --resolver "$server" plain-empty
		[[ $output == *"NODATA"*"[key-missing]"* ]]
		run -0 verify --resolver "$server" plain-alias
	done
	# a loop is no key to nsd, who leaves it to us, and trouble to unbound
	run -1 verify --resolver "$NSD" plain-loop
	[[ $output == *"[key-missing]"* ]]
	run -75 verify --resolver "$UNBOUND" plain-loop
	[[ $output == *"[dns-servfail]"* ]]
}

@test "a server without the zone refuses (RFC 8617 5.2.1)" {
	run -75 verify --json --resolver "$NSD" elsewhere
	[[ $output == *'"code":"dns-refused"'* ]]
}

@test "what was recorded replays to the same JSON, of all messages" {
	local messages=(signed-* plain-* bogus-*) status=0 again=0
	verify -J 2 --json --record "$T/keys" --resolver "$UNBOUND" "${messages[@]}" >"$T/dns" || status=$?
	verify -J 2 --json --keys "$T/keys" "${messages[@]}" >"$T/file" || again=$?
	[ "$status" -eq 75 ]
	[ "$again" -eq 75 ]
	[ "$(wc -l <"$T/dns")" -eq "${#messages[@]}" ]
	cmp "$T/dns" "$T/file"
}

@test "arc-dump --key-audit tells what the DNS said: TTL, CNAME, strings, AD" {
	run -0 arc-dump --key-audit --resolver "$UNBOUND" signed-alias
	[[ $output == *"CNAME       s1._domainkey.plain.example"* ]]
	[[ $output == *"DNSSEC      unsigned"* ]]
	run -0 arc-dump --key-audit --resolver "$UNBOUND" signed-big
	[[ $output == *"DNSSEC      secure according to the resolver (AD)"* ]]
	[[ $output == *"TTL "* ]]
	[[ $output == *"RSA, 4096 bits"* ]]
	[[ $output == *"strings (200, 200, 200, "* ]]
	run -0 arc-dump --key-audit --resolver "$UNBOUND" plain-gone
	[[ $output == *"NXDOMAIN"* ]]
	run -75 arc-dump --key-audit --resolver "$UNBOUND" bogus-s1
	[[ $output == *"BOGUS"* ]]
}
