/* SPDX-License-Identifier: BSD-2-Clause */
#include "others/fieldreading.h"
#include "others/rules.h"

/* ------------------------------------------------------------------------
 * What a row is about: fields that cannot be read here. */

static bool
has_octet(struct slice s, char c)
{
	return slice_find(s, c) < s.len;
}

static bool
bad_list(const struct sigfield *f)
{
	return f->kind != ARC_AAR && f->problem.code == DIAG_FIELD_SYNTAX;
}

/* A byte that stands in no tag list. */
bool
rule_bad_byte(const struct other_case *c, const struct sigfield *f)
{
	struct diag why;

	(void)c;
	return bad_list(f) && taglist_octets(f->field->value, &why) != 0;
}

/* What the fault is about, of a list with good bytes. */
static struct slice
fault(const struct other_case *c, const struct sigfield *f)
{
	return bad_list(f) && !rule_bad_byte(c, f) ? f->problem.where
						   : SLICE_NONE;
}

bool
rule_empty_element(const struct other_case *c, const struct sigfield *f)
{
	struct slice s = fault(c, f);

	return s.p != NULL && slice_trim(s).len == 0;
}

bool
rule_bad_name(const struct other_case *c, const struct sigfield *f)
{
	return has_octet(fault(c, f), '=');
}

bool
rule_tag_twice(const struct other_case *c, const struct sigfield *f)
{
	struct slice s = fault(c, f);

	return s.len > 0 && taglist_find(&f->list, s) != NULL;
}

/* A comment where none may stand is what the chain fails for. */
bool
rule_comment(const struct other_case *c, const struct sigfield *f)
{
	return f->kind != ARC_AAR && has_octet(c->verdict->why.where, '(');
}

/* A tag that is missing is there in capitals. */
bool
rule_tag_in_capitals(const struct other_case *c, const struct sigfield *f)
{
	enum diag_code code = c->verdict->why.code;

	if (f->kind == ARC_AAR ||
	    (code != DIAG_TAG_MISSING && code != DIAG_INSTANCE_SYNTAX))
		return false;
	for (size_t i = 0; i < f->list.n; i++)
		for (size_t k = 0; k < f->list.tag[i].name.len; k++)
			if (f->list.tag[i].name.p[k] !=
			    ascii_lower(f->list.tag[i].name.p[k]))
				return true;
	return false;
}

/* The tag is what the chain fails for. */
static bool
is_about(const struct other_case *c, const struct sigfield *f, const char *name)
{
	struct slice where = c->verdict->why.where;

	return where.p != NULL && where.p == rule_tag(f, name).p;
}

bool
rule_fault_in_b(const struct other_case *c, const struct sigfield *f)
{
	return is_about(c, f, "b");
}

bool
rule_fault_in_l(const struct other_case *c, const struct sigfield *f)
{
	return is_about(c, f, "l");
}

bool
rule_canon_spaced(const struct other_case *c, const struct sigfield *f)
{
	return is_about(c, f, "c") && has_octet(rule_tag(f, "c"), ' ');
}

/* ------------------------------------------------------------------------
 * Instances. */

/* The instance that c->who finds in a field that has none here. */
static unsigned
found_instance(const struct other_case *c, const struct sigfield *f)
{
	struct diag why;
	unsigned n;

	if (f->instance > 0)
		return CHAIN_MAX + 1;
	if (fieldreading_instance(c, f, &n, &why) != 0) {
		rule_memory(c);
		return CHAIN_MAX + 1;
	}
	return n;
}

bool
rule_aar_elsewhere(const struct other_case *c, const struct sigfield *f)
{
	unsigned n = found_instance(c, f);

	return f->kind == ARC_AAR && n > 0 && n <= CHAIN_MAX;
}

bool
rule_instance_digits(const struct other_case *c, const struct sigfield *f)
{
	unsigned n = found_instance(c, f);

	return f->kind != ARC_AAR && f->problem.code == DIAG_INSTANCE_SYNTAX &&
	       n > 0 && n <= CHAIN_MAX;
}

bool
rule_no_instance(const struct other_case *c, const struct sigfield *f)
{
	return found_instance(c, f) == 0;
}

/* No instance, and above all others of its kind. */
bool
rule_no_instance_on_top(const struct other_case *c, const struct sigfield *f)
{
	for (size_t i = 0; i < c->chain->nfields; i++)
		if (c->chain->field[i].kind == f->kind)
			return &c->chain->field[i] == f &&
			       rule_no_instance(c, f);
	return false;
}

/* ------------------------------------------------------------------------
 * Fields that Mail::DKIM forgets. */

/* A seal would find f instead of the field of that instance below it. */
static bool
hides_another(const struct other_case *c, const struct sigfield *f)
{
	unsigned n = fieldreading_last_instance(f->field->value);

	for (size_t i = 0; i < c->chain->nfields; i++) {
		const struct sigfield *a = &c->chain->field[i];

		if (a->kind == f->kind && a->index > f->index &&
		    a->instance == n && n > 0 &&
		    (f->kind == ARC_AMS || n < c->chain->n))
			return true;
	}
	return false;
}

/* An element between semicolons has no "=". */
bool
rule_no_list(const struct other_case *c, const struct sigfield *f)
{
	struct slice text = f->field->value, part;

	if (!bad_list(f) || hides_another(c, f))
		return false;
	while (slice_cut(&text, ';', &part))
		if (slice_trim(part).len > 0 && !has_octet(part, '='))
			return true;
	return false;
}

/* Another signature is left. */
static bool
is_not_alone(const struct other_case *c, const struct sigfield *f)
{
	for (size_t i = 0; i < c->chain->nfields; i++) {
		const struct sigfield *a = &c->chain->field[i];

		if (a != f && a->kind != ARC_AAR && a->instance > 0)
			return true;
	}
	return false;
}

/* An AAR without an instance, but not with "i=0", which is one twice. */
bool
rule_aar_no_instance(const struct other_case *c, const struct sigfield *f)
{
	struct slice v = slice_trim(f->field->value);

	return f->kind == ARC_AAR && f->instance == 0 &&
	       !rule_aar_elsewhere(c, f) &&
	       !(slice_starts(v, SLICE("i=0")) && is_not_alone(c, f));
}

bool
rule_rejected(const struct other_case *c, const struct sigfield *f)
{
	const struct sigfield *a = fieldreading_rejected(c, f);
	enum diag_code code = c->verdict->why.code;

	return (code == DIAG_INSTANCE_SYNTAX || code == DIAG_FIELD_TWICE) &&
	       a != NULL && is_not_alone(c, a) && !hides_another(c, a);
}
