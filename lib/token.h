/* SPDX-License-Identifier: BSD-2-Clause */
/* token.h - lexical rules of mail headers (RFC 5322 section 3.2)
 *
 * Each function looks at the start of *rest and, when the rule matches, steps
 * over what it matched.  Nothing recurses: comments nest as deep as they
 * like. */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdbool.h>

#include "slice.h"

/* [CFWS]: white space, folds and comments, as many as there are.  A comment
 * without its end is not stepped over. */
void token_cfws(struct slice *rest);

#endif
