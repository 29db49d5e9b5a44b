/* SPDX-License-Identifier: BSD-2-Clause */
/* operands.h - from the words of a command line to single messages
 *
 * A file is a message, a directory is walked (in the order of names; a Maildir
 * gives what is in cur and new), an mbox gives its messages one by one.
 * Nothing is read ahead: a walk over a hundred thousand files costs no more
 * memory than one over ten.  What cannot be reached is a source too, with its
 * error, so that it troubles one message and not the run. */
#ifndef OPERANDS_H
#define OPERANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"
#include "base/input.h"

/* Where one message is. */
struct source {
	char *name; /* as it is shown: the path, or "path:number" */
	char *path; /* to open; "-" is standard input */
	bool part;  /* octets offset to offset + length of an mbox */
	uint64_t offset, length;
	uint64_t whole; /* its other length, and what is odd about it: mbox.h */
	bool cut, torn;
	char *octets; /* length of them, where they are at hand: a message that
		       * was attached to that at path; or NULL */
	struct diag problem; /* DIAG_OPEN or DIAG_READ: it cannot be had; or
			      * DIAG_NO_MESSAGE, DIAG_LIMIT_MESSAGE,
			      * DIAG_LIMIT_PARTS: nor what is attached to it */
};

void source_release(struct source *);

struct operands;

struct operands_options {
	char *const *words; /* the operands; nwords of them */
	size_t nwords;
	const char *files0_from;   /* or NULL: NUL-separated operands, "-" is
				    * standard input */
	bool mbox;		   /* each file is an mbox */
	bool attached;		   /* what is attached to each file, in place
				    * of it */
	size_t limit;		   /* octets of a file that is held for that */
	unsigned shard, nshards;   /* 1 to nshards: take only what falls to this
				    * one by a hash of its name; 0/0: all */
	const char *const *except; /* files that a walk passes over, as they
				    * are the run's own; nexcept of them */
	size_t nexcept;
	const char *const *include; /* globs: of the files of a walk only those
				     * whose name, or path where the glob has
				     * a "/", is one of ninclude; 0: all */
	size_t ninclude;
};

/* NULL with DIAG_MEMORY, DIAG_OPEN or DIAG_READ (of files0_from). */
struct operands *operands_new(
    const struct operands_options *, struct diag *why);

/* The next message: 1, *out being the caller's to release; 0 at the end; -1
 * with DIAG_MEMORY. */
int operands_next(struct operands *, struct source *out, struct diag *why);

/* Whether a file of that path would have come: it is below a directory that was
 * walked and not left out, or a message of an mbox that was read. */
bool operands_covers(const struct operands *, struct slice path);

void operands_free(struct operands *);

#endif
