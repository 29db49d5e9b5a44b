/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "crypto/crypto.h"
#include "crypto/new_key.h"

static EVP_PKEY *
generate(enum key_type type)
{
	return type == KEY_RSA ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA",
				     (size_t)NEW_KEY_RSA_BITS)
			       : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

int
new_key_make(enum key_type type, char pem[NEW_KEY_MAX_PEM], size_t *len,
    struct diag *why)
{
	EVP_PKEY *pkey = NULL;
	BIO *bio = NULL;
	char *text = NULL;
	long n = 0;
	int result = -1;

	if (!crypto_begin())
		return diag_memory(why);
	/* This kind of memory is wiped as it grows and when it is freed. */
	if ((pkey = generate(type)) == NULL ||
	    (bio = BIO_new(BIO_s_secmem())) == NULL ||
	    PEM_write_bio_PKCS8PrivateKey(
		bio, pkey, NULL, NULL, 0, NULL, NULL) != 1 ||
	    (n = BIO_get_mem_data(bio, &text)) <= 0 || n > NEW_KEY_MAX_PEM ||
	    crypto_memory_failed()) {
		crypto_trouble(why, "new key");
	} else {
		memcpy(pem, text, (size_t)n);
		*len = (size_t)n;
		result = 0;
	}
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return result;
}
