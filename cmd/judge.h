/* SPDX-License-Identifier: BSD-2-Clause */
/* judge.h - one message through every method that is to be checked
 *
 * The methods share one pass over the body, one batch of keys, one deadline and
 * one budget of checks. */
#ifndef JUDGE_H
#define JUDGE_H

#include "arc/chain.h"
#include "arc/validate.h"
#include "dkim/dkim.h"
#include "dkim/sigcheck.h"
#include "mail/method.h"
#include "report/report.h"

struct judged {
	const struct auth_methods *methods;
	struct sigcheck check;
	struct chain chain;	/* without METHOD_ARC: that of a message */
	struct verdict verdict; /* that has none */
	struct dkim dkim;	/* with METHOD_DKIM */
};

/* Judge m, whose body comes from in.  What *out holds lives as long as m, and
 * *out stays where it is.  -1: no verdict, as validate() and dkim_end() tell.
 */
int judge(struct judged *out, const struct auth_methods *, struct message *m,
    struct input *in, struct keystore *, const struct validate_options *,
    struct diag *why);

/* Tell a report of it. */
void judge_report(const struct judged *, struct report *);

#endif
