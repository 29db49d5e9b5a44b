/* SPDX-License-Identifier: BSD-2-Clause */
/* What a Subject may have been before it was tagged or encoded anew. */
#include <string.h>

#include "base/base64.h"
#include "why/header_subject.h"
#include "why/header_list_rows.h"
#include "why/header_words.h"
#include "mail/recode.h"

enum {
	WORD_MAX = 76, /* octets of an encoded word, or one more */
	WORD_MANY = 55,
};

static struct slice
drop_blanks(struct slice s)
{
	while (s.len > 0 && ascii_is_wsp(s.p[0]))
		s = slice_sub(s, 1, s.len);
	return s;
}

/* How replies are marked: a list that looks for one may spell it its own way.
 */
static const char *const reply_marks[] = { "Re: ", "RE: ", "re: ", "AW: ",
	"Aw: ", "SV: ", "Fwd: ", "FW: ", "Fw: ", "WG: ", "TR: ", "Antw: ",
	"R: ", "Re:", "RE:", "Re: Re: " };

/* The text behind a mark, when it begins with one; else all of it. */
static struct slice
without_mark(struct slice text)
{
	for (size_t k = 0; k < ARRAY_LEN(reply_marks); k++) {
		struct slice mark = slice_trim(slice_of(reply_marks[k]));

		if (slice_eq_nocase(slice_sub(text, 0, mark.len), mark))
			return drop_blanks(slice_sub(text, mark.len, text.len));
	}
	return text;
}

/* text, and with every other mark when it has one. */
static void
offer_subject(struct offer *o, struct slice text, enum rank rank)
{
	struct slice bare = without_mark(text);

	if (text.len == 0)
		return;
	offer_value(o, text, rank);
	if (bare.len == text.len)
		return;
	for (size_t k = 0; k < ARRAY_LEN(reply_marks); k++) {
		buf_text(&o->text, reply_marks[k]);
		buf_slice(&o->text, bare);
		offer_text(o, RANK_RARE);
	}
}

/* Where a tag put before v may end: behind what closes one, or a blank. */
static bool
tag_ends(struct slice v, size_t at, bool blanks)
{
	return at > 0 && at < v.len &&
	       strchr(blanks ? "])}>*: " : "])}>*:", v.p[at - 1]) != NULL &&
	       v.p[at - 1] != '\0';
}

/* v without what may be a tag at its start. */
static void
subject_prefixes(struct offer *o, struct slice v)
{
	for (size_t i = 1; i < v.len && i < 80; i++)
		if (tag_ends(v, i, true))
			offer_subject(o, slice_sub(v, i, v.len), RANK_USUAL);
}

/* Behind what is in brackets at the start of v; 0 when nothing is. */
static size_t
bracketed(struct slice v)
{
	static const char open[] = "[({<*", close[] = "])}>*";
	const char *kind = v.len > 0 ? strchr(open, v.p[0]) : NULL;

	if (kind == NULL || *kind == '\0')
		return 0;
	size_t n = 1 + slice_find(slice_sub(v, 1, v.len), close[kind - open]);

	return n < v.len ? n + 1 : 0;
}

/* "Re: [list] [more] text" without "[list]", and without both. */
static void
subject_inner(struct offer *o, struct slice v)
{
	for (size_t i = 0; i < v.len && i < 80; i++) {
		struct slice rest = slice_sub(v, i, v.len);
		size_t n;

		while ((n = bracketed(rest)) > 0) {
			struct buf b = { .max = 0 };

			rest = drop_blanks(slice_sub(rest, n, rest.len));
			buf_slice(&b, slice_sub(v, 0, i));
			buf_slice(&b, rest);
			struct slice kept = search_keep(o->c->s, &b);

			buf_release(&b);
			if (kept.p == NULL)
				return;
			offer_subject(o, kept, RANK_USUAL);
		}
	}
}

/* v without what may be a tag at its end. */
static void
subject_suffixes(struct offer *o, struct slice v)
{
	unsigned words = 0;

	for (size_t i = v.len; i > 1 && v.len - i < 60 && words < 6; i--) {
		bool opens = strchr("[({<*#-", v.p[i - 1]) != NULL;

		if (v.p[i - 1] != ' ' && !opens)
			continue;
		words += v.p[i - 1] == ' ';
		offer_value(
		    o, slice_sub(v, 0, i - 1), opens ? RANK_USUAL : RANK_RARE);
	}
}

/* Charsets that Subjects are encoded in, as they are spelled; those that people
 * use most come first, and their words are tried in every form. */
static const struct {
	const char *charset, *encodings;
	bool every;
} spellings[] = {
	{ "utf-8", "BQbq", true },
	{ "UTF-8", "BQbq", true },
	{ "iso-8859-1", "QBq", true },
	{ "ISO-8859-1", "QB", true },
	{ "iso-2022-jp", "Bb", true },
	{ "ISO-2022-JP", "B", true },
	{ "windows-1252", "QBq", false },
	{ "Windows-1252", "Q", false },
	{ "iso-8859-15", "QBq", false },
	{ "ISO-8859-15", "Q", false },
	{ "koi8-r", "BQb", false },
	{ "KOI8-R", "B", false },
	{ "windows-1251", "BQb", false },
	{ "gb2312", "B", false },
	{ "GB2312", "B", false },
	{ "gb18030", "B", false },
	{ "gbk", "B", false },
	{ "big5", "B", false },
	{ "shift_jis", "B", false },
	{ "euc-kr", "B", false },
	{ "ks_c_5601-1987", "B", false },
	{ "iso-8859-2", "QB", false },
};

/* How long words are made, and what Q leaves as it is. */
static const struct {
	size_t first, width;
} word_widths[] = { { 75, 75 }, { 0, 0 }, { 67, 75 }, { 76, 75 }, { 69, 77 },
	{ 66, 75 }, { 72, 72 }, { 70, 70 }, { 76, 76 }, { 74, 74 }, { 64, 64 },
	{ 60, 60 } };
static const char *const plain_sets[] = { NULL, "-!*+/", "" };

/* text in words of one charset and encoding. */
static void
put_forms(struct offer *o, struct recoder *r, struct recode_words *w,
    struct slice text, bool every)
{
	size_t widths = every ? ARRAY_LEN(word_widths) : 2;
	size_t sets = ascii_lower(w->encoding) == 'q' ? 3 : 1;

	for (size_t set = 0; set < sets; set++)
		for (int whole = 1; whole >= (every ? 0 : 1); whole--)
			for (size_t k = 0; k < widths; k++) {
				w->plain = plain_sets[set];
				w->whole = whole == 1;
				w->first = word_widths[k].first;
				w->width = word_widths[k].width;
				if (!recode_words_encode(&o->text, r, w, text))
					return;
				bool one = o->text.len <= 60;

				offer_text(o, RANK_RARE);
				/* One word is the same in every width. */
				if (one)
					break;
			}
}

/* text as it may have been encoded; few: in the commonest charsets. */
static void
put_encoded(struct offer *o, struct slice text, bool few)
{
	size_t n = few ? 2 : ARRAY_LEN(spellings);

	text = slice_trim(text);
	for (size_t k = 0; k < n && text.len > 0; k++) {
		struct recode_words w = { .charset = spellings[k].charset,
			.between =
			    o->c->canon == CANON_SIMPLE ? "\r\n " : " " };
		const char *e = spellings[k].encodings;
		struct recoder r;

		if (!recoder_open(&r, w.charset, "UTF-8"))
			continue;
		o->q->sets = words_set(w.charset);
		for (; *e != '\0'; e++) {
			w.encoding = *e;
			put_forms(o, &r, &w, text, spellings[k].every);
		}
		o->q->sets = 0;
		recoder_close(&r);
	}
}

/* text in two words, the second from at on: octets of the first, or 0 when one
 * is too long. */
static size_t
put_two_words(struct offer *o, struct recoder *r, const struct recode_words *w,
    struct slice text, size_t at)
{
	size_t first;
	bool good = recode_words_encode(&o->text, r, w, slice_sub(text, 0, at));

	first = o->text.len;
	buf_text(&o->text, w->between);
	good = good && recode_words_encode(
			   &o->text, r, w, slice_sub(text, at, text.len));
	good = good && first <= WORD_MAX &&
	       o->text.len - first - strlen(w->between) <= WORD_MAX;
	if (!good)
		buf_clear(&o->text);
	return good ? first : 0;
}

void
offer_two_words(struct offer *o, unsigned at_blank, unsigned anywhere)
{
	struct slice text;

	if (!offer_decoded(o, &text) || text.len < 40 || text.len > 120)
		return;
	for (size_t n = 0; n < 2 * 2; n++) {
		struct recode_words w = { .charset = spellings[n / 2].charset,
			.encoding = "BQ"[n % 2],
			.whole = true,
			.plain = "",
			.between =
			    o->c->canon == CANON_SIMPLE ? "\r\n " : " " };
		struct recoder r;

		if (!recoder_open(&r, w.charset, "UTF-8"))
			continue;
		o->q->sets = words_set(w.charset);
		for (size_t at = 1; at < text.len && !search_over(o->c->s);
		     at++) {
			bool blank = text.p[at] == ' ' || text.p[at - 1] == ' ';
			size_t first = (text.p[at] & 0xc0) == 0x80
					   ? 0
					   : put_two_words(o, &r, &w, text, at);

			if (first > 0)
				list_text(o,
				    blank && first > WORD_MANY ? at_blank
							       : anywhere,
				    CAUSE_HDR_SUBJECT_REENCODED);
		}
		o->q->sets = 0;
		recoder_close(&r);
	}
}

/* The first encoded word of v without what may be a tag at the start of its
 * text; all that follows stays. */
static void
first_word_cut(struct offer *o, struct slice v)
{
	size_t at = find_word(v, SLICE("=?"));
	struct slice rest = slice_sub(v, at + 2, v.len), charset, encoding,
		     text;

	if (at == v.len || !slice_cut(&rest, '?', &charset) ||
	    !slice_cut(&rest, '?', &encoding) ||
	    !slice_cut(&rest, '?', &text) || encoding.len != 1 || rest.len == 0)
		return;
	bool q = ascii_lower(encoding.p[0]) == 'q';

	if (!q && base64_decode(text, o->c->s->arena, &text) != BASE64_OK)
		return;
	for (size_t i = 0; i < text.len && i < 60; i++) {
		struct slice one =
		    slice_sub(text, i, q && text.p[i] == '=' ? 3 : 1);
		struct buf b = { .max = 0 };

		recode_qp_decode(&b, one);
		char c = b.len == 0 ? '\0' : q && b.p[0] == '_' ? ' ' : b.p[0];

		buf_release(&b);
		i += one.len - 1;
		if (c == '\0' || strchr("])}>*: ", c) == NULL)
			continue;
		buf_slice(&o->text, slice_sub(v, 0, at));
		buf_printf(&o->text, "=?%.*s?%.*s?", SLICE_ARG(charset),
		    SLICE_ARG(encoding));
		struct slice left = slice_sub(text, i + 1, text.len);

		if (q)
			buf_slice(&o->text, left);
		else
			base64_encode(&o->text, left);
		buf_char(&o->text, '?');
		buf_slice(&o->text, rest);
		offer_text(o, RANK_USUAL);
	}
}

void
offer_untagged(struct offer *o)
{
	struct slice text;
	unsigned most = 2;

	if (!is_named(o, "subject") || o->field == NULL)
		return;
	subject_prefixes(o, o->value);
	subject_inner(o, o->value);
	subject_suffixes(o, o->value);
	if (!offer_decoded(o, &text))
		return;
	first_word_cut(o, o->value);
	subject_prefixes(o, text);
	subject_inner(o, text);
	text = slice_sub(text, 0, 400);
	for (size_t i = 1; i < text.len && i < 60 && most > 0; i++)
		if (tag_ends(text, i, false)) {
			put_encoded(o, slice_sub(text, i, text.len), true);
			most--;
		}
}

void
offer_reencoded(struct offer *o)
{
	struct slice text;

	if (!is_named(o, "subject comments") || o->field == NULL)
		return;
	offer_decoded(o, &text);
	if (text.p == NULL || slice_is_ascii(text))
		return;
	offer_value(o, text, RANK_USUAL);
	put_encoded(o, text, false);
}
