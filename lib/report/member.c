/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "report/member.h"

/* A slice that is not there is null. */
void
member_text(struct json *j, const char *key, struct slice s)
{
	if (s.p == NULL)
		json_null(j, key);
	else
		json_string(j, key, s);
}

void
member_word(struct json *j, const char *key, const char *word)
{
	json_string(j, key, slice_of(word));
}

void
member_number(struct json *j, const char *key, bool has, uint64_t value)
{
	if (has)
		json_number(j, key, (int64_t)value);
	else
		json_null(j, key);
}

void
member_sentence(struct buf *b, const struct diag *why)
{
	buf_text(b, diag_info(why->code)->sentence);
	if (why->detail[0] != '\0')
		buf_printf(b, " (%s)", why->detail);
}

void
member_detail(struct json *j, const char *key, const struct diag *why)
{
	struct buf b = { .max = 0 };

	member_sentence(&b, why);
	json_string(j, key, buf_view(&b));
	buf_fail_with(j->out, &b);
	buf_release(&b);
}

void
member_key(struct json *j, const struct sigresult *p)
{
	bool usable = p->key != NULL && p->key->why.code == DIAG_NONE;

	if (p->entry == NULL) {
		json_null(j, "key");
		return;
	}
	json_object_open(j, "key");
	json_string(j, "name", p->entry->name);
	member_number(j, "bits", usable, usable ? p->key->key.bits : 0);
	if (usable)
		member_word(j, "type", key_type_word(p->key->key.type));
	else
		json_null(j, "type");
	member_word(
	    j, "dnssec", p->entry->answer.secure ? "secure" : "unsigned");
	json_object_close(j);
}

void
member_canon(struct json *j, const struct sigtags *s)
{
	char canon[32];

	snprintf(canon, sizeof canon, "%s/%s", canon_word(s->header_canon),
	    canon_word(s->body_canon));
	member_word(j, "canonicalization", canon);
}

void
member_headers(struct json *j, const struct sigtags *s)
{
	json_array_open(j, "headers");
	for (size_t i = 0; i < s->nheaders; i++)
		json_string(j, NULL, s->headers[i]);
	json_array_close(j);
}

/* A property; one that stands there twice is told once, as a key must be. */
static void
put_property(struct json *j, const struct authres_result *r, size_t k)
{
	for (size_t i = 0; i < k; i++)
		if (slice_eq_nocase(r->property[i].name, r->property[k].name))
			return;
	json_member(j, r->property[k].name, r->property[k].value);
}

void
member_results(struct json *j, const struct authres *a)
{
	json_array_open(j, "results");
	for (size_t i = 0; i < a->nresults; i++) {
		const struct authres_result *r = &a->result[i];

		json_object_open(j, NULL);
		json_string(j, "method", r->method);
		json_string(j, "result", r->result);
		member_text(j, "reason", r->reason);
		json_object_open(j, "properties");
		for (size_t k = 0; k < r->nproperties; k++)
			put_property(j, r, k);
		json_object_close(j);
		json_object_close(j);
	}
	json_array_close(j);
}
