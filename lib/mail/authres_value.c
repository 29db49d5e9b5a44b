/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/authres_value.h"
#include "mail/token.h"

bool
authres_value_read(struct slice *rest, struct authres_value *out)
{
	token_cfws(rest);
	out->quoted = token_quoted(rest, &out->raw);
	if (out->quoted)
		return true;
	size_t n = 0;

	while (n < rest->len && !ascii_is_fws(rest->p[n]) &&
	       rest->p[n] != ';' && rest->p[n] != '(' && rest->p[n] != '"')
		n++;
	out->raw = slice_sub(*rest, 0, n);
	*rest = slice_sub(*rest, n, rest->len);
	return n > 0;
}

/* Whether a property, or a reason, begins here. */
static bool
begins_detail(struct slice rest)
{
	struct slice first, second;

	if (!token_keyword(&rest, &first))
		return false;
	token_cfws(&rest);
	if (rest.len > 0 && rest.p[0] == '=')
		return slice_eq_nocase(first, SLICE("reason"));
	if (rest.len == 0 || rest.p[0] != '.')
		return false;
	rest = slice_sub(rest, 1, rest.len);
	token_cfws(&rest);
	if (!token_keyword(&rest, &second))
		return false;
	token_cfws(&rest);
	return rest.len > 0 && rest.p[0] == '=';
}

bool
authres_pvalue_read(struct slice *rest, struct authres_value *out)
{
	size_t before = rest->len;
	struct authres_value tail;

	token_cfws(rest);
	*out = (struct authres_value){ .raw = slice_sub(*rest, 0, 0) };
	if (rest->len < before && begins_detail(*rest))
		return false;
	if (!authres_value_read(rest, out))
		return false;
	if (!out->quoted || rest->len == 0 || rest->p[0] != '@')
		return true;
	if (!authres_value_read(rest, &tail) || tail.quoted)
		return false;
	out->raw.len = (size_t)(tail.raw.p + tail.raw.len - out->raw.p);
	out->quoted = false;
	return true;
}

bool
authres_value_is_sure(const struct authres_value *v, struct slice rest)
{
	bool apart =
	    rest.len == 0 || ascii_is_fws(rest.p[0]) || rest.p[0] == '(';

	if (v->quoted || (v->raw.len > 0 && v->raw.p[0] == '"'))
		return apart;
	for (size_t i = 0; i < v->raw.len; i++)
		if (v->raw.p[i] == '\\' || v->raw.p[i] == ')' ||
		    v->raw.p[i] == ',' || ascii_is_control(v->raw.p[i]))
			return false;
	return apart && v->raw.len > 0 && slice_is_utf8(v->raw);
}

struct slice
authres_value_text(const struct authres_value *v, struct arena *arena)
{
	if (!v->quoted)
		return v->raw;
	struct slice in = slice_sub(v->raw, 1, v->raw.len - 2);
	struct slice out = arena_copy(arena, in);
	char *p = (char *)out.p;
	size_t n = 0;

	if (p == NULL)
		return out;
	for (size_t i = 0; i < in.len; i++) {
		if (in.p[i] == '\\' && i + 1 < in.len)
			i++;
		else if (in.p[i] == '\r' || in.p[i] == '\n')
			continue;
		p[n++] = in.p[i];
	}
	return (struct slice){ p, n };
}
