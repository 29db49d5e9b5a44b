/* SPDX-License-Identifier: BSD-2-Clause */
/* suite.h - a run over many messages as a test suite
 *
 * What each message was expected to give (a manifest, or one verdict for all),
 * what it gave, and the difference in words, as TAP 13 and as JUnit XML.
 *
 * A manifest has a line a message: path, tab, verdict ("pass", "fail", "none",
 * "tempfail", another result of the method that decides, or "error" for a
 * message without a verdict), and perhaps a tab and a code.  Empty lines and
 * lines that begin with "#" mean nothing.  A path is as it was given on the
 * command line, or seen from the manifest's own directory. */
#ifndef SUITE_H
#define SUITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/slice.h"

/* What one message gave. */
struct outcome {
	const char *name;
	const char *verdict; /* or "error" */
	const char *code;    /* "" when there is none */
	struct slice text;   /* a sentence that tells more */
	double seconds;	     /* that it took */
	bool accepted;	     /* where nothing was expected: it is good */
};

struct suite;

/* NULL when memory is short. */
struct suite *suite_new(void);
void suite_free(struct suite *);

/* Whether a word can be expected. */
bool suite_is_verdict(const char *word);

/* Every message should give this verdict, which outlives the suite. */
void suite_expect(struct suite *, const char *verdict);

/* Every message should give what the manifest says.  With update, a manifest
 * that is not there is empty.  -1 with DIAG_OPEN, DIAG_READ, DIAG_MEMORY, or
 * DIAG_MANIFEST naming the line. */
int suite_manifest(
    struct suite *, const char *path, bool update, struct diag *why);

/* The manifest's messages one after the other, as they are to be opened: a path
 * from the current directory or, where nothing is there, from the manifest's;
 * without what follows the last ":" when they are parts of a file, and none
 * twice in a row.  NULL after the last, or when memory is short (*why).  In
 * the suite's memory. */
const char *suite_path(
    struct suite *, size_t *at, bool parts, struct diag *why);

/* Keep what tap and junit need. */
void suite_want(struct suite *, bool tap, bool junit);

/* How many messages of one kind of difference are shown, where not all are. */
enum {
	SUITE_SHOWN = 100
};

/* Take the outcome of the next message.  TAP lines go to out.  *shown: it is
 * not as expected, and among the first SUITE_SHOWN of that kind.  -1 with
 * DIAG_MEMORY. */
int suite_take(struct suite *, const struct outcome *, struct buf *out,
    bool *shown, struct diag *why);

/* After the last message: the end of TAP goes to out, messages of the manifest
 * that were asked for and did not come are counted.  A run with an expectation
 * and without a message is one difference.  -1 with DIAG_MEMORY. */
struct operands;
int suite_end(
    struct suite *, const struct operands *, struct buf *out, struct diag *why);

/* In the place of that, when the run cannot go on: TAP says so, and why. */
void suite_bail_out(
    const struct suite *, struct buf *out, const struct diag *why);

/* Messages that gave something else than expected, did not come, or were not
 * in the manifest. */
size_t suite_missed(const struct suite *);

/* Counts by verdict, and by code if wanted, for people. */
void suite_summary(const struct suite *, bool codes, struct buf *);

/* Where outcomes differ from what was expected, grouped, for people; of a group
 * SUITE_SHOWN names, or all. */
void suite_difference(const struct suite *, bool all, struct buf *);

/* The whole JUnit XML document. */
void suite_junit(const struct suite *, struct buf *);

/* The manifest as it is now: what was found. */
void suite_updated(const struct suite *, struct buf *);

#endif
