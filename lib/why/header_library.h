/* SPDX-License-Identifier: BSD-2-Clause */
/* header_library.h - fields as a mail library writes them
 *
 * A program that parses a message and writes it again with its language's mail
 * library may change many fields at once: long words encoded, encoded words
 * partly decoded, parameters and names quoted or not. */
#ifndef WHY_HEADER_LIBRARY_H
#define WHY_HEADER_LIBRARY_H

#include "why/header_case.h"

/* Returns the number of matching choices, each recorded as a group. shown:
 * only for a message that shows signs of a library; else only for one that
 * shows none. */
size_t explain_library(struct header_case *c, bool shown);

#endif
