/* SPDX-License-Identifier: BSD-2-Clause */
/* keyline.h - a key record as a line of a master file (RFC 1035 section 5.1)
 *
 * The form that a zone is written in and that --keys reads: what is shown can
 * be pasted into either. */
#ifndef KEYLINE_H
#define KEYLINE_H

#include "base/buf.h"
#include "base/slice.h"
#include "crypto/key.h"

/* Append "NAME. IN TXT "v=DKIM1; ..." "..."" and a line end: the record of the
 * key with other tags in front of p= (key_record()), in strings of at most 255
 * octets.  name is as keyname_make() makes it.  A failure stays with the
 * buffer. */
void keyline_put(struct buf *out, struct slice name, const struct key *,
    struct slice others);

#endif
