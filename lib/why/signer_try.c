/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "why/signer_try.h"

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
	return true;
}
