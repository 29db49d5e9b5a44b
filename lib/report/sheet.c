/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/escape.h"
#include "report/sheet.h"

enum {
	CARET_INDENT = 5,
	CARET_COLUMNS = 36, /* shown before a caret, at most */
	CARET_OCTETS = 200, /* looked at on each side of it */
};

void
sheet_begin(struct sheet *t, struct buf *b, struct arena *arena, bool color,
    size_t columns)
{
	*t = (struct sheet){ .b = b,
		.arena = arena,
		.color = color,
		.cuts = columns > 0,
		.columns = columns == 0		       ? SHEET_COLUMNS
			   : columns < SHEET_NARROWEST ? SHEET_NARROWEST
			   : columns > SHEET_WIDEST    ? SHEET_WIDEST
						       : columns - 1 };
	width_init(&t->width);
}

int
sheet_end(struct sheet *t, struct diag *why)
{
	width_release(&t->width);
	return t->failed || t->b->failure != BUF_OK ? diag_memory(why) : 0;
}

struct slice
sheet_inert(struct sheet *t, struct slice s)
{
	struct buf b = { .max = 0 };
	struct slice kept;

	escape_text(&b, s);
	kept = b.failure == BUF_OK ? arena_copy(t->arena, buf_view(&b))
				   : SLICE_NONE;
	buf_release(&b);
	t->failed |= kept.p == NULL;
	return kept;
}

size_t
sheet_left(const struct sheet *t, size_t besides)
{
	size_t left = t->columns > besides ? t->columns - besides : 0;

	return left < 8 ? 8 : left > 40 ? 40 : left;
}

void
sheet_spaces(struct sheet *t, size_t n)
{
	while (n-- > 0)
		buf_char(t->b, ' ');
}

void
sheet_colored(struct sheet *t, const char *sgr, struct slice s)
{
	bool color = t->color && sgr != NULL;

	if (color)
		buf_printf(t->b, "\033[%sm", sgr);
	buf_slice(t->b, s);
	if (color)
		buf_text(t->b, "\033[0m");
}

/* Returns the columns taken. */
static size_t
put_cut(struct sheet *t, struct slice s, size_t columns)
{
	struct slice kept = width_cut(&t->width, s, columns);

	if (kept.len == s.len) {
		buf_slice(t->b, s);
		return width_text(&t->width, s);
	}
	kept = width_cut(&t->width, s, columns - 1);
	buf_slice(t->b, kept);
	buf_char(t->b, '~');
	return width_text(&t->width, kept) + 1;
}

void
sheet_cut(struct sheet *t, struct slice s, size_t columns)
{
	put_cut(t, s, columns);
}

void
sheet_cell(struct sheet *t, struct slice s, size_t columns)
{
	sheet_spaces(t, columns - put_cut(t, s, columns));
}

/* Columns of s, as far as they matter to one line: a word may be as long as a
 * field. */
static size_t
line_width(const struct sheet *t, struct slice s)
{
	return width_text(&t->width, width_cut(&t->width, s, t->columns + 1));
}

/* The colour of a word within text: a result as A-R fields have them, a code in
 * brackets. */
static const char *
word_sgr(struct slice word)
{
	if (word.len > 0 && word.p[0] == '[')
		return "2";
	if (slice_ends_nocase(word, SLICE("=pass")))
		return "32";
	return slice_ends_nocase(word, SLICE("=fail")) ||
		       slice_ends_nocase(word, SLICE("=permerror"))
		   ? "31"
	       : slice_ends_nocase(word, SLICE("=softfail")) ||
		       slice_ends_nocase(word, SLICE("=temperror"))
		   ? "33"
		   : NULL;
}

void
sheet_wrap(struct sheet *t, struct slice s, size_t column, size_t indent)
{
	while (s.len > 0) {
		size_t n = slice_find(s, ' ');
		struct slice word = slice_sub(s, 0, n);
		size_t w = line_width(t, word);

		if (column > indent && column + 1 + w > t->columns) {
			buf_char(t->b, '\n');
			sheet_spaces(t, indent);
			column = indent;
		} else if (column > indent) {
			buf_char(t->b, ' ');
			column++;
		}
		/* What is longer than a line is cut where it must be. */
		while (w > t->columns - column) {
			struct slice part =
			    width_cut(&t->width, word, t->columns - column);

			if (part.len == 0)
				break;
			buf_slice(t->b, part);
			word = slice_sub(word, part.len, word.len);
			buf_char(t->b, '\n');
			sheet_spaces(t, indent);
			column = indent;
			w = line_width(t, word);
		}
		sheet_colored(t, word_sgr(word), word);
		column += w;
		s = slice_sub(s, n + 1, s.len);
	}
	buf_char(t->b, '\n');
}

void
sheet_item(struct sheet *t, const char *mark, const char *sgr, struct buf *text)
{
	buf_char(t->b, ' ');
	sheet_colored(t, sgr, slice_of(mark));
	buf_char(t->b, ' ');
	sheet_wrap(t, buf_view(text), 3, 3);
	t->failed |= text->failure != BUF_OK;
	buf_release(text);
}

/* The line of raw that *at lies in, without its end and the white space it
 * begins with; *at becomes the place in it. */
static struct slice
line_at(struct slice raw, size_t *at)
{
	struct slice line;
	size_t from = 0;

	while (*at + 1 < raw.len && ascii_is_fws(raw.p[*at]))
		++*at;
	for (size_t i = 0; i < *at; i++)
		if (raw.p[i] == '\n')
			from = i + 1;
	while (from < *at && ascii_is_wsp(raw.p[from]))
		from++;
	*at -= from;
	raw = slice_sub(raw, from, raw.len);
	return slice_line(&raw, &line) ? line : SLICE_NONE;
}

void
sheet_caret(struct sheet *t, struct slice raw, struct slice where)
{
	if (where.p == NULL || where.p < raw.p || where.p >= raw.p + raw.len)
		return;
	size_t at = (size_t)(where.p - raw.p);
	struct slice line = line_at(raw, &at);
	size_t skipped = at > CARET_OCTETS ? at - CARET_OCTETS : 0;

	/* Not in the middle of a character. */
	while (skipped > 0 && skipped < at &&
	       ((unsigned char)line.p[skipped] & 0xc0) == 0x80)
		skipped++;
	/* What is escaped takes more columns than octets; the caret counts
	 * that. */
	struct slice before =
	    sheet_inert(t, slice_sub(line, skipped, at - skipped));
	size_t column = width_text(&t->width, before);

	while (column > CARET_COLUMNS && before.len > 0) {
		struct slice first = width_cut(&t->width, before, 1);

		if (first.len == 0)
			first = width_cut(&t->width, before, 2);
		if (first.len == 0)
			break;
		before = slice_sub(before, first.len, before.len);
		column = width_text(&t->width, before);
		skipped++;
	}
	struct slice after = sheet_inert(t, slice_sub(line, at, CARET_OCTETS));

	sheet_spaces(t, CARET_INDENT);
	buf_text(t->b, skipped > 0 ? "..." : "");
	column += skipped > 0 ? CARET_INDENT + 3 : CARET_INDENT;
	buf_slice(t->b, before);
	buf_slice(t->b, width_cut(&t->width, after, t->columns - column));
	buf_char(t->b, '\n');
	sheet_spaces(t, column);
	sheet_colored(t, "1;31", SLICE("^"));
	buf_char(t->b, '\n');
}

void
sheet_unfold(struct buf *b, const struct tag *tag)
{
	bool base64 =
	    slice_eq(tag->name, SLICE("b")) || slice_eq(tag->name, SLICE("bh"));
	bool fws = false;

	for (size_t i = 0; i < tag->value.len; i++) {
		bool was = fws;

		fws = ascii_is_fws(tag->value.p[i]);
		if (!fws)
			buf_char(b, tag->value.p[i]);
		else if (!base64 && !was)
			buf_char(b, ' ');
	}
}
