/* SPDX-License-Identifier: BSD-2-Clause */
/* Canonicalization of bodies: however the input is cut, and whether or not it
 * was looked through before, the same octets, and they have canonical form (RFC
 * 6376 section 3.4).  The first octet says how, the second how the input is
 * cut. */
#include <string.h>

#include "base/buf.h"
#include "dkim/canon.h"
#include "fuzz.h"

static int
put(void *ctx, const char *p, size_t n)
{
	buf_put(ctx, p, n);
	return 0;
}

static void
run(enum canon canon, struct slice body, size_t step,
    const struct canon_map *map, struct buf *out)
{
	struct canon_body c;

	canon_body_init(&c, canon, (struct sink){ put, out });
	c.map = map;
	for (size_t at = 0; at < body.len; at += step) {
		struct slice piece = slice_sub(body, at, step);

		need(canon_body_put(&c, piece.p, piece.len) == 0);
	}
	need(canon_body_end(&c) == 0);
	need(out->failure == BUF_OK && c.put == out->len);
}

static void
check_form(enum canon canon, struct slice s)
{
	bool relaxed = canon == CANON_RELAXED;

	if (relaxed && s.len == 0)
		return;
	need(s.len >= 2 && memcmp(s.p + s.len - 2, "\r\n", 2) == 0);
	need(s.len == 2
		 ? !relaxed
		 : s.len < 4 || memcmp(s.p + s.len - 4, "\r\n\r\n", 4) != 0);
	for (size_t i = 0; i < s.len; i++) {
		need(s.p[i] != '\n' || (i > 0 && s.p[i - 1] == '\r'));
		if (!relaxed || !ascii_is_wsp(s.p[i]))
			continue;
		need(s.p[i] == ' ' && i + 1 < s.len);
		need(!ascii_is_wsp(s.p[i + 1]));
		need(i + 2 >= s.len || memcmp(s.p + i + 1, "\r\n", 2) != 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf whole = { .max = 0 }, cut = { .max = 0 },
		   again = { .max = 0 };
	struct arena *arena = arena_new();
	struct canon_map map;

	need(arena != NULL);
	if (n < 2) {
		arena_free(arena);
		return 0;
	}
	enum canon canon = p[0] % 2 == 0 ? CANON_SIMPLE : CANON_RELAXED;
	struct slice body = { (const char *)p + 2, n - 2 };

	run(canon, body, n, NULL, &whole);
	run(canon, body, 1 + p[1] % 8, NULL, &cut);
	need(slice_eq(buf_view(&whole), buf_view(&cut)));
	check_form(canon, buf_view(&whole));
	need(canon_map_make(&map, canon, body, arena) == 0);
	buf_clear(&cut);
	run(canon, body, 1 + p[1], &map, &cut);
	need(slice_eq(buf_view(&whole), buf_view(&cut)));
	run(canon, buf_view(&whole), n, NULL, &again);
	need(slice_eq(buf_view(&whole), buf_view(&again)));
	arena_free(arena);
	buf_release(&whole);
	buf_release(&cut);
	buf_release(&again);
	return 0;
}
