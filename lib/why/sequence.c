/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/sequence.h"

enum {
	MAX_VARIANTS = 2048, /* of one piece */
	MAX_BEST = 12,	     /* pieces with a choice, of sequence_best() */
	MAX_DEPTH = 3,	     /* pieces changed at once */
	STEP_BITS = 4,	     /* of sequence_alike(): so many before more */
	MIXED_BITS = 4, /* how much less likely pieces of several sets are */
};

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

static size_t
sum_bucket(uint64_t sum)
{
	return (size_t)(sum ^ sum >> 32) % PIECE_BUCKETS;
}

void
sequence_offer(struct search *s, struct sequence *q, size_t j,
    enum cause_id cause, struct slice octets, const struct change *change,
    enum rank rank, unsigned bits)
{
	struct piece *p = &q->piece[j];
	uint64_t sum = sum_of(octets);

	if (s->failed || p->nvariants == MAX_VARIANTS ||
	    slice_eq(octets, p->octets))
		return;
	if (p->bucket == NULL)
		p->bucket =
		    arena_array(s->arena, PIECE_BUCKETS, sizeof(void *));
	if (p->bucket == NULL) {
		search_memory(s);
		return;
	}
	struct variant **bucket = &p->bucket[sum_bucket(sum)];

	for (struct variant *o = *bucket; o != NULL; o = o->alike)
		if (o->sum == sum && (!search_pay(s, octets.len) ||
					 slice_eq(o->octets, octets))) {
			o->bits = bits < o->bits ? bits : o->bits;
			o->sets = o->sets == 0 || q->sets == 0
				      ? 0
				      : o->sets | q->sets;
			return;
		}
	struct variant *v = arena_alloc(s->arena, sizeof *v);

	if (v == NULL) {
		search_memory(s);
		return;
	}
	*v = (struct variant){ .alike = *bucket,
		.cause = cause,
		.octets = octets,
		.sum = sum,
		.change = *change,
		.rank = rank,
		.bits = bits,
		.sets = q->sets };
	if (p->last != NULL)
		p->last->next = v;
	else
		p->first = v;
	p->last = v;
	p->nvariants++;
	*bucket = v;
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
struct sequence_walk {
	struct search *s;
	const struct sequence *q;
	enum rank rank;
	const struct variant *path[MAX_BEST];
	unsigned depth;
	size_t matches;
};

static void
note_match(struct sequence_walk *w)
{
	unsigned group = w->s->groups;
	size_t from = w->s->out->n;

	if (w->matches++ >= SEQUENCE_GROUPS)
		return;
	for (unsigned k = 0; k < w->depth; k++) {
		const struct variant *v = w->path[k];
		struct finding *f = finding_about(
		    w->s, v->cause, LEVEL_PROVED, w->q->aspect, w->q->of);

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
try_rest(struct sequence_walk *w, struct digest *d, struct slice rest,
    uint64_t before)
{
	if (!search_may(w->s, before + rest.len))
		return;
	put_slice(d, rest);
	if (target_fits_digest(w->s, w->q->target, d))
		note_match(w);
}

static bool
walk_over(const struct sequence_walk *w)
{
	return w->s->failed || w->s->spent || w->matches >= SEQUENCE_GROUPS;
}

/* Depth first: what was put for the pieces before j is in d, so that choices
 * share it; rest is what the others are.  As deep as MAX_DEPTH. */
/* NOLINTBEGIN(misc-no-recursion): three deep at most */
static void
descend(struct sequence_walk *w, size_t j, const struct digest *before,
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
	struct sequence_walk w = { .s = s, .q = q, .rank = rank };
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

/* A piece with a choice, and what stands before it that has none. */
struct stage {
	struct slice before;
	const struct piece *p;
	const struct variant **v; /* the likeliest first */
	size_t n;
	uint64_t least, most; /* bits of this stage and those behind it */
	unsigned sets;	      /* how many of these have variants of sets */
};

/* All choices of bits above floor and up to limit. */
struct best {
	struct sequence_walk w;
	unsigned floor, limit;
	struct stage *stage;
	size_t nstages;
	struct slice tail; /* behind the last stage */
};

/* How many variants of sets are chosen; one less than there are when all are
 * of one set and two are needed. */
static unsigned
chosen(const struct best *b)
{
	unsigned n = 0, common = ~0U;

	for (unsigned k = 0; k < b->w.depth; k++)
		if (b->w.path[k]->sets != 0) {
			n++;
			common &= b->w.path[k]->sets;
		}
	return n > 1 && common != 0 && b->w.q->need > 1 ? 1 : n;
}

static void
best_end(struct best *b, struct digest *d, unsigned bits)
{
	if (b->w.q->need > 0 && chosen(b) < b->w.q->need)
		return;
	if ((b->floor > 0 && bits <= b->floor) || b->w.depth == 0 ||
	    !search_may(b->w.s, b->tail.len))
		return;
	put_slice(d, b->tail);
	if (target_fits_digest(b->w.s, b->w.q->target, d))
		note_match(&b->w);
}

/* The stages from j on; d has what is before them, with what stands right
 * before stage j or not yet. */
/* NOLINTBEGIN(misc-no-recursion): as deep as MAX_BEST */
static void
best_from(struct best *b, size_t j, struct digest *d, unsigned bits)
{
	struct sequence_walk *w = &b->w;

	for (; j < b->nstages; j++) {
		const struct stage *t = &b->stage[j];
		uint64_t rest = j + 1 < b->nstages ? t[1].least : 0;

		if (b->w.q->need > 0 && chosen(b) + t->sets < b->w.q->need)
			return;
		if (bits + t->least > b->limit ||
		    (b->floor > 0 && bits + t->most <= b->floor))
			return;
		put_slice(d, t->before);
		for (size_t k = 0;
		     k < t->n && w->depth < MAX_BEST && !walk_over(w); k++) {
			const struct variant *v = t->v[k];
			struct digest e;

			if (bits + v->bits + rest > b->limit)
				break;
			digest_copy(&e, d);
			put_slice(&e, v->octets);
			w->path[w->depth++] = v;
			best_from(b, j + 1, &e, bits + v->bits);
			w->depth--;
			digest_release(&e);
		}
		bits += t->p->bits;
		if (bits + rest > b->limit || walk_over(w))
			return;
		put_slice(d, t->p->octets);
	}
	best_end(b, d, bits);
}
/* NOLINTEND(misc-no-recursion) */

/* A piece's variants of the sets in the order of their bits, those of as many
 * as they were offered. */
static bool
sort_variants(struct search *s, struct stage *t, unsigned sets)
{
	t->v = arena_array(s->arena, t->p->nvariants, sizeof(void *));
	if (t->v == NULL)
		return false;
	unsigned most = 0;

	for (const struct variant *v = t->p->first; v != NULL; v = v->next)
		most = v->bits > most ? v->bits : most;
	for (unsigned bits = 0; bits <= most; bits++)
		for (const struct variant *v = t->p->first; v != NULL;
		     v = v->next)
			if (v->bits == bits && (v->sets == 0 || sets == 0 ||
						   (v->sets & sets) != 0))
				t->v[t->n++] = v;
	return true;
}

static bool
set_stages(struct search *s, struct best *b, struct slice all)
{
	const struct sequence *q = b->w.q;
	size_t at = 0, from = 0;

	b->stage = arena_array(s->arena, q->n, sizeof *b->stage);
	if (b->stage == NULL)
		return false;
	for (size_t j = 0; j < q->n; j++) {
		const struct piece *p = &q->piece[j];

		if (p->first != NULL) {
			struct stage *t = &b->stage[b->nstages++];

			t->before = slice_sub(all, from, at - from);
			t->p = p;
			if (!sort_variants(s, t, q->sets))
				return false;
			from = at + p->octets.len;
		}
		at += p->octets.len;
	}
	b->tail = slice_sub(all, from, all.len);
	for (size_t j = b->nstages; j-- > 0;) {
		struct stage *t = &b->stage[j];
		bool last = j + 1 == b->nstages;
		for (size_t k = 0; k < t->n && t->sets == 0; k++)
			t->sets = t->v[k]->sets != 0;
		t->sets += last ? 0 : t[1].sets;

		unsigned is = t->p->bits;
		unsigned first = t->n > 0 ? t->v[0]->bits : is;
		unsigned worst = t->n > 0 ? t->v[t->n - 1]->bits : is;

		t->least = (last ? 0 : t[1].least) + (first < is ? first : is);
		t->most = (last ? 0 : t[1].most) + (worst > is ? worst : is);
	}
	return true;
}

size_t
sequence_best(
    struct search *s, const struct sequence *q, unsigned floor, unsigned limit)
{
	struct best b = { .w = { .s = s, .q = q } };
	struct buf all = { .max = 0 };

	if (q->target->kind == TARGET_NONE)
		return 0;
	put_pieces(&all, q);
	if (all.failure != BUF_OK || !set_stages(s, &b, buf_view(&all)))
		search_memory(s);
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
	buf_release(&all);
	return b.w.matches;
}

/* Whether more than one piece has values of sets. */
static bool
has_sets(const struct sequence *q)
{
	unsigned n = 0;

	for (size_t j = 0; j < q->n; j++) {
		const struct variant *v = q->piece[j].first;

		while (v != NULL && v->sets == 0)
			v = v->next;
		n += v != NULL;
	}
	return n > 1;
}

size_t
sequence_alike(
    struct search *s, struct sequence *q, unsigned floor, unsigned limit)
{
	size_t found = 0;
	bool sets = has_sets(q);
	unsigned behind = sets ? MIXED_BITS : 0;

	for (unsigned from = floor; found == 0 && from < limit;
	     from += STEP_BITS) {
		unsigned end =
		    from + STEP_BITS < limit ? from + STEP_BITS : limit;

		for (unsigned k = 0; sets && k < SEQUENCE_SETS && found == 0;
		     k++) {
			q->sets = 1U << k;
			q->need = k > 0;
			found = sequence_best(s, q, from, end);
		}
		q->sets = 0;
		q->need = sets ? 2 : 0;
		if (found == 0 && from >= behind)
			found =
			    sequence_best(s, q, from - behind, end - behind);
		q->need = 0;
		if (!search_over(s))
			q->done = end;
	}
	return found;
}
