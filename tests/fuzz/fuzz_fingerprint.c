/* SPDX-License-Identifier: BSD-2-Clause */
/* A fingerprint that somebody sent: read and written again it is the same, and
 * differs in nothing from itself.  What is none may be a message, whose own
 * fingerprint reads back. */
#include "report/fingerprint.h"
#include "mail.h"

static void
check(const struct fingerprint *f, struct arena *arena)
{
	struct buf text = { .max = 0 }, again = { .max = 0 },
		   out = { .max = 0 };
	struct fingerprint g;
	struct diag why;

	fingerprint_write(&text, f);
	need_inert(buf_view(&text));
	need(fingerprint_is(buf_view(&text)));
	need(fingerprint_read(buf_view(&text), arena, &g, &why) == 0);
	fingerprint_write(&again, &g);
	need(slice_eq(buf_view(&text), buf_view(&again)));
	need(fingerprint_compare(&out, f, &g, arena) == 0 && out.len == 0);
	buf_release(&text);
	buf_release(&again);
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct fp_salt salt = { { "salt", 4 }, true };
	struct slice octets = { (const char *)p, n };
	struct arena *arena = arena_new();
	struct fingerprint f;
	struct diag why;
	struct mail w;

	need(arena != NULL);
	if (fingerprint_read(octets, arena, &f, &why) == 0) {
		check(&f, arena);
	} else {
		need(why.code == DIAG_FINGERPRINT ||
		     why.code == DIAG_LIMIT_FIELDS);
		need_inert(slice_of(why.detail));
		if (mail_judge(&w, octets, NULL, true)) {
			need(fingerprint_take(w.m, &w.chain, w.body, &salt,
				 arena, &f, &why) == 0);
			check(&f, arena);
			mail_close(&w);
		}
	}
	arena_free(arena);
	return 0;
}
