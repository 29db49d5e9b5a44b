/* SPDX-License-Identifier: BSD-2-Clause */
/* fold.h - a header field written word by word, folded between words (RFC 5322
 * section 2.2.3)
 *
 * A struct fold that is all zero but for eol is an empty field.  What is
 * written is in text, which the caller releases and whose failure tells whether
 * all of it was taken. */
#ifndef FOLD_H
#define FOLD_H

#include <stddef.h>

#include "base/buf.h"

enum {
	FOLD_AT = 76, /* columns, where there is a space to fold at */
};

struct fold {
	struct buf text;
	size_t column;	 /* of what is put next, from 0 */
	const char *eol; /* of each fold: "\r\n" or "\n"; static */
};

/* Put octets that must not be folded. */
void fold_put(struct fold *, struct slice octets);

/* Begin a continuation line. */
void fold_line(struct fold *);

/* Put a word after a space, or on a new line where it would pass FOLD_AT. */
void fold_word(struct fold *, struct slice word);

/* Have the next word begin a line. */
void fold_before_next(struct fold *);

#endif
