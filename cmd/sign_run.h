/* SPDX-License-Identifier: BSD-2-Clause */
/* sign_run.h - arc-sign on one message */
#ifndef SIGN_RUN_H
#define SIGN_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "dkim/canon.h"
#include "arc/chain.h"
#include "cli.h"
#include "facts.h"
#include "mail/method.h"
#include "arc/seal.h"

/* Who says what the chain in front is worth. */
enum sign_cv {
	SIGN_CV_AUTO, /* our own validator; arc= of our A-R may worsen it */
	SIGN_CV_AR,   /* the same, and any arc= but pass does */
	SIGN_CV_WORD, /* + enum cv: the user */
};

struct sign {
	struct cli cli;
	/* Options, as given; NULL without them. */
	const char *domain, *selector, *key_path, *table, *algorithm, *headers,
	    *authserv_id, *ar, *state;
	enum canon header_canon, body_canon;
	int64_t expire_in, expire_at; /* 0: none */
	enum sign_cv cv;
	struct auth_methods methods; /* --check: claimed by our own results */
	struct facts facts;	     /* of the SMTP session */
	bool new_key, no_oversign, check_key, force, strip_ar, no_fail_seal,
	    seal_anyway, headers_only, exit_status, pass_on_error;
};

/* A domain and a selector that a key can stand at; else usage error. */
void sign_check_name(
    const struct sign *, const char *selector, const char *domain);

/* Seal the message at path and write it; the status is s->cli.status.  Not
 * ready: trouble was reported already, so the message is at most passed on. */
void sign_run(struct sign *s, const char *path, bool ready);

#endif
