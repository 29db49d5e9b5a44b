/* SPDX-License-Identifier: BSD-2-Clause */
/* signer_form.h - a signer that hashed fields in another form */
#ifndef WHY_SIGNER_FORM_H
#define WHY_SIGNER_FORM_H

#include "why/signer_try.h"

struct slice *signer_own_piece(struct signer_case *t);
struct slice signer_replaced(
    struct signer_case *t, struct slice s, struct slice from, struct slice to);

/* The signature field with another value, canonical, as the last piece. */
void signer_put_own(struct signer_case *t, struct slice value);
bool signer_try_own(struct signer_case *t, struct slice value);

/* The signature field's value with b= replaced by a text. */
struct slice signer_value_with_b(struct signer_case *t, struct slice text);
void signer_c_missing(struct signer_case *t);
void signer_simple_used(struct signer_case *t);
void signer_relaxed_used(struct signer_case *t);
void signer_own_raw(struct signer_case *t);
void signer_own_crlf(struct signer_case *t);
void signer_own_folds_lf(struct signer_case *t);
void signer_b_tag_removed(struct signer_case *t);

/* White space of b= kept, in one place or everywhere. */
void signer_b_blank_kept(struct signer_case *t);
void signer_bh_emptied(struct signer_case *t);
void signer_dkim_b_emptied(struct signer_case *t);
void signer_null_as_empty(struct signer_case *t);
void signer_lf_hashed(struct signer_case *t);
void signer_blank_after_colon(struct signer_case *t);
void signer_names_not_lowered(struct signer_case *t);

/* Tabs kept, all other runs made one space; or every octet of a run kept but
 * line ends. */
void signer_tabs_kept(struct signer_case *t);

/* Folds removed without leaving a space. */
void signer_folds_joined(struct signer_case *t);

#endif
