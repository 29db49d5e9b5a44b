/* SPDX-License-Identifier: BSD-2-Clause */
/* arc-verify --annotate: a filter.  The message comes out with our
 * Authentication-Results on top, and without those that only claim to be
 * ours (RFC 8601 section 5); everything else octet for octet. */
#include "mail/authres.h"
#include "arc/chain.h"
#include "filter.h"
#include "report/report.h"
#include "judge.h"
#include "verify_run.h"

/* The message at hand. */
struct annotation {
	struct verify *v;
	struct spool spool;
	struct message *m;
	struct buf field;
	const struct field **forged; /* fields that only claim to be ours */
	size_t nforged;
};

static int
find_forged(struct annotation *a, struct diag *why)
{
	const struct slice id = slice_of(a->v->authserv_id);

	a->forged = arena_array(a->m->arena, a->m->nfields, sizeof *a->forged);
	if (a->forged == NULL)
		return diag_memory(why);
	a->nforged = 0;
	for (size_t i = 0; i < a->m->nfields; i++) {
		const struct field *f = &a->m->field[i];
		bool claims = false;

		if (slice_eq_nocase(f->name, SLICE("Authentication-Results")) &&
		    authres_claims(f->value, id, a->m->arena, &claims, why) !=
			0)
			return -1;
		if (claims)
			a->forged[a->nforged++] = f;
	}
	return 0;
}

/* Refuse a message to which no field of ours may be added: others may read a
 * bare CR as a line end, and see a field with our id that is none here. */
static int
fit(const struct message *m, struct diag *why)
{
	if (!message_has_bare_cr(m->header))
		return 0;
	return diag_set(why, DIAG_BARE_CR, SLICE_NONE, "not annotated");
}

/* Validate, and make the field. */
static int
annotate(struct annotation *a, const char *path, struct diag *why)
{
	struct buf words = { .max = 0 };
	const struct verify *v = a->v;
	struct judged judged;
	struct trusted trusted;
	struct input in;
	struct report r = { .trusted = NULL };

	if (spool_rewind(&a->spool, &in, why) != 0 ||
	    message_read(&in, v->cli.validate.sig.limits, &a->m, why) != 0 ||
	    message_no_bom(a->m, why) != 0)
		return -1;
	int result = fit(a->m, why);

	if (result == 0)
		result = judge(&judged, &v->methods, v->chain, a->m, &in,
		    &v->facts, v->cli.keys, &v->cli.validate, why);
	input_release(&in);
	if (result == 0 && v->trust != NULL) {
		result = trust_judge(v->trust, a->m, &judged.chain,
		    &judged.verdict, v->cli.validate.sig.now, &trusted, why);
		r.trusted = &trusted;
	}
	if (result == 0)
		result = find_forged(a, why);
	if (result == 0 && v->state != NULL)
		result =
		    verify_write_state(v, &judged.chain, &judged.verdict, why);
	if (result != 0)
		return -1;
	judge_report(&judged, &r);
	judge_tell(&judged, &v->cli, &words, path);
	if (words.len > 0)
		cli_words(&v->cli, &words);
	buf_release(&words);
	if (v->dmarc)
		report_dmarc(&a->field, &r);
	else
		report_ar(&a->field, &r, slice_of(v->authserv_id),
		    a->m->crlf ? "\r\n" : "\n");
	return a->field.failure == BUF_OK ? 0 : diag_memory(why);
}

/* --on-error=pass: the message without a verdict of ours, and without those
 * that only claim to be ours wherever its header can be read. */
static void
pass_on(struct annotation *a, const char *path)
{
	struct cli *c = &a->v->cli;
	/* What is too long to be judged can be looked through all the same. */
	struct limits limits = *c->validate.sig.limits;
	struct filter_edit edit = { .m = NULL };
	const char *words = "passed on unchanged";
	struct input in;
	struct diag why;

	if (a->v->field_only) {
		filter_pass(c, path, NULL, NULL, words);
		return;
	}
	if (a->m == NULL && spool_rewind(&a->spool, &in, &why) == 0) {
		limits.field = limits.header;
		if (message_read(&in, &limits, &a->m, &why) != 0)
			a->m = NULL;
		input_release(&in);
	}
	if (a->m == NULL || find_forged(a, &why) != 0) {
		filter_pass(c, path, &a->spool, NULL,
		    "passed on unchanged: its header could not be parsed and "
		    "may contain forged Authentication-Results with our "
		    "authserv-id");
		return;
	}
	edit = (struct filter_edit){
		.m = a->m, .drop = a->forged, .ndrop = a->nforged
	};
	if (fit(a->m, &why) != 0)
		words = "passed on without a verdict; text after a CR in its "
			"header may contain forged Authentication-Results with "
			"our authserv-id";
	else if (a->nforged > 0)
		words =
		    "passed on without a verdict; forged "
		    "Authentication-Results with our authserv-id were removed";
	filter_pass(c, path, &a->spool, &edit, words);
}

/* What is no message is not taken to its end. */
static int
look(void *ctx, struct slice first, struct diag *why)
{
	const struct annotation *a = ctx;
	struct message *m;
	struct input in;

	input_from_memory(&in, first);
	if (message_read(&in, a->v->cli.validate.sig.limits, &m, why) != 0)
		return -1;
	int result = message_no_bom(m, why);

	/* Of a header that goes on, the last line is not whole. */
	if (result == 0 && m->has_body)
		result = fit(m, why);

	message_free(m);
	return result;
}

void
verify_annotate(struct verify *v, const char *path, bool ready)
{
	struct annotation a = { .v = v, .spool = { .fd = -1 } };
	struct cli *c = &v->cli;
	const struct spool_guard guard = { look, &a };
	struct input in;
	struct diag why;

	if (input_open(&in, path, &why) != 0) {
		cli_trouble(c, path, &why);
		return;
	}
	bool whole = spool_take(&a.spool, &in, c->validate.sig.limits->message,
			 v->pass_on_error ? NULL : &guard, &why) == 0;
	bool annotated = whole && ready && annotate(&a, path, &why) == 0;
	struct filter_edit edit = { .m = a.m,
		.fields = buf_view(&a.field),
		.drop = a.forged,
		.ndrop = a.nforged };

	if (!whole || (ready && !annotated))
		cli_trouble(c, path, &why);
	if (annotated && v->field_only)
		buf_slice(&c->out, buf_view(&a.field));
	else if (annotated && filter_write(&a.spool, &edit, &why) != 0)
		cli_write_trouble(c, &why);
	else if (!annotated && whole && v->pass_on_error)
		pass_on(&a, path);
	buf_release(&a.field);
	message_free(a.m);
	spool_release(&a.spool);
	input_release(&in);
}
