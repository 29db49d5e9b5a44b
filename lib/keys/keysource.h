/* SPDX-License-Identifier: BSD-2-Clause */
/* keysource.h - one interface to whatever holds DNS records
 *
 * A key record is a TXT record at <selector>._domainkey.<domain> (RFC 6376
 * section 3.6.2); SPF and DMARC ask for more (rr.h).  A keys file and the DNS
 * are behind the same call, so that tests and post-mortems run offline
 * through the code that mail runs through.  A source only fetches: caching
 * ("each question once a run") is keystore.h's, and reading what a record says
 * is key.h's. */
#ifndef KEYSOURCE_H
#define KEYSOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/slice.h"
#include "keys/rr.h"

enum answer_kind {
	ANSWER_RECORDS,	    /* at least one record of the type asked for */
	ANSWER_NXDOMAIN,    /* no such name; a CNAME to nothing or a loop */
	ANSWER_NODATA,	    /* the name exists and has no such record */
	ANSWER_TIMEOUT,	    /* nobody answered before the deadline */
	ANSWER_SERVFAIL,    /* all servers failed */
	ANSWER_REFUSED,	    /* all servers refused */
	ANSWER_BOGUS,	    /* SERVFAIL that goes away with CD set: DNSSEC */
	ANSWER_MALFORMED,   /* only answers that could not be parsed */
	ANSWER_UNREACHABLE, /* no server configured, or no route to any */
	ANSWER_UNKNOWN,	    /* this source does not know; ask the next one */
};

/* What became of one question.  All slices live in the arena given to ask(). */
struct answer {
	enum answer_kind kind;
	struct txt *txt; /* RR_TXT: ntxt records in their order; else none */
	size_t ntxt;
	struct rr *rr; /* other types: nrr records in their order */
	size_t nrr;
	struct slice cname; /* the name the records really stand at, when a
			     * CNAME led there, or whose absence was told (so
			     * that the name asked for does exist); else empty.
			     * Text as in a master file: \DDD, \X where
			     * needed */
	uint32_t ttl;	    /* seconds; of the records, the smallest */
	bool has_ttl;	    /* a keys file need not say */
	bool secure;	    /* the resolver says DNSSEC-validated (AD) and is
			     * one that may be trusted */
	bool not_asked;	    /* no file has the name (or cname) and the DNS was
			     * not asked: kind is what that amounts to */
	struct slice file;  /* the keys file, when there is one; else empty */
	bool from_dns;	    /* else from a file */
};

/* A word for reports and record files: "NXDOMAIN", "TIMEOUT"... */
const char *answer_word(enum answer_kind);

/* Why the answer about name holds no record, for a failure's detail:
 * "NXDOMAIN at NAME", "NAME is not in FILE; DNS was not asked (--dns)". */
enum {
	ANSWER_DETAIL = 160
};
const char *answer_detail(
    const struct answer *, struct slice name, char out[ANSWER_DETAIL]);

/* The code a user sees when the answer holds no record; DIAG_NONE for
 * ANSWER_RECORDS. */
enum diag_code answer_diag(enum answer_kind);

struct keysource {
	/* Ask n questions at once.  answers[i] is about questions[i].  deadline
	 * is a time of clock_now(), shared by all lookups of a
	 * message; what is not answered by then is ANSWER_TIMEOUT.  Returns 0,
	 * or -1 with DIAG_MEMORY or DIAG_SYSTEM when it could not even try: a
	 * lookup that fails is an answer, not an error. */
	int (*ask)(struct keysource *, const struct question questions[],
	    size_t n, struct answer answers[], int64_t deadline, struct arena *,
	    struct diag *why);
	/* Whether it knows, without asking anybody, that the name exists: it
	 * has a record of some type, or a name below it.  NULL: it does not
	 * tell. */
	bool (*exists)(struct keysource *, struct slice name);
	/* Names it knows without asking anybody that end in suffix, at most
	 * max, in their order; returns how many.  NULL: it knows none. */
	size_t (*list)(struct keysource *, struct slice suffix,
	    struct slice names[], size_t max);
	void (*free)(struct keysource *);
};

/* Records from a keys file (see arc-verify(1), FILES).  The file is read
 * whole by keyfile_add(); ask() answers from memory, ANSWER_UNKNOWN for a
 * question on which no file has a word. */
struct keysource *keyfile_new(void);

/* Add the records of path.  -1 with DIAG_OPEN, DIAG_READ, DIAG_MEMORY, or
 * DIAG_KEYS_FILE whose detail names the line. */
int keyfile_add(struct keysource *, const char *path, struct diag *why);

/* Append to out what keyfile_add() would read back as this answer: master
 * file lines, CNAME and TTL included, or a ";!" line for a failure. */
struct buf;
void keyfile_write(
    struct buf *out, const struct question *, const struct answer *);

/* How to ask the DNS.  Strings are the caller's; config has to live as long as
 * the source. */
struct dns_options {
	const char **resolvers; /* ADDR[:PORT], [V6]:PORT; nresolvers of them;
				 * none: those of resolv.conf */
	size_t nresolvers;	/* at most RESOLVERS_MAX (resolvers.h) */
	const char *config;	/* read at the first ask() (resolvers.h);
				 * NULL: /etc/resolv.conf */
	bool trust_ad; /* trust the AD bit of any resolver, not only of one
			* on loopback */
};

/* Records from the DNS (RFC 1035; what may be trusted: RFC 5452).  NULL
 * with DIAG_MEMORY, or DIAG_SYSTEM naming an address that is none, or one too
 * many.  Nothing is opened before the first ask(). */
struct keysource *dns_new(const struct dns_options *, struct diag *why);

#endif
