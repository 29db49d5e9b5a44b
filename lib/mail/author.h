/* SPDX-License-Identifier: BSD-2-Clause */
/* author.h - the domain of From (RFC 5322 section 3.6.2)
 *
 * What a reader takes for the author, and what DMARC is about.  From may stand
 * there twice, may hold several addresses or none, and may be written so that
 * two programs read two authors in it. */
#ifndef AUTHOR_H
#define AUTHOR_H

#include <stdbool.h>

#include "mail/message.h"
#include "base/slice.h"

/* The domain of the first address of the first From, as written: what stands
 * between the first "@" outside quotes and comments and the next octet that
 * cannot be in a domain.  Empty when there is none.
 *
 * *only, unless it is NULL, says whether nobody can read another: there is one
 * From, and its value is one address, alone or as "phrase <address>". */
struct slice author_domain(const struct message *, bool *only);

/* The domains of all addresses of all From fields, as written, in their order:
 * groups are looked into, names and comments are not, and of a route (RFC 5322
 * section 4.4) the address at its end counts.  An address literal keeps its
 * brackets; an address without a domain is left out.  At most max go into
 * domain; returns how many there are. */
size_t author_domains(
    const struct message *, struct slice domain[], size_t max);

#endif
