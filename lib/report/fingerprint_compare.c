/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/fingerprint.h"

enum {
	MAX_CELLS = 4 * 1000 * 1000, /* of the table that aligns blocks */
	MAX_PLACES = 3,		     /* of fields that are named */
};

static bool
same_mac(const struct fp_mac *a, const struct fp_mac *b)
{
	return memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

/* What h= means in a's sets, by name, so that it is found without going through
 * all of it for each field. */
struct comparing {
	struct buf *out;
	const struct fingerprint *a, *b;
	const struct fp_signed **by_name; /* a->nmentions of them */
	size_t *x, *y; /* places of the fields of one name, from the bottom */
	size_t found;  /* lines */
};

static int
order_names(const void *p, const void *q)
{
	const struct fp_signed *a = *(const struct fp_signed *const *)p;
	const struct fp_signed *b = *(const struct fp_signed *const *)q;

	if (a->name.len != b->name.len)
		return a->name.len < b->name.len ? -1 : 1;
	int order = memcmp(a->name.p, b->name.p, a->name.len);

	/* In one array, so addresses tell the order that they came in. */
	return order != 0 ? order : (a > b) - (a < b);
}

/* The first in by_name that is not before name. */
static size_t
find_name(const struct comparing *c, struct slice name)
{
	size_t low = 0, high = c->a->nmentions;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct fp_signed *s = c->by_name[middle];
		bool before = s->name.len != name.len
				  ? s->name.len < name.len
				  : memcmp(s->name.p, name.p, name.len) < 0;

		if (before)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* " (signed by i=1 at place 2 of h=)". */
static void
put_signers(struct comparing *c, struct slice name)
{
	unsigned last = 0;

	for (size_t k = find_name(c, name); k < c->a->nmentions; k++) {
		const struct fp_signed *s = c->by_name[k];

		if (!slice_eq(s->name, name))
			break;
		if (s->instance == last)
			continue;
		buf_printf(c->out, "%si=%u at place %u of h=",
		    last == 0 ? " (signed by " : ", ", s->instance, s->place);
		last = s->instance;
	}
	buf_text(c->out, last == 0 ? " (signed by no set)" : ")");
}

static void
put_field(
    struct comparing *c, struct slice name, const char *what, struct buf *where)
{
	buf_printf(c->out, "field %.*s: %s", SLICE_ARG(name), what);
	buf_slice(c->out, buf_view(where));
	put_signers(c, name);
	buf_char(c->out, '\n');
	buf_fail_with(c->out, where);
	buf_release(where);
	c->found++;
}

/* Fields of one name that differ: the first few by their places from the top,
 * 0 where there is none. */
struct places {
	struct buf text;
	size_t n;
};

static void
put_places(struct places *p, size_t there, size_t here)
{
	p->n++;
	if (p->n > MAX_PLACES) {
		buf_text(&p->text, p->n == MAX_PLACES + 1 ? ", ..." : "");
		return;
	}
	buf_text(&p->text, p->n == 1 ? ": " : ", ");
	if (there > 0)
		buf_printf(&p->text, "field %zu there", there);
	if (here > 0)
		buf_printf(&p->text, "%sfield %zu here",
		    there > 0 ? " is " : "", here);
}

/* The fields of one name, from the bottom up: places in f->field. */
static size_t
fields_named(const struct fingerprint *f, struct slice name, size_t at[])
{
	size_t n = 0;

	for (size_t i = f->nfields; i-- > 0;)
		if (slice_eq(f->field[i].name, name))
			at[n++] = i;
	return n;
}

/* Whether the fewer fields x are found in the same order among y, so that the
 * rest was put in, or taken out; p gets the rest. */
static bool
is_part_of(const struct fingerprint *fx, const size_t x[], size_t nx,
    const struct fingerprint *fy, const size_t y[], size_t ny, bool y_here,
    struct places *p)
{
	size_t i = 0;

	for (size_t k = 0; k < ny; k++)
		if (i < nx && same_mac(&fx->field[x[i]].relaxed,
				  &fy->field[y[k]].relaxed))
			i++;
		else
			put_places(
			    p, y_here ? 0 : y[k] + 1, y_here ? y[k] + 1 : 0);
	return i == nx;
}

static size_t
count_in(const struct fingerprint *f, const size_t at[], size_t n,
    const struct fp_mac *mac)
{
	size_t found = 0;

	for (size_t k = 0; k < n; k++)
		found += same_mac(&f->field[at[k]].relaxed, mac);
	return found;
}

/* Whether both hold the same n fields, in another order. */
static bool
is_shuffle(const struct comparing *c, size_t n)
{
	bool same = n <= 1000;

	for (size_t k = 0; k < n && same; k++) {
		const struct fp_mac *mac = &c->a->field[c->x[k]].relaxed;

		same = count_in(c->a, c->x, n, mac) ==
		       count_in(c->b, c->y, n, mac);
	}
	return same;
}

/* There are more of them, or less. */
static void
compare_counts(struct comparing *c, struct slice name, size_t nx, size_t ny)
{
	struct places p = { .n = 0 };
	bool more = nx < ny;
	bool part = more
			? is_part_of(c->a, c->x, nx, c->b, c->y, ny, true, &p)
			: is_part_of(c->b, c->y, ny, c->a, c->x, nx, false, &p);
	char text[128];

	/* Where others changed as well, places would be guesses; of a name that
	 * was not there or is not here they tell nothing. */
	if (!part || nx == 0 || ny == 0)
		buf_clear(&p.text);
	snprintf(text, sizeof text, "%s%s (%zu there, %zu here)",
	    more ? "added" : "removed", part ? "" : ", and others changed", nx,
	    ny);
	put_field(c, name, text, &p.text);
}

static void
compare_name(struct comparing *c, struct slice name)
{
	size_t nx = fields_named(c->a, name, c->x);
	size_t ny = fields_named(c->b, name, c->y);
	size_t relaxed = 0, simple = 0;
	struct places p = { .n = 0 };
	char text[128] = "changed";

	if (nx != ny) {
		compare_counts(c, name, nx, ny);
		return;
	}
	for (size_t k = 0; k < nx; k++) {
		const struct fp_field *f = &c->a->field[c->x[k]];
		const struct fp_field *g = &c->b->field[c->y[k]];

		simple += !same_mac(&f->simple, &g->simple);
		if (same_mac(&f->relaxed, &g->relaxed))
			continue;
		relaxed++;
		if (nx > 1)
			put_places(&p, c->x[k] + 1, c->y[k] + 1);
	}
	if (simple == 0)
		return;
	if (relaxed == 0) {
		snprintf(text, sizeof text,
		    "folded, spaced or spelled otherwise (relaxed is the "
		    "same)");
	} else if (relaxed > 1 && is_shuffle(c, nx)) {
		snprintf(text, sizeof text, "in another order");
		buf_clear(&p.text);
	} else if (nx > 1) {
		snprintf(text, sizeof text, "%zu of %zu changed", relaxed, nx);
	}
	put_field(c, name, text, &p.text);
}

/* Each name once; those of both with a's. */
static void
compare_fields(struct comparing *c)
{
	for (size_t s = 0; s < 2; s++) {
		const struct fingerprint *f = s == 0 ? c->a : c->b;

		for (size_t i = 0; i < f->nfields; i++) {
			struct slice name = f->field[i].name;
			bool seen = false;

			for (size_t k = 0; k < i && !seen; k++)
				seen = slice_eq(f->field[k].name, name);
			for (size_t k = 0; s == 1 && k < c->a->nfields && !seen;
			     k++)
				seen = slice_eq(c->a->field[k].name, name);
			if (!seen)
				compare_name(c, name);
		}
	}
}

static bool
same_block(const struct fp_block *a, const struct fp_block *b, bool relaxed)
{
	return relaxed ? same_mac(&a->relaxed, &b->relaxed)
		       : same_mac(&a->simple, &b->simple);
}

/* "lines 3 to 7", "line 3", "nothing". */
static void
put_lines(struct buf *out, const struct fp_block block[], size_t n)
{
	if (n == 0) {
		buf_text(out, "nothing");
		return;
	}
	size_t first = block[0].line;
	size_t last = block[n - 1].line + block[n - 1].lines - 1;

	if (first == last)
		buf_printf(out, "line %zu", first);
	else
		buf_printf(out, "lines %zu to %zu", first, last);
}

/* The blocks of a between matches, and those of b. */
static size_t
put_range(struct buf *out, const struct fp_block a[], size_t na,
    const struct fp_block b[], size_t nb)
{
	bool relaxed = na == nb;

	if (na == 0 && nb == 0)
		return 0;
	for (size_t k = 0; k < na && relaxed; k++)
		relaxed = same_block(&a[k], &b[k], true);
	buf_text(out, "body ");
	put_lines(out, a, na);
	buf_text(out, " there, ");
	put_lines(out, b, nb);
	buf_text(out, relaxed
			  ? " here: white space only (relaxed is the same)\n"
			  : " here\n");
	return 1;
}

/* Which blocks of the middle belong together: the longest common subsequence,
 * by the usual table, read back into match[]: the place in b, or nb. */
static bool
align(const struct fp_block a[], size_t na, const struct fp_block b[],
    size_t nb, struct arena *arena, size_t match[])
{
	uint32_t *table;

	if ((na + 1) * (nb + 1) > MAX_CELLS)
		return false;
	table = arena_array(arena, (na + 1) * (nb + 1), sizeof *table);
	if (table == NULL)
		return false;
	for (size_t i = na; i-- > 0;)
		for (size_t j = nb; j-- > 0;) {
			uint32_t *cell = &table[i * (nb + 1) + j];
			uint32_t down = table[(i + 1) * (nb + 1) + j];
			uint32_t right = cell[1];

			*cell = same_block(&a[i], &b[j], false)
				    ? table[(i + 1) * (nb + 1) + j + 1] + 1
				: down > right ? down
					       : right;
		}
	for (size_t i = 0, j = 0; i < na;) {
		if (j < nb && same_block(&a[i], &b[j], false)) {
			match[i++] = j++;
		} else if (j < nb && table[i * (nb + 1) + j + 1] >=
					 table[(i + 1) * (nb + 1) + j]) {
			j++;
		} else {
			match[i++] = nb;
		}
	}
	return true;
}

static size_t
compare_body(struct buf *out, const struct fingerprint *a,
    const struct fingerprint *b, struct arena *arena)
{
	size_t from = 0, na = a->nblocks, nb = b->nblocks, found = 0;

	while (from < na && from < nb &&
	       same_block(&a->block[from], &b->block[from], false))
		from++;
	while (na > from && nb > from &&
	       same_block(&a->block[na - 1], &b->block[nb - 1], false)) {
		na--;
		nb--;
	}
	const struct fp_block *x = a->block + from, *y = b->block + from;
	size_t *match;

	na -= from;
	nb -= from;
	match = arena_array(arena, na + 1, sizeof *match);
	if (match == NULL) {
		out->failure = BUF_NO_MEMORY;
		return 1;
	}
	if (!align(x, na, y, nb, arena, match))
		return put_range(out, x, na, y, nb);
	for (size_t i = 0, j = 0; i <= na;) {
		size_t end = i;

		while (end < na && match[end] == nb)
			end++;
		size_t to = end < na ? match[end] : nb;

		found += put_range(out, x + i, end - i, y + j, to - j);
		i = end + 1;
		j = to + 1;
	}
	return found;
}

bool
fingerprint_same_salt(const struct fingerprint *a, const struct fingerprint *b)
{
	return same_mac(&a->check, &b->check);
}

size_t
fingerprint_compare(struct buf *out, const struct fingerprint *a,
    const struct fingerprint *b, struct arena *arena)
{
	struct comparing c = { .out = out, .a = a, .b = b };

	c.x = arena_array(arena, a->nfields + 1, sizeof *c.x);
	c.y = arena_array(arena, b->nfields + 1, sizeof *c.y);
	c.by_name = arena_array(arena, a->nmentions + 1, sizeof *c.by_name);
	if (c.x == NULL || c.y == NULL || c.by_name == NULL) {
		out->failure = BUF_NO_MEMORY;
		return 1;
	}
	for (size_t k = 0; k < a->nmentions; k++)
		c.by_name[k] = &a->mention[k];
	qsort(c.by_name, a->nmentions, sizeof *c.by_name, order_names);
	compare_fields(&c);
	return c.found + compare_body(out, a, b, arena);
}
