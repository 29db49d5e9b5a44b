/* SPDX-License-Identifier: BSD-2-Clause */
/* nametable.h - what belongs to a name, found by it
 *
 * An open hash table that grows; names that strangers choose do not slow it
 * down (siphash.h).  It owns neither names nor values: both have
 * to live as long as they are in it, and nothing leaves it but all at once. */
#ifndef NAMETABLE_H
#define NAMETABLE_H

#include <stddef.h>

#include "base/siphash.h"
#include "base/slice.h"

struct nametable {
	struct nameslot {
		struct slice name;
		void *value; /* NULL: the slot is empty */
	} * slot;
	struct siphash hash;
	size_t nslots, n; /* nslots: a power of two, at most half in use */
};

/* Make *t empty and ready.  -1 when memory is short; there is then nothing to
 * release. */
int nametable_init(struct nametable *t);
void nametable_release(struct nametable *t);

/* What was added under the name; NULL: nothing was. */
void *nametable_find(const struct nametable *t, struct slice name);

/* Add value, not NULL, under a name that is not in the table.  -1, and nothing
 * changed, when memory is short. */
int nametable_add(struct nametable *t, struct slice name, void *value);

/* One value after the other, in an order that is another
 * at each run: what is made of it may not depend on that.  *at is 0 at
 * first and belongs to the walk.  NULL at the end. */
void *nametable_next(const struct nametable *t, size_t *at);

#endif
