/* SPDX-License-Identifier: BSD-2-Clause */
/* header_names.h - fields kept under another name, or that came or went */
#ifndef WHY_HEADER_NAMES_H
#define WHY_HEADER_NAMES_H

#include "why/header_offer.h"

void offer_field_renamed(struct offer *o);
void offer_removed_stock(struct offer *o);
void offer_dkim_added(struct offer *o);

/* What stands above the seal came later; so may have the only field of its name
 * that stands below it. */
void offer_field_added(struct offer *o);

/* A field that is not there was there, and empty: many servers take such a one
 * out. */
void offer_empty_removed(struct offer *o);
void offer_auth_results_signed(struct offer *o);

#endif
