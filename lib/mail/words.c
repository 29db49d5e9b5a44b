/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "base/base64.h"
#include "mail/words.h"

enum {
	MAX_CHARSET = 40, /* longer names of charsets are none */
	FIELD_OCTETS = 8192,
};

struct words {
	struct buf *out;
	struct arena *arena;
	/* Octets of adjacent encoded words of one charset, as senders cut them
	 * in the middle of a character. */
	struct buf octets;
	char charset[MAX_CHARSET + 1];
	bool was_word; /* an encoded word stands right before */
};

/* The analyzer of gcc 12 takes what iconv_open() gives for a charset that it
 * does not know for memory that has to be freed. */
#if defined __GNUC__ && !defined __clang__
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

/* What iconv_open() gives for a charset that it does not know. */
static bool
is_none(iconv_t cd)
{
	return (intptr_t)cd == -1;
}

/* Convert what has gathered. */
static void
words_flush(struct words *w)
{
	char room[1024], *in = w->octets.p;
	size_t left = w->octets.len;

	w->was_word = false;
	if (left == 0)
		return;
	iconv_t cd = iconv_open("UTF-8", w->charset);

	if (is_none(cd)) {
		w->out->failure = BUF_NO_MEMORY;
		return;
	}
	while (left > 0) {
		char *to = room;
		size_t space = sizeof room;
		bool bad = iconv(cd, &in, &left, &to, &space) == (size_t)-1 &&
			   errno != E2BIG;

		buf_put(w->out, room, sizeof room - space);
		if (!bad)
			continue;
		buf_char(w->out, '?');
		in++;
		left--;
	}
	/* Where a mark may follow (windows-1258), the last letter is held back.
	 */
	char *to = room;
	size_t space = sizeof room;

	if (iconv(cd, NULL, NULL, &to, &space) != (size_t)-1)
		buf_put(w->out, room, sizeof room - space);
	iconv_close(cd);
	buf_clear(&w->octets);
}

/* Whether there is such a charset; kept in w for words_flush(). */
static bool
charset_take(struct words *w, struct slice name)
{
	char s[MAX_CHARSET + 1];

	/* "*" begins a language (RFC 2231 section 5). */
	name = slice_sub(name, 0, slice_find(name, '*'));
	if (name.len == 0 || name.len > MAX_CHARSET)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		s[i] = ascii_lower(name.p[i]);
		/* "/" would be an instruction to iconv_open(). */
		if (!ascii_is_alnum(s[i]) && s[i] != '-' && s[i] != '_' &&
		    s[i] != '.' && s[i] != ':')
			return false;
	}
	s[name.len] = '\0';
	if (w->octets.len > 0 && strcmp(s, w->charset) == 0)
		return true;
	iconv_t cd = iconv_open("UTF-8", s);

	if (is_none(cd))
		return false;
	iconv_close(cd);
	words_flush(w);
	memcpy(w->charset, s, name.len + 1);
	return true;
}

/* RFC 2047 section 4.2. */
static void
q_decode(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		bool coded = s.p[i] == '=' && s.len - i > 2;
		int high = coded ? ascii_hex(s.p[i + 1]) : -1;
		int low = coded ? ascii_hex(s.p[i + 2]) : -1;

		if (high >= 0 && low >= 0) {
			buf_char(b, (char)(high << 4 | low));
			i += 2;
		} else {
			buf_char(b, s.p[i] == '_' ? ' ' : s.p[i]);
		}
	}
}

static bool
text_decode(
    struct words *w, char encoding, struct slice charset, struct slice text)
{
	struct slice octets = { NULL, 0 };

	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] <= ' ' || text.p[i] == 0x7f)
			return false;
	if (encoding == 'b' &&
	    base64_decode(text, w->arena, &octets) != BASE64_OK)
		return false;
	if ((encoding != 'b' && encoding != 'q') || !charset_take(w, charset))
		return false;
	if (encoding == 'b')
		buf_slice(&w->octets, octets);
	else
		q_decode(&w->octets, text);
	return true;
}

/* "=?charset?encoding?text?=" at the start of *rest. */
static bool
encoded_word(struct words *w, struct slice *rest)
{
	/* Longer ones are not read: 75 is the most that is allowed. */
	struct slice s = slice_sub(*rest, 0, 1024), charset, encoding, text;

	if (!slice_starts(s, SLICE("=?")))
		return false;
	s = slice_sub(s, 2, s.len);
	if (!slice_cut(&s, '?', &charset) || !slice_cut(&s, '?', &encoding) ||
	    !slice_cut(&s, '?', &text) || s.len == 0 || s.p[0] != '=' ||
	    encoding.len != 1 ||
	    !text_decode(w, ascii_lower(encoding.p[0]), charset, text))
		return false;
	*rest = slice_sub(*rest, (size_t)(s.p + 1 - rest->p), rest->len);
	return true;
}

/* The octets of an encoded word at the start of *rest. */
static bool
word_octets(struct slice *rest, struct arena *arena, struct slice *charset,
    struct buf *octets)
{
	struct slice s = slice_sub(*rest, 0, 1024), encoding, text, decoded;

	if (!slice_starts(s, SLICE("=?")))
		return false;
	s = slice_sub(s, 2, s.len);
	if (!slice_cut(&s, '?', charset) || !slice_cut(&s, '?', &encoding) ||
	    !slice_cut(&s, '?', &text) || s.len == 0 || s.p[0] != '=' ||
	    encoding.len != 1)
		return false;
	if (ascii_lower(encoding.p[0]) == 'q')
		q_decode(octets, text);
	else if (ascii_lower(encoding.p[0]) == 'b' &&
		 base64_decode(text, arena, &decoded) == BASE64_OK)
		buf_slice(octets, decoded);
	else
		return false;
	*rest = slice_sub(*rest, (size_t)(s.p + 1 - rest->p), rest->len);
	return true;
}

enum words_kind
words_next(struct slice *rest, struct arena *arena, struct slice *word,
    struct buf *octets)
{
	struct slice v = *rest, charset;
	enum words_kind kind = WORDS_GAP;
	size_t n = 0;

	if (word_octets(rest, arena, &charset, octets)) {
		*word = slice_sub(v, 0, v.len - rest->len);
		return slice_eq_nocase(charset, SLICE("unknown-8bit"))
			   ? WORDS_UNKNOWN
		       : slice_is_ascii(buf_view(octets)) ? WORDS_ASCII
							  : WORDS_CODED;
	}
	while (n < v.len && ascii_is_fws(v.p[n]))
		n++;
	if (n == 0)
		kind = WORDS_TEXT;
	for (; kind == WORDS_TEXT && n < v.len && !ascii_is_fws(v.p[n]); n++)
		if (n > 0 && v.p[n] == '=' && n + 1 < v.len &&
		    v.p[n + 1] == '?')
			break;
	*word = slice_sub(v, 0, n);
	*rest = slice_sub(v, n, v.len);
	return kind;
}

bool
words_unencode(struct buf *out, struct arena *arena, struct slice v)
{
	bool any = false, was_word = false;
	size_t gap = 0; /* white space put since */

	while (v.len > 0) {
		struct buf octets = { .max = 0 };
		struct slice word;
		enum words_kind kind = words_next(&v, arena, &word, &octets);

		if (kind == WORDS_ASCII || kind == WORDS_UNKNOWN) {
			any = true;
			out->len -= was_word ? gap : 0;
			buf_slice(out, buf_view(&octets));
		} else {
			buf_slice(out, word);
		}
		if (kind != WORDS_GAP)
			was_word = kind <= WORDS_UNKNOWN;
		gap = kind == WORDS_GAP ? word.len : 0;
		buf_fail_with(out, &octets);
		buf_release(&octets);
	}
	return any;
}

void
words_decode(struct buf *out, struct arena *arena, struct slice value)
{
	struct words w = { .out = out, .arena = arena };
	struct slice rest = slice_trim(value);
	bool may_begin = true; /* an encoded word */

	while (rest.len > 0) {
		size_t gap = 0;

		while (gap < rest.len && ascii_is_fws(rest.p[gap]))
			gap++;
		struct slice behind = slice_sub(rest, gap, rest.len);

		/* White space between two encoded words means nothing. */
		if ((gap > 0 ? w.was_word : may_begin) &&
		    encoded_word(&w, &behind)) {
			rest = behind;
			w.was_word = true;
			may_begin = false;
			continue;
		}
		words_flush(&w);
		for (size_t i = 0; i < gap; i++)
			if (ascii_is_wsp(rest.p[i]))
				buf_char(out, ' ');
		rest = behind;
		may_begin = gap > 0;
		if (gap > 0)
			continue;
		/* In a comment or a phrase one begins behind these. */
		may_begin = rest.p[0] == '(' || rest.p[0] == '"';
		buf_char(out, rest.p[0]);
		rest = slice_sub(rest, 1, rest.len);
	}
	words_flush(&w);
	if (w.octets.failure != BUF_OK)
		out->failure = w.octets.failure;
	buf_release(&w.octets);
}

void
words_field(struct buf *out, struct arena *arena, const struct field *f)
{
	words_decode(out, arena, slice_sub(f->value, 0, FIELD_OCTETS));
}
