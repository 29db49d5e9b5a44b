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

#endif
