/* SPDX-License-Identifier: BSD-2-Clause */
/* facts.h - what needs no search */
#ifndef WHY_FACTS_H
#define WHY_FACTS_H

#include "why/search.h"

/* What is broken in plain sight: structure, tags, key records. */
void explain_facts(struct search *);

/* The newest hop gave the chain up: was it right? */
void explain_given_up(struct search *);

/* The seals hold, and neither body nor header fits AMS(i) in any way. */
void explain_strange(struct search *, unsigned i);

/* What other validators would say of a chain that passes. */
void explain_validators(struct search *);

#endif
