/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "arc/chain.h"
#include "mail/token.h"

/* ------------------------------------------------------------------------
 * Instances. */

/* 1*2DIGIT, 1 to 50 (RFC 8617 section 4.2.1).  A number from 51 to 99 goes to
 * *over, for counting sets. */
static unsigned
instance_parse(struct slice value, unsigned *over)
{
	unsigned long long v;

	if (!slice_number(value, 2, &v))
		return 0;
	if (v > CHAIN_MAX)
		*over = (unsigned)v;
	return v <= CHAIN_MAX ? (unsigned)v : 0;
}

/* A leading "[CFWS] i [CFWS] = [CFWS] value [CFWS] ;" (RFC 8617 section 3.9),
 * *rest all behind it; or a value that ends the field.  False when the field
 * does not begin so. */
static bool
leading_instance(struct slice text, struct slice *value, struct slice *rest)
{
	token_cfws(&text);
	if (text.len == 0 || text.p[0] != 'i')
		return false;
	text = slice_sub(text, 1, text.len);
	token_cfws(&text);
	if (text.len == 0 || text.p[0] != '=')
		return false;
	text = slice_sub(text, 1, text.len);
	token_cfws(&text);
	size_t n = 0;

	while (n < text.len && text.p[n] > ' ' && text.p[n] < 0x7f &&
	       text.p[n] != ';' && text.p[n] != '(')
		n++;
	*value = slice_sub(text, 0, n);
	text = slice_sub(text, n, text.len);
	token_cfws(&text);
	if (text.len > 0 && text.p[0] != ';')
		return false;
	*rest = text.len > 0 ? slice_sub(text, 1, text.len) : SLICE_NONE;
	return true;
}

static void
instance_problem(struct sigfield *f, struct slice value)
{
	char q[DIAG_QUOTED];

	diag_set(&f->problem, DIAG_INSTANCE_SYNTAX,
	    value.len > 0 ? value : f->field->name, "i=%s",
	    diag_quote(value, q));
}

static void
aar_read(struct sigfield *f, unsigned *over)
{
	struct slice value, rest, text = slice_trim(f->field->value);

	if (!leading_instance(f->field->value, &value, &rest) ||
	    rest.p == NULL) {
		diag_set(&f->problem, DIAG_AAR_SYNTAX,
		    text.len > 0 ? text : f->field->name,
		    "it does not begin with \"i=\", a number and \";\"");
		return;
	}
	f->instance_first = true;
	f->payload = rest;
	f->instance = instance_parse(value, over);
	if (f->instance == 0)
		instance_problem(f, value);
}

/* The list is read behind a leading instance, around which alone comments may
 * stand (RFC 8617 section 3.9). */
static int
signed_list(struct sigfield *f, struct slice *value, struct arena *arena,
    struct diag *why)
{
	struct slice text = f->field->value, rest;

	f->instance_first = leading_instance(text, value, &rest);
	if (!f->instance_first)
		return sigfield_list(f, text, arena, why);
	if (taglist_octets(
		slice_sub(text, 0, text.len - rest.len), &f->problem) != 0 ||
	    slice_trim(rest).len == 0)
		return 0;
	return sigfield_list(f, rest, arena, why);
}

static int
signed_read(
    struct sigfield *f, struct arena *arena, unsigned *over, struct diag *why)
{
	static const struct slice i_name = { "i", 1 };
	struct slice value = SLICE_NONE;
	const struct tag *t;

	if (signed_list(f, &value, arena, why) != 0)
		return -1;
	if (f->problem.code != DIAG_NONE)
		return 0;
	t = taglist_find(&f->list, i_name);
	if (t != NULL && f->instance_first) {
		diag_set(&f->problem, DIAG_FIELD_SYNTAX, t->name,
		    "duplicate tag i=");
		return 0;
	}
	if (t != NULL)
		value = t->value;
	f->instance = instance_parse(value, over);
	if (f->instance == 0)
		instance_problem(f, value);
	return sigfield_tags(f, arena, why);
}

/* ------------------------------------------------------------------------
 * The shape: steps 1 to 3 of RFC 8617 section 5.2. */

static int
shape_fail(struct chain *c, unsigned step, unsigned instance, enum sigkind kind)
{
	c->step = step;
	c->shape.instance = instance;
	if (kind != ARC_KINDS)
		c->shape.field = sigfield_name(kind);
	return -1;
}

static int
shape_fail_at(struct chain *c, unsigned step, const struct sigfield *f)
{
	c->shape.at = f->field;
	return shape_fail(c, step, f->instance, f->kind);
}

/* Step 3A: what cannot be read belongs to no set. */
static int
shape_readable(struct chain *c, const struct message *m)
{
	char q[DIAG_QUOTED];

	if (m->njunk > 0) {
		diag_set(&c->shape, DIAG_HEADER_SYNTAX, m->junk, "\"%s\"",
		    diag_quote(slice_trim(m->junk), q));
		return shape_fail(c, 3, 0, ARC_KINDS);
	}
	for (size_t i = 0; i < c->nfields; i++)
		if (c->field[i].instance == 0) {
			c->shape = c->field[i].problem;
			return shape_fail_at(c, 3, &c->field[i]);
		}
	return 0;
}

/* Step 3, A and B: one of each, 1 to N without a gap. */
static int
shape_complete(struct chain *c, const struct message *m)
{
	const char *cut =
	    m->has_body ? ""
			: "; no empty line ends the header: is it cut off?";

	for (unsigned i = 1; i <= c->n; i++) {
		const struct arc_set *s = &c->set[i];

		if (s->count[ARC_AAR] + s->count[ARC_AMS] +
			s->count[ARC_SEAL] ==
		    0) {
			diag_set(&c->shape, DIAG_INSTANCE_GAP, SLICE_NONE,
			    "no field has i=%u, but one has i=%u%s", i, c->n,
			    cut);
			return shape_fail(c, 3, i, ARC_KINDS);
		}
		for (enum sigkind k = ARC_AAR; k < ARC_KINDS; k++) {
			if (s->count[k] == 1)
				continue;
			if (s->count[k] == 0) {
				diag_set(&c->shape, DIAG_FIELD_MISSING,
				    SLICE_NONE, "i=%u has none%s", i, cut);
				return shape_fail(c, 3, i, k);
			}
			diag_set(&c->shape, DIAG_FIELD_TWICE,
			    s->part[k]->field->name, "i=%u has %u", i,
			    s->count[k]);
			return shape_fail_at(c, 3, s->part[k]);
		}
	}
	return 0;
}

/* Step 3, C, and h= in a seal. */
static int
shape_seals(struct chain *c)
{
	for (unsigned i = 1; i <= c->n; i++) {
		const struct sigtags *s = &c->set[i].part[ARC_SEAL]->tags;
		char q[DIAG_QUOTED];

		if (s->cv == CV_MISSING)
			diag_set(&c->shape, DIAG_CV_SYNTAX, s->cv_text,
			    s->cv_text.p == NULL ? "no cv=" : "cv=%s",
			    diag_quote(s->cv_text, q));
		else if (s->cv != (i == 1 ? CV_NONE : CV_PASS))
			diag_set(&c->shape, DIAG_CV_WRONG, s->cv_text,
			    "cv=%s at i=%u", cv_word(s->cv), i);
		else if (s->h_tag.p != NULL)
			diag_set(&c->shape, DIAG_SEAL_H_TAG, s->h_tag,
			    "h= at i=%u", i);
		else
			continue;
		return shape_fail_at(c, 3, c->set[i].part[ARC_SEAL]);
	}
	return 0;
}

static void
shape_decide(struct chain *c, const struct message *m, unsigned nsets)
{
	if (c->nfields == 0)
		return;
	/* With 150 fields and more something stands there twice, or more than
	 * 50 sets do: which does not matter. */
	if (nsets > CHAIN_MAX || c->nfields > (size_t)ARC_KINDS * CHAIN_MAX) {
		diag_set(&c->shape, DIAG_TOO_MANY_SETS, SLICE_NONE,
		    "%zu ARC fields", c->nfields + c->more);
		shape_fail(c, 1, 0, ARC_KINDS);
		return;
	}
	const struct sigfield *top = c->set[c->n].part[ARC_SEAL];

	if (c->n > 0 && top != NULL && top->tags.cv == CV_FAIL) {
		diag_set(&c->shape, DIAG_SEAL_CV_FAIL, top->tags.cv_text,
		    "cv=fail at i=%u", c->n);
		shape_fail_at(c, 2, top);
		return;
	}
	if (shape_readable(c, m) != 0 || shape_complete(c, m) != 0)
		return;
	shape_seals(c);
}

/* The field is one of its set. */
static void
join_set(struct chain *c, struct sigfield *f)
{
	struct arc_set *s = &c->set[f->instance];

	if (f->instance == 0)
		return;
	if (f->instance > c->n)
		c->n = f->instance;
	if (s->count[f->kind]++ == 0)
		s->part[f->kind] = f;
}

void
chain_reshape(struct chain *c, const struct message *m)
{
	memset(c->set, 0, sizeof c->set);
	c->n = 0;
	for (size_t i = 0; i < c->nfields; i++)
		join_set(c, &c->field[i]);
	c->shape = (struct diag){ .code = DIAG_NONE };
	c->step = 0;
	shape_decide(c, m, c->n);
}

int
chain_collect(const struct message *m, struct arena *arena, struct chain *out,
    struct diag *why)
{
	bool seen[100] = { false };
	unsigned nsets = 0;
	size_t n = 0;

	*out = (struct chain){ .n = 0 };
	for (enum sigkind k = ARC_AAR; k < ARC_KINDS; k++)
		n += message_count(m, sigfield_name(k));
	size_t most = n < LIMIT_ARC_FIELDS ? n : LIMIT_ARC_FIELDS;

	out->more = n - most;
	out->field = arena_array(arena, most, sizeof *out->field);
	if (out->field == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < m->nfields && out->nfields < most; i++) {
		struct sigfield *f = &out->field[out->nfields];
		enum sigkind k = ARC_AAR;
		unsigned over = 0;

		while (k < ARC_KINDS &&
		       !slice_eq_nocase(m->field[i].name, sigfield_name(k)))
			k++;
		if (k == ARC_KINDS)
			continue;
		f->field = &m->field[i];
		f->index = i;
		f->kind = k;
		out->nfields++;
		if (k == ARC_AAR)
			aar_read(f, &over);
		else if (signed_read(f, arena, &over, why) != 0)
			return -1;
		unsigned number = f->instance > 0 ? f->instance : over;

		nsets += number > 0 && !seen[number];
		seen[number] = true;
		join_set(out, f);
	}
	shape_decide(out, m, nsets);
	return 0;
}

const struct sigfield *
chain_find(const struct chain *c, const struct field *f)
{
	for (size_t i = 0; i < c->nfields && f != NULL; i++)
		if (c->field[i].field == f)
			return &c->field[i];
	return NULL;
}

/* ------------------------------------------------------------------------
 * What is signed. */

unsigned
chain_scope(enum cv cv, unsigned i)
{
	return cv == CV_FAIL ? i : 1;
}

bool
chain_has_sets(const struct chain *c, unsigned from, unsigned to)
{
	for (unsigned i = from; i <= to; i++)
		for (enum sigkind k = ARC_AAR; k < ARC_KINDS; k++)
			if (c->set[i].part[k] == NULL)
				return false;
	return true;
}

/* Fields of set i, from the AAR to the one before kind. */
static int
put_fields(const struct chain *c, unsigned i, enum sigkind end,
    const struct sink *sink)
{
	for (enum sigkind k = ARC_AAR; k < end; k++)
		if (canon_header(CANON_RELAXED, c->set[i].part[k]->field,
			SLICE_NONE, true, sink) != 0)
			return -1;
	return 0;
}

int
chain_put_set(const struct chain *c, unsigned i, const struct sink *sink)
{
	return put_fields(c, i, ARC_KINDS, sink);
}

/* What AS(i) signs of its own set. */
static int
put_own(const struct chain *c, unsigned i, const struct sink *sink)
{
	const struct sigfield *seal = c->set[i].part[ARC_SEAL];

	if (put_fields(c, i, ARC_SEAL, sink) != 0)
		return -1;
	return canon_header(
	    CANON_RELAXED, seal->field, seal->tags.b_raw, false, sink);
}

int
chain_put_seal(const struct chain *c, unsigned i, const struct sink *sink)
{
	const struct sigfield *seal = c->set[i].part[ARC_SEAL];

	for (unsigned k = chain_scope(seal->tags.cv, i); k < i; k++)
		if (chain_put_set(c, k, sink) != 0)
			return -1;
	return put_own(c, i, sink);
}

int
chain_seal_digest(const struct chain *c, unsigned i, const struct digest *below,
    unsigned char out[DIGEST_SIZE], struct diag *why)
{
	bool all = chain_scope(c->set[i].part[ARC_SEAL]->tags.cv, i) == 1;
	struct digest d;
	struct sink sink = digest_sink(&d);

	if (below != NULL && all)
		digest_copy(&d, below);
	else
		digest_init(&d);
	if (below != NULL)
		put_own(c, i, &sink);
	else
		chain_put_seal(c, i, &sink);
	int result = digest_final(&d, out, why);

	digest_release(&d);
	return result;
}
