/* SPDX-License-Identifier: BSD-2-Clause */
/* spf.h - whether an SMTP client may send for a domain (RFC 7208)
 *
 * check_host() of section 4, over the store of answers.  Names that do not
 * depend on each other's answers are asked together, so that a record takes as
 * many round trips as it is deep; what counts toward a limit is counted in the
 * order of evaluation, as if they had been asked one by one. */
#ifndef SPF_H
#define SPF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/limit.h"
#include "base/slice.h"
#include "keys/keystore.h"
#include "mail/method.h"
#include "spf/macro.h"

/* What the SMTP session said.  helo and mail_from are strangers' octets, as
 * they came; mail_from without "<" and ">", and empty when it was null. */
struct spf_request {
	struct spf_address ip;
	struct slice helo, mail_from;
	struct slice receiver; /* for %{r}; empty: "unknown" */
	int64_t time;	       /* for %{t}; seconds since 1970 */
};

/* A term on the way to the result, and whose record has it. */
struct spf_step {
	struct slice domain, term;
};

enum {
	SPF_MAX_STEPS = LIMIT_SPF_TERMS + 1,
};

struct spf_verdict {
	enum auth_result result;
	bool helo;		/* the identity: HELO, as MAIL FROM was null */
	struct slice domain;	/* of the identity, in lower case, U-labels as
				 * A-labels; as it came where it is none */
	struct slice mechanism; /* the term that decided; or empty */
	/* From the record of the domain through includes and redirects to that
	 * term. */
	struct spf_step step[SPF_MAX_STEPS];
	size_t nsteps;
	/* The record that decided says so by "all", or by its end: one more
	 * mechanism in front of that would have matched. */
	bool fell_through;
	struct slice explanation;	/* exp=: the domain's words; or empty */
	unsigned lookups, void_lookups; /* terms that count, section 4.6.4 */
	struct diag why; /* DIAG_NONE with RESULT_PASS; temporary with
			  * RESULT_TEMPERROR */
};

/* The question that begins the evaluation, for a batch of somebody else's.
 * False when there is none, as the domain is malformed.  The name lives in the
 * arena. */
bool spf_first_question(
    const struct spf_request *, struct arena *, struct question *out);

/* Evaluate.  What *out points to lives in the arena and the store.  -1 with
 * DIAG_MEMORY, DIAG_SYSTEM or DIAG_WRITE: there is no verdict. */
int spf_check(const struct spf_request *, struct keystore *, int64_t deadline,
    struct arena *, struct spf_verdict *out, struct diag *why);

#endif
