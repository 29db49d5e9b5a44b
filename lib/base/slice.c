/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/slice.h"

struct slice
slice_of(const char *s)
{
	return (struct slice){ s, strlen(s) };
}

bool
slice_eq(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

bool
slice_eq_nocase(struct slice a, struct slice b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

int
slice_cmp(struct slice a, struct slice b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n > 0 ? memcmp(a.p, b.p, n) : 0;

	return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

struct slice
slice_sub(struct slice s, size_t at, size_t len)
{
	if (at > s.len)
		at = s.len;
	if (len > s.len - at)
		len = s.len - at;
	return (struct slice){ s.p != NULL ? s.p + at : NULL, len };
}

struct slice
slice_skip(struct slice s, const char *octets)
{
	while (s.len > 0 && s.p[0] != '\0' && strchr(octets, s.p[0]) != NULL)
		s = slice_sub(s, 1, s.len);
	return s;
}

struct slice
slice_trim(struct slice s)
{
	while (s.len > 0 && ascii_is_fws(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && ascii_is_fws(s.p[s.len - 1]))
		s.len--;
	return s;
}

size_t
slice_line_end(struct slice s)
{
	if (s.len == 0 || s.p[s.len - 1] != '\n')
		return 0;
	return s.len > 1 && s.p[s.len - 2] == '\r' ? 2 : 1;
}

bool
slice_line(struct slice *rest, struct slice *line)
{
	if (rest->len == 0)
		return false;
	size_t n = slice_find(*rest, '\n');

	*line = slice_sub(*rest, 0, n);
	*rest = slice_sub(*rest, n + 1, rest->len);
	if (line->len > 0 && line->p[line->len - 1] == '\r')
		line->len--;
	return true;
}

size_t
slice_find(struct slice s, char c)
{
	const char *q = s.len > 0 ? memchr(s.p, c, s.len) : NULL;

	return q != NULL ? (size_t)(q - s.p) : s.len;
}

bool
slice_starts(struct slice s, struct slice prefix)
{
	return s.len >= prefix.len &&
	       slice_eq((struct slice){ s.p, prefix.len }, prefix);
}

bool
slice_ends_nocase(struct slice s, struct slice suffix)
{
	if (s.len < suffix.len || s.p == NULL)
		return suffix.len == 0;
	return slice_eq_nocase(
	    (struct slice){ s.p + (s.len - suffix.len), suffix.len }, suffix);
}

struct slice
slice_word(struct slice *text)
{
	size_t n = 0;

	*text = slice_trim(*text);
	while (n < text->len && !ascii_is_fws(text->p[n]))
		n++;
	struct slice word = slice_sub(*text, 0, n);

	*text = slice_trim(slice_sub(*text, n, text->len));
	return word;
}

bool
slice_cut(struct slice *rest, char sep, struct slice *head)
{
	if (rest->p == NULL)
		return false;
	size_t n = slice_find(*rest, sep);

	*head = (struct slice){ rest->p, n };
	if (n == rest->len)
		*rest = SLICE_NONE;
	else
		*rest = (struct slice){ rest->p + n + 1, rest->len - n - 1 };
	return true;
}

bool
slice_number(struct slice s, unsigned max_digits, unsigned long long *out)
{
	unsigned long long v = 0;

	if (s.len == 0 || s.len > max_digits || s.len > 18)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!ascii_is_digit(s.p[i]))
			return false;
		v = v * 10 + (unsigned)(s.p[i] - '0');
	}
	*out = v;
	return true;
}

size_t
slice_utf8_next(struct slice s, unsigned long *cp)
{
	if (s.len == 0)
		return 0;
	const unsigned char *u = (const unsigned char *)s.p;
	size_t n = u[0] < 0x80			  ? 1
		   : u[0] >= 0xc2 && u[0] <= 0xdf ? 2
		   : u[0] >= 0xe0 && u[0] <= 0xef ? 3
		   : u[0] >= 0xf0 && u[0] <= 0xf4 ? 4
						  : 0;
	static const unsigned char lead_mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };

	if (n == 0 || n > s.len)
		return 0;
	unsigned long c = u[0] & lead_mask[n];

	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	if ((n == 3 && c < 0x800) || (n == 4 && c < 0x10000) ||
	    (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
		return 0;
	*cp = c;
	return n;
}

bool
slice_is_ascii(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

bool
slice_is_utf8(struct slice s)
{
	unsigned long cp;

	for (size_t n; s.len > 0; s.p += n, s.len -= n)
		if ((n = slice_utf8_next(s, &cp)) == 0)
			return false;
	return true;
}
