/* SPDX-License-Identifier: BSD-2-Clause */
/* body_parts.h - MIME parts added, or wrapped around the message */
#ifndef WHY_BODY_PARTS_H
#define WHY_BODY_PARTS_H

#include "why/body_try.h"

void body_mime_wrapped(struct body_case *c);
void body_part_added(struct body_case *c);
void body_preamble_removed(struct body_case *c);
void body_part_headers_added(struct body_case *c);

#endif
