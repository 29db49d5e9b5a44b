/* SPDX-License-Identifier: BSD-2-Clause */
/* body.h - AMS(i) whose bh= the body does not fit: what may have been done to
 * it */
#ifndef WHY_BODY_H
#define WHY_BODY_H

#include "why/search.h"

/* bh= of AMS(i). */
void explain_body(struct search *s, unsigned i);

#endif
