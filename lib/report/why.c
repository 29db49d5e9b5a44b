/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/json.h"
#include "report/report.h"

enum {
	MAX_LINES = 8,	   /* of one change */
	MAX_COLUMNS = 120, /* octets of one line, before escaping */
	MAX_JSON = 2000,   /* octets of one change */
};

/* One side of a change, line by line, each after a mark. */
static void
put_side(struct buf *b, char mark, struct slice name, struct slice text)
{
	unsigned lines = 0;

	while (text.len > 0 || (lines == 0 && name.len > 0)) {
		size_t n = slice_find(text, '\n');
		struct slice line = slice_sub(text, 0, n);
		bool crlf = n > 0 && n < text.len && text.p[n - 1] == '\r';

		line.len -= crlf;
		if (lines++ == MAX_LINES) {
			size_t more = 1;

			for (size_t i = 0; i + 1 < text.len; i++)
				more += text.p[i] == '\n';
			buf_printf(
			    b, "    %c ... and %zu more lines\n", mark, more);
			return;
		}
		buf_printf(b, "    %c ", mark);
		if (lines == 1 && name.len > 0) {
			escape_text(b, name);
			buf_char(b, ':');
		}
		escape_text(b, slice_sub(line, 0, MAX_COLUMNS));
		if (line.len > MAX_COLUMNS)
			buf_printf(b, "... (%zu octets)", line.len);
		buf_char(b, '\n');
		text = slice_sub(text, n + 1, text.len);
	}
}

/* Leave out whole lines that both sides begin and end with, but for the first
 * line, which bears the name. */
static struct change
only_changed(struct change c)
{
	size_t from = 0, tail = 0, most;

	if (c.is.p == NULL || c.was.p == NULL || c.is.len == 0 ||
	    c.was.len == 0)
		return c;
	most = c.is.len < c.was.len ? c.is.len : c.was.len;
	for (size_t i = 0; i < most && c.is.p[i] == c.was.p[i]; i++)
		if (c.is.p[i] == '\n')
			from = i + 1;
	c.is = slice_sub(c.is, from, c.is.len);
	c.was = slice_sub(c.was, from, c.was.len);
	most = c.is.len < c.was.len ? c.is.len : c.was.len;
	for (size_t i = 0;
	     i < most && c.is.p[c.is.len - 1 - i] == c.was.p[c.was.len - 1 - i];
	     i++)
		if (c.is.p[c.is.len - 1 - i] == '\n')
			tail = i;
	c.is.len -= tail;
	c.was.len -= tail;
	return c;
}

static void
put_change(struct buf *b, const struct change *whole)
{
	const struct change changed = only_changed(*whole), *c = &changed;

	if (c->is.p != NULL)
		put_side(b, '-', c->name, c->is);
	if (c->was.p != NULL)
		put_side(b, '+', c->name, c->was);
	else if (c->name.len > 0)
		buf_text(b, "    + (not there)\n");
}

/* One side of what was hashed, line ends and all. */
static void
put_hashed(struct buf *b, char mark, struct slice text)
{
	bool cut = text.len == EXPLAIN_MAX_INPUT;
	unsigned lines = 0;

	if (text.len == 0)
		buf_printf(b, "    %c (nothing)\n", mark);
	while (text.len > 0) {
		size_t n = slice_find(text, '\n');
		struct slice line = slice_sub(text, 0, n);
		bool lf = n < text.len;
		bool cr = lf && n > 0 && text.p[n - 1] == '\r';

		if (lines++ == MAX_LINES) {
			buf_printf(b, "    %c ...\n", mark);
			return;
		}
		line.len -= cr;
		buf_printf(b, "    %c ", mark);
		escape_text(b, slice_sub(line, 0, MAX_COLUMNS));
		buf_text(
		    b, line.len > MAX_COLUMNS && (lf || !cut) ? "..." : "");
		buf_text(b, cr	  ? "\\r\\n\n"
			    : lf  ? "\\n\n"
			    : cut ? "...\n"
				  : "\n");
		text = slice_sub(text, n + 1, text.len);
	}
}

/* Of a signer's fault: what went into the hash, where it differs. */
static void
put_input(struct buf *b, const struct input_diff *d)
{
	if (d->hashed.p == NULL || d->standard.p == NULL)
		return;
	buf_printf(b,
	    "  it verifies with other octets hashed, from octet %llu on (- by "
	    "the RFC, + as was signed):\n",
	    (unsigned long long)d->offset);
	put_hashed(b, '-', d->standard);
	put_hashed(b, '+', d->hashed);
}

static size_t
count_lines(struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] == '\n';
	return n + (s.len > 0 && s.p[s.len - 1] != '\n');
}

/* The head of the diff: what must be done for it to verify. */
static void
put_when(struct buf *b, const struct finding *f)
{
	size_t gone = 0, octets = 0, back = 0;

	for (size_t k = 0; k < f->nchanges; k++) {
		gone += count_lines(f->change[k].is);
		octets += f->change[k].is.len;
		back += f->change[k].was.len;
	}
	if (f->nchanges == 0)
		return;
	if (f->change[0].name.len > 0)
		buf_text(b, "  it verifies with (- as it came, + as it was "
			    "signed):\n");
	else if (back == 0)
		buf_printf(b, "  %s without %zu line%s (%zu octets) of %s:\n",
		    f->change[0].inner ? "and" : "it verifies", gone,
		    gone == 1 ? "" : "s", octets,
		    f->change[0].inner ? "what that leaves" : "the body");
	else
		buf_text(b, "  it verifies with the body as it was (- as it "
			    "came, + as it was signed):\n");
	for (size_t k = 0; k < f->nchanges; k++)
		put_change(b, &f->change[k]);
}

static void
put_domain(struct buf *b, const char *before, struct slice domain)
{
	if (domain.len == 0)
		return;
	buf_text(b, before);
	escape_text(b, domain);
}

void
report_who(struct buf *b, const struct report *r, const struct finding *f)
{
	const struct sigfield *seal;

	switch (cause_info(f->cause)->role) {
	case ROLE_SIGNER:
		buf_printf(b, " Who: the signer of i=%u", f->instance);
		put_domain(b, ", ", f->domain);
		break;
	case ROLE_KEY:
		buf_text(b, " Who: whoever publishes the key");
		put_domain(b, " of ", f->domain);
		break;
	case ROLE_VALIDATOR:
		buf_text(b,
		    f->domain.len > 0 ? " Who: the validator" : " Who: others");
		put_domain(b, " of ", f->domain);
		break;
	case ROLE_MODIFIER:
		buf_printf(b, " Who: somebody after i=%u", f->after);
		seal = f->after <= r->chain->n
			   ? r->chain->set[f->after].part[ARC_SEAL]
			   : NULL;
		if (seal != NULL) {
			put_domain(b, " (", seal->tags.domain);
			buf_char(b, ')');
		}
		if (f->before > 0) {
			buf_printf(b, " and before i=%u had sealed", f->before);
			put_domain(b, ": most likely ", f->domain);
		} else {
			buf_text(b, "; no later seal vouches for the change");
		}
		break;
	}
	buf_char(b, '.');
}

static void
put_who(struct buf *b, const struct report *r, const struct finding *f)
{
	buf_char(b, ' ');
	report_who(b, r, f);
	buf_char(b, '\n');
}

/* "i=2 ARC-Message-Signature bh=". */
static void
put_what(struct buf *b, const struct report *r, const struct finding *f)
{
	static const char *const names[] = { "ARC-Message-Signature bh=",
		"ARC-Message-Signature b=", "ARC-Seal b=", "key", "" };
	const struct sigfield *field = NULL;

	if (f->place == PLACE_STRUCTURE || f->instance == 0 ||
	    f->instance > r->chain->n)
		return;
	field =
	    r->chain->set[f->instance].part[f->place == PLACE_SEAL  ? ARC_SEAL
					    : f->place == PLACE_KEY ? f->kind
								    : ARC_AMS];
	buf_printf(b, "  what fails: i=%u %s", f->instance, names[f->place]);
	if (field != NULL) {
		put_domain(b, " d=", field->tags.domain);
		put_domain(b, " s=", field->tags.selector);
	}
	buf_char(b, '\n');
}

bool
report_other_way(const struct explanation *e, size_t k)
{
	const struct finding *f = &e->finding[k];

	for (size_t i = 0; i < k; i++) {
		const struct finding *g = &e->finding[i];

		if (g->instance == f->instance && g->place == f->place &&
		    g->group != f->group && g->level == EXPLAIN_PROVED &&
		    f->level == EXPLAIN_PROVED && f->place != PLACE_STRUCTURE)
			return true;
	}
	return false;
}

static void
put_finding(struct buf *b, const struct report *r, size_t k)
{
	const struct finding *f = &r->why->finding[k];
	static const char *const levels[] = { "proven", "fact", "indicated" };

	buf_printf(b, "%s: %s: %s", report_other_way(r->why, k) ? "or" : "why",
	    levels[f->level], cause_info(f->cause)->sentence);
	if (f->detail[0] != '\0')
		buf_printf(b, " (%s)", f->detail);
	buf_printf(b, "  [%s]\n", cause_info(f->cause)->id);
	put_what(b, r, f);
	put_when(b, f);
	if (f->nchanges == 0)
		put_input(b, &f->input);
	put_who(b, r, f);
	buf_printf(b, "  mend: %s\n", cause_info(f->cause)->fix);
}

void
report_why(struct buf *b, const struct report *r)
{
	const struct explanation *e = r->why;
	bool open = false; /* something is not explained */

	for (size_t k = 0; k < e->n; k++) {
		put_finding(b, r, k);
		open |= e->finding[k].level == EXPLAIN_INDICATED;
	}
	if (e->n == 0 && r->verdict->cv == CV_FAIL && e->tried == 0 &&
	    !r->verdict->temporary)
		buf_text(b, "why: fact: the fault is in plain sight: the line "
			    "above says it whole\n");
	else if (e->n == 0 && r->verdict->cv == CV_FAIL)
		buf_printf(b, "why: no cause found in %llu hypotheses%s\n",
		    (unsigned long long)e->tried,
		    r->verdict->temporary ? "; a key could not be had" : "");
	else if (e->spent && open)
		buf_printf(b,
		    "  the search ended at its budget, after %llu hypotheses "
		    "(--effort)\n",
		    (unsigned long long)e->tried);
}

static void
put_witness(struct buf *b, const struct witness *w, const char *fits,
    const char *differs)
{
	switch (w->says) {
	case WITNESS_SILENT:
		buf_text(b, "silent, as it cannot be checked");
		break;
	case WITNESS_AGAINST:
		buf_text(b, differs);
		buf_text(b, w->opened ? " (its digest is known)" : "");
		break;
	case WITNESS_FOR: buf_text(b, fits); break;
	}
}

void
report_witnesses(struct buf *b, const struct report *r)
{
	const struct explanation *e = r->why;

	if (r->chain->n == 0)
		return;
	buf_text(b, "  witnesses, of the message as it came\n");
	for (unsigned i = r->chain->n; i >= 1; i--) {
		const struct arc_set *set = &r->chain->set[i];

		if (set->part[ARC_AMS] != NULL) {
			buf_printf(b, "    AMS i=%u: ", i);
			put_witness(b, &e->ams[i], "its header fields stand",
			    "its header fields are not those");
			buf_text(b, e->ams[i].body
					? "; its body hash fits"
					: "; its body hash does not fit");
			if (e->ams[i].agree > 0)
				buf_printf(b, ", and is that of i=%u",
				    e->ams[i].agree);
			buf_char(b, '\n');
		}
		if (set->part[ARC_SEAL] == NULL)
			continue;
		buf_printf(b, "    AS  i=%u: ", i);
		put_witness(b, &e->seal[i], "the sets that it seals stand",
		    "the sets that it seals are not these");
		buf_char(b, '\n');
	}
}

/* ------------------------------------------------------------------------
 * JSON. */

static void
put_octets(struct json *j, const char *key, struct slice s)
{
	if (s.p == NULL)
		json_null(j, key);
	else
		json_string(j, key, slice_sub(s, 0, MAX_JSON));
}

static void
put_changes(struct json *j, const struct finding *f)
{
	json_array_open(j, "changes");
	for (size_t k = 0; k < f->nchanges; k++) {
		const struct change *c = &f->change[k];

		json_object_open(j, NULL);
		if (c->name.len > 0)
			json_string(j, "field", c->name);
		else
			json_null(j, "field");
		put_octets(j, "received", c->is);
		put_octets(j, "signed", c->was);
		if (c->name.len == 0 && !c->inner)
			json_number(j, "offset", (int64_t)c->from);
		json_object_close(j);
	}
	json_array_close(j);
}

static void
put_input_json(struct json *j, const struct input_diff *d)
{
	if (d->hashed.p == NULL || d->standard.p == NULL) {
		json_null(j, "input");
		return;
	}
	json_object_open(j, "input");
	json_number(j, "offset", (int64_t)d->offset);
	put_octets(j, "standard", d->standard);
	put_octets(j, "hashed", d->hashed);
	json_object_close(j);
}

static void
put_count(struct json *j, const char *key, unsigned n)
{
	if (n > 0)
		json_number(j, key, n);
	else
		json_null(j, key);
}

static void
put_reason(struct json *j, const struct explanation *e, size_t k)
{
	const struct finding *f = &e->finding[k];
	struct buf text = { .max = 0 };

	buf_text(&text, cause_info(f->cause)->sentence);
	if (f->detail[0] != '\0')
		buf_printf(&text, " (%s)", f->detail);
	json_object_open(j, NULL);
	json_string(j, "cause", slice_of(cause_info(f->cause)->id));
	json_string(j, "level", slice_of(explain_level_word(f->level)));
	json_bool(j, "proven", f->level != EXPLAIN_INDICATED);
	put_count(j, "instance", f->instance);
	json_string(j, "field", slice_of(explain_place_word(f->place)));
	json_string(j, "text", buf_view(&text));
	json_object_open(j, "who");
	json_string(
	    j, "role", slice_of(explain_role_word(cause_info(f->cause)->role)));
	if (f->domain.len > 0)
		json_string(j, "domain", f->domain);
	else
		json_null(j, "domain");
	put_count(j, "after",
	    cause_info(f->cause)->role == ROLE_MODIFIER ? f->after : 0);
	put_count(j, "before", f->before);
	json_object_close(j);
	json_object_open(j, "evidence");
	json_string(j, "clause", slice_of(cause_info(f->cause)->clause));
	json_string(j, "mend", slice_of(cause_info(f->cause)->fix));
	json_bool(j, "alternative", report_other_way(e, k));
	put_changes(j, f);
	put_input_json(j, &f->input);
	json_object_close(j);
	json_number(j, "tried", (int64_t)f->tried);
	json_object_close(j);
	if (text.failure != BUF_OK)
		j->out->failure = text.failure;
	buf_release(&text);
}

void
report_why_json(struct json *j, const struct explanation *e)
{
	json_array_open(j, "why");
	for (size_t k = 0; e != NULL && k < e->n; k++)
		put_reason(j, e, k);
	json_array_close(j);
}
