# shellcheck shell=bash
# A Postfix of its own, on loopback: "load postfix" behind "load pipes".
# Its package is only unpacked (tests/tools/unpack), as to install it would
# replace this machine's mail server.
# SPDX-License-Identifier: BSD-2-Clause

# postfix_start DIR: Postfix with all it has in DIR, which is there.  FILTERED is
# the port of an SMTP server that hands all to the filter of the recipe, PLAIN that
# of one that delivers.  Mail for nobody+NAME@example.org goes to DIR/deliver NAME,
# mail for list@example.org to DIR/list.  It runs as root alone.
postfix_start() {
	local dir=$1 files=$B/unpacked queue libraries
	libraries=$files/usr/lib/postfix:$(printf '%s:' "$files"/usr/lib/*-linux-gnu*)
	mkdir "$dir/conf" "$dir/data" "$dir/queue" "$dir/box"
	(cd "$dir/queue" && mkdir active bounce corrupt defer deferred flush hold incoming \
		maildrop pid private public saved trace)
	chown -R list: "$dir/queue" "$dir/data"
	# sendmail here has no right of its group, as it would if installed.
	chmod 1733 "$dir/queue/maildrop"
	chmod 777 "$dir/box"
	read -r FILTERED PLAIN < <(free_ports)
	cat >"$dir/conf/main.cf" <<-E
	compatibility_level = 3.6
	queue_directory = $dir/queue
	data_directory = $dir/data
	daemon_directory = $files/usr/lib/postfix/sbin
	command_directory = $files/usr/sbin
	shlib_directory = $files/usr/lib/postfix
	meta_directory = $dir/conf
	mail_owner = list
	setgid_group = news
	default_privs = nobody
	import_environment = MAIL_CONFIG LD_LIBRARY_PATH
	export_environment = MAIL_CONFIG LD_LIBRARY_PATH SENDMAIL=$files/usr/sbin/sendmail
	inet_interfaces = 127.0.0.1
	inet_protocols = ipv4
	myhostname = mx.example.org
	mydestination = example.org
	local_recipient_maps =
	recipient_delimiter = +
	alias_maps = texthash:$dir/aliases
	mailbox_command = $dir/deliver "\$EXTENSION"
	smtpd_peername_lookup = no
	smtpd_authorized_xclient_hosts = 127.0.0.1
	maillog_file = $dir/log
	maillog_file_prefixes = $dir
	E
	echo "list \"|$dir/list\"" >"$dir/aliases"
	: >"$dir/conf/dynamicmaps.cf"
	{
		# The recipe, but for ports, users and places.
		sed "s,^smtp      inet  n       -       y,127.0.0.1:$FILTERED inet n - n,
			s,user=arc,user=nobody,; s,/usr/bin/env,& PATH=$dir/tools:/usr/bin:/bin,; s,/usr/local/lib/arc,$dir/r," \
			"$ROOT/samples/recipes/postfix-master.cf"
		cat <<-E
		127.0.0.1:$PLAIN inet n - n - - smtpd
		pickup unix n - n 1 1 pickup
		cleanup unix n - n - 0 cleanup
		qmgr unix n - n 300 1 qmgr
		rewrite unix - - n - - trivial-rewrite
		bounce unix - - n - 0 bounce
		defer unix - - n - 0 bounce
		trace unix - - n - 0 bounce
		local unix - n n - - local
		error unix - - n - - error
		proxymap unix - - n - - proxymap
		anvil unix - - n - 1 anvil
		postlog unix-dgram n - n - 1 postlogd
		E
	} >"$dir/conf/master.cf"
	MAIL_CONFIG=$dir/conf LD_LIBRARY_PATH=$libraries \
		"$files/usr/lib/postfix/sbin/master" -d -c "$dir/conf" >"$dir/out" 2>&1 3>&- &
	POSTFIX_PID=$!
	export FILTERED PLAIN POSTFIX_PID
	# Until both listen.
	for queue in "$FILTERED" "$PLAIN"; do
		until (: <"/dev/tcp/127.0.0.1/$queue") 2>/dev/null; do
			kill -0 "$POSTFIX_PID" || {
				cat "$dir/out"
				return 1
			}
			sleep 0.1
		done
	done
}

postfix_end() {
	kill "$POSTFIX_PID"
	wait "$POSTFIX_PID" || true
}

# Two TCP ports that nobody has.
free_ports() {
	/usr/bin/python3 -c '
import socket
s = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(x.getsockname()[1] for x in s))'
}

# smtp PORT HELO SENDER RECIPIENT FILE: mail it, as a client at $CLIENT.
smtp() {
	/usr/bin/python3 - "$@" "${CLIENT:-192.0.2.1}" <<-'PY'
	import smtplib, sys
	port, helo, sender, recipient, path, client = sys.argv[1:]
	with smtplib.SMTP("127.0.0.1", int(port), timeout=60) as s:
	    s.ehlo("localhost")
	    assert s.docmd("XCLIENT", f"ADDR={client} NAME=[UNAVAILABLE]")[0] == 220
	    s.ehlo(helo)
	    s.sendmail(sender, [recipient], open(path, "rb").read())
	PY
}

# delivered NAME: wait until there is $P/box/NAME.
delivered() {
	for _ in {1..600}; do
		[ ! -e "$P/box/$1" ] || return 0
		sleep 0.1
	done
	cat "$P/log"
	return 1
}
