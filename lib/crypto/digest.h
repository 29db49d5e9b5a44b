/* SPDX-License-Identifier: BSD-2-Clause */
/* digest.h - SHA-256 of a stream of octets (RFC 8301 section 3.1)
 *
 * A digest remembers its first failure: octets are put without looking, and
 * digest_final() tells.  It belongs to one thread at a time.  Its state can be
 * copied, so that the seals of a chain, each of which covers all sets before
 * it, cost the length of the chain and not its square. */
#ifndef DIGEST_H
#define DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "crypto/primitive.h"
#include "base/sink.h"
#include "base/slice.h"

enum {
	DIGEST_SIZE = 32,      /* octets */
	DIGEST_SHA1_SIZE = 20, /* octets */
};

struct digest {
	struct sha256 sha;
	bool failed;
};

/* Ready for octets.  What it holds is given back by digest_release(). */
void digest_init(struct digest *);

void digest_put(struct digest *, const void *p, size_t n);

/* Make *to, which holds nothing, a digest of all that went into from so far.
 * A failure of from is copied too. */
void digest_copy(struct digest *to, const struct digest *from);

/* The SHA-256 of all octets put.  -1 with DIAG_MEMORY.  After it, the digest is
 * only fit for digest_release(). */
int digest_final(
    struct digest *, unsigned char out[DIGEST_SIZE], struct diag *why);

/* Accepts a struct digest that is all zero, and one released already. */
void digest_release(struct digest *);

/* The SHA-1 of octets, for telling of signers who still use it (RFC 8301 lets
 * nobody believe it).  -1 with DIAG_MEMORY. */
int digest_sha1(
    struct slice octets, unsigned char out[DIGEST_SHA1_SIZE], struct diag *why);

/* HMAC-SHA-256 (RFC 2104): what its key makes of both hashes, so that a great
 * many short texts cost no more than they must. */
struct digest_key {
	struct digest inner, outer;
};

/* To end with digest_key_release(). */
void digest_key_init(struct digest_key *, struct slice key);

/* HMAC-SHA-256 of octets.  -1 with DIAG_MEMORY. */
int digest_mac(const struct digest_key *, struct slice octets,
    unsigned char out[DIGEST_SIZE], struct diag *why);

/* Accepts one that is all zero. */
void digest_key_release(struct digest_key *);

/* A sink that puts into d.  It refuses nothing: digest_final() tells. */
struct sink digest_sink(struct digest *d);

#endif
