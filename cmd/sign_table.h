/* SPDX-License-Identifier: BSD-2-Clause */
/* sign_table.h - with which name and key a message is sealed
 *
 * From the options, or from a table with lines "pattern domain selector key":
 * the first whose pattern fits the domain of From.  A pattern is a domain, a
 * suffix ".example.org" for all below it, or "*". */
#ifndef SIGN_TABLE_H
#define SIGN_TABLE_H

#include "base/buf.h"
#include "base/diag.h"
#include "mail/message.h"
#include "sign_run.h"
#include "base/slice.h"

struct signer {
	struct slice domain, selector, authserv_id;
	const char *key_path;
	struct buf table; /* owns the above when they come from a table */
};

/* -1 with DIAG_OPEN, DIAG_READ, DIAG_MEMORY, or DIAG_TABLE. */
int signer_choose(const struct sign *, const struct message *,
    struct signer *out, struct diag *why);

void signer_release(struct signer *);

#endif
