/* SPDX-License-Identifier: BSD-2-Clause */
/* header_offer.h - one field of a signature, and its possible earlier values
 *
 * The rows of header_fields.c are called for one name of h= after the other
 * and offer values for it; the search finds out which of them, if any, was
 * signed. */
#ifndef WHY_HEADER_OFFER_H
#define WHY_HEADER_OFFER_H

#include "why/header_case.h"

/* The current row, for the piece of one name of h=. */
struct offer {
	struct header_case *c;
	struct sequence *q;
	size_t j;
	enum cause_id cause;
	struct slice name;	   /* as h= spells it */
	const struct field *field; /* as it came; or NULL */
	struct slice value;	   /* of it, trimmed; or empty */
	struct buf text;	   /* for making values */
	unsigned bits; /* sequence_best(): how unlikely a usual value is */
	unsigned most; /* bits of those that are wanted; 0: all */
};

/* The bits of a value of that rank. */
unsigned offer_bits(const struct offer *o, enum rank rank);

/* Offer a field of that name with exactly raw after its colon. */
void offer_as(
    struct offer *o, struct slice name, struct slice raw, enum rank rank);

/* Offer a value. */
void offer_value(struct offer *o, struct slice value, enum rank rank);

/* Offer the contents of o->text, which is cleared. */
void offer_text(struct offer *o, enum rank rank);

/* Offer the field's absence. */
void offer_absent(struct offer *o, enum rank rank);

/* Whether o->name is one of names, which are separated by spaces. */
bool is_named(const struct offer *o, const char *names);

/* Index of the first word in s, ASCII letters compared without case; s.len
 * when there is none. */
size_t find_word(struct slice s, struct slice word);

/* The value with its encoded words decoded; false when that changes nothing. */
bool offer_decoded(struct offer *o, struct slice *text);

#endif
