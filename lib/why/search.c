/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "why/search.h"

enum {
	MAX_TRIED = 512,  /* digests kept, not to be verified again */
	MUCH = 16 * 1024, /* octets that are kept where they are */
};

/* Octets of hypotheses that are kept until the message is done.  Beyond, no
 * other is tried; beyond twice as many, none is made. */
#define MAX_KEPT (UINT64_C(96) << 20)

void
search_fail(struct search *s, const struct diag *why)
{
	if (!s->failed)
		*s->why = *why;
	s->failed = true;
}

void
search_memory(struct search *s)
{
	struct diag why;

	diag_memory(&why);
	search_fail(s, &why);
}

bool
search_pay(struct search *s, uint64_t cost)
{
	s->purse -= cost < s->purse ? cost : s->purse;
	if (s->purse < s->left)
		s->left = s->purse;
	s->left -= cost < s->left ? cost : s->left;
	if (s->left == 0)
		s->spent = s->out->spent = true;
	return !search_over(s);
}

bool
search_over(const struct search *s)
{
	return s->failed || s->left == 0;
}

bool
search_may(struct search *s, uint64_t n)
{
	if (s->failed)
		return false;
	uint64_t cost = n * (s->dense ? COST_DENSE : 1) + COST_HYPOTHESIS;

	if (cost > s->left || s->kept > MAX_KEPT) {
		s->spent = s->out->spent = true;
		return false;
	}
	s->out->tried++;
	s->out->hashed += n;
	search_pay(s, cost);
	return true;
}

uint64_t
with_effort(const struct search *s, uint64_t octets)
{
	return octets * (s->opt->effort > 0 ? s->opt->effort : 1);
}

void
search_at_most(struct search *s, uint64_t octets)
{
	if (s->left > with_effort(s, octets))
		s->left = with_effort(s, octets);
}

uint64_t
search_put_by(struct search *s, uint64_t octets)
{
	uint64_t by = octets < s->left ? octets : s->left;

	s->left -= by;
	return by;
}

void
search_give_back(struct search *s, uint64_t octets)
{
	s->left += octets;
	if (s->left > s->purse)
		s->left = s->purse;
	s->spent = s->left == 0;
}

void
search_begin(struct search *s, uint64_t octets)
{
	/* Whatever comes first leaves as much for the rest. */
	s->part = with_effort(s, octets);
	if (s->part > s->purse / 2)
		s->part = s->purse / 2;
	s->left = s->part;
	s->begun = s->out->tried;
	s->spent = false;
	search_pay(s, 0);
}

void
search_purse(struct search *s)
{
	s->purse = with_effort(s, s->opt->glance ? COST_GLANCE : COST_MESSAGE);
}

/* Whether the digest was looked at before; it was now. */
static bool
tried_before(
    struct search *s, struct target *t, const unsigned char digest[DIGEST_SIZE])
{
	for (size_t k = 0; k < t->ntried; k++)
		if (memcmp(t->tried[k], digest, DIGEST_SIZE) == 0)
			return true;
	/* What is looked at before all search is looked at once. */
	if (t->tried == NULL && s->out->tried > 0 &&
	    (t->tried = arena_array(
		 s->m->arena, MAX_TRIED, sizeof *t->tried)) == NULL)
		search_memory(s);
	if (t->tried != NULL && t->ntried < MAX_TRIED)
		memcpy(t->tried[t->ntried++], digest, DIGEST_SIZE);
	return false;
}

bool
target_fits(
    struct search *s, struct target *t, const unsigned char digest[DIGEST_SIZE])
{
	struct diag why;

	if (s->failed)
		return false;
	if (t->kind == TARGET_DIGEST)
		return memcmp(t->digest, digest, DIGEST_SIZE) == 0;
	if (t->kind == TARGET_NONE || tried_before(s, t, digest))
		return false;
	if (t->checks == 0 || s->checks == 0) {
		s->spent = s->out->spent = true;
		return false;
	}
	t->checks--;
	s->checks--;
	search_pay(s, COST_VERIFICATION);
	if (signature_verify(t->key, SIGNATURE_ED25519_SHA256, 0, digest,
		t->signature, &why) == 0) {
		/* Now it is known as if it had been opened. */
		t->kind = TARGET_DIGEST;
		memcpy(t->digest, digest, DIGEST_SIZE);
		return true;
	}
	if (diag_info(why.code)->class == DIAG_CLASS_TROUBLE)
		search_fail(s, &why);
	return false;
}

bool
target_fits_digest(struct search *s, struct target *t, struct digest *d)
{
	unsigned char octets[DIGEST_SIZE];
	struct diag why;

	if (digest_final(d, octets, &why) != 0) {
		search_fail(s, &why);
		return false;
	}
	return target_fits(s, t, octets);
}

bool
step_begin(struct search *s, struct step *step)
{
	struct arena *mine = arena_new();

	*step = (struct step){ s->arena, s->out->n, s->kept };
	if (mine == NULL)
		search_memory(s);
	else
		s->arena = mine;
	return mine != NULL;
}

static void
keep_slice(struct search *s, struct slice *slice)
{
	if (slice->p == NULL)
		return;
	*slice = arena_copy(s->m->arena, *slice);
	if (slice->p == NULL)
		search_memory(s);
}

void
step_end(struct search *s, struct step *step)
{
	for (size_t k = step->from; k < s->out->n; k++) {
		struct finding *f = &s->out->finding[k];

		for (size_t j = 0; j < f->nchanges && !f->kept; j++) {
			keep_slice(s, &f->change[j].was);
			keep_slice(s, &f->change[j].name);
			if (f->change[j].inner)
				keep_slice(s, &f->change[j].is);
		}
		f->kept = true;
	}
	arena_free(s->arena);
	s->arena = step->before;
	s->kept = step->kept;
}

struct slice
search_domain(const struct search *s, unsigned i)
{
	if (i == 0 || i > s->chain->n)
		return SLICE_NONE;
	for (enum sigkind k = ARC_SEAL; k >= ARC_AMS; k--) {
		const struct sigfield *f = s->chain->set[i].part[k];

		if (f != NULL && f->tags.domain.len > 0)
			return f->tags.domain;
	}
	return SLICE_NONE;
}

size_t
search_top(const struct search *s, unsigned i)
{
	size_t top = s->m->nfields;

	for (enum sigkind k = ARC_AAR; k < ARC_KINDS; k++) {
		const struct sigfield *f = s->chain->set[i].part[k];

		if (f != NULL && f->index < top)
			top = f->index;
	}
	return top;
}

static struct slice
keep(struct search *s, struct buf *b, bool paid)
{
	struct slice kept = SLICE_NONE;

	s->kept += b->len;
	if (b->failure == BUF_OK && paid && s->kept <= 2 * MAX_KEPT) {
		if (b->len >= MUCH)
			buf_fit(b);
		kept = buf_view(b);
		if (b->len < MUCH || !arena_adopt(s->arena, b->p))
			kept = arena_copy(s->arena, kept);
		else
			*b = (struct buf){ .max = b->max };
	}
	if (kept.p == NULL && paid && s->kept <= 2 * MAX_KEPT)
		search_memory(s);
	buf_clear(b);
	return kept;
}

struct slice
search_keep(struct search *s, struct buf *b)
{
	return keep(s, b,
	    s->part == 0 ||
		search_pay(s, (uint64_t)COST_MADE * b->len + COST_HYPOTHESIS));
}

struct slice
search_keep_proof(struct search *s, struct buf *b)
{
	return keep(s, b, true);
}

static int
put_buf(void *ctx, const char *p, size_t n)
{
	struct buf *b = ctx;

	buf_put(b, p, n);
	return b->failure == BUF_OK ? 0 : -1;
}

struct sink
buf_sink(struct buf *b)
{
	return (struct sink){ .put = put_buf, .ctx = b };
}

struct slice
canon_field(struct search *s, enum canon canon, const struct field *f,
    struct slice without, bool crlf)
{
	struct sink sink = buf_sink(&s->canonical);

	canon_header(canon, f, without, crlf, &sink);
	return search_keep(s, &s->canonical);
}

struct slice
canon_octets(struct search *s, enum canon canon, struct slice name,
    struct slice value, struct slice without, bool crlf)
{
	struct buf *b = &s->raw;
	struct slice kept = SLICE_NONE;

	buf_slice(b, name);
	buf_char(b, ':');
	buf_slice(b, value);
	if (b->failure != BUF_OK) {
		search_memory(s);
		return SLICE_NONE;
	}
	struct slice raw = buf_view(b);
	struct field f = { .raw = raw,
		.name = slice_sub(raw, 0, name.len),
		.value = slice_sub(raw, name.len + 1, raw.len) };

	if (without.p != NULL)
		without = slice_sub(
		    f.value, (size_t)(without.p - value.p), without.len);
	if (s->part == 0 ||
	    search_pay(s, (uint64_t)COST_MADE * b->len + COST_HYPOTHESIS))
		kept = canon_field(s, canon, &f, without, crlf);
	buf_clear(b);
	return kept;
}

struct slice
canon_odd(struct search *s, const struct field *f, struct slice without,
    bool crlf, unsigned odd)
{
	struct buf b = { .max = 0 };
	struct slice v = f->value;
	bool wsp = false, begun = false;
	char kind = ' ';

	for (size_t i = 0; i < f->name.len; i++)
		buf_char(&b,
		    odd & KEEP_NAME ? f->name.p[i] : ascii_lower(f->name.p[i]));
	buf_char(&b, ':');
	if (odd & KEEP_BLANK)
		buf_char(&b, ' ');
	for (size_t i = 0; i < v.len; i++) {
		const char *p = v.p + i;

		if (without.p != NULL && p >= without.p &&
		    p < without.p + without.len)
			continue;
		if (ascii_is_fws(*p)) {
			if (ascii_is_wsp(*p) && (!wsp || *p == '\t'))
				kind = *p;
			wsp = true;
			continue;
		}
		if (wsp && begun)
			buf_char(&b, odd & KEEP_TABS ? kind : ' ');
		wsp = false;
		kind = ' ';
		begun = true;
		buf_char(&b, *p);
	}
	if (crlf)
		buf_text(&b, "\r\n");
	struct slice kept = search_keep(s, &b);

	buf_release(&b);
	return kept;
}

bool
next_order(size_t a[], size_t n)
{
	size_t i = n;

	while (i > 1 && a[i - 2] >= a[i - 1])
		i--;
	if (i <= 1)
		return false;
	size_t k = n - 1;

	while (a[k] <= a[i - 2])
		k--;
	size_t swap = a[k];

	a[k] = a[i - 2];
	a[i - 2] = swap;
	for (size_t x = i - 1, y = n - 1; x < y; x++, y--) {
		swap = a[x];
		a[x] = a[y];
		a[y] = swap;
	}
	return true;
}

/* "b=..." alone, with the ";" behind it, with the white space before it too,
 * with the ";" before it. */
bool
without_b_tag(
    struct search *s, const struct sigfield *f, unsigned way, struct slice *out)
{
	struct slice v = f->field->value, raw = f->tags.b_raw;
	const char *end = raw.p + raw.len, *stop = v.p + v.len;
	const char *semicolon = raw.p, *start;
	struct buf b = { .max = 0 };

	while (semicolon > v.p && semicolon[-1] != ';')
		semicolon--;
	start = semicolon;
	while (start < raw.p && ascii_is_fws(*start))
		start++;
	switch (way) {
	case 0: break;
	case 1: end += end < stop; break;
	case 2:
		start = semicolon;
		end += end < stop;
		break;
	case 3: start = semicolon - (semicolon > v.p); break;
	case 4: start = semicolon; break;
	default: return false;
	}
	buf_slice(&b, slice_sub(v, 0, (size_t)(start - v.p)));
	buf_slice(&b, slice_sub(v, (size_t)(end - v.p), v.len));
	*out = search_keep(s, &b);
	buf_release(&b);
	return out->p != NULL;
}
