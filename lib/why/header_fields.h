/* SPDX-License-Identifier: BSD-2-Clause */
/* header_fields.h - changes that others may have made to header fields */
#ifndef WHY_HEADER_FIELDS_H
#define WHY_HEADER_FIELDS_H

#include "why/header_case.h"

/* Offer possible earlier values of each field to q. */
void explain_fields(struct header_case *c, struct sequence *q);

/* Try all fields as z= recorded them (RFC 6376 section 3.5).  Returns the
 * number of matches. */
size_t explain_z_tag(struct header_case *c);

/* All fields as the recipes of DKIM2 have them. */
size_t explain_recipe(struct header_case *c);

#endif
