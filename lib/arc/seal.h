/* SPDX-License-Identifier: BSD-2-Clause */
/* seal.h - a new ARC Set (RFC 8617 section 5.1)
 *
 * The three fields are made in the order AAR, AMS, AS, each signing what was
 * made before it, and stand on the page as AS, AMS, AAR.  Their text is final
 * once it is signed: nothing folds it again.  The message below them is not
 * touched. */
#ifndef SEAL_H
#define SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "mail/authres.h"
#include "base/buf.h"
#include "arc/chain.h"
#include "base/diag.h"
#include "base/input.h"
#include "mail/message.h"
#include "crypto/signing_key.h"
#include "base/slice.h"

/* Octets of the longest field that is made. */
enum {
	SEAL_MAX_FIELD = LIMIT_NEW_FIELD
};

enum {
	SEAL_MAX_TOLD = 8
};

/* What is not taken over, as it does not parse to its end. */
struct seal_left {
	size_t field; /* which of the Authentication-Results fields: from
		       * the top, from 1 on */
	struct slice text;
	struct authres_fault fault;
};

/* What the Authentication-Results fields of our ADMD say. */
struct seal_results {
	struct authres_result *result; /* in the order of the page */
	size_t n, room;
	const struct field **used; /* the fields they came from */
	size_t nused;
	enum cv arc;  /* their arc=, the worst; CV_MISSING without one */
	bool none;    /* one of them says that no check was made */
	size_t nleft; /* how many were left out; left[]: why, of the first */
	struct seal_left left[SEAL_MAX_TOLD];
	struct slice other[SEAL_MAX_TOLD]; /* the first ids of other fields */
	size_t nothers; /* not before other[], whose end sanitizers then see */
};

/* Collect the results that fields above the topmost ARC field claim for
 * authserv_id (what stands below was there before us).  What does not parse to
 * its end, or has a version other than 1, is left out whole, and recorded.  -1
 * with DIAG_MEMORY, DIAG_SYSTEM. */
int seal_results(const struct message *, struct slice authserv_id,
    struct seal_results *out, struct diag *why);

/* The same from text that a user gave: results alone, or after an
 * authserv-id.  -1 with DIAG_MEMORY; DIAG_AAR_SYNTAX when it does not parse. */
int seal_results_of(struct slice text, struct arena *, struct seal_results *out,
    struct diag *why);

struct seal_request {
	unsigned instance;
	enum cv cv;
	struct slice authserv_id, domain, selector;
	struct signing_key *key;
	enum canon header_canon, body_canon;
	int64_t time;	       /* t= */
	int64_t expires;       /* x=; 0 for none */
	struct slice *headers; /* h= as it will be written */
	size_t nheaders;
	struct slice body_hash; /* 32 octets, by body_canon */
	const struct seal_results *results;
};

/* The header fields to sign of m, each named once for each that stands there,
 * and From, Subject, Date and To once more, so that none can be added (RFC
 * 6376 section 8.15), unless oversign is false.  In m->arena. */
int seal_headers(const struct message *m, bool oversign, struct slice **names,
    size_t *n, struct diag *why);

/* Whether a name may be in h= (RFC 8617 section 4.1.2). */
bool seal_may_sign(struct slice name);

/* Make the set; chain is the one that m has.  The three fields are put to out,
 * with m's line ends.  -1 with DIAG_MEMORY, DIAG_LIMIT_FIELD, or what
 * signature_make() says. */
int seal_make(const struct message *m, const struct chain *chain,
    const struct seal_request *, struct buf *out, struct diag *why);

/* Verify set i of a finished message with the public half of the key that made
 * it, as a validator will: body hash, AMS and AS.  -1 with DIAG_SELF_CHECK
 * naming what does not verify; or DIAG_READ, DIAG_MEMORY. */
int seal_check(struct input *in, const struct limits *, unsigned i,
    const struct key *, struct diag *why);

#endif
