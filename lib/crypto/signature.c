/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "crypto/crypto.h"
#include "crypto/primitive.h"
#include "crypto/signature.h"

/* What precedes the digest in an encoded block: DigestInfo for SHA-256 (RFC
 * 8017 section 9.2). */
static const unsigned char digest_info[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09,
	0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
	0x20 };

/* The same for SHA-1, whose digest has 20 octets. */
static const unsigned char digest_info_sha1[] = { 0x30, 0x21, 0x30, 0x09, 0x06,
	0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14 };

static const struct slice nowhere = { NULL, 0 };

static const struct {
	const char *word;
	enum key_type type;
} algorithms[] = {
	[SIGNATURE_RSA_SHA256] = { "rsa-sha256", KEY_RSA },
	[SIGNATURE_ED25519_SHA256] = { "ed25519-sha256", KEY_ED25519 },
};

const char *
signature_word(enum signature_algorithm a)
{
	return algorithms[a].word;
}

bool
signature_named(struct slice word, enum signature_algorithm *out)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
		if (slice_eq_nocase(word, slice_of(algorithms[i].word))) {
			*out = (enum signature_algorithm)i;
			return true;
		}
	return false;
}

enum signature_algorithm
signature_for(enum key_type type)
{
	return type == KEY_ED25519 ? SIGNATURE_ED25519_SHA256
				   : SIGNATURE_RSA_SHA256;
}

bool
signature_block(
    const unsigned char digest[DIGEST_SIZE], unsigned char *block, size_t n)
{
	size_t tail = sizeof digest_info + DIGEST_SIZE;

	if (n < tail + 11)
		return false;
	memset(block, 0xff, n);
	block[0] = 0;
	block[1] = 1;
	block[n - tail - 1] = 0;
	memcpy(block + n - tail, digest_info, sizeof digest_info);
	memcpy(block + n - DIGEST_SIZE, digest, DIGEST_SIZE);
	return true;
}

/* The one block that stands for digest under PKCS #1 v1.5 is built and compared
 * whole.  Nothing is parsed that an attacker made, and a mismatch is only
 * ever reported for a block that was built. */
static int
verify_rsa(const struct key *key, const unsigned char digest[DIGEST_SIZE],
    struct slice sig, struct diag *why)
{
	unsigned char want[KEY_MAX_RSA_BITS / 8], got[KEY_MAX_RSA_BITS / 8];
	size_t n = key->noctets;

	if (sig.len != n)
		return diag_set(why, DIAG_SIGNATURE_LENGTH, nowhere,
		    "%zu bytes; the key makes %zu", sig.len, n);
	/* s and s + n open alike (RFC 8017 8.2.2). */
	if (memcmp(sig.p, key->octets, n) >= 0)
		return diag_set(why, DIAG_SIGNATURE, nowhere,
		    "the signature is not below the modulus");
	if (rsa_public_open(key->rsa, (const unsigned char *)sig.p, got, why) !=
	    0)
		return -1;
	return signature_block(digest, want, n) && memcmp(want, got, n) == 0
		   ? 0
		   : diag_set(why, DIAG_SIGNATURE, nowhere, "%s", "");
}

/* What stands behind "00 01 FF ... FF 00" in a block of n octets; its length,
 * or 0 when the block is none. */
static size_t
block_content(const unsigned char *block, size_t n, const unsigned char **out)
{
	size_t at = 2;

	if (n < 11 || block[0] != 0 || block[1] != 1)
		return 0;
	while (at < n && block[at] == 0xff)
		at++;
	if (at < 10 || at == n || block[at] != 0)
		return 0;
	*out = block + at + 1;
	return n - at - 1;
}

int
signature_open(const struct key *key, struct slice sig,
    struct signature_opened *out, struct diag *why)
{
	unsigned char block[KEY_MAX_RSA_BITS / 8];
	const unsigned char *content = block;

	*out = (struct signature_opened){ .what = OPENED_NOT };
	if (key->type != KEY_RSA || sig.len != key->noctets ||
	    memcmp(sig.p, key->octets, sig.len) >= 0)
		return 0;
	if (rsa_public_open(
		key->rsa, (const unsigned char *)sig.p, block, why) != 0)
		return -1;
	size_t n = block_content(block, sig.len, &content);

	if (n == 0)
		return 0;
	out->what = OPENED_OTHER;
	if (n == sizeof digest_info + DIGEST_SIZE &&
	    memcmp(content, digest_info, sizeof digest_info) == 0) {
		out->what = OPENED_SHA256;
		memcpy(out->digest, content + sizeof digest_info, DIGEST_SIZE);
	} else if (n == sizeof digest_info_sha1 + DIGEST_SHA1_SIZE &&
		   memcmp(content, digest_info_sha1, sizeof digest_info_sha1) ==
		       0) {
		out->what = OPENED_SHA1;
		memcpy(out->digest, content + sizeof digest_info_sha1,
		    DIGEST_SHA1_SIZE);
	} else if (n == DIGEST_SIZE) {
		out->what = OPENED_BARE;
		memcpy(out->digest, content, DIGEST_SIZE);
	}
	return 0;
}

int
signature_verify_octets(const struct key *key, struct slice octets,
    struct slice sig, struct diag *why)
{
	if (key->type != KEY_ED25519)
		return diag_set(why, DIAG_KEY_TYPE, nowhere,
		    "Ed25519 with a key of type %s", key_type_word(key->type));
	if (sig.len != SIGNATURE_ED25519_SIZE)
		return diag_set(why, DIAG_SIGNATURE_LENGTH, nowhere,
		    "%zu bytes; an Ed25519 signature has %d", sig.len,
		    SIGNATURE_ED25519_SIZE);
	if (!crypto_begin())
		return diag_memory(why);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ready = ctx != NULL && EVP_DigestVerifyInit_ex(ctx, NULL, NULL,
					NULL, NULL, key->pkey, NULL) == 1;
	int fits =
	    ready ? EVP_DigestVerify(ctx, (const unsigned char *)sig.p, sig.len,
			(const unsigned char *)octets.p, octets.len)
		  : -1;

	EVP_MD_CTX_free(ctx);
	/* 0 means that it does not verify, and also that memory was short. */
	if (fits < 0 || (fits == 0 && crypto_memory_failed()))
		return crypto_trouble(why, "Ed25519");
	ERR_clear_error();
	return fits == 1 ? 0 : diag_set(why, DIAG_SIGNATURE, nowhere, "%s", "");
}

static int
verify_ed25519(const struct key *key, const unsigned char digest[DIGEST_SIZE],
    struct slice sig, struct diag *why)
{
	return signature_verify_octets(
	    key, (struct slice){ (const char *)digest, DIGEST_SIZE }, sig, why);
}

int
signature_verify(const struct key *key, enum signature_algorithm algorithm,
    unsigned min_bits, const unsigned char digest[DIGEST_SIZE],
    struct slice sig, struct diag *why)
{
	if (key->type != algorithms[algorithm].type)
		return diag_set(why, DIAG_KEY_TYPE, nowhere,
		    "a=%s with a key of type %s", algorithms[algorithm].word,
		    key_type_word(key->type));
	if (key->type == KEY_RSA) {
		if (min_bits < KEY_MIN_RSA_BITS)
			min_bits = KEY_MIN_RSA_BITS;
		if (key->bits < min_bits)
			return diag_set(why, DIAG_KEY_SHORT, nowhere,
			    "%u bits; at least %u are required", key->bits,
			    min_bits);
	}
	return key->type == KEY_RSA ? verify_rsa(key, digest, sig, why)
				    : verify_ed25519(key, digest, sig, why);
}

static bool
make_rsa(EVP_PKEY *pkey, const unsigned char digest[DIGEST_SIZE],
    unsigned char *sig, size_t *n)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	bool done = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
		    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1 &&
		    EVP_PKEY_sign(ctx, sig, n, digest, DIGEST_SIZE) == 1;

	EVP_PKEY_CTX_free(ctx);
	return done;
}

static bool
make_ed25519(EVP_PKEY *pkey, const unsigned char digest[DIGEST_SIZE],
    unsigned char *sig, size_t *n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool done = ctx != NULL &&
		    EVP_DigestSignInit_ex(
			ctx, NULL, NULL, NULL, NULL, pkey, NULL) == 1 &&
		    EVP_DigestSign(ctx, sig, n, digest, DIGEST_SIZE) == 1;

	EVP_MD_CTX_free(ctx);
	return done;
}

int
signature_make(struct signing_key *key, const unsigned char digest[DIGEST_SIZE],
    struct buf *out, struct diag *why)
{
	unsigned char sig[KEY_MAX_RSA_BITS / 8];
	size_t n = sizeof sig;
	bool rsa = signing_key_public(key)->type == KEY_RSA;
	EVP_PKEY *pkey = signing_key_pkey(key);

	if (pkey == NULL)
		return diag_memory(why);
	if (!crypto_begin())
		return diag_memory(why);
	bool done = (rsa ? make_rsa : make_ed25519)(pkey, digest, sig, &n);

	/* For every 32 signatures OpenSSL makes a new blinding factor.  One
	 * half made for want of memory stays with the key, and from then on
	 * its signatures are wrong without OpenSSL's noticing. */
	if (crypto_memory_failed()) {
		signing_key_spoil(key);
		done = false;
	}
	if (!done) {
		crypto_trouble(why, "signing");
		if (why->code != DIAG_MEMORY)
			why->code = DIAG_PRIVATE_KEY;
		return -1;
	}
	buf_put(out, sig, n);
	return out->failure == BUF_OK ? 0 : diag_memory(why);
}
