/* SPDX-License-Identifier: BSD-2-Clause */
/* keystore.h - every answer of a run, each question asked once
 *
 * Behind it stand the keys files and the DNS (keysource.h); in it, what they
 * said and the keys read from that (key.h), each decoded once.  A keystore may
 * be used by several threads. */
#ifndef KEYSTORE_H
#define KEYSTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "crypto/key.h"
#include "keys/keysource.h"
#include "base/limit.h"
#include "base/slice.h"

/* Key records tried under one name. */
enum {
	KEYSTORE_MAX_RECORDS = LIMIT_RECORDS
};

struct keyrecord {
	struct key key;		/* valid when why is DIAG_NONE */
	struct diag why;	/* what makes the record unusable */
	const struct txt *text; /* as it was published */
};

struct keyentry {
	struct slice name;
	struct answer answer;
	/* Records that are key records, usable or not, in their order; when
	 * there is none, the first record with what is wrong with it.  Those
	 * that are something else are dropped (RFC 6376 6.1.2). */
	struct keyrecord *record;
	size_t nrecords; /* at most KEYSTORE_MAX_RECORDS */
	bool more;	 /* there are more than that */
};

struct keystore;

/* A store over files and dns, either of which may be NULL; it owns both.  What
 * the first does not know the second is asked; what neither knows does not
 * exist.  NULL when memory is short (files and dns are then still the
 * caller's). */
struct keystore *keystore_new(struct keysource *files, struct keysource *dns);
void keystore_free(struct keystore *);

/* Append every answer of the DNS to fd, in the form of a keys file. */
void keystore_record(struct keystore *, int fd);

/* Ask, at once, those of n questions that were not asked before.  deadline is
 * as in keysource.h.  -1 with DIAG_MEMORY, DIAG_SYSTEM, or DIAG_WRITE for the
 * record file. */
int keystore_ask(struct keystore *, const struct question questions[], size_t n,
    int64_t deadline, struct diag *why);

/* What is known of a question that was asked; NULL for any other.  Lives as
 * long as the store and does not change. */
const struct answer *keystore_answer(struct keystore *, struct question);

/* Key records, which are TXT records: whether those of the name were fetched
 * already. */
bool keystore_has(struct keystore *, struct slice name);

/* Ask, at once, for the keys of those of n names that were not fetched before,
 * and read them.  deadline and failures are those of keystore_ask(). */
int keystore_fetch(struct keystore *, const struct slice names[], size_t n,
    int64_t deadline, struct diag *why);

/* Names of the keys files that end in suffix, at most max, in their order;
 * returns how many.  They live as long as the store. */
size_t keystore_list(
    struct keystore *, struct slice suffix, struct slice names[], size_t max);

/* What is known of a name that was fetched; NULL for any other.  Lives as
 * long as the store and does not change. */
const struct keyentry *keystore_find(struct keystore *, struct slice name);

#endif
