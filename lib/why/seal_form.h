/* SPDX-License-Identifier: BSD-2-Clause */
/* seal_form.h - a seal over fields in another form */
#ifndef WHY_SEAL_FORM_H
#define WHY_SEAL_FORM_H

#include "why/seal_try.h"

void seal_simple_used(struct seal_case *c);
void seal_names_not_lowered(struct seal_case *c);
void seal_tabs_kept(struct seal_case *c);
void seal_own_crlf(struct seal_case *c);
void seal_b_emptied(struct seal_case *c);
void seal_b_tag_removed(struct seal_case *c);

/* cv= was changed after sealing. */
void seal_cv_altered(struct seal_case *c);

#endif
