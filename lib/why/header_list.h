/* SPDX-License-Identifier: BSD-2-Clause */
/* header_list.h - what list software does to the header, all at once
 *
 * A list tags the Subject, puts itself into From and writes Content-Type anew,
 * most often in one message.  For these fields there are short lists of what
 * they were, each with how often it was seen in real mail; all choices are
 * tried, the likeliest first. */
#ifndef HEADER_LIST_H
#define HEADER_LIST_H

#include "why/header_case.h"

/* How far to go: what is soon done comes before other searches. */
enum list_reach {
	LIST_NEAR,
	LIST_FAR,
};

/* How many choices match, each noted as a group. */
size_t explain_list_edits(struct header_case *, enum list_reach);

#endif
