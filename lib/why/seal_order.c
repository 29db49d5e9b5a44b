/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/seal_order.h"
#include "why/seal_try.h"

enum {
	MAX_SETS = 5, /* of which every order is tried */
};

void
seal_sets_descending(struct seal_case *c)
{
	size_t order[MAX_SETS];

	if (seal_first_set(c) == c->i)
		return;
	for (unsigned k = c->i - 1; k >= 1; k--)
		seal_put_set(c, k);
	seal_put_set(c, c->i);
	if (seal_try(c))
		return;
	for (unsigned k = c->i; k >= 1; k--)
		seal_put_set(c, k);
	/* Only a digest that is known is cheap to compare with. */
	if (seal_try(c) || c->i > MAX_SETS ||
	    c->q.target->kind != TARGET_DIGEST || search_over(c->s))
		return;
	for (size_t k = 0; k < c->i; k++)
		order[k] = k;
	while (next_order(order, c->i)) {
		for (size_t k = 0; k < c->i; k++)
			seal_put_set(c, (unsigned)order[k] + 1);
		if (seal_try(c))
			return;
	}
}

void
seal_own_set_only(struct seal_case *c)
{
	if (c->f->tags.cv != CV_FAIL)
		seal_put_set(c, c->i);
	seal_try(c);
}

void
seal_fail_full_scope(struct seal_case *c)
{
	for (unsigned k = 1; c->f->tags.cv == CV_FAIL && k <= c->i; k++)
		seal_put_set(c, k);
	seal_try(c);
}

void
seal_aars_by_position(struct seal_case *c)
{
	size_t order[MAX_SETS];

	if (seal_first_set(c) == c->i || c->i > MAX_SETS)
		return;
	for (size_t k = 0; k < c->i; k++)
		order[k] = k;
	while (next_order(order, c->i)) {
		for (unsigned k = 1; k <= c->i; k++) {
			seal_put_part(c, (unsigned)order[k - 1] + 1, ARC_AAR);
			seal_put_part(c, k, ARC_AMS);
			seal_put_part(c, k, ARC_SEAL);
		}
		if (seal_try(c))
			return;
	}
}

void
seal_own_aar_missing(struct seal_case *c)
{
	for (unsigned way = 0; way < 2; way++) {
		for (unsigned k = seal_first_set(c); k <= c->i; k++) {
			if (k < c->i && way == 0)
				seal_put_part(c, k, ARC_AAR);
			seal_put_part(c, k, ARC_AMS);
			seal_put_part(c, k, ARC_SEAL);
		}
		if (seal_try(c))
			return;
	}
}

void
seal_earlier_seals_missing(struct seal_case *c)
{
	for (unsigned k = seal_first_set(c); k <= c->i; k++) {
		seal_put_part(c, k, ARC_AAR);
		seal_put_part(c, k, ARC_AMS);
		if (k == c->i)
			seal_put_part(c, k, ARC_SEAL);
	}
	seal_try(c);
}

/* Each set in that order, the last one too or as it should be. */
static bool
try_order(struct seal_case *c, const enum sigkind order[ARC_KINDS])
{
	for (unsigned way = 0; way < 2; way++) {
		for (unsigned k = seal_first_set(c); k <= c->i; k++)
			if (k == c->i && way == 1)
				seal_put_set(c, k);
			else
				for (size_t n = 0; n < ARC_KINDS; n++)
					seal_put_part(c, k, order[n]);
		if (seal_try(c))
			return true;
	}
	return false;
}

void
seal_ams_before_aar(struct seal_case *c)
{
	static const enum sigkind order[] = { ARC_AMS, ARC_AAR, ARC_SEAL };

	try_order(c, order);
}

void
seal_own_first(struct seal_case *c)
{
	static const enum sigkind orders[][ARC_KINDS] = {
		{ ARC_SEAL, ARC_AAR, ARC_AMS },
		{ ARC_SEAL, ARC_AMS, ARC_AAR },
	};

	for (size_t n = 0; n < ARRAY_LEN(orders); n++)
		if (try_order(c, orders[n]))
			return;
}

void
seal_by_kind(struct seal_case *c)
{
	static const enum sigkind orders[][ARC_KINDS] = {
		{ ARC_AAR, ARC_AMS, ARC_SEAL },
		{ ARC_AMS, ARC_AAR, ARC_SEAL },
		{ ARC_SEAL, ARC_AMS, ARC_AAR },
		{ ARC_SEAL, ARC_AAR, ARC_AMS },
	};

	/* Of one set it is the order within the set. */
	for (size_t n = 0; seal_first_set(c) < c->i && n < ARRAY_LEN(orders);
	     n++) {
		for (size_t m = 0; m < ARC_KINDS; m++)
			for (unsigned k = 1; k <= c->i; k++)
				seal_put_part(c, k, orders[n][m]);
		if (seal_try(c))
			return;
	}
}
