/* SPDX-License-Identifier: BSD-2-Clause */
/* What decodes, encodes to the same text but for white space and spare bits,
 * and what is made decodes to the same octets. */
#include "base/base64.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice in = { (const char *)p, n }, octets, again;
	struct arena *arena = arena_new();
	struct buf b = { .max = 0 }, bare = { .max = 0 };

	need(arena != NULL);
	base64_encode(&b, in);
	need(base64_decode(buf_view(&b), arena, &octets) == BASE64_OK);
	need(slice_eq(octets, in));
	for (size_t i = 0; i < n; i++)
		if (!ascii_is_fws(in.p[i]))
			buf_char(&bare, in.p[i]);
	if (base64_decode(in, arena, &octets) == BASE64_OK) {
		buf_clear(&b);
		base64_encode(&b, octets);
		need(b.len == bare.len);
		/* The last character before the padding may differ. */
		for (size_t i = 0; i + 4 < b.len; i++)
			need(b.p[i] == bare.p[i]);
		need(base64_decode(buf_view(&b), arena, &again) == BASE64_OK);
		need(slice_eq(octets, again));
	} else {
		need(base64_decode(buf_view(&bare), arena, &again) ==
		     BASE64_INVALID);
	}
	buf_release(&b);
	buf_release(&bare);
	arena_free(arena);
	return 0;
}
