/* SPDX-License-Identifier: BSD-2-Clause */
/* arena.h - memory that is given back all at once
 *
 * What lives as long as a message is taken from that message's arena and is
 * never freed singly.  An arena belongs to one thread at a time.  Every
 * allocation can fail with NULL when memory is short: the caller reports
 * DIAG_MEMORY. */
#ifndef ARENA_H
#define ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct arena;

/* A new, empty arena, or NULL.  The caller's, to end with arena_free(). */
struct arena *arena_new(void);
void arena_free(struct arena *);

/* n octets, zeroed and aligned for any type; NULL when memory is short. */
void *arena_alloc(struct arena *, size_t n);

/* An array of n elements of size octets each; the product is checked. */
void *arena_array(struct arena *, size_t n, size_t size);

/* A copy of s that lives in the arena, with a NUL after it that its length
 * does not count.  The pointer is NULL when memory is short. */
struct slice arena_copy(struct arena *, struct slice s);

/* Octets that malloc() gave become the arena's, which frees them in the end.
 * False when memory is short: they stay the caller's. */
bool arena_adopt(struct arena *, void *p);

#endif
