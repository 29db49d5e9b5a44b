/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "why/header_case.h"
#include "why/header_place.h"

bool
header_covered_now(
    struct search *s, const struct known *k, const struct change *change)
{
	const struct sigfield *f = k->f;
	bool covered = false;

	if (!k->holds)
		return false;
	select_start(s->select, f->field);
	for (size_t j = 0; j < f->tags.nheaders; j++) {
		const struct field *h =
		    select_next(s->select, f->tags.headers[j]);

		covered |=
		    change->at != NULL
			? h == change->at
			: h == NULL &&
			      slice_eq_nocase(f->tags.headers[j], change->name);
	}
	return covered;
}

/* Whether two values of a field are one for relaxed canonicalization. */
static bool
same_relaxed(
    struct search *s, struct slice name, struct slice a, struct slice b)
{
	if (a.p == NULL || b.p == NULL)
		return a.p == b.p;
	return slice_eq(a, b) ||
	       slice_eq(
		   canon_octets(s, CANON_RELAXED, name, a, SLICE_NONE, true),
		   canon_octets(s, CANON_RELAXED, name, b, SLICE_NONE, true));
}

/* Whether k cannot tell what was there from what is: only white space and
 * capitals differ, and it does not count them. */
static bool
is_blind(struct search *s, const struct known *k, const struct change *c)
{
	return k->f->tags.header_canon == CANON_RELAXED && c->is.p != NULL &&
	       same_relaxed(s, c->name, c->is, c->was);
}

/* Whether a field is among those that h= selects. */
static bool
selects(struct search *s, const struct sigfield *f, const struct field *field)
{
	bool any = false;

	select_start(s->select, f->field);
	for (size_t j = 0; j < f->tags.nheaders; j++)
		any |= select_next(s->select, f->tags.headers[j]) == field;
	return any;
}

/* Whether k, of which is proved what it signed, signed a field when it was no
 * longer as the change has it: what changed it first came before k. */
static bool
signed_changed(
    struct search *s, const struct known *k, const struct change *change)
{
	const struct change *later = NULL;
	bool proved = false;

	if (k->holds || change->at == NULL || !selects(s, k->f, change->at))
		return false;
	for (size_t i = 0; i < s->out->n; i++) {
		const struct finding *f = &s->out->finding[i];

		if (f->sig != k->f || f->aspect != ASPECT_SIGNATURE)
			continue;
		if (f->level != LEVEL_PROVED ||
		    cause_info(f->cause)->role != ROLE_MODIFIER)
			return false;
		proved = true;
		for (size_t j = 0; j < f->nchanges && later == NULL; j++)
			if (f->change[j].at == change->at)
				later = &f->change[j];
	}
	return proved && (later == NULL || !same_relaxed(s, change->name,
					       later->was, change->was));
}

static bool
covered_now(struct search *s, void *ctx, const struct known *k)
{
	const struct finding *f = ctx;

	return header_covered_now(s, k, &f->change[0]) ||
	       (!is_blind(s, k, &f->change[0]) &&
		   signed_changed(s, k, &f->change[0]));
}

/* Whether k was explained by the same change. */
static bool
explained_so(struct search *s, const struct known *k, const struct change *c)
{
	for (size_t i = 0; i < s->out->n; i++) {
		const struct finding *f = &s->out->finding[i];

		if (f->sig != k->f || f->aspect != ASPECT_SIGNATURE)
			continue;
		for (size_t j = 0; j < f->nchanges; j++)
			if (f->change[j].at == c->at &&
			    slice_eq_nocase(f->change[j].name, c->name) &&
			    same_relaxed(s, c->name, f->change[j].was, c->was))
				return true;
	}
	return false;
}

/* What the findings that hold together with f say of a field, or of one that is
 * not there. */
static const struct change *
change_of(const struct search *s, const struct finding *f,
    const struct field *at, struct slice name)
{
	for (size_t i = 0; i < s->out->n; i++) {
		const struct finding *g = &s->out->finding[i];

		if (g->sig != f->sig || g->aspect != f->aspect ||
		    g->group != f->group)
			continue;
		for (size_t j = 0; j < g->nchanges; j++)
			if (g->change[j].at == at &&
			    slice_eq_nocase(g->change[j].name, name))
				return &g->change[j];
	}
	return NULL;
}

/* Put what k signs with all that undone; how many changes that were. */
static size_t
put_undone(struct search *s, const struct known *k, const struct finding *f,
    struct digest *d)
{
	const struct sigtags *g = &k->f->tags;
	const struct change *last = NULL;
	struct sink sink = digest_sink(d);
	size_t undone = 0;

	select_start(s->select, k->f->field);
	for (size_t j = 0; j < g->nheaders; j++) {
		const struct field *h = select_next(s->select, g->headers[j]);
		const struct change *c = change_of(s, f, h, g->headers[j]);
		struct slice was = SLICE_NONE;

		if (c != NULL && c != last) {
			last = c;
			undone++;
			if (c->was.p != NULL)
				was = canon_octets(s, g->header_canon, c->name,
				    c->was, SLICE_NONE, true);
			digest_put(d, was.p, was.len);
		} else if (h != NULL) {
			canon_header(
			    g->header_canon, h, SLICE_NONE, true, &sink);
		}
	}
	canon_header(g->header_canon, k->f->field, g->b_raw, false, &sink);
	return undone;
}

/* Whether k, too, signed the fields as they were: it verifies with the changes
 * undone. */
static bool
signs_undone(struct search *s, const struct known *k, const struct finding *f)
{
	unsigned char octets[DIGEST_SIZE];
	struct digest d;
	struct diag why;

	if (k->holds || !k->readable || k->target.kind != TARGET_DIGEST)
		return false;
	digest_init(&d);
	size_t undone = put_undone(s, k, f, &d);

	if (digest_final(&d, octets, &why) != 0)
		search_fail(s, &why);
	digest_release(&d);
	return !s->failed && undone > 0 &&
	       memcmp(octets, k->target.digest, DIGEST_SIZE) == 0;
}

static bool
covered_then(struct search *s, void *ctx, const struct known *k)
{
	const struct finding *f = ctx;

	return !is_blind(s, k, &f->change[0]) &&
	       (explained_so(s, k, &f->change[0]) || signs_undone(s, k, f));
}

/* What white space was when a signer signed that does not count it is not
 * known: it may have been changed later. */
static void
spare_blind(struct search *s, struct finding *f)
{
	for (size_t k = 0; k < s->nknown; k++)
		if (s->known[k].f != NULL && s->known[k].f == f->until &&
		    is_blind(s, &s->known[k], &f->change[0]))
			f->domain = SLICE_NONE;
}

/* A change of a MIME field is told as the body's, of which it is a part. */
static void
name_with_body(struct search *s, struct finding *f, const struct known *of)
{
	const struct finding *edit = header_mime_edit(s, of);
	struct slice rest = slice_of(header_mime_fields), name;

	while (edit != NULL && f->nchanges == 1 && slice_cut(&rest, ' ', &name))
		if (slice_eq_nocase(name, f->change[0].name))
			f->cause = edit->cause;
}

void
header_place(struct search *s, size_t from, const struct known *of)
{
	for (size_t k = from; k < s->out->n; k++) {
		struct finding *f = &s->out->finding[k];

		if (cause_info(f->cause)->role != ROLE_MODIFIER)
			continue;
		name_with_body(s, f, of);
		if (f->nchanges > 0) {
			finding_place(s, f, of, covered_now, covered_then, f);
			spare_blind(s, f);
		} else {
			f->domain = SLICE_NONE;
		}
	}
}
