/* SPDX-License-Identifier: BSD-2-Clause */
/* What a signer may have done wrong in hashing header fields.  Each row makes
 * the whole sequence of octets as such a signer would have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "why/ams.h"

static const struct slice no_octets = { NULL, 0 };

enum {
	MAX_NEWER = 8,	    /* fields on top that may have been added */
	MAX_DUPLICATES = 5, /* whose every order is tried */
	MAX_COUNTED = 64,   /* of one name, counted otherwise */
	MAX_NAMES = 256,    /* of an h= that is folded anew */
	MAX_FIRST = 16,	    /* of them in its first line */
	MAX_WRAPS = 512,    /* ways of folding it */
	MAX_TAGS = 16,	    /* in a known order */
	MAX_PERMUTED = 7,   /* whose every order is tried */
};

/* The row at work. */
struct fault {
	struct ams_case *c;
	enum cause_id cause;
	struct sequence q; /* to be filled and tried */
	const struct field **sel;
	const struct field **older; /* what the RFC says of what stood there
				     * when the seal was made */
	struct digest before;	 /* all fields as received, but for the AMS */
	bool bare_h;		 /* tags lose all their white space */
	size_t found;		 /* with this cause */
	struct finding *finding; /* what was noted of the last; or NULL */
	size_t any;		 /* with causes before it */
};

/* What was tried, which is in q, fits, or not. */
static bool
note(struct fault *t, bool fits)
{
	struct search *s = t->c->s;

	if (!fits)
		return false;
	t->found++;
	t->finding =
	    finding_new(s, t->cause, EXPLAIN_PROVED, PLACE_AMS, t->c->i);
	finding_pieces(s, t->finding, &t->q, &t->c->q);
	return true;
}

/* Try q as it stands. */
static bool
try(struct fault *t)
{
	return note(t, t->found == 0 && sequence_fits(t->c->s, &t->q));
}

static void
as_received(struct fault *t)
{
	ams_pieces(t->c, t->c->sel, &t->q);
}

/* Try the fields as received, and these octets for the AMS. */
static bool
try_last(struct fault *t, struct slice own)
{
	struct search *s = t->c->s;
	struct digest d;

	if (t->found > 0 || !search_may(s, own.len))
		return false;
	digest_copy(&d, &t->before);
	digest_put(&d, own.p, own.len);
	bool fits = target_fits_digest(s, t->c->target, &d);

	digest_release(&d);
	if (fits) {
		as_received(t);
		t->q.piece[t->c->n].octets = own;
	}
	return note(t, fits);
}

/* Name the fields of which a selection took others, or in another order. */
static void
say_names(struct fault *t, const struct field **sel)
{
	const struct ams_case *c = t->c;
	struct finding *f = t->finding;
	struct buf b = { .max = sizeof f->detail - 1 };

	for (size_t j = 0; f != NULL && j < c->n; j++) {
		bool told = sel[j] == c->sel[j];

		for (size_t k = 0; k < j && !told; k++)
			told =
			    sel[k] != c->sel[k] &&
			    slice_eq_nocase(c->g->headers[k], c->g->headers[j]);
		if (told)
			continue;
		buf_text(&b, b.len == 0 ? "of " : ", ");
		buf_slice(&b, c->g->headers[j]);
	}
	if (b.len > 0)
		snprintf(f->detail, sizeof f->detail, "%.*s", (int)b.len, b.p);
	buf_release(&b);
}

/* Try a selection, unless it is what the RFC says. */
static bool
try_selection(struct fault *t, const struct field **sel)
{
	size_t size = t->c->n * sizeof *sel;

	search_pay(t->c->s, size);
	/* That a field was added is not the signer's fault. */
	if (memcmp(sel, t->c->sel, size) == 0 ||
	    memcmp(sel, t->older, size) == 0)
		return false;
	ams_pieces(t->c, sel, &t->q);
	if (!try(t))
		return false;
	say_names(t, sel);
	return true;
}

/* ------------------------------------------------------------------------
 * Which fields. */

/* The next field of that name upwards, down to m->field[from]; NULL: no more.
 * select_start() begins at the bottom. */
static const struct field *
next_above(const struct ams_case *c, size_t from, struct slice name)
{
	const struct field *f = select_next(c->s->select, name);

	search_pay(c->s, COST_FIELD);
	return f != NULL && f >= c->s->m->field + from ? f : NULL;
}

/* The nth field of that name from m->field[from] on downwards. */
static const struct field *
nth_from_top(
    const struct ams_case *c, size_t from, struct slice name, size_t nth)
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
mentions_before(const struct ams_case *c, size_t j, bool exact)
{
	size_t nth = 0;

	for (size_t k = 0; k < j; k++)
		nth +=
		    exact ? slice_eq(c->g->headers[k], c->g->headers[j])
			  : slice_eq_nocase(c->g->headers[k], c->g->headers[j]);
	return nth;
}

static void
top_down(struct fault *t)
{
	struct ams_case *c = t->c;

	/* Of all fields; of those that stood there; and with newer ones. */
	for (size_t skip = 0; skip <= MAX_NEWER + 1; skip++) {
		for (size_t j = 0; j < c->n; j++)
			t->sel[j] = nth_from_top(c, skip == 0 ? c->top : 0,
			    c->g->headers[j],
			    mentions_before(c, j, false) +
				(skip > 0 ? skip - 1 : 0));
		if (try_selection(t, t->sel))
			return;
	}
}

/* The fields of one name from m->field[from] on, the lowest first; 0 when they
 * are more than max. */
static size_t
duplicates(const struct ams_case *c, struct slice name, size_t from,
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
assign(struct fault *t, size_t j, const struct field *const f[],
    const size_t order[], size_t n)
{
	const struct ams_case *c = t->c;
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
own_fields_end(const struct ams_case *c)
{
	const struct message *m = c->s->m;
	size_t i = c->top;

	while (i + 1 < m->nfields &&
	       !slice_eq_nocase(m->field[i].name, SLICE("received")))
		i++;
	return &m->field[i];
}

static void
count_newest_first(struct fault *t, size_t j, const struct counting *how)
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
try_counting(struct fault *t, const struct counting *how)
{
	struct ams_case *c = t->c;

	for (size_t only = 0; only <= c->n; only++) {
		memcpy(t->sel, c->sel, c->n * sizeof *t->sel);
		for (size_t j = 0; j < c->n; j++)
			if (only == 0 || only - 1 == j)
				count_newest_first(t, j, how);
		if (try_selection(t, t->sel))
			return true;
	}
	return false;
}

/* Every order of the fields that one name may mean. */
static void
any_order(struct fault *t, size_t j)
{
	struct ams_case *c = t->c;
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
		if (try_selection(t, t->sel))
			return;
	} while (next_order(order, n));
}

static void
newest_for_oldest(struct fault *t)
{
	struct ams_case *c = t->c;
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

static void
hashed_once(struct fault *t)
{
	struct ams_case *c = t->c;

	for (size_t j = 0; j < c->n; j++)
		t->sel[j] =
		    mentions_before(c, j, false) == 0 ? c->sel[j] : NULL;
	try_selection(t, t->sel);
}

static void
counted_apart(struct fault *t)
{
	struct ams_case *c = t->c;
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
	try_selection(t, t->sel);
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

static void
message_order(struct fault *t)
{
	struct ams_case *c = t->c;

	memcpy(t->sel, c->sel, c->n * sizeof *t->sel);
	qsort(t->sel, c->n, sizeof *t->sel, by_place);
	if (try_selection(t, t->sel))
		return;
	size_t n = 0;

	while (n < c->n && t->sel[n] != NULL)
		n++;
	for (size_t x = 0, y = n; x + 1 < y; x++, y--) {
		const struct field *swap = t->sel[x];

		t->sel[x] = t->sel[y - 1];
		t->sel[y - 1] = swap;
	}
	try_selection(t, t->sel);
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

static void
order_of_names(struct fault *t)
{
	memcpy(t->sel, t->c->sel, t->c->n * sizeof *t->sel);
	qsort(t->sel, t->c->n, sizeof *t->sel, by_name);
	try_selection(t, t->sel);
}

/* ------------------------------------------------------------------------
 * In which form. */

static void
try_canon(struct fault *t, enum canon canon)
{
	struct ams_case *c = t->c;

	if (c->canon == canon)
		return;
	for (size_t j = 0; j < c->n; j++)
		if (c->sel[j] != NULL)
			t->q.piece[j].octets = canon_field(
			    c->s, canon, c->sel[j], no_octets, true);
	t->q.piece[c->n].octets =
	    canon_field(c->s, canon, c->f->field, c->g->b_raw, false);
	if (try(t))
		return;
	/* The AMS itself right, all else wrong. */
	t->q.piece[c->n].octets = ams_own(c);
	try(t);
}

static void
simple_used(struct fault *t)
{
	try_canon(t, CANON_SIMPLE);
}

static void
relaxed_used(struct fault *t)
{
	if (taglist_find(&t->c->f->list, SLICE("c")) != NULL)
		try_canon(t, CANON_RELAXED);
}

static struct slice *
own_piece(struct fault *t)
{
	return &t->q.piece[t->c->n].octets;
}

static void
own_raw(struct fault *t)
{
	struct ams_case *c = t->c;

	if (c->canon == CANON_SIMPLE)
		return;
	*own_piece(t) =
	    canon_field(c->s, CANON_SIMPLE, c->f->field, c->g->b_raw, false);
	try(t);
}

static void
own_crlf(struct fault *t)
{
	struct ams_case *c = t->c;

	*own_piece(t) =
	    canon_field(c->s, c->canon, c->f->field, c->g->b_raw, true);
	try(t);
}

/* s with some octets left out or put in; appended to b. */
static void
put_replaced(struct buf *b, struct slice s, struct slice from, struct slice to)
{
	size_t i = 0;

	while (i < s.len)
		if (from.len > 0 &&
		    slice_starts(slice_sub(s, i, s.len), from)) {
			buf_slice(b, to);
			i += from.len;
		} else {
			buf_char(b, s.p[i++]);
		}
}

static struct slice
replaced(struct fault *t, struct slice s, struct slice from, struct slice to)
{
	struct buf b = { .max = 0 };

	put_replaced(&b, s, from, to);
	struct slice kept = search_keep(t->c->s, &b);

	buf_release(&b);
	return kept;
}

static void
own_folds_lf(struct fault *t)
{
	if (t->c->canon == CANON_RELAXED)
		return;
	*own_piece(t) = replaced(t, *own_piece(t), SLICE("\r\n"), SLICE("\n"));
	try(t);
}

/* The AMS with a value of ours, canonicalized. */
static void
put_own(struct fault *t, struct slice value)
{
	struct ams_case *c = t->c;

	*own_piece(t) = canon_octets(
	    c->s, c->canon, c->f->field->name, value, no_octets, false);
}

static bool
try_own(struct fault *t, struct slice value)
{
	put_own(t, value);
	return try(t);
}

static void
b_tag_removed(struct fault *t)
{
	struct slice value;

	for (unsigned way = 0;
	     without_b_tag(t->c->s, t->c->f, way, &value) && !try_own(t, value);
	     way++)
		;
}

/* The AMS's value with b= replaced by a text. */
static struct slice
value_with_b(struct fault *t, struct slice text)
{
	struct slice v = t->c->f->field->value, raw = t->c->g->b_raw;
	struct buf b = { .max = 0 };
	size_t at = (size_t)(raw.p - v.p);

	buf_slice(&b, slice_sub(v, 0, at));
	buf_slice(&b, text);
	buf_slice(&b, slice_sub(v, at + raw.len, v.len));
	struct slice kept = search_keep(t->c->s, &b);

	buf_release(&b);
	return kept;
}

/* The white space of b=, as far as it stands in one place or everywhere. */
static void
b_blank_kept(struct fault *t)
{
	static const struct slice mark = { "\x01", 1 };
	struct slice raw = t->c->g->b_raw, bare = slice_trim(raw);
	size_t before = (size_t)(bare.p - raw.p);
	struct slice head = slice_sub(raw, 0, before);
	struct slice tail = slice_sub(raw, before + bare.len, raw.len);
	struct buf all = { .max = 0 };

	for (size_t i = 0; i < raw.len; i++)
		if (ascii_is_fws(raw.p[i]))
			buf_char(&all, raw.p[i]);
	struct slice kept[] = { head, tail, search_keep(t->c->s, &all) };

	buf_release(&all);
	for (size_t k = 0; k < sizeof kept / sizeof *kept; k++)
		if (kept[k].len > 0 && try_own(t, value_with_b(t, kept[k])))
			return;
	/* One blank, put there after all else was made canonical. */
	put_own(t, value_with_b(t, mark));
	*own_piece(t) = replaced(t, *own_piece(t), mark, SLICE(" "));
	try(t);
}

static void
bh_emptied(struct fault *t)
{
	const struct tag *bh = taglist_find(&t->c->f->list, SLICE("bh"));
	struct slice raw = t->c->g->b_raw, v = t->c->f->field->value;
	struct buf b = { .max = 0 };

	if (bh == NULL)
		return;
	for (size_t i = 0; i < v.len; i++) {
		const char *p = v.p + i;

		if ((p < raw.p || p >= raw.p + raw.len) &&
		    (p < bh->raw.p || p >= bh->raw.p + bh->raw.len))
			buf_char(&b, *p);
	}
	struct slice kept = search_keep(t->c->s, &b);

	buf_release(&b);
	if (kept.p != NULL)
		try_own(t, kept);
}

static void
dkim_b_emptied(struct fault *t)
{
	struct ams_case *c = t->c;
	bool any = false;

	for (size_t j = 0; j < c->n; j++) {
		struct taglist tags;
		struct diag why;

		if (c->sel[j] == NULL ||
		    !slice_eq_nocase(
			c->sel[j]->name, SLICE("dkim-signature")) ||
		    taglist_parse(c->sel[j]->value, c->s->arena, &tags, &why) !=
			0)
			continue;
		const struct tag *b = taglist_find(&tags, SLICE("b"));

		if (b == NULL)
			continue;
		t->q.piece[j].octets =
		    canon_field(c->s, c->canon, c->sel[j], b->raw, true);
		any = true;
	}
	if (any)
		try(t);
}

static void
null_as_empty(struct fault *t)
{
	struct ams_case *c = t->c;
	bool any = false;

	for (size_t j = 0; j < c->n; j++)
		if (c->sel[j] == NULL) {
			t->q.piece[j].octets = canon_octets(c->s, c->canon,
			    c->g->headers[j], SLICE(""), no_octets, true);
			any = true;
		}
	if (any)
		try(t);
}

static void
lf_hashed(struct fault *t)
{
	for (size_t j = 0; j <= t->c->n; j++)
		t->q.piece[j].octets = replaced(
		    t, t->q.piece[j].octets, SLICE("\r\n"), SLICE("\n"));
	try(t);
}

/* ------------------------------------------------------------------------
 * Relaxed done wrong. */

static void
try_odd(struct fault *t, unsigned odd)
{
	struct ams_case *c = t->c;

	if (c->canon != CANON_RELAXED)
		return;
	for (size_t j = 0; j < c->n; j++)
		if (c->sel[j] != NULL)
			t->q.piece[j].octets =
			    canon_odd(c->s, c->sel[j], no_octets, true, odd);
	*own_piece(t) = canon_odd(c->s, c->f->field, c->g->b_raw, false, odd);
	if (try(t))
		return;
	*own_piece(t) = ams_own(c);
	try(t);
}

static void
blank_after_colon(struct fault *t)
{
	try_odd(t, KEEP_BLANK);
}

static void
names_not_lowered(struct fault *t)
{
	try_odd(t, KEEP_NAME);
	as_received(t);
	try_odd(t, KEEP_NAME | KEEP_BLANK);
}

/* Tabs as they are, all other runs one space; or every octet of a run but line
 * ends. */
static void
tabs_kept(struct fault *t)
{
	struct ams_case *c = t->c;

	try_odd(t, KEEP_TABS);
	if (c->canon != CANON_RELAXED)
		return;
	as_received(t);
	for (size_t j = 0; j <= c->n; j++) {
		const struct field *f = j < c->n ? c->sel[j] : c->f->field;
		struct buf b = { .max = 0 };
		struct slice v;

		if (f == NULL)
			continue;
		/* Unfolded, tabs staying, runs of spaces made one. */
		v = slice_trim(f->value);
		for (size_t i = 0; i < f->name.len; i++)
			buf_char(&b, ascii_lower(f->name.p[i]));
		buf_char(&b, ':');
		for (size_t i = 0; i < v.len; i++) {
			const char *p = v.p + i;

			if (j == c->n && p >= c->g->b_raw.p &&
			    p < c->g->b_raw.p + c->g->b_raw.len)
				continue;
			if (*p == '\r' || *p == '\n' ||
			    (*p == ' ' && b.len > 0 && b.p[b.len - 1] == ' '))
				continue;
			buf_char(&b, *p);
		}
		if (j < c->n)
			buf_text(&b, "\r\n");
		t->q.piece[j].octets = search_keep(c->s, &b);
		buf_release(&b);
	}
	try(t);
}

/* ------------------------------------------------------------------------
 * The AMS's own text, changed after it was signed. */

/* The AMS, b= emptied, with another text for the value of a tag. */
static struct slice
value_with_tag(struct fault *t, const struct tag *tag, struct slice text)
{
	struct slice v = t->c->f->field->value, raw = t->c->g->b_raw;
	const char *end = tag->value.p + tag->value.len;
	struct buf b = { .max = 0 };

	for (const char *p = v.p; p < v.p + v.len; p++) {
		if (p == tag->value.p)
			buf_slice(&b, text);
		if ((p < tag->value.p || p >= end) &&
		    (p < raw.p || p >= raw.p + raw.len))
			buf_char(&b, *p);
	}
	struct slice kept = search_keep(t->c->s, &b);

	buf_release(&b);
	return kept;
}

/* The names of h= in lines, a break for each bit of breaks. */
static void
put_names(
    struct fault *t, struct buf *b, const bool breaks[], const char *broken)
{
	for (size_t j = 0; j < t->c->n; j++) {
		if (j > 0)
			buf_text(b, breaks[j] ? broken : ":");
		buf_slice(b, t->c->g->headers[j]);
	}
}

/* So many names in the first line and as many octets as go into each other;
 * the sum tells ways of breaking apart. */
static uint64_t
wrap_names(struct fault *t, size_t first, size_t width, bool breaks[])
{
	uint64_t sum = 14695981039346656037U;
	size_t column = 0;

	for (size_t j = 0; j < t->c->n; j++) {
		size_t len = t->c->g->headers[j].len + 1;

		breaks[j] = j == first || (j > first && column + len > width);
		if (breaks[j]) {
			column = 0;
			sum = (sum ^ j) * 1099511628211U;
		}
		column += len;
	}
	return sum;
}

/* h= folded otherwise, at any width. */
static void
h_wrapped(struct fault *t, const struct tag *h)
{
	static const char *const broken[] = { ": ", " :" };
	static const struct slice mark = { "\x01", 1 };
	uint64_t seen[MAX_WRAPS];
	size_t nseen = 0, n = t->c->n;
	size_t most =
	    t->c->target->kind == TARGET_DIGEST ? MAX_WRAPS : MAX_WRAPS / 8;
	bool breaks[MAX_NAMES] = { false };
	struct buf b = { .max = 0 };

	if (t->c->canon != CANON_RELAXED || n > MAX_NAMES)
		return;
	put_own(t, value_with_tag(t, h, mark));
	struct slice own = *own_piece(t);
	size_t at = slice_find(own, mark.p[0]);

	for (size_t first = 1; first < n && first <= MAX_FIRST; first++)
		for (size_t width = 20;
		     width <= 80 && nseen < most && !search_over(t->c->s);
		     width++) {
			search_pay(t->c->s, (uint64_t)COST_SEEN * n + nseen);
			uint64_t sum = wrap_names(t, first, width, breaks);
			size_t k = 0;

			while (k < nseen && seen[k] != sum)
				k++;
			if (k < nseen)
				continue;
			seen[nseen++] = sum;
			for (k = 0; k < 2; k++) {
				buf_clear(&b);
				buf_slice(&b, slice_sub(own, 0, at));
				put_names(t, &b, breaks, broken[k]);
				buf_slice(&b, slice_sub(own, at + 1, own.len));
				search_pay(t->c->s, b.len);
				try_last(t, buf_view(&b));
			}
		}
	buf_release(&b);
}

/* One blank of the AMS less, or one more behind a colon or semicolon. */
static void
one_blank(struct fault *t)
{
	struct slice own = value_with_b(t, SLICE(""));

	for (size_t i = 0;
	     i < own.len && t->found == 0 && !search_over(t->c->s); i++) {
		struct slice tail = slice_sub(own, i, own.len);
		struct buf b = { .max = 0 };
		bool fws = ascii_is_fws(tail.p[0]);

		if (!fws &&
		    (i == 0 || (own.p[i - 1] != ':' && own.p[i - 1] != ';')))
			continue;
		buf_slice(&b, slice_sub(own, 0, i));
		while (fws && tail.len > 0 && ascii_is_fws(tail.p[0]))
			tail = slice_sub(tail, 1, tail.len);
		if (!fws)
			buf_char(&b, ' ');
		buf_slice(&b, tail);
		put_own(t, buf_view(&b));
		buf_release(&b);
		try_last(t, *own_piece(t));
	}
}

/* h= without its blanks, or with one at each colon; folded otherwise. */
static void
h_refolded(struct fault *t)
{
	const struct tag *h = taglist_find(&t->c->f->list, SLICE("h"));
	static const char *const joins[] = { ":", ": ", " :", " : " };

	for (size_t k = 0; h != NULL && k < sizeof joins / sizeof *joins; k++) {
		struct buf b = { .max = 0 };

		for (size_t i = 0; i < h->value.len; i++)
			if (h->value.p[i] == ':')
				buf_text(&b, joins[k]);
			else if (!ascii_is_fws(h->value.p[i]))
				buf_char(&b, h->value.p[i]);
		struct slice value = value_with_tag(t, h, buf_view(&b));

		buf_release(&b);
		if (value.p == NULL || try_own(t, value))
			return;
	}
	/* A blank after every ";" or none. */
	struct slice own = value_with_b(t, SLICE(""));
	struct slice bare = replaced(t, own, SLICE("; "), SLICE(";"));

	if (!try_own(t, bare))
		try_own(t, replaced(t, bare, SLICE(";"), SLICE("; ")));
	one_blank(t);
	if (h != NULL)
		h_wrapped(t, h);
}

/* A tag without needless white space, its value left out if it is b=. */
static void
put_tag(struct fault *t, struct buf *b, const struct tag *tag)
{
	struct slice v = tag->value;

	buf_slice(b, tag->name);
	buf_char(b, '=');
	if (slice_eq(tag->name, SLICE("b")))
		return;
	for (size_t i = 0; i < v.len; i++)
		if (!ascii_is_fws(v.p[i]))
			buf_char(b, v.p[i]);
		else if (!t->bare_h && !ascii_is_fws(b->p[b->len - 1]))
			buf_char(b, ' ');
}

/* Try the tags in an order, i= first: with and without a last semicolon, h= as
 * it is and in one piece. */
static bool
try_tags(struct fault *t, const struct tag *const tag[], size_t n)
{
	struct buf b = { .max = 0 };
	size_t len = 0;
	bool fits = false;

	for (unsigned way = 0; way < 4 && !fits; way++) {
		buf_clear(&b);
		t->bare_h = way >= 2;
		buf_text(&b, "arc-message-signature:");
		if (t->c->f->instance_first)
			buf_printf(&b, "i=%u; ", t->c->i);
		for (size_t k = 0; k < n; k++) {
			put_tag(t, &b, tag[k]);
			buf_text(&b, k + 1 < n ? "; " : way % 2 ? ";" : "");
		}
		if (!search_pay(t->c->s, (uint64_t)COST_MADE * b.len))
			break;
		if (way == 0)
			len = b.len;
		if (way == 2 && b.len == len)
			break;
		fits = try_last(t, buf_view(&b));
	}
	buf_release(&b);
	return fits;
}

/* The tags in an order; whether it names all of them. */
static bool
known_order(struct fault *t, const char *order, const struct tag *tag[])
{
	const struct taglist *tags = &t->c->f->list;
	struct slice rest = slice_of(order), name;
	size_t n = 0;

	while (slice_cut(&rest, ' ', &name)) {
		const struct tag *found = taglist_find(tags, name);

		if (found != NULL && n < MAX_TAGS)
			tag[n++] = found;
	}
	return n == tags->n;
}

/* Every order with b= last, when the tags are few. */
static void
any_order_of_tags(struct fault *t)
{
	const struct taglist *tags = &t->c->f->list;
	const struct tag *all[MAX_TAGS], *tag[MAX_TAGS];
	size_t order[MAX_TAGS], n = 0;

	if (tags->n > MAX_TAGS || t->c->target->kind != TARGET_DIGEST)
		return;
	for (size_t k = 0; k < tags->n; k++)
		if (!slice_eq(tags->tag[k].name, SLICE("b"))) {
			order[n] = n;
			all[n++] = &tags->tag[k];
		}
	if (n + 1 != tags->n || n > MAX_PERMUTED)
		return;
	tag[n] = taglist_find(tags, SLICE("b"));
	do
		for (size_t k = 0; k < n; k++)
			tag[k] = all[order[k]];
	while (!try_tags(t, tag, n + 1) && next_order(order, n));
}

static void
tags_reordered(struct fault *t)
{
	static const char *const orders[] = {
		"i a c d s t x bh h b",
		"i a c d s t h bh b",
		"i a c d s h bh b",
		"i a c d s h t bh b",
		"i a d s t c bh h b",
		"i a c d s bh h b",
		"i a c d s t bh h q b",
		"i a d c s h t bh b",
		"a bh c d h i s t b",
		"i a d s c h t bh b",
		"i a t c d s h bh b",
		"i a c t d s h bh b",
		"i a c d h s t bh b",
	};
	const struct tag *tag[MAX_TAGS];
	bool usual = false;

	if (t->c->canon != CANON_RELAXED)
		return;
	for (size_t k = 0; k < sizeof orders / sizeof *orders; k++) {
		if (!known_order(t, orders[k], tag))
			continue;
		size_t n = t->c->f->list.n, same = 0;

		while (same < n && tag[same] == &t->c->f->list.tag[same])
			same++;
		usual |= same == n;
		if (same < n && try_tags(t, tag, n))
			return;
	}
	/* Tags in the order of a signer were hardly written by another. */
	if (!usual)
		any_order_of_tags(t);
}

/* A set was taken out and the others numbered anew. */
static void
renumbered(struct fault *t)
{
	struct slice v = t->c->f->field->value;
	size_t at = 0;

	if (!t->c->f->instance_first)
		return;
	while (at < v.len && !ascii_is_digit(v.p[at]))
		at++;
	size_t end = at;

	while (end < v.len && ascii_is_digit(v.p[end]))
		end++;
	for (unsigned i = 1; i <= 8; i++) {
		struct buf b = { .max = 0 };
		size_t b_at = (size_t)(t->c->g->b_raw.p - v.p);

		if (i == t->c->i || b_at < end)
			continue;
		buf_slice(&b, slice_sub(v, 0, at));
		buf_printf(&b, "%u", i);
		buf_slice(&b, slice_sub(v, end, b_at - end));
		buf_slice(&b, slice_sub(v, b_at + t->c->g->b_raw.len, v.len));
		struct slice kept = search_keep(t->c->s, &b);

		buf_release(&b);
		if (kept.p == NULL || try_own(t, kept))
			return;
	}
}

static void
c_missing(struct fault *t)
{
	if (taglist_find(&t->c->f->list, SLICE("c")) == NULL)
		try_canon(t, CANON_RELAXED);
}

/* ------------------------------------------------------------------------
 * The rows. */

static const struct row {
	enum cause_id cause;
	void (*try)(struct fault *);
} rows[] = {
	{ CAUSE_SIG_C_MISSING, c_missing },
	{ CAUSE_HDR_TOP_DOWN, top_down },
	{ CAUSE_HDR_DUPLICATES_HASHED_ONCE, hashed_once },
	{ CAUSE_HDR_H_CASE_COUNTED_APART, counted_apart },
	{ CAUSE_HDR_NEWEST_TAKEN_FOR_OLDEST, newest_for_oldest },
	{ CAUSE_HDR_MESSAGE_ORDER, message_order },
	{ CAUSE_HDR_ORDER_OF_NAMES, order_of_names },
	{ CAUSE_HDR_SIMPLE_USED, simple_used },
	{ CAUSE_HDR_RELAXED_USED, relaxed_used },
	{ CAUSE_HDR_OWN_FIELD_RAW, own_raw },
	{ CAUSE_HDR_OWN_FIELD_CRLF, own_crlf },
	{ CAUSE_HDR_OWN_FOLDS_LF, own_folds_lf },
	{ CAUSE_HDR_B_TAG_REMOVED, b_tag_removed },
	{ CAUSE_HDR_B_BLANK_KEPT, b_blank_kept },
	{ CAUSE_HDR_BH_EMPTIED, bh_emptied },
	{ CAUSE_HDR_DKIM_B_EMPTIED, dkim_b_emptied },
	{ CAUSE_HDR_NULL_AS_EMPTY_FIELD, null_as_empty },
	{ CAUSE_HDR_LF_HASHED, lf_hashed },
	{ CAUSE_HDR_BLANK_AFTER_COLON, blank_after_colon },
	{ CAUSE_HDR_NAMES_NOT_LOWERED, names_not_lowered },
	{ CAUSE_HDR_TABS_KEPT, tabs_kept },
	{ CAUSE_HDR_OWN_H_REFOLDED, h_refolded },
	{ CAUSE_HDR_OWN_TAGS_REORDERED, tags_reordered },
	{ CAUSE_AS_RENUMBERED, renumbered },
};

size_t
explain_signer(struct ams_case *c)
{
	struct fault t = { .c = c };

	t.sel = arena_array(c->s->arena, c->n + 1, sizeof *t.sel);
	t.older = arena_array(c->s->arena, c->n + 1, sizeof *t.older);
	if (t.sel == NULL || t.older == NULL) {
		search_memory(c->s);
		return 0;
	}
	if (!ams_select(c, c->top, t.older))
		return 0;
	digest_init(&t.before);
	for (size_t j = 0; j < c->n; j++)
		digest_put(&t.before, c->q.piece[j].octets.p,
		    c->q.piece[j].octets.len);
	for (size_t r = 0; r < sizeof rows / sizeof *rows && !search_over(c->s);
	     r++) {
		t.cause = rows[r].cause;
		t.q = c->q;
		if (!sequence_init(c->s, &t.q, c->n + 1))
			break;
		as_received(&t);
		t.any += t.found;
		t.found = 0;
		rows[r].try(&t);
	}
	digest_release(&t.before);
	return t.any + t.found;
}
