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

/* The parts of it, for pages of another form: inert text (escape.h) that is
 * appended to a buffer, in one line. */
enum {
	PAGE_AUTH_MOST = 50, /* fields of one kind that are shown */
};

/* The result of a signature; "?" where it was not checked. */
const char *page_auth_state(const struct dkim_signature *);

/* What its tags say, and why it fails. */
void page_auth_signature(struct buf *, const struct page *, size_t i);

/* How a list of what others say in fields of theirs is written; nothing of a
 * list that is empty. */
struct page_auth_form {
	void (*title)(void *ctx, const char *title);
	/* a text without memory says so */
	void (*item)(void *ctx, struct buf *text);
	void (*end)(void *ctx, size_t more); /* that are not shown */
};

/* Write each list, its fields in the order of the header. */
void page_auth_lists(const struct page *, struct arena *,
    const struct page_auth_form *, void *ctx);

/* The same of others as members of a JSON object: "reported" and "dkim2", each
 * field of theirs in the order of the header. */
void page_auth_json(struct json *, const struct page *);

#endif
