/* SPDX-License-Identifier: BSD-2-Clause */
#include "token.h"

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

void
token_cfws(struct slice *rest)
{
	while (rest->len > 0) {
		size_t n = ascii_is_fws(rest->p[0]) ? 1 : comment_length(*rest);

		if (n == 0)
			return;
		*rest = slice_sub(*rest, n, rest->len);
	}
}
