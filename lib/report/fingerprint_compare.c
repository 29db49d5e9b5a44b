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
	const struct fp_signed **by_name;	      /* a->nmentions of them */
	const struct fp_field **a_fields, **b_fields; /* all, by name */
	size_t *x, *y; /* places of the fields of one name, from the bottom */
	const struct fp_mac **mac; /* room for those of one name, twice */
	size_t found;		   /* lines */
};

static int
order_slices(struct slice a, struct slice b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len > 0 ? memcmp(a.p, b.p, a.len) : 0;
}

/* Fields of one name as they came: in one array, so addresses tell. */
static int
order_fields(const void *p, const void *q)
{
	const struct fp_field *a = *(const struct fp_field *const *)p;
	const struct fp_field *b = *(const struct fp_field *const *)q;
	int order = order_slices(a->name, b->name);

	return order != 0 ? order : (a > b) - (a < b);
}

static int
order_macs(const void *p, const void *q)
{
	const struct fp_mac *a = *(const struct fp_mac *const *)p;
	const struct fp_mac *b = *(const struct fp_mac *const *)q;

	return memcmp(a->octets, b->octets, sizeof a->octets);
}

static int
order_names(const void *p, const void *q)
{
	const struct fp_signed *a = *(const struct fp_signed *const *)p;
	const struct fp_signed *b = *(const struct fp_signed *const *)q;

	int order = order_slices(a->name, b->name);

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

		if (order_slices(c->by_name[middle]->name, name) < 0)
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
	buf_text(c->out, last == 0 ? " (not signed)" : ")");
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

/* The first of f's fields, by name, that is not before name. */
static size_t
first_named(const struct fp_field *const *by_name, size_t n, struct slice name)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (order_slices(by_name[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The fields of one name, from the bottom up: places in f->field. */
static size_t
fields_named(const struct fingerprint *f, const struct fp_field **by_name,
    struct slice name, size_t at[])
{
	size_t first = first_named(by_name, f->nfields, name), n = 0;

	while (
	    first + n < f->nfields && slice_eq(by_name[first + n]->name, name))
		n++;
	for (size_t i = 0; i < n; i++)
		at[i] = (size_t)(by_name[first + n - 1 - i] - f->field);
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

/* Whether both hold the same n fields, in another order. */
static bool
is_shuffle(struct comparing *c, size_t n)
{
	const struct fp_mac **x = c->mac, **y = c->mac + n;

	for (size_t k = 0; k < n; k++) {
		x[k] = &c->a->field[c->x[k]].relaxed;
		y[k] = &c->b->field[c->y[k]].relaxed;
	}
	qsort(x, n, sizeof *x, order_macs);
	qsort(y, n, sizeof *y, order_macs);
	for (size_t k = 0; k < n; k++)
		if (!same_mac(x[k], y[k]))
			return false;
	return true;
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
	size_t nx = fields_named(c->a, c->a_fields, name, c->x);
	size_t ny = fields_named(c->b, c->b_fields, name, c->y);
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
		    "folded, spaced or spelled differently (relaxed is the "
		    "same)");
	} else if (relaxed > 1 && is_shuffle(c, nx)) {
		snprintf(text, sizeof text, "reordered");
		buf_clear(&p.text);
	} else if (nx > 1) {
		snprintf(text, sizeof text, "%zu of %zu changed", relaxed, nx);
	}
	put_field(c, name, text, &p.text);
}

/* Whether f is the topmost field of its name. */
static bool
is_first(
    const struct fp_field *const *by_name, size_t n, const struct fp_field *f)
{
	return by_name[first_named(by_name, n, f->name)] == f;
}

/* Each name once; those of both with a's. */
static void
compare_fields(struct comparing *c)
{
	for (size_t i = 0; i < c->a->nfields; i++)
		if (is_first(c->a_fields, c->a->nfields, &c->a->field[i]))
			compare_name(c, c->a->field[i].name);
	for (size_t i = 0; i < c->b->nfields; i++) {
		struct slice name = c->b->field[i].name;
		size_t at = first_named(c->a_fields, c->a->nfields, name);

		if (is_first(c->b_fields, c->b->nfields, &c->b->field[i]) &&
		    (at == c->a->nfields ||
			!slice_eq(c->a_fields[at]->name, name)))
			compare_name(c, name);
	}
}

/* All fields, by their names; NULL when memory is short. */
static const struct fp_field **
by_name(const struct fingerprint *f, struct arena *arena)
{
	const struct fp_field **field =
	    arena_array(arena, f->nfields + 1, sizeof(struct fp_field *));

	if (field == NULL)
		return NULL;
	for (size_t i = 0; i < f->nfields; i++)
		field[i] = &f->field[i];
	qsort(field, f->nfields, sizeof(struct fp_field *), order_fields);
	return field;
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
	c.a_fields = by_name(a, arena);
	c.b_fields = by_name(b, arena);
	/* Of names that both have as often. */
	c.mac = arena_array(
	    arena, a->nfields + b->nfields + 1, sizeof(struct fp_mac *));
	if (c.x == NULL || c.y == NULL || c.by_name == NULL ||
	    c.a_fields == NULL || c.b_fields == NULL || c.mac == NULL) {
		out->failure = BUF_NO_MEMORY;
		return 1;
	}
	for (size_t k = 0; k < a->nmentions; k++)
		c.by_name[k] = &a->mention[k];
	qsort(c.by_name, a->nmentions, sizeof *c.by_name, order_names);
	compare_fields(&c);
	return c.found + compare_body(out, a, b, arena);
}
