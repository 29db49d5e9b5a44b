/* SPDX-License-Identifier: BSD-2-Clause */
/* who.h - which story is told, and how sure it is who did it */
#ifndef WHY_WHO_H
#define WHY_WHO_H

#include "why/search.h"

/* When all is found: take back what a proof refutes, put the likelier of two
 * stories first, and say how sure it is who did it. */
void explain_who(struct search *);

/* Whether RFC 5322 section 3.6 allows one field of that name. */
bool explain_is_single(struct slice name);

#endif
