/* SPDX-License-Identifier: BSD-2-Clause */
/* seal.h - an ARC-Seal that does not verify
 *
 * What its signer may have hashed instead of what RFC 8617 section 5.1.1 says,
 * and what may have happened after sealing. */
#ifndef WHY_SEAL_H
#define WHY_SEAL_H

#include "why/search.h"

void explain_seal(struct search *s, struct known *k);

#endif
