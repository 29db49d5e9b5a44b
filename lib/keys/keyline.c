/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/keyline.h"

enum {
	MAX_STRING = 255, /* octets of a character-string (RFC 1035) */
};

void
keyline_put(struct buf *out, struct slice name, const struct key *key,
    struct slice others)
{
	struct buf text = { .max = 0 };

	key_record(key, others, &text);
	buf_printf(out, "%.*s. IN TXT", SLICE_ARG(name));
	for (size_t at = 0; at < text.len; at += MAX_STRING)
		buf_printf(out, " \"%.*s\"",
		    (int)(text.len - at < MAX_STRING ? text.len - at
						     : MAX_STRING),
		    text.p + at);
	buf_char(out, '\n');
	if (text.failure != BUF_OK)
		out->failure = BUF_NO_MEMORY;
	buf_release(&text);
}
