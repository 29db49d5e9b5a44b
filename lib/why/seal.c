/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "why/seal.h"
#include "why/seal_form.h"
#include "why/seal_later.h"
#include "why/seal_order.h"
#include "why/seal_try.h"

enum {
	SEAL_OCTETS = 128 * 1024 * 1024,
};

static const struct seal_row {
	enum cause_id cause;
	void (*try)(struct seal_case *);
} rows[] = {
	{ CAUSE_AS_FAIL_FULL_SCOPE, seal_fail_full_scope },
	{ CAUSE_AS_OWN_SET_ONLY, seal_own_set_only },
	{ CAUSE_AS_SETS_DESCENDING, seal_sets_descending },
	{ CAUSE_AS_AARS_BY_POSITION, seal_aars_by_position },
	{ CAUSE_AS_OWN_AAR_MISSING, seal_own_aar_missing },
	{ CAUSE_AS_EARLIER_SEALS_MISSING, seal_earlier_seals_missing },
	{ CAUSE_AS_AMS_BEFORE_AAR, seal_ams_before_aar },
	{ CAUSE_AS_SEAL_FIRST, seal_own_first },
	{ CAUSE_AS_BY_KIND, seal_by_kind },
	{ CAUSE_AS_SIMPLE_USED, seal_simple_used },
	{ CAUSE_AS_NAMES_NOT_LOWERED, seal_names_not_lowered },
	{ CAUSE_AS_TABS_KEPT, seal_tabs_kept },
	{ CAUSE_AS_EARLIER_B_EMPTIED, seal_b_emptied },
	{ CAUSE_AS_B_TAG_REMOVED, seal_b_tag_removed },
	{ CAUSE_AS_OWN_CRLF, seal_own_crlf },
	{ CAUSE_AS_CV_ALTERED, seal_cv_altered },
};

static bool
seal_init(struct seal_case *c, struct search *s, unsigned i)
{
	*c = (struct seal_case){
		.s = s, .i = i, .f = s->seal[i]->f, .own = SEAL_MAX_PIECES
	};
	if (!sequence_init(s, &c->q, SEAL_MAX_PIECES) ||
	    !sequence_init(s, &c->t, SEAL_MAX_PIECES))
		return false;
	c->q.target = c->t.target = &s->seal[i]->target;
	c->q.aspect = c->t.aspect = ASPECT_SEAL;
	c->q.of = c->t.of = s->seal[i];
	/* What is right, for offering other fields in it. */
	c->t.n = 0;
	for (unsigned k = seal_first_set(c); k <= i; k++)
		seal_put_set(c, k);
	for (size_t j = 0; j < c->t.n; j++)
		c->q.piece[j].octets = c->t.piece[j].octets;
	c->q.n = c->t.n;
	c->t.n = 0;
	return !s->failed;
}

/* What is proved of the fields that this seal covers: one finding of each
 * lower seal, and every b= that was repaired. */
static bool
is_proved_below(const struct seal_case *c, const struct finding *f)
{
	return f->level == LEVEL_PROVED && f->instance <= c->i &&
	       f->nchanges > 0 &&
	       ((f->aspect == ASPECT_SEAL && f->instance < c->i) ||
		   f->cause == CAUSE_SIG_B_DAMAGED);
}

/* Put what is proved into the sequence; the findings of lower seals that made
 * a difference are told of this one, too, when they are enough. */
static void
inherit(struct seal_case *c)
{
	struct search *s = c->s;
	const struct finding *of[SEAL_MAX_PIECES];
	size_t n = 0;

	for (size_t k = 0; k < s->out->n; k++) {
		const struct finding *f = &s->out->finding[k];
		bool used = false;

		for (size_t m = 0; is_proved_below(c, f) && m < f->nchanges;
		     m++)
			for (size_t j = 0; j < c->q.n; j++) {
				const struct sigfield *g = seal_field_at(c, j);
				struct slice *was =
				    &c->was[ARC_KINDS * (g->instance - 1) +
					    g->kind];

				if (g == c->f || g->field != f->change[m].at ||
				    was->p != NULL)
					continue;
				*was = c->q.piece[j].octets = canon_octets(s,
				    CANON_RELAXED, g->field->name,
				    f->change[m].was, SLICE_NONE, true);
				used = true;
			}
		if (used)
			of[n++] = f;
	}
	if (n == 0 || !sequence_fits(s, &c->q))
		return;
	c->found = n;
	unsigned group = s->groups++;

	size_t from = s->out->n;

	for (size_t k = 0; k < n; k++) {
		if (of[k]->aspect != ASPECT_SEAL || of[k]->instance >= c->i ||
		    of[k]->cause == CAUSE_SIG_B_DAMAGED)
			continue;
		struct finding *f = finding_new(
		    s, of[k]->cause, LEVEL_PROVED, ASPECT_SEAL, c->i);

		if (f == NULL) {
			finding_drop(s, from, group);
			return;
		}
		memcpy(f->change, of[k]->change, sizeof f->change);
		f->nchanges = of[k]->nchanges;
		f->group = group;
	}
}

/* A set was taken out and the others numbered anew: what the seals covered is
 * not there. */
static bool
is_renumbered(const struct search *s)
{
	for (size_t k = 0; k < s->out->n; k++)
		if (s->out->finding[k].level == LEVEL_PROVED &&
		    s->out->finding[k].cause == CAUSE_AS_RENUMBERED)
			return true;
	return false;
}

/* Whether something that the seal covers is known to have been changed, but not
 * what it was: a b= that was cut off, or a lower seal that does not verify. */
static bool
is_hopeless(const struct seal_case *c)
{
	const struct search *s = c->s;

	for (unsigned k = seal_first_set(c); k <= c->i; k++)
		if (s->ams[k]->cut ||
		    (k < c->i && (s->seal[k]->cut || s->seal[k]->lost)))
			return true;
	return false;
}

static void
try_rows(struct seal_case *c)
{
	size_t all = 0;

	for (size_t r = 0; r < ARRAY_LEN(rows) && !search_over(c->s); r++) {
		c->cause = rows[r].cause;
		c->found = c->t.n = 0;
		c->own = SEAL_MAX_PIECES;
		rows[r].try(c);
		all += c->found;
	}
	c->found = all;
}

/* Whether other signatures cover what the seal covers, except its own AAR and
 * tags. */
static bool
all_else_holds(const struct search *s, unsigned i)
{
	return s->ams[i]->holds && s->ams[i]->body_holds &&
	       (i == 1 || s->seal[i - 1]->holds);
}

void
explain_seal(struct search *s, struct known *k)
{
	unsigned i = k->instance;

	struct seal_case *c;
	size_t from = s->out->n;

	if (!s->seal[i]->readable || s->seal[i]->holds ||
	    s->seal[i]->target.kind == TARGET_NONE || is_renumbered(s))
		return;
	c = arena_alloc(s->arena, sizeof *c);
	if (c == NULL) {
		search_memory(s);
		return;
	}
	search_begin(s, SEAL_OCTETS);
	if (!seal_init(c, s, i))
		return;
	inherit(c);
	if (c->found == 0)
		try_rows(c);
	if (c->found == 0 && !is_hopeless(c))
		seal_later(c);
	s->seal[i]->lost = c->found == 0;
	if (c->found == 0 && !is_hopeless(c) && !s->failed)
		finding_new(s,
		    all_else_holds(s, i) ? CAUSE_AS_AAR_ALTERED
					 : CAUSE_AS_COVERED_CHANGED,
		    LEVEL_INDICATED, ASPECT_SEAL, i);
	seal_place(c, from);
}
