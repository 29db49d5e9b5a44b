/* SPDX-License-Identifier: BSD-2-Clause */
/* missign.so - signatures come out wrong, as of a processor that miscalculates:
 * preloaded into arc-sign, which has to notice before it writes anything. */
#include <dlfcn.h>
#include <stddef.h>

#include <openssl/evp.h>

typedef const unsigned char *octets;

/* One bit, of what RSA or Ed25519 made. */
static int
spoil(int result, unsigned char *sig, const size_t *n)
{
	if (result == 1 && sig != NULL)
		sig[*n / 2] ^= 1;
	return result;
}

int
EVP_PKEY_sign(EVP_PKEY_CTX *ctx, unsigned char *sig, size_t *siglen, octets tbs,
    size_t tbslen)
{
	int (*real)(EVP_PKEY_CTX *, unsigned char *, size_t *, octets, size_t);

	*(void **)&real = dlsym(RTLD_NEXT, "EVP_PKEY_sign");
	return spoil(real(ctx, sig, siglen, tbs, tbslen), sig, siglen);
}

int
EVP_DigestSign(EVP_MD_CTX *ctx, unsigned char *sigret, size_t *siglen,
    octets tbs, size_t tbslen)
{
	int (*real)(EVP_MD_CTX *, unsigned char *, size_t *, octets, size_t);

	*(void **)&real = dlsym(RTLD_NEXT, "EVP_DigestSign");
	return spoil(real(ctx, sigret, siglen, tbs, tbslen), sigret, siglen);
}
