/* SPDX-License-Identifier: BSD-2-Clause */
/* select.h - which header fields an h= list means (RFC 6376 section 5.4.2)
 *
 * Same-named fields are taken from the bottom of the header up, each mention
 * of the name taking one; a mention beyond the fields present takes nothing.
 * Fields are found by name through an index made once a message, so that a
 * list costs its own length, whatever the header holds. */
#ifndef SELECT_H
#define SELECT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "mail/message.h"

struct select;

/* An index over m's fields in arena; NULL when memory is short.  m and arena
 * outlive it. */
struct select *select_new(const struct message *m, struct arena *);

/* Start a list: every name begins at the bottom again.  own, if not NULL, is
 * the field being verified or signed, which is never taken (section 3.5, h=).
 */
void select_start(struct select *, const struct field *own);

/* The next field of that name, upwards, or NULL when all are taken. */
const struct field *select_next(struct select *, struct slice name);

#endif
