/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/der.h"
#include "records.h"

/* ------------------------------------------------------------------------ */
/* DER, written by hand, so that it can be wrong in any way. */

static void
put_element(struct buf *b, unsigned tag, struct slice value)
{
	buf_char(b, (char)tag);
	if (value.len < 128) {
		buf_char(b, (char)value.len);
	} else {
		buf_char(b, (char)0x82);
		buf_char(b, (char)(value.len >> 8));
		buf_char(b, (char)value.len);
	}
	buf_slice(b, value);
}

/* RSAPublicKey. */
static struct buf
rsa_public(struct slice n, struct slice e)
{
	struct buf body = { .max = 0 }, out = { .max = 0 };

	put_element(&body, DER_INTEGER, n);
	put_element(&body, DER_INTEGER, e);
	put_element(&out, DER_SEQUENCE, buf_view(&body));
	buf_release(&body);
	return out;
}

#define OID "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"

/* SubjectPublicKeyInfo around key, with that AlgorithmIdentifier. */
static struct buf
spki(struct slice algorithm, struct slice key, char unused)
{
	struct buf bits = { .max = 0 }, body = { .max = 0 }, out = { .max = 0 };

	buf_char(&bits, unused);
	buf_slice(&bits, key);
	put_element(&body, DER_SEQUENCE, algorithm);
	put_element(&body, DER_BIT_STRING, buf_view(&bits));
	put_element(&out, DER_SEQUENCE, buf_view(&body));
	buf_release(&bits);
	buf_release(&body);
	return out;
}

static void
numbers_give(struct slice n, struct slice e, enum diag_code code,
    const char *file, int line)
{
	struct buf der = rsa_public(n, e);

	der_gives("", buf_view(&der), code, file, line);
	buf_release(&der);
}

#define NUMBERS_GIVE(n, e, code)                                               \
	numbers_give((n), (e), (code), __FILE__, __LINE__)

static const struct slice f4 = { "\x01\x00\x01", 3 };

/* An odd number of that many bits. */
static struct slice
modulus(unsigned bits)
{
	static char n[3000];
	size_t len = (bits + 7) / 8;

	memset(n, 0x5b, len);
	n[0] = (char)(1 << (bits - 1) % 8);
	n[len - 1] = 0x5b;
	return (struct slice){ n, len };
}

/* ------------------------------------------------------------------------ */

#define P                                                                      \
	"p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6"   \
	"Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8u" \
	"BsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTI" \
	"KT+l/K4w3QIDAQAB"
#define ED "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

static void
two_keys(void)
{
	struct key rsa, ed25519, again;

	CHECK(key_parse(SLICE("v=DKIM1; k=rsa; " P), &rsa, &why) == 0);
	CHECK(rsa.type == KEY_RSA && rsa.bits == 1024 && !rsa.testing);
	CHECK(rsa.exponent == 65537 && rsa.noctets == 128);
	CHECK(rsa.octets[0] == 0xe4 && rsa.octets[127] == 0xdd);
	CHECK(key_parse(SLICE("v=DKIM1; k=ed25519; " ED), &ed25519, &why) == 0);
	CHECK(ed25519.type == KEY_ED25519 && ed25519.bits == 256);
	CHECK(ed25519.noctets == 32 && ed25519.octets[0] == 0xd7);
	CHECK(strcmp(key_type_word(rsa.type), "rsa") == 0);
	CHECK(strcmp(key_type_word(ed25519.type), "ed25519") == 0);
	CHECK(key_parse(SLICE("t=y;" P), &again, &why) == 0);
	CHECK(key_same(&rsa, &again) && !key_same(&rsa, &ed25519));
	again.octets[5] ^= 1;
	CHECK(!key_same(&rsa, &again));
	again.octets[5] ^= 1;
	again.exponent = 3;
	CHECK(!key_same(&rsa, &again));
	key_release(&rsa);
	key_release(&ed25519);
	key_release(&again);
	key_release(&again);
}

/* RFC 6376 3.6.1. */
static void
version(void)
{
	GIVES("v=DKIM1; " P, DIAG_NONE);
	GIVES(" v = DKIM1 ;" P ";", DIAG_NONE);
	GIVES(P, DIAG_NONE);
	GIVES("V=1; " P, DIAG_NONE); /* an unknown tag */
	GIVES("v=DKIM1.0; " P, DIAG_KEY_SYNTAX);
	GIVES("v=dkim1; " P, DIAG_KEY_SYNTAX);
	GIVES("v=DKIM2; " P, DIAG_KEY_SYNTAX);
	GIVES("v=; " P, DIAG_KEY_SYNTAX);
	GIVES("k=rsa; v=DKIM1; " P, DIAG_KEY_SYNTAX);
	HINT("first");
	GIVES(P "; v=DKIM1", DIAG_KEY_SYNTAX);
	GIVES(P "; " P, DIAG_KEY_SYNTAX);
	HINT("duplicate");
	GIVES("v=spf1 -all", DIAG_KEY_SYNTAX);
	HINT("spf1");
	GIVES("v=spf1 include:x.example; -all", DIAG_KEY_SYNTAX);
	GIVES("google-site-verification=abc", DIAG_KEY_SYNTAX);
	GIVES("", DIAG_KEY_SYNTAX);
	GIVES(";", DIAG_KEY_SYNTAX);
	GIVES("v=DKIM1;; " P, DIAG_KEY_SYNTAX);
	GIVES("v=DKIM1; x; " P, DIAG_KEY_SYNTAX);
	GIVES("v=DKIM1\0; " P, DIAG_KEY_SYNTAX);
	GIVES("v=DKIM1; " P "\0", DIAG_KEY_SYNTAX);
}

/* RFC 6376 3.6.1, k=, RFC 5234 2.3. */
static void
type(void)
{
	GIVES("k=rsa; " P, DIAG_NONE);
	GIVES("k=RSA; " P, DIAG_NONE);
	GIVES("k=Ed25519; " ED, DIAG_NONE);
	GIVES("k=dsa; " P, DIAG_KEY_TYPE);
	GIVES("k=; " P, DIAG_KEY_TYPE);
	GIVES("k=rsa:ed25519; " P, DIAG_KEY_TYPE);
	GIVES(ED, DIAG_KEY_SYNTAX);
	HINT("k=ed25519");
	GIVES("k=ed25519; " P, DIAG_KEY_SYNTAX);
}

/* RFC 6376 3.6.1, h=. */
static void
hash(void)
{
	GIVES("h=sha256; " P, DIAG_NONE);
	GIVES("h=SHA256; " P, DIAG_NONE);
	GIVES("h=sha1 : sha256; " P, DIAG_NONE);
	GIVES("h=x:sha256; " P, DIAG_NONE);
	GIVES("h=sha256::; " P, DIAG_NONE);
	GIVES("h=sha1; " P, DIAG_KEY_HASH);
	HINT("sha1");
	GIVES("h=; " P, DIAG_KEY_HASH);
	GIVES("h=sha2560; " P, DIAG_KEY_HASH);
	GIVES("h=sha 256; " P, DIAG_KEY_HASH);
	GIVES("h=sha256,sha1; " P, DIAG_KEY_HASH);
}

/* RFC 6376 3.6.1, s=. */
static void
service(void)
{
	GIVES("s=*; " P, DIAG_NONE);
	GIVES("s=email; " P, DIAG_NONE);
	GIVES("s=tlsrpt : EMAIL; " P, DIAG_NONE);
	GIVES("s=other:*; " P, DIAG_NONE);
	GIVES("s=tlsrpt; " P, DIAG_KEY_SERVICE);
	HINT("tlsrpt");
	GIVES("s=; " P, DIAG_KEY_SERVICE);
	GIVES("s=emails; " P, DIAG_KEY_SERVICE);
	GIVES("s=**; " P, DIAG_KEY_SERVICE);
}

/* RFC 6376 3.6.1, t=, RFC 6376 C.2. */
static void
flags(void)
{
	static const struct {
		const char *tags;
		bool testing;
	} cases[] = {
		{ "t=y:s:z; " P, true },
		{ "t=s : Y; " P, true },
		{ "t=s; " P, false },
		{ "t=yy; " P, false },
		{ "t=; " P, false },
		{ "g=foo; n=a note; zz=1; " P, false },
		{ "g=; " P, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct key key;

		CHECK_CODE(key_parse(slice_of(cases[i].tags), &key, &why),
		    DIAG_NONE, why);
		CHECK(key.testing == cases[i].testing);
		key_release(&key);
	}
}

/* RFC 6376 3.6.1, p=. */
static void
p_tag(void)
{
	GIVES("v=DKIM1; p=", DIAG_KEY_REVOKED);
	GIVES("v=DKIM1; p= \t ;", DIAG_KEY_REVOKED);
	GIVES("k=ed25519; p=", DIAG_KEY_REVOKED);
	GIVES("v=DKIM1; k=rsa", DIAG_KEY_SYNTAX);
	HINT("p= is missing");
	GIVES("v=DKIM1; P=AAAA", DIAG_KEY_SYNTAX);
	GIVES("k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7h cvPapiMlr\twIaaPcHURo =",
	    DIAG_NONE);
	GIVES("k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo",
	    DIAG_KEY_SYNTAX);
	HINT("43 characters");
	GIVES("p=\"MIGf\"", DIAG_KEY_SYNTAX);
	HINT("base64");
	GIVES("p=-----BEGIN PUBLIC KEY-----MIGf", DIAG_KEY_SYNTAX);
	HINT("\"-\"");
	GIVES("p=AA=A", DIAG_KEY_SYNTAX);
	HINT("\"=\"");
	GIVES("p=AAAA", DIAG_KEY_SYNTAX);
}

/* RFC 6376 3.6.1, p=. */
static void
both_forms(void)
{
	struct slice n = modulus(1024);
	struct buf bare = rsa_public(n, f4), more = { .max = 0 };
	struct buf wrapped = spki(SLICE(OID "\x05\x00"), buf_view(&bare), 0);

	DER_GIVES(buf_view(&bare), DIAG_NONE);
	DER_GIVES(buf_view(&wrapped), DIAG_NONE);
	/* Octets behind the key, in each of the places there are. */
	buf_slice(&more, buf_view(&bare));
	buf_char(&more, '\0');
	DER_GIVES(buf_view(&more), DIAG_KEY_SYNTAX);
	HINT("1 bytes follow");
	struct buf inside = spki(SLICE(OID "\x05\x00"), buf_view(&more), 0);

	DER_GIVES(buf_view(&inside), DIAG_KEY_SYNTAX);
	buf_char(&wrapped, '\0');
	DER_GIVES(buf_view(&wrapped), DIAG_KEY_SYNTAX);
	buf_clear(&more);
	put_element(&more, DER_INTEGER, n);
	put_element(&more, DER_INTEGER, f4);
	put_element(&more, DER_INTEGER, f4);
	struct buf three = { .max = 0 };

	put_element(&three, DER_SEQUENCE, buf_view(&more));
	DER_GIVES(buf_view(&three), DIAG_KEY_SYNTAX);
	buf_release(&bare);
	buf_release(&wrapped);
	buf_release(&inside);
	buf_release(&more);
	buf_release(&three);
}

static void
algorithm_identifier(void)
{
	static const struct {
		const char *what;
		struct slice octets;
		char unused;
		enum diag_code code;
	} cases[] = {
		{ "NULL", SLICE(OID "\x05\x00"), 0, DIAG_NONE },
		{ "absent", SLICE(OID), 0, DIAG_NONE },
		{ "NULL that has octets", SLICE(OID "\x05\x01\x00"), 0,
		    DIAG_KEY_SYNTAX },
		{ "two", SLICE(OID "\x05\x00\x05\x00"), 0, DIAG_KEY_SYNTAX },
		{ "an integer", SLICE(OID "\x02\x01\x00"), 0, DIAG_KEY_SYNTAX },
		{ "RSASSA-PSS",
		    SLICE("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"), 0,
		    DIAG_KEY_SYNTAX },
		{ "Ed25519", SLICE("\x06\x03\x2b\x65\x70"), 0,
		    DIAG_KEY_SYNTAX },
		{ "nothing", SLICE(""), 0, DIAG_KEY_SYNTAX },
		{ "bits unused", SLICE(OID "\x05\x00"), 1, DIAG_KEY_SYNTAX },
	};
	struct buf bare = rsa_public(modulus(1024), f4);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b =
		    spki(cases[i].octets, buf_view(&bare), cases[i].unused);

		der_gives(
		    "", buf_view(&b), cases[i].code, cases[i].what, (int)i);
		buf_release(&b);
	}
	buf_release(&bare);
}

/* What OpenSSL's reader takes, ours takes; lengths that end nowhere it does
 * not. */
static void
ber_lengths(void)
{
	struct slice n = modulus(1024);
	struct buf body = { .max = 0 }, b = { .max = 0 };

	/* Four octets of length where one would do; zeros before numbers. */
	buf_put(&body, "\x02\x84\x00\x00\x00\x83\x00\x00\x00", 9);
	buf_slice(&body, n);
	buf_put(&body, "\x02\x81\x04\x00\x01\x00\x01", 7);
	buf_put(&b, "\x30\x88\x00\x00\x00\x00\x00\x00\x00", 9);
	buf_char(&b, (char)body.len);
	buf_slice(&b, buf_view(&body));
	DER_GIVES(buf_view(&b), DIAG_NONE);
	/* The indefinite form, which is no element. */
	struct slice rest = SLICE("\x30\x80"), value;

	CHECK(!der_take(&rest, DER_SEQUENCE, &value) && rest.len == 2);
	CHECK(der_size(rest) == 0);
	buf_clear(&b);
	buf_put(&b, "\x30\x80", 2);
	buf_slice(&b, buf_view(&body));
	buf_put(&b, "\x00\x00", 2);
	DER_GIVES(buf_view(&b), DIAG_KEY_SYNTAX);
	/* 2^64 more than there are. */
	buf_clear(&b);
	buf_put(&b, "\x30\x89\x01\x00\x00\x00\x00\x00\x00\x00", 10);
	buf_char(&b, (char)body.len);
	buf_slice(&b, buf_view(&body));
	DER_GIVES(buf_view(&b), DIAG_KEY_SYNTAX);
	DER_GIVES(
	    SLICE("\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff"), DIAG_KEY_SYNTAX);
	DER_GIVES(SLICE("\x30\xff"), DIAG_KEY_SYNTAX);
	DER_GIVES(SLICE("\x30"), DIAG_KEY_SYNTAX);
	DER_GIVES(SLICE("\x30\x00"), DIAG_KEY_SYNTAX);
	DER_GIVES(SLICE("\x02\x01\x01"), DIAG_KEY_SYNTAX);
	/* Numbers of no octets, and of no size. */
	NUMBERS_GIVE(SLICE(""), f4, DIAG_KEY_SHORT);
	NUMBERS_GIVE(SLICE("\0\0"), f4, DIAG_KEY_SHORT);
	NUMBERS_GIVE(n, SLICE(""), DIAG_KEY_EXPONENT);
	buf_release(&b);
	buf_release(&body);
}

/* The first octet of a modulus may have its high bit set, without a zero in
 * front: a negative number to ASN.1, and yet what some have published. */
static void
unsigned_modulus(void)
{
	struct slice n = modulus(1024);
	struct buf der = rsa_public(n, f4), text = { .max = 0 };
	struct key key;

	CHECK((n.p[0] & 0x80) != 0);
	buf_text(&text, "p=");
	base64_encode(&text, buf_view(&der));
	CHECK(key_parse(buf_view(&text), &key, &why) == 0);
	CHECK(key.bits == 1024 && key.noctets == 128);
	CHECK(memcmp(key.octets, n.p, 128) == 0);
	key_release(&key);
	buf_release(&der);
	buf_release(&text);
}

/* A key cut anywhere is none, and the owner is told that it was cut. */
static void
cut_anywhere(void)
{
	struct buf bare = rsa_public(modulus(1024), f4);
	struct buf wrapped = spki(SLICE(OID "\x05\x00"), buf_view(&bare), 0);

	for (size_t i = 1; i < bare.len; i++)
		DER_GIVES(slice_sub(buf_view(&bare), 0, i), DIAG_KEY_SYNTAX);
	for (size_t i = 1; i < wrapped.len; i++)
		DER_GIVES(slice_sub(buf_view(&wrapped), 0, i), DIAG_KEY_SYNTAX);
	HINT("it was cut");
	buf_release(&bare);
	buf_release(&wrapped);
}

/* RFC 8301 3.2. */
static void
rsa_sizes(void)
{
	static const struct {
		unsigned bits;
		enum diag_code code;
	} cases[] = {
		{ 1, DIAG_KEY_SHORT },
		{ 8, DIAG_KEY_SHORT },
		{ 255, DIAG_KEY_SHORT },
		{ 256, DIAG_NONE },
		{ 512, DIAG_NONE },
		{ 1023, DIAG_NONE },
		{ 1024, DIAG_NONE },
		{ 1025, DIAG_NONE },
		{ 2048, DIAG_NONE },
		{ 4096, DIAG_NONE },
		{ 16384, DIAG_NONE },
		{ 16385, DIAG_KEY_LONG },
		{ 16392, DIAG_KEY_LONG },
		{ 20000, DIAG_KEY_LONG },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct key key;

		CHECK_CODE(key_from_rsa(modulus(cases[i].bits), f4, &key, &why),
		    cases[i].code, why);
		CHECK(cases[i].code != DIAG_NONE || key.bits == cases[i].bits);
		key_release(&key);
		NUMBERS_GIVE(modulus(cases[i].bits), f4, cases[i].code);
	}
}

/* 3 to 2^33, odd. */
static void
rsa_exponents(void)
{
	static const struct {
		struct slice e;
		enum diag_code code;
	} cases[] = {
		{ SLICE("\x00"), DIAG_KEY_EXPONENT },
		{ SLICE("\x01"), DIAG_KEY_EXPONENT },
		{ SLICE("\x00\x00\x01"), DIAG_KEY_EXPONENT },
		{ SLICE("\x02"), DIAG_KEY_EXPONENT },
		{ SLICE("\x03"), DIAG_NONE },
		{ SLICE("\x04"), DIAG_KEY_EXPONENT },
		{ SLICE("\x11"), DIAG_NONE },
		{ SLICE("\x01\x00\x00"), DIAG_KEY_EXPONENT },
		{ SLICE("\x00\x01\x00\x01"), DIAG_NONE },
		{ SLICE("\xff"), DIAG_NONE }, /* without a sign */
		{ SLICE("\x01\xff\xff\xff\xff"), DIAG_NONE },
		{ SLICE("\x02\x00\x00\x00\x01"), DIAG_KEY_EXPONENT },
		{ SLICE("\xff\xff\xff\xff\xff"), DIAG_KEY_EXPONENT },
		{ SLICE("\x01\x00\x00\x00\x00\x01"), DIAG_KEY_EXPONENT },
		{ SLICE("\x01\x00\x00\x00\x00\x00\x00\x00\x03"),
		    DIAG_KEY_EXPONENT },
	};
	struct slice n = modulus(2048);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		NUMBERS_GIVE(n, cases[i].e, cases[i].code);
	/* As wide as the modulus. */
	NUMBERS_GIVE(n, n, DIAG_KEY_EXPONENT);
	/* An even modulus. */
	char even[256];

	memcpy(even, n.p, sizeof even);
	even[255] = 0x5a;
	NUMBERS_GIVE(octets(even, sizeof even), f4, DIAG_KEY_EXPONENT);
	HINT("even");
}

/* With e=1 the padded digest is its own signature, and OpenSSL agrees. */
static void
exponent_one(void)
{
	struct slice n = modulus(1024), one = SLICE("\x01");
	struct buf bare = rsa_public(n, one);
	struct buf wrapped = spki(SLICE(OID "\x05\x00"), buf_view(&bare), 0);

	DER_GIVES(buf_view(&bare), DIAG_KEY_EXPONENT);
	DER_GIVES(buf_view(&wrapped), DIAG_KEY_EXPONENT);
	HINT("1");
	buf_release(&bare);
	buf_release(&wrapped);
}

/* Records as OpenSSL writes them for keys it made; we write them alike. */
static void
real_keys(void)
{
	static const char *const pems[] = { "unit-rsa512.pem",
		"unit-rsa1023.pem", "unit-rsa1024.pem", "unit-rsa2048.pem",
		"unit-rsa2048-e3.pem", "unit-rsa4096.pem", "unit-ed25519.pem" };

	for (size_t i = 0; i < ARRAY_LEN(pems); i++) {
		EVP_PKEY *pkey = keys_private(pems[i]);
		struct key key = keys_public(pems[i]);
		char *record = keys_record(pkey);
		struct buf b = { .max = 0 };

		key_record(&key, SLICE(""), &b);
		CHECK(b.failure == BUF_OK &&
		      slice_eq(buf_view(&b), slice_of(record)));
		buf_release(&b);
		free(record);
		CHECK((int)key.bits == EVP_PKEY_get_bits(pkey) ||
		      key.type == KEY_ED25519);
		key_release(&key);
		EVP_PKEY_free(pkey);
	}
}

/* 64 KiB, as much as a record can be: refused by what it says, not for its
 * length. */
static void
large(void)
{
	struct buf b = { .max = 0 };

	buf_text(&b, "v=DKIM1; p=");
	for (unsigned i = 0; i < 65000; i++)
		buf_char(&b, 'A');
	gives(buf_view(&b), DIAG_KEY_SYNTAX, __FILE__, __LINE__);
	buf_clear(&b);
	for (unsigned i = 0; i < 15000; i++)
		buf_printf(&b, "a%u=;", i);
	buf_text(&b, P);
	gives(buf_view(&b), DIAG_NONE, __FILE__, __LINE__);
	buf_release(&b);
}

static const struct unit_test tests[] = {
	{ "the keys of RFC 8463 appendix A", two_keys },
	{ "keys that OpenSSL made, in records that it wrote", real_keys },
	{ "v= if present is first, and DKIM1 (RFC 6376 3.6.1)", version },
	{ "k= is rsa or ed25519, and rsa by default (RFC 6376 3.6.1, k=; RFC "
	  "5234 2.3)",
	    type },
	{ "h= if present lists sha256 (RFC 6376 3.6.1, h=)", hash },
	{ "s= if present lists email or * (RFC 6376 3.6.1, s=)", service },
	{ "t=y is noted, other flags and tags are not (RFC 6376 3.6.1, t=; RFC "
	  "6376 C.2)",
	    flags },
	{ "p= is there, and base64; empty is revoked (RFC 6376 3.6.1, p=)",
	    p_tag },
	{ "SubjectPublicKeyInfo or RSAPublicKey, and no more (RFC 6376 3.6.1, "
	  "p=)",
	    both_forms },
	{ "parameters are NULL or absent, the algorithm RSA (RFC 6376 3.6.1, "
	  "p=)",
	    algorithm_identifier },
	{ "lengths as BER allows them, but not without end", ber_lengths },
	{ "a modulus has no sign", unsigned_modulus },
	{ "a key cut anywhere is none", cut_anywhere },
	{ "256 to 16384 bits are read (RFC 8301 3.2)", rsa_sizes },
	{ "the exponent is odd, 3 <= e < 2^33, the modulus odd",
	    rsa_exponents },
	{ "e=1 is no key", exponent_one },
	{ "a record of 64 KiB is read like any other", large },
};

UNIT_MAIN(tests)
