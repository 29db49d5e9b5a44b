/* SPDX-License-Identifier: BSD-2-Clause */
/* address.h - lists of addresses (RFC 5322 section 3.4), as octets
 *
 * Slices of the value, nothing decoded; what is ill-formed is cut somewhere. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>

#include "base/slice.h"

enum {
	ADDRESS_MAX = 320, /* octets of "local@domain" (RFC 5321 section
			    * 4.5.3.1): 64, 1 and 255 */
};

/* Cut one address off a list: commas in quotes, comments and angle brackets
 * separate nothing.  False after the last. */
bool address_next(struct slice *rest, struct slice *out);

/* What stands before "<", trimmed, and all from it on; of an address without
 * one no phrase. */
void address_split(
    struct slice address, struct slice *phrase, struct slice *angle);

/* Without "<" and ">". */
struct slice address_bare(struct slice angle);

/* Trimmed, and without such quotes around it. */
struct slice address_unquoted(struct slice, char quote);

#endif
