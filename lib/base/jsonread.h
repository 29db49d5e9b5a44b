/* SPDX-License-Identifier: BSD-2-Clause */
/* jsonread.h - JSON (RFC 8259) read token by token
 *
 * For what the tools themselves wrote, and for key files of others.  Nothing
 * recurses; depth is bounded. */
#ifndef JSONREAD_H
#define JSONREAD_H

#include <stddef.h>

#include "base/buf.h"
#include "base/slice.h"

enum jsonread_kind {
	JSONREAD_END, /* of the text, everything closed */
	JSONREAD_OBJECT,
	JSONREAD_OBJECT_END,
	JSONREAD_ARRAY,
	JSONREAD_ARRAY_END,
	JSONREAD_KEY, /* of a member; its value is the next token */
	JSONREAD_STRING,
	JSONREAD_NUMBER,
	JSONREAD_TRUE,
	JSONREAD_FALSE,
	JSONREAD_NULL,
	JSONREAD_BAD, /* not JSON from here on; stays so */
};

enum {
	JSONREAD_DEPTH = 32
};

struct jsonread {
	struct slice rest;	   /* not read yet */
	unsigned depth;		   /* of open objects and arrays */
	char open[JSONREAD_DEPTH]; /* '{' or '[' for each */
	enum {
		JSONREAD_WANT_VALUE,
		JSONREAD_WANT_FIRST, /* of an object or array just opened */
		JSONREAD_WANT_NEXT,  /* a comma or the end */
		JSONREAD_WANT_NOTHING,
		JSONREAD_IS_BAD,
	} want;
	struct buf text; /* of the last key, string or number, unescaped */
};

void jsonread_init(struct jsonread *, struct slice text);
void jsonread_release(struct jsonread *);

/* The next token.  Text is in j->text until the next call; when memory is
 * short for it, its failure says so and the token is JSONREAD_BAD. */
enum jsonread_kind jsonread_next(struct jsonread *);

/* Step over the value that begins with the token just read. */
void jsonread_skip(struct jsonread *, enum jsonread_kind);

#endif
