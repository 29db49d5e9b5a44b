/* SPDX-License-Identifier: BSD-2-Clause */
/* manifest.h - paths as lines of a manifest have them
 *
 * A path may have any octet but NUL, and a line of a manifest is tabs and a
 * line end: TAB, LF, CR and the backslash are written \t, \n, \r and \\, and a
 * "#" at the beginning, where it would be a comment's, \#. */
#ifndef MANIFEST_H
#define MANIFEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"

void manifest_put_path(struct buf *, struct slice path);

/* The path that text stands for: text itself, or in the arena.  1; 0 for a
 * backslash before anything else; -1 when memory is short. */
int manifest_read_path(struct slice text, struct arena *, struct slice *path);

#endif
