/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "base/base64.h"
#include "mail/recode.h"

enum {
	EXCHANGE_WIDTH = 75, /* of quoted-printable before "=" */
	ENCODER_PIECE = 768, /* octets made base64 at a time: whole groups */
};

static const char upper_hex[] = "0123456789ABCDEF";

void
recode_qp_decode(struct buf *out, struct slice text)
{
	struct slice s = text;

	for (size_t i = 0; i < s.len; i++) {
		size_t next = i + slice_find(slice_sub(s, i, s.len), '=');

		buf_slice(out, slice_sub(s, i, next - i));
		if ((i = next) == s.len)
			break;
		size_t end = i + 1;

		while (end < s.len && ascii_is_wsp(s.p[end]))
			end++;
		end += end < s.len && s.p[end] == '\r';
		if (end < s.len && s.p[end] == '\n') {
			i = end;
			continue;
		}
		int high = s.len - i > 2 ? ascii_hex(s.p[i + 1]) : -1;
		int low = s.len - i > 2 ? ascii_hex(s.p[i + 2]) : -1;

		if (high < 0 || low < 0) {
			buf_char(out, s.p[i]);
			continue;
		}
		buf_char(out, (char)(high << 4 | low));
		i += 2;
	}
}

static void
put_hex(struct buf *out, char c)
{
	unsigned char u = (unsigned char)c;

	buf_char(out, '=');
	buf_char(out, upper_hex[u >> 4]);
	buf_char(out, upper_hex[u & 15]);
}

static bool
is_qp_plain(char c)
{
	return c > ' ' && c < 0x7f && c != '=';
}

/* One line without its end; strict: see struct encoder. */
static void
qp_line(struct buf *out, struct slice line, size_t width, bool strict)
{
	size_t column = 0;

	for (size_t i = 0; i < line.len;) {
		size_t from = i, room = width - 1 - column;

		/* As many octets as stay what they are and leave room for "=".
		 */
		while (i < line.len - 1 && i - from < room &&
		       (is_qp_plain(line.p[i]) || ascii_is_wsp(line.p[i])))
			i++;
		buf_slice(out, slice_sub(line, from, i - from));
		column += i - from;

		bool last = i + 1 == line.len;
		bool plain = is_qp_plain(line.p[i]) ||
			     (ascii_is_wsp(line.p[i]) && !last);
		size_t n = plain ? 1 : 3;

		if (column > 0 &&
		    column + n > width - (last && !strict ? 0 : 1)) {
			buf_text(out, "=\r\n");
			column = 0;
			continue;
		}
		if (plain)
			buf_char(out, line.p[i]);
		else
			put_hex(out, line.p[i]);
		column += n;
		i++;
	}
}

void
recode_qp_bare_lf(struct buf *out, struct slice text)
{
	size_t column = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		bool lf = c == '\n';
		bool plain =
		    is_qp_plain(c) || (ascii_is_wsp(c) && i + 1 < text.len);
		size_t n = plain ? 1 : 3;

		if (c == '\r' && i + 1 < text.len && text.p[i + 1] == '\n')
			continue;
		if (column + n > EXCHANGE_WIDTH) {
			buf_text(out, "=\r\n");
			column = 0;
		}
		if (plain)
			buf_char(out, c);
		else
			put_hex(out, c);
		column += n;
		if (lf) {
			buf_text(out, "=\r\n");
			column = 0;
		}
	}
	if (column > 0)
		buf_text(out, "=\r\n");
}

/* How many octets from the start of s are of one character that is cut short:
 * what a decoder replaces at once. */
static size_t
utf8_broken(struct slice s)
{
	unsigned char c = (unsigned char)s.p[0];
	size_t want = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2, n = 1;

	if (c < 0xc2 || c > 0xf4)
		return 1;
	while (n < want && n < s.len && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n++;
	return n < want ? n : 1;
}

bool
recode_replaced(struct buf *out, struct slice text, bool whole)
{
	size_t before = out->len, from = 0;
	bool any = false;

	for (size_t i = 0; i < text.len;) {
		unsigned long cp;
		size_t n = 1;

		if ((unsigned char)text.p[i] >= 0x80)
			n = slice_utf8_next(
			    slice_sub(text, i, text.len - i), &cp);
		if (n > 0) {
			i += n;
			continue;
		}
		any = true;
		buf_slice(out, slice_sub(text, from, i - from));
		buf_text(out, "\xef\xbf\xbd");
		i += whole ? utf8_broken(slice_sub(text, i, text.len - i)) : 1;
		from = i;
	}
	buf_slice(out, slice_sub(text, from, text.len - from));
	if (!any)
		out->len = before;
	return any;
}

/* How many octets it takes, behind those that wait, until some can be encoded:
 * a line of text; of octets what makes whole groups of base64. */
static size_t
encoder_wants(const struct encoder *e, struct slice octets)
{
	size_t line = e->width / 4 * 3 - e->column;

	if (e->coding == ENCODER_QP)
		return slice_find(octets, '\n') + 1;
	return (line < ENCODER_PIECE ? line : ENCODER_PIECE) - e->waiting.len;
}

static void
encode(struct encoder *e, struct slice octets)
{
	if (e->coding == ENCODER_QP) {
		size_t end = slice_line_end(octets);

		qp_line(e->out, slice_sub(octets, 0, octets.len - end),
		    e->width, e->strict);
		if (end > 0)
			buf_text(e->out, "\r\n");
		return;
	}
	base64_encode(e->out, octets);
	e->column += octets.len;
	if (e->column == e->width / 4 * 3) {
		buf_text(e->out, "\r\n");
		e->column = 0;
	}
}

void
encoder_put(struct encoder *e, struct slice octets)
{
	while (octets.len > 0) {
		size_t n = encoder_wants(e, octets);
		struct slice head = slice_sub(octets, 0, n);

		if (e->waiting.len > 0 || n > octets.len)
			buf_slice(&e->waiting, head);
		if (n > octets.len)
			return;
		encode(e, e->waiting.len > 0 ? buf_view(&e->waiting) : head);
		buf_clear(&e->waiting);
		octets = slice_sub(octets, n, octets.len);
	}
}

void
encoder_end(struct encoder *e)
{
	if (e->waiting.len > 0)
		encode(e, buf_view(&e->waiting));
	if (e->column > 0)
		buf_text(e->out, "\r\n");
	buf_fail_with(e->out, &e->waiting);
	buf_release(&e->waiting);
}

bool
recoder_open(struct recoder *r, const char *to, const char *from)
{
	r->cd = NULL;
	if (slice_eq_nocase(slice_of(to), slice_of(from)))
		return true;
	iconv_t cd = iconv_open(to, from);

	if ((intptr_t)cd == -1)
		return false;
	r->cd = cd;
	return true;
}

void
recoder_close(struct recoder *r)
{
	if (r->cd != NULL)
		iconv_close(r->cd);
	r->cd = NULL;
}

bool
recoder_put(struct recoder *r, struct buf *out, struct slice text)
{
	size_t before = out->len, left = text.len;
	char *in = (char *)text.p; /* iconv does not write there */
	bool good = true, flushed = false;

	if (r->cd == NULL) {
		buf_slice(out, text);
		return true;
	}
	while (good && !flushed) {
		char room[1024], *p = room;
		size_t space = sizeof room;

		flushed = left == 0;
		size_t n = iconv(r->cd, flushed ? NULL : &in,
		    flushed ? NULL : &left, &p, &space);

		good = n == 0 || (n == (size_t)-1 && errno == E2BIG);
		buf_put(out, room, sizeof room - space);
	}
	if (!good) {
		out->len = before;
		iconv(r->cd, NULL, NULL, NULL, NULL);
	}
	return good;
}

bool
recode_charset(
    struct buf *out, const char *to, const char *from, struct slice text)
{
	struct recoder r;

	if (!recoder_open(&r, to, from))
		return false;
	bool good = recoder_put(&r, out, text);

	recoder_close(&r);
	return good;
}

/* ------------------------------------------------------------------------
 * Encoded words. */

static bool
is_plain(const struct recode_words *w, char c)
{
	if (ascii_is_alnum(c))
		return true;
	if (w->plain != NULL)
		return c != '\0' && strchr(w->plain, c) != NULL;
	return c > ' ' && c < 0x7f && c != '=' && c != '?' && c != '_';
}

static void
put_word(struct buf *out, const struct recode_words *w, struct slice octets)
{
	buf_text(out, "=?");
	buf_text(out, w->charset);
	buf_char(out, '?');
	buf_char(out, w->encoding);
	buf_char(out, '?');
	if (ascii_lower(w->encoding) == 'b') {
		base64_encode(out, octets);
	} else {
		for (size_t i = 0; i < octets.len; i++) {
			char c = octets.p[i];

			if (c == ' ')
				buf_char(out, '_');
			else if (is_plain(w, c))
				buf_char(out, c);
			else
				put_hex(out, c);
		}
	}
	buf_text(out, "?=");
}

/* The longest beginning of text, of whole characters and one at least, that
 * makes a word of at most width octets; 0: all of it.  It is put.  Its length;
 * 0 when the charset cannot say it. */
static size_t
put_longest(struct buf *out, struct recoder *r, const struct recode_words *w,
    size_t width, struct slice text)
{
	struct buf octets = { .max = 0 };
	size_t before = out->len, taken = 0;

	for (size_t n = 0; n < text.len;) {
		unsigned long cp;
		size_t c = slice_utf8_next(slice_sub(text, n, text.len), &cp);

		n = width == 0 ? text.len : n + (c > 0 ? c : 1);
		buf_clear(&octets);
		out->len = before;
		if (!recoder_put(r, &octets, slice_sub(text, 0, n))) {
			taken = 0;
			break;
		}
		put_word(out, w, buf_view(&octets));
		if (width > 0 && out->len - before > width && taken > 0)
			break;
		taken = n;
	}
	buf_clear(&octets);
	out->len = before;
	if (taken > 0 && recoder_put(r, &octets, slice_sub(text, 0, taken)))
		put_word(out, w, buf_view(&octets));
	buf_fail_with(out, &octets);
	buf_release(&octets);
	return taken;
}

static bool
put_words(struct buf *out, struct recoder *r, const struct recode_words *w,
    struct slice text)
{
	size_t width = w->first;

	while (text.len > 0) {
		size_t n = put_longest(out, r, w, width, text);

		if (n == 0)
			return false;
		text = slice_sub(text, n, text.len);
		if (text.len > 0)
			buf_text(out, w->between);
		width = w->width;
	}
	return true;
}

static bool
needs_encoding(struct slice word)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.p[i] < ' ' || word.p[i] >= 0x7f)
			return true;
	return false;
}

bool
recode_words_encode(struct buf *out, struct recoder *r,
    const struct recode_words *w, struct slice text)
{
	size_t before = out->len, from = 0, to = text.len;

	if (text.len > 2000)
		return false; /* nobody's Subject: the cost is its square */
	if (!w->whole) {
		size_t at = 0;

		from = text.len;
		to = 0;
		while (at < text.len) {
			size_t n =
			    slice_find(slice_sub(text, at, text.len), ' ');

			if (needs_encoding(slice_sub(text, at, n))) {
				if (from > at)
					from = at;
				to = at + n;
			}
			at += n + 1;
		}
		if (from >= to)
			return false;
	}
	buf_slice(out, slice_sub(text, 0, from));
	if (!put_words(out, r, w, slice_sub(text, from, to - from))) {
		out->len = before;
		return false;
	}
	buf_slice(out, slice_sub(text, to, text.len));
	return true;
}
