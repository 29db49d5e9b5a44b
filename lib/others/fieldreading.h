/* SPDX-License-Identifier: BSD-2-Clause */
/* fieldreading.h - how others read an ARC field
 *
 * A field that breaks a rule of tag lists, or whose instance is not where it
 * belongs, is a field all the same to implementations that "make peers" runs:
 * read as they do it, with what they pass over left out.  What is hashed stays
 * as it is in the message. */
#ifndef FIELDREADING_H
#define FIELDREADING_H

#include "others/others.h"

/* The instance that c->who finds in f: dkimpy the first "i=" with a number,
 * wherever it stands; Mail::DKIM the last behind a ";" or at the front;
 * mailauth that of a tag.  0: none; CHAIN_MAX + 1: a number above that.  -1
 * with DIAG_MEMORY. */
int fieldreading_instance(const struct other_case *, const struct sigfield *f,
    unsigned *instance, struct diag *why);

/* What Mail::DKIM finds. */
unsigned fieldreading_last_instance(struct slice text);

/* The tags of a key record as c->who reads them.  1; 0: it is no list to c->who
 * either; -1 with DIAG_MEMORY. */
int fieldreading_record(const struct other_case *, struct slice text,
    struct taglist *out, struct diag *why);

/* Read f anew as c->who does.  Its problem is then one that c->who has with it,
 * too. */
other_change fieldreading_again;

/* Take the instance that c->who finds in an AAR. */
other_change fieldreading_take_aar;

/* Leave f out of the chain. */
other_change fieldreading_drop;

/* The field of the same set and kind as f that Mail::DKIM would not look at,
 * as it rejects one of its tags; or NULL. */
struct sigfield *fieldreading_rejected(
    const struct other_case *, const struct sigfield *f);
other_change fieldreading_drop_rejected;

#endif
