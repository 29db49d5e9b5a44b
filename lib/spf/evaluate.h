/* SPDX-License-Identifier: BSD-2-Clause */
/* evaluate.h - check_host(), once over the records (RFC 7208 sections 4 to 7)
 *
 * What a walk over the records has to know and does not know yet is left to
 * asking.h; spf.h says what comes of it in the end. */
#ifndef SPF_EVALUATE_H
#define SPF_EVALUATE_H

#include "mail/method.h"
#include "spf/asking.h"
#include "spf/spf.h"

enum {
	SPF_PENDING = RESULTS, /* a result that is not known yet */
};

/* One evaluation. */
struct spf_eval {
	const struct spf_request *request;
	struct spf_verdict *out;
	struct spf_asking asking;
	struct spf_macros macros; /* but for domain and validated */
	bool local_is_ascii;
	/* Of one walk: */
	unsigned terms, voids;
	size_t depth;		 /* of the record that is looked at */
	struct slice exp;	 /* of the record that said fail */
	struct slice exp_domain; /* whose it is */
};

/* The result for a domain; main: not in an include.  Errors are described in
 * out->why. */
enum auth_result spf_check_host(
    struct spf_eval *, struct slice domain, bool main);

/* The explanation of the record that said fail (section 6.2).  Faults of it are
 * as if there were none. */
void spf_explain(struct spf_eval *);

#endif
