/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "mail/authres.h"
#include "base/json.h"
#include "report/member.h"
#include "report/report.h"

/* What readers of the lines look at before anything else. */
enum {
	SCHEMA = 1
};

static void
put_status(struct json *j, const struct sigresult *p)
{
	member_word(j, "status", status_word(p->status));
	if (p->status == STATUS_FAIL)
		member_word(j, "code", diag_info(p->why.code)->word);
	else
		json_null(j, "code");
}

static void
put_signed(struct json *j, const struct sigtags *s, const struct sigresult *p)
{
	put_status(j, p);
	member_text(j, "domain", s->domain);
	member_text(j, "selector", s->selector);
	member_text(j, "algorithm", s->algorithm);
	member_number(j, "time", s->has_time, s->time);
}

static void
put_ams(struct json *j, const struct sigfield *f, const struct sigresult *p)
{
	const struct sigtags *s = &f->tags;

	json_object_open(j, "ams");
	put_signed(j, s, p);
	member_number(j, "expires", s->has_expires, s->expires);
	member_canon(j, s);
	member_headers(j, s);
	member_text(j, "body_hash", s->bh_text);
	member_key(j, p);
	json_object_close(j);
}

static void
put_seal(struct json *j, const struct sigfield *f, const struct sigresult *p)
{
	json_object_open(j, "seal");
	put_signed(j, &f->tags, p);
	member_text(j, "cv", f->tags.cv_text);
	member_key(j, p);
	json_object_close(j);
}

static int
put_aar(struct json *j, const struct sigfield *f, struct diag *why)
{
	/* Fifty of them may be large: none outlives its own member. */
	struct arena *arena = arena_new();
	struct authres a;
	int result = arena == NULL ? diag_memory(why)
				   : authres_parse(f->payload, arena, &a, why);

	if (result == 0) {
		json_object_open(j, "aar");
		member_text(j, "authserv_id", a.authserv_id);
		member_text(j, "payload", slice_trim(f->payload));
		member_results(j, &a);
		json_object_close(j);
	}
	arena_free(arena);
	return result;
}

static int
put_set(struct json *j, const struct report *r, unsigned i, struct diag *why)
{
	const struct arc_set *s = &r->chain->set[i];

	json_object_open(j, NULL);
	json_number(j, "instance", i);
	if (s->part[ARC_AAR] == NULL)
		json_null(j, "aar");
	else if (put_aar(j, s->part[ARC_AAR], why) != 0)
		return -1;
	if (s->part[ARC_AMS] != NULL)
		put_ams(j, s->part[ARC_AMS], &r->verdict->ams[i]);
	else
		json_null(j, "ams");
	if (s->part[ARC_SEAL] != NULL)
		put_seal(j, s->part[ARC_SEAL], &r->verdict->seal[i]);
	else
		json_null(j, "seal");
	json_object_close(j);
	return 0;
}

static int
put_sets(struct json *j, const struct report *r, struct diag *why)
{
	json_array_open(j, "sets");
	for (unsigned i = 1; i <= r->chain->n; i++) {
		if (r->set != 0 && r->set != i)
			continue;
		if (put_set(j, r, i, why) != 0)
			return -1;
		if (r->spill != NULL)
			r->spill(r->spill_ctx);
	}
	json_array_close(j);
	return 0;
}

static void
put_remarks(struct json *j, const struct remarks *remarks)
{
	json_array_open(j, "lint");
	for (size_t i = 0; i < remarks->n; i++) {
		const struct remark *m = &remarks->remark[i];
		const struct lint_info *info = lint_info(m->code);

		json_object_open(j, NULL);
		member_word(j, "code", info->word);
		member_number(j, "instance", m->instance > 0, m->instance);
		member_text(j, "field", m->field);
		member_word(j, "text", info->sentence);
		member_word(j, "detail", m->detail);
		member_word(j, "clause", info->clause);
		json_object_close(j);
	}
	json_array_close(j);
}

static void
put_head(struct json *j, const char *file)
{
	json_object_open(j, NULL);
	json_number(j, "schema", SCHEMA);
	member_word(j, "file", file);
}

int
report_json(struct buf *b, const struct report *r, struct diag *why)
{
	const struct verdict *v = r->verdict;
	enum cv cv = r->without_arc ? CV_MISSING : v->cv;
	struct json j;

	json_init(&j, b);
	put_head(&j, r->file);
	if (cv != CV_MISSING)
		member_word(&j, "arc", cv_word(cv));
	else
		json_null(&j, "arc");
	json_bool(&j, "temporary", v->temporary && !r->without_arc);
	json_number(&j, "instances", r->chain->n);
	member_number(&j, "oldest_pass", cv == CV_PASS && v->has_oldest_pass,
	    v->oldest_pass);
	if (cv == CV_FAIL) {
		member_word(&j, "code", diag_info(v->why.code)->word);
		member_number(
		    &j, "instance", v->why.instance > 0, v->why.instance);
		member_detail(&j, "detail", &v->why);
	} else {
		json_null(&j, "code");
		json_null(&j, "instance");
		json_null(&j, "detail");
	}
	if (r->without_arc)
		json_null(&j, "sets");
	else if (put_sets(&j, r, why) != 0)
		return -1;
	if (r->dkim != NULL)
		report_dkim_json(&j, r->dkim);
	report_domains_json(&j, r);
	if (report_why_json(&j, r) != 0)
		return diag_memory(why);
	put_remarks(&j, r->remarks);
	if (r->trusted != NULL)
		report_trust_json(&j, r);
	report_others_json(&j, r);
	if (r->more != NULL)
		r->more(&j, r->more_ctx);
	json_object_close(&j);
	buf_char(b, '\n');
	return b->failure == BUF_OK ? 0 : diag_memory(why);
}

void
report_json_trouble(struct buf *b, const char *file, const struct diag *why)
{
	struct json j;

	json_init(&j, b);
	put_head(&j, file);
	json_null(&j, "arc");
	json_object_open(&j, "error");
	member_word(&j, "code", diag_info(why->code)->word);
	member_detail(&j, "text", why);
	json_number(&j, "exit", diag_info(why->code)->exit);
	json_object_close(&j);
	json_object_close(&j);
	buf_char(b, '\n');
}
