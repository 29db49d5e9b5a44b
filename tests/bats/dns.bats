#!/usr/bin/env bats
# Keys from the DNS: what is believed, how often is asked, every fault told
# apart (RFC 6376 3.6.2, RFC 5452).
# SPDX-License-Identifier: BSD-2-Clause
load helper
load dns

@test "the name asked for, and strings joined with nothing between (RFC 6376 3.6.2.1, 3.6.2.2)" {
	key "keyfile $ONE"
	passes one
	[ "$(asked)" = "udp $N" ]
}

@test "dots of a selector are label breaks; AMS and AS may differ in both (RFC 6376 3.6.2.1)" {
	zone "a.b._domainkey.x.example key $ONE" "c._domainkey.y.example key $ONE"
	passes differ
	[ "$(asked | sort)" = "udp a.b._domainkey.x.example
udp c._domainkey.y.example" ]
}

@test "U-labels are asked for as A-labels (RFC 8616 5)" {
	zone "s._domainkey.xn--bcher-kva.example key $ONE"
	passes alabel
}

@test "several records, one that fits is enough (RFC 6376 6.1.2)" {
	key "key v=spf1 -all" "key $OTHER" "key $ONE"
	passes one
	key "key v=spf1 -all" "key $OTHER"
	run -1 ask one
	[[ $output == *"signature]"* ]]
}

@test "CNAMEs are followed, also where the target has to be asked for (RFC 6376 6.1.2)" {
	zone "$N chain k.example" "k.example key $ONE"
	passes one
	[ "$(asked)" = "udp $N" ]
	zone "$N cname k.example" "k.example cname l.example" "l.example key $ONE"
	passes one
	[ "$(asked | tr '\n' ' ')" = "udp $N udp k.example udp l.example " ]
	# what an answer says of its CNAME's target counts in any letters
	zone "$N chain K.Example" "k.example key $ONE"
	passes one
}

@test "eight CNAMEs in a row are followed, nine are not (RFC 6376 6.1.2)" {
	for how in chain cname; do
		zone "$N $how c2.example" "c8.example $how c9.example" "c9.example key $ONE"
		for i in 2 3 4 5 6 7; do
			echo "c$i.example $how c$((i + 1)).example" >>"$T/zone"
		done
		passes one
		sed -i "s/^c9.example key/c10.example key/" "$T/zone"
		echo "c9.example $how c10.example" >>"$T/zone"
		: >"$T/zone.log"
		missing one
	done
	[ "$(asked | sort | uniq -d)" = "" ]
	# and not when some came along and some were asked for
	sed -i "s/^\(c[235-9].*\) cname/\1 chain/" "$T/zone"
	missing one
}

@test "CNAMEs to nothing and in a loop are no key (RFC 6376 6.1.2)" {
	key "cname gone.example"
	missing one
	key "chain gone.example"
	missing one
	for how in chain cname; do
		zone "$N $how k.example" "k.example $how $N"
		missing one
		[ "$(asked | wc -l)" -le 9 ]
	done
	key "cname $N"
	missing one
}

@test "what the target of a CNAME does is what counts (RFC 6376 6.1.2; RFC 8617 5.2.1)" {
	for pair in silence:timeout servfail:servfail refused:refused garbage:malformed; do
		zone "$N cname k.example" "k.example ${pair%:*}"
		temporary "dns-${pair#*:}" one
	done
	zone "$N cname k.example" "k.example bogus" "k.example key $ONE"
	temporary dns-bogus one
	zone "$N cname k.example" "k.example nodata"
	missing one
}

@test "a first server's trouble with a name is not told of its CNAME's target (RFC 6376 6.1.2)" {
	serve first
	printf '%s\n' "$N servfail" "k.example refused" >"$T/first"
	zone "$N cname k.example" "k.example refused"
	run -75 arc-verify --resolver "127.0.0.1:$REPLY" --resolver "127.0.0.1:$PORT" --dns-timeout 1 one
	[[ $output == *"[dns-refused]"* ]]
	run -1 grep ' cd$' "$T/first.log" "$T/zone.log"
}

@test "hostile targets of a CNAME do no harm, also when recorded and replayed (RFC 6376 6.1.2)" {
	local octets how target
	octets=$(printf '\\%.0s001' {1..60})
	for target in "$octets.$octets.$octets.example" 'a".example' '$origin.example' '\032.example' \
		'\010;x.example' '\192\255.example' '@.example' '@' '$ttl' '.' 'x(.example' 'a\092.example' '\000.example'; do
		for how in cname chain; do
			zone "$N $how $target" "$target key $ONE"
			echo "$how $target"
			run -0 ask --json --record "$T/rec" one
			arc-verify --time "$NOW" --json --keys "$T/rec" one | diff - <(printf '%s\n' "$output")
			rm "$T/rec"
		done
	done
	# a name that does not fit a packet is no name
	octets=$(printf 'x%.0s' {1..63})
	key "cname $octets.$octets.$octets.$octets.example"
	temporary dns-malformed one
}

@test "a dot within a label is not the dot between labels, also when replayed" {
	# else a recording holds keys for names that others own
	zone "$N cname s2._domainkey.d2\\046example" "s2._domainkey.d2\\046example key $ONE"
	passes one
	ask --record "$T/rec" one
	run -1 arc-verify --time "$NOW" --keys "$T/rec" two
	[[ $output == *"i=2 "*"[key-missing]"* ]]
}

@test "NXDOMAIN and a name without TXT are permanent (RFC 6376 6.1.2)" {
	missing one
	[[ $(ask one || true) == *"NXDOMAIN"*"[key-missing]"* ]]
	key nodata
	missing one
	[[ $(ask one || true) == *"NODATA"*"[key-missing]"* ]]
	key nxdomain
	missing one
}

@test "silence, SERVFAIL, REFUSED, nobody there: temporary, each with its code (RFC 8617 5.2.1)" {
	for pair in silence:timeout servfail:servfail refused:refused formerr:servfail notimp:servfail; do
		key "${pair%:*}"
		temporary "dns-${pair#*:}" one
	done
	run -75 arc-verify --resolver 127.0.0.1:1 --json one
	[[ $output == *'"code":"dns-unreachable"'* ]]
}

@test "a server that only knows whom else to ask has not said that there is no key (RFC 8617 5.2.1)" {
	key referral
	temporary dns-refused one
}

@test "a SERVFAIL that goes away with checking disabled is told as bogus (RFC 8617 5.2.1)" {
	key bogus "key $ONE"
	temporary dns-bogus one
	[ "$(asked | grep -c ' cd$')" -eq 2 ] # two runs
	# also when what the name holds then is nothing
	key bogus nodata
	temporary dns-bogus one
}

# many_keys LINE...: keys for "many" and "twenty", and lines for each of them
many_keys() {
	local i part line
	for i in $(seq 20); do
		for part in a m; do
			echo "$part$i._domainkey.d$i.example key $ONE"
			for line; do
				echo "$part$i._domainkey.d$i.example $line"
			done
		done
	done >"$T/zone"
	: >"$T/zone.log"
}

@test "all lookups of a message share one deadline" {
	# ten sets take two batches; each alone would be in time
	many_keys "delay 700"
	run -75 ask --json many
	[[ $output == *'"code":"dns-timeout"'* ]]
	# and what would come too late is not asked for
	many_keys
	sed -i '/^m8\./s/key .*/silence/' "$T/zone"
	run -75 ask --json many
	[[ $output == *'"code":"dns-timeout"'* ]]
	[ "$(asked | sort -u | wc -l)" -eq 6 ]
}

@test "an answer that comes late, but before the deadline, counts" {
	# longer than the first of two tries lasts
	key "delay 1400" "key $ONE"
	run -0 ask --dns-timeout 2 one
	[ "$(asked | wc -l)" -eq 2 ]
	# also when the second try is not answered, or that server is done for
	key "delay 1400" silence@2 "key@1 $ONE"
	run -0 ask --dns-timeout 2 one
	serve second
	printf '%s\n' "$N refused" >"$T/second"
	key "delay 1400" silence@2 "key@1 $ONE"
	run -0 ask --dns-timeout 2 --resolver "127.0.0.1:$REPLY" one
	# and when it is one that leads on to TCP
	key "delay 600" "truncate $OTHER" "key $ONE"
	run -0 ask --dns-timeout 2 one
}

@test "a query that is lost is asked again; one that failed once, too" {
	key silence@1 "key@2 $ONE"
	passes one
	key servfail@1 "key@2 $ONE"
	passes one
	[ "$(asked | grep -c ' cd$')" -eq 0 ]
}

@test "a server that is silent where there is EDNS is asked without" {
	key dropedns "key $ONE"
	passes one
}

@test "--dns-timeout takes fractions of a second" {
	key silence
	for timeout in 0.1 0.25 1.5; do
		run -75 ask --dns-timeout $timeout one
		[[ $output == *"[dns-timeout]"* ]]
	done
	key "key $ONE"
	run -0 ask --dns-timeout 2.000000001 one
}

@test "the server that answered is asked first the next time" {
	serve dead
	echo "$N silence" >"$T/dead"
	many_keys
	for i in $(seq 20); do
		printf '%s\n' "a$i._domainkey.d$i.example silence" "m$i._domainkey.d$i.example silence"
	done >"$T/dead"
	run -0 arc-verify --time "$NOW" --resolver "127.0.0.1:$REPLY" --resolver "127.0.0.1:$PORT" --dns-timeout 10 twenty
	# the first batch alone went to the other one
	[ "$(wc -l <"$T/dead.log")" -eq 6 ]
}

@test "a second server is asked when the first fails, refuses, is silent or is not there" {
	serve first
	local first=$REPLY
	key "key $ONE"
	for fault in servfail refused silence formerr garbage referral; do
		echo "$N $fault" >"$T/first"
		run -0 arc-verify --time "$NOW" --resolver "127.0.0.1:$first" --resolver "127.0.0.1:$PORT" --dns-timeout 2 one
	done
	run -0 arc-verify --time "$NOW" --resolver 127.0.0.1:1 --resolver "127.0.0.1:$PORT" one
	# one that says there is no key has answered
	: >"$T/first"
	: >"$T/zone.log"
	run -1 arc-verify --time "$NOW" --resolver "127.0.0.1:$first" --resolver "127.0.0.1:$PORT" one
	[ "$(asked)" = "" ]
}

@test "addresses of servers: IPv6, and what is none" {
	# where there is no IPv6, nobody can be reached by it
	if serve six ::1 2>/dev/null && [ -n "$REPLY" ]; then
		echo "$N key $ONE" >"$T/six"
		run -0 arc-verify --time "$NOW" --resolver "[::1]:$REPLY" one
		printf '%s\n' "$N truncate $OTHER" "$N key $ONE" >"$T/six"
		run -0 arc-verify --time "$NOW" --resolver "[::1]:$REPLY" one
	else
		run -75 arc-verify --resolver "[::1]:53535" one
		[[ $output == *"[dns-unreachable]"* ]]
	fi
	for address in nowhere 127.0.0.1:99999 127.0.0.1:0 127.0.0.1: 127.0.0.1:5x '[::1' '[::1]5' '[127.0.0.1' '' '[]' ::g; do
		run -64 arc-verify --resolver "$address" one
	done
	local many=()
	for i in {1..17}; do
		many+=(--resolver "127.0.0.$i")
	done
	run -64 arc-verify "${many[@]}" one
	[[ $output == *"too many --resolver options; the limit is 16"* ]]
}

@test "each name is asked for once a run, answered or not (RFC 8617 9.2)" {
	zone "$N key $ONE" "s2._domainkey.d2.example key $ONE"
	run -0 ask -J 2 one two one two one
	[ "$(asked | sort)" = "udp $N
udp s2._domainkey.d2.example" ]
	key refused
	run -75 ask -J 2 one one one
	[ "$(asked)" = "udp $N" ]
	zone "s._domainkey.d.example key $ONE"
	run -0 ask selector
	[ "$(asked)" = "udp s._domainkey.d.example" ]
}

@test "nothing is asked for a chain that fails by structure or by the body hash (RFC 8617 5.2, 9.2; RFC 6376 6.1.3)" {
	for message in structure body; do
		run -1 ask $message
		[ "$(asked)" = "" ]
	done
}

@test "nothing is asked for a seal whose tags are wrong (RFC 8617 5.2)" {
	key key "$ONE"
	echo "m1._domainkey.d1.example key $ONE" >>"$T/zone"
	echo "s2._domainkey.d2.example key $ONE" >>"$T/zone"
	run -1 --separate-stderr ask --json illegible
	[[ $output == *'"code":"tag-syntax"'* ]]
	[ "$(asked | sort | tr '\n' ' ')" = "udp m1._domainkey.d1.example udp s2._domainkey.d2.example " ]
}

@test "below an AMS that fails by its body no key of an AMS is asked for (RFC 8617 5.2, step 5)" {
	key key "$ONE"
	for n in 1 2 3; do
		echo "m$n._domainkey.d$n.example key $ONE" >>"$T/zone"
		echo "a$n._domainkey.d$n.example key $ONE" >>"$T/zone"
	done
	run -0 ask halfway
	[[ $output == *"oldest-pass=3" ]]
	[ "$(asked | grep ' m')" = "udp m3._domainkey.d3.example" ]
	[ "$(asked | grep -c ' a')" -eq 3 ]
}

# batches: how many names were asked for in each round trip
batches() {
	cut -d ' ' -f 1 "$T/zone.log" | uniq -c | awk '{ printf "%s ", $1 }'
}

# wrong PART: the key of that part is another one
wrong() {
	many_keys
	sed -i "s/^$1\._\(.*\) key .*/$1._\1 key ${OTHER//\//\\/}/" "$T/zone"
}

@test "six names before anything has verified, then twice as many with each batch" {
	many_keys "delay 300"
	run -0 ask --dns-timeout 10 twenty
	# forty names in all
	[ "$(batches)" = "6 12 22 " ]
	# those of the newest sets first
	[ "$(asked | head -n 6 | sort)" = "$(printf 'udp %s._domainkey.%s.example\n' a18 d18 a19 d19 a20 d20 m18 d18 m19 d19 m20 d20)" ]
	[ "$(asked | sort | uniq -d)" = "" ]
	# AMS and AS of a set with one key: twenty names
	: >"$T/zone.log"
	run -0 ask --dns-timeout 10 shared
	[ "$(batches)" = "6 12 2 " ]
	# without the optional step the older AMS need no keys
	: >"$T/zone.log"
	run -0 ask --dns-timeout 10 --no-oldest-pass twenty
	[ "$(asked | grep -c ' m')" -eq 1 ]
}

@test "while nothing verifies, batches do not grow" {
	zone "* delay 300"
	run -1 ask --dns-timeout 10 --check dkim dkim
	[ "$(batches)" = "6 6 1 " ]
	# three AMS do, and nothing behind them
	many_keys
	grep -E "^m(18|19|20)" "$T/zone" >"$T/newest"
	zone "* delay 300" "$(cat "$T/newest")"
	run -0 arc-dump --verify --time "$NOW" --resolver "127.0.0.1:$PORT" --dns-timeout 10 twenty 8>&-
	[ "$(batches)" = "6 12 12 10 " ]
}

@test "what SPF and DMARC ask first goes with the first keys, in one round trip" {
	many_keys
	printf '%s\n' "* delay 300" "author.example key v=spf1 ip4:192.0.2.1 -all" \
		"_dmarc.author.example key v=DMARC1; p=none" >>"$T/zone"
	# domains STATUS MESSAGE METHODS NAME...: those are asked for, each once
	domains() {
		: >"$T/zone.log"
		run "$1" --separate-stderr ask --dns-timeout 10 --json --check "arc:$3" \
			--remote-ip 192.0.2.1 --helo author.example --mail-from a@author.example "$2"
		[[ $output == *"\"${3##*:}\":{\"result\":\"pass\""* ]]
		[ "$(asked | grep -v _domainkey | sort)" = "$(printf 'udp %s\n' "${@:4}")" ]
	}
	domains -0 twenty spf:dmarc _dmarc.author.example _dmarc.example author.example
	[ "$(batches)" = "9 12 22 " ]
	domains -0 twenty spf author.example
	[ "$(batches)" = "7 12 22 " ]
	# with no key to ask for: the same, alone
	domains -1 structure spf:dmarc _dmarc.author.example _dmarc.example author.example
	[ "$(batches)" = "3 " ]
}

@test "nothing more is asked for once the chain has failed" {
	# the newest AMS does not fit its key
	wrong m20
	run -1 ask twenty
	[ "$(asked | wc -l)" -eq 6 ]
	# the seal of set 19: a name of the first batch too
	wrong a19
	run -1 ask --no-oldest-pass twenty
	[ "$(asked | wc -l)" -eq 6 ]
	# that of set 14: one batch more
	wrong a14
	run -1 ask --no-oldest-pass twenty
	[ "$(asked | wc -l)" -eq 18 ]
	# the AMS of set 19 decides nothing, but no key below its batch is asked
	# for: step 5 is over
	wrong m19
	run -0 ask twenty
	[ "$(asked | grep -c ' a')" -eq 20 ]
	[ "$(asked | grep -c ' m')" -eq 3 ]
	# a key that is not there
	many_keys
	sed -i "/^m20/d" "$T/zone"
	run -1 ask twenty
	[ "$(asked | wc -l)" -eq 6 ]
}

# That the AD bit of an address that is not loopback counts with --trust-ad
# alone cannot be seen here, as tests use loopback alone.
@test "the AD bit of a resolver on loopback is shown, and can be required" {
	local option
	for option in --dnssec=show --trust-ad; do
		key ad "key $ONE"
		run -0 ask $option --json one
		[[ $output == *'"dnssec":"secure"'* && $output != *unsigned* ]]
		run -0 ask $option --dnssec require one
		key "key $ONE"
		run -0 ask $option --json one
		[[ $output == *'"dnssec":"unsigned"'* && $output != *secure* ]]
		run -1 ask $option --dnssec require one
		[[ $output == *"[key-unsigned]"* ]]
	done
}

@test "a key is secure only when the whole way to it is" {
	zone "$N cname k.example" "k.example ad" "k.example key $ONE"
	run -0 ask --json one
	[[ $output == *'"dnssec":"unsigned"'* ]]
	zone "$N cname k.example" "$N ad" "k.example key $ONE"
	run -0 ask --json one
	[[ $output == *'"dnssec":"unsigned"'* ]]
	echo "k.example ad" >>"$T/zone"
	run -0 ask --json one
	[[ $output == *'"dnssec":"secure"'* ]]
}

@test "what was recorded replays to the same JSON, failures too" {
	local n=0 set lines
	for set in "key $ONE" "ad,key $ONE" "keyfile $ONE" "chain k.example" "cname k.example" "cname l.example" \
		"cname gone.example" "cname $N" "key v=spf1,key $OTHER,key $ONE" silence servfail refused nxdomain nodata \
		"bogus,key $ONE" garbage "truncate $OTHER,key $ONE" 'key v=DKIM1; n="quoted\041;(x)'; do
		readarray -td , lines < <(printf '%s' "$set")
		key "${lines[@]}"
		printf '%s\n' "k.example key $ONE" "l.example refused" >>"$T/zone"
		n=$((n + 1))
		ask --json --record "$T/rec$n" one >"$T/dns" || true
		arc-verify --time "$NOW" --json --keys "$T/rec$n" one >"$T/file" || true
		[ -s "$T/dns" ]
		diff "$T/dns" "$T/file"
	done
	run -75 arc-verify --resolver 127.0.0.1:1 --json --record "$T/rec" one
	printf '%s\n' "$output" | diff - <(arc-verify --json --keys "$T/rec" one)
	# several recordings join: what was had wins over what was not
	cat "$T/rec" "$T"/rec1? "$T/rec1" >"$T/all"
	run -0 arc-verify --time "$NOW" --keys "$T/all" one
}

@test "with keys files the DNS is asked only with --dns, and only for what they lack" {
	zone "s2._domainkey.d2.example key $ONE"
	printf '%s TXT "%s"\n' "$N" "$ONE" >"$T/keys"
	run -1 ask --keys "$T/keys" two
	[ "$(asked)" = "" ]
	run -0 ask --keys "$T/keys" --dns two
	[ "$(asked)" = "udp s2._domainkey.d2.example" ]
}

@test "arc-sign seals nothing while a key of the chain cannot be asked for" {
	cp "$ROOT/tests/keys/rsa2048-a.pem" "$T"
	for fault in silence servfail refused garbage; do
		key $fault
		run -75 --separate-stderr arc-sign -d a.example -s s -k "$T/rsa2048-a.pem" \
			--resolver "127.0.0.1:$PORT" --dns-timeout 1 one 8>&-
		[ -z "$output" ]
	done
	# and one that does not exist is a failed chain
	key nxdomain
	run -0 --separate-stderr arc-sign -d a.example -s s -k "$T/rsa2048-a.pem" \
		--resolver "127.0.0.1:$PORT" --dns-timeout 1 one 8>&-
	[[ $output == *"cv=fail"* ]]
}

@test "arc-dump asks only when told, and says 75 while a key cannot be asked for" {
	key "key $ONE"
	run -0 arc-dump --time "$NOW" one 8>&-
	[[ $output == *"unverified: "* ]]
	[ "$(asked)" = "" ]
	run -0 arc-dump --time "$NOW" --verify --resolver "127.0.0.1:$PORT" one 8>&-
	[[ $output == *"pass: "* ]]
	for fault in silence servfail refused; do
		key "$fault"
		for how in --verify "--verify --lint" "--verify -n 1" --why --key-audit; do
			# shellcheck disable=SC2086 # words
			run -75 arc-dump --time "$NOW" $how --resolver "127.0.0.1:$PORT" --dns-timeout 0.3 one 8>&-
			[ -n "$output" ]
		done
		run -75 arc-dump --time "$NOW" --verify --resolver "127.0.0.1:$PORT" --dns-timeout 0.3 one 8>&-
		[[ $output == *"tempfail: Temporary error: the chain could not be verified at i=1"* ]]
		[[ $output != *"Likely source:"* && $output != *"The chain breaks"* ]]
	done
	key nxdomain
	run -0 arc-dump --time "$NOW" --verify --resolver "127.0.0.1:$PORT" one 8>&-
	[[ $output == *"fail: The chain breaks at i=1"*"[key-missing; "* ]]
	[[ $(tr -s " \n" " " <<<"$output") == *"whoever publishes the key of d1.example"* ]]
}
