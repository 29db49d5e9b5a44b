/* SPDX-License-Identifier: BSD-2-Clause */
/* header_alike.h - one rule applied to all header fields, as by a gateway that
 * rewrites all of them */
#ifndef WHY_HEADER_ALIKE_H
#define WHY_HEADER_ALIKE_H

#include "why/header_case.h"

/* Try each cause on all fields for which it has offered a value, except one or
 * two.  Returns the number of matches: 0 or 1. */
size_t header_alike(struct header_case *);

#endif
