/* SPDX-License-Identifier: BSD-2-Clause */
/* ams.h - one AMS whose signature does not fit, for its two engines
 *
 * What its signer may have done wrong (explain_signer.c) changes the whole
 * sequence of what was hashed; what others may have done to the message
 * (explain_fields.c) changes single fields in it. */
#ifndef EXPLAIN_AMS_H
#define EXPLAIN_AMS_H

#include "why/search.h"
#include "mail/mime.h"

struct ams_case {
	struct search *s;
	unsigned i;
	const struct sigfield *f;
	const struct sigtags *g;
	struct target *target;
	enum canon canon;
	size_t n;		  /* names in h= */
	const struct field **sel; /* what each means (RFC 6376 5.4.2); NULL:
				   * nothing */
	size_t top;		  /* fields above it came after hop i */
	struct sequence q;	  /* what is hashed: n fields, then the AMS */
	struct mime *mime;	  /* of the body as it came */
};

/* What each name of h= means, of all fields from m->field[from] down. */
bool ams_select(const struct ams_case *, size_t from, const struct field **sel);

/* q's pieces for a selection. */
void ams_pieces(struct ams_case *, const struct field **sel, struct sequence *);

/* The AMS itself, b= emptied, as the last piece. */
struct slice ams_own(struct ams_case *);

/* Try what the signer may have done wrong.  How many ways fit. */
size_t explain_signer(struct ams_case *);

/* Offer what each field may have been. */
void explain_fields(struct ams_case *, struct sequence *);

/* All fields as z= recorded them (RFC 6376 section 3.5). */
size_t explain_z_tag(struct ams_case *);

/* What was proved of the body of AMS(i) that MIME fields go with; or NULL. */
const struct finding *explain_mime_edit(const struct search *, unsigned i);

/* Names of those fields. */
extern const char explain_mime_fields[];

#endif
