/* SPDX-License-Identifier: BSD-2-Clause */
/* signer.h - mistakes of a signer in hashing header fields
 *
 * Each row makes the whole sequence of octets as such a signer would have. */
#ifndef WHY_SIGNER_H
#define WHY_SIGNER_H

#include "why/header_case.h"

/* Try all of them.  Returns the number of matches. */
size_t explain_signer(struct header_case *c);

#endif
