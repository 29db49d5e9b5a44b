/* SPDX-License-Identifier: BSD-2-Clause */
/* signature.h - make and check signatures over a SHA-256 digest
 *
 * RSA is RSASSA-PKCS1-v1_5 (RFC 6376 section 3.3, RFC 8301); Ed25519 signs the
 * 32 octets of the digest as its message (RFC 8463 section 3).  Signatures are
 * octets here: base64.h makes them text.  Private keys come from
 * signing_key.h. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/diag.h"
#include "crypto/digest.h"
#include "crypto/key.h"
#include "crypto/signing_key.h"
#include "base/slice.h"

enum signature_algorithm {
	SIGNATURE_RSA_SHA256,
	SIGNATURE_ED25519_SHA256,
};

enum {
	SIGNATURE_ED25519_SIZE = 64, /* octets; of RSA as many as the modulus */
};

/* "rsa-sha256" or "ed25519-sha256", as in a=. */
const char *signature_word(enum signature_algorithm);

/* The algorithm that a= names, in any case.  False for every other word. */
bool signature_named(struct slice word, enum signature_algorithm *out);

/* Whether sig is key's signature over digest.  min_bits is the shortest RSA key
 * that is accepted, but at least KEY_MIN_RSA_BITS.  0: it verifies.  -1:
 *
 *	DIAG_KEY_TYPE          the key is of another type than the algorithm
 *	DIAG_KEY_SHORT         RSA of less than min_bits
 *	DIAG_SIGNATURE_LENGTH  not as long as the modulus, or not 64 octets
 *	DIAG_SIGNATURE         it was checked, and does not verify
 *	DIAG_MEMORY            it could not be checked: no verdict
 *	DIAG_INTERNAL          OpenSSL refused for a reason unknown: no verdict
 */
int signature_verify(const struct key *, enum signature_algorithm,
    unsigned min_bits, const unsigned char digest[DIGEST_SIZE],
    struct slice sig, struct diag *why);

/* The block of n octets that stands for digest under PKCS #1 v1.5 (RFC 8017
 * section 9.2).  False when n is too small for it. */
bool signature_block(
    const unsigned char digest[DIGEST_SIZE], unsigned char *block, size_t n);

/* Whether sig is an Ed25519 key's over octets, whatever these are.  As above.
 */
int signature_verify_octets(const struct key *, struct slice octets,
    struct slice sig, struct diag *why);

/* What an RSA signature holds when the public key opens it.  Never looked at
 * for a verdict: it is for telling, afterwards, what was signed. */
struct signature_opened {
	enum {
		OPENED_NOT,    /* no block of PKCS #1 v1.5: another key made
				* it, or the signature was damaged */
		OPENED_SHA256, /* the digest that was signed */
		OPENED_SHA1,   /* a SHA-1 digest */
		OPENED_BARE,   /* 32 octets without saying of what hash */
		OPENED_OTHER,  /* a block, but none of these in it */
	} what;
	unsigned char digest[DIGEST_SIZE]; /* SHA1: its first 20 octets */
};

/* Open sig with key, which must be an RSA key.  -1 with DIAG_MEMORY or
 * DIAG_INTERNAL. */
int signature_open(const struct key *, struct slice sig,
    struct signature_opened *out, struct diag *why);

/* The algorithm that goes with a key: there is one for each type. */
enum signature_algorithm signature_for(enum key_type);

/* Append the signature over digest to out.  -1 with DIAG_MEMORY, or
 * DIAG_PRIVATE_KEY when the key, or the token that holds it, refused; nothing
 * is appended then.  A key for which memory was short once makes no signature
 * any more (DIAG_MEMORY). */
int signature_make(struct signing_key *,
    const unsigned char digest[DIGEST_SIZE], struct buf *out, struct diag *why);

#endif
