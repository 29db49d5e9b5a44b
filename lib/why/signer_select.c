/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "why/signer_select.h"
#include "why/signer_try.h"

enum {
	MAX_NEWER = 8,	    /* fields on top that may have been added */
	MAX_DUPLICATES = 5, /* whose every order is tried */
	MAX_COUNTED = 64,   /* of one name, counted otherwise */
};

/* The next field of that name upwards, down to m->field[from]; NULL: no more.
 * select_start() begins at the bottom. */
static const struct field *
next_above(const struct header_case *c, size_t from, struct slice name)
{
	const struct field *f = select_next(c->s->select, name);

	search_pay(c->s, COST_FIELD);
	return f != NULL && f >= c->s->m->field + from ? f : NULL;
}

/* The nth field of that name from m->field[from] on downwards. */
static const struct field *
nth_from_top(
    const struct header_case *c, size_t from, struct slice name, size_t nth)
{
	const struct field *f = NULL;
	size_t n = 0;

	select_start(c->s->select, c->f->field);
	while (!search_over(c->s) && next_above(c, from, name) != NULL)
		n++;
	select_start(c->s->select, c->f->field);
	for (; n > nth; n--)
		f = next_above(c, from, name);
	return f;
}

static size_t
mentions_before(const struct header_case *c, size_t j, bool exact)
{
	size_t nth = 0;

	for (size_t k = 0; k < j; k++)
		nth +=
		    exact ? slice_eq(c->g->headers[k], c->g->headers[j])
			  : slice_eq_nocase(c->g->headers[k], c->g->headers[j]);
	return nth;
}

void
signer_top_down(struct signer_case *t)
{
	struct header_case *c = t->c;

	/* Of all fields; of those that stood there; and with newer ones. */
	for (size_t skip = 0; skip <= MAX_NEWER + 1; skip++) {
		for (size_t j = 0; j < c->n; j++)
			t->sel[j] = nth_from_top(c, skip == 0 ? c->top : 0,
			    c->g->headers[j],
			    mentions_before(c, j, false) +
				(skip > 0 ? skip - 1 : 0));
		if (signer_try_selection(t, t->sel))
			return;
	}
}

/* The fields of one name from m->field[from] on, the lowest first; 0 when they
 * are more than max. */
static size_t
duplicates(const struct header_case *c, struct slice name, size_t from,
    const struct field *out[], size_t max)
{
	const struct field *f;
	size_t n = 0;

	select_start(c->s->select, c->f->field);
	while ((f = next_above(c, from, name)) != NULL) {
		if (n == max)
			return 0;
		out[n++] = f;
	}
	return n;
}

/* The name of h= at place j means, mention by mention, these fields. */
static void
assign(struct signer_case *t, size_t j, const struct field *const f[],
    const size_t order[], size_t n)
{
	const struct header_case *c = t->c;
	size_t nth = 0;

	for (size_t k = j; k < c->n; k++)
		if (slice_eq_nocase(c->g->headers[k], c->g->headers[j])) {
			t->sel[k] = nth < n ? f[order[nth]] : NULL;
			nth++;
		}
}

/* The newest fields of a name, so many, counted before all others. */
struct counting {
	size_t from, newest;
	bool top_down;
	const struct field *last; /* the newest one stands no deeper */
};

/* Where the fields end that the hop itself may have put there: with the first
 * Received below its set. */
static const struct field *
own_fields_end(const struct header_case *c)
{
	const struct message *m = c->s->m;
	size_t i = c->top;

	while (i + 1 < m->nfields &&
	       !slice_eq_nocase(m->field[i].name, SLICE("received")))
		i++;
	return &m->field[i];
}

static void
count_newest_first(struct signer_case *t, size_t j, const struct counting *how)
{
	const struct field *f[MAX_COUNTED];
	size_t order[MAX_COUNTED], k = how->newest;
	size_t n =
	    duplicates(t->c, t->c->g->headers[j], how->from, f, MAX_COUNTED);

	search_pay(t->c->s, t->c->n);
	if (k >= n || f[n - 1] > how->last ||
	    mentions_before(t->c, j, false) > 0)
		return;
	for (size_t i = 0; i < n; i++)
		order[i] = i >= k	   ? i - k
			   : how->top_down ? n - 1 - i
					   : n - k + i;
	assign(t, j, f, order, n);
}

/* Of all names at once, or of one. */
static bool
try_counting(struct signer_case *t, const struct counting *how)
{
	struct header_case *c = t->c;

	for (size_t only = 0; only <= c->n; only++) {
		memcpy(t->sel, c->sel, c->n * sizeof *t->sel);
		for (size_t j = 0; j < c->n; j++)
			if (only == 0 || only - 1 == j)
				count_newest_first(t, j, how);
		if (signer_try_selection(t, t->sel))
			return true;
	}
	return false;
}

/* Every order of the fields that one name may mean. */
static void
any_order(struct signer_case *t, size_t j)
{
	struct header_case *c = t->c;
	const struct field *f[MAX_DUPLICATES];
	size_t order[MAX_DUPLICATES] = { 0, 1, 2, 3, 4 };
	size_t n = duplicates(c, c->g->headers[j], c->top, f, MAX_DUPLICATES);
	size_t mentions = 0;

	for (size_t k = 0; k < c->n; k++)
		mentions += slice_eq_nocase(c->g->headers[k], c->g->headers[j]);
	if (n < 2 || mentions < 2 || mentions_before(c, j, false) > 0)
		return;
	do {
		memcpy(t->sel, c->sel, c->n * sizeof *t->sel);
		assign(t, j, f, order, n);
		if (signer_try_selection(t, t->sel))
			return;
	} while (next_order(order, n));
}

void
signer_newest_for_oldest(struct signer_case *t)
{
	struct header_case *c = t->c;
	struct counting how = { .last = &c->s->m->field[c->s->m->nfields] };

	/* Two fields from the top down are two with the newer one taken for
	 * the older; place tells whether the signer put that there itself.  In
	 * any order, all that fits from the top down fits. */
	if (t->any > 0)
		how.last = own_fields_end(c);
	for (int above = 0; above < 2; above++)
		for (how.newest = 1; how.newest < MAX_DUPLICATES; how.newest++)
			for (int down = 0; down < (t->any > 0 ? 1 : 2);
			     down++) {
				how.from = above == 0 ? c->top : 0;
				how.top_down = down == 1;
				if (try_counting(t, &how))
					return;
			}
	/* Only a digest that is known is cheap to compare with. */
	if (t->any > 0 || c->target->kind != TARGET_DIGEST)
		return;
	for (size_t j = 0; j < c->n; j++)
		any_order(t, j);
}

void
signer_hashed_once(struct signer_case *t)
{
	struct header_case *c = t->c;

	for (size_t j = 0; j < c->n; j++)
		t->sel[j] =
		    mentions_before(c, j, false) == 0 ? c->sel[j] : NULL;
	signer_try_selection(t, t->sel);
}

void
signer_counted_apart(struct signer_case *t)
{
	struct header_case *c = t->c;
	const struct message *m = c->s->m;

	for (size_t j = 0; j < c->n; j++) {
		size_t nth = mentions_before(c, j, true);

		t->sel[j] = NULL;
		search_pay(c->s, m->nfields);
		for (size_t i = m->nfields;
		     i-- > 0 && t->sel[j] == NULL && !search_over(c->s);)
			if (&m->field[i] != c->f->field &&
			    slice_eq_nocase(
				m->field[i].name, c->g->headers[j]) &&
			    nth-- == 0)
				t->sel[j] = &m->field[i];
	}
	signer_try_selection(t, t->sel);
}

static int
by_place(const void *a, const void *b)
{
	const struct field *const *x = a, *const *y = b;

	/* What is absent comes last. */
	if (*x == NULL || *y == NULL)
		return (*x == NULL) - (*y == NULL);
	return (*x > *y) - (*x < *y);
}

void
signer_message_order(struct signer_case *t)
{
	struct header_case *c = t->c;

	memcpy(t->sel, c->sel, c->n * sizeof *t->sel);
	qsort(t->sel, c->n, sizeof *t->sel, by_place);
	if (signer_try_selection(t, t->sel))
		return;
	size_t n = 0;

	while (n < c->n && t->sel[n] != NULL)
		n++;
	for (size_t x = 0, y = n; x + 1 < y; x++, y--) {
		const struct field *swap = t->sel[x];

		t->sel[x] = t->sel[y - 1];
		t->sel[y - 1] = swap;
	}
	signer_try_selection(t, t->sel);
}

static int
by_name(const void *a, const void *b)
{
	const struct field *const *x = a, *const *y = b;

	if (*x == NULL || *y == NULL)
		return (*x == NULL) - (*y == NULL);
	struct slice p = (*x)->name, q = (*y)->name;

	for (size_t i = 0; i < p.len && i < q.len; i++) {
		int d = ascii_lower(p.p[i]) - ascii_lower(q.p[i]);

		if (d != 0)
			return d;
	}
	if (p.len != q.len)
		return p.len < q.len ? -1 : 1;
	/* Of one name: bottom first, as selected. */
	return (*x < *y) - (*x > *y);
}

void
signer_order_of_names(struct signer_case *t)
{
	memcpy(t->sel, t->c->sel, t->c->n * sizeof *t->sel);
	qsort(t->sel, t->c->n, sizeof *t->sel, by_name);
	signer_try_selection(t, t->sel);
}
