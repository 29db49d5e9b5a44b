/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/json.h"
#include "report/report.h"
#include "report/why_story.h"

enum {
	MAX_JSON = 2000, /* octets of one change */
};

static void
put_octets(struct json *j, const char *key, struct slice s)
{
	if (s.p == NULL)
		json_null(j, key);
	else
		json_string(j, key, slice_sub(s, 0, MAX_JSON));
}

static void
put_changes(struct json *j, const struct finding *f)
{
	json_array_open(j, "changes");
	for (size_t k = 0; k < f->nchanges; k++) {
		const struct change *c = &f->change[k];

		json_object_open(j, NULL);
		if (c->name.len > 0)
			json_string(j, "field", c->name);
		else
			json_null(j, "field");
		put_octets(j, "received", c->is);
		put_octets(j, "signed", c->was);
		if (c->name.len == 0 && !c->inner)
			json_number(j, "offset", (int64_t)c->from);
		json_object_close(j);
	}
	json_array_close(j);
}

static void
put_input_json(struct json *j, const struct input_diff *d)
{
	if (d->hashed.p == NULL || d->standard.p == NULL) {
		json_null(j, "input");
		return;
	}
	json_object_open(j, "input");
	json_number(j, "offset", (int64_t)d->offset);
	put_octets(j, "standard", d->standard);
	put_octets(j, "hashed", d->hashed);
	json_object_close(j);
}

static void
put_count(struct json *j, const char *key, unsigned n)
{
	if (n > 0)
		json_number(j, key, n);
	else
		json_null(j, key);
}

static void
put_who(struct json *j, enum cause_id cause, struct slice domain,
    unsigned after, unsigned before, enum finding_certainty who)
{
	enum cause_role role = cause_info(cause)->role;

	json_object_open(j, "who");
	json_string(j, "role", slice_of(cause_role_word(role)));
	if (domain.len > 0)
		json_string(j, "domain", domain);
	else
		json_null(j, "domain");
	put_count(j, "after", role == ROLE_MODIFIER ? after : 0);
	put_count(j, "before", role == ROLE_MODIFIER ? before : 0);
	json_string(j, "certainty", slice_of(finding_certainty_word(who)));
	json_object_close(j);
}

static void
put_twins(struct json *j, const struct finding *f)
{
	json_array_open(j, "alternatives");
	for (size_t k = 0; k < f->ntwins; k++) {
		const struct twin *t = &f->twin[k];

		json_object_open(j, NULL);
		json_string(j, "cause", slice_of(cause_info(t->cause)->id));
		json_string(
		    j, "text", slice_of(cause_info(t->cause)->sentence));
		put_who(j, t->cause, t->domain, t->after, t->before, WHO_OPEN);
		json_object_close(j);
	}
	json_array_close(j);
}

static void
put_reason(struct json *j, const struct finding *f)
{
	struct buf text = { .max = 0 }, fix = { .max = 0 };

	report_fix(&fix, f);
	buf_text(&text, cause_info(f->cause)->sentence);
	if (f->detail[0] != '\0')
		buf_printf(&text, " (%s)", f->detail);
	json_object_open(j, NULL);
	json_string(j, "cause", slice_of(cause_info(f->cause)->id));
	json_string(j, "level", slice_of(cause_level_word(f->level)));
	put_count(j, "instance", f->instance);
	put_count(j, "signature", f->signature);
	json_string(j, "field", slice_of(finding_aspect_word(f)));
	json_string(j, "text", buf_view(&text));
	put_who(j, f->cause, f->domain, f->after, f->before, f->who);
	json_object_open(j, "evidence");
	json_string(j, "clause", slice_of(cause_info(f->cause)->clause));
	json_string(j, "fix", buf_view(&fix));
	put_changes(j, f);
	put_input_json(j, &f->input);
	json_object_close(j);
	put_twins(j, f);
	json_number(j, "tried", (int64_t)f->tried);
	json_object_close(j);
	if (text.failure != BUF_OK || fix.failure != BUF_OK)
		j->out->failure =
		    text.failure != BUF_OK ? text.failure : fix.failure;
	buf_release(&text);
	buf_release(&fix);
}

int
report_why_json(struct json *j, const struct report *r)
{
	const struct explanation *e = r->why;
	struct buf b = { .max = 0 };
	int failed;

	json_array_open(j, "why");
	for (size_t k = 0; e != NULL && k < e->n; k++)
		if (!e->finding[k].other)
			put_reason(j, &e->finding[k]);
	json_array_close(j);
	if (e != NULL)
		report_summary(&b, r, "");
	struct slice text = slice_trim(buf_view(&b));

	if (text.len > 0)
		json_string(j, "summary", text);
	else
		json_null(j, "summary");
	failed = b.failure != BUF_OK;
	buf_release(&b);
	return failed ? -1 : 0;
}
