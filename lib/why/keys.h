/* SPDX-License-Identifier: BSD-2-Clause */
/* keys.h - a signature whose key is not to be had, or does not open it */
#ifndef WHY_KEYS_H
#define WHY_KEYS_H

#include "why/search.h"

/* A signature that does not open, or opens oddly. */
void explain_keys(struct search *, struct known *);

/* Its key is too short, whatever it says. */
void explain_weak_key(struct search *, struct known *);

/* Neither signature of set i fits its Ed25519 key, which opens none. */
void explain_unfit_key(struct search *, unsigned i);

#endif
