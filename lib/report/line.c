/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/escape.h"
#include "report/line.h"

void
line_word(struct buf *b, bool color, const char *word)
{
	const char *sgr = strcmp(word, "pass") == 0   ? "32"
			  : strcmp(word, "fail") == 0 ? "31"
						      : "33";

	if (color)
		buf_printf(b, "\033[1;%sm%s\033[0m", sgr, word);
	else
		buf_text(b, word);
}

void
line_pair(struct buf *b, const char *name, struct slice value)
{
	if (value.len == 0)
		return;
	buf_text(b, name);
	escape_text(b, value);
}

void
line_code(struct buf *b, bool color, const char *word)
{
	buf_printf(b, "%s[%s]%s", color ? "\033[2m" : "", word,
	    color ? "\033[0m" : "");
}

void
line_reason(struct buf *b, const struct report *r, const struct diag *why)
{
	struct slice detail = diag_detail(why, r->verbose);

	buf_printf(b, " %s", diag_info(why->code)->sentence);
	if (detail.len > 0)
		buf_printf(b, " (%.*s)", SLICE_ARG(detail));
	buf_text(b, "  ");
	line_code(b, r->color, diag_info(why->code)->word);
}

void
line_begin(
    struct buf *b, const struct report *r, const char *method, const char *word)
{
	/* The longest verdict, "tempfail"; "dmarc=permerror" of a method. */
	size_t n = strlen(method) + strlen(word), column = *method ? 15 : 8;
	bool first = r->named && r->aligned;

	if (r->named && !first) {
		escape_text(b, slice_of(r->file));
		buf_text(b, ": ");
	}
	buf_text(b, method);
	line_word(b, r->color, word);
	if (!first)
		return;
	for (; n < column + 2; n++)
		buf_char(b, ' ');
	escape_text(b, slice_of(r->file));
}
