# shellcheck shell=bash
# Completion for arc-verify, arc-sign and arc-dump, written by
# completions/generate: edit values.tsv or generate, not this file.
# SPDX-License-Identifier: BSD-2-Clause

# The long and short options that --help of tool $1 prints.
_arc_tools_options() {
	"$1" --help 2>/dev/null | sed -n \
		's/^ *\(-[A-Za-z]\), /\1 /; s/^ *\(\(-[A-Za-z] \)\?--[a-z0-9-]*\).*/\1/p'
}

# The words $2... that may follow in $cur; joined by $1 where it is not empty.
_arc_tools_words() {
	local joint=$1 front='' last=$cur word

	shift
	if [[ -n $joint && $cur == *"$joint"* ]]; then
		front=${cur%"$joint"*}$joint
		last=${cur##*"$joint"}
	fi
	for word in "$@"; do
		[[ $word == "$last"* ]] && COMPREPLY+=("$front$word")
	done
	[[ -n $joint || ${COMPREPLY[*]} == *[=:] ]] &&
		compopt -o nospace 2>/dev/null
	return 0
}

_arc_tools_files() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}

_arc_tools_value() {
	case $1 in
	--check) _arc_tools_words ":" arc dkim spf dmarc all ;;
	--accept | -A) _arc_tools_words ":" pass none fail tempfail dkim=pass dkim=none dkim=fail spf=pass spf=none dmarc=pass dmarc=none dmarc=fail ;;
	--effort) : ;;
	--as) _arc_tools_words "" all list dkimpy Exim KumoMTA mail-auth Mail::DKIM mailauth MimeKit OpenARC rspamd ;;
	--repair) _arc_tools_files ;;
	--trusted) _arc_tools_files ;;
	--state) _arc_tools_files ;;
	--format) _arc_tools_words "" ar dmarc ;;
	--authserv-id | -i) : ;;
	--on-error) _arc_tools_words "" pass fail ;;
	--remote-ip) : ;;
	--helo) : ;;
	--mail-from) : ;;
	--received-by) : ;;
	--include) : ;;
	--files0-from) _arc_tools_files ;;
	--jobs | -J) : ;;
	--shard) : ;;
	--expect) _arc_tools_words "" pass fail none tempfail error ;;
	--manifest) _arc_tools_files ;;
	--junit) _arc_tools_files ;;
	--domain | -d) : ;;
	--selector | -s) : ;;
	--key | -k) _arc_tools_files ;;
	--table) _arc_tools_files ;;
	--algorithm | -a) _arc_tools_words "" rsa-sha256 ed25519-sha256 ;;
	--canonicalization | -c) _arc_tools_words "" relaxed/relaxed relaxed/simple simple/relaxed simple/simple ;;
	--headers | -H) _arc_tools_words ":" From To Cc Subject Date Reply-To Message-ID In-Reply-To References MIME-Version Content-Type Content-Transfer-Encoding List-Id List-Unsubscribe List-Post DKIM-Signature ;;
	--expire | -x) : ;;
	--ar) _arc_tools_words "" none ;;
	--cv) _arc_tools_words "" auto ar none pass fail ;;
	--set | -n) : ;;
	--field) _arc_tools_words "," i time aar d s cv as.a as.b as.cv as.d as.s as.t ams.a ams.b ams.bh ams.c ams.d ams.h ams.s ams.t ams.x ;;
	--salt) : ;;
	--salt-file) _arc_tools_files ;;
	--canon) _arc_tools_words "" ams: as: body: dkim: dkim-body: ;;
	--keys) _arc_tools_files ;;
	--record) _arc_tools_files ;;
	--resolver) : ;;
	--dnssec) _arc_tools_words "" show require ;;
	--dns-timeout) : ;;
	--time | -t) : ;;
	--clock-skew) : ;;
	--min-rsa-bits) _arc_tools_words "" 1024 2048 3072 4096 ;;
	--limit) _arc_tools_words "" list header= field= fields= message= signatures= ;;
	--color) _arc_tools_words "" auto always never ;;
	*) return 1 ;;
	esac
}

_arc_tools() {
	local line=${COMP_LINE:0:COMP_POINT} cur before front='' done='' c
	local -a word options

	# Bash divides at ":" and "=" too; an option and its value are divided
	# by white space, or by the first "=".
	read -ra word <<<"$line"
	[[ $line == *[[:space:]] ]] && word+=("")
	cur=${word[-1]}
	before=${word[-2]:-}
	COMPREPLY=()
	if [[ $cur == --*=* ]]; then
		before=${cur%%=*}
		front=$before=
		cur=${cur#*=}
	fi
	if ! _arc_tools_value "$before"; then
		if [[ $cur == -* ]]; then
			read -d '' -ra options < <(_arc_tools_options "$1")
			_arc_tools_words '' "${options[@]}"
		else
			_arc_tools_files
		fi
	fi
	# Bash replaces what follows the last divider alone.
	for c in : =; do
		[[ $COMP_WORDBREAKS == *"$c"* && $cur == *"$c"* ]] || continue
		c=${cur%"$c"*}$c
		((${#c} > ${#done})) && done=$c
	done
	COMPREPLY=("${COMPREPLY[@]#"$done"}")
	[[ -z $front || -n $done || $COMP_WORDBREAKS == *=* ]] ||
		COMPREPLY=("${COMPREPLY[@]/#/$front}")
}
complete -F _arc_tools arc-verify arc-sign arc-dump
