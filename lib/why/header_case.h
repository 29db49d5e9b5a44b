/* SPDX-License-Identifier: BSD-2-Clause */
/* header_case.h - an AMS or a DKIM-Signature that does not fit
 *
 * What its signer may have done wrong (signer.h) changes the whole sequence of
 * what was hashed; what others may have done to the message (header_fields.h)
 * changes single fields in it. */
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
	struct mime *mime;	  /* of the body as it came */
};

/* What each name of h= means, of all fields from m->field[from] down. */
bool header_select(
    const struct header_case *c, size_t from, const struct field **sel);

/* The signature field itself, b= emptied, as the last piece. */
struct slice header_own(struct header_case *c);

/* q's pieces for a selection. */
void header_pieces(
    struct header_case *c, const struct field **sel, struct sequence *q);

/* Names of those fields. */
extern const char header_mime_fields[];

/* The AAR of the AMS's set; or NULL. */
const struct sigfield *header_aar(const struct header_case *c);

/* What was proved of the signature's body that MIME fields go with; or NULL. */
const struct finding *header_mime_edit(
    const struct search *s, const struct known *k);

#endif
