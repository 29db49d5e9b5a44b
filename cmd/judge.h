/* SPDX-License-Identifier: BSD-2-Clause */
/* judge.h - one message through every method that is to be checked
 *
 * The methods share one pass over the body, one batch of questions to begin
 * with, one deadline and one budget of checks. */
#ifndef JUDGE_H
#define JUDGE_H

#include "arc/chain.h"
#include "arc/validate.h"
#include "dkim/dkim.h"
#include "dkim/sigcheck.h"
#include "mail/method.h"
#include "dmarc/dmarc.h"
#include "facts.h"
#include "report/report.h"
#include "spf/spf.h"

struct judged {
	const struct auth_methods *methods;
	struct session session;
	struct sigcheck check;
	struct chain chain;	/* not asked for: that of a message that */
	struct verdict verdict; /* has none */
	struct dkim dkim;	/* with METHOD_DKIM or METHOD_DMARC */
	struct spf_verdict spf; /* with METHOD_SPF or METHOD_DMARC, where the
				 * session is known */
	struct dmarc_verdict dmarc; /* with METHOD_DMARC */
};

/* Judge m, whose body comes from in, and which came in a session that facts
 * describe; its chain also when it is asked for without METHOD_ARC.  What *out
 * holds lives as long as m, and *out stays where it is.  -1: no verdict, as
 * validate() and dkim_end() tell.
 */
int judge(struct judged *out, const struct auth_methods *, bool chain,
    struct message *m, struct input *in, const struct facts *,
    struct keystore *, const struct validate_options *, struct diag *why);

/* Say, in words for stderr, which facts a method that was to be checked lacks.
 */
void judge_tell(const struct judged *, const struct cli *, struct buf *words,
    const char *file);

/* Tell a report of it. */
void judge_report(const struct judged *, struct report *);

#endif
