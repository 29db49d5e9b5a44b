/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/signer_form.h"
#include "why/signer_try.h"

static void
try_canon(struct signer_case *t, enum canon canon)
{
	struct header_case *c = t->c;

	if (c->canon == canon)
		return;
	for (size_t j = 0; j < c->n; j++)
		if (c->sel[j] != NULL)
			t->q.piece[j].octets = canon_field(
			    c->s, canon, c->sel[j], SLICE_NONE, true);
	t->q.piece[c->n].octets =
	    canon_field(c->s, canon, c->f->field, c->g->b_raw, false);
	if (signer_try(t))
		return;
	/* The AMS itself right, all else wrong. */
	t->q.piece[c->n].octets = header_own(c);
	signer_try(t);
}

void
signer_simple_used(struct signer_case *t)
{
	try_canon(t, CANON_SIMPLE);
}

void
signer_relaxed_used(struct signer_case *t)
{
	if (taglist_find(&t->c->f->list, SLICE("c")) != NULL)
		try_canon(t, CANON_RELAXED);
}

struct slice *
signer_own_piece(struct signer_case *t)
{
	return &t->q.piece[t->c->n].octets;
}

void
signer_own_raw(struct signer_case *t)
{
	struct header_case *c = t->c;

	if (c->canon == CANON_SIMPLE)
		return;
	*signer_own_piece(t) =
	    canon_field(c->s, CANON_SIMPLE, c->f->field, c->g->b_raw, false);
	signer_try(t);
}

void
signer_own_crlf(struct signer_case *t)
{
	struct header_case *c = t->c;

	*signer_own_piece(t) =
	    canon_field(c->s, c->canon, c->f->field, c->g->b_raw, true);
	signer_try(t);
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

struct slice
signer_replaced(
    struct signer_case *t, struct slice s, struct slice from, struct slice to)
{
	struct buf b = { .max = 0 };

	put_replaced(&b, s, from, to);
	struct slice kept = search_keep(t->c->s, &b);

	buf_release(&b);
	return kept;
}

void
signer_own_folds_lf(struct signer_case *t)
{
	if (t->c->canon == CANON_RELAXED)
		return;
	*signer_own_piece(t) = signer_replaced(
	    t, *signer_own_piece(t), SLICE("\r\n"), SLICE("\n"));
	signer_try(t);
}

void
signer_put_own(struct signer_case *t, struct slice value)
{
	struct header_case *c = t->c;

	*signer_own_piece(t) = canon_octets(
	    c->s, c->canon, c->f->field->name, value, SLICE_NONE, false);
}

bool
signer_try_own(struct signer_case *t, struct slice value)
{
	signer_put_own(t, value);
	return signer_try(t);
}

void
signer_b_tag_removed(struct signer_case *t)
{
	struct slice value;

	for (unsigned way = 0; without_b_tag(t->c->s, t->c->f, way, &value) &&
			       !signer_try_own(t, value);
	     way++)
		;
}

struct slice
signer_value_with_b(struct signer_case *t, struct slice text)
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

void
signer_b_blank_kept(struct signer_case *t)
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
	for (size_t k = 0; k < ARRAY_LEN(kept); k++)
		if (kept[k].len > 0 &&
		    signer_try_own(t, signer_value_with_b(t, kept[k])))
			return;
	/* One blank, put there after all else was made canonical. */
	signer_put_own(t, signer_value_with_b(t, mark));
	*signer_own_piece(t) =
	    signer_replaced(t, *signer_own_piece(t), mark, SLICE(" "));
	signer_try(t);
}

void
signer_bh_emptied(struct signer_case *t)
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
		signer_try_own(t, kept);
}

void
signer_dkim_b_emptied(struct signer_case *t)
{
	struct header_case *c = t->c;
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
		signer_try(t);
}

/* Whether a name is listed once more than there are fields. */
static bool
is_oversigned(const struct header_case *c)
{
	for (size_t j = 0; j < c->n; j++)
		if (c->sel[j] == NULL &&
		    message_count(c->s->m, c->g->headers[j]) > 0)
			return true;
	return false;
}

void
signer_null_as_empty(struct signer_case *t)
{
	struct header_case *c = t->c;
	bool any = false;

	for (size_t j = 0; j < c->n; j++)
		if (c->sel[j] == NULL) {
			t->q.piece[j].octets = canon_octets(c->s, c->canon,
			    c->g->headers[j], SLICE(""), SLICE_NONE, true);
			any = true;
		}
	if (any && signer_try(t) && t->finding != NULL)
		t->finding->alone = is_oversigned(c);
}

void
signer_lf_hashed(struct signer_case *t)
{
	for (size_t j = 0; j <= t->c->n; j++)
		t->q.piece[j].octets = signer_replaced(
		    t, t->q.piece[j].octets, SLICE("\r\n"), SLICE("\n"));
	signer_try(t);
}

static void
try_odd(struct signer_case *t, unsigned odd)
{
	struct header_case *c = t->c;

	if (c->canon != CANON_RELAXED)
		return;
	for (size_t j = 0; j < c->n; j++)
		if (c->sel[j] != NULL)
			t->q.piece[j].octets =
			    canon_odd(c->s, c->sel[j], SLICE_NONE, true, odd);
	*signer_own_piece(t) =
	    canon_odd(c->s, c->f->field, c->g->b_raw, false, odd);
	if (signer_try(t))
		return;
	*signer_own_piece(t) = header_own(c);
	if (signer_try(t))
		return;
	/* A fault that strikes only what is written so: one field. */
	for (size_t j = 0; j < c->n && t->found == 0 && !search_over(c->s);
	     j++) {
		if (c->sel[j] == NULL)
			continue;
		signer_as_received(t);
		t->q.piece[j].octets =
		    canon_odd(c->s, c->sel[j], SLICE_NONE, true, odd);
		if (!slice_eq(t->q.piece[j].octets, c->q.piece[j].octets))
			signer_try(t);
	}
}

void
signer_blank_after_colon(struct signer_case *t)
{
	try_odd(t, KEEP_BLANK);
}

void
signer_names_not_lowered(struct signer_case *t)
{
	try_odd(t, KEEP_NAME);
	signer_as_received(t);
	try_odd(t, KEEP_NAME | KEEP_BLANK);
}

void
signer_tabs_kept(struct signer_case *t)
{
	struct header_case *c = t->c;

	try_odd(t, KEEP_TABS);
	if (c->canon != CANON_RELAXED)
		return;
	signer_as_received(t);
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
	signer_try(t);
}

void
signer_c_missing(struct signer_case *t)
{
	if (taglist_find(&t->c->f->list, SLICE("c")) == NULL)
		try_canon(t, CANON_RELAXED);
}

/* A field relaxed, but for its folds, of which nothing is left. */
static struct slice
joined(struct signer_case *t, const struct field *f, struct slice without,
    bool crlf)
{
	struct slice v = f->value;
	struct buf b = { .max = 0 };

	for (size_t i = 0; i < v.len; i++) {
		const char *p = v.p + i;
		size_t end = i;

		while (end < v.len && ascii_is_fws(v.p[end]))
			end++;
		if (without.p != NULL && p >= without.p &&
		    p < without.p + without.len)
			continue;
		if (end == i)
			buf_char(&b, *p);
		else if (slice_find(slice_sub(v, i, end - i), '\n') == end - i)
			buf_char(&b, ' ');
		i = end > i ? end - 1 : i;
	}
	struct slice octets = canon_octets(
	    t->c->s, CANON_RELAXED, f->name, buf_view(&b), SLICE_NONE, crlf);

	buf_release(&b);
	return octets;
}

/* Of all fields that are signed. */
static size_t
count_folds(const struct header_case *c)
{
	size_t folds = 0;

	for (size_t j = 0; j < c->n; j++) {
		struct slice v = c->sel[j] != NULL
				     ? slice_trim(c->sel[j]->value)
				     : SLICE_NONE;

		for (size_t i = 0; i < v.len; i++)
			folds += v.p[i] == '\n';
	}
	return folds;
}

/* Whether each fold stands where somebody who folds addresses puts one. */
static bool
folds_follow_commas(const struct header_case *c)
{
	for (size_t j = 0; j < c->n; j++) {
		struct slice v = c->sel[j] != NULL
				     ? slice_trim(c->sel[j]->value)
				     : SLICE_NONE;

		for (size_t i = 0; i < v.len; i++) {
			size_t at = i;

			while (at > 0 && ascii_is_fws(v.p[at - 1]))
				at--;
			if (v.p[i] == '\n' && at > 0 && v.p[at - 1] != ',' &&
			    v.p[at - 1] != ';')
				return false;
		}
	}
	return true;
}

void
signer_folds_joined(struct signer_case *t)
{
	struct header_case *c = t->c;

	/* One alone is rather another's work. */
	if (c->canon != CANON_RELAXED || count_folds(c) < 2)
		return;
	for (size_t j = 0; j < c->n; j++)
		if (c->sel[j] != NULL)
			t->q.piece[j].octets =
			    joined(t, c->sel[j], SLICE_NONE, true);
	if (!signer_try(t)) {
		*signer_own_piece(t) =
		    joined(t, c->f->field, c->g->b_raw, false);
		signer_try(t);
	}
	if (t->found > 0 && t->finding != NULL)
		t->finding->alone = !folds_follow_commas(c);
}
