/* SPDX-License-Identifier: BSD-2-Clause */
/* bare.h - signatures checked without asking whether the key may be used
 *
 * What key.h and signature.h refuse, others accept: a modulus or exponent of
 * any size, a point that anybody can sign for, a signature that is not below
 * the modulus.  Whether these are a signature by arithmetic alone is told here,
 * for lib/others.  Never for a verdict of ours. */
#ifndef BARE_H
#define BARE_H

#include "base/diag.h"
#include "base/slice.h"
#include "crypto/digest.h"

enum {
	BARE_MAX_MODULUS = 512, /* octets; more is not computed */
	BARE_MAX_EXPONENT = 16,
};

/* Whether sig, of any length up to twice that of the modulus, is an RSA
 * signature over digest.  Numbers are big-endian, without zeros in front.  1,
 * 0, or -1 with DIAG_MEMORY or DIAG_INTERNAL.  0 for numbers beyond the limits.
 */
int bare_rsa_verify(struct slice modulus, struct slice exponent,
    const unsigned char digest[DIGEST_SIZE], struct slice sig,
    struct diag *why);

/* Whether sig is an Ed25519 signature over octets by the key of these 32
 * octets, as OpenSSL sees it.  As above. */
int bare_ed25519_verify(struct slice point, struct slice octets,
    struct slice sig, struct diag *why);

#endif
