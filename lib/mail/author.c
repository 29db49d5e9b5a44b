/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/author.h"
#include "mail/token.h"

/* Step over what precedes the next c outside quotes and comments. */
static void
skip_to(struct slice *rest, char c)
{
	struct slice skipped;

	while (rest->len > 0 && rest->p[0] != c) {
		size_t before = rest->len;

		token_cfws(rest);
		if (rest->len == before && !token_quoted(rest, &skipped))
			*rest = slice_sub(*rest, 1, rest->len);
	}
}

static bool
in_domain(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' ||
	       (unsigned char)c >= 0x80;
}

/* Whether nothing but the end of an address follows: a second one, a group, a
 * route or a list is told by what separates it, which can stand before the
 * domain just as well. */
static bool
is_all(struct slice value, const char *at, struct slice rest)
{
	struct slice before = { value.p, (size_t)(at - value.p) };
	struct slice open = before, colon = before, comma = before, two;

	skip_to(&open, '<');
	skip_to(&colon, ':');
	skip_to(&comma, ',');
	two = slice_sub(open, 1, open.len);
	skip_to(&two, '<');
	token_cfws(&rest);
	if (open.len > 0 && rest.len > 0 && rest.p[0] == '>') {
		rest = slice_sub(rest, 1, rest.len);
		token_cfws(&rest);
		open.len = 0;
	}
	return open.len == 0 && colon.len == 0 && comma.len == 0 &&
	       two.len == 0 && rest.len == 0;
}

struct slice
author_domain(const struct message *m, bool *only)
{
	struct slice value = { NULL, 0 };
	size_t n = 0, fields = 0;

	for (size_t i = 0; i < m->nfields; i++)
		if (slice_eq_nocase(m->field[i].name, SLICE("From")) &&
		    fields++ == 0)
			value = m->field[i].value;
	struct slice rest = value;

	skip_to(&rest, '@');
	const char *at = rest.p;

	rest = slice_sub(rest, 1, rest.len);
	token_cfws(&rest);
	while (n < rest.len && in_domain(rest.p[n]))
		n++;
	if (only != NULL)
		*only = fields == 1 && n > 0 &&
			is_all(value, at, slice_sub(rest, n, rest.len));
	return slice_sub(rest, 0, n);
}
