/* SPDX-License-Identifier: BSD-2-Clause */
/* recipe.h - the Message-Instance fields of DKIM2, and the recipes in them
 *
 * Who changes a message may tell in r= how to undo that: JSON, in base64, with
 * "b" for the body: lines to copy, {"c":[first,last]}, and lines to write,
 * {"d":["..."]}; and "h" for the fields of each name, likewise.  Nothing
 * verifies these fields here, so what they say is a hypothesis like any other:
 * it counts where what it makes was signed. */
#ifndef WHY_RECIPE_H
#define WHY_RECIPE_H

#include "mail/taglist.h"
#include "why/body_hash.h"

enum {
	RECIPE_MAX_FIELDS = 16,	    /* of a message that are read */
	RECIPE_MAX_VALUE = 1 << 18, /* octets of one */
	RECIPE_MAX_EDITS = 64,	    /* of a body */
};

struct recipe {
	struct slice instance; /* m= as written */
	struct slice json;     /* NULL pointer: nothing is to be undone */
	struct taglist tags;
};

/* The fields of the message that can be read, the newest, of the highest m=,
 * first.  They are read once, and paid. */
const struct recipe *recipes(struct search *, size_t *n);

/* The edits that undo a change of a body, which it says of lines, none where it
 * says nothing of it; coded: lines to write are in base64.  0, or -1 where it
 * is no recipe of this body, nothing is left to pay with, or memory is short.
 */
int recipe_body(struct search *, const struct recipe *, struct slice body,
    bool coded, struct edit out[RECIPE_MAX_EDITS], size_t *n);

/* What it says that the field of a name was: false, nothing, or more than one
 * field; *out a NULL pointer: there was none. */
bool recipe_header(struct search *, const struct recipe *, struct slice name,
    struct slice *out);

/* Whether one of the hashes that the field lists is this one. */
bool recipe_lists(struct search *, const struct recipe *,
    const unsigned char hash[DIGEST_SIZE]);

/* Say which instance it is, and whose DKIM2-Signature claims to have made it:
 * claims that nobody verified. */
void recipe_claim(
    struct search *, const struct recipe *, char *out, size_t size);

#endif
