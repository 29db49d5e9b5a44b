/* SPDX-License-Identifier: BSD-2-Clause */
/* keyreading.h - how others read a key record, and verify with its key
 *
 * Asked where a signature fails by our rules, of implementations that "make
 * peers" runs: they take the first record, pass over tags that exclude it,
 * and have no limits for numbers. */
#ifndef KEYREADING_H
#define KEYREADING_H

#include "others/others.h"

/* Whether f verifies over digest as that implementation reads the first of the
 * records of r.  1, 0, or -1 with DIAG_MEMORY or DIAG_INTERNAL. */
int keyreading_verify(const struct other_case *, const struct sigfield *f,
    const unsigned char digest[DIGEST_SIZE], const struct sigresult *r,
    struct diag *why);

/* <selector>._domainkey.<domain> for a domain of one label; false for any
 * other. */
bool keyreading_one_label(
    const struct other_case *, const struct sigfield *f, struct slice *out);

#endif
