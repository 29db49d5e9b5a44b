/* SPDX-License-Identifier: BSD-2-Clause */
/* diag.h - a failure as a value that explains itself
 *
 * What can fail returns 0 or -1 and fills a struct diag, its last argument:
 * which rule was broken, in which field and ARC Set, at which octets.  One
 * table gives each code the word that scripts read, the clause, and the
 * sentence for a postmaster.  The words are part of the interface: once
 * released they do not change. */
#ifndef DIAG_H
#define DIAG_H

#include <stdbool.h>

#include "base/slice.h"

enum diag_code {
	DIAG_NONE,

	/* Steps 1 to 3 of RFC 8617 section 5.2: the shape of the chain. */
	DIAG_TOO_MANY_SETS,
	DIAG_SEAL_CV_FAIL,
	DIAG_HEADER_SYNTAX,
	DIAG_FIELD_SYNTAX,
	DIAG_INSTANCE_SYNTAX,
	DIAG_AAR_SYNTAX,
	DIAG_FIELD_MISSING,
	DIAG_FIELD_TWICE,
	DIAG_INSTANCE_GAP,
	DIAG_CV_SYNTAX,
	DIAG_CV_WRONG,
	DIAG_SEAL_H_TAG,

	/* One signature, its tags (RFC 6376 section 3.5, RFC 8617 4.1). */
	DIAG_VERSION,
	DIAG_TAG_MISSING,
	DIAG_TAG_SYNTAX,
	DIAG_ALGORITHM,
	DIAG_CANONICALIZATION,
	DIAG_QUERY_METHOD,
	DIAG_DOMAIN_SYNTAX,
	DIAG_SELECTOR_SYNTAX,
	DIAG_IDENTITY,
	DIAG_HEADERS_NO_FROM,
	DIAG_HEADERS_ARC_SEAL,
	DIAG_EXPIRED,
	DIAG_BODY_LENGTH,
	DIAG_BODY_PARTIAL,
	DIAG_BODY_HASH,

	/* Its key (RFC 6376 sections 3.6.1 and 6.1.2). */
	DIAG_KEY_MISSING,
	DIAG_KEY_SYNTAX,
	DIAG_KEY_REVOKED,
	DIAG_KEY_TYPE,
	DIAG_KEY_HASH,
	DIAG_KEY_SERVICE,
	DIAG_KEY_SHORT,
	DIAG_KEY_LONG,
	DIAG_KEY_EXPONENT,
	DIAG_KEY_WEAK_POINT,
	DIAG_KEY_STRICT,
	DIAG_KEY_UNSIGNED,

	/* Its signature. */
	DIAG_SIGNATURE_LENGTH,
	DIAG_SIGNATURE,

	/* A key that could not be asked for: no final verdict (75). */
	DIAG_DNS_TIMEOUT,
	DIAG_DNS_SERVFAIL,
	DIAG_DNS_REFUSED,
	DIAG_DNS_BOGUS,
	DIAG_DNS_MALFORMED,
	DIAG_DNS_UNREACHABLE,

	/* SPF (RFC 7208).  A DNS failure is one of those above. */
	DIAG_SPF_NONE,
	DIAG_SPF_DOMAIN,
	DIAG_SPF_NEUTRAL,
	DIAG_SPF_FAIL,
	DIAG_SPF_RECORDS,
	DIAG_SPF_SYNTAX,
	DIAG_SPF_INCLUDE,
	DIAG_SPF_LOOKUPS,
	DIAG_SPF_VOID,
	DIAG_SPF_MX,
	DIAG_SPF_QUERIES,

	/* DMARC (RFC 9989). */
	DIAG_DMARC_NONE,
	DIAG_DMARC_POLICY,
	DIAG_DMARC_AUTHOR,
	DIAG_DMARC_ALIGNMENT,
	DIAG_DMARC_FAIL,
	DIAG_DMARC_OPEN,

	/* Not a message, or over a limit: no verdict (65). */
	DIAG_NO_MESSAGE,
	DIAG_BARE_CR,
	DIAG_NOT_SEALABLE,
	DIAG_NO_SUCH_SET,
	DIAG_NO_ATTACHMENT,
	DIAG_FINGERPRINT,
	DIAG_LIMIT_MESSAGE,
	DIAG_LIMIT_HEADER,
	DIAG_LIMIT_FIELD,
	DIAG_LIMIT_FIELDS,
	DIAG_LIMIT_PARTS,
	DIAG_LIMIT_RECORDS,
	DIAG_LIMIT_SIGNATURES,
	DIAG_LIMIT_DKIM,

	/* Trouble of this machine or of this call. */
	DIAG_OPEN,
	DIAG_READ,
	DIAG_WRITE,
	DIAG_MEMORY,
	DIAG_SYSTEM,
	DIAG_INTERNAL,
	DIAG_KEYS_FILE,
	DIAG_MANIFEST,
	DIAG_TABLE,
	DIAG_TRUST,
	DIAG_STATE,
	DIAG_KEY_DIFFERS,
	DIAG_KEY_UNPUBLISHED,
	DIAG_SELF_CHECK,
	DIAG_PRIVATE_KEY_READ,
	DIAG_PRIVATE_KEY,
	DIAG_KEY_CREATE,

	DIAG_COUNT,
};

/* What a code means for the answer and the exit status. */
enum diag_class {
	DIAG_CLASS_FAIL,      /* the chain, or one field of it, fails */
	DIAG_CLASS_TEMPORARY, /* it fails today; perhaps not in a minute */
	DIAG_CLASS_TROUBLE,   /* there is no verdict at all */
};

struct field; /* mail/message.h */

struct diag {
	enum diag_code code;
	unsigned instance;  /* ARC Set concerned; 0 when none is */
	struct slice field; /* name of the field concerned, static; or empty */
	const struct field *at; /* that field, in its message; or NULL */
	struct slice where;	/* octets at fault, in the message; or empty */
	const char *path;	/* of the file concerned where that is not the
				 * input; the caller's; or NULL */
	int errnum;		/* errno of the system call that failed; or 0 */
	char detail[200];	/* the particulars, "i=3 follows i=1", escaped:
				 * printable ASCII and no control; or "" */
};

struct diag_info {
	const char *word;     /* "instance-gap" */
	const char *clause;   /* "RFC 8617 section 5.2, step 3B"; or "" */
	const char *sentence; /* ends in a full stop */
	enum diag_class class;
	int exit; /* sysexits.h status for TEMPORARY and TROUBLE; else 1 */
};

/* Never NULL; lives for ever. */
const struct diag_info *diag_info(enum diag_code);

/* The particulars as lines for people have them: digests, which tell a reader
 * nothing, only where much is asked for; empty when there are none. */
struct slice diag_detail(const struct diag *, bool verbose);

/* Whether the code says "perhaps not in a minute". */
bool diag_is_temporary(enum diag_code);

/* -1 whatever it is given: what lets a compiler and an analyzer see that the
 * calls below return that. */
static inline int
diag_failed(int ignored)
{
	(void)ignored;
	return -1;
}

/* Set *why to code with these particulars, all else in it cleared; return -1,
 * so that a function can end in "return diag_set(…)".  The detail is cut to
 * the room there is.  Octets of a message go in by diag_quote() only. */
int diag_set(struct diag *why, enum diag_code, struct slice where,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
#define diag_set(...) diag_failed(diag_set(__VA_ARGS__))

/* Shorthands: memory is short; errno of a failed call. */
int diag_memory(struct diag *why);
int diag_errno(struct diag *why, enum diag_code, const char *what);
#define diag_memory(why) diag_failed(diag_memory(why))
#define diag_errno(why, code, what) diag_failed(diag_errno(why, code, what))

/* s made harmless for a detail: controls, non-ASCII octets, '"' and '\' as
 * \xNN, cut with "..." to fit; returns out. */
enum {
	DIAG_QUOTED = 84
};
const char *diag_quote(struct slice s, char out[DIAG_QUOTED]);

#endif
