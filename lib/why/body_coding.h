/* SPDX-License-Identifier: BSD-2-Clause */
/* body_coding.h - bodies and parts whose transfer encoding was changed in
 * transit */
#ifndef WHY_BODY_CODING_H
#define WHY_BODY_CODING_H

#include "why/body_try.h"

/* The body with all text parts decoded that have that encoding, their
 * Content-Transfer-Encoding set to word, or removed if NULL; in the arena.
 * False when there are none, or memory is short. */
bool body_decode(struct body_case *c, enum mime_encoding coded,
    const char *word, struct slice *out);
void body_was_8bit_now_qp(struct body_case *c);
void body_was_8bit_now_base64(struct body_case *c);
void body_was_base64(struct body_case *c);
void body_was_qp(struct body_case *c);
void body_base64_rewrapped(struct body_case *c);

#endif
