/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/author.h"
#include "mail/token.h"

/* Step over what precedes the next c outside quotes and comments.  One that has
 * no end is text like any other, and so is all that begins one behind it: it is
 * looked for once.  *endless tells, as readers will differ. */
static void
skip_to(struct slice *rest, char c, bool *endless)
{
	bool quotes = true, comments = true;
	struct slice skipped;

	while (rest->len > 0 && rest->p[0] != c) {
		size_t before = rest->len;

		if (rest->p[0] == '(' && comments) {
			token_cfws(rest);
			comments = rest->len < before;
		} else if (rest->p[0] == '"' && quotes) {
			quotes = token_quoted(rest, &skipped);
		}
		if (rest->len == before)
			*rest = slice_sub(*rest, 1, rest->len);
	}
	*endless |= !quotes || !comments;
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
	bool endless = false;

	skip_to(&open, '<', &endless);
	skip_to(&colon, ':', &endless);
	skip_to(&comma, ',', &endless);
	two = slice_sub(open, 1, open.len);
	skip_to(&two, '<', &endless);
	token_cfws(&rest);
	if (open.len > 0 && rest.len > 0 && rest.p[0] == '>') {
		rest = slice_sub(rest, 1, rest.len);
		token_cfws(&rest);
		open.len = 0;
	}
	return open.len == 0 && colon.len == 0 && comma.len == 0 &&
	       two.len == 0 && rest.len == 0 && !endless;
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
	bool endless = false;

	skip_to(&rest, '@', &endless);
	const char *at = rest.p;

	rest = slice_sub(rest, 1, rest.len);
	token_cfws(&rest);
	while (n < rest.len && in_domain(rest.p[n]))
		n++;
	if (only != NULL)
		*only = fields == 1 && n > 0 && !endless &&
			is_all(value, at, slice_sub(rest, n, rest.len));
	return slice_sub(rest, 0, n);
}

/* ------------------------------------------------------------------------
 * All of them. */

/* Domains that were found. */
struct author_domains {
	struct slice *domain;
	size_t n, max;
};

static void
add(struct author_domains *f, struct slice domain)
{
	if (domain.len == 0)
		return;
	if (f->n < f->max)
		f->domain[f->n] = domain;
	f->n++;
}

/* Step over white space and comments.  A comment without an end is text like
 * any other, and so is all that begins one after it: its end is looked for
 * once. */
static void
skip_cfws(struct slice *rest, bool *comments)
{
	if (*comments) {
		token_cfws(rest);
		*comments = rest->len == 0 || rest->p[0] != '(';
	}
	while (rest->len > 0 && ascii_is_fws(rest->p[0]))
		*rest = slice_sub(*rest, 1, rest->len);
}

/* Step over "@" and the domain after it, which is empty when there is none. */
static struct slice
cut_domain(struct slice *rest, bool *comments)
{
	size_t n = 0;

	*rest = slice_sub(*rest, 1, rest->len);
	skip_cfws(rest, comments);
	if (rest->len > 0 && rest->p[0] == '[') {
		n = slice_find(*rest, ']');
		n += n < rest->len;
	}
	while (n < rest->len && in_domain(rest->p[n]))
		n++;
	struct slice domain = slice_sub(*rest, 0, n);

	*rest = slice_sub(*rest, n, rest->len);
	return domain;
}

/* One field, as far as it was read. */
struct author_list {
	struct author_domains *found;
	struct slice rest;
	size_t before_name;  /* how many there were before what may be a name */
	struct slice inside; /* the domain since "<" */
	bool angle, route; /* between "<" and ">"; before the ":" of a route */
	bool comments, quotes; /* all so far had an end */
};

static void
open_angle(struct author_list *l)
{
	if (l->angle)
		add(l->found, l->inside);
	else
		l->found->n = l->before_name;
	l->inside.len = 0;
	l->rest = slice_sub(l->rest, 1, l->rest.len);
	skip_cfws(&l->rest, &l->comments);
	l->angle = true;
	l->route = l->rest.len > 0 && l->rest.p[0] == '@';
}

static void
take_domain(struct author_list *l)
{
	if (!l->angle) {
		add(l->found, cut_domain(&l->rest, &l->comments));
		return;
	}
	add(l->found, l->inside);
	l->inside = cut_domain(&l->rest, &l->comments);
}

static void
take_octet(struct author_list *l)
{
	char c = l->rest.p[0];
	bool parts = c == ',' || c == ':' || c == ';';

	l->rest = slice_sub(l->rest, 1, l->rest.len);
	if (l->angle && c == '>') {
		add(l->found, l->inside);
		l->angle = l->route = false;
		l->before_name = l->found->n;
	} else if (l->route && parts) {
		l->inside.len = 0;
		l->route = c == ',';
	} else if (!l->angle && parts) {
		l->before_name = l->found->n;
	}
}

/* The addresses of one field.  What stands before "<" is a name, and does not
 * count, whatever it looks like; what else has a domain does, also where
 * nothing parts it from the address before, as some reader may show it. */
static void
add_domains(struct slice value, struct author_domains *f)
{
	struct author_list l = { .found = f,
		.rest = value,
		.before_name = f->n,
		.comments = true,
		.quotes = true };
	struct slice skipped;

	while (l.rest.len > 0) {
		size_t before = l.rest.len;

		skip_cfws(&l.rest, &l.comments);
		if (l.rest.len < before)
			continue;
		if (l.rest.p[0] == '"' && l.quotes) {
			l.quotes = token_quoted(&l.rest, &skipped);
			if (l.quotes)
				continue;
		}
		if (l.rest.p[0] == '@')
			take_domain(&l);
		else if (l.rest.p[0] == '<')
			open_angle(&l);
		else
			take_octet(&l);
	}
	if (l.angle)
		add(f, l.inside);
}

size_t
author_domains(const struct message *m, struct slice domain[], size_t max)
{
	struct author_domains f = { domain, 0, max };

	for (size_t i = 0; i < m->nfields; i++)
		if (slice_eq_nocase(m->field[i].name, SLICE("From")))
			add_domains(m->field[i].value, &f);
	return f.n;
}
