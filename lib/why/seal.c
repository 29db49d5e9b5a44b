/* SPDX-License-Identifier: BSD-2-Clause */
/* AS(i), whose b= does not fit: what its signer may have hashed in the place of
 * what RFC 8617 section 5.1.1 says, and what may have happened since. */
#include <string.h>

#include "why/search.h"

static const struct slice no_octets = { NULL, 0 };

enum {
	SEAL_OCTETS = 128 * 1024 * 1024,
	PAIR_OCTETS = 16 * 1024 * 1024, /* of these for two changes at once */
	MAX_SETS = 5,			/* of which every order is tried */
	MAX_PIECES = ARC_KINDS * CHAIN_MAX,
	B_FIRST_MIN = 8,  /* of b=, in its first line */
	B_WIDTH_MIN = 40, /* in the others */
	B_WIDTH_MAX = 80,
};

struct seal_case {
	struct search *s;
	unsigned i;
	const struct sigfield *f;
	struct sequence q; /* as the RFC says */
	struct sequence t; /* what is tried */
	size_t own;	   /* the seal's place in it */
	/* Of each field that goes in, as it was, when that is proved. */
	struct slice was[MAX_PIECES];
	enum cause_id cause;
	size_t found;		 /* with this cause */
	struct finding *finding; /* what was noted of the last; or NULL */
};

/* The field of set k of that kind, as it goes in. */
static const struct sigfield *
part(const struct seal_case *c, unsigned k, enum sigkind kind)
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
put_part(struct seal_case *c, unsigned k, enum sigkind kind)
{
	const struct sigfield *f = part(c, k, kind);
	bool own = k == c->i && kind == ARC_SEAL;

	if (own)
		c->own = c->t.n;
	if (c->was[ARC_KINDS * (k - 1) + kind].p != NULL)
		put(c, c->was[ARC_KINDS * (k - 1) + kind]);
	else
		put(c, canon_field(c->s, CANON_RELAXED, f->field,
			   own ? f->tags.b_raw : no_octets, !own));
}

static void
put_set(struct seal_case *c, unsigned k)
{
	for (enum sigkind kind = ARC_AAR; kind < ARC_KINDS; kind++)
		put_part(c, k, kind);
}

/* The seal is not the last: its line end may be the one that is left out as
 * the last one, or it was hashed last in spite of the order. */
static bool
own_elsewhere_fits(struct seal_case *c)
{
	struct piece *p = c->t.piece, *last = &p[c->t.n - 1];
	struct piece own = p[c->own], end = *last;
	const struct sigfield *f = c->f;

	p[c->own].octets =
	    canon_field(c->s, CANON_RELAXED, f->field, f->tags.b_raw, true);
	last->octets.len -= 2;
	if (sequence_fits(c->s, &c->t))
		return true;
	/* Of one set that is another fault. */
	if (c->i == 1)
		return false;
	*last = end;
	memmove(&p[c->own], &p[c->own + 1], (c->t.n - c->own - 1) * sizeof *p);
	*last = own;
	return sequence_fits(c->s, &c->t);
}

/* Try what was put, and begin anew. */
static bool
try(struct seal_case *c)
{
	bool fits = false;

	if (c->found == 0 && c->t.n > 0 && !c->s->failed)
		fits = sequence_fits(c->s, &c->t) ||
		       (c->own + 1 < c->t.n && own_elsewhere_fits(c));
	if (fits) {
		c->found++;
		c->finding = finding_new(
		    c->s, c->cause, EXPLAIN_PROVED, PLACE_SEAL, c->i);
		finding_pieces(c->s, c->finding, &c->t, &c->q);
	}
	c->t.n = 0;
	c->own = MAX_PIECES;
	return fits;
}

/* The first set that goes in. */
static unsigned
first_set(const struct seal_case *c)
{
	return chain_scope(c->f->tags.cv, c->i);
}

/* ------------------------------------------------------------------------
 * Which fields, and in which order. */

static void
sets_descending(struct seal_case *c)
{
	size_t order[MAX_SETS];

	if (first_set(c) == c->i)
		return;
	for (unsigned k = c->i - 1; k >= 1; k--)
		put_set(c, k);
	put_set(c, c->i);
	if (try(c))
		return;
	for (unsigned k = c->i; k >= 1; k--)
		put_set(c, k);
	/* Only a digest that is known is cheap to compare with. */
	if (try(c) || c->i > MAX_SETS || c->q.target->kind != TARGET_DIGEST ||
	    search_over(c->s))
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
	if (c->f->tags.cv != CV_FAIL)
		put_set(c, c->i);
	try(c);
}

static void
fail_full_scope(struct seal_case *c)
{
	for (unsigned k = 1; c->f->tags.cv == CV_FAIL && k <= c->i; k++)
		put_set(c, k);
	try(c);
}

static void
aars_by_position(struct seal_case *c)
{
	size_t order[MAX_SETS];

	if (first_set(c) == c->i || c->i > MAX_SETS)
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
		for (unsigned k = first_set(c); k <= c->i; k++) {
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
	for (unsigned k = first_set(c); k <= c->i; k++) {
		put_part(c, k, ARC_AAR);
		put_part(c, k, ARC_AMS);
		if (k == c->i)
			put_part(c, k, ARC_SEAL);
	}
	try(c);
}

/* Each set in that order, the last one too or as it should be. */
static bool
try_order(struct seal_case *c, const enum sigkind order[ARC_KINDS])
{
	for (unsigned way = 0; way < 2; way++) {
		for (unsigned k = first_set(c); k <= c->i; k++)
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
	static const enum sigkind order[] = { ARC_AMS, ARC_AAR, ARC_SEAL };

	try_order(c, order);
}

static void
seal_first(struct seal_case *c)
{
	static const enum sigkind orders[][ARC_KINDS] = {
		{ ARC_SEAL, ARC_AAR, ARC_AMS },
		{ ARC_SEAL, ARC_AMS, ARC_AAR },
	};

	for (size_t n = 0; n < sizeof orders / sizeof *orders; n++)
		if (try_order(c, orders[n]))
			return;
}

static void
by_kind(struct seal_case *c)
{
	static const enum sigkind orders[][ARC_KINDS] = {
		{ ARC_AAR, ARC_AMS, ARC_SEAL },
		{ ARC_AMS, ARC_AAR, ARC_SEAL },
		{ ARC_SEAL, ARC_AMS, ARC_AAR },
		{ ARC_SEAL, ARC_AAR, ARC_AMS },
	};

	/* Of one set it is the order within the set. */
	for (size_t n = 0;
	     first_set(c) < c->i && n < sizeof orders / sizeof *orders; n++) {
		for (size_t m = 0; m < ARC_KINDS; m++)
			for (unsigned k = 1; k <= c->i; k++)
				put_part(c, k, orders[n][m]);
		if (try(c))
			return;
	}
}

/* ------------------------------------------------------------------------
 * In which form. */

/* The scope that is right, each field by a function. */
static bool
try_form(struct seal_case *c,
    struct slice (*form)(struct seal_case *, const struct sigfield *, bool own))
{
	unsigned from = first_set(c);

	for (unsigned k = from; k <= c->i; k++)
		for (enum sigkind kind = ARC_AAR; kind < ARC_KINDS; kind++)
			put(c, form(c, part(c, k, kind),
				   k == c->i && kind == ARC_SEAL));
	return try(c);
}

static struct slice
form_simple(struct seal_case *c, const struct sigfield *f, bool own)
{
	return canon_field(c->s, CANON_SIMPLE, f->field,
	    own ? f->tags.b_raw : no_octets, !own);
}

static struct slice
form_names(struct seal_case *c, const struct sigfield *f, bool own)
{
	return canon_odd(
	    c->s, f->field, own ? f->tags.b_raw : no_octets, !own, KEEP_NAME);
}

static struct slice
form_names_blank(struct seal_case *c, const struct sigfield *f, bool own)
{
	return canon_odd(c->s, f->field, own ? f->tags.b_raw : no_octets, !own,
	    KEEP_NAME | KEEP_BLANK);
}

static struct slice
form_tabs(struct seal_case *c, const struct sigfield *f, bool own)
{
	return canon_odd(
	    c->s, f->field, own ? f->tags.b_raw : no_octets, !own, KEEP_TABS);
}

/* Every octet of white space but line ends stays. */
static struct slice
form_unfolded(struct seal_case *c, const struct sigfield *f, bool own)
{
	struct buf b = { .max = 0 };
	struct slice v = slice_trim(f->field->value);

	for (size_t i = 0; i < f->field->name.len; i++)
		buf_char(&b, ascii_lower(f->field->name.p[i]));
	buf_char(&b, ':');
	for (size_t i = 0; i < v.len; i++) {
		const char *p = v.p + i;

		if (own && p >= f->tags.b_raw.p &&
		    p < f->tags.b_raw.p + f->tags.b_raw.len)
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
form_own_crlf(struct seal_case *c, const struct sigfield *f, bool own)
{
	return canon_field(c->s, CANON_RELAXED, f->field,
	    own ? f->tags.b_raw : no_octets, true);
}

static struct slice
form_seals_emptied(struct seal_case *c, const struct sigfield *f, bool own)
{
	return canon_field(c->s, CANON_RELAXED, f->field,
	    f->kind == ARC_SEAL ? f->tags.b_raw : no_octets, !own);
}

static struct slice
form_all_emptied(struct seal_case *c, const struct sigfield *f, bool own)
{
	return canon_field(c->s, CANON_RELAXED, f->field,
	    f->kind != ARC_AAR ? f->tags.b_raw : no_octets, !own);
}

static struct slice
form_ams_emptied(struct seal_case *c, const struct sigfield *f, bool own)
{
	return canon_field(c->s, CANON_RELAXED, f->field,
	    own || f->kind == ARC_AMS ? f->tags.b_raw : no_octets, !own);
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
	unsigned from = first_set(c);
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
	const struct tag *cv = taglist_find(&c->f->list, SLICE("cv"));
	struct slice v = c->f->field->value, raw = c->f->tags.b_raw;

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
		if (c->finding != NULL)
			c->finding->change[c->finding->nchanges++] =
			    (struct change){ .name = SLICE("cv"),
				    .is = cv->value,
				    .was = slice_of(words[w]) };
		return;
	}
}

/* ------------------------------------------------------------------------
 * What may have happened since. */

/* The seal's own value, b= emptied, with what stands there. */
static struct slice
with_b(struct seal_case *c, struct slice value)
{
	struct buf b = { .max = 0 };
	struct taglist tags;
	struct diag why;
	const struct tag *tag = NULL;

	if (taglist_parse(value, c->s->arena, &tags, &why) == 0)
		tag = taglist_find(&tags, SLICE("b"));
	if (tag == NULL)
		return value;
	size_t at = (size_t)(tag->raw.p - value.p);

	buf_slice(&b, slice_sub(value, 0, at));
	buf_slice(&b, c->f->tags.b_raw);
	buf_slice(&b, slice_sub(value, at + tag->raw.len, value.len));
	struct slice kept = search_keep(c->s, &b);

	buf_release(&b);
	return kept;
}

/* The value of field f as it may have been: change it at place at. */
static void
offer(struct seal_case *c, size_t j, const struct sigfield *f,
    struct slice value, enum cause_id cause, enum rank rank)
{
	bool own = f == c->f;
	struct change change = { .name = f->field->name,
		.at = f->field,
		.is = f->field->value,
		.was = own ? with_b(c, value) : value };
	struct slice octets = canon_octets(
	    c->s, CANON_RELAXED, f->field->name, value, no_octets, !own);

	if (own)
		change.was = with_b(c, value);
	if (octets.p != NULL)
		sequence_offer(c->s, &c->q, j, cause, octets, &change, rank);
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
static const struct form {
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
	NFORMS = sizeof forms / sizeof *forms,
	MAX_SEPARATORS = 24, /* of which one is another way */
};

/* v in a form, with the odd one at place except (from 1; 0: none is). */
static struct slice
in_form(struct seal_case *c, struct slice v, const struct form *form,
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

	while (k > 1 && !c->s->seal[k - 1].holds)
		k--;
	return k;
}

static unsigned
sealed_again(const struct seal_case *c)
{
	for (unsigned k = c->i + 1; k <= c->s->chain->n; k++)
		if (c->s->seal[k].holds && c->s->seal[k].f->tags.cv != CV_FAIL)
			return k;
	return 0;
}

static void
place(struct seal_case *c, size_t from)
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

static const struct sigfield *
field_at(const struct seal_case *c, size_t j)
{
	return part(c, first_set(c) + (unsigned)(j / ARC_KINDS),
	    (enum sigkind)(j % ARC_KINDS));
}

static enum cause_id
respaced_by(const struct seal_case *c)
{
	return sealed_again(c) > 0 ? CAUSE_AS_EARLIER_SET_RESPACED
				   : CAUSE_AS_AAR_RESPACED;
}

/* Whether what stands there now may have been respaced: no lower seal vouches
 * for it. */
static bool
is_open(const struct seal_case *c, size_t j)
{
	const struct sigfield *f = field_at(c, j);

	return f->instance >= first_open(c) && f->field->value.len <= 16 * 1024;
}

static void
respaced(struct seal_case *c, bool at_places)
{
	for (size_t j = 0; j < c->q.n && !search_over(c->s); j++) {
		const struct sigfield *f = field_at(c, j);

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
			const struct sigfield *g = field_at(c, j);
			struct slice v, octets = c->q.piece[j].octets;
			unsigned seen;

			if (is_open(c, j) &&
			    (only == ARC_KINDS || g->kind == only)) {
				v = in_form(
				    c, value_of(c, g), &forms[k / 4], 0, &seen);
				octets = canon_octets(c->s, CANON_RELAXED,
				    g->field->name, v, no_octets, g != c->f);
				if (!slice_eq(octets, c->q.piece[j].octets) &&
				    f.nchanges < EXPLAIN_MAX_CHANGES)
					f.change[f.nchanges++] =
					    (struct change){ .name =
								 g->field->name,
						    .at = g->field,
						    .is = g->field->value,
						    .was = g == c->f
							       ? with_b(c, v)
							       : v };
			}
			put(c, octets);
		}
		c->cause = respaced_by(c);
		if (f.nchanges < 2)
			c->t.n = 0;
		else if (try(c) && c->finding != NULL) {
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
	    c->s, CAUSE_AS_B_REFOLDED, EXPLAIN_PROVED, PLACE_SEAL, c->i);
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
	struct slice all = canon_octets(
	    c->s, CANON_RELAXED, f->field->name, buf_view(&b), no_octets, true);

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
		const struct sigfield *f = field_at(c, j);
		/* A seal that holds does not vouch for its own b=. */
		unsigned open = first_open(c) - (f->kind == ARC_SEAL);

		if (f->kind != ARC_AAR && f != c->f && f->instance >= open &&
		    f->tags.b_raw.p != NULL && f->tags.b_raw.len <= 4096)
			b_folded(c, j, f, whole);
	}
}

/* ------------------------------------------------------------------------
 * The rows. */

static const struct row {
	enum cause_id cause;
	void (*try)(struct seal_case *);
} rows[] = {
	{ CAUSE_AS_FAIL_FULL_SCOPE, fail_full_scope },
	{ CAUSE_AS_OWN_SET_ONLY, own_set_only },
	{ CAUSE_AS_SETS_DESCENDING, sets_descending },
	{ CAUSE_AS_AARS_BY_POSITION, aars_by_position },
	{ CAUSE_AS_OWN_AAR_MISSING, own_aar_missing },
	{ CAUSE_AS_EARLIER_SEALS_MISSING, earlier_seals_missing },
	{ CAUSE_AS_AMS_BEFORE_AAR, ams_before_aar },
	{ CAUSE_AS_SEAL_FIRST, seal_first },
	{ CAUSE_AS_BY_KIND, by_kind },
	{ CAUSE_AS_SIMPLE_USED, simple_used },
	{ CAUSE_AS_NAMES_NOT_LOWERED, names_not_lowered },
	{ CAUSE_AS_TABS_KEPT, tabs_kept },
	{ CAUSE_AS_EARLIER_B_EMPTIED, b_emptied },
	{ CAUSE_AS_B_TAG_REMOVED, b_tag_removed },
	{ CAUSE_AS_OWN_CRLF, own_crlf },
	{ CAUSE_AS_CV_ALTERED, cv_altered },
};

static bool
seal_init(struct seal_case *c, struct search *s, unsigned i)
{
	*c = (struct seal_case){
		.s = s, .i = i, .f = s->seal[i].f, .own = MAX_PIECES
	};
	if (!sequence_init(s, &c->q, MAX_PIECES) ||
	    !sequence_init(s, &c->t, MAX_PIECES))
		return false;
	c->q.target = c->t.target = &s->seal[i].target;
	c->q.place = c->t.place = PLACE_SEAL;
	c->q.instance = c->t.instance = i;
	/* What is right, for offering other fields in it. */
	c->t.n = 0;
	for (unsigned k = first_set(c); k <= i; k++)
		put_set(c, k);
	for (size_t j = 0; j < c->t.n; j++)
		c->q.piece[j].octets = c->t.piece[j].octets;
	c->q.n = c->t.n;
	c->t.n = 0;
	return !s->failed;
}

/* What is proved of the fields that this seal covers: one finding of each
 * lower seal, and every b= that was repaired. */
static bool
is_proved_below(const struct seal_case *c, const struct finding *f)
{
	return f->level == EXPLAIN_PROVED && f->instance <= c->i &&
	       f->nchanges > 0 &&
	       ((f->place == PLACE_SEAL && f->instance < c->i) ||
		   f->cause == CAUSE_SIG_B_DAMAGED);
}

/* Put what is proved into the sequence; the findings of lower seals that made
 * a difference are told of this one, too, when they are enough. */
static void
inherit(struct seal_case *c)
{
	struct search *s = c->s;
	const struct finding *of[MAX_PIECES];
	size_t n = 0;

	for (size_t k = 0; k < s->out->n; k++) {
		const struct finding *f = &s->out->finding[k];
		bool used = false;

		for (size_t m = 0; is_proved_below(c, f) && m < f->nchanges;
		     m++)
			for (size_t j = 0; j < c->q.n; j++) {
				const struct sigfield *g = field_at(c, j);
				struct slice *was =
				    &c->was[ARC_KINDS * (g->instance - 1) +
					    g->kind];

				if (g == c->f || g->field != f->change[m].at ||
				    was->p != NULL)
					continue;
				*was = c->q.piece[j].octets = canon_octets(s,
				    CANON_RELAXED, g->field->name,
				    f->change[m].was, no_octets, true);
				used = true;
			}
		if (used)
			of[n++] = f;
	}
	if (n == 0 || !sequence_fits(s, &c->q))
		return;
	c->found = n;
	unsigned group = s->groups++;

	size_t from = s->out->n;

	for (size_t k = 0; k < n; k++) {
		if (of[k]->place != PLACE_SEAL || of[k]->instance >= c->i ||
		    of[k]->cause == CAUSE_SIG_B_DAMAGED)
			continue;
		struct finding *f = finding_new(
		    s, of[k]->cause, EXPLAIN_PROVED, PLACE_SEAL, c->i);

		if (f == NULL) {
			finding_drop(s, from, group);
			return;
		}
		memcpy(f->change, of[k]->change, sizeof f->change);
		f->nchanges = of[k]->nchanges;
		f->group = group;
	}
}

/* A set was taken out and the others numbered anew: what the seals covered is
 * not there. */
static bool
is_renumbered(const struct search *s)
{
	for (size_t k = 0; k < s->out->n; k++)
		if (s->out->finding[k].level == EXPLAIN_PROVED &&
		    s->out->finding[k].cause == CAUSE_AS_RENUMBERED)
			return true;
	return false;
}

/* Whether something that the seal covers is known to be another, and not what
 * it was: a b= that was cut off, or what a lower seal does not fit. */
static bool
is_hopeless(const struct seal_case *c)
{
	const struct search *s = c->s;

	for (unsigned k = first_set(c); k <= c->i; k++)
		if (s->ams[k].cut ||
		    (k < c->i && (s->seal[k].cut || s->seal[k].lost)))
			return true;
	return false;
}

static void
try_rows(struct seal_case *c)
{
	size_t all = 0;

	for (size_t r = 0; r < sizeof rows / sizeof *rows && !search_over(c->s);
	     r++) {
		c->cause = rows[r].cause;
		c->found = c->t.n = 0;
		c->own = MAX_PIECES;
		rows[r].try(c);
		all += c->found;
	}
	c->found = all;
}

static void
try_later(struct seal_case *c)
{
	b_refolded(c, true);
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

void
explain_seal(struct search *s, unsigned i)
{
	struct seal_case *c;
	size_t from = s->out->n;

	if (!s->seal[i].readable || s->seal[i].holds ||
	    s->seal[i].target.kind == TARGET_NONE || is_renumbered(s))
		return;
	c = arena_alloc(s->arena, sizeof *c);
	if (c == NULL) {
		search_memory(s);
		return;
	}
	search_begin(s, SEAL_OCTETS);
	if (!seal_init(c, s, i))
		return;
	inherit(c);
	if (c->found == 0)
		try_rows(c);
	if (c->found == 0 && !is_hopeless(c))
		try_later(c);
	s->seal[i].lost = c->found == 0;
	if (c->found == 0 && !is_hopeless(c) && !s->failed)
		finding_new(
		    s, CAUSE_AS_AAR_ALTERED, EXPLAIN_INDICATED, PLACE_SEAL, i);
	place(c, from);
}
