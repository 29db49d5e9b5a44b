/* SPDX-License-Identifier: BSD-2-Clause */
/* message.h - an Internet message (RFC 5322), as the octets that arrived
 *
 * A signature covers what was sent, so octets are read once and never altered:
 * a field keeps its folds, spelling and place.  The header is held, as fields
 * are wanted in any order; the body streams past once.  Every slice points
 * into the header and dies with message_free().  Sizes count octets as read.
 *
 * Lines end in CRLF or in LF, also mixed (RFC 6376 section 5.3).  A CR alone
 * is an octet like any other, and so is NUL. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/input.h"
#include "base/limit.h"
#include "base/sink.h"
#include "base/slice.h"

enum {
	MESSAGE_MAX_LINE = 998, /* octets of a line without its end (RFC 5322
				 * section 2.1.1); longer ones are read, too */
};

struct field {
	struct slice raw;  /* name through final line end, if it has one */
	struct slice name; /* as spelled; compare with slice_eq_nocase() */
	struct slice
	    value; /* after the colon: folds kept, final line end not */
};

struct message {
	bool bom;	     /* a UTF-8 byte order mark precedes all of it: part
			      * of no line, and left out of offsets from here */
	struct slice mbox;   /* first line if it is a separator of an mbox, with
			      * its line end; part of no field, hashed nowhere */
	struct field *field; /* field[0] is the topmost */
	size_t nfields;
	struct slice header; /* all octets of the header, mbox line not */
	struct slice junk;   /* first line that is neither a field nor part of
			      * one, with what continues it; or empty */
	size_t njunk;	     /* how many such lines */
	size_t top;    /* octets in front of where a new field goes: the mbox
			* line, and lines that would continue the field */
	bool has_body; /* an empty line ended the header */
	bool body_cr;  /* a CR without its LF was met in the body: known once
			* it was hashed */
	bool crlf; /* the header's first line end is CRLF: so end new fields */
	struct arena *arena; /* owns the fields; for all that lives as long */
	const char *octets;  /* where all of these begin */
	char *owned;	     /* they too, or NULL in the input's memory */
	struct slice ahead;  /* first octets of the body, read already */
	const struct sink *tap; /* the caller's: sees the body, too; or NULL */
};

/* Read the header from in, whose octets in memory stay there and have to live
 * as long as the message when it has no descriptor.  On 0, *out is the
 * caller's, to end with message_free().  On -1, *out is NULL and why is
 * DIAG_READ, DIAG_MEMORY, DIAG_NO_MESSAGE, DIAG_LIMIT_HEADER, DIAG_LIMIT_FIELD
 * or DIAG_LIMIT_FIELDS. */
int message_read(struct input *in, const struct limits *, struct message **out,
    struct diag *why);

/* Put the body into sink, piece by piece, as it comes; once.  -1 with
 * DIAG_READ or DIAG_MEMORY, or DIAG_INTERNAL when the sink refused: what then
 * went wrong is its owner's to say. */
int message_body(
    struct message *, struct input *in, const struct sink *, struct diag *why);

/* Refuse what a filter could not keep as it is: a byte order mark ahead of the
 * first field, as a field put on top would come after it.  -1 with
 * DIAG_NO_MESSAGE. */
int message_no_bom(const struct message *, struct diag *why);

/* Whether a CR stands in text without its LF.  Here it is an octet like any
 * other (RFC 5322 section 2.2 allows none); others take it for a line end, and
 * what follows it for a field. */
bool message_has_bare_cr(struct slice text);

/* How many fields have that name, in any case. */
size_t message_count(const struct message *, struct slice name);

void message_free(struct message *);

#endif
