/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "spf/evaluate.h"

enum {
	MAX_NAME = LIMIT_SPF_NAME,
};

/* What became of one term. */
enum step {
	STEP_NO,
	STEP_YES,
	STEP_PENDING,
	STEP_TEMPERROR,
	STEP_PERMERROR,
};

/* ------------------------------------------------------------------------
 * Names. */

static bool
starts_below(struct slice name, struct slice parent)
{
	return name.len > parent.len &&
	       name.p[name.len - parent.len - 1] == '.' &&
	       slice_eq(
		   slice_sub(name, name.len - parent.len, parent.len), parent);
}

/* A failure of this machine. */
static enum step
machine(struct spf_eval *e)
{
	e->asking.failed = true;
	diag_memory(&e->asking.why);
	return STEP_PERMERROR;
}

/* A limit is passed: what is number of them, at a name. */
static enum step
too_many(struct spf_eval *e, enum diag_code code, unsigned number,
    const char *what, struct slice name)
{
	char q[DIAG_QUOTED];

	diag_set(&e->out->why, code, SLICE_NONE, "%u %s %s", number, what,
	    diag_quote(name, q));
	return STEP_PERMERROR;
}

/* The same of terms, the last of which is text in the record of domain. */
static enum step
one_too_many(struct spf_eval *e, enum diag_code code, unsigned number,
    struct slice text, struct slice domain)
{
	char q[DIAG_QUOTED], p[DIAG_QUOTED];

	diag_set(&e->out->why, code, text,
	    "number %u is \"%s\" in the record of %s", number,
	    diag_quote(text, q), diag_quote(domain, p));
	return STEP_PERMERROR;
}

/* Ask.  STEP_YES: *out is an answer, with records or without. */
static enum step
ask(struct spf_eval *e, struct slice name, enum rr_type type, bool guessing,
    struct spf_asked **out)
{
	*out = spf_ask(&e->asking, name, type, guessing);
	if (*out != NULL)
		return STEP_YES;
	return e->asking.over
		   ? too_many(e, DIAG_SPF_QUERIES, LIMIT_SPF_QUERIES + 1,
			 "queries, up to", name)
		   : STEP_PENDING;
}

static bool
is_void(const struct answer *a)
{
	return a->kind == ANSWER_NXDOMAIN || a->kind == ANSWER_NODATA;
}

/* The same, and a lookup that failed ends all. */
static enum step
need(struct spf_eval *e, struct slice name, enum rr_type type, bool guessing,
    struct spf_asked **out)
{
	enum step step = ask(e, name, type, guessing, out);
	char q[DIAG_QUOTED];

	if (step != STEP_YES)
		return step;
	const struct answer *a = (*out)->answer;

	if (a->kind == ANSWER_RECORDS || is_void(a))
		return STEP_YES;
	diag_set(&e->out->why, answer_diag(a->kind), SLICE_NONE, "%s for %s %s",
	    answer_word(a->kind), diag_quote(name, q), rr_word(type));
	return STEP_TEMPERROR;
}

/* ------------------------------------------------------------------------
 * Addresses. */

static bool
address_fits(
    const struct spf_address *ip, const unsigned char *other, unsigned bits)
{
	unsigned char mask = (unsigned char)(0xff00U >> bits % 8);
	unsigned whole = bits / 8;

	return memcmp(ip->octets, other, whole) == 0 &&
	       (bits % 8 == 0 ||
		   ((ip->octets[whole] ^ other[whole]) & mask) == 0);
}

/* Whether one of the addresses is the client's. */
static bool
any_fits(const struct spf_eval *e, const struct answer *a, unsigned bits)
{
	for (size_t i = 0; i < a->nrr; i++)
		if (address_fits(&e->request->ip, a->rr[i].address, bits))
			return true;
	return false;
}

/* ------------------------------------------------------------------------
 * Validated names of the client (section 5.5). */

/* The name below which its PTR records stand. */
static struct slice
reverse_name(struct spf_eval *e)
{
	struct buf b = { .max = 0 };
	struct spf_macros x = { .ip = &e->request->ip };
	struct slice out = { NULL, 0 };

	spf_macro_expand(SLICE("%{ir}.%{v}.arpa"), &x, 0, &b);
	if (b.failure != BUF_OK)
		machine(e);
	else if (!spf_name(&e->asking, buf_view(&b), &out))
		out.p = NULL;
	buf_release(&b);
	return out;
}

/* The better of two for %{p}: the domain itself, a name below it, any. */
static unsigned
worth(struct slice name, struct slice domain)
{
	return slice_eq(name, domain) ? 3 : starts_below(name, domain) ? 2 : 1;
}

/* Find the best validated name, of at least that worth for the domain.  Errors
 * are as no name.  STEP_YES, STEP_NO or STEP_PENDING. */
static enum step
validate(struct spf_eval *e, struct slice domain, unsigned least, bool guessing,
    struct slice *out, bool *void_lookup)
{
	enum step step, result = STEP_NO;
	struct slice reverse = reverse_name(e);
	struct spf_asked *ptr, *address;
	unsigned best = 0;

	if (reverse.p == NULL)
		return STEP_PERMERROR;
	step = ask(e, reverse, RR_PTR, guessing, &ptr);
	if (step != STEP_YES)
		return step;
	*void_lookup = is_void(ptr->answer);
	for (size_t i = 0; i < ptr->answer->nrr && i < LIMIT_SPF_PTR; i++) {
		struct slice name = ptr->answer->rr[i].name;
		unsigned w = worth(name, domain);

		if (w < least || w <= best)
			continue;
		step = ask(e, name, e->request->ip.type, guessing, &address);
		if (step == STEP_PENDING)
			result = STEP_PENDING;
		else if (step != STEP_YES)
			return step;
		else if (any_fits(e, address->answer,
			     e->request->ip.type == RR_A ? 32 : 128)) {
			best = w;
			*out = name;
		}
	}
	return result == STEP_PENDING ? result : best > 0 ? STEP_YES : STEP_NO;
}

/* ------------------------------------------------------------------------
 * What a domain-spec expands to. */

/* Cut labels off in front until it is short enough (section 7.3). */
static struct slice
shorten(struct slice name)
{
	while (name.len > MAX_NAME) {
		size_t at = slice_find(name, '.');

		if (at == name.len)
			break;
		name = slice_sub(name, at + 1, name.len);
	}
	return name;
}

/* Set up macros for the record of a domain; %{p} only if text uses it. */
static enum step
prepare(
    struct spf_eval *e, struct slice text, struct slice domain, bool guessing)
{
	struct slice name;
	bool ignored;
	enum step step;

	e->macros.domain = domain;
	e->macros.validated = SLICE("unknown");
	if (!spf_macro_uses(text, 'p') || !spf_name(&e->asking, domain, &name))
		return e->asking.failed ? STEP_PERMERROR : STEP_YES;
	step = validate(e, name, 1, guessing, &e->macros.validated, &ignored);
	return step == STEP_NO ? STEP_YES : step;
}

/* Expand spec, in the record of domain, to the text of the target-name.
 * STEP_NO: it can match nothing (RFC 8616 section 4). */
static enum step
expand(struct spf_eval *e, struct slice spec, struct slice domain,
    bool guessing, struct slice *out)
{
	struct buf b = { .max = 0 };
	enum step step;

	*out = domain;
	if (spec.len == 0)
		return STEP_YES;
	if (!e->local_is_ascii &&
	    (spf_macro_uses(spec, 'l') || spf_macro_uses(spec, 's')))
		return STEP_NO;
	step = prepare(e, spec, domain, guessing);
	if (step != STEP_YES)
		return step;
	spf_macro_expand(spec, &e->macros, MAX_NAME + 2, &b);
	*out = arena_copy(e->asking.arena, buf_view(&b));
	if (b.failure != BUF_OK || out->p == NULL)
		step = machine(e);
	buf_release(&b);
	if (step != STEP_YES)
		return step;
	if (out->len > 0 && out->p[out->len - 1] == '.')
		out->len--;
	*out = shorten(*out);
	return STEP_YES;
}

/* Expand it to a name to ask for.  STEP_NO: there is no such name. */
static enum step
target(struct spf_eval *e, const struct spf_term *t, struct slice domain,
    bool guessing, struct slice *out)
{
	struct slice text;
	enum step step = expand(e, t->spec, domain, guessing, &text);

	if (step != STEP_YES)
		return step;
	return spf_name(&e->asking, text, out) ? STEP_YES : STEP_NO;
}

/* ------------------------------------------------------------------------
 * Mechanisms. */

/* NOLINTBEGIN(misc-no-recursion): an include or redirect is a term that counts,
 * so that records are within each other as deep as terms are let. */

/* One more term whose lookups brought nothing. */
static enum step
count_void(struct spf_eval *e, const struct spf_term *t, struct slice domain)
{
	if (++e->voids <= LIMIT_SPF_VOID)
		return STEP_NO;
	return one_too_many(e, DIAG_SPF_VOID, e->voids, t->text, domain);
}

static enum step
match_include(struct spf_eval *e, const struct spf_term *t, struct slice domain,
    bool guessing)
{
	bool pending = e->asking.pending;
	char q[DIAG_QUOTED], p[DIAG_QUOTED];
	struct slice name;
	enum auth_result result;
	enum step step = expand(e, t->spec, domain, guessing, &name);

	if (step != STEP_YES)
		return step;
	/* What the record says, once all of it is known. */
	e->asking.pending = guessing;
	e->depth++;
	result = spf_check_host(e, name, false);
	e->depth--;
	if (e->asking.pending && !guessing)
		result = (enum auth_result)SPF_PENDING;
	e->asking.pending |= pending;
	switch ((int)result) {
	case SPF_PENDING: return STEP_PENDING;
	case RESULT_PASS: return STEP_YES;
	case RESULT_TEMPERROR: return STEP_TEMPERROR;
	case RESULT_PERMERROR: return STEP_PERMERROR;
	case RESULT_NONE:
		diag_set(&e->out->why, DIAG_SPF_INCLUDE, t->text,
		    "\"%s\" in the record of %s", diag_quote(t->text, q),
		    diag_quote(domain, p));
		return STEP_PERMERROR;
	default: return STEP_NO;
	}
}

static enum step
match_a(struct spf_eval *e, const struct spf_term *t, struct slice domain,
    bool guessing)
{
	struct spf_asked *asked;
	struct slice name;
	bool four = e->request->ip.type == RR_A;
	enum step step = target(e, t, domain, guessing, &name);

	if (step == STEP_YES)
		step = need(e, name,
		    t->kind == SPF_EXISTS ? RR_A : e->request->ip.type,
		    guessing, &asked);
	if (step != STEP_YES)
		return step;
	if (asked->answer->nrr == 0)
		return count_void(e, t, domain);
	return t->kind == SPF_EXISTS ||
		       any_fits(e, asked->answer, t->prefix[!four])
		   ? STEP_YES
		   : STEP_NO;
}

static enum step
match_mx(struct spf_eval *e, const struct spf_term *t, struct slice domain,
    bool guessing)
{
	struct spf_asked *mx, *host;
	struct slice name;
	bool four = e->request->ip.type == RR_A, found = false;
	enum step step = target(e, t, domain, guessing, &name),
		  result = STEP_NO;

	if (step == STEP_YES)
		step = need(e, name, RR_MX, guessing, &mx);
	if (step != STEP_YES)
		return step;
	if (mx->answer->nrr > LIMIT_SPF_MX)
		return too_many(e, DIAG_SPF_MX, (unsigned)mx->answer->nrr,
		    "MX records at", name);
	for (size_t i = 0; i < mx->answer->nrr; i++) {
		/* "." is no host (RFC 7505). */
		if (slice_eq(mx->answer->rr[i].name, SLICE(".")))
			continue;
		step = need(e, mx->answer->rr[i].name, e->request->ip.type,
		    guessing, &host);
		if (step == STEP_PENDING) {
			result = STEP_PENDING;
			continue;
		}
		if (step == STEP_PERMERROR)
			return step;
		if (result == STEP_PENDING)
			continue;
		if (step != STEP_YES)
			return step;
		found |= host->answer->nrr > 0;
		if (any_fits(e, host->answer, t->prefix[!four]))
			return STEP_YES;
	}
	return result == STEP_PENDING || found ? result
					       : count_void(e, t, domain);
}

static enum step
match_ptr(struct spf_eval *e, const struct spf_term *t, struct slice domain,
    bool guessing)
{
	struct slice name, found;
	bool void_lookup = false;
	enum step step = target(e, t, domain, guessing, &name);

	if (step == STEP_YES)
		step = validate(e, name, 2, guessing, &found, &void_lookup);
	return step == STEP_NO && void_lookup ? count_void(e, t, domain) : step;
}

static enum step
match(struct spf_eval *e, const struct spf_term *t, struct slice domain)
{
	bool guessing = e->asking.pending;
	bool four = e->request->ip.type == RR_A;

	switch (t->kind) {
	case SPF_ALL: return STEP_YES;
	case SPF_IP4:
	case SPF_IP6:
		return four == (t->kind == SPF_IP4) &&
			       address_fits(&e->request->ip, t->network,
				   t->prefix[!four])
			   ? STEP_YES
			   : STEP_NO;
	default: break;
	}
	if (++e->terms > LIMIT_SPF_TERMS)
		return one_too_many(
		    e, DIAG_SPF_LOOKUPS, e->terms, t->text, domain);
	switch (t->kind) {
	case SPF_INCLUDE: return match_include(e, t, domain, guessing);
	case SPF_MX: return match_mx(e, t, domain, guessing);
	case SPF_PTR: return match_ptr(e, t, domain, guessing);
	default: return match_a(e, t, domain, guessing);
	}
}

/* ------------------------------------------------------------------------
 * check_host(). */

/* Note a term as the one that decided, unless that was one further down. */
static void
note_step(struct spf_eval *e, struct slice domain, struct slice term)
{
	struct spf_verdict *v = e->out;

	if (e->depth >= SPF_MAX_STEPS)
		return;
	v->step[e->depth] = (struct spf_step){ domain, term };
	if (v->nsteps <= e->depth) {
		v->nsteps = e->depth + 1;
		v->mechanism = term;
	}
}

static enum auth_result
qualified(char qualifier)
{
	return qualifier == '+'	  ? RESULT_PASS
	       : qualifier == '-' ? RESULT_FAIL
	       : qualifier == '~' ? RESULT_SOFTFAIL
				  : RESULT_NEUTRAL;
}

static enum auth_result
redirect(struct spf_eval *e, const struct spf_record *r, struct slice domain,
    bool main)
{
	char q[DIAG_QUOTED], p[DIAG_QUOTED];
	bool guessing = e->asking.pending;
	size_t key = sizeof "redirect=" - 1;
	struct slice name,
	    whole = { r->redirect.p - key, r->redirect.len + key };
	enum auth_result result;
	enum step step;

	e->out->nsteps = e->depth;
	if (++e->terms > LIMIT_SPF_TERMS) {
		one_too_many(e, DIAG_SPF_LOOKUPS, e->terms, whole, domain);
		return RESULT_PERMERROR;
	}
	step = expand(e, r->redirect, domain, guessing, &name);
	if (step == STEP_PENDING)
		return (enum auth_result)SPF_PENDING;
	if (step == STEP_PERMERROR)
		return RESULT_PERMERROR;
	e->depth++;
	result = step == STEP_NO ? RESULT_NONE : spf_check_host(e, name, main);
	e->depth--;
	note_step(e, domain, whole);
	if (result != RESULT_NONE)
		return result;
	diag_set(&e->out->why, DIAG_SPF_INCLUDE, whole,
	    "\"%s\" in the record of %s", diag_quote(whole, q),
	    diag_quote(domain, p));
	return RESULT_PERMERROR;
}

/* Go through the terms of a record. */
static enum auth_result
evaluate(struct spf_eval *e, const struct spf_record *r, struct slice domain,
    bool main)
{
	for (size_t i = 0; i < r->nterms; i++) {
		const struct spf_term *t = &r->term[i];

		e->out->nsteps = e->depth;
		enum step step = match(e, t, domain);

		if (step == STEP_PENDING || step == STEP_NO)
			continue;
		note_step(e, domain, t->text);
		if (step == STEP_TEMPERROR)
			return RESULT_TEMPERROR;
		if (step == STEP_PERMERROR)
			return RESULT_PERMERROR;
		if (main) {
			e->exp = r->exp;
			e->exp_domain = domain;
			e->out->fell_through = t->kind == SPF_ALL;
		}
		return qualified(t->qualifier);
	}
	e->out->nsteps = e->depth;
	e->out->mechanism = SLICE_NONE;
	if (r->redirect.len > 0 && !r->has_all)
		return redirect(e, r, domain, main);
	if (main)
		e->out->fell_through = true;
	return RESULT_NEUTRAL;
}

enum auth_result
spf_check_host(struct spf_eval *e, struct slice domain, bool main)
{
	struct spf_asked *asked;
	struct slice name;
	char q[DIAG_QUOTED], p[DIAG_QUOTED], detail[ANSWER_DETAIL];
	enum step step;

	e->out->nsteps = e->depth;
	diag_set(&e->out->why, DIAG_SPF_NONE, SLICE_NONE, "%s",
	    diag_quote(domain, q));
	if (slice_find(domain, '.') + 1 >= domain.len ||
	    !spf_name(&e->asking, domain, &name))
		return e->asking.failed ? RESULT_PERMERROR : RESULT_NONE;
	step = need(e, name, RR_TXT, e->asking.pending, &asked);
	if (step == STEP_PENDING)
		return (enum auth_result)SPF_PENDING;
	if (step != STEP_YES)
		return step == STEP_TEMPERROR ? RESULT_TEMPERROR
					      : RESULT_PERMERROR;
	spf_asked_records(&e->asking, asked);
	if (asked->nrecords == 0) {
		if (asked->answer->ntxt > 0)
			diag_set(&e->out->why, DIAG_SPF_NONE, SLICE_NONE,
			    "other TXT records at %s", diag_quote(domain, q));
		else
			diag_set(&e->out->why, DIAG_SPF_NONE, SLICE_NONE, "%s",
			    answer_detail(asked->answer, domain, detail));
		return RESULT_NONE;
	}
	if (asked->nrecords > 1) {
		too_many(e, DIAG_SPF_RECORDS, (unsigned)asked->nrecords,
		    "SPF records at", domain);
		return RESULT_PERMERROR;
	}
	if (asked->fault.code != DIAG_NONE) {
		diag_set(&e->out->why, asked->fault.code, asked->fault.where,
		    "%.140s, in the record of %s", asked->fault.detail,
		    diag_quote(slice_sub(domain, 0, 40), p));
		return RESULT_PERMERROR;
	}
	return evaluate(e, &asked->record, domain, main);
}
/* NOLINTEND(misc-no-recursion) */

/* ------------------------------------------------------------------------
 * The explanation (section 6.2). */

void
spf_explain(struct spf_eval *e)
{
	struct buf b = { .max = LIMIT_SPF_EXPLANATION };
	struct slice name, text, raw;
	struct spf_asked *asked;

	if (e->exp.len == 0 ||
	    expand(e, e->exp, e->exp_domain, false, &text) != STEP_YES ||
	    !spf_name(&e->asking, text, &name) ||
	    ask(e, name, RR_TXT, false, &asked) != STEP_YES ||
	    asked->answer->ntxt != 1)
		return;
	raw = asked->answer->txt[0].text;
	if (spf_macro_fault(raw, SPF_EXPLANATION).p != NULL ||
	    prepare(e, raw, e->exp_domain, false) != STEP_YES)
		return;
	spf_macro_expand(raw, &e->macros, 0, &b);
	if (b.failure == BUF_OK && slice_is_ascii(buf_view(&b)))
		e->out->explanation = arena_copy(e->asking.arena, buf_view(&b));
	if (b.failure == BUF_NO_MEMORY)
		machine(e);
	buf_release(&b);
}
