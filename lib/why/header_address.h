/* SPDX-License-Identifier: BSD-2-Clause */
/* header_address.h - addresses that were rewritten or replaced */
#ifndef WHY_HEADER_ADDRESS_H
#define WHY_HEADER_ADDRESS_H

#include "why/header_offer.h"

void offer_utf8_downgraded(struct offer *o);
void offer_from_rewritten(struct offer *o);
void offer_list_respaced(struct offer *o);
void offer_display_name_quoted(struct offer *o);

/* The name in "name via list", without what the list added. */
struct slice address_without_via(struct slice phrase);

#endif
