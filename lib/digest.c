/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdatomic.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "crypto.h"
#include "digest.h"

/* SHA-256 as OpenSSL's providers have it.  Looking it up costs more than many
 * a header, so it is done once a process.  The handle never changes and is
 * never freed; the first thread to put one here wins, and a lookup for which
 * memory was short is simply made again. */
static const EVP_MD *
sha256(void)
{
	static _Atomic(EVP_MD *) kept;
	EVP_MD *md = atomic_load_explicit(&kept, memory_order_acquire);

	if (md != NULL)
		return md;
	EVP_MD *mine = EVP_MD_fetch(NULL, "SHA256", NULL);

	if (mine != NULL && !atomic_compare_exchange_strong(&kept, &md, mine)) {
		EVP_MD_free(mine);
		mine = md;
	}
	return mine;
}

void
digest_init(struct digest *d)
{
	const EVP_MD *md = crypto_begin() ? sha256() : NULL;

	d->ctx = md != NULL ? EVP_MD_CTX_new() : NULL;
	d->failed = d->ctx == NULL || EVP_DigestInit_ex2(d->ctx, md, NULL) != 1;
}

void
digest_put(struct digest *d, const void *p, size_t n)
{
	if (!d->failed && n > 0 && EVP_DigestUpdate(d->ctx, p, n) != 1)
		d->failed = true;
}

void
digest_copy(struct digest *to, const struct digest *from)
{
	to->ctx = from->failed ? NULL : EVP_MD_CTX_new();
	to->failed =
	    to->ctx == NULL || EVP_MD_CTX_copy_ex(to->ctx, from->ctx) != 1;
}

int
digest_final(struct digest *d, unsigned char out[DIGEST_SIZE], struct diag *why)
{
	if (!d->failed && EVP_DigestFinal_ex(d->ctx, out, NULL) == 1)
		return 0;
	/* SHA-256 fails for nothing else. */
	ERR_clear_error();
	d->failed = true;
	return diag_memory(why);
}

void
digest_release(struct digest *d)
{
	EVP_MD_CTX_free(d->ctx);
	*d = (struct digest){ .ctx = NULL, .failed = true };
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
