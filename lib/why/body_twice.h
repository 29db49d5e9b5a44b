/* SPDX-License-Identifier: BSD-2-Clause */
/* body_twice.h - two edits of one body, one after the other
 *
 * Something was inserted into the text, then all of it was encoded for a 7-bit
 * server, or its links were rewritten.  The second edit is undone, and what is
 * left is searched like a body as received.  Or the text was decoded and then
 * lines were added before or after it, as list managers do: what is left
 * without those is encoded again. */
#ifndef WHY_BODY_TWICE_H
#define WHY_BODY_TWICE_H

#include "why/body_try.h"

/* Try those two kinds. */
void body_twice(struct body_case *c);

#endif
