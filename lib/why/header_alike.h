/* SPDX-License-Identifier: BSD-2-Clause */
/* header_alike.h - one rule on all header fields that it can have met, as of a
 * gateway that writes all of them anew */
#ifndef WHY_HEADER_ALIKE_H
#define WHY_HEADER_ALIKE_H

#include "why/header_case.h"

/* Try each cause on all fields that have been offered for it, but for one or
 * two.  How many fit: 0 or 1. */
size_t header_alike(struct header_case *);

#endif
