/* SPDX-License-Identifier: BSD-2-Clause */
/* trust.h - whose seals count, and what may be taken from a chain for DMARC
 *
 * Anybody can seal anything, so a valid chain says who claims and not that it
 * is so (RFC 8617 sections 9.3 to 9.5).  A receiver that wants to use a chain
 * names the sealing domains it believes, in a file:
 *
 *	# domain or .suffix   until, or -   note
 *	lists.example.org     2027-06-30    our own lists
 *	.forwarder.example    -             all that they run
 *
 * From the newest seal down, sets count as long as their sealers are in the
 * file.  The oldest set that counts tells how the message came to the people
 * who are trusted: its AAR takes the place of our own checks when a
 * message fails DMARC here (section 7.2.1).
 *
 * It fails closed.  Nothing is trusted of a chain that is not valid, or whose
 * newest message signature leaves part of the body open, or of a header that
 * others may read in another way; nor when the newest
 * sealer is not in the file, whoever sealed before.  What is unclear about the
 * author or about a result does not count.
 *
 * About alignment: DMARC's relaxed mode compares Organizational Domains, and
 * for these one needs the list of public suffixes or a walk through the DNS.
 * Here there is neither.  ALIGNED_STRICT is certain.  ALIGNED_SUFFIX says that
 * one name is the other, or below it: it misses neighbours (a.example.org for
 * b.example.org), and it is wrong where the upper one is a public suffix of two
 * labels or more (co.uk), which it does not know. */
#ifndef TRUST_H
#define TRUST_H

#include <stddef.h>
#include <stdint.h>

#include "arc/chain.h"
#include "base/diag.h"
#include "mail/message.h"
#include "arc/validate.h"

/* A line of the file. */
struct trust_entry {
	struct slice domain; /* in lower case, A-labels; a suffix with its "."
			      */
	struct slice note;   /* the rest of the line, as written */
	struct slice day; /* the last one that counts, as written; or empty */
	int64_t end;	  /* the second after that day, UTC */
	size_t line;
};

struct trust;

/* Read a file.  *out is the caller's, to end with trust_free(); it is not
 * changed any more, so threads may share it.  -1 with DIAG_OPEN, DIAG_READ,
 * DIAG_MEMORY, DIAG_SYSTEM (idn.h), or DIAG_TRUST with the number of the line:
 * no domain of two labels, no date, or a domain that stands there twice. */
int trust_read(const char *path, struct trust **out, struct diag *why);
void trust_free(struct trust *);

enum alignment {
	ALIGNED_NOT,
	ALIGNED_SUFFIX,
	ALIGNED_STRICT,
};

/* "none", "suffix", "strict". */
const char *alignment_word(enum alignment);

/* What the usable AAR says for the author; the strongest that holds. */
enum trust_claim {
	CLAIM_NONE,
	CLAIM_SUFFIX, /* dkim or spf pass, aligned by suffix */
	CLAIM_STRICT, /* dkim or spf pass, aligned strictly */
	CLAIM_DMARC,  /* dmarc=pass for this very author domain */
};

/* "none", "suffix", "strict", "dmarc". */
const char *trust_claim_word(enum trust_claim);

/* A dmarc, dkim or spf result of that AAR that is pass, and whom it is about;
 * texts as the AAR has them. */
struct trust_result {
	struct slice method;	 /* "dkim" */
	struct slice property;	 /* "header.d"; empty: it names nobody */
	struct slice identifier; /* "example.org"; empty likewise */
	enum alignment alignment;
};

/* Why no more sets are trusted. */
enum trust_stop {
	TRUST_ALL,	/* all of them are */
	TRUST_NO_CHAIN, /* the chain is not valid */
	TRUST_BARE_CR,	/* the header has a CR without its LF, so that readers
			 * may see two From */
	TRUST_PARTIAL,	/* the newest message signature leaves body open */
	TRUST_UNLISTED, /* the sealer below is not in the file */
	TRUST_EXPIRED,	/* it is, but that entry has expired */
};

/* "all", "no-chain", "bare-cr", "partial-body", "unlisted", "expired". */
const char *trust_stop_word(enum trust_stop);

struct trusted {
	unsigned depth;	   /* so many sets, from the newest, are trusted */
	unsigned instance; /* the oldest of them: its AAR is usable; or 0 */
	enum trust_stop stop;
	unsigned stopped; /* the instance below, for TRUST_UNLISTED and
			   * TRUST_EXPIRED; or 0 */
	/* Which line trusts the sealer, by instance; at stopped the one that
	 * has expired. */
	const struct trust_entry *entry[CHAIN_MAX + 1];
	struct slice author; /* in the form of an entry; NULL pointer when two
			      * readers may see two authors, or none */
	bool refuted;	     /* the AAR says dmarc=fail: so no claim counts */
	enum trust_claim claim;
	struct trust_result *result;
	size_t nresults;
};

/* Judge a chain that was validated at the time now.  *out lives in m's arena,
 * its entries in t.  -1 with DIAG_MEMORY, or DIAG_SYSTEM. */
int trust_judge(const struct trust *t, const struct message *m,
    const struct chain *, const struct verdict *, int64_t now,
    struct trusted *out, struct diag *why);

#endif
