/* SPDX-License-Identifier: BSD-2-Clause */
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/shortage.h"
#include "corpus/summary.h"
#include "report/report.h"
#include "verify_message.h"

struct verify_run {
	struct verify *v;
	struct operands *operands;
	struct suite *suite;	 /* NULL when nobody asks for totals */
	struct summary *summary; /* the same */
	char **named;		 /* operands that the manifest named */
	size_t done, bad, total;
	int64_t begun, told; /* by clock_now() */
	bool progress;
	bool gave_up;  /* before the last message */
	bool short_of; /* of memory, disk or the like: what was found is less
			* than what is there */
};

/* Set by a signal: no new message is begun. */
static volatile sig_atomic_t interrupted;

/* ------------------------------------------------------------------------
 * The pool's three tasks. */

static int
job_next(void *ctx, void *job, struct diag *why)
{
	struct verify_run *r = ctx;
	struct job *j = job;

	return interrupted ? 0 : operands_next(r->operands, &j->source, why);
}

static double
seconds_since(int64_t then)
{
	return (double)(clock_now() - then) / CLOCK_SECOND;
}

static void
job_work(void *ctx, void *job)
{
	const struct verify *v = ((struct verify_run *)ctx)->v;
	struct job *j = job;
	int64_t begun = clock_now();
	struct diag why;

	shortage_watch();
	int result = verify_source(v, j, &why);

	if (result == 0 && shortage_noted())
		result = diag_memory(&why);
	j->seconds = seconds_since(begun);
	if (result == 0)
		return;
	j->verdict = "error";
	j->code = diag_info(why.code)->word;
	j->status = diag_info(why.code)->exit;
	/* Memory may have been short for what they held. */
	buf_release(&j->out);
	buf_release(&j->text);
	buf_release(&j->note);
	buf_text(&j->text, diag_info(why.code)->sentence);
	if (v->cli.json && !v->cli.quiet && !v->tap)
		report_json_trouble(&j->out, j->source.name, &why);
	cli_trouble_text(&v->cli, &j->err, j->source.name, &why);
}

/* The line that a terminal's stderr shows while a run goes on. */
static void
progress(struct verify_run *r, bool last)
{
	char line[160];

	if (!r->progress)
		return;
	if (!last && seconds_since(r->told) < 0.2)
		return;
	r->told = clock_now();
	double rate = (double)r->done / (seconds_since(r->begun) + 1e-9);
	int n =
	    last
		? snprintf(line, sizeof line, "\r\033[K")
		: snprintf(line, sizeof line,
		      "\r\033[K%zu of %zu, %.0f/s, %zu unexpected, %.0f s left",
		      r->done, r->total, rate, r->bad,
		      (double)(r->total - r->done) / (rate + 1e-9));

	(void)!cli_write(STDERR_FILENO, line, (size_t)n);
}

static void
run_trouble(struct verify_run *r, const char *file, const struct diag *why)
{
	r->short_of = true;
	cli_trouble(&r->v->cli, file, why);
}

static void
job_done(void *ctx, void *job)
{
	struct verify_run *r = ctx;
	struct cli *c = &r->v->cli;
	struct job *j = job;
	struct outcome o = { .name = j->source.name,
		.verdict = j->verdict,
		.code = j->code,
		.text = buf_view(&j->text),
		.seconds = j->seconds,
		.accepted = j->status == 0 };
	struct diag why;

	r->done++;
	r->bad += j->status != 0;
	bool machine = j->status >= EX_SOFTWARE && j->status <= EX_IOERR;

	r->short_of |= machine;
	/* With an expectation, what is not expected decides the status; but
	 * trouble of the machine's own is never expected. */
	if (machine || (r->v->expect == NULL && r->v->manifest == NULL))
		cli_worse(c, j->status);
	if (j->err.len > 0 || j->err.failure != BUF_OK) {
		progress(r, true);
		cli_words(c, &j->err);
	}
	bool shown = true;
	bool expected = r->v->expect != NULL || r->v->manifest != NULL;

	if (r->suite != NULL &&
	    suite_take(r->suite, &o, &c->out, &shown, &why) != 0)
		run_trouble(r, j->source.name, &why);
	if (r->summary != NULL &&
	    summary_take(r->summary, buf_view(&j->note), &why) != 0)
		run_trouble(r, j->source.name, &why);
	/* Where something was expected, only what differs is of interest. */
	if (shown || !expected || c->verbose) {
		buf_slice(&c->out, buf_view(&j->out));
		buf_fail_with(&c->out, &j->out);
	}
	/* What a person waits for comes out at once. */
	if (c->out.len >= 32 * 1024 || r->v->terminal)
		cli_flush(c);
	progress(r, false);
	source_release(&j->source);
	buf_release(&j->out);
	buf_release(&j->err);
	buf_release(&j->text);
	buf_release(&j->note);
}

/* ------------------------------------------------------------------------
 * The run. */

static void
on_interrupt(int number)
{
	interrupted = number;
}

/* Whether totals are told: not to a script, unless it expects something or
 * might take status 0 for a verdict of what was not there. */
static bool
wants_totals(const struct verify_run *r, bool expected)
{
	const struct verify *v = r->v;

	return !v->cli.quiet &&
	       (expected || v->cli.verbose || isatty(STDERR_FILENO) ||
		   (r->done == 0 && !r->short_of && !interrupted &&
		       v->operands.nshards == 0));
}

static void
tell_totals(struct verify_run *r)
{
	struct cli *c = &r->v->cli;
	struct buf b = { .max = 0 };
	bool expected = r->v->expect != NULL || r->v->manifest != NULL;
	size_t missed = suite_missed(r->suite);
	struct diag why;

	suite_difference(r->suite, c->verbose, &b);
	bool good = expected && missed == 0 && !r->short_of;

	if (expected)
		buf_text(&b, good ? "all as expected: " : "result: ");
	suite_summary(r->suite, !good || c->verbose, &b);
	/* Of a merge it is the data. */
	if (r->v->merge && !c->quiet && !r->v->tap) {
		buf_slice(&c->out, buf_view(&b));
		buf_fail_with(&c->out, &b);
	} else if (wants_totals(r, expected)) {
		cli_words(c, &b);
	}
	buf_clear(&b);
	if (r->v->junit != NULL && r->gave_up) {
		cli_say(c, "%s: not changed", r->v->junit);
	} else if (r->v->junit != NULL) {
		suite_junit(r->suite, &b);
		if (verify_write_file(r->v->junit, MODE_RESULT, &b, &why) != 0)
			cli_trouble(c, r->v->junit, &why);
	}
	buf_clear(&b);
	if (!r->v->update || r->v->manifest == NULL) {
		if (missed > 0)
			cli_worse(c, 1);
	} else if (interrupted || r->short_of) {
		cli_say(c, "%s: not changed", r->v->manifest);
	} else {
		suite_updated(r->suite, &b);
		if (verify_write_file(r->v->manifest, MODE_RESULT, &b, &why) !=
		    0)
			cli_trouble(c, r->v->manifest, &why);
	}
	buf_release(&b);
}

/* It is data, and the last of it. */
static void
tell_summary(struct verify_run *r)
{
	struct cli *c = &r->v->cli;
	struct diag why;

	if (r->summary == NULL || c->quiet)
		return;
	if ((c->json
		    ? summary_json(r->summary, &c->out, &why)
		    : summary_text(r->summary, c->verbose, &c->out, &why)) != 0)
		run_trouble(r, "-", &why);
}

static int
start_suite(struct verify_run *r, struct diag *why)
{
	struct verify *v = r->v;

	if (v->summary &&
	    (r->summary = summary_new(v->methods.method[0])) == NULL)
		return diag_memory(why);
	if (!v->many && !v->merge && v->expect == NULL && v->manifest == NULL &&
	    !v->tap && v->junit == NULL)
		return 0;
	if ((r->suite = suite_new()) == NULL)
		return diag_memory(why);
	suite_want(r->suite, v->tap, v->junit != NULL);
	if (v->expect != NULL)
		suite_expect(r->suite, v->expect);
	if (v->manifest != NULL &&
	    suite_manifest(r->suite, v->manifest, v->update, why) != 0) {
		cli_trouble(&v->cli, v->manifest, why);
		exit(v->cli.status);
	}
	return 0;
}

/* Without operands, the messages are those that the manifest names. */
static int
name_operands(struct verify_run *r, struct diag *why)
{
	struct operands_options *o = &r->v->operands;
	size_t at = 0, n = 0, room = 0;
	const char *path;

	if (r->v->manifest == NULL || o->nwords > 0 || o->files0_from != NULL)
		return 0;
	while ((path = suite_path(
		    r->suite, &at, o->mbox || o->attached, why)) != NULL) {
		if (n == room) {
			room = room * 2 + 64;
			char **more =
			    realloc(r->named, room * sizeof *r->named);

			if (more == NULL)
				return diag_memory(why);
			r->named = more;
		}
		r->named[n++] = (char *)path;
	}
	o->words = r->named;
	o->nwords = n;
	return why->code == DIAG_NONE ? 0 : -1;
}

/* How many messages there will be, for the progress line alone. */
static size_t
count(const struct operands_options *o)
{
	struct diag why;
	struct operands *op = operands_new(o, &why);
	struct source s;
	size_t n = 0;

	while (op != NULL && operands_next(op, &s, &why) > 0) {
		n++;
		source_release(&s);
	}
	operands_free(op);
	return n;
}

static void
start_progress(struct verify_run *r)
{
	r->progress = r->v->many && !r->v->cli.quiet && isatty(STDERR_FILENO) &&
		      !r->v->terminal && r->v->operands.files0_from == NULL &&
		      !r->v->operands.mbox;
	if (r->progress)
		r->total = count(&r->v->operands);
	r->begun = r->told = clock_now();
}

void
verify_run(struct verify *v)
{
	struct verify_run r = { .v = v };
	struct pool_tasks tasks = { &r, sizeof(struct job), job_next, job_work,
		job_done };
	struct sigaction act = { .sa_handler = on_interrupt,
		.sa_flags = (int)SA_RESETHAND };
	struct diag why;

	v->terminal = isatty(STDOUT_FILENO) != 0;
	if (start_suite(&r, &why) != 0 || name_operands(&r, &why) != 0 ||
	    (r.operands = operands_new(&v->operands, &why)) == NULL) {
		cli_trouble(&v->cli,
		    v->operands.files0_from != NULL ? v->operands.files0_from
						    : "-",
		    &why);
		suite_free(r.suite);
		summary_free(r.summary);
		free(r.named);
		return;
	}
	start_progress(&r);
	if (v->many) {
#ifdef M_TRIM_THRESHOLD
		/* A worker that gives memory back after each message stops the
		 * others while its pages are unmapped. */
		mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
#endif
		sigaction(SIGINT, &act, NULL);
		sigaction(SIGTERM, &act, NULL);
	}
	int result = v->merge ? verify_merge(v, r.suite, r.operands, &why)
			      : pool_run(&tasks, v->many ? v->jobs : 1, &why);

	r.gave_up = result != 0;
	if (r.gave_up)
		run_trouble(&r, "-", &why);
	progress(&r, true);
	tell_summary(&r);
	if (r.suite != NULL) {
		/* Of a shard, or of a run cut short, most did not come. */
		if (r.gave_up)
			suite_bail_out(r.suite, &v->cli.out, &why);
		else if (!interrupted && v->operands.nshards == 0 &&
			 suite_end(r.suite, v->merge ? NULL : r.operands,
			     &v->cli.out, &why) != 0)
			run_trouble(&r, "-", &why);
		tell_totals(&r);
	}
	operands_free(r.operands);
	suite_free(r.suite);
	summary_free(r.summary);
	free(r.named);
	if (interrupted) {
		cli_flush(&v->cli);
		cli_say(&v->cli, "interrupted after %zu messages", r.done);
		raise(interrupted);
	}
}
