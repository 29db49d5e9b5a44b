/* SPDX-License-Identifier: BSD-2-Clause */
/* body_twice.h - two hands on one body
 *
 * Something was put into the text, and then all of it was encoded for a 7-bit
 * server, or its links were made to lead over a service.  The second is undone,
 * and what is left is searched as if it had come so.  Or the text was decoded
 * and then something put before or behind it, as list managers do: what is left
 * without that is encoded again. */
#ifndef WHY_BODY_TWICE_H
#define WHY_BODY_TWICE_H

#include "why/body_try.h"

/* The text was edited, and after that all of it was encoded, or its links were
 * made to lead over a service; or it was decoded and then edited. */
void body_twice(struct body_case *c);

#endif
