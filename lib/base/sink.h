/* SPDX-License-Identifier: BSD-2-Clause */
/* sink.h - where a stream of octets goes
 *
 * put() is called any number of times, in order; how the octets are cut into
 * calls means nothing.  It returns 0, or -1 when no more can be taken; the
 * sink then remembers why for whoever owns it. */
#ifndef SINK_H
#define SINK_H

#include <stddef.h>
#include <string.h>

struct sink {
	int (*put)(void *ctx, const char *p, size_t n);
	void *ctx;
};

static inline int
sink_put(const struct sink *s, const char *p, size_t n)
{
	return n > 0 ? s->put(s->ctx, p, n) : 0;
}

/* Small puts on their way to a sink, as few larger ones.  Starts as { 0 }; what
 * is in it reaches the sink with gather_flush(). */
struct gather {
	size_t n;
	char octets[256];
};

static inline int
gather_flush(struct gather *g, const struct sink *sink)
{
	size_t n = g->n;

	g->n = 0;
	return sink_put(sink, g->octets, n);
}

static inline int
gather_put(struct gather *g, const struct sink *sink, const char *p, size_t n)
{
	if (n > sizeof g->octets - g->n && gather_flush(g, sink) != 0)
		return -1;
	if (n > sizeof g->octets / 2)
		return gather_flush(g, sink) != 0 ? -1 : sink_put(sink, p, n);
	if (n > 0)
		memcpy(g->octets + g->n, p, n);
	g->n += n;
	return 0;
}

#endif
