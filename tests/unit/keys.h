/* SPDX-License-Identifier: BSD-2-Clause */
/* keys.h - the test keys of tests/keys, for OpenSSL and for the library
 *
 * OpenSSL's own readers and writers stand on one side of these tests, the
 * library on the other.  Run from the top of the tree, or with KEYS set. */
#ifndef KEYS_H
#define KEYS_H

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/base64.h"
#include "crypto/crypto.h"
#include "crypto/key.h"
#include "crypto/signature.h"
#include "unit.h"

static inline const char *
keys_path(const char *name)
{
	static char path[4096];
	const char *dir = getenv("KEYS");

	snprintf(
	    path, sizeof path, "%s/%s", dir != NULL ? dir : "tests/keys", name);
	return path;
}

/* The private key of that name, as OpenSSL reads it. */
static inline EVP_PKEY *
keys_private(const char *name)
{
	CHECK(crypto_begin());
	FILE *f = NEED(fopen(keys_path(name), "r"));
	EVP_PKEY *pkey = NEED(PEM_read_PrivateKey(f, NULL, NULL, NULL));

	fclose(f);
	return pkey;
}

/* A record for pkey's public half, SubjectPublicKeyInfo for RSA; free() it. */
static inline char *
keys_record(EVP_PKEY *pkey)
{
	unsigned char *der = NULL, raw[32];
	size_t n = sizeof raw;
	struct buf b = { .max = 0 };

	if (EVP_PKEY_is_a(pkey, "ED25519")) {
		EVP_PKEY_get_raw_public_key(pkey, raw, &n);
		buf_text(&b, "v=DKIM1; k=ed25519; p=");
		base64_encode(&b, (struct slice){ (char *)raw, n });
	} else {
		n = (size_t)i2d_PUBKEY(pkey, &der);
		buf_text(&b, "v=DKIM1; k=rsa; p=");
		base64_encode(&b, (struct slice){ (char *)der, n });
		OPENSSL_free(der);
	}
	buf_char(&b, '\0');
	return NEED(b.p);
}

/* The public half of the key of that name, as the library reads its record. */
static inline struct key
keys_public(const char *name)
{
	EVP_PKEY *pkey = keys_private(name);
	char *record = keys_record(pkey);
	struct key key;
	struct diag why;

	if (key_parse(slice_of(record), &key, &why) != 0) {
		printf("Bail out! %s: %s\n", name, why.detail);
		exit(1);
	}
	free(record);
	EVP_PKEY_free(pkey);
	return key;
}

/* OpenSSL's signature over n octets with that padding; md may be NULL for
 * octets that are padded already or not at all. */
static inline size_t
keys_sign_rsa(EVP_PKEY *pkey, int padding, const EVP_MD *md, const void *octets,
    size_t n, unsigned char sig[2048])
{
	EVP_PKEY_CTX *ctx = NEED(EVP_PKEY_CTX_new(pkey, NULL));
	size_t len = 2048;

	if (EVP_PKEY_sign_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, padding) != 1 ||
	    (md != NULL && EVP_PKEY_CTX_set_signature_md(ctx, md) != 1) ||
	    EVP_PKEY_sign(ctx, sig, &len, octets, n) != 1) {
		printf("Bail out! OpenSSL does not sign\n");
		exit(1);
	}
	EVP_PKEY_CTX_free(ctx);
	return len;
}

static inline size_t
keys_sign_ed25519(
    EVP_PKEY *pkey, const void *octets, size_t n, unsigned char sig[64])
{
	EVP_MD_CTX *ctx = NEED(EVP_MD_CTX_new());
	size_t len = 64;

	if (EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) != 1 ||
	    EVP_DigestSign(ctx, sig, &len, octets, n) != 1) {
		printf("Bail out! OpenSSL does not sign\n");
		exit(1);
	}
	EVP_MD_CTX_free(ctx);
	return len;
}

static inline struct slice
octets(const void *p, size_t n)
{
	return (struct slice){ p, n };
}

#endif
