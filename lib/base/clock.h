/* SPDX-License-Identifier: BSD-2-Clause */
/* clock.h - the clock that deadlines and durations are measured with */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

enum {
	CLOCK_SECOND = 1000 * 1000 * 1000 /* in the units of clock_now() */
};

/* Nanoseconds since a moment before the process began.  Never goes back,
 * whoever sets the date. */
int64_t clock_now(void);

#endif
