/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/header_list_rows.h"

/* A count out of some two thousand as what it costs to go for it. */
unsigned
list_bits(unsigned count)
{
	unsigned bits = 0;

	for (; count < LIST_MESSAGES && bits < 12; count *= 2)
		bits++;
	return bits;
}

/* Whether nothing but white space differs, which other rows tell. */
static bool
is_respaced(struct offer *o, struct slice value)
{
	struct slice now, was;

	if (o->c->canon == CANON_RELAXED || o->field == NULL)
		return false;
	now = canon_octets(
	    o->c->s, CANON_RELAXED, o->name, o->value, SLICE_NONE, true);
	was = canon_octets(
	    o->c->s, CANON_RELAXED, o->name, value, SLICE_NONE, true);
	return slice_eq(now, was);
}

/* Whether values that were seen so often are wanted; if so they are given their
 * bits. */
static bool
is_wanted(struct offer *o, unsigned count, enum cause_id cause)
{
	o->bits = list_bits(count);
	o->cause = cause;
	return o->most == 0 || o->bits <= o->most;
}

void
list_value(
    struct offer *o, unsigned count, enum cause_id cause, struct slice value)
{
	if (is_wanted(o, count, cause) && !is_respaced(o, value))
		offer_value(o, value, RANK_USUAL);
}

void
list_text(struct offer *o, unsigned count, enum cause_id cause)
{
	if (o->text.failure != BUF_OK)
		search_memory(o->c->s);
	else
		list_value(o, count, cause, buf_view(&o->text));
	buf_clear(&o->text);
}

void
list_absent(struct offer *o, unsigned count, enum cause_id cause)
{
	if (o->field != NULL && is_wanted(o, count, cause))
		offer_absent(o, RANK_USUAL);
}

void
list_kept(struct offer *o, unsigned count)
{
	o->q->piece[o->j].bits = list_bits(count);
}

void
list_row(struct offer *o, unsigned count, enum cause_id cause,
    void (*row)(struct offer *))
{
	if (is_wanted(o, count, cause))
		row(o);
}
