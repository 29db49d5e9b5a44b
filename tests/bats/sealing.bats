#!/usr/bin/env bats
# What goes into a new ARC Set, and the check of it (RFC 8617 section 5.1).
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup() {
	T=$BATS_TEST_TMPDIR
	cd "$T"
	cp "$ROOT/tests/keys/rsa2048-a.pem" .
	chmod 600 rsa2048-a.pem
	printf 'From: ann@author.example\nSubject: hi\n\nhello\n' >plain
}

# sign [option...]: seal stdin or a file for a.example
sign() {
	arc-sign --time 1767225600 -d a.example -s s1 -k rsa2048-a.pem "$@"
}

# payload FILE: the words of its new AAR, a line each as it is folded
payload() {
	sed -n '/^ARC-Authentication-Results/,/^[^ \tA]\|^Auth/p' "$1" | sed -n 's/^\t//p'
}

# ours TEXT...: Authentication-Results fields of a.example with these results
ours() {
	printf 'Authentication-Results: a.example; %s\n' "$@"
}

@test "the check of a new set: it is on top, whole, and verifies with our key, whatever is below" {
	forge <<-'PY'
	mine = dict(key="rsa2048-a")
	spoiled = lambda k, data: k.sign(data + b"x")
	def two(name, sets=None, **set2):
	    """A message whose set 2 is ours."""
	    write(chain(2, {1: sets or {}, 2: {**mine, **set2}}), tmp(name))
	two("good")
	two("good-below-unsigned", dict(ams_sign=spoiled, as_sign=spoiled))
	two("ams", ams_sign=spoiled)
	two("seal", as_sign=spoiled)
	two("both", ams_sign=spoiled, as_sign=spoiled)
	two("body", signed_body="other\n")
	two("body-and-ams", signed_body="other\n", ams_sign=spoiled)
	two("aar", aar="mx.d2.example; i=2; none")
	two("ams-tag", ams={"d": None})
	two("seal-tag", as_={"d": None})
	two("shape", dict(cv="pass"))
	two("shape-failed", dict(cv="pass"), cv="fail")
	for order in ("SAM", "MSA", "ASM", "AMS", "MAS"):
	    two("order-" + order, order=order)
	write(chain(2, {2: mine}).top("Received: from a by b"), tmp("below"))
	write(chain(3, {2: mine, 3: mine}), tmp("three"))
	write(chain(1, {1: mine}), tmp("one"))
	write(chain(1).seal(**mine).drop(AAR, 1), tmp("torn"))
	PY
	run -0 unit-seal_check 2 rsa2048-a.pem good good-below-unsigned ams seal both body body-and-ams aar ams-tag seal-tag \
		shape shape-failed order-AMS order-ASM order-MAS order-MSA order-SAM below three torn
	unparsed="self-check: the new fields cannot be parsed"
	same checks - <<-END
		good: good
		good-below-unsigned: good
		ams: self-check: b= of the ARC-Message-Signature
		seal: self-check: b= of the ARC-Seal
		both: self-check: b= of the ARC-Message-Signature
		body: self-check: bh= of the ARC-Message-Signature
		body-and-ams: self-check: bh= of the ARC-Message-Signature
		aar: $unparsed
		ams-tag: $unparsed
		seal-tag: $unparsed
		shape: self-check: Wrong cv=: the first seal must have cv=none, every later seal cv=pass.
		shape-failed: good
		order-AMS: $unparsed
		order-ASM: $unparsed
		order-MAS: $unparsed
		order-MSA: $unparsed
		order-SAM: $unparsed
		below: $unparsed
		three: $unparsed
		torn: self-check: Field missing: the ARC Set is incomplete.
	END
	run -0 unit-seal_check 1 rsa2048-a.pem one
	[ "$output" = "one: good" ]
	printf '\nno field\n' >broken
	run -0 unit-seal_check 1 rsa2048-a.pem broken
	[[ $output == "broken: no-message: "* ]]
}

@test "the worst arc= of our results counts, in whatever order they are (RFC 8617 4.4)" {
	sign plain >one 2>/dev/null
	p=$(openssl rsa -in rsa2048-a.pem -pubout -outform DER 2>/dev/null | base64 -w 0)
	printf 's1._domainkey.a.example. TXT "v=DKIM1; p=%s" "%s"\n' "${p:0:200}" "${p:200}" >keys
	while read -r said cv by_default; do
		run -0 --separate-stderr sign --keys keys --cv ar --ar "$said" one
		[[ ${lines[0]} == *"cv=$cv;"* ]]
		run -0 --separate-stderr sign --keys keys --ar "$said" one
		[[ ${lines[0]} == *"cv=$by_default;"* ]]
	done <<-END
		arc=pass;arc=none fail pass
		arc=none;arc=pass fail pass
		arc=none;arc=fail fail fail
		arc=fail;arc=none fail fail
		arc=pass;arc=fail fail fail
		arc=fail;arc=pass fail fail
		arc=unknown;arc=pass fail fail
		arc=pass;arc=pass pass pass
	END
}

@test "results of many fields are all there, in page order" {
	all=() n=0
	for count in 1 3 2 4 1 5 3 2 6 1; do
		printf 'Authentication-Results: a.example'
		for _ in $(seq $count); do
			n=$((n + 1))
			printf ';\n dkim=pass header.d=d%d.example header.s=s%d' $n $n
			all+=("dkim=pass header.d=d$n.example header.s=s$n;")
		done
		printf '\n'
	done >m
	cat plain >>m
	all[n - 1]=${all[n - 1]%;}
	sign --headers-only m >out 2>err
	[ ! -s err ]
	diff <(payload out) <(printf '%s\n' "${all[@]}")
}

@test "of what cannot be copied, eight are named, the others counted" {
	printf 'Authentication-Results: other%d.example; spf=pass\n' 1 2 1 2 >others
	for n in $(seq 10); do
		printf 'Authentication-Results: a.example 2; spf=pass smtp.mailfrom=n%d.example\n' "$n"
	done >ours
	head -n 8 ours | cat others - plain >eight
	cat others ours plain >ten
	for m in eight ten; do
		sign --headers-only $m >/dev/null 2>err
		{
			for n in $(seq 8); do
				echo "Authentication-Results field $((n + 4)): \"a.example 2; spf=pass smtp.mailfrom=n$n.example\" is not copied into the seal: at \"2\": unknown version"
			done
			[ $m = eight ] || echo "Authentication-Results: 2 more are not copied into the seal"
			echo "no Authentication-Results of a.example: the seal reports none; found those of other1.example, other2.example (use -i to select one)"
		} >wanted
		run -0 sed "s/^arc-sign: $m: //" err
		same told wanted
	done
}

@test "of other authserv-ids, eight are named, each once" {
	{
		printf 'Authentication-Results:\nAuthentication-Results: x; spf=pass\n'
		printf 'Authentication-Results: other%d.example; spf=pass\n' $(seq 11) 1 9
		cat plain
	} >m
	sign --headers-only m >out 2>err
	run -0 cat err
	[[ $output == *"found those of x, $(printf 'other%d.example, ' 1 2 3 4 5 6)other7.example (use"* ]]
}

@test "a thousand results are copied, and each beyond is named" {
	results() {
		printf '; m%d=pass' $(seq "$1" "$2")
	}
	{
		echo "Authentication-Results: a.example$(results 1 600)"
		echo "Authentication-Results: a.example$(results 601 1000)"
		cat plain
	} | fold_at_semicolons >fits
	sign --headers-only fits >out 2>err
	[ ! -s err ]
	[ "$(payload out | wc -l)" = 1000 ]
	# In the field that has the last one (also where a word is as long as may be), each is named; a later field is, as a whole.
	x=$(printf 'x%.0s' $(seq 890))
	{
		echo "Authentication-Results: a.example$(results 1 600)"
		echo "Authentication-Results: a.example$(results 601 1001); spf=pass smtp.helo=$x"
		echo "Authentication-Results: a.example; spf=pass; dkim=pass"
		cat plain
	} | fold_at_semicolons >beyond
	sign --headers-only beyond >out 2>err
	[ "$(payload out | tail -n 1)" = m1000=pass ]
	[ "$(payload out | wc -l)" = 1000 ]
	run -0 sed 's/xxx[.x]*/xxx/' err
	same told - <<-END
		arc-sign: beyond: Authentication-Results field 2: "m1001=pass" is not copied into the seal: too many results
		arc-sign: beyond: Authentication-Results field 2: "spf=pass smtp.helo=xxx" is not copied into the seal: too many results
		arc-sign: beyond: Authentication-Results field 3: "a.example;\\\\x0a spf=pass;\\\\x0a dkim=pass" is not copied into the seal: too many results
	END
}

# fold_at_semicolons: no line of a field too long for others
fold_at_semicolons() {
	sed 's/; /;\n /g'
}

@test "a word of 900 bytes is copied, a longer one is not; a longer comment is dropped" {
	x=$(printf 'x%.0s' $(seq 900))
	ours "spf=pass smtp.helo=${x:0:890}" | cat - plain >m
	sign --headers-only m >out 2>err
	grep -q "smtp.helo=${x:0:890}\$" out
	[ ! -s err ]
	ours "spf=pass smtp.helo=${x:0:891}; dkim=pass" | cat - plain >m
	sign --headers-only m >out 2>err
	[ "$(payload out)" = dkim=pass ]
	grep -q 'field 1: "spf=pass smtp.helo=xxx.* is not copied into the seal: a word is longer than a line may be$' err
	for n in 898 899; do
		ours "spf=pass (${x:0:n}) smtp.helo=a" | cat - plain >m
		sign --headers-only m >out 2>err
		[ ! -s err ]
		[[ $(payload out) == *smtp.helo=a ]]
		[ "$(grep -c "(${x:0:n})" out)" = $((899 - n)) ]
	done
}

@test "a line of h= has as many names as it can; the first one is never apart from h=" {
	names=$(printf ':Field-%s' {A..Z}{a..f})
	for first in "" A: Ab: Abc: Abcd: Abcde: Abcdef: Abcdefg: Abcdefgh: Abcdefghi:; do
		sign -H "${first}From$names" --headers-only plain 2>err |
			sed -n '/^ARC-M/,/bh=/p' | sed -n '/[[:blank:]]h=/,/;$/p' >h
		[ "$(tr -d '\n\t' <h | sed 's/.*h=//')" = "${first}From$names;" ]
		[ "$(wc -l <h)" -gt 10 ]
		awk '{
			name = $0; sub(/[:;].*/, "", name); sub(/^\t/, "", name)
			if (NR > 1 && width + length(name) + 1 <= 76) { print "could be longer: " last; bad = 1 }
			last = $0; width = length($0) + 7
			if (width > 76) { print "too long: " $0; bad = 1 }
		} END { exit bad }' h
	done
	long=$(printf 'x%.0s' $(seq 60))
	sign -H "$long:From" --headers-only plain >out 2>err
	grep -q "h=$long:\$" out
	grep -qx $'\tFrom;' out
}

@test "each part that is no result is named" {
	for bad in 'spf pass; dkim=pass; dmarc pass; spf=pass; dkim fail' 'spf pass; dmarc pass; dkim fail; dkim=pass; spf=pass'; do
		ours "$bad" | cat - plain >m
		sign --headers-only m >out 2>err
		[ "$(payload out)" = $'dkim=pass;\nspf=pass' ]
		[ "$(grep -c 'field 1: ".*" is not copied into the seal' err)" = 3 ]
	done
}

@test "results below any ARC field are not ours now, whichever field it is (RFC 8617 5.1)" {
	for name in ARC-Seal ARC-Message-Signature ARC-Authentication-Results; do
		{
			ours dkim=pass
			echo "$name: i=1; x=y"
			ours spf=pass
			cat plain
		} >m
		sign --headers-only m >out 2>err
		[ "$(payload out | head -n 1)" = dkim=pass ]
	done
	# A DKIM-Signature is none.
	{
		ours dkim=pass
		echo "DKIM-Signature: v=1; x=y"
		ours spf=pass
		cat plain
	} >m
	sign --headers-only m >out 2>err
	[[ $(payload out) == *dkim=pass*spf=pass* ]]
}

@test "results given by hand are refused with a control character anywhere, or a part that is no result" {
	refused() {
		run --separate-stderr sign --ar "$1" --headers-only plain
		echo "$1: $status: $stderr"
		[ "$status" -ge 64 ]
		[ -z "$output" ]
		[[ $stderr == *"$2"* ]]
	}
	for text in $'\x01spf=pass' $'spf=pass\x01' $'spf=\x7fpass' $'spf=pass;\ndkim=pass'; do
		refused "$text" "a control character"
	done
	while IFS='|' read -r text bad; do
		refused "$text" "RFC 8601): \"$bad\" is not a result"
	done <<-END
		x|
		spf pass|spf pass
		spf=pass; x|x
		spf=pass; dkim=|dkim=
		|
		;|;
		us.example|
		us.example;|
		=pass|=pass
		us.example; =pass|=pass
		us.example; x; spf=pass|x
	END
	for text in "spf=pass" "us.example; spf=pass" "us.example 1; spf=pass" "a=b"; do
		sign --ar "$text" --headers-only plain >out
		[ "$(payload out | head -n 1)" = "${text##*; }" ]
	done
	for text in none " none " None "us.example; none"; do
		run -0 --separate-stderr sign --ar "$text" --headers-only plain
		[[ $output == *" a.example; none" ]]
	done
}

@test "the fields of a new set, word for word and line for line" {
	sign --ar "spf=pass smtp.mailfrom=ann@author.example; dkim=none (no signature)" plain >out
	run -0 sed -n '/^From/q; s/\(\tbh\?=\).*/\1.../; /^\t[A-Za-z0-9+\/=]*;\?$/d; s/^\t/>/; p' out
	same fields - <<-'END'
		ARC-Seal: i=1; a=rsa-sha256; cv=none; d=a.example; s=s1; t=1767225600;
		>b=...
		ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=a.example;
		>s=s1; t=1767225600; h=From:From:Subject:Subject:Date:To;
		>bh=...
		>b=...
		ARC-Authentication-Results: i=1; a.example;
		>spf=pass smtp.mailfrom=ann@author.example;
		>dkim=none (no signature)
	END
	run -64 --separate-stderr sign -H From:ARC- plain
	run -64 --separate-stderr sign -H From:ARC-x plain
	run -0 --separate-stderr sign -H From:ARC plain
}

@test "a new field has at most 65,536 bytes; else there is no seal" {
	x=$(printf 'x%.0s' $(seq 880))
	for n in $(seq 80); do
		ours "spf=pass smtp.helo=$x.$n"
	done | cat - plain >m
	run --separate-stderr sign m
	echo "$status $stderr"
	[ "$status" -ge 64 ]
	[ -z "$output" ]
	[[ $stderr == *"the new field would be longer than 65536 bytes"* ]]
}
