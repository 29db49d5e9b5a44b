/* SPDX-License-Identifier: BSD-2-Clause */
/* verify_message.h - arc-verify over one of its messages */
#ifndef VERIFY_MESSAGE_H
#define VERIFY_MESSAGE_H

#include <sys/types.h>

#include "verify_run.h"

/* One message on its way through the pool. */
struct job {
	struct source source;
	const char *whole;   /* verdict by Content-Length, or NULL */
	struct buf out, err; /* for stdout and stderr */
	const char *verdict; /* a word, static; "error" for none */
	const char *code;    /* a word, static; "" for none */
	struct buf text;     /* a sentence on that */
	struct buf note;     /* for the summary */
	double seconds;	     /* that it took */
	int status;	     /* exit status it asks for */
};

/* Verify the message at j->source.  -1 with what kept it from a verdict. */
int verify_source(const struct verify *, struct job *, struct diag *why);

enum {
	MODE_MAIL = 0600, /* what was in a message */
	MODE_RESULT = 0666,
};

/* Write a whole file, or leave the old one as it is; it stays no less private
 * than that.  A device, a pipe and standard output are written into.  -1 with
 * DIAG_WRITE, DIAG_SYSTEM or DIAG_MEMORY. */
int verify_write_file(
    const char *path, mode_t mode, const struct buf *, struct diag *why);

#endif
