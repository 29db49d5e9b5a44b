/* SPDX-License-Identifier: BSD-2-Clause */
/* The JSON reader: it ends, it nests no deeper than it may, and a string that
 * the writer wrote is read back as it was, but for what is no UTF-8. */
#include "fuzz.h"
#include "base/json.h"
#include "base/jsonread.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice text = { (const char *)p, n };
	struct buf out = { .max = 0 };
	enum jsonread_kind kind;
	struct jsonread r;
	struct json j;
	size_t tokens = 0;

	jsonread_init(&r, text);
	do {
		kind = jsonread_next(&r);
		need(r.depth <= JSONREAD_DEPTH && tokens++ <= 2 * n + 2);
	} while (kind != JSONREAD_END && kind != JSONREAD_BAD);
	need(jsonread_next(&r) == kind);
	jsonread_release(&r);

	json_init(&j, &out);
	json_object_open(&j, NULL);
	json_member(&j, text, text);
	json_object_close(&j);
	need_inert(buf_view(&out));
	jsonread_init(&r, buf_view(&out));
	need(jsonread_next(&r) == JSONREAD_OBJECT);
	need(jsonread_next(&r) == JSONREAD_KEY);
	need(!slice_is_utf8(text) || slice_eq(buf_view(&r.text), text));
	need(jsonread_next(&r) == JSONREAD_STRING);
	need(!slice_is_utf8(text) || slice_eq(buf_view(&r.text), text));
	need(jsonread_next(&r) == JSONREAD_OBJECT_END);
	need(jsonread_next(&r) == JSONREAD_END);
	jsonread_release(&r);
	buf_release(&out);
	return 0;
}
