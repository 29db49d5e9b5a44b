/* SPDX-License-Identifier: BSD-2-Clause */
/* hops.h - who handled a message, when, what each claimed, and what is odd
 *
 * What a page about a chain tells besides the verdict: a hop for each ARC Set,
 * and the contradictions between what the sets say.  Nothing here needs a key;
 * nothing changes a verdict. */
#ifndef HOPS_H
#define HOPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/authres.h"
#include "arc/chain.h"
#include "base/diag.h"
#include "why/why.h"
#include "arc/lint.h"
#include "mail/message.h"
#include "arc/validate.h"

/* What an AAR claims of one method, each word cut to HOP_CLAIM octets. */
struct hop_claim {
	struct slice method, result;
};

enum {
	HOP_CLAIM = 64
};

struct hop {
	unsigned instance;
	bool present; /* a field of the set is there */
	struct slice domain, selector;
	bool has_time, has_gap;
	int64_t time; /* seconds since 1970, as the seal says, else the AMS */
	int64_t gap;  /* seconds since the hop before */
	bool has_aar, none; /* none: its AAR says that nothing was checked */
	struct slice authserv_id;
	struct hop_claim *claim; /* nclaims of them */
	size_t nclaims;
	/* The nearest Received field whose "by" is of the hop's authserv-id or
	 * domain; slices empty where there is none. */
	struct slice received_from, received_by;
};

enum oddity_code {
	ODD_CV_AND_CLAIM,
	ODD_TIME_BACKWARDS,
	ODD_AUTHSERV_ID,
	ODD_FROM_UNSIGNED,
	ODD_BODY_PARTIAL,
	ODD_FROM_TWICE,
	ODD_ORDER,
	ODD_FALSE_FAIL,
	ODD_COUNT,
};

/* Its word, clause, a sentence of what it is, and what to do. */
const struct lint_info *oddity_info(enum oddity_code);

/* One contradiction. */
struct oddity {
	enum oddity_code code;
	unsigned instance; /* 0: of the whole message */
	char text[200];	   /* a sentence, printable ASCII */
};

enum {
	HOPS_MAX_ODDITIES = 8 * CHAIN_MAX
};

struct hops {
	struct hop hop[CHAIN_MAX + 1]; /* by instance; hop[1] to hop[n] */
	unsigned n;
	struct oddity *odd; /* nodd of them, by ascending instance */
	size_t nodd;
};

/* Find it all.  reasons may be NULL.  Lives in m's arena and looks into m.  -1
 * with DIAG_MEMORY. */
int hops_collect(const struct message *m, const struct chain *,
    const struct verdict *, const struct explanation *reasons, struct hops *h,
    struct diag *why);

#endif
