/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "why/search.h"

static const struct slice no_octets = { NULL, 0 };

enum {
	MAX_VARIANTS = 1024, /* of one piece */
	MAX_BEST = 12,	     /* pieces with a choice, of sequence_best() */
	MAX_DEPTH = 3,	     /* pieces changed at once */
	MAX_TRIED = 512,     /* digests kept, not to be verified again */
	MUCH = 16 * 1024,    /* octets that are kept where they are */
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
	if (n + COST_HYPOTHESIS > s->left || s->kept > MAX_KEPT) {
		s->spent = s->out->spent = true;
		return false;
	}
	s->out->tried++;
	s->out->hashed += n;
	search_pay(s, n + COST_HYPOTHESIS);
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
search_put_by(struct search *s)
{
	uint64_t half = s->part / 2, by = half < s->left ? half : s->left;

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
		return no_octets;
	for (enum sigkind k = ARC_SEAL; k >= ARC_AMS; k--) {
		const struct sigfield *f = s->chain->set[i].part[k];

		if (f != NULL && f->tags.domain.len > 0)
			return f->tags.domain;
	}
	return no_octets;
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
	struct slice kept = no_octets;

	s->kept += b->len;
	if (b->failure == BUF_OK && paid && s->kept <= 2 * MAX_KEPT) {
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
	struct buf b = { .max = 0 };
	struct sink sink = buf_sink(&b);

	canon_header(canon, f, without, crlf, &sink);
	struct slice kept = search_keep(s, &b);

	buf_release(&b);
	return kept;
}

struct slice
canon_octets(struct search *s, enum canon canon, struct slice name,
    struct slice value, struct slice without, bool crlf)
{
	struct buf b = { .max = 0 };

	buf_slice(&b, name);
	buf_char(&b, ':');
	buf_slice(&b, value);
	struct slice raw = search_keep(s, &b);
	struct field f = { .raw = raw,
		.name = slice_sub(raw, 0, name.len),
		.value = slice_sub(raw, name.len + 1, raw.len) };

	buf_release(&b);
	if (raw.p == NULL)
		return raw;
	if (without.p != NULL)
		without = slice_sub(
		    f.value, (size_t)(without.p - value.p), without.len);
	return canon_field(s, canon, &f, without, crlf);
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

/* ------------------------------------------------------------------------
 * Sequences. */

bool
sequence_init(struct search *s, struct sequence *q, size_t n)
{
	q->n = n;
	q->piece = arena_array(s->arena, n, sizeof *q->piece);
	if (q->piece == NULL)
		search_memory(s);
	return q->piece != NULL;
}

/* Two of one length that differ in one place have different sums, so that most
 * are told apart without being compared. */
static uint64_t
sum_of(struct slice s)
{
	uint64_t sum = s.len;

	for (size_t i = 0; i < s.len; i++)
		sum = (sum ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
	return sum;
}

void
sequence_offer(struct search *s, struct sequence *q, size_t j,
    enum cause_id cause, struct slice octets, const struct change *change,
    enum rank rank)
{
	struct piece *p = &q->piece[j];
	uint64_t sum = sum_of(octets);

	if (s->failed || p->nvariants == MAX_VARIANTS ||
	    slice_eq(octets, p->octets))
		return;
	for (const struct variant *v = p->first; v != NULL; v = v->next)
		if (v->sum == sum &&
		    (!search_pay(s, octets.len) || slice_eq(v->octets, octets)))
			return;
	struct variant *v = arena_alloc(s->arena, sizeof *v);

	if (v == NULL) {
		search_memory(s);
		return;
	}
	*v = (struct variant){ .cause = cause,
		.octets = octets,
		.sum = sum,
		.change = *change,
		.rank = rank };
	if (p->last != NULL)
		p->last->next = v;
	else
		p->first = v;
	p->last = v;
	p->nvariants++;
}

static uint64_t
octets_from(const struct sequence *q, size_t j)
{
	uint64_t sum = 0;

	for (; j < q->n; j++)
		sum += q->piece[j].octets.len;
	return sum;
}

static void
put_slice(struct digest *d, struct slice s)
{
	digest_put(d, s.p, s.len);
}

bool
sequence_fits(struct search *s, const struct sequence *q)
{
	struct digest d;

	if (!search_may(s, octets_from(q, 0)))
		return false;
	digest_init(&d);
	for (size_t j = 0; j < q->n; j++)
		put_slice(&d, q->piece[j].octets);
	bool fits = target_fits_digest(s, q->target, &d);

	digest_release(&d);
	return fits;
}

static void
put_pieces(struct buf *b, const struct sequence *q)
{
	for (size_t j = 0; j < q->n; j++)
		buf_slice(b, q->piece[j].octets);
}

void
finding_pieces(struct search *s, struct finding *f,
    const struct sequence *hashed, const struct sequence *standard)
{
	struct buf h = { .max = 0 }, r = { .max = 0 };

	put_pieces(&h, hashed);
	put_pieces(&r, standard);
	if (h.failure == BUF_OK && r.failure == BUF_OK)
		finding_input(s, f, buf_view(&h), buf_view(&r));
	else
		search_memory(s);
	buf_release(&h);
	buf_release(&r);
}

/* A walk over all choices. */
struct walk {
	struct search *s;
	const struct sequence *q;
	enum rank rank;
	const struct variant *path[MAX_BEST];
	unsigned depth;
	size_t matches;
};

static void
note_match(struct walk *w)
{
	unsigned group = w->s->groups;
	size_t from = w->s->out->n;

	if (w->matches++ >= SEQUENCE_GROUPS)
		return;
	for (unsigned k = 0; k < w->depth; k++) {
		const struct variant *v = w->path[k];
		struct finding *f = finding_new(w->s, v->cause, EXPLAIN_PROVED,
		    w->q->place, w->q->instance);

		if (f == NULL) {
			finding_drop(w->s, from, group);
			return;
		}
		f->group = group;
		f->change[0] = v->change;
		f->nchanges = 1;
	}
}

/* The rest of the sequence stays as it is: does it fit? */
static void
try_rest(struct walk *w, struct digest *d, struct slice rest, uint64_t before)
{
	if (!search_may(w->s, before + rest.len))
		return;
	put_slice(d, rest);
	if (target_fits_digest(w->s, w->q->target, d))
		note_match(w);
}

static bool
walk_over(const struct walk *w)
{
	return w->s->failed || w->s->spent || w->matches >= SEQUENCE_GROUPS;
}

/* Depth first: what was put for the pieces before j is in d, so that choices
 * share it; rest is what the others are.  As deep as MAX_DEPTH. */
/* NOLINTBEGIN(misc-no-recursion): three deep at most */
static void
descend(struct walk *w, size_t j, const struct digest *before,
    struct slice rest, unsigned count)
{
	struct digest d;

	digest_copy(&d, before);
	for (; j < w->q->n && !walk_over(w); j++) {
		const struct piece *p = &w->q->piece[j];

		rest = slice_sub(rest, p->octets.len, rest.len);
		for (const struct variant *v = p->first;
		     v != NULL && !walk_over(w); v = v->next) {
			struct digest e;

			if (v->rank > w->rank)
				continue;
			digest_copy(&e, &d);
			put_slice(&e, v->octets);
			w->path[w->depth++] = v;
			if (count == 1)
				try_rest(w, &e, rest, v->octets.len);
			else
				descend(w, j + 1, &e, rest, count - 1);
			w->depth--;
			digest_release(&e);
		}
		put_slice(&d, p->octets);
	}
	digest_release(&d);
}
/* NOLINTEND(misc-no-recursion) */

size_t
sequence_search(
    struct search *s, const struct sequence *q, unsigned count, enum rank rank)
{
	struct walk w = { .s = s, .q = q, .rank = rank };
	struct buf b = { .max = 0 };
	struct digest d;

	if (count > MAX_DEPTH || q->target->kind == TARGET_NONE)
		return 0;
	put_pieces(&b, q);
	digest_init(&d);
	if (b.failure == BUF_OK)
		descend(&w, 0, &d, buf_view(&b), count);
	else
		search_memory(s);
	digest_release(&d);
	buf_release(&b);
	return w.matches;
}

/* ------------------------------------------------------------------------
 * Choices in the order of how likely they are. */

/* All choices of bits above floor and up to limit, of the pieces from j on; d
 * has what is before them. */
struct best {
	struct walk w;
	unsigned floor, limit;
	uint64_t tail; /* octets behind the last piece with a choice */
};

static void
best_end(struct best *b, struct digest *d, unsigned bits)
{
	if ((b->floor > 0 && bits <= b->floor) || b->w.depth == 0 ||
	    !search_may(b->w.s, b->tail))
		return;
	if (target_fits_digest(b->w.s, b->w.q->target, d))
		note_match(&b->w);
}

/* NOLINTBEGIN(misc-no-recursion): as deep as MAX_BEST */
static void
best_from(struct best *b, size_t j, struct digest *d, unsigned bits)
{
	struct walk *w = &b->w;

	for (; j < w->q->n; j++) {
		const struct piece *p = &w->q->piece[j];

		for (const struct variant *v = p->first;
		     v != NULL && w->depth < MAX_BEST && !walk_over(w);
		     v = v->next) {
			struct digest e;

			if (bits + v->bits > b->limit)
				continue;
			digest_copy(&e, d);
			put_slice(&e, v->octets);
			w->path[w->depth++] = v;
			best_from(b, j + 1, &e, bits + v->bits);
			w->depth--;
			digest_release(&e);
		}
		bits += p->bits;
		if (bits > b->limit || walk_over(w))
			return;
		put_slice(d, p->octets);
	}
	best_end(b, d, bits);
}
/* NOLINTEND(misc-no-recursion) */

size_t
sequence_best(
    struct search *s, const struct sequence *q, unsigned floor, unsigned limit)
{
	struct best b = { .w = { .s = s, .q = q } };
	size_t last = q->n;

	if (q->target->kind == TARGET_NONE)
		return 0;
	while (last > 0 && q->piece[last - 1].first == NULL)
		last--;
	b.tail = octets_from(q, last > 0 ? last - 1 : 0);
	for (b.floor = floor; b.floor < limit && !walk_over(&b.w);
	     b.floor = b.limit) {
		struct digest d;

		b.limit = b.floor + 2 < limit ? b.floor + 2 : limit;
		digest_init(&d);
		best_from(&b, 0, &d, 0);
		digest_release(&d);
		if (b.w.matches > 0)
			break;
	}
	return b.w.matches;
}
