/* SPDX-License-Identifier: BSD-2-Clause */
/* page_auth.h - what a page tells beside the chain: each DKIM-Signature, what
 * others reported in Authentication-Results and where we found otherwise, and
 * DKIM2 fields, whose tags are shown and nothing of which is verified */
#ifndef PAGE_AUTH_H
#define PAGE_AUTH_H

#include "report/page.h"
#include "report/sheet.h"

/* Nothing when the page has no results of DKIM. */
void page_auth(struct sheet *, const struct page *);

/* The same of others as members of a JSON object: "reported" and "dkim2", each
 * field of theirs in the order of the header. */
void page_auth_json(struct json *, const struct page *);

#endif
