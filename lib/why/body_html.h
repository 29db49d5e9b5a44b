/* SPDX-License-Identifier: BSD-2-Clause */
/* body_html.h - elements inserted into HTML */
#ifndef WHY_BODY_HTML_H
#define WHY_BODY_HTML_H

#include "why/body_try.h"

bool html_at_word(struct slice s, size_t at, struct slice word);
void body_html_meta_added(struct body_case *c);
void body_html_inserted(struct body_case *c);

#endif
