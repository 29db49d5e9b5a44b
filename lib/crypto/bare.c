/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <openssl/bn.h>
#include <openssl/evp.h>

#include "crypto/bare.h"
#include "crypto/crypto.h"
#include "crypto/signature.h"

static BIGNUM *
number(struct slice s)
{
	return BN_bin2bn((const unsigned char *)s.p, (int)s.len, NULL);
}

/* sig to the power of exponent, as n octets.  False: there was trouble. */
static bool
open_block(struct slice modulus, struct slice exponent, struct slice sig,
    unsigned char *block)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = number(modulus), *e = number(exponent), *s = number(sig);
	bool done =
	    ctx != NULL && n != NULL && e != NULL && s != NULL &&
	    BN_mod(s, s, n, ctx) == 1 && BN_mod_exp(s, s, e, n, ctx) == 1 &&
	    BN_bn2binpad(s, block, (int)modulus.len) == (int)modulus.len;

	BN_free(n);
	BN_free(e);
	BN_free(s);
	BN_CTX_free(ctx);
	return done;
}

int
bare_rsa_verify(struct slice modulus, struct slice exponent,
    const unsigned char digest[DIGEST_SIZE], struct slice sig, struct diag *why)
{
	unsigned char want[BARE_MAX_MODULUS], got[BARE_MAX_MODULUS];

	if (modulus.len > sizeof got || exponent.len > BARE_MAX_EXPONENT ||
	    exponent.len == 0 || sig.len > 2 * modulus.len ||
	    !signature_block(digest, want, modulus.len))
		return 0;
	crypto_watch();
	if (!open_block(modulus, exponent, sig, got) || crypto_memory_failed())
		return crypto_trouble(why, "RSA");
	return memcmp(want, got, modulus.len) == 0;
}

int
bare_ed25519_verify(
    struct slice point, struct slice octets, struct slice sig, struct diag *why)
{
	struct key key = { .type = KEY_ED25519 };
	int result;

	if (point.len != KEY_ED25519_SIZE)
		return 0;
	if (!crypto_begin())
		return diag_memory(why);
	key.pkey = EVP_PKEY_new_raw_public_key_ex(
	    NULL, "ED25519", NULL, (const unsigned char *)point.p, point.len);
	if (key.pkey == NULL || crypto_memory_failed()) {
		EVP_PKEY_free(key.pkey);
		return crypto_trouble(why, "Ed25519 key");
	}
	result = signature_verify_octets(&key, octets, sig, why);
	EVP_PKEY_free(key.pkey);
	if (result == 0)
		return 1;
	return diag_info(why->code)->class == DIAG_CLASS_TROUBLE ? -1 : 0;
}
