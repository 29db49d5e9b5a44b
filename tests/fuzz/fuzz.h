/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz.h - what the fuzzers share */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/slice.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What must hold for every input. */
#define need(what) need_that(what, #what, __FILE__, __LINE__)

static inline void
need_that(bool ok, const char *what, const char *file, int line)
{
	if (ok)
		return;
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	abort();
}

/* Printable, valid UTF-8, but for the line ends of our own. */
static inline void
need_inert(struct slice s)
{
	need(slice_is_utf8(s));
	for (size_t i = 0; i < s.len; i++)
		need((unsigned char)s.p[i] >= ' ' ? s.p[i] != 0x7f
						  : s.p[i] == '\n');
}

#endif
