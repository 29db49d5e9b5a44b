/* SPDX-License-Identifier: BSD-2-Clause */
/* floor - the work that no verifier of ARC can do without, and nothing else
 *
 *	floor N FILE...
 *
 * Reads each FILE, hashes all of it once, and checks N RSA-2048 signatures
 * through EVP, over a key made from its numbers.  No mail is looked at. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

static EVP_PKEY *
make_key(void)
{
	unsigned char n[256], e[3] = { 1, 0, 1 };
	EVP_PKEY *key = NULL;

	memset(n, 0xc5, sizeof n);
	BIGNUM *bn = BN_bin2bn(n, sizeof n, NULL);
	BIGNUM *be = BN_bin2bn(e, sizeof e, NULL);
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();

	OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, bn);
	OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, be);
	OSSL_PARAM *p = OSSL_PARAM_BLD_to_param(b);
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);

	if (EVP_PKEY_fromdata_init(c) != 1 ||
	    EVP_PKEY_fromdata(c, &key, EVP_PKEY_PUBLIC_KEY, p) != 1)
		exit(70);
	return key;
}

static void
check(EVP_PKEY *key)
{
	unsigned char sig[256], block[256];
	size_t n = sizeof block;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, NULL);

	memset(sig, 0x5a, sizeof sig);
	if (EVP_PKEY_verify_recover_init(c) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(c, RSA_NO_PADDING) != 1 ||
	    EVP_PKEY_verify_recover(c, block, &n, sig, sizeof sig) != 1)
		exit(70);
	EVP_PKEY_CTX_free(c);
}

int
main(int argc, char **argv)
{
	static char piece[64 * 1024];
	long signatures = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	unsigned char out[EVP_MAX_MD_SIZE];
	EVP_PKEY *key;

	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	const EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	key = make_key();
	for (int i = 2; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);
		ssize_t n;

		if (fd < 0)
			return 66;
		EVP_DigestInit_ex2(c, md, NULL);
		while ((n = read(fd, piece, sizeof piece)) > 0)
			EVP_DigestUpdate(c, piece, (size_t)n);
		EVP_DigestFinal_ex(c, out, NULL);
		close(fd);
		for (long k = 0; k < signatures; k++)
			check(key);
	}
	if (write(STDOUT_FILENO, "done\n", 5) != 5)
		return 74;
	_exit(0);
}
