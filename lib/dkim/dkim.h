/* SPDX-License-Identifier: BSD-2-Clause */
/* dkim.h - every DKIM-Signature of a message, evaluated (RFC 6376 section 6.1)
 *
 * RFC 6376 knows SUCCESS, PERMFAIL and TEMPFAIL; RFC 8601 section 2.7.1 has
 * more words for them:
 *
 *	pass       it verifies
 *	fail       body hash or signature did not verify (6.1.3)
 *	policy     rsa-sha1, RSA of less than 1024 bits (RFC 8301), or what the
 *	           caller's policy refuses
 *	permerror  the field or its key record is unusable (6.1.1, 6.1.2)
 *	temperror  its key could not be had just now
 *	neutral    not looked at, as a limit was met
 *	none       the message has no signature
 *
 * Between dkim_begin() and dkim_end() others may use the same sigcheck: body
 * and keys are then read for all in one go. */
#ifndef DKIM_H
#define DKIM_H

#include <stddef.h>

#include "dkim/sigcheck.h"
#include "mail/method.h"

struct dkim_signature {
	struct sigfield field;
	struct sigresult check;
	enum auth_result result;
};

struct dkim {
	struct dkim_signature *signature; /* in the arena; topmost first */
	size_t n;			  /* at most LIMIT_DKIM_FIELDS */
	size_t more; /* fields below these, which are only counted */
	enum auth_result result; /* pass when one signature passes */
	const struct diag *why;	 /* of the signature that result is of; NULL for
				  * pass and none */
	struct keywant want;
};

/* The signatures of m with their tags, and nothing checked.  -1 with
 * DIAG_MEMORY. */
int dkim_collect(struct dkim *, const struct message *m, struct diag *why);

/* Collect the signatures, and ask for bodies and keys.  What
 * it holds lives as long as the message; it stays where it is until
 * dkim_end().  -1 with DIAG_MEMORY or DIAG_SYSTEM. */
int dkim_begin(struct dkim *, struct sigcheck *, struct diag *why);

/* Check them.  Without a keystore those that need a key stay STATUS_UNCHECKED
 * with RESULT_NEUTRAL.  -1 with DIAG_READ, DIAG_MEMORY, DIAG_SYSTEM, DIAG_WRITE
 * or DIAG_INTERNAL. */
int dkim_end(struct dkim *, struct sigcheck *, struct diag *why);

/* How many octets of the canonical body a signature that passes leaves out. */
uint64_t dkim_not_covered(const struct dkim_signature *);

#endif
