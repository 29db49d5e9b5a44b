/* SPDX-License-Identifier: BSD-2-Clause */
/* dump_run.h - arc-dump over one message, in one of its ways */
#ifndef DUMP_RUN_H
#define DUMP_RUN_H

#include <stdbool.h>

#include "arc/chain.h"
#include "cli.h"
#include "mail/method.h"
#include "report/fingerprint.h"

/* What is shown. */
enum dump_way {
	DUMP_PAGE,
	DUMP_CANON,  /* octets that were hashed */
	DUMP_FIELDS, /* values as TSV */
	DUMP_HTML,   /* the page as one HTML file */
	DUMP_LINT,
	DUMP_KEY_AUDIT,
	DUMP_FINGERPRINT,
	DUMP_COMPARE,
};

struct dump {
	struct cli cli;
	enum dump_way way;
	struct auth_methods methods; /* --check */
	bool many; /* more than one operand: pages begin with a name */
	bool verify, why, no_sandbox;
	unsigned effort;
	unsigned set; /* -n; 0: all */
	const char *field;
	struct fp_salt salt; /* for fingerprints */
	char salt_room[FINGERPRINT_MAX_SALT + 1];
	/* DUMP_CANON: of which field, or the body when canon_body */
	enum sigkind canon_kind;
	bool canon_body;
	unsigned canon_instance;
};

/* Compare two messages, two fingerprints, or one of each; the status is 1 when
 * they differ. */
void dump_compare(struct dump *d, const char *a, const char *b);

/* Show the message at path; the status becomes d->cli.status. */
void dump_run(struct dump *d, const char *path);

#endif
