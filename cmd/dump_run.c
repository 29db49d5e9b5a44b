/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "report/audit.h"
#include "dkim/canon.h"
#include "dkim/dkim.h"
#include "dump_run.h"
#include "base/escape.h"
#include "base/shortage.h"
#include "why/why.h"
#include "report/fingerprint.h"
#include "report/hops.h"
#include "report/html.h"
#include "arc/lint.h"
#include "report/page.h"
#include "report/report.h"
#include "dkim/select.h"

/* A message this long is held whole, for explaining it; of a longer one the
 * body goes by. */
enum {
	MAX_HELD = 16 * 1024 * 1024
};

/* The message at hand. */
struct shown {
	struct dump *d;
	const char *path;
	struct buf held;
	bool whole; /* held is all of it */
	struct input in;
	struct message *m;
	struct slice body; /* when whole */
	struct chain chain;
	struct verdict verdict;
	struct remarks remarks;
	struct explanation reasons;
	struct hops hops;
	struct dkim dkim;
};

/* Hold the beginning of the input, and all of it if it is not too long. */
static int
hold(struct shown *s, struct diag *why)
{
	struct slice piece = { "", 1 };

	while (s->held.len < MAX_HELD && piece.len > 0) {
		if (input_piece(&s->in, &piece, why) != 0)
			return -1;
		buf_slice(&s->held, piece);
	}
	if (s->held.failure != BUF_OK)
		return diag_memory(why);
	s->whole = piece.len == 0;
	/* What is held whole is read where it is. */
	if (s->whole) {
		input_release(&s->in);
		input_from_memory(&s->in, buf_view(&s->held));
	}
	s->in.memory = buf_view(&s->held);
	return 0;
}

/* ------------------------------------------------------------------------
 * --canon. */

static int
put_out(void *ctx, const char *p, size_t n)
{
	struct cli *c = ctx;

	if (c->quiet)
		return 0;
	buf_put(&c->out, p, n);
	if (c->out.len >= 64 * 1024)
		cli_flush(c);
	return c->out.failure == BUF_OK ? 0 : -1;
}

/* Only the first octets go on, as l= says. */
struct limited {
	const struct sink *to;
	uint64_t left;
};

static int
put_limited(void *ctx, const char *p, size_t n)
{
	struct limited *l = ctx;

	if (n > l->left)
		n = (size_t)l->left;
	l->left -= n;
	return sink_put(l->to, p, n);
}

static int
put_body_piece(void *ctx, const char *p, size_t n)
{
	return canon_body_put(ctx, p, n);
}

static int
canon_body_out(struct shown *s, const struct sigtags *g, const struct sink *out,
    struct diag *why)
{
	struct limited limit = { out, g->has_length ? g->length : UINT64_MAX };
	struct canon_body c;
	struct sink in = { put_body_piece, &c };

	canon_body_init(&c, g->body_canon,
	    (struct sink){ .put = put_limited, .ctx = &limit });
	if (message_body(s->m, &s->in, &in, why) != 0)
		return -1;
	return canon_body_end(&c) == 0 ? 0 : diag_memory(why);
}

/* No such octets: say which field or set is not there. */
static int
canon_none(unsigned i, enum sigkind kind, struct diag *why)
{
	return diag_set(why, DIAG_NO_SUCH_SET, SLICE_NONE,
	    "i=%u has no valid %.*s, so nothing was hashed for it", i,
	    SLICE_ARG(sigfield_name(kind)));
}

/* The octets are what they are, but no validator would hash them. */
static void
canon_warn(const struct shown *s, const struct sigfield *f)
{
	const struct diag *why = &f->problem;

	char instance[16] = "";

	if (f->instance > 0)
		snprintf(instance, sizeof instance, "i=%u ", f->instance);
	cli_say(&s->d->cli, "%s: %s%.*s is invalid: %s (%s)  [%s]", s->path,
	    instance, SLICE_ARG(sigfield_name(f->kind)),
	    diag_info(why->code)->sentence, why->detail,
	    diag_info(why->code)->word);
}

/* What DKIM-Signature N, from the top, had hashed. */
static int
show_canon_dkim(struct shown *s, struct diag *why)
{
	struct dump *d = s->d;
	const struct sink out = { put_out, &d->cli };
	unsigned i = d->canon_instance;

	if (dkim_collect(&s->dkim, s->m, why) != 0)
		return -1;
	const struct sigfield *f =
	    i <= s->dkim.n ? &s->dkim.signature[i - 1].field : NULL;

	if (f == NULL || (f->tags.b_raw.p == NULL && !d->canon_body))
		return diag_set(why, DIAG_NO_SUCH_SET, SLICE_NONE,
		    "the message has %zu DKIM-Signature%s; nothing was hashed "
		    "for number %u",
		    s->dkim.n, s->dkim.n == 1 ? "" : "s", i);
	if (f->problem.code != DIAG_NONE)
		canon_warn(s, f);
	if (d->canon_body)
		return canon_body_out(s, &f->tags, &out, why);
	struct select *select = select_new(s->m, s->m->arena);

	return select != NULL && sigfield_put(f, select, &out) == 0
		   ? 0
		   : diag_memory(why);
}

static int
show_canon(struct shown *s, struct diag *why)
{
	struct dump *d = s->d;
	const struct sink out = { put_out, &d->cli };
	const struct chain *c = &s->chain;
	unsigned i = d->canon_instance;
	const struct sigfield *f =
	    i <= c->n ? c->set[i].part[d->canon_kind] : NULL;

	if (f == NULL || (f->tags.b_raw.p == NULL && !d->canon_body))
		return canon_none(i, d->canon_kind, why);
	if (f->problem.code != DIAG_NONE)
		canon_warn(s, f);
	if (d->canon_body)
		return canon_body_out(s, &f->tags, &out, why);
	if (d->canon_kind == ARC_AMS) {
		struct select *select = select_new(s->m, s->m->arena);

		return select != NULL && sigfield_put(f, select, &out) == 0
			   ? 0
			   : diag_memory(why);
	}
	for (unsigned k = chain_scope(f->tags.cv, i); k <= i; k++)
		for (enum sigkind kind = ARC_AAR; kind < ARC_KINDS; kind++)
			if (c->set[k].part[kind] == NULL)
				return canon_none(k, kind, why);
	return chain_put_seal(c, i, &out) == 0 ? 0 : diag_memory(why);
}

/* ------------------------------------------------------------------------
 * The page and its JSON. */

/* These are about an SMTP session, which nobody tells of here. */
static void
tell_unchecked(const struct shown *s)
{
	const struct auth_methods *methods = &s->d->methods;

	if (auth_methods_have(methods, METHOD_SPF) ||
	    auth_methods_have(methods, METHOD_DMARC))
		cli_say(&s->d->cli,
		    "%s: SPF and DMARC were not checked: use arc-verify "
		    "--check",
		    s->path);
}

/* Of many messages each line begins with a name. */
static void
name_line(struct shown *s)
{
	if (!s->d->many)
		return;
	escape_text(&s->d->cli.out, slice_of(s->path));
	buf_text(&s->d->cli.out, ": ");
}

static void
more_json(struct json *j, const void *ctx)
{
	page_json(j, ctx);
}

/* What is told of one set need not wait for the next. */
static void
spill(void *ctx)
{
	struct cli *c = ctx;

	if (c->quiet)
		buf_clear(&c->out);
	else if (c->out.len >= 256 * 1024)
		cli_flush(c);
}

static int
look(struct shown *s, struct diag *why)
{
	struct dump *d = s->d;
	struct validate_options opt = d->cli.validate;
	struct keystore *keys = d->verify ? d->cli.keys : NULL;
	struct explain_options explaining = { .effort = d->effort,
		.glance = !d->why,
		.validate = &d->cli.validate };
	struct sigcheck check;

	opt.every_part = true;
	sigcheck_init(&check, s->m, &s->in, keys, &opt.sig);
	if (dkim_begin(&s->dkim, &check, why) != 0 ||
	    validate(&check, &s->chain, &opt, &s->verdict, why) != 0 ||
	    dkim_end(&s->dkim, &check, why) != 0 ||
	    input_drain(&s->in, why) != 0)
		return -1;
	if (lint_collect(
		s->m, &s->chain, &s->verdict, opt.sig.now, &s->remarks) != 0)
		return diag_memory(why);
	if (keys != NULL && s->whole &&
	    explain(s->m, s->body, &s->chain, &s->verdict,
		d->why ? &s->dkim : NULL, keys, &explaining, &s->reasons,
		why) != 0)
		return -1;
	return hops_collect(
	    s->m, &s->chain, &s->verdict, &s->reasons, &s->hops, why);
}

static int
show_page(struct shown *s, struct diag *why)
{
	struct cli *c = &s->d->cli;
	struct page page = { .hops = &s->hops,
		.dkim = &s->dkim,
		.now = c->validate.sig.now,
		.keys = s->d->verify,
		.full_why = s->d->why,
		.remarks = c->verbose };
	struct report r = { .file = s->path,
		.named = s->d->many,
		.color = c->color,
		.verbose = c->verbose,
		.columns = cli_columns(),
		.message = s->m,
		.chain = &s->chain,
		.verdict = &s->verdict,
		.remarks = &s->remarks,
		.why = s->d->verify ? &s->reasons : NULL,
		.set = s->d->set,
		.more = more_json,
		.more_ctx = &page,
		.spill = spill,
		.spill_ctx = c };

	page.report = &r;
	if (auth_methods_have(&s->d->methods, METHOD_DKIM))
		r.dkim = &s->dkim;
	r.methods = &s->d->methods;
	r.without_arc = !auth_methods_have(&s->d->methods, METHOD_ARC);
	if (look(s, why) != 0)
		return -1;
	tell_unchecked(s);
	if (s->d->set > s->chain.n)
		return diag_set(why, DIAG_NO_SUCH_SET, SLICE_NONE,
		    "the message has %u ARC Sets, but no i=%u", s->chain.n,
		    s->d->set);
	if (c->json)
		return report_json(&c->out, &r, why);
	if (s->d->set > 0)
		return page_set(&c->out, &page, s->d->set, why);
	if (s->d->way == DUMP_HTML)
		return html_page(&c->out, &page, why);
	if (page_chain(&c->out, &page, why) != 0)
		return -1;
	if (s->d->why) {
		buf_char(&c->out, '\n');
		report_why(&c->out, &r);
		if (c->verbose)
			report_witnesses(&c->out, &r);
	}
	return c->out.failure == BUF_OK ? 0 : diag_memory(why);
}

/* ------------------------------------------------------------------------
 * Remarks, keys, fingerprints. */

static void
lint_code_end(struct buf *b, const struct lint_info *info)
{
	buf_printf(b, "  [%s; %s]\n", info->word, info->clause);
}

/* "i=2 ARC-Seal: sentence (detail) what to do  [code; clause]" */
static int
show_lint(struct shown *s, struct diag *why)
{
	struct cli *c = &s->d->cli;
	bool with_dkim = s->chain.nfields == 0 ||
			 auth_methods_have(&s->d->methods, METHOD_DKIM);

	if (look(s, why) != 0)
		return -1;
	if (lint_style(s->m, s->body, &s->chain, &s->verdict, &s->remarks) !=
		0 ||
	    (with_dkim && lint_dkim(s->m, &s->dkim, c->validate.sig.now, true,
			      &s->remarks) != 0))
		return diag_memory(why);
	for (size_t k = 0; k < s->remarks.n; k++) {
		name_line(s);
		lint_write(&c->out, &s->remarks.remark[k]);
		lint_code_end(&c->out, lint_info(s->remarks.remark[k].code));
	}
	for (size_t k = 0; k < s->hops.nodd; k++) {
		const struct oddity *o = &s->hops.odd[k];
		const struct lint_info *info = oddity_info(o->code);

		/* These are remarks of their own above. */
		if (o->code == ODD_BODY_PARTIAL || o->code == ODD_FROM_TWICE)
			continue;
		name_line(s);
		buf_printf(&c->out, "%s %s", o->text, info->fix);
		lint_code_end(&c->out, info);
	}
	if (c->out.len > 0)
		cli_worse(c, 1);
	/* Of a key that could not be had there may be more to say. */
	if (s->verdict.temporary)
		cli_worse(c, diag_info(s->verdict.why.code)->exit);
	return c->out.failure == BUF_OK ? 0 : diag_memory(why);
}

static int
show_keys(struct shown *s, struct diag *why)
{
	struct cli *c = &s->d->cli;
	bool temporary;

	if (input_drain(&s->in, why) != 0 ||
	    dkim_collect(&s->dkim, s->m, why) != 0 ||
	    audit_keys(&c->out, &s->chain, &s->dkim, c->keys, cli_deadline(c),
		s->m->arena, &temporary, why) != 0)
		return -1;
	if (temporary)
		cli_worse(c, EX_TEMPFAIL);
	return c->out.failure == BUF_OK ? 0 : diag_memory(why);
}

static int
take_fingerprint(struct shown *s, const struct fp_salt *salt,
    struct fingerprint *out, struct diag *why)
{
	if (!s->whole)
		return diag_set(why, DIAG_FINGERPRINT, SLICE_NONE,
		    "the limit for a fingerprint is %d bytes", MAX_HELD);
	return fingerprint_take(
	    s->m, &s->chain, s->body, salt, s->m->arena, out, why);
}

static int
show_fingerprint(struct shown *s, struct diag *why)
{
	struct cli *c = &s->d->cli;
	struct fingerprint f;

	if (take_fingerprint(s, &s->d->salt, &f, why) != 0)
		return -1;
	fingerprint_write(&c->out, &f);
	return c->out.failure == BUF_OK ? 0 : diag_memory(why);
}

/* The message that is held, its body as far as it is, and its chain. */
static int
read_message(struct shown *s, struct diag *why)
{
	size_t rest;

	if (message_read(&s->in, s->d->cli.validate.sig.limits, &s->m, why) !=
	    0)
		return -1;
	rest = s->m->ahead.len + s->in.memory.len;
	s->body =
	    slice_sub(buf_view(&s->held), s->held.len - rest, s->held.len);
	return chain_collect(s->m, s->m->arena, &s->chain, why);
}

static int
show(struct shown *s, struct diag *why)
{
	struct cli *c = &s->d->cli;

	if (read_message(s, why) != 0)
		return -1;
	if (s->chain.nfields == 0)
		cli_worse(c, 2);
	if (s->d->way == DUMP_CANON)
		return s->d->canon_kind == DKIM_SIGNATURE
			   ? show_canon_dkim(s, why)
			   : show_canon(s, why);
	if (s->d->way == DUMP_FIELDS) {
		page_fields(
		    &c->out, &s->chain, slice_of(s->d->field), s->d->set);
		return input_drain(&s->in, why);
	}
	if (s->d->way == DUMP_LINT)
		return show_lint(s, why);
	if (s->d->way == DUMP_KEY_AUDIT)
		return show_keys(s, why);
	if (s->d->way == DUMP_FINGERPRINT)
		return show_fingerprint(s, why);
	if (show_page(s, why) != 0)
		return -1;
	if (s->verdict.temporary)
		cli_worse(c, diag_info(s->verdict.why.code)->exit);
	return 0;
}

static void
shown_release(struct shown *s)
{
	message_free(s->m);
	s->in.memory = SLICE_NONE;
	input_release(&s->in);
	buf_release(&s->held);
}

void
dump_run(struct dump *d, const char *path)
{
	struct shown s = { .d = d, .path = path, .in.fd = -1 };
	struct buf *out = &d->cli.out;
	size_t before = out->len;
	struct diag why;

	shortage_watch();
	if (input_open(&s.in, path, &why) != 0 || hold(&s, &why) != 0 ||
	    show(&s, &why) != 0 ||
	    (shortage_noted() && diag_memory(&why) != 0)) {
		/* No part of a page, but what a long one has sent ahead. */
		if (out->len > before)
			out->len = before;
		if (d->cli.json && d->way == DUMP_PAGE)
			report_json_trouble(out, path, &why);
		cli_trouble(&d->cli, path, &why);
	}
	shown_release(&s);
	if (d->cli.quiet)
		buf_clear(&d->cli.out);
	cli_flush(&d->cli);
}

/* ------------------------------------------------------------------------
 * Comparing. */

/* Have one side: its octets, and when it is a message, that too. */
static int
compare_open(struct shown *s, struct diag *why)
{
	if (input_open(&s->in, s->path, why) != 0 || hold(s, why) != 0)
		return -1;
	if (fingerprint_is(buf_view(&s->held)))
		return 0;
	return read_message(s, why);
}

/* The two fingerprints, of one salt: where a file holds an open one, that. */
static int
compare_take(struct shown s[2], struct fingerprint f[2], struct arena *arena,
    size_t *at, struct diag *why)
{
	struct fp_salt salt = s[0].d->salt;

	for (*at = 0; *at < 2; ++*at) {
		if (s[*at].m != NULL)
			continue;
		if (fingerprint_read(
			buf_view(&s[*at].held), arena, &f[*at], why) != 0)
			return -1;
		if (!f[*at].secret)
			salt = (struct fp_salt){ .text = f[*at].salt };
	}
	for (*at = 0; *at < 2; ++*at)
		if (s[*at].m != NULL &&
		    take_fingerprint(&s[*at], &salt, &f[*at], why) != 0)
			return -1;
	*at = 1;
	if (!fingerprint_same_salt(&f[0], &f[1]))
		return diag_set(why, DIAG_FINGERPRINT, SLICE_NONE,
		    "the salts differ, so the two cannot be compared; use "
		    "--salt-file to give a secret salt");
	return 0;
}

void
dump_compare(struct dump *d, const char *a, const char *b)
{
	struct fingerprint f[2];
	struct arena *arena = arena_new();
	/* Too much for a stack. */
	struct shown *s =
	    arena != NULL ? arena_array(arena, 2, sizeof *s) : NULL;
	struct diag why = { .code = DIAG_NONE };
	size_t at = 0;

	if (s == NULL) {
		diag_memory(&why);
		cli_trouble(&d->cli, a, &why);
		arena_free(arena);
		return;
	}
	s[0] = (struct shown){ .d = d, .path = a, .in.fd = -1 };
	s[1] = (struct shown){ .d = d, .path = b, .in.fd = -1 };
	while (at < 2 && compare_open(&s[at], &why) == 0)
		at++;
	if (why.code == DIAG_NONE &&
	    compare_take(s, f, arena, &at, &why) == 0) {
		if (fingerprint_compare(&d->cli.out, &f[0], &f[1], arena) > 0)
			cli_worse(&d->cli, 1);
		if (d->cli.out.failure != BUF_OK)
			diag_memory(&why);
	}
	if (why.code != DIAG_NONE)
		cli_trouble(&d->cli, at < 2 ? s[at].path : a, &why);
	for (size_t k = 0; k < 2; k++)
		shown_release(&s[k]);
	arena_free(arena);
	if (d->cli.quiet)
		buf_clear(&d->cli.out);
	cli_flush(&d->cli);
}
