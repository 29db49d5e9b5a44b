/* SPDX-License-Identifier: BSD-2-Clause */
/* handed.h - a message as people hand it over
 *
 * Mail comes to whoever is to look at it packed, pasted, quoted, converted or
 * attached.  None of that may get a verdict by accident, so it is recognized,
 * and the user is told what to do about it. */
#ifndef HANDED_H
#define HANDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"

/* Octets below what seems to be the header that say what the input is. */
enum {
	HANDED_AHEAD = 4096
};

/* What the input is in place of a message, and what to do, for people: "it is a
 * gzip file: unpack it first, ...".  NULL: it may be a message.  all is its
 * start, an mbox's separator left out, to HANDED_AHEAD octets below header or
 * the end; header is the part of it that seems to be the header, at its start;
 * junk is the first line there that is no field, or empty.  Static. */
const char *handed_as(struct slice all, struct slice header, struct slice junk);

/* The same of a file in another format, or whose characters are others; and of
 * a message, or such a file, in base64 or hexadecimal.  NULL: neither. */
const char *handed_file_as(struct slice all);
const char *handed_encoded_as(struct slice all);

/* Whether s begins with the name of a field and its colon: letters, digits and
 * "-" only, which is stricter than mail is. */
bool handed_field_begins(struct slice s);

/* What a body has in it besides text. */
struct handed_inside {
	bool attached; /* a part that is a message, or a file of one */
	bool pasted;   /* ARC fields as text, quoted or not */
	bool next;     /* the separator line of an mbox, and fields below it */
	bool seen;     /* there was a body to look through */
	/* The rest is the scan's own. */
	char line[200];
	size_t n;
	bool empty, separated;
};

/* Look through a body that comes in pieces; starts as { 0 }.  A sink's put()
 * that never fails. */
int handed_look(void *inside, const char *p, size_t n);
/* A field of the message's own header: a message may be all of its body. */
void handed_field(struct handed_inside *, struct slice raw);
/* The body is over: its last line may have had no end. */
void handed_end(struct handed_inside *);

/* One message within another. */
struct attached {
	char number[48];     /* "2", or "2.1" for the first within the second */
	struct slice octets; /* in the message around it, or in the arena */
};

/* The messages that are parts of this one: message/rfc822, or a file whose name
 * ends in ".eml", outer ones first, decoded where they are encoded.  At most
 * LIMIT_ATTACHED of them, LIMIT_ATTACHED_DEPTH deep; *more says that there were
 * others.  *packed says of a file that may have one in it what to do, or is
 * NULL; static.  The array is in the arena.  False when memory is short. */
bool attached_find(struct slice message, struct arena *, struct attached **out,
    size_t *n, bool *more, const char **packed);

#endif
