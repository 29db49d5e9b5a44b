/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "why/seal_later.h"
#include "why/seal_try.h"

enum {
	PAIR_OCTETS = 16 * 1024 * 1024, /* of these for two changes at once */
	B_FIRST_MIN = 8,		/* of b=, in its first line */
	B_WIDTH_MIN = 40,		/* in the others */
	B_WIDTH_MAX = 80,
};

/* The value of field f as it may have been: change it at place at. */
static void
offer(struct seal_case *c, size_t j, const struct sigfield *f,
    struct slice value, enum cause_id cause, enum rank rank)
{
	bool own = f == c->f;
	struct change change = { .name = f->field->name,
		.at = f->field,
		.is = f->field->value,
		.was = own ? seal_with_b(c, value) : value };
	struct slice octets = canon_octets(
	    c->s, CANON_RELAXED, f->field->name, value, SLICE_NONE, !own);

	if (octets.p != NULL)
		sequence_offer(c->s, &c->q, j, cause, octets, &change, rank, 0);
}

/* The field's value; of the seal itself with b= emptied. */
static struct slice
value_of(struct seal_case *c, const struct sigfield *f)
{
	struct slice v = f->field->value;
	struct buf b = { .max = 0 };

	if (f != c->f)
		return v;
	buf_slice(&b, slice_sub(v, 0, (size_t)(f->tags.b_raw.p - v.p)));
	buf_slice(&b,
	    slice_sub(
		v, (size_t)(f->tags.b_raw.p - v.p) + f->tags.b_raw.len, v.len));
	struct slice kept = search_keep(c->s, &b);

	buf_release(&b);
	return kept;
}

/* White space around each separator: of the first, of the others, and of one
 * that was another way from the start; NULL: none was. */
static const struct separators {
	char sep;
	const char *with[3];
} forms[] = { { ';', { ";", ";", "; " } }, { ';', { "; ", "; ", ";" } },
	{ ';', { "; ", ";", "; " } }, { ';', { ";", "; ", ";" } },
	{ ';', { " ;", " ;", NULL } }, { ';', { " ; ", " ; ", NULL } },
	{ ';', { "; ", " ;", NULL } }, { ';', { "; ", " ; ", NULL } },
	{ '=', { "=", "=", NULL } }, { '=', { " = ", " = ", NULL } },
	{ '=', { "=", " = ", NULL } }, { ':', { ":", ":", NULL } },
	{ ':', { ": ", ": ", NULL } }, { ',', { ",", ",", NULL } },
	{ ',', { ", ", ", ", NULL } }, { '(', { " (", " (", NULL } } };

enum {
	NFORMS = ARRAY_LEN(forms),
	MAX_SEPARATORS = 24, /* of which one is another way */
};

/* v in a form, with the odd one at place except (from 1; 0: none is). */
static struct slice
in_form(struct seal_case *c, struct slice v, const struct separators *form,
    unsigned except, unsigned *seen)
{
	struct buf b = { .max = 0 };

	*seen = 0;
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] != form->sep) {
			buf_char(&b, v.p[i]);
			continue;
		}
		++*seen;
		while (b.len > 0 && ascii_is_fws(b.p[b.len - 1]))
			b.len--;
		buf_text(&b, form->with[*seen == except ? 2 : *seen > 1]);
		while (i + 1 < v.len && ascii_is_fws(v.p[i + 1]))
			i++;
	}
	struct slice kept = search_keep(c->s, &b);

	buf_release(&b);
	return kept;
}

/* One form, with one separator in another, or two forms. */
static void
offer_forms(struct seal_case *c, size_t j, const struct sigfield *f,
    struct slice v, enum cause_id cause)
{
	for (size_t k = 0; k < NFORMS && !search_over(c->s); k++) {
		unsigned seen, none;
		struct slice one = in_form(c, v, &forms[k], 0, &seen);

		offer(c, j, f, one, cause, RANK_USUAL);
		for (unsigned except = 1;
		     forms[k].with[2] != NULL && except <= seen &&
		     except < MAX_SEPARATORS && !search_over(c->s);
		     except++)
			offer(c, j, f, in_form(c, v, &forms[k], except, &none),
			    cause, RANK_RARE);
		for (size_t n = 0; n < NFORMS; n++)
			if (forms[n].sep != forms[k].sep)
				offer(c, j, f,
				    in_form(c, one, &forms[n], 0, &none), cause,
				    RANK_RARE);
	}
}

/* Whether p points into a signature's b=. */
static bool
is_in_b(const struct sigfield *f, const char *p)
{
	struct slice b = f->tags.b_raw;

	return f->kind != ARC_AAR && b.p != NULL && p >= b.p && p < b.p + b.len;
}

/* White space taken away, or put behind a separator, at one place. */
static void
offer_places(struct seal_case *c, size_t j, const struct sigfield *f,
    struct slice v, enum cause_id cause)
{
	size_t most = 400;

	for (size_t i = 1; i < v.len && most > 0 && !search_over(c->s); i++) {
		bool fws = ascii_is_fws(v.p[i]);
		struct buf b = { .max = 0 };
		size_t end = i;

		if ((fws && ascii_is_fws(v.p[i - 1])) ||
		    (!fws && strchr(";=:,()", v.p[i - 1]) == NULL &&
			strchr(";=:,()", v.p[i]) == NULL) ||
		    v.p[i - 1] == '\0' || v.p[i] == '\0')
			continue;
		buf_slice(&b, slice_sub(v, 0, i));
		if (!fws)
			buf_char(&b, ' ');
		while (fws && end < v.len && ascii_is_fws(v.p[end]))
			end++;
		buf_slice(&b, slice_sub(v, end, v.len));
		struct slice kept = search_keep(c->s, &b);

		buf_release(&b);
		if (kept.p != NULL)
			offer(c, j, f, kept,
			    is_in_b(f, f->field->value.p + i) && f != c->f
				? CAUSE_AS_B_REFOLDED
				: cause,
			    RANK_RARE);
		most--;
	}
}

/* Sets up to the newest seal below i that holds are as they were. */
static unsigned
first_open(const struct seal_case *c)
{
	unsigned k = c->i;

	while (k > 1 && !c->s->seal[k - 1]->holds)
		k--;
	return k;
}

static unsigned
sealed_again(const struct seal_case *c)
{
	for (unsigned k = c->i + 1; k <= c->s->chain->n; k++)
		if (c->s->seal[k]->holds &&
		    c->s->seal[k]->f->tags.cv != CV_FAIL)
			return k;
	return 0;
}

void
seal_place(struct seal_case *c, size_t from)
{
	for (size_t k = from; k < c->s->out->n; k++) {
		struct finding *f = &c->s->out->finding[k];

		if (cause_info(f->cause)->role != ROLE_MODIFIER)
			continue;
		f->after = c->i;
		f->before = sealed_again(c);
		f->domain = search_domain(c->s, f->before);
	}
}

const struct sigfield *
seal_field_at(const struct seal_case *c, size_t j)
{
	return seal_part(c, seal_first_set(c) + (unsigned)(j / ARC_KINDS),
	    (enum sigkind)(j % ARC_KINDS));
}

static enum cause_id
respaced_by(const struct seal_case *c)
{
	return sealed_again(c) > 0 ? CAUSE_AS_EARLIER_SET_RESPACED
				   : CAUSE_AS_AAR_RESPACED;
}

/* Whether the white space of piece j may have been changed: no lower seal
 * covers it. */
static bool
is_open(const struct seal_case *c, size_t j)
{
	const struct sigfield *f = seal_field_at(c, j);

	return f->instance >= first_open(c) && f->field->value.len <= 16 * 1024;
}

static void
respaced(struct seal_case *c, bool at_places)
{
	for (size_t j = 0; j < c->q.n && !search_over(c->s); j++) {
		const struct sigfield *f = seal_field_at(c, j);

		if (!is_open(c, j))
			continue;
		if (at_places)
			offer_places(c, j, f, value_of(c, f), respaced_by(c));
		else
			offer_forms(c, j, f, value_of(c, f), respaced_by(c));
	}
	c->found = sequence_search(c->s, &c->q, 1, RANK_ODD);
	if (c->found == 0 && !at_places)
		c->found = sequence_search(c->s, &c->q, 2, RANK_USUAL);
}

/* All fields, or all of one kind, in one form. */
static void
respaced_alike(struct seal_case *c)
{
	for (size_t k = 0; k < NFORMS * (ARC_KINDS + 1) && c->found == 0 &&
			   !search_over(c->s);
	     k++) {
		enum sigkind only = (enum sigkind)(k % (ARC_KINDS + 1));
		struct finding f = { .nchanges = 0 };

		for (size_t j = 0; j < c->q.n; j++) {
			const struct sigfield *g = seal_field_at(c, j);
			struct slice v, octets = c->q.piece[j].octets;
			unsigned seen;

			if (is_open(c, j) &&
			    (only == ARC_KINDS || g->kind == only)) {
				v = in_form(
				    c, value_of(c, g), &forms[k / 4], 0, &seen);
				octets = canon_octets(c->s, CANON_RELAXED,
				    g->field->name, v, SLICE_NONE, g != c->f);
				if (!slice_eq(octets, c->q.piece[j].octets) &&
				    f.nchanges < FINDING_MAX_CHANGES)
					f.change[f.nchanges++] =
					    (struct change){ .name =
								 g->field->name,
						    .at = g->field,
						    .is = g->field->value,
						    .was =
							g == c->f
							    ? seal_with_b(c, v)
							    : v };
			}
			seal_put(c, octets);
		}
		c->cause = respaced_by(c);
		if (f.nchanges < 2)
			c->t.n = 0;
		else if (seal_try(c) && c->finding != NULL) {
			memcpy(c->finding->change, f.change, sizeof f.change);
			c->finding->nchanges = f.nchanges;
		}
	}
}

/* b= of a field as one line after the other: the first of so many characters,
 * the others of so many; a fold is one space under relaxed.  first is 0: in one
 * piece.  Put behind what is in b; false when no width makes it another. */
static bool
b_in_lines(struct buf *b, struct slice raw, size_t first, size_t width)
{
	size_t column = 0, most = first;
	bool broken = false;

	for (size_t i = 0; i < raw.len; i++) {
		if (ascii_is_fws(raw.p[i]))
			continue;
		if (most > 0 && column == most) {
			buf_char(b, ' ');
			column = 0;
			most = width;
			broken = true;
		}
		buf_char(b, raw.p[i]);
		column++;
	}
	return broken || first == 0;
}

/* A field whose b= may have had other folds, at piece j of the sequence. */
struct folds {
	struct seal_case *c;
	const struct sigfield *f;
	size_t j;
	struct digest before; /* up to b= */
	struct slice behind;  /* of the field */
	uint64_t rest;	      /* octets of the pieces behind it */
	struct buf b;	      /* b= in lines */
};

static bool
try_folds(struct folds *w, bool leading, size_t first, size_t width)
{
	struct seal_case *c = w->c;
	struct digest d;

	buf_clear(&w->b);
	if (leading)
		buf_char(&w->b, ' ');
	if (!b_in_lines(&w->b, w->f->tags.b_raw, first, width) ||
	    !search_may(c->s, w->b.len + w->behind.len + w->rest))
		return false;
	digest_copy(&d, &w->before);
	digest_put(&d, w->b.p, w->b.len);
	digest_put(&d, w->behind.p, w->behind.len);
	for (size_t k = w->j + 1; k < c->q.n; k++)
		digest_put(
		    &d, c->q.piece[k].octets.p, c->q.piece[k].octets.len);
	bool fits = target_fits_digest(c->s, c->q.target, &d);

	digest_release(&d);
	return fits;
}

/* Some way in which b= was folded fits: it is in w->b.  whole: it was not. */
static bool
any_folds(struct folds *w, bool whole)
{
	if (try_folds(w, false, 0, B_WIDTH_MIN) ||
	    try_folds(w, true, 0, B_WIDTH_MIN))
		return true;
	if (whole)
		return false;
	/* A fold before all of it leaves lines of one length. */
	for (size_t width = B_WIDTH_MIN; width <= B_WIDTH_MAX; width++)
		if (try_folds(w, true, width, width))
			return true;
	for (size_t first = B_FIRST_MIN; first <= B_WIDTH_MAX; first++)
		for (size_t width = B_WIDTH_MIN; width <= B_WIDTH_MAX;
		     width++) {
			if (try_folds(w, false, first, width))
				return true;
			/* The rest is one line, in whatever width. */
			if (first + width >= w->f->tags.b_raw.len)
				break;
		}
	return false;
}

static void
note_folds(struct folds *w)
{
	struct seal_case *c = w->c;
	struct slice v = w->f->field->value, raw = w->f->tags.b_raw;
	size_t at = (size_t)(raw.p - v.p);
	struct finding *f = finding_new(
	    c->s, CAUSE_AS_B_REFOLDED, LEVEL_PROVED, ASPECT_SEAL, c->i);
	struct buf b = { .max = 0 };

	buf_slice(&b, slice_sub(v, 0, at));
	buf_slice(&b, buf_view(&w->b));
	buf_slice(&b, slice_sub(v, at + raw.len, v.len));
	struct slice was = search_keep_proof(c->s, &b);

	buf_release(&b);
	if (f != NULL)
		f->change[f->nchanges++] =
		    (struct change){ .name = w->f->field->name,
			    .at = w->f->field,
			    .is = v,
			    .was = was };
	c->found++;
}

static uint64_t
octets_before(const struct sequence *q, size_t j)
{
	uint64_t sum = 0;

	for (size_t k = 0; k < j; k++)
		sum += q->piece[k].octets.len;
	return sum;
}

/* Piece j with other folds in its b=. */
static void
b_folded(struct seal_case *c, size_t j, const struct sigfield *f, bool whole)
{
	struct folds w = { .c = c, .f = f, .j = j, .b = { .max = 0 } };
	static const struct slice mark = { "\x01", 1 };
	struct slice v = f->field->value, raw = f->tags.b_raw;
	size_t at = (size_t)(raw.p - v.p);
	struct buf b = { .max = 0 };

	buf_slice(&b, slice_sub(v, 0, at));
	buf_slice(&b, mark);
	buf_slice(&b, slice_sub(v, at + raw.len, v.len));
	struct slice all = canon_octets(c->s, CANON_RELAXED, f->field->name,
	    buf_view(&b), SLICE_NONE, true);

	buf_release(&b);
	at = slice_find(all, mark.p[0]);
	w.behind = slice_sub(all, at + 1, all.len);
	digest_init(&w.before);
	search_pay(c->s, octets_before(&c->q, j));
	for (size_t k = 0; k < c->q.n; k++)
		if (k < j)
			digest_put(&w.before, c->q.piece[k].octets.p,
			    c->q.piece[k].octets.len);
		else if (k > j)
			w.rest += c->q.piece[k].octets.len;
	digest_put(&w.before, all.p, at);
	if (any_folds(&w, whole))
		note_folds(&w);
	digest_release(&w.before);
	buf_release(&w.b);
}

static void
b_refolded(struct seal_case *c, bool whole)
{
	for (size_t j = 0; j < c->q.n && c->found == 0 && !search_over(c->s);
	     j++) {
		const struct sigfield *f = seal_field_at(c, j);
		/* A seal that verifies does not cover its own b=. */
		unsigned open = first_open(c) - (f->kind == ARC_SEAL);

		if (f->kind != ARC_AAR && f != c->f && f->instance >= open &&
		    f->tags.b_raw.p != NULL && f->tags.b_raw.len <= 4096)
			b_folded(c, j, f, whole);
	}
}

static const char *const results[] = { "pass", "fail", "none", "neutral",
	"softfail", "temperror", "permerror", "policy" };

/* The result that begins at v.p[at], behind a "="; or empty. */
static struct slice
result_at(struct slice v, size_t at)
{
	struct slice word = slice_sub(v, at, v.len);
	size_t n = 0;

	while (n < word.len && ascii_is_alnum(word.p[n]))
		n++;
	word.len = v.p[at - 1] == '=' ? n : 0;
	for (size_t k = 0; k < ARRAY_LEN(results); k++)
		if (slice_eq_nocase(word, slice_of(results[k])))
			return word;
	return SLICE_NONE;
}

/* An AAR with another result of one method. */
static void
offer_results(struct seal_case *c, size_t j, const struct sigfield *f)
{
	const struct slice v = f->field->value;

	for (size_t i = 1; i < v.len; i++) {
		const struct slice word = result_at(v, i);

		for (size_t k = 0; word.len > 0 && k < ARRAY_LEN(results) &&
				   !search_over(c->s);
		     k++) {
			struct buf b = { .max = 0 };

			buf_slice(&b, slice_sub(v, 0, i));
			buf_text(&b, results[k]);
			buf_slice(&b, slice_sub(v, i + word.len, v.len));
			struct slice kept = search_keep(c->s, &b);

			buf_release(&b);
			if (kept.p != NULL && !slice_eq(kept, v))
				offer(c, j, f, kept,
				    CAUSE_AS_AAR_RESULT_CHANGED, RANK_RARE);
		}
	}
}

static void
results_changed(struct seal_case *c)
{
	for (size_t j = 0; j < c->q.n && !search_over(c->s); j++) {
		const struct sigfield *f = seal_field_at(c, j);

		if (is_open(c, j) && f->kind == ARC_AAR)
			offer_results(c, j, f);
	}
	c->found = sequence_search(c->s, &c->q, 1, RANK_RARE);
}

void
seal_later(struct seal_case *c)
{
	b_refolded(c, true);
	if (c->found == 0)
		results_changed(c);
	if (c->found == 0)
		respaced(c, false);
	if (c->found == 0)
		respaced_alike(c);
	if (c->found == 0)
		b_refolded(c, false);
	if (c->found == 0)
		respaced(c, true);
	if (c->found == 0) {
		search_at_most(c->s, PAIR_OCTETS);
		c->found = sequence_search(c->s, &c->q, 2, RANK_ODD);
	}
}
