/* SPDX-License-Identifier: BSD-2-Clause */
/* header_words.h - encoded words before a mail library wrote them anew
 *
 * Python's decodes a display name and encodes again only what needs it, all
 * with "q" or "b" in lower case. */
#ifndef WHY_HEADER_WORDS_H
#define WHY_HEADER_WORDS_H

#include "why/header_offer.h"

/* Which of the sets of a sequence values of that charset belong to: one mailer
 * spells it one way in all fields.  The last set is of all that are rare. */
unsigned words_set(const char *charset);

/* The value with "Q" and "B" in capitals; count as in list_text(). */
void words_offer_capitals(struct offer *, unsigned count, enum cause_id);

/* A list of addresses with names that were one word each, or whose words had
 * capitals: all of them alike, as often as alike says, or each in its own
 * way. */
void words_offer_names(struct offer *, unsigned alike, unsigned mixed);

#endif
