/* SPDX-License-Identifier: BSD-2-Clause */
/* seal.h - AS(i) whose b= does not fit
 *
 * What its signer may have hashed in the place of what RFC 8617 section 5.1.1
 * says, and what may have happened since. */
#ifndef WHY_SEAL_H
#define WHY_SEAL_H

#include "why/search.h"

void explain_seal(struct search *s, struct known *k);

#endif
