/* SPDX-License-Identifier: BSD-2-Clause */
/* base64.h - base64 as mail writes it (RFC 2045 section 6.8)
 *
 * Tag values are base64 with folding white space anywhere (RFC 6376 section
 * 2.10).  What is not exactly that is refused, never repaired: two readers that
 * repair differently see two signatures. */
#ifndef BASE64_H
#define BASE64_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"

enum base64_result {
	BASE64_OK,
	BASE64_INVALID, /* not base64 */
	BASE64_MEMORY,	/* memory is short: nothing is known of the text */
};

/* Decode text into *out, which lives in the arena.  Spaces, tabs, CR and LF
 * are dropped wherever they stand; what is left is the alphabet, then at most
 * two "=", in all a multiple of four characters.  No character at all is the
 * empty string: whoever needs octets asks for their number.  Bits that the
 * padding leaves over may be anything (RFC 4648 section 3.5 leaves it open).
 * *out is untouched unless the result is BASE64_OK. */
enum base64_result base64_decode(
    struct slice text, struct arena *, struct slice *out);

/* Append octets as base64, padded, without any white space.  A failure stays
 * with out (buf.h). */
void base64_encode(struct buf *out, struct slice octets);

/* A hash as text: the first BASE64_HASH octets at most.  Returns out. */
enum {
	BASE64_HASH = 32,
	BASE64_HASH_TEXT = 45, /* with its NUL */
};
const char *base64_hash(struct slice octets, char out[BASE64_HASH_TEXT]);

#endif
