/* SPDX-License-Identifier: BSD-2-Clause */
/* Proof of octets is not proof of a culprit.  When all is found, this weighs
 * the stories: what a proof refutes is taken back, the likelier of two that
 * hash the same octets is told first, and of each it is said how sure the
 * culprit is. */
#include <stdio.h>
#include <string.h>

#include "why/twins.h"
#include "why/who.h"

/* Fields that may stand once (RFC 5322 section 3.6). */
static const char single_fields[] =
    "date from sender reply-to to cc bcc message-id in-reply-to references "
    "subject";

bool
explain_is_single(struct slice name)
{
	struct slice rest = slice_of(single_fields), word;

	while (slice_cut(&rest, ' ', &word))
		if (slice_eq_nocase(word, name))
			return true;
	return false;
}

static enum cause_role
role_of(const struct finding *f)
{
	return cause_info(f->cause)->role;
}

/* Whether both are proofs about the same signature or body hash. */
static bool
same_matter(const struct finding *f, const struct finding *g)
{
	return finding_same_aspect(f, g) && f->level == LEVEL_PROVED &&
	       g->level == LEVEL_PROVED && f->aspect != ASPECT_STRUCTURE;
}

/* ------------------------------------------------------------------------
 * Which story is likelier. */

/* A surplus field of a name that may stand once: an addition, wherever it is,
 * and so is what came with it. */
static bool
is_surplus(const struct finding *f)
{
	bool any = false;

	for (size_t k = 0; k < f->nchanges; k++)
		any = any || explain_is_single(f->change[k].name);
	return any && f->cause == CAUSE_HDR_FIELD_ADDED;
}

/* Among stories of one signature; equals stay as they were found. */
static int
weight(const struct finding *f)
{
	return is_surplus(f) || f->near ||
	       (f->cause == CAUSE_HDR_EMPTY_FIELD_REMOVED && f->nchanges > 0) ||
	       f->cause == CAUSE_HDR_LINE_BROKEN_998;
}

/* The group of findings that tells the matter of finding k best. */
static unsigned
best_group(const struct explanation *e, size_t k)
{
	const struct finding *best = &e->finding[k];

	for (size_t i = 0; i < e->n; i++)
		if (same_matter(&e->finding[i], &e->finding[k]) &&
		    weight(&e->finding[i]) > weight(best))
			best = &e->finding[i];
	if (weight(best) > weight(&e->finding[k]))
		return best->group;
	for (size_t i = 0; i < k; i++)
		if (same_matter(&e->finding[i], &e->finding[k]) &&
		    weight(&e->finding[i]) == weight(best))
			return e->finding[i].group;
	return best->group;
}

static void
add_twin(struct finding *f, const struct finding *other)
{
	for (size_t k = 0; k < f->ntwins; k++)
		if (f->twin[k].cause == other->cause)
			return;
	if (f->ntwins < FINDING_MAX_TWINS)
		f->twin[f->ntwins++] = (struct twin){ .cause = other->cause,
			.after = other->after,
			.before = other->before,
			.domain = other->domain,
			.far = other->far };
}

/* Behind what is told of the same matter; all else stays in its order. */
static void
put_others_behind(struct explanation *e)
{
	for (size_t k = 1; k < e->n; k++) {
		struct finding f = e->finding[k];
		size_t at = k;

		for (; at > 0 && !f.other && e->finding[at - 1].other &&
		       same_matter(&e->finding[at - 1], &f);
		     at--)
			e->finding[at] = e->finding[at - 1];
		e->finding[at] = f;
	}
}

static void
weigh(struct explanation *e)
{
	bool other[FINDING_MAX_COUNT] = { false };

	for (size_t k = 0; k < e->n; k++)
		other[k] = e->finding[k].level == LEVEL_PROVED &&
			   e->finding[k].aspect != ASPECT_STRUCTURE &&
			   best_group(e, k) != e->finding[k].group;
	for (size_t k = 0; k < e->n; k++)
		e->finding[k].other = other[k];
	put_others_behind(e);
	for (size_t k = 0; k < e->n; k++)
		for (size_t i = 0; i < e->n && !e->finding[k].other; i++)
			if (e->finding[i].other &&
			    same_matter(&e->finding[i], &e->finding[k]))
				add_twin(&e->finding[k], &e->finding[i]);
}

/* ------------------------------------------------------------------------
 * How sure it is who did it. */

/* Whether a twin has another role, or is of another hop. */
static bool
has_other_culprit(const struct finding *f)
{
	for (size_t k = 0; k < f->ntwins; k++)
		if (cause_info(f->twin[k].cause)->role != role_of(f) ||
		    f->twin[k].before != f->before)
			return true;
	return false;
}

/* Anybody can sign in the name of a domain with a key that it never had. */
static bool
may_be_forged(const struct finding *f)
{
	return f->cause == CAUSE_KEY_MISMATCH || f->cause == CAUSE_KEY_MISSING;
}

static enum finding_certainty
certainty(const struct finding *f)
{
	bool named = f->domain.len > 0;

	switch (role_of(f)) {
	case ROLE_SIGNER:
		if (f->level == LEVEL_INDICATED || !named)
			return WHO_OPEN;
		return f->level == LEVEL_FACT || has_other_culprit(f)
			   ? WHO_LIKELY
			   : WHO_PROVED;
	case ROLE_MODIFIER:
		/* Between two hops there may be others that seal nothing. */
		return named && f->level != LEVEL_INDICATED ? WHO_LIKELY
							    : WHO_OPEN;
	case ROLE_KEY:
		return f->level == LEVEL_INDICATED || f->unasked ? WHO_OPEN
		       : may_be_forged(f)			 ? WHO_LIKELY
								 : WHO_PROVED;
	case ROLE_VALIDATOR:
		return f->level != LEVEL_PROVED ? WHO_OPEN
		       : has_other_culprit(f)	? WHO_LIKELY
						: WHO_PROVED;
	}
	return WHO_OPEN;
}

/* Of two roles that fit as well nothing decides. */
static bool
is_undecided(const struct finding *f)
{
	for (size_t k = 0; k < f->ntwins; k++)
		if (cause_info(f->twin[k].cause)->role != role_of(f) &&
		    !f->twin[k].far && weight(f) == 0)
			return true;
	return false;
}

/* ------------------------------------------------------------------------
 * What a proof refutes, and what contradicts what is said beside it. */

static bool
any(const struct explanation *e, const struct finding *like,
    enum finding_aspect aspect, enum cause_level level)
{
	for (size_t k = 0; k < e->n; k++)
		if (finding_same_signer(&e->finding[k], like) &&
		    e->finding[k].aspect == aspect &&
		    e->finding[k].level == level)
			return true;
	return false;
}

static bool
is_told(const struct explanation *e, enum cause_id cause,
    const struct finding *like)
{
	for (size_t k = 0; k < e->n; k++)
		if (e->finding[k].cause == cause &&
		    finding_same_signer(&e->finding[k], like))
			return true;
	return false;
}

/* Whether something that is proved says otherwise. */
static bool
is_refuted(const struct explanation *e, const struct finding *f)
{
	/* It was right when it was sealed. */
	if (f->cause == CAUSE_AS_CV_WRONG && is_told(e, CAUSE_AS_CV_ALTERED, f))
		return true;
	if (f->level != LEVEL_INDICATED)
		return false;
	if (any(e, f, f->aspect, LEVEL_PROVED))
		return true;
	/* One key that made neither signature explains both. */
	return (f->cause == CAUSE_HDR_CHANGED ||
		   f->cause == CAUSE_HDR_RECIPIENTS_REWRITTEN ||
		   f->cause == CAUSE_HDR_FIELD_REMOVED ||
		   f->cause == CAUSE_AS_AAR_ALTERED ||
		   f->cause == CAUSE_AS_COVERED_CHANGED) &&
	       (is_told(e, CAUSE_KEY_MISMATCH, f) ||
		   any(e, f, ASPECT_KEY, LEVEL_FACT));
}

static void
drop_refuted(struct explanation *e)
{
	size_t n = 0;

	for (size_t k = 0; k < e->n; k++)
		if (!is_refuted(e, &e->finding[k]))
			e->finding[n++] = e->finding[k];
	e->n = n;
}

/* Whether what was done is the work of the signer's own side: an alias that a
 * server of the author writes, or a field of Microsoft's that does not leave
 * its servers.  Whoever sealed next is not to be named for it. */
static bool
is_signers_side(const struct finding *f)
{
	static const struct slice own = { "X-MS-Exchange-", 14 };

	return f->cause == CAUSE_HDR_FROM_ALIASED ||
	       (f->cause == CAUSE_HDR_FIELD_REMOVED_STOCK && f->nchanges > 0 &&
		   slice_eq_nocase(
		       slice_sub(f->change[0].name, 0, own.len), own));
}

static void
name_nobody(struct explanation *e)
{
	for (size_t k = 0; k < e->n; k++)
		if (is_signers_side(&e->finding[k]))
			e->finding[k].domain = SLICE_NONE;
}

/* Whether one change of one field explains it, as an earlier finding says. */
static bool
is_repeated(const struct explanation *e, size_t k)
{
	const struct finding *f = &e->finding[k];

	for (size_t i = 0; i < k; i++) {
		const struct finding *g = &e->finding[i];

		if (same_matter(f, g) && f->cause == g->cause &&
		    f->nchanges == 1 && g->nchanges == 1 &&
		    f->change[0].at != NULL &&
		    f->change[0].at == g->change[0].at &&
		    f->change[0].was.p == NULL && g->change[0].was.p == NULL &&
		    f->group != g->group)
			return true;
	}
	return false;
}

static void
drop_repeated(struct explanation *e)
{
	size_t n = 0;

	for (size_t k = 0; k < e->n; k++)
		if (!is_repeated(e, k))
			e->finding[n++] = e->finding[k];
	e->n = n;
}

void
explain_who(struct search *s)
{
	struct explanation *e = s->out;

	drop_refuted(e);
	drop_repeated(e);
	name_nobody(e);
	explain_twins(s);
	weigh(e);
	for (size_t k = 0; k < e->n; k++) {
		struct finding *f = &e->finding[k];

		f->who = f->other || is_undecided(f) ? WHO_OPEN : certainty(f);
	}
}
