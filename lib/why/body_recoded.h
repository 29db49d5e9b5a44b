/* SPDX-License-Identifier: BSD-2-Clause */
/* body_recoded.h - parts of a multipart that a list encoded one by one */
#ifndef WHY_BODY_RECODED_H
#define WHY_BODY_RECODED_H

#include "why/body_try.h"

/* All text parts as mailers write them, or one of them; parts that the list
 * added around or after them are removed. */
void body_parts_recoded_alike(struct body_case *c);

/* Any two, each in a way of its own. */
void body_parts_recoded(struct body_case *c);

#endif
