/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/escape.h"
#include "base/moment.h"
#include "report/html_auth.h"
#include "report/page_auth.h"

enum {
	MAX_TEXT = 800, /* octets of one */
};

/* Text that is inert already. */
static void
put_inert(struct buf *b, struct buf *text)
{
	struct slice s = slice_trim(buf_view(text));
	struct slice shown = slice_sub(s, 0, MAX_TEXT);

	/* No character is cut in two. */
	while (shown.len > 0 && shown.len < s.len &&
	       ((unsigned char)s.p[shown.len] & 0xc0) == 0x80)
		shown.len--;
	for (size_t i = 0; i < shown.len; i++)
		escape_markup_char(b, shown.p[i]);
	if (s.len > MAX_TEXT)
		buf_printf(b, "... (%zu bytes)", s.len);
	buf_fail_with(b, text);
}

static void
put_signature(struct buf *b, const struct page *p, size_t i)
{
	const struct dkim_signature *s = &p->dkim->signature[i];
	const struct sigtags *tags = &s->field.tags;
	const char *state = page_auth_state(s);
	char date[MOMENT_TEXT] = "-";
	struct buf text = { .max = 0 };

	if (tags->has_time)
		moment_text((int64_t)tags->time, date);
	buf_printf(b,
	    "<tr><td data-of=\"#\" class=\"short\">%zu</td>"
	    "<td data-of=\"signed by\" class=\"name\">",
	    i + 1);
	escape_markup(b, tags->domain.len > 0 ? slice_sub(tags->domain, 0, 255)
					      : SLICE("-"));
	buf_printf(b,
	    "</td><td data-of=\"at (UTC)\" class=\"short\">%s</td>"
	    "<td data-of=\"result\" class=\"short %s\">%s</td>"
	    "<td data-of=\"details\">",
	    date,
	    strcmp(state, "pass") == 0 ? "pass"
	    : strcmp(state, "?") == 0  ? "other"
				       : "fail",
	    state);
	page_auth_signature(&text, p, i);
	put_inert(b, &text);
	buf_release(&text);
	buf_text(b, "</td></tr>\n");
}

static void
put_signatures(struct buf *b, const struct page *p)
{
	size_t n = p->dkim->n, all = n + p->dkim->more;

	if (n == 0)
		return;
	buf_text(b, "<h2>DKIM-Signatures, the newest one on top</h2>\n"
		    "<table>\n<tr><th>#<th>signed by"
		    "<th>at (UTC)<th>result<th>details</tr>\n");
	for (size_t i = 0; i < n && i < PAGE_AUTH_MOST; i++)
		put_signature(b, p, i);
	buf_text(b, "</table>\n");
	if (all > PAGE_AUTH_MOST)
		buf_printf(b, "<p>and %zu more</p>\n", all - PAGE_AUTH_MOST);
}

static void
put_title(void *ctx, const char *title)
{
	buf_printf(ctx, "<h2>%s</h2>\n<ul>\n", title);
}

static void
put_item(void *ctx, struct buf *text)
{
	buf_text(ctx, "<li>");
	put_inert(ctx, text);
	buf_text(ctx, "</li>\n");
}

static void
put_end(void *ctx, size_t more)
{
	if (more > 0)
		buf_printf(ctx, "<li>and %zu more</li>\n", more);
	buf_text(ctx, "</ul>\n");
}

void
html_auth(struct buf *b, const struct page *p)
{
	static const struct page_auth_form form = { put_title, put_item,
		put_end };

	if (p->dkim == NULL)
		return;
	put_signatures(b, p);
	page_auth_lists(p, p->report->message->arena, &form, b);
}
