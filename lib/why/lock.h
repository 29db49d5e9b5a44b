/* SPDX-License-Identifier: BSD-2-Clause */
/* lock.h - one signature, and whether a key made it */
#ifndef LOCK_H
#define LOCK_H

#include "why/search.h"

/* A signature whose key is searched for. */
struct lock {
	struct search *s;
	struct known *k;
	enum sigkind kind;
	unsigned i;
	enum finding_aspect aspect;
};

/* A new finding about it; NULL when it exists already, or for the reasons of
 * finding_about(). */
struct finding *lock_note(struct lock *, enum cause_id, enum cause_level);

/* Whether key made the signature: an RSA key by opening it, an Ed25519 key over
 * what should be signed.  The target becomes that key's. */
bool lock_key_made(struct lock *, const struct key *);

/* Append the octets that the signature should cover.  False when memory is
 * short, which ends the search. */
bool lock_octets(struct lock *, struct buf *);

/* Their SHA-256 and SHA-1; SHA-256 of any octets.  False on a failure, which
 * ends the search. */
bool lock_digest(struct lock *, unsigned char out[DIGEST_SIZE],
    unsigned char sha1[DIGEST_SHA1_SIZE]);
bool lock_hash(
    struct search *, struct slice octets, unsigned char out[DIGEST_SIZE]);

/* What one operation with the public key costs: for RSA it grows with the
 * square of the modulus. */
uint64_t lock_cost(const struct key *);

#endif
