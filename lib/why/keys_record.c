/* SPDX-License-Identifier: BSD-2-Clause */
/* Records that are a key only when joined, or repaired. */
#include <stdio.h>

#include "keys/keyrepair.h"
#include "why/keys_record.h"

enum {
	MAX_JOINED = 4, /* records joined in every order */
};

/* The records joined in one order make a key that fits. */
static bool
joined_fits(struct lock *l, const size_t order[], size_t n)
{
	const struct answer *a = &l->k->entry->answer;
	struct buf b = { .max = 0 };
	struct key key;
	struct diag why;
	bool fits = false;

	for (size_t k = 0; k < n; k++)
		buf_slice(&b, a->txt[order[k]].text);
	if (key_parse(buf_view(&b), &key, &why) == 0) {
		fits = lock_key_made(l, &key) && !l->s->failed;
		/* The target must not outlive the key. */
		if (l->k->target.kind == TARGET_CHECK)
			l->k->target.kind = TARGET_NONE;
		key_release(&key);
	} else if (why.code == DIAG_MEMORY) {
		search_memory(l->s);
	}
	buf_release(&b);
	return fits;
}

bool
record_split(struct lock *l)
{
	size_t order[MAX_JOINED] = { 0, 1, 2, 3 };
	size_t n = l->k->entry->answer.ntxt;

	if (n < 2 || n > MAX_JOINED)
		return false;
	do
		if (joined_fits(l, order, n)) {
			lock_note(
			    l, CAUSE_KEY_SPLIT_IN_TWO_RECORDS, LEVEL_PROVED);
			return true;
		}
	while (next_order(order, n));
	return false;
}

bool
record_broken(struct lock *l, enum cause_id cause)
{
	const struct keyentry *e = l->k->entry;
	bool fits = false;

	for (size_t r = 0; r < e->nrecords && !fits; r++) {
		char what[KEYREPAIR_TEXT];
		struct finding *f;
		struct key key;
		struct diag why;
		struct slice text = e->record[r].text->text;

		search_pay(l->s, (uint64_t)COST_MADE * text.len);
		int found = key_repair(text, &key, what, &why);

		if (found < 0)
			search_memory(l->s);
		if (found <= 0)
			continue;
		fits = lock_key_made(l, &key) && !l->s->failed;
		/* The target must not outlive the key. */
		if (l->k->target.kind == TARGET_CHECK)
			l->k->target.kind = TARGET_NONE;
		key_release(&key);
		if (fits && (f = lock_note(l, cause, LEVEL_PROVED)) != NULL)
			snprintf(f->detail, sizeof f->detail, "it has %s; %s",
			    what,
			    l->k->holds ? "repaired, the signature verifies"
					: "repaired, it is the signing key");
	}
	return fits;
}
