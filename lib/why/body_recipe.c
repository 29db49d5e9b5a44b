/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "why/body_recipe.h"
#include "why/recipe.h"

/* What differs of a body that is wholly another, as one edit. */
static bool
try_other(struct body_case *c, struct slice other)
{
	struct slice is = c->body;
	size_t before = 0, after = 0;

	while (before < is.len && before < other.len &&
	       is.p[before] == other.p[before])
		before++;
	while (after < is.len - before && after < other.len - before &&
	       is.p[is.len - 1 - after] == other.p[other.len - 1 - after])
		after++;
	return body_try_one(c, before, is.len - after,
	    slice_sub(other, before, other.len - after - before));
}

/* Undo one change of *body, and try what it was.  False when that is over.
 * Lines to write may be text, or base64 of it: nobody settled that yet. */
static bool
undo(struct body_case *c, const struct recipe *r, struct slice *body)
{
	struct slice next = SLICE_NONE;

	for (int coded = 0; coded < 2; coded++) {
		struct edit e[RECIPE_MAX_EDITS];
		struct buf b = { .max = 0 };
		size_t n;

		if (recipe_body(c->s, r, *body, coded == 1, e, &n) != 0)
			continue;
		body_put_edited(&b, *body, e, n);
		struct slice was = search_keep(c->s, &b);

		buf_release(&b);
		if (was.p == NULL)
			return false;
		if (body->p == c->body.p ? body_try(c, e, n)
					 : try_other(c, was)) {
			if (c->finding != NULL)
				recipe_claim(c->s, r, c->finding->detail,
				    sizeof c->finding->detail);
			return false;
		}
		if (next.p == NULL)
			next = was;
	}
	*body = next;
	return next.p != NULL;
}

void
body_recipe(struct body_case *c)
{
	struct slice body = c->body;
	size_t n;
	const struct recipe *r = recipes(c->s, &n);

	for (size_t k = 0; k < n; k++)
		if (r[k].json.p != NULL && !undo(c, &r[k], &body))
			return;
}

void
body_recipe_claim(struct body_case *c, struct finding *f)
{
	size_t n;
	const struct recipe *r = recipes(c->s, &n);
	char m[DIAG_QUOTED];

	/* The newest that has it: changed after that. */
	for (size_t k = 0; k < n; k++)
		if (recipe_lists(c->s, &r[k], c->want)) {
			snprintf(f->detail, sizeof f->detail,
			    "Message-Instance m=%s, not verified, claims the "
			    "same body hash",
			    diag_quote(r[k].instance, m));
			return;
		}
}
