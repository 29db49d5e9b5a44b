/* SPDX-License-Identifier: BSD-2-Clause */
/* Text from strangers, escaped and as JSON: inert whatever it was. */
#include "base/escape.h"
#include "fuzz.h"
#include "base/json.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice text = { (const char *)p, n };
	struct buf b = { .max = 0 };
	struct json j;

	escape_text(&b, text);
	need_inert(buf_view(&b));
	need(slice_find(buf_view(&b), '\n') == b.len);
	buf_clear(&b);
	json_init(&j, &b);
	json_object_open(&j, NULL);
	json_string(&j, "text", text);
	json_member(&j, text, text);
	json_object_close(&j);
	need_inert(buf_view(&b));
	need(slice_find(buf_view(&b), '\n') == b.len);
	/* Quotes that are not escaped: two each for two keys and two values. */
	size_t quotes = 0;

	for (size_t i = 0; i < b.len; i++) {
		if (b.p[i] == '\\')
			i++;
		else if (b.p[i] == '"')
			quotes++;
	}
	need(quotes == 8);
	buf_release(&b);
	return 0;
}
