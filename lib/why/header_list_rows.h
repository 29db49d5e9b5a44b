/* SPDX-License-Identifier: BSD-2-Clause */
/* header_list_rows.h - the candidate values of header_list.h, by field */
#ifndef HEADER_LIST_ROWS_H
#define HEADER_LIST_ROWS_H

#include "why/cause.h"
#include "why/header_offer.h"

enum {
	LIST_MESSAGES = 2048, /* what the counts are out of, about */
};

/* Offer for the field a value, the contents of o->text (which is cleared), its
 * absence, or the value as received; count is how often that was seen in
 * LIST_MESSAGES. */
void list_value(struct offer *, unsigned count, enum cause_id, struct slice);
void list_text(struct offer *, unsigned count, enum cause_id);
void list_absent(struct offer *, unsigned count, enum cause_id);
void list_kept(struct offer *, unsigned count);

/* Offer what another row does, each value seen so often where it is
 * usual. */
void list_row(
    struct offer *, unsigned count, enum cause_id, void (*row)(struct offer *));

/* Whether From is the list's own, for an author that it names. */
bool list_is_from(const struct header_case *);

/* The improbability of a count in bits, for sequence_best(). */
unsigned list_bits(unsigned count);

/* The candidates of each field. */
void list_from(struct offer *);
void list_subject(struct offer *);
void list_content_type(struct offer *);

#endif
