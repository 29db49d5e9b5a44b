/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "mail/idn.h"
#include "spf/evaluate.h"

enum {
	MAX_NAME = LIMIT_SPF_NAME,
	MAX_LOCAL = LIMIT_SPF_LOCAL,
};

/* ------------------------------------------------------------------------
 * The identity. */

/* Whether the octet can be in the name of a domain that mail is sent for. */
static bool
is_domain_octet(char c)
{
	return c > 0x20 && c < 0x7f && strchr("()<>@,;:\\\"[]", c) == NULL;
}

/* Split the sender (section 4.3).  False when its domain is malformed. */
static bool
identify(struct spf_eval *e, struct diag *why)
{
	const struct spf_request *r = e->request;
	struct slice whole = r->mail_from, domain, ascii;
	size_t at = whole.len, labels = 0;
	struct slice rest, label;
	char *lower;

	e->out->helo = whole.len == 0;
	while (at > 0 && whole.p[at - 1] != '@')
		at--;
	e->macros.local =
	    at > 1 ? slice_sub(whole, 0, at - 1) : SLICE("postmaster");
	domain = whole.len == 0 ? r->helo : slice_sub(whole, at, whole.len);
	e->macros.local = slice_sub(e->macros.local, 0, MAX_LOCAL);
	e->local_is_ascii = slice_is_ascii(e->macros.local);
	e->out->domain = domain;
	if (domain.len > 0 && domain.p[domain.len - 1] == '.')
		domain.len--;
	if (domain.len > 4 * MAX_NAME || slice_find(domain, '\0') < domain.len)
		return false;
	if (idn_to_ascii(
		domain, DIAG_SPF_DOMAIN, e->asking.arena, &ascii, why) != 0)
		return false;
	if (ascii.len > MAX_NAME)
		return false;
	for (size_t i = 0; i < ascii.len; i++)
		if (!is_domain_octet(ascii.p[i]))
			return false;
	for (rest = ascii; slice_cut(&rest, '.', &label); labels++)
		if (label.len == 0 || label.len > 63)
			return false;
	e->macros.sender = ascii;
	ascii = arena_copy(e->asking.arena, ascii);
	if ((lower = (char *)ascii.p) == NULL) {
		diag_memory(why);
		return false;
	}
	for (size_t i = 0; i < ascii.len; i++)
		lower[i] = ascii_lower(lower[i]);
	e->out->domain = ascii;
	return labels > 1;
}

/* The HELO name as macros have it. */
static void
set_facts(struct spf_eval *e)
{
	const struct spf_request *r = e->request;

	e->macros.helo = slice_sub(r->helo, 0, MAX_NAME);
	e->macros.receiver =
	    r->receiver.len > 0 ? r->receiver : SLICE("unknown");
	e->macros.ip = &r->ip;
	e->macros.time = r->time;
}

bool
spf_first_question(
    const struct spf_request *r, struct arena *arena, struct question *out)
{
	struct spf_verdict v = { .helo = false };
	struct spf_eval *e = arena_alloc(arena, sizeof *e);
	struct diag why = { .code = DIAG_NONE };

	if (e == NULL)
		return false;
	e->request = r;
	e->out = &v;
	e->asking.arena = arena;
	out->type = RR_TXT;
	return identify(e, &why) && spf_name(&e->asking, v.domain, &out->name);
}

/* ------------------------------------------------------------------------ */

/* What the result is called in why, where no error says more. */
static void
set_code(struct spf_eval *e, enum auth_result result)
{
	struct spf_verdict *v = e->out;
	char q[DIAG_QUOTED], p[DIAG_QUOTED];
	const struct spf_step *last =
	    v->nsteps > 0 ? &v->step[v->nsteps - 1] : NULL;

	if (result == RESULT_PASS) {
		v->why = (struct diag){ .code = DIAG_NONE };
		return;
	}
	if (result != RESULT_FAIL && result != RESULT_SOFTFAIL &&
	    result != RESULT_NEUTRAL)
		return;
	if (last == NULL || v->mechanism.len == 0)
		diag_set(&v->why, DIAG_SPF_NEUTRAL, SLICE_NONE,
		    "no term of the record of %s matches",
		    diag_quote(v->domain, q));
	else
		diag_set(&v->why,
		    result == RESULT_NEUTRAL ? DIAG_SPF_NEUTRAL : DIAG_SPF_FAIL,
		    SLICE_NONE, "\"%s\" in the record of %s",
		    diag_quote(last->term, q), diag_quote(last->domain, p));
}

/* Walk over the records once. */
static enum auth_result
walk(struct spf_eval *e)
{
	enum auth_result result;

	e->terms = e->voids = 0;
	e->depth = 0;
	e->exp = SLICE_NONE;
	e->asking.pending = e->asking.over = false;
	e->out->mechanism = SLICE_NONE;
	e->out->fell_through = false;
	result = spf_check_host(e, e->macros.sender, true);
	if (result == RESULT_FAIL && !e->asking.pending) {
		spf_explain(e);
		/* What it would have to ask is not worth an error. */
		if (e->asking.over)
			e->asking.pending = false;
	}
	return result;
}

int
spf_check(const struct spf_request *r, struct keystore *keys, int64_t deadline,
    struct arena *arena, struct spf_verdict *out, struct diag *why)
{
	struct spf_eval *e = arena_alloc(arena, sizeof *e);
	enum auth_result result;

	*out = (struct spf_verdict){ .result = RESULT_NONE };
	if (e == NULL)
		return diag_memory(why);
	e->request = r;
	e->out = out;
	e->asking.keys = keys;
	e->asking.arena = arena;
	e->asking.deadline = deadline;
	why->code = DIAG_NONE;
	set_facts(e);
	if (!identify(e, why)) {
		char q[DIAG_QUOTED];

		if (diag_info(why->code)->class == DIAG_CLASS_TROUBLE)
			return -1;
		diag_set(&out->why, DIAG_SPF_DOMAIN, SLICE_NONE, "\"%s\"",
		    diag_quote(out->domain, q));
		return 0;
	}
	for (;;) {
		result = walk(e);
		if (e->asking.failed)
			break;
		if (!e->asking.pending || e->asking.over)
			break;
		if (spf_ask_all(&e->asking) != 0)
			break;
	}
	if (e->asking.failed) {
		*why = e->asking.why;
		return -1;
	}
	/* What else it would have to know cannot be asked. */
	if (result == (enum auth_result)SPF_PENDING)
		result = RESULT_PERMERROR;
	out->result = result;
	out->lookups = e->terms;
	out->void_lookups = e->voids;
	set_code(e, result);
	return 0;
}
