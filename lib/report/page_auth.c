/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of the page that stands beside the chain: DKIM-Signatures, what
 * others reported, and DKIM2. */
#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "base/moment.h"
#include "mail/authres.h"
#include "report/member.h"
#include "report/page.h"
#include "report/page_auth.h"
#include "report/sheet.h"

enum {
	BESIDE_DOMAIN = 51, /* columns of a signature besides its domain */
};

/* ------------------------------------------------------------------------
 * DKIM-Signatures. */

/* How often h= names From, against how often it stands there. */
static void
put_from(struct buf *b, const struct sigtags *t, size_t froms)
{
	size_t named = 0;

	for (size_t i = 0; i < t->nheaders; i++)
		named += slice_eq_nocase(t->headers[i], SLICE("from"));
	buf_text(b, named == 0	    ? ", From is not covered"
		    : named > froms ? ", covers From (oversigned)"
				    : ", covers From (not oversigned)");
}

static void
put_span(struct buf *b, int64_t seconds)
{
	if (seconds < 2 * 3600)
		buf_printf(b, "%" PRId64 " min", seconds / 60);
	else if (seconds < 2 * 86400)
		buf_printf(b, "%" PRId64 " h", seconds / 3600);
	else
		buf_printf(b, "%" PRId64 " days", seconds / 86400);
}

static void
put_details(struct buf *b, const struct page *p, const struct dkim_signature *s)
{
	const struct sigtags *t = &s->field.tags;
	int64_t now = p->now;

	if (t->selector.len > 0) {
		buf_text(b, "s=");
		escape_text(b, slice_sub(t->selector, 0, 64));
	}
	if (t->algorithm.len > 0) {
		buf_text(b, " a=");
		escape_text(b, slice_sub(t->algorithm, 0, 32));
	}
	if (t->identity.len > 0) {
		buf_text(b, " i=");
		escape_text(b, slice_sub(t->identity, 0, 255));
	}
	if (t->has_time && (int64_t)t->time <= now) {
		buf_text(b, ", signed ");
		put_span(b, now - (int64_t)t->time);
		buf_text(b, " ago");
	}
	if (t->has_expires && (int64_t)t->expires >= now) {
		buf_text(b, ", expires in ");
		put_span(b, (int64_t)t->expires - now);
	}
	if (t->headers != NULL)
		put_from(
		    b, t, message_count(p->report->message, SLICE("From")));
	if (t->has_length)
		buf_printf(b,
		    ", covers only the first %" PRIu64 " bytes of the body "
		    "(l=)",
		    t->length);
}

const char *
page_auth_state(const struct dkim_signature *s)
{
	return s->check.status == STATUS_UNCHECKED
		   ? "?"
		   : auth_result_word(s->result);
}

void
page_auth_signature(struct buf *b, const struct page *p, size_t i)
{
	const struct dkim_signature *s = &p->dkim->signature[i];
	const struct diag *why = &s->check.why;
	size_t before = b->len;

	put_details(b, p, s);
	if (s->check.status != STATUS_FAIL)
		return;
	buf_printf(b, "%s%s", b->len > before ? ": " : "",
	    diag_info(why->code)->sentence);
	if (diag_detail(why, p->report->verbose).len > 0)
		buf_printf(b, " (%.*s)",
		    SLICE_ARG(diag_detail(why, p->report->verbose)));
	buf_printf(b, " [%s; %s]", diag_info(why->code)->word,
	    diag_info(why->code)->clause);
}

static void
put_signature(struct sheet *t, const struct page *p, size_t i)
{
	const struct dkim_signature *s = &p->dkim->signature[i];
	const struct sigtags *tags = &s->field.tags;
	char date[MOMENT_TEXT] = "-";
	const char *state = page_auth_state(s);
	struct buf b = { .max = 0 };

	if (tags->has_time)
		moment_text((int64_t)tags->time, date);
	buf_printf(t->b, " %2zu  ", i + 1);
	sheet_cell(t,
	    tags->domain.len > 0 ? sheet_inert(t, tags->domain) : SLICE("-"),
	    sheet_left(t, BESIDE_DOMAIN));
	buf_printf(t->b, "  %-19.19s  ", date);
	sheet_colored(t,
	    strcmp(state, "pass") == 0 ? "32"
	    : strcmp(state, "?") == 0  ? NULL
				       : "31",
	    slice_of(state));
	buf_char(t->b, '\n');
	page_auth_signature(&b, p, i);
	sheet_spaces(t, 5);
	sheet_wrap(t, slice_trim(buf_view(&b)), 5, 5);
	t->failed |= b.failure != BUF_OK;
	buf_release(&b);
}

static void
put_signatures(struct sheet *t, const struct page *p)
{
	const struct dkim *d = p->dkim;

	if (d->n == 0)
		return;
	buf_printf(t->b, "\n  #  %-*s  %-19s  result\n",
	    (int)sheet_left(t, BESIDE_DOMAIN), "DKIM-Signature by", "at (UTC)");
	for (size_t i = 0; i < d->n && i < PAGE_AUTH_MOST; i++)
		put_signature(t, p, i);
	if (d->n + d->more > PAGE_AUTH_MOST)
		buf_printf(t->b, "     and %zu more\n",
		    d->n + d->more - PAGE_AUTH_MOST);
}

/* ------------------------------------------------------------------------
 * Authentication-Results: what others say they found. */

static struct slice
property(const struct authres_result *r, const char *name)
{
	for (size_t i = 0; i < r->nproperties; i++)
		if (slice_eq_nocase(r->property[i].name, slice_of(name)))
			return r->property[i].value;
	return SLICE_NONE;
}

/* Of which domain it tells: header.d, else that of header.i. */
static struct slice
reported_domain(const struct authres_result *r)
{
	struct slice d = property(r, "header.d"), i = property(r, "header.i");
	size_t at = slice_find(i, '@');

	return d.len > 0    ? d
	       : at < i.len ? slice_sub(i, at + 1, i.len)
			    : SLICE_NONE;
}

/* Whether b= begins so, white space not counted. */
static bool
b_begins(struct slice raw, struct slice start)
{
	size_t k = 0;

	for (size_t i = 0; i < raw.len && k < start.len; i++)
		if (!ascii_is_fws(raw.p[i]) && raw.p[i] != start.p[k++])
			return false;
	return k == start.len;
}

/* Whether the report is about this signature, as far as it says. */
static bool
is_about(const struct authres_result *r, const struct sigtags *t)
{
	struct slice d = reported_domain(r), s = property(r, "header.s");
	struct slice b = property(r, "header.b");

	return d.len > 0 && slice_eq_nocase(d, t->domain) &&
	       (s.len == 0 || slice_eq_nocase(s, t->selector)) &&
	       (b.len == 0 || b_begins(t->b_raw, b));
}

/* A pass is what matters, not which other word it is. */
static bool
agrees(const struct authres_result *r, const char *ours)
{
	return slice_eq_nocase(r->result, SLICE("pass")) ==
	       (strcmp(ours, "pass") == 0);
}

/* What we found of what r is about; NULL when that is nothing.  Of several
 * signatures that it may be about, one that agrees. */
static const char *
our_result(const struct page *p, const struct authres_result *r)
{
	const struct verdict *v = p->report->verdict;
	const char *ours = NULL;

	if (slice_eq_nocase(r->method, SLICE("arc")))
		return p->keys && v->cv != CV_MISSING ? report_word(v) : NULL;
	if (!slice_eq_nocase(r->method, SLICE("dkim")))
		return NULL;
	for (size_t i = 0; i < p->dkim->n; i++) {
		const struct dkim_signature *s = &p->dkim->signature[i];

		if (s->check.status != STATUS_UNCHECKED &&
		    is_about(r, &s->field.tags) &&
		    (ours == NULL || !agrees(r, ours)))
			ours = auth_result_word(s->result);
	}
	return ours;
}

static void
put_result(struct buf *b, const struct page *p, const struct authres_result *r)
{
	const char *ours = our_result(p, r);
	struct slice d = reported_domain(r);

	escape_text(b, slice_sub(r->method, 0, 40));
	buf_char(b, '=');
	escape_text(b, slice_sub(r->result, 0, 40));
	if (d.len > 0) {
		buf_text(b, " (");
		escape_text(b, slice_sub(d, 0, 255));
		buf_char(b, ')');
	}
	if (ours != NULL && !agrees(r, ours))
		buf_printf(b, " but here %s", ours);
}

static void
put_report(struct buf *b, const struct page *p, const struct field *f,
    struct arena *arena)
{
	struct authres a;
	struct diag why;

	if (authres_parse(f->value, arena, &a, &why) != 0) {
		b->failure = BUF_NO_MEMORY;
		return;
	}
	if (a.authserv_id.p == NULL)
		buf_text(b, "by nobody that can be read");
	else
		escape_text(b, slice_sub(a.authserv_id, 0, 255));
	buf_char(b, ':');
	for (size_t i = 0; i < a.nresults; i++) {
		buf_text(b, i > 0 ? ", " : " ");
		put_result(b, p, &a.result[i]);
	}
	if (a.nresults == 0)
		buf_text(b, a.none ? " none" : " nothing that can be read");
}

/* ------------------------------------------------------------------------
 * DKIM2, of which no more is known here than that it is a list of tags. */

static void
put_dkim2(struct buf *b, const struct page *p, const struct field *f,
    struct arena *arena)
{
	struct taglist list;
	struct diag why;

	(void)p;
	escape_text(b, slice_sub(f->name, 0, 40));
	buf_char(b, ':');
	if (taglist_parse(f->value, arena, &list, &why) != 0) {
		if (why.code == DIAG_MEMORY)
			b->failure = BUF_NO_MEMORY;
		buf_text(b, " ");
		escape_text(b, slice_sub(slice_trim(f->value), 0, 200));
		return;
	}
	for (size_t i = 0; i < list.n; i++) {
		struct buf value = { .max = 0 };

		sheet_unfold(&value, &list.tag[i]);
		buf_printf(b, "%s%.*s=", i > 0 ? "; " : " ",
		    SLICE_ARG(list.tag[i].name));
		escape_text(b, slice_sub(buf_view(&value), 0, 200));
		if (value.len > 200)
			buf_text(b, "...");
		buf_fail_with(b, &value);
		buf_release(&value);
	}
}

/* ------------------------------------------------------------------------
 * Both. */

static bool
is_report(const struct field *f)
{
	return slice_eq_nocase(f->name, SLICE("Authentication-Results"));
}

static bool
is_dkim2(const struct field *f)
{
	return slice_eq_nocase(f->name, SLICE("DKIM2-Signature")) ||
	       slice_eq_nocase(f->name, SLICE("Message-Instance"));
}

static const struct {
	const char *title;
	bool (*is)(const struct field *);
	void (*put)(struct buf *, const struct page *, const struct field *,
	    struct arena *);
} lists[] = {
	{ "Reported by (in Authentication-Results, which anybody may have "
	  "written)",
	    is_report, put_report },
	{ "DKIM2 (not verified)", is_dkim2, put_dkim2 },
};

void
page_auth_lists(const struct page *p, struct arena *arena,
    const struct page_auth_form *form, void *ctx)
{
	const struct message *m = p->report->message;

	for (size_t k = 0; k < ARRAY_LEN(lists); k++) {
		size_t n = 0;

		for (size_t i = 0; i < m->nfields; i++) {
			struct buf text = { .max = 0 };

			if (!lists[k].is(&m->field[i]) || n++ >= PAGE_AUTH_MOST)
				continue;
			if (n == 1)
				form->title(ctx, lists[k].title);
			lists[k].put(&text, p, &m->field[i], arena);
			form->item(ctx, &text);
			buf_release(&text);
		}
		if (n > 0)
			form->end(
			    ctx, n > PAGE_AUTH_MOST ? n - PAGE_AUTH_MOST : 0);
	}
}

static void
put_title(void *ctx, const char *title)
{
	struct sheet *t = ctx;

	buf_printf(t->b, "\n%s:\n", title);
}

static void
put_item(void *ctx, struct buf *text)
{
	sheet_item(ctx, "-", NULL, text);
}

static void
put_end(void *ctx, size_t more)
{
	struct sheet *t = ctx;

	if (more > 0)
		buf_printf(t->b, " - and %zu more\n", more);
}

void
page_auth(struct sheet *t, const struct page *p)
{
	static const struct page_auth_form form = { put_title, put_item,
		put_end };

	if (p->dkim == NULL)
		return;
	put_signatures(t, p);
	page_auth_lists(p, t->arena, &form, t);
}

/* ------------------------------------------------------------------------
 * The same as JSON. */

/* A field of others; what is parsed of it lives no longer than its member. */
static void
json_report(struct json *j, size_t index, const struct field *f)
{
	struct arena *arena = arena_new();
	struct authres a;
	struct diag why;

	if (arena == NULL || authres_parse(f->value, arena, &a, &why) != 0) {
		j->out->failure = BUF_NO_MEMORY;
	} else {
		json_object_open(j, NULL);
		json_number(j, "place", (int64_t)index + 1);
		member_text(j, "authserv_id", a.authserv_id);
		member_results(j, &a);
		json_object_close(j);
	}
	arena_free(arena);
}

static void
json_tags(struct json *j, const struct taglist *list)
{
	json_object_open(j, "tags");
	for (size_t i = 0; i < list->n; i++) {
		struct buf value = { .max = 0 };

		sheet_unfold(&value, &list->tag[i]);
		json_member(j, list->tag[i].name, buf_view(&value));
		buf_fail_with(j->out, &value);
		buf_release(&value);
	}
	json_object_close(j);
}

static void
json_dkim2(struct json *j, size_t index, const struct field *f)
{
	struct arena *arena = arena_new();
	struct taglist list;
	struct diag why = { .code = arena == NULL ? DIAG_MEMORY : DIAG_NONE };
	bool read = arena != NULL && f->value.len <= LIMIT_NEW_FIELD &&
		    taglist_parse(f->value, arena, &list, &why) == 0;

	json_object_open(j, NULL);
	json_string(j, "field", f->name);
	json_number(j, "place", (int64_t)index + 1);
	json_string(
	    j, "value", slice_sub(slice_trim(f->value), 0, LIMIT_NEW_FIELD));
	if (read)
		json_tags(j, &list);
	else
		json_null(j, "tags");
	if (why.code == DIAG_MEMORY)
		j->out->failure = BUF_NO_MEMORY;
	json_object_close(j);
	arena_free(arena);
}

void
page_auth_json(struct json *j, const struct page *p)
{
	const struct report *r = p->report;
	const struct message *m = r->message;

	json_array_open(j, "reported");
	for (size_t i = 0; i < m->nfields; i++) {
		if (!slice_eq_nocase(
			m->field[i].name, SLICE("Authentication-Results")))
			continue;
		json_report(j, i, &m->field[i]);
		if (r->spill != NULL)
			r->spill(r->spill_ctx);
	}
	json_array_close(j);
	json_array_open(j, "dkim2");
	for (size_t i = 0; i < m->nfields; i++) {
		if (!is_dkim2(&m->field[i]))
			continue;
		json_dkim2(j, i, &m->field[i]);
		if (r->spill != NULL)
			r->spill(r->spill_ctx);
	}
	json_array_close(j);
}
