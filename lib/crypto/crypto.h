/* SPDX-License-Identifier: BSD-2-Clause */
/* crypto.h - OpenSSL started our way, and its failures distinguished
 *
 * Shared by the modules that know OpenSSL: primitive, digest, key, signature
 * and signing_key.  A verdict must rest on a finished computation, so an
 * allocation that failed inside OpenSSL has to be known as such.  Its error
 * queue does not tell: some failures leave no entry there, and the queue itself
 * needs memory.  Hence OpenSSL allocates through functions of ours, which make
 * a note. */
#ifndef CRYPTO_H
#define CRYPTO_H

#include <stdbool.h>

#include "base/diag.h"

/* Call before a piece of work: starts OpenSSL the first time (no configuration
 * file, which could load code; no clean-up at exit), and forgets notes and
 * errors left over in this thread.  Any thread, any number of times.  A call
 * of OpenSSL before the first makes notes impossible; errors in the queue then
 * have to do.  False where OpenSSL could not start for want of memory: it would
 * crash when used, now and later (crypto_trouble() tells). */
bool crypto_begin(void) __attribute__((warn_unused_result));

/* The same before what OpenSSL does without having been started, like sums of
 * large numbers: forgets notes alone. */
void crypto_watch(void);

/* Whether an allocation failed in this thread since the last of these.  Ask
 * after a success too: OpenSSL may go on without what it could not get. */
bool crypto_memory_failed(void);

/* OpenSSL could not do what cannot fail but for trouble: *why becomes
 * DIAG_MEMORY, or DIAG_INTERNAL with OpenSSL's own words.  Empties the error
 * queue.  Returns -1. */
int crypto_trouble(struct diag *why, const char *what);

#endif
