/* SPDX-License-Identifier: BSD-2-Clause */
/* words.h - the text of a header field as a reader sees it (RFC 2047)
 *
 * Folds are undone and encoded words decoded to UTF-8, from whatever charset
 * iconv(3) knows.  What cannot be decoded stays as it was written; an octet
 * that is wrong in its charset becomes "?".  The result is still a stranger's
 * text: escape.h makes it inert. */
#ifndef WORDS_H
#define WORDS_H

#include "base/arena.h"
#include "base/buf.h"
#include "mail/message.h"
#include "base/slice.h"

/* Append the text of a field's value, white space at its ends left out.  The
 * arena is for what is needed on the way; a failure stays with out (buf.h). */
void words_decode(struct buf *out, struct arena *, struct slice value);

/* The same of a field, as far as one is shown: its first 8,192 octets. */
void words_field(struct buf *out, struct arena *, const struct field *);

#endif
