/* SPDX-License-Identifier: BSD-2-Clause */
/* sequence.h - hash input as a sequence of pieces, each with possible other
 * values */
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
	unsigned sets; /* to which it belongs, as bits; 0: all */
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
	SEQUENCE_SETS = 5,
	SEQUENCE_GROUPS = 4, /* equally good explanations that are kept */
};

struct sequence {
	struct piece *piece;
	size_t n;
	struct target *target;
	enum finding_aspect aspect;
	const struct known *of;
	unsigned done; /* sequence_alike(): bits up to which all was tried */
	unsigned sets; /* of what is offered, and then of what sequence_best()
			* tries, as bits; 0: all */
	unsigned need; /* sequence_best(): so many variants of sets; two: not
			* all of one set */
};

/* The sequence's pieces, all empty; false when memory is short. */
bool sequence_init(struct search *, struct sequence *, size_t n);

/* Add octets as a possible value of piece j; of one that it has already only
 * the bits change, to the fewer. */
void sequence_offer(struct search *, struct sequence *, size_t j, enum cause_id,
    struct slice octets, const struct change *, enum rank, unsigned bits);

/* Whether the pieces as received match the target. */
bool sequence_fits(struct search *, const struct sequence *);

/* finding_input() for all pieces in their order. */
void finding_pieces(struct search *, struct finding *,
    const struct sequence *hashed, const struct sequence *standard);

/* Try every choice of exactly count variants of that rank or a more plausible
 * one.  Each match becomes a group of findings, at most SEQUENCE_GROUPS.
 * Returns the number of matches. */
size_t sequence_search(
    struct search *, const struct sequence *, unsigned count, enum rank);

/* Try choices of any number of variants whose bits sum up to more than floor
 * (0: all) and at most limit, the likeliest (fewest bits) first.  Returns the
 * number of matches. */
size_t sequence_best(
    struct search *, const struct sequence *, unsigned floor, unsigned limit);

/* The same, but pieces all of one set before those of several. */
size_t sequence_alike(
    struct search *, struct sequence *, unsigned floor, unsigned limit);

#endif
