/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto.h"
#include "digest.h"

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

int
digest_mac(struct slice key, struct slice octets,
    unsigned char out[DIGEST_SIZE], struct diag *why)
{
	/* An empty key or text still needs somewhere to point. */
	if (crypto_begin() &&
	    EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL,
		key.len > 0 ? key.p : "", key.len,
		(const unsigned char *)(octets.len > 0 ? octets.p : ""),
		octets.len, out, DIGEST_SIZE, NULL) != NULL)
		return 0;
	ERR_clear_error();
	return diag_memory(why);
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
