/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "why/header_place.h"
#include "why/known.h"
#include "why/signer_try.h"
#include "why/who.h"

/* What was tried, which is in q, fits, or not. */
static bool
note(struct signer_case *t, bool fits)
{
	struct search *s = t->c->s;

	if (!fits)
		return false;
	t->found++;
	t->finding =
	    finding_about(s, t->cause, LEVEL_PROVED, ASPECT_SIGNATURE, t->c->k);
	finding_pieces(s, t->finding, &t->q, &t->c->q);
	return true;
}

bool
signer_try(struct signer_case *t)
{
	return note(t, t->found == 0 && sequence_fits(t->c->s, &t->q));
}

void
signer_as_received(struct signer_case *t)
{
	header_pieces(t->c, t->c->sel, &t->q);
}

bool
signer_try_last(struct signer_case *t, struct slice own)
{
	struct search *s = t->c->s;
	struct digest d;

	if (t->found > 0 || !search_may(s, own.len))
		return false;
	digest_copy(&d, &t->before);
	digest_put(&d, own.p, own.len);
	bool fits = target_fits_digest(s, t->c->target, &d);

	digest_release(&d);
	if (fits) {
		signer_as_received(t);
		t->q.piece[t->c->n].octets = own;
	}
	return note(t, fits);
}

/* Name the fields of which a selection took others, or in another order. */
static void
say_names(struct signer_case *t, const struct field **sel)
{
	const struct header_case *c = t->c;
	struct finding *f = t->finding;
	struct buf b = { .max = sizeof f->detail - 1 };

	for (size_t j = 0; f != NULL && j < c->n; j++) {
		bool told = sel[j] == c->sel[j];

		for (size_t k = 0; k < j && !told; k++)
			told =
			    sel[k] != c->sel[k] &&
			    slice_eq_nocase(c->g->headers[k], c->g->headers[j]);
		if (told)
			continue;
		buf_text(&b, b.len == 0 ? "of " : ", ");
		buf_slice(&b, c->g->headers[j]);
	}
	if (b.len > 0)
		snprintf(f->detail, sizeof f->detail, "%.*s", (int)b.len, b.p);
	buf_release(&b);
}

/* Whether one older signature that still verifies covers all fields that a
 * selection means and the RFC does not, or the other way round: they were
 * there, in this order. */
static bool
was_so_before(const struct signer_case *t, const struct field **sel)
{
	const struct header_case *c = t->c;

	for (const struct known *k = known_older(c->s, c->k); k != NULL;
	     k = known_older(c->s, k)) {
		bool all = k->holds;

		for (size_t j = 0; all && j < c->n; j++) {
			const struct change now = { .at = c->sel[j] };
			const struct change then = { .at = sel[j] };

			if (sel[j] == c->sel[j])
				continue;
			all = (now.at == NULL ||
				  header_covered_now(c->s, k, &now)) &&
			      (then.at == NULL ||
				  header_covered_now(c->s, k, &then));
		}
		if (all)
			return true;
	}
	return false;
}

static bool
is_in(const struct header_case *c, const struct field **sel,
    const struct field *f)
{
	for (size_t j = 0; j < c->n; j++)
		if (sel[j] == f)
			return true;
	return false;
}

/* Whether a field that the RFC means and the signer did not may have been added
 * later: one too many, one above the seal, or one below all that was signed. */
static bool
may_be_added(const struct header_case *c, const struct field **sel,
    const struct field *f)
{
	bool below = true;

	for (size_t j = 0; j < c->n; j++)
		below &= sel[j] == NULL || sel[j] < f;
	return below || f < c->s->m->field + c->top ||
	       explain_is_single(f->name);
}

/* Whether the RFC means these fields once the others are gone. */
static bool
means_without(const struct header_case *c, const struct field **sel)
{
	select_start(c->s->select, c->f->field);
	for (size_t j = 0; j < c->n; j++) {
		const struct field *f;

		do
			f = select_next(c->s->select, c->g->headers[j]);
		while (f != NULL && is_in(c, c->sel, f) && !is_in(c, sel, f));
		if (f != sel[j])
			return false;
	}
	return true;
}

/* Fields that were added later hash alike: tell them, too. */
static void
tell_added(struct signer_case *t, const struct field **sel)
{
	struct header_case *c = t->c;
	struct change change[FINDING_MAX_CHANGES];
	size_t n = 0;

	search_pay(c->s, COST_SEEN * (uint64_t)c->n * c->n);
	for (size_t j = 0; j < c->n; j++) {
		const struct field *f = c->sel[j];

		if (f == NULL || is_in(c, sel, f))
			continue;
		if (n == FINDING_MAX_CHANGES || !may_be_added(c, sel, f))
			return;
		change[n++] =
		    (struct change){ .name = f->name, .at = f, .is = f->value };
	}
	if (n == 0 || !means_without(c, sel))
		return;
	struct finding *f = finding_about(
	    c->s, CAUSE_HDR_FIELD_ADDED, LEVEL_PROVED, ASPECT_SIGNATURE, c->k);

	if (f != NULL) {
		memcpy(f->change, change, n * sizeof *change);
		f->nchanges = n;
	}
}

bool
signer_try_selection(struct signer_case *t, const struct field **sel)
{
	size_t size = t->c->n * sizeof *sel;

	search_pay(t->c->s, size);
	/* That a field was added is not the signer's fault. */
	if (memcmp(sel, t->c->sel, size) == 0 ||
	    memcmp(sel, t->older, size) == 0)
		return false;
	header_pieces(t->c, sel, &t->q);
	if (!signer_try(t))
		return false;
	say_names(t, sel);
	if (t->finding != NULL)
		t->finding->alone = was_so_before(t, sel);
	if (t->finding != NULL && !t->finding->alone)
		tell_added(t, sel);
	return true;
}
