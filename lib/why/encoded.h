/* SPDX-License-Identifier: BSD-2-Clause */
/* encoded.h - ARC fields that were rewritten as encoded words (RFC 2047)
 *
 * Software that rewrites a message may encode long fields, ARC fields
 * included.  Such a set can no longer be read. */
#ifndef WHY_ENCODED_H
#define WHY_ENCODED_H

#include "why/search.h"

/* Whether something in the message verifies once those words are decoded.  If
 * so, the decoded message is explained, and the findings are in s->out. */
bool explain_encoded(struct search *s);

#endif
