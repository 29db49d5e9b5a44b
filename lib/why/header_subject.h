/* SPDX-License-Identifier: BSD-2-Clause */
/* header_subject.h - a Subject before it was tagged or re-encoded */
#ifndef WHY_HEADER_SUBJECT_H
#define WHY_HEADER_SUBJECT_H

#include "why/header_offer.h"

void offer_untagged(struct offer *);
void offer_reencoded(struct offer *);

/* The text of a Subject in two encoded words, cut at a blank when the first is
 * long enough, or anywhere; counts as in list_text(). */
void offer_two_words(struct offer *, unsigned at_blank, unsigned anywhere);

#endif
