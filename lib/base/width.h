/* SPDX-License-Identifier: BSD-2-Clause */
/* width.h - how many columns of a terminal text takes
 *
 * As wcwidth(3) says of UTF-8, whatever locale the user has, so that a page
 * looks the same everywhere.  For text that escape.h has made inert: a control
 * has no known width. */
#ifndef WIDTH_H
#define WIDTH_H

#include <locale.h>
#include <stddef.h>

#include "base/slice.h"

struct width {
	locale_t utf8; /* (locale_t)0 where there is none: every character then
			* takes one column */
};

void width_init(struct width *);
void width_release(struct width *);

/* Of UTF-8; an octet that is none counts 1. */
size_t width_text(const struct width *, struct slice);

/* The longest beginning of s that takes at most so many columns; marks that
 * belong to its last character are with it. */
struct slice width_cut(const struct width *, struct slice s, size_t columns);

#endif
