/* SPDX-License-Identifier: BSD-2-Clause */
/* header.h - an AMS or DKIM-Signature that does not verify: which header
 * fields were changed, and by whom */
#ifndef WHY_HEADER_H
#define WHY_HEADER_H

#include "why/search.h"

void explain_header(struct search *s, struct known *k);

#endif
