/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "report/line.h"
#include "report/report.h"
#include "report/why_story.h"

enum {
	MAX_LINES = 8,	   /* of one change */
	MAX_COLUMNS = 120, /* octets of one line, before escaping */
	AROUND = 40,	   /* of a longer line, those beside what differs */
};

/* One side of a change, line by line, each after a mark; cut[0] and cut[1]
 * tell whether something was left out before and behind it. */
static void
put_side(struct buf *b, char mark, struct slice name, struct slice text,
    const bool cut[2])
{
	size_t most = MAX_COLUMNS + (cut[0] || cut[1] ? 2 * AROUND : 0);
	unsigned lines = 0;

	while (text.len > 0 || (lines == 0 && name.len > 0)) {
		size_t n = slice_find(text, '\n');
		struct slice line = slice_sub(text, 0, n);
		bool crlf = n > 0 && n < text.len && text.p[n - 1] == '\r';

		line.len -= crlf;
		if (lines++ == MAX_LINES) {
			size_t more = 1;

			for (size_t i = 0; i + 1 < text.len; i++)
				more += text.p[i] == '\n';
			buf_printf(
			    b, "    %c ... and %zu more lines\n", mark, more);
			return;
		}
		buf_printf(b, "    %c ", mark);
		if (lines == 1 && name.len > 0) {
			escape_text(b, name);
			buf_char(b, ':');
		}
		buf_text(b, lines == 1 && cut[0] ? "..." : "");
		escape_text(b, slice_sub(line, 0, most));
		text = slice_sub(text, n + 1, text.len);
		if (line.len > most)
			buf_printf(b, "... (%zu bytes)", line.len);
		else if (text.len == 0 && cut[1])
			buf_text(b, "...");
		buf_char(b, '\n');
	}
}

/* Of a long first or last line, leave out what both sides have, but for a
 * little beside what differs. */
static void
around_change(struct change *c, bool more[2])
{
	size_t most = c->is.len < c->was.len ? c->is.len : c->was.len;
	size_t same = 0;

	if (slice_find(c->is, '\n') > MAX_COLUMNS ||
	    slice_find(c->was, '\n') > MAX_COLUMNS)
		while (same < most && c->is.p[same] == c->was.p[same])
			same++;
	if (same > AROUND) {
		same -= AROUND;
		/* Not within a character of UTF-8. */
		while (
		    same > 0 && ((unsigned char)c->is.p[same] & 0xc0) == 0x80)
			same--;
		c->is = slice_sub(c->is, same, c->is.len);
		c->was = slice_sub(c->was, same, c->was.len);
		more[0] = same > 0;
		most -= same;
	}
	/* The end of the last line is not told in any case. */
	for (const char *end = "\n\r"; most > 0 && *end != '\0'; end++)
		if (c->is.p[c->is.len - 1] == *end &&
		    c->was.p[c->was.len - 1] == *end) {
			c->is.len--;
			c->was.len--;
			most--;
		}
	same = 0;
	while (same < most && c->is.p[c->is.len - 1 - same] != '\n' &&
	       c->is.p[c->is.len - 1 - same] == c->was.p[c->was.len - 1 - same])
		same++;
	if (same <= MAX_COLUMNS)
		return;
	same -= AROUND;
	while (same > 0 &&
	       ((unsigned char)c->is.p[c->is.len - same] & 0xc0) == 0x80)
		same--;
	c->is.len -= same;
	c->was.len -= same;
	more[1] = same > 0;
}

/* Leave out whole lines that both sides begin and end with, but for the first
 * line, which bears the name. */
static struct change
only_changed(struct change c)
{
	size_t from = 0, tail = 0, most;

	if (c.is.p == NULL || c.was.p == NULL || c.is.len == 0 ||
	    c.was.len == 0)
		return c;
	most = c.is.len < c.was.len ? c.is.len : c.was.len;
	for (size_t i = 0; i < most && c.is.p[i] == c.was.p[i]; i++)
		if (c.is.p[i] == '\n')
			from = i + 1;
	c.is = slice_sub(c.is, from, c.is.len);
	c.was = slice_sub(c.was, from, c.was.len);
	most = c.is.len < c.was.len ? c.is.len : c.was.len;
	for (size_t i = 0;
	     i < most && c.is.p[c.is.len - 1 - i] == c.was.p[c.was.len - 1 - i];
	     i++)
		if (c.is.p[c.is.len - 1 - i] == '\n')
			tail = i;
	c.is.len -= tail;
	c.was.len -= tail;
	return c;
}

static void
put_change(struct buf *b, const struct change *whole)
{
	struct change changed = only_changed(*whole), *c = &changed;
	bool more[2] = { false, false };

	if (c->is.p != NULL && c->was.p != NULL)
		around_change(c, more);
	if (c->is.p != NULL)
		put_side(b, '-', c->name, c->is, more);
	if (c->was.p != NULL)
		put_side(b, '+', c->name, c->was, more);
	else if (c->name.len > 0)
		buf_text(b, "    + (missing)\n");
}

/* One side of what was hashed, line ends and all. */
static void
put_hashed(struct buf *b, char mark, struct slice text)
{
	bool cut = text.len == FINDING_MAX_INPUT;
	unsigned lines = 0;

	if (text.len == 0)
		buf_printf(b, "    %c (nothing)\n", mark);
	while (text.len > 0) {
		size_t n = slice_find(text, '\n');
		struct slice line = slice_sub(text, 0, n);
		bool lf = n < text.len;
		bool cr = lf && n > 0 && text.p[n - 1] == '\r';

		if (lines++ == MAX_LINES) {
			buf_printf(b, "    %c ...\n", mark);
			return;
		}
		line.len -= cr;
		buf_printf(b, "    %c ", mark);
		escape_text(b, slice_sub(line, 0, MAX_COLUMNS));
		buf_text(
		    b, line.len > MAX_COLUMNS && (lf || !cut) ? "..." : "");
		buf_text(b, cr	  ? "\\r\\n\n"
			    : lf  ? "\\n\n"
			    : cut ? "...\n"
				  : "\n");
		text = slice_sub(text, n + 1, text.len);
	}
}

/* What went into the hash, where it differs. */
static void
put_input(struct buf *b, const struct finding *f)
{
	const struct input_diff *d = &f->input;

	if (d->hashed.p == NULL || d->standard.p == NULL)
		return;
	buf_printf(b, "  hash input differs from byte %llu on (%s):\n",
	    (unsigned long long)d->offset,
	    cause_info(f->cause)->role == ROLE_SIGNER
		? "- per RFC, + as the signer hashed it"
		: "- as received, + as signed");
	put_hashed(b, '-', d->standard);
	put_hashed(b, '+', d->hashed);
}

static size_t
count_lines(struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] == '\n';
	return n + (s.len > 0 && s.p[s.len - 1] != '\n');
}

/* The head of the diff: what must be done for it to verify. */
static void
put_when(struct buf *b, const struct finding *f)
{
	size_t gone = 0, octets = 0, back = 0;

	for (size_t i = 0; i < f->nchanges; i++) {
		gone += count_lines(f->change[i].is);
		octets += f->change[i].is.len;
		back += f->change[i].was.len;
	}
	if (f->nchanges == 0)
		return;
	if (f->change[0].name.len > 0)
		buf_text(b, "  verifies with (- as received, + as signed):\n");
	else if (back == 0)
		buf_printf(b,
		    "  verifies once %s %zu line%s (%zu byte%s) %s removed "
		    "from %s:\n",
		    gone == 1 ? "this" : "these", gone, gone == 1 ? "" : "s",
		    octets, octets == 1 ? "" : "s", gone == 1 ? "is" : "are",
		    f->change[0].inner ? "what that leaves" : "the body");
	else
		buf_text(b, "  verifies with this body (- as received, + as "
			    "signed):\n");
}

/* All of a block: what fails, and what it verifies with. */
static const struct finding *
put_block(struct buf *b, const struct report *r, size_t k)
{
	const struct explanation *e = r->why;
	const struct finding *dated = NULL, *last = NULL;

	for (size_t n = k; n < e->n; n = why_block_next(e, k, n)) {
		const struct finding *f = &e->finding[n];

		if (last == NULL || last->aspect != f->aspect) {
			const struct finding *now = report_fails(b, r, n);

			dated = dated == NULL ? now : dated;
			put_when(b, f);
		}
		for (size_t i = 0; i < f->nchanges; i++)
			put_change(b, &f->change[i]);
		last = f;
	}
	return dated;
}

static void
put_by(struct buf *b, const struct report *r, const struct finding *f)
{
	buf_text(b, "  by: ");
	report_by(b, r, f);
	buf_printf(b, " (%s)\n", finding_certainty_word(f->who));
}

/* How sure it is: proved stands out. */
static void
put_level(struct buf *b, bool color, const struct finding *f)
{
	const char *word = f->other ? "or" : cause_level_word(f->level);
	bool proved = !f->other && f->level == LEVEL_PROVED;

	if (color)
		buf_printf(
		    b, "\033[%sm%s\033[0m", proved ? "1;32" : "33", word);
	else
		buf_text(b, word);
}

static void
put_finding(struct buf *b, const struct report *r, size_t k)
{
	const struct finding *f = &r->why->finding[k];
	const struct finding *dated;

	put_level(b, r->color, f);
	buf_printf(b, ": %s", cause_info(f->cause)->sentence);
	if (f->detail[0] != '\0')
		buf_printf(b, " (%s)", f->detail);
	report_fields(b, r->why, k);
	buf_text(b, "  ");
	line_code(b, r->color, cause_info(f->cause)->id);
	buf_char(b, '\n');
	if (f->other) {
		/* What was hashed is the same, and told above. */
		put_by(b, r, f);
		return;
	}
	dated = put_block(b, r, k);
	if (f->nchanges == 0)
		put_input(b, f);
	put_by(b, r, dated);
	buf_text(b, "  fix: ");
	report_fix(b, f);
	buf_char(b, '\n');
}

void
report_why(struct buf *b, const struct report *r)
{
	const struct explanation *e = r->why;
	bool open = false; /* something is not explained */

	report_summary(b, r, "why: ");
	for (size_t k = 0; k < e->n; k++) {
		if (!why_told_before(e, k) && !why_in_block_before(e, k))
			put_finding(b, r, k);
		open |= e->finding[k].level == LEVEL_INDICATED;
	}
	if (e->n > 0 && e->spent && open)
		buf_printf(b,
		    "  The search ended at its budget after %llu hypotheses; "
		    "--effort searches further.\n",
		    (unsigned long long)e->tried);
}

static void
put_witness(struct buf *b, const struct witness *w, const char *fits,
    const char *differs)
{
	switch (w->says) {
	case WITNESS_SILENT: buf_text(b, "not checked"); break;
	case WITNESS_AGAINST:
		buf_text(b, differs);
		buf_text(b, w->opened ? " (its digest is known)" : "");
		break;
	case WITNESS_FOR: buf_text(b, fits); break;
	}
}

/* What a signature says of header and body. */
static void
put_both(struct buf *b, const struct witness *w)
{
	put_witness(b, w, "b= verifies", "b= does not verify");
	buf_printf(
	    b, "; body hash %s", w->body ? "verifies" : "does not verify");
}

static void
put_signatures(struct buf *b, const struct explanation *e)
{
	for (size_t k = 0; e->signature != NULL && k < e->dkim->n; k++) {
		buf_printf(b, "    DKIM-Signature %zu: ", k + 1);
		put_both(b, &e->signature[k]);
		buf_char(b, '\n');
	}
}

void
report_witnesses(struct buf *b, const struct report *r)
{
	const struct explanation *e = r->why;
	bool signatures = e->dkim != NULL && e->dkim->n > 0;

	if (r->chain->n == 0 && !signatures)
		return;
	buf_text(b, "  other signatures, over the message as received\n");
	if (signatures)
		put_signatures(b, e);
	for (unsigned i = r->chain->n; i >= 1; i--) {
		const struct arc_set *set = &r->chain->set[i];

		if (set->part[ARC_AMS] != NULL) {
			buf_printf(b, "    AMS i=%u: ", i);
			put_both(b, &e->ams[i]);
			if (e->ams[i].agree > 0)
				buf_printf(b, ", the same as that of i=%u",
				    e->ams[i].agree);
			buf_char(b, '\n');
		}
		if (set->part[ARC_SEAL] == NULL)
			continue;
		buf_printf(b, "    AS  i=%u: ", i);
		put_witness(
		    b, &e->seal[i], "b= verifies", "b= does not verify");
		buf_char(b, '\n');
	}
}
