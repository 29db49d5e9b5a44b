/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/finding.h"
#include "why/search.h"

enum {
	INPUT_BEFORE = 60, /* octets told before the first that differs */
};

const char *
explain_level_word(enum explain_level level)
{
	static const char *const words[] = { "proved", "fact", "indicated" };

	return words[level];
}

const char *
explain_role_word(enum explain_role role)
{
	static const char *const words[] = { "signer", "modifier", "key",
		"validator" };

	return words[role];
}

const char *
explain_place_word(enum explain_place place)
{
	static const char *const words[] = { "ams.bh", "ams.b", "as.b", "key",
		"structure" };

	return words[place];
}

const char *
explain_certainty_word(enum explain_certainty who)
{
	static const char *const words[] = { "open", "likely", "proved" };

	return words[who];
}

struct finding *
finding_new(struct search *s, enum cause_id cause, enum explain_level level,
    enum explain_place place, unsigned instance)
{
	struct explanation *e = s->out;
	enum explain_role role = cause_info(cause)->role;

	if (e->finding == NULL) {
		e->finding = arena_array(
		    s->m->arena, EXPLAIN_MAX_FINDINGS, sizeof *e->finding);
		e->max = EXPLAIN_MAX_FINDINGS;
	}
	if (e->finding == NULL)
		search_memory(s);
	if (e->finding == NULL || s->failed || e->n == e->max)
		return NULL;
	struct finding *f = &e->finding[e->n++];

	*f = (struct finding){ .cause = cause,
		.level = level,
		.place = place,
		.instance = instance,
		.after = instance,
		.group = s->groups++,
		.tried = e->tried - s->begun };
	if (role == ROLE_SIGNER || role == ROLE_KEY)
		f->domain = search_domain(s, instance);
	return f;
}

/* One side of a difference that ends so many octets before its end. */
static struct slice
input_side(struct search *s, struct slice octets, size_t from, size_t behind)
{
	struct slice part = slice_sub(octets, from, octets.len - from - behind);

	part = part.len == 0 ? SLICE("")
			     : arena_copy(s->m->arena,
				   slice_sub(part, 0, EXPLAIN_MAX_INPUT));
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
finding_above(const struct search *s, enum explain_place place, unsigned i)
{
	for (size_t k = 0; k < s->out->n; k++) {
		const struct finding *f = &s->out->finding[k];

		if (f->place == place && f->instance > i &&
		    f->level == EXPLAIN_INDICATED)
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
finding_place(struct search *s, struct finding *f, unsigned i,
    bool (*now)(struct search *, void *ctx, unsigned k),
    bool (*then)(struct search *, void *ctx, unsigned k), void *ctx)
{
	f->after = i;
	f->before = 0;
	for (unsigned k = i + 1; k <= s->chain->n; k++) {
		if (now(s, ctx, k)) {
			f->before = k;
			break;
		}
		if (then != NULL && then(s, ctx, k))
			f->after = k;
	}
	f->domain = search_domain(s, f->before);
}
