/* SPDX-License-Identifier: BSD-2-Clause */
/* DKIM-Signatures and all that is told of them.  Input: a key record, published
 * at every name, an octet 0xFF, and a message.  Results go with their reasons;
 * text, JSON, Authentication-Results and the page are inert. */
#include "dkim/dkim.h"
#include "mail.h"
#include "report/page.h"

static void
check_one(const struct dkim_signature *s)
{
	enum status status = s->check.status;

	need((status == STATUS_PASS) == (s->result == RESULT_PASS));
	need((status == STATUS_FAIL) == (s->check.why.code != DIAG_NONE) ||
	     status == STATUS_PASS);
	need(auth_method_has(METHOD_DKIM, s->result));
	need(s->result != RESULT_NONE);
	if (status != STATUS_PASS)
		return;
	need(s->field.problem.code == DIAG_NONE && s->check.body_fits);
	need(s->check.body_signed <= s->check.body_length);
	need(s->check.key != NULL && s->field.tags.nheaders > 0);
}

/* One field: every line but the first begins with a tab. */
static void
need_one_field(struct slice s)
{
	for (size_t i = 0; i + 1 < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		need(c == '\n' ? s.p[i + 1] == '\t'
			       : (c >= ' ' && c < 0x7f) || c == '\t');
	}
	need(s.len > 0 && s.p[s.len - 1] == '\n');
}

static void
check_reports(struct mail *w, const struct dkim *d)
{
	struct report r = w->report;
	struct page page = { .report = &r, .hops = &w->hops, .dkim = d };
	struct buf b = { .max = 0 };
	struct diag why;

	r.dkim = d;
	report_methods(&b, &r);
	need_inert(buf_view(&b));
	buf_clear(&b);
	need(report_json(&b, &r, &why) == 0);
	need_inert(buf_view(&b));
	need_json(buf_view(&b));
	buf_clear(&b);
	report_ar(&b, &r, SLICE("id.example"), "\n");
	need_one_field(buf_view(&b));
	buf_clear(&b);
	need(page_chain(&b, &page, &why) == 0);
	need_inert(buf_view(&b));
	need(b.failure == BUF_OK);
	buf_release(&b);
	need(lint_dkim(w->m, d, MAIL_NOW, true, &w->remarks) == 0);
}

static void
judge(struct mail *w)
{
	struct sigcheck check;
	struct message *m;
	struct input in;
	struct dkim d;
	struct diag why;

	input_from_memory(&in, w->octets);
	need(message_read(&in, &limits_usual, &m, &why) == 0);
	sigcheck_init(&check, m, &in, w->keys, &w->options.sig);
	need(dkim_begin(&d, &check, &why) == 0);
	need(dkim_end(&d, &check, &why) == 0);
	need((d.n == 0) == (d.result == RESULT_NONE));
	for (size_t i = 0; i < d.n; i++) {
		check_one(&d.signature[i]);
		need(auth_result_rank(d.signature[i].result) <=
		     auth_result_rank(d.result));
	}
	check_reports(w, &d);
	message_free(m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice octets = { (const char *)p, n }, record;
	struct mail w;

	if (!slice_cut(&octets, '\xff', &record) || octets.p == NULL)
		return 0;
	struct keystore *keys = mail_keys(record);

	if (mail_judge(&w, octets, keys, true)) {
		mail_hops(&w);
		judge(&w);
		mail_close(&w);
	}
	keystore_free(keys);
	return 0;
}
