/* SPDX-License-Identifier: BSD-2-Clause */
#include "spf/asking.h"

enum {
	MAX_NAME = LIMIT_SPF_NAME,
	MAX_LABEL = 63,
	/* Guesses end here, so that they take nothing from a walk that has to
	 * know as much as the limits of RFC 7208 let it (at most 124). */
	MAX_GUESSING = LIMIT_SPF_QUERIES / 2,
};

bool
spf_name(struct spf_asking *a, struct slice domain, struct slice *out)
{
	struct slice rest, label;
	char *to;

	if (domain.len > 0 && domain.p[domain.len - 1] == '.')
		domain.len--;
	if (domain.len == 0 || domain.len > MAX_NAME)
		return false;
	for (rest = domain; slice_cut(&rest, '.', &label);)
		if (label.len == 0 || label.len > MAX_LABEL)
			return false;
	to = arena_alloc(a->arena, 4 * domain.len);
	if (to == NULL) {
		a->failed = true;
		diag_memory(&a->why);
		return false;
	}
	*out = (struct slice){ to, 0 };
	for (size_t i = 0; i < domain.len; i++) {
		if (domain.p[i] == '.')
			to[out->len++] = '.';
		else
			out->len += rr_put_octet(
			    to + out->len, ascii_lower(domain.p[i]));
	}
	return true;
}

struct spf_asked *
spf_ask(
    struct spf_asking *a, struct slice name, enum rr_type type, bool guessing)
{
	struct spf_asked *asked;

	for (size_t i = 0; i < a->n; i++) {
		asked = a->asked[i];
		if (asked->question.type == type &&
		    slice_eq(asked->question.name, name)) {
			a->pending |= asked->answer == NULL;
			return asked->answer != NULL ? asked : NULL;
		}
	}
	a->pending = true;
	if (guessing && a->n >= MAX_GUESSING)
		return NULL;
	if (a->n == LIMIT_SPF_QUERIES) {
		a->over = true;
		return NULL;
	}
	asked = arena_alloc(a->arena, sizeof *asked);
	if (asked == NULL) {
		a->failed = true;
		diag_memory(&a->why);
		return NULL;
	}
	asked->question = (struct question){ name, type };
	a->asked[a->n++] = asked;
	return NULL;
}

int
spf_ask_all(struct spf_asking *a)
{
	struct question batch[LIMIT_SPF_QUERIES];
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		if (a->asked[i]->answer == NULL)
			batch[n++] = a->asked[i]->question;
	if (n > 0 &&
	    keystore_ask(a->keys, batch, n, a->deadline, &a->why) != 0) {
		a->failed = true;
		return -1;
	}
	for (size_t i = 0; i < a->n; i++)
		if (a->asked[i]->answer == NULL)
			a->asked[i]->answer =
			    keystore_answer(a->keys, a->asked[i]->question);
	return 0;
}

void
spf_asked_records(struct spf_asking *a, struct spf_asked *asked)
{
	const struct txt *first = NULL;

	if (asked->looked)
		return;
	asked->looked = true;
	for (size_t i = 0; i < asked->answer->ntxt; i++) {
		const struct txt *txt = &asked->answer->txt[i];

		if (!spf_is_record(txt->text))
			continue;
		asked->nrecords++;
		if (first == NULL)
			first = txt;
	}
	asked->fault.code = DIAG_NONE;
	if (asked->nrecords != 1 || first == NULL ||
	    spf_record_read(
		first->text, a->arena, &asked->record, &asked->fault) == 0)
		return;
	if (asked->fault.code != DIAG_SPF_SYNTAX) {
		a->failed = true;
		a->why = asked->fault;
	}
}
