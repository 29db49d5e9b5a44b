/* SPDX-License-Identifier: BSD-2-Clause */
/* arc-verify --annotate: a filter.  The message comes out with our
 * Authentication-Results on top, and without those that only claim to be
 * ours (RFC 8601 section 5); everything else octet for octet. */
#include <string.h>
#include <unistd.h>

#include "authres.h"
#include "chain.h"
#include "report.h"
#include "spool.h"
#include "verify_run.h"

/* The message at hand. */
struct annotation {
	struct verify *v;
	struct spool spool;
	struct message *m;
	struct buf field;
};

/* Validate, and make the field. */
static int
annotate(struct annotation *a, struct diag *why)
{
	const struct verify *v = a->v;
	struct chain chain;
	struct verdict verdict;
	struct trusted trusted;
	struct input in;
	struct report r = { .chain = &chain, .verdict = &verdict };

	if (spool_rewind(&a->spool, &in, why) != 0 ||
	    message_read(&in, &a->m, why) != 0)
		return -1;
	int result = chain_collect(a->m, a->m->arena, &chain, why);

	if (result == 0)
		result = validate(a->m, &in, &chain, v->cli.keys,
		    &v->cli.validate, &verdict, why);
	input_release(&in);
	if (result == 0 && v->trust != NULL) {
		result = trust_judge(v->trust, a->m, &chain, &verdict,
		    v->cli.validate.now, &trusted, why);
		r.trusted = &trusted;
	}
	if (result == 0 && v->state != NULL)
		result = verify_write_state(v, &chain, &verdict, why);
	if (result != 0)
		return -1;
	r.message = a->m;
	if (v->dmarc)
		report_dmarc(&a->field, &r);
	else
		report_ar(&a->field, &r, slice_of(v->authserv_id),
		    slice_of(v->remote_ip != NULL ? v->remote_ip : ""),
		    a->m->crlf ? "\r\n" : "\n");
	return a->field.failure == BUF_OK ? 0 : diag_memory(why);
}

static int
to_stdout(void *ctx, const char *p, size_t n)
{
	(void)ctx;
	return cli_write(STDOUT_FILENO, p, n);
}

/* Whether a field pretends to be ours. */
static bool
is_forged(const struct annotation *a, const struct field *f)
{
	return slice_eq_nocase(f->name, SLICE("Authentication-Results")) &&
	       authres_claims(f->value, slice_of(a->v->authserv_id));
}

static int
write_message(struct annotation *a, bool annotated, struct diag *why)
{
	struct sink out = { to_stdout, NULL };
	uint64_t from = 0;

	*why = (struct diag){ .code = DIAG_NONE };
	if (spool_unchanged(&a->spool, why) != 0)
		return -1;
	if (annotated) {
		from = a->m->mbox.len;
		if (spool_put(&a->spool, 0, from, &out, why) != 0 ||
		    sink_put(&out, a->field.p, a->field.len) != 0)
			return -1;
	}
	for (size_t i = 0; annotated && i < a->m->nfields; i++) {
		const struct slice raw = a->m->field[i].raw;
		uint64_t at = (uint64_t)(raw.p - a->m->octets);

		if (!is_forged(a, &a->m->field[i]))
			continue;
		if (spool_put(&a->spool, from, at - from, &out, why) != 0)
			return -1;
		from = at + raw.len;
	}
	return spool_put(&a->spool, from, a->spool.size - from, &out, why);
}

void
verify_annotate(struct verify *v, const char *path)
{
	struct annotation a = { .v = v, .spool = { .fd = -1 } };
	struct cli *c = &v->cli;
	struct input in;
	struct diag why;

	if (input_open(&in, path, &why) != 0) {
		cli_trouble(c, path, &why);
		return;
	}
	bool whole = spool_take(&a.spool, &in, &why) == 0;
	bool annotated = whole && annotate(&a, &why) == 0;

	if (annotated && v->field_only)
		buf_slice(&c->out, buf_view(&a.field));
	else if (!annotated)
		cli_trouble(c, path, &why);
	if (!v->field_only && (annotated || (whole && v->pass_on_error))) {
		if (write_message(&a, annotated, &why) != 0) {
			cli_write_trouble(c, &why);
		} else if (!annotated) {
			cli_say(c, "%s: passed on as it was", path);
			c->status = 0;
		}
	}
	buf_release(&a.field);
	message_free(a.m);
	spool_release(&a.spool);
	input_release(&in);
}
