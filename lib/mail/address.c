/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/address.h"

bool
address_next(struct slice *rest, struct slice *out)
{
	unsigned depth = 0;
	bool quoted = false;
	size_t i = 0;

	if (rest->len == 0)
		return false;
	for (; i < rest->len; i++) {
		char c = rest->p[i];

		if (c == '\\' && i + 1 < rest->len)
			i++;
		else if (c == '"' && depth == 0)
			quoted = !quoted;
		else if (!quoted && (c == '(' || c == '<'))
			depth++;
		else if (!quoted && (c == ')' || c == '>'))
			depth -= depth > 0;
		else if (c == ',' && !quoted && depth == 0)
			break;
	}
	*out = slice_sub(*rest, 0, i);
	*rest = slice_sub(*rest, i + 1, rest->len);
	return true;
}

void
address_split(struct slice a, struct slice *phrase, struct slice *angle)
{
	size_t at = slice_find(a, '<');

	*phrase = slice_trim(slice_sub(a, 0, at));
	*angle = slice_trim(slice_sub(a, at, a.len));
	if (at == a.len) {
		*angle = slice_trim(a);
		*phrase = SLICE_NONE;
	}
}

struct slice
address_bare(struct slice angle)
{
	return angle.len >= 2 && angle.p[0] == '<'
		   ? slice_trim(slice_sub(angle, 1, angle.len - 2))
		   : angle;
}

struct slice
address_unquoted(struct slice s, char quote)
{
	s = slice_trim(s);
	if (s.len >= 2 && s.p[0] == quote && s.p[s.len - 1] == quote)
		return slice_sub(s, 1, s.len - 2);
	return s;
}
