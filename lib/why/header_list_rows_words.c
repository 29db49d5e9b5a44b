/* SPDX-License-Identifier: BSD-2-Clause */
/* Encoded words as they were before a list wrote the text in them anew: Mailman
 * decodes Subject and From, changes them, and encodes all of it again. */
#include "why/header_list_rows_words.h"

#include <string.h>

#include "mail/address.h"
#include "mail/recode.h"
#include "mail/words.h"
#include "why/header_list_rows.h"

enum {
	MAX_TEXT = 240,
	MAX_CHARSETS = 6,
	CHARSET_MAX = 24,
	LINE_MAX_WIDTH = 76,
	WORD_WIDTH = 75,
};

/* How a mailer writes words; less is how much rarer than the text itself. */
static const struct list_coder {
	char encoding;
	const char *plain;
	bool whole;
	unsigned less;
} coders[] = {
	{ 'Q', "", true, 2 },
	{ 'B', NULL, true, 2 },
	{ 'Q', "", false, 4 },
	{ 'B', NULL, false, 4 },
	{ 'Q', "-!*+/", true, 8 },
	{ 'Q', NULL, true, 8 },
	{ 'q', "", true, 8 },
	{ 'q', "", false, 16 },
	{ 'Q', "-!*+/", false, 16 },
	{ 'Q', NULL, false, 16 },
	{ 'b', NULL, true, 32 },
};

/* Octets of the first word and of others; the first 0: what its line has left,
 * 1: all in one word. */
static const struct {
	size_t first, width;
	unsigned less;
} widths[] = {
	{ 66, WORD_WIDTH, 1 },
	{ WORD_WIDTH, WORD_WIDTH, 1 },
	{ 0, WORD_WIDTH, 2 },
	{ 67, WORD_WIDTH, 4 },
	{ 76, WORD_WIDTH, 4 },
	{ 1, 0, 4 },
	{ 64, WORD_WIDTH, 8 },
	{ 74, 74, 8 },
	{ 72, 72, 8 },
};

/* Charsets that the words may have had, as they were spelled. */
struct charsets {
	char name[MAX_CHARSETS][CHARSET_MAX];
	unsigned less[MAX_CHARSETS];
	size_t n;
};

static void
add_charset(struct charsets *t, struct slice name, bool upper, unsigned less)
{
	char *to = t->name[t->n];

	if (t->n == MAX_CHARSETS || name.len == 0 || name.len >= CHARSET_MAX)
		return;
	for (size_t i = 0; i < name.len; i++) {
		char c = ascii_lower(name.p[i]);

		to[i] =
		    (char)(upper && c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	to[name.len] = '\0';
	t->less[t->n++] = less;
}

/* The one that words of the value have now, in both ways to spell it; where
 * that is UTF-8, the text may have been converted. */
static void
find_charsets(struct charsets *t, struct slice value)
{
	size_t at = find_word(value, SLICE("=?"));
	struct slice rest = slice_sub(value, at + 2, value.len);
	struct slice name = slice_sub(rest, 0, slice_find(rest, '?'));

	t->n = 0;
	if (at == value.len)
		name = SLICE("utf-8");
	add_charset(t, name, false, 1);
	add_charset(t, name, true, 1);
	if (!slice_eq_nocase(name, SLICE("utf-8")))
		return;
	add_charset(t, SLICE("iso-8859-1"), false, 4);
	add_charset(t, SLICE("iso-8859-1"), true, 8);
	add_charset(t, SLICE("iso-2022-jp"), true, 8);
	add_charset(t, SLICE("windows-1252"), false, 16);
}

/* text as the coder writes it, behind before octets of the line; clears b when
 * it cannot. */
static bool
put_text(struct offer *o, struct buf *b, struct recoder *r, const char *charset,
    const struct list_coder *k, size_t width, size_t before, struct slice text)
{
	struct recode_words w = { .charset = charset,
		.encoding = k->encoding,
		.first = widths[width].first,
		.width = widths[width].width,
		.whole = k->whole,
		.plain = k->plain,
		.between = o->c->canon == CANON_SIMPLE ? "\r\n " : " " };

	if (w.first == 0)
		w.first = before + 20 < LINE_MAX_WIDTH ? LINE_MAX_WIDTH - before
						       : WORD_WIDTH;
	else if (w.first == 1)
		w.first = 0;
	return text.len <= MAX_TEXT && recode_words_encode(b, r, &w, text);
}

/* ------------------------------------------------------------------------
 * Subject. */

/* What stood before the text: the tokens and then the words, or all of it in
 * words. */
static void
offer_before(struct offer *o, struct recoder *r, const char *charset,
    const struct list_coder *k, size_t width, const struct list_before *p,
    unsigned count, struct slice text)
{
	size_t name = o->name.len + 2;
	struct slice both = SLICE_NONE;
	struct buf b = { .max = 0 };

	buf_slice(&o->text, p->text);
	if (put_text(
		o, &o->text, r, charset, k, width, name + p->text.len, text))
		list_text(o, count, p->cause);
	buf_clear(&o->text);
	if (p->text.len == 0 || !k->whole)
		return;
	buf_slice(&b, p->text);
	buf_slice(&b, text);
	both = search_keep(o->c->s, &b);
	buf_release(&b);
	if (both.p != NULL &&
	    put_text(o, &o->text, r, charset, k, width, name, both))
		list_text(o, count, p->cause);
	buf_clear(&o->text);
}

static void
offer_coder(struct offer *o, struct recoder *r, const char *charset,
    const struct list_coder *k, unsigned less, const struct list_before *before,
    size_t n, struct slice text)
{
	/* What fits into one word is the same in every width. */
	size_t nwidths = text.len * 3 / 2 < 30 ? 1 : ARRAY_LEN(widths);

	for (size_t w = 0; w < nwidths; w++)
		for (size_t i = 0; i < n && !search_over(o->c->s); i++) {
			unsigned count =
			    before[i].count / (less * widths[w].less);

			if (count > 0 &&
			    (o->most == 0 || list_bits(count) <= o->most))
				offer_before(o, r, charset, k, w, &before[i],
				    count, text);
		}
}

void
list_words_subject(struct offer *o, struct slice text,
    const struct list_before *before, size_t n)
{
	struct charsets t;

	if (text.len > MAX_TEXT || slice_is_ascii(text))
		return;
	find_charsets(&t, o->value);
	for (size_t c = 0; c < t.n; c++) {
		struct recoder r;

		if (!recoder_open(&r, t.name[c], "UTF-8"))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(coders); k++)
			offer_coder(o, &r, t.name[c], &coders[k],
			    coders[k].less * t.less[c], before, n, text);
		recoder_close(&r);
	}
}

/* ------------------------------------------------------------------------
 * Names. */

void
list_words_name(
    struct offer *o, unsigned count, struct slice name, struct slice address)
{
	struct charsets t;

	if (name.len > MAX_TEXT || slice_is_ascii(name))
		return;
	find_charsets(&t, o->value);
	for (size_t c = 0; c < t.n; c++) {
		struct recoder r;

		if (!recoder_open(&r, t.name[c], "UTF-8"))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(coders); k++) {
			if (put_text(o, &o->text, &r, t.name[c], &coders[k], 1,
				o->name.len + 2, name)) {
				buf_printf(
				    &o->text, " <%.*s>", SLICE_ARG(address));
				list_text(o,
				    count / (coders[k].less * t.less[c]) + 1,
				    CAUSE_HDR_FROM_REWRITTEN);
			}
			buf_clear(&o->text);
		}
		recoder_close(&r);
	}
}
