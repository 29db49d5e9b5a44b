/* SPDX-License-Identifier: BSD-2-Clause */
/* finding.h - what was found: a cause, how sure it is, where and between which
 * hops, and the octets that prove it */
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
	ASPECT_STRUCTURE, /* what stands there without any signature */
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

/* How sure it is who did it, apart from what was hashed. */
enum finding_certainty {
	WHO_OPEN,   /* another may have done it as well */
	WHO_LIKELY, /* by what the message says */
	WHO_PROVED, /* no other story has these octets hashed */
};

enum {
	FINDING_MAX_CHANGES = 16,
	FINDING_MAX_TWINS = 4,
	FINDING_MAX_COUNT = 64,
	FINDING_MAX_INPUT = 2000, /* octets of a side of struct input_diff */
};

/* What a signer hashed beside what the RFC has hashed of the message, from
 * shortly before the first octet that differs to the end of the last line that
 * does, and no more of it than can be told. */
struct input_diff {
	uint64_t offset;	       /* in both */
	struct slice hashed, standard; /* NULL pointers: not known */
};

/* Another story in which the same octets were hashed. */
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
	/* For ROLE_MODIFIER: the change was made after the signer of since and
	 * before that of until, NULL: nothing later vouches for it.  The same
	 * as ARC Sets: after is the newest of which that is sure, 0: none;
	 * before the oldest, 0: none. */
	const struct sigfield *since, *until;
	unsigned after, before;
	struct slice domain; /* of whoever is meant; or empty */
	unsigned group;	     /* findings of one group hold together; those of
			      * one instance and place in other groups explain
			      * it as well */
	struct change change[FINDING_MAX_CHANGES];
	size_t nchanges;
	struct input_diff input;
	char detail[200]; /* particulars, printable ASCII; or "" */
	uint64_t tried;	  /* hypotheses up to this one, in its search */
	bool kept;  /* what its changes say lives as long as the message */
	bool alone; /* a witness refutes the twins of its cause */
	bool far;   /* of a twin: as its cause says, not likely */
	bool near;  /* of a twin: likelier, as two signers hashed alike */
	/* By explain_who(), when all is found: */
	enum finding_certainty who;
	bool other; /* of a twin: told with what is likelier */
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

/* Room for a finding about a signature, in a group of its own; NULL when memory
 * is short or there are too many.  There is no other way to a finding that is
 * being made: whoever goes on with it holds on to this. */
struct finding *finding_about(struct search *, enum cause_id, enum cause_level,
    enum finding_aspect, const struct known *);

/* The same about a field of an ARC Set, or the set. */
struct finding *finding_new(struct search *, enum cause_id, enum cause_level,
    enum finding_aspect, unsigned instance);

/* Tell in a finding, which may be NULL, what was hashed beside what should have
 * been. */
void finding_input(struct search *, struct finding *, struct slice hashed,
    struct slice standard);

/* Whether a newer signature, for an AMS a newer AMS, has the same fault,
 * unexplained as well: one change may be behind both. */
bool finding_above(
    const struct search *, enum finding_aspect, const struct known *);

/* Take back the findings of a group from place from on: half of what belongs
 * together proves nothing. */
void finding_drop(struct search *, size_t from, unsigned group);

/* Between which signers a change was made that a signature does not fit any
 * more: *f gets since, until, after, before and the domain.  now tells whether
 * a newer one vouches for what there is now, then whether it vouches for what
 * there was. */
void finding_place(struct search *, struct finding *f, const struct known *,
    bool (*now)(struct search *, void *ctx, const struct known *),
    bool (*then)(struct search *, void *ctx, const struct known *), void *ctx);

/* It was made after k signed, and after a newer signer that has the same fault,
 * unexplained as well: one change may be behind both. */
void finding_since(struct search *, struct finding *f, const struct known *k);

/* It was made before that signer signed; NULL: nobody vouches for it. */
void finding_until(struct search *, struct finding *f, const struct known *);

#endif
