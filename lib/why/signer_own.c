/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/signer_form.h"
#include "why/signer_own.h"
#include "why/signer_try.h"

enum {
	MAX_NAMES = 256,  /* of an h= that is folded anew */
	MAX_FIRST = 16,	  /* of them in its first line */
	MAX_WRAPS = 512,  /* ways of folding it */
	MAX_TAGS = 16,	  /* in a known order */
	MAX_PERMUTED = 7, /* whose every order is tried */
};

/* The AMS, b= emptied, with another text for the value of a tag. */
static struct slice
value_with_tag(struct signer_case *t, const struct tag *tag, struct slice text)
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
put_names(struct signer_case *t, struct buf *b, const bool breaks[],
    const char *broken)
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
wrap_names(struct signer_case *t, size_t first, size_t width, bool breaks[])
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
h_wrapped(struct signer_case *t, const struct tag *h)
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
	signer_put_own(t, value_with_tag(t, h, mark));
	struct slice own = *signer_own_piece(t);
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
				signer_try_last(t, buf_view(&b));
			}
		}
	buf_release(&b);
}

/* One blank of the AMS less, or one more behind a colon or semicolon. */
static void
one_blank(struct signer_case *t)
{
	struct slice own = signer_value_with_b(t, SLICE(""));

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
		signer_put_own(t, buf_view(&b));
		buf_release(&b);
		signer_try_last(t, *signer_own_piece(t));
	}
}

void
signer_h_refolded(struct signer_case *t)
{
	const struct tag *h = taglist_find(&t->c->f->list, SLICE("h"));
	static const char *const joins[] = { ":", ": ", " :", " : " };

	for (size_t k = 0; h != NULL && k < ARRAY_LEN(joins); k++) {
		struct buf b = { .max = 0 };

		for (size_t i = 0; i < h->value.len; i++)
			if (h->value.p[i] == ':')
				buf_text(&b, joins[k]);
			else if (!ascii_is_fws(h->value.p[i]))
				buf_char(&b, h->value.p[i]);
		struct slice value = value_with_tag(t, h, buf_view(&b));

		buf_release(&b);
		if (value.p == NULL || signer_try_own(t, value))
			return;
	}
	/* A blank after every ";" or none. */
	struct slice own = signer_value_with_b(t, SLICE(""));
	struct slice bare = signer_replaced(t, own, SLICE("; "), SLICE(";"));

	if (!signer_try_own(t, bare))
		signer_try_own(
		    t, signer_replaced(t, bare, SLICE(";"), SLICE("; ")));
	one_blank(t);
	if (h != NULL)
		h_wrapped(t, h);
}

/* A tag without needless white space, its value left out if it is b=. */
static void
put_tag(struct signer_case *t, struct buf *b, const struct tag *tag)
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
try_tags(struct signer_case *t, const struct tag *const tag[], size_t n)
{
	struct buf b = { .max = 0 };
	size_t len = 0;
	bool fits = false;

	for (unsigned way = 0; way < 4 && !fits; way++) {
		buf_clear(&b);
		t->bare_h = way >= 2;
		buf_text(&b, t->c->f->kind == DKIM_SIGNATURE
				 ? "dkim-signature:"
				 : "arc-message-signature:");
		if (t->c->f->instance_first)
			buf_printf(&b, "i=%u; ", t->c->f->instance);
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
		fits = signer_try_last(t, buf_view(&b));
	}
	buf_release(&b);
	return fits;
}

/* The tags in an order; whether it names all of them. */
static bool
known_order(struct signer_case *t, const char *order, const struct tag *tag[])
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
any_order_of_tags(struct signer_case *t)
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

void
signer_tags_reordered(struct signer_case *t)
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
	for (size_t k = 0; k < ARRAY_LEN(orders); k++) {
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

void
signer_renumbered(struct signer_case *t)
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

		if (i == t->c->f->instance || b_at < end)
			continue;
		buf_slice(&b, slice_sub(v, 0, at));
		buf_printf(&b, "%u", i);
		buf_slice(&b, slice_sub(v, end, b_at - end));
		buf_slice(&b, slice_sub(v, b_at + t->c->g->b_raw.len, v.len));
		struct slice kept = search_keep(t->c->s, &b);

		buf_release(&b);
		if (kept.p == NULL || signer_try_own(t, kept))
			return;
	}
}
