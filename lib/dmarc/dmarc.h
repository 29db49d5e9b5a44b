/* SPDX-License-Identifier: BSD-2-Clause */
/* dmarc.h - whether the author's domain authenticates a message (RFC 9989)
 *
 * The policy that applies and the organizational domains are found by the tree
 * walk of section 4.10, with no list of suffixes.  All names of a walk are
 * asked in one batch; that of the author's domain can go with a batch of
 * somebody else's, those of other identifiers are asked once it is known that
 * these passed and are wanted. */
#ifndef DMARC_H
#define DMARC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/slice.h"
#include "dmarc/record.h"
#include "keys/keystore.h"
#include "mail/message.h"
#include "mail/method.h"

enum {
	DMARC_MAX_WALK = LIMIT_DMARC_WALK, /* names of one walk */
};

/* A domain that DKIM or SPF was asked about: d=, or that of MAIL FROM. */
struct dmarc_identifier {
	enum auth_method method;
	struct slice domain;
	enum auth_result result;
	/* Filled in where it passed and the policy is known: */
	struct slice organizational; /* or empty: not looked for */
	bool aligned;
};

/* One name of the author's walk: what was found at _dmarc. below it. */
struct dmarc_stop {
	struct slice domain;
	enum answer_kind kind;
	bool failed;	 /* that may be another in a minute */
	bool not_asked;	 /* no keys file has it, and the DNS was not asked */
	size_t nrecords; /* DMARC records: one counts, more are discarded */
	struct dmarc_record record; /* the first */
};

struct dmarc_verdict {
	enum auth_result result;
	struct slice domain; /* of the author, as A-labels; or empty */
	struct slice policy_domain, organizational_domain; /* or empty */
	const struct dmarc_record *record; /* that applies; or NULL */
	/* What the domain asks to be done with a message that fails; UNKNOWN
	 * without a record. */
	enum dmarc_policy policy;
	bool exists; /* the author's domain does, as far as was asked */
	const struct dmarc_stop *stop; /* as far as the walk went */
	size_t nstops;
	const struct dmarc_identifier *identifier;
	size_t nidentifiers;
	struct diag why; /* DIAG_NONE when it passes */
};

/* The domain of the author: of all addresses of the only From field, if it is
 * one.
 * It lives in the arena.  -1 with DIAG_DMARC_AUTHOR, DIAG_MEMORY or
 * DIAG_SYSTEM. */
int dmarc_author(const struct message *, struct arena *, struct slice *out,
    struct diag *why);

/* The names that a walk from domain asks for, in the arena; how many.  0 with
 * names untouched when memory is short. */
size_t dmarc_walk(
    struct slice domain, struct arena *, struct question out[DMARC_MAX_WALK]);

/* Evaluate m over what DKIM and SPF found; identifiers are those of the caller,
 * and live as long as *out.  -1 with DIAG_MEMORY, DIAG_SYSTEM or DIAG_WRITE:
 * there is no verdict. */
int dmarc_check(const struct message *m, struct dmarc_identifier identifier[],
    size_t n, struct keystore *, int64_t deadline, struct arena *,
    struct dmarc_verdict *out, struct diag *why);

#endif
