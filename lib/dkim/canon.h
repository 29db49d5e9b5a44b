/* SPDX-License-Identifier: BSD-2-Clause */
/* canon.h - RFC 6376 section 3.4: what is hashed of a field or a body
 *
 * Canonicalization puts octets into a sink; nothing is copied where nothing
 * changes.  Line ends come out as CRLF whatever they were (3.4, 5.3).  A body
 * is a stream: any cutting of the input into pieces gives the same octets. */
#ifndef CANON_H
#define CANON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/message.h"
#include "base/sink.h"
#include "base/slice.h"

enum canon {
	CANON_SIMPLE,
	CANON_RELAXED,
};

/* "simple" or "relaxed". */
const char *canon_word(enum canon);

/* Put the canonical form of f.  Octets in without, a part of f->value, are
 * left out: the value of b= in a field that is its own signature (3.7).  crlf
 * says whether the final CRLF is put too.  -1 when the sink refused. */
int canon_header(enum canon, const struct field *f, struct slice without,
    bool crlf, const struct sink *);

/* Where a body that is put again and again, whole or in parts, has octets that
 * are not put as they stand: searched once.  All zero: not known. */
struct canon_map {
	struct slice body;
	const uint32_t *care; /* offsets, ascending */
	size_t n;
};

/* It lives in the arena.  -1 when memory is short; of a body that has too many
 * such octets, or is too long, nothing is known. */
int canon_map_make(
    struct canon_map *, enum canon, struct slice body, struct arena *);

struct canon_body {
	enum canon canon;
	struct sink out;
	const struct canon_map *map; /* of octets that may be put; or NULL */
	uint64_t put;		     /* octets put so far */
	uint64_t empty_lines; /* held back: dropped if the body ends here */
	bool wsp;	      /* relaxed: a run of white space is open */
	bool cr;	      /* a CR waits for its LF */
	bool bare_cr;	      /* one had none */
	bool line;	      /* the line has octets */
	struct gather few;    /* within canon_body_put() only */
};

void canon_body_init(struct canon_body *, enum canon, struct sink out);

/* Put the next octets of the body.  -1 when the sink refused. */
int canon_body_put(struct canon_body *, const char *p, size_t n);

/* The body is over.  -1 when the sink refused. */
int canon_body_end(struct canon_body *);

#endif
