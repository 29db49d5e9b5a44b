/* SPDX-License-Identifier: BSD-2-Clause */
/* mbox.h - many messages in one file
 *
 * A message begins at a line "From ", first in the file or behind an empty
 * line.  Lines of a body that would look like that were written with a ">" in
 * front: by mboxrd whenever they begin with any number of ">" and "From ", by
 * mboxo only when they begin with "From ".  Content-Length is not looked at:
 * it is often wrong. */
#ifndef MBOX_H
#define MBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"

struct mbox;

/* Open path; "-" is standard input, kept in a temporary file.  NULL with
 * DIAG_OPEN, DIAG_READ, DIAG_WRITE or DIAG_MEMORY. */
struct mbox *mbox_open(const char *path, struct diag *why);

/* The path under which its octets can be read again while it is open. */
const char *mbox_path(const struct mbox *);

/* The next message: 1, its number from 1 on, and its octets, the "From " line
 * included and the empty line before the next one not; 0 at the end.  When the
 * file cannot be read on: 1 with problem set, then 0. */
int mbox_next(struct mbox *, uint64_t *number, uint64_t *offset,
    uint64_t *length, struct diag *problem);

void mbox_free(struct mbox *);

/* Read n octets of path from offset on into out.  -1 with DIAG_OPEN,
 * DIAG_READ (also when the file has become shorter) or DIAG_MEMORY. */
int mbox_read_part(const char *path, uint64_t offset, uint64_t n,
    struct buf *out, struct diag *why);

/* Take one ">" off each line of ">" and "From " (mboxrd), in place.  Whether
 * there was one. */
bool mbox_unquote(struct buf *message);

#endif
