/* SPDX-License-Identifier: BSD-2-Clause */
/* body.h - one bh= that the body does not fit, for its two engines
 *
 * A hypothesis is the body as it came with a few edits; the octets in between
 * are hashed where they are, and no hypothesis copies them.  explain_body.c
 * knows lines, explain_mime.c parts. */
#ifndef EXPLAIN_BODY_H
#define EXPLAIN_BODY_H

#include "why/search.h"
#include "mail/mime.h"

/* body[from, to) was with. */
struct edit {
	size_t from, to;
	struct slice with;
};

enum {
	BODY_MAX_EDITS = EXPLAIN_MAX_CHANGES
};

/* A hash of a body under way. */
struct body_hash {
	struct canon_body canon;
	struct digest d;
	uint64_t left; /* of l= */
};

enum {
	BODY_MARKS = 32,
};

struct body_case {
	struct search *s;
	unsigned i;
	const struct sigtags *g;
	struct slice body;
	enum canon canon;
	uint64_t limit;			 /* l=; UINT64_MAX without */
	unsigned char want[DIGEST_SIZE]; /* bh= */
	struct mime mime;
	struct canon_map map;
	enum cause_id cause; /* of the row at work */
	bool found;
	struct finding *finding; /* what was noted of that; or NULL */
	bool inner;		 /* the body is not that of the message */
	/* Of each part, the root last: how long its lines are; 0: not known. */
	size_t width[MIME_MAX_PARTS + 1];
	/* What of the body is common to most hypotheses is hashed once:
	 * mark[k] is the hash of its first k * every octets. */
	struct body_hash mark[BODY_MARKS];
	size_t nmarks, every;
};

/* Look through the body once; encoding is that of one without parts. */
void body_begin(struct body_case *, struct slice encoding);

void body_hash_init(struct body_hash *, enum canon, uint64_t limit);
void body_hash_copy(struct body_hash *to, const struct body_hash *from);
void body_hash_put(struct body_hash *, struct slice);
/* Begin with the first octets of the body, at most so many; returns how many it
 * was.  The body's hash up to there is made once. */
size_t body_hash_begin(struct body_case *, struct body_hash *, size_t most);
/* Whether what was put fits; the hash is released. */
bool body_hash_fits(struct body_case *, struct body_hash *);

/* The body with edits, which are in order and do not overlap: if it fits, it is
 * noted, and the search of this bh= is over. */
bool body_try(struct body_case *, const struct edit edits[], size_t n);
/* With one edit; with all of it another. */
bool body_try_one(
    struct body_case *, size_t from, size_t to, struct slice with);
bool body_try_whole(struct body_case *, struct slice octets);

/* Note what fits. */
struct finding *body_found(
    struct body_case *, const struct edit edits[], size_t n);

/* What was noted last is n causes, one for each of its edits: each becomes a
 * finding of its own, which belong together. */
void body_split(struct body_case *, const enum cause_id causes[], size_t n);

/* The edits of a finding. */
size_t body_edits(const struct finding *, struct edit edits[]);

/* The rows of explain_mime.c. */
struct body_row {
	enum cause_id cause;
	void (*try)(struct body_case *);
};
extern const struct body_row explain_mime_rows[];
extern const size_t explain_mime_nrows;

/* The row with that cause. */
const struct body_row *explain_mime_row(enum cause_id);

/* The body with all text parts decoded that are coded so, their encoding named
 * by a word, or not at all when that is NULL; in the arena.  False when there
 * are none. */
bool explain_mime_decode(struct body_case *, enum mime_encoding coded,
    const char *word, struct slice *out);

/* Text of the body, encoded in lines of one width; in the arena.  False when
 * memory is short. */
bool explain_mime_encode(struct body_case *, struct slice text, bool base64,
    size_t width, struct slice *out);

/* The body with all links undone that lead over a service, in one of the ways
 * that they are written, counted from 0.  False when there are none. */
bool explain_mime_unlink(struct body_case *, unsigned way, struct slice *out);

/* What was put before the text, behind it, or both. */
void explain_body_ends(struct body_case *);

/* Between which hops what a finding tells was done. */
void explain_body_place(struct body_case *, struct finding *);

/* Give back what the hashes of a case hold. */
void body_release(struct body_case *);

/* The text was edited, and after that all of it was encoded, or its links were
 * made to lead over a service; or it was decoded and then edited. */
void explain_twice(struct body_case *);

#endif
