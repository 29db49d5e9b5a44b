/* SPDX-License-Identifier: BSD-2-Clause */
/* known.h - what is known of a message before any search */
#ifndef WHY_KNOWN_H
#define WHY_KNOWN_H

#include "why/search.h"

/* Fetch every key, open every signature, and check all against the message as
 * it came. */
void known_look(struct search *s);

/* Tell what the search leans on. */
void known_witnesses(const struct search *s);

/* The AMS or DKIM-Signature that is next newer or next older, or that is the
 * oldest; NULL: there is none. */
struct known *known_newer(const struct search *, const struct known *);
struct known *known_older(const struct search *, const struct known *);
struct known *known_oldest(const struct search *);

/* Whether two signed the same body, as far as both say. */
bool known_same_body(const struct known *, const struct known *);

enum {
	KNOWN_NAME = 32,
};

/* "i=2", or "DKIM-Signature 1", in buf. */
const char *known_name(const struct known *, char buf[KNOWN_NAME]);

/* Its signing domain; for a field of an ARC Set that of the set. */
struct slice known_domain(const struct search *, const struct known *);

#endif
