/* SPDX-License-Identifier: BSD-2-Clause */
/* signer_select.h - a signer that hashed other fields, or in another order */
#ifndef WHY_SIGNER_SELECT_H
#define WHY_SIGNER_SELECT_H

#include "why/signer_try.h"

void signer_top_down(struct signer_case *t);
void signer_newest_for_oldest(struct signer_case *t);
void signer_hashed_once(struct signer_case *t);
void signer_counted_apart(struct signer_case *t);
void signer_message_order(struct signer_case *t);
void signer_order_of_names(struct signer_case *t);

#endif
