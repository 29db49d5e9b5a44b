/* SPDX-License-Identifier: BSD-2-Clause */
/* moment.h - dates as people write them, in UTC (RFC 3339) */
#ifndef MOMENT_H
#define MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* "2026-02-09T14:06:29Z" as seconds since 1970.  False for another form, and
 * for a moment that does not exist or lies before 1970. */
bool moment_parse(struct slice text, int64_t *out);

/* "2026-02-09": the first second of that day. */
bool moment_day(struct slice text, int64_t *out);

enum {
	MOMENT_TEXT = 32 /* room for the text of any moment */
};

/* "2026-02-09 14:06:29"; after the year 9999 the seconds as a number. */
void moment_text(int64_t seconds, char out[MOMENT_TEXT]);

#endif
