/* SPDX-License-Identifier: BSD-2-Clause */
/* seal_later.h - changes of ARC Sets after they were sealed */
#ifndef WHY_SEAL_LATER_H
#define WHY_SEAL_LATER_H

#include "why/seal_try.h"

void seal_place(struct seal_case *c, size_t from);
const struct sigfield *seal_field_at(const struct seal_case *c, size_t j);
void seal_later(struct seal_case *c);

#endif
