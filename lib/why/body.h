/* SPDX-License-Identifier: BSD-2-Clause */
/* body.h - an AMS or DKIM-Signature whose bh= the body does not fit: what may
 * have been done to it */
#ifndef WHY_BODY_H
#define WHY_BODY_H

#include "why/search.h"

/* Its bh=. */
void explain_body(struct search *s, struct known *k);

#endif
