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

#include "base/buf.h"
#include "base/slice.h"

/* Quoted-printable (RFC 2045 section 6.7) undone.  Line ends stay as they
 * are; what is ill-formed stays as it is written. */
void recode_qp_decode(struct buf *out, struct slice text);

/* Text whose line ends are bare LF as Exchange encodes it: each LF is "=0A",
 * and a soft break follows it. */
void recode_qp_bare_lf(struct buf *out, struct slice text);

/* Text with U+FFFD in the place of each octet that is no valid UTF-8; whole: of
 * as many octets as begin a character and do not end it.  False, and nothing
 * put, when all of it is. */
bool recode_replaced(struct buf *out, struct slice text, bool whole);

/* What encodes text that comes in pieces: set coding, width and out, all else
 * is zero. */
struct encoder {
	enum {
		ENCODER_QP,	/* lines filled up to width octets, a soft
				 * break's "=" counted */
		ENCODER_BASE64, /* lines of width characters, the last too ended
				 * by CRLF */
	} coding;
	size_t width;
	bool strict; /* QP: a line's last octet, too, leaves room for the "=",
		      * as Exchange has it */
	struct buf *out;
	struct buf waiting; /* for octets that end a line, or a group */
	size_t column;	    /* octets in the line of base64 */
};

void encoder_put(struct encoder *, struct slice octets);

/* No more comes.  What failed is seen in out. */
void encoder_end(struct encoder *);

/* From one charset to another, by iconv(3): looking one up costs more than a
 * Subject does, so it is kept while it is of use. */
struct recoder {
	void *cd; /* NULL: octets stay as they are */
};

/* False when there is no such charset. */
bool recoder_open(struct recoder *, const char *to, const char *from);
void recoder_close(struct recoder *);

/* text in the other charset.  False, and out as it was, when not all of it can
 * be said in it. */
bool recoder_put(struct recoder *, struct buf *out, struct slice text);

/* Both at once. */
bool recode_charset(
    struct buf *out, const char *to, const char *from, struct slice text);

/* How an encoded word (RFC 2047) is made. */
struct recode_words {
	const char *charset; /* as it is to be spelled */
	char encoding;	     /* 'B', 'Q', 'b' or 'q' */
	size_t first, width; /* at most so many octets for the first word, for
			      * each other; 0: one word */
	bool whole;	     /* all of the text; else from the first word that
			      * needs it to the last */
	const char *plain;   /* Q: what stays itself but letters and digits;
			      * NULL: all that may */
	const char *between; /* words */
};

/* UTF-8 text as encoded words, by a recoder from UTF-8 to charset.  False when
 * the charset cannot say it. */
bool recode_words_encode(struct buf *out, struct recoder *,
    const struct recode_words *, struct slice text);

#endif
