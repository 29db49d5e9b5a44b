/* SPDX-License-Identifier: BSD-2-Clause */
/* body_coding.h - bodies and parts that were decoded or encoded on their way */
#ifndef WHY_BODY_CODING_H
#define WHY_BODY_CODING_H

#include "why/body_try.h"

/* The body with all text parts decoded that are coded so, their encoding named
 * by a word, or not at all when that is NULL; in the arena.  False when there
 * are none. */
bool body_decode(struct body_case *c, enum mime_encoding coded,
    const char *word, struct slice *out);
void body_was_8bit_now_qp(struct body_case *c);
void body_was_8bit_now_base64(struct body_case *c);
void body_was_base64(struct body_case *c);
void body_was_qp(struct body_case *c);
void body_base64_rewrapped(struct body_case *c);

#endif
