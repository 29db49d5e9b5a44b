/* SPDX-License-Identifier: BSD-2-Clause */
/* known.h - what is known about a message before any search */
#ifndef WHY_KNOWN_H
#define WHY_KNOWN_H

#include "why/search.h"

/* Fetch every key, open every RSA signature, and check all signatures against
 * the message as received.  Failures end the search (search_fail()). */
void known_look(struct search *s);

/* Put what each signature says into s->out (struct witness). */
void known_witnesses(struct search *s);

/* The next newer or next older AMS or DKIM-Signature; the oldest one.  NULL:
 * there is none. */
struct known *known_newer(const struct search *, const struct known *);
struct known *known_older(const struct search *, const struct known *);
struct known *known_oldest(const struct search *);

/* Whether two have the same bh= over the same canonicalization, neither with
 * l=. */
bool known_same_body(const struct known *, const struct known *);

enum {
	KNOWN_NAME = 32,
};

/* "i=2" or "DKIM-Signature 1", in buf, which is returned. */
const char *known_name(const struct known *, char buf[KNOWN_NAME]);

/* Its signing domain; for a field of an ARC Set that of the set. */
struct slice known_domain(const struct search *, const struct known *);

#endif
