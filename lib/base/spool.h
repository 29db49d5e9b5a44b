/* SPDX-License-Identifier: BSD-2-Clause */
/* spool.h - a whole message, to be read more than once
 *
 * A filter reads all of its input before it writes its first octet, so that
 * whoever calls it still has the message when something goes wrong.  Up to a
 * limit it is held in memory.  Beyond, a regular file is left where it is and
 * read again, unless it is standard output too; for anything else there is an
 * unlinked temporary file. */
#ifndef SPOOL_H
#define SPOOL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/input.h"
#include "base/slice.h"

enum {
	SPOOL_MEMORY = 16 * 1024 * 1024, /* octets held in memory */
};

struct spool {
	struct buf memory; /* the message, or its beginning */
	int fd;		   /* of the file that has it whole; -1: memory does */
	bool owned;	   /* fd is ours to close */
	uint64_t start;	   /* where in fd it begins */
	uint64_t size;	   /* octets of the message */
	struct stat seen;  /* of a file that is not ours, to see it change */
	bool has_bare_cr;  /* a CR without its LF stands somewhere */
};

/* Looks at the first octets of a message before any is put into a file; what is
 * good for nothing need not be taken any further.  -1 with why. */
struct spool_guard {
	int (*look)(void *ctx, struct slice first, struct diag *why);
	void *ctx;
};

/* Take all that in has, at most so many octets.  -1 with DIAG_READ, DIAG_WRITE
 * (the temporary file), DIAG_LIMIT_MESSAGE, DIAG_MEMORY, or as the guard (which
 * may be NULL) says.  *s is to be released in any case. */
int spool_take(struct spool *s, struct input *in, uint64_t most,
    const struct spool_guard *, struct diag *why);

/* Read the message again, from its first octet.  Belongs to the spool: only one
 * such input at a time. */
int spool_rewind(struct spool *s, struct input *out, struct diag *why);

/* Put the octets from offset on into sink.  -1 with DIAG_READ, also when the
 * file was changed meanwhile, or DIAG_INTERNAL when the sink refused. */
struct sink;
int spool_put(struct spool *, uint64_t offset, uint64_t n, const struct sink *,
    struct diag *why);

/* Whether the file that holds the message is as it was.  -1 with DIAG_READ. */
int spool_unchanged(const struct spool *, struct diag *why);

void spool_release(struct spool *);

#endif
