/* SPDX-License-Identifier: BSD-2-Clause */
/* body_banners.h - banners and footers inserted into text parts */
#ifndef WHY_BODY_BANNERS_H
#define WHY_BODY_BANNERS_H

#include "why/body_try.h"

/* In one part, or in two, where readers see about as much of both. */
void body_footer_in_parts(struct body_case *c);
void body_banner_in_parts(struct body_case *c);

/* In two, where they see much more of one: dear, and seldom so. */
void body_footer_in_parts_unlike(struct body_case *c);
void body_banner_in_parts_unlike(struct body_case *c);

#endif
