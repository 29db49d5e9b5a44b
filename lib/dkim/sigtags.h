/* SPDX-License-Identifier: BSD-2-Clause */
/* sigtags.h - the tags of one signature, by tables of rules
 *
 * A DKIM-Signature, an ARC-Message-Signature and an ARC-Seal are tag-lists of
 * nearly the same tags (RFC 6376 section 3.5, RFC 8617 sections 4.1.2 and
 * 4.1.3).  Each kind has a table of what it must have and may have; what a tag
 * means is the same for all.  Unknown tags are ignored (3.2). */
#ifndef SIGTAGS_H
#define SIGTAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/slice.h"
#include "crypto/signature.h"
#include "dkim/canon.h"
#include "mail/taglist.h"

enum sigkind {
	ARC_AAR, /* no signature, but a field of an ARC Set, and held like
		  * one: without tags */
	ARC_AMS,
	ARC_SEAL,
	ARC_KINDS, /* those above make an ARC Set */
	DKIM_SIGNATURE = ARC_KINDS,
	SIG_KINDS,
};

/* Chain Validation Status (RFC 8617 section 4.4). */
enum cv {
	CV_MISSING, /* no cv=, or a word that is none of the three */
	CV_NONE,
	CV_PASS,
	CV_FAIL,
};

/* "none", "pass", "fail"; "" for CV_MISSING. */
const char *cv_word(enum cv);

/* The status a cv= value names, in any case; else CV_MISSING. */
enum cv cv_parse(struct slice word);

/* What a tag says is there even when another tag is at fault. */
struct sigtags {
	struct slice domain, selector; /* d=, s= as written */
	struct slice identity;	       /* DKIM: i= as written; or empty */
	struct slice identity_domain;  /* what follows its "@" */
	bool identity_below;	       /* it is in a subdomain of d= */
	struct slice algorithm;	       /* a= as written */
	enum signature_algorithm alg;  /* valid when there was no fault */
	enum canon header_canon, body_canon;
	struct slice *headers; /* h=: names as written, without white space */
	size_t nheaders;
	unsigned empty_headers; /* empty elements of h= */
	bool has_length, has_time, has_expires;
	uint64_t length;	/* l=; UINT64_MAX for all that is more */
	uint64_t time, expires; /* t=, x=: seconds since 1970 */
	struct slice body_hash; /* bh= decoded: 32 octets */
	struct slice bh_text;	/* bh= as written */
	struct slice signature; /* b= decoded */
	struct slice b_raw;	/* between "b=" and ";": emptied for hashing */
	enum cv cv;		/* AS only */
	struct slice cv_text;	/* as written */
	struct slice h_tag;	/* AS only: an h= that must not be there */
};

/* Read all tags of list, which stand in a field of that name, into *out.  The
 * first fault found, in the order of the kind's table, goes to *problem, unless
 * there was one before.  -1 with DIAG_MEMORY only. */
int sigtags_read(enum sigkind, struct slice name, const struct taglist *list,
    struct arena *, struct sigtags *out, struct diag *problem,
    struct diag *why);

#endif
