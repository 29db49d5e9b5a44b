/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/base64.h"
#include "others/rules.h"

/* ------------------------------------------------------------------------
 * What a row is about: the key record. */

bool
rule_bare_key(const struct other_case *c, const struct sigfield *f)
{
	const struct sigresult *r = rule_result(c, f);

	return r->status == STATUS_PASS && r->key != NULL && r->key->key.bare;
}

/* The tags of the first record under the name. */
static bool
first_record(
    const struct other_case *c, const struct sigfield *f, struct taglist *list)
{
	const struct sigresult *r = rule_result(c, f);
	struct diag why;

	if (r->entry == NULL || r->entry->answer.ntxt == 0)
		return false;
	if (taglist_parse(
		r->entry->answer.txt[0].text, c->m->arena, list, &why) == 0)
		return true;
	return why.code == DIAG_MEMORY ? rule_memory(c) : false;
}

/* p= as octets. */
static enum base64_result
decode_p(const struct other_case *c, const struct taglist *list,
    struct slice *octets)
{
	enum base64_result result =
	    base64_decode(taglist_value(list, SLICE("p")), c->m->arena, octets);

	if (result == BASE64_MEMORY)
		rule_memory(c);
	return result;
}

/* The same, of a signature that verifies. */
static bool
good_record(
    const struct other_case *c, const struct sigfield *f, struct taglist *list)
{
	const struct sigresult *r = rule_result(c, f);

	return r->status == STATUS_PASS && r->key != NULL &&
	       first_record(c, f, list);
}

static bool
has(const struct taglist *list, const char *name)
{
	return taglist_find(list, slice_of(name)) != NULL;
}

/* The tag is one of these words, to the letter. */
static bool
is_word(
    const struct taglist *list, const char *name, const char *a, const char *b)
{
	struct slice v = taglist_value(list, slice_of(name));

	return slice_eq(v, slice_of(a)) || slice_eq(v, slice_of(b));
}

/* Between the colons of the tag is one of these words, to the letter. */
static bool
lists_word(
    const struct taglist *list, const char *name, const char *a, const char *b)
{
	struct slice rest = taglist_value(list, slice_of(name)), word;

	while (slice_cut(&rest, ':', &word))
		if (slice_eq(word, slice_of(a)) || slice_eq(word, slice_of(b)))
			return true;
	return false;
}

bool
rule_key_granularity(const struct other_case *c, const struct sigfield *f)
{
	struct taglist list;

	return good_record(c, f, &list) && has(&list, "g") &&
	       !is_word(&list, "g", "*", "*");
}

bool
rule_key_type_not_lower(const struct other_case *c, const struct sigfield *f)
{
	struct taglist list;

	return good_record(c, f, &list) && has(&list, "k") &&
	       !is_word(&list, "k", "rsa", "ed25519");
}

bool
rule_key_service_not_word(const struct other_case *c, const struct sigfield *f)
{
	struct taglist list;

	return good_record(c, f, &list) && has(&list, "s") &&
	       !is_word(&list, "s", "*", "email");
}

bool
rule_key_lists_not_plain(const struct other_case *c, const struct sigfield *f)
{
	struct taglist list;

	return good_record(c, f, &list) &&
	       ((has(&list, "s") && !lists_word(&list, "s", "*", "email")) ||
		   (has(&list, "h") &&
		       !lists_word(&list, "h", "sha256", "sha256")));
}

/* An Ed25519 key stands first, for an RSA signature. */
bool
rule_key_ed25519_for_rsa(const struct other_case *c, const struct sigfield *f)
{
	const struct sigresult *r = rule_result(c, f);
	struct taglist list;
	struct slice octets;

	return f->instance == c->chain->n &&
	       (r->status == STATUS_PASS || r->why.code == DIAG_KEY_TYPE ||
		   r->why.code == DIAG_KEY_WEAK_POINT) &&
	       slice_eq(rule_tag(f, "a"), SLICE("rsa-sha256")) &&
	       f->tags.signature.len != SIGNATURE_ED25519_SIZE &&
	       first_record(c, f, &list) &&
	       is_word(&list, "k", "ed25519", "ed25519") &&
	       decode_p(c, &list, &octets) == BASE64_OK &&
	       octets.len == KEY_ED25519_SIZE;
}

/* v= is not the first tag, or is not DKIM1. */
bool
rule_key_version(const struct other_case *c, const struct sigfield *f)
{
	struct taglist list;

	return first_record(c, f, &list) && has(&list, "v") &&
	       !(is_word(&list, "v", "DKIM1", "DKIM1") &&
		   slice_eq(list.tag[0].name, SLICE("v")));
}

bool
rule_key_not_base64(const struct other_case *c, const struct sigfield *f)
{
	struct taglist list;
	struct slice octets;

	return first_record(c, f, &list) && has(&list, "p") &&
	       decode_p(c, &list, &octets) == BASE64_INVALID;
}

/* The first record is no list of tags. */
bool
rule_key_no_list(const struct other_case *c, const struct sigfield *f)
{
	const struct sigresult *r = rule_result(c, f);
	struct taglist list;

	return r->entry != NULL && r->entry->answer.ntxt > 0 &&
	       !first_record(c, f, &list);
}

/* P=, but no p=. */
bool
rule_key_tag_case(const struct other_case *c, const struct sigfield *f)
{
	struct taglist list;

	return first_record(c, f, &list) && has(&list, "P") && !has(&list, "p");
}

bool
rule_several_records(const struct other_case *c, const struct sigfield *f)
{
	const struct sigresult *r = rule_result(c, f);

	return r->entry != NULL && r->entry->answer.ntxt > 1;
}

/* The key that verified is not the first record. */
bool
rule_not_first_record(const struct other_case *c, const struct sigfield *f)
{
	const struct sigresult *r = rule_result(c, f);

	return r->status == STATUS_PASS && r->key != NULL &&
	       r->entry->answer.ntxt > 1 &&
	       r->key->text != &r->entry->answer.txt[0];
}
