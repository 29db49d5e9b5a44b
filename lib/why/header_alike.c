/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/header_alike.h"

enum {
	MAX_ALIKE_NAMES = 12, /* of h=, for two exceptions */
	MAX_ALIKE = 12,	      /* ways of one rule */
};

/* The way-th of what a piece may have been by a cause. */
static const struct variant *
variant_of(const struct piece *p, enum cause_id cause, size_t way)
{
	for (const struct variant *v = p->first; v != NULL; v = v->next)
		if (v->cause == cause && way-- == 0)
			return v;
	return NULL;
}

/* One rule on all fields that it can have met, in one of its ways. */
struct alike {
	struct header_case *c;
	struct sequence q;
	enum cause_id cause;
	const struct variant **of; /* of each piece; NULL: it is as it came */
	size_t n;		   /* pieces with one */
};

/* But for two, that it may have found so. */
static bool
alike_fits(struct alike *a, size_t but, size_t nor)
{
	struct header_case *c = a->c;
	struct finding *f;

	for (size_t j = 0; j <= c->n; j++)
		a->q.piece[j].octets = a->of[j] != NULL && j != but && j != nor
					   ? a->of[j]->octets
					   : c->q.piece[j].octets;
	if (!sequence_fits(c->s, &a->q))
		return false;
	f = finding_about(c->s, a->cause, LEVEL_PROVED, ASPECT_SIGNATURE, c->k);
	for (size_t j = 0; f != NULL && j < c->n; j++)
		if (a->of[j] != NULL && j != but && j != nor &&
		    f->nchanges < FINDING_MAX_CHANGES)
			f->change[f->nchanges++] = a->of[j]->change;
	return true;
}

static bool
any_alike_fits(struct alike *a, size_t way)
{
	size_t n = a->c->n;

	a->n = 0;
	for (size_t j = 0; j <= n; j++) {
		a->of[j] = variant_of(&a->c->q.piece[j], a->cause, way);
		a->n += a->of[j] != NULL;
	}
	search_pay(a->c->s, COST_FIELD * n);
	if (a->n < 2)
		return false;
	if (alike_fits(a, SIZE_MAX, SIZE_MAX))
		return true;
	for (size_t j = 0; j < n && a->n > 2; j++) {
		if (a->of[j] == NULL)
			continue;
		if (alike_fits(a, j, SIZE_MAX))
			return true;
		for (size_t k = 0; k < j && a->n > 3 && n <= MAX_ALIKE_NAMES;
		     k++)
			if (a->of[k] != NULL && alike_fits(a, j, k))
				return true;
	}
	return false;
}

/* Of a cause that changes several fields at once, as a gateway that writes all
 * of them anew does. */
size_t
header_alike(struct header_case *c)
{
	struct alike a = { .c = c, .q = c->q };
	bool met[CAUSE_COUNT] = { false };

	a.of = arena_array(c->s->arena, c->n + 1, sizeof *a.of);
	if (a.of == NULL)
		search_memory(c->s);
	if (a.of == NULL || !sequence_init(c->s, &a.q, c->n + 1))
		return 0;
	for (size_t j = 0; j <= c->n; j++)
		for (const struct variant *v = c->q.piece[j].first; v != NULL;
		     v = v->next)
			met[v->cause] = true;
	for (size_t cause = 0; cause < CAUSE_COUNT; cause++) {
		a.cause = (enum cause_id)cause;
		for (size_t way = 0; met[cause] && way < MAX_ALIKE; way++)
			if (search_over(c->s))
				return 0;
			else if (any_alike_fits(&a, way))
				return 1;
	}
	return 0;
}
