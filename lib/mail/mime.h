/* SPDX-License-Identifier: BSD-2-Clause */
/* mime.h - the parts of a body (RFC 2045, RFC 2046), as octets
 *
 * Only what undoing an edit needs: where a part and its header begin and end,
 * and how it is encoded.  Nothing is decoded here.  What is ill-formed is read
 * as far as it goes; nothing recurses, and more parts than were asked for, or
 * deeper ones than MIME_MAX_DEPTH, are not entered. */
#ifndef MIME_H
#define MIME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limit.h"
#include "base/slice.h"

enum {
	MIME_MAX_PARTS = LIMIT_MIME_PARTS, /* that mime_parse() enters */
	MIME_ALL_PARTS = LIMIT_ATTACHED,   /* that mime_parse_all() does */
	MIME_MAX_DEPTH = LIMIT_MIME_DEPTH,
};

enum mime_encoding {
	MIME_IDENTITY, /* 7bit, 8bit, binary, or none said */
	MIME_QUOTED_PRINTABLE,
	MIME_BASE64,
};

struct mime_part {
	size_t outer;	     /* where its delimiter line begins */
	size_t end;	     /* where the delimiter line after it begins */
	struct slice header; /* its fields with their line ends; or empty */
	struct slice content;
	unsigned depth;	   /* 1: a part of the whole body */
	bool first, last;  /* of its multipart */
	bool digest;	   /* that is a multipart/digest */
	struct slice type; /* value of Content-Type, "" when there is none */
	struct slice encoding; /* value of Content-Transfer-Encoding */
	enum mime_encoding coded;
	bool text, html, multipart;
};

struct mime {
	struct slice body;
	struct mime_part root; /* the body itself */
	struct mime_part part[MIME_ALL_PARTS];
	size_t nparts;
	bool more;    /* than are entered */
	size_t first; /* where the first delimiter line begins, else 0 */
	size_t close; /* where the last closing delimiter line of the whole
		       * begins; the body's length without one */
};

/* Find the parts of body, whose own Content-Type and
 * Content-Transfer-Encoding are given; either may be empty. */
void mime_parse(
    struct mime *, struct slice body, struct slice type, struct slice encoding);

/* The same, of more parts. */
void mime_parse_all(
    struct mime *, struct slice body, struct slice type, struct slice encoding);

/* A parameter of a Content-Type value, its quotes taken off; NULL pointer when
 * there is none. */
struct slice mime_param(struct slice value, struct slice name);

/* The value of a field of a header, white space before its colon or none; NULL
 * pointer when there is none. */
struct slice mime_field(struct slice header, struct slice name);

/* Move into *line the next line of *rest, its line end included. */
bool mime_line(struct slice *rest, struct slice *line);

#endif
