/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "dkim/bodyhash.h"
#include "crypto/digest.h"

/* One canonicalization at work. */
struct canon_run {
	struct canon_body canon;
	struct digest digest;
	struct bodyhash **limited; /* those with l=, shortest first */
	size_t nlimited, next;	   /* next: the first not reached yet */
	uint64_t seen;
	bool wanted;
};

static int
by_length(const void *a, const void *b)
{
	const struct bodyhash *const *x = a, *const *y = b;

	return ((*x)->length > (*y)->length) - ((*x)->length < (*y)->length);
}

static int
take_digest(const struct canon_run *r, struct bodyhash *b)
{
	struct digest copy;
	struct diag why;

	digest_copy(&copy, &r->digest);
	b->complete = digest_final(&copy, b->digest, &why) == 0;
	digest_release(&copy);
	return b->complete ? 0 : -1;
}

/* The sink behind the canonicalizer: hash, and stop over at each l=. */
static int
run_put(void *ctx, const char *p, size_t n)
{
	struct canon_run *r = ctx;

	while (r->next < r->nlimited) {
		struct bodyhash *b = r->limited[r->next];
		uint64_t left = b->length - r->seen;

		if (left > n)
			break;
		digest_put(&r->digest, p, (size_t)left);
		r->seen += left;
		p += left;
		n -= (size_t)left;
		if (take_digest(r, b) != 0)
			return -1;
		r->next++;
	}
	digest_put(&r->digest, p, n);
	r->seen += n;
	return 0;
}

static int
both_put(void *ctx, const char *p, size_t n)
{
	struct canon_run *run = ctx;

	for (enum canon c = CANON_SIMPLE; c <= CANON_RELAXED; c++)
		if (run[c].wanted && canon_body_put(&run[c].canon, p, n) != 0)
			return -1;
	return 0;
}

static int
run_start(struct canon_run *r, enum canon canon, struct bodyhash want[],
    size_t n, struct arena *arena)
{
	r->limited = arena_array(arena, n, sizeof(struct bodyhash *));
	if (r->limited == NULL)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (want[i].canon != canon)
			continue;
		r->wanted = true;
		if (want[i].has_length)
			r->limited[r->nlimited++] = &want[i];
	}
	if (!r->wanted)
		return 0;
	digest_init(&r->digest);
	qsort(r->limited, r->nlimited, sizeof(struct bodyhash *), by_length);
	canon_body_init(&r->canon, canon, (struct sink){ run_put, r });
	return 0;
}

static int
run_end(struct canon_run *r, enum canon canon, struct bodyhash want[], size_t n)
{
	/* l=0 of an empty body: nothing was put that could have met it. */
	if (canon_body_end(&r->canon) != 0 || run_put(r, "", 0) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (want[i].canon != canon)
			continue;
		want[i].total = r->seen;
		if (!want[i].has_length && take_digest(r, &want[i]) != 0)
			return -1;
	}
	return 0;
}

int
bodyhash_run(struct message *m, struct input *in, struct bodyhash want[],
    size_t n, struct diag *why)
{
	struct canon_run run[2];
	int result = -1;

	memset(run, 0, sizeof run);
	for (enum canon c = CANON_SIMPLE; c <= CANON_RELAXED; c++)
		if (run_start(&run[c], c, want, n, m->arena) != 0) {
			diag_memory(why);
			goto out;
		}
	if (message_body(m, in, &(struct sink){ both_put, run }, why) != 0) {
		/* The only thing that a digest can lack is memory. */
		if (why->code == DIAG_INTERNAL)
			diag_memory(why);
		goto out;
	}
	for (enum canon c = CANON_SIMPLE; c <= CANON_RELAXED; c++)
		if (run[c].wanted && run_end(&run[c], c, want, n) != 0) {
			diag_memory(why);
			goto out;
		}
	m->body_cr =
	    run[CANON_SIMPLE].canon.bare_cr || run[CANON_RELAXED].canon.bare_cr;
	result = 0;
out:
	for (enum canon c = CANON_SIMPLE; c <= CANON_RELAXED; c++)
		digest_release(&run[c].digest);
	return result;
}
