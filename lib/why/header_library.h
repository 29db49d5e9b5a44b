/* SPDX-License-Identifier: BSD-2-Clause */
/* header_library.h - fields as a mail library writes them
 *
 * A program that parses a message and writes it again with its language's mail
 * library may change many fields at once: long words encoded, encoded words
 * partly decoded, parameters and names quoted or not. */
#ifndef WHY_HEADER_LIBRARY_H
#define WHY_HEADER_LIBRARY_H

#include "why/header_case.h"

/* How far to go: of a message that shows signs of a library first what is
 * likely and soon done, then more; last one that shows none. */
enum library_reach {
	LIBRARY_NEAR,
	LIBRARY_FAR,
	LIBRARY_PERHAPS,
};

/* Returns the number of matching choices, each recorded as a group. */
size_t explain_library(struct header_case *c, enum library_reach);

#endif
