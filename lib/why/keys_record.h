/* SPDX-License-Identifier: BSD-2-Clause */
/* keys_record.h - records that are a key only when joined, or repaired */
#ifndef WHY_KEYS_RECORD_H
#define WHY_KEYS_RECORD_H

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

/* Whether the records under the name are the key once joined.  Records the
 * finding. */
bool record_split(struct lock *);

/* Whether a record that is not a valid key record contains the key: proved
 * when that key opens the signature.  Records a finding with that cause. */
bool record_broken(struct lock *, enum cause_id);

#endif
