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
 * The steps run in this order and stop at the first that decides.  Every part
 * that was looked at keeps its own status and reason. */
#ifndef VALIDATE_H
#define VALIDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "arc/chain.h"
#include "base/diag.h"
#include "keys/keystore.h"
#include "base/limit.h"
#include "mail/message.h"

struct validate_options {
	int64_t now;	       /* seconds since 1970 */
	int64_t clock_skew;    /* seconds by which x= may be past */
	unsigned min_rsa_bits; /* never taken as lower than 1024 */
	const struct limits *limits;
	int64_t dns_timeout;  /* nanoseconds for all lookups together */
	bool no_oldest_pass;  /* skip step 5 */
	bool no_partial_body; /* an AMS with l= short of the body is invalid */
	bool require_dnssec;  /* a key without the resolver's AD is unusable */
	bool every_part;      /* look also at what decides nothing, whatever
			       * the shape of the chain: for showing it */
};

enum status {
	STATUS_UNCHECKED,
	STATUS_PASS,
	STATUS_FAIL,
};

/* "unchecked", "pass", "fail". */
const char *status_word(enum status);

/* What became of one AMS or AS. */
struct part {
	enum status status;
	struct diag why;       /* for STATUS_FAIL */
	struct slice key_name; /* where its key stands; empty if no such name */
	const struct keyentry *entry; /* NULL when it was not asked for */
	const struct keyrecord *key;  /* the record that verified, or the one
				       * that why is about; or NULL */
	bool body_fits;		      /* AMS: its bh= is that of the body */
	uint64_t body_signed;	      /* AMS: canonical octets hashed ... */
	uint64_t body_length;	      /* ... of so many; equal without l= */
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
			       * not be had just now */
	struct part *ams, *seal; /* by instance, 0 to the chain's highest */
	unsigned checks;	 /* signature checks that were made */
};

/* Validate chain, collected from m, whose body comes from in.  The body is
 * read only when a hash of it is needed.  Without a keystore (NULL) only what
 * needs no key is looked at: shape, tags and body hashes.  On 0, *out tells the
 * verdict, its slices living as long as m.  -1: no verdict could be reached:
 * DIAG_READ, DIAG_MEMORY, DIAG_SYSTEM, DIAG_WRITE, DIAG_LIMIT_RECORDS,
 * DIAG_LIMIT_SIGNATURES. */
int validate(struct message *m, struct input *in, const struct chain *chain,
    struct keystore *, const struct validate_options *, struct verdict *out,
    struct diag *why);

#endif
