/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

/* Results of DKIM as lines and as JSON. */
#include <inttypes.h>

#include "base/escape.h"
#include "report/line.h"
#include "report/member.h"
#include "report/report.h"

static bool
is_testing(const struct dkim_signature *s)
{
	const struct keyrecord *k = s->check.key;

	return k != NULL && k->why.code == DIAG_NONE && k->key.testing;
}

/* What is to be known of a signature that passes, in words; or nothing. */
static void
put_caveat(struct buf *b, const struct dkim_signature *s)
{
	uint64_t open = dkim_not_covered(s);

	if (open > 0)
		buf_printf(b,
		    "%" PRIu64 " of %" PRIu64 " bytes of the body are not "
		    "covered (l=%" PRIu64 ")",
		    open, s->check.body_length, s->check.body_signed);
	if (is_testing(s))
		buf_printf(b, "%sthe domain is testing DKIM (t=y)",
		    open > 0 ? "; " : "");
}

static void
put_signature(
    struct buf *b, const struct report *r, const struct dkim_signature *s)
{
	const struct sigtags *t = &s->field.tags;
	struct buf caveat = { .max = 0 };
	size_t before = b->len;

	line_pair(b, "  d=", t->domain);
	line_pair(b, b->len > before ? " s=" : "  s=", t->selector);
	line_pair(b, b->len > before ? " a=" : "  a=", t->algorithm);
	line_pair(b, b->len > before ? " i=" : "  i=", t->identity);
	if (s->check.status == STATUS_FAIL) {
		buf_char(b, b->len > before ? ':' : ' ');
		line_reason(b, r, &s->check.why);
		return;
	}
	put_caveat(&caveat, s);
	if (caveat.len > 0) {
		buf_text(b, "  (");
		buf_slice(b, buf_view(&caveat));
		buf_char(b, ')');
	}
	buf_fail_with(b, &caveat);
	buf_release(&caveat);
}

static void
begin(struct buf *b, const struct report *r, enum auth_method method,
    enum auth_result result)
{
	char name[16];

	snprintf(name, sizeof name, "%s=", auth_method_word(method));
	line_begin(b, r, name, auth_result_word(result));
}

void
report_methods(struct buf *b, const struct report *r)
{
	const struct dkim *d = r->dkim;

	if (d != NULL && d->n == 0) {
		begin(b, r, METHOD_DKIM, RESULT_NONE);
		buf_char(b, '\n');
	}
	for (size_t i = 0; d != NULL && i < d->n; i++) {
		begin(b, r, METHOD_DKIM, d->signature[i].result);
		put_signature(b, r, &d->signature[i]);
		buf_char(b, '\n');
	}
	if (r->spf != NULL) {
		begin(b, r, METHOD_SPF, r->spf->result);
		report_spf_line(b, r);
		buf_char(b, '\n');
	}
	if (r->dmarc != NULL) {
		begin(b, r, METHOD_DMARC, r->dmarc->result);
		report_dmarc_line(b, r);
		buf_char(b, '\n');
	}
}

/* What a result is owed to; NULL for none. */
static const struct diag *
reason_of(const struct diag *why)
{
	return why->code != DIAG_NONE ? why : NULL;
}

enum auth_result
report_result(
    const struct report *r, enum auth_method method, const struct diag **why)
{
	const struct verdict *v = r->verdict;

	if (method == METHOD_SPF && r->spf != NULL) {
		if (why != NULL)
			*why = reason_of(&r->spf->why);
		return r->spf->result;
	}
	if (method == METHOD_DMARC && r->dmarc != NULL) {
		if (why != NULL)
			*why = reason_of(&r->dmarc->why);
		return r->dmarc->result;
	}
	if (method == METHOD_DKIM && r->dkim != NULL) {
		if (why != NULL)
			*why = r->dkim->why;
		return r->dkim->result;
	}
	if (why != NULL)
		*why = v->cv == CV_FAIL ? &v->why : NULL;
	return v->temporary	  ? RESULT_TEMPFAIL
	       : v->cv == CV_PASS ? RESULT_PASS
	       : v->cv == CV_FAIL ? RESULT_FAIL
				  : RESULT_NONE;
}

/* ------------------------------------------------------------------------
 * JSON. */

static void
put_detail(struct json *j, const struct dkim_signature *s)
{
	struct buf caveat = { .max = 0 };

	if (s->check.status == STATUS_FAIL) {
		member_word(j, "code", diag_info(s->check.why.code)->word);
		member_detail(j, "detail", &s->check.why);
		return;
	}
	json_null(j, "code");
	put_caveat(&caveat, s);
	if (caveat.len > 0)
		json_string(j, "detail", buf_view(&caveat));
	else
		json_null(j, "detail");
	buf_fail_with(j->out, &caveat);
	buf_release(&caveat);
}

void
report_dkim_json(struct json *j, const struct dkim *d)
{
	json_array_open(j, "dkim");
	for (size_t i = 0; i < d->n; i++) {
		const struct dkim_signature *s = &d->signature[i];
		const struct sigtags *t = &s->field.tags;

		json_object_open(j, NULL);
		json_number(j, "index", (int64_t)i + 1);
		member_text(j, "domain", t->domain);
		member_text(j, "selector", t->selector);
		member_text(j, "identity", t->identity);
		member_text(j, "algorithm", t->algorithm);
		member_canon(j, t);
		member_number(j, "time", t->has_time, t->time);
		member_number(j, "expires", t->has_expires, t->expires);
		member_headers(j, t);
		member_text(j, "body_hash", t->bh_text);
		if (s->check.status == STATUS_UNCHECKED)
			json_null(j, "result"); /* for want of keys */
		else
			member_word(j, "result", auth_result_word(s->result));
		put_detail(j, s);
		member_key(j, &s->check);
		json_object_close(j);
	}
	json_array_close(j);
}
