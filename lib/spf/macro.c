/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "spf/macro.h"

enum {
	MAX_PARTS = 127, /* more cannot be asked for (section 7.3) */
	HELD = 4096,	 /* octets, before those in front are dropped */
};

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

bool
spf_address_read(struct slice text, struct spf_address *out)
{
	unsigned char octets[RR_MAX_ADDRESS];

	*out = (struct spf_address){ .type = RR_A };
	if (rr_read_address(text, RR_A, out->octets))
		return true;
	if (!rr_read_address(text, RR_AAAA, octets))
		return false;
	if (memcmp(octets, mapped, sizeof mapped) == 0) {
		memcpy(out->octets, octets + sizeof mapped, 4);
		return true;
	}
	out->type = RR_AAAA;
	memcpy(out->octets, octets, sizeof octets);
	return true;
}

/* ------------------------------------------------------------------------
 * Syntax. */

/* One macro-expand: "%{...}" or a percent sign and another octet. */
struct macro {
	char letter; /* lower case; or '%', '_' or '-' */
	bool escape; /* it was upper case: URL escaping */
	bool reverse;
	unsigned parts; /* 0: all */
	struct slice delimiters;
};

static bool
is_delimiter(char c)
{
	return c == '.' || c == '-' || c == '+' || c == ',' || c == '/' ||
	       c == '_' || c == '=';
}

static bool
is_letter(char c, enum spf_text kind)
{
	return slice_find(SLICE("slodiphv"), c) < 8 ||
	       (kind != SPF_DOMAIN_SPEC && slice_find(SLICE("crt"), c) < 3);
}

/* Read the macro at the start of *text, which begins with "%", and step over
 * it.  False when it is none. */
static bool
read_macro(struct slice *text, enum spf_text kind, struct macro *m)
{
	struct slice rest = slice_sub(*text, 1, text->len);
	size_t end, i = 1;

	*m = (struct macro){ .letter = rest.len > 0 ? rest.p[0] : '\0' };
	if (m->letter == '%' || m->letter == '_' || m->letter == '-') {
		*text = slice_sub(rest, 1, rest.len);
		return true;
	}
	end = slice_find(rest, '}');
	if (m->letter != '{' || end == rest.len || end < 2)
		return false;
	*text = slice_sub(rest, end + 1, rest.len);
	rest = slice_sub(rest, 1, end - 1);
	m->letter = ascii_lower(rest.p[0]);
	m->escape = m->letter != rest.p[0];
	for (; i < rest.len && ascii_is_digit(rest.p[i]); i++) {
		m->parts = m->parts * 10 + (unsigned)(rest.p[i] - '0');
		if (m->parts > MAX_PARTS)
			m->parts = MAX_PARTS + 1;
	}
	if (i > 1 && m->parts == 0)
		return false;
	m->reverse = i < rest.len && ascii_lower(rest.p[i]) == 'r';
	m->delimiters = slice_sub(rest, i + m->reverse, rest.len);
	for (i = 0; i < m->delimiters.len; i++)
		if (!is_delimiter(m->delimiters.p[i]))
			return false;
	return is_letter(m->letter, kind);
}

/* "toplabel" (section 7.1): letters, digits and hyphens within, not digits
 * alone. */
static bool
is_toplabel(struct slice label)
{
	bool other = false;

	for (size_t i = 0; i < label.len; i++) {
		if (!ascii_is_alnum(label.p[i]) && label.p[i] != '-')
			return false;
		other |= !ascii_is_digit(label.p[i]);
	}
	return other && label.p[0] != '-' && label.p[label.len - 1] != '-';
}

/* Whether text ends as a domain-spec does, which begins its last literal part
 * at place at. */
static bool
ends_domain(struct slice text, size_t at)
{
	size_t end = text.len;

	if (at == text.len) /* a macro ended it */
		return text.len > 0;
	if (text.p[end - 1] == '.')
		end--;
	while (end > at && text.p[end - 1] != '.')
		end--;
	if (end == at)
		return false;
	struct slice label = slice_sub(text, end, text.len);

	if (label.len > 0 && label.p[label.len - 1] == '.')
		label.len--;
	return is_toplabel(label);
}

struct slice
spf_macro_fault(struct slice text, enum spf_text kind)
{
	struct slice rest = text, none = { NULL, 0 };
	size_t literal = 0;
	struct macro m;

	while (rest.len > 0) {
		struct slice here = rest;
		unsigned char c = (unsigned char)rest.p[0];

		if (c == '%') {
			if (!read_macro(&rest, kind, &m))
				return slice_sub(here, 0, 2);
			literal = text.len - rest.len;
			continue;
		}
		if (c <= 0x20 || c >= 0x7f)
			if (c != ' ' || kind != SPF_EXPLANATION)
				return slice_sub(here, 0, 1);
		rest = slice_sub(rest, 1, rest.len);
	}
	if (kind == SPF_DOMAIN_SPEC && !ends_domain(text, literal))
		return text.p != NULL ? text : SLICE("");
	return none;
}

bool
spf_macro_uses(struct slice text, char letter)
{
	struct macro m;

	while (text.len > 0) {
		size_t at = slice_find(text, '%');

		text = slice_sub(text, at, text.len);
		if (text.len == 0 || !read_macro(&text, SPF_EXPLANATION, &m))
			return false;
		if (m.letter == letter)
			return true;
	}
	return false;
}

/* ------------------------------------------------------------------------
 * Expansion. */

/* Whether octet i ends a part. */
static bool
parts_at(const struct macro *m, char c)
{
	return m->delimiters.len == 0
		   ? c == '.'
		   : slice_find(m->delimiters, c) < m->delimiters.len;
}

/* How many parts a value has. */
static size_t
count_parts(const struct macro *m, struct slice value)
{
	size_t n = 1;

	for (size_t i = 0; i < value.len; i++)
		n += parts_at(m, value.p[i]);
	return n;
}

/* Append the value, split, turned round and cut as the macro says. */
static void
put_parts(struct buf *b, const struct macro *m, struct slice value)
{
	size_t n = count_parts(m, value), from = 0, end = value.len;

	if (!m->reverse && m->parts == 0 && m->delimiters.len == 0) {
		buf_slice(b, value);
		return;
	}
	if (m->parts > 0 && m->parts < n)
		from = n - m->parts;
	/* Parts are taken off in front, or, turned round, at the end. */
	for (size_t at = 0, k = 0; k < n; k++) {
		size_t len = 0, start;

		if (m->reverse) {
			while (
			    len < end && !parts_at(m, value.p[end - len - 1]))
				len++;
			start = end - len;
			end = start > 0 ? start - 1 : 0;
		} else {
			start = at;
			while (start + len < value.len &&
			       !parts_at(m, value.p[start + len]))
				len++;
			at = start + len + 1;
		}
		if (k < from)
			continue;
		if (k > from)
			buf_char(b, '.');
		buf_slice(b, slice_sub(value, start, len));
	}
}

/* An IPv6 address as 32 hexadecimal digits with dots between; in capitals, as
 * the openspf suite has them (a question has them small again). */
static void
put_nibbles(struct buf *b, const unsigned char *octets)
{
	for (size_t i = 0; i < RR_MAX_ADDRESS; i++)
		buf_printf(b, "%s%X.%X", i > 0 ? "." : "", octets[i] >> 4,
		    octets[i] & 0xf);
}

/* Append what the letter stands for. */
static void
put_value(struct buf *b, char letter, const struct spf_macros *x)
{
	switch (letter) {
	case 's':
		buf_slice(b, x->local);
		buf_char(b, '@');
		buf_slice(b, x->sender);
		break;
	case 'l': buf_slice(b, x->local); break;
	case 'o': buf_slice(b, x->sender); break;
	case 'd': buf_slice(b, x->domain); break;
	case 'h': buf_slice(b, x->helo); break;
	case 'r': buf_slice(b, x->receiver); break;
	case 'p': buf_slice(b, x->validated); break;
	case 'v': buf_text(b, x->ip->type == RR_A ? "in-addr" : "ip6"); break;
	case 't': buf_printf(b, "%lld", (long long)x->time); break;
	case 'i':
		if (x->ip->type == RR_AAAA) {
			put_nibbles(b, x->ip->octets);
			break;
		}
		/* FALLTHROUGH */
	default: rr_write_address(b, x->ip->type, x->ip->octets); break;
	}
}

/* Append text, but for unreserved characters as %XX (RFC 3986 section 2.3). */
static void
put_escaped(struct buf *b, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' ||
		    c == '~')
			buf_char(b, c);
		else
			buf_printf(b, "%%%02X", (unsigned char)c);
	}
}

static void
put_macro(struct buf *b, const struct macro *m, const struct spf_macros *x)
{
	struct buf value = { .max = 0 }, parts = { .max = 0 };

	switch (m->letter) {
	case '%': buf_char(b, '%'); return;
	case '_': buf_char(b, ' '); return;
	case '-': buf_text(b, "%20"); return;
	default: break;
	}
	put_value(&value, m->letter, x);
	put_parts(&parts, m, buf_view(&value));
	if (m->escape)
		put_escaped(b, buf_view(&parts));
	else
		buf_slice(b, buf_view(&parts));
	buf_fail_with(b, &value);
	buf_fail_with(b, &parts);
	buf_release(&value);
	buf_release(&parts);
}

void
spf_macro_expand(
    struct slice text, const struct spf_macros *x, size_t keep, struct buf *out)
{
	struct macro m;

	while (text.len > 0) {
		size_t n = slice_find(text, '%');

		buf_slice(out, slice_sub(text, 0, n));
		text = slice_sub(text, n, text.len);
		if (text.len > 0 && read_macro(&text, SPF_EXPLANATION, &m))
			put_macro(out, &m, x);
		if (keep > 0 && out->len > keep + HELD) {
			memmove(out->p, out->p + out->len - keep, keep);
			out->len = keep;
		}
	}
}
