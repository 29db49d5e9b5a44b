/* SPDX-License-Identifier: BSD-2-Clause */
/* body_links.h - links rewritten by a URL-protection service */
#ifndef WHY_BODY_LINKS_H
#define WHY_BODY_LINKS_H

#include "why/body_try.h"

void body_urls_rewritten(struct body_case *c);

/* The body with all rewritten links restored, in one of the ways in which
 * links are written, counted from 0; in the arena.  False when there are
 * none. */
bool body_unlink(struct body_case *c, unsigned way, struct slice *out);

#endif
