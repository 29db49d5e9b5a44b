# shellcheck shell=bash
# A server that answers as it is told, messages whose keys it has, and what is to
# come of them: "load dns" behind "load helper".
# SPDX-License-Identifier: BSD-2-Clause

NOW=1767225600

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	"$ROOT/tests/forge/forge" <<-'PY'
	import base64
	def p(name):
	    return base64.b64encode(key(name).public()).decode()
	open("one.key", "w").write("v=DKIM1; k=rsa; p=" + p("rsa1024-a"))
	open("other.key", "w").write("v=DKIM1; k=rsa; p=" + p("rsa1024-b"))
	open("big.key", "w").write("v=DKIM1; k=rsa; p=" + p("rsa4096"))
	def put(name, m):
	    open(name, "wb").write(m.octets())
	put("one", chain(1, key="rsa1024-a"))
	put("two", chain(2, key="rsa1024-a"))
	put("big", chain(1, key="rsa4096"))
	put("alabel", chain(1, key="rsa1024-a", d="bücher.example", s="s"))
	put("structure", chain(3, key="rsa1024-a").drop_set(2))
	put("body", chain(2, key="rsa1024-a").edit_body("Tuesday", "Wednesday"))
	put("signature", chain(2, key="rsa1024-a").edit("Subject", 0, "Tuesday", "Wednesday"))
	def many(n):
	    return chain(n, key="rsa1024-a", sets={i: dict(as_s="a%d" % i, ams_s="m%d" % i) for i in range(1, n + 1)})
	put("many", many(10))
	put("twenty", many(20))
	put("shared", chain(20, key="rsa1024-a", sets={i: dict(s="m%d" % i) for i in range(1, 21)}))
	put("selector", chain(50, key="rsa1024-a", s="s", d="d.example"))
	put("illegible", chain(2, key="rsa1024-a", sets={1: dict(as_={"t": "icecream"}, as_s="a1", ams_s="m1")}))
	put("halfway", chain(3, key="rsa1024-a", sets={
	    i: dict(as_s="a%d" % i, ams_s="m%d" % i, ams={"bh": "A" * 43 + "="} if i == 2 else {}) for i in (1, 2, 3)}))
	m = signed(d="d1.example", key="rsa1024-a")
	for i in range(2, 14):
	    sign(m, d="d%d.example" % i, key="rsa1024-a")
	put("dkim", m)
	put("differ", chain(1, key="rsa1024-a", ams_s="a.b", ams_d="x.example", as_s="c", as_d="y.example"))
	PY
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
	T=$BATS_TEST_TMPDIR
	# shellcheck disable=SC2034 # of tests
	ONE=$(cat one.key) OTHER=$(cat other.key)
	N=s1._domainkey.d1.example
	mkfifo "$T/end" "$T/port"
	# holds the servers' standard input open until the test is over
	exec 8<>"$T/end"
	serve zone
	PORT=$REPLY
}

teardown() {
	exec 8>&-
	wait
}

# serve NAME [ADDRESS]: a server of its own for the file NAME; REPLY is its port
serve() {
	: >"$T/$1"
	: >"$T/$1.log"
	"$ROOT/tests/tools/faultdns" "$T/$1" "$T/$1.log" "${2:-127.0.0.1}" <"$T/end" >"$T/port" 3>&- 8>&- &
	read -r <"$T/port"
}

# zone LINE...: what the server is to do
zone() {
	printf '%s\n' "$@" >"$T/zone"
	: >"$T/zone.log"
}

# key BEHAVIOUR...: the same for the name of the first key
key() {
	zone "${@/#/$N }"
}

ask() {
	arc-verify --time "$NOW" --resolver "127.0.0.1:$PORT" --dns-timeout 1 "$@" 8>&-
}

# asked [TRANSPORT]: the names that were asked for, in order
asked() {
	cut -d ' ' -f 2- "$T/zone.log" | grep "^${1:-}" || true
}

# passes MESSAGE, missing MESSAGE, temporary CODE MESSAGE: what is to come of it
# shellcheck disable=SC2154 # set by run
passes() {
	run -0 --separate-stderr ask --json "$1"
	[[ $output == *'"arc":"pass","temporary":false'* ]]
}

# shellcheck disable=SC2154 # set by run
missing() {
	run -1 --separate-stderr ask --json "$1"
	[[ $output == *'"arc":"fail","temporary":false'*'"code":"key-missing"'* ]] || { echo "$output"; false; }
}

# shellcheck disable=SC2154 # set by run
temporary() {
	# of what never comes, little is waited for
	local -a wait=()
	[ "$1" != dns-timeout ] || wait=(--dns-timeout 0.4)
	run -75 --separate-stderr ask "${wait[@]}" --json "$2"
	[[ $output == *'"arc":"fail","temporary":true'*"\"code\":\"$1\""* ]] || { echo "$output"; false; }
	run -75 ask "${wait[@]}" "$2"
	[[ $output == "tempfail  i="*"[$1]" ]]
}
