/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "mail/token.h"

/* Length of the comment at the start of s, with all that nests in it; 0 when
 * there is none, or no end of it. */
static size_t
comment_length(struct slice s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')' && --depth == 0)
			return i + 1;
		if (depth == 0)
			return 0;
	}
	return 0;
}

size_t
token_fold(struct slice s)
{
	size_t n = s.len > 1 && s.p[0] == '\r' && s.p[1] == '\n' ? 2
		   : s.len > 0 && s.p[0] == '\n'		 ? 1
								 : 0;

	return n > 0 && s.len > n && ascii_is_wsp(s.p[n]) ? n : 0;
}

void
token_cfws(struct slice *rest)
{
	while (rest->len > 0) {
		size_t n = ascii_is_wsp(rest->p[0]) ? 1
			   : rest->p[0] == '('	    ? comment_length(*rest)
						    : token_fold(*rest);

		if (n == 0)
			return;
		*rest = slice_sub(*rest, n, rest->len);
	}
}

bool
token_comment(struct slice *rest)
{
	size_t n = comment_length(*rest);

	*rest = slice_sub(*rest, n, rest->len);
	return n > 0;
}

bool
token_quoted(struct slice *rest, struct slice *out)
{
	size_t i = 1;

	if (rest->len == 0 || rest->p[0] != '"')
		return false;
	while (i < rest->len && rest->p[i] != '"')
		i += rest->p[i] == '\\' ? 2 : 1;
	if (i >= rest->len)
		return false;
	*out = slice_sub(*rest, 0, i + 1);
	*rest = slice_sub(*rest, i + 1, rest->len);
	return true;
}

/* Step over the first n octets of *rest, which become *out. */
static bool
take(struct slice *rest, size_t n, struct slice *out)
{
	*out = slice_sub(*rest, 0, n);
	*rest = slice_sub(*rest, n, rest->len);
	return n > 0;
}

/* Printable and none of these; or above ASCII. */
static size_t
span(struct slice s, const char *except)
{
	size_t n = 0;

	while (n < s.len && s.p[n] != 0x7f &&
	       ((unsigned char)s.p[n] >= 0x80 ||
		   (s.p[n] > ' ' && strchr(except, s.p[n]) == NULL)))
		n++;
	return n;
}

bool
token_word(struct slice *rest, struct slice *out)
{
	return take(rest, span(*rest, "()<>@,;:\\\"/[]?="), out);
}

bool
token_keyword(struct slice *rest, struct slice *out)
{
	size_t n = 0;

	while (
	    n < rest->len && (ascii_is_alnum(rest->p[n]) || rest->p[n] == '_' ||
				 (n > 0 && rest->p[n] == '-')))
		n++;
	return take(rest, n, out);
}

bool
token_dot_atom(struct slice *rest, struct slice *out)
{
	return take(rest, span(*rest, "()<>@,;:\\\"[]"), out);
}

bool
token_field_name(struct slice line, struct slice *name, size_t *colon)
{
	size_t n = 0;

	while (n < line.len && line.p[n] > ' ' && line.p[n] < 0x7f &&
	       line.p[n] != ':')
		n++;
	*name = slice_sub(line, 0, n);
	while (n < line.len && ascii_is_wsp(line.p[n]))
		n++;
	*colon = n;
	return name->len > 0 && n < line.len && line.p[n] == ':';
}
