#!/usr/bin/env bats
# SPF (RFC 7208): the openspf suite, and what it does not ask.
# SPDX-License-Identifier: BSD-2-Clause
load helper
load zone

# check WANTED IP MAIL-FROM [HELO]: result and code, and what else is wanted of the line
check() {
	printf '%s\t%s\t%s\n' "$2" "${4:-mail.example.org}" "$3" >in
	run -0 unit-spf --keys zone <in
	[[ $(tr '\t' ' ' <<<"$output") == $1* ]] || {
		printf '%s\n' "$2 $3: $output" "not: $1"
		false
	}
}

# suite OUTPUT...: what of the openspf suite did not come out as wanted
suite() {
	/usr/bin/python3 - "$@" <<-'PY'
	import sys
	cases = explanations = 0
	for path in sys.argv[1:]:
	    wanted = open(path[:-3] + "want", encoding="utf-8").read().splitlines()
	    found = open(path, encoding="utf-8").read().splitlines()
	    for want, got in zip(wanted, found, strict=True):
	        results, case, text = want.split("\t")
	        fields = got.split("\t")
	        right = fields[0] in results.split("|") and text in ("-", "=" + fields[-1])
	        cases += right
	        explanations += right and text != "-"
	        if not right:
	            print(case, "wanted", results, text, "got", got)
	print(cases, explanations)
	PY
}

@test "the openspf suite: 203 of 203 results and 22 of 22 explanations, from keys files" {
	[ "$(openspf .)" = "203 22" ]
	for f in *.in; do
		unit-spf --keys "${f%in}keys" <"$f" >"${f%in}out"
	done
	run -0 suite ./*.out
	[ "$output" = "203 22" ] || { echo "$output"; false; }
}

@test "the openspf suite: the same from a name server" {
	openspf .
	serve </dev/null
	for f in *.in; do
		cat "${f%in}zone" >zone
		unit-spf --resolver "127.0.0.1:$PORT" <"$f" >"${f%in}out" 8>&-
	done
	run -0 suite ./*.out
	[ "$output" = "203 22" ] || { echo "$output"; false; }
}

@test "section 7.4: macros expand as printed, and what is none is told" {
	run -0 unit-spf
	[[ $output != *"not ok"* ]]
}

@test "section 4.3: a malformed domain, or one of a single label, is none" {
	zone <<-'Z'
	example.org TXT "v=spf1 -all"
	localhost TXT "v=spf1 -all"
	Z
	check "fail spf-fail" 192.0.2.1 a@example.org
	check "fail spf-fail" 192.0.2.1 a@example.org.
	check "fail spf-fail" 192.0.2.1 a@EXAMPLE.Org
	check "none spf-domain" 192.0.2.1 a@localhost
	check "none spf-domain" 192.0.2.1 a@example..org
	check "none spf-domain" 192.0.2.1 a@.example.org
	check "none spf-domain" 192.0.2.1 'a@[192.0.2.1]'
	check "none spf-domain" 192.0.2.1 'a@exam ple.org'
	check "none spf-domain" 192.0.2.1 "a@$(printf 'a%.0s' {1..64}).example.org"
	check "none spf-domain" 192.0.2.1 "a@$(printf 'a.%.0s' {1..130})example.org"
	check "none spf-domain" 192.0.2.1 a@
	check "none spf-domain" 192.0.2.1 @
	check "none spf-domain" 192.0.2.1 '' '[192.0.2.1]'
	check "none spf-domain" 192.0.2.1 '' mail
	check "none spf-domain" 192.0.2.1 '' ' '
	check "none spf-none" 192.0.2.1 a@192.0.2.1
	check "none spf-none" 192.0.2.1 a@example.net
}

@test "section 2.4: a null reverse path is postmaster at HELO; a sender without local part is postmaster" {
	zone <<-'Z'
	mail.example.org TXT "v=spf1 exists:%{l}.%{o}.%{d}.x.example -all"
	postmaster.mail.example.org.mail.example.org.x.example A 127.0.0.2
	example.org TXT "v=spf1 exists:%{s}.x.example -all"
	postmaster@example.org.x.example A 127.0.0.2
	"a@b@example.org.x.example" A 127.0.0.2
	Z
	check "pass ok" 192.0.2.1 ''
	check "pass ok" 192.0.2.1 @example.org
	check "pass ok" 192.0.2.1 example.org
	check "pass ok" 192.0.2.1 a@b@example.org
	check "fail" 192.0.2.1 c@example.org
}

@test "RFC 8616 section 4: U-labels are A-labels, a local part outside ASCII matches no %{l} or %{s}" {
	zone <<-'Z'
	xn--bcher-kva.example TXT "v=spf1 exists:%{l}.x.example exists:%{s}.x.example ip4:192.0.2.1 exists:%{o}.y.example -all"
	*.x.example A 127.0.0.2
	xn--bcher-kva.example.y.example A 127.0.0.2
	Z
	check "pass ok 2 0 ip4:192.0.2.1" 192.0.2.1 'bü@bücher.example'
	check "pass ok 3 0 exists:%{o}.y.example" 192.0.2.2 'bü@bücher.example'
	check "none spf-domain" 192.0.2.1 "$(printf 'a@\xff.example')"
}

@test "section 4.4: what a lookup that fails is called" {
	zone <<-'Z'
	;! t.example. TIMEOUT TXT
	;! s.example. SERVFAIL
	;! r.example. TXT REFUSED
	;! n.example. NODATA
	;! x.example. NXDOMAIN
	a.example A 192.0.2.1
	Z
	check "temperror dns-timeout" 192.0.2.1 a@t.example
	check "temperror dns-servfail" 192.0.2.1 a@s.example
	check "temperror dns-refused" 192.0.2.1 a@r.example
	check "none spf-none" 192.0.2.1 a@n.example
	check "none spf-none" 192.0.2.1 a@x.example
	check "none spf-none" 192.0.2.1 a@a.example
}

@test "section 4.5: which TXT records are SPF records, and that there is one" {
	zone <<-'Z'
	a.example TXT "v=spf10 -all"
	a.example TXT "v=spf1-all"
	a.example TXT " v=spf1 -all"
	a.example TXT "v=spf1" " ip4:192.0.2" ".1 -all"
	b.example TXT "v=spf1 -all"
	b.example TXT "v=spf1 +all"
	c.example TXT "V=SPF1 IP4:192.0.2.1 -ALL"
	d.example TXT "v=spf1"
	e.example TXT "v=spf1\009-all"
	f.example TXT "v=spf1 -all"
	f.example TXT "v=spf1 -all "
	Z
	check "pass ok" 192.0.2.1 a@a.example
	check "permerror spf-records" 192.0.2.1 a@b.example
	check "pass ok" 192.0.2.1 a@c.example
	check "neutral spf-neutral" 192.0.2.1 a@d.example
	check "none spf-none" 192.0.2.1 a@e.example
	check "permerror spf-records" 192.0.2.1 a@f.example
}

@test "section 4.6: a syntax error anywhere is permerror, before anything is evaluated" {
	n=0
	: >zone
	for term in foo foo:bar a: 'a:/24' a/ a/33 a//129 a/032 a:b a:b.1 'a:%{x}.example' 'a:%' 'mx/24/64' ip4 ip4: ip4:192.0.2 \
		ip4:192.0.2.1/33 ip4:192.0.2.1/ ip4:192.0.2.256 ip4:192.0.2.01 ip4:::1 ip6:192.0.2.1 ip6:1::2::3 ip6:::1/129 \
		all:x all/8 -all=x include include: exists include:x.example/8 ptr/24 ptr: redirect= exp= exp=x redirect=a.example/8 \
		'exp=a.example exp=a.example' 'redirect=a.example redirect=b.example' 'foo=%x' 'a:%{c}.example' 'exp=%{r}.example' \
		'?' '++all' '-' '=x' 'a:b.example:25' 'a:b.example-' '%{d}' 'a=' a@b.example "a:$(printf 'b\351').example"; do
		[[ $term != a= ]] || continue
		n=$((n + 1))
		printf 'd%d.example TXT "v=spf1 ip4:192.0.2.1 %s -all"\n' $n "${term//\\/\\\\}" >>zone
		printf '192.0.2.1\tmail.example\ta@d%d.example\n' $n
	done >in
	run -0 unit-spf --keys zone <in
	[ "${#lines[@]}" = $n ]
	for line in "${lines[@]}"; do
		[[ $line == permerror$'\t'spf-syntax* ]] || { echo "$output"; false; }
	done
}

@test "section 4.6.1: what looks odd and is right" {
	zone <<-'Z'
	a.example TXT "v=spf1  moo.cow-far_out=man:dog/cat foo= a=b  ip4:192.0.2.1  "
	b.example TXT "v=spf1 redirect=a.example moo=%{c}%{r}%{t}"
	c.example TXT "v=spf1 a:c.example./32//128 -all"
	c.example A 192.0.2.1
	d.example TXT "v=spf1 A:%{d}/0 -all"
	d.example A 203.0.113.1
	e.example TXT "v=spf1 ip6:::ffff:192.0.2.1/96 ip6:2001:DB8::/32 -all"
	f.example TXT "v=spf1 a//0 -all"
	f.example AAAA ::1
	g.example TXT "v=spf1 a:exa_mple.-.c--d.example ip4:0.0.0.0/0 -all"
	Z
	check "pass ok" 192.0.2.1 a@a.example
	check "pass ok" 192.0.2.1 a@b.example
	check "pass ok" 192.0.2.1 a@c.example
	check "pass ok" 192.0.2.1 a@d.example
	check "fail spf-fail" 192.0.2.1 a@e.example
	check "fail spf-fail" ::ffff:192.0.2.1 a@e.example
	check "pass ok" 2001:db8::9 a@e.example
	check "pass ok" 2001:db8::9 a@f.example
	check "fail" 192.0.2.1 a@f.example
	check "pass ok" 192.0.2.1 a@g.example
}

@test "section 5: prefix lengths to the bit" {
	zone <<-'Z'
	a.example TXT "v=spf1 ip4:192.0.2.128/25 ip6:2001:db8:0:80::/57 -all"
	b.example TXT "v=spf1 a/31//127 -all"
	b.example A 192.0.2.6
	b.example AAAA 2001:db8::6
	Z
	check "pass" 192.0.2.128 a@a.example
	check "fail" 192.0.2.127 a@a.example
	check "pass" 2001:db8:0:ff:: a@a.example
	check "fail" 2001:db8:0:100:: a@a.example
	check "fail" 2001:db8:0:7f:: a@a.example
	check "pass" 192.0.2.7 a@b.example
	check "fail" 192.0.2.8 a@b.example
	check "pass" 2001:db8::7 a@b.example
	check "fail" 2001:db8::8 a@b.example
}

@test "section 5.2: what an include makes of each result, and which term decided" {
	zone <<-'Z'
	;! temp.example. TIMEOUT TXT
	pass.example TXT "v=spf1 ip4:192.0.2.1 -all"
	fail.example TXT "v=spf1 -all"
	soft.example TXT "v=spf1 ~all"
	neutral.example TXT "v=spf1 ?all"
	perm.example TXT "v=spf1 foo"
	none.example TXT "other"
	p.example TXT "v=spf1 include:pass.example -all"
	m.example TXT "v=spf1 -include:pass.example +all"
	q.example TXT "v=spf1 include:fail.example include:soft.example include:neutral.example ?all"
	r.example TXT "v=spf1 include:perm.example +all"
	s.example TXT "v=spf1 include:none.example +all"
	t.example TXT "v=spf1 include:temp.example +all"
	u.example TXT "v=spf1 include:localhost. +all"
	v.example TXT "v=spf1 include:%{d1r}. +all"
	w.example TXT "v=spf1 include:p.example -all"
	x.example TXT "v=spf1 +all include:perm.example"
	Z
	check "pass ok 1 0 include:pass.example > ip4:192.0.2.1" 192.0.2.1 a@p.example
	check "fail spf-fail 1 0 -include:pass.example > ip4:192.0.2.1" 192.0.2.1 a@m.example
	check "neutral spf-neutral 3 0 ?all" 192.0.2.1 a@q.example
	check "permerror spf-syntax 1 0 include:perm.example" 192.0.2.1 a@r.example
	check "permerror spf-include 1 0 include:none.example" 192.0.2.1 a@s.example
	check "temperror dns-timeout 1 0 include:temp.example" 192.0.2.1 a@t.example
	check "permerror spf-syntax" 192.0.2.1 a@u.example
	check "permerror spf-syntax" 192.0.2.1 a@v.example
	check "pass ok 2 0 include:p.example > include:pass.example > ip4:192.0.2.1" 192.0.2.1 a@w.example
	check "pass ok 0 0 +all" 192.0.2.1 a@x.example
}

@test "section 5.4: mx asks for no implicit MX, and no host named \".\"" {
	zone <<-'Z'
	a.example TXT "v=spf1 mx -all"
	a.example A 192.0.2.1
	b.example TXT "v=spf1 mx -all"
	b.example MX 0 .
	c.example TXT "v=spf1 mx/24 -all"
	c.example MX 10 mx1.c.example
	c.example MX 20 mx2.c.example
	mx2.c.example CNAME host.example
	host.example A 192.0.2.200
	host.example AAAA 2001:db8::1
	Z
	check "fail spf-fail 1 1" 192.0.2.1 a@a.example
	check "fail spf-fail 1 1" 192.0.2.1 a@b.example
	check "pass ok 1 0 mx/24" 192.0.2.1 a@c.example
	check "pass ok 1 0 mx/24" 2001:db8::1 a@c.example
	check "fail" 2001:db8::2 a@c.example
}

@test "section 5.5: ptr takes validated names within the domain alone, and errors as no match" {
	zone <<-'Z'
	1.2.0.192.in-addr.arpa PTR mail.a.example.
	1.2.0.192.in-addr.arpa PTR bad-a.example.
	1.2.0.192.in-addr.arpa PTR mail.b.example.
	1.2.0.192.in-addr.arpa PTR x.c.example.
	mail.a.example A 192.0.2.1
	bad-a.example A 192.0.2.1
	mail.b.example A 192.0.2.9
	;! x.c.example. SERVFAIL A
	;! 2.2.0.192.in-addr.arpa. SERVFAIL PTR
	a.example TXT "v=spf1 ptr -all"
	b.example TXT "v=spf1 ptr -all"
	c.example TXT "v=spf1 ptr ptr:a.example -all"
	d-a.example TXT "v=spf1 ptr:A.Example. -all"
	xa.example TXT "v=spf1 ptr:d-a.example -all"
	Z
	check "pass ok 1 0 ptr" 192.0.2.1 x@a.example
	check "fail" 192.0.2.1 x@b.example
	check "pass ok 2 0 ptr:a.example" 192.0.2.1 x@c.example
	check "pass ok" 192.0.2.1 x@d-a.example
	check "fail" 192.0.2.1 x@xa.example
	check "fail spf-fail 1 0" 192.0.2.2 x@a.example
	check "fail spf-fail 1 1" 192.0.2.3 x@a.example
}

@test "section 5.7: exists asks for A, whatever the client's address is" {
	zone <<-'Z'
	a.example TXT "v=spf1 exists:%{ir}.%{v}.list.example -all"
	1.2.0.192.in-addr.list.example A 127.0.0.2
	1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.list.example A 127.0.0.2
	2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.list.example AAAA ::1
	Z
	check "pass" 192.0.2.1 a@a.example
	check "fail" 192.0.2.2 a@a.example
	check "pass" 2001:db8::1 a@a.example
	check "fail" 2001:db8::2 a@a.example
}

@test "section 6.1: redirect only without a match and without all, and it needs a record" {
	zone <<-'Z'
	a.example TXT "v=spf1 redirect=t.example ip4:192.0.2.9"
	b.example TXT "v=spf1 redirect=t.example ?all"
	c.example TXT "v=spf1 ?all redirect=t.example"
	d.example TXT "v=spf1 redirect=none.example"
	e.example TXT "v=spf1 redirect=%{d}"
	f.example TXT "v=spf1 redirect=g.example"
	g.example TXT "v=spf1 redirect=t.example"
	t.example TXT "v=spf1 ip4:192.0.2.1 -all"
	h.example TXT "v=spf1 redirect=%{l}.example"
	Z
	check "pass ok 1 0 redirect=t.example > ip4:192.0.2.1" 192.0.2.1 a@a.example
	check "pass ok 0 0 ip4:192.0.2.9" 192.0.2.9 a@a.example
	check "neutral spf-neutral 0 0" 192.0.2.1 a@b.example
	check "neutral spf-neutral 0 0" 192.0.2.1 a@c.example
	check "permerror spf-include 1" 192.0.2.1 a@d.example
	check "permerror spf-lookups 11" 192.0.2.1 a@e.example
	check "fail spf-fail 2 0 redirect=g.example > redirect=t.example > -all" 192.0.2.2 a@f.example
	check "permerror spf-include" 192.0.2.2 a..b@h.example
}

@test "section 6.2: the explanation of the record that failed, not of an include, never a faulty one" {
	zone <<-'Z'
	a.example TXT "v=spf1 include:i.example -all exp=x.example"
	i.example TXT "v=spf1 -all exp=y.example"
	x.example TXT "%{i} may not send as %{s}," " see https://x.example/?%{S}"
	y.example TXT "of the include"
	b.example TXT "v=spf1 redirect=c.example exp=y.example"
	c.example TXT "v=spf1 -all exp=x.example"
	d.example TXT "v=spf1 redirect=i.example exp=x.example"
	e.example TXT "v=spf1 -all exp=two.example"
	two.example TXT "one"
	two.example TXT "two"
	f.example TXT "v=spf1 -all exp=fault.example"
	fault.example TXT "%(i)"
	g.example TXT "v=spf1 -all exp=eight.example"
	eight.example TXT "\195\188"
	h.example TXT "v=spf1 -all exp=gone.example"
	;! gone.example. TIMEOUT TXT
	j.example TXT "v=spf1 ~all exp=x.example"
	Z
	check "fail spf-fail 1 0 -all 192.0.2.1 may not send as u@a.example, see https://x.example/?u%40a.example" 192.0.2.1 u@a.example
	check "fail spf-fail 1 0 redirect=c.example > -all 192.0.2.1 may" 192.0.2.1 u@b.example
	check "fail spf-fail 1 0 redirect=i.example > -all of the include" 192.0.2.1 u@d.example
	for d in e f g h; do
		check "fail spf-fail 0 0 -all " 192.0.2.1 u@$d.example
		[[ $output == *$'-all\t' ]]
	done
	check "softfail" 192.0.2.1 u@j.example
	[[ $output == *$'~all\t' ]]
}

@test "section 4.6.4: ten terms that ask, and no more, in the order of evaluation" {
	{
		echo 'ten.example TXT "v=spf1 a a a a a a a a a a ip4:192.0.2.1 -all"'
		echo 'eleven.example TXT "v=spf1 a a a a a a a a a a a -all"'
		echo 'first.example TXT "v=spf1 ip4:192.0.2.1 a a a a a a a a a a a -all"'
		echo 'mixed.example TXT "v=spf1 a mx ptr exists:e.example include:two.example a a redirect=two.example"'
		echo 'two.example TXT "v=spf1 a:ten.example ?a:ten.example"'
		for n in ten eleven first mixed; do
			echo "$n.example A 203.0.113.1"
		done
		echo 'mixed.example MX 10 mixed.example'
		echo 'e.example AAAA ::1'
		echo '1.2.0.192.in-addr.arpa PTR x.example'
	} | zone
	check "pass ok 10" 192.0.2.1 a@ten.example
	check "permerror spf-lookups 11" 192.0.2.1 a@eleven.example
	check "pass ok 0" 192.0.2.1 a@first.example
	check "permerror spf-lookups 11" 192.0.2.1 a@mixed.example
	# a loop, and a tree that would take 10 to the tenth
	{
		echo 'loop.example TXT "v=spf1 include:loop.example -all"'
		echo 'tree.example TXT "v=spf1'
		printf ' include:%s.example' {a..j}
		echo '"'
	} | tr '\n' ' ' | sed 's/all" /all"\n/' >zone
	for n in {a..j}; do
		printf '\n%s.example TXT "v=spf1 include:tree.example include:loop.example"' "$n" >>zone
	done
	check "permerror spf-lookups 11" 192.0.2.1 a@loop.example
	check "permerror spf-lookups 11" 192.0.2.1 a@tree.example
}

@test "section 4.6.4: two lookups that bring nothing, ten MX, ten PTR" {
	{
		echo 'two.example TXT "v=spf1 a:x.example exists:y.example ip4:192.0.2.1 -all"'
		echo 'three.example TXT "v=spf1 a:x.example exists:y.example mx ip4:192.0.2.1 -all"'
		echo 'same.example TXT "v=spf1 a:x.example a:x.example a:x.example ip4:192.0.2.1 -all"'
		echo 'nodata.example TXT "v=spf1 a a a ip4:192.0.2.1"'
		echo 'early.example TXT "v=spf1 ip4:192.0.2.1 a:x.example a:x.example a:x.example -all"'
		echo 'v6.example TXT "v=spf1 mx mx mx:m.example -all"'
		echo 'ten.example TXT "v=spf1 mx -all"'
		echo 'eleven.example TXT "v=spf1 mx -all"'
		for n in {0..10}; do
			[ "$n" = 10 ] || echo "ten.example MX $n h$n.example"
			echo "eleven.example MX $n h$n.example"
			echo "v6.example MX $n h$n.example"
			echo "h$n.example A 203.0.113.$n"
			echo "2.2.0.192.in-addr.arpa PTR h$n.p.example"
		done
		echo 'h9.p.example A 192.0.2.2'
		echo 'h10.q.example A 192.0.2.2'
		echo 'p.example TXT "v=spf1 ptr -all"'
		echo 'q.example TXT "v=spf1 ptr -all"'
		echo '2.2.0.192.in-addr.arpa PTR h10.q.example'
	} | zone
	check "pass ok 2 2" 192.0.2.1 a@two.example
	check "permerror spf-void-lookups 3 3" 192.0.2.1 a@three.example
	check "permerror spf-void-lookups 3 3" 192.0.2.1 a@same.example
	check "permerror spf-void-lookups 3 3" 192.0.2.1 a@nodata.example
	check "pass ok 0 0" 192.0.2.1 a@early.example
	check "pass ok 1 0 mx" 203.0.113.9 a@ten.example
	check "permerror spf-mx 1" 203.0.113.0 a@eleven.example
	check "pass ok 1 0 ptr" 192.0.2.2 a@p.example
	check "fail spf-fail" 192.0.2.2 a@q.example
}

@test "section 7.3: a long name is cut in front, a long label is no name, %{p} is found or unknown" {
	long=$(printf 'a%.0s' {1..62})
	zone <<-Z
	a.example TXT "v=spf1 exists:$long.$long.$long.$long.%{d} -all"
	$long.$long.$long.a.example A 127.0.0.2
	b.example TXT "v=spf1 exists:%{l}.b.example ip4:192.0.2.1 -all"
	$long.b.example A 127.0.0.2
	c.example TXT "v=spf1 -all exp=e.example"
	e.example TXT "%{p}"
	1.2.0.192.in-addr.arpa PTR other.example
	1.2.0.192.in-addr.arpa PTR sub.c.example
	other.example A 192.0.2.1
	sub.c.example A 192.0.2.1
	2.2.0.192.in-addr.arpa PTR other.example
	Z
	check "pass ok 1 0 exists" 192.0.2.1 x@a.example
	check "pass ok 1 0 exists" 192.0.2.1 "$long@b.example"
	check "pass ok 1 0 ip4" 192.0.2.1 "${long}aaaa@b.example"
	check "fail spf-fail 0 0 -all sub.c.example" 192.0.2.1 x@c.example
	check "fail spf-fail 0 0 -all unknown" 192.0.2.2 x@c.example
}

@test "names of one depth are asked in one batch, and each once" {
	serve <<-'Z'
	a.example key v=spf1 include:b.example include:c.example mx a:h.example exists:e.example -all
	b.example key v=spf1 include:d.example a:h.example ?all
	c.example key v=spf1 mx ?all
	d.example key v=spf1 a:h.example ~all
	a.example mx 10 h.example
	c.example mx 10 h.example
	c.example mx 20 i.example
	h.example a 203.0.113.1
	i.example a 203.0.113.2
	e.example nodata
	Z
	run -0 unit-spf --resolver "127.0.0.1:$PORT" <<<$'192.0.2.1\tx\tu@a.example' 8>&-
	[[ $output == $'fail\tspf-fail\t9\t1\t-all\t' ]] || { echo "$output"; false; }
	[ "$(cut -d ' ' -f 2- zone.log | sort | uniq -d)" = "" ]
	[ "$(rounds)" = 4 ] || { cat zone.log; false; }
	# what cannot be reached is not asked for
	printf '%s\n' 'a.example key v=spf1 ip4:192.0.2.1 include:b.example -all' >zone
	: >zone.log
	run -0 unit-spf --resolver "127.0.0.1:$PORT" <<<$'192.0.2.1\tx\tu@a.example' 8>&-
	[[ $output == pass* ]]
	[ "$(wc -l <zone.log)" = 1 ]
}

@test "ten includes take as many round trips as they are deep" {
	{
		printf 'a.example key v=spf1'
		printf ' include:i%d.example' {1..10}
		printf ' -all\n'
		for n in {1..9}; do
			echo "i$n.example key v=spf1 ip4:203.0.113.$n ~all"
		done
		echo 'i10.example key v=spf1 ip4:192.0.2.1 ~all'
	} >lines
	serve <lines
	run -0 unit-spf --resolver "127.0.0.1:$PORT" <<<$'192.0.2.1\tx\tu@a.example' 8>&-
	[[ $output == $'pass\tok\t10\t0\tinclude:i10.example > ip4:192.0.2.1\t' ]] || { echo "$output"; false; }
	[ "$(rounds)" = 2 ]
}

@test "no more than 128 queries, whatever records say" {
	{
		printf 'a.example key v=spf1 include:b.example'
		printf ' mx:m%d.example' {1..9}
		printf ' -all\n'
		printf 'b.example key v=spf1'
		printf ' mx:n%d.example' {1..9}
		printf ' ?all\n'
		for n in {1..9}; do
			for k in {1..10}; do
				echo "m$n.example mx $k m$n-$k.example"
				echo "n$n.example mx $k n$n-$k.example"
				echo "m$n-$k.example a 203.0.113.1"
				echo "n$n-$k.example a 203.0.113.2"
			done
		done
	} >lines
	serve <lines
	run -0 unit-spf --resolver "127.0.0.1:$PORT" <<<$'192.0.2.1\tx\tu@a.example' 8>&-
	[[ $output == permerror* ]]
	[ "$(wc -l <zone.log)" -le 128 ] || { wc -l zone.log; false; }
	# what the order of evaluation needs is asked, whatever was guessed before
	run -0 unit-spf --resolver "127.0.0.1:$PORT" <<<$'203.0.113.2\tx\tu@b.example' 8>&-
	[[ $output == pass* ]]
}

@test "hostile answers of other types are dropped as those of keys are" {
	serve <<-'Z'
	a.example key v=spf1 a mx -all
	a.example wrongid/A 192.0.2.1
	a.example wrongtype/A 192.0.2.1
	a.example wrongclass/A 192.0.2.1
	a.example a 203.0.113.1
	a.example mx 10 m.example
	m.example raw A c00002
	b.example key v=spf1 mx ?all
	b.example raw MX 00
	c.example key v=spf1 a ?all
	c.example chain h.example
	d.example key v=spf1 a:h2.example ?all
	h2.example cname h3.example
	h3.example a 192.0.2.1
	Z
	run -0 unit-spf --resolver "127.0.0.1:$PORT" 8>&- <<-'IN'
	192.0.2.1	x	u@a.example
	192.0.2.1	x	u@b.example
	192.0.2.1	x	u@d.example
	IN
	[[ ${lines[0]} == $'temperror\tdns-malformed'* ]] || { echo "$output"; false; }
	[[ ${lines[1]} == $'temperror\tdns-malformed'* ]] || { echo "$output"; false; }
	[[ ${lines[2]} == $'pass\tok\t1'* ]] || { echo "$output"; false; }
}
