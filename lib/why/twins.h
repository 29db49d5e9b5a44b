/* SPDX-License-Identifier: BSD-2-Clause */
/* twins.h - the stories that causes name as their twins */
#ifndef WHY_TWINS_H
#define WHY_TWINS_H

#include "why/search.h"

/* Add a finding for each twin of a proved cause that blames another role and
 * that no other signature refutes.  Where one refutes the cause itself, the
 * twin takes its place. */
void explain_twins(struct search *);

#endif
