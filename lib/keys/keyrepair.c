/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/keyrepair.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

/* What was found wrong, and how it is told. */
enum {
	WRONG_MARKS = 1 << 0,
	WRONG_TWICE = 1 << 1,
	WRONG_PEM = 1 << 2,
	WRONG_PLUS = 1 << 3,
	WRONG_CODED = 1 << 4,
	WRONG_WRAPPED = 1 << 5,
};

static const char *const told[] = {
	"quotation marks, parentheses or backslashes in its text",
	"its text twice",
	"the lines of a PEM file in p=",
	"spaces in place of plus signs",
	"a key in URL encoding",
	"an Ed25519 key with ASN.1 around it",
};

/* The octets at the start of rest that are no part of a record's text: what
 * quotes, groups and escapes it elsewhere.  *space: they stood for white
 * space. */
static size_t
marks(struct slice rest, bool *space)
{
	static const char *const typed[] = { "\xe2\x80\x9c", "\xe2\x80\x9d",
		"\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x8b",
		"\xef\xbb\xbf" };

	*space = false;
	if (slice_starts(rest, SLICE("\\n")) ||
	    slice_starts(rest, SLICE("\\r")) ||
	    slice_starts(rest, SLICE("\xc2\xa0"))) {
		*space = true;
		return 2;
	}
	if (rest.p[0] != '\0' && strchr("\"'`()\\", rest.p[0]) != NULL)
		return 1;
	for (size_t k = 0; k < ARRAY_LEN(typed); k++)
		if (slice_starts(rest, slice_of(typed[k])))
			return 3;
	return 0;
}

/* The text without them; where two strings of a master file meet, the white
 * space between them goes too. */
static void
without_marks(struct slice text, struct buf *out, unsigned *wrong)
{
	bool after = false, space;

	while (text.len > 0) {
		size_t n = marks(text, &space);

		if (n > 0) {
			*wrong |= WRONG_MARKS;
			if (space)
				buf_char(out, ' ');
			after = true;
		} else if (after && ascii_is_fws(text.p[0])) {
			size_t to = 0;

			while (to < text.len && ascii_is_fws(text.p[to]))
				to++;
			n = to;
			/* White space before another mark is between strings,
			 * else it is of the text. */
			if (to < text.len &&
			    marks(slice_sub(text, to, text.len), &space) == 0)
				buf_char(out, ' ');
		} else {
			after = false;
			buf_char(out, text.p[0]);
			n = 1;
		}
		text = slice_sub(text, n, text.len);
	}
}

static size_t
find_nocase(struct slice s, struct slice what)
{
	for (size_t at = 0; at + what.len <= s.len; at++)
		if (slice_eq_nocase(slice_sub(s, at, what.len), what))
			return at;
	return s.len;
}

/* What stands behind "p=", up to the next tag or a second record; all of a text
 * without tags. */
static struct slice
find_key(struct slice text, unsigned *wrong)
{
	static const struct slice head = { "v=DKIM1", 7 };
	struct slice p = { NULL, 0 };
	bool tagged = find_nocase(text, head) < text.len;

	while (text.len > 0 && p.len == 0) {
		size_t at = 0, end;

		while (at < text.len &&
		       !(slice_eq_nocase(slice_sub(text, at, 2), SLICE("p=")) &&
			   (at == 0 || !ascii_is_alnum(text.p[at - 1]))))
			at++;
		if (at < text.len)
			text = slice_sub(text, at + 2, text.len);
		else if (tagged)
			break;
		tagged = true;
		end = find_nocase(text, head);
		if (end < text.len)
			*wrong |= WRONG_TWICE;
		p = slice_sub(text, 0, end);
		p = slice_trim(slice_sub(p, 0, slice_find(p, ';')));
		text = slice_sub(text, end, text.len);
	}
	return p;
}

/* Where a tag begins that no semicolon parts from the key. */
static size_t
next_tag(struct slice p)
{
	for (size_t at = 0; at + 2 < p.len; at++)
		if (ascii_is_fws(p.p[at]) && p.p[at + 2] == '=' &&
		    p.p[at + 1] != '\0' &&
		    strchr("vkhstng", p.p[at + 1]) != NULL)
			return at;
	return p.len;
}

/* The base64 of p, as far as it can be told from what is around it. */
static void
put_key(struct slice p, bool plus, struct buf *out, unsigned *wrong)
{
	p = slice_trim(p);
	while (p.len > 0) {
		size_t n = 1;
		int high, low;

		if (slice_starts(p, SLICE("-----"))) {
			size_t end = 5;

			while (end < p.len &&
			       !slice_starts(
				   slice_sub(p, end, p.len), SLICE("-----")))
				end++;
			n = end + 5;
			*wrong |= WRONG_PEM;
		} else if (p.p[0] == '%' && p.len > 2 &&
			   (high = ascii_hex(p.p[1])) >= 0 &&
			   (low = ascii_hex(p.p[2])) >= 0) {
			buf_char(out, (char)(16 * high + low));
			*wrong |= WRONG_CODED;
			n = 3;
		} else if (p.p[0] == '-' || p.p[0] == '_') {
			buf_char(out, p.p[0] == '-' ? '+' : '/');
			*wrong |= WRONG_CODED;
		} else if (p.p[0] == ' ' && plus) {
			buf_char(out, '+');
			*wrong |= WRONG_PLUS;
		} else if (!ascii_is_fws(p.p[0])) {
			buf_char(out, p.p[0]);
		}
		p = slice_sub(p, n, p.len);
	}
}

/* Whether the text is the key of that type. */
static int
read_key(const char *type, struct slice p, struct key *out, struct diag *why)
{
	struct buf text = { .max = 0 };
	int result;

	buf_printf(&text, "k=%s; p=", type);
	buf_slice(&text, p);
	result = text.failure != BUF_OK			     ? diag_memory(why)
		 : key_parse(buf_view(&text), out, why) == 0 ? 1
		 : why->code == DIAG_MEMORY		     ? -1
							     : 0;
	buf_release(&text);
	return result;
}

static int
try_key(struct slice p, bool plus, struct key *out, unsigned *wrong,
    struct diag *why)
{
	/* SEQUENCE { SEQUENCE { 1.3.101.112 } BIT STRING }, up to the key. */
	static const struct slice wrapped = { "MCowBQYDK2VwAyEA", 16 };
	struct buf text = { .max = 0 };
	int result = 0;

	put_key(p, plus, &text, wrong);
	struct slice key = buf_view(&text);

	if (text.failure != BUF_OK)
		result = diag_memory(why);
	if (result == 0 && key.len > 0)
		result = read_key("rsa", key, out, why);
	if (slice_starts(key, wrapped)) {
		key = slice_sub(key, wrapped.len, key.len);
		*wrong |= WRONG_WRAPPED;
	}
	if (result == 0 && key.len > 0)
		result = read_key("ed25519", key, out, why);
	buf_release(&text);
	return result;
}

static void
tell(unsigned wrong, char what[KEYREPAIR_TEXT])
{
	size_t len = 0;

	for (size_t k = 0; k < ARRAY_LEN(told); k++)
		if ((wrong >> k & 1) != 0 && len < KEYREPAIR_TEXT)
			len +=
			    (size_t)snprintf(what + len, KEYREPAIR_TEXT - len,
				"%s%s", len > 0 ? ", and " : "", told[k]);
	if (len == 0)
		snprintf(what, KEYREPAIR_TEXT, "%s",
		    "tags beside p= that are wrong");
}

int
key_repair(struct slice text, struct key *out, char what[KEYREPAIR_TEXT],
    struct diag *why)
{
	struct buf plain = { .max = 0 };
	unsigned seen = 0, wrong = 0;
	int result = 0;

	without_marks(text, &plain, &seen);
	if (plain.failure != BUF_OK)
		result = diag_memory(why);
	struct slice p = find_key(buf_view(&plain), &seen);

	/* From what takes away least to what takes away most. */
	for (unsigned way = 0; result == 0 && way < 4; way++) {
		struct slice cut = slice_sub(p, 0, next_tag(p));

		if (way >= 2 && cut.len == p.len)
			break;
		wrong = seen;
		result =
		    try_key(way >= 2 ? cut : p, way % 2 == 1, out, &wrong, why);
	}
	buf_release(&plain);
	if (result > 0)
		tell(wrong, what);
	return result;
}
