/* SPDX-License-Identifier: BSD-2-Clause */
/* received.h - what a Received field tells (RFC 5321 section 4.4)
 *
 * Each server has its own way to write it.  What stands between "from" and "by"
 * is what the client said and what the server saw of it: in the order in which
 * servers write that, the address comes before anything a client can choose. */
#ifndef RECEIVED_H
#define RECEIVED_H

#include "base/slice.h"

/* Slices look into the value; empty where it does not tell. */
struct received {
	struct slice from, by; /* the words after these */
	struct slice helo;     /* "helo=NAME" or "HELO NAME" in a comment after
				* from, else what from says */
	struct slice address;  /* of the client, as written, without brackets
				* and without "IPv6:" */
};

void received_read(struct slice value, struct received *out);

#endif
