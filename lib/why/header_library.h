/* SPDX-License-Identifier: BSD-2-Clause */
/* header_library.h - fields as a mail library writes them
 *
 * A program that reads a message and writes it again with a library of its
 * language may write many fields otherwise, at once: long words encoded,
 * encoded words decoded in part, parameters and names in quotes or not. */
#ifndef WHY_HEADER_LIBRARY_H
#define WHY_HEADER_LIBRARY_H

#include "why/header_case.h"

/* How many choices match, each noted as a group: of a message that only a
 * library can have written, or of one that shows no sign of any. */
size_t explain_library(struct header_case *c, bool shown);

#endif
