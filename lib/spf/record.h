/* SPDX-License-Identifier: BSD-2-Clause */
/* record.h - what an SPF record says (RFC 7208 sections 4.5, 4.6 and 5)
 *
 * The record is a stranger's text, and is read whole before any of it counts: a
 * fault anywhere is one of all of it.  Slices look into the text. */
#ifndef SPF_RECORD_H
#define SPF_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/slice.h"
#include "spf/macro.h"

enum spf_mechanism {
	SPF_ALL,
	SPF_INCLUDE,
	SPF_A,
	SPF_MX,
	SPF_PTR,
	SPF_IP4,
	SPF_IP6,
	SPF_EXISTS,
};

struct spf_term {
	enum spf_mechanism kind;
	char qualifier;	    /* '+', '-', '~' or '?' */
	struct slice text;  /* as written */
	struct slice spec;  /* domain-spec; empty: the domain of the record */
	unsigned prefix[2]; /* bits that are compared, of IPv4 and of IPv6 */
	unsigned char network[RR_MAX_ADDRESS]; /* ip4, ip6 */
};

struct spf_record {
	struct slice text;
	struct spf_term *term; /* mechanisms in their order */
	size_t nterms;
	bool has_all;
	struct slice redirect, exp; /* their values; empty when absent */
};

/* Whether a TXT record is an SPF record: "v=spf1", then a space or no more. */
bool spf_is_record(struct slice text);

/* Read one.  -1 with DIAG_SPF_SYNTAX, whose detail quotes the term at fault, or
 * DIAG_MEMORY. */
int spf_record_read(struct slice text, struct arena *, struct spf_record *out,
    struct diag *why);

#endif
