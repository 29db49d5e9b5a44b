/* SPDX-License-Identifier: BSD-2-Clause */
/* asking.h - the questions of one SPF evaluation, asked in batches
 *
 * An evaluation walks over the records as often as it takes.  What it has to
 * know and does not know yet is noted and walked past, for what else there is
 * to ask; then all of that is asked at once, and it begins anew. */
#ifndef SPF_ASKING_H
#define SPF_ASKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/limit.h"
#include "keys/keystore.h"
#include "spf/record.h"

struct spf_asked {
	struct question question;
	const struct answer *answer; /* NULL: not asked yet */
	/* Of TXT records, once it was looked for: how many are SPF records, and
	 * what the first of them says. */
	bool looked;
	size_t nrecords;
	struct spf_record record;
	struct diag fault; /* of the record; or DIAG_NONE */
};

struct spf_asking {
	struct keystore *keys;
	struct arena *arena;
	int64_t deadline;
	struct spf_asked *asked[LIMIT_SPF_QUERIES]; /* in the arena */
	size_t n;
	bool pending; /* this walk met something that is not known yet */
	bool over;    /* it has to know more than may be asked */
	bool failed;  /* memory is short, and so on: see why */
	struct diag why;
};

/* Write a domain as a question has it (rr.h); a final dot is left out.  False
 * when it cannot be asked for: a label is empty or longer than 63 octets, the
 * whole longer than 253, or memory is short (failed). */
bool spf_name(struct spf_asking *, struct slice domain, struct slice *out);

/* What is known of a question; NULL: nothing yet, see pending and over.
 * guessing: the walk is past something it does not know, so that it may never
 * come to this question.  The name lives in the arena. */
struct spf_asked *spf_ask(
    struct spf_asking *, struct slice name, enum rr_type type, bool guessing);

/* Ask what was noted.  -1: see why. */
int spf_ask_all(struct spf_asking *);

/* Read the SPF records of a TXT answer, once. */
void spf_asked_records(struct spf_asking *, struct spf_asked *);

#endif
