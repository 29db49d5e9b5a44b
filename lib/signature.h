/* SPDX-License-Identifier: BSD-2-Clause */
/* signature.h - make and check signatures over a SHA-256 digest
 *
 * RSA is RSASSA-PKCS1-v1_5 (RFC 6376 section 3.3, RFC 8301); Ed25519 signs the
 * 32 octets of the digest as its message (RFC 8463 section 3).  Signatures are
 * octets here: base64.h makes them text. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include <stdbool.h>

#include "buf.h"
#include "diag.h"
#include "digest.h"
#include "key.h"
#include "slice.h"

enum signature_algorithm {
	SIGNATURE_RSA_SHA256,
	SIGNATURE_ED25519_SHA256,
};

/* "rsa-sha256" or "ed25519-sha256", as in a=. */
const char *signature_word(enum signature_algorithm);

/* The algorithm that a= names, in any case.  False for every other word. */
bool signature_named(struct slice word, enum signature_algorithm *out);

/* Whether sig is key's signature over digest.  min_bits is the shortest RSA key
 * to be believed; less than KEY_MIN_RSA_BITS counts as that.  0: it is.  -1:
 *
 *	DIAG_KEY_TYPE          the key is of another type than the algorithm
 *	DIAG_KEY_SHORT         RSA of less than min_bits
 *	DIAG_SIGNATURE_LENGTH  not as long as the modulus, or not 64 octets
 *	DIAG_SIGNATURE         it was checked to the end and does not fit
 *	DIAG_MEMORY            it could not be checked: no verdict
 *	DIAG_INTERNAL          OpenSSL refused for a reason unknown: no verdict
 */
int signature_verify(const struct key *, enum signature_algorithm,
    unsigned min_bits, const unsigned char digest[DIGEST_SIZE],
    struct slice sig, struct diag *why);

/* A private key.  Its secrets are wiped when it ends; it belongs to one thread.
 */
struct signing_key;

/* Load the private key at where: the path of a PEM file (PKCS #8 or PKCS #1,
 * RSA or Ed25519, not encrypted: there is nobody to ask for a passphrase), or
 * a URI for OpenSSL's stores ("file:...", "pkcs11:..."), which is anything
 * that begins with a scheme and a colon; a path like that is written "./a:b".
 * On 0 *out is the caller's, to end with signing_key_free().  On -1 *out is
 * NULL, and why is
 *
 *	DIAG_PRIVATE_KEY_READ  it cannot be read
 *	DIAG_PRIVATE_KEY       it is no such key, encrypted, or RSA of less than
 *	                       KEY_MIN_RSA_BITS or more than KEY_MAX_RSA_BITS
 *	DIAG_MEMORY, DIAG_INTERNAL */
int signing_key_load(
    const char *where, struct signing_key **out, struct diag *why);

void signing_key_free(struct signing_key *);

/* Whether others can read the file, or its group can write it: worth a word of
 * warning.  A group that can read is how mail systems share keys.  False for a
 * key from a store. */
bool signing_key_is_exposed(const struct signing_key *);

enum signature_algorithm signing_key_algorithm(const struct signing_key *);

/* The public half, to verify what was signed.  Lives as long as the private. */
const struct key *signing_key_public(const struct signing_key *);

/* Append the signature over digest to out.  -1 with DIAG_MEMORY or
 * DIAG_INTERNAL; nothing is appended then. */
int signature_make(const struct signing_key *,
    const unsigned char digest[DIGEST_SIZE], struct buf *out, struct diag *why);

#endif
