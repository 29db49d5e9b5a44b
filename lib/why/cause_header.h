/* SPDX-License-Identifier: BSD-2-Clause */
/* cause_header.h - the part of the table of causes that is about header fields
 */
#ifndef CAUSE_HEADER_H
#define CAUSE_HEADER_H

#include "why/cause.h"

/* The cause, or NULL when it is not one of these. */
const struct cause *cause_of_header(enum cause_id);

#endif
