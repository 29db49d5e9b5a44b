/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/shortage.h"

enum {
	LARGE =
	    64 * 1024, /* octets, from which on a buffer grows by an eighth */
};

void
buf_release(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ .max = b->max };
}

void
buf_fit(struct buf *b)
{
	char *p = b->len > 0 ? realloc(b->p, b->len) : NULL;

	if (p != NULL) {
		b->p = p;
		b->cap = b->len;
	}
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
}

void
buf_fail_with(struct buf *b, const struct buf *part)
{
	if (b->failure == BUF_OK)
		b->failure = part->failure;
}

static char *
buf_fail(struct buf *b, enum buf_failure why)
{
	b->failure = why;
	if (why == BUF_NO_MEMORY)
		shortage_note();
	return NULL;
}

char *
buf_room(struct buf *b, size_t n)
{
	if (b->failure != BUF_OK)
		return NULL;
	if (n > SIZE_MAX / 4 || b->len > SIZE_MAX / 4)
		return buf_fail(b, BUF_TOO_BIG);
	size_t need = b->len + n;

	if (b->max != 0 && need > b->max)
		return buf_fail(b, BUF_TOO_BIG);
	if (need > b->cap || b->p == NULL) {
		/* What is large is not made twice what it needs. */
		size_t cap = b->cap + (b->cap < LARGE ? b->cap : b->cap / 8);

		if (cap < 256)
			cap = 256;
		if (cap < need)
			cap = need;
		if (b->max != 0 && cap > b->max)
			cap = b->max;
		char *p = realloc(b->p, cap);

		if (p == NULL)
			return buf_fail(b, BUF_NO_MEMORY);
		b->p = p;
		b->cap = cap;
	}
	return b->p + b->len;
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	char *to = buf_room(b, n);

	if (to != NULL) {
		memcpy(to, p, n);
		b->len += n;
	}
}

void
buf_slice(struct buf *b, struct slice s)
{
	buf_put(b, s.p, s.len);
}

void
buf_text(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	int n = vsnprintf(NULL, 0, format, ap);

	va_end(ap);
	if (n < 0) {
		buf_fail(b, BUF_NO_MEMORY);
		return;
	}
	char *to = buf_room(b, (size_t)n + 1);

	if (to == NULL)
		return;
	va_start(ap, format);
	vsnprintf(to, (size_t)n + 1, format, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void
buf_hex(struct buf *b, const void *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *octets = p;

	for (size_t i = 0; i < n; i++) {
		buf_char(b, digits[octets[i] >> 4]);
		buf_char(b, digits[octets[i] & 15]);
	}
}

struct slice
buf_view(const struct buf *b)
{
	return (struct slice){ b->p, b->len };
}
