/* SPDX-License-Identifier: BSD-2-Clause */
/* idn.h - internationalized domain names (RFC 5891, UTS #46)
 *
 * Most names are ASCII, and every process start counts where mail is filtered
 * one message a process: the library for the others is loaded when the first
 * of them is met. */
#ifndef IDN_H
#define IDN_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/slice.h"

/* Write the U-labels of name as A-labels; what is ASCII stays, "_" too.  The
 * name holds no NUL.  *out lives in the arena, or is name if that is ASCII
 * throughout.  -1 with code when name has no such form, its detail saying why;
 * with DIAG_MEMORY; or with DIAG_SYSTEM when the library is missing. */
int idn_to_ascii(struct slice name, enum diag_code code, struct arena *,
    struct slice *out, struct diag *why);

#endif
