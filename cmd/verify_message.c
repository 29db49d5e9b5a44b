/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "arc/lint.h"
#include "mail/handed.h"
#include "mail/mbox.h"
#include "report/report.h"
#include "corpus/summary.h"
#include "arc/state.h"
#include "judge.h"
#include "verify_message.h"
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
	report_others(&j->out, r);
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

/* Write into what is no file to be replaced: a pipe, /dev/stdout, /dev/null.
 * -1 with errno. */
static int
write_into(const char *path, const struct stat *st, const struct buf *b)
{
	int standard = cli_standard(st), fd = standard;

	if (standard <= STDIN_FILENO) {
		if (!S_ISCHR(st->st_mode) && !S_ISFIFO(st->st_mode)) {
			errno = EINVAL;
			return -1;
		}
		fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	}
	int result = fd >= 0 ? cli_write(fd, b->p, b->len) : -1;

	if (fd > STDERR_FILENO && close(fd) != 0)
		result = -1;
	return result;
}

int
verify_write_file(
    const char *path, mode_t mode, const struct buf *b, struct diag *why)
{
	char *fresh = NULL;
	uint64_t id;
	struct stat old;
	bool there = stat(path, &old) == 0;
	int result = 0;

	if (b->failure != BUF_OK)
		return diag_memory(why);
	if (there &&
	    (!S_ISREG(old.st_mode) || cli_standard(&old) > STDIN_FILENO)) {
		if (write_into(path, &old, b) == 0)
			return 0;
		diag_errno(why, DIAG_WRITE, path);
		why->path = path;
		return -1;
	}
	if (getrandom(&id, sizeof id, 0) != (ssize_t)sizeof id)
		return diag_errno(why, DIAG_SYSTEM, "getrandom");
	if (asprintf(&fresh, "%s.%016" PRIx64, path, id) < 0)
		return diag_memory(why);
	if (there)
		mode &= old.st_mode;
	int fd = open(
	    fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0 || cli_write(fd, b->p, b->len) != 0 || close(fd) != 0 ||
	    rename(fresh, path) != 0) {
		result = diag_errno(why, DIAG_WRITE, path);
		why->path = path;
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
		result = verify_write_file(v->state, MODE_MAIL, &b, why);
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
		explain_repair(r->message, body, e, &e->finding[k], &b);
	if (b.len > 0 || b.failure != BUF_OK)
		result = verify_write_file(v->repair, MODE_MAIL, &b, why);
	else
		cli_say(&v->cli, "%s: not written: no change was proved",
		    v->repair);
	buf_release(&b);
	return result;
}

/* Whether notes of this message are wanted: of many they would bury what else
 * is told. */
static bool
is_noted(const struct verify *v)
{
	return !v->cli.quiet && (!v->many || v->cli.verbose);
}

/* Say on stderr what a message without a chain, or with one that failed, has in
 * it: a chain that nobody looked at.  inside has seen the body if that was
 * hashed. */
static int
note_inside(const struct verify *v, struct job *j, struct message *m,
    struct input *in, const struct verdict *verdict,
    struct handed_inside *inside, struct diag *why)
{
	const struct sink sink = { handed_look, inside };
	const char *file = j->source.name;

	if (m->bom)
		cli_note(&v->cli, &j->err, file,
		    "skipped a UTF-8 byte order mark (BOM) at the start");
	m->tap = NULL;
	if (!is_noted(v) || verdict->cv == CV_PASS)
		return 0;
	if (verdict->cv == CV_NONE && !inside->seen &&
	    message_body(m, in, &sink, why) != 0)
		return -1;
	handed_end(inside);
	for (size_t i = 0; i < m->nfields; i++)
		handed_field(inside, m->field[i].raw);
	if (inside->next)
		cli_note(&v->cli, &j->err, file,
		    "another message follows in the body: is this an mbox? "
		    "(--mbox)");
	if (verdict->cv != CV_NONE)
		return 0;
	if (inside->attached)
		cli_note(&v->cli, &j->err, file,
		    "a message is attached; use --attached to verify it");
	else if (inside->pasted)
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

/* What those that --as names would say. */
static int
ask_others(const struct verify *v, const struct message *m,
    const struct verdict *verdict, struct slice whole, struct report *r,
    struct diag *why)
{
	struct other_said *said = arena_array(m->arena, OTHERS, sizeof *said);

	if (said == NULL)
		return diag_memory(why);
	r->others = said;
	for (enum other who = 0; who < OTHERS; who++)
		if (v->as[who] &&
		    others_judge(who, whole, &v->cli.validate, v->cli.keys,
			verdict, &said[r->nothers++], why) != 0)
			return -1;
	return 0;
}

/* A message is held whole only for what reads it again. */
static bool
holds_whole(const struct verify *v)
{
	return v->why || v->asks;
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
	struct handed_inside inside = { .n = 0 };
	const struct sink look = { handed_look, &inside };
	int result = -1;

	if (message_read(in, c->validate.sig.limits, &m, why) != 0)
		return -1;
	m->tap = is_noted(v) ? &look : NULL;
	size_t rest = m->ahead.len + in->memory.len;
	struct slice body =
	    holds_whole(v) ? slice_sub(whole, whole.len - rest, rest) : whole;
	struct explain_options explaining = { .effort = v->effort,
		.validate = &c->validate };
	struct report r = { .file = j->source.name,
		.named = v->many,
		.aligned = v->terminal,
		.color = c->color,
		.verbose = c->verbose,
		.trusted = v->trust != NULL ? &trusted : NULL,
		.remarks = &remarks };

	if (judge(&judged, &v->methods, v->chain, m, in, &v->facts, c->keys,
		&c->validate, why) == 0 &&
	    note_inside(v, j, m, in, verdict, &inside, why) == 0 &&
	    input_drain(in, why) == 0) {
		judge_report(&judged, &r);
		judge_tell(&judged, &v->cli, &j->err, j->source.name);
		if (lint_collect(m, chain, verdict, c->validate.sig.now,
			&remarks) != 0 ||
		    (r.dkim != NULL && lint_dkim(m, r.dkim, c->validate.sig.now,
					   false, &remarks) != 0))
			diag_memory(why);
		else if ((v->trust == NULL ||
			     trust_judge(v->trust, m, chain, verdict,
				 c->validate.sig.now, &trusted, why) == 0) &&
			 (!v->asks ||
			     ask_others(v, m, verdict, whole, &r, why) == 0) &&
			 (!v->why ||
			     explain(m, body, chain, verdict, r.dkim, c->keys,
				 &explaining, &reasons, why) == 0)) {
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

static int
verify_input(
    const struct verify *v, struct job *j, struct input *in, struct diag *why)
{
	struct buf b = { .max = v->cli.validate.sig.limits->message };
	struct slice piece;
	int result = 0;

	if (!holds_whole(v))
		return verify_message(v, j, in, SLICE_NONE, why);
	do {
		result = input_piece(in, &piece, why);
		if (result == 0)
			buf_slice(&b, piece);
	} while (result == 0 && piece.len > 0 && b.failure == BUF_OK);
	if (result == 0 && b.failure == BUF_TOO_BIG)
		result = diag_set(why, DIAG_LIMIT_MESSAGE, SLICE_NONE,
		    v->why ? "--why" : "--as");
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
		diag_set(why, DIAG_NO_MESSAGE, SLICE_NONE,
		    "no header field follows its \"From \" line, which may "
		    "belong to the body of the previous message");
	return -1;
}

int
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
