/* SPDX-License-Identifier: BSD-2-Clause */
/* resolvers.h - which name servers to ask, and how patiently
 *
 * They are given one by one, or are those of resolv.conf(5). */
#ifndef RESOLVERS_H
#define RESOLVERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/diag.h"

enum {
	RESOLVERS_MAX = 16
};

struct resolver {
	struct sockaddr_storage address;
	socklen_t length;
	bool loopback;
};

struct resolvers {
	struct resolver server[RESOLVERS_MAX];
	unsigned n;
	unsigned attempts; /* rounds over all servers */
	int64_t timeout;   /* of one try, nanoseconds */
};

/* No server yet, and the patience that resolv.conf(5) has by default. */
void resolvers_init(struct resolvers *);

/* Add a server: "192.0.2.1", "192.0.2.1:53", "2001:db8::1", "[2001:db8::1]:53";
 * an IPv6 address may have a zone ("fe80::1%eth0").  False, and nothing added,
 * when text is no such address, or when there are RESOLVERS_MAX already. */
bool resolvers_add(struct resolvers *, const char *text);

/* Take "options timeout:N attempts:N" from a resolv.conf(5), and its servers
 * where none was added before: "nameserver ADDRESS", which may be
 * [ADDRESS]:PORT here.  Everything else in it is ignored.  If there is still no
 * server then, or no such file, it is the one on this machine.  -1 with
 * DIAG_SYSTEM or DIAG_MEMORY when there is a file that cannot be read: to ask
 * another server instead would be wrong. */
int resolvers_configure(struct resolvers *, const char *path, struct diag *why);

#endif
