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
in_step(struct search *s, unsigned i, void (*engine)(struct search *, unsigned))
{
	struct step step;

	if (!step_begin(s, &step))
		return;
	engine(s, i);
	step_end(s, &step);
}

static void
keys_in_part(struct search *s, enum sigkind kind, unsigned i)
{
	search_begin(s, KEY_COST);
	explain_keys(s, kind, i);
}

/* Where a finding about a set stands among those of the set. */
static int
rank(const struct finding *f)
{
	switch (f->place) {
	case PLACE_BH: return 0;
	case PLACE_KEY: return f->kind == ARC_AMS ? 1 : 3;
	case PLACE_AMS: return 2;
	case PLACE_SEAL: return 4;
	case PLACE_STRUCTURE: break;
	}
	return 5;
}

static bool
comes_before(const struct finding *f, const struct finding *g)
{
	return f->instance != g->instance ? f->instance > g->instance
					  : rank(f) < rank(g);
}

/* What was found from place from on, set by set from the newest down, and in
 * the order of a validator within; equals stay as they were found. */
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

/* Sets n to 1, the seals up to set seals.  What a lower seal covers a higher
 * one covers, too, so they are searched from i=1 up. */
static void
explain_sets(struct search *s, unsigned seals)
{
	size_t from = s->out->n;

	for (unsigned i = s->chain->n; i >= 1; i--) {
		const struct known *ams = &s->ams[i];

		if (ams->f == NULL)
			continue;
		if (!ams->body_holds &&
		    ams->f->problem.code != DIAG_CANONICALIZATION)
			in_step(s, i, explain_body);
		keys_in_part(s, ARC_AMS, i);
		in_step(s, i, explain_header);
	}
	for (unsigned i = 1; i <= seals; i++)
		if (s->seal[i].f != NULL)
			keys_in_part(s, ARC_SEAL, i);
	for (unsigned i = 1; i <= seals; i++)
		if (s->seal[i].f != NULL) {
			in_step(s, i, explain_seal);
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
		if (s->ams[i].body_holds || s->ams[i].holds)
			return;
	for (size_t k = 0; k < s->out->n; k++) {
		const struct finding *f = &s->out->finding[k];

		if (f->instance != n || f->level != EXPLAIN_INDICATED)
			continue;
		bh |= f->place == PLACE_BH;
		b |= f->place == PLACE_AMS;
	}
	if (bh && b && s->seal[n].holds && evidence_another_message(s, n))
		explain_strange(s, n);
}

static void
explain_fail(struct search *s)
{
	unsigned n = s->chain->n;

	if (explain_encoded(s))
		return;
	explain_facts(s);
	/* A chain that is not whole has nothing to be searched; one that was
	 * given up by its newest hop has what lies below. */
	if (!chain_has_sets(s->chain, 1, n) ||
	    (s->chain->shape.code != DIAG_NONE && s->chain->step != 2 &&
		s->chain->shape.code != DIAG_CV_WRONG))
		return;
	/* Whether its newest hop really said so, first. */
	if (s->chain->step == 2) {
		keys_in_part(s, ARC_SEAL, n);
		in_step(s, n, explain_seal);
		explain_given_up(s);
	}
	explain_sets(s, s->chain->step == 2 ? n - 1 : n);
	strange(s, n);
}

static void
explain_pass(struct search *s)
{
	explain_facts(s);
	explain_sets(s, 0);
	explain_validators(s);
}

int
explain(struct message *m, struct slice body, const struct chain *chain,
    const struct verdict *verdict, struct keystore *keys,
    const struct explain_options *opt, struct explanation *out,
    struct diag *why)
{
	struct search *s = arena_alloc(m->arena, sizeof *s);

	*out = (struct explanation){ .n = 0 };
	if (verdict->cv == CV_NONE || verdict->temporary)
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
		.keys = keys,
		.opt = opt,
		.arena = m->arena,
		.out = out,
		.checks = ALL_CHECKS * (opt->effort > 0 ? opt->effort : 1),
		.why = why };
	if ((s->select = select_new(m, m->arena)) == NULL)
		return diag_memory(why);
	search_purse(s);
	known_look(s);
	known_witnesses(s);
	if (!s->failed && verdict->cv == CV_PASS)
		explain_pass(s);
	else if (!s->failed)
		explain_fail(s);
	if (!s->failed)
		explain_who(s);
	return s->failed ? -1 : 0;
}
