/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "mail/authres.h"
#include "mail/authres_value.h"
#include "mail/idn.h"
#include "mail/token.h"

/* ------------------------------------------------------------------------
 * Pieces. */

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
	*rest = rest->len > 0 ? slice_sub(*rest, 1, rest->len) : SLICE_NONE;
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

/* Keep the first octets that did not parse, of the field and of the result. */
static void
note_bad(struct authres *a, struct authres_result *r, struct slice where,
    const char *why)
{
	where = slice_trim(where);
	if (a->bad.len == 0)
		a->bad = where;
	if (r != NULL && r->fault.why == NULL)
		r->fault = (struct authres_fault){ where, why };
	if (r != NULL) {
		r->extra = false;
		return;
	}
	if (a->unread == NULL)
		a->unread = arena_array(
		    a->arena, AUTHRES_MAX_UNREAD, sizeof *a->unread);
	if (a->unread != NULL && a->nunread < AUTHRES_MAX_UNREAD)
		a->unread[a->nunread++] = (struct authres_fault){ where, why };
}

/* Read one reason, or property; 1 when there was one, 0 when the rest is none,
 * -1 when memory is short. */
static int
read_detail(struct authres *a, struct authres_result *r, struct slice *rest,
    struct arena *arena)
{
	struct slice before, first;
	struct authres_value v;

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
	if (!take(rest, '=')) {
		*rest = before;
		return 0;
	}
	if (!authres_pvalue_read(rest, &v) && v.raw.len > 0) {
		*rest = before;
		return 0;
	}
	struct slice head = slice_sub(before, 0, before.len - rest->len);
	struct slice value = authres_value_text(&v, arena);

	if (v.quoted && value.p == NULL)
		return -1;
	if (v.raw.len == 0)
		note_bad(a, r, head, "the value is missing");
	else if (!authres_value_is_sure(&v, *rest))
		note_bad(a, r, head, "the value must be quoted");
	if (property) {
		p->value = value;
		r->nproperties++;
		return property_name(p, arena) == 0 ? 1 : -1;
	}
	if (slice_eq_nocase(first, SLICE("reason")) && r->reason.p == NULL &&
	    r->nproperties == 0) {
		r->reason = value;
	} else {
		/* "action=none" and the like: no part of the grammar. */
		bool only = r->fault.why == NULL || r->extra;

		note_bad(a, r, head, "invalid property");
		r->extra = only;
	}
	return 1;
}

/* Room for one result more; false when memory is short. */
static bool
results_grow(struct authres *a, struct arena *arena)
{
	size_t room = a->room == 0 ? 2 : 2 * a->room;
	struct authres_result *all;

	if (a->nresults < a->room)
		return true;
	all = arena_array(arena, room, sizeof *all);
	if (all == NULL)
		return false;
	if (a->nresults > 0)
		memcpy(all, a->result, a->nresults * sizeof *all);
	a->result = all;
	a->room = room;
	return true;
}

/* methodspec */
static bool
read_method(struct slice *rest, struct authres_result *r)
{
	token_cfws(rest);
	if (!token_keyword(rest, &r->method))
		return false;
	if (take(rest, '/')) {
		token_cfws(rest);
		if (!token_keyword(rest, &r->version))
			return false;
	}
	if (!take(rest, '='))
		return false;
	token_cfws(rest);
	return token_keyword(rest, &r->result);
}

/* One resinfo.  False when it is none, or memory is short. */
static bool
read_result(
    struct authres *a, struct slice text, struct arena *arena, bool *memory)
{
	struct authres_result one = { .text = slice_trim(text) }, *r;
	struct slice rest = text;
	size_t most = 1;
	int more = 1;

	if (!read_method(&rest, &one))
		return false;
	for (size_t i = 0; i < rest.len && most < AUTHRES_MAX_PROPERTIES; i++)
		most += rest.p[i] == '=';
	one.property = arena_array(arena, most, sizeof *one.property);
	*memory |= one.property == NULL || !results_grow(a, arena);
	if (*memory)
		return false;
	r = &a->result[a->nresults];
	*r = one;
	if (rest.len > 0 && !ascii_is_fws(rest.p[0]) && rest.p[0] != '(')
		more = 0;
	while (more > 0)
		more = read_detail(a, r, &rest, arena);
	*memory |= more < 0;
	token_cfws(&rest);
	if (rest.len > 0)
		note_bad(a, r, rest,
		    rest.p[0] == '(' ? "the comment is not closed"
				     : "invalid property");
	a->nresults++;
	return !*memory;
}

/* [CFWS] authserv-id [ CFWS authres-version ] [CFWS] */
static bool
read_head(struct slice text, struct authres_value *id, struct slice *version)
{
	if (!authres_value_read(&text, id))
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
	struct authres_value id;
	bool memory = false;

	*out = (struct authres){ .arena = arena };
	if (rest.p == NULL || !cut(&rest, &part) ||
	    !read_head(part, &id, &out->version)) {
		note_bad(out, NULL, text, "no authserv-id at the beginning");
		return 0;
	}
	out->authserv_id = authres_value_text(&id, arena);
	if (out->authserv_id.p == NULL)
		return diag_memory(why);
	while (cut(&rest, &part)) {
		struct slice word = part, name;

		token_cfws(&word);
		if (word.len == 0)
			continue;
		if (out->nresults == AUTHRES_MAX_RESULTS) {
			note_bad(out, NULL, part, "too many results");
			break;
		}
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
			note_bad(out, NULL, part, "invalid result");
	}
	return 0;
}

bool
authres_knows(struct slice version)
{
	return version.len == 0 || slice_eq(version, SLICE("1"));
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

/* Whether an id is ours. */
static int
same_id(struct slice id, struct slice ours, struct arena *arena, bool *same,
    struct diag *why)
{
	*same = slice_eq_nocase(id, ours);
	if (*same || !is_international(ours) ||
	    (slice_is_ascii(id) && slice_is_ascii(ours)))
		return 0;
	return same_labels(id, ours, arena, same, why);
}

int
authres_is_of(struct slice text, struct slice authserv_id, struct arena *arena,
    struct slice *id, bool *is, struct diag *why)
{
	struct slice part, version;
	struct authres_value v;

	*is = false;
	*id = SLICE_NONE;
	if (text.p == NULL || !cut(&text, &part) ||
	    !read_head(part, &v, &version))
		return 0;
	for (size_t i = 0; i < v.raw.len; i++)
		if (ascii_is_control(v.raw.p[i]) && !ascii_is_fws(v.raw.p[i]))
			return 0;
	*id = authres_value_text(&v, arena);
	return id->p == NULL ? diag_memory(why)
			     : same_id(*id, authserv_id, arena, is, why);
}

/* How many octets some reader skips as it does white space: controls, spaces
 * and marks outside ASCII, what is no UTF-8, quotes, and a "(" that opens no
 * comment. */
static size_t
skipped_by_some(struct slice s)
{
	static const struct slice wide[] = { SLICE("\xc2\x85"),
		SLICE("\xc2\xa0"), SLICE("\xe2\x80"), SLICE("\xe2\x81"),
		SLICE("\xe3\x80\x80"), SLICE("\xef\xbb\xbf") };
	unsigned long cp;
	size_t n = slice_utf8_next(s, &cp);

	if (n == 0 || ascii_is_control(s.p[0]) || s.p[0] == ' ' ||
	    s.p[0] == '"' || s.p[0] == '\\' || s.p[0] == '(')
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(wide); i++)
		if (slice_starts(s, wide[i]))
			return n;
	return 0;
}

/* Step over all of it, and over comments as long as they have an end. */
static void
skip_loosely(struct slice *rest, bool *comments)
{
	while (rest->len > 0) {
		if (rest->p[0] == '(' && *comments &&
		    (*comments = token_comment(rest)))
			continue;
		size_t n = skipped_by_some(*rest);

		if (n == 0)
			return;
		*rest = slice_sub(*rest, n, rest->len);
	}
}

/* What some reader may take for the id of a field: up to what ends an id for
 * everybody, without what some leave out. */
static void
read_loosely(struct buf *b, struct slice text, size_t enough)
{
	bool comments = true;

	skip_loosely(&text, &comments);
	while (text.len > 0 && text.p[0] != ';' && b->len < LIMIT_TEXT) {
		unsigned long cp;
		size_t n = slice_utf8_next(text, &cp);

		if (skipped_by_some(text) == 0) {
			buf_put(b, text.p, n);
			text = slice_sub(text, n, text.len);
			continue;
		}
		bool space = ascii_is_fws(text.p[0]) || text.p[0] == '(';

		skip_loosely(&text, &comments);
		if (b->len >= enough ||
		    (space && text.len > 0 && text.p[0] != '.' && b->len > 0 &&
			b->p[b->len - 1] != '.'))
			return;
	}
}

int
authres_claims(struct slice text, struct slice authserv_id, struct arena *arena,
    bool *claims, struct diag *why)
{
	struct buf b = { .max = 0 };
	struct slice id;

	if (authres_is_of(text, authserv_id, arena, &id, claims, why) != 0)
		return -1;
	if (*claims)
		return 0;
	read_loosely(&b, text, authserv_id.len);
	id = arena_copy(arena, buf_view(&b));
	bool memory = b.failure != BUF_OK || id.p == NULL;

	buf_release(&b);
	if (memory)
		return diag_memory(why);
	/* Behind it may stand whatever is no part of a name. */
	if (id.len > authserv_id.len) {
		char next = id.p[authserv_id.len];
		char then = id.len > authserv_id.len + 1
				? id.p[authserv_id.len + 1]
				: ' ';

		if (!ascii_is_alnum(next) && next != '-' && next != '_' &&
		    (next != '.' || !ascii_is_alnum(then)))
			id.len = authserv_id.len;
	}
	while (id.len > 0 && id.p[id.len - 1] == '.')
		id.len--;
	return same_id(id, authserv_id, arena, claims, why);
}
