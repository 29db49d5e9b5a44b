/* SPDX-License-Identifier: BSD-2-Clause */
/* search.h - the search that all engines of --why share
 *
 * A target is a digest that was signed, or a bh=.  A hypothesis is a sequence
 * of octets that may have been hashed for it.  The search hashes hypotheses
 * until one matches or the budget is spent, and records those that match. */
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

/* What is known about one AMS, AS or DKIM-Signature. */
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
	bool asked; /* it could be checked against the message as received */
	bool holds; /* its signature verifies */
	bool cut;   /* b= is missing, empty, or too short for the key */
	bool lost;  /* AS: it was searched, and nothing was proved */
	/* AMS and DKIM-Signature: */
	bool body_holds; /* its body hash verifies */
	bool searched;	 /* for what its body was */
};

struct recipe;

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
	const struct recipe *recipe; /* by recipes(); NULL: not read yet */
	size_t nrecipes;
	struct explanation *out;
	uint64_t purse;	 /* budget left for the message, all parts together */
	uint64_t part;	 /* budget of the current part */
	uint64_t left;	 /* what is left of that */
	unsigned checks; /* verifications left for the message */
	uint64_t kept;	 /* octets that search_keep() copied */
	struct buf raw, canonical; /* for making a field, kept for the next */
	bool dense;  /* what is hashed wants care at every few octets */
	bool spent;  /* a budget ended before the hypotheses did */
	bool failed; /* *why says how; the findings are incomplete */
	struct diag *why;
	unsigned groups;
	uint64_t begun; /* hypotheses before the current part */
};

/* Record a failure that ends the search; the first one is kept. */
void search_fail(struct search *, const struct diag *why);
void search_memory(struct search *);

/* What work costs, in octets hashed: an octet made, decoded or copied for a
 * hypothesis (page faults included); an octet read; an octet hashed of what is
 * dense; a field found by name; a hypothesis; a signature verified or opened;
 * then the budgets of a message, with --why and without. */
enum {
	COST_MADE = 4,
	COST_SEEN = 2,
	COST_DENSE = 4,
	COST_FIELD = 64,
	COST_HYPOTHESIS = 400,
	COST_VERIFICATION = 240000,
	COST_MESSAGE = 1024 * 1024 * 1024,
	COST_GLANCE = 16 * 1024 * 1024,
};

/* Begin a message: one budget for all its signatures. */
void search_purse(struct search *);

/* Whether another hypothesis of n octets may be tried; charges the budget. */
bool search_may(struct search *, uint64_t n);

/* Charge other work; false when nothing is left: begin nothing costly then. */
bool search_pay(struct search *, uint64_t cost);

/* Whether the current part of the search is over: it failed, or its budget is
 * spent. */
bool search_over(const struct search *);

/* Begin a part of the search with that many octets to hash (times the
 * effort). */
void search_begin(struct search *, uint64_t octets);

/* octets times the effort that the user asked for (--effort). */
uint64_t with_effort(const struct search *, uint64_t octets);

/* Limit what is left of a part (to octets times the effort). */
void search_at_most(struct search *, uint64_t octets);

/* Reserve so much of a part's budget, or what is left of it, for what comes
 * after a costly step; and give it back. */
uint64_t search_put_by(struct search *, uint64_t octets);
void search_give_back(struct search *, uint64_t octets);

/* Whether the digest is what the target wants. */
bool target_fits(
    struct search *, struct target *, const unsigned char digest[DIGEST_SIZE]);
/* The same for what went into d, of which only digest_release() is allowed
 * afterwards. */
bool target_fits_digest(struct search *, struct target *, struct digest *d);

/* The signing domain of set i: d= of its AS, else of its AMS; or empty. */
struct slice search_domain(const struct search *, unsigned i);

/* Index of the topmost field of set i.  Fields above it were added later. */
size_t search_top(const struct search *, unsigned i);

/* A step of a search with memory of its own: between the two calls s->arena is
 * the step's; its findings are kept when it ends.  Steps nest.  False, with
 * nothing to end, when memory is short. */
struct step {
	struct arena *before;
	size_t from;   /* findings */
	uint64_t kept; /* octets, before it */
};
bool step_begin(struct search *, struct step *);
void step_end(struct search *, struct step *);

/* Copy b's octets into the arena, charge them, and clear b.  SLICE_NONE when
 * memory is short or the budget is spent. */
struct slice search_keep(struct search *, struct buf *b);
/* The same for octets of a proof, whatever is left of the budget. */
struct slice search_keep_proof(struct search *, struct buf *b);

/* Canonical octets of a field, in the arena, with its final CRLF if crlf;
 * without: a part of value to leave out.  SLICE_NONE when memory is short. */
struct slice canon_octets(struct search *, enum canon, struct slice name,
    struct slice value, struct slice without, bool crlf);
struct slice canon_field(struct search *, enum canon, const struct field *,
    struct slice without, bool crlf);

/* The relaxed form as some signers get it wrong; flags for odd. */
enum {
	KEEP_BLANK = 1, /* a space after the colon */
	KEEP_NAME = 2,	/* capitals in the name */
	KEEP_TABS = 4,
};
struct slice canon_odd(struct search *, const struct field *,
    struct slice without, bool crlf, unsigned odd);

/* The next permutation of a[0..n); false after the last. */
bool next_order(size_t a[], size_t n);

/* The value of a signature field without the whole b= tag, in one of the ways
 * in which signers remove it; way counts from 0.  False after the last way. */
bool without_b_tag(
    struct search *, const struct sigfield *, unsigned way, struct slice *out);

/* A sink that appends to b. */
struct sink buf_sink(struct buf *b);

#endif
