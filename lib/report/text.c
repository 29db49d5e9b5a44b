/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/escape.h"
#include "report/line.h"
#include "report/report.h"

const char *
report_word(const struct verdict *v)
{
	return v->temporary ? "tempfail" : cv_word(v->cv);
}

/* " i=2 ARC-Seal d=example.org s=sel:", of which any part may be missing. */
static void
put_place(struct buf *b, const struct chain *c, const struct diag *why)
{
	const struct sigfield *f = chain_find(c, why->at);

	if (why->instance > 0)
		buf_printf(b, " i=%u", why->instance);
	if (why->field.len > 0)
		buf_char(b, ' ');
	buf_slice(b, why->field);
	if (f != NULL && f->instance > 0) {
		line_pair(b, " d=", f->tags.domain);
		line_pair(b, " s=", f->tags.selector);
	}
	if (why->instance > 0 || why->field.len > 0)
		buf_char(b, ':');
}

void
report_line(struct buf *b, const struct report *r)
{
	const struct verdict *v = r->verdict;
	const struct chain *c = r->chain;

	line_begin(b, r, "", report_word(v));
	if (v->cv == CV_FAIL) {
		buf_char(b, ' ');
		put_place(b, c, &v->why);
		line_reason(b, r, &v->why);
	} else if (v->cv == CV_PASS) {
		buf_printf(b, "  i=%u ", c->n);
		for (unsigned i = c->n; i >= 1; i--) {
			if (i < c->n)
				buf_text(b, " < ");
			escape_text(b, c->set[i].part[ARC_SEAL]->tags.domain);
		}
		if (v->has_oldest_pass)
			buf_printf(b, "  oldest-pass=%u", v->oldest_pass);
	}
	buf_char(b, '\n');
}

static void
put_part(struct buf *b, const struct report *r, const char *name,
    const struct sigfield *f, const struct sigresult *p)
{
	buf_printf(b, "  %-4s %s", name, status_word(p->status));
	line_pair(b, "  d=", f->tags.domain);
	line_pair(b, " s=", f->tags.selector);
	line_pair(b, " a=", f->tags.algorithm);
	if (p->key != NULL && p->key->why.code == DIAG_NONE)
		buf_printf(b, "  %u-bit key%s", p->key->key.bits,
		    p->entry->answer.secure ? ", secure" : "");
	if (p->status == STATUS_FAIL) {
		buf_char(b, ':');
		line_reason(b, r, &p->why);
	}
	buf_char(b, '\n');
}

void
report_details(struct buf *b, const struct report *r)
{
	const struct chain *c = r->chain;

	buf_printf(b, "  decided at RFC 8617 section 5.2, step %u\n",
	    r->verdict->step);
	for (unsigned i = c->n; i >= 1; i--) {
		const struct sigfield *ams = c->set[i].part[ARC_AMS];
		const struct sigfield *seal = c->set[i].part[ARC_SEAL];

		buf_printf(b, "  i=%u\n", i);
		if (ams != NULL)
			put_part(b, r, "  AMS", ams, &r->verdict->ams[i]);
		if (seal != NULL)
			put_part(b, r, "  AS", seal, &r->verdict->seal[i]);
	}
	for (size_t i = 0; i < r->remarks->n; i++) {
		const struct remark *m = &r->remarks->remark[i];
		const struct lint_info *info = lint_info(m->code);

		buf_text(b, "  note:");
		if (m->instance > 0)
			buf_printf(b, " i=%u", m->instance);
		if (m->field.len > 0)
			buf_printf(b, " %.*s:", SLICE_ARG(m->field));
		buf_printf(b, " %s", info->sentence);
		if (m->detail[0] != '\0')
			buf_printf(b, " (%s)", m->detail);
		buf_printf(b, "  [%s]\n", info->word);
	}
}
