/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/seal_form.h"
#include "why/seal_try.h"

/* The scope that is right, each field by a function. */
static bool
try_form(struct seal_case *c,
    struct slice (*form)(struct seal_case *, const struct sigfield *, bool own))
{
	unsigned from = seal_first_set(c);

	for (unsigned k = from; k <= c->i; k++)
		for (enum sigkind kind = ARC_AAR; kind < ARC_KINDS; kind++)
			seal_put(c, form(c, seal_part(c, k, kind),
					k == c->i && kind == ARC_SEAL));
	return seal_try(c);
}

static struct slice
form_simple(struct seal_case *c, const struct sigfield *f, bool own)
{
	return canon_field(c->s, CANON_SIMPLE, f->field,
	    own ? f->tags.b_raw : SLICE_NONE, !own);
}

static struct slice
form_names(struct seal_case *c, const struct sigfield *f, bool own)
{
	return canon_odd(
	    c->s, f->field, own ? f->tags.b_raw : SLICE_NONE, !own, KEEP_NAME);
}

static struct slice
form_names_blank(struct seal_case *c, const struct sigfield *f, bool own)
{
	return canon_odd(c->s, f->field, own ? f->tags.b_raw : SLICE_NONE, !own,
	    KEEP_NAME | KEEP_BLANK);
}

static struct slice
form_tabs(struct seal_case *c, const struct sigfield *f, bool own)
{
	return canon_odd(
	    c->s, f->field, own ? f->tags.b_raw : SLICE_NONE, !own, KEEP_TABS);
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
	    own ? f->tags.b_raw : SLICE_NONE, true);
}

static struct slice
form_seals_emptied(struct seal_case *c, const struct sigfield *f, bool own)
{
	return canon_field(c->s, CANON_RELAXED, f->field,
	    f->kind == ARC_SEAL ? f->tags.b_raw : SLICE_NONE, !own);
}

static struct slice
form_all_emptied(struct seal_case *c, const struct sigfield *f, bool own)
{
	return canon_field(c->s, CANON_RELAXED, f->field,
	    f->kind != ARC_AAR ? f->tags.b_raw : SLICE_NONE, !own);
}

static struct slice
form_ams_emptied(struct seal_case *c, const struct sigfield *f, bool own)
{
	return canon_field(c->s, CANON_RELAXED, f->field,
	    own || f->kind == ARC_AMS ? f->tags.b_raw : SLICE_NONE, !own);
}

void
seal_simple_used(struct seal_case *c)
{
	try_form(c, form_simple);
}

void
seal_names_not_lowered(struct seal_case *c)
{
	if (!try_form(c, form_names))
		try_form(c, form_names_blank);
}

void
seal_tabs_kept(struct seal_case *c)
{
	if (!try_form(c, form_tabs))
		try_form(c, form_unfolded);
}

void
seal_own_crlf(struct seal_case *c)
{
	try_form(c, form_own_crlf);
}

void
seal_b_emptied(struct seal_case *c)
{
	if (!try_form(c, form_seals_emptied) && !try_form(c, form_all_emptied))
		try_form(c, form_ams_emptied);
}

void
seal_b_tag_removed(struct seal_case *c)
{
	unsigned from = seal_first_set(c);
	struct slice value;

	for (unsigned way = 0; without_b_tag(c->s, c->f, way, &value); way++) {
		for (unsigned k = from; k < c->i; k++)
			seal_put_set(c, k);
		seal_put_part(c, c->i, ARC_AAR);
		seal_put_part(c, c->i, ARC_AMS);
		seal_put(c, canon_octets(c->s, CANON_RELAXED, c->f->field->name,
				value, SLICE_NONE, false));
		if (seal_try(c))
			return;
	}
}

void
seal_cv_altered(struct seal_case *c)
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
			seal_put_set(c, k);
		seal_put_part(c, c->i, ARC_AAR);
		seal_put_part(c, c->i, ARC_AMS);
		seal_put(c, canon_octets(c->s, CANON_RELAXED, c->f->field->name,
				value, SLICE_NONE, false));
		if (value.p == NULL || !seal_try(c))
			continue;
		if (c->finding != NULL)
			c->finding->change[c->finding->nchanges++] =
			    (struct change){ .name = c->f->field->name,
				    .at = c->f->field,
				    .is = v,
				    .was = seal_with_b(c, value) };
		return;
	}
}
