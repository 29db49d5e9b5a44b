/* SPDX-License-Identifier: BSD-2-Clause */
/* order.h - the order in which hypotheses about a body and a header are tried
 *
 * A search ends with the first step that finds something, so that what finds
 * much for little comes first.  A step that is dear waits for those that are
 * not; one whose match has a simpler story waits for that.  What a signer or a
 * sealer may have done wrong (signer.h, seal.h) is tried all, in any order. */
#ifndef WHY_ORDER_H
#define WHY_ORDER_H

#include "why/body_hash.h"
#include "why/header_library.h"
#include "why/header_list.h"
#include "why/sequence.h"

/* hits, here and below: of the signatures that "make why-score" explains, those
 * that the step does. */
struct body_step {
	enum cause_id cause;
	void (*try)(struct body_case *);
	unsigned hits;
};
extern const struct body_step order_body[];
extern const size_t order_body_steps;

struct header_step {
	enum {
		HEADER_LISTS_AT_ONCE, /* unless there may be another story */
		HEADER_SIGNER,	      /* and z= */
		HEADER_NEWER,	      /* what is proved of a newer signature */
		HEADER_WRAPPED,	      /* and what is proved of the body */
		HEADER_ALIKE,	      /* one rule on all fields */
		HEADER_LISTS,
		HEADER_LISTS_CHECKED, /* where each match is a verification */
		HEADER_LIBRARY,
		HEADER_FIELDS, /* so many, of that rank or better */
		HEADER_OLDER,  /* without what is above the seal */
		HEADER_RECIPE,
	} what;
	unsigned how; /* an enum list_reach, an enum library_reach, a number of
		       * fields */
	enum rank rank;
	unsigned hits;
	unsigned most; /* what it may cost, in MiB hashed; 0: all that is left
			*/
};
extern const struct header_step order_header[];
extern const size_t order_header_steps;

#endif
