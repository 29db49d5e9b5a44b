/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/escape.h"

/* Ranges that must not reach a terminal as they are, ascending. */
static const struct {
	unsigned long first, last;
} inert[] = {
	{ 0x0000, 0x001f },    /* C0 */
	{ 0x007f, 0x009f },    /* DEL, C1 */
	{ 0x00ad, 0x00ad },    /* soft hyphen */
	{ 0x034f, 0x034f },    /* combining grapheme joiner */
	{ 0x061c, 0x061c },    /* Arabic letter mark */
	{ 0x115f, 0x1160 },    /* Hangul fillers */
	{ 0x17b4, 0x17b5 },    /* invisible Khmer vowels */
	{ 0x180b, 0x180f },    /* Mongolian selectors */
	{ 0x200b, 0x200f },    /* zero width, direction marks */
	{ 0x2028, 0x202e },    /* separators, embeddings, overrides */
	{ 0x2060, 0x206f },    /* joiners, isolates, deprecated formats */
	{ 0x3164, 0x3164 },    /* Hangul filler */
	{ 0xd800, 0xdfff },    /* surrogates */
	{ 0xe000, 0xf8ff },    /* private use */
	{ 0xfdd0, 0xfdef },    /* noncharacters */
	{ 0xfe00, 0xfe0f },    /* variation selectors */
	{ 0xfeff, 0xfeff },    /* byte order mark */
	{ 0xffa0, 0xffa0 },    /* halfwidth Hangul filler */
	{ 0xfff0, 0xffff },    /* specials, noncharacters */
	{ 0x1bca0, 0x1bca3 },  /* shorthand format controls */
	{ 0x1d173, 0x1d17a },  /* musical format controls */
	{ 0xe0000, 0x10ffff }, /* tags, selectors, private use */
};

bool
escape_is_plain(unsigned long cp)
{
	for (size_t i = 0; i < ARRAY_LEN(inert); i++)
		if (cp <= inert[i].last)
			return cp < inert[i].first && (cp & 0xfffe) != 0xfffe;
	return false;
}

void
escape_text(struct buf *b, struct slice s)
{
	while (s.len > 0) {
		unsigned long cp = 0;
		size_t n = slice_utf8_next(s, &cp);
		bool plain = n > 0 && escape_is_plain(cp);

		if (plain && cp == '\\')
			buf_text(b, "\\\\");
		else if (plain)
			buf_put(b, s.p, n);
		if (n == 0)
			n = 1;
		for (size_t i = 0; !plain && i < n; i++)
			buf_printf(b, "\\x%02x", (unsigned char)s.p[i]);
		s = slice_sub(s, n, s.len);
	}
}

void
escape_markup_char(struct buf *b, char c)
{
	switch (c) {
	case '<': buf_text(b, "&lt;"); break;
	case '>': buf_text(b, "&gt;"); break;
	case '&': buf_text(b, "&amp;"); break;
	case '"': buf_text(b, "&quot;"); break;
	default: buf_char(b, c);
	}
}

void
escape_markup(struct buf *b, struct slice s)
{
	struct buf plain = { .max = 0 };

	escape_text(&plain, s);
	for (size_t i = 0; i < plain.len; i++)
		escape_markup_char(b, plain.p[i]);
	buf_fail_with(b, &plain);
	buf_release(&plain);
}
