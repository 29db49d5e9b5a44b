/* SPDX-License-Identifier: BSD-2-Clause */
/* blame.h - who broke a chain, as far as that needs no key and no search
 * (why/why.h) */
#ifndef BLAME_H
#define BLAME_H

#include <stdbool.h>

#include "base/buf.h"
#include "report/hops.h"
#include "report/report.h"

/* Append a sentence or two.  False, and nothing appended, where nobody can be
 * named, and for a chain that does not fail for good. */
bool blame(struct buf *, const struct report *, const struct hops *);

#endif
