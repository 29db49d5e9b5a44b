/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/shortage.h"

/* Octets of the first block; each next one is twice as large, up to the most.
 * What is larger than a quarter of a block gets one of its own: with ARENA_EACH
 * everything does, so that sanitizers see its ends, and each may fail. */
enum {
#ifdef ARENA_EACH
	FIRST_BLOCK = 1,
	MOST_BLOCK = 1,
#else
	FIRST_BLOCK = 1024,
	MOST_BLOCK = 64 * 1024,
#endif
};

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) char octets[];
};

/* What was not allocated here. */
struct adopted {
	struct adopted *next;
	void *p;
};

struct arena {
	struct block *top;
	struct adopted *adopted;
	size_t block; /* octets of the next block */
};

static struct block *
block_new(size_t size, struct block *next)
{
	struct block *b =
	    size > SIZE_MAX - sizeof *b ? NULL : malloc(sizeof *b + size);

	if (b == NULL) {
		shortage_note();
		return NULL;
	}
	b->next = next;
	b->used = 0;
	b->size = size;
	return b;
}

struct arena *
arena_new(void)
{
	struct arena *a = calloc(1, sizeof *a);

	if (a != NULL)
		a->block = FIRST_BLOCK;
	return a;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	for (struct adopted *k = a->adopted; k != NULL; k = k->next)
		free(k->p);
	for (struct block *b = a->top, *next; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

void *
arena_alloc(struct arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);

	if (n > SIZE_MAX - align)
		return NULL;
	n = n == 0 ? align : (n + align - 1) / align * align;
	struct block *b = a->top;

	if (b == NULL || b->size - b->used < n) {
		struct block *fresh;

		if (n > a->block / 4 && b != NULL) {
			/* Behind the top block, whose room stays in use. */
			if ((fresh = block_new(n, b->next)) == NULL)
				return NULL;
			b->next = fresh;
		} else {
			fresh = block_new(n > a->block ? n : a->block, b);
			if (fresh == NULL)
				return NULL;
			a->top = fresh;
			if (a->block < MOST_BLOCK)
				a->block *= 2;
		}
		b = fresh;
	}
	void *p = b->octets + b->used;

	b->used += n;
	return memset(p, 0, n);
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / size)
		return NULL;
	return arena_alloc(a, n * size);
}

struct slice
arena_copy(struct arena *a, struct slice s)
{
	char *p = s.len < SIZE_MAX ? arena_alloc(a, s.len + 1) : NULL;

	if (p == NULL)
		return SLICE_NONE;
	if (s.len > 0)
		memcpy(p, s.p, s.len);
	return (struct slice){ p, s.len };
}

bool
arena_adopt(struct arena *a, void *p)
{
	struct adopted *k = arena_alloc(a, sizeof *k);

	if (k == NULL)
		return false;
	*k = (struct adopted){ a->adopted, p };
	a->adopted = k;
	return true;
}
