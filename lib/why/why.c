/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked first, and what then. */
#include "mail/mime.h"
#include "why/body.h"
#include "why/encoded.h"
#include "why/evidence.h"
#include "why/facts.h"
#include "why/header.h"
#include "why/keys.h"
#include "why/known.h"
#include "why/seal.h"
#include "why/who.h"
#include "why/why.h"

enum {
	ALL_CHECKS = 4000, /* of one message */
	KEY_COST = 64 * 1024 * 1024,
};

static void
in_step(struct search *s, struct known *k,
    void (*engine)(struct search *, struct known *))
{
	struct step step;

	if (!step_begin(s, &step))
		return;
	engine(s, k);
	step_end(s, &step);
}

static void
keys_in_part(struct search *s, struct known *k)
{
	search_begin(s, KEY_COST);
	explain_keys(s, k);
}

/* Where a finding about a set stands among those of the set. */
static int
rank(const struct finding *f)
{
	switch (f->aspect) {
	case ASPECT_BODY_HASH: return 0;
	case ASPECT_KEY: return f->sig->kind == ARC_SEAL ? 3 : 1;
	case ASPECT_SIGNATURE: return 2;
	case ASPECT_SEAL: return 4;
	case ASPECT_STRUCTURE: break;
	}
	return 5;
}

static bool
comes_before(const struct finding *f, const struct finding *g)
{
	if (f->instance != g->instance)
		return f->instance > g->instance;
	if (f->signature != g->signature)
		return f->signature < g->signature;
	return rank(f) < rank(g);
}

/* What was found from place from on, set by set from the newest down,
 * DKIM-Signatures from the top, and in the order of a validator within; equals
 * stay as they were found. */
static void
put_in_order(struct explanation *e, size_t from)
{
	for (size_t k = from + 1; k < e->n; k++) {
		struct finding f = e->finding[k];
		size_t at = k;

		for (; at > from && comes_before(&f, &e->finding[at - 1]); at--)
			e->finding[at] = e->finding[at - 1];
		e->finding[at] = f;
	}
}

/* An AMS or a DKIM-Signature. */
static void
explain_one(struct search *s, struct known *k)
{
	if (!k->body_holds && k->f->problem.code != DIAG_CANONICALIZATION)
		in_step(s, k, explain_body);
	keys_in_part(s, k);
	in_step(s, k, explain_header);
}

/* Whether it fails, and not because of what may be another time. */
static bool
dkim_fails(const struct known *k)
{
	return k->number > 0 && k->result->status == STATUS_FAIL &&
	       !diag_is_temporary(k->result->why.code);
}

/* The signatures from the newest down: of DKIM those that fail, of ARC all or
 * none, and the seals up to set seals.  What a lower seal covers a higher one
 * covers, too, so they are searched from i=1 up. */
static void
explain_signatures(struct search *s, bool arc, unsigned seals)
{
	size_t from = s->out->n;

	for (size_t at = 0; at < s->nknown; at++) {
		struct known *k = &s->known[at];

		if (k->f == NULL || k->f->kind == ARC_SEAL)
			continue;
		if (dkim_fails(k) && k->result->why.code == DIAG_KEY_SHORT)
			explain_weak_key(s, k);
		if (k->number > 0 ? dkim_fails(k) : arc)
			explain_one(s, k);
	}
	for (unsigned i = 1; i <= seals; i++)
		if (s->seal[i]->f != NULL)
			keys_in_part(s, s->seal[i]);
	for (unsigned i = 1; i <= seals; i++)
		if (s->seal[i]->f != NULL) {
			in_step(s, s->seal[i], explain_seal);
			explain_unfit_key(s, i);
		}
	put_in_order(s->out, from);
}

/* Nothing of the message fits the newest AMS, though its seal holds. */
static void
strange(struct search *s, unsigned n)
{
	bool bh = false, b = false;

	for (unsigned i = 1; i <= n; i++)
		if (s->ams[i]->body_holds || s->ams[i]->holds)
			return;
	for (size_t k = 0; k < s->out->n; k++) {
		const struct finding *f = &s->out->finding[k];

		if (f->instance != n || f->level != LEVEL_INDICATED)
			continue;
		bh |= f->aspect == ASPECT_BODY_HASH;
		b |= f->aspect == ASPECT_SIGNATURE;
	}
	if (bh && b && s->seal[n]->holds && evidence_another_message(s, n))
		explain_strange(s, n);
}

/* A chain that is not whole has nothing to be searched; one that was given up
 * by its newest hop has what lies below. */
static bool
can_search(const struct chain *c)
{
	return chain_has_sets(c, 1, c->n) &&
	       (c->shape.code == DIAG_NONE || c->step == 2 ||
		   c->shape.code == DIAG_CV_WRONG);
}

static void
explain_fail(struct search *s)
{
	unsigned n = s->chain->n;
	bool search = false;

	if (!explain_encoded(s)) {
		explain_facts(s);
		search = can_search(s->chain);
	}
	/* Whether its newest hop really said so, first. */
	if (search && s->chain->step == 2) {
		keys_in_part(s, s->seal[n]);
		in_step(s, s->seal[n], explain_seal);
		explain_given_up(s);
	}
	explain_signatures(s, search,
	    !search		  ? 0
	    : s->chain->step == 2 ? n - 1
				  : n);
	if (search)
		strange(s, n);
}

static void
explain_pass(struct search *s)
{
	explain_facts(s);
	explain_signatures(s, true, 0);
	explain_validators(s);
}

/* The chain, though nobody asked for its verdict: its signatures, too, say what
 * there was at their time. */
static int
collect_chain(struct search *s, struct diag *why)
{
	struct chain *c;

	if (s->chain->nfields > 0)
		return 0;
	c = arena_alloc(s->arena, sizeof *c);
	if (c == NULL)
		return diag_memory(why);
	s->chain = c;
	return chain_collect(s->m, s->arena, c, why);
}

int
explain(struct message *m, struct slice body, const struct chain *chain,
    const struct verdict *verdict, const struct dkim *dkim,
    struct keystore *keys, const struct explain_options *opt,
    struct explanation *out, struct diag *why)
{
	struct search *s = arena_alloc(m->arena, sizeof *s);
	bool arc = verdict->cv != CV_NONE && !verdict->temporary;

	*out = (struct explanation){ .dkim = dkim };
	if (!arc && (dkim == NULL || dkim->n == 0))
		return 0;
	if (s == NULL)
		return diag_memory(why);
	*s = (struct search){ .m = m,
		.body = body,
		.type = mime_field(m->header, SLICE("Content-Type")),
		.encoding =
		    mime_field(m->header, SLICE("Content-Transfer-Encoding")),
		.chain = chain,
		.verdict = verdict,
		.dkim = dkim,
		.keys = keys,
		.opt = opt,
		.arena = m->arena,
		.out = out,
		.checks = ALL_CHECKS * (opt->effort > 0 ? opt->effort : 1),
		.why = why };
	if ((s->select = select_new(m, m->arena)) == NULL)
		return diag_memory(why);
	if (dkim != NULL && collect_chain(s, why) != 0)
		return -1;
	search_purse(s);
	known_look(s);
	if (!s->failed)
		known_witnesses(s);
	if (!s->failed && !arc)
		explain_signatures(s, false, 0);
	else if (!s->failed && verdict->cv == CV_PASS)
		explain_pass(s);
	else if (!s->failed)
		explain_fail(s);
	if (!s->failed)
		explain_who(s);
	buf_release(&s->raw);
	buf_release(&s->canonical);
	return s->failed ? -1 : 0;
}
