/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>

#include "crypto/digest.h"
#include "unit.h"

static const char *
hex(const unsigned char octets[DIGEST_SIZE])
{
	static char text[2 * DIGEST_SIZE + 1];

	for (size_t i = 0; i < DIGEST_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", octets[i]);
	return text;
}

static void
ends_in(struct digest *d, const char *wanted)
{
	unsigned char out[DIGEST_SIZE];
	struct diag why;

	CHECK(digest_final(d, out, &why) == 0);
	CHECK(strcmp(hex(out), wanted) == 0);
	digest_release(d);
}

static const char empty[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char abc[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char two_blocks_text[] =
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
static const char two_blocks[] =
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
static const char million[] =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

/* FIPS 180's examples. */
static void
vectors(void)
{
	struct digest d;
	char a[1000];

	digest_init(&d);
	ends_in(&d, empty);
	digest_init(&d);
	digest_put(&d, "abc", 3);
	ends_in(&d, abc);
	digest_init(&d);
	digest_put(&d, two_blocks_text, sizeof two_blocks_text - 1);
	ends_in(&d, two_blocks);
	memset(a, 'a', sizeof a);
	digest_init(&d);
	for (unsigned i = 0; i < 1000; i++)
		digest_put(&d, a, sizeof a);
	ends_in(&d, million);
}

/* However it is cut. */
static void
pieces(void)
{
	for (size_t step = 1; step < 60; step++) {
		struct slice rest = SLICE(two_blocks_text);
		struct digest d;
		struct sink sink = digest_sink(&d);

		digest_init(&d);
		for (; rest.len > 0; rest = slice_sub(rest, step, rest.len)) {
			struct slice piece = slice_sub(rest, 0, step);

			CHECK(sink_put(&sink, piece.p, piece.len) == 0);
		}
		ends_in(&d, two_blocks);
	}
}

/* A copy and its original go their own ways. */
static void
copies(void)
{
	struct digest d, copy, copy2;

	digest_init(&d);
	digest_copy(&copy2, &d);
	digest_put(&d, "ab", 2);
	digest_copy(&copy, &d);
	digest_put(&d, "x", 1);
	digest_release(&d);
	digest_put(&copy, "c", 1);
	ends_in(&copy, abc);
	ends_in(&copy2, empty);
}

static void
releases(void)
{
	struct digest d = { .failed = false };

	digest_release(&d);
	digest_init(&d);
	digest_release(&d);
	digest_release(&d);
	CHECK(d.failed);
}

/* RFC 4231, sections 4.2, 4.3 and 4.7: the last has a key longer than a block.
 */
static void
macs(void)
{
	static const unsigned char wanted[3][4] = { { 0xb0, 0x34, 0x4c, 0x61 },
		{ 0x5b, 0xdc, 0xc1, 0x46 }, { 0x60, 0xe4, 0x31, 0x59 } };
	char long_key[131], key[20];
	struct slice text[3] = { SLICE("Hi There"),
		SLICE("what do ya want for nothing?"),
		SLICE("Test Using Larger Than Block-Size Key - Hash Key "
		      "First") };

	memset(key, 0x0b, sizeof key);
	memset(long_key, 0xaa, sizeof long_key);
	struct slice keys[3] = { { key, sizeof key }, SLICE("Jefe"),
		{ long_key, sizeof long_key } };

	for (size_t i = 0; i < 3; i++) {
		unsigned char out[DIGEST_SIZE];
		struct digest_key k;
		struct diag why;

		digest_key_init(&k, keys[i]);
		/* Twice: a key is not used up. */
		for (int n = 0; n < 2; n++)
			CHECK(digest_mac(&k, text[i], out, &why) == 0 &&
			      memcmp(out, wanted[i], 4) == 0);
		digest_key_release(&k);
	}
}

static void *
start(void *arg)
{
	struct digest d;
	struct diag why;
	unsigned char out[DIGEST_SIZE];

	digest_init(&d);
	digest_put(&d, "abc", 3);
	*(bool *)arg = digest_final(&d, out, &why) == 0 && out[0] == 0xba &&
		       out[31] == 0xad;
	digest_release(&d);
	return NULL;
}

/* First of all, so that the threads meet at the first lookup. */
static void
threads(void)
{
	pthread_t thread[8];
	bool ok[8] = { false };

	for (size_t i = 0; i < 8; i++)
		CHECK(pthread_create(&thread[i], NULL, start, &ok[i]) == 0);
	for (size_t i = 0; i < 8; i++) {
		pthread_join(thread[i], NULL);
		CHECK(ok[i]);
	}
}

static const struct unit_test tests[] = {
	{ "several threads hash from the start", threads },
	{ "SHA-256 of the examples of FIPS 180", vectors },
	{ "any cutting into pieces gives the same digest", pieces },
	{ "a copy holds what its original held, and no more", copies },
	{ "HMAC-SHA-256 of the examples of RFC 4231", macs },
	{ "a digest may be released at any time", releases },
};

UNIT_MAIN(tests)
