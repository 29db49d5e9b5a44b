/* SPDX-License-Identifier: BSD-2-Clause */
/* offer.h - one field of an AMS, and what it may have been
 *
 * The rows of explain_fields.c are called with one name of h= after the other
 * and offer values for it; the search of explain_search.h finds out which, if
 * any, was signed.  explain_subject.c and explain_date.c know two fields that
 * take more than a few lines. */
#ifndef EXPLAIN_OFFER_H
#define EXPLAIN_OFFER_H

#include "why/ams.h"

/* The row at work, for the piece of one name of h=. */
struct offer {
	struct ams_case *c;
	struct sequence *q;
	size_t j;
	enum cause_id cause;
	struct slice name;	   /* as h= spells it */
	const struct field *field; /* as it came; or NULL */
	struct slice value;	   /* of it, trimmed; or empty */
	struct buf text;	   /* for making values */
};

/* Whether the name is one of those, which blanks separate. */
bool is_named(const struct offer *, const char *names);

/* The field may have been of that name, with all of raw behind its colon; may
 * have had a value; may have had what was put into o->text, which is cleared;
 * was not there. */
void offer_as(struct offer *, struct slice name, struct slice raw, enum rank);
void offer_value(struct offer *, struct slice value, enum rank);
void offer_text(struct offer *, enum rank);
void offer_absent(struct offer *, enum rank);

/* The value as a reader sees it; false when that is as it is written. */
bool offer_decoded(struct offer *, struct slice *text);

/* Where s begins to hold word, in any case; s.len when it does not. */
size_t find_word(struct slice s, struct slice word);

/* Rows. */
void offer_untagged(struct offer *);
void offer_reencoded(struct offer *);
void offer_dates(struct offer *);

#endif
