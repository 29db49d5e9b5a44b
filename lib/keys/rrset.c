/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "keys/rrset.h"

enum {
	SAME_RECORDS = 16, /* looked at for one that stands there already */
};

struct rrnode {
	struct rrnode *next;
	struct rr rr;
};

struct rrset *
rrset_find(struct rrset *list, enum rr_type type)
{
	while (list != NULL && list->type != type)
		list = list->next;
	return list;
}

struct rrset *
rrset_of(struct rrset **list, enum rr_type type, struct arena *arena)
{
	struct rrset *s = rrset_find(*list, type);

	if (s != NULL || (s = arena_alloc(arena, sizeof *s)) == NULL)
		return s;
	s->next = *list;
	s->type = type;
	s->failure = ANSWER_UNKNOWN;
	s->last = &s->first;
	*list = s;
	return s;
}

/* The file may say it several times, as when records of two runs are joined. */
static bool
is_known(const struct rrset *s, const struct rr *rr)
{
	const struct rrnode *r = s->first;

	for (int i = 0; r != NULL && i < SAME_RECORDS; i++, r = r->next)
		if (r->rr.preference == rr->preference &&
		    slice_eq(r->rr.name, rr->name) &&
		    memcmp(r->rr.address, rr->address, sizeof rr->address) == 0)
			return true;
	return false;
}

int
rrset_add(struct rrset *s, const struct rr *rr, struct arena *arena)
{
	struct rrnode *r;

	if (is_known(s, rr))
		return 0;
	if ((r = arena_alloc(arena, sizeof *r)) == NULL)
		return -1;
	r->rr = *rr;
	*s->last = r;
	s->last = &r->next;
	s->n++;
	return 0;
}

int
rrset_answer(const struct rrset *s, struct answer *a, struct arena *arena)
{
	a->ttl = s->ttl;
	a->has_ttl = s->has_ttl;
	a->rr = arena_array(arena, s->n, sizeof *a->rr);
	if (a->rr == NULL)
		return -1;
	for (const struct rrnode *r = s->first; r != NULL; r = r->next)
		a->rr[a->nrr++] = r->rr;
	return 0;
}
