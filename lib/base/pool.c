/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

/* Jobs a worker that may be begun and not yet taken. */
enum {
	AHEAD = 8
};

struct job {
	void *own; /* size octets */
	bool finished;
};

struct pool {
	const struct pool_tasks *tasks;
	pthread_mutex_t lock;
	pthread_cond_t work, finished;
	struct job *ring; /* nring of them; job number n is at n % nring */
	size_t nring;
	size_t taken, begun, filled; /* numbers: taken <= begun <= filled */
	bool waiting;		     /* the caller, for the oldest job */
	bool closed;		     /* no more will be filled */
};

/* Do the next job; with the lock held, but not while it is done. */
static void
work_next(struct pool *p)
{
	struct job *j = &p->ring[p->begun++ % p->nring];

	pthread_mutex_unlock(&p->lock);
	p->tasks->work(p->tasks->ctx, j->own);
	pthread_mutex_lock(&p->lock);
	j->finished = true;
	if (p->waiting)
		pthread_cond_signal(&p->finished);
}

static void *
worker(void *arg)
{
	struct pool *p = arg;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (p->begun == p->filled && !p->closed)
			pthread_cond_wait(&p->work, &p->lock);
		if (p->begun == p->filled)
			break;
		work_next(p);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Take what is finished, from the oldest on.  Where that is nothing, do a job,
 * or wait for the oldest when all are begun: a worker that slept while another
 * wakes it for each job would cost more than what it does. */
static void
take(struct pool *p)
{
	size_t n = p->taken;

	pthread_mutex_lock(&p->lock);
	if (!p->ring[n % p->nring].finished && p->begun < p->filled)
		work_next(p);
	p->waiting = true;
	while (p->begun == p->filled && !p->ring[n % p->nring].finished)
		pthread_cond_wait(&p->finished, &p->lock);
	p->waiting = false;
	while (n < p->filled && p->ring[n % p->nring].finished)
		n++;
	pthread_mutex_unlock(&p->lock);
	while (p->taken < n)
		p->tasks->done(
		    p->tasks->ctx, p->ring[p->taken++ % p->nring].own);
}

static int
fill(struct pool *p, struct diag *why)
{
	struct job *j = &p->ring[p->filled % p->nring];

	memset(j->own, 0, p->tasks->size);
	int more = p->tasks->next(p->tasks->ctx, j->own, why);

	if (more > 0) {
		pthread_mutex_lock(&p->lock);
		j->finished = false;
		p->filled++;
		pthread_cond_signal(&p->work);
		pthread_mutex_unlock(&p->lock);
	}
	return more;
}

/* Fill, do, take, until all is taken. */
static int
feed(struct pool *p, struct diag *why)
{
	int more = 1;

	while (more > 0 || p->taken < p->filled) {
		if (more > 0 && p->filled - p->taken < p->nring)
			more = fill(p, why);
		else
			take(p);
	}
	return more;
}

static int
run_alone(const struct pool_tasks *t, struct diag *why)
{
	void *job = malloc(t->size);
	int more = 1;

	if (job == NULL)
		return diag_memory(why);
	while (more > 0) {
		memset(job, 0, t->size);
		more = t->next(t->ctx, job, why);
		if (more <= 0)
			break;
		t->work(t->ctx, job);
		t->done(t->ctx, job);
	}
	free(job);
	return more;
}

/* The caller is a worker too; where no thread can be had it is the only one. */
static int
run_threads(
    struct pool *p, pthread_t *thread, unsigned workers, struct diag *why)
{
	unsigned started = 0;

	while (started + 1 < workers &&
	       pthread_create(&thread[started], NULL, worker, p) == 0)
		started++;
	int result = feed(p, why);

	pthread_mutex_lock(&p->lock);
	p->closed = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	while (started > 0)
		pthread_join(thread[--started], NULL);
	return result;
}

int
pool_run(const struct pool_tasks *tasks, unsigned workers, struct diag *why)
{
	if (workers <= 1)
		return run_alone(tasks, why);
	struct pool p = { .tasks = tasks, .nring = (size_t)workers * AHEAD };
	pthread_t *thread = calloc(workers, sizeof *thread);
	char *jobs = calloc(p.nring, tasks->size);
	int result = -1;

	p.ring = calloc(p.nring, sizeof *p.ring);
	if (thread == NULL || jobs == NULL || p.ring == NULL) {
		diag_memory(why);
	} else {
		for (size_t i = 0; i < p.nring; i++)
			p.ring[i].own = jobs + i * tasks->size;
		pthread_mutex_init(&p.lock, NULL);
		pthread_cond_init(&p.work, NULL);
		pthread_cond_init(&p.finished, NULL);
		result = run_threads(&p, thread, workers, why);
		pthread_cond_destroy(&p.finished);
		pthread_cond_destroy(&p.work);
		pthread_mutex_destroy(&p.lock);
	}
	free(p.ring);
	free(jobs);
	free(thread);
	return result;
}
