/* SPDX-License-Identifier: BSD-2-Clause */
/* search.h - what the engines of explain.h share: the search itself
 *
 * A target is what one signature signed, or one bh=.  A hypothesis is a
 * sequence of octets that may have been hashed for it.  The search hashes
 * hypotheses until they match or the budget is spent, and notes those that do.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include "dkim/canon.h"
#include "crypto/digest.h"
#include "dkim/dkim.h"
#include "why/why.h"
#include "dkim/select.h"
#include "crypto/signature.h"

/* A hash that is wanted. */
struct target {
	enum {
		TARGET_NONE,   /* not known: nothing can be proved */
		TARGET_DIGEST, /* these octets */
		TARGET_CHECK,  /* whatever the signature verifies over */
	} kind;
	unsigned char digest[DIGEST_SIZE];
	const struct key *key;
	struct slice signature;
	unsigned checks; /* TARGET_CHECK: verifications that may be made */
	unsigned char (*tried)[DIGEST_SIZE]; /* none is verified twice */
	size_t ntried;
};

/* What is known of one AMS, AS or DKIM-Signature. */
struct known {
	const struct sigfield *f; /* NULL: not there */
	unsigned instance;	  /* of its ARC Set; 0: DKIM-Signature */
	unsigned number;	  /* of DKIM-Signatures, from the top; or 0 */
	/* The newest ARC Set that was there once it was made, 0: none, and the
	 * oldest that was not there before; 0: none. */
	unsigned after, before;
	const struct sigresult *result; /* of the verdict */
	bool readable;			/* its tags tell what it signs */
	struct slice key_name;
	const struct keyentry *entry; /* NULL: not fetched */
	const struct keyrecord *key;  /* usable, and the one that opens it when
				       * one does; or NULL */
	struct signature_opened opened;
	struct target target;
	bool asked; /* it could be checked against what stands there */
	bool holds; /* its signature fits that */
	bool cut;   /* b= is missing, empty, or too short for the key */
	bool lost;  /* AS: it was searched, and nothing is proved */
	/* AMS and DKIM-Signature: */
	bool body_holds;
	bool searched; /* for what its body was */
};

struct search {
	struct message *m;
	struct slice body;
	struct slice type, encoding; /* Content-Type and Content-Transfer-
				      * Encoding of the whole body */
	const struct chain *chain;
	const struct verdict *verdict;
	struct keystore *keys;
	const struct explain_options *opt;
	struct arena *arena;
	struct select *select;
	const struct dkim *dkim; /* NULL: not checked */
	/* All signatures in the order of the header, the newest first: a
	 * DKIM-Signature is newer than the ARC Sets that begin below it.
	 * ams[i] and seal[i] are those of set i. */
	struct known *known;
	size_t nknown;
	struct known *ams[CHAIN_MAX + 1], *seal[CHAIN_MAX + 1];
	struct explanation *out;
	uint64_t
	    purse;     /* what the message may still cost, all parts together */
	uint64_t part; /* what the part at work may cost */
	uint64_t left; /* that of it which is left */
	unsigned checks; /* verifications that may be made, of all parts */
	uint64_t kept;	 /* octets that search_keep() copied */
	bool spent;	 /* there were none left */
	bool failed;	 /* *why says how: no answer is to be believed */
	struct diag *why;
	unsigned groups;
	uint64_t begun; /* hypotheses before the part at work */
};

/* Note a failure that ends everything; the first one stays. */
void search_fail(struct search *, const struct diag *why);
void search_memory(struct search *);

/* What work costs, in octets hashed: of an octet that is made, decoded or
 * copied for a hypothesis, page faults and all; of one that is looked at; of
 * a field that is found by its name; of any hypothesis; of a signature that is
 * verified or opened. */
enum {
	COST_MADE = 4,
	COST_SEEN = 2,
	COST_FIELD = 64,
	COST_HYPOTHESIS = 400,
	COST_VERIFICATION = 240000,
	COST_MESSAGE = 1024 * 1024 * 1024,
	COST_GLANCE = 16 * 1024 * 1024,
};

/* Begin a message: one purse for all its sets. */
void search_purse(struct search *);

/* Whether another hypothesis of n octets may be tried; takes them. */
bool search_may(struct search *, uint64_t n);

/* Pay for other work; false when nothing is left, and nothing costly is to be
 * begun. */
bool search_pay(struct search *, uint64_t cost);

/* Whether the part at work is over: it failed, or nothing is left. */
bool search_over(const struct search *);

/* Begin a part with so many octets to hash (times the effort). */
void search_begin(struct search *, uint64_t octets);

/* So many times as the user wants more effort. */
uint64_t with_effort(const struct search *, uint64_t octets);

/* Of what is left of a part, no more than that (times the effort). */
void search_at_most(struct search *, uint64_t octets);

/* Put half of what a part began with by, or what is left of that, for what
 * comes after something costly; and give it back. */
uint64_t search_put_by(struct search *);
void search_give_back(struct search *, uint64_t octets);

/* Whether the digest is what the target wants. */
bool target_fits(
    struct search *, struct target *, const unsigned char digest[DIGEST_SIZE]);
/* Whether what went into d is; d is only fit for release afterwards. */
bool target_fits_digest(struct search *, struct target *, struct digest *d);

/* The signing domain of set i as its AS says it, else its AMS; or empty. */
struct slice search_domain(const struct search *, unsigned i);

/* Where set i begins: the place of its topmost field.  What stands above came
 * later. */
size_t search_top(const struct search *, unsigned i);

/* A step of a search with memory of its own: s->arena is that between the two,
 * and what the step noted is kept when it ends.  Steps nest.  False, with
 * nothing to end, when memory is short. */
struct step {
	struct arena *before;
	size_t from;   /* findings */
	uint64_t kept; /* octets, before it */
};
bool step_begin(struct search *, struct step *);
void step_end(struct search *, struct step *);

/* b's octets, kept in the arena and paid; the buffer is cleared.  No octets
 * when memory is short, or so much was kept or paid that search_may() says no
 * to all.
 */
struct slice search_keep(struct search *, struct buf *b);
/* The same of what is proved already, whatever is left. */
struct slice search_keep_proof(struct search *, struct buf *b);

/* Canonical octets of name and value, in the arena; without: part of value,
 * left out.  NULL pointer when memory is short. */
struct slice canon_octets(struct search *, enum canon, struct slice name,
    struct slice value, struct slice without, bool crlf);
struct slice canon_field(struct search *, enum canon, const struct field *,
    struct slice without, bool crlf);

/* Relaxed as signers get it wrong. */
enum {
	KEEP_BLANK = 1, /* one behind the colon */
	KEEP_NAME = 2,	/* with its capitals */
	KEEP_TABS = 4,
};
struct slice canon_odd(struct search *, const struct field *,
    struct slice without, bool crlf, unsigned odd);

/* The next order of a[0..n); false after the last. */
bool next_order(size_t a[], size_t n);

/* The value of a signature field without all of b=, "b=" included, in one of
 * the ways that signers have: way counts from 0.  False behind the last way. */
bool without_b_tag(
    struct search *, const struct sigfield *, unsigned way, struct slice *out);

/* A sink that appends to b. */
struct sink buf_sink(struct buf *b);

#endif
