#!/usr/bin/env bats
# --check spf and dmarc at the edges of the commands: where the SMTP session is
# taken from, lines, JSON, exit status, fields.
# SPDX-License-Identifier: BSD-2-Clause
load helper
load zone

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	cat >m <<-'M'
	Return-Path: <bounce@author.example>
	Received: from inside.here.example (inside.here.example [198.51.100.7])
	 by store.here.example (Postfix) with LMTP id 1; Thu, 1 Jan 2026 00:00:01 +0000
	Received: from helo.author.example (rdns.example [192.0.2.1])
	 (using TLSv1.3 with cipher X (256/256 bits)) (Client CN "[203.0.113.99]")
	 by mx.here.example (Postfix) with ESMTPS id 2 for <me@here.example>; Thu, 1 Jan 2026 00:00:00 +0000
	Received: from a (b [203.0.113.66]) by mx.here.example; Thu, 1 Jan 2026 00:00:00 +0000
	Return-Path: <forged@forged.example>
	From: A <a@author.example>
	Subject: x

	Body
	M
	cat >k <<-'K'
	author.example TXT "v=spf1 include:_spf.author.example -all exp=why.author.example"
	why.author.example TXT "%{i} is not ours"
	_spf.author.example TXT "v=spf1 ip4:192.0.2.0/24 ~all"
	helo.author.example TXT "v=spf1 a -all"
	helo.author.example A 192.0.2.1
	_dmarc.author.example TXT "v=DMARC1; p=none; sp=reject; t=y"
	_dmarc.other.example TXT "v=DMARC1; p=reject"
	other.example TXT "v=spf1 ip4:192.0.2.1 -all"
	;! late.example. TIMEOUT TXT
	K
}

# Tests run at once: each has files of its own.
setup() {
	cd "$BATS_TEST_TMPDIR"
	cp "$BATS_FILE_TMPDIR"/* .
}

check() {
	arc-verify --keys k "$@" m
}

from() {
	check --check spf --remote-ip "$1" --helo "$2" --mail-from "$3"
}

@test "options tell the session; a null reverse path makes HELO the identity" {
	run -0 from 192.0.2.1 x a@author.example
	[ "$output" = "spf=pass  smtp.mailfrom=author.example ip=192.0.2.1 (include:_spf.author.example > ip4:192.0.2.0/24)" ]
	for null in '' '<>'; do
		run -0 from 192.0.2.1 helo.author.example "$null"
		[ "$output" = "spf=pass  smtp.helo=helo.author.example ip=192.0.2.1 (a)" ]
	done
	run -0 from 192.0.2.1 x '<a@AUTHOR.example>'
	run -0 from ::ffff:192.0.2.1 x a@author.example
	run -64 from 192.0.2.300 x a@author.example
	# what a stranger said is never a usage error
	run -2 from 192.0.2.1 '[192.0.2.1]' ''
	[[ $output == *"[spf-domain]" ]]
	run -2 from 192.0.2.1 x $'a\nb@exa mple'
	[[ $output == *"[spf-domain]" ]]
	run -2 from 192.0.2.1 x '<'
}

@test "exit status: pass 0, none 2, temperror 75, else 1; --accept names results" {
	run -1 from 203.0.113.1 x a@author.example
	[ "$output" = 'spf=fail  smtp.mailfrom=author.example ip=203.0.113.1 (-all): The SPF record does not authorize this client address. ("-all" in the record of author.example)  [spf-fail]' ]
	run -2 from 203.0.113.1 x a@gone.example
	run -75 from 203.0.113.1 x a@late.example
	[[ $output == "spf=temperror "*"[dns-timeout]" ]]
	run -0 check --check spf --accept fail:softfail --remote-ip 203.0.113.1 --mail-from a@author.example
	run -0 check --check dmarc:spf --accept dmarc=fail:spf=fail --remote-ip 203.0.113.1 --mail-from a@author.example
	run -1 check --check dmarc:spf --accept dmarc=fail:spf=pass --remote-ip 203.0.113.1 --mail-from a@author.example
	run -64 check --check dmarc --accept softfail
}

@test "--received-by: the topmost field of that host, and Return-Path above it" {
	run -0 check --check spf --received-by MX.here.example
	[[ $output == "spf=pass  smtp.mailfrom=author.example ip=192.0.2.1 "* ]]
	run -1 check --check spf --received-by store.here.example
	[[ $output == "spf=fail  smtp.mailfrom=author.example ip=198.51.100.7 "* ]]
	run -64 --separate-stderr check --check spf --received-by a.example
	[ -z "$output" ]
	[[ $stderr == *"SPF was not checked: no Received field is by the host"* ]]
	# options win; so does the environment
	run -1 check --check spf --received-by mx.here.example --remote-ip 203.0.113.1
	CLIENT_ADDRESS=203.0.113.1 run -1 check --check spf --received-by mx.here.example --from-env
	# Return-Path below is a stranger's
	sed 1d m >below
	run -64 --separate-stderr arc-verify --keys k --check spf --received-by mx.here.example below
	[[ $stderr == *"the reverse path (--mail-from) is not known"* ]]
	sed '1s/.*/Return-Path: <>/' m >null
	run -0 arc-verify --keys k --check spf --received-by mx.here.example null
	[[ $output == "spf=pass  smtp.helo=helo.author.example ip=192.0.2.1 (a)" ]]
}

@test "--received-by: as each server writes it" {
	received() {
		printf 'Return-Path: <a@author.example>\nReceived: %s\nFrom: a@author.example\n\nx\n' "$2" >r
		run arc-verify --keys k --check spf --received-by mx.example r
		[[ $output == *" ip=$1"* ]] || { echo "$2: $output"; false; }
		sed -i 's/<a@author.example>/<>/' r
		run arc-verify --keys k --check spf --received-by mx.example r
		[[ $output == *"smtp.helo=$3"* ]] || { echo "$2: $output"; false; }
	}
	received 192.0.2.1 'from h.example (r.example [192.0.2.1]) by mx.example; x' h.example
	received 192.0.2.1 'from r.example ([192.0.2.1] helo=h.example) by mx.example with esmtp' h.example
	received 192.0.2.1 'from [192.0.2.1] (helo=h.example) by mx.example with esmtp' h.example
	received 192.0.2.1 'from r.example ([192.0.2.1]:1234 helo=h.example) by mx.example' h.example
	received 192.0.2.1 'from unknown (HELO h.example) (192.0.2.1) by mx.example with SMTP' h.example
	received 192.0.2.1 'from r.example (HELO h.example [198.51.100.1]) (u@192.0.2.1) (192.0.2.1) by mx.example' h.example
	received 2001:db8::1 'from h.example (r [IPv6:2001:db8::1]) by mx.example' h.example
	received 192.0.2.1 'from [198.51.100.1] (unknown [192.0.2.1]) by mx.example' '[198.51.100.1]'
	received 192.0.2.1 'from h.example (192.0.2.1) by mx.example with Microsoft SMTP Server' h.example
	received 192.0.2.1 'from h.example (r.example [192.0.2.1] (may be forged)) by mx.example (8.17/8.17)' h.example
}

@test "--from-env: Postfix's words, MAILER-DAEMON for null, unknown for no address" {
	CLIENT_ADDRESS=192.0.2.1 CLIENT_HELO=x SENDER=a@author.example run -0 check --check spf --from-env
	CLIENT_ADDRESS=192.0.2.1 CLIENT_HELO=helo.author.example SENDER=MAILER-DAEMON run -0 check --check spf --from-env
	[[ $output == "spf=pass  smtp.helo=helo.author.example"* ]]
	CLIENT_ADDRESS=192.0.2.1 CLIENT_HELO=helo.author.example SENDER='' run -0 check --check spf --from-env
	CLIENT_ADDRESS=unknown CLIENT_HELO=x SENDER=a@author.example run -64 check --check spf --from-env
	CLIENT_ADDRESS=192.0.2.1 CLIENT_HELO=x SENDER=a@author.example run -64 check --check spf
	CLIENT_ADDRESS=192.0.2.1 CLIENT_HELO=x SENDER=a@author.example run -1 check --check spf --from-env --remote-ip 203.0.113.9
}

@test "JSON: what is known, null for what could not be asked" {
	run -1 check --json --check spf:dmarc --remote-ip 203.0.113.1 --helo x --mail-from a@author.example
	/usr/bin/python3 - "$output" "$ROOT/man/arc-tools.schema.json" <<-'PY'
	import json, sys
	r = json.loads(sys.argv[1])
	s, d = r["spf"], r["dmarc"]
	assert list(s) == ["result", "identity", "domain", "ip", "mechanism", "explanation", "lookups", "void_lookups", "code", "detail"], s
	assert s["result"] == "fail" and s["identity"] == "mailfrom" and s["mechanism"] == "-all" and s["lookups"] == 1, s
	assert s["explanation"] == "203.0.113.1 is not ours" and s["code"] == "spf-fail", s
	assert list(d) == ["result", "domain", "policy_domain", "organizational_domain", "policy", "p", "sp", "np", "adkim", "aspf", "testing",
	                   "aligned", "code", "detail"], d
	assert d["result"] == "fail" and d["policy"] == "none" and d["p"] == "none" and d["sp"] == "reject" and d["np"] is None and d["testing"], d
	assert r["arc"] is None and r["sets"] is None and "dkim" not in r
	import jsonschema
	schema = json.load(open(sys.argv[2]))
	for key in ("spf", "dmarc"):
	    jsonschema.validate(r[key], {"$ref": "#/$defs/" + key, "$defs": schema["$defs"]})
	PY
	run -64 --separate-stderr check --json --check spf
	[[ $output == *'"spf":null'* ]]
	run -1 --separate-stderr check --json --check dmarc
	[[ $output == *'"dmarc":{"result":"fail"'* ]]
	[[ $output == *'(no signature) Judged by DKIM alone: the SMTP client is not known."'* ]]
	[[ $stderr == *"DMARC was judged by DKIM alone"* ]]
	run -1 check -q --check dmarc
	[ -z "$output" ]
	run -0 check --json --check dmarc --remote-ip 192.0.2.1 --mail-from a@author.example
	[[ $output == *'"aligned":[{"method":"spf","domain":"author.example"}],"code":null'* ]]
}

@test "arc-dump is told of no session: SPF and DMARC are null in its JSON where they are listed" {
	run -2 --separate-stderr arc-dump --json --keys k --check all m
	[[ $output == *'"spf":null,"dmarc":null'* ]]
	[[ $stderr == "arc-dump: m: SPF and DMARC were not checked: use arc-verify --check" ]]
	run -2 arc-dump --json --keys k --check dkim m
	[[ $output != *'"spf"'* && $output != *'"dmarc"'* ]]
}

@test "text: dmarc tells the policy, what is aligned, what is not" {
	run -0 check --check dmarc --remote-ip 192.0.2.1 --mail-from a@author.example
	[ "$output" = "dmarc=pass  header.from=author.example p=none (spf author.example)" ]
	run -1 check --check dmarc --remote-ip 192.0.2.1 --mail-from a@other.example
	[[ $output == "dmarc=fail  header.from=author.example p=none: "*"(spf passed for other.example, the author is author.example)  [dmarc-alignment]" ]]
	sed 's/a@author/a@sub.author/' m >sub
	run -1 --separate-stderr arc-verify --keys k --check dmarc sub
	[[ $output == "dmarc=fail  header.from=sub.author.example p=none policy=quarantine (by DKIM alone): "* ]]
	run -1 check --check all --accept none:spf=fail --remote-ip 192.0.2.1 --mail-from a@author.example
	[ "${#lines[@]}" = 4 ]
	[ "${lines[0]}" = none ]
	[ "${lines[1]}" = dkim=none ]
}

@test "-v says which records led there, what counts, what the domain explains, what would fix it" {
	run -1 check -v --check spf --remote-ip 203.0.113.1 --mail-from a@author.example
	[[ $output == *"1 of 10 terms that query the DNS, 0 of 2 void"* ]]
	[[ $output == *"the domain explains: 203.0.113.1 is not ours"* ]]
	[[ $output == *'add ip4:203.0.113.1 before "-all" in the SPF record of author.example'* ]]
	run -0 check -v --check spf --remote-ip 192.0.2.1 --mail-from a@author.example
	[[ $output == *"    author.example: include:_spf.author.example"* ]]
	[[ $output == *"    _spf.author.example: ip4:192.0.2.0/24"* ]]
	[[ $output != *fix:* ]]
	# an IPv4-mapped address is the IPv4 address (RFC 7208 section 5)
	run -1 check -v --check spf --remote-ip ::ffff:cb00:7101 --mail-from a@author.example
	[[ $output == *" ip=203.0.113.1 "*"add ip4:203.0.113.1 before"* ]]
	run -1 check --json --check spf --remote-ip ::ffff:203.0.113.1 --mail-from a@author.example
	[[ $output == *'"ip":"203.0.113.1"'*'fix: if this client may send for the domain, add ip4:203.0.113.1 before'* ]]
	run -1 check -v --check spf --remote-ip 2001:db8::1 --mail-from a@author.example
	[[ $output == *"add ip6:2001:db8::1 before"* ]]
	run -0 arc-verify --format ar -i mx.here.example --keys k --check spf:arc --remote-ip ::ffff:192.0.2.1 --mail-from a@author.example m
	[[ $output == *"smtp.remote-ip=192.0.2.1"* ]]
	# what was not asked is not said to be absent
	run -2 check --check spf --remote-ip 192.0.2.1 --mail-from a@gone.example
	[[ $output == *"(gone.example is not in k; DNS was not asked (--dns))  [spf-none]" ]]
}

@test "-v of DMARC: the names of the walk and what was there, alignment, what would fix it" {
	cat >w <<-'K'
	a.example TXT "v=spf1 +all"
	_dmarc.two.example TXT "v=DMARC1; p=none"
	_dmarc.two.example TXT "v=DMARC1; p=reject"
	_dmarc.bad.example TXT "v=DMARC1; p=reject; np=rejct"
	_dmarc.no.example TXT "v=DMARC1; sp=reject"
	_dmarc.strict.example TXT "v=DMARC1; p=reject; aspf=s"
	_dmarc.relaxed.example TXT "v=DMARC1; p=reject; psd=n"
	_dmarc.sub.relaxed.example TXT "v=spf1 -all"
	mail.strict.example TXT "v=spf1 +all"
	;! _dmarc.example. NXDOMAIN
	K
	of() {
		printf 'From: x@%s\n\nx\n' "$1" >d
		run -"$3" --separate-stderr arc-verify --keys w --check dmarc --remote-ip 192.0.2.1 --mail-from "$2" -v d
	}
	of sub.relaxed.example x@a.example 1
	[[ $output == *"policy of relaxed.example, organizational domain relaxed.example, adkim=r aspf=r"* ]]
	[[ $output == *"    _dmarc.sub.relaxed.example: no DMARC record
    _dmarc.relaxed.example: record, psd=n
    spf=pass a.example, organizational domain a.example, not aligned
    fix: sign with DKIM as d=sub.relaxed.example, or send with a MAIL FROM of that domain" ]]
	of strict.example x@mail.strict.example 1
	[[ $output == *"    _dmarc.strict.example: record
    _dmarc.example: NXDOMAIN
    spf=pass mail.strict.example, not aligned (aspf=s: only the same domain is)
"* ]]
	of two.example x@two.example 2
	[[ $output == *"(2 DMARC records at _dmarc.two.example, which are all ignored)  [dmarc-none]"* ]]
	[[ $output == *"fix: publish one DMARC record at _dmarc.two.example" ]]
	of bad.example x@bad.example 2
	[[ $output == *"(np=rejct at _dmarc.bad.example)  [dmarc-policy]"*"fix: publish p=none, p=quarantine or p=reject"* ]]
	of none.test x@none.test 2
	[[ $output == *"  dmarc: no policy record, organizational domain none.test
    _dmarc.none.test: in no keys file; DNS was not asked (--dns)
"* ]]
	of no.example x@no.example 2
	[[ $output == *"(no p= at _dmarc.no.example)  [dmarc-policy]"* ]]
	of gone.example x@gone.example 2
	[[ $output == *"(nothing at _dmarc.gone.example or above; DNS was not asked (--dns))  [dmarc-none]"* ]]
	[[ $output != *fix:* ]]
}

@test "--annotate --check: one field with all results, none for what was not known" {
	run -0 arc-verify -a -i mx.here.example --keys k --check all --received-by mx.here.example m
	[ "$(head -n 4 <<<"$output" | tr -d '\n\t')" = "Authentication-Results: mx.here.example; arc=none smtp.remote-ip=192.0.2.1;dkim=none;spf=pass smtp.mailfrom=author.example;dmarc=pass header.from=author.example policy.dmarc=none" ]
	run -0 --separate-stderr arc-verify --format ar -i mx.here.example --keys k --check spf:dkim m
	[ "$output" = "Authentication-Results: mx.here.example; dkim=none" ]
	[[ $stderr == *"SPF was not checked"* ]]
	run -0 --separate-stderr arc-verify --format ar -i mx.here.example --keys k --check spf m
	[ "$output" = "Authentication-Results: mx.here.example; none" ]
}

@test "one batch for the first SPF record, the walk of the author and keys; a replay is byte-equal" {
	serve <<<"$(tr -d '"' <k | sed -n 's/^\([^ ;]*\) TXT /\1 key /p')
helo.author.example a 192.0.2.1"
	run -0 arc-verify --resolver "127.0.0.1:$PORT" --record got --json --check dmarc:spf --received-by mx.here.example m 8>&-
	live=$output
	serve_end
	[ "$(grep -c '^1 ' zone.log)" = 3 ]
	[ "$(rounds)" = 2 ] || { cat zone.log; false; }
	run -0 arc-verify --keys got --json --check dmarc:spf --received-by mx.here.example m
	[ "$output" = "$live" ] || { diff <(echo "$live") <(echo "$output"); false; }
}

@test "arc-sign --check: our own results in place of those of the same methods, the rest as it was" {
	local key="$ROOT/tests/keys/rsa2048-a.pem"
	sign() {
		arc-sign -d here.example -s s1 -k "$key" -t 1767225600 -i mx.here.example --headers-only --keys k "$@" 2>>said |
			sed -n '/^ARC-Auth/,$p' | tr -d '\n\t'
	}
	sed '1i Authentication-Results: mx.here.example; spf=softfail smtp.mailfrom=zzz.example; auth=pass smtp.auth=u; dmarc=pass (forged) header.from=x.example\nAuthentication-Results: other.example; dkim=pass' m >results
	: >said
	[ "$(sign --check all --received-by mx.here.example m)" = "ARC-Authentication-Results: i=1; mx.here.example;arc=none smtp.remote-ip=192.0.2.1;dkim=none;spf=pass smtp.mailfrom=author.example;dmarc=pass header.from=author.example policy.dmarc=none" ]
	[ "$(sign --check spf:dmarc --received-by mx.here.example results)" = "ARC-Authentication-Results: i=1; mx.here.example;spf=pass smtp.mailfrom=author.example;dmarc=pass header.from=author.example policy.dmarc=none;auth=pass smtp.auth=u" ]
	[ "$(sign --check all --ar none results)" = "ARC-Authentication-Results: i=1; mx.here.example; none" ]
	# not known is left out, and said
	: >said
	[ "$(sign --check spf m)" = "ARC-Authentication-Results: i=1; mx.here.example; none" ]
	grep -q "SPF was not checked" said
	CLIENT_ADDRESS=203.0.113.1 CLIENT_HELO=x SENDER=a@author.example
	export CLIENT_ADDRESS CLIENT_HELO SENDER
	[ "$(sign --check spf --from-env m)" = "ARC-Authentication-Results: i=1; mx.here.example;spf=fail smtp.mailfrom=author.example" ]
	run -64 arc-sign -d here.example -s s1 -k "$key" --check all:spf m
}

@test "arc-sign --check all: the provider's own form, over a chain and a DKIM-Signature, verifies" {
	forge <<-'PY'
	m = chain(2)
	write(m, "chained")
	PY
	cat k >>chained.keys
	printf 's1._domainkey.here.example TXT "v=DKIM1; p=%s"\n' \
		"$(openssl pkey -in "$ROOT/tests/keys/rsa2048-a.pem" -pubout -outform DER | base64 -w 0)" >>chained.keys
	arc-sign -d here.example -s s1 -k "$ROOT/tests/keys/rsa2048-a.pem" -t 1767225600 -x +86400 -i mx.here.example --check all \
		--remote-ip 192.0.2.1 --helo helo.author.example --mail-from a@author.example --keys chained.keys chained >sealed 2>said
	aar=$(sed -n '/^ARC-Auth.*i=3/,/^[^\t]*$/p' sealed | tr -d '\r\n\t')
	[[ $aar == "ARC-Authentication-Results: i=3; mx.here.example;arc=pass smtp.remote-ip=192.0.2.1 header.oldest-pass=0;dkim="*";spf=pass smtp.mailfrom=author.example;dmarc="* ]] || { echo "$aar"; false; }
	run -0 arc-verify --time 1767225600 --keys chained.keys sealed
	[[ $output == "pass  i=3 here.example"* ]]
}

@test "DMARC by DKIM: the key, the first SPF record and the walk go out in one batch" {
	cd "$BATS_TEST_TMPDIR"
	forge <<-'PY'
	write(signed(), "signed")
	PY
	local zone='_dmarc.author.example TXT "v=DMARC1; p=reject"'
	echo "$zone" >>signed.keys
	run -0 --separate-stderr arc-verify --check dmarc:dkim --keys signed.keys --time 1767225600 signed
	[[ ${lines[0]} == "dkim=pass  d=author.example "* ]] || { echo "$output"; false; }
	[ "${lines[1]}" = "dmarc=pass  header.from=author.example p=reject (dkim author.example) (by DKIM alone)" ]
	# a key that cannot be had leaves it open; one that does not verify does not
	printf '%s\n' "$zone" "$(sed -n 's/^\([^ ]*\) .*TXT.*DKIM1.*/;! \1 TIMEOUT/p' signed.keys)" >late
	run -75 --separate-stderr arc-verify --check dmarc --keys late --time 1767225600 signed
	[[ $output == "dmarc=temperror "*"[dmarc-temporary]" ]]
	sed 's/Subject: /Subject: x/' signed >changed
	run -1 --separate-stderr arc-verify --check dmarc --keys signed.keys --time 1767225600 changed
	[[ $output == "dmarc=fail "*"(dkim=fail for author.example)  [dmarc-fail]" ]] || { echo "$output"; false; }
	# from a server
	serve <<<"$(sed -n 's/^\([^ ]*\)[.] .*TXT "\(v=DKIM1.*\)"/\1 key \2/p' signed.keys | sed 's/" "//g')
_dmarc.author.example key v=DMARC1; p=reject
author.example key v=spf1 ip4:192.0.2.1 -all"
	run -0 arc-verify --resolver "127.0.0.1:$PORT" --check all --accept none:dkim=pass:spf=pass:dmarc=pass --time 1767225600 \
		--remote-ip 192.0.2.1 --helo x --mail-from a@author.example signed 8>&-
	serve_end
	[[ $output == *"(dkim author.example, spf author.example)" ]] || { echo "$output"; cat zone.log; false; }
	[ "$(rounds)" = 1 ] || { cat zone.log; false; }
	[ "$(wc -l <zone.log)" = 4 ]
}
