/* SPDX-License-Identifier: BSD-2-Clause */
/* sandbox.h - give up what the rest of a run does not need
 *
 * Should a message ever make a tool do what it was not written for, then with
 * as little as can be: no other program, no file but those it was called for,
 * no socket unless the DNS is asked, no other process.  Linux's Landlock and a
 * seccomp filter see to that.  It is a second line of defense for code that
 * checks what it reads, so a kernel that lacks one or both is no failure. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

enum {
	SANDBOX_MAX_FILES = 80
};

/* What is still needed.  Paths are the caller's; NULL is left out. */
struct sandbox {
	bool off;      /* --no-sandbox */
	bool network;  /* the DNS may be asked */
	bool read_all; /* messages may lie anywhere: a walk, a list of files */
	bool spool;    /* temporary files in $TMPDIR */
	const char *read[SANDBOX_MAX_FILES]; /* to be opened for reading */
	size_t nread;
	const char *write[4]; /* to be replaced: needs their directories */
	size_t nwrite;
};

void sandbox_read(struct sandbox *, const char *path);
void sandbox_write(struct sandbox *, const char *path);

/* From here on, for this process and for good; before any thread is begun.
 * Nothing but what is named above, the libraries of the system and what is open
 * already can be had. */
void sandbox_enter(const struct sandbox *);

#endif
