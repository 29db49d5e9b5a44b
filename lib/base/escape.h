/* SPDX-License-Identifier: BSD-2-Clause */
/* escape.h - text from strangers, made inert
 *
 * A message, a key record, a file name: whatever they hold, no control
 * character, no escape sequence, no bidirectional trick and no ill-formed
 * UTF-8 gets to a terminal. */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/* Append s: printable ASCII and printable UTF-8 as they are, a backslash
 * doubled, every octet of anything else as \xNN. */
void escape_text(struct buf *, struct slice s);

/* The same, and what means something to HTML and XML as a reference: for text
 * between tags and for attributes in double quotes. */
void escape_markup(struct buf *, struct slice s);

/* One octet of text that is inert already, for the same. */
void escape_markup_char(struct buf *, char c);

/* Whether a code point can be shown as it is: not a control (C0, DEL, C1), no
 * line or paragraph separator, nothing that changes the direction of text or
 * cannot be seen, and no noncharacter. */
bool escape_is_plain(unsigned long cp);

#endif
