/* SPDX-License-Identifier: BSD-2-Clause */
/* member.h - what the members of the JSON have in common */
#ifndef REPORT_MEMBER_H
#define REPORT_MEMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/json.h"
#include "base/slice.h"
#include "dkim/sigcheck.h"
#include "mail/authres.h"

/* A slice that is not there is null. */
void member_text(struct json *, const char *key, struct slice);
void member_word(struct json *, const char *key, const char *word);
void member_number(struct json *, const char *key, bool has, uint64_t value);

/* The sentence of a diag with its particulars; the same as a member. */
void member_sentence(struct buf *, const struct diag *why);
void member_detail(struct json *, const char *key, const struct diag *why);

/* What a signature and its tags have in common in all kinds: c= and h=. */
void member_canon(struct json *, const struct sigtags *);
void member_headers(struct json *, const struct sigtags *);

/* The member "results": what an Authentication-Results says. */
void member_results(struct json *, const struct authres *);

/* The member "key": the record that was looked at; null when none was. */
void member_key(struct json *, const struct sigresult *);

#endif
