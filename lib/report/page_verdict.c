/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/escape.h"
#include "report/page_verdict.h"

static void
put_place(struct buf *b, const struct page *p)
{
	const struct diag *why = &p->report->verdict->why;

	if (why->instance > 0) {
		buf_printf(b, " at i=%u", why->instance);
		if (why->instance <= p->hops->n &&
		    p->hops->hop[why->instance].domain.len > 0) {
			buf_text(b, ", ");
			escape_text(b, p->hops->hop[why->instance].domain);
		}
	}
	if (why->field.len > 0)
		buf_printf(b, "%s%.*s", why->instance > 0 ? ", " : " at an ",
		    SLICE_ARG(why->field));
}

void
page_diag(struct buf *b, const struct report *r, const struct diag *why)
{
	const struct diag_info *info = diag_info(why->code);
	struct slice detail = diag_detail(why, r->verbose);

	buf_text(b, info->sentence);
	if (detail.len > 0)
		buf_printf(b, " (%.*s)", SLICE_ARG(detail));
	buf_printf(b, " [%s; %s]", info->word, info->clause);
}

static void
put_pass(struct buf *b, const struct verdict *v, unsigned n)
{
	buf_printf(
	    b, " The chain of %u ARC Set%s is valid.", n, n == 1 ? "" : "s");
	if (v->has_oldest_pass && v->oldest_pass > 1)
		buf_printf(b,
		    " The message is unchanged since i=%u sealed it "
		    "(oldest-pass=%u).",
		    v->oldest_pass, v->oldest_pass);
	else if (v->has_oldest_pass)
		buf_text(b,
		    " What the first hop signed is unchanged (oldest-pass=0).");
}

void
page_verdict(struct sheet *t, const struct page *p)
{
	const struct report *r = p->report;
	const struct verdict *v = r->verdict;
	const char *word = report_word(v), *sgr = "1;33";
	struct buf b = { .max = 0 };
	unsigned n = r->chain->n;

	if (v->cv == CV_NONE) {
		word = "none";
		buf_text(&b, " The message has no ARC fields.");
	} else if (v->cv == CV_MISSING) {
		word = "unverified";
		buf_printf(&b,
		    " %u ARC Set%s, complete; signatures not checked. Use "
		    "--verify (DNS) or --keys FILE to check them.",
		    n, n == 1 ? "" : "s");
	} else if (v->cv == CV_PASS) {
		sgr = "1;32";
		put_pass(&b, v, n);
	} else {
		sgr = v->temporary ? "1;33" : "1;31";
		buf_text(&b,
		    v->temporary
			? " Temporary error: the chain could not be verified"
			: " The chain breaks");
		put_place(&b, p);
		buf_text(&b, ": ");
		page_diag(&b, r, &v->why);
	}
	buf_char(t->b, '\n');
	sheet_colored(t, sgr, slice_of(word));
	buf_char(t->b, ':');
	sheet_wrap(t, slice_trim(buf_view(&b)), strlen(word) + 1, 0);
	t->failed |= b.failure != BUF_OK;
	buf_release(&b);
}
