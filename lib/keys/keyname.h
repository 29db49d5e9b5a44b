/* SPDX-License-Identifier: BSD-2-Clause */
/* keyname.h - where a key record stands (RFC 6376 section 3.6.2.1)
 *
 * A selector and a signing domain are strangers' text, and what is made of them
 * is asked of somebody's name servers: only what is a domain name gets through,
 * in the one form that every key source knows. */
#ifndef KEYNAME_H
#define KEYNAME_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/slice.h"

enum {
	KEYNAME_MAX = 253,	/* octets of a name, its final dot left out */
	KEYNAME_MAX_LABEL = 63, /* octets of a label */
};

/* The name <selector>._domainkey.<domain>, lower case, U-labels as A-labels
 * (RFC 8616 section 5), without a final dot.  Dots in the selector separate
 * labels.  Labels are 1 to KEYNAME_MAX_LABEL letters, digits, "-" and "_"; the
 * domain has two or more; the whole name is at most KEYNAME_MAX octets.
 * Underscores, and hyphens at the ends of labels, are more than RFC 5321 lets
 * a domain have: they do exist, and harm nobody.
 *
 * *out lives in the arena.  -1 with DIAG_DOMAIN_SYNTAX or DIAG_SELECTOR_SYNTAX,
 * where being the part at fault; DIAG_MEMORY; or DIAG_SYSTEM (idn.h). */
int keyname_make(struct slice selector, struct slice domain, struct arena *,
    struct slice *out, struct diag *why);

/* A domain alone in that form, so that two can be compared octet by octet.
 * Fails as above. */
int keyname_domain(
    struct slice domain, struct arena *, struct slice *out, struct diag *why);

#endif
