/* SPDX-License-Identifier: BSD-2-Clause */
/* header_list_rows_words.h - encoded words before a list wrote their text
 * anew */
#ifndef HEADER_LIST_ROWS_WORDS_H
#define HEADER_LIST_ROWS_WORDS_H

#include "why/cause.h"
#include "why/header_offer.h"

/* What may have stood before the text of a Subject: marks and a tag. */
struct list_before {
	struct slice text;
	unsigned count; /* as in list_value() */
	enum cause_id cause;
};

/* Offer the text, in UTF-8, as mailers encode it, behind each of those and
 * together with it. */
void list_words_subject(
    struct offer *, struct slice text, const struct list_before *, size_t n);

/* Offer the address with that name, in UTF-8, as mailers encode it. */
void list_words_name(
    struct offer *, unsigned count, struct slice name, struct slice address);

/* Whether the words are as a library writes them, and hardly any mailer: with
 * "q" and "b". */
bool list_words_library(struct slice value);

#endif
