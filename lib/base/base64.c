/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/base64.h"

/* Octets coded at a time.  Pieces keep lengths far below INT_MAX, which is
 * where OpenSSL's end, and need no second copy of the text. */
enum {
	PIECE = 768,
	PIECE_TEXT = PIECE / 3 * 4,
};

static bool
is_base64(char c)
{
	return ascii_is_alnum(c) || c == '+' || c == '/';
}

/* Whether text is base64; then its length without white space and the number
 * of its "=". */
static bool
measure(struct slice text, size_t *chars, unsigned *pads)
{
	*chars = 0;
	*pads = 0;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (ascii_is_fws(c))
			continue;
		if (c == '=' ? ++*pads > 2 : *pads > 0 || !is_base64(c))
			return false;
		++*chars;
	}
	return *chars % 4 == 0;
}

/* Move the next characters, white space left out, to piece: PIECE_TEXT of
 * them, or all there are.  Returns their number. */
static size_t
gather(struct slice *text, unsigned char piece[PIECE_TEXT])
{
	size_t n = 0, i = 0;

	for (; i < text->len && n < PIECE_TEXT; i++)
		if (!ascii_is_fws(text->p[i]))
			piece[n++] = (unsigned char)text->p[i];
	*text = slice_sub(*text, i, text->len);
	return n;
}

enum base64_result
base64_decode(struct slice text, struct arena *arena, struct slice *out)
{
	unsigned char piece[PIECE_TEXT];
	size_t chars, done = 0;
	unsigned pads;

	if (!measure(text, &chars, &pads))
		return BASE64_INVALID;
	/* EVP_DecodeBlock() writes octets for the padding too. */
	char *p = arena_alloc(arena, chars / 4 * 3);

	if (p == NULL)
		return BASE64_MEMORY;
	for (size_t n; (n = gather(&text, piece)) > 0; done += n / 4 * 3)
		if (EVP_DecodeBlock((unsigned char *)p + done, piece, (int)n) <
		    0)
			return BASE64_INVALID;
	/* The text may have been a private key. */
	OPENSSL_cleanse(piece, sizeof piece);
	*out = (struct slice){ p, done - pads };
	return BASE64_OK;
}

void
base64_encode(struct buf *out, struct slice octets)
{
	unsigned char piece[PIECE_TEXT + 1];

	while (octets.len > 0) {
		struct slice head = slice_sub(octets, 0, PIECE);
		int n = EVP_EncodeBlock(
		    piece, (const unsigned char *)head.p, (int)head.len);

		buf_put(out, piece, (size_t)n);
		octets = slice_sub(octets, head.len, octets.len);
	}
}

const char *
base64_hash(struct slice octets, char out[BASE64_HASH_TEXT])
{
	struct slice head = slice_sub(octets, 0, BASE64_HASH);

	EVP_EncodeBlock(
	    (unsigned char *)out, (const unsigned char *)head.p, (int)head.len);
	return out;
}
