# Completion for arc-verify, arc-sign and arc-dump, written by
# completions/generate: edit values.tsv or generate, not this file.
# SPDX-License-Identifier: BSD-2-Clause

# The words that may follow; joined by the first where it is not empty.
function _arc_tools_words
	set -l joint $argv[1]
	set -l front
	if test -n "$joint"
		set -l token (string replace -r '^--[a-z0-9-]+=' '' -- (commandline -ct))
		set front (string match -r "^.*$joint" -- $token)
	end
	for word in $argv[2..]
		echo "$front$word"
	end
end

function _arc_tools_files
	__fish_complete_path (string replace -r '^--[a-z0-9-]+=' '' -- (commandline -ct))
end

function _arc_tools_value
	switch $argv[1]
	case --check
		_arc_tools_words ":" arc dkim spf dmarc all
	case --accept -A
		_arc_tools_words ":" pass none fail tempfail dkim=pass dkim=none dkim=fail spf=pass spf=none dmarc=pass dmarc=none dmarc=fail
	case --effort
		true
	case --as
		_arc_tools_words "" all list dkimpy Exim KumoMTA mail-auth Mail::DKIM mailauth MimeKit OpenARC rspamd
	case --repair
		_arc_tools_files
	case --trusted
		_arc_tools_files
	case --state
		_arc_tools_files
	case --format
		_arc_tools_words "" ar dmarc
	case --authserv-id -i
		true
	case --on-error
		_arc_tools_words "" pass fail
	case --remote-ip
		true
	case --helo
		true
	case --mail-from
		true
	case --received-by
		true
	case --include
		true
	case --files0-from
		_arc_tools_files
	case --jobs -J
		true
	case --shard
		true
	case --expect
		_arc_tools_words "" pass fail none tempfail error
	case --manifest
		_arc_tools_files
	case --junit
		_arc_tools_files
	case --domain -d
		true
	case --selector -s
		true
	case --key -k
		_arc_tools_files
	case --table
		_arc_tools_files
	case --algorithm -a
		_arc_tools_words "" rsa-sha256 ed25519-sha256
	case --canonicalization -c
		_arc_tools_words "" relaxed/relaxed relaxed/simple simple/relaxed simple/simple
	case --headers -H
		_arc_tools_words ":" From To Cc Subject Date Reply-To Message-ID In-Reply-To References MIME-Version Content-Type Content-Transfer-Encoding List-Id List-Unsubscribe List-Post DKIM-Signature
	case --expire -x
		true
	case --ar
		_arc_tools_words "" none
	case --cv
		_arc_tools_words "" auto ar none pass fail
	case --set -n
		true
	case --field
		_arc_tools_words "," i time aar d s cv as.a as.b as.cv as.d as.s as.t ams.a ams.b ams.bh ams.c ams.d ams.h ams.s ams.t ams.x
	case --salt
		true
	case --salt-file
		_arc_tools_files
	case --canon
		_arc_tools_words "" ams: as: body: dkim: dkim-body:
	case --keys
		_arc_tools_files
	case --record
		_arc_tools_files
	case --resolver
		true
	case --dnssec
		_arc_tools_words "" show require
	case --dns-timeout
		true
	case --time -t
		true
	case --clock-skew
		true
	case --min-rsa-bits
		_arc_tools_words "" 1024 2048 3072 4096
	case --limit
		_arc_tools_words "" list header= field= fields= message= signatures=
	case --color
		_arc_tools_words "" auto always never
	end
end

for tool in arc-verify arc-sign arc-dump
	complete -c $tool -e
	command -q $tool
	or continue
	for line in (command $tool --help 2>/dev/null)
		set -l m (string replace -rf \
			'^ +(?:-([A-Za-z]), )?--([a-z0-9-]+)(?: ([^ ]+))?(?: +(.*))?$' \
			'$1\t$2\t$3\t$4' -- $line | string split \t)
		or continue
		set -l given -l $m[2]
		test -n "$m[1]"
		and set -a given -s $m[1]
		test -n "$m[3]"
		and set -a given -x -a "(_arc_tools_value --$m[2])"
		complete -c $tool $given -d "$m[4]"
	end
end
