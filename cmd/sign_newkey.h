/* SPDX-License-Identifier: BSD-2-Clause */
/* sign_newkey.h - arc-sign --new-key */
#ifndef SIGN_NEWKEY_H
#define SIGN_NEWKEY_H

#include "sign_run.h"

/* Make a private key, write it to the new file s->key_path, and its record to
 * standard output; the status is s->cli.status.  Where the record cannot be
 * written, the file is removed again. */
void sign_new_key(struct sign *);

#endif
