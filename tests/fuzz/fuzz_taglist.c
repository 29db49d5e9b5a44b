/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of tags: what is found lies in the text, in its order, named once. */
#include "fuzz.h"
#include "mail/taglist.h"

static bool
lies_in(struct slice part, struct slice whole)
{
	return part.p >= whole.p && part.p + part.len <= whole.p + whole.len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice text = { (const char *)p, n };
	struct arena *arena = arena_new();
	struct taglist list;
	struct diag why;

	need(arena != NULL);
	if (taglist_parse(text, arena, &list, &why) != 0) {
		need(why.code == DIAG_FIELD_SYNTAX);
		need(why.where.len == 0 || lies_in(why.where, text));
		arena_free(arena);
		return 0;
	}
	for (size_t i = 0; i < list.n; i++) {
		const struct tag *t = &list.tag[i];

		need(t->name.len > 0 && ascii_is_alpha(t->name.p[0]));
		need(lies_in(t->name, text) && lies_in(t->raw, text));
		need(t->name.p[t->name.len] != ';');
		need(t->value.len == 0 || lies_in(t->value, t->raw));
		need(slice_find(t->raw, ';') == t->raw.len);
		need(slice_eq(slice_trim(t->raw), t->value));
		need(i == 0 || t->name.p > list.tag[i - 1].raw.p);
		need(taglist_find(&list, t->name) == t);
	}
	arena_free(arena);
	return 0;
}
