/* SPDX-License-Identifier: BSD-2-Clause */
/* sigcheck.h - whether one signature verifies: its field, body hash, key,
 * digest
 *
 * A struct sigcheck is what all signatures of one message share: one pass over
 * the body for every bh=, one index of the header, one budget of checks, one
 * deadline, and keys asked for in few round trips.  ARC (arc/validate.h) and
 * DKIM (dkim/dkim.h) each decide which signatures they look at, in which order,
 * and what a result means to them:
 *
 *	sigcheck_field()      what the field tells alone
 *	sigcheck_key_name()   where its key stands
 *	sigcheck_want_body(), sigcheck_bodies(), sigcheck_body()
 *	sigcheck_signature()  with the digest of what it signs
 *
 * What is wrong with a signature goes into its sigresult; -1 means that no
 * verdict could be reached. */
#ifndef SIGCHECK_H
#define SIGCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/input.h"
#include "base/limit.h"
#include "dkim/bodyhash.h"
#include "dkim/sigfield.h"
#include "keys/keystore.h"
#include "mail/message.h"

/* What every signature is judged by. */
struct sigpolicy {
	int64_t now;	       /* seconds since 1970 */
	int64_t clock_skew;    /* seconds by which x= may be past */
	unsigned min_rsa_bits; /* never taken as lower than 1024 */
	const struct limits *limits;
	int64_t dns_timeout;  /* nanoseconds for all lookups together */
	bool no_partial_body; /* l= short of the body makes it invalid */
	bool require_dnssec;  /* a key without the resolver's AD is unusable */
};

enum status {
	STATUS_UNCHECKED,
	STATUS_PASS,
	STATUS_FAIL,
};

/* "unchecked", "pass", "fail". */
const char *status_word(enum status);

/* What became of one signature. */
struct sigresult {
	enum status status;
	struct diag why;       /* for STATUS_FAIL */
	struct slice key_name; /* where its key stands; empty if no such name */
	const struct keyentry *entry; /* NULL when it was not asked for */
	const struct keyrecord *key;  /* the record that verified, or the one
				       * that why is about; or NULL */
	bool body_fits;		      /* its bh= is that of the body */
	uint64_t body_signed;	      /* canonical octets hashed ... */
	uint64_t body_length;	      /* ... of so many; equal without l= */
	const struct bodyhash *body;  /* in the sigcheck; NULL: not hashed */
};

/* It fails for why, which gets its place. */
void sigresult_fail(
    struct sigresult *, const struct sigfield *, const struct diag *why);

/* Names of keys for one round trip. */
enum {
	KEYNAMES_MAX = 2 * LIMIT_SETS + LIMIT_DKIM
};
struct keynames {
	struct keystore *known;
	struct slice name[KEYNAMES_MAX];
	size_t n, max;
};

/* Add the key name of a signature, unless it is known, added already, or no
 * more may be asked for. */
void keynames_add(struct keynames *, const struct sigresult *);

/* Somebody who will need keys soon: add() names them, most wanted first. */
struct keywant {
	void (*add)(void *ctx, struct keynames *);
	void *ctx;
	struct keywant *next;
};

/* Somebody whose rules differ from ours (lib/others), asked where a signature
 * fails by ours. */
struct second_opinion {
	/* Where the key of f stands, which is bad by our rules; false: no
	 * opinion. */
	bool (*key_name)(void *ctx, const struct sigfield *f,
	    const struct diag *bad, struct slice *out);
	/* Whether f verifies over digest.  1, 0 or -1 as
	 * sigcheck_signature(). */
	int (*verify)(void *ctx, const struct sigfield *f,
	    const unsigned char digest[DIGEST_SIZE], const struct sigresult *,
	    const struct diag *bad, struct diag *why);
	void *ctx;
};

enum {
	SIGCHECK_BODIES = LIMIT_SETS + LIMIT_DKIM /* of one message */
};

struct sigcheck {
	struct message *m;
	struct input *in;      /* its body */
	struct keystore *keys; /* NULL: only what needs no key is looked at */
	const struct sigpolicy *policy;
	struct select *select; /* NULL until it is needed */
	struct keywant *want;
	const struct second_opinion *second; /* NULL: our rules alone */
	struct bodyhash body[SIGCHECK_BODIES];
	struct sigresult *wants_body[SIGCHECK_BODIES];
	size_t nbodies;
	unsigned checks;   /* signature checks that were made */
	unsigned reserved; /* those that are kept for others */
	int64_t deadline;  /* of all lookups; 0: none was made yet */
	size_t batch;	   /* names that may be asked for at once */
	/* Questions of others that go with the first batch. */
	const struct question *also;
	size_t nalso;
	bool verified; /* something did, since the last batch */
};

/* Start with a message whose body comes from in. */
void sigcheck_init(struct sigcheck *, struct message *m, struct input *in,
    struct keystore *, const struct sigpolicy *);

/* What is known from the field alone.  False: it fails. */
bool sigcheck_field(
    const struct sigcheck *, const struct sigfield *, struct sigresult *);

/* Set key_name; when there is no such name it stays empty, and *bad tells.  -1
 * with DIAG_MEMORY or DIAG_SYSTEM in *why. */
int sigcheck_key_name(struct sigcheck *, const struct sigfield *,
    struct sigresult *, struct diag *bad, struct diag *why);

/* Have the body hashed for this signature, in the one pass. */
void sigcheck_want_body(
    struct sigcheck *, const struct sigfield *, struct sigresult *);

/* The pass, unless it was made or nobody wants it.  -1 with DIAG_READ or
 * DIAG_MEMORY. */
int sigcheck_bodies(struct sigcheck *, struct diag *why);

/* Compare bh= with the hash: whether it is that of the body.  Else it fails. */
bool sigcheck_body(
    const struct sigcheck *, const struct sigfield *, struct sigresult *);

/* The digest of what a DKIM-Signature or an AMS signs.  -1 with DIAG_MEMORY. */
int sigcheck_digest(struct sigcheck *, const struct sigfield *,
    unsigned char out[DIGEST_SIZE], struct diag *why);

/* Check the signature over digest with the keys under its name, which are asked
 * for when they are not there yet, and with them those that others want.  0: it
 * has a status.  -1 with DIAG_MEMORY, DIAG_SYSTEM, DIAG_WRITE, DIAG_INTERNAL,
 * DIAG_LIMIT_RECORDS or DIAG_LIMIT_SIGNATURES. */
int sigcheck_signature(struct sigcheck *, const struct sigfield *,
    const unsigned char digest[DIGEST_SIZE], struct sigresult *,
    struct diag *why);

#endif
