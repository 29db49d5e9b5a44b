/* SPDX-License-Identifier: BSD-2-Clause */
/* What a signer may have done wrong in hashing header fields.  Each row makes
 * the whole sequence of octets as such a signer would have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain_ams.h"

static const struct slice no_octets = { NULL, 0 };

enum {
	MAX_NEWER = 8,	    /* fields on top that may have been added */
	MAX_DUPLICATES = 5, /* whose every order is tried */
	MAX_ORDERS = 120,   /* of them */
};

/* The row at work. */
struct fault {
	struct ams_case *c;
	const struct cause *cause;
	struct sequence q; /* to be filled and tried */
	const struct field **sel;
	const struct field **older; /* what the RFC says of what stood there
				     * when the seal was made */
	size_t found;
};

/* Try q as it stands. */
static bool
try(struct fault *t)
{
	if (t->found > 0 || t->c->s->failed || !sequence_fits(t->c->s, &t->q))
		return false;
	t->found++;
	finding_new(t->c->s, t->cause, EXPLAIN_PROVED, PLACE_AMS, t->c->i);
	return true;
}

static void
as_received(struct fault *t)
{
	ams_pieces(t->c, t->c->sel, &t->q);
}

/* Name the fields of which a selection took others, or in another order. */
static void
say_names(struct fault *t, const struct field **sel)
{
	const struct ams_case *c = t->c;
	struct finding *f =
	    c->s->out->n > 0 ? &c->s->out->finding[c->s->out->n - 1] : NULL;
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

/* The nth field of that name from m->field[from] on downwards. */
static const struct field *
nth_from_top(const struct message *m, const struct field *own, size_t from,
    struct slice name, size_t nth)
{
	for (size_t i = from; i < m->nfields; i++)
		if (&m->field[i] != own &&
		    slice_eq_nocase(m->field[i].name, name) && nth-- == 0)
			return &m->field[i];
	return NULL;
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
			t->sel[j] = nth_from_top(c->s->m, c->f->field,
			    skip == 0 ? c->top : 0, c->g->headers[j],
			    mentions_before(c, j, false) +
				(skip > 0 ? skip - 1 : 0));
		if (try_selection(t, t->sel))
			return;
	}
}

/* Every order of the fields that one name selects. */
static void
newest_for_oldest(struct fault *t)
{
	struct ams_case *c = t->c;

	for (size_t j = 0; j < c->n; j++) {
		size_t at[MAX_DUPLICATES], order[MAX_DUPLICATES], n = 0;

		if (mentions_before(c, j, false) > 0)
			continue;
		for (size_t k = j; k < c->n; k++) {
			if (c->sel[k] == NULL ||
			    !slice_eq_nocase(
				c->g->headers[k], c->g->headers[j]))
				continue;
			if (n == MAX_DUPLICATES) {
				n = 0;
				break;
			}
			order[n] = n;
			at[n++] = k;
		}
		for (unsigned tries = 0;
		     n > 1 && tries < MAX_ORDERS && next_order(order, n);
		     tries++) {
			memcpy(t->sel, c->sel, c->n * sizeof *t->sel);
			for (size_t k = 0; k < n; k++)
				t->sel[at[k]] = c->sel[at[order[k]]];
			if (try_selection(t, t->sel))
				return;
		}
	}
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
		for (size_t i = m->nfields; i-- > 0 && t->sel[j] == NULL;)
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
static bool
try_own(struct fault *t, struct slice value)
{
	struct ams_case *c = t->c;

	*own_piece(t) = canon_octets(
	    c->s, c->canon, c->f->field->name, value, no_octets, false);
	return try(t);
}

/* The value without [from, from + n). */
static struct slice
value_without(struct fault *t, const char *from, size_t n)
{
	struct slice v = t->c->f->field->value;
	struct buf b = { .max = 0 };
	size_t at = (size_t)(from - v.p);

	buf_slice(&b, slice_sub(v, 0, at));
	buf_slice(&b, slice_sub(v, at + n, v.len));
	struct slice kept = search_keep(t->c->s, &b);

	buf_release(&b);
	return kept;
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

static void
b_blank_kept(struct fault *t)
{
	struct slice raw = t->c->g->b_raw, bare = slice_trim(raw);
	const char *end = raw.p + raw.len;

	if (bare.len == raw.len)
		return;
	/* What stood before, behind, or both, stays. */
	if (try_own(t, value_without(t, bare.p, bare.len)) ||
	    try_own(t,
		value_without(t, raw.p, (size_t)(bare.p + bare.len - raw.p))))
		return;
	try_own(t, value_without(t, bare.p, (size_t)(end - bare.p)));
}

static void
bh_emptied(struct fault *t)
{
	const struct tag *bh = taglist_find(&t->c->f->tags, SLICE("bh"));
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

/* The value with b= emptied. */
static struct slice
own_value(struct fault *t)
{
	return value_without(t, t->c->g->b_raw.p, t->c->g->b_raw.len);
}

/* h= without its blanks, or with one behind each colon. */
static void
h_refolded(struct fault *t)
{
	const struct tag *h = taglist_find(&t->c->f->tags, SLICE("h"));
	struct slice v = t->c->f->field->value, raw = t->c->g->b_raw;
	static const char *const joins[] = { ":", ": ", " :", " : " };

	if (h == NULL)
		return;
	for (size_t k = 0; k < sizeof joins / sizeof *joins; k++) {
		struct buf b = { .max = 0 };
		bool inside = false;

		for (size_t i = 0; i < v.len; i++) {
			const char *p = v.p + i;

			if (p >= raw.p && p < raw.p + raw.len)
				continue;
			inside =
			    p >= h->value.p && p < h->value.p + h->value.len;
			if (!inside)
				buf_char(&b, *p);
			else if (*p == ':')
				buf_text(&b, joins[k]);
			else if (!ascii_is_fws(*p))
				buf_char(&b, *p);
		}
		struct slice kept = search_keep(t->c->s, &b);

		buf_release(&b);
		if (kept.p == NULL || try_own(t, kept))
			return;
	}
	/* One blank of h= less, or one more behind a colon. */
	struct slice own = own_value(t);

	for (size_t i = 0; own.p != NULL && i < own.len; i++) {
		struct slice head = slice_sub(own, 0, i);
		struct slice tail = slice_sub(own, i, own.len);
		struct buf b = { .max = 0 };
		bool fws = ascii_is_fws(tail.p[0]);

		if (!fws &&
		    (i == 0 || (own.p[i - 1] != ':' && own.p[i - 1] != ';')))
			continue;
		buf_slice(&b, head);
		if (fws) {
			while (tail.len > 0 && ascii_is_fws(tail.p[0]))
				tail = slice_sub(tail, 1, tail.len);
		} else {
			buf_char(&b, ' ');
		}
		buf_slice(&b, tail);
		struct slice kept = search_keep(t->c->s, &b);

		buf_release(&b);
		if (kept.p == NULL || try_own(t, kept))
			return;
	}
	/* A blank after every ";" or none. */
	if (own.p != NULL) {
		struct slice bare = replaced(t, own, SLICE("; "), SLICE(";"));

		if (bare.p != NULL && !try_own(t, bare))
			try_own(t, replaced(t, bare, SLICE(";"), SLICE("; ")));
	}
}

/* The tags in the order of known signers. */
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
	const struct taglist *tags = &t->c->f->tags;
	static const struct slice i_name = { "i", 1 };

	for (size_t k = 0; k < 2 * sizeof orders / sizeof *orders; k++) {
		struct slice rest = slice_of(orders[k / 2]), name;
		struct buf b = { .max = 0 };
		size_t used = 0;

		while (slice_cut(&rest, ' ', &name)) {
			const struct tag *tag = taglist_find(tags, name);
			bool first_i = tag == NULL && slice_eq(name, i_name) &&
				       t->c->f->instance_first;

			if (tag == NULL && !first_i)
				continue;
			buf_text(&b, b.len > 0 ? "; " : " ");
			buf_slice(&b, name);
			buf_char(&b, '=');
			if (first_i)
				buf_printf(&b, "%u", t->c->i);
			else if (!slice_eq(name, SLICE("b")))
				buf_slice(&b, tag->value);
			used += !first_i;
		}
		if (k % 2 == 1)
			buf_char(&b, ';');
		struct slice kept = search_keep(t->c->s, &b);

		buf_release(&b);
		if (kept.p == NULL || (used == tags->n && try_own(t, kept)))
			return;
		if (used != tags->n)
			continue;
		/* And with h= in one piece. */
		struct slice bare = replaced(t, kept, SLICE(": "), SLICE(":"));

		if (bare.p == NULL || try_own(t, bare))
			return;
	}
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
	if (taglist_find(&t->c->f->tags, SLICE("c")) == NULL)
		try_canon(t, CANON_RELAXED);
}

/* ------------------------------------------------------------------------
 * The rows. */

#define HASHED "RFC 6376 section 3.7"

static const struct row {
	struct cause cause;
	void (*try)(struct fault *);
} rows[] = {
	{ { "sig.c-missing", ROLE_SIGNER, "RFC 6376 section 3.5, c=",
	      "The signature has no c=, which means simple/simple; it was made "
	      "with relaxed.",
	      "The signer has to write c=relaxed/relaxed." },
	    c_missing },
	{ { "hdr.top-down", ROLE_SIGNER, "RFC 6376 section 5.4.2",
	      "Of several fields of one name the signer hashed the topmost "
	      "first; they are taken from the bottom up.",
	      "The signer has to take fields of one name from the bottom of "
	      "the "
	      "header up." },
	    top_down },
	{ { "hdr.duplicates-hashed-once", ROLE_SIGNER, "RFC 6376 section 5.4.2",
	      "h= has a name more than once, and the signer hashed only one of "
	      "the fields.",
	      "The signer has to hash one more field for each time that h= has "
	      "its name." },
	    hashed_once },
	{ { "hdr.h-case-counted-apart", ROLE_SIGNER, "RFC 6376 section 3.5, h=",
	      "The signer took names that differ in their capitals for "
	      "different ones.",
	      "The signer has to compare field names without regard to "
	      "case." },
	    counted_apart },
	{ { "hdr.newest-taken-for-oldest", ROLE_SIGNER,
	      "RFC 6376 section 5.4.2",
	      "The signer hashed several fields of one name in another order "
	      "than from the bottom up.",
	      "The signer has to take fields of one name from the bottom of "
	      "the "
	      "header up, its own new ones last." },
	    newest_for_oldest },
	{ { "hdr.message-order", ROLE_SIGNER, "RFC 6376 section 3.7",
	      "The signer hashed the fields in the order of the message and "
	      "not "
	      "of h=.",
	      "The signer has to hash fields in the order of h=." },
	    message_order },
	{ { "hdr.order-of-names", ROLE_SIGNER, "RFC 6376 section 3.7",
	      "The signer hashed the fields in the order of their names and "
	      "not "
	      "of h=.",
	      "The signer has to hash fields in the order of h=." },
	    order_of_names },
	{ { "hdr.simple-used", ROLE_SIGNER, "RFC 6376 section 3.4",
	      "c= says relaxed for the header, and the signer used simple.",
	      "The signer has to write the canonicalization that it uses." },
	    simple_used },
	{ { "hdr.relaxed-used", ROLE_SIGNER, "RFC 6376 section 3.4",
	      "c= says simple for the header, and the signer used relaxed.",
	      "The signer has to write the canonicalization that it uses." },
	    relaxed_used },
	{ { "hdr.own-field-raw", ROLE_SIGNER, HASHED,
	      "The signer did not canonicalize the signature field itself.",
	      "The signature field has to be canonicalized as the others "
	      "are." },
	    own_raw },
	{ { "hdr.own-field-crlf", ROLE_SIGNER, HASHED,
	      "The signer hashed a line end behind the signature field.",
	      "The signature field goes in last, without its final CRLF." },
	    own_crlf },
	{ { "hdr.own-folds-lf", ROLE_SIGNER, "RFC 6376 section 5.3",
	      "The signer hashed its own folds with LF line ends.",
	      "Line ends have to be CRLF before signing." },
	    own_folds_lf },
	{ { "hdr.b-tag-removed", ROLE_SIGNER, HASHED,
	      "The signer left out all of b= and not only its value.",
	      "Only the value of b= is taken out; \"b=\" stays." },
	    b_tag_removed },
	{ { "hdr.b-blank-kept", ROLE_SIGNER, HASHED,
	      "The signer kept white space around the value of b=.",
	      "The white space around the value of b= goes with it." },
	    b_blank_kept },
	{ { "hdr.bh-emptied", ROLE_SIGNER, HASHED,
	      "The signer emptied bh= as well as b=.", "Only b= is emptied." },
	    bh_emptied },
	{ { "hdr.dkim-b-emptied", ROLE_SIGNER, HASHED,
	      "The signer emptied b= of DKIM-Signature fields that it signed.",
	      "Only b= of the signature being made is emptied." },
	    dkim_b_emptied },
	{ { "hdr.null-as-empty-field", ROLE_SIGNER, "RFC 6376 section 3.5, h=",
	      "The signer hashed an empty field for each name of h= that is "
	      "not "
	      "there.",
	      "A name without a field adds nothing." },
	    null_as_empty },
	{ { "hdr.lf-hashed", ROLE_SIGNER, "RFC 6376 section 5.3",
	      "The signer hashed LF in the place of CRLF.",
	      "Line ends have to be CRLF before signing." },
	    lf_hashed },
	{ { "hdr.blank-after-colon", ROLE_SIGNER, "RFC 6376 section 3.4.2",
	      "The signer kept a blank behind the colon of each field.",
	      "Relaxed takes away all white space around the colon." },
	    blank_after_colon },
	{ { "hdr.names-not-lowered", ROLE_SIGNER, "RFC 6376 section 3.4.2",
	      "The signer kept the capitals of field names.",
	      "Relaxed has field names in lower case." },
	    names_not_lowered },
	{ { "hdr.tabs-kept", ROLE_SIGNER, "RFC 6376 section 3.4.2",
	      "The signer kept tabs.",
	      "Relaxed makes every run of white space one space." },
	    tabs_kept },
	{ { "hdr.own-h-refolded", ROLE_SIGNER, "RFC 6376 section 3.5, h=",
	      "The signature field was folded anew after signing, so that "
	      "blanks came or went within it.",
	      "The signer's server has to leave a finished signature as it "
	      "is." },
	    h_refolded },
	{ { "hdr.own-tags-reordered", ROLE_MODIFIER, HASHED,
	      "The tags of the signature were put in another order.",
	      "Nobody may write a signature field anew." },
	    tags_reordered },
	{ { "as.renumbered", ROLE_MODIFIER, "RFC 8617 section 4.2.1",
	      "The set was signed under another instance: a set was taken out "
	      "and the others were numbered anew.",
	      "ARC Sets must never be removed or changed." },
	    renumbered },
};

size_t
explain_signer(struct ams_case *c)
{
	struct fault t = { .c = c };
	size_t before = c->s->out->n;

	t.sel = arena_array(c->s->arena, c->n + 1, sizeof *t.sel);
	t.older = arena_array(c->s->arena, c->n + 1, sizeof *t.older);
	if (t.sel == NULL || t.older == NULL) {
		search_memory(c->s);
		return 0;
	}
	if (!ams_select(c, c->top, t.older))
		return 0;
	for (size_t r = 0; r < sizeof rows / sizeof *rows && !c->s->failed;
	     r++) {
		t.cause = &rows[r].cause;
		t.q = c->q;
		if (!sequence_init(c->s, &t.q, c->n + 1))
			return 0;
		as_received(&t);
		t.found = 0;
		rows[r].try(&t);
		/* Of two faults with the same octets the first is told. */
		if (t.found > 0)
			break;
	}
	return c->s->out->n - before;
}

const struct cause *
explain_signer_cause(size_t i)
{
	return i < sizeof rows / sizeof *rows ? &rows[i].cause : NULL;
}
