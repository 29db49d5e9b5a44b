/* SPDX-License-Identifier: BSD-2-Clause */
/* cause_body.h - the part of the table of causes that is about bodies */
#ifndef CAUSE_BODY_H
#define CAUSE_BODY_H

#include "why/cause.h"

/* The cause, or NULL when it is not one of these. */
const struct cause *cause_of_body(enum cause_id);

#endif
