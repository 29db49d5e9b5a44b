/* SPDX-License-Identifier: BSD-2-Clause */

#include "base/clock.h"
#include "judge.h"
#include "keys/keyname.h"

static bool
wants(const struct judged *j, enum auth_method method)
{
	return auth_methods_have(j->methods, method);
}

/* DMARC evaluates what it needs. */
static bool
wants_dkim(const struct judged *j)
{
	return wants(j, METHOD_DKIM) || wants(j, METHOD_DMARC);
}

static bool
wants_spf(const struct judged *j)
{
	return (wants(j, METHOD_SPF) || wants(j, METHOD_DMARC)) &&
	       j->session.complete;
}

/* What SPF and DMARC ask first can go with the first batch of keys. */
static int
plan(struct judged *j, struct diag *why)
{
	struct arena *arena = j->check.m->arena;
	struct question *q = arena_array(arena, DMARC_MAX_WALK + 1, sizeof *q);
	struct slice author;
	size_t n = 0;

	if (q == NULL)
		return diag_memory(why);
	if (wants_spf(j))
		n += spf_first_question(&j->session.spf, arena, q);
	if (wants(j, METHOD_DMARC) &&
	    dmarc_author(j->check.m, arena, &author, why) == 0)
		n += dmarc_walk(author, arena, q + n);
	j->check.also = q;
	j->check.nalso = n;
	return 0;
}

/* The deadline of all lookups, which begins with the first. */
static int64_t
deadline(struct judged *j)
{
	if (j->check.deadline == 0)
		j->check.deadline = clock_now() + j->check.policy->dns_timeout;
	return j->check.deadline;
}

/* DMARC over what DKIM and SPF found. */
static int
judge_dmarc(struct judged *j, struct diag *why)
{
	struct arena *arena = j->check.m->arena;
	struct dmarc_identifier *id =
	    arena_array(arena, j->dkim.n + 1, sizeof *id);
	size_t n = 0;

	if (id == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < j->dkim.n; i++) {
		const struct dkim_signature *s = &j->dkim.signature[i];
		struct diag bad;

		id[n] = (struct dmarc_identifier){ .method = METHOD_DKIM,
			.result = s->result };
		/* What is no domain has not passed. */
		if (keyname_domain(
			s->field.tags.domain, arena, &id[n].domain, &bad) == 0)
			n++;
		else if (diag_info(bad.code)->class == DIAG_CLASS_TROUBLE) {
			*why = bad;
			return -1;
		}
	}
	if (wants_spf(j))
		id[n++] = (struct dmarc_identifier){ .method = METHOD_SPF,
			.domain = j->spf.domain,
			.result = j->spf.result };
	return dmarc_check(j->check.m, id, n, j->check.keys, deadline(j), arena,
	    &j->dmarc, why);
}

/* What follows once signatures are checked. */
static int
judge_domains(struct judged *j, int64_t now, struct diag *why)
{
	struct sigcheck *c = &j->check;

	if (c->nalso > 0 &&
	    keystore_ask(c->keys, c->also, c->nalso, deadline(j), why) != 0)
		return -1;
	j->session.spf.time = now;
	if (wants_spf(j) && spf_check(&j->session.spf, c->keys, deadline(j),
				c->m->arena, &j->spf, why) != 0)
		return -1;
	return wants(j, METHOD_DMARC) ? judge_dmarc(j, why) : 0;
}

int
judge(struct judged *out, const struct auth_methods *methods, bool chain,
    struct message *m, struct input *in, const struct facts *facts,
    struct keystore *keys, const struct validate_options *options,
    struct diag *why)
{
	out->methods = methods;
	out->chain = (struct chain){ .n = 0 };
	facts_session(facts, m, &out->session);
	sigcheck_init(&out->check, m, in, keys, &options->sig);
	if (keys != NULL && plan(out, why) != 0)
		return -1;
	if (wants_dkim(out) && dkim_begin(&out->dkim, &out->check, why) != 0)
		return -1;
	if ((chain || wants(out, METHOD_ARC)) &&
	    chain_collect(m, m->arena, &out->chain, why) != 0)
		return -1;
	if (validate(&out->check, &out->chain, options, &out->verdict, why) !=
	    0)
		return -1;
	if (wants_dkim(out) && dkim_end(&out->dkim, &out->check, why) != 0)
		return -1;
	return keys != NULL ? judge_domains(out, options->sig.now, why) : 0;
}

void
judge_tell(const struct judged *j, const struct cli *c, struct buf *words,
    const char *file)
{
	if (j->session.complete)
		return;
	if (wants(j, METHOD_SPF))
		cli_say_text(c, words, "%s: SPF was not checked: %s", file,
		    j->session.missing);
	if (wants(j, METHOD_DMARC) && !c->quiet)
		cli_say_text(c, words, "%s: DMARC was judged by DKIM alone: %s",
		    file, j->session.missing);
}

void
judge_report(const struct judged *judged, struct report *r)
{
	bool spf = judged->session.complete && judged->check.keys != NULL;

	r->message = judged->check.m;
	r->chain = &judged->chain;
	r->verdict = &judged->verdict;
	r->methods = judged->methods;
	r->without_arc = !wants(judged, METHOD_ARC);
	r->dkim = wants(judged, METHOD_DKIM) ? &judged->dkim : NULL;
	r->spf = wants(judged, METHOD_SPF) && spf ? &judged->spf : NULL;
	r->remote_ip = judged->session.remote_ip;
	r->dmarc = wants(judged, METHOD_DMARC) && judged->check.keys != NULL
		       ? &judged->dmarc
		       : NULL;
	r->by_dkim_alone = r->dmarc != NULL && !spf;
}
