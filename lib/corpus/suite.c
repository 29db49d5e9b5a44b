/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/escape.h"
#include "base/input.h"
#include "corpus/suite.h"

/* A line of the manifest. */
struct expected {
	struct slice path, verdict, code;
	bool seen;
};

/* How often a verdict came with a code. */
struct count {
	struct count *next;
	struct slice verdict, code;
	size_t n;
};

/* One message that is not as expected. */
struct miss {
	struct miss *next;
	struct slice change; /* "pass -> fail [body-hash]" */
	struct slice name;
};

struct suite {
	struct arena *arena;
	const char *expect; /* of all messages; or NULL */
	bool manifest;
	struct buf file;	   /* contents of the manifest */
	struct slice directory;	   /* of the manifest, with its "/" */
	struct expected *expected; /* nexpected, by path */
	size_t nexpected;
	bool tap, junit;
	size_t n, missed;
	struct count *count;
	struct miss *miss, **last;
	struct buf cases;   /* JUnit */
	struct buf updated; /* the new manifest */
};

static const char *const verdicts[] = { "pass", "fail", "none", "tempfail",
	"error" };

bool
suite_is_verdict(const char *word)
{
	for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++)
		if (strcmp(word, verdicts[i]) == 0)
			return true;
	return false;
}

struct suite *
suite_new(void)
{
	struct suite *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->last = &s->miss;
	if ((s->arena = arena_new()) != NULL)
		return s;
	free(s);
	return NULL;
}

void
suite_free(struct suite *s)
{
	if (s == NULL)
		return;
	arena_free(s->arena);
	buf_release(&s->file);
	buf_release(&s->cases);
	buf_release(&s->updated);
	free(s);
}

void
suite_expect(struct suite *s, const char *verdict)
{
	s->expect = verdict;
}

void
suite_want(struct suite *s, bool tap, bool junit)
{
	s->tap = tap;
	s->junit = junit;
}

/* ------------------------------------------------------------------------
 * The manifest. */

static int
by_path(const void *a, const void *b)
{
	const struct expected *x = a, *y = b;

	return slice_cmp(x->path, y->path);
}

static int
manifest_line(
    struct suite *s, struct slice line, size_t number, struct diag *why)
{
	struct expected *e = &s->expected[s->nexpected];
	struct slice rest = line;
	char word[16];

	slice_cut(&rest, '\t', &e->path);
	if (rest.p == NULL || e->path.len == 0)
		return diag_set(why, DIAG_MANIFEST, line,
		    "line %zu: not a path, a tab and a verdict", number);
	slice_cut(&rest, '\t', &e->verdict);
	snprintf(word, sizeof word, "%.*s",
	    SLICE_ARG(slice_sub(e->verdict, 0, sizeof word - 1)));
	if (!suite_is_verdict(word))
		return diag_set(why, DIAG_MANIFEST, line,
		    "line %zu: the verdict is not pass, fail, none, tempfail "
		    "or error",
		    number);
	if (rest.p != NULL)
		slice_cut(&rest, '\t', &e->code);
	s->nexpected++;
	return 0;
}

static int
manifest_parse(struct suite *s, struct diag *why)
{
	struct slice rest = buf_view(&s->file), line;
	size_t lines = 1, number = 0;

	for (size_t i = 0; i < rest.len; i++)
		lines += rest.p[i] == '\n';
	s->expected = arena_array(s->arena, lines, sizeof *s->expected);
	if (s->expected == NULL)
		return diag_memory(why);
	while (slice_cut(&rest, '\n', &line)) {
		number++;
		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
		if (line.len > 0 && line.p[0] != '#' &&
		    manifest_line(s, line, number, why) != 0)
			return -1;
	}
	qsort(s->expected, s->nexpected, sizeof *s->expected, by_path);
	for (size_t i = 1; i < s->nexpected; i++)
		if (by_path(&s->expected[i - 1], &s->expected[i]) == 0) {
			char q[DIAG_QUOTED];

			return diag_set(why, DIAG_MANIFEST, s->expected[i].path,
			    "\"%s\" stands there twice",
			    diag_quote(s->expected[i].path, q));
		}
	return 0;
}

int
suite_manifest(struct suite *s, const char *path, bool update, struct diag *why)
{
	struct slice whole = slice_of(path);
	size_t n = whole.len;

	while (n > 0 && path[n - 1] != '/')
		n--;
	s->manifest = true;
	s->directory = slice_sub(whole, 0, n);
	if (input_read_file(path, &s->file, why) != 0)
		/* Nothing there to update is where a manifest begins. */
		return update && why->errnum == ENOENT ? 0 : -1;
	return manifest_parse(s, why);
}

static struct expected *
manifest_find(struct suite *s, struct slice name)
{
	struct expected key = { .path = name };

	if (s->nexpected == 0)
		return NULL;
	return bsearch(&key, s->expected, s->nexpected, sizeof key, by_path);
}

/* A name as seen from the manifest's directory. */
static struct slice
from_directory(const struct suite *s, struct slice name)
{
	if (s->directory.len == 0 && slice_starts(name, SLICE("./")))
		return slice_sub(name, 2, name.len);
	return s->directory.len > 0 && slice_starts(name, s->directory)
		   ? slice_sub(name, s->directory.len, name.len)
		   : name;
}

/* ------------------------------------------------------------------------
 * Taking outcomes. */

/* Counts are kept in order, so that a summary does not depend on it. */
static int
tally(struct suite *s, const struct outcome *o)
{
	struct slice verdict = slice_of(o->verdict), code = slice_of(o->code);
	struct count **c = &s->count;
	int order = -1;

	for (; *c != NULL; c = &(*c)->next) {
		order = slice_cmp((*c)->verdict, verdict);
		if (order == 0)
			order = slice_cmp((*c)->code, code);
		if (order >= 0)
			break;
	}
	if (*c == NULL || order > 0) {
		struct count *fresh = arena_alloc(s->arena, sizeof *fresh);

		if (fresh == NULL)
			return -1;
		fresh->verdict = arena_copy(s->arena, verdict);
		fresh->code = arena_copy(s->arena, code);
		if (fresh->verdict.p == NULL || fresh->code.p == NULL)
			return -1;
		fresh->next = *c;
		*c = fresh;
	}
	(*c)->n++;
	return 0;
}

static void
put_state(struct buf *b, struct slice verdict, struct slice code)
{
	escape_text(b, verdict);
	if (code.len > 0) {
		buf_text(b, " [");
		escape_text(b, code);
		buf_char(b, ']');
	}
}

static int
miss(struct suite *s, struct slice name, const struct buf *change)
{
	struct miss *m = arena_alloc(s->arena, sizeof *m);

	if (m == NULL || change->failure != BUF_OK)
		return -1;
	m->name = arena_copy(s->arena, name);
	m->change = arena_copy(s->arena, buf_view(change));
	if (m->name.p == NULL || m->change.p == NULL)
		return -1;
	*s->last = m;
	s->last = &m->next;
	s->missed++;
	return 0;
}

/* What was expected of this one; false when nothing was. */
static bool
expectation(struct suite *s, const struct outcome *o, struct slice *verdict,
    struct slice *code)
{
	struct slice name = slice_of(o->name);

	*code = (struct slice){ NULL, 0 };
	if (s->expect != NULL) {
		*verdict = slice_of(s->expect);
		return true;
	}
	struct expected *e = manifest_find(s, name);

	if (e == NULL)
		e = manifest_find(s, from_directory(s, name));
	if (e == NULL)
		return false;
	e->seen = true;
	*verdict = e->verdict;
	*code = e->code;
	return true;
}

/* Compare; *change says in words what is not as expected. */
static bool
as_expected(struct suite *s, const struct outcome *o, struct buf *change)
{
	struct slice verdict, code, got = slice_of(o->verdict),
				    got_code = slice_of(o->code);

	if (s->expect == NULL && !s->manifest)
		return o->accepted;
	if (!expectation(s, o, &verdict, &code)) {
		buf_text(change, "not in the manifest: ");
	} else {
		if (slice_eq(verdict, got) &&
		    (code.len == 0 || slice_eq(code, got_code)))
			return true;
		put_state(change, verdict, code);
		buf_text(change, " -> ");
	}
	put_state(change, got, got_code);
	return false;
}

/* A string of YAML within double quotes. */
static void
put_yaml(struct buf *b, const char *key, struct slice value)
{
	struct buf inert = { .max = 0 };

	escape_text(&inert, value);
	buf_printf(b, "  %s: \"", key);
	for (size_t i = 0; i < inert.len; i++) {
		if (inert.p[i] == '"' || inert.p[i] == '\\')
			buf_char(b, '\\');
		buf_char(b, inert.p[i]);
	}
	buf_text(b, "\"\n");
	buf_fail_with(b, &inert);
	buf_release(&inert);
}

static void
tap_line(const struct suite *s, const struct outcome *o, bool good,
    const struct buf *change, struct buf *b)
{
	struct buf name = { .max = 0 };

	if (s->n == 1)
		buf_text(b, "TAP version 14\n");
	escape_text(&name, slice_of(o->name));
	buf_printf(b, "%sok %zu - ", good ? "" : "not ", s->n);
	for (size_t i = 0; i < name.len; i++) {
		/* "#" would begin a directive. */
		if (name.p[i] == '#')
			buf_char(b, '\\');
		buf_char(b, name.p[i]);
	}
	buf_fail_with(b, &name);
	buf_release(&name);
	buf_printf(b, ": %s\n", o->verdict);
	if (good)
		return;
	buf_text(b, "  ---\n");
	put_yaml(b, "message", o->text);
	put_yaml(b, "verdict", slice_of(o->verdict));
	put_yaml(b, "code", slice_of(o->code));
	if (change->len > 0)
		put_yaml(b, "change", buf_view(change));
	buf_text(b, "  ...\n");
}

static void
put_xml(struct buf *b, struct slice s)
{
	struct buf inert = { .max = 0 };

	escape_text(&inert, s);
	for (size_t i = 0; i < inert.len; i++)
		switch (inert.p[i]) {
		case '<': buf_text(b, "&lt;"); break;
		case '>': buf_text(b, "&gt;"); break;
		case '&': buf_text(b, "&amp;"); break;
		case '"': buf_text(b, "&quot;"); break;
		default: buf_char(b, inert.p[i]);
		}
	buf_fail_with(b, &inert);
	buf_release(&inert);
}

static void
junit_case(struct suite *s, const struct outcome *o, bool good,
    const struct buf *change)
{
	struct buf *b = &s->cases;

	buf_text(b, "    <testcase classname=\"arc-verify\" name=\"");
	put_xml(b, slice_of(o->name));
	if (good) {
		buf_text(b, "\"/>\n");
		return;
	}
	buf_text(b, "\">\n      <failure type=\"");
	put_xml(b, slice_of(o->code[0] != '\0' ? o->code : o->verdict));
	buf_text(b, "\" message=\"");
	put_xml(b, change->len > 0 ? buf_view(change) : slice_of(o->verdict));
	buf_text(b, "\">");
	put_xml(b, o->text);
	buf_text(b, "</failure>\n    </testcase>\n");
}

int
suite_take(
    struct suite *s, const struct outcome *o, struct buf *out, struct diag *why)
{
	struct buf change = { .max = 0 };
	bool good = as_expected(s, o, &change);
	int result = tally(s, o);

	s->n++;
	if (!good && change.len > 0 && result == 0)
		result = miss(s, slice_of(o->name), &change);
	if (s->tap)
		tap_line(s, o, good, &change, out);
	if (s->junit)
		junit_case(s, o, good, &change);
	if (s->manifest) {
		buf_slice(&s->updated, from_directory(s, slice_of(o->name)));
		buf_printf(&s->updated, "\t%s%s%s\n", o->verdict,
		    o->code[0] != '\0' ? "\t" : "", o->code);
	}
	if (change.failure != BUF_OK)
		result = -1;
	buf_release(&change);
	if (s->cases.failure != BUF_OK || s->updated.failure != BUF_OK)
		result = -1;
	return result == 0 ? 0 : diag_memory(why);
}

int
suite_end(struct suite *s, struct buf *out, struct diag *why)
{
	int result = 0;

	for (size_t i = 0; i < s->nexpected && result == 0; i++) {
		struct expected *e = &s->expected[i];
		struct buf change = { .max = 0 };

		if (e->seen)
			continue;
		put_state(&change, e->verdict, e->code);
		buf_text(&change, " -> not there");
		result = miss(s, e->path, &change);
		if (s->tap) {
			buf_printf(out, "not ok %zu - ", ++s->n);
			escape_text(out, e->path);
			buf_text(out, ": not there\n");
		}
		buf_release(&change);
	}
	if (s->tap && s->n == 0)
		buf_text(out, "TAP version 14\n");
	if (s->tap)
		buf_printf(out, "1..%zu\n", s->n);
	return result == 0 ? 0 : diag_memory(why);
}

void
suite_bail_out(const struct suite *s, struct buf *out, const struct diag *why)
{
	if (s->tap && s->n == 0)
		buf_text(out, "TAP version 14\n");
	if (s->tap)
		buf_printf(
		    out, "Bail out! %s\n", diag_info(why->code)->sentence);
}

size_t
suite_missed(const struct suite *s)
{
	return s->missed;
}

/* ------------------------------------------------------------------------
 * Telling. */

void
suite_summary(const struct suite *s, struct buf *b)
{
	const char *comma = "";

	if (s->count == NULL)
		buf_text(b, "no message");
	for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
		struct slice v = slice_of(verdicts[i]);
		size_t n = 0;

		for (const struct count *c = s->count; c != NULL; c = c->next)
			n += slice_eq(c->verdict, v) ? c->n : 0;
		if (n == 0)
			continue;
		buf_printf(b, "%s%zu %s", comma, n, verdicts[i]);
		comma = ", ";
	}
	buf_char(b, '\n');
	for (const struct count *c = s->count; c != NULL; c = c->next)
		if (c->code.len > 0) {
			buf_printf(b, "%8zu ", c->n);
			put_state(b, c->verdict, c->code);
			buf_char(b, '\n');
		}
}

void
suite_difference(const struct suite *s, struct buf *b)
{
	/* Grouped by kind of change, each kind where it first came up. */
	for (const struct miss *m = s->miss; m != NULL; m = m->next) {
		const struct miss *first = s->miss;
		size_t n = 0;

		while (first != m && !slice_eq(first->change, m->change))
			first = first->next;
		if (first != m)
			continue;
		for (const struct miss *k = m; k != NULL; k = k->next)
			n += slice_eq(k->change, m->change);
		buf_slice(b, m->change);
		buf_printf(b, ": %zu\n", n);
		for (const struct miss *k = m; k != NULL; k = k->next)
			if (slice_eq(k->change, m->change)) {
				buf_text(b, "    ");
				escape_text(b, k->name);
				buf_char(b, '\n');
			}
	}
}

void
suite_junit(const struct suite *s, struct buf *b)
{
	size_t failures = 0;
	struct slice rest = buf_view(&s->cases);
	const struct slice mark = SLICE("<failure ");

	for (size_t at; rest.len > 0;
	     rest = slice_sub(rest, at + 1, rest.len)) {
		at = slice_find(rest, '<');
		failures += slice_starts(slice_sub(rest, at, rest.len), mark);
	}
	buf_printf(b,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
	    "  <testsuite name=\"arc-verify\" tests=\"%zu\" failures=\"%zu\" "
	    "errors=\"0\">\n",
	    s->n, failures);
	buf_slice(b, buf_view(&s->cases));
	buf_fail_with(b, &s->cases);
	buf_text(b, "  </testsuite>\n</testsuites>\n");
}

void
suite_updated(const struct suite *s, struct buf *b)
{
	buf_slice(b, buf_view(&s->updated));
	buf_fail_with(b, &s->updated);
}
