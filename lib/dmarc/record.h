/* SPDX-License-Identifier: BSD-2-Clause */
/* record.h - what a DMARC policy record says (RFC 9989 sections 4.7 and 4.8)
 *
 * Only the version can make a record none; what else is wrong in it falls back
 * to its default.  Slices look into the text. */
#ifndef DMARC_RECORD_H
#define DMARC_RECORD_H

#include <stdbool.h>

#include "base/slice.h"

enum dmarc_policy {
	DMARC_UNKNOWN, /* no such tag, or none of those below */
	DMARC_NONE,
	DMARC_QUARANTINE,
	DMARC_REJECT,
};

/* "none"...; NULL for DMARC_UNKNOWN; static. */
const char *dmarc_policy_word(enum dmarc_policy);

struct dmarc_record {
	struct slice p, sp, np; /* as published; NULL pointers when absent */
	char psd;		/* 'y', 'n' or 'u' */
	bool strict_dkim, strict_spf; /* adkim=s, aspf=s */
	bool testing;		      /* t=y */
	/* p is missing or invalid, or sp or np is invalid (section 4.10.1):
	 * with reports wanted by a valid rua it is p=none, else no DMARC. */
	bool invalid, has_rua;
};

/* Read a TXT record.  False when it is no DMARC record: it does not begin with
 * "v=DMARC1" and a semicolon or its end. */
bool dmarc_record_read(struct slice text, struct dmarc_record *out);

/* The tag that makes a record invalid, and its value, or a NULL pointer where
 * p is missing; NULL when it is not invalid. */
const char *dmarc_record_fault(
    const struct dmarc_record *, struct slice *value);

/* The policy of a p, sp or np. */
enum dmarc_policy dmarc_policy_read(struct slice value);

#endif
