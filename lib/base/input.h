/* SPDX-License-Identifier: BSD-2-Clause */
/* input.h - where the octets of a message come from
 *
 * A descriptor, or octets already in memory, or those and then a descriptor;
 * all are read in pieces by the same call.  Only a read of zero octets is the
 * end: EINTR is tried again, and EAGAIN waits.  An input belongs to one thread.
 */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/slice.h"

/* Octets read at a time; measured as good as mmap(2) at a fraction of its
 * memory. */
enum {
	INPUT_PIECE = 64 * 1024
};

struct input {
	int fd;		     /* -1: none */
	bool owned;	     /* input_release() closes fd */
	bool regular;	     /* is known to be a file that has an end */
	struct slice memory; /* what is left of it; comes before fd */
	char *piece;	     /* INPUT_PIECE octets, made at need */
};

void input_from_fd(struct input *, int fd);
void input_from_memory(struct input *, struct slice octets);

/* Open path for reading; "-" is standard input.  -1 with DIAG_OPEN, or with
 * DIAG_SYSTEM when the machine is short of descriptors or memory; so it is of
 * all that opens files by this. */
int input_open(struct input *, const char *path, struct diag *why);

/* Read at most n octets to p.  *got is 0 at the end only.  -1 with
 * DIAG_READ. */
int input_read(
    struct input *, char *p, size_t n, size_t *got, struct diag *why);

/* The next piece, of at most INPUT_PIECE octets; empty at the end.  It lives
 * until the next call.  -1 with DIAG_READ or DIAG_MEMORY. */
int input_piece(struct input *, struct slice *piece, struct diag *why);

/* Read on to the end and forget what comes, unless the input is a regular file,
 * or a device, which may have no end: a program that writes to our pipe is not
 * to die of our leaving.  -1 with DIAG_READ or DIAG_MEMORY. */
int input_drain(struct input *, struct diag *why);

/* Append all that path has, "-" being standard input, to out.  -1 with
 * DIAG_OPEN, DIAG_READ, or DIAG_MEMORY; the last also where out's ceiling was
 * in the way, which out->failure tells apart. */
struct buf;
int input_read_file(const char *path, struct buf *out, struct diag *why);

void input_release(struct input *);

#endif
