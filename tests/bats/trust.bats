#!/usr/bin/env bats
# arc-verify --trusted: whose seals count, and what DMARC may take from a chain
# (RFC 8617 sections 7.2 and 9.3 to 9.5).
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup() {
	T=$BATS_TEST_TMPDIR
	cd "$T"
}

# The file of trusted domains, from the lines given.
trust() {
	printf '%s\n' "$@" >trusted
}

verify() {
	local message=$1
	shift
	arc-verify --time 2026-01-01T00:00:00Z --keys "$message.keys" --trusted trusted "$@" "$message"
}

# What JSON says, in a line: depth, stop, AAR with its claim, results.
said() {
	verify "$1" -A pass:none:fail --json | /usr/bin/python3 -SE -c '
import json, sys
t = json.load(sys.stdin)["trusted"]
stop, aar = t["stop"], t["aar"]
print(t["depth"], stop["code"], stop.get("instance", "-"), end="")
if aar:
    print("; %d %s" % (aar["instance"], aar["claim"]), end="")
    for p in aar["passes"]:
        print("; %(method)s %(property)s=%(identifier)s %(alignment)s" % p, end="")
print()'
}

# is MESSAGE TEXT: said MESSAGE prints TEXT.
is() {
	run -0 said "$1"
	diff -u <(echo "$2") <(echo "$output")
}

@test "sets count from the newest down, as long as their sealers are in the file" {
	forge <<-'PY'
	write(chain(3), tmp("m"))
	PY
	claim='dmarc; spf smtp.mailfrom=author.example strict; dmarc header.from=author.example strict'
	trust d1.example d2.example d3.example
	is m "3 all -; 1 $claim"
	trust d2.example d3.example
	is m "2 unlisted 1; 2 $claim"
	trust d3.example
	is m "1 unlisted 2; 3 $claim"
	# one in the middle is missing: what is below does not count
	trust d1.example d3.example
	is m "1 unlisted 2; 3 $claim"
	# an unknown newest sealer gives nothing, whoever sealed before
	trust d1.example d2.example
	is m "0 unlisted 3"
	trust '# nobody'
	is m "0 unlisted 3"
	: >trusted
	is m "0 unlisted 3"
}

@test "the domain that counts is that of the seal, not of the message signature" {
	forge <<-'PY'
	write(Message().seal(ams_d="good.example", as_d="bad.example"), tmp("m"))
	PY
	trust good.example
	is m "0 unlisted 1"
	trust bad.example
	is m "1 all -; 1 dmarc; spf smtp.mailfrom=author.example strict; dmarc header.from=author.example strict"
}

@test "a domain is exact; .domain is all below it, and not itself; case and script do not matter" {
	forge <<-'PY'
	write(Message().seal(d="a.b.Example.ORG"), tmp("below"))
	write(Message().seal(d="example.org"), tmp("self"))
	write(Message().seal(d="badexample.org"), tmp("glued"))
	write(Message().seal(d="bücher.example"), tmp("u"))
	write(Message().seal(d="xn--bcher-kva.example"), tmp("a"))
	PY
	depth() {
		said "$1" | cut -d ' ' -f 1
	}
	for line in ".example.org" ".EXAMPLE.org - note" ".b.example.org" "A.b.example.org"; do
		trust "$line"
		[ "$(depth below)" = 1 ]
		[ "$(depth self)" = 0 ]
		[ "$(depth glued)" = 0 ]
	done
	trust example.org
	[ "$(depth below)" = 0 ]
	[ "$(depth self)" = 1 ]
	for line in bücher.example XN--bcher-kva.example; do
		trust "$line"
		sed 's/^s1._domainkey.b.*cher/s1._domainkey.xn--bcher-kva/' u.keys a.keys >keys
		cp keys u.keys
		[ "$(depth u)" = 1 ]
		[ "$(depth a)" = 1 ]
	done
}

@test "nothing is trusted of a chain that is not valid, or whose body is partly open" {
	forge <<-'PY'
	write(chain(2).edit_body("Tuesday", "Wednesday"), tmp("fail"))
	write(Message(), tmp("none"))
	write(Message().seal(ams=add("l=5;")), tmp("partial"))
	write(Message().seal(ams=add("l=%d;" % len(Message().body))), tmp("whole"))
	m = Message().seal().line(";! s1._domainkey.d1.example. SERVFAIL")
	m.records = {}
	write(m, tmp("tempfail"))
	PY
	trust d1.example d2.example
	is fail "0 no-chain -"
	is none "0 no-chain -"
	is partial "0 partial-body -"
	run -0 verify partial
	[[ $output == *"trusted: nothing, because part of the body is not signed"* ]]
	[[ $(said whole) == "1 all -; 1 dmarc;"* ]]
	run -75 verify tempfail
	[[ $output == *"trusted: nothing, because the chain is not valid"* ]]
}

@test "an entry counts to the end of its day in UTC, and is as good as absent then, with a remark" {
	forge <<-'PY'
	write(chain(2), tmp("m"))
	PY
	trust "d2.example - lists" "d1.example 2025-12-31 was a good one"
	at() {
		arc-verify --keys m.keys --trusted trusted --time "$1" m
	}
	run -0 at 2025-12-31T23:59:59Z
	[[ $output == *"trusted: i=2 d2.example (lists)"*"trusted: i=1 d1.example (was a good one)"*"AAR of i=1"* ]]
	run -0 at 2026-01-01T00:00:00Z
	[[ $output == *"trusted: i=2 d2.example"*"not trusted: i=1 d1.example, whose entry (line 2) expired on 2025-12-31 (was a good one)"*"AAR of i=2"* ]]
	is m "1 expired 1; 2 dmarc; spf smtp.mailfrom=author.example strict; dmarc header.from=author.example strict"
	# expired for itself, but below a suffix that is not
	forge <<-'PY'
	write(Message().seal(d="a.b.example"), tmp("s"))
	PY
	trust "a.b.example 2025-01-01" ".b.example 2026-06-30"
	[[ $(said s) == "1 all "* ]]
	trust "a.b.example 2025-01-01" ".b.example 2025-06-30"
	[[ $(said s) == "0 expired 1" ]]
}

@test "what an AAR claims: DMARC for this author, or DKIM or SPF, aligned strictly or by suffix" {
	forge <<-'PY'
	cases = {
	    "dmarc": "dmarc=pass (p=none) header.from=Author.Example",
	    "zoho": "dmarc=pass header.from=<ann@author.example>",
	    "microsoft": "dmarc=pass action=none header.from=author.example",
	    "other": "dmarc=pass header.from=other.example",
	    "sub": "dmarc=pass header.from=sub.author.example",
	    "nobody": "dmarc=pass",
	    "both": "dmarc=pass header.from=author.example header.from=evil.example",
	    "word": "dmarc=bestguesspass header.from=author.example",
	    "dkim": "dkim=pass header.i=@x.example header.d=author.example",
	    "dkim-i": "dkim=pass header.i=ann@author.example",
	    "dkim-sub": "dkim=pass header.d=mail.author.example",
	    "dkim-glued": "dkim=pass header.d=bad-author.example",
	    "dkim-top": "dkim=pass header.d=example",
	    "dkim-fail": "dkim=fail header.d=author.example",
	    "spf": 'spf=pass smtp.mailfrom="a b"@author.example',
	    "helo": "spf=pass smtp.helo=author.example",
	    "iprev": "iprev=pass policy.iprev=author.example",
	    "refuted": "dkim=pass header.d=author.example; dmarc=fail header.from=author.example",
	    "two": "dmarc=pass header.from=author.example; dmarc=fail header.from=author.example",
	    "quoted": 'spf=pass smtp.mailfrom="; dmarc=pass header.from=author.example"@b.example',
	    "comment": "spf=none (; dmarc=pass header.from=author.example)",
	    "best": "dkim=pass header.d=a.author.example; spf=pass smtp.mailfrom=author.example",
	    "dkim-two": "dkim=pass header.d=a.example header.d=b.example header.i=@author.example",
	    "version": "dmarc/1=pass header.from=author.example; dkim/2=pass header.d=a.author.example",
	    "none": "none",
	}
	for name, text in cases.items():
	    write(Message().seal(aar="i=1; d1.example; " + text), tmp(name))
	write(Message().seal(aar="i=1; d1.example 2; dmarc=pass header.from=author.example"), tmp("later"))
	PY
	trust d1.example
	all() {
		for name in dmarc zoho microsoft other sub nobody both word dkim dkim-i dkim-sub dkim-glued \
			dkim-top dkim-fail spf helo iprev refuted two quoted comment best dkim-two version none later; do
			echo "$name: $(said "$name" | tr -d '\r\n')"
		done
	}
	run -0 all
	same claims - <<-'E'
		dmarc: 1 all -; 1 dmarc; dmarc header.from=Author.Example strict
		zoho: 1 all -; 1 dmarc; dmarc header.from=<ann@author.example> strict
		microsoft: 1 all -; 1 dmarc; dmarc header.from=author.example strict
		other: 1 all -; 1 none; dmarc header.from=other.example none
		sub: 1 all -; 1 none; dmarc header.from=sub.author.example suffix
		nobody: 1 all -; 1 none; dmarc = none
		both: 1 all -; 1 none; dmarc = none
		word: 1 all -; 1 none
		dkim: 1 all -; 1 strict; dkim header.d=author.example strict
		dkim-i: 1 all -; 1 suffix; dkim header.i=ann@author.example suffix
		dkim-sub: 1 all -; 1 suffix; dkim header.d=mail.author.example suffix
		dkim-glued: 1 all -; 1 none; dkim header.d=bad-author.example none
		dkim-top: 1 all -; 1 none; dkim header.d=example none
		dkim-fail: 1 all -; 1 none
		spf: 1 all -; 1 strict; spf smtp.mailfrom="a b"@author.example strict
		helo: 1 all -; 1 none; spf = none
		iprev: 1 all -; 1 none
		refuted: 1 all -; 1 none; dkim header.d=author.example strict
		two: 1 all -; 1 none; dmarc header.from=author.example strict
		quoted: 1 all -; 1 none; spf smtp.mailfrom="; dmarc=pass header.from=author.example"@b.example none
		comment: 1 all -; 1 none
		best: 1 all -; 1 strict; dkim header.d=a.author.example suffix; spf smtp.mailfrom=author.example strict
		dkim-two: 1 all -; 1 none; dkim = none
		version: 1 all -; 1 dmarc; dmarc header.from=author.example strict
		none: 1 all -; 1 none
		later: 1 all -; 1 none
	E
}

@test "no claim counts where two readers may see two authors" {
	forge <<-'PY'
	def author(name, text):
	    m = Message(header=HEADER.replace("From: Ann Author <ann@author.example>", text)
	                .replace("Date:", "Subject: x\nDate:"))
	    write(m.seal(ams={"h": "from:to"}), tmp(name))
	author("plain", "From: ann@author.example")
	author("quoted", 'From: "x@evil.example" <ann@author.example> (y@evil.example)')
	author("folded", "From: Ann\n <ann@author.example\n >")
	author("list", "From: ann@author.example, bob@evil.example")
	author("list2", "From: <bob@evil.example>, ann@author.example")
	author("group", "From: us: ann@author.example;")
	author("phrase", "From: bob@evil.example <ann@author.example>")
	author("phrase2", "From: <bob> <ann@author.example>")
	author("tail", "From: <ann@author.example> evil.example")
	author("open", "From: <ann@author.example")
	author("route", "From: <@evil.example:ann@author.example>")
	author("nobody", "From: Ann")
	author("literal", "From: <ann@[192.0.2.1]>")
	author("twice", "From: ann@author.example\nFrom: bob@evil.example")
	PY
	trust d1.example
	for name in plain quoted folded; do
		[[ $(said $name) == "1 all -; 1 dmarc;"* ]] || { said $name; false; }
	done
	for name in list list2 group phrase phrase2 tail open route nobody literal twice; do
		[[ $(said $name) == "1 all -; 1 none;"* ]] || { said $name; false; }
	done
	run -0 verify twice
	[[ $output == *"claims nothing for the domain of From, which could not be confirmed"* ]]
}

@test "the author may be outside ASCII, as U-labels or as A-labels" {
	forge <<-'PY'
	for name, author in ("u", "bücher.example"), ("a", "XN--bcher-kva.example"):
	    m = Message(header=HEADER.replace("ann@author.example", "ann@" + author))
	    write(m.seal(aar="i=1; d1.example; dmarc=pass header.from=xn--bcher-kva.example"), tmp(name))
	PY
	trust d1.example
	[[ $(said u) == "1 all -; 1 dmarc;"* ]]
	[[ $(said a) == "1 all -; 1 dmarc;"* ]]
}

@test "lines tell the sets, the one that is not, the claim and the comment; text is inert" {
	forge <<-'PY'
	write(chain(1).seal(aar='i=2; d2.example; dmarc=pass header.from=author.example;'
	                        ' dkim=pass header.d="\u202e2J.example"'), tmp("m"))
	PY
	printf 'd2.example - a \033[2J note\n' >trusted
	run -0 verify m
	same text - <<-'E'
		pass  i=2 d2.example < d1.example  oldest-pass=0
		  trusted: i=2 d2.example (a \x1b[2J note)
		  not trusted: i=1 d1.example, which is not listed
		  usable for DMARC: the AAR of i=2, which claims DMARC pass
		    dmarc=pass header.from=author.example  aligned
		    dkim=pass header.d=\xe2\x80\xae2J.example  not aligned
		  comment: arc=pass as[2].d=d2.example as[2].s=s2 as[1].d=d1.example as[1].s=s1
	E
	run -0 verify m -q
	[ -z "$output" ]
}

@test "in a field it is a comment in our own words, which no reader takes for a result" {
	forge <<-'PY'
	write(chain(2), tmp("m"))
	write(chain(2).edit_body("Tuesday", "Wednesday"), tmp("fail"))
	PY
	trust d2.example
	run -0 verify m --format=ar -i x.example
	[ "$(tr -d '\r\n' <<<"$output" | tr '\t' ' ')" = \
		"Authentication-Results: x.example; arc=pass (1 of 2 sets trusted; AAR 2 claims DMARC pass) header.oldest-pass=0" ]
	[ "$(grep -c . <<<"$output")" -eq 2 ]
	verify m -a -i x.example >out
	diff <(echo "$output") <(head -n 2 out)
	cmp m <(tail -n +3 out)
	trust other.example
	run -0 verify m --format=ar -i x.example
	[[ $output == *"arc=pass (0 of 2 sets trusted)"* ]]
	run -0 verify fail --format=ar -i x.example
	[[ $output != *trusted* ]]
}

@test "a file that is wrong is told of with its line, 78, and nothing on stdout" {
	forge <<-'PY'
	write(Message().seal(), tmp("m"))
	PY
	wrong() {
		printf '%b' "$2" >trusted
		run -78 --separate-stderr verify m
		[ -z "$output" ]
		# shellcheck disable=SC2154 # set by run
		[[ $stderr == *"trusted: Invalid file of trusted domains: line $1: "* ]] || {
			echo "$stderr"
			false
		}
		# a filter must not go on without it
		run -78 --separate-stderr verify m -a -i x
		[ -z "$output" ]
	}
	wrong 1 'example\n'
	wrong 1 '.example\n'
	wrong 2 '# all of them\n*\n'
	wrong 1 '.\n'
	wrong 1 'a..example\n'
	wrong 3 '\n\na b.example\n'
	wrong 1 'a.example 2026-13-01\n'
	wrong 1 'a.example 2026-02-30 x\n'
	wrong 1 'a.example 2026-2-3\n'
	wrong 1 'a.example our lists\n'
	wrong 1 'a.example until 2026-12-31\n'
	wrong 3 'a.example\nb.example\nA.example - again\n'
	wrong 1 'a\0b.example\n'
	rm trusted
	run -66 verify m
	: >trusted
	run -64 arc-verify --trusted trusted --trusted trusted m
}

@test "CRLF, blanks around words and a last line without its end are taken" {
	forge <<-'PY'
	write(chain(2), tmp("m"))
	PY
	printf '\t# x\r\n\r\n  d1.example \t 2027-01-31\t a note \r\n\td2.example' >trusted
	[[ $(said m) == "2 all -; 1 dmarc;"* ]]
	run -0 verify m
	[[ $output == *"i=1 d1.example (a note)"* ]]
	printf '\357\273\277d2.example\n' >trusted # a byte order mark
	[[ $(said m) == "1 unlisted 1;"* ]]
}

@test "a hundred thousand lines are searched as fast as ten, fifty sets deep" {
	forge <<-'PY'
	write(chain(50), tmp("m"))
	PY
	{ seq -f 'x%.0f.example 2027-01-01 n' 100000; seq -f 'd%.0f.example' 2 50; } >trusted
	[[ $(said m) == "49 unlisted 1; 2 dmarc;"* ]]
}

@test "in a directory the file is no message; workers share it" {
	mkdir d
	forge <<-'PY'
	for n in range(40):
	    write(chain(1 + n % 3), tmp("d/m%d" % n))
	PY
	cat d/*.keys | sort -u >keys
	rm d/*.keys
	trust d1.example d2.example d3.example
	cp trusted d/trusted
	run -0 arc-verify -J 4 --time 2026-01-01T00:00:00Z --keys keys --trusted d/trusted d
	[ "$(grep -c 'AAR of i=1, which claims DMARC pass' <<<"$output")" -eq 40 ]
	[ "$(grep -c ' pass  i=' <<<"$output")" -eq 40 ]
}

@test "what needs the chain has it, also where --check does not list ARC" {
	"$ROOT/tests/forge/forge" <<-PY
	write(chain(2), "m")
	PY
	trust d1.example d2.example
	run -0 verify m --check arc:dkim --accept arc=pass
	all=${output#*$'\n'}
	run -0 verify m --check dkim --accept none --state state
	[ "$output" = "$all" ]
	[[ $output == *"  trusted: i=2 "* ]]
	grep -qx arc=pass state
	run -0 verify m --check dkim --format dmarc
	[[ $output == "arc=pass as[2].d="* ]]
	run -0 verify m --check dkim --accept none --json
	[[ $output == *'"arc":null,'*'"oldest_pass":null,'*'"sets":null,'*'"trusted":{"depth":2,'* ]]
}
