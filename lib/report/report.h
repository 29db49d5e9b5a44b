/* SPDX-License-Identifier: BSD-2-Clause */
/* report.h - a verdict as text for people and as JSON for programs
 *
 * Both are rendered from the same struct, into a buffer whose failure the
 * caller looks at.  Text of a message comes out inert (escape.h). */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>

#include "base/buf.h"
#include "arc/chain.h"
#include "base/diag.h"
#include "why/why.h"
#include "base/json.h"
#include "arc/lint.h"
#include "mail/message.h"
#include "arc/trust.h"
#include "others/others.h"
#include "mail/authres.h"
#include "arc/validate.h"
#include "dkim/dkim.h"
#include "dmarc/dmarc.h"
#include "mail/method.h"
#include "spf/spf.h"

struct report {
	const char *file; /* as the user named it */
	bool named;	  /* text: begin with "FILE: " */
	bool aligned;	  /* and put what was found in front of that, in a
			   * column of its own, for a terminal */
	bool color;	  /* text: SGR colours */
	bool verbose;	  /* text: digests and legends too */
	size_t columns;	  /* of the terminal that shows a page; 0: a pipe, where
			   * lines are wrapped at 80 and nothing is cut */
	const struct message *message;
	const struct chain *chain;
	const struct verdict *verdict;
	bool without_arc; /* the chain was not to be checked: chain and
			   * verdict are those of a message without one */
	const struct auth_methods *methods; /* that were to be checked */
	const struct dkim *dkim;	    /* NULL: not to be checked */
	const struct spf_verdict *spf;	    /* NULL: not to be checked, or the
					     * session is not known */
	struct slice remote_ip;		    /* of the session; or empty */
	const struct dmarc_verdict *dmarc;  /* NULL: not to be checked */
	bool by_dkim_alone; /* dmarc had no SPF: the session is not known */
	const struct remarks *remarks;
	const struct explanation *why;	 /* NULL: nobody asked */
	const struct trusted *trusted;	 /* the same */
	const struct other_said *others; /* what nothers implementations would
					  * say */
	size_t nothers;
	unsigned set; /* JSON: this ARC Set only; 0: all */
	/* More members for the JSON object; or NULL. */
	void (*more)(struct json *, const void *more_ctx);
	const void *more_ctx;
	/* JSON: a set is written, and what is in the buffer may go out; or
	 * NULL.
	 */
	void (*spill)(void *spill_ctx);
	void *spill_ctx;
};

/* "pass", "fail", "none" or "tempfail": the first word of the line. */
const char *report_word(const struct verdict *);

/* One line: verdict, instance, what decided. */
void report_line(struct buf *, const struct report *);

/* A line for each result of the other methods that were checked. */
void report_methods(struct buf *, const struct report *);

/* What a method says of the message, when it was checked (else what ARC says);
 * *why, if not NULL,
 * gets the reason, or NULL. */
enum auth_result report_result(
    const struct report *, enum auth_method, const struct diag **why);

/* Whether the method was to be checked and could not be, as the session is not
 * known. */
bool report_lacks(const struct report *, enum auth_method);

/* More of the same for --verbose: how SPF and DMARC came to their results. */
void report_methods_details(struct buf *, const struct report *);

/* The members "spf" and "dmarc" of a JSON object, where they were checked. */
void report_domains_json(struct json *, const struct report *);

/* The lines of SPF and DMARC, without what begins a line. */
void report_spf_line(struct buf *, const struct report *);
void report_dmarc_line(struct buf *, const struct report *);

/* The member "dkim" of a JSON object. */
void report_dkim_json(struct json *, const struct dkim *);

/* More lines for --verbose, each indented: the step that decided, every set,
 * the remarks. */
void report_details(struct buf *, const struct report *);

/* Append what would put it right: for a DKIM-Signature "sign" where a hop of
 * ARC would seal. */
void report_fix(struct buf *, const struct finding *);

/* Lines for --why: a summary, then each finding with what fails, what would
 * make it verify, who, and what to do. */
void report_why(struct buf *, const struct report *);

/* Lines for --why with --verbose: what each signature says of the message as it
 * came. */
void report_witnesses(struct buf *, const struct report *);

/* Lines for --trusted: the sets that are, where that ends and why, what the AAR
 * that may be used says, and the comment for a DMARC report. */
void report_trust(struct buf *, const struct report *);

/* The member "trusted" of a JSON object. */
void report_trust_json(struct json *, const struct report *);

/* The same for a field, in a comment of our own words and numbers alone. */
void report_trust_comment(struct buf *, const struct report *);

/* Lines for --as, one for each implementation and each departure that matters;
 * the member "as" of a JSON object, where somebody asked. */
void report_others(struct buf *, const struct report *);
void report_others_json(struct json *, const struct report *);

/* The table that --as list prints. */
void report_others_list(struct buf *);

/* Who is meant by a finding, in words. */
void report_by(struct buf *, const struct report *, const struct finding *);

/* The members "why" and "summary" of a JSON object: an empty array and null
 * where nobody asked.  -1 when memory is short. */
int report_why_json(struct json *, const struct report *);

/* One line with one JSON object.  -1 with DIAG_MEMORY. */
int report_json(struct buf *, const struct report *, struct diag *why);

/* Put the results of the methods that were checked, word by word, as
 * Authentication-Results has them (RFC 8601): ARC, DKIM, SPF, DMARC; a ";" ends
 * the last word of each but the last.  What could not be checked is left out.
 * Of the text of the message only domains, selectors, what is plain of a
 * verified i=, and the first octets of b= are in them.  A failure stays with
 * the buffer, which is for words on their way. */
void report_results(
    const struct report *, const struct authres_words *, struct buf *word);

/* The Authentication-Results field that an MTA with that authserv-id would
 * write, folded, with these line ends. */
void report_ar(struct buf *, const struct report *r, struct slice authserv_id,
    const char *eol);

/* One line for a DMARC report (RFC 8617 section 7.2.2): the verdict, and of a
 * chain that passes every seal's domain and selector, newest first, and the
 * remote addresses that its AARs tell. */
void report_dmarc(struct buf *, const struct report *);

/* The JSON line of a message for which there is no verdict: arc is null, and
 * "error" tells. */
void report_json_trouble(
    struct buf *, const char *file, const struct diag *why);

#endif
