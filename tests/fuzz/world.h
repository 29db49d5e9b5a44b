/* SPDX-License-Identifier: BSD-2-Clause */
/* world.h - a DNS for fuzzers: its records are lines of the input
 *
 * Which line a name has is chosen by a hash of the name, so that the same names
 * have the same records in each run. */
#ifndef WORLD_H
#define WORLD_H

#include "base/siphash.h"
#include "fuzz.h"
#include "keys/keystore.h"

enum {
	WORLD_LINES = 64, /* that are read */
};

struct world {
	struct keysource source;
	void (*answer)(const struct world *, const struct question *,
	    struct answer *, struct arena *);
	struct slice line[WORLD_LINES];
	size_t nlines;
	unsigned asked;
};

static inline void
world_forget(struct keysource *s)
{
	(void)s;
}

static inline int
world_ask(struct keysource *s, const struct question questions[], size_t n,
    struct answer answers[], int64_t deadline, struct arena *arena,
    struct diag *why)
{
	struct world *w = (struct world *)(void *)s;

	(void)deadline;
	(void)why;
	for (size_t i = 0; i < n; i++) {
		need(questions[i].name.len > 0);
		w->asked++;
		answers[i] = (struct answer){ .kind = ANSWER_RECORDS };
		w->answer(w, &questions[i], &answers[i], arena);
	}
	return 0;
}

/* The lines of an input; answer() says what one of their names has. */
static inline void
world_init(struct world *w, const uint8_t *p, size_t n,
    void (*answer)(const struct world *, const struct question *,
	struct answer *, struct arena *))
{
	struct slice rest = { (const char *)p, n };

	*w = (struct world){ .source = { .ask = world_ask,
				 .free = world_forget },
		.answer = answer };
	while (w->nlines < WORLD_LINES &&
	       slice_cut(&rest, '\n', &w->line[w->nlines]))
		w->nlines++;
}

/* The number that a name's records are chosen by. */
static inline uint64_t
world_hash(struct slice name)
{
	static const struct siphash fixed = { { 1, 2 } };

	return siphash(&fixed, name);
}

/* Room for the texts of an answer. */
static inline void
world_txt(struct answer *a, size_t n, struct arena *arena)
{
	a->txt = arena_array(arena, n, sizeof *a->txt);
	need(a->txt != NULL);
	a->ntxt = n;
}

#endif
