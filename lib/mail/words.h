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

/* What a value consists of. */
enum words_kind {
	WORDS_ASCII,   /* an encoded word of ASCII, which needs no encoding */
	WORDS_UNKNOWN, /* one of octets that nobody knows the charset of */
	WORDS_CODED,   /* any other */
	WORDS_GAP,     /* white space and folds */
	WORDS_TEXT,    /* all else, up to white space */
};

/* Move the next of *rest, which is not empty, into *word; octets gets those of
 * an encoded word. */
enum words_kind words_next(
    struct slice *rest, struct arena *, struct slice *word, struct buf *octets);

/* The value with encoded words of the first two kinds written out, the white
 * space between them left out.  False when there are none. */
bool words_unencode(struct buf *out, struct arena *, struct slice value);

#endif
