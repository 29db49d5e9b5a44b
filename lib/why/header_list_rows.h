/* SPDX-License-Identifier: BSD-2-Clause */
/* header_list_rows.h - the short lists of header_list.h, a field each */
#ifndef HEADER_LIST_ROWS_H
#define HEADER_LIST_ROWS_H

#include "why/cause.h"
#include "why/header_offer.h"

enum {
	LIST_MESSAGES = 2048, /* what the counts are out of, about */
};

/* The field may have had a value, or what is in o->text, or have been absent;
 * may be as it was: so often was it seen. */
void list_value(struct offer *, unsigned count, enum cause_id, struct slice);
void list_text(struct offer *, unsigned count, enum cause_id);
void list_absent(struct offer *, unsigned count, enum cause_id);
void list_kept(struct offer *, unsigned count);

/* A count as what it costs: sequence_best(). */
unsigned list_bits(unsigned count);

/* The lists. */
void list_from(struct offer *);
void list_subject(struct offer *);
void list_content_type(struct offer *);

#endif
