/* SPDX-License-Identifier: BSD-2-Clause */
/* page_verdict.h - the verdict in a sentence */
#ifndef PAGE_VERDICT_H
#define PAGE_VERDICT_H

#include "report/page.h"
#include "report/sheet.h"

void page_verdict(struct sheet *, const struct page *);

/* Sentence, particulars, code and clause. */
void page_diag(struct buf *b, const struct report *r, const struct diag *why);

#endif
