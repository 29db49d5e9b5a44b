/* SPDX-License-Identifier: BSD-2-Clause */
/* repair.h - what was proved undone */
#ifndef WHY_REPAIR_H
#define WHY_REPAIR_H

#include "why/why.h"

/* Put body with what the findings of its signer, as that of of, changed of it
 * undone; inner: with what findings first and later changed of a body that
 * another change leaves.  False when that is nothing. */
bool explain_undo_body(struct slice body, const struct explanation *e,
    size_t first, const struct finding *of, bool inner, struct buf *out);

/* Append the message as the signer that of is about saw it, as far as the
 * findings prove it.  False, and nothing appended, when they do not. */
bool explain_repair(const struct message *m, struct slice body,
    const struct explanation *e, const struct finding *of, struct buf *out);

#endif
