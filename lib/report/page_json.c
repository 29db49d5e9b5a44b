/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/escape.h"
#include "base/moment.h"
#include "report/page.h"
#include "report/page_auth.h"
#include "mail/words.h"
#include "report/sheet.h"

static void
json_text(struct json *j, const char *key, struct slice s)
{
	if (s.p == NULL)
		json_null(j, key);
	else
		json_string(j, key, s);
}

static void
json_head(
    struct json *j, const struct page *p, const char *key, struct slice name)
{
	const struct message *m = p->report->message;
	struct buf b = { .max = 0 };
	size_t at = 0;

	while (at < m->nfields && !slice_eq_nocase(m->field[at].name, name))
		at++;
	if (at == m->nfields) {
		json_null(j, key);
		return;
	}
	words_field(&b, m->arena, &m->field[at]);
	json_string(j, key, buf_view(&b));
	if (b.failure != BUF_OK)
		j->out->failure = b.failure;
	buf_release(&b);
}

static void
json_hops(struct json *j, const struct hops *h, unsigned set)
{
	json_array_open(j, "hops");
	for (unsigned i = 1; i <= h->n; i++) {
		const struct hop *hop = &h->hop[i];

		if (set > 0 && i != set)
			continue;
		json_object_open(j, NULL);
		json_number(j, "instance", i);
		json_text(j, "domain", hop->domain);
		if (hop->has_time)
			json_number(j, "time", hop->time);
		else
			json_null(j, "time");
		if (hop->has_gap)
			json_number(j, "gap", hop->gap);
		else
			json_null(j, "gap");
		json_text(j, "received_from", hop->received_from);
		json_text(j, "received_by", hop->received_by);
		json_object_close(j);
	}
	json_array_close(j);
}

static void
json_fields(struct json *j, const struct page *p)
{
	const struct chain *c = p->report->chain;

	json_array_open(j, "fields");
	for (size_t k = 0; k < c->nfields; k++) {
		const struct sigfield *f = &c->field[k];
		const struct diag *why = page_fault(p->report, f);

		if (p->report->set > 0 && f->instance != p->report->set)
			continue;
		json_object_open(j, NULL);
		json_string(j, "field", sigfield_name(f->kind));
		if (f->instance > 0)
			json_number(j, "instance", f->instance);
		else
			json_null(j, "instance");
		json_number(j, "place", (int64_t)f->index + 1);
		json_string(j, "value", slice_trim(f->field->value));
		if (why == NULL) {
			json_null(j, "code");
			json_null(j, "clause");
			json_null(j, "detail");
		} else {
			json_string(
			    j, "code", slice_of(diag_info(why->code)->word));
			json_string(j, "clause",
			    slice_of(diag_info(why->code)->clause));
			json_string(j, "detail", slice_of(why->detail));
		}
		if (why != NULL && page_points(why, f))
			json_number(j, "offset",
			    (int64_t)(why->where.p - f->field->raw.p));
		else
			json_null(j, "offset");
		json_object_close(j);
		if (p->report->spill != NULL)
			p->report->spill(p->report->spill_ctx);
	}
	json_array_close(j);
}

void
page_json(struct json *j, const struct page *p)
{
	json_bool(j, "verified", p->keys);
	json_head(j, p, "from", SLICE("From"));
	json_head(j, p, "subject", SLICE("Subject"));
	json_head(j, p, "date", SLICE("Date"));
	json_hops(j, p->hops, p->report->set);
	json_array_open(j, "odd");
	for (size_t k = 0; k < p->hops->nodd; k++) {
		const struct oddity *o = &p->hops->odd[k];

		if (p->report->set > 0 && o->instance != p->report->set)
			continue;
		json_object_open(j, NULL);
		json_string(j, "code", slice_of(oddity_info(o->code)->word));
		if (o->instance > 0)
			json_number(j, "instance", o->instance);
		else
			json_null(j, "instance");
		json_string(j, "text", slice_of(o->text));
		json_object_close(j);
	}
	json_array_close(j);
	json_fields(j, p);
	page_auth_json(j, p);
}

/* ------------------------------------------------------------------------
 * TSV. */

static const struct tag *
tag_of(const struct sigfield *f, struct slice name)
{
	return f != NULL ? taglist_find(&f->list, name) : NULL;
}

/* The time that a set says, as a date; nothing when it says none. */
static void
put_time(struct buf *b, const struct sigfield *seal, const struct sigfield *ams)
{
	const struct sigfield *f =
	    seal != NULL && seal->tags.has_time ? seal : ams;
	char date[MOMENT_TEXT];

	if (f == NULL || !f->tags.has_time)
		return;
	moment_text((int64_t)f->tags.time, date);
	buf_text(b, date);
}

/* One value on one line; controls within it are escaped, and so is a tab. */
static void
put_value(
    struct buf *b, const struct arc_set *set, unsigned i, struct slice name)
{
	const struct sigfield *aar = set->part[ARC_AAR];
	const struct sigfield *seal = set->part[ARC_SEAL];
	const struct sigfield *ams = set->part[ARC_AMS];
	const struct tag payload = {
		.value = aar != NULL ? slice_trim(aar->payload) : SLICE("")
	};
	const struct tag *t = NULL;
	struct buf text = { .max = 0 };

	if (slice_eq(name, SLICE("i"))) {
		buf_printf(b, "%u", i);
	} else if (slice_eq(name, SLICE("time"))) {
		put_time(b, seal, ams);
	} else if (slice_eq(name, SLICE("aar"))) {
		t = &payload;
	} else if (slice_starts(name, SLICE("ams."))) {
		t = tag_of(ams, slice_sub(name, 4, name.len));
	} else if (slice_starts(name, SLICE("as."))) {
		t = tag_of(seal, slice_sub(name, 3, name.len));
	} else {
		t = tag_of(seal, name);
		if (t == NULL)
			t = tag_of(ams, name);
	}
	if (t == NULL)
		return;
	sheet_unfold(&text, t);
	escape_text(b, buf_view(&text));
	buf_fail_with(b, &text);
	buf_release(&text);
}

void
page_fields(
    struct buf *b, const struct chain *c, struct slice names, unsigned instance)
{
	for (unsigned i = 1; i <= c->n; i++) {
		struct slice rest = names, name;
		bool more = false;

		if (instance > 0 && i != instance)
			continue;
		while (slice_cut(&rest, ',', &name)) {
			if (more)
				buf_char(b, '\t');
			more = true;
			put_value(b, &c->set[i], i, slice_trim(name));
		}
		buf_char(b, '\n');
	}
}
