/* SPDX-License-Identifier: BSD-2-Clause */
/* page.h - a chain on one page, for people
 *
 * The page reads downwards in time: the first hop stands first, so that each
 * line is what was done to the message next.  It fits 80 columns, and nothing
 * on it comes from the message without escape.h. */
#ifndef PAGE_H
#define PAGE_H

#include <stdbool.h>

#include "buf.h"
#include "hops.h"
#include "report.h"

struct page {
	const struct report *report; /* its verdict may be CV_MISSING: then
				      * nothing was verified */
	const struct hops *hops;
	bool keys;    /* keys were at hand */
	bool remarks; /* the page ends with the report's remarks */
};

/* The page.  -1 with DIAG_MEMORY. */
int page_chain(struct buf *, const struct page *, struct diag *why);

/* One set: each of its fields with its state and its tags, values whole. */
int page_set(
    struct buf *, const struct page *, unsigned instance, struct diag *why);

/* What only the page knows, as members of a JSON object. */
void page_json(struct json *, const struct page *);

/* Values of each set, one line a set, parted by tabs: names is a list parted by
 * commas, of "i", tags of the seal ("d", "cv"), else of the AMS ("bh"), "as.t"
 * and "ams.t" for one of the two, "aar" for the payload, "time" as a date.
 * instance 0: of all sets. */
void page_fields(
    struct buf *, const struct chain *, struct slice names, unsigned instance);

#endif
