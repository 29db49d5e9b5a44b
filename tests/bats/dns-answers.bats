#!/usr/bin/env bats
# What is taken for an answer of the DNS: forged, broken, cut and odd ones
# (RFC 1035, RFC 5452, RFC 7766).
# SPDX-License-Identifier: BSD-2-Clause
load helper
load dns

@test "a truncated answer is asked for again over TCP, and its body not believed (RFC 7766 5)" {
	key "truncate $OTHER" "key $ONE"
	passes one
	[ "$(asked | tr '\n' ' ')" = "udp $N tcp $N " ]
	key "truncate $ONE" "key $OTHER"
	run -1 ask one
	[[ $output == *"signature]"* ]]
	# nor looked at: it may end within a record
	key "cut $OTHER" "key $ONE"
	passes one
	# over TCP nothing is left to ask
	key "truncate $ONE" silence
	temporary dns-timeout one
}

@test "a 4096-bit key where a UDP answer has 512 octets (RFC 7766 5)" {
	key noedns "key $(cat big.key)"
	passes big
	[ "$(asked tcp)" = "tcp $N" ]
	# and where it has those that we ask for
	key "key $(cat big.key)"
	passes big
	[ "$(asked tcp)" = "" ]
	key "long 1200 $(cat big.key)"
	passes big
	[ "$(asked tcp)" = "tcp $N" ]
}

@test "TCP that hangs, drips or closes ends at the deadline" {
	for fault in tcphang tcpdrip tcpclose tcpzero; do
		key $fault "key $ONE"
		temporary dns-timeout one
		[ "$(asked tcp | head -n 1)" = "tcp $N" ]
	done
}

@test "TCP answers of another id, and garbage, are not believed" {
	for fault in "tcpid $ONE" tcpgarbage tcpshort; do
		key "$fault" "key $ONE"
		temporary dns-malformed one
	done
}

@test "on a stream, too, waiting goes on behind what is not ours" {
	key "tcpfirst $OTHER" "key $ONE"
	passes one
	[ "$(asked tcp)" = "tcp $N" ]
	key "tcpfirst $ONE" "key $OTHER"
	run -1 ask one
	[[ $output == *"signature]"* ]]
}

@test "EDNS is left out where a server does not understand it, or not its version" {
	for fault in noedns oldedns; do
		key $fault "key $ONE"
		passes one
		[ "$(asked | wc -l)" -eq 2 ]
	done
}

FORGED="wrongid wrongname wrongtype wrongclass dotname query update elsewhere address"

@test "answers with another id, question, QR, opcode, class or port are waited past" {
	# every forged answer has a key that decides the verdict, were it believed
	for forged in $FORGED; do
		key "$forged $OTHER" "key $ONE"
		passes one
		key "$forged $ONE" "key $OTHER"
		run -1 ask one
		[[ $output == *"signature]"* ]]
		key "$forged $ONE" nxdomain
		missing one
	done
}

@test "forged answers alone are no answer" {
	for forged in $FORGED; do
		key "$forged $ONE"
		temporary dns-timeout one
	done
}

@test "answers to no question, or to two, are no answer" {
	for forged in noquestion twoquestions; do
		key "$forged $ONE"
		temporary dns-malformed one
		key "$forged $OTHER" "key $ONE"
		passes one
	done
}

@test "names are the same in letters of either case (RFC 4343)" {
	key mixed "key $ONE"
	passes one
	zone "$N chain K.eXample" "$N mixed" "k.example key $ONE"
	passes one
}

@test "the right answer is found behind thousands that are not" {
	key "flood 5000" "wrongname $OTHER" "key $ONE"
	run -0 ask --dns-timeout 10 one
}

@test "records elsewhere than in the answer are none" {
	for section in authority additional; do
		key $section "key $ONE"
		missing one
	done
}

@test "records of another owner or class are none of ours" {
	key "stray $ONE"
	missing one
	key "chaos $ONE"
	missing one
	key "stray $OTHER" "chaos $OTHER" "key $ONE"
	passes one
	# nor those that come with a CNAME to somewhere else
	zone "$N cname k.example" "$N stray $ONE" "k.example key $OTHER"
	run -1 ask one
	[[ $output == *"signature]"* ]]
}

@test "garbage, wrong counts, pointers that loop or lead on are no answer" {
	for fault in garbage counts loop forward; do
		key "$fault"
		temporary dns-malformed one
		# and the true answer behind them is taken
		key "$fault" "key $ONE"
		passes one
	done
	for fault in rdlength label; do
		key "$fault $ONE"
		temporary dns-malformed one
		key "$fault $OTHER" "key $ONE"
		passes one
	done
	for fault in short empty one; do
		key "$fault"
		temporary dns-timeout one
		key "$fault" "key $ONE"
		passes one
	done
}

@test "a record as long as a message can hold is read" {
	key "long 64000 $ONE"
	run ask --json --record "$T/rec" one
	[ "$status" -le 1 ]
	[ "$(asked tcp)" = "tcp $N" ]
	local verdict=$output
	run arc-verify --time "$NOW" --json --keys "$T/rec" one
	[ "$output" = "$verdict" ]
}

@test "odd records: without a string, of empty ones, CNAME without a name" {
	for fault in hollow empties; do
		key $fault
		run -1 ask one
		[[ $output == *"[key-syntax]"* ]]
		key $fault "key $ONE"
		passes one
	done
	key badcname
	temporary dns-malformed one
}

@test "an answer longer by UDP than we let it be is read" {
	key anysize "long 9000 $ONE"
	passes one
	[ "$(asked tcp)" = "" ]
}

@test "every code but NOERROR and NXDOMAIN is temporary, whatever comes with it (RFC 8617 5.2.1)" {
	local code
	for code in 1 2 {4..15}; do
		key "rcode $code" "key $ONE"
		run -75 ask one
	done
	# and an NXDOMAIN stays one
	key "rcode 3" "key $ONE"
	missing one
}

@test "the ninth key record is not tried, nor are SPF records counted" {
	local many=()
	for _ in {1..8}; do
		many+=("key $OTHER")
	done
	key "${many[@]}" "key $ONE"
	run -65 ask --dns-timeout 5 one
	key "${many[@]:1}" "key v=spf1 1" "key v=spf1 2" "key $ONE"
	run -0 ask --dns-timeout 5 one
}

@test "a time to live of 0, or of more than 31 bits (RFC 2181 section 8)" {
	local ttl
	for ttl in 0 2147483647 2147483648 4294967295; do
		key "ttl $ttl" "key $ONE"
		run -0 arc-dump --key-audit --resolver "127.0.0.1:$PORT" one
		[ "$ttl" -le 2147483647 ] || ttl=0
		[[ $output =~ TTL\ +$ttl\ s ]]
	done
}
