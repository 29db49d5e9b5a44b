/* SPDX-License-Identifier: BSD-2-Clause */
/* Key records, the DER in them, and private keys.  The first octet says what
 * the rest is: a whole record; the octets behind p= of an RSA or an Ed25519
 * record; a PEM file. */
#include "base/base64.h"
#include "fuzz.h"
#include "crypto/key.h"
#include "keys/keyrepair.h"
#include "crypto/signature.h"

static void
harmless(const struct diag *why)
{
	need(why->where.len == 0);
	need_inert(slice_of(why->detail));
}

/* A key that was accepted is within bounds, and verifies nothing made up. */
static void
check_key(const struct key *key)
{
	unsigned char digest[DIGEST_SIZE] = { 1 };
	static const char zeros[KEY_MAX_RSA_BITS / 8];
	size_t len = key->type == KEY_RSA ? key->noctets : 64;
	struct diag why;

	need(key->octets != NULL);
	need((key->type == KEY_RSA) == (key->rsa != NULL));
	need((key->type == KEY_ED25519) == (key->pkey != NULL));
	if (key->type == KEY_RSA) {
		need(key->bits >= KEY_LEAST_RSA_BITS &&
		     key->bits <= KEY_MAX_RSA_BITS);
		need(key->noctets == (key->bits + 7) / 8);
		need(key->octets[0] != 0);
		need(key->octets[key->noctets - 1] % 2 == 1);
		need(key->exponent >= 3 && key->exponent % 2 == 1 &&
		     key->exponent >> 33 == 0);
	} else {
		need(key->noctets == KEY_ED25519_SIZE && key->bits == 256);
	}
	need(signature_verify(key, signature_for(key->type), 0, digest,
		 (struct slice){ zeros, len }, &why) != 0);
	need(why.code == DIAG_SIGNATURE ||
	     (why.code == DIAG_KEY_SHORT && key->bits < KEY_MIN_RSA_BITS));
	need(key_same(key, key));
}

static void
record(struct slice text)
{
	char what[KEYREPAIR_TEXT];
	struct key key;
	struct diag why;

	if (key_repair(text, &key, what, &why) == 1) {
		need_inert(slice_of(what));
		need(what[0] != '\0');
		check_key(&key);
		key_release(&key);
	}
	if (key_parse(text, &key, &why) == 0) {
		check_key(&key);
	} else {
		harmless(&why);
		need(why.code >= DIAG_KEY_SYNTAX &&
		     why.code <= DIAG_KEY_WEAK_POINT);
	}
	key_release(&key);
}

static void
der(const char *tags, struct slice octets)
{
	struct buf b = { .max = 0 };

	buf_text(&b, tags);
	base64_encode(&b, octets);
	record(buf_view(&b));
	buf_release(&b);
}

static void
pem(struct slice text)
{
	struct signing_key *private;
	struct diag why;

	if (signing_key_parse(text, &private, &why) == 0)
		check_key(signing_key_public(private));
	else
		need(why.code == DIAG_PRIVATE_KEY);
	signing_key_free(private);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice in = { (const char *)p, n }, rest = slice_sub(in, 1, n);

	switch (n > 0 ? in.p[0] : 0) {
	case 'r': der("p=", rest); break;
	case 'e': der("k=ed25519; p=", rest); break;
	case 'p': pem(rest); break;
	default: record(in); break;
	}
	return 0;
}
