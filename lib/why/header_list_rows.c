/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/header_list_rows.h"

enum {
	RARER_BITS = 3, /* for each rank below the usual */
};

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

void
list_value(
    struct offer *o, unsigned count, enum cause_id cause, struct slice value)
{
	struct piece *p = &o->q->piece[o->j];
	size_t before = p->nvariants;

	if (is_respaced(o, value))
		return;
	o->cause = cause;
	offer_value(o, value, RANK_USUAL);
	if (p->nvariants > before)
		p->last->bits = list_bits(count);
}

void
list_text(struct offer *o, unsigned count, enum cause_id cause)
{
	struct slice kept = search_keep(o->c->s, &o->text);

	if (kept.p != NULL)
		list_value(o, count, cause, kept);
}

void
list_absent(struct offer *o, unsigned count, enum cause_id cause)
{
	struct piece *p = &o->q->piece[o->j];
	size_t before = p->nvariants;

	if (o->field == NULL)
		return;
	o->cause = cause;
	offer_absent(o, RANK_USUAL);
	if (p->nvariants > before)
		p->last->bits = list_bits(count);
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
	struct piece *p = &o->q->piece[o->j];
	struct variant *before = p->last;

	o->cause = cause;
	row(o);
	for (struct variant *v = before != NULL ? before->next : p->first;
	     v != NULL; v = v->next)
		v->bits = list_bits(count) + RARER_BITS * (unsigned)v->rank;
}
