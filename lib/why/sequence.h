/* SPDX-License-Identifier: BSD-2-Clause */
/* sequence.h - sequences of pieces that were hashed, of which some may have
 * been others */
#ifndef WHY_SEQUENCE_H
#define WHY_SEQUENCE_H

#include "why/search.h"

/* How plausible a variant is, and so with how many others it is combined. */
enum rank {
	RANK_USUAL, /* two */
	RANK_RARE,  /* one */
	RANK_ODD,   /* none */
};

struct variant {
	struct variant *next;
	struct variant *alike; /* the next one in its bucket */
	enum cause_id cause;
	struct slice octets; /* canonical, in the piece's place */
	uint64_t sum;	     /* of them: what differs has another, mostly */
	struct change change;
	enum rank rank;
	unsigned bits; /* sequence_best(): how unlikely it is */
};

enum {
	PIECE_BUCKETS = 128, /* a power of two */
};

struct piece {
	struct slice octets;
	struct variant *first, *last;
	struct variant **bucket; /* by sum; NULL: none yet */
	size_t nvariants;
	unsigned bits; /* sequence_best(): how unlikely as it is */
};

enum {
	SEQUENCE_GROUPS = 4, /* explanations that are equally good */
};

struct sequence {
	struct piece *piece;
	size_t n;
	struct target *target;
	enum finding_aspect aspect;
	const struct known *of;
};

/* The sequence's pieces, all empty; false when memory is short. */
bool sequence_init(struct search *, struct sequence *, size_t n);

/* Offer octets in the place of piece j.  What is there already is not taken
 * twice. */
void sequence_offer(struct search *, struct sequence *, size_t j, enum cause_id,
    struct slice octets, const struct change *, enum rank);

/* Whether the pieces as they are fit. */
bool sequence_fits(struct search *, const struct sequence *);

/* The same as finding_input(), of all pieces in their order. */
void finding_pieces(struct search *, struct finding *,
    const struct sequence *hashed, const struct sequence *standard);

/* Try every choice of exactly count variants of that rank or a more plausible
 * one.  Each match becomes a group of findings.  Returns how many matched. */
size_t sequence_search(
    struct search *, const struct sequence *, unsigned count, enum rank);

/* Try the choices of any number of variants that are more unlikely than floor
 * bits all together, or 0 for all, and no more than limit; those of fewer bits
 * first. */
size_t sequence_best(
    struct search *, const struct sequence *, unsigned floor, unsigned limit);

#endif
