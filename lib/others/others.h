/* SPDX-License-Identifier: BSD-2-Clause */
/* others.h - what other implementations would say of a chain
 *
 * A table (others_table.c) has what is documented of how other validators
 * depart from RFC 8617.  A chain is judged by our own engine, with the
 * departures of one implementation applied: what it does not look at is left
 * out, what it asks for besides is asked for.  That is what its documented
 * departures predict, and not what the product says. */
#ifndef OTHERS_H
#define OTHERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arc/chain.h"
#include "arc/validate.h"
#include "base/diag.h"
#include "keys/keystore.h"
#include "mail/message.h"

enum other {
	OTHER_DKIMPY,
	OTHER_EXIM,
	OTHER_KUMOMTA,
	OTHER_MAIL_AUTH,
	OTHER_MAIL_DKIM,
	OTHER_MAILAUTH,
	OTHER_MIMEKIT,
	OTHER_OPENARC,
	OTHER_RSPAMD,
	OTHERS,
};

/* How a departure is known. */
enum other_source {
	OTHER_RUN,	  /* "make peers" runs the implementation */
	OTHER_READ,	  /* its source was read */
	OTHER_DOCUMENTED, /* its documentation says so */
	OTHER_REPORTED,	  /* somebody else saw it */
};
const char *other_source_word(enum other_source);

/* What it then says of a chain that would pass otherwise. */
enum other_effect {
	OTHER_FAILS,
	OTHER_THROWS,	 /* no verdict: it ends with an error */
	OTHER_OVERLOOKS, /* it does not look at what makes a chain fail here */
	OTHER_ASSUMES,	 /* it evaluates something else */
	OTHER_ACCEPTS,	 /* it takes a key, or a signature, that is refused
			  * here: what is verified then, keyreading.h tells */
};

struct other_case {
	enum other who;
	struct message *m;
	struct slice whole; /* the message */
	struct chain *chain;
	const struct verdict *verdict;
	int64_t now;
	bool *memory_short; /* set by a rule that could not be asked */
};

/* Change f as it is seen by others, or the chain.  -1 with DIAG_MEMORY. */
typedef int other_change(
    const struct other_case *, struct sigfield *f, struct diag *why);

/* Where a field has to stand to count. */
enum other_scope {
	OTHER_MESSAGE,	  /* holds() is asked once, with NULL */
	OTHER_ANY_AMS,	  /* of each AMS */
	OTHER_NEWEST_AMS, /* of the newest */
	OTHER_ANY_SEAL,	  /* of each seal */
	OTHER_ANY_SIGNED, /* of each of both */
	OTHER_DECIDING,	  /* of the newest AMS and each seal */
	OTHER_ANY_AAR,	  /* of each AAR */
	OTHER_ANY_ARC,	  /* of each of all three */
};

struct other_row {
	enum other who;
	const char *id;	      /* "arc-seal-in-h": a word for scripts */
	const char *what;     /* a sentence without its end: what it does */
	const char *versions; /* in which this was seen */
	enum other_source source;
	const char *date; /* when the row was recorded, "2026-11-29" */
	enum other_effect effect;
	enum other_scope scope;
	bool (*holds)(const struct other_case *, const struct sigfield *);
	/* OTHER_OVERLOOKS, OTHER_ACCEPTS: of a failure with this code, or
	 * with any for DIAG_NONE, for which holds(), if not NULL, is true too;
	 * and how the chain is to be changed to leave it out. */
	enum diag_code code;
	other_change *change;
};

/* The rows, in the order of their implementations. */
extern const struct other_row other_rows[];
extern const size_t other_nrows;

/* "dkimpy" and so on: as users write it, and as it is written. */
const char *other_name(enum other);
/* The implementation of a name, in any case; OTHERS for none. */
enum other other_named(struct slice name);

/* A row that matters to this message. */
struct other_finding {
	const struct other_row *row;
	unsigned instance;  /* 0: none */
	struct slice field; /* name; or empty */
};

enum {
	OTHER_MAX_FINDINGS = 8
};

struct other_said {
	enum other who;
	const char *word; /* "pass", "fail", "none", "tempfail" or "error" */
	struct other_finding finding[OTHER_MAX_FINDINGS];
	size_t n; /* 0: nothing recorded changes the verdict */
};

/* What the departures of who predict for a message in memory; ours is the
 * verdict reached before.  What *out holds lives as long as the tables.  -1 as
 * validate(). */
int others_judge(enum other who, struct slice whole,
    const struct validate_options *, struct keystore *,
    const struct verdict *ours, struct other_said *out, struct diag *why);

#endif
