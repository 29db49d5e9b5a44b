/* SPDX-License-Identifier: BSD-2-Clause */
/* keys_record.h - records that are a key only when joined, or repaired */
#ifndef WHY_KEYS_RECORD_H
#define WHY_KEYS_RECORD_H

#include "why/lock.h"

/* Whether the records under the name are the key once joined.  Records the
 * finding. */
bool record_split(struct lock *);

/* Whether a record that is not a valid key record contains the key: proved
 * when that key opens the signature.  Records a finding with that cause. */
bool record_broken(struct lock *, enum cause_id);

#endif
