/* SPDX-License-Identifier: BSD-2-Clause */
/* arc-verify --merge: the NDJSON of several runs as one summary */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/jsonread.h"
#include "verify_run.h"

/* What one line says of its message. */
struct line {
	struct buf file, arc, code;
	bool temporary;
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

/* False when the line is not what arc-verify --json writes. */
static bool
line_read(struct slice text, struct line *l)
{
	struct jsonread j;
	enum jsonread_kind kind;
	bool arc = false;

	buf_clear(&l->file);
	buf_clear(&l->arc);
	buf_clear(&l->code);
	l->temporary = false;
	l->exit = 0;
	jsonread_init(&j, text);
	kind = jsonread_next(&j);
	if (kind == JSONREAD_OBJECT)
		while ((kind = jsonread_next(&j)) == JSONREAD_KEY) {
			struct slice key = buf_view(&j.text);
			bool file = slice_eq(key, SLICE("file"));
			bool is_arc = slice_eq(key, SLICE("arc"));
			bool code = slice_eq(key, SLICE("code"));
			bool temporary = slice_eq(key, SLICE("temporary"));
			bool error = slice_eq(key, SLICE("error"));

			kind = jsonread_next(&j);
			arc |= is_arc;
			if (file || is_arc || code)
				take_text(&j, kind,
				    file     ? &l->file
				    : is_arc ? &l->arc
					     : &l->code);
			else if (error && kind == JSONREAD_OBJECT)
				take_error(&j, l);
			else
				jsonread_skip(&j, kind);
			l->temporary |= temporary && kind == JSONREAD_TRUE;
		}
	bool good = kind == JSONREAD_OBJECT_END &&
		    jsonread_next(&j) == JSONREAD_END && arc;

	jsonread_release(&j);
	buf_char(&l->file, '\0');
	buf_char(&l->code, '\0');
	return good && l->file.failure == BUF_OK && l->code.failure == BUF_OK;
}

static int
line_take(struct verify *v, struct suite *suite, const struct line *l,
    struct diag *why)
{
	size_t i = verify_verdict(
	    l->temporary ? SLICE("tempfail") : buf_view(&l->arc));
	struct outcome o = { .name = l->file.p, .code = l->code.p };
	int status = verify_status(v, i);

	o.verdict = i < VERIFY_VERDICTS ? verify_word(i) : "error";
	if (i == VERIFY_VERDICTS)
		status = l->exit >= EX_USAGE && l->exit <= EX_CONFIG
			     ? (int)l->exit
			     : EX_DATAERR;
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
	struct line l = { .exit = 0 };
	struct slice rest, text;
	size_t number = 0;
	int result = input_read_file(s->path, &all, why);

	rest = buf_view(&all);
	while (result == 0 && slice_cut(&rest, '\n', &text)) {
		number++;
		if (slice_trim(text).len == 0)
			continue;
		result =
		    line_read(text, &l)
			? line_take(v, suite, &l, why)
			: diag_set(why, DIAG_MANIFEST,
			      (struct slice){ NULL, 0 },
			      "line %zu is not what arc-verify --json writes",
			      number);
	}
	buf_release(&l.file);
	buf_release(&l.arc);
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
