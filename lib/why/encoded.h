/* SPDX-License-Identifier: BSD-2-Clause */
/* encoded.h - ARC fields that were put into encoded words
 *
 * They are fields like others, and who writes a message anew may write these
 * otherwise as well.  Such a set is no longer read as one. */
#ifndef WHY_ENCODED_H
#define WHY_ENCODED_H

#include "why/search.h"

/* Whether the message is to be explained as it is with those words written out:
 * something that was sealed verifies then.  It is explained. */
bool explain_encoded(struct search *s);

#endif
