/* SPDX-License-Identifier: BSD-2-Clause */
/* facts.h - findings that need no search */
#ifndef WHY_FACTS_H
#define WHY_FACTS_H

#include "why/search.h"

/* Broken rules: structure, tags, key records. */
void explain_facts(struct search *);

/* The newest ARC-Seal records cv=fail: was the chain broken there? */
void explain_given_up(struct search *);

/* All seals verify, but AMS(i) verifies over nothing that was tried, neither
 * body nor header. */
void explain_strange(struct search *, unsigned i);

/* What other validators would report for a chain that passes. */
void explain_validators(struct search *);

#endif
