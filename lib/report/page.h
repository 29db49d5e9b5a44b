/* SPDX-License-Identifier: BSD-2-Clause */
/* page.h - a chain on one page, for people
 *
 * The verdict and who it was come first.  The table below reads downwards in
 * time: the first hop stands first, so that each line is what was done to the
 * message next.  The page fits 80 columns, and nothing on it comes from the
 * message without escape.h. */
#ifndef PAGE_H
#define PAGE_H

#include <stdbool.h>

#include "base/buf.h"
#include "report/hops.h"
#include "report/report.h"

struct page {
	const struct report *report; /* its verdict may be CV_MISSING: then
				      * nothing was verified */
	const struct hops *hops;
	const struct dkim *dkim; /* to be shown as well; or NULL */
	int64_t now;		 /* seconds since 1970, for ages */
	bool keys;		 /* keys were at hand */
	bool full_why;		 /* why is printed in full elsewhere */
	bool remarks;		 /* the page ends with the report's remarks */
};

/* The page.  -1 with DIAG_MEMORY. */
int page_chain(struct buf *, const struct page *, struct diag *why);

/* One set: each of its fields with its state and its tags, values whole. */
int page_set(
    struct buf *, const struct page *, unsigned instance, struct diag *why);

/* The state of a field in a word of at most five letters: "pass", "fail",
 * "body", "temp", "gone", or "?" when it was not checked. */
const char *page_state(const struct sigfield *, const struct sigresult *);

/* "+60s": the time since the hop before; "" when it is not known. */
enum {
	PAGE_GAP = 32
};
void page_gap(const struct hop *, char out[PAGE_GAP]);

/* Why a field has a line of its own; NULL when it has none. */
const struct diag *page_fault(const struct report *, const struct sigfield *);

/* Whether it points at octets of that field. */
bool page_points(const struct diag *, const struct sigfield *);

/* What only the page knows, as members of a JSON object. */
void page_json(struct json *, const struct page *);

/* Values of each set, one line a set, parted by tabs: names is a list parted by
 * commas, of "i", tags of the seal ("d", "cv"), else of the AMS ("bh"), "as.t"
 * and "ams.t" for one of the two, "aar" for the payload, "time" as a date; all
 * without folds.
 * instance 0: of all sets. */
void page_fields(
    struct buf *, const struct chain *, struct slice names, unsigned instance);

#endif
