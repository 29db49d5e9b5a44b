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
	ROW(MESSAGE, "message", 1 << 30, "bytes", LIMIT_OWN(message), \
	    "Size of a message that a filter or --why reads into memory or " \
	    "a temporary file; otherwise bodies are streamed and may have " \
	    "any size.") \
	ROW(HEADER, "header", 16 << 20, "bytes", LIMIT_OWN(header), \
	    "Size of the header, which is held in memory.") \
	ROW(FIELD, "field", 1 << 20, "bytes", LIMIT_OWN(field), \
	    "Size of one ARC field; also bounds its tags, the names in h=, " \
	    "its results and its comments.") \
	ROW(FIELDS, "fields", 100 * 1000, "fields", LIMIT_OWN(fields), \
	    "Number of header fields: each takes memory in addition to its " \
	    "bytes.") \
	ROW(TAGS, "tags", 16384, "tags", LIMIT_FIXED, \
	    "Tags of one tag list: each takes memory in addition to its " \
	    "bytes.  A longer list is invalid.") \
	ROW(NAMES, "names", 65536, "names", LIMIT_FIXED, \
	    "Names in one h=: each takes memory in addition to its bytes.  " \
	    "A signature with more fails.") \
	ROW(SIGNATURES, "signatures", 120, "checks", LIMIT_OWN(signatures), \
	    "Signature checks for one message, counting every key tried; " \
	    "50 ARC Sets with one key per field need 100.") \
	ROW(DKIM, "dkim", 20, "signatures", LIMIT_FIXED, \
	    "DKIM-Signature fields checked in one message, from the top; " \
	    "the result of any others is neutral.") \
	ROW(DKIM_FIELDS, "dkim-fields", 100, "signatures", LIMIT_FIXED, \
	    "DKIM-Signature fields listed for one message, from the top: " \
	    "each takes memory in addition to its bytes.  The rest are " \
	    "counted.") \
	ROW(ARC_FIELDS, "arc-fields", 160, "fields", LIMIT_FIXED, \
	    "ARC fields read of one message, from the top: each takes memory " \
	    "in addition to its bytes.  50 ARC Sets have 150; with more, " \
	    "the chain fails.") \
	ROW(RECORDS, "records", 8, "key records", LIMIT_FIXED, \
	    "Key records tried under one name: each needs a signature " \
	    "check.") \
	ROW(SETS, "sets", 50, "ARC Sets", LIMIT_FIXED, \
	    "RFC 8617 section 4.2.1; with more, the chain fails.") \
	ROW(RSA_BITS, "rsa-bits", 16384, "bits", LIMIT_FIXED, \
	    "Size of an RSA modulus: the cost of a check grows with its " \
	    "cube.  With a larger key the check fails.") \
	ROW(EXPONENT_BITS, "exponent-bits", 33, "bits", LIMIT_FIXED, \
	    "Size of an RSA exponent: each bit costs one squaring.  With a " \
	    "larger exponent the check fails.") \
	ROW(EXPONENT_RSA_BITS, "exponent-rsa-bits", 4096, "bits", LIMIT_FIXED, \
	    "Size of an RSA modulus when the exponent is above 65537: both " \
	    "together make a check expensive.  With a larger key the check " \
	    "fails.") \
	ROW(TEXT, "text", 64 << 10, "bytes", LIMIT_FIXED, \
	    "Size of one TXT record, its strings joined: the most that the " \
	    "DNS can carry.  In a keys file, more is status 78.") \
	ROW(CNAMES, "cnames", 8, "names", LIMIT_FIXED, \
	    "CNAMEs followed in sequence for one key; after more, the key " \
	    "counts as missing.") \
	ROW(KEYS_FILE, "keys-file", 256 << 20, "bytes", LIMIT_FIXED, \
	    "Size of a keys file, which is read into memory; more is " \
	    "status 78.") \
	ROW(KEY_FILE, "key-file", 64 << 10, "bytes", LIMIT_FIXED, \
	    "Size of a private key file; more is status 78.") \
	ROW(SPF_TERMS, "spf-lookups", 10, "terms", LIMIT_FIXED, \
	    "SPF terms that query the DNS, in included and redirected " \
	    "records too (RFC 7208 section 4.6.4); more is a permerror.") \
	ROW(SPF_VOID, "spf-void-lookups", 2, "terms", LIMIT_FIXED, \
	    "SPF terms whose lookup returns no records (same section); " \
	    "more is a permerror.") \
	ROW(SPF_MX, "spf-mx", 10, "MX records", LIMIT_FIXED, \
	    "MX records for one mx term of an SPF record (same section); " \
	    "more is a permerror.") \
	ROW(SPF_PTR, "spf-ptr", 10, "PTR records", LIMIT_FIXED, \
	    "PTR records of one address (same section); the rest are " \
	    "ignored.") \
	ROW(SPF_QUERIES, "spf-queries", 128, "queries", LIMIT_FIXED, \
	    "DNS queries of any kind for one SPF evaluation; more is a " \
	    "permerror.") \
	ROW(SPF_NAME, "spf-name", 253, "bytes", LIMIT_FIXED, \
	    "Length of a name after macro expansion (RFC 7208 section " \
	    "7.3); leading labels are removed.") \
	ROW(SPF_LOCAL, "spf-local-part", 256, "bytes", LIMIT_FIXED, \
	    "Length of a local part in macro expansion; the rest is cut " \
	    "off.") \
	ROW(SPF_EXPLANATION, "spf-explanation", 1024, "bytes", LIMIT_FIXED, \
	    "Length of the explanation that exp= expands to; a longer one " \
	    "is dropped.") \
	ROW(DMARC_WALK, "dmarc-walk", 8, "names", LIMIT_FIXED, \
	    "Names queried in one DNS tree walk (RFC 9989 section 4.10); " \
	    "middle labels of a longer domain are skipped.") \
	ROW(PROPERTIES, "properties", 256, "properties", LIMIT_FIXED, \
	    "Properties of one Authentication-Results result; the rest are " \
	    "left out.") \
	ROW(RESULTS, "results", 1000, "results", LIMIT_FIXED, \
	    "Results of one Authentication-Results field, and for one " \
	    "seal; the rest are left out.") \
	ROW(NEW_FIELD, "new-field", 64 << 10, "bytes", LIMIT_FIXED, \
	    "Size of a field that arc-sign creates; above it, the message " \
	    "is not sealed.") \
	ROW(MIME_PARTS, "mime-parts", 64, "parts", LIMIT_FIXED, \
	    "MIME parts that --why looks into; the rest are treated as " \
	    "plain text.") \
	ROW(MIME_DEPTH, "mime-depth", 8, "levels", LIMIT_FIXED, \
	    "Nesting depth of MIME parts for --why; deeper parts are " \
	    "treated as plain text.") \
	ROW(ATTACHED, "attached", 100, "messages", LIMIT_FIXED, \
	    "Attached messages that --attached verifies, and MIME parts " \
	    "searched in each.") \
	ROW(ATTACHED_DEPTH, "attached-depth", 10, "levels", LIMIT_FIXED, \
	    "Nesting depth of attached messages for --attached.")
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

/* The row at place i, or NULL after the last. */
const struct limit_info *limit_info(size_t i);

extern const struct limits limits_usual;

/* Take "NAME=NUMBER", the number perhaps followed by K, M or G.  False when
 * there is no such limit to set, or the number is 0, none, or above 2^40. */
bool limits_set(struct limits *, struct slice text);

#endif
