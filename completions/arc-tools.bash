# shellcheck shell=bash
# Bash completion for arc-verify, arc-sign and arc-dump.  The options are those
# that --help prints; only what some of them take is told here.
# SPDX-License-Identifier: BSD-2-Clause
_arc_tools() {
	local word=$2 before=$3 words=

	case $before in
	--color) words='auto always never' ;;
	--dnssec) words='show require' ;;
	-A | --accept) words='pass none fail tempfail' ;;
	--cv) words='auto ar none pass fail' ;;
	--format) words='ar dmarc' ;;
	--on-error) words='pass fail' ;;
	-a | --algorithm) words='rsa-sha256 ed25519-sha256' ;;
	--expect) words='pass fail none tempfail error' ;;
	--limit) words='list header= field= fields= message= signatures=' ;;
	-J | --jobs | --shard | --remote-ip | --clock-skew | --dns-timeout | --min-rsa-bits | --resolver | --time) return ;;
	*)
		if [[ $word == -* ]]; then
			words=$("$1" --help | sed -n \
				's/^ *\(-[A-Za-z]\), /\1 /; s/^ *\(\(-[A-Za-z] \)\?--[a-z0-9-]*\).*/\1/p')
		fi
		;;
	esac
	if [ -n "$words" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}
complete -o filenames -F _arc_tools arc-verify arc-sign arc-dump
