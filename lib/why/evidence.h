/* SPDX-License-Identifier: BSD-2-Clause */
/* evidence.h - evidence in a message that needs no hash */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "why/search.h"

/* Whether there are ARC fields outside the header: at the start of the body,
 * or after other text in a line that is no field.  Says in detail which. */
bool evidence_header_cut(const struct search *, char *detail, size_t size);

/* Whether text contains an mbox separator with a header below it. */
bool evidence_next_message(struct slice text);

/* Whether a line of so many octets, its end not counted, may be the first piece
 * of one that a server broke for its length (RFC 5322 section 2.1.1). */
bool evidence_line_broken(size_t octets);

/* Whether every message must have a field of that name (RFC 5322 section
 * 3.6). */
bool evidence_is_needed(struct slice name);

/* Whether AMS(i) covers DKIM-Signature, and one that AAR(i) names by header.b
 * is missing.  Says in detail which. */
bool evidence_dkim_gone(struct search *, unsigned i, char *detail, size_t size);

/* Whether a field of recipients stands below all that its author wrote, where
 * list software puts what it writes anew.  Says below which. */
bool evidence_recipients(
    const struct search *, const struct field *, char *detail, size_t size);

/* Whether a gateway that writes bodies anew left its mark; says which. */
bool evidence_gateway(
    const struct search *, const struct known *, char *detail, size_t size);

/* Whether set i names another author domain and another time than the
 * message. */
bool evidence_another_message(struct search *, unsigned i);

#endif
