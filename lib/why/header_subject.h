/* SPDX-License-Identifier: BSD-2-Clause */
/* header_subject.h - a Subject before it was tagged or re-encoded */
#ifndef WHY_HEADER_SUBJECT_H
#define WHY_HEADER_SUBJECT_H

#include "why/header_offer.h"

void offer_untagged(struct offer *);
void offer_reencoded(struct offer *);

#endif
