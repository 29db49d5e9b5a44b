/* SPDX-License-Identifier: BSD-2-Clause */
/* finding.h - what was found: a cause, how certain it is, where and between
 * which hops, and the octets that prove it */
#ifndef FINDING_H
#define FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arc/chain.h"
#include "mail/message.h"
#include "why/cause.h"

struct known;
struct search;

/* What of a signature, or of a set, a finding is about. */
enum finding_aspect {
	ASPECT_BODY_HASH, /* the body hash of an AMS or a DKIM-Signature */
	ASPECT_SIGNATURE, /* the signature of an AMS or a DKIM-Signature */
	ASPECT_SEAL,	  /* the signature of an AS */
	ASPECT_KEY,	  /* a key record */
	ASPECT_STRUCTURE, /* fields and tags, whatever was signed */
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

/* How certain it is who made the change; what was hashed is another matter. */
enum finding_certainty {
	WHO_OPEN,   /* somebody else may have made it */
	WHO_LIKELY, /* by what the message says */
	WHO_PROVED, /* no other cause leads to these octets */
};

enum {
	FINDING_MAX_CHANGES = 16,
	FINDING_MAX_TWINS = 4,
	FINDING_MAX_COUNT = 64,
	FINDING_MAX_INPUT = 2000, /* octets of a side of struct input_diff */
};

/* What a signer hashed, beside what the RFC says to hash: from shortly before
 * the first octet that differs to the end of the last line that does, at most
 * FINDING_MAX_INPUT octets of each. */
struct input_diff {
	uint64_t offset;	       /* in both */
	struct slice hashed, standard; /* NULL pointers: not known */
};

/* Another cause with which the same octets would have been hashed. */
struct twin {
	enum cause_id cause;
	unsigned after, before;
	struct slice domain;
	bool far; /* not likely */
};

struct finding {
	enum cause_id cause;
	enum cause_level level;
	enum finding_aspect aspect;
	const struct sigfield *sig; /* what it is about; NULL: the chain */
	unsigned instance;	    /* of an ARC Set; or 0 */
	unsigned signature; /* of a DKIM-Signature, from the top; or 0 */
	/* For ROLE_MODIFIER: the change was made after the signer of since
	 * signed and before that of until did; NULL: no later signature covers
	 * it.  The same as ARC Sets: after is the newest set of which that is
	 * certain, before the oldest; 0: none. */
	const struct sigfield *since, *until;
	unsigned after, before;
	struct slice domain; /* of the likeliest hop; or empty */
	unsigned group;	     /* findings of one group apply together; another
			      * group about the same aspect is another
			      * explanation of it */
	struct change change[FINDING_MAX_CHANGES];
	size_t nchanges;
	struct input_diff input;
	char detail[200]; /* particulars, printable ASCII; or "" */
	uint64_t tried;	  /* hypotheses up to this one, in its search */
	bool kept;	  /* its octets live as long as the message */
	bool alone;	  /* a witness refutes the twins of its cause */
	bool far;	  /* of a twin: not likely, by its cause */
	bool near;	  /* of a twin: likelier, as two signers hashed alike */
	bool unasked;	  /* a key is in no file, and the DNS was not asked */
	/* By explain_who(), when all is found: */
	enum finding_certainty who;
	bool other; /* of a twin: reported with the likelier finding */
	struct twin twin[FINDING_MAX_TWINS];
	size_t ntwins;
};

/* The words of the JSON: "ams.bh", "ams.b", "dkim.bh", "dkim.b", "as.b", "key",
 * "structure"; "open", "likely", "proved".  Static. */
const char *finding_aspect_word(const struct finding *);
const char *finding_certainty_word(enum finding_certainty);

/* Whether two are about fields of one signer: of one ARC Set, or one
 * DKIM-Signature. */
bool finding_same_signer(const struct finding *, const struct finding *);

/* Whether two are about the same aspect of one signature. */
bool finding_same_aspect(const struct finding *, const struct finding *);

/* A new finding about a signature, in a group of its own; NULL when memory is
 * short or there are FINDING_MAX_COUNT.  Whoever completes it keeps this
 * pointer: there is no other way to a finding that is being made.  Valid until
 * the next one is made. */
struct finding *finding_about(struct search *, enum cause_id, enum cause_level,
    enum finding_aspect, const struct known *);

/* The same about a field of an ARC Set, or about the set. */
struct finding *finding_new(struct search *, enum cause_id, enum cause_level,
    enum finding_aspect, unsigned instance);

/* Record in a finding, which may be NULL, what was hashed and what should have
 * been. */
void finding_input(struct search *, struct finding *, struct slice hashed,
    struct slice standard);

/* Whether a newer signature (for an AMS, a newer AMS) fails alike and is not
 * explained either: one change may have broken both. */
bool finding_above(
    const struct search *, enum finding_aspect, const struct known *);

/* Remove the findings of a group, from index from on: a part of a group proves
 * nothing. */
void finding_drop(struct search *, size_t from, unsigned group);

/* Find between which signers a change was made that broke a signature: sets
 * since, until, after, before and domain of *f. now() says whether a newer
 * signature covers what is there now, then() whether it covers what was
 * there. */
void finding_place(struct search *, struct finding *f, const struct known *,
    bool (*now)(struct search *, void *ctx, const struct known *),
    bool (*then)(struct search *, void *ctx, const struct known *), void *ctx);

/* The change was made after k signed, and after any newer signer that fails
 * alike (finding_above()). */
void finding_since(struct search *, struct finding *f, const struct known *k);

/* The change was made before k signed; NULL: no later signature covers it. */
void finding_until(struct search *, struct finding *f, const struct known *);

#endif
