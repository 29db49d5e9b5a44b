/* SPDX-License-Identifier: BSD-2-Clause */
/* taglist.h - RFC 6376 section 3.2: "tag=value; tag=value"
 *
 * AMS, AS and key records are tag-lists.  Parsing only finds the tags; what a
 * value must look like is in the rule tables of the caller.  Names are
 * case-sensitive.  A name twice makes the whole list invalid. */
#ifndef TAGLIST_H
#define TAGLIST_H

#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/slice.h"

struct tag {
	struct slice name;
	struct slice value; /* without white space at its ends; may be empty */
	struct slice raw;   /* all between "=" and ";", white space included:
			     * what is deleted when b= is emptied */
};

struct taglist {
	struct tag *tag; /* in the order of the text; in the arena */
	size_t n;
};

/* Parse text, whose slices the result looks into.  -1 with DIAG_FIELD_SYNTAX
 * (where: the element at fault) or DIAG_MEMORY. */
int taglist_parse(
    struct slice text, struct arena *, struct taglist *out, struct diag *why);

/* Whether text has but octets that may stand in a tag-list.  -1 with
 * DIAG_FIELD_SYNTAX (where: the octet at fault). */
int taglist_octets(struct slice text, struct diag *why);

/* The tag of that name, or NULL. */
const struct tag *taglist_find(const struct taglist *, struct slice name);

/* Its value; empty when there is no such tag. */
struct slice taglist_value(const struct taglist *, struct slice name);

#endif
