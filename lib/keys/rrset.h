/* SPDX-License-Identifier: BSD-2-Clause */
/* rrset.h - what keys files say of one name: records by their type
 *
 * TXT records are most of a keys file, and stand with the name itself
 * (keysource_file.c); here are the other types, and what was recorded instead
 * of records of a type. */
#ifndef RRSET_H
#define RRSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "keys/keysource.h"

struct rrset {
	struct rrset *next;
	enum rr_type type;
	enum answer_kind failure; /* ANSWER_UNKNOWN: none was recorded */
	struct rrnode *first, **last;
	size_t n;
	uint32_t ttl;
	bool has_ttl;
};

/* The set of that type in the list; NULL when there is none. */
struct rrset *rrset_find(struct rrset *list, enum rr_type);

/* The same, made when there is none; NULL when memory is short. */
struct rrset *rrset_of(struct rrset **list, enum rr_type, struct arena *);

/* Add a record, whose name lives in the arena, unless it is there already.  -1
 * when memory is short. */
int rrset_add(struct rrset *, const struct rr *, struct arena *);

/* Put its records into an answer of that type.  -1 when memory is short. */
int rrset_answer(const struct rrset *, struct answer *, struct arena *);

#endif
