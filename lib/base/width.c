/* SPDX-License-Identifier: BSD-2-Clause */
#include <wchar.h>

#include "base/width.h"

void
width_init(struct width *w)
{
	w->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

void
width_release(struct width *w)
{
	if (w->utf8 != (locale_t)0)
		freelocale(w->utf8);
	w->utf8 = (locale_t)0;
}

/* Columns of the first character of s, whose octets *n gets. */
static size_t
first(struct slice s, bool known, size_t *n)
{
	unsigned long cp = 0;

	*n = slice_utf8_next(s, &cp);
	if (*n == 0) {
		*n = 1;
		return 1;
	}
	int columns = known && cp >= 0x80 ? wcwidth((wchar_t)cp) : 1;

	return columns >= 0 ? (size_t)columns : 1;
}

/* How far s may be gone through within that many columns, and how many they
 * are. */
static size_t
measure(const struct width *w, struct slice s, size_t most, size_t *columns)
{
	bool known = w->utf8 != (locale_t)0;
	locale_t before = known ? uselocale(w->utf8) : (locale_t)0;
	size_t at = 0;

	*columns = 0;
	while (at < s.len) {
		size_t n, c = first(slice_sub(s, at, s.len), known, &n);

		if (*columns + c > most)
			break;
		*columns += c;
		at += n;
	}
	if (known)
		uselocale(before);
	return at;
}

size_t
width_text(const struct width *w, struct slice s)
{
	size_t columns;

	measure(w, s, (size_t)-1 / 2, &columns);
	return columns;
}

struct slice
width_cut(const struct width *w, struct slice s, size_t columns)
{
	size_t taken;

	return slice_sub(s, 0, measure(w, s, columns, &taken));
}
