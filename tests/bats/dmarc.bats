#!/usr/bin/env bats
# DMARC (RFC 9989): the tree walk, alignment, the policy that applies.
# SPDX-License-Identifier: BSD-2-Clause
load helper
load zone

# check WANTED FROM [METHOD=RESULT=DOMAIN...]: result, policy, policy domain,
# organizational domain, what is aligned, code
check() {
	local want=$1
	shift
	(IFS=$'\t' && printf '%s\n' "$*") >in
	run -0 unit-dmarc --keys zone <in
	[[ $output == $want* ]] || {
		printf '%s\n' "$*: $output" "not: $want"
		false
	}
}

ask() {
	(IFS=$'\t' && printf '%s\n' "$*") >in
	run -0 unit-dmarc --resolver "127.0.0.1:$PORT" <in 8>&-
}

@test "records: the version, tags and their defaults, report URIs" {
	run -0 unit-dmarc
	[[ $output != *"not ok"* ]]
}

@test "section 4.10: the names of a walk, all in one batch, at most eight" {
	serve <<-'Z'
	_dmarc.example.com key v=DMARC1; p=reject
	Z
	ask a@a.mail.example.com
	[[ $output == "fail reject example.com example.com - dmarc-fail" ]] || { echo "$output"; false; }
	[ "$(asked)" = "_dmarc.a.mail.example.com
_dmarc.com
_dmarc.example.com
_dmarc.mail.example.com" ]
	[ "$(rounds)" = 1 ]
	: >zone.log
	ask a@a.b.c.d.e.f.g.h.i.j.mail.example.com
	[ "$(asked)" = "$(printf '_dmarc.%s\n' a.b.c.d.e.f.g.h.i.j.mail.example.com g.h.i.j.mail.example.com h.i.j.mail.example.com \
		i.j.mail.example.com j.mail.example.com mail.example.com example.com com | sort)" ]
	: >zone.log
	ask a@mail.a.b.c.d.e.f.g.example.com
	[ "$(asked)" = "$(printf '_dmarc.%s\n' mail.a.b.c.d.e.f.g.example.com c.d.e.f.g.example.com d.e.f.g.example.com \
		e.f.g.example.com f.g.example.com g.example.com example.com com | sort)" ]
	: >zone.log
	ask a@b.c.d.e.f.g.example.com
	[ "$(asked | wc -l)" = 8 ]
	[ "$(asked | head -n 1)" = _dmarc.b.c.d.e.f.g.example.com ]
}

@test "section 5.1.8: a zone cut in the middle of a long name is not found" {
	zone <<-'Z'
	_dmarc.example.com TXT "v=DMARC1; p=none"
	_dmarc.b.c.d.e.f.g.example.com TXT "v=DMARC1; p=reject; psd=n"
	Z
	check "fail none example.com example.com" a@mail.a.b.c.d.e.f.g.example.com
	check "fail reject b.c.d.e.f.g.example.com b.c.d.e.f.g.example.com" a@b.c.d.e.f.g.example.com
}

@test "section 4.10.2: the three examples of organizational domains" {
	zone <<-'Z'
	_dmarc.mail.example.com TXT "v=DMARC1; p=none"
	_dmarc.example.com TXT "v=DMARC1; p=reject"
	Z
	check "fail reject example.com example.com" a@a.mail.example.com
	zone <<-'Z'
	_dmarc.mail.example.com TXT "v=DMARC1; p=none; psd=n"
	_dmarc.example.com TXT "v=DMARC1; p=reject"
	Z
	check "fail none mail.example.com mail.example.com" a@a.mail.example.com
	zone <<-'Z'
	_dmarc.com TXT "v=DMARC1; p=reject; psd=y"
	Z
	check "fail reject com example.com" a@a.mail.example.com
}

@test "appendix B.1: alignment of SPF and DKIM, strict, relaxed, none" {
	zone <<-'Z'
	_dmarc.example.com TXT "v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com"
	_dmarc.example.net TXT "v=DMARC1; p=none"
	Z
	check "pass none example.com example.com spf:example.com ok" sender@example.com spf=pass=example.com
	check "pass none example.com example.com spf:child.example.com ok" sender@example.com spf=pass=child.example.com
	check "fail none example.com example.com - dmarc-alignment" sender@child.example.com spf=pass=example.net
	check "pass none example.com example.com dkim:example.com ok" sender@example.com dkim=pass=example.com
	check "pass none example.com example.com dkim:example.com ok" sender@child.example.com dkim=pass=example.com
	check "fail none example.com example.com - dmarc-alignment" sender@child.example.com dkim=pass=example.net
	check "pass none example.com example.com dkim:a.example.com,spf:b.example.com ok" \
		x@c.example.com dkim=pass=a.example.com dkim=fail=example.com spf=pass=b.example.com dkim=pass=example.net
	check "fail none example.com example.com - dmarc-fail" x@example.com dkim=fail=example.com spf=softfail=example.com
	check "fail none example.com example.com - dmarc-fail" x@example.com
}

@test "appendix B.2.5: a subdomain under test asks for one step less" {
	zone <<-'Z'
	_dmarc.test.example.com TXT "v=DMARC1; p=quarantine; " "rua=mailto:dmarc-feedback@example.com," "mailto:tld-test@thirdparty.example.net; " "t=y"
	_dmarc.example.com TXT "v=DMARC1; p=reject; t=y"
	_dmarc.example.net TXT "v=DMARC1; p=none; t=y"
	_dmarc.example.org TXT "v=DMARC1; p=reject; sp=reject; np=none; t=y"
	www.example.org A 192.0.2.1
	Z
	check "fail none test.example.com example.com" a@test.example.com
	check "fail quarantine example.com example.com" a@example.com
	check "pass quarantine example.com example.com spf" a@example.com spf=pass=example.com
	check "fail none example.net" a@example.net
	check "fail quarantine example.org" a@www.example.org
	check "fail none example.org" a@gone.example.org
}

@test "section 4.7: adkim and aspf are each its own, strict asks for no other walk" {
	zone <<-'Z'
	_dmarc.example.com TXT "v=DMARC1; p=reject; adkim=s"
	_dmarc.example.org TXT "v=DMARC1; p=reject; aspf=s"
	_dmarc.sub.example.net TXT "v=DMARC1; p=reject; adkim=s; aspf=s"
	_dmarc.example.net TXT "v=DMARC1; p=none"
	Z
	check "fail reject" a@example.com dkim=pass=a.example.com
	check "pass reject" a@example.com spf=pass=a.example.com
	check "pass reject" a@example.com dkim=pass=example.com
	check "fail reject" a@example.org spf=pass=a.example.org
	check "pass reject" a@example.org dkim=pass=a.example.org
	check "fail reject sub.example.net example.net - dmarc-alignment" a@sub.example.net dkim=pass=example.net spf=pass=example.net
	serve <<-'Z'
	_dmarc.example.com key v=DMARC1; p=reject; adkim=s; aspf=s
	Z
	ask a@example.com dkim=pass=a.example.net spf=pass=b.example.org
	[[ $output == "fail reject"* ]]
	[ "$(asked)" = "_dmarc.com
_dmarc.example.com" ]
}

@test "section 4.10.2: psd=n and psd=y part what is below" {
	zone <<-'Z'
	_dmarc.example.com TXT "v=DMARC1; p=none"
	_dmarc.dept.example.com TXT "v=DMARC1; p=reject; psd=n"
	_dmarc.gov.example TXT "v=DMARC1; p=quarantine; psd=y; np=reject"
	_dmarc.a.gov.example TXT "v=DMARC1; p=none"
	www.b.gov.example A 192.0.2.1
	Z
	check "fail reject dept.example.com dept.example.com - dmarc-alignment" a@x.dept.example.com dkim=pass=example.com
	check "pass reject dept.example.com dept.example.com dkim" a@x.dept.example.com dkim=pass=y.dept.example.com
	check "fail none example.com example.com - dmarc-alignment" a@example.com dkim=pass=dept.example.com
	check "pass none a.gov.example a.gov.example dkim" a@x.a.gov.example dkim=pass=a.gov.example
	check "fail quarantine gov.example b.gov.example - dmarc-alignment" a@www.b.gov.example dkim=pass=a.gov.example
	check "pass quarantine gov.example b.gov.example dkim" a@www.b.gov.example dkim=pass=b.gov.example
	check "fail reject gov.example c.gov.example" a@c.gov.example
	# the record of the public suffix itself is its own
	check "pass quarantine gov.example gov.example dkim" a@gov.example dkim=pass=gov.example
	check "fail quarantine gov.example gov.example - dmarc-alignment" a@gov.example dkim=pass=b.gov.example
}

@test "section 4.10, step 2: two records are none, and the walk goes on" {
	zone <<-'Z'
	_dmarc.a.example.com TXT "v=DMARC1; p=reject"
	_dmarc.a.example.com TXT "v=DMARC1; p=none"
	_dmarc.example.com TXT "v=DMARC1; p=quarantine"
	_dmarc.example.com TXT "v=spf1 -all"
	_dmarc.example.com TXT "v=DMARC2; p=none"
	_dmarc.example.net TXT "v=DMARC1; p=reject; psd=n"
	_dmarc.example.net TXT "v=DMARC1; p=none; psd=n"
	Z
	check "fail quarantine example.com example.com" x@a.example.com
	check "none - - example.net - dmarc-none" x@example.net
}

@test "section 4.10.1: no record is none, and a domain without one is its own organization" {
	zone </dev/null
	check "none - - a.example.com - dmarc-none" x@a.example.com spf=pass=a.example.com dkim=pass=a.example.com
	check "none - - localhost - dmarc-none" x@localhost
	zone <<-'Z'
	_dmarc.a.example.com TXT "v=DMARC1; p=reject"
	Z
	# the other has no record above it: its organization is itself
	check "fail reject a.example.com a.example.com - dmarc-alignment" x@a.example.com dkim=pass=example.com
	check "pass reject a.example.com a.example.com dkim" x@a.example.com dkim=pass=b.a.example.com
	check "none" x@b.example.com dkim=pass=b.example.com
}

@test "section 4.10.1: an invalid p, sp or np is p=none with a valid rua, and no DMARC without" {
	for bad in "p=nope" "sp=none" "p=reject; sp=nope" "p=reject; np=" "p="; do
		zone <<-Z
		_dmarc.example.com TXT "v=DMARC1; $bad; rua=mailto:a@example.com"
		_dmarc.example.net TXT "v=DMARC1; $bad; rua=mailto:a"
		_dmarc.example.org TXT "v=DMARC1; $bad"
		Z
		check "fail none example.com" x@example.com
		check "pass none example.com" x@example.com spf=pass=example.com
		check "none - - example.net - dmarc-policy" x@example.net spf=pass=example.net
		check "none - - example.org - dmarc-policy" x@example.org
	done
	# it is the record of the domain, and nothing above it is looked for
	zone <<-'Z'
	_dmarc.a.example.com TXT "v=DMARC1; p=nope"
	_dmarc.example.com TXT "v=DMARC1; p=reject"
	Z
	check "none - - example.com - dmarc-policy" x@a.example.com
}

@test "section 4.7: sp for subdomains that exist, np for those that do not" {
	zone <<-'Z'
	_dmarc.example.com TXT "v=DMARC1; p=none; sp=quarantine; np=reject"
	there.example.com A 192.0.2.1
	empty.example.com TXT "x"
	mx.example.com MX 10 mx.example.net
	a.nonterminal.example.com A 192.0.2.1
	dangling.example.com CNAME gone.example.net
	;! nodata.example.com. NODATA
	sel._domainkey.signs.example.com TXT "v=DKIM1; p="
	_dmarc.example.net TXT "v=DMARC1; p=none; np=reject"
	there.example.net A 192.0.2.1
	_dmarc.example.org TXT "v=DMARC1; p=reject; sp=none"
	_dmarc.own.example.com TXT "v=DMARC1; p=none; sp=reject; np=reject"
	Z
	check "fail none example.com" x@example.com
	for d in there empty mx nonterminal dangling nodata signs; do
		check "fail quarantine example.com" x@$d.example.com
	done
	check "fail reject example.com" x@gone.example.com
	check "fail reject example.net" x@gone.example.net
	check "fail none example.net" x@there.example.net
	check "fail none example.org" x@gone.example.org
	check "fail none own.example.com" x@own.example.com
	# existence is asked for only where it makes a difference
	serve <<-'Z'
	_dmarc.example.com key v=DMARC1; p=none; sp=quarantine; np=reject
	_dmarc.example.net key v=DMARC1; p=none
	dangling.example.com cname gone.example.net
	Z
	ask x@gone.example.com
	[[ $output == "fail reject"* ]]
	asked | grep -qx "gone.example.com A"
	ask x@dangling.example.com
	[[ $output == "fail quarantine"* ]] || { echo "$output"; false; }
	: >zone.log
	ask x@gone.example.net
	[[ $output == "fail none"* ]]
	[[ $(asked) != *" A"* ]]
}

@test "a temporary error above never turns a pass into something else, and one that matters is told" {
	zone <<-'Z'
	_dmarc.example.com TXT "v=DMARC1; p=reject"
	;! _dmarc.com. SERVFAIL
	;! _dmarc.t.example.com. TIMEOUT TXT
	_dmarc.example.net TXT "v=DMARC1; p=reject"
	_dmarc.s.example.net TXT "v=DMARC1; p=reject; adkim=s; aspf=s"
	;! _dmarc.net. SERVFAIL
	;! _dmarc.d.example.org. SERVFAIL
	;! _dmarc.example.org. SERVFAIL
	Z
	check "pass reject example.com" x@example.com dkim=pass=example.com
	check "pass reject example.com" x@a.example.com dkim=pass=b.example.com
	check "fail reject example.com example.com - dmarc-fail" x@example.com
	check "temperror reject example.com example.com - dns-servfail" x@a.example.com dkim=pass=example.org
	# what is below may have been its own organization
	check "temperror reject example.com example.com dkim:example.com dns-timeout" x@t.example.com dkim=pass=example.com
	check "pass reject example.com example.com dkim" x@t.example.com dkim=pass=t.example.com
	check "fail reject s.example.net example.net - dmarc-alignment" x@s.example.net dkim=pass=example.net
	check "temperror - - d.example.org - dns-servfail" x@d.example.org dkim=pass=d.example.org
}

@test "DKIM or SPF that could not be checked leaves it open only where it would be aligned" {
	zone <<-'Z'
	_dmarc.example.com TXT "v=DMARC1; p=reject; aspf=s"
	Z
	check "temperror reject example.com example.com - dmarc-temporary" x@example.com dkim=temperror=example.com
	check "temperror reject" x@a.example.com dkim=temperror=b.example.com spf=fail=example.com
	check "fail reject example.com example.com - dmarc-fail" x@example.com dkim=temperror=example.net
	check "fail reject" x@example.com dkim=temperror=badexample.com
	check "fail reject" x@example.com spf=temperror=a.example.com
	check "temperror reject" x@example.com spf=temperror=example.com
	check "pass reject" x@example.com spf=temperror=example.com dkim=pass=example.com
	check "fail reject" x@example.com dkim=permerror=example.com
}

@test "section 5.3.1: From has to name one domain; several are said, not guessed" {
	zone <<-'Z'
	_dmarc.example.com TXT "v=DMARC1; p=reject"
	_dmarc.xn--bcher-kva.example TXT "v=DMARC1; p=quarantine"
	Z
	for from in 'a@example.com' 'A <a@EXAMPLE.com>' '"b@x.example" <a@example.com>' 'b@x.example <a@example.com>' \
		'(b@x.example) a@example.com (c@y.example)' 'a@example.com, b@example.com' 'G: a@example.com, <b@Example.Com>;' \
		'<@x.example,@y.example:a@example.com>' '"a@b"@example.com' 'Doe, John <a@example.com>' \
		'a@ example.com' 'a@example.com.'; do
		check "fail reject example.com" "$from"
	done
	check "fail quarantine xn--bcher-kva.example" 'a@bücher.example'
	check "fail quarantine xn--bcher-kva.example" 'a@BÜCHER.example'
	check "fail quarantine xn--bcher-kva.example" 'a@bücher.example, b@xn--bcher-kva.example'
	# From that is repeated is no reliable author, whatever it says (section 4.4)
	for from in 'a@example.com, b@example.net' 'a@example.com|b@example.net' 'a@example.com|b@example.com' 'a@example.com|' 'a' '<>' 'undisclosed-recipients:;' '' \
		'a@[192.0.2.1]' 'a <a@[IPv6:2001:db8::1]>' 'a@example.com, b@[192.0.2.1]' 'a@example..com' 'a@.example.com' \
		'a@example.com b@example.net' 'a@example.net b@example.com c@example.com' 'a@example.net@example.com' '<a@example.net@example.com>' \
		'<a@example.com> b@example.net' 'a@example.net: b@example.com;' '<a@example.net, b@example.com>' '<a@example.net: b@example.com>' '<a@example.net <b@example.com>' '<a@example.com> <b@example.net>' 'a@'"$(printf 'x%.0s' {1..64})"'.example'; do
		check "permerror - - - - dmarc-author" "$from"
	done
	# a name that is as long as it can be has no room for _dmarc
	check "none" "a@$(printf 'a23456789.%.0s' {1..24})example.net"
	check "fail reject example.com" "a@$(printf 'a23456789.%.0s' {1..24})example.com"
}

@test "tags of RFC 7489 that are gone change nothing" {
	zone <<-'Z'
	_dmarc.example.com TXT "v=DMARC1; p=reject; pct=0; rf=x; ri=nonsense; fo=9; ruf=x; future=1"
	Z
	check "fail reject example.com" x@example.com
}

@test "walks of other domains are asked once they passed, in one batch, each name once" {
	serve <<-'Z'
	_dmarc.example.com key v=DMARC1; p=reject; sp=none; np=quarantine
	Z
	ask x@a.example.com dkim=pass=b.example.com dkim=fail=c.example.org spf=pass=d.example.net
	[[ $output == "pass quarantine example.com example.com dkim:b.example.com ok" ]] || { echo "$output"; false; }
	[ "$(rounds)" = 2 ]
	[ "$(asked)" = "$(printf '%s\n' _dmarc.a.example.com _dmarc.example.com _dmarc.com _dmarc.b.example.com \
		_dmarc.d.example.net _dmarc.example.net _dmarc.net "a.example.com A" | sort)" ]
}
