/* SPDX-License-Identifier: BSD-2-Clause */
/* body_links.h - links that were made to lead over a service */
#ifndef WHY_BODY_LINKS_H
#define WHY_BODY_LINKS_H

#include "why/body_try.h"

void body_urls_rewritten(struct body_case *c);

/* The body with all links undone that lead over a service, in one of the ways
 * that they are written, counted from 0.  False when there are none. */
bool body_unlink(struct body_case *c, unsigned way, struct slice *out);

#endif
