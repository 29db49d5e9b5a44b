/* SPDX-License-Identifier: BSD-2-Clause */
/* AS(i), whose b= does not fit: what its signer may have hashed in the place of
 * what RFC 8617 section 5.1.1 says, and what may have happened since. */
#include <string.h>

#include "explain_search.h"

static const struct slice no_octets = { NULL, 0 };

enum {
	SEAL_OCTETS = 64 * 1024 * 1024,
	PAIR_OCTETS = 8 * 1024 * 1024, /* of these for two changes at once */
	MAX_SETS = 5,		       /* of which every order is tried */
	MAX_PIECES = ARC_KINDS * CHAIN_MAX,
};

struct seal_case {
	struct search *s;
	unsigned i;
	const struct arc_field *f;
	struct sequence q; /* as the RFC says */
	struct sequence t; /* what is tried */
	const struct cause *cause;
	size_t found;
};

/* The field of set k of that kind, as it goes in. */
static const struct arc_field *
part(const struct seal_case *c, unsigned k, enum arc_kind kind)
{
	return c->s->chain->set[k].part[kind];
}

static void
put(struct seal_case *c, struct slice octets)
{
	if (c->t.n < MAX_PIECES)
		c->t.piece[c->t.n++].octets = octets;
}

static void
put_part(struct seal_case *c, unsigned k, enum arc_kind kind)
{
	const struct arc_field *f = part(c, k, kind);
	bool own = k == c->i && kind == ARC_SEAL;

	put(c, canon_field(c->s, CANON_RELAXED, f->field,
		   own ? f->sig.b_raw : no_octets, !own));
}

static void
put_set(struct seal_case *c, unsigned k)
{
	for (enum arc_kind kind = ARC_AAR; kind < ARC_KINDS; kind++)
		put_part(c, k, kind);
}

/* Try what was put, and begin anew. */
static bool
try(struct seal_case *c)
{
	bool fits = c->found == 0 && !c->s->failed && c->t.n > 0 &&
		    sequence_fits(c->s, &c->t);

	if (fits) {
		c->found++;
		finding_new(c->s, c->cause, EXPLAIN_PROVED, PLACE_SEAL, c->i);
	}
	c->t.n = 0;
	return fits;
}

/* ------------------------------------------------------------------------
 * Which fields, and in which order. */

static void
sets_descending(struct seal_case *c)
{
	size_t order[MAX_SETS];

	for (unsigned k = c->i - 1; k >= 1; k--)
		put_set(c, k);
	put_set(c, c->i);
	if (try(c))
		return;
	for (unsigned k = c->i; k >= 1; k--)
		put_set(c, k);
	if (try(c) || c->i > MAX_SETS)
		return;
	for (size_t k = 0; k < c->i; k++)
		order[k] = k;
	while (next_order(order, c->i)) {
		for (size_t k = 0; k < c->i; k++)
			put_set(c, (unsigned)order[k] + 1);
		if (try(c))
			return;
	}
}

static void
own_set_only(struct seal_case *c)
{
	if (c->f->sig.cv != CV_FAIL)
		put_set(c, c->i);
	try(c);
}

static void
fail_full_scope(struct seal_case *c)
{
	for (unsigned k = 1; c->f->sig.cv == CV_FAIL && k <= c->i; k++)
		put_set(c, k);
	try(c);
}

static void
aars_by_position(struct seal_case *c)
{
	size_t order[MAX_SETS];

	if (c->i < 2 || c->i > MAX_SETS)
		return;
	for (size_t k = 0; k < c->i; k++)
		order[k] = k;
	while (next_order(order, c->i)) {
		for (unsigned k = 1; k <= c->i; k++) {
			put_part(c, (unsigned)order[k - 1] + 1, ARC_AAR);
			put_part(c, k, ARC_AMS);
			put_part(c, k, ARC_SEAL);
		}
		if (try(c))
			return;
	}
}

static void
own_aar_missing(struct seal_case *c)
{
	for (unsigned way = 0; way < 2; way++) {
		for (unsigned k = 1; k <= c->i; k++) {
			if (k < c->i && way == 0)
				put_part(c, k, ARC_AAR);
			put_part(c, k, ARC_AMS);
			put_part(c, k, ARC_SEAL);
		}
		if (try(c))
			return;
	}
}

static void
earlier_seals_missing(struct seal_case *c)
{
	for (unsigned k = 1; k <= c->i; k++) {
		put_part(c, k, ARC_AAR);
		put_part(c, k, ARC_AMS);
		if (k == c->i)
			put_part(c, k, ARC_SEAL);
	}
	try(c);
}

/* Each set in that order, the last one too or as it should be. */
static bool
try_order(struct seal_case *c, const enum arc_kind order[ARC_KINDS])
{
	for (unsigned way = 0; way < 2; way++) {
		for (unsigned k = 1; k <= c->i; k++)
			if (k == c->i && way == 1)
				put_set(c, k);
			else
				for (size_t n = 0; n < ARC_KINDS; n++)
					put_part(c, k, order[n]);
		if (try(c))
			return true;
	}
	return false;
}

static void
ams_before_aar(struct seal_case *c)
{
	static const enum arc_kind order[] = { ARC_AMS, ARC_AAR, ARC_SEAL };

	try_order(c, order);
}

static void
seal_first(struct seal_case *c)
{
	static const enum arc_kind orders[][ARC_KINDS] = {
		{ ARC_SEAL, ARC_AAR, ARC_AMS },
		{ ARC_SEAL, ARC_AMS, ARC_AAR },
	};

	for (size_t n = 0; n < 2; n++) {
		if (try_order(c, orders[n]))
			return;
		/* Own seal last, the own rest in that order. */
		for (unsigned k = 1; k <= c->i; k++) {
			if (k < c->i)
				put_part(c, k, ARC_SEAL);
			put_part(c, k, orders[n][1]);
			put_part(c, k, orders[n][2]);
		}
		put_part(c, c->i, ARC_SEAL);
		if (try(c))
			return;
	}
}

static void
by_kind(struct seal_case *c)
{
	static const enum arc_kind orders[][ARC_KINDS] = {
		{ ARC_AAR, ARC_AMS, ARC_SEAL },
		{ ARC_AMS, ARC_AAR, ARC_SEAL },
		{ ARC_SEAL, ARC_AMS, ARC_AAR },
		{ ARC_SEAL, ARC_AAR, ARC_AMS },
	};

	for (size_t n = 0; n < sizeof orders / sizeof *orders; n++) {
		for (size_t m = 0; m < ARC_KINDS; m++)
			for (unsigned k = 1; k <= c->i; k++)
				put_part(c, k, orders[n][m]);
		if (try(c))
			return;
		/* Own seal last, whatever comes before. */
		for (size_t m = 0; m < ARC_KINDS; m++)
			for (unsigned k = 1; k <= c->i; k++)
				if (k < c->i || orders[n][m] != ARC_SEAL)
					put_part(c, k, orders[n][m]);
		put_part(c, c->i, ARC_SEAL);
		if (try(c))
			return;
	}
}

/* ------------------------------------------------------------------------
 * In which form. */

/* The scope that is right, each field by a function. */
static bool
try_form(struct seal_case *c, struct slice (*form)(struct seal_case *,
				  const struct arc_field *, bool own))
{
	unsigned from = c->f->sig.cv == CV_FAIL ? c->i : 1;

	for (unsigned k = from; k <= c->i; k++)
		for (enum arc_kind kind = ARC_AAR; kind < ARC_KINDS; kind++)
			put(c, form(c, part(c, k, kind),
				   k == c->i && kind == ARC_SEAL));
	return try(c);
}

static struct slice
form_simple(struct seal_case *c, const struct arc_field *f, bool own)
{
	return canon_field(
	    c->s, CANON_SIMPLE, f->field, own ? f->sig.b_raw : no_octets, !own);
}

static struct slice
form_names(struct seal_case *c, const struct arc_field *f, bool own)
{
	return canon_odd(
	    c->s, f->field, own ? f->sig.b_raw : no_octets, !own, KEEP_NAME);
}

static struct slice
form_names_blank(struct seal_case *c, const struct arc_field *f, bool own)
{
	return canon_odd(c->s, f->field, own ? f->sig.b_raw : no_octets, !own,
	    KEEP_NAME | KEEP_BLANK);
}

static struct slice
form_tabs(struct seal_case *c, const struct arc_field *f, bool own)
{
	return canon_odd(
	    c->s, f->field, own ? f->sig.b_raw : no_octets, !own, KEEP_TABS);
}

/* Every octet of white space but line ends stays. */
static struct slice
form_unfolded(struct seal_case *c, const struct arc_field *f, bool own)
{
	struct buf b = { .max = 0 };
	struct slice v = slice_trim(f->field->value);

	for (size_t i = 0; i < f->field->name.len; i++)
		buf_char(&b, ascii_lower(f->field->name.p[i]));
	buf_char(&b, ':');
	for (size_t i = 0; i < v.len; i++) {
		const char *p = v.p + i;

		if (own && p >= f->sig.b_raw.p &&
		    p < f->sig.b_raw.p + f->sig.b_raw.len)
			continue;
		if (*p == '\r' || *p == '\n' ||
		    (*p == ' ' && b.len > 0 && b.p[b.len - 1] == ' '))
			continue;
		buf_char(&b, *p);
	}
	if (!own)
		buf_text(&b, "\r\n");
	struct slice kept = search_keep(c->s, &b);

	buf_release(&b);
	return kept;
}

static struct slice
form_own_crlf(struct seal_case *c, const struct arc_field *f, bool own)
{
	return canon_field(c->s, CANON_RELAXED, f->field,
	    own ? f->sig.b_raw : no_octets, true);
}

static struct slice
form_seals_emptied(struct seal_case *c, const struct arc_field *f, bool own)
{
	return canon_field(c->s, CANON_RELAXED, f->field,
	    f->kind == ARC_SEAL ? f->sig.b_raw : no_octets, !own);
}

static struct slice
form_all_emptied(struct seal_case *c, const struct arc_field *f, bool own)
{
	return canon_field(c->s, CANON_RELAXED, f->field,
	    f->kind != ARC_AAR ? f->sig.b_raw : no_octets, !own);
}

static struct slice
form_ams_emptied(struct seal_case *c, const struct arc_field *f, bool own)
{
	return canon_field(c->s, CANON_RELAXED, f->field,
	    own || f->kind == ARC_AMS ? f->sig.b_raw : no_octets, !own);
}

static void
simple_used(struct seal_case *c)
{
	try_form(c, form_simple);
}

static void
names_not_lowered(struct seal_case *c)
{
	if (!try_form(c, form_names))
		try_form(c, form_names_blank);
}

static void
tabs_kept(struct seal_case *c)
{
	if (!try_form(c, form_tabs))
		try_form(c, form_unfolded);
}

static void
own_crlf(struct seal_case *c)
{
	try_form(c, form_own_crlf);
}

static void
b_emptied(struct seal_case *c)
{
	if (!try_form(c, form_seals_emptied) && !try_form(c, form_all_emptied))
		try_form(c, form_ams_emptied);
}

static void
b_tag_removed(struct seal_case *c)
{
	unsigned from = c->f->sig.cv == CV_FAIL ? c->i : 1;
	struct slice value;

	for (unsigned way = 0; without_b_tag(c->s, c->f, way, &value); way++) {
		for (unsigned k = from; k < c->i; k++)
			put_set(c, k);
		put_part(c, c->i, ARC_AAR);
		put_part(c, c->i, ARC_AMS);
		put(c, canon_octets(c->s, CANON_RELAXED, c->f->field->name,
			   value, no_octets, false));
		if (try(c))
			return;
	}
}

/* Whoever changed the word of cv= changed what the seal covers. */
static void
cv_altered(struct seal_case *c)
{
	static const char *const words[] = { "pass", "none", "fail" };
	const struct tag *cv = taglist_find(&c->f->tags, SLICE("cv"));
	struct slice v = c->f->field->value, raw = c->f->sig.b_raw;

	for (size_t w = 0; cv != NULL && w < 3; w++) {
		struct buf b = { .max = 0 };

		if (slice_eq_nocase(cv->value, slice_of(words[w])))
			continue;
		for (const char *p = v.p; p < v.p + v.len; p++) {
			if (p == cv->raw.p)
				buf_text(&b, words[w]);
			if ((p < cv->raw.p || p >= cv->raw.p + cv->raw.len) &&
			    (p < raw.p || p >= raw.p + raw.len))
				buf_char(&b, *p);
		}
		struct slice value = search_keep(c->s, &b);

		buf_release(&b);
		for (unsigned k = w == 2 ? c->i : 1; k < c->i; k++)
			put_set(c, k);
		put_part(c, c->i, ARC_AAR);
		put_part(c, c->i, ARC_AMS);
		put(c, canon_octets(c->s, CANON_RELAXED, c->f->field->name,
			   value, no_octets, false));
		if (value.p == NULL || !try(c))
			continue;
		struct finding *f = &c->s->out->finding[c->s->out->n - 1];

		f->change[f->nchanges++] = (struct change){ .name = SLICE("cv"),
			.is = cv->value,
			.was = slice_of(words[w]) };
		return;
	}
}

/* ------------------------------------------------------------------------
 * What may have happened since. */

enum later {
	AAR_RESPACED,
	EARLIER_RESPACED,
	B_REFOLDED,
	AAR_ALTERED,
};

#define COVERED "RFC 8617 section 5.1.1"

static const struct cause later[] = {
	[AAR_RESPACED] = { "as.aar-respaced", ROLE_MODIFIER, COVERED,
	    "A field of an ARC Set was folded anew, so that white space came "
	    "or "
	    "went within it.",
	    "Nobody may write ARC fields anew; relaxed bears other folds, but "
	    "not blanks where there were none." },
	[EARLIER_RESPACED] = { "as.earlier-set-respaced", ROLE_MODIFIER,
	    COVERED,
	    "A later hop wrote an earlier ARC Set anew, so that white space "
	    "came "
	    "or went within it, and sealed that.",
	    "That hop has to leave earlier ARC Sets as they came." },
	[B_REFOLDED] = { "as.b-refolded", ROLE_MODIFIER, COVERED,
	    "White space within b= of an ARC field came or went; the seal "
	    "covers "
	    "that field with its b=.",
	    "Nobody may fold ARC fields anew." },
	[AAR_ALTERED] = { "as.aar-altered", ROLE_MODIFIER, COVERED,
	    "All else verifies, so the ARC-Authentication-Results field, or "
	    "the "
	    "seal's own tags, were changed.",
	    "Whatever rewrites Authentication-Results has to leave ARC fields "
	    "alone." },
};

/* The value of field f as it may have been: change it at place at. */
static void
offer(struct seal_case *c, size_t j, const struct arc_field *f,
    struct slice value, const struct cause *cause)
{
	bool own = f == c->f;
	struct change change = { .name = f->field->name,
		.at = f->field,
		.is = f->field->value,
		.was = value };
	struct slice octets = canon_octets(
	    c->s, CANON_RELAXED, f->field->name, value, no_octets, !own);

	if (octets.p != NULL)
		sequence_offer(
		    c->s, &c->q, j, cause, octets, &change, RANK_USUAL);
}

/* The field's value; of the seal itself with b= emptied. */
static struct slice
value_of(struct seal_case *c, const struct arc_field *f)
{
	struct slice v = f->field->value;
	struct buf b = { .max = 0 };

	if (f != c->f)
		return v;
	buf_slice(&b, slice_sub(v, 0, (size_t)(f->sig.b_raw.p - v.p)));
	buf_slice(
	    &b, slice_sub(v, (size_t)(f->sig.b_raw.p - v.p) + f->sig.b_raw.len,
		    v.len));
	struct slice kept = search_keep(c->s, &b);

	buf_release(&b);
	return kept;
}

/* v with white space around each sep as first has it for the first, rest for
 * the others, and odd for the one at place except (from 1; 0: for none). */
static struct slice
respace(struct seal_case *c, struct slice v, char sep,
    const char *const form[3], unsigned except, unsigned *seen)
{
	struct buf b = { .max = 0 };

	*seen = 0;
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] != sep) {
			buf_char(&b, v.p[i]);
			continue;
		}
		++*seen;
		while (b.len > 0 && ascii_is_fws(b.p[b.len - 1]))
			b.len--;
		buf_text(&b, form[*seen == except ? 2 : *seen > 1]);
		while (i + 1 < v.len && ascii_is_fws(v.p[i + 1]))
			i++;
	}
	struct slice kept = search_keep(c->s, &b);

	buf_release(&b);
	return kept;
}

/* What may have been done to every separator alike, but for the first or for
 * one that was another way from the start. */
static void
offer_forms(struct seal_case *c, size_t j, const struct arc_field *f,
    struct slice v, const struct cause *cause)
{
	static const struct {
		char sep;
		const char *form[3]; /* first, rest, odd; NULL: none is odd */
	} forms[] = { { ';', { ";", ";", "; " } }, { ';', { "; ", "; ", ";" } },
		{ ';', { "; ", ";", "; " } }, { ';', { ";", "; ", ";" } },
		{ ';', { " ;", " ;", NULL } }, { ';', { " ; ", " ; ", NULL } },
		{ ';', { "; ", " ;", NULL } }, { ';', { "; ", " ; ", NULL } },
		{ '=', { "=", "=", NULL } }, { '=', { " = ", " = ", NULL } },
		{ '=', { "=", " = ", NULL } }, { ':', { ":", ":", NULL } },
		{ ':', { ": ", ": ", NULL } }, { ',', { ",", ",", NULL } },
		{ ',', { ", ", ", ", NULL } }, { '(', { " (", " (", NULL } } };

	for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
		unsigned seen = 1;

		for (unsigned except = 0; except <= seen && except < 24;
		     except++) {
			struct slice kept = respace(
			    c, v, forms[k].sep, forms[k].form, except, &seen);

			if (kept.p != NULL)
				offer(c, j, f, kept, cause);
			if (forms[k].form[2] == NULL)
				break;
		}
	}
}

/* Whether p points into a signature's b=. */
static bool
is_in_b(const struct arc_field *f, const char *p)
{
	struct slice b = f->sig.b_raw;

	return f->kind != ARC_AAR && b.p != NULL && p >= b.p && p < b.p + b.len;
}

/* White space taken away, or put behind a separator, at one place. */
static void
offer_places(struct seal_case *c, size_t j, const struct arc_field *f,
    struct slice v, const struct cause *cause)
{
	size_t most = 400;

	for (size_t i = 1; i < v.len && most > 0; i++) {
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
				? &later[B_REFOLDED]
				: cause);
		most--;
	}
}

/* Sets up to the newest seal below i that holds are as they were. */
static unsigned
first_open(const struct seal_case *c)
{
	unsigned k = c->i;

	while (k > 1 && !c->s->seal[k - 1].holds)
		k--;
	return k;
}

static unsigned
sealed_again(const struct seal_case *c)
{
	for (unsigned k = c->i + 1; k <= c->s->chain->n; k++)
		if (c->s->seal[k].holds && c->s->seal[k].f->sig.cv != CV_FAIL)
			return k;
	return 0;
}

static void
place(struct seal_case *c, size_t from)
{
	for (size_t k = from; k < c->s->out->n; k++) {
		struct finding *f = &c->s->out->finding[k];

		if (f->cause->role != ROLE_MODIFIER)
			continue;
		f->after = c->i;
		f->before = sealed_again(c);
		f->domain = search_domain(c->s, f->before);
	}
}

static void
respaced(struct seal_case *c)
{
	unsigned from = c->f->sig.cv == CV_FAIL ? c->i : 1;
	const struct cause *cause =
	    &later[sealed_again(c) > 0 ? EARLIER_RESPACED : AAR_RESPACED];

	for (size_t j = 0; j < c->q.n && !c->s->failed; j++) {
		unsigned k = from + (unsigned)(j / ARC_KINDS);
		const struct arc_field *f =
		    part(c, k, (enum arc_kind)(j % ARC_KINDS));

		if (k < first_open(c) || f->field->value.len > 16 * 1024)
			continue;
		struct slice v = value_of(c, f);

		if (v.p == NULL)
			return;
		offer_forms(c, j, f, v, cause);
		offer_places(c, j, f, v, cause);
	}
	c->found = sequence_search(c->s, &c->q, 1, RANK_ODD);
}

/* b= of a field in the sequence, and what stands around it there. */
struct folding {
	struct slice head, tail; /* canonical */
	struct slice b;		 /* as it is written */
	size_t len;		 /* of b without white space */
};

/* b's characters in lines: the first of so many, the others of so many; a fold
 * is one space under relaxed.  0: in one piece. */
static void
put_in_lines(struct buf *out, struct slice b, size_t first, size_t width)
{
	size_t column = 0, most = first;

	for (size_t i = 0; i < b.len; i++) {
		if (ascii_is_fws(b.p[i]))
			continue;
		if (most > 0 && column == most) {
			buf_char(out, ' ');
			column = 0;
			most = width;
		}
		buf_char(out, b.p[i]);
		column++;
	}
}

/* Find it in the canonical field. */
static bool
folding_init(struct folding *o, struct slice canonical, struct slice b)
{
	struct buf as_is = { .max = 0 };
	bool found = false;

	*o = (struct folding){ .b = slice_trim(b) };
	for (size_t i = 0; i < o->b.len; i++) {
		bool fws = ascii_is_fws(o->b.p[i]);

		o->len += !fws;
		if (!fws || !ascii_is_fws(o->b.p[i - 1]))
			buf_char(&as_is, fws ? ' ' : o->b.p[i]);
	}
	for (size_t i = 0;
	     !found && as_is.len > 0 && i + as_is.len <= canonical.len; i++)
		if (memcmp(canonical.p + i, as_is.p, as_is.len) == 0) {
			o->head = slice_sub(canonical, 0, i);
			o->tail =
			    slice_sub(canonical, i + as_is.len, canonical.len);
			found = true;
		}
	buf_release(&as_is);
	return found;
}

/* Whether the sequence fits with b= of piece j in those lines; blank: with one
 * before them. */
static bool
try_b(struct seal_case *c, size_t j, const struct arc_field *f,
    const struct folding *o, size_t first, size_t width, bool blank)
{
	struct slice was = c->q.piece[j].octets;
	struct buf b = { .max = 0 };
	bool fits;

	buf_slice(&b, o->head);
	while (b.len > 0 && b.p[b.len - 1] == ' ')
		b.len--;
	buf_text(&b, blank ? " " : "");
	put_in_lines(&b, o->b, first, width);
	buf_slice(&b, o->tail);
	c->q.piece[j].octets = buf_view(&b);
	fits = b.failure == BUF_OK && !slice_eq(was, buf_view(&b)) &&
	       sequence_fits(c->s, &c->q);
	c->q.piece[j].octets = was;
	if (b.failure != BUF_OK)
		search_memory(c->s);
	if (fits) {
		struct slice v = f->field->value;
		struct finding *n = finding_new(
		    c->s, &later[B_REFOLDED], EXPLAIN_PROVED, PLACE_SEAL, c->i);
		size_t at = (size_t)(o->b.p - v.p);

		buf_clear(&b);
		while (at > 0 && ascii_is_fws(v.p[at - 1]))
			at--;
		buf_slice(&b, slice_sub(v, 0, at));
		at = (size_t)(o->b.p - v.p);
		buf_text(&b, blank ? " " : "");
		put_in_lines(&b, o->b, first, width);
		buf_slice(&b, slice_sub(v, at + o->b.len, v.len));
		if (n != NULL)
			n->change[n->nchanges++] =
			    (struct change){ .name = f->field->name,
				    .at = f->field,
				    .is = v,
				    .was = search_keep(c->s, &b) };
		c->found++;
	}
	buf_release(&b);
	return fits;
}

/* b= of piece j in one line or as signers fold it; or in all other ways. */
static bool
try_foldings(
    struct seal_case *c, size_t j, const struct arc_field *f, bool as_usual)
{
	static const size_t usual[][2] = { { 0, 0 }, { 64, 68 }, { 72, 72 },
		{ 76, 76 }, { 70, 70 }, { 60, 70 }, { 70, 76 }, { 66, 76 },
		{ 64, 64 }, { 78, 78 }, { 68, 72 }, { 72, 76 }, { 73, 75 } };
	struct folding o;

	if (!folding_init(&o, c->q.piece[j].octets, f->sig.b_raw))
		return false;
	bool blank = o.head.len > 0 && o.head.p[o.head.len - 1] == ' ';

	for (size_t k = 0; as_usual && k < 2 * (sizeof usual / sizeof *usual);
	     k++)
		if (try_b(c, j, f, &o, usual[k / 2][0], usual[k / 2][1],
			blank != (k % 2 == 1)))
			return true;
	for (size_t first = 1; !as_usual && first <= 80 && first < o.len;
	     first++)
		for (size_t width = 40; width <= 80; width++) {
			if (c->s->failed || c->s->spent ||
			    try_b(c, j, f, &o, first, width, blank))
				return true;
			/* The rest is one line, in whatever width. */
			if (first + width >= o.len)
				break;
		}
	return false;
}

static void
b_refolded(struct seal_case *c, bool as_usual)
{
	unsigned from = c->f->sig.cv == CV_FAIL ? c->i : 1;

	for (size_t j = 0; j < c->q.n && c->found == 0; j++) {
		unsigned k = from + (unsigned)(j / ARC_KINDS);
		const struct arc_field *f =
		    part(c, k, (enum arc_kind)(j % ARC_KINDS));

		/* A seal that holds covers no b= of its own. */
		if (f->kind == ARC_AAR || f == c->f ||
		    k + (f->kind == ARC_SEAL) < first_open(c) ||
		    f->sig.b_raw.p == NULL || f->sig.b_raw.len > 4096)
			continue;
		if (try_foldings(c, j, f, as_usual))
			return;
	}
}

/* ------------------------------------------------------------------------
 * The rows. */

static const struct row {
	struct cause cause;
	void (*try)(struct seal_case *);
} rows[] = {
	{ { "as.fail-full-scope", ROLE_SIGNER, "RFC 8617 section 5.1.2",
	      "The seal says cv=fail and covers all sets; it should cover its "
	      "own set alone.",
	      "With cv=fail only the sealer's own set goes in." },
	    fail_full_scope },
	{ { "as.own-set-only", ROLE_SIGNER, COVERED,
	      "The seal covers its own set alone, as one with cv=fail would.",
	      "The sets of all earlier hops go in first." },
	    own_set_only },
	{ { "as.sets-descending", ROLE_SIGNER, COVERED,
	      "The sealer hashed the sets in another order than by ascending "
	      "instance.",
	      "The sets go in from i=1 upwards." },
	    sets_descending },
	{ { "as.aars-by-position", ROLE_SIGNER, COVERED,
	      "The sealer took the ARC-Authentication-Results fields by their "
	      "place in the header and not by their instance.",
	      "Fields belong to the set that their i= names." },
	    aars_by_position },
	{ { "as.own-aar-missing", ROLE_SIGNER, COVERED,
	      "The sealer left its ARC-Authentication-Results out.",
	      "The sealer's own AAR and AMS go in before its seal." },
	    own_aar_missing },
	{ { "as.earlier-seals-missing", ROLE_SIGNER, COVERED,
	      "The sealer left the earlier seals out.",
	      "Each earlier set goes in whole, its seal too." },
	    earlier_seals_missing },
	{ { "as.ams-before-aar", ROLE_SIGNER, COVERED,
	      "The sealer hashed the ARC-Message-Signature of a set before its "
	      "ARC-Authentication-Results.",
	      "The order within a set is AAR, AMS, AS." },
	    ams_before_aar },
	{ { "as.seal-first", ROLE_SIGNER, COVERED,
	      "The sealer hashed the ARC-Seal of a set before its other "
	      "fields.",
	      "The order within a set is AAR, AMS, AS." },
	    seal_first },
	{ { "as.by-kind", ROLE_SIGNER, COVERED,
	      "The sealer hashed all fields of one kind together and not set "
	      "by "
	      "set.",
	      "Set by set, the order is AAR, AMS, AS." },
	    by_kind },
	{ { "as.simple-used", ROLE_SIGNER, "RFC 8617 section 4.1.3",
	      "The seal was made over the fields as they are and not relaxed.",
	      "Seals are always relaxed." },
	    simple_used },
	{ { "as.names-not-lowered", ROLE_SIGNER, "RFC 6376 section 3.4.2",
	      "The sealer kept the capitals of field names.",
	      "Relaxed has field names in lower case." },
	    names_not_lowered },
	{ { "as.tabs-kept", ROLE_SIGNER, "RFC 6376 section 3.4.2",
	      "The sealer kept tabs.",
	      "Relaxed makes every run of white space one space." },
	    tabs_kept },
	{ { "as.earlier-b-emptied", ROLE_SIGNER, COVERED,
	      "The sealer emptied b= of fields other than its own seal.",
	      "Only b= of the seal being made is emptied." },
	    b_emptied },
	{ { "as.b-tag-removed", ROLE_SIGNER, "RFC 6376 section 3.7",
	      "The sealer left out all of b= and not only its value.",
	      "Only the value of b= is taken out; \"b=\" stays." },
	    b_tag_removed },
	{ { "as.own-crlf", ROLE_SIGNER, COVERED,
	      "The sealer hashed a line end behind its own seal.",
	      "The seal goes in last, without its final CRLF." },
	    own_crlf },
	{ { "as.cv-altered", ROLE_MODIFIER, COVERED,
	      "cv= of the seal was changed after it was sealed.",
	      "Nobody may change ARC fields." },
	    cv_altered },
};

const struct cause *
explain_seal_cause(size_t i)
{
	size_t n = sizeof rows / sizeof *rows;

	if (i < n)
		return &rows[i].cause;
	return i - n < sizeof later / sizeof *later ? &later[i - n] : NULL;
}

static bool
seal_init(struct seal_case *c, struct search *s, unsigned i)
{
	*c = (struct seal_case){ .s = s, .i = i, .f = s->seal[i].f };
	if (!sequence_init(s, &c->q, MAX_PIECES) ||
	    !sequence_init(s, &c->t, MAX_PIECES))
		return false;
	c->q.target = c->t.target = &s->seal[i].target;
	c->q.place = c->t.place = PLACE_SEAL;
	c->q.instance = c->t.instance = i;
	/* What is right, for offering other fields in it. */
	c->t.n = 0;
	for (unsigned k = c->f->sig.cv == CV_FAIL ? i : 1; k <= i; k++)
		put_set(c, k);
	for (size_t j = 0; j < c->t.n; j++)
		c->q.piece[j].octets = c->t.piece[j].octets;
	c->q.n = c->t.n;
	c->t.n = 0;
	return !s->failed;
}

void
explain_seal(struct search *s, unsigned i)
{
	struct seal_case c;
	size_t from = s->out->n;

	if (!s->seal[i].readable || s->seal[i].holds ||
	    s->seal[i].target.kind == TARGET_NONE)
		return;
	search_begin(s, SEAL_OCTETS);
	/* A damaged b= of a field that this seal covers explains it, too. */
	for (size_t k = 0; k < s->out->n; k++)
		if (s->out->finding[k].level == EXPLAIN_PROVED &&
		    s->out->finding[k].instance <= i &&
		    strcmp(s->out->finding[k].cause->id, "sig.b-damaged") == 0)
			return;
	if (!seal_init(&c, s, i))
		return;
	for (size_t r = 0;
	     r < sizeof rows / sizeof *rows && c.found == 0 && !s->failed;
	     r++) {
		c.cause = &rows[r].cause;
		c.t.n = 0;
		rows[r].try(&c);
	}
	if (c.found == 0)
		respaced(&c);
	if (c.found == 0)
		b_refolded(&c, true);
	if (c.found == 0)
		b_refolded(&c, false);
	if (c.found == 0) {
		search_at_most(s, PAIR_OCTETS);
		c.found = sequence_search(s, &c.q, 2, RANK_ODD);
	}
	/* What a lower seal covers, too, is told there. */
	for (unsigned k = 1; k < i && c.f->sig.cv != CV_FAIL; k++)
		if (!s->seal[k].holds && s->seal[k].target.kind != TARGET_NONE)
			c.found++;
	if (c.found == 0 && !s->failed)
		finding_new(
		    s, &later[AAR_ALTERED], EXPLAIN_INDICATED, PLACE_SEAL, i);
	place(&c, from);
}
