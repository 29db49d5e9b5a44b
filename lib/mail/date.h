/* SPDX-License-Identifier: BSD-2-Clause */
/* date.h - the moment that a Date field tells (RFC 5322 section 3.3) */
#ifndef MAIL_DATE_H
#define MAIL_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* The value of a Date as seconds since 1970.  A time of day or a zone that
 * cannot be read counts as midnight and as UTC.  False when the day cannot be
 * read, or lies before 1970. */
bool date_read(struct slice value, int64_t *out);

#endif
