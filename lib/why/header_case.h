/* SPDX-License-Identifier: BSD-2-Clause */
/* header_case.h - one AMS or DKIM-Signature that does not verify: what it
 * lists, and which fields that selects
 *
 * A mistake of its signer (signer.h) changes the whole sequence that was
 * hashed; a change that others made to the message (header_fields.h) changes
 * single fields in it. */
#ifndef WHY_HEADER_CASE_H
#define WHY_HEADER_CASE_H

#include "mail/mime.h"
#include "why/sequence.h"

struct header_case {
	struct search *s;
	struct known *k;
	const struct sigfield *f;
	const struct sigtags *g;
	struct target *target;
	enum canon canon;
	size_t n;		  /* names in h= */
	const struct field **sel; /* what each means (RFC 6376 5.4.2); NULL:
				   * nothing */
	size_t top;		  /* fields above it came later */
	struct sequence q;	  /* what is hashed: n fields, then its own */
	struct sequence list;	  /* the same, as lists may have found it */
	struct sequence library;  /* and as a library may have */
	bool unsure;		  /* a list's edits match, as others may */
	struct mime *mime;	  /* of the body as it came */
};

/* The field that each name of h= selects, of the fields from m->field[from]
 * down. sel has c->n elements. */
bool header_select(
    const struct header_case *c, size_t from, const struct field **sel);

/* The signature field itself with an empty b=, canonical: the last piece.
 * SLICE_NONE when memory is short. */
struct slice header_own(struct header_case *c);

/* Set q's pieces to the canonical fields of a selection. */
void header_pieces(
    struct header_case *c, const struct field **sel, struct sequence *q);

/* Names of the MIME fields, separated by spaces. */
extern const char header_mime_fields[];

/* The AAR of the AMS's set; NULL for a DKIM-Signature. */
const struct sigfield *header_aar(const struct header_case *c);

/* A proved change of the body with which MIME fields change; or NULL. */
const struct finding *header_mime_edit(
    const struct search *s, const struct known *k);

#endif
