/* SPDX-License-Identifier: BSD-2-Clause */
/* audit.h - the keys that a message names, in plain words
 *
 * For whoever publishes a key: what stands in the DNS, what is wrong or unwise
 * about it, and the record as it should be written. */
#ifndef AUDIT_H
#define AUDIT_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "arc/chain.h"
#include "dkim/dkim.h"
#include "keys/keystore.h"

/* Append a paragraph for each key that the chain's AMS and AS name, in the
 * order of the sets, then those of DKIM-Signatures, each name once.  deadline
 * is that of all lookups (keysource.h). *temporary tells whether a key could
 * not be asked for.  -1 with DIAG_MEMORY, DIAG_SYSTEM or DIAG_WRITE. */
int audit_keys(struct buf *, const struct chain *, const struct dkim *,
    struct keystore *, int64_t deadline, struct arena *, bool *temporary,
    struct diag *why);

#endif
