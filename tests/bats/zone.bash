# shellcheck shell=bash
# Records for SPF and DMARC: a keys file, or a name server that logs what it is
# asked and ends with the test.  "load zone".
# SPDX-License-Identifier: BSD-2-Clause

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	serve_end
}

# zone: the keys file zone, from standard input
zone() {
	cat >zone
}

# serve: a name server for the lines of standard input, which are those of
# faultdns(1); PORT is its port, zone.log what it was asked.  Its standard input
# is descriptor 8, which what is started later must not keep open.
serve() {
	cat >zone
	# answers come after all questions of a batch
	echo '* delay 60' >>zone
	: >zone.log
	mkfifo end port
	exec 8<>end
	faultdns zone zone.log <end >port 3>&- 8>&- &
	# shellcheck disable=SC2034 # of who loads this
	read -r PORT <port
	rm end port
}

# End it.
serve_end() {
	exec 8>&- || true
	wait
}

# How many batches it was asked, and names and types.
rounds() {
	tail -n 1 zone.log | cut -d ' ' -f 1
}

asked() {
	cut -d ' ' -f 3- zone.log | sort
}
