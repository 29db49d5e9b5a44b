/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "others/fieldreading.h"
#include "others/rules.h"

/* ------------------------------------------------------------------------
 * What a row is about: which bytes are hashed. */

typedef bool field_test(const struct field *);

/* Whether a field that h= selects is such, or the AMS itself. */
static bool
ams_signs(
    const struct other_case *c, const struct sigfield *f, field_test *such)
{
	struct select *s = select_new(c->m, c->m->arena);

	if (s == NULL)
		return rule_memory(c);
	select_start(s, f->field);
	for (size_t i = 0; i < f->tags.nheaders; i++) {
		const struct field *h = select_next(s, f->tags.headers[i]);

		if (h != NULL && such(h))
			return true;
	}
	return such(f->field);
}

/* Whether f hashes a relaxed field that is such. */
static bool
relaxes(const struct other_case *c, const struct sigfield *f, field_test *such)
{
	if (f->kind == ARC_AMS)
		return f->tags.header_canon == CANON_RELAXED &&
		       ams_signs(c, f, such);
	for (size_t i = 0; i < c->chain->nfields; i++) {
		const struct sigfield *a = &c->chain->field[i];

		if (a->instance > 0 && a->instance <= f->instance &&
		    such(a->field))
			return true;
	}
	return false;
}

/* Vertical tab or form feed; CR where it stands alone. */
static bool
is_odd_space(struct slice s, size_t i)
{
	return s.p[i] == '\v' || s.p[i] == '\f' ||
	       (s.p[i] == '\r' && (i + 1 == s.len || s.p[i + 1] != '\n'));
}

static bool
has_odd_space(const struct field *f)
{
	for (size_t i = 0; i < f->value.len; i++)
		if (is_odd_space(f->value, i) ||
		    (unsigned char)f->value.p[i] == 0xa0)
			return true;
	return false;
}

bool
rule_odd_space(const struct other_case *c, const struct sigfield *f)
{
	return relaxes(c, f, has_odd_space);
}

/* White space and folds end there, and one of the others comes next. */
static bool
has_odd_end(const struct field *f)
{
	struct slice v = f->value;
	size_t i = 0, n = v.len;

	while (i < n && ascii_is_fws(v.p[i]) && !is_odd_space(v, i))
		i++;
	while (n > i && ascii_is_fws(v.p[n - 1]) && !is_odd_space(v, n - 1))
		n--;
	return i < n && (is_odd_space(v, i) || is_odd_space(v, n - 1));
}

bool
rule_odd_space_at_end(const struct other_case *c, const struct sigfield *f)
{
	return relaxes(c, f, has_odd_end);
}

/* Among the white space behind the colon is one of the others. */
static bool
has_odd_front(const struct field *f)
{
	for (size_t i = 0; i < f->value.len; i++) {
		if (is_odd_space(f->value, i))
			return true;
		if (!ascii_is_fws(f->value.p[i]))
			return false;
	}
	return false;
}

bool
rule_odd_space_in_front(const struct other_case *c, const struct sigfield *f)
{
	return relaxes(c, f, has_odd_front);
}

/* The header ends in a CR without its LF, which f signs. */
bool
rule_header_ends_in_cr(const struct other_case *c, const struct sigfield *f)
{
	const struct field *last = &c->m->field[c->m->nfields - 1];
	struct select *s;

	if (last->value.len == 0 || last->value.p[last->value.len - 1] != '\r')
		return false;
	if ((s = select_new(c->m, c->m->arena)) == NULL)
		return rule_memory(c);
	select_start(s, f->field);
	for (size_t i = 0; i < f->tags.nheaders; i++)
		if (select_next(s, f->tags.headers[i]) == last)
			return true;
	return false;
}

static bool
has_comment_in_name(const struct field *f)
{
	return slice_find(f->name, '(') < f->name.len ||
	       slice_find(f->name, '\\') < f->name.len;
}

bool
rule_comment_in_name(const struct other_case *c, const struct sigfield *f)
{
	return ams_signs(c, f, has_comment_in_name);
}

/* White space between the value of b= and its ";". */
bool
rule_space_after_b(const struct other_case *c, const struct sigfield *f)
{
	struct slice b = f->tags.b_raw, v = f->field->value;

	(void)c;
	return b.len > 0 && ascii_is_fws(b.p[b.len - 1]) &&
	       b.p + b.len < v.p + v.len;
}

/* White space between "b" and its "=". */
bool
rule_space_before_b(const struct other_case *c, const struct sigfield *f)
{
	const struct tag *b = taglist_find(&f->list, SLICE("b"));

	(void)c;
	return b != NULL && b->name.p[b->name.len] != '=';
}

/* A field that a seal signs, whose instance is found only where white space
 * stands in "i=N", or in front of another "i=". */
bool
rule_instance_not_found(const struct other_case *c, const struct sigfield *f)
{
	if (f->instance == 0 ||
	    (f->kind == ARC_SEAL && f->instance == c->chain->n))
		return false;
	return fieldreading_last_instance(f->field->value) != f->instance;
}

/* Its own h= takes it, where it is one of the fields of that name. */
bool
rule_picks_itself(const struct other_case *c, const struct sigfield *f)
{
	size_t named = 0, below = 0;

	for (size_t i = 0; i < f->tags.nheaders; i++)
		named += slice_eq_nocase(f->tags.headers[i], f->field->name);
	for (size_t i = 0; i < c->chain->nfields; i++)
		below += c->chain->field[i].kind == ARC_AMS &&
			 c->chain->field[i].index > f->index;
	return named > below;
}

/* The body has no line end at its end, and is hashed as it is. */
bool
rule_no_line_end(const struct other_case *c, const struct sigfield *f)
{
	return f->tags.body_canon == CANON_SIMPLE && !f->tags.has_length &&
	       c->m->has_body && c->whole.len > 0 &&
	       c->whole.p[c->whole.len - 1] != '\n';
}

bool
rule_no_body(const struct other_case *c, const struct sigfield *f)
{
	(void)f;
	return c->chain->n > 0 && !c->m->has_body;
}
