/* SPDX-License-Identifier: BSD-2-Clause */
/* Encoding: however the text is cut, the same octets; no line is longer than
 * was asked for; and decoded it is the text again.  What is no such text is
 * decoded all the same, and gets no longer.  The first octet says how,
 * the second how wide, the third how the text is cut. */
#include <string.h>

#include "base/base64.h"
#include "fuzz.h"
#include "mail/recode.h"

static void
encode(
    bool base64, size_t width, struct slice text, size_t step, struct buf *out)
{
	struct encoder e = { .coding = base64 ? ENCODER_BASE64 : ENCODER_QP,
		.width = width,
		.out = out };

	for (size_t at = 0; at < text.len; at += step)
		encoder_put(&e, slice_sub(text, at, step));
	encoder_end(&e);
	need(out->failure == BUF_OK);
}

static void
check_lines(struct slice s, size_t width)
{
	while (s.len > 0) {
		size_t n = slice_find(s, '\n') + 1;
		struct slice line = slice_sub(s, 0, n);

		need(line.len - slice_line_end(line) <= width);
		s = slice_sub(s, line.len, s.len);
	}
}

/* Line ends as quoted-printable has them. */
static void
put_crlf(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '\n' && (i == 0 || text.p[i - 1] != '\r'))
			buf_char(out, '\r');
		buf_char(out, text.p[i]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf whole = { .max = 0 }, cut = { .max = 0 },
		   again = { .max = 0 }, text = { .max = 0 };

	if (n < 4)
		return 0;
	bool base64 = p[0] % 2 == 1;
	size_t width = 4 + (size_t)p[1] / 4 * 4;
	struct slice octets = { (const char *)p + 3, n - 3 };

	encode(base64, width, octets, n, &whole);
	encode(base64, width, octets, 1 + p[2], &cut);
	need(slice_eq(buf_view(&whole), buf_view(&cut)));
	check_lines(buf_view(&whole), width);
	if (base64) {
		struct arena *arena = arena_new();
		struct slice back;

		need(arena != NULL);
		need(
		    base64_decode(buf_view(&whole), arena, &back) == BASE64_OK);
		need(slice_eq(back, octets));
		arena_free(arena);
	} else {
		put_crlf(&text, octets);
		recode_qp_decode(&again, buf_view(&whole));
		need(slice_eq(buf_view(&again), buf_view(&text)));
		buf_clear(&again);
		recode_qp_decode(&again, octets);
		need(again.failure == BUF_OK && again.len <= octets.len);
	}
	buf_release(&whole);
	buf_release(&cut);
	buf_release(&again);
	buf_release(&text);
	return 0;
}
