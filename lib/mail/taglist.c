/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/limit.h"
#include "mail/taglist.h"
#include "mail/token.h"

/* Up to here names are compared pair by pair; beyond, they are sorted. */
enum {
	FEW = 24
};

static bool
name_is_valid(struct slice name)
{
	if (name.len == 0 || !ascii_is_alpha(name.p[0]))
		return false;
	for (size_t i = 1; i < name.len; i++)
		if (!ascii_is_alnum(name.p[i]) && name.p[i] != '_')
			return false;
	return true;
}

/* RFC 6376 section 3.2 with RFC 8616 section 5: printable ASCII, white space
 * and folds, UTF-8.  Returns the length of what is so. */
static size_t
text_span(struct slice s)
{
	size_t i = 0;

	while (i < s.len) {
		unsigned char c = (unsigned char)s.p[i];
		struct slice rest = { s.p + i, s.len - i };
		unsigned long cp;
		size_t n = (c >= 0x20 && c < 0x7f) || c == '\t' ? 1
			   : c == '\r' || c == '\n' ? token_fold(rest)
			   : c >= 0x80		    ? slice_utf8_next(rest, &cp)
						    : 0;

		if (n == 0)
			return i;
		i += n;
	}
	return s.len;
}

static int
by_name(const void *a, const void *b)
{
	const struct tag *const *ta = a, *const *tb = b;

	return slice_cmp((*ta)->name, (*tb)->name);
}

/* The second tag of a name in the list, or NULL; -1 when memory is short. */
static int
find_twice(
    const struct taglist *list, struct arena *arena, const struct tag **twice)
{
	*twice = NULL;
	if (list->n <= FEW) {
		for (size_t i = 1; i < list->n; i++)
			for (size_t k = 0; k < i; k++)
				if (slice_eq(
					list->tag[i].name, list->tag[k].name)) {
					*twice = &list->tag[i];
					return 0;
				}
		return 0;
	}
	const struct tag **sorted =
	    arena_array(arena, list->n, sizeof(struct tag *));

	if (sorted == NULL)
		return -1;
	for (size_t i = 0; i < list->n; i++)
		sorted[i] = &list->tag[i];
	qsort(sorted, list->n, sizeof *sorted, by_name);
	for (size_t i = 1; i < list->n && *twice == NULL; i++)
		if (slice_eq(sorted[i]->name, sorted[i - 1]->name))
			*twice = sorted[i];
	return 0;
}

int
taglist_octets(struct slice text, struct diag *why)
{
	size_t bad = text_span(text);

	if (bad < text.len)
		return diag_set(why, DIAG_FIELD_SYNTAX, slice_sub(text, bad, 1),
		    "byte %02x is not allowed in a tag list",
		    (unsigned char)text.p[bad]);
	return 0;
}

static int
tag_parse(struct slice element, struct tag *tag, struct diag *why)
{
	char q[DIAG_QUOTED];
	size_t eq = slice_find(element, '=');

	if (taglist_octets(element, why) != 0)
		return -1;
	if (slice_trim(element).len == 0)
		return diag_set(why, DIAG_FIELD_SYNTAX, element,
		    "an empty element between two \";\"");
	if (eq == element.len)
		return diag_set(why, DIAG_FIELD_SYNTAX, element,
		    "no \"=\" in \"%s\"", diag_quote(slice_trim(element), q));
	tag->name = slice_trim(slice_sub(element, 0, eq));
	tag->raw = slice_sub(element, eq + 1, element.len);
	tag->value = slice_trim(tag->raw);
	if (!name_is_valid(tag->name))
		return diag_set(why, DIAG_FIELD_SYNTAX, element,
		    "\"%s\" is not a tag name", diag_quote(tag->name, q));
	return 0;
}

/* Tags as they are found: as many as there are, whatever separators there may
 * be. */
struct found_tags {
	struct tag *tag;
	size_t n, max;
};

static int
tags_parse(struct slice text, struct found_tags *f, struct diag *why)
{
	struct slice rest = text, element;

	while (slice_cut(&rest, ';', &element)) {
		/* One final ";" is fine, and white space behind it, RFC
		 * 6376 3.2. */
		if (rest.p == NULL && f->n > 0 && slice_trim(element).len == 0)
			break;
		if (f->n == LIMIT_TAGS)
			return diag_set(why, DIAG_FIELD_SYNTAX, element,
			    "more than %d tags", LIMIT_TAGS);
		if (f->n == f->max) {
			size_t max = f->max == 0 ? 16 : 2 * f->max;
			struct tag *t = realloc(f->tag, max * sizeof *t);

			if (t == NULL)
				return diag_memory(why);
			f->tag = t;
			f->max = max;
		}
		if (tag_parse(element, &f->tag[f->n], why) != 0)
			return -1;
		f->n++;
	}
	return 0;
}

/* What was found before a fault is there too: an instance, say. */
static int
keep_tags(const struct found_tags *f, struct arena *arena, struct taglist *out)
{
	if ((out->tag = arena_array(arena, f->n, sizeof *out->tag)) == NULL)
		return -1;
	if (f->n > 0)
		memcpy(out->tag, f->tag, f->n * sizeof *f->tag);
	out->n = f->n;
	return 0;
}

int
taglist_parse(struct slice text, struct arena *arena, struct taglist *out,
    struct diag *why)
{
	struct found_tags found = { .n = 0 };
	const struct tag *twice;
	char q[DIAG_QUOTED];

	*out = (struct taglist){ NULL, 0 };
	if (slice_trim(text).len == 0)
		return diag_set(why, DIAG_FIELD_SYNTAX, text, "no tags");
	int result = tags_parse(text, &found, why);

	if (keep_tags(&found, arena, out) != 0)
		result = diag_memory(why);
	free(found.tag);
	if (result != 0)
		return -1;
	if (find_twice(out, arena, &twice) != 0)
		return diag_memory(why);
	if (twice != NULL)
		return diag_set(why, DIAG_FIELD_SYNTAX, twice->name,
		    "duplicate tag %s=", diag_quote(twice->name, q));
	return 0;
}

const struct tag *
taglist_find(const struct taglist *list, struct slice name)
{
	for (size_t i = 0; i < list->n; i++)
		if (slice_eq(list->tag[i].name, name))
			return &list->tag[i];
	return NULL;
}

struct slice
taglist_value(const struct taglist *l, struct slice name)
{
	const struct tag *t = taglist_find(l, name);

	return t != NULL ? t->value : SLICE_NONE;
}
