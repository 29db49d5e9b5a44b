/* SPDX-License-Identifier: BSD-2-Clause */
/* buf.h - octets that grow, under a ceiling
 *
 * A buffer remembers its first failure: callers add without looking and ask
 * once at the end.  After a failure nothing more is added, so a buffer is
 * never short of octets in the middle. */
#ifndef BUF_H
#define BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

enum buf_failure {
	BUF_OK,
	BUF_NO_MEMORY,
	BUF_TOO_BIG, /* max would have been passed */
};

struct buf {
	char *p; /* len octets in use; not NUL-terminated */
	size_t len, cap;
	size_t max; /* ceiling in octets; 0 for none */
	enum buf_failure failure;
};

/* A struct buf that is all zero is empty, without a ceiling, and ready. */
void buf_release(struct buf *);

/* Give back the memory that is not in use. */
void buf_fit(struct buf *);

/* Forget the contents, keep the memory.  A failure stays: whoever took what was
 * in there did not look. */
void buf_clear(struct buf *);

/* b fails as part did, which was made to go into it. */
void buf_fail_with(struct buf *b, const struct buf *part);

/* Room for n octets more after p + len: a pointer there, or NULL on failure.
 * The caller adds what it wrote to len. */
char *buf_room(struct buf *, size_t n);

void buf_put(struct buf *, const void *p, size_t n);
void buf_slice(struct buf *, struct slice s);
void buf_text(struct buf *, const char *s);
void buf_printf(struct buf *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Put n octets as 2 n hexadecimal digits, in lower case. */
void buf_hex(struct buf *, const void *p, size_t n);

static inline void
buf_char(struct buf *b, char c)
{
	if (b->len < b->cap && b->failure == BUF_OK)
		b->p[b->len++] = c;
	else
		buf_put(b, &c, 1);
}

/* What has been put so far; valid until the next call that adds. */
struct slice buf_view(const struct buf *);

#endif
