/* SPDX-License-Identifier: BSD-2-Clause */
/* keys.h - a signature whose key is missing, or did not make it */
#ifndef WHY_KEYS_H
#define WHY_KEYS_H

#include "why/search.h"

/* Explain a signature that its key does not open, or that opens to something
 * other than a digest. */
void explain_keys(struct search *, struct known *);

/* Report an RSA key that is too short (RFC 8301), whether it verifies or
 * not. */
void explain_weak_key(struct search *, struct known *);

/* Neither signature of set i verifies with its Ed25519 key, and such a key
 * reveals no digest: report that the key may be the wrong one. */
void explain_unfit_key(struct search *, unsigned i);

#endif
