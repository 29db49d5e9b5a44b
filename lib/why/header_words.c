/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "why/header_words.h"

#include "mail/address.h"
#include "mail/recode.h"
#include "mail/words.h"
#include "why/header_list_rows.h"

enum {
	MAX_NAMES = 8,	/* with encoded words, in one field */
	MAX_MIXED = 3,	/* of which each may have been written its own way */
	WAYS_MIXED = 5, /* the first of the ways */
	WORD_WIDTH = 75,
};

/* How a mailer writes a name; the likeliest first.  No encoding: the words
 * that there are, in capitals. */
static const struct way {
	char encoding;
	const char *plain;
	unsigned less; /* than the likeliest */
	bool part;     /* only the words that need it, and what is between */
} ways[] = {
	{ 0, NULL, 1, false },
	{ 'Q', "", 1, false },
	{ 'B', NULL, 1, false },
	{ 'q', "", 1, false },
	{ 'Q', "-!*+/", 2, false },
	{ 'Q', "", 2, true },
	{ 'B', NULL, 4, true },
	{ 'q', "-!*+/", 4, false },
	{ 'Q', NULL, 4, false },
	{ 'q', NULL, 4, false },
	{ 'b', NULL, 4, false },
};

enum {
	NWAYS = sizeof ways / sizeof *ways,
};

static const char *const charsets[] = { "utf-8", "UTF-8", "iso-8859-1",
	"ISO-8859-1" };

unsigned
words_set(const char *charset)
{
	size_t k = 0;

	while (k < ARRAY_LEN(charsets) &&
	       !slice_eq(slice_of(charset), slice_of(charsets[k])))
		k++;
	return 1U << k;
}

/* s with the encoding of each encoded word as a capital; false when all are. */
static bool
put_capitals(struct buf *b, struct slice s)
{
	bool any = false;
	unsigned marks = 0; /* "?" since "=?" */

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '=' && i + 1 < s.len && s.p[i + 1] == '?' &&
		    marks != 2)
			marks = 0;
		else if (c == '?')
			marks++;
		else if (marks == 2 && (c == 'q' || c == 'b')) {
			c = c == 'q' ? 'Q' : 'B';
			any = true;
		}
		buf_char(b, c);
	}
	return any;
}

/* Spell the charset of each word that is of UTF-8 as that; false when none is
 * or it is another charset. */
static bool
spell_charset(struct buf *b, const char *charset)
{
	struct slice word = SLICE("=?utf-8?");
	bool any = false;

	for (size_t i = 0; i + word.len <= b->len; i++) {
		if (!slice_eq_nocase(slice_sub(buf_view(b), i, word.len), word))
			continue;
		any = true;
		memcpy(b->p + i + 2, charset, word.len - 3);
	}
	return any;
}

void
words_offer_capitals(struct offer *o, unsigned count, enum cause_id cause)
{
	for (size_t k = 0; k < 2; k++) {
		bool any = put_capitals(&o->text, o->value);
		bool spelled = spell_charset(&o->text, charsets[k]);

		o->q->sets = spelled ? words_set(charsets[k]) : 0;
		if (any && (spelled || k == 0))
			list_text(o, count, cause);
		buf_clear(&o->text);
	}
	o->q->sets = 0;
}

/* The names with encoded words in the value, and each in every way; or none. */
struct names {
	struct slice as_is[MAX_NAMES];
	struct slice was[MAX_NAMES][NWAYS];
	size_t n;
};

/* False when there are none, or too many.  A comma is part of a name that lost
 * its encoding. */
static bool
find_names(struct offer *o, struct names *t)
{
	struct slice rest = o->value, a, more, phrase, angle;

	t->n = 0;
	while (address_next(&rest, &a)) {
		while (
		    slice_find(a, '@') == a.len && address_next(&rest, &more))
			a.len = (size_t)(more.p + more.len - a.p);
		address_split(a, &phrase, &angle);
		if (find_word(phrase, SLICE("=?")) == phrase.len)
			continue;
		if (t->n == MAX_NAMES)
			return false;
		t->as_is[t->n++] = phrase;
	}
	return t->n > 0;
}

/* The name as it was meant: a blank between two words on one line is one, a
 * fold between them is none, and any other is one blank. */
static void
put_name(struct buf *out, struct arena *arena, struct slice name)
{
	struct buf b = { .max = 0 };

	if (memmem(name.p, name.len, "?= =?", 5) != NULL)
		words_unencode(&b, arena, name);
	else
		buf_slice(&b, name);
	words_decode(out, arena, buf_view(&b));
	buf_fail_with(out, &b);
	buf_clear(&b);
	for (size_t i = 0; i < out->len; i++)
		if (i == 0 || out->p[i] != ' ' || out->p[i - 1] != ' ')
			buf_char(&b, out->p[i]);
	buf_clear(out);
	buf_slice(out, buf_view(&b));
	buf_release(&b);
}

static void
write_names(
    struct offer *o, struct names *t, const char *charset, struct recoder *to)
{
	for (size_t k = 0; k < t->n * NWAYS; k++) {
		const struct way *way = &ways[k % NWAYS];
		struct slice name = t->as_is[k / NWAYS];
		struct recode_words w = { .charset = charset,
			.encoding = way->encoding,
			.first = WORD_WIDTH,
			.width = WORD_WIDTH,
			.whole = !way->part,
			.plain = way->plain,
			.between = " " };
		struct buf b = { .max = 0 }, text = { .max = 0 };
		bool good = true;

		if (way->encoding == 0) {
			put_capitals(&b, name);
			good = strcmp(charset, charsets[0]) == 0 ||
			       (strcmp(charset, charsets[1]) == 0 &&
				   spell_charset(&b, charset));
		} else {
			put_name(&text, o->c->s->arena, name);
			good = recode_words_encode(
			    &b, to, &w, address_unquoted(buf_view(&text), '"'));
		}
		t->was[k / NWAYS][k % NWAYS] =
		    good ? search_keep(o->c->s, &b) : SLICE_NONE;
		buf_release(&text);
		buf_release(&b);
	}
}

/* The value with each name in a way. */
static void
offer_ways(
    struct offer *o, const struct names *t, const size_t way[], unsigned count)
{
	const char *at = o->value.p, *end = o->value.p + o->value.len;

	for (size_t k = 0; k < t->n; k++) {
		const struct slice *is = &t->as_is[k],
				   *was = &t->was[k][way[k]];

		if (was->p == NULL) {
			buf_clear(&o->text);
			return;
		}
		buf_slice(&o->text, (struct slice){ at, (size_t)(is->p - at) });
		buf_slice(&o->text, *was);
		at = is->p + is->len;
	}
	buf_slice(&o->text, (struct slice){ at, (size_t)(end - at) });
	list_text(o, count, CAUSE_HDR_HALF_DECODED);
}

/* The ways of the names, each in its own; false after the last. */
static bool
next_mix(size_t way[], size_t n)
{
	for (size_t k = 0; k < n; k++) {
		if (++way[k] < WAYS_MIXED)
			return true;
		way[k] = 0;
	}
	return false;
}

void
words_offer_names(struct offer *o, unsigned alike, unsigned mixed)
{
	struct names *t = arena_alloc(o->c->s->arena, sizeof *t);

	if (t == NULL)
		search_memory(o->c->s);
	if (t == NULL || !find_names(o, t))
		return;
	for (size_t k = 0; k < ARRAY_LEN(charsets); k++) {
		size_t way[MAX_NAMES] = { 0 };
		struct recoder to;

		if (!recoder_open(&to, charsets[k], "UTF-8"))
			continue;
		o->q->sets = words_set(charsets[k]);
		write_names(o, t, charsets[k], &to);
		for (size_t w = 0; w < NWAYS; w++) {
			for (size_t n = 0; n < t->n; n++)
				way[n] = w;
			offer_ways(
			    o, t, way, alike / ways[w].less / (k < 2 ? 1 : 4));
		}
		for (size_t n = 0; n < t->n; n++)
			way[n] = 0;
		while (k < 2 && t->n > 1 && t->n <= MAX_MIXED &&
		       next_mix(way, t->n))
			offer_ways(o, t, way, mixed);
		o->q->sets = 0;
		recoder_close(&to);
	}
}
