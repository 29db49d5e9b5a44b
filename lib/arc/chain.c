/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/base64.h"
#include "arc/chain.h"
#include "dkim/select.h"
#include "mail/token.h"

static const struct slice no_octets = { NULL, 0 };

const char *
cv_word(enum cv cv)
{
	static const char *const words[] = { "", "none", "pass", "fail" };

	return words[cv];
}

enum cv
cv_parse(struct slice word)
{
	for (enum cv cv = CV_NONE; cv <= CV_FAIL; cv++)
		if (slice_eq_nocase(word, slice_of(cv_word(cv))))
			return cv;
	return CV_MISSING;
}

struct slice
arc_name(enum arc_kind kind)
{
	static const struct slice names[] = {
		[ARC_AAR] = { "ARC-Authentication-Results", 26 },
		[ARC_AMS] = { "ARC-Message-Signature", 21 },
		[ARC_SEAL] = { "ARC-Seal", 8 },
	};

	return names[kind];
}

/* ------------------------------------------------------------------------
 * Tags of an AMS or an AS, by rule tables.  Each reader gets the value, never
 * empty, and returns 0, or -1 with *why. */

typedef int tag_reader(
    struct sig *, const struct tag *, struct arena *, struct diag *why);

enum tag_need {
	TAG_OPTIONAL, /* present but empty is a fault all the same (T-6) */
	TAG_REQUIRED,
};

struct tag_rule {
	struct slice name;
	enum tag_need need;
	tag_reader *read;
};

static int
bad_value(const struct tag *t, enum diag_code code, struct diag *why)
{
	char n[DIAG_QUOTED], v[DIAG_QUOTED];

	return diag_set(why, code, t->value, "%s=%s", diag_quote(t->name, n),
	    diag_quote(t->value, v));
}

static int
read_algorithm(
    struct sig *s, const struct tag *t, struct arena *arena, struct diag *why)
{
	(void)arena;
	s->algorithm = t->value;
	return signature_named(t->value, &s->alg)
		   ? 0
		   : bad_value(t, DIAG_ALGORITHM, why);
}

static int
read_base64(const struct tag *t, struct arena *arena, struct slice *out,
    struct diag *why)
{
	switch (base64_decode(t->value, arena, out)) {
	case BASE64_OK: return 0;
	case BASE64_MEMORY: return diag_memory(why);
	default:
		diag_set(why, DIAG_TAG_SYNTAX, t->value, "%.*s= is not base64",
		    SLICE_ARG(t->name));
		return -1;
	}
}

static int
read_signature(
    struct sig *s, const struct tag *t, struct arena *arena, struct diag *why)
{
	s->b_raw = t->raw;
	return read_base64(t, arena, &s->signature, why);
}

static int
read_body_hash(
    struct sig *s, const struct tag *t, struct arena *arena, struct diag *why)
{
	s->bh_text = t->value;
	if (read_base64(t, arena, &s->body_hash, why) != 0)
		return -1;
	if (s->body_hash.len != 32)
		return diag_set(why, DIAG_TAG_SYNTAX, t->value,
		    "bh= has %zu octets; SHA-256 has 32", s->body_hash.len);
	return 0;
}

static bool
canon_parse(struct slice word, enum canon *out)
{
	bool relaxed = slice_eq_nocase(word, SLICE("relaxed"));

	*out = relaxed ? CANON_RELAXED : CANON_SIMPLE;
	return relaxed || slice_eq_nocase(word, SLICE("simple"));
}

static int
read_canon(
    struct sig *s, const struct tag *t, struct arena *arena, struct diag *why)
{
	struct slice rest = t->value, header;

	(void)arena;
	slice_cut(&rest, '/', &header);
	if (!canon_parse(header, &s->header_canon) ||
	    (rest.p != NULL && !canon_parse(rest, &s->body_canon)))
		return bad_value(t, DIAG_CANONICALIZATION, why);
	return 0;
}

static int
read_domain(
    struct sig *s, const struct tag *t, struct arena *arena, struct diag *why)
{
	(void)arena;
	(void)why;
	s->domain = t->value; /* its syntax: keyname_make() */
	return 0;
}

static int
read_selector(
    struct sig *s, const struct tag *t, struct arena *arena, struct diag *why)
{
	(void)arena;
	(void)why;
	s->selector = t->value;
	return 0;
}

static int
read_headers(
    struct sig *s, const struct tag *t, struct arena *arena, struct diag *why)
{
	struct slice rest = t->value, name;
	size_t max = 1;

	for (size_t i = 0; i < t->value.len; i++)
		max += t->value.p[i] == ':';
	if ((s->headers = arena_array(arena, max, sizeof *s->headers)) == NULL)
		return diag_memory(why);
	while (slice_cut(&rest, ':', &name)) {
		name = slice_trim(name);
		if (name.len == 0) {
			s->empty_headers++;
			continue;
		}
		for (size_t i = 0; i < name.len; i++)
			if (name.p[i] <= ' ' || name.p[i] >= 0x7f) {
				char q[DIAG_QUOTED];

				return diag_set(why, DIAG_TAG_SYNTAX, name,
				    "h= has \"%s\", which is no field name",
				    diag_quote(name, q));
			}
		s->headers[s->nheaders++] = name;
	}
	return 0;
}

static int
read_length(
    struct sig *s, const struct tag *t, struct arena *arena, struct diag *why)
{
	(void)arena;
	if (t->value.len > 76)
		return bad_value(t, DIAG_TAG_SYNTAX, why);
	s->length = 0;
	for (size_t i = 0; i < t->value.len; i++) {
		if (!ascii_is_digit(t->value.p[i]))
			return bad_value(t, DIAG_TAG_SYNTAX, why);
		uint64_t digit = (uint64_t)(t->value.p[i] - '0');

		/* More than any body has is as good as all that is more. */
		if (s->length > (UINT64_MAX - digit) / 10)
			s->length = UINT64_MAX;
		else
			s->length = s->length * 10 + digit;
	}
	s->has_length = true;
	return 0;
}

static int
read_seconds(const struct tag *t, uint64_t *out, bool *has, struct diag *why)
{
	unsigned long long v;

	if (!slice_number(t->value, 12, &v))
		return bad_value(t, DIAG_TAG_SYNTAX, why);
	*out = v;
	*has = true;
	return 0;
}

static int
read_time(
    struct sig *s, const struct tag *t, struct arena *arena, struct diag *why)
{
	(void)arena;
	return read_seconds(t, &s->time, &s->has_time, why);
}

static int
read_expires(
    struct sig *s, const struct tag *t, struct arena *arena, struct diag *why)
{
	(void)arena;
	return read_seconds(t, &s->expires, &s->has_expires, why);
}

static int
read_query(
    struct sig *s, const struct tag *t, struct arena *arena, struct diag *why)
{
	struct slice rest = t->value, method;

	(void)s;
	(void)arena;
	while (slice_cut(&rest, ':', &method))
		if (slice_eq_nocase(slice_trim(method), SLICE("dns/txt")))
			return 0;
	return bad_value(t, DIAG_QUERY_METHOD, why);
}

static int
read_cv(
    struct sig *s, const struct tag *t, struct arena *arena, struct diag *why)
{
	(void)arena;
	s->cv_text = t->value;
	s->cv = cv_parse(t->value);
	return s->cv != CV_MISSING ? 0 : bad_value(t, DIAG_CV_SYNTAX, why);
}

/* RFC 8617 section 4.1.2.  i= is read before; v= means nothing. */
static const struct tag_rule ams_rules[] = {
	{ { "a", 1 }, TAG_REQUIRED, read_algorithm },
	{ { "b", 1 }, TAG_REQUIRED, read_signature },
	{ { "bh", 2 }, TAG_REQUIRED, read_body_hash },
	{ { "c", 1 }, TAG_OPTIONAL, read_canon },
	{ { "d", 1 }, TAG_REQUIRED, read_domain },
	{ { "h", 1 }, TAG_REQUIRED, read_headers },
	{ { "l", 1 }, TAG_OPTIONAL, read_length },
	{ { "q", 1 }, TAG_OPTIONAL, read_query },
	{ { "s", 1 }, TAG_REQUIRED, read_selector },
	{ { "t", 1 }, TAG_OPTIONAL, read_time },
	{ { "x", 1 }, TAG_OPTIONAL, read_expires },
	{ { NULL, 0 }, TAG_OPTIONAL, NULL },
};

/* RFC 8617 section 4.1.3: nothing else is defined (L-3); h= is forbidden and
 * looked for by itself, as that is a matter of step 3. */
static const struct tag_rule seal_rules[] = {
	{ { "a", 1 }, TAG_REQUIRED, read_algorithm },
	{ { "b", 1 }, TAG_REQUIRED, read_signature },
	{ { "cv", 2 }, TAG_REQUIRED, read_cv },
	{ { "d", 1 }, TAG_REQUIRED, read_domain },
	{ { "s", 1 }, TAG_REQUIRED, read_selector },
	{ { "t", 1 }, TAG_OPTIONAL, read_time },
	{ { NULL, 0 }, TAG_OPTIONAL, NULL },
};

/* Read all tags of f.  -1 with DIAG_MEMORY; any other fault becomes the
 * field's problem, the first one found staying. */
static int
sig_read(struct arc_field *f, const struct tag_rule *rule, struct arena *arena,
    struct diag *why)
{
	struct sig *s = &f->sig;

	for (; rule->read != NULL; rule++) {
		const struct tag *t = taglist_find(&f->tags, rule->name);
		int r = 0;

		*why = (struct diag){ .code = DIAG_NONE };
		if (t != NULL && t->value.len > 0)
			r = rule->read(s, t, arena, why);
		else if (t != NULL || rule->need == TAG_REQUIRED)
			r = diag_set(why, DIAG_TAG_MISSING,
			    t != NULL ? t->name : f->field->name, "%.*s= is %s",
			    SLICE_ARG(rule->name),
			    t != NULL ? "empty" : "missing");
		if (r != 0 && why->code == DIAG_MEMORY)
			return -1;
		if (r != 0 && s->problem.code == DIAG_NONE)
			s->problem = *why;
	}
	return 0;
}

/* What h= must and must not have, and x= after t= (A-12). */
static void
ams_check(struct arc_field *f)
{
	struct sig *s = &f->sig;
	bool from = false;

	if (s->problem.code != DIAG_NONE)
		return;
	for (size_t i = 0; i < s->nheaders; i++) {
		from |= slice_eq_nocase(s->headers[i], SLICE("from"));
		if (slice_eq_nocase(s->headers[i], SLICE("arc-seal"))) {
			diag_set(&s->problem, DIAG_HEADERS_ARC_SEAL,
			    s->headers[i], "h= has ARC-Seal");
			return;
		}
	}
	if (!from)
		diag_set(&s->problem, DIAG_HEADERS_NO_FROM,
		    taglist_value(&f->tags, SLICE("h")), "h= has no From");
	else if (s->has_time && s->has_expires && s->expires <= s->time)
		diag_set(&s->problem, DIAG_EXPIRED,
		    taglist_value(&f->tags, SLICE("x")),
		    "x=%llu is not after t=%llu",
		    (unsigned long long)s->expires,
		    (unsigned long long)s->time);
}

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
	*rest = text.len > 0 ? slice_sub(text, 1, text.len) : no_octets;
	return true;
}

static void
instance_problem(struct arc_field *f, struct slice value)
{
	char q[DIAG_QUOTED];

	diag_set(&f->problem, DIAG_INSTANCE_SYNTAX,
	    value.len > 0 ? value : f->field->name, "i=%s",
	    diag_quote(value, q));
}

static void
aar_read(struct arc_field *f, unsigned *over)
{
	struct slice value, rest, text = slice_trim(f->field->value);

	if (!leading_instance(f->field->value, &value, &rest) ||
	    rest.p == NULL) {
		diag_set(&f->problem, DIAG_AAR_SYNTAX,
		    text.len > 0 ? text : f->field->name,
		    "\"i=\", a number and \";\" do not stand first");
		return;
	}
	f->instance_first = true;
	f->payload = rest;
	f->instance = instance_parse(value, over);
	if (f->instance == 0)
		instance_problem(f, value);
}

static int
signed_read(
    struct arc_field *f, struct arena *arena, unsigned *over, struct diag *why)
{
	static const struct slice i_name = { "i", 1 };
	struct slice text = f->field->value, value = no_octets, rest;
	const struct tag *t;

	f->instance_first = leading_instance(text, &value, &rest);
	/* Comments may stand around a leading instance only (15.26), so the
	 * tag-list proper begins behind it. */
	if (f->instance_first &&
	    taglist_octets(
		slice_sub(text, 0, text.len - rest.len), &f->problem) != 0)
		return 0;
	if (f->instance_first && slice_trim(rest).len == 0)
		f->tags = (struct taglist){ .n = 0 };
	else if (taglist_parse(f->instance_first ? rest : text, arena, &f->tags,
		     &f->problem) != 0)
		return f->problem.code == DIAG_MEMORY ? diag_memory(why) : 0;
	t = taglist_find(&f->tags, i_name);
	if (t != NULL && f->instance_first) {
		diag_set(&f->problem, DIAG_FIELD_SYNTAX, t->name,
		    "tag i= stands there twice");
		return 0;
	}
	if (t != NULL)
		value = t->value;
	f->instance = instance_parse(value, over);
	if (f->instance == 0)
		instance_problem(f, value);
	if (sig_read(f, f->kind == ARC_AMS ? ams_rules : seal_rules, arena,
		why) != 0)
		return -1;
	if (f->kind == ARC_AMS)
		ams_check(f);
	else if ((t = taglist_find(&f->tags, SLICE("h"))) != NULL)
		f->sig.h_tag = t->name;
	return 0;
}

/* ------------------------------------------------------------------------
 * The shape: steps 1 to 3 of RFC 8617 section 5.2. */

static int
shape_fail(
    struct chain *c, unsigned step, unsigned instance, enum arc_kind kind)
{
	c->step = step;
	c->shape.instance = instance;
	if (kind != ARC_KINDS)
		c->shape.field = arc_name(kind);
	return -1;
}

/* Step 3, A: what cannot be read belongs to no set (S-9). */
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
		if (c->field[i].problem.code != DIAG_NONE) {
			c->shape = c->field[i].problem;
			return shape_fail(
			    c, 3, c->field[i].instance, c->field[i].kind);
		}
	return 0;
}

/* Step 3, A and B: one of each, 1 to N without a gap. */
static int
shape_complete(struct chain *c)
{
	for (unsigned i = 1; i <= c->n; i++) {
		const struct arc_set *s = &c->set[i];

		if (s->count[ARC_AAR] + s->count[ARC_AMS] +
			s->count[ARC_SEAL] ==
		    0) {
			diag_set(&c->shape, DIAG_INSTANCE_GAP, no_octets,
			    "no field says i=%u, but one says i=%u", i, c->n);
			return shape_fail(c, 3, i, ARC_KINDS);
		}
		for (enum arc_kind k = ARC_AAR; k < ARC_KINDS; k++) {
			if (s->count[k] == 1)
				continue;
			diag_set(&c->shape,
			    s->count[k] == 0 ? DIAG_FIELD_MISSING
					     : DIAG_FIELD_TWICE,
			    s->count[k] == 0 ? no_octets
					     : s->part[k]->field->name,
			    s->count[k] == 0 ? "i=%u has none" : "i=%u has %u",
			    i, s->count[k]);
			return shape_fail(c, 3, i, k);
		}
	}
	return 0;
}

/* Step 3, C, and h= in a seal. */
static int
shape_seals(struct chain *c)
{
	for (unsigned i = 1; i <= c->n; i++) {
		const struct sig *s = &c->set[i].part[ARC_SEAL]->sig;
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
		return shape_fail(c, 3, i, ARC_SEAL);
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
		diag_set(&c->shape, DIAG_TOO_MANY_SETS, no_octets,
		    "%zu ARC fields", c->nfields);
		shape_fail(c, 1, 0, ARC_KINDS);
		return;
	}
	const struct arc_field *top = c->set[c->n].part[ARC_SEAL];

	if (c->n > 0 && top != NULL && top->sig.cv == CV_FAIL) {
		diag_set(&c->shape, DIAG_SEAL_CV_FAIL, top->sig.cv_text,
		    "cv=fail at i=%u", c->n);
		shape_fail(c, 2, c->n, ARC_SEAL);
		return;
	}
	if (shape_readable(c, m) != 0 || shape_complete(c) != 0)
		return;
	shape_seals(c);
}

int
chain_collect(const struct message *m, struct arena *arena, struct chain *out,
    struct diag *why)
{
	bool seen[100] = { false };
	unsigned nsets = 0;
	size_t max = 0;

	*out = (struct chain){ .n = 0 };
	for (enum arc_kind k = ARC_AAR; k < ARC_KINDS; k++)
		max += message_count(m, arc_name(k));
	out->field = arena_array(arena, max, sizeof *out->field);
	if (out->field == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < m->nfields; i++) {
		struct arc_field *f = &out->field[out->nfields];
		enum arc_kind k = ARC_AAR;
		unsigned over = 0;

		while (k < ARC_KINDS &&
		       !slice_eq_nocase(m->field[i].name, arc_name(k)))
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
		if (f->instance == 0)
			continue;
		struct arc_set *s = &out->set[f->instance];

		if (f->instance > out->n)
			out->n = f->instance;
		if (s->count[k]++ == 0)
			s->part[k] = f;
	}
	shape_decide(out, m, nsets);
	return 0;
}

/* ------------------------------------------------------------------------
 * What is signed. */

int
chain_put_ams(
    const struct arc_field *f, struct select *select, const struct sink *sink)
{
	const struct sig *s = &f->sig;

	select_start(select, f->field);
	for (size_t i = 0; i < s->nheaders; i++) {
		const struct field *h = select_next(select, s->headers[i]);

		if (h != NULL && canon_header(s->header_canon, h, no_octets,
				     true, sink) != 0)
			return -1;
	}
	return canon_header(s->header_canon, f->field, s->b_raw, false, sink);
}

int
chain_put_set(const struct chain *c, unsigned i, const struct sink *sink)
{
	for (enum arc_kind k = ARC_AAR; k < ARC_KINDS; k++)
		if (canon_header(CANON_RELAXED, c->set[i].part[k]->field,
			no_octets, true, sink) != 0)
			return -1;
	return 0;
}

int
chain_put_seal(const struct chain *c, unsigned i, const struct sink *sink)
{
	const struct arc_field *seal = c->set[i].part[ARC_SEAL];

	for (enum arc_kind k = ARC_AAR; k < ARC_SEAL; k++)
		if (canon_header(CANON_RELAXED, c->set[i].part[k]->field,
			no_octets, true, sink) != 0)
			return -1;
	return canon_header(
	    CANON_RELAXED, seal->field, seal->sig.b_raw, false, sink);
}
