/* SPDX-License-Identifier: BSD-2-Clause */
/* primitive.h - the two sums that all verification comes down to
 *
 * SHA-256 and RSAVP1 (RFC 8017 section 5.2.2), bare: digest, key and signature
 * make of them what mail needs, and nobody else calls them.  There are two of
 * this module, of which a build takes one.  primitive.c calls libcrypto's own
 * functions, which need nothing started; it is half of what a short process
 * costs.  primitive_evp.c (make EVP=1) goes through EVP: for a libcrypto that
 * lacks the others, or where a provider has to do all arithmetic.
 *
 * No secret ever comes here: private keys are EVP's alone. */
#ifndef PRIMITIVE_H
#define PRIMITIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/slice.h"

/* A hash on its way. */
struct sha256 {
	struct evp_md_ctx_st *ctx; /* primitive_evp.c: owned */
	uint32_t state[28];	   /* primitive.c: a SHA256_CTX */
};

/* Ready for octets; to end with sha256_release(), after a failure too.  False
 * here and below: memory was short. */
bool sha256_init(struct sha256 *);
bool sha256_put(struct sha256 *, const void *p, size_t n);

/* Make *to, which holds nothing, a copy of from. */
bool sha256_copy(struct sha256 *to, const struct sha256 *from);
bool sha256_final(struct sha256 *, unsigned char out[32]);

/* Accepts a struct that is all zero. */
void sha256_release(struct sha256 *);

/* The public half of an RSA key, ready for use by several threads. */
struct rsa_public;

/* modulus is big-endian, odd, of at most KEY_MAX_RSA_BITS, and has no zero in
 * front.  NULL with DIAG_MEMORY, or DIAG_INTERNAL in OpenSSL's words. */
struct rsa_public *rsa_public_new(
    struct slice modulus, uint64_t exponent, struct diag *why);

/* RSAVP1: the block, as long as the modulus, that sig was made from.  sig is as
 * long, and below the modulus.  -1 as above: nothing else can stop it. */
int rsa_public_open(const struct rsa_public *, const unsigned char *sig,
    unsigned char *block, struct diag *why);

/* Accepts NULL. */
void rsa_public_free(struct rsa_public *);

#endif
