/* SPDX-License-Identifier: BSD-2-Clause */
/* blame.h - who is to blame for a chain that fails, as far as that stands in
 * plain sight: what no key and no search (explain.h) is needed for */
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
