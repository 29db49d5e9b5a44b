/* SPDX-License-Identifier: BSD-2-Clause */
/* What a search finds first is one story.  Others that have the same octets
 * hashed need no search: the cause names them. */
#include <string.h>

#include "why/body_try.h"
#include "why/known.h"
#include "why/twins.h"

/* The signature that a finding is about. */
static const struct known *
known_about(const struct search *s, const struct finding *f)
{
	for (size_t k = 0; k < s->nknown; k++)
		if (s->known[k].f != NULL && s->known[k].f == f->sig)
			return &s->known[k];
	return NULL;
}

/* Whether an older signature says that the body was like this before k's signer
 * had it. */
static bool
body_is_older(const struct search *s, const struct known *k)
{
	const struct known *o = known_older(s, k);

	while (o != NULL && !(o->body_holds && !o->f->tags.has_length))
		o = known_older(s, o);
	return o != NULL;
}

/* Whether the hop that signed sealed the field as it is now. */
static bool
is_sealed_so(const struct search *s, const struct known *k)
{
	return k->instance > 0 && s->seal[k->instance]->holds;
}

/* Whether a witness says that nobody did it later. */
static bool
is_refuted(const struct search *s, const struct finding *f,
    const struct known *k, enum cause_id twin)
{
	switch (twin) {
	case CAUSE_BODY_ADDED:
	case CAUSE_BODY_DOTS_REMOVED:
	case CAUSE_BODY_BLANK_LINE_REMOVED:
		return f->alone || body_is_older(s, k);
	case CAUSE_HDR_OWN_FIELD_RESPACED: return is_sealed_so(s, k);
	default: return f->alone;
	}
}

static bool
holds_now(struct search *s, void *ctx, const struct known *k)
{
	(void)s;
	(void)ctx;
	return k->holds;
}

/* Whether k has the fault that *ctx is a twin of. */
static bool
has_fault(struct search *s, void *ctx, const struct known *k)
{
	const enum cause_id *cause = ctx;

	for (size_t n = 0; n < s->out->n; n++)
		if (s->out->finding[n].sig == k->f &&
		    s->out->finding[n].cause == *cause)
			return true;
	return false;
}

/* Whether a signer of another domain has the same fault: two make it less
 * likely than one that came after both. */
static bool
has_company(struct search *s, const struct finding *f, const struct known *of)
{
	enum cause_id cause = f->cause;

	for (size_t k = 0; k < s->nknown; k++)
		if (s->known[k].f != NULL &&
		    s->known[k].f->kind == of->f->kind &&
		    !slice_eq_nocase(
			known_domain(s, &s->known[k]), known_domain(s, of)) &&
		    has_fault(s, &cause, &s->known[k]))
			return true;
	return false;
}

/* Before which signer a change was made that nothing tells more of. */
static void
place_twin(struct search *s, struct finding *f, const struct known *k,
    enum cause_id of)
{
	if (f->cause != CAUSE_HDR_OWN_FIELD_RESPACED) {
		finding_place(s, f, k,
		    f->aspect == ASPECT_BODY_HASH ? body_as_now : holds_now,
		    has_fault, &of);
		return;
	}
	/* Seals alone cover the field. */
	for (unsigned i = k->instance + 1; k->instance > 0 && i <= s->chain->n;
	     i++)
		if (s->seal[i]->holds) {
			finding_until(s, f, s->ams[i]);
			return;
		}
}

/* Behind all that is of the same part as finding at. */
static void
put_behind(struct explanation *e, size_t at)
{
	struct finding last = e->finding[e->n - 1];
	size_t to = at + 1;

	while (to + 1 < e->n &&
	       finding_same_aspect(&e->finding[to], &e->finding[at]))
		to++;
	for (size_t k = e->n - 1; k > to; k--)
		e->finding[k] = e->finding[k - 1];
	e->finding[to] = last;
}

static bool
has_finding(const struct explanation *e, const struct finding *like,
    enum cause_id cause)
{
	for (size_t k = 0; k < e->n; k++)
		if (e->finding[k].cause == cause &&
		    finding_same_aspect(&e->finding[k], like))
			return true;
	return false;
}

static void
tell_twin(
    struct search *s, size_t at, const struct known *k, enum cause_id cause)
{
	const struct finding *of = &s->out->finding[at];
	struct finding *f =
	    finding_about(s, cause, LEVEL_PROVED, of->aspect, k);

	if (f == NULL)
		return;
	f->far = !cause_info(of->cause)->even;
	f->tried = of->tried;
	f->input = of->input;
	f->nchanges = of->nchanges;
	memcpy(f->change, of->change, sizeof f->change);
	if (cause_info(cause)->role == ROLE_MODIFIER) {
		f->near = !f->far && f->aspect == ASPECT_BODY_HASH &&
			  has_company(s, of, k);
		place_twin(s, f, k, of->cause);
	}
	put_behind(s->out, at);
}

/* The hop sealed its own field as it is: what was done to it was done there. */
static bool
is_signers_own(
    const struct search *s, const struct finding *f, const struct known *k)
{
	return cause_info(f->cause)->role == ROLE_MODIFIER &&
	       cause_info(f->cause)->twins[0] ==
		   CAUSE_HDR_OWN_FIELD_REWRITTEN &&
	       is_sealed_so(s, k);
}

static void
twins_of(struct search *s, size_t at)
{
	struct explanation *e = s->out;
	struct finding *f = &e->finding[at];
	const struct known *k = known_about(s, f);
	const struct cause *cause = cause_info(f->cause);

	if (k == NULL || f->level != LEVEL_PROVED || f->far)
		return;
	if (is_signers_own(s, f, k)) {
		f->cause = CAUSE_HDR_OWN_FIELD_REWRITTEN;
		f->domain = known_domain(s, k);
		return;
	}
	for (size_t t = 0; cause->twins[t] != CAUSE_NONE; t++)
		if (cause_info(cause->twins[t])->role != cause->role &&
		    !has_finding(e, f, cause->twins[t]) &&
		    !is_refuted(s, f, k, cause->twins[t]))
			tell_twin(s, at, k, cause->twins[t]);
}

void
explain_twins(struct search *s)
{
	for (size_t k = 0; k < s->out->n && !s->failed; k++)
		twins_of(s, k);
}
