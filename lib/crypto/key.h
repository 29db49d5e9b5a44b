/* SPDX-License-Identifier: BSD-2-Clause */
/* key.h - what a key record says (RFC 6376 section 3.6.1, RFC 8463)
 *
 * The record is a stranger's text.  What is read from it is a public key that
 * can be used without further questions but one: an RSA key may be shorter
 * than a verifier accepts, which signature_verify() looks at.  A struct key
 * does not look into the record; several threads may verify with it at once. */
#ifndef KEY_H
#define KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/limit.h"
#include "base/slice.h"

enum key_type {
	KEY_RSA,
	KEY_ED25519,
};

enum {
	KEY_MIN_RSA_BITS = 1024, /* shorter never verifies (RFC 8301) */
	KEY_MAX_RSA_BITS = LIMIT_RSA_BITS, /* longer is refused */
	KEY_USUAL_EXPONENT = 65537,	   /* larger only in a shorter key */
	KEY_LEAST_RSA_BITS = 256,	   /* shorter is not even read */
	KEY_ED25519_SIZE = 32,		   /* octets */
};

struct key {
	enum key_type type;
	unsigned bits;	  /* of the modulus; 256 for Ed25519 */
	bool testing;	  /* t=y: the owner only tries (changes no verdict) */
	bool strict;	  /* t=s: i= is in the signing domain itself */
	bool granularity; /* there is a g=, which means nothing any more */
	bool bare;	  /* RSA: not wrapped as SubjectPublicKeyInfo */

	/* The number of the key, which distinguishes keys: the RSA modulus,
	 * big-endian from its first octet that is not zero, or the 32 octets
	 * of the Ed25519 point.  Owned. */
	unsigned char *octets;
	size_t noctets;
	unsigned long long exponent; /* RSA: odd, 3 to 2^33; else 0 */

	struct rsa_public *rsa;	  /* KEY_RSA: ready for use; owned */
	struct evp_pkey_st *pkey; /* KEY_ED25519: OpenSSL's form; owned */
};

/* "rsa" or "ed25519", as in k=. */
const char *key_type_word(enum key_type);

/* Read the text of one TXT record.  On 0, *out is the caller's, to end with
 * key_release().  On -1 *out is all zero, and the detail tells the owner of the
 * record what to fix; why->where is empty, so that why may outlive the record:
 *
 *	DIAG_KEY_SYNTAX      no key record: not a list of tags, v= not first or
 *	                     not DKIM1, no p=, p= not base64 or not a key
 *	DIAG_KEY_HASH        h= without sha256
 *	DIAG_KEY_SERVICE     s= with neither "*" nor email
 *	DIAG_KEY_REVOKED     p= is empty
 *	DIAG_KEY_TYPE        k= is neither rsa nor ed25519
 *	DIAG_KEY_SHORT       RSA of less than KEY_LEAST_RSA_BITS
 *	DIAG_KEY_LONG        RSA of more than KEY_MAX_RSA_BITS
 *	DIAG_KEY_EXPONENT    RSA with an even modulus, or an exponent that is
 *	                     even, below 3, or 2^33 and more, or above
 *	                     KEY_USUAL_EXPONENT in a key of more than
 *	                     LIMIT_EXPONENT_RSA_BITS
 *	DIAG_KEY_WEAK_POINT  Ed25519: no point of the curve, not in its shortest
 *	                     form (y >= p), or of small order
 *	DIAG_MEMORY          nothing is known of the record */
int key_parse(struct slice record, struct key *out, struct diag *why);

/* The key behind an RSA modulus and exponent, big-endian; the key behind the
 * octets of a point.  Codes as above. */
int key_from_rsa(
    struct slice n, struct slice e, struct key *out, struct diag *why);
int key_from_ed25519(struct slice point, struct key *out, struct diag *why);

/* Whether both are the same public key. */
bool key_same(const struct key *a, const struct key *b);

/* Append the record that publishes the key: "v=DKIM1; k=rsa; p=...", other tags
 * before p=, an RSA key as SubjectPublicKeyInfo, which all verifiers know.  A
 * failure stays with the buffer. */
struct buf;
void key_record(const struct key *, struct slice others, struct buf *out);

/* Accepts a struct key that is all zero. */
void key_release(struct key *);

#endif
