/* SPDX-License-Identifier: BSD-2-Clause */
/* why.h - why a chain or a DKIM-Signature fails, proved where it can be, and at
 * which hop
 *
 * An RSA signature opened with its public key yields the very digest that was
 * signed, and bh= is one in plain text.  So a guess at what happened to a
 * message is proved, or thrown away, by hashing alone: if the message with its
 * footer cut off gives the digest, then that is what the signer hashed.  The
 * search asks in this order: what is broken in plain sight; which signatures
 * hold; then, for each that does not, what its signer may have done wrong and
 * what others may have done to the message, fewest changes first.
 *
 * A finding is PROVED when a digest or a signature matched, a FACT when a rule
 * is broken in plain sight, and else only INDICATED.  Verdicts never depend on
 * any of this.  The search has a budget in octets hashed and not in seconds, so
 * that it finds the same on every machine. */
#ifndef WHY_H
#define WHY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "arc/chain.h"
#include "base/diag.h"
#include "dkim/dkim.h"
#include "keys/keystore.h"
#include "mail/message.h"
#include "arc/validate.h"
#include "why/finding.h"

/* What one signature says of the message as it came: the facts that the search
 * leans on. */
struct witness {
	enum {
		WITNESS_SILENT,	 /* not there, or cannot be checked */
		WITNESS_AGAINST, /* what it signed is not this */
		WITNESS_FOR,	 /* all that it signed is as it was */
	} says;
	bool opened;	/* RSA: its key opens it, so the digest is known */
	bool body;	/* AMS: its bh= is that of the body */
	unsigned agree; /* AMS: the nearest older set with the same bh=, over
			 * the same canonicalization; 0: none */
};

/* All that was found of one message, and what it rests on. */
struct explanation {
	const struct dkim *dkim; /* what findings may be about; or NULL */
	struct finding *finding; /* what decided comes first */
	size_t n, max;
	uint64_t tried;	 /* hypotheses in all */
	uint64_t hashed; /* octets */
	bool spent;	 /* the budget ended before the hypotheses did */
	struct witness ams[CHAIN_MAX + 1], seal[CHAIN_MAX + 1]; /* by instance;
								 * silent when
								 * nothing was
								 * looked at */
};

struct explain_options {
	unsigned effort; /* times the budget; 0 as 1 */
	bool glance;	 /* what is found at once: nobody asked for more */
	const struct validate_options *validate;
};

/* Explain a verdict that was reached, and the DKIM-Signatures that fail, of a
 * message whose body is all of body; dkim is NULL when they were not checked.
 * A chain that has no verdict, cv=none, is not explained, but what it says of
 * its time is heard.
 * What *out holds lives in m's arena.  -1 with DIAG_MEMORY, DIAG_SYSTEM,
 * DIAG_WRITE or DIAG_INTERNAL. */
int explain(struct message *m, struct slice body, const struct chain *,
    const struct verdict *, const struct dkim *, struct keystore *,
    const struct explain_options *, struct explanation *out, struct diag *why);

#endif
