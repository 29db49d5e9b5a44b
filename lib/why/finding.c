/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/finding.h"
#include "why/known.h"

enum {
	INPUT_BEFORE = 60, /* octets told before the first that differs */
};

const char *
finding_aspect_word(const struct finding *f)
{
	static const char *const words[] = { "ams.bh", "ams.b", "as.b", "key",
		"structure" };

	if (f->signature > 0 && f->aspect == ASPECT_BODY_HASH)
		return "dkim.bh";
	if (f->signature > 0 && f->aspect == ASPECT_SIGNATURE)
		return "dkim.b";
	return words[f->aspect];
}

bool
finding_same_signer(const struct finding *f, const struct finding *g)
{
	return f->instance == g->instance && f->signature == g->signature;
}

bool
finding_same_aspect(const struct finding *f, const struct finding *g)
{
	return finding_same_signer(f, g) && f->aspect == g->aspect;
}

/* The signature that a finding about that aspect of a set concerns. */
static const struct known *
known_of(const struct search *s, enum finding_aspect aspect, unsigned instance)
{
	switch (aspect) {
	case ASPECT_BODY_HASH:
	case ASPECT_SIGNATURE: return s->ams[instance];
	case ASPECT_SEAL: return s->seal[instance];
	case ASPECT_KEY:
	case ASPECT_STRUCTURE: break;
	}
	return s->ams[0];
}

const char *
finding_certainty_word(enum finding_certainty who)
{
	static const char *const words[] = { "open", "likely", "proved" };

	return words[who];
}

struct finding *
finding_new(struct search *s, enum cause_id cause, enum cause_level level,
    enum finding_aspect aspect, unsigned instance)
{
	struct finding *f = finding_about(
	    s, cause, level, aspect, known_of(s, aspect, instance));
	enum cause_role role = cause_info(cause)->role;

	if (f == NULL)
		return NULL;
	f->instance = f->after = instance;
	if (role == ROLE_SIGNER || role == ROLE_KEY)
		f->domain = search_domain(s, instance);
	return f;
}

struct finding *
finding_about(struct search *s, enum cause_id cause, enum cause_level level,
    enum finding_aspect aspect, const struct known *k)
{
	struct explanation *e = s->out;
	enum cause_role role = cause_info(cause)->role;

	if (e->finding == NULL) {
		e->finding = arena_array(
		    s->m->arena, FINDING_MAX_COUNT, sizeof *e->finding);
		e->max = FINDING_MAX_COUNT;
	}
	if (e->finding == NULL)
		search_memory(s);
	if (e->finding == NULL || s->failed || e->n == e->max)
		return NULL;
	struct finding *f = &e->finding[e->n++];

	*f = (struct finding){ .cause = cause,
		.level = level,
		.aspect = aspect,
		.sig = k->f,
		.instance = k->instance,
		.signature = k->number,
		.since = k->f,
		.after = k->after,
		.group = s->groups++,
		.tried = e->tried - s->begun };
	if (role == ROLE_SIGNER || role == ROLE_KEY)
		f->domain = known_domain(s, k);
	return f;
}

/* One side of a difference that ends so many octets before its end. */
static struct slice
input_side(struct search *s, struct slice octets, size_t from, size_t behind)
{
	struct slice part = slice_sub(octets, from, octets.len - from - behind);

	part = part.len == 0 ? SLICE("")
			     : arena_copy(s->m->arena,
				   slice_sub(part, 0, FINDING_MAX_INPUT));
	if (part.p == NULL)
		search_memory(s);
	return part;
}

void
finding_input(struct search *s, struct finding *f, struct slice hashed,
    struct slice standard)
{
	const char *h = hashed.p, *r = standard.p;
	size_t n = hashed.len < standard.len ? hashed.len : standard.len;
	size_t same = 0, from, behind = 0, tail = 0;

	while (same < n && h[same] == r[same])
		same++;
	if (f == NULL || (same == hashed.len && same == standard.len))
		return;
	from = same;
	while (from > 0 && same - from < INPUT_BEFORE && h[from - 1] != '\n')
		from--;
	/* Whole lines that both end in are left out. */
	while (tail < n - same &&
	       h[hashed.len - tail - 1] == r[standard.len - tail - 1]) {
		if (h[hashed.len - tail - 1] == '\n')
			behind = tail;
		tail++;
	}
	if (tail == n - same && same > 0 && h[same - 1] == '\n' &&
	    h[hashed.len - tail - 1] == '\n' &&
	    r[standard.len - tail - 1] == '\n')
		behind = tail;
	f->input = (struct input_diff){ .offset = from,
		.hashed = input_side(s, hashed, from, behind),
		.standard = input_side(s, standard, from, behind) };
}

bool
finding_above(const struct search *s, enum finding_aspect aspect,
    const struct known *known)
{
	for (size_t k = 0; k < s->out->n; k++) {
		const struct finding *f = &s->out->finding[k];

		if (f->aspect != aspect || f->level != LEVEL_INDICATED)
			continue;
		for (const struct known *n = known_newer(s, known); n != NULL;
		     n = known_newer(s, n))
			if (f->sig == n->f &&
			    (n->instance > 0 || known->instance == 0))
				return true;
	}
	return false;
}

void
finding_drop(struct search *s, size_t from, unsigned group)
{
	struct explanation *e = s->out;
	size_t n = from;

	for (size_t k = from; k < e->n; k++)
		if (e->finding[k].group != group)
			e->finding[n++] = e->finding[k];
	e->n = n;
}

void
finding_since(struct search *s, struct finding *f, const struct known *k)
{
	f->since = k->f;
	f->after = k->after;
	for (const struct known *n = known_newer(s, k); n != NULL;
	     n = known_newer(s, n))
		for (size_t i = 0; i < s->out->n; i++) {
			const struct finding *g = &s->out->finding[i];

			if (g->sig == n->f && g->aspect == f->aspect &&
			    g->level == LEVEL_INDICATED) {
				f->since = n->f;
				f->after = n->after;
			}
		}
}

void
finding_until(struct search *s, struct finding *f, const struct known *k)
{
	f->until = k != NULL ? k->f : NULL;
	f->before = k != NULL ? k->before : 0;
	f->domain = k != NULL ? known_domain(s, k) : SLICE_NONE;
}

void
finding_place(struct search *s, struct finding *f, const struct known *k,
    bool (*now)(struct search *, void *ctx, const struct known *),
    bool (*then)(struct search *, void *ctx, const struct known *), void *ctx)
{
	const struct known *n = known_newer(s, k);

	f->since = k->f;
	f->after = k->after;
	for (; n != NULL && !now(s, ctx, n); n = known_newer(s, n))
		if (then != NULL && then(s, ctx, n)) {
			f->since = n->f;
			f->after = n->after;
		}
	finding_until(s, f, n);
}
