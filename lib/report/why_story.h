/* SPDX-License-Identifier: BSD-2-Clause */
/* why_story.h - findings as people read them: the same change of several
 * signatures is one story, and a few words sum all of them up */
#ifndef WHY_STORY_H
#define WHY_STORY_H

#include "report/report.h"

/* Whether both tell the same change by the same cause, of two signatures. */
bool why_same_story(const struct finding *, const struct finding *);

/* Whether finding k was told with one before it. */
bool why_told_before(const struct explanation *, size_t k);

/* Append one or two lines that sum up why, the first after a label; nothing
 * where nothing is to be told. */
void report_summary(struct buf *, const struct report *, const char *label);

#endif
