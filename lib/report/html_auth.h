/* SPDX-License-Identifier: BSD-2-Clause */
/* html_auth.h - what the HTML page tells beside the chain: page_auth.h */
#ifndef HTML_AUTH_H
#define HTML_AUTH_H

#include "base/buf.h"
#include "report/page.h"

/* Nothing when the page has no results of DKIM. */
void html_auth(struct buf *, const struct page *);

#endif
