/* SPDX-License-Identifier: BSD-2-Clause */
/* header_names.h - fields renamed, added or removed */
#ifndef WHY_HEADER_NAMES_H
#define WHY_HEADER_NAMES_H

#include "why/header_offer.h"

void offer_field_renamed(struct offer *o);
void offer_removed_stock(struct offer *o);
void offer_dkim_added(struct offer *o);

/* Fields above the set were added later; a field below it that is the only one
 * of its name may have been, too. */
void offer_field_added(struct offer *o);

/* A missing field was there, and empty: many servers remove empty fields. */
void offer_empty_removed(struct offer *o);
void offer_auth_results_signed(struct offer *o);

#endif
