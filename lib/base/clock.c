/* SPDX-License-Identifier: BSD-2-Clause */
#include <time.h>

#include "base/clock.h"

int64_t
clock_now(void)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * CLOCK_SECOND + t.tv_nsec;
}
