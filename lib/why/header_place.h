/* SPDX-License-Identifier: BSD-2-Clause */
/* header_place.h - between which signers a header field was changed */
#ifndef WHY_HEADER_PLACE_H
#define WHY_HEADER_PLACE_H

#include "why/search.h"

/* Whether k verifies, and covers a field; or, of one that is not there, its
 * absence. */
bool header_covered_now(
    struct search *, const struct known *k, const struct change *);

/* Place what was found of the signature, from the finding from on. */
void header_place(struct search *, size_t from, const struct known *of);

#endif
