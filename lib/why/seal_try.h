/* SPDX-License-Identifier: BSD-2-Clause */
/* seal_try.h - what AS(i) may cover, assembled piece by piece and tried */
#ifndef WHY_SEAL_TRY_H
#define WHY_SEAL_TRY_H

#include "why/sequence.h"

enum {
	SEAL_MAX_PIECES = ARC_KINDS * CHAIN_MAX,
};

struct seal_case {
	struct search *s;
	unsigned i;
	const struct sigfield *f;
	struct sequence q; /* as the RFC says */
	struct sequence t; /* what is tried */
	size_t own;	   /* the seal's place in it */
	/* Of each field that goes in, as it was, when that is proved. */
	struct slice was[SEAL_MAX_PIECES];
	enum cause_id cause;
	size_t found;		 /* with this cause */
	struct finding *finding; /* what was noted of the last; or NULL */
};

/* The field of set k of that kind that the seal covers. */
const struct sigfield *seal_part(
    const struct seal_case *c, unsigned k, enum sigkind kind);
void seal_put(struct seal_case *c, struct slice octets);
void seal_put_part(struct seal_case *c, unsigned k, enum sigkind kind);
void seal_put_set(struct seal_case *c, unsigned k);

/* Try what was put, and start over.  Returns whether it matches. */
bool seal_try(struct seal_case *c);

/* The seal's own value with b= replaced by a text. */
struct slice seal_with_b(struct seal_case *, struct slice value);

/* The first set that the seal covers. */
unsigned seal_first_set(const struct seal_case *c);

#endif
