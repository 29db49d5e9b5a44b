/* SPDX-License-Identifier: BSD-2-Clause */
/* seal_order.h - a seal over other fields, or in another order */
#ifndef WHY_SEAL_ORDER_H
#define WHY_SEAL_ORDER_H

#include "why/seal_try.h"

void seal_sets_descending(struct seal_case *c);
void seal_own_set_only(struct seal_case *c);
void seal_fail_full_scope(struct seal_case *c);
void seal_aars_by_position(struct seal_case *c);
void seal_own_aar_missing(struct seal_case *c);
void seal_earlier_seals_missing(struct seal_case *c);
void seal_ams_before_aar(struct seal_case *c);
void seal_own_first(struct seal_case *c);
void seal_by_kind(struct seal_case *c);

#endif
