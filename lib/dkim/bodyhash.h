/* SPDX-License-Identifier: BSD-2-Clause */
/* bodyhash.h - every body hash that the AMS of a message ask for, in one pass
 *
 * One canonicalizer and one running digest for each canonicalization that is
 * asked for; an l= is answered by a copy of the digest's state taken when that
 * many canonical octets have gone by (RFC 6376 section 3.7). */
#ifndef BODYHASH_H
#define BODYHASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "dkim/canon.h"
#include "base/diag.h"
#include "crypto/digest.h"
#include "base/input.h"
#include "mail/message.h"

/* One hash that is wanted. */
struct bodyhash {
	enum canon canon;
	bool has_length;
	uint64_t length; /* l=, in canonical octets */
	/* The answer: */
	bool complete;	/* false: length is more than there is */
	uint64_t total; /* canonical octets of the whole body */
	unsigned char digest[DIGEST_SIZE]; /* when complete */
};

/* Answer all n of want from the body of m.  Arrays are taken from m->arena.
 * m->body_cr is set.  -1 with DIAG_READ or DIAG_MEMORY. */
int bodyhash_run(struct message *m, struct input *in, struct bodyhash want[],
    size_t n, struct diag *why);

#endif
