/* SPDX-License-Identifier: BSD-2-Clause */
/* arc.h - verify an Authenticated Received Chain (RFC 8617) from a program
 *
 *	struct arc_keys *keys;
 *	struct arc_verdict *v;
 *	struct arc_problem why;
 *
 *	if (arc_keys_new(NULL, &keys, &why) != ARC_OK)
 *		... why.sentence ...
 *	if (arc_verify(keys, message, size, NULL, &v, &why) == ARC_OK)
 *		... v->status, v->set[0].seal.domain ...
 *	arc_verdict_free(v);
 *	arc_keys_free(keys);
 *
 * A verdict is not a failure: arc_verify() returns ARC_OK for a chain that
 * fails.  Strings of a message are as its sender wrote them: escape them before
 * you show them.  Times are seconds since 1970, sizes are in bytes.  Instances
 * are 1 to 50 (RFC 8617 section 4.2.1).
 *
 * Threads may share a struct arc_keys; everything else belongs to one thread.
 * The library starts OpenSSL without its configuration file and without its
 * handler at exit; a program that wants them calls OPENSSL_init_crypto() first.
 * It loads libldns when it first queries DNS, and libidn2 for domains outside
 * ASCII.  It changes no signal, no locale and no limit of the process. */
#ifndef ARC_H
#define ARC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What functions return: ARC_OK, or what went wrong, as sysexits.h numbers it
 * and the tools exit. */
enum arc_error {
	ARC_OK = 0,
	ARC_ERROR_ARGUMENT = 64, /* an option is out of its range, or a name
				  * server is not an address */
	ARC_ERROR_MESSAGE = 65,	 /* not a message, or beyond a limit
				  * (arc-tools(7), LIMITS) */
	ARC_ERROR_OPEN = 66,	 /* a keys file cannot be opened */
	ARC_ERROR_INTERNAL = 70, /* OpenSSL failed where it cannot */
	ARC_ERROR_SYSTEM = 71,	 /* out of memory, descriptors or threads */
	ARC_ERROR_READ = 74,	 /* a keys file cannot be read */
	ARC_ERROR_KEYS = 78,	 /* a line of a keys file is not a record */
};

/* Why a chain, a signature or a call failed.  All of it is plain ASCII and
 * needs no escaping. */
struct arc_problem {
	const char *code;     /* as in arc-tools(7): "body-hash"; static */
	const char *clause;   /* "RFC 6376 section 6.1.3", or ""; static */
	const char *sentence; /* for people, ends in a full stop; static */
	const char *field;    /* "ARC-Seal" and so on, or ""; static */
	unsigned instance;    /* of the ARC Set concerned; 0: of none */
	char detail[200];     /* the particulars, or "" */
};

/* Where keys come from. */
struct arc_keys_options {
	const char *const *file; /* keys files (arc-tools(7)), read at once */
	size_t nfiles;
	const char *const *resolver; /* name servers: ADDR[:PORT], [V6]:PORT,
				      * at most 8; with none, those of
				      * /etc/resolv.conf */
	size_t nresolvers;
	bool dns;      /* query DNS for names that no file has; without files
			* it is queried in any case */
	bool trust_ad; /* trust the AD bit of every name server, not only of
			* one on loopback */
};
struct arc_keys;

/* Open a source of keys; options may be NULL, which is all zero: DNS alone.
 * On ARC_OK *out is the caller's, to end with arc_keys_free(); else it is NULL
 * and *why says ARC_ERROR_ARGUMENT, _OPEN, _READ, _KEYS or _SYSTEM.  Every
 * answer of DNS is kept as long as the source: open another one to query
 * again. */
enum arc_error arc_keys_new(const struct arc_keys_options *,
    struct arc_keys **out, struct arc_problem *why);

/* Accepts NULL.  No verdict needs its keys any more. */
void arc_keys_free(struct arc_keys *);

/* How to verify.  Zero is the usual value of each. */
struct arc_options {
	int64_t time;		 /* taken as now; 0: the clock's */
	int64_t clock_skew;	 /* seconds by which x= may be past; 0 and up */
	unsigned min_rsa_bits;	 /* 1024 (RFC 8301), which 0 means, to 16384 */
	unsigned dns_timeout;	 /* milliseconds for all lookups of the message;
				  * 0: 10000; at most 3600000 */
	bool no_oldest_pass;	 /* skip step 5 of RFC 8617 section 5.2 */
	bool no_partial_body;	 /* an l= short of the body is a failure */
	bool require_dnssec;	 /* a key that DNSSEC does not secure is one */
	bool json;		 /* make arc_verdict.json */
	bool explain;		 /* and in it "why", as arc-verify --why has it:
				  * up to a second of work */
	const char *authserv_id; /* make arc_verdict.results, with this
				  * authserv-id: a token of at most 255
				  * bytes; or NULL */
};

/* RFC 8617 section 4.4; ARC_TEMPFAIL is a fail by its section 5.2.1, but only
 * as a key could not be looked up: later it may pass. */
enum arc_status {
	ARC_NONE,
	ARC_PASS,
	ARC_FAIL,
	ARC_TEMPFAIL,
};

enum arc_check {
	ARC_UNCHECKED, /* decided nothing */
	ARC_VERIFIED,
	ARC_FAILED,
};

/* An ARC-Message-Signature or an ARC-Seal. */
struct arc_signature {
	enum arc_check check;
	struct arc_problem why; /* for ARC_FAILED; else all zero */
	/* As the field says, even when it does not verify; "" when missing. */
	const char *domain, *selector, *algorithm;
	int64_t time; /* t=; -1 when missing */
};

/* An ARC Set. */
struct arc_instance {
	struct arc_signature message; /* ARC-Message-Signature */
	struct arc_signature seal;    /* ARC-Seal */
};

struct arc_verdict {
	enum arc_status status;
	struct arc_problem why; /* for ARC_FAIL and ARC_TEMPFAIL; else zero */
	unsigned nsets;		/* the highest instance; 0 for ARC_NONE */
	const struct arc_instance *set; /* set[i - 1] is instance i */
	int oldest_pass;		/* section 5.2, step 5: 0 when every
					 * ARC-Message-Signature verifies; -1 unless
					 * ARC_PASS with step 5 */
	const char *json;    /* one line, as arc-verify --json; or NULL */
	const char *results; /* an Authentication-Results field (RFC 8601),
			      * folded with CRLF; or NULL */
};

/* Verify the size bytes at message: header, empty line, body, lines ending in
 * CRLF or LF; options may be NULL.  The message is not changed, and not needed
 * any more afterwards.  On ARC_OK *out is the caller's, to end with
 * arc_verdict_free(), and all it points to lives until then.  Else there is no
 * verdict, *out is NULL, and *why says ARC_ERROR_ARGUMENT, _MESSAGE, _INTERNAL
 * or _SYSTEM.  Blocks for DNS, at most as long as dns_timeout. */
enum arc_error arc_verify(struct arc_keys *, const void *message, size_t size,
    const struct arc_options *, struct arc_verdict **out,
    struct arc_problem *why);

/* Accepts NULL. */
void arc_verdict_free(struct arc_verdict *);

/* "none", "pass", "fail" or "tempfail"; "unknown" for any other number. */
const char *arc_status_word(enum arc_status);

/* "0.2.0" */
const char *arc_version(void);

#ifdef __cplusplus
}
#endif
#endif
