/* SPDX-License-Identifier: BSD-2-Clause */
/* cause_chain.h - the part of the table of causes that is about sets, seals,
 * keys and signatures as such */
#ifndef CAUSE_CHAIN_H
#define CAUSE_CHAIN_H

#include "why/cause.h"

/* The cause, or NULL when it is not one of these. */
const struct cause *cause_of_chain(enum cause_id);

#endif
