#!/usr/bin/env bats
# The library as other programs have it: from the installed files alone.
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup_file() {
	local sanitize=
	case $B in
	"$ROOT/build") export MADE="B=build" ;;
	"$ROOT/build-san") export MADE="SAN=1" && sanitize=-fsanitize=address,undefined ;;
	*) return 0 ;;
	esac
	export PLACE=$BATS_FILE_TMPDIR/place
	export LIB=$PLACE/opt/arc/lib INCLUDE=$PLACE/opt/arc/include
	make --no-print-directory -C "$BATS_TEST_DIRNAME/../.." -s "$MADE" \
		DESTDIR="$PLACE" PREFIX=/opt/arc install-lib
	# What is compiled has no path to the sources.
	mkdir "$BATS_FILE_TMPDIR/elsewhere"
	cp "$BATS_TEST_DIRNAME/../../samples/embed/verify.c" "$BATS_FILE_TMPDIR/elsewhere/"
	cd "$BATS_FILE_TMPDIR/elsewhere"
	linked=$(PKG_CONFIG_PATH=$LIB/pkgconfig PKG_CONFIG_SYSROOT_DIR=$PLACE \
		pkg-config --cflags --libs --static arc)
	# shellcheck disable=SC2086 # words on purpose
	"${CC:-cc}" -std=c11 -Wall -Wextra -Werror $sanitize verify.c $linked -o verify
	export VERIFY=$PWD/verify
}

setup() {
	[ -n "${PLACE:-}" ] || skip "other programs have the ordinary build, or one with sanitizers"
}

@test "make install-lib installs the library, its header, arc.pc and arc(3), and uninstall-lib takes them away" {
	run -0 sh -c 'cd "$1" && find . ! -type d | sort' sh "$PLACE"
	same installed - <<-END
		./opt/arc/include/arc.h
		./opt/arc/lib/libarc.a
		./opt/arc/lib/pkgconfig/arc.pc
		./opt/arc/share/man/man3/arc.3
	END
	cp -R "$PLACE" "$BATS_TEST_TMPDIR/copy"
	make -s -C "$ROOT" "$MADE" DESTDIR="$BATS_TEST_TMPDIR/copy" PREFIX=/opt/arc uninstall-lib
	run -0 find "$BATS_TEST_TMPDIR/copy" ! -type d
	[ -z "$output" ]
}

@test "the names that the library gives to others are those of arc.h, and each begins with arc_" {
	run -0 sh -c 'nm -g --defined-only "$1" | sed -n "s/.* //p" | grep -v : | sort' sh "$LIB/libarc.a"
	[[ $output == *arc_verify* ]]
	same names <(grep -oE '\barc_[a-z_]+\(' "$INCLUDE/arc.h" | tr -d '(' | sort -u)
	run -1 grep -v '^arc_' <<<"$output"
}

@test "arc.h needs nothing else, compiles as C++ and as C99, and includes no header of ours" {
	printf '#include <arc.h>\n' | "${CC:-cc}" -std=c99 -pedantic -Wall -Werror -I"$INCLUDE" -fsyntax-only -x c -
	printf '#include <arc.h>\n' >"$BATS_TEST_TMPDIR/t.cc"
	if command -v c++ >/dev/null; then
		c++ -Wall -Werror -I"$INCLUDE" -fsyntax-only "$BATS_TEST_TMPDIR/t.cc"
	fi
	run -1 grep '#include "' "$INCLUDE/arc.h"
}

@test "the sample has at most 60 lines and gives arc-verify's verdict on every message of samples/" {
	[ "$(wc -l <"$ROOT/samples/embed/verify.c")" -le 60 ]
	cd "$SAMPLES"
	count=0
	for f in *.eml; do
		# By the clock, as the sample has it.
		wanted=$(arc-verify --keys keys "$f" 2>/dev/null) || true
		run "$VERIFY" "$f" keys
		[ "${output%% *}" = "${wanted%% *}" ]
		code=${wanted##*[}
		[[ $wanted != *"  ["*"]" || $output == *" ${code%]}" ]]
		count=$((count + 1))
	done
	[ "$count" -gt 20 ]
}

@test "the sample names each sealing domain, newest first" {
	run -0 "$VERIFY" "$SAMPLES/pass-three-hops.eml" "$SAMPLES/keys"
	[[ $output =~ ^pass\ i=3\ [a-z.-]+\ i=2\ [a-z.-]+\ i=1\ [a-z.-]+$ ]]
}

@test "trouble is a number of sysexits.h and a sentence" {
	run -66 "$VERIFY" "$SAMPLES/pass-one-hop.eml" "$BATS_TEST_TMPDIR/missing"
	[[ $output == *"No such file"* ]]
	echo 'x TXT' >"$BATS_TEST_TMPDIR/bad"
	run -78 "$VERIFY" "$SAMPLES/pass-one-hop.eml" "$BATS_TEST_TMPDIR/bad"
	[[ $output == *line* ]]
	echo 'not a message' >"$BATS_TEST_TMPDIR/none"
	run -65 "$VERIFY" "$BATS_TEST_TMPDIR/none" "$SAMPLES/keys"
}
