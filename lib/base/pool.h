/* SPDX-License-Identifier: BSD-2-Clause */
/* pool.h - many jobs at once, their results in the order of the jobs
 *
 * The calling thread asks for jobs and takes the finished ones, in order; it
 * and other workers do them.  No more than a few jobs a worker are begun and
 * not yet taken, so memory does not grow with the number of jobs. */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

struct pool_tasks {
	void *ctx;
	size_t size; /* octets of a job; it begins zeroed */
	/* Fill the next job: 1, 0 when there is none, -1 with *why. */
	int (*next)(void *ctx, void *job, struct diag *why);
	/* Do it; called by workers, several at once. */
	void (*work)(void *ctx, void *job);
	/* Take it, in order; release what it holds. */
	void (*done)(void *ctx, void *job);
};

/* Run all, with that many workers; one is the calling thread itself, and where
 * fewer threads can be had there are fewer.  -1 with DIAG_MEMORY, or what
 * next() said; jobs begun are taken. */
int pool_run(const struct pool_tasks *, unsigned workers, struct diag *why);

#endif
