/* SPDX-License-Identifier: BSD-2-Clause */
/* body_recipe.h - bodies that the recipes of DKIM2 undo */
#ifndef WHY_BODY_RECIPE_H
#define WHY_BODY_RECIPE_H

#include "why/body_try.h"

/* The changes of the last handlers undone, one after the other. */
void body_recipe(struct body_case *c);

/* Say in a finding, which has no particulars yet, what a Message-Instance
 * claims of the body that was signed. */
void body_recipe_claim(struct body_case *c, struct finding *f);

#endif
