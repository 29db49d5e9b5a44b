/* SPDX-License-Identifier: BSD-2-Clause */
/* summary.h - why many messages fail: which cause at which hop, of which
 * domain, how often, and since when
 *
 * A worker notes the causes of its message, each once, in octets that no longer
 * need the message; the notes are taken in whatever order messages end, and
 * what is reported of them does not depend on it. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"
#include "report/report.h"

enum {
	SUMMARY_ROWS = 20000, /* different ones that are kept; of what comes
			       * after these only the number is reported */
	SUMMARY_SHOWN = 100,  /* that people are shown, where not all are */
};

struct summary;

/* Of runs that this method decides; NULL when memory is short. */
struct summary *summary_new(enum auth_method);
void summary_free(struct summary *);

/* Append to note what r->why found. */
void summary_note(const struct report *r, struct buf *note);

/* Count a message with these notes; empty for one without a verdict.  -1 with
 * DIAG_MEMORY. */
int summary_take(struct summary *, struct slice note, struct diag *why);

/* A table for people, most frequent causes first: SUMMARY_SHOWN of them, or
 * all.  -1 with DIAG_MEMORY. */
int summary_text(struct summary *, bool all, struct buf *, struct diag *why);

/* The same as one line with one JSON object, with all of them. */
int summary_json(struct summary *, struct buf *, struct diag *why);

#endif
