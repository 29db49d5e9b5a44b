/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/escape.h"
#include "base/input.h"
#include "corpus/operands.h"
#include "corpus/manifest.h"
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
	struct slice name;
};

/* Those that differ in one way. */
struct difference {
	struct difference *next;
	struct slice change; /* "pass -> fail [body-hash]" */
	struct miss *first, **last;
	size_t n;
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
	size_t n, missed, failures;
	double seconds;
	struct count *count;
	struct difference *difference; /* in the order of their first ones */
	struct buf cases;	       /* JUnit */
	struct buf updated;	       /* the new manifest */
};

/* Of all methods (mail/method.h). */
static const char *const verdicts[] = { "pass", "fail", "none", "tempfail",
	"policy", "neutral", "softfail", "temperror", "permerror", "error" };

bool
suite_is_verdict(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++)
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
	struct slice rest = line, path;
	char word[16];

	slice_cut(&rest, '\t', &path);
	if (rest.p == NULL || path.len == 0)
		return diag_set(why, DIAG_MANIFEST, line,
		    "line %zu: expected a path, a tab and a verdict", number);
	int read = manifest_read_path(path, s->arena, &e->path);

	if (read < 0)
		return diag_memory(why);
	if (read == 0)
		return diag_set(why, DIAG_MANIFEST, line,
		    "line %zu: a backslash in a path begins \\t, \\n, \\r, "
		    "\\# or is doubled",
		    number);
	slice_cut(&rest, '\t', &e->verdict);
	snprintf(word, sizeof word, "%.*s",
	    SLICE_ARG(slice_sub(e->verdict, 0, sizeof word - 1)));
	if (!suite_is_verdict(word))
		return diag_set(why, DIAG_MANIFEST, line,
		    "line %zu: the verdict must be pass, fail, none, tempfail, "
		    "error, or another result of a method",
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
	while (slice_line(&rest, &line)) {
		number++;
		if (line.len > 0 && line.p[0] != '#' &&
		    manifest_line(s, line, number, why) != 0)
			return -1;
	}
	qsort(s->expected, s->nexpected, sizeof *s->expected, by_path);
	for (size_t i = 1; i < s->nexpected; i++)
		if (by_path(&s->expected[i - 1], &s->expected[i]) == 0) {
			char q[DIAG_QUOTED];

			return diag_set(why, DIAG_MANIFEST, s->expected[i].path,
			    "\"%s\" is listed twice",
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

/* The path that one can be opened by; NULL when memory is short. */
static const char *
openable(struct suite *s, struct slice path)
{
	char *plain = arena_alloc(s->arena, path.len + 1);
	char *below = arena_alloc(s->arena, s->directory.len + path.len + 1);

	if (plain == NULL || below == NULL)
		return NULL;
	memcpy(plain, path.p, path.len);
	plain[path.len] = '\0';
	if (s->directory.len == 0 || path.p[0] == '/' ||
	    access(plain, F_OK) == 0)
		return plain;
	memcpy(below, s->directory.p, s->directory.len);
	memcpy(below + s->directory.len, plain, path.len + 1);
	return access(below, F_OK) == 0 ? below : plain;
}

/* Of "box:12" and "report.eml:2.1" the file; of others all. */
static struct slice
file_of(struct slice path, bool parts)
{
	size_t n = path.len;

	while (parts && n > 0 &&
	       (ascii_is_digit(path.p[n - 1]) || path.p[n - 1] == '.'))
		n--;
	return parts && n > 1 && n < path.len && path.p[n - 1] == ':'
		   ? slice_sub(path, 0, n - 1)
		   : path;
}

const char *
suite_path(struct suite *s, size_t *at, bool parts, struct diag *why)
{
	while (*at < s->nexpected) {
		struct slice path = file_of(s->expected[*at].path, parts);
		bool again =
		    *at > 0 &&
		    slice_eq(path, file_of(s->expected[*at - 1].path, parts));

		++*at;
		if (again)
			continue;
		const char *found = openable(s, path);

		if (found == NULL)
			diag_memory(why);
		return found;
	}
	why->code = DIAG_NONE;
	return NULL;
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

/* The kind of difference that this is; a new one at the end; NULL when memory
 * is short. */
static struct difference *
difference(struct suite *s, const struct buf *change)
{
	struct difference **d = &s->difference;

	while (*d != NULL && !slice_eq((*d)->change, buf_view(change)))
		d = &(*d)->next;
	if (*d != NULL)
		return *d;
	struct difference *fresh = arena_alloc(s->arena, sizeof *fresh);

	if (fresh == NULL)
		return NULL;
	*fresh = (struct difference){ .change = arena_copy(
					  s->arena, buf_view(change)),
		.last = &fresh->first };
	if (fresh->change.p == NULL)
		return NULL;
	*d = fresh;
	return fresh;
}

/* Note one that is not as expected; *shown: it is among the first of its kind
 * (may be NULL). */
static int
miss(struct suite *s, struct slice name, const struct buf *change, bool *shown)
{
	struct miss *m = arena_alloc(s->arena, sizeof *m);
	struct difference *d =
	    change->failure == BUF_OK ? difference(s, change) : NULL;

	if (m == NULL || d == NULL)
		return -1;
	*m = (struct miss){ .name = arena_copy(s->arena, name) };
	if (m->name.p == NULL && name.len > 0)
		return -1;
	*d->last = m;
	d->last = &m->next;
	if (shown != NULL)
		*shown = d->n < SUITE_SHOWN;
	d->n++;
	s->missed++;
	return 0;
}

/* What was expected of this one; false when nothing was. */
static bool
expectation(struct suite *s, const struct outcome *o, struct slice *verdict,
    struct slice *code)
{
	struct slice name = slice_of(o->name);

	*code = SLICE_NONE;
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
		buf_text(b, "TAP version 13\n");
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
junit_case(struct suite *s, const struct outcome *o, bool good,
    const struct buf *change)
{
	struct buf *b = &s->cases;

	buf_text(b, "    <testcase classname=\"arc-verify\" name=\"");
	escape_markup(b, slice_of(o->name));
	buf_printf(b, "\" time=\"%.3f\"", o->seconds);
	s->seconds += o->seconds;
	if (good) {
		buf_text(b, "/>\n");
		return;
	}
	s->failures++;
	buf_text(b, ">\n      <failure type=\"");
	escape_markup(b, slice_of(o->code[0] != '\0' ? o->code : o->verdict));
	buf_text(b, "\" message=\"");
	escape_markup(
	    b, change->len > 0 ? buf_view(change) : slice_of(o->verdict));
	buf_text(b, "\">");
	escape_markup(b, o->text);
	buf_text(b, "</failure>\n    </testcase>\n");
}

int
suite_take(struct suite *s, const struct outcome *o, struct buf *out,
    bool *shown, struct diag *why)
{
	struct buf change = { .max = 0 };
	bool good = as_expected(s, o, &change);
	int result = tally(s, o);

	s->n++;
	*shown = false;
	if (!good && change.len > 0 && result == 0)
		result = miss(s, slice_of(o->name), &change, shown);
	if (s->tap)
		tap_line(s, o, good, &change, out);
	if (s->junit)
		junit_case(s, o, good, &change);
	if (s->manifest) {
		manifest_put_path(
		    &s->updated, from_directory(s, slice_of(o->name)));
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

/* One of the manifest that did not come: a difference, a test of TAP that
 * failed, a test case. */
static int
missing(struct suite *s, const struct expected *e, struct buf *out)
{
	struct buf change = { .max = 0 };
	char *name = strndup(e->path.p, e->path.len);
	const struct outcome none = {
		.name = name, .verdict = "missing", .code = ""
	};

	put_state(&change, e->verdict, e->code);
	buf_text(&change, " -> missing");
	int result = name == NULL ? -1 : miss(s, e->path, &change, NULL);

	s->n++;
	if (result == 0 && s->tap)
		tap_line(s, &none, false, &change, out);
	if (result == 0 && s->junit)
		junit_case(s, &none, false, &change);
	buf_release(&change);
	free(name);
	return result;
}

/* Whether this run was to judge it: all of the manifest, or what the operands
 * have in them. */
static bool
asked_for(const struct suite *s, const struct expected *e,
    const struct operands *operands)
{
	struct buf below = { .max = 0 };
	bool result = operands == NULL || operands_covers(operands, e->path);

	if (!result && s->directory.len > 0) {
		buf_slice(&below, s->directory);
		buf_slice(&below, e->path);
		result = operands_covers(operands, buf_view(&below));
	}
	buf_release(&below);
	return result;
}

int
suite_end(struct suite *s, const struct operands *operands, struct buf *out,
    struct diag *why)
{
	const size_t came = s->n;
	int result = 0;

	for (size_t i = 0; i < s->nexpected && result == 0; i++)
		if (!s->expected[i].seen &&
		    asked_for(s, &s->expected[i], operands))
			result = missing(s, &s->expected[i], out);
	if (result == 0 && came == 0 && s->missed == 0 &&
	    (s->expect != NULL || s->manifest)) {
		struct buf change = { .max = 0 };

		buf_text(&change, "expected a message, found none");
		result = miss(s, SLICE_NONE, &change, NULL);
		buf_release(&change);
	}
	if (s->tap && s->n == 0)
		buf_text(out, "TAP version 13\n");
	if (s->tap)
		buf_printf(out, "1..%zu\n", s->n);
	return result == 0 ? 0 : diag_memory(why);
}

void
suite_bail_out(const struct suite *s, struct buf *out, const struct diag *why)
{
	if (s->tap && s->n == 0)
		buf_text(out, "TAP version 13\n");
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
suite_summary(const struct suite *s, bool codes, struct buf *b)
{
	const char *comma = "";

	if (s->count == NULL)
		buf_text(b, "no message");
	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++) {
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
	for (const struct count *c = s->count; codes && c != NULL; c = c->next)
		if (c->code.len > 0) {
			buf_printf(b, "%8zu ", c->n);
			put_state(b, c->verdict, c->code);
			buf_char(b, '\n');
		}
}

void
suite_difference(const struct suite *s, bool all, struct buf *b)
{
	for (const struct difference *d = s->difference; d != NULL;
	     d = d->next) {
		size_t n = 0;

		buf_slice(b, d->change);
		buf_printf(b, ": %zu\n", d->n);
		for (const struct miss *m = d->first;
		     m != NULL && (all || n < SUITE_SHOWN); m = m->next, n++) {
			if (m->name.len == 0)
				continue;
			buf_text(b, "    ");
			escape_text(b, m->name);
			buf_char(b, '\n');
		}
		if (n < d->n)
			buf_printf(
			    b, "    and %zu more (-v shows all)\n", d->n - n);
	}
}

void
suite_junit(const struct suite *s, struct buf *b)
{
	buf_printf(b,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
	    "  <testsuite name=\"arc-verify\" tests=\"%zu\" failures=\"%zu\" "
	    "errors=\"0\" time=\"%.3f\">\n",
	    s->n, s->failures, s->seconds);
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
