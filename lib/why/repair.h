/* SPDX-License-Identifier: BSD-2-Clause */
/* repair.h - a message with the proved changes undone */
#ifndef WHY_REPAIR_H
#define WHY_REPAIR_H

#include "why/why.h"

/* Append body with the changes undone that findings about the signature of of
 * proved. inner: only those of findings from index first on, which apply to a
 * body that another change left.  False, and nothing appended, when there are
 * none. */
bool explain_undo_body(struct slice body, const struct explanation *e,
    size_t first, const struct finding *of, bool inner, struct buf *out);

/* Append the message as the signer that of is about saw it, as far as findings
 * prove it.  False, and nothing appended, when they do not.  Memory: out's
 * failure. */
bool explain_repair(const struct message *m, struct slice body,
    const struct explanation *e, const struct finding *of, struct buf *out);

#endif
