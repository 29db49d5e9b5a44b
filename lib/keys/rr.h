/* SPDX-License-Identifier: BSD-2-Clause */
/* rr.h - the types of DNS records that are asked for, and what one says
 *
 * Keys, SPF and DMARC records are TXT; SPF asks for the other types too (RFC
 * 7208 section 5).  A CNAME is followed, never asked for. */
#ifndef RR_H
#define RR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/slice.h"

enum rr_type {
	RR_TXT,
	RR_A,
	RR_AAAA,
	RR_MX,
	RR_PTR,
	RR_TYPES, /* how many there are */
};

enum {
	RR_MAX_ADDRESS = 16, /* octets */
	RR_MAX_ADDRESS_TEXT = 46,
};

/* What is asked: a name (absolute, lower case, ASCII, no final dot, at most 253
 * octets) and a type. */
struct question {
	struct slice name;
	enum rr_type type;
};

/* One TXT record. */
struct txt {
	struct slice text;     /* its strings joined, nothing between */
	struct slice *strings; /* the strings one by one */
	size_t nstrings;
};

/* One record of another type. */
struct rr {
	unsigned char address[RR_MAX_ADDRESS]; /* A: 4 octets; AAAA: 16 */
	unsigned preference;		       /* MX */
	struct slice name; /* MX, PTR: text as in a master file, lower case, no
			    * final dot; "." is the root */
};

/* "TXT", "A"...; static. */
const char *rr_word(enum rr_type);

/* The type of that name, in any letters.  False when it is none of these. */
bool rr_from_word(struct slice word, enum rr_type *out);

/* Octets of an address of that type: 4 for RR_A, else 16. */
size_t rr_address_size(enum rr_type);

/* Read an address as RFC 4291 section 2.2, or four decimal numbers without
 * leading zeros.  False, and out as it was, for anything else. */
bool rr_read_address(
    struct slice text, enum rr_type, unsigned char out[RR_MAX_ADDRESS]);

/* Write an octet of a label to where there is room for four, in the one way
 * that names are written everywhere: as it is, \X or \DDD.  How many that took.
 */
size_t rr_put_octet(char *to, char c);

/* Append the address in its shortest form (RFC 5952). */
void rr_write_address(struct buf *, enum rr_type, const unsigned char *address);

#endif
