/* SPDX-License-Identifier: BSD-2-Clause */
/* chain.h - ARC Sets by instance, and the shape of the chain
 *
 * chain_collect() finds every ARC field of a message, reads it, and says
 * whether the chain has the shape that steps 1 to 3 of RFC 8617 section 5.2
 * ask for.  No key is needed for that and no body.  A field that is broken in
 * itself is kept with what is wrong with it, so that it can be shown. */
#ifndef CHAIN_H
#define CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/limit.h"
#include "mail/message.h"
#include "dkim/sigfield.h"

/* The highest instance (RFC 8617 section 4.2.1). */
enum {
	CHAIN_MAX = LIMIT_SETS
};

/* An ARC Set: the topmost field of each kind, and how many there are. */
struct arc_set {
	struct sigfield *part[ARC_KINDS]; /* NULL when missing */
	unsigned count[ARC_KINDS];
};

struct chain {
	struct sigfield *field; /* nfields, in physical order */
	size_t nfields;		/* at most LIMIT_ARC_FIELDS */
	size_t more; /* ARC fields below these, which are only counted */
	unsigned n;  /* N: the highest instance found; 0 when none could be
		      * read */
	struct arc_set set[CHAIN_MAX + 1]; /* set[1] to set[n] */
	/* DIAG_NONE: well-formed with N sets.  Else why steps 1 to 3 say
	 * fail.  Without any ARC field: DIAG_NONE and nfields 0. */
	struct diag shape;
	unsigned step; /* of section 5.2 at which shape was decided: 1 to 3;
			* 0 when it was not */
};

/* Collect the ARC fields of m; what *out holds lives in arena and looks into
 * m.  -1 with DIAG_MEMORY only: a broken chain is a result. */
int chain_collect(const struct message *m, struct arena *, struct chain *out,
    struct diag *why);

/* Sort the fields into sets and decide the shape anew, for a chain that failed
 * at step 3 and of which fields were changed or left out since. */
void chain_reshape(struct chain *, const struct message *);

/* The ARC field that f, of the same message, is; or NULL. */
const struct sigfield *chain_find(const struct chain *, const struct field *f);

/* The first of the sets that AS(i) with that cv= covers: all up to its own, or
 * after a failure its own alone (RFC 8617 sections 5.1.1 and 5.1.2). */
unsigned chain_scope(enum cv, unsigned i);

/* Whether each of these sets has a field of every kind. */
bool chain_has_sets(const struct chain *, unsigned from, unsigned to);

/* Put set i whole, each field relaxed with its CRLF: what later seals sign of
 * it.  The set must be complete. */
int chain_put_set(const struct chain *, unsigned i, const struct sink *);

/* Put all that AS(i) signs: the sets of its scope below it, its AAR, its AMS,
 * itself with b= emptied and no CRLF. */
int chain_put_seal(const struct chain *, unsigned i, const struct sink *);

/* The digest of that; below, if not NULL, is one of all sets below i, so that
 * they are not hashed again.  -1 with DIAG_MEMORY. */
int chain_seal_digest(const struct chain *, unsigned i,
    const struct digest *below, unsigned char out[DIGEST_SIZE],
    struct diag *why);

#endif
