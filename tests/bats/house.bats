#!/usr/bin/env bats
# The house: what make builds, installs and records.
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=plain
load helper

# What is built here is the ordinary build, whatever build is being tested.
plain_make() {
	env -i PATH="$PATH" make --no-print-directory "$@"
}

# Copy what is built from to a directory, and go there.
copy_to() {
	mkdir -p "$1"
	cp -R "$ROOT"/{Makefile,NEWS,cmd,lib,man,completions} "$1"
	cd "$1"
}

setup_file() {
	export HERE=$BATS_FILE_TMPDIR/here
	cd "$BATS_TEST_DIRNAME/../.."
	# What "make" built just now is the ordinary build, or most of it: make
	# looks whether it has these flags.
	mkdir "$HERE"
	if [ -d build/obj ]; then
		cp -a build/{obj,flags,link,libarc.a} build/arc-* "$HERE"
	fi
	plain_make -s -j2 B="$HERE" all
}

@test "every tool is position-independent, with its GOT read-only before it starts" {
	for tool in "$HERE"/arc-*; do
		run -0 readelf -hld --wide "$tool"
		[[ $output == *"DYN (Position-Independent Executable file)"* ]]
		[[ $output == *GNU_RELRO* ]]
		[[ $output == *BIND_NOW* ]]
		[[ $output != *TEXTREL* ]]
		[[ $output =~ GNU_STACK[^R]*RW\  ]]
	done
}

@test "every tool checks its stack and the lengths that libc is given" {
	for tool in "$HERE"/arc-*; do
		run -0 readelf --dyn-syms --wide "$tool"
		[[ $output == *__stack_chk_fail* ]]
		[[ $output == *_chk@GLIBC* ]]
	done
}

@test "on x86 every object says that its indirect branches land on marks" {
	case $(cc -dumpmachine) in x86_64-*) ;; *) return 0 ;; esac
	# The objects, as the C library's own start files do not say it.
	objects=("$HERE"/obj/cmd/*.o "$HERE"/obj/lib/*/*.o)
	run -0 readelf --notes "${objects[@]}"
	[ "${#objects[@]}" -gt 150 ]
	[ "$(grep -c "IBT, SHSTK" <<<"$output")" = "${#objects[@]}" ]
}

# elsewhere TARGET...: built in another directory, at another time, by no cache
elsewhere() {
	copy_to "$BATS_TEST_TMPDIR/another/place"
	find . -exec touch -d 2001-02-03 {} +
	(umask 077 && env -i PATH="$PATH" CCACHE_DISABLE=1 SOURCE_DATE_EPOCH=86400 TZ=Asia/Tokyo LC_ALL=C make -s -j2 "$@")
}

@test "a folder of the library and a tool compile to the same octets in another directory, at another time" {
	objects=("$ROOT"/lib/base/*.c "$ROOT"/cmd/arc-verify.c)
	objects=("${objects[@]/#"$ROOT"/obj}")
	objects=("${objects[@]/%.c/.o}")
	elsewhere "${objects[@]/#/build/}"
	for object in "${objects[@]}"; do
		cmp "build/$object" "$HERE/$object"
	done
}

# bats test_tags=deep
@test "the same sources give the same octets in another directory, at another time" {
	elsewhere all
	for tool in build/arc-*; do
		cmp "$tool" "$HERE/${tool#build/}"
	done
}

@test "a header that changes rebuilds what includes it, and nothing else" {
	objects=(build/obj/lib/base/slice.o build/obj/lib/arc/validate.o)
	copy_to "$BATS_TEST_TMPDIR/copy"
	plain_make -s "${objects[@]}"
	run -0 plain_make V=1 "${objects[@]}"
	[[ $output != *" -c -o "* ]]
	touch lib/arc/validate.h
	run -0 plain_make V=1 "${objects[@]}"
	[[ $output == *"-c -o build/obj/lib/arc/validate.o"* ]]
	[[ $output != *"-c -o build/obj/lib/base/slice.o"* ]]
}

@test "another compiler, flag or version rebuilds" {
	copy_to "$BATS_TEST_TMPDIR/copy"
	for change in CC=gcc CFLAGS=-O1 VERSION=9.9 CPPFLAGS=-DX CI=1; do
		plain_make -s build/obj/lib/base/slice.o
		run -0 plain_make V=1 "$change" build/obj/lib/base/slice.o
		[[ $output == *"-c -o build/obj/lib/base/slice.o"* ]]
	done
}

# A build of one's own with these variables; its objects are the default
# build's, as far as they are the same.
build_with() {
	choice=$BATS_TEST_TMPDIR/choice
	cp -a "$HERE" "$choice"
	cd "$ROOT"
	run -0 plain_make -j2 B="$choice" "$@" all \
		"$choice"/unit-{primitive,digest,key,signature,vectors}
	for program in "$choice"/unit-*; do
		run -0 "$program"
	done
}

# What the tools of a directory say to all samples.
all_output() {
	cd "$SAMPLES"
	"$1/arc-verify" --json --why --time 1767225600 --keys keys ./*.eml
	"$1/arc-dump" --time 1767225600 --keys keys ./*.eml
	for f in *.eml; do
		for key in rsa2048-b ed25519-a; do
			"$1/arc-sign" --time 1767225600 --keys keys \
				-d lists.example -s arc --ar none \
				-k "$ROOT/tests/keys/$key.pem" "$f"
		done
	done
	"$1/arc-verify" --json --keys corpus/keys corpus/files
}

# same_output: the build of build_with() does what the default does, octet by
# octet.
same_output() {
	wanted=$BATS_FILE_TMPDIR/wanted
	if [ ! -e "$wanted" ]; then
		all_output "$HERE" >"$BATS_TEST_TMPDIR/wanted" 2>&1 || true
		mv "$BATS_TEST_TMPDIR/wanted" "$wanted"
	fi
	all_output "$choice" >"$BATS_TEST_TMPDIR/found" 2>&1 || true
	[ "$(grep -c '"arc":"' "$wanted")" -gt 100 ]
	[ "$(grep -c "^ARC-Seal:" "$wanted")" -gt 40 ]
	cmp "$wanted" "$BATS_TEST_TMPDIR/found"
}

@test "STATIC_CRYPTO=1 needs no libcrypto at run time and does the same" {
	build_with STATIC_CRYPTO=1
	run -0 readelf -d "$choice/arc-verify"
	[[ $output != *libcrypto* ]]
	[[ $output == *BIND_NOW* && $output == *PIE* ]]
	same_output
}

@test "EVP=1 calls no function that OpenSSL deprecates and does the same" {
	build_with EVP=1
	run -0 readelf --dyn-syms --wide "$choice/arc-verify"
	[[ $output == *EVP_DigestUpdate* && $output != *SHA256_Update* ]]
	same_output
}

@test "make is quiet: a line a file, nothing with -s, commands with V=1" {
	copy_to "$BATS_TEST_TMPDIR/copy"
	run -0 plain_make build/obj/lib/base/slice.o
	[ "$output" = "  CC   lib/base/slice.c" ]
	rm build/obj/lib/base/slice.o
	run -0 plain_make -s build/obj/lib/base/slice.o
	[ -z "$output" ]
}

@test "the version is the newest of NEWS, and Debian's changelog has it" {
	version=$(sed -n '/^## /{s///;s/[ ,].*//;p;q}' "$ROOT/NEWS")
	[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]
	run -0 head -n 1 "$ROOT/debian/changelog"
	[[ $output == "arc-tools ($version-"[1-9]*") "* ]]
	for tool in "$HERE"/arc-*; do
		run -0 "$tool" --version
		[ "$output" = "${tool##*/} (arc-tools) $version" ]
	done
}

@test "make install puts everything below DESTDIR and PREFIX, and uninstall takes it away" {
	cd "$ROOT"
	where=$BATS_TEST_TMPDIR/a\ place
	plain_make -s B="$HERE" DESTDIR="$where" PREFIX=/opt/arc install
	run -0 sh -c 'cd "$1" && find . ! -type d | sort' sh "$where"
	same installed - <<-END
		./opt/arc/bin/arc-dump
		./opt/arc/bin/arc-sign
		./opt/arc/bin/arc-verify
		./opt/arc/share/arc-tools/arc-tools.schema.json
		./opt/arc/share/bash-completion/completions/arc-dump
		./opt/arc/share/bash-completion/completions/arc-sign
		./opt/arc/share/bash-completion/completions/arc-verify
		./opt/arc/share/fish/vendor_completions.d/arc-dump.fish
		./opt/arc/share/fish/vendor_completions.d/arc-sign.fish
		./opt/arc/share/fish/vendor_completions.d/arc-verify.fish
		./opt/arc/share/man/man1/arc-dump.1
		./opt/arc/share/man/man1/arc-sign.1
		./opt/arc/share/man/man1/arc-verify.1
		./opt/arc/share/man/man7/arc-tools.7
		./opt/arc/share/zsh/site-functions/_arc-tools
	END
	"$where/opt/arc/bin/arc-verify" --version
	plain_make -s B="$HERE" DESTDIR="$where" PREFIX=/opt/arc uninstall
	run -0 find "$where" ! -type d
	[ -z "$output" ]
}

# A machine with these packages, where apt-get writes down what it is asked.
machine() {
	bin=$BATS_TEST_TMPDIR/bin
	mkdir -p "$bin"
	printf '#!/bin/sh\nprintf "installed %%s\\n" %s\n' "$*" >"$bin/dpkg-query"
	printf '#!/bin/sh\necho "$@" >>%q\n' "$BATS_TEST_TMPDIR/asked" >"$bin/apt-get"
	printf '#!/bin/sh\necho %s\n' "$user" >"$bin/id"
	chmod +x "$bin"/*
	: >"$BATS_TEST_TMPDIR/asked"
}

@test "set-up asks for the packages of a section that are missing, and for no others" {
	user=0
	machine gcc libc6-dev libidn2-dev:amd64 libldns-dev make zip
	PATH=$bin:$PATH run -0 "$ROOT/tests/setup" build
	[ "$output" = "installing: libssl-dev " ]
	grep -q -- 'install libssl-dev$' "$BATS_TEST_TMPDIR/asked"
}

@test "set-up asks for nothing where everything is there" {
	# shellcheck disable=SC2046 # words on purpose
	user=0
	machine $(sed -n 's/^\([a-z0-9][^ =|]*\).*/\1/p' "$ROOT/tests/packages.txt")
	PATH=$bin:$PATH run -0 "$ROOT/tests/setup"
	[ -z "$output" ]
	[ ! -s "$BATS_TEST_TMPDIR/asked" ]
}

@test "of packages with another name in another Debian, set-up asks for the one that is there, once" {
	user=0
	printf '[x]\nlibold1|libnew2 # reason\n' >"$BATS_TEST_TMPDIR/packages.txt"
	cp "$ROOT/tests/setup" "$BATS_TEST_TMPDIR"
	machine make
	printf '#!/bin/sh\n[ "$2" = libnew2 ]\n' >"$bin/apt-cache"
	chmod +x "$bin/apt-cache"
	PATH=$bin:$PATH run -0 "$BATS_TEST_TMPDIR/setup" x
	grep -q -- 'install libnew2$' "$BATS_TEST_TMPDIR/asked"
	machine libnew2
	PATH=$bin:$PATH run -0 "$BATS_TEST_TMPDIR/setup" x
	[ ! -s "$BATS_TEST_TMPDIR/asked" ]
}

@test "set-up without rights says what to install" {
	user=1000
	machine make
	for command in sh dirname awk sort mktemp sed rm tr; do
		ln -s "$(command -v "$command")" "$bin/"
	done
	PATH=$bin run -1 "$ROOT/tests/setup" build
	[[ $output == *"as root: apt-get install gcc "* ]]
}

@test "packages.txt is sorted within its sections, with a reason for each" {
	run -0 awk '
		/^#/ || /^$/ { next }
		/^\[/ { last = ""; next }
		$1 <= last || !/^[a-z0-9][a-z0-9.+=|-]+ +# .+/ { print "line " NR ": " $0 }
		{ last = $1 }' "$ROOT/tests/packages.txt"
	[ -z "$output" ]
}

# The folders of lib/, bottom up, as HACKING.md lists them.
folders() {
	awk -F '`' '/^\| folder/ { on = 1 } on && /^$/ { exit } on && /`/ { sub("/", "", $2); print $2 }' \
		"$ROOT/HACKING.md"
}

@test "HACKING.md's map names every directory and every module, and nothing that is not there" {
	cd "$ROOT"
	diff -u <(cd lib && printf '%s\n' */ | tr -d / | sort) <(folders | sort)
	diff -u <(find lib -name '*.h' | sed 's,lib/,,; s/[.]h$//' | sort) \
		<(awk -F '`' '/^\| module/ { on = 1 } on && /^$/ { exit } on && /`/ { print $2 }' HACKING.md | sort)
	for dir in cmd lib man completions tests/bats tests/unit tests/fuzz; do
		[ -d "$dir" ]
		grep -q "^| \`$dir/\`" HACKING.md
	done
}

@test "no include goes up: a folder uses only itself and those above it in HACKING.md" {
	cd "$ROOT"
	order=" $(folders | tr '\n' ' ')"
	run -0 awk -v order="$order" -F '[/"]' '/^#include "/ {
		if (split(FILENAME, at, "/") != 3 || !index(order, " " $2 " ") ||
		    index(order, " " $2 " ") > index(order, " " at[2] " "))
			print FILENAME ": " $0 }' lib/*/*.[ch]
	[ -z "$output" ] || { echo "$output"; false; }
}

@test "a header declares what a file of its own name defines, or what its folder does" {
	/usr/bin/python3 - "$ROOT/lib" "$HERE/obj/lib" <<-'PY'
	import glob, re, subprocess, sys
	lib, objects = sys.argv[1:]
	defined, seen = {}, 0
	for line in subprocess.run(["nm", "-PA", *glob.glob(objects + "/*/*.o")], capture_output=True, text=True, check=True).stdout.splitlines():
	    f, symbol = line.split(": ", 1)
	    name, kind = symbol.split()[:2]
	    if kind in "TDRB":
	        defined[name] = f[len(objects) + 1:-2]
	for f in sorted(glob.glob(lib + "/*/*.h")):
	    folder, stem = f[len(lib) + 1:-2].split("/")
	    text = re.sub(r"/\*.*?\*/", "", open(f, encoding="utf-8").read(), flags=re.S)
	    for name in re.findall(r"\b([a-z][a-z_0-9]+)\s*\(", text):
	        if name not in defined:
	            continue
	        seen += 1
	        at, file = defined[name].split("/")
	        assert at == folder and (file.startswith(stem) or stem == folder), (f, name, defined[name])
	assert seen > 500, seen
	PY
}

@test "no circles: files of the library call each other in one direction" {
	/usr/bin/python3 - "$HERE/obj/lib" <<-'PY'
	import collections, glob, subprocess, sys
	defined, calls = {}, collections.defaultdict(set)
	files = sorted(glob.glob(sys.argv[1] + "/*/*.o"))
	symbols = collections.defaultdict(list)
	for line in subprocess.run(["nm", "-PA", *files], capture_output=True, text=True, check=True).stdout.splitlines():
	    f, symbol = line.split(": ", 1)
	    symbols[f].append(symbol.split()[:2])
	for f in files:
	    defined.update((name, f) for name, kind in symbols[f] if kind in "TDRB")
	for f in files:
	    calls[f] = {defined[name] for name, kind in symbols[f] if kind == "U" and name in defined} - {f}
	assert sum(map(len, calls.values())) > 500
	def reached(f):
	    seen, todo = set(), [f]
	    while todo:
	        todo += [g for g in calls[todo.pop()] if g not in seen and not seen.add(g)]
	    return seen
	circles = {f[len(sys.argv[1]) + 1:-2] for f in files if f in reached(f)}
	# explain() explains a message with its encoded words written out, too
	assert circles <= {"why/why", "why/encoded"}, sorted(circles)
	PY
}

@test "CONFORMANCE.md names a test for every item, and every test that it names is there" {
	/usr/bin/python3 - "$ROOT" <<-'PY'
	import glob, os, re, sys
	os.chdir(sys.argv[1])
	there = {(os.path.basename(f)[:-5], n) for f in glob.glob("tests/bats/*.bats")
	         for n in re.findall(r'^@test "(.*)" \{$', open(f, encoding="utf-8").read(), re.M)}
	item, tests, wrong = None, {}, []
	for line in open("CONFORMANCE.md", encoding="utf-8"):
	    found = re.match(r"\*\*([A-Z0-9]+-\d+)\*\* \((MUST|SHOULD|choice)", line)
	    if found:
	        item = found[1]
	        wrong += [item + " stands there twice"] if item in tests else []
	        tests[item] = 0
	    named = re.match(r"- `([a-z-]+)` (.*)\n", line)
	    if named:
	        tests[item] += 1
	        wrong += [] if named.groups() in there else ["%s: no test %s: %s" % (item, *named.groups())]
	    row = re.match(r"\| 15\.\d+ \|.*\| (\S+) \|$", line)
	    wrong += ["no item " + row[1]] if row and row[1] not in tests else []
	for letter, last in zip("ITSRALCKVOGDZB", (11, 11, 12, 2, 16, 6, 11, 20, 8, 6, 15, 3, 2, 9)):
	    wrong += ["no " + i for i in ("%s-%d" % (letter, k) for k in range(1, last + 1)) if i not in tests]
	wrong += [i + " has no test" for i in tests if not tests[i]]
	print("\n".join(wrong))
	assert not wrong
	PY
}

@test "item numbers stand in CONFORMANCE.md alone" {
	cd "$ROOT"
	run -1 grep -nE '(^|[^A-Za-z0-9_.+/-])([ITSRALKVOGDZB]-[0-9]{1,2}|C-[0-9]+|\(15\.[0-9]+\))($|[^0-9A-Za-z-])' \
		-r lib cmd tests/unit tests/fuzz/*.c tests/bats --include=*.[ch] --include=*.bats
}

@test "only lib/others has an opinion of its own of a signature" {
	run -0 sh -c "cd '$ROOT' && grep -rlE 'second_opinion|bare[.]h|[>.]second = ' lib cmd | sort | tr '\\n' ' '"
	[ "$output" = "lib/crypto/bare.c lib/crypto/bare.h lib/dkim/sigcheck.c lib/dkim/sigcheck.h lib/others/keyreading.c lib/others/others.c " ]
}
