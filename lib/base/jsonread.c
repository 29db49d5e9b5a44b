/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/jsonread.h"

void
jsonread_init(struct jsonread *j, struct slice text)
{
	*j = (struct jsonread){ .rest = text };
}

void
jsonread_release(struct jsonread *j)
{
	buf_release(&j->text);
}

static enum jsonread_kind
bad(struct jsonread *j)
{
	j->want = JSONREAD_IS_BAD;
	return JSONREAD_BAD;
}

static void
skip_space(struct jsonread *j)
{
	while (j->rest.len > 0 && ascii_is_fws(j->rest.p[0]))
		j->rest = slice_sub(j->rest, 1, j->rest.len);
}

static void
put_utf8(struct buf *b, unsigned long cp)
{
	if (cp < 0x80) {
		buf_char(b, (char)cp);
		return;
	}
	if (cp < 0x800)
		buf_char(b, (char)(0xc0 | cp >> 6));
	else if (cp < 0x10000)
		buf_char(b, (char)(0xe0 | cp >> 12));
	else
		buf_char(b, (char)(0xf0 | cp >> 18));
	if (cp >= 0x10000)
		buf_char(b, (char)(0x80 | (cp >> 12 & 0x3f)));
	if (cp >= 0x800)
		buf_char(b, (char)(0x80 | (cp >> 6 & 0x3f)));
	buf_char(b, (char)(0x80 | (cp & 0x3f)));
}

/* Four hexadecimal digits at the start of s. */
static bool
hex4(struct slice s, unsigned long *out)
{
	*out = 0;
	if (s.len < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		int digit = ascii_hex(s.p[i]);

		if (digit < 0)
			return false;
		*out = *out << 4 | (unsigned long)digit;
	}
	return true;
}

/* What stands behind a backslash; the octets it took, 0 for none such. */
static size_t
unescape(struct jsonread *j, struct slice s)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	unsigned long cp, low;

	if (s.len == 0)
		return 0;
	for (size_t i = 0; names[i] != '\0'; i++)
		if (s.p[0] == names[i]) {
			buf_char(&j->text, values[i]);
			return 1;
		}
	if (s.p[0] != 'u' || !hex4(slice_sub(s, 1, s.len), &cp))
		return 0;
	if (cp < 0xd800 || cp > 0xdfff) {
		put_utf8(&j->text, cp);
		return 5;
	}
	if (cp > 0xdbff || s.len < 11 || s.p[5] != '\\' || s.p[6] != 'u' ||
	    !hex4(slice_sub(s, 7, s.len), &low) || low < 0xdc00 || low > 0xdfff)
		return 0;
	put_utf8(&j->text, 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00));
	return 11;
}

/* The string at the start of the rest, its quotes stepped over. */
static bool
read_string(struct jsonread *j)
{
	struct slice s = slice_sub(j->rest, 1, j->rest.len);
	unsigned long cp;

	buf_clear(&j->text);
	while (s.len > 0 && s.p[0] != '"') {
		size_t n;

		if (s.p[0] == '\\') {
			n = unescape(j, slice_sub(s, 1, s.len));
			n += n > 0;
		} else {
			n = slice_utf8_next(s, &cp);
			if (n > 0 && cp < 0x20)
				n = 0;
			buf_put(&j->text, s.p, n);
		}
		if (n == 0)
			return false;
		s = slice_sub(s, n, s.len);
	}
	if (s.len == 0)
		return false;
	j->rest = slice_sub(s, 1, s.len);
	return j->text.failure == BUF_OK;
}

/* Digits from i on; how far they go. */
static size_t
digits(struct slice s, size_t i)
{
	while (i < s.len && ascii_is_digit(s.p[i]))
		i++;
	return i;
}

static bool
read_number(struct jsonread *j)
{
	struct slice s = j->rest;
	size_t i = s.len > 0 && s.p[0] == '-', from = i;

	i = digits(s, i);
	if (i == from || (s.p[from] == '0' && i > from + 1))
		return false;
	if (i < s.len && s.p[i] == '.') {
		from = ++i;
		if ((i = digits(s, i)) == from)
			return false;
	}
	if (i < s.len && ascii_lower(s.p[i]) == 'e') {
		i++;
		i += i < s.len && (s.p[i] == '+' || s.p[i] == '-');
		from = i;
		if ((i = digits(s, i)) == from)
			return false;
	}
	buf_clear(&j->text);
	buf_put(&j->text, s.p, i);
	j->rest = slice_sub(s, i, s.len);
	return j->text.failure == BUF_OK;
}

static enum jsonread_kind
opened(struct jsonread *j, char bracket)
{
	if (j->depth == JSONREAD_DEPTH)
		return bad(j);
	j->open[j->depth++] = bracket;
	j->want = JSONREAD_WANT_FIRST;
	j->rest = slice_sub(j->rest, 1, j->rest.len);
	return bracket == '{' ? JSONREAD_OBJECT : JSONREAD_ARRAY;
}

static enum jsonread_kind
closed(struct jsonread *j)
{
	bool object = j->open[--j->depth] == '{';

	j->rest = slice_sub(j->rest, 1, j->rest.len);
	j->want = j->depth > 0 ? JSONREAD_WANT_NEXT : JSONREAD_WANT_NOTHING;
	return object ? JSONREAD_OBJECT_END : JSONREAD_ARRAY_END;
}

static enum jsonread_kind
read_value(struct jsonread *j)
{
	static const struct {
		struct slice word;
		enum jsonread_kind kind;
	} words[] = {
		{ { "true", 4 }, JSONREAD_TRUE },
		{ { "false", 5 }, JSONREAD_FALSE },
		{ { "null", 4 }, JSONREAD_NULL },
	};

	if (j->rest.len == 0)
		return bad(j);
	if (j->rest.p[0] == '{' || j->rest.p[0] == '[')
		return opened(j, j->rest.p[0]);
	j->want = j->depth > 0 ? JSONREAD_WANT_NEXT : JSONREAD_WANT_NOTHING;
	if (j->rest.p[0] == '"')
		return read_string(j) ? JSONREAD_STRING : bad(j);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (slice_starts(j->rest, words[i].word)) {
			j->rest =
			    slice_sub(j->rest, words[i].word.len, j->rest.len);
			return words[i].kind;
		}
	return read_number(j) ? JSONREAD_NUMBER : bad(j);
}

/* A member's key and its colon. */
static enum jsonread_kind
read_key(struct jsonread *j)
{
	if (j->rest.len == 0 || j->rest.p[0] != '"' || !read_string(j))
		return bad(j);
	skip_space(j);
	if (j->rest.len == 0 || j->rest.p[0] != ':')
		return bad(j);
	j->rest = slice_sub(j->rest, 1, j->rest.len);
	j->want = JSONREAD_WANT_VALUE;
	return JSONREAD_KEY;
}

enum jsonread_kind
jsonread_next(struct jsonread *j)
{
	if (j->want == JSONREAD_IS_BAD)
		return JSONREAD_BAD;
	skip_space(j);
	if (j->want == JSONREAD_WANT_NOTHING)
		return j->rest.len == 0 ? JSONREAD_END : bad(j);
	if (j->want == JSONREAD_WANT_VALUE)
		return read_value(j);
	bool object = j->open[j->depth - 1] == '{';

	if (j->rest.len == 0)
		return bad(j);
	if (j->rest.p[0] == (object ? '}' : ']'))
		return closed(j);
	if (j->want == JSONREAD_WANT_NEXT) {
		if (j->rest.p[0] != ',')
			return bad(j);
		j->rest = slice_sub(j->rest, 1, j->rest.len);
		skip_space(j);
	}
	return object ? read_key(j) : read_value(j);
}

void
jsonread_skip(struct jsonread *j, enum jsonread_kind kind)
{
	unsigned depth = j->depth;

	if (kind == JSONREAD_KEY)
		kind = jsonread_next(j), depth = j->depth;
	if (kind != JSONREAD_OBJECT && kind != JSONREAD_ARRAY)
		return;
	while (j->depth >= depth && kind != JSONREAD_BAD)
		kind = jsonread_next(j);
}
