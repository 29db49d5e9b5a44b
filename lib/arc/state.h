/* SPDX-License-Identifier: BSD-2-Clause */
/* state.h - a verdict on its way past an edit
 *
 * List software verifies a message, edits it, and seals it: after the edit the
 * chain cannot be verified any more, so the verdict is handed over in a small
 * file.  The file is bound to the ARC fields of the message, as a SHA-256 over
 * all of them from the top, canonicalized relaxed: it is refused for any other
 * message, and for this one once somebody sealed it in between. */
#ifndef STATE_H
#define STATE_H

#include "base/buf.h"
#include "arc/chain.h"
#include "base/diag.h"

/* The file's text for a verdict; temporary: a key could not be asked for.  -1
 * with DIAG_MEMORY. */
int state_write(struct buf *out, const struct chain *, enum cv, bool temporary,
    struct diag *why);

/* Read such text for a message with that chain.  -1 with DIAG_STATE when it
 * is no state, or another message's; DIAG_MEMORY. */
int state_read(struct slice text, const struct chain *, enum cv *,
    bool *temporary, struct diag *why);

#endif
