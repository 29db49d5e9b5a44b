/* SPDX-License-Identifier: BSD-2-Clause */
/* sink.h - where a stream of octets goes
 *
 * put() is called any number of times, in order; how the octets are cut into
 * calls means nothing.  It returns 0, or -1 when no more can be taken; the
 * sink then remembers why for whoever owns it. */
#ifndef SINK_H
#define SINK_H

#include <stddef.h>

struct sink {
	int (*put)(void *ctx, const char *p, size_t n);
	void *ctx;
};

static inline int
sink_put(const struct sink *s, const char *p, size_t n)
{
	return n > 0 ? s->put(s->ctx, p, n) : 0;
}

#endif
