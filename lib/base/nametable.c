/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "base/nametable.h"

enum {
	FIRST_SLOTS = 64, /* a power of two */
};

/* The slot of the name, or the empty one where it belongs.  Whoever chooses
 * names that meet in one slot slows down a run over his own messages by a few
 * comparisons each: a few hundred names come from one. */
static struct nameslot *
slot_of(const struct nametable *t, struct slice name)
{
	size_t at = (size_t)siphash(&t->hash, name) & (t->nslots - 1);

	while (t->slot[at].value != NULL && !slice_eq(t->slot[at].name, name))
		at = (at + 1) & (t->nslots - 1);
	return &t->slot[at];
}

int
nametable_init(struct nametable *t)
{
	*t = (struct nametable){
		.slot = calloc(FIRST_SLOTS, sizeof(struct nameslot)),
		.nslots = FIRST_SLOTS,
	};
	siphash_init(&t->hash);
	return t->slot != NULL ? 0 : -1;
}

void
nametable_release(struct nametable *t)
{
	free(t->slot);
	t->slot = NULL;
}

void *
nametable_find(const struct nametable *t, struct slice name)
{
	return slot_of(t, name)->value;
}

static int
grow(struct nametable *t)
{
	struct nametable old = *t;

	t->slot = calloc(2 * old.nslots, sizeof(struct nameslot));
	if (t->slot == NULL) {
		t->slot = old.slot;
		return -1;
	}
	t->nslots = 2 * old.nslots;
	for (size_t i = 0; i < old.nslots; i++)
		if (old.slot[i].value != NULL)
			*slot_of(t, old.slot[i].name) = old.slot[i];
	free(old.slot);
	return 0;
}

int
nametable_add(struct nametable *t, struct slice name, void *value)
{
	if (2 * t->n >= t->nslots && grow(t) != 0)
		return -1;
	*slot_of(t, name) = (struct nameslot){ name, value };
	t->n++;
	return 0;
}

void *
nametable_next(const struct nametable *t, size_t *at)
{
	while (*at < t->nslots)
		if (t->slot[(*at)++].value != NULL)
			return t->slot[*at - 1].value;
	return NULL;
}
