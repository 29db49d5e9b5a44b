/* SPDX-License-Identifier: BSD-2-Clause */
/* zonefile.h - a DNS master file, entry by entry (RFC 1035 section 5.1)
 *
 * What people have of a key is read as it is: a zone, the lines of a name
 * server, opendkim-genkey's file, what host(1) and dig(1) print, "NAME
 * v=DKIM1; p=...".  What is not understood is a failure that names its line,
 * as a record that is ignored would be a verdict by accident.
 *
 * A name that ends in a dot is absolute.  Any other is relative to $ORIGIN,
 * and absolute where none was given, so that a file can be written by hand. */
#ifndef ZONEFILE_H
#define ZONEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/slice.h"

struct zone_word {
	struct slice text; /* of the file; zone_text() undoes escapes */
	bool quoted;
	bool escaped;
	bool cut; /* not quoted, and a comment begins at its end */
};

struct zone_entry {
	enum {
		ZONE_RECORD, /* a record of this type */
		ZONE_ANSWER, /* ";! NAME ANSWER": data is what follows NAME,
			      * one word or two */
	} kind;
	struct slice owner; /* as zone_name() makes it */
	struct slice type;  /* as spelled; one that exists, its data being as
			     * many words as it asks for */
	uint32_t ttl;
	bool has_ttl;
	struct zone_word *data; /* until the next entry */
	size_t ndata;
};

struct zonefile {
	struct arena *arena; /* names are made in it */
	char *p, *end;	     /* what is not read yet */
	unsigned long line;  /* where p is, from 1 on */
	unsigned long first; /* where trouble is: the entry, or its word */
	bool blank;	     /* the entry began with white space */
	struct zone_word *word;
	size_t nwords, max;
	struct slice owner; /* of the last record */
	struct slice origin;
	bool has_origin;
	struct slice genkey_selector, genkey_domain; /* of a comment */
};

/* Read text, whose octets are the caller's and change: escapes are undone in
 * place.  -1 with DIAG_KEYS_FILE for what is no text at all. */
int zonefile_init(
    struct zonefile *, struct arena *, char *text, size_t n, struct diag *why);
void zonefile_release(struct zonefile *);

/* The next record or recorded answer: 1; 0 at the end; -1 with DIAG_MEMORY, or
 * DIAG_KEYS_FILE whose detail names the line. */
int zonefile_next(struct zonefile *, struct zone_entry *, struct diag *why);

/* DIAG_KEYS_FILE at the line where the reader is; -1. */
int zonefile_fail(const struct zonefile *, struct diag *why, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* A string as it is meant. */
struct slice zone_text(struct zone_word *);

/* Cut off the octet after a backslash: \DDD or \X.  False when nothing of the
 * kind is there. */
bool zone_unescape(struct slice *rest, char *out);

/* The words of the next entry, for zonefile_next(): 1, 0 at the end, or -1. */
int zonefile_scan(struct zonefile *, struct diag *why);

/* One word more, as of an entry that stands elsewhere; -1 with DIAG_MEMORY. */
int zonefile_add_word(
    struct zonefile *, struct slice text, bool quoted, struct diag *why);

/* A name in the one form that is looked up, in the arena: lower case, no final
 * dot, escapes as dnswire.h writes them.  -1 with DIAG_MEMORY, or with
 * DIAG_KEYS_FILE for what is no name, or for the name of a key without its
 * domain. */
int zone_name(
    struct zonefile *, struct slice text, struct slice *out, struct diag *why);

#endif
