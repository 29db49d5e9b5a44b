/* SPDX-License-Identifier: BSD-2-Clause */
/* limit.h - how much is taken from strangers: one table
 *
 * Real mail meets none of these (RFC 8617 sections 9.1 and 9.2).  What meets
 * one gets no verdict but DIAG_LIMIT_... and exit status 65, unless its row
 * says otherwise.  Every number stands here and nowhere else, with its reason,
 * as arc-tools(7) shows it. */
#ifndef LIMIT_H
#define LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* Those that a user may set, with --limit. */
struct limits {
	size_t message, header, field, fields, signatures;
};

#define LIMIT_OWN(member) offsetof(struct limits, member)
#define LIMIT_FIXED SIZE_MAX

/* Name of the constant; word; number; of what; where a user's own stands; the
 * reason, and what happens when it is not 65. */
/* clang-format off */
#define LIMITS(ROW) \
	ROW(MESSAGE, "message", 1 << 30, "octets", LIMIT_OWN(message), \
	    "Of a message that a filter or --why takes whole; any other body " \
	    "streams by and may have any length.") \
	ROW(HEADER, "header", 16 << 20, "octets", LIMIT_OWN(header), \
	    "The header is held in memory.") \
	ROW(FIELD, "field", 1 << 20, "octets", LIMIT_OWN(field), \
	    "Of one ARC field: it bounds its tags, the names in its h=, its " \
	    "results and its comments as well.") \
	ROW(FIELDS, "fields", 100 * 1000, "fields", LIMIT_OWN(fields), \
	    "Each costs memory beside its octets.") \
	ROW(TAGS, "tags", 16384, "tags", LIMIT_FIXED, \
	    "Of one tag-list: each costs memory beside its octets.  A list of " \
	    "more is none, which is a fail.") \
	ROW(NAMES, "names", 65536, "names", LIMIT_FIXED, \
	    "In one h=: each costs memory beside its octets.  A signature " \
	    "with more is a fail.") \
	ROW(SIGNATURES, "signatures", 120, "checks", LIMIT_OWN(signatures), \
	    "Of signatures for one message, all keys tried counted; fifty " \
	    "sets with a key for each field make 100.") \
	ROW(DKIM, "dkim", 20, "signatures", LIMIT_FIXED, \
	    "DKIM-Signatures of one message that are checked, from the top; " \
	    "the result of the others is neutral.") \
	ROW(RECORDS, "records", 8, "key records", LIMIT_FIXED, \
	    "Tried under one name: each costs a check.") \
	ROW(SETS, "sets", 50, "ARC Sets", LIMIT_FIXED, \
	    "RFC 8617 section 4.2.1; more are a fail.") \
	ROW(RSA_BITS, "rsa-bits", 16384, "bits", LIMIT_FIXED, \
	    "Of an RSA modulus: a check costs the cube of it.  The key cannot " \
	    "be used, which is a fail.") \
	ROW(EXPONENT_BITS, "exponent-bits", 33, "bits", LIMIT_FIXED, \
	    "Of an RSA exponent: a check costs so many squarings.  The key " \
	    "cannot be used, which is a fail.") \
	ROW(EXPONENT_RSA_BITS, "exponent-rsa-bits", 4096, "bits", LIMIT_FIXED, \
	    "Of an RSA modulus whose exponent is above 65537, as both " \
	    "together make a check dear.  The key cannot be used, which is a " \
	    "fail.") \
	ROW(TEXT, "text", 64 << 10, "octets", LIMIT_FIXED, \
	    "Of one TXT record, its strings joined: all that the DNS can " \
	    "carry.  In a keys file more is status 78.") \
	ROW(CNAMES, "cnames", 8, "names", LIMIT_FIXED, \
	    "In a row that are followed for one key; more are no key.") \
	ROW(KEYS_FILE, "keys-file", 256 << 20, "octets", LIMIT_FIXED, \
	    "Of a keys file, which is read whole; a longer one is status 78.") \
	ROW(KEY_FILE, "key-file", 64 << 10, "octets", LIMIT_FIXED, \
	    "Of a file with a private key; a longer one is status 78.") \
	ROW(SPF_TERMS, "spf-lookups", 10, "terms", LIMIT_FIXED, \
	    "Of SPF records that ask the DNS, includes and redirects counted " \
	    "(RFC 7208 section 4.6.4); more are a permerror.") \
	ROW(SPF_VOID, "spf-void-lookups", 2, "terms", LIMIT_FIXED, \
	    "Of SPF records whose lookups bring nothing (the same section); " \
	    "more are a permerror.") \
	ROW(SPF_MX, "spf-mx", 10, "MX records", LIMIT_FIXED, \
	    "For one mx of an SPF record (the same section); more are a " \
	    "permerror.") \
	ROW(SPF_PTR, "spf-ptr", 10, "PTR records", LIMIT_FIXED, \
	    "Of an address (the same section); others are ignored.") \
	ROW(SPF_QUERIES, "spf-queries", 128, "queries", LIMIT_FIXED, \
	    "For one SPF evaluation, all counted; more are a permerror.") \
	ROW(SPF_NAME, "spf-name", 253, "octets", LIMIT_FIXED, \
	    "Of a name that macros expand to (RFC 7208 section 7.3); labels in " \
	    "front are cut off.") \
	ROW(SPF_LOCAL, "spf-local-part", 256, "octets", LIMIT_FIXED, \
	    "Of the local part that macros expand to; the rest is cut off.") \
	ROW(SPF_EXPLANATION, "spf-explanation", 1024, "octets", LIMIT_FIXED, \
	    "Of the text that exp= expands to; a longer one is none.") \
	ROW(DMARC_WALK, "dmarc-walk", 8, "names", LIMIT_FIXED, \
	    "Of one tree walk for DMARC records (RFC 9989 section 4.10); the " \
	    "labels in the middle of a longer domain are left out.") \
	ROW(PROPERTIES, "properties", 256, "properties", LIMIT_FIXED, \
	    "Of one result of Authentication-Results; what is more is left " \
	    "out.") \
	ROW(RESULTS, "results", 1000, "results", LIMIT_FIXED, \
	    "Of one Authentication-Results field, and for one seal; what is " \
	    "more is left out.") \
	ROW(NEW_FIELD, "new-field", 64 << 10, "octets", LIMIT_FIXED, \
	    "Of a field that arc-sign makes: what does not fit is no mail.") \
	ROW(MIME_PARTS, "mime-parts", 64, "parts", LIMIT_FIXED, \
	    "That --why looks into; others are text like any other.") \
	ROW(MIME_DEPTH, "mime-depth", 8, "levels", LIMIT_FIXED, \
	    "Of parts in parts, for the same.") \
	ROW(ATTACHED, "attached", 100, "messages", LIMIT_FIXED, \
	    "Within one that --attached verifies, and parts of each that it " \
	    "looks at.") \
	ROW(ATTACHED_DEPTH, "attached-depth", 10, "levels", LIMIT_FIXED, \
	    "Of messages within messages, for the same.")
/* clang-format on */

#define LIMIT_NUMBER(name, word, number, unit, own, reason)                    \
	LIMIT_##name = (number),
enum {
	LIMITS(LIMIT_NUMBER)
};

struct limit_info {
	const char *word;
	unsigned long long number;
	const char *unit;
	size_t own;	    /* LIMIT_OWN() or LIMIT_FIXED */
	const char *reason; /* ends in a full stop */
};

/* The row at place i, or NULL behind the last. */
const struct limit_info *limit_info(size_t i);

extern const struct limits limits_usual;

/* Take "NAME=NUMBER", the number perhaps with K, M or G behind it.  False when
 * there is no such limit to set, or the number is 0, none, or above 2^40. */
bool limits_set(struct limits *, struct slice text);

#endif
