/* SPDX-License-Identifier: BSD-2-Clause */
/* keys_record.h - records that are a key only when joined, or repaired */
#ifndef WHY_KEYS_RECORD_H
#define WHY_KEYS_RECORD_H

#include "why/search.h"

/* A signature whose key is looked for. */
struct lock {
	struct search *s;
	struct known *k;
	enum sigkind kind;
	unsigned i;
	enum finding_aspect aspect;
};

/* A finding about it; NULL when it is there already, or there is no room. */
struct finding *lock_note(struct lock *, enum cause_id, enum cause_level);

/* Whether key made the signature: an RSA key by opening it, an Ed25519 key over
 * what should be signed.  The target becomes that key's. */
bool lock_key_made(struct lock *, const struct key *);

/* Whether the records under the name, joined, are the key, which is noted. */
bool record_split(struct lock *);

/* Whether a record that cannot be read has the key in it all the same: which
 * key it was is proved when it opens the signature, and noted with that
 * cause. */
bool record_broken(struct lock *, enum cause_id);

#endif
