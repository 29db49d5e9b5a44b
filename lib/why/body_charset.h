/* SPDX-License-Identifier: BSD-2-Clause */
/* body_charset.h - text that was converted to another charset */
#ifndef WHY_BODY_CHARSET_H
#define WHY_BODY_CHARSET_H

#include "why/body_try.h"

void body_charset_converted(struct body_case *c);

#endif
