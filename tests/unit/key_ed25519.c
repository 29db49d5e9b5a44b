/* SPDX-License-Identifier: BSD-2-Clause */
#include "records.h"

/* RFC 8463 4.2. */
static void
ed25519_sizes(void)
{
	struct key key = keys_public("unit-ed25519.pem");
	char raw[33] = { 0 };
	struct buf b = { .max = 0 };

	memcpy(raw, key.octets, 32);
	ED25519_GIVES(octets(raw, 32), DIAG_NONE);
	ED25519_GIVES(octets(raw, 31), DIAG_KEY_SYNTAX);
	HINT("31 bytes");
	ED25519_GIVES(octets(raw, 33), DIAG_KEY_SYNTAX);
	ED25519_GIVES(octets(raw, 1), DIAG_KEY_SYNTAX);
	buf_put(&b, "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12);
	buf_put(&b, raw, 32);
	CHECK(b.len == 44);
	ED25519_GIVES(buf_view(&b), DIAG_KEY_SYNTAX);
	HINT("last 32");
	DER_GIVES(buf_view(&b), DIAG_KEY_SYNTAX);
	buf_release(&b);
	key_release(&key);
}

/* The eight points whose order divides 8, each also with the other sign
 * of x, which for two of them is no point but is read as one by some. */
static void
ed25519_small_order(void)
{
	static const unsigned char y[][32] = {
		{ 0 },
		{ 1 },
		{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		    0xff, 0x7f },
		{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3,
		    0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05,
		    0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
		    0xfc, 0x05 },
		{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c,
		    0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa,
		    0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
		    0x03, 0x7a },
	};

	for (size_t i = 0; i < ARRAY_LEN(y); i++) {
		unsigned char point[32];

		memcpy(point, y[i], sizeof point);
		ED25519_GIVES(octets(point, 32), DIAG_KEY_WEAK_POINT);
		HINT("small order");
		point[31] |= 0x80;
		ED25519_GIVES(octets(point, 32), DIAG_KEY_WEAK_POINT);
		HINT("small order");
	}
}

/* p to 2^255 - 1. */
static void
ed25519_not_reduced(void)
{
	unsigned char point[32];

	for (unsigned first = 0xed; first <= 0xff; first++)
		for (unsigned last = 0x7f; last <= 0xff; last += 0x80) {
			memset(point, 0xff, sizeof point);
			point[0] = (unsigned char)first;
			point[31] = (unsigned char)last;
			ED25519_GIVES(octets(point, 32), DIAG_KEY_WEAK_POINT);
			HINT("below");
		}
	/* p - 2 is below p, and no point. */
	memset(point, 0xff, sizeof point);
	point[0] = 0xeb;
	point[31] = 0x7f;
	ED25519_GIVES(octets(point, 32), DIAG_KEY_WEAK_POINT);
	HINT("not a point");
}

/* About half of all y have no x. */
static void
ed25519_no_point(void)
{
	/* RFC 8032 section 5.1.3: whether (y^2 - 1) / (d y^2 + 1) is a square,
	 * worked out with other means than the library's. */
	static const unsigned char on[] = { 3, 4, 5, 6, 9, 10, 14, 15, 16, 18,
		19 };
	static const unsigned char off[] = { 2, 7, 8, 11, 12, 13, 17 };
	unsigned char point[32] = { 0 };

	for (size_t i = 0; i < sizeof on; i++) {
		point[0] = on[i];
		ED25519_GIVES(octets(point, 32), DIAG_NONE);
	}
	for (size_t i = 0; i < sizeof off; i++) {
		point[0] = off[i];
		ED25519_GIVES(octets(point, 32), DIAG_KEY_WEAK_POINT);
		HINT("not a point");
	}
}

static const struct unit_test tests[] = {
	{ "an Ed25519 key is 32 octets (RFC 8463 4.2)", ed25519_sizes },
	{ "points of small order are no keys", ed25519_small_order },
	{ "y >= p is no key", ed25519_not_reduced },
	{ "octets that are no point are no key", ed25519_no_point },
};

UNIT_MAIN(tests)
