#!/usr/bin/env bats
# Completions, in the three shells themselves.
# SPDX-License-Identifier: BSD-2-Clause
load helper

# The long options that each tool takes: from its table, as compiled; as
# "--name 1" with an argument, "--name 0" without.
setup_file() {
	cd "$BATS_TEST_DIRNAME/../.."
	for tool in arc-verify arc-sign arc-dump; do
		table "$tool" >"$BATS_FILE_TMPDIR/$tool"
	done
}

setup() {
	cd "$ROOT"
}

table() {
	"${CC:-cc}" -E -P -D_GNU_SOURCE -DVERSION='""' -Ilib -Icmd "cmd/$1.c" |
		tr '\n' ' ' | grep -oE '\{ *"[a-z0-9-]+", *[a-z_0-9]+, *(NULL|\(\(void ?\*\)0\)),' |
		sed 's/^{ *"\([^"]*\)", *\([^,]*\),.*/--\1 \2/; s/no_argument/0/; s/required_argument/1/' | sort -u
}

options() {
	cat "$BATS_FILE_TMPDIR/$1"
}

# rows: the table without its comments
rows() {
	grep -v '^#' completions/values.tsv
}

@test "the scripts are what completions/generate makes of the table" {
	completions/generate "$BATS_TEST_TMPDIR"
	for script in arc-tools.bash _arc-tools arc-tools.fish; do
		diff -u "completions/$script" "$BATS_TEST_TMPDIR/$script"
	done
}

@test "the table has every option that takes a value, with its short form, and no other" {
	for tool in arc-verify arc-sign arc-dump; do
		options "$tool" | sed -n 's/ 1$//p'
	done | sort -u >"$BATS_TEST_TMPDIR/taken"
	rows | cut -f 1 | sort | diff -u "$BATS_TEST_TMPDIR/taken" -
	for tool in arc-verify arc-sign arc-dump; do
		"$tool" --help | sed -n 's/^ *\(-[A-Za-z]\), \(--[a-z0-9-]*\) [^ ].*/\2 \1/p'
	done | sort -u >"$BATS_TEST_TMPDIR/short"
	rows | awk -F '\t' '$2 != "-" { print $1, $2 }' | sort |
		diff -u <(grep -Fwf <(rows | cut -f 1) "$BATS_TEST_TMPDIR/short") -
}

@test "every word of the table is one that the tool takes" {
	rows | while IFS=$'\t' read -r option _ kind words; do
		[[ $kind == words || $kind == list: ]] || continue
		for tool in arc-verify arc-sign arc-dump; do
			options "$tool" | grep -qx -- "$option 1" || continue
			for word in $words; do
				[[ $word == *[=:] ]] && word=${word}1
				[[ $word == signatures=1 ]] && word=signatures=120
				"$tool" "$option" "$word" --version >/dev/null || {
					echo "$tool $option $word"
					false
				}
			done
		done
	done
	# the limits that can be set, as --limit list has them
	diff -u <(arc-verify --limit list | grep -v '(fixed)$' | sed 's/ .*/=/' | sort) \
		<(rows | awk -F '\t' '$1 == "--limit" { print $4 }' | tr ' ' '\n' | grep '=' | sort)
}

# Lines, and what each becomes when TAB is pressed at its end.
lines() {
	cat <<-'END'
		arc-verify --no-old	<arc-verify><--no-oldest-pass>
		arc-sign --new	<arc-sign><--new-key>
		arc-dump --key-	<arc-dump><--key-audit>
		arc-verify --color al	<arc-verify><--color><always>
		arc-verify --color=al	<arc-verify><--color=always>
		arc-verify --accept pass:no	<arc-verify><--accept><pass:none>
		arc-verify --accept=pass:no	<arc-verify><--accept=pass:none>
		arc-verify -A pass:fail:te	<arc-verify><-A><pass:fail:tempfail>
		arc-verify -A dkim=n	<arc-verify><-A><dkim=none>
		arc-verify --check arc:dm	<arc-verify><--check><arc:dmarc>
		arc-sign -a e	<arc-sign><-a><ed25519-sha256>
		arc-sign -c relaxed/s	<arc-sign><-c><relaxed/simple>
		arc-sign -H From:List-P	<arc-sign><-H><From:List-Post>
		arc-sign --on-error p	<arc-sign><--on-error><pass>
		arc-dump --field d,cv,am	<arc-dump><--field><d,cv,ams.>
		arc-dump --canon b	<arc-dump><--canon><body:>
		arc-verify --limit h	<arc-verify><--limit><header=>
		arc-verify --keys samples/ke	<arc-verify><--keys><samples/keys>
		arc-verify --keys=samples/ke	<arc-verify><--keys=samples/keys>
		arc-sign -k samples/ke	<arc-sign><-k><samples/keys>
		arc-verify samples/pass-one	<arc-verify><samples/pass-one-hop.eml>
	END
}

in_shell() {
	lines | cut -f 1 | tests/tools/completed "$1" >"$BATS_TEST_TMPDIR/found"
	lines | cut -f 2 | diff -u - "$BATS_TEST_TMPDIR/found"
}

@test "bash completes options, values, lists and files at its prompt" {
	in_shell bash
}

@test "bash completes where it does not divide words at colons or equals signs" {
	# shellcheck source=completions/arc-tools.bash
	source completions/arc-tools.bash
	COMP_WORDBREAKS=$' \t\n'
	COMP_LINE='arc-verify --accept=pass:no' COMP_POINT=27
	_arc_tools arc-verify '' ''
	[ "${COMPREPLY[*]}" = --accept=pass:none ]
}

@test "zsh completes the same" {
	in_shell zsh
}

@test "fish completes the same" {
	lines | while IFS=$'\t' read -r line wanted; do
		found=$(fish --no-config -c 'source completions/arc-tools.fish; complete -C $argv[1]' "$line" |
			cut -f 1)
		# one word, or several that begin alike
		case $wanted in
		*"ams.>") [[ $found == d,cv,ams.a*d,cv,ams.x ]] ;;
		*"<$found>") ;;
		*)
			printf '%s: %s\n' "$line" "$found"
			false
			;;
		esac
	done
}

@test "every shell offers every long option of a tool" {
	for tool in arc-verify arc-sign arc-dump; do
		options "$tool" | cut -d ' ' -f 1 >"$BATS_TEST_TMPDIR/all"
		fish --no-config -c 'source completions/arc-tools.fish; complete -C $argv[1]' "$tool --" |
			cut -f 1 | sort | diff -u "$BATS_TEST_TMPDIR/all" -
		bash -c 'source completions/arc-tools.bash; COMP_LINE="$1 --" COMP_POINT=$((${#1} + 3))
			_arc_tools "$1" -- "$1"; printf "%s\n" "${COMPREPLY[@]}"' - "$tool" |
			sort | diff -u "$BATS_TEST_TMPDIR/all" -
		grep -v -- '--help\|--version' "$BATS_TEST_TMPDIR/all" >"$BATS_TEST_TMPDIR/most"
		sed "s/^/$tool /" "$BATS_TEST_TMPDIR/most" | tests/tools/completed zsh |
			sed 's/^<[^>]*><\(.*\)>$/\1/' | diff -u "$BATS_TEST_TMPDIR/most" -
	done
}
