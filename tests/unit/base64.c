/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/evp.h>

#include "base/base64.h"
#include "unit.h"

static void
decodes_to(const char *text, const char *wanted)
{
	struct arena *arena = NEED(arena_new());
	struct slice out = { NULL, 99 };

	if (base64_decode(slice_of(text), arena, &out) != BASE64_OK ||
	    !slice_eq(out, slice_of(wanted))) {
		printf("# \"%s\" does not give \"%s\"\n", text, wanted);
		unit_failures++;
	}
	arena_free(arena);
}

static void
refused(struct slice text)
{
	struct arena *arena = NEED(arena_new());
	struct slice out = { NULL, 99 };

	if (base64_decode(text, arena, &out) != BASE64_INVALID ||
	    out.len != 99) {
		printf("# \"%.*s\" is not refused\n", SLICE_ARG(text));
		unit_failures++;
	}
	arena_free(arena);
}

/* RFC 4648 section 10. */
static void
vectors(void)
{
	static const char *const pairs[][2] = { { "", "" }, { "Zg==", "f" },
		{ "Zm8=", "fo" }, { "Zm9v", "foo" }, { "Zm9vYg==", "foob" },
		{ "Zm9vYmE=", "fooba" }, { "Zm9vYmFy", "foobar" } };
	struct buf b = { .max = 0 };

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		decodes_to(pairs[i][0], pairs[i][1]);
		buf_clear(&b);
		base64_encode(&b, slice_of(pairs[i][1]));
		CHECK(slice_eq(buf_view(&b), slice_of(pairs[i][0])));
	}
	buf_release(&b);
}

static void
white_space(void)
{
	decodes_to(" \t\r\n ", "");
	decodes_to("  Zm9vYg==\r\n ", "foob");
	decodes_to("Z m\t9\r\n v\nY g = =", "foob");
	decodes_to("Z\rm\n9v", "foo");
	/* A vertical tab and a form feed are white space elsewhere. */
	refused(SLICE("Zm9v\v"));
	refused(SLICE("Zm\f9v"));
}

static void
not_base64(void)
{
	static const char *const texts[] = { "not_base_64", "AAA", "AA=A",
		"====", "=", "==", "===", "A", "AA",
		"A===", "AA=", "AAAA=", "AAAA==", "AAAA====", "AA==AAAA",
		"AAA=AAAA", "AA=\n=A", "=AAA", "AAA-", "AA_A", "AAA.",
		"AAA\x80", "AAA\xff", "Zm9v-", "-Zm9v", "Zm9v-----", "!AAA",
		"\"AAAA\"", "AAAA AA=" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		refused(slice_of(texts[i]));
	refused((struct slice){ "AA\0A", 4 });
	refused((struct slice){ "AAAA\0\0\0\0", 8 });
	refused((struct slice){ "\0", 1 });
}

/* RFC 4648 section 3.5 leaves it to the decoder; the header says how. */
static void
spare_bits(void)
{
	decodes_to("Zh==", "f");
	decodes_to("Zm9=", "fo");
}

/* Lengths around the pieces that are coded at a time, white space at every
 * place, and what OpenSSL's coder says of the same octets. */
static void
lengths(void)
{
	enum {
		MOST = 3200
	};
	unsigned char octets[MOST], plain[MOST / 3 * 4 + 8];
	struct buf b = { .max = 0 }, spaced = { .max = 0 };

	for (size_t i = 0; i < MOST; i++)
		octets[i] = (unsigned char)(i * 7 + i / 256);
	for (size_t n = 0; n <= MOST; n += n < 800 || n > 2200 ? 1 : 37) {
		struct slice in = { (const char *)octets, n }, out = in;
		struct arena *arena = NEED(arena_new());
		int len = EVP_EncodeBlock(plain, octets, (int)n);

		buf_clear(&b);
		base64_encode(&b, in);
		CHECK(slice_eq(buf_view(&b),
		    (struct slice){ (const char *)plain, (size_t)len }));
		buf_clear(&spaced);
		for (size_t i = 0; i < b.len; i++) {
			if (i % (n % 61 + 1) == 0)
				buf_text(&spaced, "\r\n ");
			buf_char(&spaced, b.p[i]);
		}
		CHECK(base64_decode(buf_view(&b), arena, &out) == BASE64_OK);
		CHECK(slice_eq(out, in));
		CHECK(
		    base64_decode(buf_view(&spaced), arena, &out) == BASE64_OK);
		CHECK(slice_eq(out, in));
		if (n > 0) {
			b.len--;
			CHECK(base64_decode(buf_view(&b), arena, &out) ==
			      BASE64_INVALID);
		}
		arena_free(arena);
	}
	buf_release(&b);
	buf_release(&spaced);
}

/* Every octet at every place of a group. */
static void
alphabet(void)
{
	static const char good[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct arena *arena = NEED(arena_new());

	for (unsigned c = 0; c < 256; c++)
		for (unsigned at = 0; at < 4; at++) {
			char text[4] = { 'A', 'A', 'A', 'A' };
			struct slice out;
			bool ok = slice_find(SLICE(good), (char)c) < 64 ||
				  (c == '=' && at == 3);

			text[at] = (char)c;
			CHECK((base64_decode((struct slice){ text, 4 }, arena,
				   &out) == BASE64_OK) == ok);
		}
	arena_free(arena);
}

static const struct unit_test tests[] = {
	{ "the vectors of RFC 4648, both ways", vectors },
	{ "folding white space anywhere is dropped (RFC 2045 6.8)",
	    white_space },
	{ "what is not base64 is refused (RFC 2045 6.8)", not_base64 },
	{ "the alphabet is that of RFC 2045", alphabet },
	{ "bits that the padding leaves over may be anything", spare_bits },
	{ "every length, with and without white space", lengths },
};

UNIT_MAIN(tests)
