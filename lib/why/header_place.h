/* SPDX-License-Identifier: BSD-2-Clause */
/* header_place.h - between which signers a header field was changed */
#ifndef WHY_HEADER_PLACE_H
#define WHY_HEADER_PLACE_H

#include "why/search.h"

/* Whether k verifies and covers a field as received, or the absence of a
 * missing one. */
bool header_covered_now(
    struct search *, const struct known *k, const struct change *);

/* Find between which signers the changes of findings about of were made, from
 * index from on (finding_place()). */
void header_place(struct search *, size_t from, const struct known *of);

#endif
