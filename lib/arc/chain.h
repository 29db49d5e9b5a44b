/* SPDX-License-Identifier: BSD-2-Clause */
/* chain.h - ARC Sets by instance, and the shape of the chain
 *
 * chain_collect() finds every ARC field of a message, reads it, and says
 * whether the chain has the shape that steps 1 to 3 of RFC 8617 section 5.2
 * ask for.  No key is needed for that and no body.  A field that is broken in
 * itself is kept with what is wrong with it, so that it can be shown. */
#ifndef CHAIN_H
#define CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "dkim/canon.h"
#include "base/diag.h"
#include "base/limit.h"
#include "mail/message.h"
#include "crypto/signature.h"
#include "base/slice.h"
#include "mail/taglist.h"

/* The highest instance (RFC 8617 section 4.2.1). */
enum {
	CHAIN_MAX = LIMIT_SETS
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

/* The status a cv= value names, in any case (T-11); else CV_MISSING. */
enum cv cv_parse(struct slice word);

enum arc_kind {
	ARC_AAR,
	ARC_AMS,
	ARC_SEAL,
	ARC_KINDS,
};

/* "ARC-Authentication-Results" and so on. */
struct slice arc_name(enum arc_kind);

/* The tags of an AMS or an AS (RFC 6376 section 3.5, RFC 8617 sections 4.1.2
 * and 4.1.3).  What a tag says is there even when another tag is at fault;
 * problem is the first fault found, in the order of the rule table. */
struct sig {
	struct slice domain, selector; /* d=, s= as written */
	struct slice algorithm;	       /* a= as written */
	enum signature_algorithm alg;  /* valid when problem is DIAG_NONE */
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
	struct diag problem;
};

/* One ARC field. */
struct arc_field {
	const struct field *field;
	size_t index; /* of field in its message, from the top */
	enum arc_kind kind;
	unsigned instance;    /* 1 to CHAIN_MAX; 0: belongs to no set */
	bool instance_first;  /* i= stands first */
	struct slice payload; /* AAR: all behind "i=N;" */
	struct taglist tags;  /* AMS, AS */
	struct sig sig;	      /* AMS, AS */
	struct diag problem;  /* why it belongs to no set; else DIAG_NONE */
};

/* An ARC Set: the topmost field of each kind, and how many there are. */
struct arc_set {
	struct arc_field *part[ARC_KINDS]; /* NULL when missing */
	unsigned count[ARC_KINDS];
};

struct chain {
	struct arc_field *field; /* nfields, in physical order */
	size_t nfields;
	unsigned n; /* N: the highest instance found; 0 when none could be
		     * read */
	struct arc_set set[CHAIN_MAX + 1]; /* set[1] to set[n] */
	/* DIAG_NONE: well-formed with N sets.  Else why steps 1 to 3 say
	 * fail.  Without any ARC field: DIAG_NONE and nfields 0. */
	struct diag shape;
	unsigned step; /* of section 5.2 at which shape was decided: 1 to 3;
			* 0 when it was not */
};

/* Collect the ARC fields of m; what *out holds lives in arena and looks into
 * m.  -1 with DIAG_MEMORY only: a broken chain is a result. */
int chain_collect(const struct message *m, struct arena *, struct chain *out,
    struct diag *why);

/* Put what the AMS f signs: the fields of its h=, from the bottom up, and
 * itself with b= emptied (RFC 6376 section 3.7).  -1 when the sink refused. */
struct select;
int chain_put_ams(
    const struct arc_field *f, struct select *, const struct sink *);

/* Put set i whole, each field relaxed with its CRLF: what later seals sign of
 * it.  The set must be complete. */
int chain_put_set(const struct chain *, unsigned i, const struct sink *);

/* Put the end of what AS(i) signs: its AAR, its AMS, itself with b= emptied
 * and no CRLF (RFC 8617 section 5.1.1).  Alone, this is what an AS with
 * cv=fail signs (5.1.2). */
int chain_put_seal(const struct chain *, unsigned i, const struct sink *);

#endif
