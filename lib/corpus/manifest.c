/* SPDX-License-Identifier: BSD-2-Clause */
#include "corpus/manifest.h"

/* What would end a path, or begin a comment, is written with a backslash. */
static const struct {
	char octet, letter;
	bool first; /* only where the path begins */
} escapes[] = {
	{ '\t', 't', false },
	{ '\n', 'n', false },
	{ '\r', 'r', false },
	{ '\\', '\\', false },
	{ '#', '#', true },
};

void
manifest_put_path(struct buf *b, struct slice path)
{
	for (size_t i = 0; i < path.len; i++) {
		char c = path.p[i];

		for (size_t k = 0; k < ARRAY_LEN(escapes); k++)
			if (path.p[i] == escapes[k].octet &&
			    (i == 0 || !escapes[k].first)) {
				buf_char(b, '\\');
				c = escapes[k].letter;
			}
		buf_char(b, c);
	}
}

int
manifest_read_path(struct slice text, struct arena *arena, struct slice *path)
{
	char *to;

	*path = text;
	if (slice_find(text, '\\') == text.len)
		return 1;
	if ((to = arena_alloc(arena, text.len)) == NULL)
		return -1;
	*path = (struct slice){ to, 0 };
	for (size_t i = 0; i < text.len; i++) {
		size_t k = 0, n = ARRAY_LEN(escapes);

		if (text.p[i] != '\\') {
			to[path->len++] = text.p[i];
			continue;
		}
		i++;
		while (
		    k < n && (i == text.len || text.p[i] != escapes[k].letter))
			k++;
		if (k == n)
			return 0;
		to[path->len++] = escapes[k].octet;
	}
	return 1;
}
