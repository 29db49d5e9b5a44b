#!/usr/bin/env bats
# Many messages: operands, workers, expectations, shards (issue: corpora).
# SPDX-License-Identifier: BSD-2-Clause
load helper

NOW=1767225600

setup_file() {
	export CORPUS=$BATS_FILE_TMPDIR/corpus
	mkdir "$CORPUS"
	"$ROOT/tests/forge/forge" <<-PY
	make_corpus("$CORPUS", 300)
	PY
}

setup() {
	cd "$CORPUS"
}

verify() {
	arc-verify --time "$NOW" --keys keys "$@"
}

# Verdicts alone, sorted: the same messages under other names.
verdicts() {
	sed -E 's/^.*: (pass|fail|none|tempfail)\b.*/\1/' | sort | uniq -c
}

@test "a directory is walked, in the order of names, and agrees with its manifest" {
	run -0 --separate-stderr verify -v --manifest expected.tsv files
	mapfile -t lines < <(grep "^files/" <<<"$output")
	[ "${#lines[@]}" -eq 300 ]
	diff <(printf '%s\n' "${lines[@]%%: *}") <(cut -f 1 expected.tsv)
	[[ $stderr == "all as expected: "* ]]
}

@test "one, two and eight workers print the same octets" {
	verify -J 1 --json files >"$BATS_TEST_TMPDIR/1" || [ $? -eq 1 ]
	for jobs in 2 8; do
		verify -J $jobs --json files >"$BATS_TEST_TMPDIR/$jobs" || [ $? -eq 1 ]
		cmp "$BATS_TEST_TMPDIR/1" "$BATS_TEST_TMPDIR/$jobs"
	done
}

@test "files, Maildir and mbox of the same messages give the same verdicts" {
	verify files >"$BATS_TEST_TMPDIR/files" || [ $? -eq 1 ]
	verify Maildir >"$BATS_TEST_TMPDIR/maildir" || [ $? -eq 1 ]
	verify --mbox mbox >"$BATS_TEST_TMPDIR/mbox" || [ $? -eq 1 ]
	verify --mbox - <mbox >"$BATS_TEST_TMPDIR/stdin" || [ $? -eq 1 ]
	verdicts <"$BATS_TEST_TMPDIR/files" >"$BATS_TEST_TMPDIR/wanted"
	for form in maildir mbox stdin; do
		verdicts <"$BATS_TEST_TMPDIR/$form" | diff "$BATS_TEST_TMPDIR/wanted" -
	done
	grep -q '^mbox:300: ' "$BATS_TEST_TMPDIR/mbox"
	grep -q '^-:1: ' "$BATS_TEST_TMPDIR/stdin"
}

@test "an mbox whose >From lines are no quotes (mboxo) passes as it stands" {
	# The message has a line ">From x" of its own, and mboxo leaves it alone.
	forge <<-PY
	m = chain(1, body="Hello\n>From x to y\n")
	write(m, "$BATS_TEST_TMPDIR/one", lf=True)
	PY
	cd "$BATS_TEST_TMPDIR"
	{ echo "From a@b Thu Oct  9 08:53:20 2025"; cat one; } >box
	run -0 arc-verify --time "$NOW" --keys one.keys --mbox box
	[ "$output" = "box:1: pass  i=1 d1.example  oldest-pass=0" ]
}

@test "only a From line behind an empty line begins a message, and Content-Length says nothing" {
	cat >"$BATS_TEST_TMPDIR/box" <<-E
	From a@b Thu Oct  9 08:53:20 2025
	Subject: one
	Content-Length: 3

	text
	From here on it goes
	more

	From a@b Thu Oct  9 08:53:20 2025
	Subject: two

	E
	run -0 verify -A none --mbox "$BATS_TEST_TMPDIR/box"
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[1]} == *box:2:\ none ]]
}

@test "shards split a list without loss and merge into the same summary and status" {
	verify --json files >"$BATS_TEST_TMPDIR/whole" || [ $? -eq 1 ]
	for k in 1 2 3; do
		verify --json --shard $k/3 files >"$BATS_TEST_TMPDIR/$k" || [ $? -eq 1 ]
		[ -s "$BATS_TEST_TMPDIR/$k" ]
	done
	sort "$BATS_TEST_TMPDIR"/[123] | cmp - <(sort "$BATS_TEST_TMPDIR/whole")
	run -1 arc-verify --merge "$BATS_TEST_TMPDIR"/[123]
	local merged=$output
	run -1 arc-verify --merge "$BATS_TEST_TMPDIR/whole"
	[ "$output" = "$merged" ]
	run -0 --separate-stderr arc-verify --merge --manifest expected.tsv "$BATS_TEST_TMPDIR"/[123]
	[[ $output == "all as expected: "* ]]
}

@test "merge keeps the status of a message without a verdict, and refuses what is no NDJSON" {
	: >"$BATS_TEST_TMPDIR/empty"
	run -65 verify --json files/00/00001.eml "$BATS_TEST_TMPDIR/empty"
	verify --json files/00/00001.eml "$BATS_TEST_TMPDIR/empty" >"$BATS_TEST_TMPDIR/lines" 2>&1 || true
	grep '^{' "$BATS_TEST_TMPDIR/lines" >"$BATS_TEST_TMPDIR/ndjson"
	run -65 arc-verify --merge "$BATS_TEST_TMPDIR/ndjson"
	[[ $output == *"1 error [no-message]"* ]]
	run -78 --separate-stderr arc-verify --merge expected.tsv
	[[ $stderr == *"line 1 "* ]]
}

@test "a manifest tells what changed, by kind, and update takes it over" {
	sed -E '/00[0-4]\.eml\tpass/s/pass/none/' expected.tsv >wrong.tsv
	run -1 --separate-stderr verify --manifest wrong.tsv files
	[[ $stderr == *"none -> pass: "* ]]
	[[ $stderr == *"    files/00/00"* ]]
	run -0 verify --manifest wrong.tsv --update files
	sort expected.tsv | diff - <(sort wrong.tsv)
	run -0 verify --manifest fresh.tsv --update files
	cmp wrong.tsv fresh.tsv
	rm -f wrong.tsv fresh.tsv
}

@test "a manifest that names a message twice is refused; what is not there is a test of TAP that fails" {
	{ cat expected.tsv; head -1 expected.tsv; } >"$BATS_TEST_TMPDIR/twice.tsv"
	run -78 verify --manifest "$BATS_TEST_TMPDIR/twice.tsv" files
	[[ $output == *"is listed twice"* ]]
	printf 'files/gone.eml\tpass\n' | cat expected.tsv - >"$BATS_TEST_TMPDIR/part.tsv"
	run -1 --separate-stderr verify --tap --manifest "$BATS_TEST_TMPDIR/part.tsv" files
	[[ $output == *$'\n'"not ok 301 - files/gone.eml: missing"$'\n'* ]]
	[ "${lines[-1]}" = "1..301" ]
	mkdir "$BATS_TEST_TMPDIR/none"
	run -0 --separate-stderr verify --tap "$BATS_TEST_TMPDIR/none"
	[ "$output" = $'TAP version 13\n1..0' ]
}

@test "a message that the manifest does not know, and one that is not there, are told" {
	grep -v 00007 expected.tsv >part.tsv
	run -1 --separate-stderr verify --manifest part.tsv files
	[[ $stderr == *"not in the manifest: "* ]]
	printf 'files/gone.eml\tpass\n' | cat expected.tsv - >part.tsv
	run -1 --separate-stderr verify --manifest part.tsv files
	[[ $stderr == *"pass -> missing: 1"*"files/gone.eml"* ]]
	rm -f part.tsv
}

@test "a broken manifest names its line" {
	printf 'a\tpass\nb perhaps\n' >"$BATS_TEST_TMPDIR/bad"
	run -78 --separate-stderr verify --manifest "$BATS_TEST_TMPDIR/bad" files
	[[ $stderr == *"line 2: "* ]]
	printf 'a\tperhaps\n' >"$BATS_TEST_TMPDIR/bad"
	run -78 verify --manifest "$BATS_TEST_TMPDIR/bad" files
}

@test "expect wants one verdict of all" {
	run -1 --separate-stderr verify --expect pass files
	[[ $stderr == *"pass -> fail [signature]: "* ]]
	run -0 verify --expect pass files/00/00001.eml
	printf 'Subject: x\n\n' >"$BATS_TEST_TMPDIR/none.eml"
	run -0 verify --expect none "$BATS_TEST_TMPDIR/none.eml"
	run -1 verify --expect pass "$BATS_TEST_TMPDIR/none.eml"
	run -64 verify --expect perhaps files
}

@test "a run that found no message says so: its status 0 is no verdict" {
	mkdir "$BATS_TEST_TMPDIR/none"
	: >"$BATS_TEST_TMPDIR/mbox"
	for option in --json --mbox --files0-from; do
		operand=$BATS_TEST_TMPDIR/none
		[ $option = --json ] || operand=$BATS_TEST_TMPDIR/mbox
		run -0 --separate-stderr arc-verify "$option" "$operand"
		[[ $output == "" && $stderr == "no message" ]]
	done
	run -0 --separate-stderr arc-verify -q "$BATS_TEST_TMPDIR/none"
	[[ $stderr == "" ]]
	run -0 --separate-stderr arc-verify --shard 1/2 "$BATS_TEST_TMPDIR/none"
	[[ $stderr == "" ]]
}

@test "operands: NUL list, --, a name that is not there troubles only itself" {
	find files -name '*1.eml' -print0 | sort -z >"$BATS_TEST_TMPDIR/list"
	verify --files0-from "$BATS_TEST_TMPDIR/list" >"$BATS_TEST_TMPDIR/a" || [ $? -eq 1 ]
	verify --files0-from - <"$BATS_TEST_TMPDIR/list" >"$BATS_TEST_TMPDIR/b" || [ $? -eq 1 ]
	cmp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/a")" -eq 30 ]
	run -66 --separate-stderr verify -- files/00/00001.eml files/gone files/00/00002.eml
	[ "${#lines[@]}" -eq 2 ]
	[[ $stderr == *"'files/gone': No such file"* ]]
}

@test "a list with an empty name has one trouble, however many there are" {
	cd "$BATS_TEST_TMPDIR"
	{ head -c 5000000 /dev/zero; printf '%s\0' "$SAMPLES/pass-one-hop.eml"; head -c 9 /dev/zero; } >list
	run -66 --separate-stderr timeout 20 arc-verify --keys "$SAMPLES/keys" --files0-from list
	[ "$output" = "$SAMPLES/pass-one-hop.eml: pass  i=1 author-provider.example  oldest-pass=0" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == *"the name is empty"* ]]
}

@test "symlink loops, dangling links and unreadable folders trouble one message each" {
	mkdir -p "$BATS_TEST_TMPDIR/d/sub"
	cp files/00/00001.eml "$BATS_TEST_TMPDIR/d/a.eml"
	cp files/00/00002.eml "$BATS_TEST_TMPDIR/d/sub/z.eml"
	ln -s .. "$BATS_TEST_TMPDIR/d/sub/loop"
	ln -s nowhere "$BATS_TEST_TMPDIR/d/dangling"
	run -66 --separate-stderr verify "$BATS_TEST_TMPDIR/d"
	[ "${#lines[@]}" -eq 2 ]
	[[ $stderr == *"dangling': No such file"* ]]
	[[ $stderr == *"loop': Too many levels"* ]]
}

@test "the run's own files and hidden ones are no messages of a walk" {
	cp -r files "$BATS_TEST_TMPDIR/d"
	cp keys expected.tsv "$BATS_TEST_TMPDIR/d"
	echo junk >"$BATS_TEST_TMPDIR/d/.hidden"
	sed -i 's,^files/,,' "$BATS_TEST_TMPDIR/d/expected.tsv"
	cd "$BATS_TEST_TMPDIR/d"
	run -0 --separate-stderr arc-verify --time "$NOW" --keys keys --manifest expected.tsv .
	[[ -z $output && $stderr == "all as expected: "* && $stderr != *$'\n'* ]]
}

@test "TAP is what prove reads, and counts what is not accepted" {
	run -1 verify --tap files
	[ "${lines[0]}" = "TAP version 13" ]
	[ "${lines[-1]}" = "1..300" ]
	local bad
	bad=$(grep -c '^not ok' <<<"$output")
	verify --tap --manifest expected.tsv files >"$BATS_TEST_TMPDIR/good.tap" 2>/dev/null
	run -0 prove "$BATS_TEST_TMPDIR/good.tap"
	[[ $output == *"Tests=300"* ]]
	verify --tap files >"$BATS_TEST_TMPDIR/bad.tap" 2>/dev/null || true
	run ! prove "$BATS_TEST_TMPDIR/bad.tap"
	[[ $output == *"Failed $bad/300"* ]]
}

@test "JUnit XML is well-formed and has a case a message, whatever its name" {
	cp files/00/00001.eml "$BATS_TEST_TMPDIR/<a&\"b'>.eml"
	run -1 verify --junit "$BATS_TEST_TMPDIR/junit.xml" files "$BATS_TEST_TMPDIR/<a&\"b'>.eml"
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/junit.xml" <<-'PY'
	import sys, xml.etree.ElementTree as ET
	root = ET.parse(sys.argv[1]).getroot()
	suite = root.find("testsuite")
	cases = suite.findall("testcase")
	assert root.tag == "testsuites" and len(cases) == 301 == int(suite.get("tests"))
	assert len(suite.findall("testcase/failure")) == int(suite.get("failures")) > 0
	assert any(c.get("name").endswith("<a&\"b'>.eml") for c in cases)
	PY
}

@test "a run that is interrupted prints whole lines and says so" {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	env --default-signal=INT arc-verify --time "$NOW" --keys keys -J 2 files \
		"$BATS_TEST_TMPDIR/pipe" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" &
	local pid=$!
	exec 7>"$BATS_TEST_TMPDIR/pipe"
	kill -INT $pid
	exec 7>&-
	local status=0
	wait $pid || status=$?
	[ "$status" -eq 130 ]
	grep -q 'interrupted after [0-9]* messages' "$BATS_TEST_TMPDIR/err"
	[ "$(grep -vc '^files/.*: \(pass\|fail\|none\)' "$BATS_TEST_TMPDIR/out")" -eq 0 ]
	[ "$(tail -c 1 "$BATS_TEST_TMPDIR/out")" = "" ]
}

@test "GNU parallel drives it with a NUL list" {
	find files -name '*.eml' -print0 | sort -z |
		parallel --will-cite -k -j 2 --pipe -0 --recend '\0' -N 50 \
			arc-verify --time "$NOW" --keys keys --json --files0-from - \
			>"$BATS_TEST_TMPDIR/parallel" || true
	verify --json files >"$BATS_TEST_TMPDIR/whole" || [ $? -eq 1 ]
	cmp "$BATS_TEST_TMPDIR/whole" "$BATS_TEST_TMPDIR/parallel"
	find files -name '*.eml' -print0 | sort -z | xargs -0 -n 70 \
		arc-verify --time "$NOW" --keys keys --json >"$BATS_TEST_TMPDIR/xargs" || true
	cmp "$BATS_TEST_TMPDIR/whole" "$BATS_TEST_TMPDIR/xargs"
}

@test "GNU parallel spreads a corpus over ssh logins" {
	cd "$BATS_TEST_TMPDIR"
	ssh-keygen -q -t ed25519 -N '' -f host
	ssh-keygen -q -t ed25519 -N '' -f login
	local port=$((20000 + RANDOM % 10000)) options
	cat >sshd.conf <<-E
	ListenAddress 127.0.0.1
	Port $port
	HostKey $PWD/host
	PidFile none
	AuthorizedKeysFile $PWD/login.pub
	StrictModes no
	UsePAM no
	E
	[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
	"$(command -v sshd || echo /usr/sbin/sshd)" -D -e -f sshd.conf 2>sshd.log 3>&- &
	local sshd=$!
	options="-p $port -i $PWD/login -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o BatchMode=yes"
	for _ in $(seq 50); do
		# shellcheck disable=SC2086 # words on purpose
		ssh $options 127.0.0.1 true 2>/dev/null && break
		sleep 0.1
	done
	find "$CORPUS/files" -name '*.eml' -print0 | sort -z >list
	local tool
	tool=$(command -v arc-verify)
	parallel --will-cite -k --pipe -0 --recend '\0' -N 60 --ssh "ssh $options" -S 2/127.0.0.1 \
		"$tool" --time "$NOW" --keys "$CORPUS/keys" --json --files0-from - <list >spread || true
	kill $sshd
	wait $sshd || true
	"$tool" --time "$NOW" --keys "$CORPUS/keys" --json --files0-from list >whole || [ $? -eq 1 ]
	cmp whole spread || { cat sshd.log; false; }
}

@test "a manifest without operands names the files that are read, from here or from where it is" {
	run -0 --separate-stderr verify --manifest expected.tsv
	[[ -z $output && $stderr == "all as expected: "* ]]
	cd "$BATS_TEST_TMPDIR"
	run -0 --separate-stderr arc-verify --time "$NOW" --keys "$CORPUS/keys" --manifest "$CORPUS/expected.tsv"
	[[ -z $output && $stderr == "all as expected: "* ]]
	cd "$CORPUS"
	printf 'files/gone.eml\tpass\n' | cat expected.tsv - >gone.tsv
	run -1 --separate-stderr verify --manifest gone.tsv
	[[ $stderr == *"pass -> error [open]: 1"*"files/gone.eml"* ]]
	rm gone.tsv
}

@test "a manifest of an mbox without operands reads that mbox once" {
	verify --mbox --manifest box.tsv --update mbox
	run -0 --separate-stderr verify --mbox --tap --manifest box.tsv
	[ "${lines[-1]}" = "1..300" ]
	run -0 verify --mbox --manifest box.tsv mbox
	rm box.tsv
}

@test "operands that are a part of a manifest are judged alone" {
	run -0 --separate-stderr verify --manifest expected.tsv files/00/00001.eml
	[[ $stderr == "all as expected: 1 "* ]]
	run -0 --separate-stderr verify --tap --manifest expected.tsv files/00/00001.eml files/00/00002.eml
	[ "${lines[-1]}" = "1..2" ]
	# Of a folder that was asked for, what did not come is missing.
	cd "$BATS_TEST_TMPDIR"
	mkdir -p files/one
	cp "$CORPUS/files/00/00001.eml" files/one/
	printf 'files/one/00001.eml\tpass\nfiles/one/gone.eml\tpass\n' | cat "$CORPUS/expected.tsv" - >part.tsv
	run -1 --separate-stderr arc-verify --time "$NOW" --keys "$CORPUS/keys" --manifest part.tsv files/one/
	[[ $stderr == *"pass -> missing: 1"*"files/one/gone.eml"* ]]
}

@test "with an expectation only what differs is printed, 100 of a kind, all with -v" {
	run -1 --separate-stderr verify --expect error files
	[ "$(grep -c ': pass  ' <<<"$output")" = 100 ]
	[[ $stderr == *"error -> pass: "*" more (-v shows all)"* ]]
	run -1 --separate-stderr verify -v --expect error files
	[ "$(grep -c '^files/' <<<"$output")" = 300 ]
	[[ $stderr != *"more (-v"* ]]
}

@test "an expectation of no message at all is missed" {
	mkdir "$BATS_TEST_TMPDIR/none"
	: >"$BATS_TEST_TMPDIR/empty.tsv"
	for args in "--expect pass $BATS_TEST_TMPDIR/none" "--manifest $BATS_TEST_TMPDIR/empty.tsv"; do
		# shellcheck disable=SC2086 # words on purpose
		run -1 --separate-stderr verify $args
		[[ $stderr == *"expected a message, found none"* ]]
	done
	run -0 verify "$BATS_TEST_TMPDIR/none"
}

@test "--include takes files of a walk by name or by path, and a manifest's others are not missing" {
	run -0 --separate-stderr verify --tap --manifest expected.tsv --include '*01.eml' --include 'files/*/*02.eml' files
	local wanted
	wanted=$(cut -f 1 expected.tsv | grep -c '0[12]\.eml$')
	[ "${lines[-1]}" = "1..$wanted" ]
	run -0 arc-dump --include '00001.eml' files
	[ "$(grep -c '^From:' <<<"$output")" = 1 ]
	run arc-dump --field i --keys keys --time "$NOW" files
	[ "$(grep -c 'files/' <<<"$output")" -le 300 ]
}

@test "JUnit has the missing ones, and times" {
	printf 'files/gone.eml\tpass\n' | cat expected.tsv - >gone.tsv
	run -1 verify --junit "$BATS_TEST_TMPDIR/junit.xml" --manifest gone.tsv files
	rm gone.tsv
	grep -q '<testcase classname="arc-verify" name="files/gone.eml" time="0.000">' "$BATS_TEST_TMPDIR/junit.xml"
	grep -q 'message="pass -&gt; missing"' "$BATS_TEST_TMPDIR/junit.xml"
	grep -qE '<testsuite .* tests="301" failures="1" errors="0" time="[0-9]+\.[0-9]{3}">' "$BATS_TEST_TMPDIR/junit.xml"
}

@test "a manifest holds names with TAB, LF, CR, backslash and #, and none of them forges a line" {
	cd "$BATS_TEST_TMPDIR"
	mkdir odd
	for name in $'tab\there' $'x\tpass\ny' $'z.eml\tfail\n' 'back\slash' $'cr\r' '#note' '\n' "plain"; do
		cp "$SAMPLES/pass-one-hop.eml" "odd/$name"
	done
	cd odd
	run -0 arc-verify --keys "$SAMPLES/keys" --manifest ../manifest --update -- *
	cd "$BATS_TEST_TMPDIR"
	[ "$(grep -c . manifest)" -eq 8 ]
	run ! grep -v $'^[^\t]*\tpass$' manifest
	grep -qxF $'x\\tpass\\ny\tpass' manifest
	grep -qxF $'back\\\\slash\tpass' manifest
	cd odd
	run -0 arc-verify --keys "$SAMPLES/keys" --manifest ../manifest -- *
	printf 'a\\xb\tpass\n' >../wrong
	run -78 arc-verify --keys "$SAMPLES/keys" --manifest ../wrong plain
	[[ $output == *"line 1: a backslash"* ]]
	# nor does a name break a line of text, of TAP or of JUnit
	run -0 arc-verify --keys "$SAMPLES/keys" -- *
	[ "${#lines[@]}" -eq 8 ]
	run -0 --separate-stderr arc-verify --keys "$SAMPLES/keys" --tap --expect pass -- *
	[ "$(grep -c '^ok ' <<<"$output")" -eq 8 ]
	run ! grep -vE '^(ok |1\.\.|TAP version |#)' <<<"$output"
	run -0 arc-verify --keys "$SAMPLES/keys" --junit ../junit --expect pass -- *
	/usr/bin/python3 -c 'import xml.dom.minidom; d = xml.dom.minidom.parse("../junit"); assert len(d.getElementsByTagName("testcase")) == 8'
}

# Ten messages of one list, whose footer came after it had sealed in three; two
# signers are wrong, and one chain fails by its shape alone.
list_corpus() {
	forge <<-PY
	import os, arc
	os.makedirs("$1/in")
	box = open("$1/box", "wb")
	records = {}
	for n in range(12):
	    m = Message("text %d\n" % n)
	    m.seal(d="author%d.example" % (n % 4), s="s1", t=1700000000 + 86400 * n)
	    if n < 3:
	        m.seal(d="list.example", s="s1", t=1700000060 + 86400 * n)
	        m.body += b"-- \r\nlist mailing list\r\n"
	    elif n < 10:
	        m.body += b"-- \r\nlist mailing list\r\n"
	        m.seal(d="list.example", s="s1", t=1700000060 + 86400 * n)
	    elif n == 10:
	        m.seal(d="list.example", s="s1", t=1700000060 + 86400 * n)
	        m.drop(AMS, 1)
	    records.update(m.records)
	    open("$1/in/%02d" % n, "wb").write(m.octets())
	    box.write(b"From x@list.example Thu Oct  9 08:53:20 2025\n" + m.lf() + b"\n")
	with open("$1/keys", "w") as f:
	    for name, texts in sorted(records.items()):
	        f.write("".join("%s. TXT %s\n" % (name, arc.quoted(t)) for t in texts))
	PY
}

# rows: what the table of --summary has
rows() {
	sed -n '/^summary: /,$p'
}

@test "--summary counts each cause by hop and domain, most first, with the day of the first" {
	list_corpus "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	run -1 verify --summary in
	[[ $output == *"in/03: pass"*"why: "* ]]
	[ "$(rows <<<"$output" | sed 's/; no later.*//')" = "$(cat <<-'E'
	summary: 12 messages, 4 with a failing chain
	  messages   failing  since       level      cause and who
	         7         0  2023-11-17  proved     body.footer-appended  between i=1 and i=2, most likely list.example
	         3         3  2023-11-14  proved     body.footer-appended  an unknown party after i=2 (sealed by list.example)
	         1         1  2023-11-24  fact       as.field-missing  between i=1 and i=2, most likely list.example
	E
	)" ]
}

@test "--summary is the same with one worker and with eight, of files and of an mbox" {
	list_corpus "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	verify --summary -J 1 in | rows >one || true
	verify --summary -J 8 in | rows | diff one - 
	verify --summary -J 8 --mbox box | rows | diff one -
	[ "$(wc -l <one)" -eq 5 ]
	verify --json --summary -J 1 in >one.json || true
	verify --json --summary -J 8 in | cmp one.json -
	verify --json --summary --mbox box | tail -n 1 | diff <(tail -n 1 one.json) -
}

@test "--summary with --json is one last object, and --merge passes over it" {
	list_corpus "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	verify --json --summary in >lines || true
	[ "$(wc -l <lines)" -eq 13 ]
	run -0 /usr/bin/python3 -c '
import json
lines = [json.loads(x) for x in open("lines")]
assert all("file" in x for x in lines[:-1]) and "file" not in lines[-1]
s = lines[-1]["summary"]
print(lines[-1]["schema"], s["messages"], s["failing"], s["others"])
for c in s["causes"]:
    print(c["cause"], c["code"], c["level"], c["role"], c["domain"], c["after"], c["after_domain"],
          c["before"], c["messages"], c["failing"], c["until"] - c["since"])'
	[ "$output" = "1 12 4 0
body.footer-appended None proved modifier list.example 1 None 2 7 0 $((6 * 86400))
body.footer-appended None proved modifier None 2 list.example None 3 3 $((2 * 86400))
as.field-missing None fact modifier list.example 1 None 2 1 1 0" ]
	run -1 arc-verify --merge lines
	[[ $output == *"8 pass, 4 fail"* ]]
}

@test "--summary counts a failure without a cause by its code, and of one message too" {
	forge <<-PY
	m = Message()
	m.seal(d="d1.example")
	m.body = b"".join(b"nothing of what was there %d\r\n" % n for n in range(90))
	write(m, "$BATS_TEST_TMPDIR/one")
	PY
	cd "$BATS_TEST_TMPDIR"
	run -1 arc-verify --time "$NOW" --keys one.keys --summary one
	[[ $(rows <<<"$output") == "summary: 1 message, 1 with a failing chain"*"indicated  body.changed  an unknown party after i=1 (sealed by d1.example)"* ]]
	# Nothing is found where a verdict has no more to it.
	printf 'From: a@b\n\ntext\n' >none
	run -2 arc-verify --summary none
	[ "$(rows <<<"$output")" = "summary: 1 message, 0 with a failing chain" ]
	run -1 arc-verify -q --time "$NOW" --keys one.keys --summary one
	[ -z "$output" ]
	run -64 arc-verify --summary --tap one
	run -64 arc-verify --summary --merge one
	run -64 arc-verify --summary --annotate one
}

@test "--summary is dated by Date where the signature of the hop does not vouch for its t= (RFC 5322 3.3)" {
	forge <<-PY
	m = Message(header=HEADER.replace("Date: ", "X-Date: ") + "Date: 9 Feb 98 23:30:00 -0100 (x)\n")
	m.seal(d="d1.example")
	m.edit(AS, 1, "t=", "t=9")
	m.edit(AMS, 1, "t=", "t=9")
	write(m, "$BATS_TEST_TMPDIR/one")
	PY
	cd "$BATS_TEST_TMPDIR"
	run -1 arc-verify --time 2000000000 --keys one.keys --json --summary one
	run -0 /usr/bin/python3 -c 'import json, sys; print(json.loads(sys.argv[1])["summary"]["causes"][0]["since"])' "${lines[1]}"
	[ "$output" = "$(date -u -d "1998-02-10 00:30:00" +%s)" ]
}
