/* SPDX-License-Identifier: BSD-2-Clause */
/* why.h - why a chain fails, proved where it can be, and at which hop
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
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "arc/chain.h"
#include "base/diag.h"
#include "keys/keystore.h"
#include "mail/message.h"
#include "arc/validate.h"
#include "why/cause.h"

/* What the finding is about. */
enum explain_place {
	PLACE_BH,	 /* the body hash of an AMS */
	PLACE_AMS,	 /* the signature of an AMS */
	PLACE_SEAL,	 /* the signature of an AS */
	PLACE_KEY,	 /* a key record */
	PLACE_STRUCTURE, /* what stands there without any signature */
};

/* Octets that differ between what was signed and what came. */
struct change {
	struct slice name;	/* of a field; empty: in the body */
	struct slice is;	/* as it came; NULL pointer: not there */
	struct slice was;	/* as it was signed; NULL pointer: not there */
	const struct field *at; /* the field as it came; or NULL */
	size_t from;		/* body: where is begins */
	bool inner; /* body: in what another change of the group leaves of it,
		     * which has this one in it */
};

enum {
	EXPLAIN_MAX_CHANGES = 8,
	EXPLAIN_MAX_INPUT = 2000, /* octets of a side of struct input_diff */
};

/* What a signer hashed beside what the RFC has hashed of the message, from
 * shortly before the first octet that differs to the end of the last line that
 * does, and no more of it than can be told. */
struct input_diff {
	uint64_t offset;	       /* in both */
	struct slice hashed, standard; /* NULL pointers: not known */
};

struct finding {
	enum cause_id cause;
	enum explain_level level;
	enum explain_place place;
	unsigned instance;
	enum arc_kind kind; /* PLACE_KEY: of the field whose key it is */
	/* For ROLE_MODIFIER: the change was made behind hop after and before
	 * hop before had sealed; 0: nothing later vouches for it. */
	unsigned after, before;
	struct slice domain; /* of whoever is meant; or empty */
	unsigned group;	     /* findings of one group hold together; those of
			      * one instance and place in other groups explain
			      * it as well */
	struct change change[EXPLAIN_MAX_CHANGES];
	size_t nchanges;
	struct input_diff input;
	char detail[200]; /* particulars, printable ASCII; or "" */
	uint64_t tried;	  /* hypotheses up to this one, in its search */
	bool kept; /* what its changes say lives as long as the message */
};

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
	const struct validate_options *validate;
};

/* "proved", "fact", "indicated"; "signer" ...; "ams.bh" ... as JSON has them.
 */
const char *explain_level_word(enum explain_level);
const char *explain_role_word(enum explain_role);
const char *explain_place_word(enum explain_place);

/* Explain a verdict that was reached, of a message whose body is all of body.
 * What *out holds lives in m's arena.  -1 with DIAG_MEMORY, DIAG_SYSTEM,
 * DIAG_WRITE or DIAG_INTERNAL. */
int explain(struct message *m, struct slice body, const struct chain *,
    const struct verdict *, struct keystore *, const struct explain_options *,
    struct explanation *out, struct diag *why);

/* Append the message as the signer of AMS(instance) saw it, as far as the
 * findings prove it.  False, and nothing appended, when they do not. */
bool explain_repair(const struct message *m, struct slice body,
    const struct explanation *, unsigned instance, struct buf *out);

#endif
