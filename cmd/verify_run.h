/* SPDX-License-Identifier: BSD-2-Clause */
/* verify_run.h - arc-verify over all its messages: workers, order, totals */
#ifndef VERIFY_RUN_H
#define VERIFY_RUN_H

#include <stdbool.h>

#include "cli.h"
#include "facts.h"
#include "corpus/operands.h"
#include "corpus/suite.h"
#include "arc/trust.h"
#include "mail/method.h"
#include "others/others.h"

struct verify {
	struct cli cli;
	struct auth_methods methods; /* --check; the first decides */
	/* --accept: results that are, of each method; 0: whatever it says, but
	 * of the one that decides. */
	unsigned accept[METHODS];
	const char *accept_list; /* as it was given */
	struct operands_options operands;
	unsigned jobs;
	const char *expect, *manifest, *junit, *state, *trusted;
	bool update, tap, merge, no_sandbox;
	bool why;	     /* explain */
	bool summary;	     /* and sum that up in the end */
	unsigned effort;     /* times the budget of that */
	bool as[OTHERS];     /* what this one would say */
	bool asks;	     /* some of these are set */
	const char *repair;  /* file for the message as it was signed */
	struct trust *trust; /* what --trusted has; or NULL */
	/* For the Authentication-Results field: */
	const char *authserv_id;
	struct facts facts; /* of the SMTP session */
	bool annotate, field_only, dmarc, pass_on_error;
	bool chain;    /* has to be known even where it is not in methods */
	bool many;     /* more than one message may come: lines begin with the
			* file's name, and totals are printed */
	bool terminal; /* is what stdout is */
};

/* The exit status that a result of that method asks for: 0 when it is
 * accepted. */
int verify_status(const struct verify *v, enum auth_method, enum auth_result);

/* Take what the operands, files of NDJSON, say of their messages.  -1 with
 * DIAG_MEMORY; a file that cannot be used is reported at once. */
int verify_merge(
    struct verify *v, struct suite *, struct operands *, struct diag *why);

/* Leave the verdict for arc-sign --state, in the file v->state.  -1 with
 * DIAG_WRITE or DIAG_MEMORY. */
int verify_write_state(const struct verify *v, const struct chain *,
    const struct verdict *, struct diag *why);

/* Write the message at path with its Authentication-Results field, or that
 * field alone; the status is v->cli.status, 0 whatever the verdict.  Not ready:
 * trouble was reported already, so the message is at most passed on. */
void verify_annotate(struct verify *v, const char *path, bool ready);

/* Verify everything; the status is v->cli.status. */
void verify_run(struct verify *v);

#endif
