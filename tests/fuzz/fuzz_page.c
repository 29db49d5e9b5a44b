/* SPDX-License-Identifier: BSD-2-Clause */
/* What arc-dump shows of a message, as text and as JSON.  Input: as
 * fuzz_verify.c has it; an empty record is arc-dump without keys. */
#include "mail.h"
#include "report/page.h"
#include "base/width.h"

static void
more(struct json *j, const void *page)
{
	page_json(j, page);
}

static void
check_columns(struct slice text)
{
	struct slice line;
	struct width w;

	width_init(&w);
	while (slice_cut(&text, '\n', &line))
		need(width_text(&w, line) <= 80);
	width_release(&w);
}

static void
check_pages(const struct page *page, struct report *r)
{
	struct buf b = { .max = 0 };
	struct diag why;

	need(page_chain(&b, page, &why) == 0 && b.failure == BUF_OK);
	need_inert(buf_view(&b));
	check_columns(buf_view(&b));
	for (unsigned i = 1; i <= r->chain->n && i <= 3; i++) {
		buf_clear(&b);
		need(page_set(&b, page, i, &why) == 0);
		need_inert(buf_view(&b));
	}
	buf_clear(&b);
	r->more = more;
	r->more_ctx = page;
	need(report_json(&b, r, &why) == 0);
	need_inert(buf_view(&b));
	need(slice_find(buf_view(&b), '\n') == b.len - 1);
	need_json(buf_view(&b));
	buf_release(&b);
}

/* Values parted by tabs: as many in each line as were asked for. */
static void
check_fields(const struct chain *c)
{
	struct buf b = { .max = 0 };
	struct slice rest, line;

	page_fields(&b, c, SLICE("i,d,bh,as.t,aar,time"), 0);
	rest = buf_view(&b);
	while (slice_cut(&rest, '\n', &line) && rest.p != NULL) {
		size_t tabs = 0;

		for (size_t i = 0; i < line.len; i++)
			tabs += line.p[i] == '\t';
		need(tabs == 5);
	}
	for (size_t i = 0; i < b.len; i++)
		if (b.p[i] == '\t')
			b.p[i] = ' ';
	need_inert(buf_view(&b));
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice octets = { (const char *)p, n }, record;
	struct mail w;

	if (!slice_cut(&octets, '\xff', &record) || octets.p == NULL)
		return 0;
	struct keystore *keys = record.len > 0 ? mail_keys(record) : NULL;

	if (mail_judge(&w, octets, keys, true)) {
		struct page page = { .report = &w.report,
			.hops = &w.hops,
			.keys = keys != NULL,
			.remarks = true };

		need(lint_style(
			 w.m, w.body, &w.chain, &w.verdict, &w.remarks) == 0);
		if (keys != NULL)
			mail_explain(&w);
		mail_hops(&w);
		check_pages(&page, &w.report);
		check_fields(&w.chain);
		mail_close(&w);
	}
	keystore_free(keys);
	return 0;
}
