/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>

#include <openssl/rand.h>

#include "base/arena.h"
#include "crypto/digest.h"
#include "keys.h"

static struct diag why;

static void
sha256(const void *p, size_t n, unsigned char out[DIGEST_SIZE])
{
	struct digest d;

	digest_init(&d);
	digest_put(&d, p, n);
	CHECK(digest_final(&d, out, &why) == 0);
	digest_release(&d);
}

/* RFC 8463 appendix A: what the two signatures cover, canonicalized. */
#define RFC8463_FIELDS                                                         \
	"from:Joe SixPack <joe@football.example.com>\r\n"                      \
	"to:Suzie Q <suzie@shopping.example.net>\r\n"                          \
	"subject:Is dinner ready?\r\n"                                         \
	"date:Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"                       \
	"message-id:<20030712040037.46341.5F8J@football.example.com>\r\n"
#define RFC8463_BH "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b="

static const char ed25519_input[] = RFC8463_FIELDS
    "dkim-signature:v=1; a=ed25519-sha256; c=relaxed/relaxed; "
    "d=football.example.com; i=@football.example.com; q=dns/txt; s=brisbane; "
    "t=1528637909; h=from : to : subject : date : message-id : from : subject "
    ": date; " RFC8463_BH;

static const char rsa_input[] = RFC8463_FIELDS
    "dkim-signature:v=1; a=rsa-sha256; c=relaxed/relaxed; "
    "d=football.example.com; i=@football.example.com; q=dns/txt; s=test; "
    "t=1528637909; h=from : to : subject : date : message-id : from : subject "
    ": date; " RFC8463_BH;

static const char ed25519_b[] =
    "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus"
    "Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==";

static const char rsa_b[] =
    "F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3"
    "DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz"
    "dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=";

static const char ed25519_record[] =
    "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

static const char rsa_record[] =
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
    "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC"
    "DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3"
    "Ip3G+2kryOTIKT+l/K4w3QIDAQAB";

static void
vector(const char *record, const char *input, const char *b, const char *pem,
    enum signature_algorithm algorithm)
{
	struct arena *arena = NEED(arena_new());
	unsigned char digest[DIGEST_SIZE];
	struct signing_key *private = NULL;
	struct buf made = { .max = 0 }, text = { .max = 0 };
	struct slice sig = { NULL, 0 };
	struct key key;

	sha256(input, strlen(input), digest);
	CHECK(base64_decode(slice_of(b), arena, &sig) == BASE64_OK);
	CHECK_CODE(key_parse(slice_of(record), &key, &why), DIAG_NONE, why);
	CHECK_CODE(signature_verify(&key, algorithm, 0, digest, sig, &why),
	    DIAG_NONE, why);
	CHECK_CODE(
	    signing_key_load(keys_path(pem), &private, &why), DIAG_NONE, why);
	CHECK(key_same(&key, signing_key_public(NEED(private))));
	CHECK_CODE(
	    signature_make(private, digest, &made, &why), DIAG_NONE, why);
	base64_encode(&text, buf_view(&made));
	CHECK(slice_eq(buf_view(&text), slice_of(b)));
	digest[31] ^= 1;
	CHECK_CODE(signature_verify(&key, algorithm, 0, digest, sig, &why),
	    DIAG_SIGNATURE, why);
	buf_release(&made);
	buf_release(&text);
	signing_key_free(private);
	key_release(&key);
	arena_free(arena);
}

static void
rfc8463(void)
{
	CHECK(sizeof ed25519_input - 1 == 478);
	CHECK(sizeof rsa_input - 1 == 470);
	vector(ed25519_record, ed25519_input, ed25519_b,
	    "unit-rfc8463-ed25519.pem", SIGNATURE_ED25519_SHA256);
	vector(rsa_record, rsa_input, rsa_b, "unit-rfc8463-rsa.pem",
	    SIGNATURE_RSA_SHA256);
}

/* RFC 8463 section 3. */
static void
ed25519_signs_the_digest(void)
{
	static const char text[] = "from:a@b.example\r\n";
	EVP_PKEY *pkey = keys_private("unit-ed25519.pem");
	struct key key = keys_public("unit-ed25519.pem");
	unsigned char digest[DIGEST_SIZE], sig[64];
	size_t n = sizeof text - 1;

	sha256(text, n, digest);
	n = keys_sign_ed25519(pkey, text, n, sig);
	CHECK_CODE(signature_verify(&key, SIGNATURE_ED25519_SHA256, 0, digest,
		       octets(sig, n), &why),
	    DIAG_SIGNATURE, why);
	n = keys_sign_ed25519(pkey, digest, sizeof digest, sig);
	CHECK_CODE(signature_verify(&key, SIGNATURE_ED25519_SHA256, 0, digest,
		       octets(sig, n), &why),
	    DIAG_NONE, why);
	key_release(&key);
	EVP_PKEY_free(pkey);
}

/* The same signature with L added to S, which less strict verifiers take.
 */
static void
ed25519_s_not_below_l(void)
{
	static const unsigned char l[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63,
		0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10 };
	EVP_PKEY *pkey = keys_private("unit-ed25519.pem");
	struct key key = keys_public("unit-ed25519.pem");
	unsigned char digest[DIGEST_SIZE] = { 7 }, sig[64];
	unsigned carry = 0;

	keys_sign_ed25519(pkey, digest, sizeof digest, sig);
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)sig[32 + i] + l[i];
		sig[32 + i] = (unsigned char)carry;
		carry >>= 8;
	}
	CHECK(carry == 0);
	CHECK_CODE(signature_verify(&key, SIGNATURE_ED25519_SHA256, 0, digest,
		       octets(sig, 64), &why),
	    DIAG_SIGNATURE, why);
	key_release(&key);
	EVP_PKEY_free(pkey);
}

static void
ed25519_length(void)
{
	EVP_PKEY *pkey = keys_private("unit-ed25519.pem");
	struct key key = keys_public("unit-ed25519.pem");
	unsigned char digest[DIGEST_SIZE] = { 7 }, sig[66] = { 0 };
	static const size_t lengths[] = { 0, 1, 32, 63, 65, 66 };

	keys_sign_ed25519(pkey, digest, sizeof digest, sig);
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++)
		CHECK_CODE(signature_verify(&key, SIGNATURE_ED25519_SHA256, 0,
			       digest, octets(sig, lengths[i]), &why),
		    DIAG_SIGNATURE_LENGTH, why);
	key_release(&key);
	EVP_PKEY_free(pkey);
}

/* RFC 6376 3.3.2: one octet short, one long, 0 in front. */
static void
rsa_length(void)
{
	EVP_PKEY *pkey = keys_private("unit-rsa2048.pem");
	struct key key = keys_public("unit-rsa2048.pem");
	unsigned char digest[DIGEST_SIZE] = { 7 }, sig[1 + 2048] = { 0 };
	size_t n = keys_sign_rsa(pkey, RSA_PKCS1_PADDING, EVP_sha256(), digest,
	    sizeof digest, sig + 1);

	CHECK(n == 256);
	CHECK_CODE(signature_verify(&key, SIGNATURE_RSA_SHA256, 0, digest,
		       octets(sig + 1, n), &why),
	    DIAG_NONE, why);
	CHECK_CODE(signature_verify(&key, SIGNATURE_RSA_SHA256, 0, digest,
		       octets(sig + 1, n - 1), &why),
	    DIAG_SIGNATURE_LENGTH, why);
	CHECK_CODE(signature_verify(&key, SIGNATURE_RSA_SHA256, 0, digest,
		       octets(sig, n + 1), &why),
	    DIAG_SIGNATURE_LENGTH, why);
	sig[1 + n] = 0;
	CHECK_CODE(signature_verify(&key, SIGNATURE_RSA_SHA256, 0, digest,
		       octets(sig + 1, n + 1), &why),
	    DIAG_SIGNATURE_LENGTH, why);
	CHECK_CODE(signature_verify(&key, SIGNATURE_RSA_SHA256, 0, digest,
		       octets(NULL, 0), &why),
	    DIAG_SIGNATURE_LENGTH, why);
	key_release(&key);
	EVP_PKEY_free(pkey);
}

/* s + n, as long as n, opens to the same block. */
static void
rsa_s_plus_n(void)
{
	EVP_PKEY *pkey = keys_private("unit-rsa1024.pem");
	struct key key = keys_public("unit-rsa1024.pem");
	BIGNUM *n = BN_bin2bn(key.octets, (int)key.noctets, NULL);
	unsigned char digest[DIGEST_SIZE] = { 0 }, sig[2048];
	bool found = false;

	for (unsigned i = 0; i < 2000 && !found; i++) {
		digest[0] = (unsigned char)i;
		digest[1] = (unsigned char)(i >> 8);
		size_t len = keys_sign_rsa(pkey, RSA_PKCS1_PADDING,
		    EVP_sha256(), digest, sizeof digest, sig);
		BIGNUM *s = BN_bin2bn(sig, (int)len, NULL);

		CHECK(BN_add(s, s, n) == 1);
		found = BN_num_bytes(s) == (int)len;
		if (found)
			BN_bn2bin(s, sig);
		BN_free(s);
	}
	CHECK(found);
	CHECK_CODE(signature_verify(&key, SIGNATURE_RSA_SHA256, 0, digest,
		       octets(sig, key.noctets), &why),
	    DIAG_SIGNATURE, why);
	CHECK(strstr(why.detail, "modulus") != NULL);
	BN_bn2bin(n, sig);
	CHECK_CODE(signature_verify(&key, SIGNATURE_RSA_SHA256, 0, digest,
		       octets(sig, key.noctets), &why),
	    DIAG_SIGNATURE, why);
	memset(sig, 0, sizeof sig);
	CHECK_CODE(signature_verify(&key, SIGNATURE_RSA_SHA256, 0, digest,
		       octets(sig, key.noctets), &why),
	    DIAG_SIGNATURE, why);
	BN_free(n);
	key_release(&key);
	EVP_PKEY_free(pkey);
}

/* A block of n octets: 00 01 FF... 00, then the last nlast octets. */
static void
block(unsigned char *p, size_t n, const void *last, size_t nlast)
{
	memset(p, 0xff, n);
	p[0] = 0;
	p[1] = 1;
	p[n - nlast - 1] = 0;
	memcpy(p + n - nlast, last, nlast);
}

/* Whatever the private key can be made to sign, one block alone counts. */
static void
rsa_other_blocks(void)
{
	static const unsigned char info[] = { 0x30, 0x31, 0x30, 0x0d, 0x06,
		0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
		0x05, 0x00, 0x04, 0x20 };
	static const unsigned char no_null[] = { 0x30, 0x2f, 0x30, 0x0b, 0x06,
		0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
		0x04, 0x20 };
	EVP_PKEY *pkey = keys_private("unit-rsa2048.pem");
	struct key key = keys_public("unit-rsa2048.pem");
	unsigned char digest[DIGEST_SIZE] = { 9, 8, 7 }, tail[64], sig[2048];
	unsigned char em[256];
	size_t n = sizeof em;

#define VERIFIES(code)                                                         \
	do {                                                                   \
		n = keys_sign_rsa(                                             \
		    pkey, RSA_NO_PADDING, NULL, em, sizeof em, sig);           \
		CHECK_CODE(signature_verify(&key, SIGNATURE_RSA_SHA256, 0,     \
			       digest, octets(sig, n), &why),                  \
		    code, why);                                                \
	} while (0)

	memcpy(tail, info, sizeof info);
	memcpy(tail + sizeof info, digest, sizeof digest);
	block(em, sizeof em, tail, sizeof info + sizeof digest);
	VERIFIES(DIAG_NONE);
	/* DigestInfo without the NULL, which RFC 8017 lets a verifier take and
	 * OpenSSL does not. */
	memcpy(tail, no_null, sizeof no_null);
	memcpy(tail + sizeof no_null, digest, sizeof digest);
	block(em, sizeof em, tail, sizeof no_null + sizeof digest);
	VERIFIES(DIAG_SIGNATURE);
	/* No DigestInfo. */
	block(em, sizeof em, digest, sizeof digest);
	VERIFIES(DIAG_SIGNATURE);
	/* Block type 2, and a padding octet that is not FF. */
	memcpy(tail, info, sizeof info);
	memcpy(tail + sizeof info, digest, sizeof digest);
	block(em, sizeof em, tail, sizeof info + sizeof digest);
	em[1] = 2;
	VERIFIES(DIAG_SIGNATURE);
	em[1] = 1;
	em[100] = 0xfe;
	VERIFIES(DIAG_SIGNATURE);
	/* Short padding, the digest early, octets of the forger's choice behind
	 * it: what passes with e=3 where the block is parsed (CVE-2006-4339).
	 */
	memset(em, 0x5a, sizeof em);
	em[0] = 0;
	em[1] = 1;
	memset(em + 2, 0xff, 8);
	em[10] = 0;
	memcpy(em + 11, tail, sizeof info + sizeof digest);
	VERIFIES(DIAG_SIGNATURE);
	/* Another digest algorithm of the same length of output is named. */
	block(em, sizeof em, tail, sizeof info + sizeof digest);
	em[sizeof em - 32 - 5] = 0x08; /* SHA3-256 */
	VERIFIES(DIAG_SIGNATURE);
#undef VERIFIES
	n = keys_sign_rsa(pkey, RSA_PKCS1_PSS_PADDING, EVP_sha256(), digest,
	    sizeof digest, sig);
	CHECK_CODE(signature_verify(&key, SIGNATURE_RSA_SHA256, 0, digest,
		       octets(sig, n), &why),
	    DIAG_SIGNATURE, why);
	n = keys_sign_rsa(pkey, RSA_PKCS1_PADDING, EVP_sha1(), digest, 20, sig);
	CHECK_CODE(signature_verify(&key, SIGNATURE_RSA_SHA256, 0, digest,
		       octets(sig, n), &why),
	    DIAG_SIGNATURE, why);
	key_release(&key);
	EVP_PKEY_free(pkey);
}

/* RFC 8301 3.2: shorter than 1024 never verifies, whatever is asked for. */
static void
rsa_bits(void)
{
	static const struct {
		const char *pem;
		unsigned bits, min;
		enum diag_code code;
	} cases[] = {
		{ "unit-rsa512.pem", 512, 0, DIAG_KEY_SHORT },
		{ "unit-rsa512.pem", 512, 512, DIAG_KEY_SHORT },
		{ "unit-rsa1023.pem", 1023, 0, DIAG_KEY_SHORT },
		{ "unit-rsa1023.pem", 1023, 1, DIAG_KEY_SHORT },
		{ "unit-rsa1023.pem", 1023, 1024, DIAG_KEY_SHORT },
		{ "unit-rsa1024.pem", 1024, 0, DIAG_NONE },
		{ "unit-rsa1024.pem", 1024, 1024, DIAG_NONE },
		{ "unit-rsa1024.pem", 1024, 1025, DIAG_KEY_SHORT },
		{ "unit-rsa2048.pem", 2048, 1024, DIAG_NONE },
		{ "unit-rsa2048.pem", 2048, 2048, DIAG_NONE },
		{ "unit-rsa2048.pem", 2048, 4096, DIAG_KEY_SHORT },
		{ "unit-rsa4096.pem", 4096, 1024, DIAG_NONE },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		EVP_PKEY *pkey = keys_private(cases[i].pem);
		struct key key = keys_public(cases[i].pem);
		unsigned char digest[DIGEST_SIZE] = { 1 }, sig[2048];
		size_t n = keys_sign_rsa(pkey, RSA_PKCS1_PADDING, EVP_sha256(),
		    digest, sizeof digest, sig);

		CHECK(key.bits == cases[i].bits);
		CHECK_CODE(signature_verify(&key, SIGNATURE_RSA_SHA256,
			       cases[i].min, digest, octets(sig, n), &why),
		    cases[i].code, why);
		key_release(&key);
		EVP_PKEY_free(pkey);
	}
}

/* RFC 6376 3.6.1, k=. */
static void
type_fits_algorithm(void)
{
	struct key rsa = keys_public("unit-rsa2048.pem");
	struct key ed25519 = keys_public("unit-ed25519.pem");
	unsigned char digest[DIGEST_SIZE] = { 1 }, sig[256] = { 0 };

	CHECK_CODE(signature_verify(&rsa, SIGNATURE_ED25519_SHA256, 0, digest,
		       octets(sig, 64), &why),
	    DIAG_KEY_TYPE, why);
	CHECK_CODE(signature_verify(&ed25519, SIGNATURE_RSA_SHA256, 0, digest,
		       octets(sig, 256), &why),
	    DIAG_KEY_TYPE, why);
	CHECK(signature_for(KEY_RSA) == SIGNATURE_RSA_SHA256);
	CHECK(signature_for(KEY_ED25519) == SIGNATURE_ED25519_SHA256);
	key_release(&rsa);
	key_release(&ed25519);
}

/* RFC 8301 3.1, RFC 8463, RFC 5234 2.3. */
static void
words(void)
{
	static const char *const no[] = { "", "rsa", "rsa-sha1", "rsa-sha512",
		"ed25519", "rsa-sha256 ", "rsa-sha2560", "rsa-sha25" };
	enum signature_algorithm a = SIGNATURE_ED25519_SHA256;

	CHECK(signature_named(SLICE("rsa-sha256"), &a) &&
	      a == SIGNATURE_RSA_SHA256);
	CHECK(signature_named(SLICE("ED25519-Sha256"), &a) &&
	      a == SIGNATURE_ED25519_SHA256);
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		CHECK(!signature_named(slice_of(no[i]), &a));
	CHECK(strcmp(signature_word(SIGNATURE_RSA_SHA256), "rsa-sha256") == 0);
	CHECK(strcmp(signature_word(SIGNATURE_ED25519_SHA256),
		  "ed25519-sha256") == 0);
}

/* OpenSSL's verdict, another way than the library's. */
static bool
openssl_verifies(EVP_PKEY *pkey, const unsigned char digest[DIGEST_SIZE],
    const unsigned char *sig, size_t n)
{
	EVP_PKEY_CTX *ctx = NEED(EVP_PKEY_CTX_new(pkey, NULL));
	bool fits = EVP_PKEY_verify_init(ctx) == 1 &&
		    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1 &&
		    EVP_PKEY_verify(ctx, sig, n, digest, DIGEST_SIZE) == 1;

	EVP_PKEY_CTX_free(ctx);
	return fits;
}

/* Random digests, random damage: both sides say the same. */
static void
random_agreement(void)
{
	static const char *const pems[] = { "unit-rsa1024.pem",
		"unit-rsa2048.pem", "unit-rsa4096.pem", "unit-rsa2048-e3.pem",
		"unit-ed25519.pem" };
	unsigned char digest[DIGEST_SIZE], sig[2048], r[3];

	for (size_t k = 0; k < ARRAY_LEN(pems); k++) {
		EVP_PKEY *pkey = keys_private(pems[k]);
		struct key key = keys_public(pems[k]);
		enum signature_algorithm a = signature_for(key.type);
		bool rsa = key.type == KEY_RSA;
		struct signing_key *private = NULL;
		struct buf made = { .max = 0 };

		CHECK_CODE(signing_key_load(keys_path(pems[k]), &private, &why),
		    DIAG_NONE, why);
		for (unsigned i = 0; i < 60; i++) {
			RAND_bytes(digest, sizeof digest);
			size_t n =
			    rsa ? keys_sign_rsa(pkey, RSA_PKCS1_PADDING,
				      EVP_sha256(), digest, sizeof digest, sig)
				: keys_sign_ed25519(
				      pkey, digest, sizeof digest, sig);

			buf_clear(&made);
			CHECK(signature_make(
				  NEED(private), digest, &made, &why) == 0);
			CHECK(slice_eq(buf_view(&made), octets(sig, n)));
			CHECK_CODE(signature_verify(&key, a, 0, digest,
				       octets(sig, n), &why),
			    DIAG_NONE, why);
			RAND_bytes(r, sizeof r);
			sig[(r[0] << 8 | r[1]) % (int)n] ^=
			    (unsigned char)(1 << r[2] % 8);
			CHECK_CODE(signature_verify(&key, a, 0, digest,
				       octets(sig, n), &why),
			    DIAG_SIGNATURE, why);
			CHECK(!rsa || !openssl_verifies(pkey, digest, sig, n));
		}
		buf_release(&made);
		signing_key_free(private);
		key_release(&key);
		EVP_PKEY_free(pkey);
	}
}

struct work {
	const struct key *key;
	const unsigned char *digest;
	struct slice good, bad;
	unsigned wrong;
};

static void *
verify_often(void *arg)
{
	struct work *w = arg;
	enum signature_algorithm a = signature_for(w->key->type);
	struct diag d;

	for (unsigned i = 0; i < 100; i++) {
		w->wrong +=
		    signature_verify(w->key, a, 0, w->digest, w->good, &d) != 0;
		w->wrong += signature_verify(
				w->key, a, 0, w->digest, w->bad, &d) == 0 ||
			    d.code != DIAG_SIGNATURE;
	}
	return NULL;
}

static void
threads(void)
{
	static const char *const pems[] = { "unit-rsa1024.pem",
		"unit-ed25519.pem" };

	for (size_t k = 0; k < ARRAY_LEN(pems); k++) {
		EVP_PKEY *pkey = keys_private(pems[k]);
		struct key key = keys_public(pems[k]);
		unsigned char digest[DIGEST_SIZE] = { 3 }, sig[2048], bad[2048];
		size_t n =
		    key.type == KEY_RSA
			? keys_sign_rsa(pkey, RSA_PKCS1_PADDING, EVP_sha256(),
			      digest, sizeof digest, sig)
			: keys_sign_ed25519(pkey, digest, sizeof digest, sig);
		struct work work[4];
		pthread_t thread[4];

		memcpy(bad, sig, n);
		bad[n - 40] ^= 1;
		for (size_t i = 0; i < 4; i++) {
			work[i] = (struct work){ &key, digest, octets(sig, n),
				octets(bad, n), 0 };
			CHECK(pthread_create(&thread[i], NULL, verify_often,
				  &work[i]) == 0);
		}
		for (size_t i = 0; i < 4; i++) {
			pthread_join(thread[i], NULL);
			CHECK(work[i].wrong == 0);
		}
		key_release(&key);
		EVP_PKEY_free(pkey);
	}
}

static const struct unit_test tests[] = {
	{ "the signatures of RFC 8463 appendix A verify, and are made anew",
	    rfc8463 },
	{ "Ed25519 signs the digest, not the text (RFC 8463 3)",
	    ed25519_signs_the_digest },
	{ "an Ed25519 signature with S >= L fails", ed25519_s_not_below_l },
	{ "an Ed25519 signature has 64 octets", ed25519_length },
	{ "an RSA signature is as long as the modulus (RFC 6376 3.3.2; RFC "
	  "8017 8.2.2)",
	    rsa_length },
	{ "an RSA signature is below the modulus (RFC 8017 8.2.2)",
	    rsa_s_plus_n },
	{ "one block stands for a digest, and it is compared whole (RFC 6376 "
	  "3.3.2)",
	    rsa_other_blocks },
	{ "RSA under 1024 bits never verifies (RFC 8301 3.2)", rsa_bits },
	{ "the key is of the algorithm's type (RFC 6376 3.6.1, k=)",
	    type_fits_algorithm },
	{ "two algorithms, in any case (RFC 8301 3.1, RFC 8463; RFC 5234 2.3)",
	    words },
	{ "random digests and damage: verdicts agree with OpenSSL",
	    random_agreement },
	{ "several threads verify with one key", threads },
};

UNIT_MAIN(tests)
