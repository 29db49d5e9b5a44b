/* SPDX-License-Identifier: BSD-2-Clause */
/* header_fields.h - what others may have done to header fields */
#ifndef WHY_HEADER_FIELDS_H
#define WHY_HEADER_FIELDS_H

#include "why/header_case.h"

/* Offer what each field may have been. */
void explain_fields(struct header_case *c, struct sequence *q);

/* All fields as z= recorded them (RFC 6376 section 3.5). */
size_t explain_z_tag(struct header_case *c);

#endif
