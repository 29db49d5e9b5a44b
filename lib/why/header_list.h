/* SPDX-License-Identifier: BSD-2-Clause */
/* header_list.h - what list software does to the header, all at once
 *
 * A list tags the Subject, puts itself into From and rewrites Content-Type,
 * most often in the same message.  For these fields there are short lists of
 * possible earlier values, each with how often it was seen in real mail; all
 * combinations are tried, the likeliest first. */
#ifndef HEADER_LIST_H
#define HEADER_LIST_H

#include "why/header_case.h"

/* How far to search: the cheap part comes before other searches. */
enum list_reach {
	LIST_NEAR,
	LIST_MIDDLE, /* from here on with what relays do beside it */
	LIST_FAR,
};

/* Returns the number of matching combinations, each recorded as a group. */
size_t explain_list_edits(struct header_case *, enum list_reach);

#endif
