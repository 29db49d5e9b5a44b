/* SPDX-License-Identifier: BSD-2-Clause */
/* header.h - an AMS or DKIM-Signature whose b= does not fit: what may have been
 * done to it */
#ifndef WHY_HEADER_H
#define WHY_HEADER_H

#include "why/search.h"

void explain_header(struct search *s, struct known *k);

#endif
