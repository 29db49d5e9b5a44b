/* SPDX-License-Identifier: BSD-2-Clause */
/* arc-verify --merge: the NDJSON of several runs as one summary */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/jsonread.h"
#include "verify_run.h"

/* What one line says of its message. */
struct line {
	struct buf file, word, code;
	enum auth_method method; /* whose result word and code are */
	bool temporary;
	bool totals;  /* it is no message's, but the --summary of a run */
	int64_t exit; /* of an error; 0 for none */
};

static void
take_text(struct jsonread *j, enum jsonread_kind kind, struct buf *out)
{
	buf_clear(out);
	if (kind == JSONREAD_STRING)
		buf_slice(out, buf_view(&j->text));
	else
		jsonread_skip(j, kind);
}

/* The "error" member: its code and exit status. */
static void
take_error(struct jsonread *j, struct line *l)
{
	while (jsonread_next(j) == JSONREAD_KEY) {
		bool code = slice_eq(buf_view(&j->text), SLICE("code"));
		bool exit = slice_eq(buf_view(&j->text), SLICE("exit"));
		unsigned long long v;

		enum jsonread_kind kind = jsonread_next(j);

		if (code)
			take_text(j, kind, &l->code);
		else if (exit && kind == JSONREAD_NUMBER &&
			 slice_number(buf_view(&j->text), 3, &v))
			l->exit = (int64_t)v;
		else
			jsonread_skip(j, kind);
	}
}

/* One result of a method: its word and code, where it counts more than the one
 * that is there. */
static void
take_result(struct jsonread *j, struct line *l)
{
	struct buf word = { .max = 0 }, code = { .max = 0 };

	while (jsonread_next(j) == JSONREAD_KEY) {
		bool is_word = slice_eq(buf_view(&j->text), SLICE("result"));
		bool is_code = slice_eq(buf_view(&j->text), SLICE("code"));
		enum jsonread_kind kind = jsonread_next(j);

		if (is_word || is_code)
			take_text(j, kind, is_word ? &word : &code);
		else
			jsonread_skip(j, kind);
	}
	enum auth_result now = auth_result_parse(buf_view(&l->word));
	enum auth_result next = auth_result_parse(buf_view(&word));

	if (next != RESULTS && (now == RESULTS || auth_result_rank(next) >
						      auth_result_rank(now))) {
		buf_clear(&l->word);
		buf_slice(&l->word, buf_view(&word));
		buf_clear(&l->code);
		buf_slice(&l->code, buf_view(&code));
	}
	buf_fail_with(&l->word, &word);
	buf_fail_with(&l->code, &code);
	buf_release(&word);
	buf_release(&code);
}

/* The member of a method other than ARC: one result, or a list of them; an
 * empty list is none. */
static void
take_method(struct jsonread *j, enum jsonread_kind kind, struct line *l)
{
	if (kind == JSONREAD_OBJECT) {
		take_result(j, l);
	} else if (kind == JSONREAD_ARRAY) {
		buf_text(&l->word, "none");
		while (jsonread_next(j) == JSONREAD_OBJECT)
			take_result(j, l);
	} else {
		jsonread_skip(j, kind);
	}
}

static void
take_member(struct jsonread *j, struct line *l, bool *good)
{
	struct slice key = buf_view(&j->text);
	bool file = slice_eq(key, SLICE("file"));
	bool arc = slice_eq(key, SLICE("arc"));
	bool code = slice_eq(key, SLICE("code"));
	bool temporary = slice_eq(key, SLICE("temporary"));
	bool error = slice_eq(key, SLICE("error"));
	bool summary = slice_eq(key, SLICE("summary"));
	bool own = slice_eq(key, slice_of(auth_method_word(l->method)));
	enum jsonread_kind kind = jsonread_next(j);

	l->totals |= summary && kind == JSONREAD_OBJECT;
	*good |= arc;
	if (file)
		take_text(j, kind, &l->file);
	else if (l->method == METHOD_ARC && (arc || code))
		take_text(j, kind, arc ? &l->word : &l->code);
	else if (l->method != METHOD_ARC && own)
		take_method(j, kind, l);
	else if (error && kind == JSONREAD_OBJECT)
		take_error(j, l);
	else
		jsonread_skip(j, kind);
	l->temporary |= temporary && kind == JSONREAD_TRUE;
}

/* False when the line is not what arc-verify --json writes. */
static bool
line_read(struct slice text, struct line *l)
{
	struct jsonread j;
	enum jsonread_kind kind;
	bool arc = false;

	buf_clear(&l->file);
	buf_clear(&l->word);
	buf_clear(&l->code);
	l->temporary = l->totals = false;
	l->exit = 0;
	jsonread_init(&j, text);
	kind = jsonread_next(&j);
	if (kind == JSONREAD_OBJECT)
		while ((kind = jsonread_next(&j)) == JSONREAD_KEY)
			take_member(&j, l, &arc);
	bool good = kind == JSONREAD_OBJECT_END &&
		    jsonread_next(&j) == JSONREAD_END && (arc || l->totals);

	jsonread_release(&j);
	buf_char(&l->file, '\0');
	buf_char(&l->code, '\0');
	return good && l->file.failure == BUF_OK && l->code.failure == BUF_OK &&
	       l->word.failure == BUF_OK;
}

static int
line_take(struct verify *v, struct suite *suite, const struct line *l,
    struct diag *why)
{
	enum auth_result result = auth_result_parse(
	    l->temporary && l->method == METHOD_ARC ? SLICE("tempfail")
						    : buf_view(&l->word));
	struct outcome o = { .name = l->file.p, .code = l->code.p };
	int status = l->exit >= EX_USAGE && l->exit <= EX_CONFIG ? (int)l->exit
								 : EX_DATAERR;

	o.verdict = "error";
	if (result != RESULTS && auth_method_has(l->method, result)) {
		o.verdict = auth_result_word(result);
		status = verify_status(v, l->method, result);
	}
	o.accepted = status == 0;
	if (v->expect == NULL && v->manifest == NULL)
		cli_worse(&v->cli, status);
	bool shown;

	return suite_take(suite, &o, &v->cli.out, &shown, why);
}

static int
merge_file(
    struct verify *v, struct suite *suite, struct source *s, struct diag *why)
{
	struct buf all = { .max = 0 };
	struct line l = { .method = v->methods.method[0] };
	struct slice rest, text;
	size_t number = 0;
	int result = input_read_file(s->path, &all, why);

	rest = buf_view(&all);
	while (result == 0 && slice_cut(&rest, '\n', &text)) {
		number++;
		if (slice_trim(text).len == 0)
			continue;
		bool good = line_read(text, &l);

		if (good && l.totals)
			continue;
		result =
		    good ? line_take(v, suite, &l, why)
			 : diag_set(why, DIAG_MANIFEST, SLICE_NONE,
			       "line %zu is not output of arc-verify --json",
			       number);
	}
	buf_release(&l.file);
	buf_release(&l.word);
	buf_release(&l.code);
	buf_release(&all);
	return result;
}

int
verify_merge(struct verify *v, struct suite *suite, struct operands *operands,
    struct diag *why)
{
	struct source s;
	int more;

	while ((more = operands_next(operands, &s, why)) > 0) {
		if (s.problem.code != DIAG_NONE)
			*why = s.problem;
		if (s.problem.code != DIAG_NONE ||
		    merge_file(v, suite, &s, why) != 0)
			cli_trouble(&v->cli, s.name, why);
		source_release(&s);
	}
	return more;
}
