/* SPDX-License-Identifier: BSD-2-Clause */
/* floor - the work that no verifier of ARC can do without, and nothing else
 *
 *	floor N SEAL [FILE...]
 *
 * Reads each FILE or standard input, hashes all of it once, checks N RSA-2048
 * signatures over a key made from its numbers, and for SEAL other than "-", a
 * private key in PEM, makes two.  No mail is looked at.  Built twice: as it is,
 * through EVP; with -DBARE, from libcrypto's own functions as far as no secret
 * is touched. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

static unsigned char modulus[256], signature[256], block[256], hash[32];

static void
need(int ok)
{
	if (!ok)
		_exit(70);
}

#ifdef BARE

static BIGNUM *n, *e;
static BN_MONT_CTX *mont;
static BN_CTX *ctx;
static SHA256_CTX sum;

static void
prepare(void)
{
	ctx = BN_CTX_new();
	n = BN_bin2bn(modulus, sizeof modulus, NULL);
	e = BN_new();
	mont = BN_MONT_CTX_new();
	need(BN_set_word(e, 65537) && BN_MONT_CTX_set(mont, n, ctx));
}

static void
check(void)
{
	BIGNUM *s = BN_bin2bn(signature, sizeof signature, NULL);

	need(BN_mod_exp_mont(s, s, e, n, ctx, mont) &&
	     BN_bn2binpad(s, block, sizeof block) == sizeof block);
	BN_free(s);
}

static void
hash_begin(void)
{
	SHA256_Init(&sum);
}

static void
hash_put(const void *p, size_t size)
{
	SHA256_Update(&sum, p, size);
}

static void
hash_end(void)
{
	SHA256_Final(hash, &sum);
}

#else

static EVP_PKEY *key;
static EVP_MD *md;
static EVP_MD_CTX *sum;

static void
prepare(void)
{
	BIGNUM *bn = BN_bin2bn(modulus, sizeof modulus, NULL);
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();

	OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, bn);
	OSSL_PARAM_BLD_push_uint64(b, OSSL_PKEY_PARAM_RSA_E, 65537);
	OSSL_PARAM *p = OSSL_PARAM_BLD_to_param(b);
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);

	need(EVP_PKEY_fromdata_init(c) == 1 &&
	     EVP_PKEY_fromdata(c, &key, EVP_PKEY_PUBLIC_KEY, p) == 1);
	md = EVP_MD_fetch(NULL, "SHA256", NULL);
	sum = EVP_MD_CTX_new();
}

static void
check(void)
{
	size_t size = sizeof block;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, NULL);

	need(EVP_PKEY_verify_recover_init(c) == 1 &&
	     EVP_PKEY_CTX_set_rsa_padding(c, RSA_NO_PADDING) == 1 &&
	     EVP_PKEY_verify_recover(
		 c, block, &size, signature, sizeof signature) == 1);
	EVP_PKEY_CTX_free(c);
}

static void
hash_begin(void)
{
	EVP_DigestInit_ex2(sum, md, NULL);
}

static void
hash_put(const void *p, size_t size)
{
	EVP_DigestUpdate(sum, p, size);
}

static void
hash_end(void)
{
	EVP_DigestFinal_ex(sum, hash, NULL);
}

#endif

static void
seal(const char *path)
{
	FILE *f = fopen(path, "r");
	EVP_PKEY *secret = PEM_read_PrivateKey(f, NULL, NULL, NULL);

	for (int i = 0; i < 2; i++) {
		size_t size = sizeof block;
		EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(secret, NULL);

		need(EVP_PKEY_sign_init(c) == 1 &&
		     EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1 &&
		     EVP_PKEY_CTX_set_signature_md(c, EVP_sha256()) == 1 &&
		     EVP_PKEY_sign(c, block, &size, hash, sizeof hash) == 1);
		EVP_PKEY_CTX_free(c);
	}
	fclose(f);
}

static void
one(int fd, long signatures)
{
	static char piece[64 * 1024];
	ssize_t size;

	hash_begin();
	while ((size = read(fd, piece, sizeof piece)) > 0)
		hash_put(piece, (size_t)size);
	hash_end();
	for (long k = 0; k < signatures; k++)
		check();
}

int
main(int argc, char **argv)
{
	long signatures = argc > 2 ? strtol(argv[1], NULL, 10) : 0;

	memset(modulus, 0xc5, sizeof modulus);
	memset(signature, 0x5a, sizeof signature);
	OPENSSL_init_crypto(
	    OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
	prepare();
	if (argc == 3)
		one(STDIN_FILENO, signatures);
	for (int i = 3; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);

		need(fd >= 0);
		one(fd, signatures);
		close(fd);
	}
	if (argc > 2 && strcmp(argv[2], "-") != 0)
		seal(argv[2]);
	need(write(STDOUT_FILENO, "done\n", 5) == 5);
	_exit(0);
}
