/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/base64.h"
#include "base/limit.h"
#include "dkim/sigtags.h"
#include "mail/token.h"

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

/* Each reader gets the value, never empty, and returns 0, or -1 with *why. */
typedef int tag_reader(
    struct sigtags *, const struct tag *, struct arena *, struct diag *why);

enum tag_need {
	NO,  /* means nothing there (RFC 6376 section 3.2) */
	MAY, /* present but empty is a fault all the same */
	MUST,
};

struct tag_rule {
	struct slice name;
	enum tag_need need[SIG_KINDS];
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
read_algorithm(struct sigtags *s, const struct tag *t, struct arena *arena,
    struct diag *why)
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
read_signature(struct sigtags *s, const struct tag *t, struct arena *arena,
    struct diag *why)
{
	s->b_raw = t->raw;
	return read_base64(t, arena, &s->signature, why);
}

static int
read_body_hash(struct sigtags *s, const struct tag *t, struct arena *arena,
    struct diag *why)
{
	s->bh_text = t->value;
	if (read_base64(t, arena, &s->body_hash, why) != 0)
		return -1;
	if (s->body_hash.len != 32)
		return diag_set(why, DIAG_TAG_SYNTAX, t->value,
		    "bh= has %zu bytes; SHA-256 has 32", s->body_hash.len);
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
read_canon(struct sigtags *s, const struct tag *t, struct arena *arena,
    struct diag *why)
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
read_domain(struct sigtags *s, const struct tag *t, struct arena *arena,
    struct diag *why)
{
	(void)arena;
	(void)why;
	s->domain = t->value; /* its syntax: keyname_make() */
	return 0;
}

/* [ Local-part ] "@" domain-name.  Addresses with two dots in a row exist.
 * Whether the domain is within d= is for sigfield.c. */
static int
read_identity(struct sigtags *s, const struct tag *t, struct arena *arena,
    struct diag *why)
{
	struct slice rest = t->value, local;

	(void)arena;
	s->identity = t->value;
	if (!token_quoted(&rest, &local))
		token_dot_atom(&rest, &local);
	if (rest.len == 0 || rest.p[0] != '@')
		return bad_value(t, DIAG_TAG_SYNTAX, why);
	s->identity_domain = slice_sub(rest, 1, rest.len);
	return 0;
}

static int
read_version(struct sigtags *s, const struct tag *t, struct arena *arena,
    struct diag *why)
{
	(void)s;
	(void)arena;
	return slice_eq(t->value, SLICE("1")) ? 0
					      : bad_value(t, DIAG_VERSION, why);
}

static int
read_selector(struct sigtags *s, const struct tag *t, struct arena *arena,
    struct diag *why)
{
	(void)arena;
	(void)why;
	s->selector = t->value;
	return 0;
}

static int
read_headers(struct sigtags *s, const struct tag *t, struct arena *arena,
    struct diag *why)
{
	struct slice rest = t->value, name;
	size_t n = 0;

	while (slice_cut(&rest, ':', &name)) {
		name = slice_trim(name);
		n += name.len > 0;
		if (n > LIMIT_NAMES)
			return diag_set(why, DIAG_TAG_SYNTAX, name,
			    "h= has more than %d names", LIMIT_NAMES);
		for (size_t i = 0; i < name.len; i++)
			if (name.p[i] <= ' ' || name.p[i] >= 0x7f) {
				char q[DIAG_QUOTED];

				return diag_set(why, DIAG_TAG_SYNTAX, name,
				    "h= has \"%s\", which is not a field name",
				    diag_quote(name, q));
			}
	}
	if ((s->headers = arena_array(arena, n, sizeof *s->headers)) == NULL)
		return diag_memory(why);
	for (rest = t->value; slice_cut(&rest, ':', &name);) {
		name = slice_trim(name);
		if (name.len > 0)
			s->headers[s->nheaders++] = name;
		else
			s->empty_headers++;
	}
	return 0;
}

static int
read_length(struct sigtags *s, const struct tag *t, struct arena *arena,
    struct diag *why)
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
read_time(struct sigtags *s, const struct tag *t, struct arena *arena,
    struct diag *why)
{
	(void)arena;
	return read_seconds(t, &s->time, &s->has_time, why);
}

static int
read_expires(struct sigtags *s, const struct tag *t, struct arena *arena,
    struct diag *why)
{
	(void)arena;
	return read_seconds(t, &s->expires, &s->has_expires, why);
}

static int
read_query(struct sigtags *s, const struct tag *t, struct arena *arena,
    struct diag *why)
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
read_cv(struct sigtags *s, const struct tag *t, struct arena *arena,
    struct diag *why)
{
	(void)arena;
	s->cv_text = t->value;
	s->cv = cv_parse(t->value);
	return s->cv != CV_MISSING ? 0 : bad_value(t, DIAG_CV_SYNTAX, why);
}

/* RFC 6376 section 3.5, RFC 8617 sections 4.1.2 and 4.1.3.  z= is for people,
 * and read by nobody here.  In an ARC Set i= is the instance, which is read
 * before, and h= of a seal is looked for by itself, as that is a matter of
 * step 3 of the verification.  In this order faults are told. */
static const struct tag_rule rules[] = {
	/* in      AAR  AMS   AS    DKIM-Signature */
	{ { "v", 1 }, { NO, NO, NO, MUST }, read_version },
	{ { "a", 1 }, { NO, MUST, MUST, MUST }, read_algorithm },
	{ { "b", 1 }, { NO, MUST, MUST, MUST }, read_signature },
	{ { "bh", 2 }, { NO, MUST, NO, MUST }, read_body_hash },
	{ { "c", 1 }, { NO, MAY, NO, MAY }, read_canon },
	{ { "cv", 2 }, { NO, NO, MUST, NO }, read_cv },
	{ { "d", 1 }, { NO, MUST, MUST, MUST }, read_domain },
	{ { "h", 1 }, { NO, MUST, NO, MUST }, read_headers },
	{ { "i", 1 }, { NO, NO, NO, MAY }, read_identity },
	{ { "l", 1 }, { NO, MAY, NO, MAY }, read_length },
	{ { "q", 1 }, { NO, MAY, NO, MAY }, read_query },
	{ { "s", 1 }, { NO, MUST, MUST, MUST }, read_selector },
	{ { "t", 1 }, { NO, MAY, MAY, MAY }, read_time },
	{ { "x", 1 }, { NO, MAY, NO, MAY }, read_expires },
};

int
sigtags_read(enum sigkind kind, struct slice name, const struct taglist *list,
    struct arena *arena, struct sigtags *out, struct diag *problem,
    struct diag *why)
{
	for (size_t k = 0; k < ARRAY_LEN(rules); k++) {
		const struct tag_rule *rule = &rules[k];
		const struct tag *t = taglist_find(list, rule->name);
		int r = 0;

		*why = (struct diag){ .code = DIAG_NONE };
		if (rule->need[kind] == NO)
			continue;
		if (t != NULL && t->value.len > 0)
			r = rule->read(out, t, arena, why);
		else if (t != NULL || rule->need[kind] == MUST)
			r = diag_set(why, DIAG_TAG_MISSING,
			    t != NULL ? t->name : name, "%.*s= is %s",
			    SLICE_ARG(rule->name),
			    t != NULL ? "empty" : "missing");
		if (r != 0 && why->code == DIAG_MEMORY)
			return -1;
		if (r != 0 && problem->code == DIAG_NONE)
			*problem = *why;
	}
	return 0;
}
