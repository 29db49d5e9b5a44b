/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/base64.h"
#include "crypto/bare.h"
#include "crypto/der.h"
#include "keys/keyname.h"
#include "others/fieldreading.h"
#include "others/keyreading.h"
#include "others/rules.h"

/* ------------------------------------------------------------------------
 * The record. */

static bool
is(const struct taglist *list, const char *name, const char *value)
{
	return slice_eq(taglist_value(list, slice_of(name)), slice_of(value));
}

static bool
has(const struct taglist *list, const char *name)
{
	return taglist_find(list, slice_of(name)) != NULL;
}

/* A list between colons, which is missing or has the word to the letter. */
static bool
allows(const struct taglist *list, const char *name, const char *word)
{
	struct slice rest = taglist_value(list, slice_of(name)), w;

	if (rest.len == 0)
		return true;
	while (slice_cut(&rest, ':', &w))
		if (slice_eq(w, slice_of(word)))
			return true;
	return false;
}

/* Whether the record is not refused for its other tags; *p is its key. */
static bool
takes_record(enum other who, const struct taglist *list, const char *type,
    struct slice *p)
{
	struct slice k;

	*p = taglist_value(list, SLICE("p"));
	switch (who) {
	case OTHER_DKIMPY:
		return (!has(list, "v") || is(list, "v", "DKIM1")) &&
		       (!has(list, "k") || is(list, "k", type)) &&
		       (!has(list, "s") || is(list, "s", "*") ||
			   is(list, "s", "email"));
	case OTHER_MAIL_DKIM:
		return (is(list, "v", "") || is(list, "v", "DKIM1")) &&
		       (is(list, "k", "") || is(list, "k", type)) &&
		       (!has(list, "g") || is(list, "g", "*")) &&
		       (allows(list, "s", "*") || allows(list, "s", "email")) &&
		       allows(list, "h", "sha256");
	case OTHER_MAILAUTH:
		k = taglist_value(list, SLICE("k"));
		return k.len == 0 || slice_eq_nocase(k, slice_of(type));
	default: return false;
	}
}

/* ------------------------------------------------------------------------
 * The key. */

/* Base64 from which all else was left out, up to the padding that completes
 * four characters. */
static int
decode_what_is(struct slice text, struct arena *arena, struct slice *out)
{
	static const char also[] = "+/";
	char *kept = arena_alloc(arena, text.len + 1);
	size_t n = 0, pads = 0;

	if (kept == NULL)
		return BASE64_MEMORY;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (ascii_is_alnum(c) || (c != '\0' && strchr(also, c) != NULL))
			kept[n++] = c;
		else if (c == '=' && n % 4 >= 2 && n % 4 + ++pads == 4)
			break;
	}
	while (pads-- > 0 && n % 4 != 0)
		kept[n++] = '=';
	return (int)base64_decode((struct slice){ kept, n }, arena, out);
}

struct rsa_numbers {
	struct slice modulus, exponent;
};

static bool
read_numbers(struct slice der, struct rsa_numbers *out)
{
	struct slice inside;

	if (!der_take(&der, DER_SEQUENCE, &inside) ||
	    !der_take(&inside, DER_INTEGER, &out->modulus) ||
	    !der_take(&inside, DER_INTEGER, &out->exponent))
		return false;
	out->modulus = der_unsigned(out->modulus);
	out->exponent = der_unsigned(out->exponent);
	return out->modulus.len > 0;
}

/* A SubjectPublicKeyInfo, whatever follows in it or after it; spare: the octet
 * that tells how many bits are spare is not looked at. */
static bool
read_wrapped(struct slice der, bool spare, struct rsa_numbers *out)
{
	struct slice inside, algorithm, bits;

	if (!der_take(&der, DER_SEQUENCE, &inside) ||
	    !der_take(&inside, DER_SEQUENCE, &algorithm) ||
	    !der_take(&inside, DER_BIT_STRING, &bits) || bits.len == 0 ||
	    (bits.p[0] != 0 && !spare))
		return false;
	return read_numbers(slice_sub(bits, 1, bits.len), out);
}

static unsigned
bits_of(struct slice number)
{
	unsigned bits = (unsigned)number.len * 8;

	for (unsigned c = (unsigned char)number.p[0]; c < 0x80; c <<= 1)
		bits--;
	return bits;
}

/* What OpenSSL asks of numbers and of a signature. */
static bool
openssl_takes(const struct rsa_numbers *k, struct slice sig)
{
	return (k->modulus.p[k->modulus.len - 1] & 1) != 0 &&
	       sig.len == k->modulus.len &&
	       memcmp(sig.p, k->modulus.p, sig.len) < 0 &&
	       (k->modulus.len <= 384 || k->exponent.len <= 8);
}

/* ------------------------------------------------------------------------
 * The signature. */

static int
rsa_verify(const struct other_case *c, struct slice p, const struct sigfield *f,
    const unsigned char digest[DIGEST_SIZE], struct diag *why)
{
	bool dkimpy = c->who == OTHER_DKIMPY;
	struct rsa_numbers k;
	struct slice der;
	int decoded = dkimpy ? decode_what_is(p, c->m->arena, &der)
			     : (int)base64_decode(p, c->m->arena, &der);

	if (decoded == BASE64_MEMORY)
		return diag_memory(why);
	if (decoded != BASE64_OK || !read_wrapped(der, dkimpy, &k) ||
	    (c->who != OTHER_MAIL_DKIM &&
		bits_of(k.modulus) < KEY_MIN_RSA_BITS) ||
	    (!dkimpy && !openssl_takes(&k, f->tags.signature)))
		return 0;
	return bare_rsa_verify(
	    k.modulus, k.exponent, digest, f->tags.signature, why);
}

static int
put_octets(void *ctx, const char *p, size_t n)
{
	buf_put(ctx, p, n);
	return 0;
}

/* Only mailauth: of an AMS it is the digest that is signed, of a seal the
 * text. */
static int
ed25519_verify(const struct other_case *c, struct slice p,
    const struct sigfield *f, const unsigned char digest[DIGEST_SIZE],
    struct diag *why)
{
	struct slice point, signedtext = { (const char *)digest, DIGEST_SIZE };
	struct buf text = { .max = 0 };
	struct sink sink = { put_octets, &text };
	int result;

	switch (base64_decode(p, c->m->arena, &point)) {
	case BASE64_OK: break;
	case BASE64_MEMORY: return diag_memory(why);
	default: return 0;
	}
	if (f->kind == ARC_SEAL) {
		chain_put_seal(c->chain, f->instance, &sink);
		signedtext = buf_view(&text);
	}
	result = text.failure != BUF_OK ? diag_memory(why)
					: bare_ed25519_verify(point, signedtext,
					      f->tags.signature, why);
	buf_release(&text);
	return result;
}

int
keyreading_verify(const struct other_case *c, const struct sigfield *f,
    const unsigned char digest[DIGEST_SIZE], const struct sigresult *r,
    struct diag *why)
{
	bool rsa = f->tags.alg == SIGNATURE_RSA_SHA256;
	struct taglist list;
	struct slice p;
	int listed;

	if (r->entry->answer.ntxt == 0 || (!rsa && c->who != OTHER_MAILAUTH))
		return 0;
	listed =
	    fieldreading_record(c, r->entry->answer.txt[0].text, &list, why);
	if (listed <= 0)
		return listed;
	if (!takes_record(c->who, &list, rsa ? "rsa" : "ed25519", &p))
		return 0;
	return (rsa ? rsa_verify : ed25519_verify)(c, p, f, digest, why);
}

bool
keyreading_one_label(
    const struct other_case *c, const struct sigfield *f, struct slice *out)
{
	static const char between[] = "._domainkey.";
	struct slice s = f->tags.selector, d = f->tags.domain;
	size_t n = s.len + sizeof between - 1 + d.len;
	char *name;

	if (d.len == 0 || s.len == 0 || slice_find(d, '.') < d.len ||
	    !slice_is_ascii(d) || !slice_is_ascii(s) || n > KEYNAME_MAX)
		return false;
	if ((name = arena_alloc(c->m->arena, n)) == NULL)
		return rule_memory(c);
	memcpy(name, s.p, s.len);
	memcpy(name + s.len, between, sizeof between - 1);
	memcpy(name + s.len + sizeof between - 1, d.p, d.len);
	for (size_t i = 0; i < n; i++)
		name[i] = ascii_lower(name[i]);
	*out = (struct slice){ name, n };
	return true;
}
