/* SPDX-License-Identifier: BSD-2-Clause */
/* body_exchange.h - a text that Exchange encoded or signed, and a list decoded
 *
 * Exchange encodes text in its own way, and signs what it encoded; lists decode
 * it, put their footer behind it and encode that or not.  And what Exchange
 * signs without encoding it, it reads as UTF-8 first, whatever the charset. */
#ifndef BODY_EXCHANGE_H
#define BODY_EXCHANGE_H

#include "why/body_try.h"

void body_exchange(struct body_case *);

#endif
