/* SPDX-License-Identifier: BSD-2-Clause */
/* body_try.h - a body with edits, tried and noted */
#ifndef WHY_BODY_TRY_H
#define WHY_BODY_TRY_H

#include "why/body_hash.h"

/* A cause, and the function that looks for it. */
struct body_row {
	enum cause_id cause;
	void (*try)(struct body_case *);
};

/* The body with edits, which are in order and do not overlap: if it fits, it is
 * noted, and the search of this bh= is over. */
bool body_try(struct body_case *c, const struct edit e[], size_t n);

/* With one edit; with all of it another. */
bool body_try_one(
    struct body_case *c, size_t from, size_t to, struct slice with);
bool body_try_whole(struct body_case *c, struct slice octets);

/* Note what fits. */
struct finding *body_found(
    struct body_case *c, const struct edit e[], size_t n);

/* What was noted last is n causes, one for each of its edits: each becomes a
 * finding of its own, which belong together. */
void body_split(struct body_case *c, const enum cause_id causes[], size_t n);

/* The edits of a finding. */
size_t body_edits(const struct finding *f, struct edit e[]);

/* Between which hops what a finding tells was done. */
void body_place(struct body_case *c, struct finding *f);
bool body_as_now(struct search *s, void *ctx, const struct known *k);

/* The canonical body, in b. */
void body_canon(
    struct body_case *c, enum canon canon, struct slice body, struct buf *b);

/* The other canonicalization fits, or all of the body in spite of l=. */
void body_found_canon(struct body_case *c, enum canon canon, uint64_t limit);

/* Octets that are hashed as they are. */
bool body_try_raw(struct body_case *c, struct slice octets);

/* All of the body is what a function makes of its lines. */
bool body_try_lines(struct body_case *c,
    void (*line)(struct buf *, struct slice text, struct slice end));
void body_put_line(struct buf *b, struct slice text, struct slice end);

#endif
