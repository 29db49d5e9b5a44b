/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "others/fieldreading.h"

/* ------------------------------------------------------------------------
 * Instances. */

/* White space by regular expressions. */
static bool
is_space(char c)
{
	return ascii_is_fws(c) || c == '\v' || c == '\f';
}

static size_t
skip_space(struct slice s, size_t at)
{
	while (at < s.len && is_space(s.p[at]))
		at++;
	return at;
}

/* The number at *at, stepped over; 0 for none, at most one above CHAIN_MAX. */
static unsigned
number_at(struct slice s, size_t *at)
{
	unsigned n = 0;

	while (*at < s.len && ascii_is_digit(s.p[*at])) {
		n = n * 10 + (unsigned)(s.p[*at] - '0');
		n = n > CHAIN_MAX ? CHAIN_MAX + 1 : n;
		++*at;
	}
	return n;
}

/* Whether there is one. */
static bool
first_instance(struct slice s, unsigned *instance)
{
	for (size_t i = 0; i < s.len; i++) {
		size_t at;

		if (ascii_lower(s.p[i]) != 'i')
			continue;
		at = skip_space(s, i + 1);
		if (at == s.len || s.p[at] != '=')
			continue;
		at = skip_space(s, at + 1);
		if (at < s.len && ascii_is_digit(s.p[at])) {
			*instance = number_at(s, &at);
			return true;
		}
	}
	return false;
}

unsigned
fieldreading_last_instance(struct slice text)
{
	struct slice part;
	unsigned found = 0;

	while (slice_cut(&text, ';', &part)) {
		size_t at = skip_space(part, 0), digits = at + 2;

		if (digits < part.len && ascii_lower(part.p[at]) == 'i' &&
		    part.p[at + 1] == '=' && ascii_is_digit(part.p[digits]))
			found = number_at(part, &digits);
	}
	return found;
}

/* ------------------------------------------------------------------------
 * Lists: text with its tags on the way. */

enum {
	MAX_TAGS = 256, /* each is compared with those before it */
};

struct reading {
	struct arena *arena;
	struct taglist list;
	char *room;    /* for the text without its comments, as a whole */
	bool memory;   /* it was short */
	bool too_many; /* tags: no opinion about the list */
};

static void
add_tag(
    struct reading *r, struct slice name, struct slice value, struct slice raw)
{
	r->too_many |= r->list.n == MAX_TAGS;
	if (!r->too_many)
		r->list.tag[r->list.n++] =
		    (struct tag){ .name = name, .value = value, .raw = raw };
}

static bool
start_list(struct reading *r, struct slice text, struct arena *arena)
{
	*r = (struct reading){ .arena = arena };
	r->list.tag = arena_array(arena, MAX_TAGS, sizeof *r->list.tag);
	r->room = arena_alloc(arena, text.len + 1);
	r->memory = r->list.tag == NULL || r->room == NULL;
	return !r->memory;
}

static struct slice
trim(struct slice s)
{
	while (s.len > 0 && is_space(s.p[0]))
		s = slice_sub(s, 1, s.len);
	while (s.len > 0 && is_space(s.p[s.len - 1]))
		s.len--;
	return s;
}

/* dkimpy: a letter at its front.  Mail::DKIM: one anywhere. */
static bool
takes_name(enum other who, struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (ascii_is_alpha(name.p[i]))
			return i == 0 || who == OTHER_MAIL_DKIM;
	return false;
}

/* The last of a name counts. */
static void
drop_tag(struct reading *r, struct slice name)
{
	for (size_t i = 0; i < r->list.n; i++)
		if (slice_eq(r->list.tag[i].name, name))
			r->list.tag[i--] = r->list.tag[--r->list.n];
}

/* Between semicolons, "=" in each, no name twice, any byte.  Mail::DKIM asks
 * less of a key record.  False: it is no list to who either. */
static bool
read_plain(struct reading *r, enum other who, bool record, struct slice text)
{
	bool loose = record && who == OTHER_MAIL_DKIM;

	struct slice part;

	while (!r->too_many && slice_cut(&text, ';', &part)) {
		size_t eq = slice_find(part, '=');
		struct slice name = trim(slice_sub(part, 0, eq)), raw;

		if ((loose || (text.p == NULL && r->list.n > 0)) &&
		    trim(part).len == 0)
			continue;
		if (eq == part.len ||
		    (!loose && (!takes_name(who, name) ||
				   taglist_find(&r->list, name) != NULL)))
			return false;
		drop_tag(r, name);
		raw = slice_sub(part, eq + 1, part.len);
		add_tag(r, name, trim(raw), raw);
	}
	return true;
}

/* s without comments, which do not nest, and with tag names in lower case; *end
 * after the ";" that ends it. */
static struct slice
without_comments(
    struct reading *r, struct slice s, bool lower, size_t *at, const char *ends)
{
	char *out = r->room;
	size_t n = 0;
	bool inside = false;

	for (; *at < s.len; ++*at) {
		char c = s.p[*at];

		if (inside) {
			inside = c != ')';
			continue;
		}
		if (strchr(ends, c) != NULL && c != '\0')
			break;
		if (c == '(')
			inside = true;
		else
			out[n++] = lower ? ascii_lower(c) : c;
	}
	r->room += n;
	return trim((struct slice){ out, n });
}

/* mailauth: comments left out, names in any case, elements without a name or
 * "=" passed over, the last of a name counts.  False for quotes and
 * backslashes, which it has a meaning for. */
static bool
read_mailauth(struct reading *r, struct slice s)
{
	static const struct slice b = { "b", 1 };

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] != '\0' && strchr("\"'\\", s.p[i]) != NULL)
			return false;
	for (size_t at = 0; at < s.len && !r->too_many; at++) {
		size_t start = at, eq;
		struct slice name = without_comments(r, s, true, &at, "=;");
		struct slice value = SLICE_NONE, raw = SLICE_NONE, as_is;

		eq = at;
		if (at < s.len && s.p[at] == '=') {
			at++;
			value = without_comments(r, s, false, &at, ";");
			raw = slice_sub(s, eq + 1, at - eq - 1);
		}
		if (raw.p == NULL || name.len == 0)
			continue;
		as_is = slice_trim(slice_sub(s, start, eq - start));
		if (slice_eq(as_is, name))
			name = as_is;
		else if (slice_eq(name, b))
			return false;
		drop_tag(r, name);
		add_tag(r, name, value, raw);
	}
	return true;
}

/* ------------------------------------------------------------------------
 * Values, written so that ours are read alike. */

/* Base64 up to its first "=", all else left out, with the padding it needs.
 * mailauth knows the letters of base64url, too. */
static struct slice
clean_base64(struct reading *r, enum other who, struct slice text)
{
	char *out = arena_alloc(r->arena, text.len + 4);
	size_t n = 0;

	if (out == NULL) {
		r->memory = true;
		return text;
	}
	for (size_t i = 0; i < text.len && text.p[i] != '='; i++) {
		char c = text.p[i];

		if (who == OTHER_MAILAUTH)
			c = (char)(c == '-' ? '+' : c == '_' ? '/' : c);
		if (ascii_is_alnum(c) || c == '+' || c == '/')
			out[n++] = c;
	}
	n -= n % 4 == 1;
	while (n % 4 != 0)
		out[n++] = '=';
	return (struct slice){ out, n };
}

/* dkimpy asks for the alphabet, white space, then "=" and white space, in all a
 * multiple of four characters. */
static bool
dkimpy_takes_base64(struct slice text)
{
	size_t n = 0, pads = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (is_space(c))
			continue;
		n++;
		if (c == '=')
			pads++;
		else if (pads > 0 ||
			 (!ascii_is_alnum(c) && c != '+' && c != '/'))
			return false;
	}
	return n % 4 == 0;
}

/* The digits at the front; mailauth reads numbers alone. */
static struct slice
clean_number(enum other who, struct slice text)
{
	size_t n = 0;

	while (n < text.len && ascii_is_digit(text.p[n]))
		n++;
	if (n == 0 || (n < text.len && who == OTHER_MAILAUTH))
		return text;
	while (n > 1 && text.p[0] == '0') {
		text = slice_sub(text, 1, text.len);
		n--;
	}
	return slice_sub(text, 0, n);
}

/* White space around the halves left out. */
static struct slice
clean_canon(struct reading *r, struct slice text)
{
	char *out = arena_alloc(r->arena, text.len + 1);
	size_t n = 0;

	if (out == NULL) {
		r->memory = true;
		return text;
	}
	for (size_t i = 0; i < text.len; i++)
		if (!is_space(text.p[i]))
			out[n++] = text.p[i];
	return (struct slice){ out, n };
}

static void
clean_values(struct reading *r, enum other who)
{
	for (size_t i = 0; i < r->list.n; i++) {
		struct tag *t = &r->list.tag[i];

		if (slice_eq(t->name, SLICE("b")) &&
		    (who != OTHER_DKIMPY || dkimpy_takes_base64(t->value)))
			t->value = clean_base64(r, who, t->value);
		else if (slice_eq(t->name, SLICE("l")) && who != OTHER_DKIMPY)
			t->value = clean_number(who, t->value);
		else if (slice_eq(t->name, SLICE("c")) && who == OTHER_MAILAUTH)
			t->value = clean_canon(r, t->value);
	}
}

/* ------------------------------------------------------------------------
 * Fields. */

static bool
read_list(struct reading *r, enum other who, bool record, struct slice text)
{
	return (who == OTHER_MAILAUTH ? read_mailauth(r, text)
				      : read_plain(r, who, record, text)) &&
	       !r->too_many;
}

int
fieldreading_record(const struct other_case *c, struct slice text,
    struct taglist *out, struct diag *why)
{
	struct reading r;
	bool good = start_list(&r, text, c->m->arena) &&
		    read_list(&r, c->who, true, text);

	*out = r.list;
	return r.memory ? diag_memory(why) : good;
}

/* The instance in the list, 0 for none; CHAIN_MAX + 1 for what mailauth would
 * take for a number, but not here: 0x1, +1, 1.0. */
static unsigned
list_instance(const struct taglist *list)
{
	struct slice v = taglist_value(list, SLICE("i"));
	size_t at = 0;
	unsigned n = number_at(v, &at);

	if (at == v.len)
		return n;
	return ascii_is_digit(v.p[0]) || v.p[0] == '+' || v.p[0] == '-' ||
		       v.p[0] == '.'
		   ? CHAIN_MAX + 1
		   : 0;
}

int
fieldreading_again(
    const struct other_case *c, struct sigfield *f, struct diag *why)
{
	struct slice text = f->field->value;
	struct reading r;
	bool good = start_list(&r, text, c->m->arena) &&
		    read_list(&r, c->who, false, text);

	if (good)
		clean_values(&r, c->who);
	if (r.memory)
		return diag_memory(why);
	if (!good)
		return 0;
	f->list = r.list;
	f->tags = (struct sigtags){ .nheaders = 0 };
	f->problem = (struct diag){ .code = DIAG_NONE };
	f->instance = list_instance(&f->list);
	if (c->who == OTHER_DKIMPY &&
	    taglist_find(&f->list, SLICE("i")) != NULL)
		first_instance(text, &f->instance);
	if (f->instance > CHAIN_MAX)
		f->instance = 0;
	if (f->instance == 0)
		diag_set(&f->problem, DIAG_INSTANCE_SYNTAX, f->field->name,
		    "%s", "");
	if (sigfield_tags(f, c->m->arena, why) != 0)
		return -1;
	/* The default of these two. */
	if (f->kind == ARC_AMS && c->who != OTHER_MAIL_DKIM &&
	    taglist_find(&f->list, SLICE("c")) == NULL)
		f->tags.header_canon = f->tags.body_canon = CANON_RELAXED;
	return 0;
}

int
fieldreading_instance(const struct other_case *c, const struct sigfield *f,
    unsigned *instance, struct diag *why)
{
	struct slice text = f->field->value;
	struct reading r;

	*instance = 0;
	/* A set 0 is signed with the others. */
	if (c->who == OTHER_DKIMPY && first_instance(text, instance) &&
	    *instance == 0 && c->chain->n > 0)
		*instance = CHAIN_MAX + 1;
	if (c->who == OTHER_MAIL_DKIM)
		*instance = fieldreading_last_instance(text);
	if (c->who != OTHER_MAILAUTH)
		return 0;
	if (start_list(&r, text, c->m->arena) &&
	    read_list(&r, c->who, false, text))
		*instance = list_instance(&r.list);
	return r.memory ? diag_memory(why) : 0;
}

int
fieldreading_take_aar(
    const struct other_case *c, struct sigfield *f, struct diag *why)
{
	unsigned instance;

	if (fieldreading_instance(c, f, &instance, why) != 0)
		return -1;
	if (instance > 0 && instance <= CHAIN_MAX) {
		f->instance = instance;
		f->problem = (struct diag){ .code = DIAG_NONE };
	}
	return 0;
}

int
fieldreading_drop(
    const struct other_case *c, struct sigfield *f, struct diag *why)
{
	size_t at = (size_t)(f - c->chain->field);

	(void)why;
	c->chain->nfields--;
	memmove(f, f + 1, (c->chain->nfields - at) * sizeof *f);
	return 0;
}

/* ------------------------------------------------------------------------
 * Mail::DKIM: fields that it rejects, and forgets. */

static bool
rejects(const struct other_case *c, const struct sigfield *f)
{
	struct slice a = taglist_value(&f->list, SLICE("a"));
	struct slice x = taglist_value(&f->list, SLICE("x"));
	unsigned long long expires;

	return !(slice_eq_nocase(a, SLICE("rsa-sha256")) ||
		   slice_eq_nocase(a, SLICE("rsa-sha1"))) ||
	       taglist_value(&f->list, SLICE("d")).len == 0 ||
	       taglist_find(&f->list, SLICE("s")) == NULL ||
	       (slice_number(x, 12, &expires) && (int64_t)expires < c->now);
}

struct sigfield *
fieldreading_rejected(const struct other_case *c, const struct sigfield *f)
{
	for (size_t i = 0; i < c->chain->nfields; i++) {
		struct sigfield *a = &c->chain->field[i];

		if (a->kind == f->kind && a->instance == f->instance &&
		    a->kind != ARC_AAR && a->list.n > 0 && rejects(c, a))
			return a;
	}
	return NULL;
}

int
fieldreading_drop_rejected(
    const struct other_case *c, struct sigfield *f, struct diag *why)
{
	struct sigfield *rejected = fieldreading_rejected(c, f);

	return rejected != NULL ? fieldreading_drop(c, rejected, why) : 0;
}
