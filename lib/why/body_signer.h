/* SPDX-License-Identifier: BSD-2-Clause */
/* body_signer.h - mistakes of a signer in hashing the body */
#ifndef WHY_BODY_SIGNER_H
#define WHY_BODY_SIGNER_H

#include "why/body_try.h"

void body_c_missing(struct body_case *c);
void body_other_canon(struct body_case *c);
void body_empty_hashed(struct body_case *c);
void body_l_ignored(struct body_case *c);
void body_lf_hashed(struct body_case *c);
void body_final_crlf_missing(struct body_case *c);
void body_trailing_lines(struct body_case *c);
void body_blank_tail(struct body_case *c);
void body_dot_stuffed(struct body_case *c);
void body_headers_hashed(struct body_case *c);

#endif
