/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "why/seal_try.h"

const struct sigfield *
seal_part(const struct seal_case *c, unsigned k, enum sigkind kind)
{
	return c->s->chain->set[k].part[kind];
}

void
seal_put(struct seal_case *c, struct slice octets)
{
	if (c->t.n < SEAL_MAX_PIECES)
		c->t.piece[c->t.n++].octets = octets;
}

void
seal_put_part(struct seal_case *c, unsigned k, enum sigkind kind)
{
	const struct sigfield *f = seal_part(c, k, kind);
	bool own = k == c->i && kind == ARC_SEAL;

	if (own)
		c->own = c->t.n;
	if (c->was[ARC_KINDS * (k - 1) + kind].p != NULL)
		seal_put(c, c->was[ARC_KINDS * (k - 1) + kind]);
	else
		seal_put(c, canon_field(c->s, CANON_RELAXED, f->field,
				own ? f->tags.b_raw : SLICE_NONE, !own));
}

void
seal_put_set(struct seal_case *c, unsigned k)
{
	for (enum sigkind kind = ARC_AAR; kind < ARC_KINDS; kind++)
		seal_put_part(c, k, kind);
}

/* The seal is not the last: its line end may be the one that is left out as
 * the last one, or it was hashed last in spite of the order. */
static bool
own_elsewhere_fits(struct seal_case *c)
{
	struct piece *p = c->t.piece, *last = &p[c->t.n - 1];
	struct piece own = p[c->own], end = *last;
	const struct sigfield *f = c->f;

	p[c->own].octets =
	    canon_field(c->s, CANON_RELAXED, f->field, f->tags.b_raw, true);
	last->octets.len -= 2;
	if (sequence_fits(c->s, &c->t))
		return true;
	/* Of one set that is another fault. */
	if (c->i == 1)
		return false;
	*last = end;
	memmove(&p[c->own], &p[c->own + 1], (c->t.n - c->own - 1) * sizeof *p);
	*last = own;
	return sequence_fits(c->s, &c->t);
}

bool
seal_try(struct seal_case *c)
{
	bool fits = false;

	if (c->found == 0 && c->t.n > 0 && !c->s->failed)
		fits = sequence_fits(c->s, &c->t) ||
		       (c->own + 1 < c->t.n && own_elsewhere_fits(c));
	if (fits) {
		c->found++;
		c->finding = finding_new(
		    c->s, c->cause, LEVEL_PROVED, ASPECT_SEAL, c->i);
		finding_pieces(c->s, c->finding, &c->t, &c->q);
	}
	c->t.n = 0;
	c->own = SEAL_MAX_PIECES;
	return fits;
}

unsigned
seal_first_set(const struct seal_case *c)
{
	return chain_scope(c->f->tags.cv, c->i);
}

struct slice
seal_with_b(struct seal_case *c, struct slice value)
{
	struct buf b = { .max = 0 };
	struct taglist tags;
	struct diag why;
	const struct tag *tag = NULL;

	if (taglist_parse(value, c->s->arena, &tags, &why) == 0)
		tag = taglist_find(&tags, SLICE("b"));
	if (tag == NULL)
		return value;
	size_t at = (size_t)(tag->raw.p - value.p);

	buf_slice(&b, slice_sub(value, 0, at));
	buf_slice(&b, c->f->tags.b_raw);
	buf_slice(&b, slice_sub(value, at + tag->raw.len, value.len));
	struct slice kept = search_keep(c->s, &b);

	buf_release(&b);
	return kept;
}
