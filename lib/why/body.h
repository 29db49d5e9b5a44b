/* SPDX-License-Identifier: BSD-2-Clause */
/* body.h - a body hash that does not verify: what may have been done to the
 * body */
#ifndef WHY_BODY_H
#define WHY_BODY_H

#include "why/search.h"

/* Explain the bh= of k; findings go into s->out. */
void explain_body(struct search *s, struct known *k);

#endif
