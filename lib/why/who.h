/* SPDX-License-Identifier: BSD-2-Clause */
/* who.h - which finding is reported, and how certain it is who made the
 * change */
#ifndef WHY_WHO_H
#define WHY_WHO_H

#include "why/search.h"

/* After the search: remove what a proof refutes, put the likelier of two twins
 * first, and set who, other and twin of each finding. */
void explain_who(struct search *);

/* Whether RFC 5322 section 3.6 allows at most one field of that name. */
bool explain_is_single(struct slice name);

#endif
