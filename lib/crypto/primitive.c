/* SPDX-License-Identifier: BSD-2-Clause */
/* EVP looks algorithms up by name and goes through providers, which costs a
 * process that verifies one message as much as all the rest.  These have no
 * successor that does not. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/sha.h>

#include "crypto/crypto.h"
#include "crypto/primitive.h"

_Static_assert(sizeof(SHA256_CTX) <= sizeof((struct sha256 *)0)->state,
    "a SHA256_CTX has room");

static SHA256_CTX *
context(struct sha256 *h)
{
	return (SHA256_CTX *)(void *)h->state;
}

bool
sha256_init(struct sha256 *h)
{
	h->ctx = NULL;
	return SHA256_Init(context(h)) == 1;
}

bool
sha256_put(struct sha256 *h, const void *p, size_t n)
{
	return SHA256_Update(context(h), p, n) == 1;
}

bool
sha256_copy(struct sha256 *to, const struct sha256 *from)
{
	*to = *from;
	return true;
}

bool
sha256_final(struct sha256 *h, unsigned char out[32])
{
	return SHA256_Final(out, context(h)) == 1;
}

void
sha256_release(struct sha256 *h)
{
	(void)h;
}

struct rsa_public {
	BIGNUM *n, *e;
	BN_MONT_CTX *mont; /* what reduction by n needs, made once */
	size_t size;	   /* octets of n */
};

struct rsa_public *
rsa_public_new(struct slice modulus, uint64_t exponent, struct diag *why)
{
	unsigned char e[sizeof exponent];

	for (size_t i = 0; i < sizeof e; i++)
		e[i] = (unsigned char)(exponent >> 8 * (sizeof e - 1 - i));
	struct rsa_public *r = calloc(1, sizeof *r);

	if (r == NULL) {
		diag_memory(why);
		return NULL;
	}
	crypto_watch();
	BN_CTX *ctx = BN_CTX_new();

	r->size = modulus.len;
	r->n =
	    BN_bin2bn((const unsigned char *)modulus.p, (int)modulus.len, NULL);
	r->e = BN_bin2bn(e, sizeof e, NULL);
	r->mont = BN_MONT_CTX_new();
	bool done = ctx != NULL && r->n != NULL && r->e != NULL &&
		    r->mont != NULL && BN_MONT_CTX_set(r->mont, r->n, ctx) == 1;

	BN_CTX_free(ctx);
	if (done && !crypto_memory_failed())
		return r;
	rsa_public_free(r);
	crypto_trouble(why, "RSA key");
	return NULL;
}

int
rsa_public_open(const struct rsa_public *r, const unsigned char *sig,
    unsigned char *block, struct diag *why)
{
	crypto_watch();
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *s = BN_bin2bn(sig, (int)r->size, NULL), *m = BN_new();
	bool done = ctx != NULL && s != NULL && m != NULL &&
		    BN_mod_exp_mont(m, s, r->e, r->n, ctx, r->mont) == 1 &&
		    BN_bn2binpad(m, block, (int)r->size) == (int)r->size;

	BN_free(m);
	BN_free(s);
	BN_CTX_free(ctx);
	return done && !crypto_memory_failed() ? 0 : crypto_trouble(why, "RSA");
}

void
rsa_public_free(struct rsa_public *r)
{
	if (r == NULL)
		return;
	BN_MONT_CTX_free(r->mont);
	BN_free(r->e);
	BN_free(r->n);
	free(r);
}
