/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "mail/authres.h"
#include "mail/token.h"
#include "others/rules.h"

/* ------------------------------------------------------------------------
 * What a row is about. */

struct slice
rule_tag(const struct sigfield *f, const char *name)
{
	return taglist_value(&f->list, slice_of(name));
}

bool
rule_has_tag(const struct sigfield *f, const char *name)
{
	return taglist_find(&f->list, slice_of(name)) != NULL;
}

/* The key that its signature was checked with; NULL when there was none. */
const struct sigresult *
rule_result(const struct other_case *c, const struct sigfield *f)
{
	return f->kind == ARC_AMS ? &c->verdict->ams[f->instance]
				  : &c->verdict->seal[f->instance];
}

bool
rule_memory(const struct other_case *c)
{
	*c->memory_short = true;
	return false;
}

static bool
names(const struct sigfield *f, const char *name)
{
	for (size_t i = 0; i < f->tags.nheaders; i++)
		if (slice_eq_nocase(f->tags.headers[i], slice_of(name)))
			return true;
	return false;
}

static bool
is_expired(const struct other_case *c, const struct sigfield *f, int64_t slack)
{
	unsigned long long x;

	return slice_number(rule_tag(f, "x"), 12, &x) &&
	       (int64_t)x < c->now - slack;
}

bool
rule_expired(const struct other_case *c, const struct sigfield *f)
{
	return is_expired(c, f, 0);
}

bool
rule_expired_10_hours(const struct other_case *c, const struct sigfield *f)
{
	return is_expired(c, f, 36000);
}

bool
rule_ahead_10_hours(const struct other_case *c, const struct sigfield *f)
{
	return f->tags.has_time && (int64_t)f->tags.time > c->now + 36000;
}

bool
rule_version_not_1(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return rule_has_tag(f, "v") && !slice_eq(rule_tag(f, "v"), SLICE("1"));
}

bool
rule_any_version(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return rule_has_tag(f, "v");
}

bool
rule_names_arc_seal(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return names(f, "arc-seal");
}

bool
rule_tag_missing(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return f->problem.code == DIAG_TAG_MISSING;
}

/* One of those without which it does not look at the signature. */
bool
rule_main_tag_missing(const struct other_case *c, const struct sigfield *f)
{
	return rule_tag_missing(c, f) &&
	       (rule_tag(f, "a").len == 0 || rule_tag(f, "d").len == 0 ||
		   rule_tag(f, "s").len == 0);
}

bool
rule_no_algorithm(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return !rule_has_tag(f, "a");
}

bool
rule_unknown_algorithm(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return f->problem.code == DIAG_ALGORITHM;
}

bool
rule_unknown_canon(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return f->problem.code == DIAG_CANONICALIZATION;
}

/* c= has a word that Mail::DKIM does not know, who knows two more than we do.
 */
bool
rule_canon_unknown_there(const struct other_case *c, const struct sigfield *f)
{
	static const char *const known[] = { "simple", "relaxed", "nowsp",
		"seal" };
	struct slice rest = rule_tag(f, "c"), half;

	while (rule_unknown_canon(c, f) && slice_cut(&rest, '/', &half)) {
		size_t i = 0;

		while (i < ARRAY_LEN(known) &&
		       !slice_eq_nocase(half, slice_of(known[i])))
			i++;
		if (i == ARRAY_LEN(known))
			return true;
	}
	return false;
}

bool
rule_ed25519(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return slice_eq_nocase(rule_tag(f, "a"), SLICE("ed25519-sha256"));
}

/* Ed25519 by our rules, and not by others. */
bool
rule_ed25519_of_ours(const struct other_case *c, const struct sigfield *f)
{
	const struct sigresult *r = rule_result(c, f);

	return rule_ed25519(c, f) &&
	       (r->status != STATUS_PASS || r->key != NULL);
}

bool
rule_not_rsa_sha256(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return !slice_eq(rule_tag(f, "a"), SLICE("rsa-sha256"));
}

/* A word of cv= in capitals. */
bool
rule_cv_in_capitals(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return f->tags.cv != CV_MISSING &&
	       !slice_eq(f->tags.cv_text, slice_of(cv_word(f->tags.cv)));
}

bool
rule_other_query(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return rule_has_tag(f, "q") &&
	       !slice_eq(rule_tag(f, "q"), SLICE("dns/txt"));
}

bool
rule_not_ascii(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return !slice_is_ascii(f->tags.domain) ||
	       !slice_is_ascii(f->tags.selector);
}

/* One more From than h= signs. */
bool
rule_from_unsigned(const struct other_case *c, const struct sigfield *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->tags.nheaders; i++)
		n += slice_eq_nocase(f->tags.headers[i], SLICE("from"));
	return n > 0 && message_count(c->m, SLICE("From")) > n;
}

bool
rule_two_from(const struct other_case *c, const struct sigfield *f)
{
	(void)f;
	return c->chain->n > 0 && message_count(c->m, SLICE("From")) > 1;
}

/* Put text without folds, each run of white space one space, and nothing at its
 * ends. */
static struct slice
unfolded(const struct other_case *c, struct slice text)
{
	char *out = arena_alloc(c->m->arena, text.len + 1);
	size_t n = 0;

	if (out == NULL)
		rule_memory(c);

	text = slice_trim(text);
	for (size_t i = 0; out != NULL && i < text.len; i++) {
		bool end = token_fold(slice_sub(text, i, text.len)) > 0;

		if (end)
			i += text.p[i] == '\r';
		else if (!ascii_is_wsp(text.p[i]))
			out[n++] = text.p[i];
		else if (n == 0 || out[n - 1] != ' ')
			out[n++] = ' ';
	}
	return (struct slice){ out, out != NULL ? n : 0 };
}

/* The value of the tag named i as dkimpy has it: an element whose name is i to
 * the letter. */
static struct slice
instance_text(const struct other_case *c, const struct sigfield *f)
{
	struct slice rest = unfolded(c, f->field->value), part, name;

	while (slice_cut(&rest, ';', &part))
		if (slice_cut(&part, '=', &name) && part.p != NULL &&
		    slice_eq(slice_trim(name), SLICE("i")))
			return slice_trim(part);
	return SLICE_NONE;
}

/* The text stands in s, whose letters are taken in lower case. */
static bool
stands_in(struct slice text, struct slice s)
{
	for (size_t at = 0; at + text.len <= s.len; at++) {
		size_t i = 0;

		while (i < text.len && ascii_lower(s.p[at + i]) == text.p[i])
			i++;
		if (i == text.len)
			return true;
	}
	return false;
}

/* No " i=N;" as it is written stands in the field. */
bool
rule_instance_not_spaced(const struct other_case *c, const struct sigfield *f)
{
	static const char start[] = { ' ', 'i', '=' };
	struct slice i = instance_text(c, f);
	char *text;

	/* What belongs to no set, or to one twice, is a failure before. */
	if (i.p == NULL || f->problem.code == DIAG_FIELD_SYNTAX ||
	    f->problem.code == DIAG_TAG_MISSING ||
	    c->chain->shape.code == DIAG_FIELD_TWICE ||
	    c->chain->shape.code == DIAG_FIELD_MISSING)
		return false;
	text = arena_alloc(c->m->arena, sizeof start + i.len + 1);
	if (text == NULL)
		return rule_memory(c);
	memcpy(text, start, sizeof start);
	memcpy(text + sizeof start, i.p, i.len);
	text[sizeof start + i.len] = ';';
	return !stands_in(
	    (struct slice){ text, sizeof start + i.len + 1 }, f->field->value);
}

bool
rule_instance_not_first(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return f->instance > 0 && !f->instance_first;
}

bool
rule_instance_comment(const struct other_case *c, const struct sigfield *f)
{
	struct slice start = slice_sub(f->field->value, 0,
	    f->payload.p != NULL ? (size_t)(f->payload.p - f->field->value.p)
				 : slice_find(f->field->value, ';'));

	(void)c;
	return f->instance_first && slice_find(start, '(') < start.len;
}

/* Of one kind of field, a newer one stands below an older one. */
bool
rule_out_of_order(const struct other_case *c, const struct sigfield *f)
{
	unsigned last[ARC_KINDS] = { CHAIN_MAX + 1, CHAIN_MAX + 1,
		CHAIN_MAX + 1 };

	(void)f;
	for (size_t i = 0; i < c->chain->nfields; i++) {
		const struct sigfield *a = &c->chain->field[i];

		if (a->instance > last[a->kind])
			return true;
		last[a->kind] = a->instance;
	}
	return false;
}

bool
rule_seal_canon(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return rule_tag(f, "c").len > 0 &&
	       !slice_eq_nocase(rule_tag(f, "c"), SLICE("relaxed/relaxed"));
}

bool
rule_has_bh(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return rule_has_tag(f, "bh");
}

bool
rule_l_of_0(const struct other_case *c, const struct sigfield *f)
{
	return f->tags.has_length && f->tags.length == 0 &&
	       rule_result(c, f)->body_length > 0;
}

bool
rule_has_l(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return f->tags.has_length;
}

bool
rule_broken_line(const struct other_case *c, const struct sigfield *f)
{
	(void)f;
	return c->m->njunk > 0 && !slice_starts(c->m->junk, SLICE("From "));
}

/* One line that is not a field, and begins as a separator of an mbox. */
bool
rule_from_line(const struct other_case *c, const struct sigfield *f)
{
	(void)f;
	return c->m->njunk == 1 && slice_starts(c->m->junk, SLICE("From "));
}

/* An AMS that does not verify, below the newest. */
bool
rule_older_fails(const struct other_case *c, const struct sigfield *f)
{
	return f->instance < c->chain->n &&
	       c->verdict->ams[f->instance].status == STATUS_FAIL;
}

bool
rule_aar_unparsed(const struct other_case *c, const struct sigfield *f)
{
	struct authres a;
	struct diag why;

	if (f->payload.p == NULL)
		return false;
	if (authres_parse(f->payload, c->m->arena, &a, &why) != 0)
		return rule_memory(c);
	return a.bad.len > 0;
}

bool
rule_foreign_b(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	for (size_t i = 0; i < f->list.n; i++) {
		struct slice n = f->list.tag[i].name;

		if (n.len > 1 && n.p[0] == 'b' && !slice_eq(n, SLICE("bh")))
			return true;
	}
	return false;
}

/* White space stands before the colon of a field. */
static bool
is_spaced(const struct field *f)
{
	return f->value.p - (f->name.p + f->name.len) > 1;
}

bool
rule_space_before_colon(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return is_spaced(f->field);
}

bool
rule_any_space_before_colon(
    const struct other_case *c, const struct sigfield *f)
{
	(void)f;
	for (size_t i = 0; i < c->m->nfields; i++)
		if (is_spaced(&c->m->field[i]))
			return true;
	return false;
}

/* h=, but in capitals. */
bool
rule_capital_h(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return rule_has_tag(f, "H");
}

bool
rule_later_cv_in_capitals(const struct other_case *c, const struct sigfield *f)
{
	return f->instance > 1 && rule_cv_in_capitals(c, f);
}

/* The verdict is about t=. */
bool
rule_fault_in_t(const struct other_case *c, const struct sigfield *f)
{
	const struct tag *t = taglist_find(&f->list, SLICE("t"));

	return t != NULL && c->verdict->why.where.p >= t->value.p &&
	       c->verdict->why.where.p <= t->value.p + t->value.len;
}

bool
rule_version_not_known(const struct other_case *c, const struct sigfield *f)
{
	return rule_version_not_1(c, f) && rule_tag(f, "v").len > 0 &&
	       !slice_eq(rule_tag(f, "v"), SLICE("0")) &&
	       !slice_eq(rule_tag(f, "v"), SLICE("0.5"));
}

/* A comment in front of the value of i=. */
bool
rule_comment_before_instance(
    const struct other_case *c, const struct sigfield *f)
{
	struct slice i = instance_text(c, f);

	return rule_instance_comment(c, f) &&
	       (i.p == NULL || slice_starts(i, SLICE("(")));
}

bool
rule_ends_in_b(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	for (size_t i = 0; i < f->list.n; i++) {
		struct slice n = f->list.tag[i].name;

		if (n.len > 1 && n.p[n.len - 1] == 'b')
			return true;
	}
	return false;
}

/* Of as many fields as h= lists that name, from the bottom up, one has a longer
 * name that begins so.  What would take long is not looked at. */
bool
rule_longer_name(const struct other_case *c, const struct sigfield *f)
{
	const struct sigtags *t = &f->tags;

	if (t->nheaders > 200 || c->m->nfields > 1000)
		return false;
	for (size_t i = 0; i < t->nheaders; i++) {
		struct slice name = t->headers[i];
		size_t left = 0;

		for (size_t k = 0; k < t->nheaders; k++)
			left += slice_eq_nocase(t->headers[k], name);
		for (size_t k = c->m->nfields; k-- > 0 && left > 0;) {
			struct slice found = c->m->field[k].name;

			if (!slice_eq_nocase(
				slice_sub(found, 0, name.len), name))
				continue;
			if (found.len > name.len)
				return true;
			left--;
		}
	}
	return false;
}

bool
rule_no_c(const struct other_case *c, const struct sigfield *f)
{
	(void)c;
	return f->problem.code != DIAG_FIELD_SYNTAX && !rule_has_tag(f, "c");
}

/* c= is one of the known, but not in lower case. */
bool
rule_canon_in_capitals(const struct other_case *c, const struct sigfield *f)
{
	struct slice v = rule_tag(f, "c");

	(void)c;
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] != ascii_lower(v.p[i]))
			return f->problem.code == DIAG_NONE;
	return false;
}

/* c= without its first half, in a chain of good shape. */
bool
rule_canon_half(const struct other_case *c, const struct sigfield *f)
{
	return c->chain->shape.code == DIAG_NONE &&
	       f->problem.code == DIAG_CANONICALIZATION &&
	       slice_starts(rule_tag(f, "c"), SLICE("/"));
}

/* Between the colons of q= is no dns/txt, to the letter. */
bool
rule_query_not_plain(const struct other_case *c, const struct sigfield *f)
{
	struct slice rest = rule_tag(f, "q"), method;

	(void)c;
	if (!rule_has_tag(f, "q"))
		return false;
	while (slice_cut(&rest, ':', &method))
		if (slice_eq(method, SLICE("dns/txt")))
			return false;
	return true;
}
