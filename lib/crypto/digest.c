/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto/crypto.h"
#include "crypto/digest.h"

enum {
	HMAC_BLOCK = 64, /* octets that SHA-256 takes at a time */
};

void
digest_init(struct digest *d)
{
	d->failed = !sha256_init(&d->sha);
}

void
digest_put(struct digest *d, const void *p, size_t n)
{
	if (!d->failed && n > 0 && !sha256_put(&d->sha, p, n))
		d->failed = true;
}

void
digest_copy(struct digest *to, const struct digest *from)
{
	*to = (struct digest){ .failed = true };
	if (!from->failed)
		to->failed = !sha256_copy(&to->sha, &from->sha);
}

int
digest_final(struct digest *d, unsigned char out[DIGEST_SIZE], struct diag *why)
{
	if (!d->failed && sha256_final(&d->sha, out))
		return 0;
	/* SHA-256 fails for nothing else. */
	d->failed = true;
	return diag_memory(why);
}

void
digest_release(struct digest *d)
{
	sha256_release(&d->sha);
	d->failed = true;
}

int
digest_sha1(
    struct slice octets, unsigned char out[DIGEST_SHA1_SIZE], struct diag *why)
{
	if (crypto_begin() && EVP_Q_digest(NULL, "SHA1", NULL, octets.p,
				  octets.len, out, NULL) == 1)
		return 0;
	ERR_clear_error();
	return diag_memory(why);
}

/* A digest that begins with the key, each octet of it altered. */
static void
begin_with(struct digest *d, const unsigned char key[HMAC_BLOCK],
    unsigned char altered)
{
	unsigned char block[HMAC_BLOCK];

	for (size_t i = 0; i < HMAC_BLOCK; i++)
		block[i] = key[i] ^ altered;
	digest_init(d);
	digest_put(d, block, sizeof block);
	OPENSSL_cleanse(block, sizeof block);
}

void
digest_key_init(struct digest_key *k, struct slice key)
{
	unsigned char block[HMAC_BLOCK] = { 0 };
	struct digest d = { .failed = false };
	struct diag why = { .code = DIAG_NONE };

	if (key.len > HMAC_BLOCK) {
		digest_init(&d);
		digest_put(&d, key.p, key.len);
		digest_final(&d, block, &why);
		digest_release(&d);
	} else if (key.len > 0) {
		memcpy(block, key.p, key.len);
	}
	begin_with(&k->inner, block, 0x36);
	begin_with(&k->outer, block, 0x5c);
	OPENSSL_cleanse(block, sizeof block);
	k->outer.failed |= why.code != DIAG_NONE;
}

int
digest_mac(const struct digest_key *k, struct slice octets,
    unsigned char out[DIGEST_SIZE], struct diag *why)
{
	struct digest inner, outer;

	digest_copy(&inner, &k->inner);
	digest_copy(&outer, &k->outer);
	digest_put(&inner, octets.p, octets.len);
	int result = digest_final(&inner, out, why);

	if (result == 0) {
		digest_put(&outer, out, DIGEST_SIZE);
		result = digest_final(&outer, out, why);
	}
	digest_release(&inner);
	digest_release(&outer);
	return result;
}

void
digest_key_release(struct digest_key *k)
{
	digest_release(&k->inner);
	digest_release(&k->outer);
}

static int
put(void *ctx, const char *p, size_t n)
{
	digest_put(ctx, p, n);
	return 0;
}

struct sink
digest_sink(struct digest *d)
{
	return (struct sink){ .put = put, .ctx = d };
}
