/* SPDX-License-Identifier: BSD-2-Clause */
/* signer_try.h - what a signer may have hashed: tried, and recorded when it
 * matches */
#ifndef WHY_SIGNER_TRY_H
#define WHY_SIGNER_TRY_H

#include "why/header_case.h"

/* The current row. */
struct signer_case {
	struct header_case *c;
	enum cause_id cause;
	struct sequence q; /* to be filled and tried */
	const struct field **sel;
	const struct field **older; /* what the RFC says of what stood there
				     * when the seal was made */
	struct digest before;	 /* all fields as received, but for the AMS */
	bool bare_h;		 /* tags lose all their white space */
	size_t found;		 /* with this cause */
	struct finding *finding; /* what was noted of the last; or NULL */
	size_t any;		 /* with causes before it */
};

/* Try q.  Returns whether it matches. */
bool signer_try(struct signer_case *t);
void signer_as_received(struct signer_case *t);

/* Try the fields as received, and these octets for the signature field. */
bool signer_try_last(struct signer_case *t, struct slice own);

/* Try a selection of fields, unless it is the one that the RFC defines. */
bool signer_try_selection(struct signer_case *t, const struct field **sel);

#endif
