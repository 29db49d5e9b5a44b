/* SPDX-License-Identifier: BSD-2-Clause */
/* header_space.h - white space, capitals and folds: changes that matter under
 * simple canonicalization */
#ifndef WHY_HEADER_SPACE_H
#define WHY_HEADER_SPACE_H

#include "why/header_offer.h"

void offer_line_broken(struct offer *o);
void offer_refolded_simple(struct offer *o);
void offer_name_case_simple(struct offer *o);
void offer_trailing_space_simple(struct offer *o);

#endif
