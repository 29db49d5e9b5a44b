/* SPDX-License-Identifier: BSD-2-Clause */
/* validate.h - the state machine of RFC 8617 section 5.2
 *
 *   1  collect the ARC Sets: none? more than 50?        (chain.h)
 *   2  the newest seal says cv=fail?                    (chain.h)
 *   3  the shape of the chain                           (chain.h)
 *   4  the newest AMS, and no other, decides
 *   5  older AMS downwards, for oldest-pass; they never fail a chain
 *   6  every AS, newest first
 *   7  pass
 *
 * The steps run in this order and stop at the first that decides.  Every
 * signature that was looked at keeps its own status and reason. */
#ifndef VALIDATE_H
#define VALIDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "arc/chain.h"
#include "base/diag.h"
#include "dkim/sigcheck.h"

struct validate_options {
	struct sigpolicy sig;
	bool no_oldest_pass; /* skip step 5 */
	bool every_part;     /* look also at what decides nothing, whatever
			      * the shape of the chain: for showing it */
};

struct verdict {
	enum cv cv;	 /* CV_NONE, CV_PASS or CV_FAIL; CV_MISSING: it could
			  * not be told without keys */
	bool temporary;	 /* CV_FAIL, but only as a key could not be had */
	struct diag why; /* for CV_FAIL */
	unsigned step;	 /* of section 5.2, at which it was decided */
	bool has_oldest_pass;
	unsigned oldest_pass; /* 0: all AMS verify */
	bool oldest_unsure;   /* the AMS below it may verify too: its key could
			       * not be had just now, or a limit was met */
	struct sigresult *ams,
	    *seal; /* by instance, 0 to the chain's highest */
};

/* Validate chain, collected from the message that check was started with.  Its
 * body is read only when a hash of it is needed.  Without a keystore only what
 * needs no key is looked at: shape, tags and body hashes.  On 0, *out tells the
 * verdict, its slices living as long as the message.  -1: no verdict could be
 * reached: DIAG_READ, DIAG_MEMORY, DIAG_SYSTEM, DIAG_WRITE, DIAG_LIMIT_RECORDS,
 * DIAG_LIMIT_SIGNATURES. */
int validate(struct sigcheck *, const struct chain *chain,
    const struct validate_options *, struct verdict *out, struct diag *why);

#endif
