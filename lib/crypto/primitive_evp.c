/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdatomic.h>
#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include "crypto/crypto.h"
#include "crypto/key.h"
#include "crypto/primitive.h"

/* SHA-256 as OpenSSL's providers have it.  Looking it up costs more than many
 * a header, so it is done once a process.  The handle never changes and is
 * never freed; the first thread to put one here wins, and a lookup for which
 * memory was short is simply made again. */
static const EVP_MD *
sha256(void)
{
	static _Atomic(EVP_MD *) kept;
	EVP_MD *md = atomic_load_explicit(&kept, memory_order_acquire);

	if (md != NULL)
		return md;
	EVP_MD *mine = EVP_MD_fetch(NULL, "SHA256", NULL);

	/* It may have come without all that later lookups rest on. */
	if (crypto_memory_failed()) {
		EVP_MD_free(mine);
		return NULL;
	}
	if (mine != NULL && !atomic_compare_exchange_strong(&kept, &md, mine)) {
		EVP_MD_free(mine);
		mine = md;
	}
	return mine;
}

/* What is left in the queue would be taken for the next one's. */
static bool
told(bool done)
{
	if (!done)
		ERR_clear_error();
	return done;
}

bool
sha256_init(struct sha256 *h)
{
	h->ctx = NULL;
	if (!crypto_begin())
		return false;
	const EVP_MD *md = sha256();

	h->ctx = md != NULL ? EVP_MD_CTX_new() : NULL;
	return told(
	    h->ctx != NULL && EVP_DigestInit_ex2(h->ctx, md, NULL) == 1);
}

bool
sha256_put(struct sha256 *h, const void *p, size_t n)
{
	return told(EVP_DigestUpdate(h->ctx, p, n) == 1);
}

bool
sha256_copy(struct sha256 *to, const struct sha256 *from)
{
	to->ctx = EVP_MD_CTX_new();
	return told(
	    to->ctx != NULL && EVP_MD_CTX_copy_ex(to->ctx, from->ctx) == 1);
}

bool
sha256_final(struct sha256 *h, unsigned char out[32])
{
	return told(EVP_DigestFinal_ex(h->ctx, out, NULL) == 1);
}

void
sha256_release(struct sha256 *h)
{
	EVP_MD_CTX_free(h->ctx);
	h->ctx = NULL;
}

struct rsa_public {
	EVP_PKEY *pkey;
	size_t size; /* octets of the modulus */
};

/* OpenSSL's own reader of keys costs as much as seven verifications; numbers
 * handed over cost a third of one. */
static EVP_PKEY *
make(struct slice modulus, uint64_t e)
{
	unsigned char n[KEY_MAX_RSA_BITS / 8];
	BIGNUM *bn =
	    BN_bin2bn((const unsigned char *)modulus.p, (int)modulus.len, NULL);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *pkey = NULL;

	/* Parameters are numbers in this machine's order of octets. */
	if (bn != NULL && ctx != NULL &&
	    BN_bn2nativepad(bn, n, (int)modulus.len) >= 0) {
		OSSL_PARAM params[] = {
			OSSL_PARAM_construct_BN(
			    OSSL_PKEY_PARAM_RSA_N, n, modulus.len),
			OSSL_PARAM_construct_uint64(OSSL_PKEY_PARAM_RSA_E, &e),
			OSSL_PARAM_construct_end(),
		};

		if (EVP_PKEY_fromdata_init(ctx) != 1 ||
		    EVP_PKEY_fromdata(
			ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
			pkey = NULL;
	}
	EVP_PKEY_CTX_free(ctx);
	BN_free(bn);
	return pkey;
}

struct rsa_public *
rsa_public_new(struct slice modulus, uint64_t exponent, struct diag *why)
{
	struct rsa_public *r = crypto_begin() ? calloc(1, sizeof *r) : NULL;

	if (r == NULL) {
		diag_memory(why);
		return NULL;
	}
	r->size = modulus.len;
	r->pkey = make(modulus, exponent);
	if (r->pkey != NULL && !crypto_memory_failed())
		return r;
	rsa_public_free(r);
	crypto_trouble(why, "RSA key");
	return NULL;
}

int
rsa_public_open(const struct rsa_public *r, const unsigned char *sig,
    unsigned char *block, struct diag *why)
{
	if (!crypto_begin())
		return diag_memory(why);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, r->pkey, NULL);
	size_t n = r->size;
	bool done =
	    ctx != NULL && EVP_PKEY_verify_recover_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
	    EVP_PKEY_verify_recover(ctx, block, &n, sig, r->size) == 1 &&
	    n == r->size;

	EVP_PKEY_CTX_free(ctx);
	return done && !crypto_memory_failed() ? 0 : crypto_trouble(why, "RSA");
}

void
rsa_public_free(struct rsa_public *r)
{
	if (r == NULL)
		return;
	EVP_PKEY_free(r->pkey);
	free(r);
}
