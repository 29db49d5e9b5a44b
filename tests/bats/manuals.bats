#!/usr/bin/env bats
# The manuals, --help and the completions say what the tools do.
# SPDX-License-Identifier: BSD-2-Clause
load helper

setup() {
	cd "$ROOT"
}

# The long options that a tool takes: from its table, as compiled.
options() {
	"${CC:-cc}" -E -P -D_GNU_SOURCE -DVERSION='""' -Ilib -Icmd "cmd/$1.c" |
		tr '\n' ' ' | grep -oE '\{ *"[a-z0-9-]+", *[a-z_0-9]+, *(NULL|\(\(void ?\*\)0\)),' |
		sed 's/^{ *"\([^"]*\)".*/--\1/' | sort -u
}


@test "the manuals are clean mdoc" {
	run -0 mandoc -T lint -W warning man/*.[1-9]
	[ -z "$output" ]
}

@test "every tool has its manual, with the sections in their order" {
	for tool in cmd/arc-*.c; do
		tool=$(basename "$tool" .c)
		wanted=(NAME SYNOPSIS DESCRIPTION FILES "EXIT STATUS" EXAMPLES
			"SEE ALSO" STANDARDS CAVEATS)
		sed -n 's/^\.Sh //p' "man/$tool.1" | grep -vx ENVIRONMENT |
			diff -u <(printf '%s\n' "${wanted[@]}") -
	done
}

@test "a tool takes the long options that its manual and --help name, and no others" {
	for tool in cmd/arc-*.c; do
		tool=$(basename "$tool" .c)
		options "$tool" >"$BATS_TEST_TMPDIR/taken"
		[ -s "$BATS_TEST_TMPDIR/taken" ]
		sed -n 's/^\.It Fl .*Fl -\([a-z0-9-]*\).*/--\1/p; s/^\.It Fl -\([a-z0-9-]*\).*/--\1/p' \
			"man/$tool.1" | sort >"$BATS_TEST_TMPDIR/manual"
		diff -u "$BATS_TEST_TMPDIR/taken" "$BATS_TEST_TMPDIR/manual"
		"$tool" --help | grep -oE '^ +(-[A-Za-z], )?--[a-z0-9-]+' |
			grep -oE -- '--.*' | sort >"$BATS_TEST_TMPDIR/help"
		diff -u "$BATS_TEST_TMPDIR/taken" "$BATS_TEST_TMPDIR/help"
	done
}

@test "short options of the manual are those of --help" {
	for tool in cmd/arc-*.c; do
		tool=$(basename "$tool" .c)
		"$tool" --help | sed -n 's/^ *\(-[A-Za-z]\), .*/\1/p' | sort >"$BATS_TEST_TMPDIR/help"
		sed -n 's/^\.It Fl \([A-Za-z]\) .*/-\1/p' "man/$tool.1" | sort |
			diff -u "$BATS_TEST_TMPDIR/help" -
	done
}

@test "arc-tools(7) lists every code and remark with its clause" {
	cp man/arc-tools.7 "$BATS_TEST_TMPDIR/anew"
	tests/manual-tables "$BATS_TEST_TMPDIR/anew"
	diff -u man/arc-tools.7 "$BATS_TEST_TMPDIR/anew"
}

@test "every example command of the manuals runs" {
	for tool in cmd/arc-*.c; do
		tool=$(basename "$tool" .c)
		sed -n 's/^\.Dl \$ //p' "man/$tool.1" >"$BATS_TEST_TMPDIR/commands"
		[ -s "$BATS_TEST_TMPDIR/commands" ]
		while IFS= read -r command; do
			status=0
			bash -c "$command" >"$BATS_TEST_TMPDIR/out" 2>&1 </dev/null || status=$?
			[ "$status" -lt 64 ] || {
				echo "$tool(1): $command: exit status $status"
				cat "$BATS_TEST_TMPDIR/out"
				false
			}
		done <"$BATS_TEST_TMPDIR/commands"
	done
}

@test "what README's examples print is what they say" {
	for readme in README.md README.ja.md; do
		awk '/^```console$/ { on = 1; next } /^```$/ { on = 0 } on' $readme >"$BATS_TEST_TMPDIR/said"
		[ "$(grep -c '^\$ ' "$BATS_TEST_TMPDIR/said")" -ge 4 ]
		grep '^\$ ' "$BATS_TEST_TMPDIR/said" | while IFS= read -r line; do
			printf '%s\n' "$line"
			bash -c "${line#"$ "}" || true
		done >"$BATS_TEST_TMPDIR/found"
		diff "$BATS_TEST_TMPDIR/said" "$BATS_TEST_TMPDIR/found"
	done
}

@test "README is at most 160 lines, and its Japanese has the same headings, tables and commands" {
	[ "$(wc -l <README.md)" -le 160 ]
	[ "$(grep -c '^#' README.md)" = "$(grep -c '^#' README.ja.md)" ]
	[ "$(grep -c '^| ' README.md)" = "$(grep -c '^| ' README.ja.md)" ]
	for fence in console sh; do
		diff <(awk -v f='```'"$fence" '$0 == f { on = 1; next } /^```$/ { on = 0 } on' README.md) \
			<(awk -v f='```'"$fence" '$0 == f { on = 1; next } /^```$/ { on = 0 } on' README.ja.md)
	done
}

@test "the manual names the reply codes of RFC 8617 10.4" {
	grep -q '550 5\.7\.29' "$ROOT/man/arc-verify.1"
	grep -q '550 5\.7\.26' "$ROOT/man/arc-verify.1"
}
