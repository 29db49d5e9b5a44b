#!/usr/bin/env bats
# arc-verify --annotate as a filter (RFC 8601 section 5),
# alone and under the real procmail and maildrop.
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	cp "$SAMPLES/keys" keys
	export NOW=1770643000
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	T=$BATS_TEST_TMPDIR
}

annotate() {
	arc-verify --annotate -i mx.example.org --time "$NOW" --keys keys "$@"
}

# The field alone that $1 gets.
field() {
	arc-verify --format=ar -i mx.example.org --time "$NOW" --keys keys "$@"
}

@test "every sample gets arc= none, pass or fail, exit 0, and keeps its octets (RFC 8617 10.1, 10.2; RFC 8601 2.2)" {
	for file in "$SAMPLES"/*.eml; do
		annotate "$file" >"$T/out"
		want=$(awk -F '\t' -v f="$(basename "$file")" '$1 == f { print $2 }' "$SAMPLES/expected.tsv")
		field "$file" >"$T/field"
		grep -qE "^Authentication-Results: mx.example.org; arc=$want( .*)?$" <(tr -d '\r' <"$T/field")
		if head -c 5 "$file" | grep -q '^From '; then
			cmp <(head -n 1 "$file"; cat "$T/field"; tail -n +2 "$file") "$T/out"
		else
			cmp <(cat "$T/field" "$file") "$T/out"
		fi
	done
}

@test "oldest-pass on pass only, a reason on fail, remote-ip quoted where it must be (RFC 8617 10.2; RFC 8601 2.2)" {
	run -0 field --remote-ip 2001:db8::1 "$SAMPLES/pass-list-edited.eml"
	[ "$(tr -d '\r\n\t' <<<"$output")" = 'Authentication-Results: mx.example.org; arc=passsmtp.remote-ip="2001:db8::1" header.oldest-pass=2' ]
	run -0 field --remote-ip 192.0.2.1 "$SAMPLES/fail-body-changed.eml"
	[ "$(tr -d '\r\n\t' <<<"$output")" = 'Authentication-Results: mx.example.org; arc=fail reason="body hash (AMS 2)"smtp.remote-ip=192.0.2.1' ]
	run -0 field --no-oldest-pass "$SAMPLES/pass-one-hop.eml"
	[ "$(tr -d '\r' <<<"$output")" = 'Authentication-Results: mx.example.org; arc=pass' ]
	run -64 field --remote-ip 2001:db8::g "$SAMPLES/pass-one-hop.eml"
	run -64 arc-verify -a -i $'a\nX: y' "$SAMPLES/pass-one-hop.eml"
	run -64 annotate "$SAMPLES/pass-one-hop.eml" "$SAMPLES/pass-one-hop.eml"
}

@test "the comment for DMARC reports names every seal of a chain that passes (RFC 8617 7.2.2)" {
	dmarc() {
		arc-verify --format=dmarc -i x --time "$NOW" "$@"
	}
	run -0 dmarc --keys keys "$SAMPLES/pass-three-hops.eml"
	[ "$output" = "arc=pass as[3].d=forwarder.example as[3].s=s7 as[2].d=lists.example as[2].s=arc as[1].d=author-provider.example as[1].s=2026a" ]
	run -0 dmarc --keys keys "$SAMPLES/fail-body-changed.eml"
	[ "$output" = "arc=fail" ]
	forge <<-PY
	write(chain(1, aar='i=1; d1.example; iprev=pass smtp.remote-ip="2001:DB8::1A"'), "$T/ip")
	PY
	run -0 dmarc --keys "$T/ip.keys" "$T/ip"
	[ "$output" = "arc=pass as[1].d=d1.example as[1].s=s1 remote-ip[1]=2001:DB8::1A" ]
	run -64 dmarc -a --keys keys "$SAMPLES/pass-three-hops.eml"
}

@test "every A-R field that claims our id goes, no other does" {
	local kept removed
	removed=$'Authentication-Results: mx.example.org; dkim=pass\nauthentication-results : (c) "MX.example.org" 1;\n arc=pass\nAuthentication-Results: mx.example.org 7; x=y\nAuthentication-Results: mx.example.org\n'
	kept=$'Authentication-Results: mx.example.org.evil.example; arc=pass\nAuthentication-Results: other.example; c="mx.example.org"\nX-Authentication-Results: mx.example.org; arc=pass\nFrom: a@b.example\n'
	printf '%s%s%s\nbody\n' "$removed" "$kept" "$removed" >"$T/m"
	annotate "$T/m" >"$T/out"
	cmp <(printf 'Authentication-Results: mx.example.org; arc=none\n%s\nbody\n' "$kept") "$T/out"
}

@test "an id of ours is known by its U-labels and its A-labels, and behind what no reader sees" {
	local mine
	mine=$'Authentication-Results: b\xc3\xbccher.example; dkim=pass\nAuthentication-Results: "B\xc3\x9cCHER.example" 1; x=y\nAuthentication-Results: XN--BCHER-KVA.example\nAuthentication-Results: \f(c)\v xn--bcher-kva.example\v; dkim=pass\n'
	kept=$'Authentication-Results: bucher.example; x=y\nAuthentication-Results: b\xc3\xbccher.example.org; x=y\nAuthentication-Results: \xff\xc3\xbccher.example; x=y\nAuthentication-Results: xn--\xc3\xbc.example\nFrom: a@b.example\n'
	printf '%s%s\nbody\n' "$mine" "$kept" >"$T/m"
	for id in xn--bcher-kva.example $'b\xc3\xbccher.example' $'b\xc3\x9ccher.EXAMPLE'; do
		arc-verify -a -i "$id" --keys keys "$T/m" | tail -n +2 | cmp - <(printf '%s\nbody\n' "$kept")
	done
	# What is stripped is what a seal takes its claims from.
	run -0 arc-sign -d xn--bcher-kva.example -s s -k "$ROOT/tests/keys/rsa2048-a.pem" --headers-only "$T/m"
	[[ $output == *"xn--bcher-kva.example;"*"dkim=pass;"*"x=y" ]]
}

@test "no line of the message goes on with our field" {
	for end in '\n' '\r\n'; do
		for mbox in '' 'From a@b Mon Feb  9 13:05:38 2026\n'; do
			# shellcheck disable=SC2059 # ends of lines
			printf "$mbox" >"$T/mbox"
			# shellcheck disable=SC2059
			printf " ; dmarc=pass$end\t; dkim=pass$end" >"$T/lines"
			# shellcheck disable=SC2059
			printf "From: a@b.example$end${end}body" >"$T/rest"
			# Such a first line makes it no message (RFC 5322 2.1).
			run -65 annotate <(cat "$T/mbox" "$T/lines" "$T/rest")
			[[ $output != *Authentication-Results* ]]
		done
	done
}

@test "a field ends its lines as the header does, whatever the mbox line has" {
	{ echo "From a@b Mon Feb  9 13:05:38 2026"; sed 's/\r*$/\r/' "$SAMPLES/pass-one-hop.eml"; } >"$T/m"
	cmp <(head -n 1 "$T/m"; field <(tail -n +2 "$T/m"); tail -n +2 "$T/m") <(annotate "$T/m")
	field "$T/m" | grep -qv $'\r$' && false
	arc-sign -d a.example -s s -k "$ROOT/tests/keys/rsa2048-a.pem" --cv pass --headers-only "$T/m" >"$T/fields"
	[ "$(grep -c $'\r$' "$T/fields")" -eq "$(wc -l <"$T/fields")" ]
}

@test "trouble: its status and nothing on stdout; --on-error=pass gives the message back" {
	printf 'no mail at all\n' >"$T/text"
	run -65 --separate-stderr annotate "$T/text"
	[ -z "$output" ]
	annotate --on-error=pass "$T/text" 2>"$T/err" >"$T/out"
	cmp "$T/text" "$T/out"
	grep -q 'passed on unchanged' "$T/err"
	run -66 annotate "$T/gone"
	# Files that options name are trouble too.
	for options in "--keys $T/gone" "--trusted $T/gone" "--record $T/no/where"; do
		# shellcheck disable=SC2086 # words on purpose
		run -"$(case $options in --record*) echo 74 ;; *) echo 66 ;; esac)" --separate-stderr \
			annotate $options "$SAMPLES/pass-one-hop.eml"
		[ -z "$output" ]
		# shellcheck disable=SC2086,SC2094 # read by both
		annotate --on-error=pass $options 2>"$T/err" <"$SAMPLES/pass-one-hop.eml" | cmp - "$SAMPLES/pass-one-hop.eml"
		[ "$(grep -c 'passed on unchanged' "$T/err")" -eq 1 ]
	done
	run -74 bash -c "arc-verify -a -i x --keys keys '$SAMPLES/pass-one-hop.eml' >/dev/full"
	run -74 bash -c "arc-verify -a -i x --keys keys '$SAMPLES/pass-one-hop.eml' >&-"
	# a reader that goes away is a write error, not a signal
	head -c 5000000 /dev/zero | tr '\0' 'x' | fold >"$T/body"
	{ cat "$SAMPLES/pass-one-hop.eml"; cat "$T/body"; } >"$T/big"
	run -0 bash -c "{ arc-verify -a -i x --keys keys '$T/big' 2>/dev/null; echo \$? >'$T/status'; } | head -c 10 >/dev/null"
	[ "$(cat "$T/status")" -eq 74 ]
}

@test "--state is left by a filter too, and options of other outputs are refused" {
	arc-verify -q --state "$T/one" --time "$NOW" --keys keys "$SAMPLES/pass-one-hop.eml"
	annotate --state "$T/two" "$SAMPLES/pass-one-hop.eml" | cmp - <(annotate "$SAMPLES/pass-one-hop.eml")
	cmp "$T/one" "$T/two"
	run -74 --separate-stderr annotate --state "$T/no/where" "$SAMPLES/pass-one-hop.eml"
	[ -z "$output" ]
	for option in --json --why --tap --merge --expect=pass --manifest=keys "--junit=$T/j"; do
		run -64 --separate-stderr annotate "$option" "$SAMPLES/pass-one-hop.eml"
		[ -z "$output" ]
	done
}

@test "an unreachable key is arc=fail here, and a status of 0" {
	echo ';! 2026a._domainkey.author-provider.example. SERVFAIL' >"$T/keys"
	run -0 arc-verify --format=ar -i x --keys "$T/keys" "$SAMPLES/pass-one-hop.eml"
	[[ $output == *'arc=fail'*'reason="dns servfail (AMS 1)"'* ]]
}

@test "40 MB from a pipe come out whole" {
	{ cat "$SAMPLES/pass-mbox-line-lf.eml"; head -c 30000000 /dev/zero | base64; } >"$T/big"
	# shellcheck disable=SC2002 # a pipe is the point
	cat "$T/big" | annotate >"$T/out"
	annotate "$T/big" | cmp - "$T/out"
	cmp <(tail -n +2 "$T/big") <(tail -n "$(($(wc -l <"$T/big") - 1))" "$T/out")
}

# w makes procmail look at the status of a filter; r keeps it from adding an
# empty line at the end.
@test "procmail: annotated on the way in, and the original where the filter fails" {
	mkdir -p "$T/mail/"{cur,new,tmp} "$T/failed/"{cur,new,tmp}
	cat >"$T/rc" <<-E
	DEFAULT=$T/mail/
	LOGFILE=$T/log
	:0 fwr
	| $(command -v arc-verify) -a -i mx.example.org --time $NOW --keys $PWD/keys

	:0 r
	$T/mail/
	E
	sed "s,$T/mail/,$T/failed/,; s,--keys .*,--keys /nowhere," "$T/rc" >"$T/rc-failed"
	local n=0
	for file in "$SAMPLES"/pass-japanese-subject-lf.eml "$SAMPLES"/pass-three-hops-untouched-lf.eml \
		"$SAMPLES"/pass-one-hop.eml "$SAMPLES"/none-dkim-only-lf.eml; do
		n=$((n + 1))
		procmail -m "$T/rc" <"$file"
		[ "$(find "$T/mail/new" -type f | wc -l)" -eq $n ]
		annotate "$file" >"$T/wanted"
		cmp "$T/wanted" "$(find "$T/mail/new" -type f -newer "$T/rc" -print0 | xargs -0 ls -t | head -n 1)"
		sleep 0.02
		procmail -m "$T/rc-failed" <"$file" 2>/dev/null
		cmp "$file" "$(find "$T/failed/new" -type f -print0 | xargs -0 ls -t | head -n 1)"
	done
}

@test "maildrop: annotated by xfilter; a filter that fails defers, and delivers nothing" {
	mkdir "$T/home"
	maildirmake.maildrop "$T/home/Maildir"
	cat >"$T/filter" <<-E
	xfilter "$(command -v arc-verify) -a -i mx.example.org --time $NOW --keys $PWD/keys"
	to "$T/home/Maildir"
	E
	sed 's,--keys .*",--keys /nowhere",' "$T/filter" >"$T/filter-failed"
	chmod 600 "$T/filter" "$T/filter-failed"
	maildrop "$T/filter" <"$SAMPLES/pass-three-hops-untouched-lf.eml"
	annotate "$SAMPLES/pass-three-hops-untouched-lf.eml" >"$T/wanted"
	[ "$(find "$T/home/Maildir/new" -type f | wc -l)" -eq 1 ]
	cmp "$T/wanted" "$(find "$T/home/Maildir/new" -type f)"
	run -75 maildrop "$T/filter-failed" <"$SAMPLES/pass-three-hops-untouched-lf.eml"
	[ "$(find "$T/home/Maildir/new" -type f | wc -l)" -eq 1 ]
}
