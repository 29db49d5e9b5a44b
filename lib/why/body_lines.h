/* SPDX-License-Identifier: BSD-2-Clause */
/* body_lines.h - lines added before or after the body, or rewritten */
#ifndef WHY_BODY_LINES_H
#define WHY_BODY_LINES_H

#include "why/body_try.h"

/* Whether text names the domain of a hop, or a parent of it. */
bool names_domain(struct slice text, struct slice domain);
void body_footer(struct body_case *c);
void body_leading_blank(struct body_case *c);
void body_banner(struct body_case *c);
void body_blank_removed(struct body_case *c);
void body_blank_added(struct body_case *c);
/* The body with one ">" less before each "From ". */
void body_unstuff(struct body_case *c, struct buf *b);
void body_from_stuffed(struct body_case *c);
void body_dots_doubled(struct body_case *c);
void body_sigdash_trimmed(struct body_case *c);
void body_trailing_space(struct body_case *c);
void body_long_lines(struct body_case *c);

/* Lines added both before and after the text; tried after what is simpler. */
void body_banner_and_footer(struct body_case *c);

/* Lines added before the text, after it, or both. */
void body_ends(struct body_case *c);

#endif
