/* SPDX-License-Identifier: BSD-2-Clause */
/* body_recoded.h - parts of a multipart that a list encoded one by one */
#ifndef WHY_BODY_RECODED_H
#define WHY_BODY_RECODED_H

#include "why/body_try.h"

/* Each text part as received or as mailers write it, independently; parts that
 * the list added around or after them are removed. */
void body_parts_recoded(struct body_case *c);

#endif
