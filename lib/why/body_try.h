/* SPDX-License-Identifier: BSD-2-Clause */
/* body_try.h - a body with edits: tried, and recorded when it matches */
#ifndef WHY_BODY_TRY_H
#define WHY_BODY_TRY_H

#include "why/body_hash.h"

/* A cause, and the function that looks for it. */
struct body_row {
	enum cause_id cause;
	void (*try)(struct body_case *);
};

/* Try the body with edits, which are in order and do not overlap.  A match is
 * recorded, and ends the search of this bh=. */
bool body_try(struct body_case *c, const struct edit e[], size_t n);

/* The same with one edit; with another body. */
bool body_try_one(
    struct body_case *c, size_t from, size_t to, struct slice with);
bool body_try_whole(struct body_case *c, struct slice octets);

/* Record a match; NULL for the reasons of finding_about(). */
struct finding *body_found(
    struct body_case *c, const struct edit e[], size_t n);

/* Split the last finding into n of one group, one for each of its edits, with
 * these causes. */
void body_split(struct body_case *c, const enum cause_id causes[], size_t n);

/* Append to b the body with edits. */
void body_put_edited(
    struct buf *b, struct slice body, const struct edit e[], size_t n);

/* Get the edits of a finding; returns how many. */
size_t body_edits(const struct finding *f, struct edit e[]);

/* Find between which hops the change of a finding was made. */
void body_place(struct body_case *c, struct finding *f);
bool body_as_now(struct search *s, void *ctx, const struct known *k);

/* Append the canonical body to b. */
void body_canon(
    struct body_case *c, enum canon canon, struct slice body, struct buf *b);

/* Record that another canonicalization matches, or the whole body in spite of
 * l=. */
void body_found_canon(struct body_case *c, enum canon canon, uint64_t limit);

/* Try octets that are hashed without canonicalization. */
bool body_try_raw(struct body_case *c, struct slice octets);

/* Try the body with every line as a function writes it. */
bool body_try_lines(struct body_case *c,
    void (*line)(struct buf *, struct slice text, struct slice end));
void body_put_line(struct buf *b, struct slice text, struct slice end);

#endif
