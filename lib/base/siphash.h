/* SPDX-License-Identifier: BSD-2-Clause */
/* siphash.h - a keyed hash for tables that strangers' names go into
 *
 * SipHash-1-3 (Aumasson and Bernstein): who does not know the key cannot choose
 * names that meet in one slot, which would make a table as slow as a list.
 * Hashes differ from run to run, so nothing that anybody sees may depend on
 * them, nor on the order of what is in such a table. */
#ifndef SIPHASH_H
#define SIPHASH_H

#include <stdint.h>

#include "base/slice.h"

struct siphash {
	uint64_t key[2];
};

/* A new key, of the kernel's random numbers.  Cannot fail: where the kernel
 * has none yet, the key is less of a secret, and results are the same. */
void siphash_init(struct siphash *);

uint64_t siphash(const struct siphash *, struct slice);

/* The same of the octets with ASCII letters in lower case. */
uint64_t siphash_nocase(const struct siphash *, struct slice);

#endif
