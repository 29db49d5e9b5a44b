/* SPDX-License-Identifier: BSD-2-Clause */
/* header_offer.h - one field of an AMS, and what it may have been
 *
 * The rows of header_fields.c are called with one name of h= after the other
 * and offer values for it; the search finds out which, if any, was signed. */
#ifndef WHY_HEADER_OFFER_H
#define WHY_HEADER_OFFER_H

#include "why/header_case.h"

/* The row at work, for the piece of one name of h=. */
struct offer {
	struct header_case *c;
	struct sequence *q;
	size_t j;
	enum cause_id cause;
	struct slice name;	   /* as h= spells it */
	const struct field *field; /* as it came; or NULL */
	struct slice value;	   /* of it, trimmed; or empty */
	struct buf text;	   /* for making values */
};

/* The field may have been of that name, with all of raw behind its colon. */
void offer_as(
    struct offer *o, struct slice name, struct slice raw, enum rank rank);

/* It may have had a value. */
void offer_value(struct offer *o, struct slice value, enum rank rank);

/* It may have had what was put into o->text, which is cleared. */
void offer_text(struct offer *o, enum rank rank);

/* It was not there. */
void offer_absent(struct offer *o, enum rank rank);

/* Whether the name is one of those, which blanks separate. */
bool is_named(const struct offer *o, const char *names);

/* Where s begins to hold word, in any case; s.len when it does not. */
size_t find_word(struct slice s, struct slice word);

/* The value as a reader sees it; false when that is as it is written. */
bool offer_decoded(struct offer *o, struct slice *text);

#endif
