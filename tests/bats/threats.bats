#!/usr/bin/env bats
# Threats that no other file names; tests/torture/threats.tsv says which test
# holds which.
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "every threat and every promise has a test, and every test named is there" {
	cd "$ROOT"
	awk -F '\t' '/^[TP]/ { print $1 }' tests/torture/threats.tsv | sort -u >"$BATS_TEST_TMPDIR/have"
	{ seq -f 'T%g' 1 46; seq -f 'P%g' 1 10; } | sort >"$BATS_TEST_TMPDIR/want"
	diff "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/have"
	while IFS=$'\t' read -r id file name; do
		case $id in '#'* | '') continue ;; esac
		grep -qF "@test \"$name" "tests/bats/$file.bats" || { echo "$id: no \"$name\" in $file.bats"; false; }
	done <tests/torture/threats.tsv
}

@test "hundreds of results, and tokens of 4,000 octets, are whole" {
	/usr/bin/python3 - >m <<-'PY'
	print("From: a@b.example")
	print("Authentication-Results: us.example" + ";\n dkim=pass header.d=" + "x" * 4000 + ".example")
	for i in range(300):
	    print("Authentication-Results: us.example; dkim=pass header.d=d%d.example" % i)
	print("\nbody")
	PY
	arc-sign -i us.example -d lists.example -s arc -k "$ROOT/tests/keys/rsa2048-b.pem" --keys "$SAMPLES/keys" m >out 2>err
	run -0 arc-verify --json --keys "$SAMPLES/keys" out
	[[ $output == *'"header.d":"d299.example"'* ]]
	# What no line can hold is left out whole, and told.
	[ "$(grep -o '"method":"dkim"' <<<"$output" | wc -l)" -eq 300 ]
	grep -q 'field 1: .* is not copied into the seal: .*longer than a line may be' err
}

@test "a body hash of three octets is compared with nothing" {
	forge <<-'PY'
	fails("tag-syntax", 1, chain(1, ams=swap("bh=@bh", "bh=QUFB")))
	PY
}

@test "text of a message is no format" {
	forge <<-'PY'
	bad = "%n%s%n%1000000d%99$n"
	m = chain(1, header="From: a@b.example\nSubject: %s\n" % bad)
	write(m.top("X-%s: %s" % ("%n%s", bad)), tmp("m"))
	write(chain(1, ams=swap("s=s1", "s=%n%s")), tmp("n"))
	PY
	run -0 arc-verify -v --json --keys m.keys m
	run arc-verify -v --keys n.keys n
	[ "$status" -le 2 ]
	[[ $output == *'%n%s'* ]]
	cp m '%n%s%n'
	run -0 arc-verify -v --keys m.keys '%n%s%n' m
	[[ $output == *'%n%s%n: pass'* ]]
	run arc-dump '%n%s%n'
	[ "$status" -le 2 ]
	run -66 arc-verify '%n%s%n.gone'
	[[ $output == *'%n%s%n.gone'* ]]
}

@test "an instance that would wrap at 8, 16, 32 or 64 bits is none" {
	forge <<-'PY'
	for i in ("257", "65537", "4294967297", "18446744073709551617", "1x", "1.0", "1\0", "+1", "-1", "0x1",
	          "1e0", " 1 1", "0" * 1000 + "1", "9" * 100000):
	    for part in ("ams", "as_", "aar"):
	        m = chain(1)
	        name = {"ams": AMS, "as_": AS, "aar": AAR}[part]
	        m.rewrite(name, 1, lambda raw: raw.replace(b"i=1;", b"i=" + octets(i) + b";", 1))
	        code = "instance-syntax"
	        if i in ("1\0", " 1 1") and part == "aar":
	            code = "aar-syntax"
	        elif i == "1\0":
	            code = "field-syntax"
	        fails(code, None, m)
	PY
}

@test "fields in thousands are refused at once" {
	/usr/bin/python3 -c 'print("From: a\n" + "ARC-Seal: i=1; cv=none\n" * 20000 + "\n")' >m
	run -1 arc-verify --keys /dev/null m
	[[ $output == fail* ]]
	/usr/bin/python3 -c 'print("From: a\n" + "DKIM-Signature: v=1; d=x.example; s=s; b=AA==\n" * 20000 + "\n")' >m
	run -2 arc-verify --resolver 127.0.0.1:9 m
}

@test "the manuals say that pass is custody, not trust" {
	run -0 grep -c 'anybody may seal' "$ROOT/man/arc-tools.7" "$ROOT/README.md"
}

@test "names of files and arguments are inert in what is said of them" {
	local evil=$'a\e[31m\r\xc2\x9b\xe2\x80\xaeb\x80'
	cp "$SAMPLES/none-no-arc-fields.eml" "$evil"
	for command in "arc-verify" "arc-verify -v" "arc-dump" "arc-verify --json" "arc-verify --tap"; do
		for file in "$evil" "$evil.gone"; do
			# shellcheck disable=SC2086 # words
			$command --keys "$SAMPLES/keys" "$file" "$file" >out 2>&1 || true
			run ! grep -aP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]' out
			iconv -f UTF-8 -t UTF-8 out >/dev/null
		done
	done
	for option in "--time=$evil" "--accept=$evil" "--format=$evil" "--authserv-id=$evil" "--remote-ip=$evil" "--$evil"; do
		run -64 arc-verify -a "$option" m
		echo "$output" >out
		run ! grep -aP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xaa-\xae]' out
	done
}

# growth NAME...: of these dimensions, counted by valgrind
growth() {
	command -v valgrind >/dev/null
	grep -q -- '-DNO_SANDBOX' "$B/flags" && skip "sanitizers are counted too"
	run "$ROOT/tests/torture/growth" -q "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "ten times the input costs eleven times the work: names, comments, blanks, records" {
	growth '^names in h=$' '^comments that do not end' '^blanks in the body$' '^TXT strings$'
}

# bats test_tags=deep
@test "ten times the input costs eleven times the work" {
	growth '^names in h=$' '^fields of one' 'do not end' '^Authent' '^ARC Sets$' '^empty lines at' 'blanks' '^TXT'
}

@test "a file whose name begins like an option is a file behind --" {
	cp "$SAMPLES/none-no-arc-fields.eml" ./--help
	run -2 arc-verify --keys "$SAMPLES/keys" -- --help
	run -2 arc-dump -- --help
	mkdir folder
	cp ./--help folder/-V
	run -2 arc-verify --keys "$SAMPLES/keys" folder
	[[ $output == *"folder/-V: none"* ]]
}

@test "a key that others have too verifies as any other" {
	forge <<-'PY'
	m = chain(2, key="rsa1024-a")
	passes(m)
	PY
}

@test "arc-sign cannot be looked into, and leaves no core" {
	mkfifo in
	arc-sign -d lists.example -s arc -k "$ROOT/tests/keys/rsa2048-b.pem" --keys "$SAMPLES/keys" <in >out 2>err &
	exec 9>in
	sleep 0.5
	run -0 awk '/^Max core file size/ { print $5, $6 }' "/proc/$!/limits"
	[ "$output" = "0 0" ]
	# Of what is not dumpable /proc belongs to root.
	if [ "$(id -u)" -ne 0 ]; then
		[ "$(stat -c %u "/proc/$!/environ")" -eq 0 ]
	fi
	exec 9>&-
	wait || true
}

@test "hypotheses about a long field are kept in little memory" {
	grep -q -- '-DNO_SANDBOX' "$B/flags" && skip "sanitizers have memory of their own"
	forge <<-'PY'
	long = "zz=" + ":a ;b".replace(";", ",") * 150000 + ";"
	write(chain(1, ams=add(long), fold=False).edit("Subject", 0, "Tuesday", "Monday"), "long")
	PY
	for tool in "arc-verify --why" "arc-dump" "arc-dump --lint"; do
		# shellcheck disable=SC2086 # words
		run bash -c "ulimit -v 409600; exec $tool --time 1760000100 --keys long.keys long"
		[ "$status" -le 1 ]
	done
}

@test "a stack of 64 KiB is enough" {
	run() {
		local status=0

		# the sanitizers' frames are larger, and their start needs more
		(
			[[ $B == *-san || $B == *-cover ]] || ulimit -s 64
			exec env -i "$@" >out 2>err
		) || status=$?
		[ "$status" -eq "$wanted" ] || { echo "$status: $*"; cat err; false; }
	}
	big=big
	{ cat "$SAMPLES/pass-one-hop.eml"; head -c 20000000 /dev/zero | tr '\0' x; } >"$big"
	wanted=0 run "$B"/arc-verify --keys "$SAMPLES/keys" "$SAMPLES/pass-three-hops.eml"
	wanted=1 run "$B"/arc-verify -v --why --keys "$SAMPLES/keys" "$SAMPLES/fail-body-changed.eml"
	wanted=1 run "$B"/arc-verify --json -J4 --keys "$SAMPLES/corpus/keys" "$SAMPLES/corpus/files"
	wanted=75 run "$B"/arc-verify --resolver 127.0.0.1:9 --dns-timeout 1 "$SAMPLES/pass-three-hops.eml"
	wanted=0 run "$B"/arc-verify --annotate -i b.example --keys "$SAMPLES/keys" "$big"
	wanted=0 run "$B"/arc-dump -w -v --keys "$SAMPLES/keys" "$SAMPLES/fail-body-changed.eml"
	wanted=1 run "$B"/arc-dump --compare "$SAMPLES/pass-three-hops.eml" "$SAMPLES/pass-one-hop.eml"
	wanted=0 run "$B"/arc-sign -d lists.example -s arc -k "$ROOT/tests/keys/rsa2048-b.pem" --keys "$SAMPLES/keys" "$SAMPLES/pass-one-hop.eml"
}

@test "memory does not grow with the body" {
	grep -q -- '-DNO_SANDBOX' "$B/flags" && skip "sanitizers have memory of their own"
	{ cat "$SAMPLES/pass-one-hop.eml"; head -c 60000000 /dev/zero | base64; } >big
	for tool in "arc-verify" "arc-dump --verify"; do
		# shellcheck disable=SC2086 # words
		run bash -c "ulimit -v 65536; exec $tool --keys '$SAMPLES/keys' big"
		[ "$status" -le 2 ]
		# shellcheck disable=SC2086 # words
		run bash -c "ulimit -v 65536; cat big | $tool --keys '$SAMPLES/keys'"
		[ "$status" -le 2 ]
	done
}

@test "what cannot be shown does not get into the fields that arc-sign makes" {
	# in quotes, in an address and bare: bidi, broken and overlong UTF-8, C1, ESC,
	# nothing wide; and what can be shown stays
	printf '%s\n' "Authentication-Results: us.example; spf=pass" \
		$' reason="a\xe2\x80\xaeb\xc0\xafc\xc2\x9bd\x1be\xe2\x80\x8bf\xef\xbb\xbfg\xc3\xa9 \\"q\\""' \
		$' smtp.mailfrom=x\xe2\x80\xaey@a.example' "From: a@a.example" "" x >m
	run -0 arc-sign -q -d lists.example -s arc -i us.example -k "$ROOT/tests/keys/rsa2048-b.pem" --keys "$SAMPLES/keys" --headers-only m
	[[ $output == *$'reason="a b  c d e f g\xc3\xa9 \\"q\\""'* ]]
	/usr/bin/python3 -c 'import sys, unicodedata
text = sys.stdin.buffer.read().decode()
assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c not in "\n\t"], ascii(text)' <<<"$output"
}

@test "a fingerprint costs little a line, and one of too many lines is none" {
	{ printf 'From: a@b.example\n\n'; yes '' | head -2000001; echo end; } >m
	run -65 timeout 20 arc-dump --fingerprint m
	[[ $output == *"the limit is 2000000 lines"* ]]
}
