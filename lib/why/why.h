/* SPDX-License-Identifier: BSD-2-Clause */
/* why.h - why a chain or a DKIM-Signature fails, proved where it can be, and
 * at which hop
 *
 * An RSA signature opened with its public key yields the digest that was
 * signed, and bh= is one in plain text.  So a hypothesis about what happened
 * to a message is proved or dropped by hashing alone: if the message without
 * its footer gives the digest, that is what the signer hashed.  The order of
 * the search: broken rules, which need no hash; which signatures verify; then,
 * for each that does not, mistakes of its signer and changes that others made,
 * fewest changes first.
 *
 * A finding is PROVED when a digest or a signature matched, a FACT when it was
 * read off the message or a record, and otherwise INDICATED.  Verdicts never
 * depend on any of this.  The search has a budget in octets hashed, not in
 * seconds, so that it finds the same on every machine. */
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

/* What one signature says of the message as received: the facts that the
 * search starts from. */
struct witness {
	enum {
		WITNESS_SILENT,	 /* missing, or not checked */
		WITNESS_AGAINST, /* does not verify */
		WITNESS_FOR,	 /* verifies: all that it signed is unchanged */
	} says;
	bool opened;	/* RSA: opened with its key, so the digest is known */
	bool body;	/* AMS, DKIM: its bh= is that of the body */
	unsigned agree; /* AMS: the nearest older set with the same bh=, over
			 * the same canonicalization; 0: none */
};

/* All that was found in one message, and what it rests on.  Its memory is the
 * message's. */
struct explanation {
	const struct dkim *dkim; /* what findings may be about; or NULL */
	struct finding *finding; /* what decided comes first */
	size_t n, max;
	uint64_t tried;	 /* hypotheses in all */
	uint64_t hashed; /* octets */
	bool spent;	 /* the budget ended before the hypotheses did */
	/* By instance; silent when nothing was looked at. */
	struct witness ams[CHAIN_MAX + 1], seal[CHAIN_MAX + 1];
	struct witness *signature; /* as in dkim; NULL: nothing was looked at */
};

struct explain_options {
	unsigned effort; /* times the budget; 0 as 1 */
	bool glance;	 /* only what is found at once: --why was not given */
	const struct validate_options *validate;
};

/* Explain a verdict that was reached, and the DKIM-Signatures that fail. body
 * is all of the message's body; dkim is NULL when DKIM-Signatures were not
 * checked.  Without a chain (cv=none) only the DKIM-Signatures are explained.
 * *out lives in m's arena. -1 with DIAG_MEMORY, DIAG_SYSTEM, DIAG_WRITE or
 * DIAG_INTERNAL. */
int explain(struct message *m, struct slice body, const struct chain *,
    const struct verdict *, const struct dkim *, struct keystore *,
    const struct explain_options *, struct explanation *out, struct diag *why);

#endif
