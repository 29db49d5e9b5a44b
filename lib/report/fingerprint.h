/* SPDX-License-Identifier: BSD-2-Clause */
/* fingerprint.h - what two sites compare of a message without showing it
 *
 * A fingerprint has a salted digest (HMAC-SHA-256, cut to 128 bits) of every
 * header field and of every few lines of the body, each relaxed and simple (RFC
 * 6376 section 3.4).  Names of fields are in it, and no other text.  Two of one
 * salt tell which fields differ and between which lines the body does.
 *
 * Blocks of the body end where the digest of a line says so, so that a line put
 * in or taken out changes its own block and no other.
 *
 * Whoever has the salt can try guesses: a Subject of a few likely ones, a line
 * that says "yes".  An open salt stands in the fingerprint, and keeps guesses
 * made for one from serving for another; a secret one does not, and without it
 * nothing can be tried. */
#ifndef FINGERPRINT_H
#define FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "arc/chain.h"
#include "base/diag.h"
#include "mail/message.h"
#include "base/slice.h"

enum {
	FINGERPRINT_MAC = 16, /* octets of a digest */
	FINGERPRINT_MAX_SALT = 64,
	FINGERPRINT_BLOCK = 8,		/* lines of a block at most */
	FINGERPRINT_MAX_FIELDS = 10000, /* of a message */
	FINGERPRINT_MAX = 2000000,	/* places of h=, lines */
};

struct fp_mac {
	unsigned char octets[FINGERPRINT_MAC];
};

/* A field, from the top. */
struct fp_field {
	struct slice name; /* lower case */
	struct fp_mac relaxed, simple;
};

/* What one place of an h= means. */
struct fp_signed {
	unsigned instance, place; /* place from 1 */
	struct slice name;	  /* lower case */
	bool present;
	struct fp_mac mac; /* in the canonicalization of that AMS */
};

struct fp_block {
	size_t line, lines; /* the first, from 1; how many */
	struct fp_mac relaxed, simple;
};

struct fingerprint {
	struct slice salt; /* empty when a secret one was not given */
	bool secret;
	struct fp_mac check; /* tells salts apart */
	struct fp_field *field;
	size_t nfields;
	struct fp_signed *mention;
	size_t nmentions;
	struct fp_block *block;
	size_t nblocks;
};

/* Whether octets are a fingerprint and no message. */
bool fingerprint_is(struct slice octets);

struct fp_salt {
	struct slice text;
	bool secret;
};

/* Take the fingerprint of a message.  -1 with DIAG_MEMORY, or
 * DIAG_LIMIT_FIELDS. */
int fingerprint_take(const struct message *m, const struct chain *,
    struct slice body, const struct fp_salt *, struct arena *,
    struct fingerprint *out, struct diag *why);

void fingerprint_write(struct buf *, const struct fingerprint *);

/* Read one back.  -1 with DIAG_MEMORY, DIAG_LIMIT_FIELDS, or DIAG_FINGERPRINT
 * naming the line. */
int fingerprint_read(struct slice octets, struct arena *,
    struct fingerprint *out, struct diag *why);

/* Whether both have one salt. */
bool fingerprint_same_salt(
    const struct fingerprint *a, const struct fingerprint *b);

/* Append what differs, a line each, to out; returns how many lines, 0 when they
 * are the same.  Both must have one salt. */
size_t fingerprint_compare(struct buf *out, const struct fingerprint *a,
    const struct fingerprint *b, struct arena *);

#endif
