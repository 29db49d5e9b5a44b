/* SPDX-License-Identifier: BSD-2-Clause */
/* primitive.c - what a build takes for its arithmetic, beside EVP
 *
 *	unit-primitive [ROUNDS]
 *
 * Numbers are drawn from a fixed seed; a long run takes a million rounds. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "crypto/crypto.h"
#include "crypto/key.h"
#include "crypto/primitive.h"
#include "unit.h"

static unsigned long rounds = 300;

/* xorshift64 */
static uint64_t
draw(void)
{
	static uint64_t x = 0x9e3779b97f4a7c15;

	x ^= x << 13;
	x ^= x >> 7;
	return x ^= x << 17;
}

static void
fill(unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(draw() >> 24);
}

/* Octets at random, in pieces at random, and a copy taken on the way. */
static void
hashes(void)
{
	static unsigned char text[4096];
	EVP_MD *md = NEED(EVP_MD_fetch(NULL, "SHA256", NULL));

	for (unsigned long k = 0; k < rounds; k++) {
		size_t n = draw() % sizeof text, half = 0;
		unsigned char want[32], got[32];
		struct sha256 h, copy = { .ctx = NULL };

		fill(text, n);
		CHECK(EVP_Digest(text, n, want, NULL, md, NULL) == 1);
		CHECK(sha256_init(&h));
		for (size_t at = 0, piece; at < n; at += piece) {
			piece = 1 + draw() % (n - at);
			if (half == 0) {
				CHECK(sha256_copy(&copy, &h));
				half = at + 1;
			}
			CHECK(sha256_put(&h, text + at, piece));
		}
		CHECK(sha256_final(&h, got));
		CHECK(memcmp(got, want, sizeof got) == 0);
		sha256_release(&h);
		if (half == 0)
			continue;
		CHECK(sha256_put(&copy, text + half - 1, n - half + 1));
		CHECK(sha256_final(&copy, got));
		CHECK(memcmp(got, want, sizeof got) == 0);
		sha256_release(&copy);
	}
	EVP_MD_free(md);
}

static EVP_PKEY *
evp_key(const unsigned char *n, size_t size, uint64_t e)
{
	BIGNUM *bn = NEED(BN_bin2bn(n, (int)size, NULL));
	OSSL_PARAM_BLD *b = NEED(OSSL_PARAM_BLD_new());
	EVP_PKEY_CTX *c = NEED(EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL));
	EVP_PKEY *key = NULL;

	CHECK(OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, bn) == 1);
	CHECK(OSSL_PARAM_BLD_push_uint64(b, OSSL_PKEY_PARAM_RSA_E, e) == 1);
	OSSL_PARAM *p = NEED(OSSL_PARAM_BLD_to_param(b));

	CHECK(EVP_PKEY_fromdata_init(c) == 1);
	CHECK(EVP_PKEY_fromdata(c, &key, EVP_PKEY_PUBLIC_KEY, p) == 1);
	OSSL_PARAM_free(p);
	OSSL_PARAM_BLD_free(b);
	EVP_PKEY_CTX_free(c);
	BN_free(bn);
	return NEED(key);
}

static void
evp_open(EVP_PKEY *key, const unsigned char *sig, unsigned char *out, size_t n)
{
	EVP_PKEY_CTX *c = NEED(EVP_PKEY_CTX_new(key, NULL));

	CHECK(EVP_PKEY_verify_recover_init(c) == 1);
	CHECK(EVP_PKEY_CTX_set_rsa_padding(c, RSA_NO_PADDING) == 1);
	CHECK(EVP_PKEY_verify_recover(c, out, &n, sig, n) == 1);
	EVP_PKEY_CTX_free(c);
}

/* A modulus at random needs no factors for this; signatures are at random, and
 * 0, 1 and n - 1. */
static void
powers(void)
{
	static const size_t sizes[] = { 64, 128, 131, 256, 256, 256, 384, 512 };
	static const uint64_t exponents[] = { 65537, 65537, 3, 17,
		0x1ffffffff };
	unsigned char n[512], sig[512], want[512], got[512];

	for (unsigned long k = 0; k < rounds; k += 16) {
		size_t size = sizes[draw() % (ARRAY_LEN(sizes))];
		uint64_t e = exponents[draw() % (ARRAY_LEN(exponents))];

		fill(n, size);
		n[0] |= 1;
		n[size - 1] |= 1;
		struct diag why;
		struct rsa_public *ours = NEED(
		    rsa_public_new((struct slice){ (char *)n, size }, e, &why));
		EVP_PKEY *theirs = evp_key(n, size, e);

		for (unsigned i = 0; i < 16; i++) {
			fill(sig, size);
			sig[0] = (unsigned char)(draw() % n[0]);
			if (i == 1)
				memcpy(sig, n, size);
			else if (i < 3)
				memset(sig, 0, size);
			sig[size - 1] ^= i == 1 || i == 2;
			evp_open(theirs, sig, want, size);
			CHECK(rsa_public_open(ours, sig, got, &why) == 0);
			CHECK(memcmp(want, got, size) == 0);
		}
		rsa_public_free(ours);
		EVP_PKEY_free(theirs);
	}
}

static const struct unit_test tests[] = {
	{ "SHA-256 is EVP's, in any pieces and copied", hashes },
	{ "RSAVP1 is EVP's, for any modulus, exponent and signature", powers },
};

int
main(int argc, char **argv)
{
	if (argc > 1)
		rounds = strtoul(argv[1], NULL, 10);
	CHECK(crypto_begin());
	return unit_main(tests, ARRAY_LEN(tests));
}
