/* SPDX-License-Identifier: BSD-2-Clause */
/* mbox.h - many messages in one file (RFC 4155)
 *
 * A message begins at a separator, first in the file or after an empty line.
 * Lines of a body that would look like that were written with a ">" in front:
 * by mboxrd whenever they begin with any number of ">" and "From ", by mboxo
 * only when they begin with "From ".
 *
 * Other writers quote nothing and say the length of the body in Content-Length.
 * It is obeyed when the file ends there or has a separator there, and past
 * separators alone that no header with a Received or ARC field follows: whoever
 * writes a message writes its Content-Length too, and must not hide the next
 * message with it. */
#ifndef MBOX_H
#define MBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/slice.h"

struct mbox;

/* One message: its octets, the separator included and the empty line before
 * the next one not. */
struct mbox_part {
	uint64_t number; /* from 1 on */
	uint64_t offset, length;
	uint64_t whole; /* its length by its Content-Length, where that passes
			 * over the header of another message; or 0 */
	bool cut;  /* the next part begins with no header field, so that this
		    * one may go on there */
	bool torn; /* this part is such a one itself */
};

/* Whether a line, its end included or not, separates messages: "From ", one
 * word without white space, and a date as asctime() writes it, a zone before or
 * after its year or none.  "From : x" is a header field (RFC 5322 section
 * 4.5.2), and "From here on" is text. */
bool mbox_is_separator(struct slice line);

/* Open path; "-" is standard input, kept in a temporary file.  NULL with
 * DIAG_OPEN, DIAG_READ, DIAG_WRITE or DIAG_MEMORY. */
struct mbox *mbox_open(const char *path, struct diag *why);

/* The path under which its octets can be read again while it is open. */
const char *mbox_path(const struct mbox *);

/* The next message: 1; 0 at the end.  When the file cannot be read on: 1 with
 * problem set, then 0. */
int mbox_next(struct mbox *, struct mbox_part *, struct diag *problem);

void mbox_free(struct mbox *);

/* Read n octets of path from offset on into out.  -1 with DIAG_OPEN,
 * DIAG_READ (also when the file has become shorter) or DIAG_MEMORY. */
int mbox_read_part(const char *path, uint64_t offset, uint64_t n,
    struct buf *out, struct diag *why);

/* Take one ">" off each line of ">" and "From " (mboxrd), in place.  Whether
 * there was one. */
bool mbox_unquote(struct buf *message);

#endif
