/* SPDX-License-Identifier: BSD-2-Clause */
/* A selector, a line end, a domain: a name that may be asked for, or none. */
#include "fuzz.h"
#include "keys/keyname.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice domain = { (const char *)p, n }, selector = { NULL, 0 };
	struct arena *arena = arena_new();
	struct slice name, label;
	struct diag why;

	need(arena != NULL);
	slice_cut(&domain, '\n', &selector);
	if (keyname_make(selector, domain, arena, &name, &why) == 0) {
		size_t labels = 0;

		need(name.len <= KEYNAME_MAX);
		for (size_t i = 0; i < name.len; i++)
			need((ascii_is_alnum(name.p[i]) &&
				 name.p[i] == ascii_lower(name.p[i])) ||
			     name.p[i] == '-' || name.p[i] == '_' ||
			     name.p[i] == '.');
		while (slice_cut(&name, '.', &label)) {
			need(label.len > 0 && label.len <= KEYNAME_MAX_LABEL);
			labels++;
		}
		need(labels >= 4);
	} else {
		need(why.code == DIAG_DOMAIN_SYNTAX ||
		     why.code == DIAG_SELECTOR_SYNTAX);
		need_inert(slice_of(why.detail));
	}
	arena_free(arena);
	return 0;
}
