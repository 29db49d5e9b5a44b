/* SPDX-License-Identifier: BSD-2-Clause */
/* Encoded words as they were before a list wrote the text in them anew: Mailman
 * decodes Subject and From, changes them, and encodes all of it again. */
#include "why/header_list_rows_words.h"

#include <string.h>

#include "mail/address.h"
#include "mail/recode.h"
#include "mail/words.h"
#include "why/header_list_rows.h"
#include "why/header_words.h"

enum {
	MAX_TEXT = 240,
	MAX_CHARSETS = 6,
	CHARSET_MAX = 24,
	LINE_MAX_WIDTH = 76,
	WORD_WIDTH = 75,
	LONGEST_BEFORE = 24, /* octets of what stands before it, encoded */
	SHORTEST_WORD = 64,
	USUAL_CUTS = 2,
	LEAST = 8, /* of LIST_MESSAGES; what is rarer is not made */
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

/* Where words end. */
static const struct list_cut {
	enum {
		CUT_FULL,   /* when they are full */
		CUT_LINE,   /* when their lines are */
		CUT_ONE,    /* nowhere */
		CUT_BEFORE, /* before the last blank that leaves them not */
		CUT_BEHIND, /* behind it */
		CUT_HALVES, /* in the middle, and so on, until none is */
	} how;
	size_t first, width; /* octets of the first word and of others */
	unsigned less;
} cuts[] = {
	{ CUT_FULL, 66, WORD_WIDTH, 1 },
	{ CUT_FULL, WORD_WIDTH, WORD_WIDTH, 1 },
	{ CUT_LINE, WORD_WIDTH, WORD_WIDTH, 2 },
	{ CUT_FULL, 67, WORD_WIDTH, 4 },
	{ CUT_FULL, 76, WORD_WIDTH, 4 },
	{ CUT_ONE, 0, 0, 4 },
	{ CUT_HALVES, WORD_WIDTH, WORD_WIDTH, 8 },
	{ CUT_BEFORE, WORD_WIDTH, WORD_WIDTH, 8 },
	{ CUT_BEHIND, WORD_WIDTH, WORD_WIDTH, 8 },
	{ CUT_FULL, 64, WORD_WIDTH, 8 },
	{ CUT_FULL, 74, 74, 8 },
	{ CUT_FULL, 72, 72, 8 },
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
	char *to;

	if (t->n == MAX_CHARSETS || name.len == 0 || name.len >= CHARSET_MAX)
		return;
	to = t->name[t->n];
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
	if (slice_eq_nocase(name, SLICE("iso-8859-1"))) {
		add_charset(t, SLICE("utf-8"), false, 4);
		add_charset(t, SLICE("utf-8"), true, 4);
	}
	if (!slice_eq_nocase(name, SLICE("utf-8")))
		return;
	add_charset(t, SLICE("iso-8859-1"), false, 4);
	add_charset(t, SLICE("iso-8859-1"), true, 8);
	add_charset(t, SLICE("iso-2022-jp"), true, 8);
	add_charset(t, SLICE("windows-1252"), false, 16);
}

/* How words are made, and of which text. */
struct writer {
	struct offer *o;
	struct recoder *r;
	const char *charset;
	const struct list_coder *coder;
	const struct list_cut *cut;
};

/* Put text as one word; how long it is, or 0 when the charset cannot say it. */
static size_t
put_one(struct buf *b, const struct writer *w, struct slice text)
{
	struct recode_words how = { .charset = w->charset,
		.encoding = w->coder->encoding,
		.whole = true,
		.plain = w->coder->plain,
		.between = "" };
	size_t before = b->len;

	return recode_words_encode(b, w->r, &how, text) ? b->len - before : 0;
}

/* Where the text is cut that is too long for a word: in its middle. */
static size_t
half(struct slice text)
{
	size_t n = 0, at = 0;

	for (size_t i = 0; i < text.len; i++)
		n += (text.p[i] & 0xc0) != 0x80;
	for (n /= 2; at < text.len && n > 0; n -= n > 0) {
		at++;
		while (at < text.len && (text.p[at] & 0xc0) == 0x80)
			at++;
	}
	return at;
}

/* The same at its last blank; 0 when there is none. */
static size_t
last_blank(struct slice text, bool behind)
{
	size_t at = text.len > 0 ? text.len - 1 : 0;

	if (behind)
		while (at > 1 && text.p[at - 1] != ' ')
			at--;
	else
		while (at > 0 && text.p[at] != ' ')
			at--;
	return behind && at <= 1 ? 0 : at;
}

/* Put the longest part of text that is a word; how much of the text it is, or
 * 0. */
static size_t
put_part(struct buf *b, const struct writer *w, struct slice text)
{
	size_t before = b->len, len;

	while ((len = put_one(b, w, text)) > w->cut->width) {
		size_t at = w->cut->how == CUT_HALVES
				? half(text)
				: last_blank(text, w->cut->how == CUT_BEHIND);

		b->len = before;
		if (at == 0 || at >= text.len)
			return 0;
		text = slice_sub(text, 0, at);
	}
	return len > 0 ? text.len : 0;
}

/* The end of the half that begins at from: of halves of halves, as long as one
 * is no word. */
static size_t
half_end(struct slice text, const struct writer *w, size_t from)
{
	struct buf b = { .max = 0 };
	size_t low = 0, high = text.len;

	while (from < high) {
		struct slice part = slice_sub(text, low, high - low);
		size_t len = put_one(&b, w, part), at = low + half(part);

		buf_clear(&b);
		if (len <= w->cut->width || at == low || at >= high)
			break;
		if (from < at)
			high = at;
		else
			low = at;
	}
	buf_release(&b);
	return high;
}

/* The text in words that are cut at blanks, or in halves. */
static bool
put_cut(struct buf *b, const struct writer *w, const char *between,
    struct slice text)
{
	size_t before = b->len, at = 0;

	while (at < text.len) {
		size_t end = w->cut->how == CUT_HALVES ? half_end(text, w, at)
						       : text.len;
		size_t n;

		if (at > 0)
			buf_text(b, between);
		n = put_part(b, w, slice_sub(text, at, end - at));
		if (n == 0) {
			b->len = before;
			return false;
		}
		at += n;
	}
	return true;
}

/* text as a mailer writes it, behind before octets of its line; false when it
 * cannot. */
static bool
put_text(
    struct buf *b, const struct writer *w, size_t before, struct slice text)
{
	struct recode_words how = { .charset = w->charset,
		.encoding = w->coder->encoding,
		.first = w->cut->first,
		.width = w->cut->width,
		.whole = w->coder->whole,
		.plain = w->coder->plain,
		.between = w->o->c->canon == CANON_SIMPLE ? "\r\n " : " " };

	if (text.len > MAX_TEXT)
		return false;
	if (w->cut->how > CUT_ONE)
		return how.whole && put_cut(b, w, how.between, text);
	if (w->cut->how == CUT_LINE && before + 20 < LINE_MAX_WIDTH)
		how.first = LINE_MAX_WIDTH - before;
	return recode_words_encode(b, w->r, &how, text);
}

bool
list_words_library(struct slice value)
{
	return memmem(value.p, value.len, "?q?", 3) != NULL ||
	       memmem(value.p, value.len, "?b?", 3) != NULL;
}

/* ------------------------------------------------------------------------
 * Subject. */

/* The text in words behind what stood before it; words: what they are wherever
 * they stand, or empty. */
static void
offer_behind(const struct writer *w, const struct list_before *p,
    unsigned count, struct slice words, struct slice text)
{
	struct offer *o = w->o;
	size_t at = o->name.len + 2 + p->text.len;
	bool good = true;

	buf_slice(&o->text, p->text);
	if (words.len > 0)
		buf_slice(&o->text, words);
	else
		good = put_text(&o->text, w, at, text);
	if (good)
		list_text(o, count, p->cause);
	buf_clear(&o->text);
}

/* All of it in words. */
static void
offer_together(const struct writer *w, const struct list_before *p,
    unsigned count, struct slice text)
{
	struct offer *o = w->o;
	struct slice both;
	struct buf b = { .max = 0 };

	buf_slice(&b, p->text);
	buf_slice(&b, text);
	both = search_keep(o->c->s, &b);
	buf_release(&b);
	if (both.p != NULL && put_text(&o->text, w, o->name.len + 2, both))
		list_text(o, count, p->cause);
	buf_clear(&o->text);
}

/* Whether text is one word however it is cut. */
static bool
is_one_word(const struct writer *w, struct slice text)
{
	struct buf b = { .max = 0 };
	size_t len = put_one(&b, w, text);

	buf_release(&b);
	return len + LONGEST_BEFORE <= SHORTEST_WORD;
}

/* The text in one way to write it, behind each of those. */
static void
offer_all(const struct writer *w, unsigned less,
    const struct list_before *before, size_t n, struct slice text)
{
	struct offer *o = w->o;
	struct slice words = SLICE_NONE;
	struct buf b = { .max = 0 };

	if (w->cut->how != CUT_LINE) {
		if (!put_text(&b, w, 0, text)) {
			buf_release(&b);
			return;
		}
		words = search_keep(o->c->s, &b);
	}
	buf_release(&b);
	for (size_t i = 0; i < n && !search_over(o->c->s); i++) {
		unsigned count = before[i].count / less;

		if (count < LEAST ||
		    (o->most > 0 && list_bits(count) > o->most))
			continue;
		offer_behind(w, &before[i], count, words, text);
		if (before[i].text.len > 0 && w->coder->whole)
			offer_together(w, &before[i], count, text);
	}
}

static void
offer_cuts(struct writer *w, unsigned less, const struct list_before *before,
    size_t n, struct slice text)
{
	size_t ncuts = is_one_word(w, text) ? 1
		       : w->o->most > 0	    ? USUAL_CUTS
					    : ARRAY_LEN(cuts);
	unsigned most = 0;

	for (size_t i = 0; i < n; i++)
		most = before[i].count > most ? before[i].count : most;
	for (size_t k = 0; k < ncuts; k++) {
		w->cut = &cuts[k];
		if (most / (less * cuts[k].less) >= LEAST)
			offer_all(w, less * cuts[k].less, before, n, text);
	}
}

/* What is to be offered of a text, in one charset and by one coder. */
struct job {
	struct slice text;
	void (*offer)(const struct job *, struct writer *, unsigned less);
	/* Of a Subject, what stood before it. */
	const struct list_before *before;
	size_t nbefore;
	/* Of a name, its address, and the count. */
	struct slice address;
	unsigned count;
};

/* Do it in each charset that the words may have had, as each mailer writes. */
static void
offer_written(struct offer *o, const struct job *job)
{
	struct charsets t;

	if (job->text.len > MAX_TEXT || slice_is_ascii(job->text))
		return;
	find_charsets(&t, o->value);
	for (size_t c = 0; c < t.n; c++) {
		struct recoder r;

		if (!recoder_open(&r, t.name[c], "UTF-8"))
			continue;
		o->q->sets = words_set(t.name[c]);
		for (size_t k = 0; k < ARRAY_LEN(coders); k++) {
			struct writer w = { .o = o,
				.r = &r,
				.charset = t.name[c],
				.coder = &coders[k] };

			job->offer(job, &w, coders[k].less * t.less[c]);
		}
		o->q->sets = 0;
		recoder_close(&r);
	}
}

static void
offer_subject(const struct job *job, struct writer *w, unsigned less)
{
	offer_cuts(w, less, job->before, job->nbefore, job->text);
}

void
list_words_subject(struct offer *o, struct slice text,
    const struct list_before *before, size_t n)
{
	const struct job job = { .text = text,
		.offer = offer_subject,
		.before = before,
		.nbefore = n };

	offer_written(o, &job);
}

/* ------------------------------------------------------------------------
 * Names. */

static void
offer_name(const struct job *job, struct writer *w, unsigned less)
{
	struct offer *o = w->o;

	w->cut = &cuts[1];
	if (put_text(&o->text, w, o->name.len + 2, job->text)) {
		buf_printf(&o->text, " <%.*s>", SLICE_ARG(job->address));
		list_text(o, job->count / less + 1, CAUSE_HDR_FROM_REWRITTEN);
	}
	buf_clear(&o->text);
}

void
list_words_name(
    struct offer *o, unsigned count, struct slice name, struct slice address)
{
	const struct job job = { .text = name,
		.offer = offer_name,
		.address = address,
		.count = count };

	offer_written(o, &job);
}
