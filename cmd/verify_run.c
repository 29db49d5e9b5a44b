/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "arc/chain.h"
#include "base/escape.h"
#include "arc/lint.h"
#include "mail/handed.h"
#include "mail/mbox.h"
#include "base/pool.h"
#include "report/report.h"
#include "base/spool.h"
#include "corpus/summary.h"
#include "arc/state.h"
#include "judge.h"
#include "verify_run.h"
#include "why/repair.h"

int
verify_status(
    const struct verify *v, enum auth_method method, enum auth_result result)
{
	int status = auth_result_status(result);

	if ((v->accept[method] >> result & 1) != 0)
		return 0;
	return status != 0 ? status : 1;
}

/* One message on its way through the pool. */
struct job {
	struct source source;
	const char *whole;   /* verdict by Content-Length, or NULL */
	struct buf out, err; /* for stdout and stderr */
	const char *verdict; /* a word, static; "error" for none */
	const char *code;    /* a word, static; "" for none */
	struct buf text;     /* a sentence on that */
	struct buf note;     /* for the summary */
	double seconds;	     /* that it took */
	int status;	     /* exit status it asks for */
};

struct run {
	struct verify *v;
	struct operands *operands;
	struct suite *suite;	 /* NULL when nobody asks for totals */
	struct summary *summary; /* the same */
	char **named;		 /* operands that the manifest named */
	size_t done, bad, total;
	struct timespec begun, told;
	bool terminal; /* is what stdout is */
	bool progress;
	bool gave_up;  /* before the last message */
	bool short_of; /* of memory, disk or the like: what was found is less
			* than what is there */
};

/* Set by a signal: no new message is begun. */
static volatile sig_atomic_t interrupted;

/* ------------------------------------------------------------------------
 * One message. */

/* The exit status: of the first method, in the order of --check, whose result
 * is not one of those accepted. */
static int
accepted(const struct verify *v, const struct report *r)
{
	int status = 0;

	for (size_t i = 0; i < v->methods.n && status == 0; i++) {
		enum auth_method m = v->methods.method[i];

		if (report_lacks(r, m))
			status = i == 0 || v->accept[m] != 0 ? EX_USAGE : 0;
		else if (v->accept[m] != 0)
			status = verify_status(v, m, report_result(r, m, NULL));
	}
	return status;
}

/* What stands in j once a verdict was reached; several tries may be made. */
static int
render(const struct verify *v, struct job *j, const struct report *r,
    struct diag *why)
{
	const struct cli *c = &v->cli;
	const struct diag *reason;

	j->verdict =
	    auth_result_word(report_result(r, v->methods.method[0], &reason));
	if (report_lacks(r, v->methods.method[0])) {
		j->verdict = "error";
		reason = NULL;
	}
	j->status = accepted(v, r);
	j->code = "";
	buf_clear(&j->out);
	buf_clear(&j->text);
	buf_clear(&j->note);
	if (v->summary)
		summary_note(r, &j->note);
	if (j->note.failure != BUF_OK)
		return diag_memory(why);
	if (reason != NULL) {
		j->code = diag_info(reason->code)->word;
		buf_text(&j->text, diag_info(reason->code)->sentence);
		if (reason->detail[0] != '\0')
			buf_printf(&j->text, " (%s)", reason->detail);
	}
	if (c->quiet || v->tap)
		return 0;
	if (c->json)
		return report_json(&j->out, r, why);
	if (!r->without_arc)
		report_line(&j->out, r);
	report_methods(&j->out, r);
	if (r->why != NULL)
		report_why(&j->out, r);
	if (r->trusted != NULL)
		report_trust(&j->out, r);
	if (c->verbose && !r->without_arc)
		report_details(&j->out, r);
	if (c->verbose)
		report_methods_details(&j->out, r);
	if (c->verbose && r->why != NULL)
		report_witnesses(&j->out, r);
	return j->out.failure == BUF_OK && j->text.failure == BUF_OK
		   ? 0
		   : diag_memory(why);
}

/* Who may read a file that is written, as far as the umask lets them. */
enum {
	MODE_MAIL = 0600, /* what was in a message */
	MODE_RESULT = 0666,
};

/* Write a whole file, or leave the old one as it is; it stays no less private
 * than that.  -1 with DIAG_WRITE, DIAG_SYSTEM or DIAG_MEMORY. */
static int
write_file(const char *path, mode_t mode, const struct buf *b, struct diag *why)
{
	char *fresh = NULL;
	uint64_t id;
	struct stat old;
	int result = 0;

	if (getrandom(&id, sizeof id, 0) != (ssize_t)sizeof id)
		return diag_errno(why, DIAG_SYSTEM, "getrandom");
	if (b->failure != BUF_OK ||
	    asprintf(&fresh, "%s.%016" PRIx64, path, id) < 0)
		return diag_memory(why);
	if (stat(path, &old) == 0)
		mode &= old.st_mode;
	int fd = open(
	    fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0 || cli_write(fd, b->p, b->len) != 0 || close(fd) != 0 ||
	    rename(fresh, path) != 0) {
		result = diag_errno(why, DIAG_WRITE, path);
		if (fd >= 0)
			unlink(fresh);
	}
	free(fresh);
	return result;
}

int
verify_write_state(const struct verify *v, const struct chain *chain,
    const struct verdict *verdict, struct diag *why)
{
	struct buf b = { .max = 0 };
	int result =
	    state_write(&b, chain, verdict->cv, verdict->temporary, why);

	if (result == 0)
		result = write_file(v->state, MODE_MAIL, &b, why);
	buf_release(&b);
	return result;
}

/* Write the message as the signer at fault saw it. */
static int
write_repaired(const struct verify *v, const struct report *r,
    struct slice body, struct diag *why)
{
	const struct explanation *e = r->why;
	struct buf b = { .max = 0 };
	int result = 0;

	for (size_t k = 0; k < e->n && b.len == 0; k++)
		explain_repair(r->message, body, e, e->finding[k].instance, &b);
	if (b.len > 0 || b.failure != BUF_OK)
		result = write_file(v->repair, MODE_MAIL, &b, why);
	else
		cli_say(&v->cli, "%s: not written: no change was proved",
		    v->repair);
	buf_release(&b);
	return result;
}

/* Say on stderr what a message without a chain, or with one that was not
 * explained, has in it: a chain that nobody looked at. */
static int
note_inside(const struct verify *v, struct job *j, struct message *m,
    struct input *in, const struct verdict *verdict, struct slice body,
    struct diag *why)
{
	struct handed_inside inside = { .n = 0 };
	const struct sink sink = { handed_look, &inside };
	const char *file = j->source.name;

	if (m->bom)
		cli_note(&v->cli, &j->err, file,
		    "skipped a UTF-8 byte order mark (BOM) at the start");
	if (v->cli.quiet || (v->many && !v->cli.verbose) ||
	    verdict->cv == CV_PASS)
		return 0;
	if (verdict->cv == CV_NONE && !v->why) {
		if (message_body(m, in, &sink, why) != 0)
			return -1;
	} else {
		handed_look(&inside, body.p, body.len);
	}
	handed_end(&inside);
	for (size_t i = 0; i < m->nfields; i++)
		handed_field(&inside, m->field[i].raw);
	if (inside.next)
		cli_note(&v->cli, &j->err, file,
		    "another message follows in the body: is this an mbox? "
		    "(--mbox)");
	if (verdict->cv != CV_NONE)
		return 0;
	if (inside.attached)
		cli_note(&v->cli, &j->err, file,
		    "a message is attached; use --attached to verify it");
	else if (inside.pasted)
		cli_note(&v->cli, &j->err, file,
		    "the body has ARC fields pasted or quoted as text, which "
		    "cannot be verified; get the original source of that "
		    "message");
	return 0;
}

/* What is odd about where this message stood, as remarks and on stderr: the
 * verdict may be one on a part of it. */
static void
tell_place(const struct verify *v, struct job *j, const struct report *r,
    struct remarks *remarks)
{
	const struct slice none = { NULL, 0 };
	const char *word = report_word(r->verdict);

	if (j->source.cut)
		lint_add(remarks, LINT_MBOX_CUT, none, "%s", "");
	if (j->whole != NULL)
		lint_add(remarks, LINT_MBOX_LENGTH, none,
		    "%s as cut here, %s by Content-Length", word, j->whole);
	for (size_t i = 0; i < remarks->n; i++) {
		const struct remark *m = &remarks->remark[i];

		if (m->code == LINT_MBOX_CUT || m->code == LINT_MBOX_LENGTH)
			cli_say_text(&v->cli, &j->err, "%s: %s: %s%s%s%s  [%s]",
			    j->source.name, word, lint_info(m->code)->sentence,
			    m->detail[0] != '\0' ? " (" : "", m->detail,
			    m->detail[0] != '\0' ? ")" : "",
			    lint_info(m->code)->word);
	}
}

/* From octets to a verdict, rendered; whole is all of the message when it is to
 * be explained.  -1: there is none. */
static int
verify_message(const struct verify *v, struct job *j, struct input *in,
    struct slice whole, struct diag *why)
{
	const struct cli *c = &v->cli;
	struct message *m;
	struct judged judged;
	struct chain *chain = &judged.chain;
	struct verdict *verdict = &judged.verdict;
	struct remarks remarks;
	struct explanation reasons;
	struct trusted trusted = { 0 };
	int result = -1;

	if (message_read(in, c->validate.sig.limits, &m, why) != 0)
		return -1;
	size_t rest = m->ahead.len + in->memory.len;
	struct slice body =
	    v->why ? slice_sub(whole, whole.len - rest, rest) : whole;
	struct explain_options explaining = { .effort = v->effort,
		.validate = &c->validate };
	struct report r = { .file = j->source.name,
		.named = v->many,
		.color = c->color,
		.verbose = c->verbose,
		.trusted = v->trust != NULL ? &trusted : NULL,
		.remarks = &remarks };

	if (judge(&judged, &v->methods, m, in, &v->facts, c->keys, &c->validate,
		why) == 0 &&
	    note_inside(v, j, m, in, verdict, body, why) == 0 &&
	    input_drain(in, why) == 0) {
		judge_report(&judged, &r);
		judge_tell(&judged, &v->cli, &j->err, j->source.name);
		if (lint_collect(m, chain, verdict, c->validate.sig.now,
			&remarks) != 0 ||
		    (r.dkim != NULL && lint_dkim(m, r.dkim, c->validate.sig.now,
					   false, &remarks) != 0))
			diag_memory(why);
		else if (v->trust != NULL &&
			 trust_judge(v->trust, m, chain, verdict,
			     c->validate.sig.now, &trusted, why) != 0)
			result = -1;
		else if (!v->why || explain(m, body, chain, verdict, c->keys,
					&explaining, &reasons, why) == 0) {
			r.why = v->why ? &reasons : NULL;
			tell_place(v, j, &r, &remarks);
			result = render(v, j, &r, why);
		}
		if (result == 0 && r.why != NULL && v->repair != NULL)
			result = write_repaired(v, &r, body, why);
		if (result == 0 && v->state != NULL)
			result = verify_write_state(v, chain, verdict, why);
	}
	message_free(m);
	return result;
}

static int
verify_octets(const struct verify *v, struct job *j, const struct buf *octets,
    struct diag *why)
{
	struct input in;

	input_from_memory(&in, buf_view(octets));
	return verify_message(v, j, &in, buf_view(octets), why);
}

/* A message is held whole only when it is to be explained. */
static int
verify_input(
    const struct verify *v, struct job *j, struct input *in, struct diag *why)
{
	struct buf b = { .max = v->cli.validate.sig.limits->message };
	struct slice piece;
	int result = 0;

	if (!v->why)
		return verify_message(v, j, in, (struct slice){ NULL, 0 }, why);
	do {
		result = input_piece(in, &piece, why);
		if (result == 0)
			buf_slice(&b, piece);
	} while (result == 0 && piece.len > 0 && b.failure == BUF_OK);
	if (result == 0 && b.failure == BUF_TOO_BIG)
		result = diag_set(why, DIAG_LIMIT_MESSAGE,
		    (struct slice){ NULL, 0 }, "--why");
	else if (result == 0 && b.failure != BUF_OK)
		result = diag_memory(why);
	input_release(in);
	if (result == 0)
		result = verify_octets(v, j, &b, why);
	buf_release(&b);
	return result;
}

/* length octets from where the message of an mbox begins: with its ">From "
 * lines as mboxrd writes them, and where that does not pass, as they stand;
 * what was signed tells which it is. */
static int
verify_stretch(
    const struct verify *v, struct job *j, uint64_t length, struct diag *why)
{
	const struct source *s = &j->source;
	struct buf octets = { .max = 0 };
	int result = mbox_read_part(s->path, s->offset, length, &octets, why);
	bool quoted = result == 0 && mbox_unquote(&octets);

	if (result == 0)
		result = verify_octets(v, j, &octets, why);
	if (result == 0 && quoted && strcmp(j->verdict, "fail") == 0) {
		struct job other = { .source = *s, .whole = j->whole };

		buf_clear(&octets);
		result =
		    mbox_read_part(s->path, s->offset, length, &octets, why);
		if (result == 0)
			result = verify_octets(v, &other, &octets, why);
		if (result == 0 && strcmp(other.verdict, "pass") == 0) {
			struct job first = *j;

			*j = other;
			other = first;
		}
		buf_release(&other.out);
		buf_release(&other.err);
		buf_release(&other.text);
		buf_release(&other.note);
	}
	buf_release(&octets);
	return result;
}

/* A message of an mbox.  Where it ends may be read in two ways: the verdict is
 * by its separators, and tells the other one. */
static int
verify_part(const struct verify *v, struct job *j, struct diag *why)
{
	const struct source *s = &j->source;
	struct job whole = { .source = *s };

	if (s->whole > 0) {
		whole.source.cut = false;
		int result = verify_stretch(v, &whole, s->whole, why);

		j->whole = result == 0 ? whole.verdict : "no message";
		buf_release(&whole.out);
		buf_release(&whole.err);
		buf_release(&whole.text);
		buf_release(&whole.note);
		if (result != 0 && diag_info(why->code)->exit >= EX_SOFTWARE &&
		    diag_info(why->code)->exit <= EX_IOERR)
			return -1;
	}
	if (verify_stretch(v, j, s->length, why) == 0)
		return 0;
	if (s->torn && why->code == DIAG_NO_MESSAGE)
		diag_set(why, DIAG_NO_MESSAGE, (struct slice){ NULL, 0 },
		    "no header field follows its \"From \" line, which may "
		    "belong to the body of the previous message");
	return -1;
}

static int
verify_source(const struct verify *v, struct job *j, struct diag *why)
{
	struct input in;

	if (j->source.problem.code != DIAG_NONE) {
		*why = j->source.problem;
		return -1;
	}
	if (j->source.part)
		return verify_part(v, j, why);
	if (j->source.octets != NULL) {
		struct buf octets = { .p = j->source.octets,
			.len = (size_t)j->source.length };

		return verify_octets(v, j, &octets, why);
	}
	if (input_open(&in, j->source.path, why) != 0)
		return -1;
	int result = verify_input(v, j, &in, why);

	input_release(&in);
	return result;
}

/* ------------------------------------------------------------------------
 * The pool's three tasks. */

static int
job_next(void *ctx, void *job, struct diag *why)
{
	struct run *r = ctx;
	struct job *j = job;

	return interrupted ? 0 : operands_next(r->operands, &j->source, why);
}

static double
seconds(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) +
	       (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

static void
job_work(void *ctx, void *job)
{
	const struct verify *v = ((struct run *)ctx)->v;
	struct job *j = job;
	struct timespec begun, done;
	struct diag why;

	clock_gettime(CLOCK_MONOTONIC, &begun);
	int result = verify_source(v, j, &why);

	clock_gettime(CLOCK_MONOTONIC, &done);
	j->seconds = seconds(&begun, &done);
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
progress(struct run *r, bool last)
{
	struct timespec now;
	char line[160];

	if (!r->progress)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!last && seconds(&r->told, &now) < 0.2)
		return;
	r->told = now;
	double rate = (double)r->done / (seconds(&r->begun, &now) + 1e-9);
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
run_trouble(struct run *r, const char *file, const struct diag *why)
{
	r->short_of = true;
	cli_trouble(&r->v->cli, file, why);
}

static void
job_done(void *ctx, void *job)
{
	struct run *r = ctx;
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
	if (c->out.len >= 32 * 1024 || r->terminal)
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

static void
tell_totals(struct run *r)
{
	struct cli *c = &r->v->cli;
	struct buf b = { .max = 0 };
	bool expected = r->v->expect != NULL || r->v->manifest != NULL;
	size_t missed = suite_missed(r->suite);
	struct diag why;

	suite_difference(r->suite, c->verbose, &b);
	if (expected)
		buf_text(&b, missed == 0 && !r->short_of ? "all as expected: "
							 : "result: ");
	suite_summary(r->suite, &b);
	/* Of a merge it is the data. */
	if (r->v->merge && !c->quiet && !r->v->tap) {
		buf_slice(&c->out, buf_view(&b));
		buf_fail_with(&c->out, &b);
	} else if (!c->quiet &&
		   (expected || c->verbose || isatty(STDERR_FILENO))) {
		cli_words(c, &b);
	}
	buf_clear(&b);
	if (r->v->junit != NULL && r->gave_up) {
		cli_say(c, "%s: not changed", r->v->junit);
	} else if (r->v->junit != NULL) {
		suite_junit(r->suite, &b);
		if (write_file(r->v->junit, MODE_RESULT, &b, &why) != 0)
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
		if (write_file(r->v->manifest, MODE_RESULT, &b, &why) != 0)
			cli_trouble(c, r->v->manifest, &why);
	}
	buf_release(&b);
}

/* It is data, and the last of it. */
static void
tell_summary(struct run *r)
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
start_suite(struct run *r, struct diag *why)
{
	struct verify *v = r->v;

	if (v->summary && (r->summary = summary_new()) == NULL)
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
name_operands(struct run *r, struct diag *why)
{
	struct operands_options *o = &r->v->operands;
	size_t at = 0, n = 0, room = 0;
	const char *path;

	if (r->v->manifest == NULL || o->nwords > 0 || o->files0_from != NULL)
		return 0;
	while ((path = suite_path(r->suite, &at, o->mbox, why)) != NULL) {
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
start_progress(struct run *r)
{
	r->progress = r->v->many && !r->v->cli.quiet && isatty(STDERR_FILENO) &&
		      !r->terminal && r->v->operands.files0_from == NULL &&
		      !r->v->operands.mbox;
	if (r->progress)
		r->total = count(&r->v->operands);
	clock_gettime(CLOCK_MONOTONIC, &r->begun);
	r->told = r->begun;
}

void
verify_run(struct verify *v)
{
	struct run r = { .v = v, .terminal = isatty(STDOUT_FILENO) != 0 };
	struct pool_tasks tasks = { &r, sizeof(struct job), job_next, job_work,
		job_done };
	struct sigaction act = { .sa_handler = on_interrupt,
		.sa_flags = (int)SA_RESETHAND };
	struct diag why;

	if (start_suite(&r, &why) != 0 || name_operands(&r, &why) != 0 ||
	    (r.operands = operands_new(&v->operands, &why)) == NULL) {
		cli_trouble(&v->cli,
		    v->operands.files0_from != NULL ? v->operands.files0_from
						    : "-",
		    &why);
		suite_free(r.suite);
		summary_free(r.summary);
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
