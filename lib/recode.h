/* SPDX-License-Identifier: BSD-2-Clause */
/* recode.h - text in other charsets and transfer encodings
 *
 * For undoing what was done to a message on its way: each call makes what one
 * way of encoding would have made.  Results are appended to a buffer, whose
 * failure the caller looks at. */
#ifndef RECODE_H
#define RECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "slice.h"

/* Quoted-printable (RFC 2045 section 6.7) undone.  Line ends stay as they
 * are; what is ill-formed stays as it is written. */
void recode_qp_decode(struct buf *out, struct slice text);

/* Text with line ends as quoted-printable, lines filled up to width octets, a
 * soft break's "=" counted. */
void recode_qp_encode(struct buf *out, struct slice text, size_t width);

/* Octets as base64 in lines of width characters, each ended by eol. */
void recode_base64_encode(
    struct buf *out, struct slice octets, size_t width, const char *eol);

/* text from one charset in another, by iconv(3).  False, and out as it was,
 * when there is no such charset or not all of it can be said in it. */
bool recode_charset(
    struct buf *out, const char *to, const char *from, struct slice text);

/* How an encoded word (RFC 2047) is made. */
struct recode_words {
	const char *charset; /* as it is to be spelled */
	char encoding;	     /* 'B', 'Q', 'b' or 'q' */
	size_t width;	     /* at most so many octets a word; 0: one word */
	bool whole;	     /* all of the text; else from the first word that
			      * needs it to the last */
};

/* UTF-8 text as encoded words, joined by " ".  False when the charset cannot
 * say it. */
bool recode_words_encode(
    struct buf *out, const struct recode_words *, struct slice text);

#endif
