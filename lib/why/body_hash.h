/* SPDX-License-Identifier: BSD-2-Clause */
/* body_hash.h - one bh= that does not verify, and the hash of a body
 *
 * A hypothesis is the body as received with a few edits; the octets in between
 * are hashed in place and never copied. */
#ifndef WHY_BODY_HASH_H
#define WHY_BODY_HASH_H

#include "mail/mime.h"
#include "why/search.h"

/* body[from, to) is replaced by with. */
struct edit {
	size_t from, to;
	struct slice with;
};

/* A running hash of a body. */
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
	struct known *k;
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

/* Parse the body; encoding is that of a body without parts. */
void body_begin(struct body_case *c, struct slice encoding);
void body_hash_init(struct body_hash *h, enum canon canon, uint64_t limit);
void body_hash_copy(struct body_hash *to, const struct body_hash *from);
void body_hash_put(struct body_hash *h, struct slice s);

/* Start a hash with the first octets of the body, at most that many, from a
 * hash made once; returns how many. */
size_t body_hash_begin(struct body_case *c, struct body_hash *h, size_t most);

/* Whether the hash matches bh=; the hash is released. */
bool body_hash_fits(struct body_case *c, struct body_hash *h);

/* Get the digest, and release the hash.  False on failure (search_fail()). */
bool body_hash_end(
    struct search *s, struct body_hash *h, unsigned char out[DIGEST_SIZE]);

/* Hash the body with n edits; h has its first at octets already. */
void body_hash_edited(struct body_hash *h, struct slice body, size_t at,
    const struct edit e[], size_t n);
uint64_t body_edited_size(struct slice body, const struct edit e[], size_t n);

/* Release the hashes that a case holds. */
void body_release(struct body_case *c);

#endif
