/* SPDX-License-Identifier: BSD-2-Clause */
/* filter.h - what a filter writes: the message it took, with fields of ours
 *
 * All octets of the message come out as they were and in their order, but for
 * the fields that are to go. */
#ifndef FILTER_H
#define FILTER_H

#include "cli.h"
#include "mail/message.h"
#include "base/spool.h"

struct filter_edit {
	const struct message *m;
	struct slice fields;		 /* put on top; each whole */
	const struct field *const *drop; /* fields of m that go, in order */
	size_t ndrop;
};

/* Write what is in the spool to stdout; with an edit unless that is NULL.
 * Nothing is written when a file that holds it has changed since it was read.
 * -1 with what cli_write_trouble() tells; some of it may be out then. */
int filter_write(
    struct spool *, const struct filter_edit *edit, struct diag *why);

/* --on-error=pass: write the message at path as it was, or but for the fields
 * that an edit drops, and say so in these words; nothing where fields alone are
 * wanted, and the spool is NULL.  The status becomes 0, or that of a write
 * error. */
void filter_pass(struct cli *, const char *path, struct spool *,
    const struct filter_edit *, const char *words);

#endif
