/* SPDX-License-Identifier: BSD-2-Clause */
/* body_exchange.h - a text that Exchange encoded or signed, and a list decoded
 *
 * Exchange encodes text in its own way and signs the result; lists decode it,
 * append their footer and encode the whole again or not.  Text that Exchange
 * signs without encoding it is first read as UTF-8, whatever its charset. */
#ifndef BODY_EXCHANGE_H
#define BODY_EXCHANGE_H

#include "why/body_try.h"

void body_exchange(struct body_case *);

#endif
