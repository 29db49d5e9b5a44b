/* SPDX-License-Identifier: BSD-2-Clause */
/* html.h - the page of a chain as one self-contained HTML file, for a ticket
 *
 * No script, no image, no request: the hops are inline SVG, the style stands in
 * the file, and a Content-Security-Policy lets nothing else be loaded.  Every
 * octet of a message is made inert (escape.h) and then escaped for HTML; what
 * is long is cut, so that the file stays below a megabyte whatever the message.
 */
#ifndef HTML_H
#define HTML_H

#include "base/buf.h"
#include "base/diag.h"
#include "report/page.h"

/* -1 with DIAG_MEMORY. */
int html_page(struct buf *, const struct page *, struct diag *why);

#endif
