/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/evp.h>

#include "base/base64.h"
#include "base/buf.h"
#include "crypto/crypto.h"
#include "crypto/der.h"
#include "crypto/key.h"
#include "crypto/primitive.h"
#include "mail/taglist.h"

/* Of a SubjectPublicKeyInfo for Ed25519 (RFC 8410 section 4). */
enum {
	ED25519_SPKI_SIZE = 44
};

/* 1.2.840.113549.1.1.1, rsaEncryption. */
static const char rsa_oid[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";

static const struct slice nowhere = { NULL, 0 };

const char *
key_type_word(enum key_type type)
{
	return type == KEY_ED25519 ? "ed25519" : "rsa";
}

static int
keep_octets(struct key *key, struct slice s, struct diag *why)
{
	if ((key->octets = malloc(s.len)) == NULL)
		return diag_memory(why);
	memcpy(key->octets, s.p, s.len);
	key->noctets = s.len;
	return 0;
}

static unsigned
bits_of(struct slice number)
{
	unsigned bits = (unsigned)number.len * 8;

	for (unsigned char top = (unsigned char)number.p[0]; top < 0x80;
	     top = (unsigned char)(top << 1))
		bits--;
	return bits;
}

static int
check_rsa(struct slice n, struct slice e, struct key *key, struct diag *why)
{
	/* Before anything is counted in bits. */
	if (n.len > KEY_MAX_RSA_BITS / 8)
		return diag_set(why, DIAG_KEY_LONG, nowhere,
		    "a modulus of %zu bytes", n.len);
	key->bits = n.len > 0 ? bits_of(n) : 0;
	if (key->bits < KEY_LEAST_RSA_BITS)
		return diag_set(why, DIAG_KEY_SHORT, nowhere,
		    "a modulus of %u bits", key->bits);
	if ((n.p[n.len - 1] & 1) == 0)
		return diag_set(
		    why, DIAG_KEY_EXPONENT, nowhere, "the modulus is even");
	/* A wide exponent makes a check up to 150 times as dear; exponent 1
	 * makes the padded digest its own signature. */
	if (e.len > 5)
		return diag_set(why, DIAG_KEY_EXPONENT, nowhere,
		    "an exponent of %zu bytes", e.len);
	key->exponent = 0;
	for (size_t i = 0; i < e.len; i++)
		key->exponent = key->exponent << 8 | (unsigned char)e.p[i];
	if (key->exponent < 3 || key->exponent % 2 == 0 ||
	    key->exponent >> LIMIT_EXPONENT_BITS != 0)
		return diag_set(why, DIAG_KEY_EXPONENT, nowhere,
		    "the exponent is %llu", key->exponent);
	if (key->bits > LIMIT_EXPONENT_RSA_BITS &&
	    key->exponent > KEY_USUAL_EXPONENT)
		return diag_set(why, DIAG_KEY_EXPONENT, nowhere,
		    "the exponent is %llu; of a key of %u bits at most %d",
		    key->exponent, key->bits, KEY_USUAL_EXPONENT);
	return 0;
}

int
key_from_rsa(struct slice n, struct slice e, struct key *out, struct diag *why)
{
	struct key key = { .type = KEY_RSA };

	*out = (struct key){ .bits = 0 };
	n = der_unsigned(n);
	e = der_unsigned(e);
	if (check_rsa(n, e, &key, why) != 0)
		return -1;
	if (keep_octets(&key, n, why) != 0)
		return -1;
	key.rsa = rsa_public_new(n, key.exponent, why);
	if (key.rsa == NULL) {
		key_release(&key);
		return -1;
	}
	*out = key;
	return 0;
}

/* y of the five pairs of points whose order divides 8, without the sign of x:
 * 0, 1, -1, and the two of order 8. */
static const unsigned char small_order[][KEY_ED25519_SIZE] = {
	{ 0 },
	{ 1 },
	{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
	{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
	    0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
	    0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
	{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
	    0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
	    0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
};

/* y < p = 2^255 - 19, little-endian. */
static bool
is_reduced(const unsigned char y[KEY_ED25519_SIZE])
{
	for (size_t i = 1; i < KEY_ED25519_SIZE - 1; i++)
		if (y[i] != 0xff)
			return true;
	return y[KEY_ED25519_SIZE - 1] != 0x7f || y[0] < 0xed;
}

/* Whether some x goes with y: 1, 0, or -1 for trouble.  OpenSSL has no such
 * question.  -x^2 + y^2 = 1 + d x^2 y^2 with d = -121665/121666 (RFC 8032
 * section 5.1) makes x^2 a fraction; it is a square if and only if the product
 * of its two parts, 121666 (y^2 - 1) and 121666 - 121665 y^2, is one. */
static int
is_on_curve(const unsigned char le[KEY_ED25519_SIZE])
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_new(), *y = BN_lebin2bn(le, KEY_ED25519_SIZE, NULL);
	BIGNUM *a = BN_new(), *b = BN_new();
	int symbol = -2;

	if (ctx != NULL && p != NULL && y != NULL && a != NULL && b != NULL &&
	    BN_set_bit(p, 255) == 1 && BN_sub_word(p, 19) == 1 &&
	    BN_mod_sqr(y, y, p, ctx) == 1 && BN_copy(a, y) != NULL &&
	    BN_sub_word(a, 1) == 1 && BN_mul_word(a, 121666) == 1 &&
	    BN_mul_word(y, 121665) == 1 && BN_set_word(b, 121666) == 1 &&
	    BN_mod_sub(b, b, y, p, ctx) == 1 &&
	    BN_mod_mul(a, a, b, p, ctx) == 1)
		symbol = BN_kronecker(a, p, ctx);
	BN_free(p);
	BN_free(y);
	BN_free(a);
	BN_free(b);
	BN_CTX_free(ctx);
	return symbol < -1 ? -1 : symbol >= 0;
}

static int
check_ed25519(struct slice point, struct diag *why)
{
	unsigned char y[KEY_ED25519_SIZE];

	memcpy(y, point.p, sizeof y);
	y[sizeof y - 1] &= 0x7f; /* the sign of x */
	if (!is_reduced(y))
		return diag_set(why, DIAG_KEY_WEAK_POINT, nowhere,
		    "y is not below 2^255 - 19");
	for (size_t i = 0; i < ARRAY_LEN(small_order); i++)
		if (memcmp(y, small_order[i], sizeof y) == 0)
			return diag_set(why, DIAG_KEY_WEAK_POINT, nowhere,
			    "a point of small order");
	int on = is_on_curve(y);

	if (on < 0)
		return crypto_trouble(why, "Ed25519 key");
	if (on == 0)
		return diag_set(why, DIAG_KEY_WEAK_POINT, nowhere,
		    "not a point of the curve");
	return 0;
}

int
key_from_ed25519(struct slice point, struct key *out, struct diag *why)
{
	struct key key = { .type = KEY_ED25519, .bits = 256 };

	*out = (struct key){ .bits = 0 };
	if (!crypto_begin())
		return diag_memory(why);
	if (point.len != KEY_ED25519_SIZE)
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
		    "%zu bytes; an Ed25519 key has 32", point.len);
	if (check_ed25519(point, why) != 0)
		return -1;
	if (keep_octets(&key, point, why) != 0)
		return -1;
	key.pkey = EVP_PKEY_new_raw_public_key_ex(
	    NULL, "ED25519", NULL, key.octets, key.noctets);
	if (key.pkey == NULL || crypto_memory_failed()) {
		key_release(&key);
		return crypto_trouble(why, "Ed25519 key");
	}
	*out = key;
	return 0;
}

/* RSAPublicKey (RFC 8017 appendix A.1.1), its one outer element taken off. */
static bool
rsa_numbers(struct slice body, struct slice *n, struct slice *e)
{
	return der_take(&body, DER_INTEGER, n) &&
	       der_take(&body, DER_INTEGER, e) && body.len == 0;
}

/* What SubjectPublicKeyInfo (RFC 5280 section 4.1) wraps. */
static int
unwrap(struct slice body, struct slice *n, struct slice *e, struct diag *why)
{
	struct slice algorithm, oid, null, bits, rsa;

	if (!der_take(&body, DER_SEQUENCE, &algorithm) ||
	    !der_take(&algorithm, DER_OBJECT, &oid) ||
	    !der_take(&body, DER_BIT_STRING, &bits) || body.len != 0)
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
		    "p= is not a SubjectPublicKeyInfo");
	if (!slice_eq(oid, SLICE(rsa_oid)))
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
		    "p= has a key for an algorithm other than RSA");
	if (algorithm.len != 0 && (!der_take(&algorithm, DER_NULL, &null) ||
				      null.len != 0 || algorithm.len != 0))
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
		    "p= has parameters that RSA does not have");
	/* The first octet counts unused bits. */
	if (bits.len == 0 || bits.p[0] != 0)
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
		    "the bits in p= are not whole bytes");
	bits = slice_sub(bits, 1, bits.len);
	if (!der_take(&bits, DER_SEQUENCE, &rsa) || bits.len != 0 ||
	    !rsa_numbers(rsa, n, e))
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
		    "p= wraps something other than one RSA key");
	return 0;
}

/* RFC 6376 section 3.6.1 names RSAPublicKey, its appendix C and the world use
 * SubjectPublicKeyInfo (erratum 3017): whichever the octets are. */
static int
read_rsa(struct slice der, struct key *out, struct diag *why)
{
	struct slice rest = der, body, n, e;
	size_t size = der_size(der);

	if (der.len == KEY_ED25519_SIZE)
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
		    "p= has 32 bytes, which is not an RSA key; an Ed25519 "
		    "record says k=ed25519");
	if (der.p[0] == DER_SEQUENCE && size > der.len)
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
		    "p= has %zu bytes of a key of %zu: it was cut", der.len,
		    size);
	if (!der_take(&rest, DER_SEQUENCE, &body))
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
		    "the %zu bytes of p= are not an RSA key", der.len);
	if (rest.len != 0)
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
		    "%zu bytes follow the key in p=", rest.len);
	bool bare = rsa_numbers(body, &n, &e);

	if ((!bare && unwrap(body, &n, &e, why) != 0) ||
	    key_from_rsa(n, e, out, why) != 0)
		return -1;
	out->bare = bare;
	return 0;
}

static int
read_ed25519(struct slice octets, struct key *out, struct diag *why)
{
	if (octets.len == ED25519_SPKI_SIZE && octets.p[0] == DER_SEQUENCE)
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
		    "p= has a SubjectPublicKeyInfo of 44 bytes; publish only "
		    "its last 32");
	if (octets.len != KEY_ED25519_SIZE)
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
		    "p= has %zu bytes; an Ed25519 key has 32", octets.len);
	return key_from_ed25519(octets, out, why);
}

/* Whether one of the words between colons is word, in any case. */
static bool
lists(struct slice value, struct slice word)
{
	for (struct slice one; slice_cut(&value, ':', &one);)
		if (slice_eq_nocase(slice_trim(one), word))
			return true;
	return false;
}

static int
not_base64(struct slice text, struct diag *why)
{
	char q[DIAG_QUOTED];
	size_t chars = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (!ascii_is_alnum(text.p[i]) && !ascii_is_fws(text.p[i]) &&
		    slice_find(SLICE("+/="), text.p[i]) == 3)
			return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
			    "p= is not base64: \"%s\" is not allowed",
			    diag_quote(slice_sub(text, i, 1), q));
		chars += !ascii_is_fws(text.p[i]);
	}
	if (chars % 4 != 0)
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
		    "p= has %zu characters, not a multiple of four: some were "
		    "lost or added",
		    chars);
	return diag_set(
	    why, DIAG_KEY_SYNTAX, nowhere, "p= has a misplaced \"=\"");
}

/* RFC 6376 section 3.6.1 for each tag, in the order of section 6.1.2. */
static int
read_tags(const struct taglist *list, struct arena *arena, struct key *out,
    struct diag *why)
{
	const struct tag *v = taglist_find(list, SLICE("v"));
	const struct tag *h = taglist_find(list, SLICE("h"));
	const struct tag *k = taglist_find(list, SLICE("k"));
	const struct tag *p = taglist_find(list, SLICE("p"));
	const struct tag *s = taglist_find(list, SLICE("s"));
	const struct tag *t = taglist_find(list, SLICE("t"));
	struct slice type = k != NULL ? k->value : SLICE("rsa"), octets;
	char q[DIAG_QUOTED];

	if (v != NULL && !slice_eq(v->value, SLICE("DKIM1")))
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
		    "v=%s instead of v=DKIM1", diag_quote(v->value, q));
	if (v != NULL && v != &list->tag[0])
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere,
		    "v=DKIM1 must be the first tag");
	if (p == NULL)
		return diag_set(why, DIAG_KEY_SYNTAX, nowhere, "p= is missing");
	if (h != NULL && !lists(h->value, SLICE("sha256")))
		return diag_set(why, DIAG_KEY_HASH, nowhere,
		    "h=%s does not list sha256", diag_quote(h->value, q));
	if (s != NULL && !lists(s->value, SLICE("*")) &&
	    !lists(s->value, SLICE("email")))
		return diag_set(why, DIAG_KEY_SERVICE, nowhere,
		    "s=%s lists neither * nor email", diag_quote(s->value, q));
	if (p->value.len == 0)
		return diag_set(why, DIAG_KEY_REVOKED, nowhere, "p= is empty");
	bool ed25519 = slice_eq_nocase(type, SLICE("ed25519"));

	if (!ed25519 && !slice_eq_nocase(type, SLICE("rsa")))
		return diag_set(why, DIAG_KEY_TYPE, nowhere,
		    "k=%s is neither rsa nor ed25519", diag_quote(type, q));
	switch (base64_decode(p->value, arena, &octets)) {
	case BASE64_OK: break;
	case BASE64_INVALID: return not_base64(p->value, why);
	case BASE64_MEMORY: return diag_memory(why);
	}
	if ((ed25519 ? read_ed25519 : read_rsa)(octets, out, why) != 0)
		return -1;
	out->testing = t != NULL && lists(t->value, SLICE("y"));
	out->strict = t != NULL && lists(t->value, SLICE("s"));
	out->granularity = taglist_find(list, SLICE("g")) != NULL;
	return 0;
}

int
key_parse(struct slice record, struct key *out, struct diag *why)
{
	struct arena *arena = arena_new();
	struct taglist list;
	int result = -1;

	*out = (struct key){ .bits = 0 };
	if (arena == NULL)
		return diag_memory(why);
	if (taglist_parse(record, arena, &list, why) == 0) {
		result = read_tags(&list, arena, out, why);
	} else {
		if (why->code != DIAG_MEMORY)
			why->code = DIAG_KEY_SYNTAX;
		why->where = nowhere;
	}
	arena_free(arena);
	return result;
}

bool
key_same(const struct key *a, const struct key *b)
{
	return a->type == b->type && a->exponent == b->exponent &&
	       a->noctets == b->noctets &&
	       memcmp(a->octets, b->octets, a->noctets) == 0;
}

/* SubjectPublicKeyInfo (RFC 5280 section 4.1) around an RSAPublicKey. */
static void
put_spki(const struct key *k, struct buf *out)
{
	unsigned char e[8];
	struct buf algorithm = { .max = 0 }, numbers = { .max = 0 };
	struct buf bits = { .max = 0 }, all = { .max = 0 };

	for (size_t i = 0; i < sizeof e; i++)
		e[i] = (unsigned char)(k->exponent >> 8 * (sizeof e - 1 - i));
	der_put_unsigned(
	    &numbers, (struct slice){ (const char *)k->octets, k->noctets });
	der_put_unsigned(&numbers, (struct slice){ (const char *)e, sizeof e });
	buf_char(&bits, '\0'); /* no unused bits */
	der_put(&bits, DER_SEQUENCE, &numbers);
	buf_put(&algorithm, "\x06\x09", 2);
	buf_slice(&algorithm, SLICE(rsa_oid));
	buf_put(&algorithm, "\x05\0", 2);
	der_put(&all, DER_SEQUENCE, &algorithm);
	der_put(&all, DER_BIT_STRING, &bits);
	der_put(out, DER_SEQUENCE, &all);
	buf_release(&algorithm);
	buf_release(&numbers);
	buf_release(&bits);
	buf_release(&all);
}

void
key_record(const struct key *k, struct slice others, struct buf *out)
{
	struct buf der = { .max = 0 };

	if (k->type == KEY_RSA)
		put_spki(k, &der);
	else
		buf_put(&der, k->octets, k->noctets);
	buf_printf(out, "v=DKIM1; k=%s; ", key_type_word(k->type));
	buf_slice(out, others);
	buf_text(out, "p=");
	base64_encode(out, buf_view(&der));
	buf_fail_with(out, &der);
	buf_release(&der);
}

void
key_release(struct key *key)
{
	rsa_public_free(key->rsa);
	EVP_PKEY_free(key->pkey);
	free(key->octets);
	*key = (struct key){ .bits = 0 };
}
