/* SPDX-License-Identifier: BSD-2-Clause */
/* signer_own.h - the signature field itself, changed after it was signed */
#ifndef WHY_SIGNER_OWN_H
#define WHY_SIGNER_OWN_H

#include "why/signer_try.h"

/* h= without its white space, or with a space at each colon; or folded
 * otherwise. */
void signer_h_refolded(struct signer_case *t);
void signer_tags_reordered(struct signer_case *t);

/* A set was removed and the others were renumbered. */
void signer_renumbered(struct signer_case *t);

#endif
