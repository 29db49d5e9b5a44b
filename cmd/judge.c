/* SPDX-License-Identifier: BSD-2-Clause */
#include "judge.h"

int
judge(struct judged *out, const struct auth_methods *methods, struct message *m,
    struct input *in, struct keystore *keys,
    const struct validate_options *options, struct diag *why)
{
	bool dkim = auth_methods_have(methods, METHOD_DKIM);

	out->methods = methods;
	out->chain = (struct chain){ .n = 0 };
	sigcheck_init(&out->check, m, in, keys, &options->sig);
	if (dkim && dkim_begin(&out->dkim, &out->check, why) != 0)
		return -1;
	if (auth_methods_have(methods, METHOD_ARC) &&
	    chain_collect(m, m->arena, &out->chain, why) != 0)
		return -1;
	if (validate(&out->check, &out->chain, options, &out->verdict, why) !=
	    0)
		return -1;
	return dkim ? dkim_end(&out->dkim, &out->check, why) : 0;
}

void
judge_report(const struct judged *judged, struct report *r)
{
	r->message = judged->check.m;
	r->chain = &judged->chain;
	r->verdict = &judged->verdict;
	r->without_arc = !auth_methods_have(judged->methods, METHOD_ARC);
	r->dkim = auth_methods_have(judged->methods, METHOD_DKIM)
		      ? &judged->dkim
		      : NULL;
}
