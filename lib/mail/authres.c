/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/authres.h"
#include "base/escape.h"
#include "mail/idn.h"
#include "mail/token.h"

/* A value on its way in: what was read of it, and whether with quotes. */
struct value {
	struct slice raw;
	bool quoted;
};

/* ------------------------------------------------------------------------
 * Pieces. */

/* authserv-id = value, which is a token or a quoted-string; an id that is
 * neither is taken up to the next white space, ";" or comment. */
static bool
read_value(struct slice *rest, struct value *out)
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

/* pvalue: a value, or [[local-part] "@"] domain-name, whose local part may be
 * quoted. */
static bool
read_pvalue(struct slice *rest, struct value *out)
{
	struct value tail;

	if (!read_value(rest, out))
		return false;
	if (!out->quoted || rest->len == 0 || rest->p[0] != '@')
		return true;
	if (!read_value(rest, &tail) || tail.quoted)
		return false;
	out->raw.len = (size_t)(tail.raw.p + tail.raw.len - out->raw.p);
	out->quoted = false;
	return true;
}

/* Without quotes, backslashes and folds. */
static struct slice
unquote(const struct value *v, struct arena *arena)
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

static bool
take(struct slice *rest, char c)
{
	token_cfws(rest);
	if (rest->len == 0 || rest->p[0] != c)
		return false;
	*rest = slice_sub(*rest, 1, rest->len);
	return true;
}

/* What stands up to the next ";" outside quotes and comments; that ";" is
 * stepped over.  False when nothing is left. */
static bool
cut(struct slice *rest, struct slice *head)
{
	const char *from = rest->p;
	struct slice skipped;

	if (rest->p == NULL)
		return false;
	while (rest->len > 0 && rest->p[0] != ';') {
		size_t before = rest->len;

		token_cfws(rest);
		if (rest->len < before || token_quoted(rest, &skipped))
			continue;
		/* A comment or a quote without its end takes all. */
		bool endless = rest->p[0] == '(' || rest->p[0] == '"';

		*rest = slice_sub(*rest, endless ? rest->len : 1, rest->len);
	}
	*head = (struct slice){ from, (size_t)(rest->p - from) };
	*rest = rest->len > 0 ? slice_sub(*rest, 1, rest->len)
			      : (struct slice){ NULL, 0 };
	return true;
}

/* ------------------------------------------------------------------------
 * Results. */

/* "ptype.property" in one piece, as names are compared and shown. */
static int
property_name(struct authres_property *p, struct arena *arena)
{
	struct buf b = { .max = 0 };

	buf_slice(&b, p->ptype);
	buf_char(&b, '.');
	buf_slice(&b, p->property);
	p->name = arena_copy(arena, buf_view(&b));
	bool memory = b.failure != BUF_OK || p->name.p == NULL;

	buf_release(&b);
	return memory ? -1 : 0;
}

/* Keep the first octets that did not parse. */
static void
note_bad(struct authres *a, struct slice where)
{
	if (a->bad.len == 0)
		a->bad = slice_trim(where);
}

/* Read one reason, or property; 1 when there was one, 0 when the rest is none,
 * -1 when memory is short. */
static int
read_detail(struct authres *a, struct authres_result *r, struct slice *rest,
    struct arena *arena)
{
	struct slice before, first;
	struct value v;

	token_cfws(rest);
	before = *rest;
	if (r->nproperties == AUTHRES_MAX_PROPERTIES ||
	    !token_keyword(rest, &first))
		return 0;
	bool property = take(rest, '.');
	struct authres_property *p = &r->property[r->nproperties];

	if (property) {
		token_cfws(rest);
		p->ptype = first;
		if (!token_keyword(rest, &p->property)) {
			*rest = before;
			return 0;
		}
	}
	if (!take(rest, '=') || !read_pvalue(rest, &v)) {
		*rest = before;
		return 0;
	}
	struct slice value = unquote(&v, arena);

	if (v.quoted && value.p == NULL)
		return -1;
	if (property) {
		p->value = value;
		r->nproperties++;
		return property_name(p, arena) == 0 ? 1 : -1;
	}
	if (slice_eq_nocase(first, SLICE("reason")) && r->reason.p == NULL)
		r->reason = value;
	else
		/* "action=none" and the like: no part of the grammar. */
		note_bad(a, slice_sub(before, 0, before.len - rest->len));
	return 1;
}

/* One resinfo.  False when it is none, or memory is short. */
static bool
read_result(
    struct authres *a, struct slice text, struct arena *arena, bool *memory)
{
	struct authres_result *r = &a->result[a->nresults];
	struct slice rest = text;
	size_t most = 1;
	int more = 1;

	*r = (struct authres_result){ .nproperties = 0 };
	token_cfws(&rest);
	if (!token_keyword(&rest, &r->method))
		return false;
	if (take(&rest, '/')) {
		token_cfws(&rest);
		if (!token_keyword(&rest, &r->version))
			return false;
	}
	if (!take(&rest, '='))
		return false;
	token_cfws(&rest);
	if (!token_keyword(&rest, &r->result))
		return false;
	for (size_t i = 0; i < rest.len; i++)
		most += rest.p[i] == '=';
	r->property = arena_array(arena, most, sizeof *r->property);
	*memory |= r->property == NULL;
	if (*memory)
		return false;
	while (more > 0)
		more = read_detail(a, r, &rest, arena);
	*memory |= more < 0;
	token_cfws(&rest);
	if (rest.len > 0)
		note_bad(a, rest);
	a->nresults++;
	return !*memory;
}

/* [CFWS] authserv-id [ CFWS authres-version ] [CFWS] */
static bool
read_head(struct slice text, struct value *id, struct slice *version)
{
	if (!read_value(&text, id))
		return false;
	token_cfws(&text);
	size_t n = 0;

	while (n < text.len && ascii_is_digit(text.p[n]))
		n++;
	*version = slice_sub(text, 0, n);
	text = slice_sub(text, n, text.len);
	token_cfws(&text);
	return text.len == 0;
}

int
authres_parse(struct slice text, struct arena *arena, struct authres *out,
    struct diag *why)
{
	struct slice rest = text, part;
	struct value id;
	size_t most = 1;
	bool memory = false;

	*out = (struct authres){ .nresults = 0 };
	if (rest.p == NULL || !cut(&rest, &part) ||
	    !read_head(part, &id, &out->version)) {
		note_bad(out, text);
		return 0;
	}
	out->authserv_id = unquote(&id, arena);
	for (size_t i = 0; i < text.len; i++)
		most += text.p[i] == ';';
	out->result = arena_array(arena, most, sizeof *out->result);
	if (out->result == NULL || out->authserv_id.p == NULL)
		return diag_memory(why);
	while (cut(&rest, &part)) {
		struct slice word = part, name;

		token_cfws(&word);
		if (word.len == 0)
			continue;
		if (read_result(out, part, arena, &memory))
			continue;
		if (memory)
			return diag_memory(why);
		if (token_keyword(&word, &name) &&
		    slice_eq_nocase(name, SLICE("none")))
			token_cfws(&word);
		else
			word = part;
		if (word.len == 0 && out->nresults == 0)
			out->none = true;
		else
			note_bad(out, part);
	}
	return 0;
}

bool
authres_knows(struct slice version)
{
	return version.len == 0 || slice_eq(version, SLICE("1"));
}

static bool
is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

/* An authserv-id whose labels are U-labels, or may be. */
static bool
is_international(struct slice id)
{
	struct slice rest = id, label;
	bool found = !slice_is_ascii(id);

	while (slice_cut(&rest, '.', &label))
		found |= slice_eq_nocase(slice_sub(label, 0, 4), SLICE("xn--"));
	return found;
}

/* Whether two ids are one once U-labels are A-labels. */
static int
same_labels(struct slice a, struct slice b, struct arena *arena, bool *same,
    struct diag *why)
{
	struct slice x, y;

	*same = false;
	if (idn_to_ascii(a, DIAG_AAR_SYNTAX, arena, &x, why) == 0 &&
	    idn_to_ascii(b, DIAG_AAR_SYNTAX, arena, &y, why) == 0)
		*same = slice_eq_nocase(x, y);
	else if (diag_info(why->code)->class == DIAG_CLASS_TROUBLE)
		return -1;
	return 0;
}

int
authres_claims(struct slice text, struct slice authserv_id, struct arena *arena,
    bool *claims, struct diag *why)
{
	struct value v;
	struct slice id;

	*claims = false;
	/* Some readers take any control for white space. */
	for (token_cfws(&text); text.len > 0 && is_control(text.p[0]);
	     token_cfws(&text))
		text = slice_sub(text, 1, text.len);
	if (!read_value(&text, &v))
		return 0;
	id = unquote(&v, arena);
	if (id.p == NULL)
		return diag_memory(why);
	while (id.len > 0 && is_control(id.p[id.len - 1]))
		id.len--;
	*claims = slice_eq_nocase(id, authserv_id);
	if (*claims || !is_international(authserv_id) ||
	    (slice_is_ascii(id) && slice_is_ascii(authserv_id)))
		return 0;
	return same_labels(id, authserv_id, arena, claims, why);
}

/* ------------------------------------------------------------------------
 * Writing. */

/* Whether all of s can be shown as it is. */
static bool
is_plain(struct slice s)
{
	while (s.len > 0) {
		unsigned long cp = 0;
		size_t n = slice_utf8_next(s, &cp);

		if (n == 0 || !escape_is_plain(cp))
			return false;
		s = slice_sub(s, n, s.len);
	}
	return true;
}

bool
authres_is_token(struct slice s)
{
	struct slice rest = s, word;

	return is_plain(s) && token_word(&rest, &word) && rest.len == 0;
}

/* [local-part] "@" domain-name, without quotes. */
static bool
is_address(struct slice s)
{
	size_t at = slice_find(s, '@');
	struct slice local = slice_sub(s, 0, at),
		     domain = slice_sub(s, at + 1, s.len), atom;

	if (at == s.len || domain.len == 0)
		return false;
	if (local.len > 0 && (!token_dot_atom(&local, &atom) || local.len > 0))
		return false;
	for (size_t i = 0; i < domain.len; i++)
		if (!ascii_is_alnum(domain.p[i]) && domain.p[i] != '-' &&
		    domain.p[i] != '.' && domain.p[i] != '_')
			return false;
	return true;
}

void
authres_write_value(struct buf *b, struct slice value)
{
	if (is_plain(value) && (authres_is_token(value) || is_address(value))) {
		buf_slice(b, value);
		return;
	}
	buf_char(b, '"');
	while (value.len > 0) {
		unsigned long cp = 0;
		size_t n = slice_utf8_next(value, &cp);

		/* What cannot be shown has no place in a field of ours. */
		if (n == 0 || !escape_is_plain(cp)) {
			buf_char(b, ' ');
		} else {
			if (cp == '"' || cp == '\\')
				buf_char(b, '\\');
			buf_put(b, value.p, n);
		}
		value = slice_sub(value, n > 0 ? n : 1, value.len);
	}
	buf_char(b, '"');
}

void
authres_write(struct buf *b, const struct authres_result *r)
{
	buf_slice(b, r->method);
	if (r->version.len > 0) {
		buf_char(b, '/');
		buf_slice(b, r->version);
	}
	buf_char(b, '=');
	buf_slice(b, r->result);
	if (r->reason.p != NULL) {
		buf_text(b, " reason=");
		authres_write_value(b, r->reason);
	}
	for (size_t i = 0; i < r->nproperties; i++) {
		buf_char(b, ' ');
		buf_slice(b, r->property[i].name);
		buf_char(b, '=');
		authres_write_value(b, r->property[i].value);
	}
}
