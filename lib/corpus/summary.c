/* SPDX-License-Identifier: BSD-2-Clause */
#include "corpus/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/moment.h"
#include "base/nametable.h"
#include "mail/date.h"
#include "report/why_story.h"

enum {
	MAX_DOMAIN = 255, /* octets of a name (RFC 1035 section 3.1) */
};

/* What makes two findings one row; domain and sealer follow it. */
struct place {
	enum cause_id cause; /* CAUSE_NONE: none was found */
	enum diag_code code; /* of the verdict, where none was found */
	enum cause_level level;
	unsigned instance;	 /* of whose signature or key it is; of a
				  * modifier 0 */
	unsigned after, before;	 /* of a modifier */
	unsigned signature;	 /* of a DKIM-Signature, from the top; or 0 */
	unsigned since, until;	 /* of a modifier: the same as after, before */
	size_t ndomain, nsealer; /* who is meant; who sealed hop after */
};

struct note {
	struct place place;
	bool failed; /* the verdict of its message */
	bool dated;
	int64_t time;
	/* Octets of domain and sealer come next. */
};

struct row {
	struct place place;
	struct slice key; /* place, domain, sealer as octets */
	struct slice domain, sealer;
	size_t n, failed;
	bool dated;
	int64_t since, until;
};

struct summary {
	enum auth_method method; /* that decides */
	struct arena *arena;
	struct nametable table;
	size_t messages, failed;
	size_t others; /* findings for which there was no row left */
};

struct summary *
summary_new(enum auth_method method)
{
	struct summary *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->method = method;
	if (nametable_init(&s->table) != 0) {
		free(s);
		return NULL;
	}
	if ((s->arena = arena_new()) == NULL) {
		summary_free(s);
		return NULL;
	}
	return s;
}

void
summary_free(struct summary *s)
{
	if (s == NULL)
		return;
	nametable_release(&s->table);
	arena_free(s->arena);
	free(s);
}

/* ------------------------------------------------------------------------
 * One message. */

static const struct sigfield *
field_of(const struct report *r, unsigned i, enum sigkind kind)
{
	return i >= 1 && i <= r->chain->n ? r->chain->set[i].part[kind] : NULL;
}

/* The t= of a hop, unless its signature says that it may be another's. */
static bool
time_of_hop(const struct report *r, unsigned i, int64_t *out)
{
	const struct sigfield *seal = field_of(r, i, ARC_SEAL);
	const struct sigfield *ams = field_of(r, i, ARC_AMS);

	if (seal == NULL || !seal->tags.has_time ||
	    r->why->seal[i].says == WITNESS_AGAINST)
		seal = ams;
	if (seal == NULL || !seal->tags.has_time ||
	    seal->tags.time > INT64_MAX ||
	    (seal == ams && r->why->ams[i].says == WITNESS_AGAINST))
		return false;
	*out = (int64_t)seal->tags.time;
	return true;
}

/* When it happened, as the hop says: of a change, when the next hop had sealed,
 * or the one before it; else by the Date of the message. */
static bool
moment_of(const struct report *r, const struct place *p, int64_t *out)
{
	if (time_of_hop(r, p->instance, out) ||
	    time_of_hop(r, p->before, out) || time_of_hop(r, p->after, out))
		return true;
	for (size_t k = 0; k < r->message->nfields; k++)
		if (slice_eq_nocase(r->message->field[k].name, SLICE("date")) &&
		    date_read(r->message->field[k].value, out))
			return true;
	return false;
}

static enum auth_method
deciding(const struct report *r)
{
	return r->methods != NULL ? r->methods->method[0] : METHOD_ARC;
}

/* A temporary error is none. */
static bool
is_failure(const struct report *r)
{
	enum auth_method m = deciding(r);

	return !report_lacks(r, m) &&
	       auth_result_status(report_result(r, m, NULL)) == 1;
}

/* The DKIM-Signature that a reason is about, from the top; 0: none. */
static unsigned
signature_of(const struct report *r, const struct diag *reason)
{
	for (size_t k = 0; r->dkim != NULL && k < r->dkim->n; k++)
		if (&r->dkim->signature[k].check.why == reason)
			return (unsigned)k + 1;
	return 0;
}

/* Who it is about where no cause was found. */
static struct hand
hand_of_reason(const struct report *r, const struct diag *reason)
{
	struct hand h = { .role = ROLE_SIGNER };
	const struct sigfield *f = NULL;

	if (reason == NULL)
		return h;
	h.signature = signature_of(r, reason);
	if (h.signature > 0) {
		f = &r->dkim->signature[h.signature - 1].field;
	} else {
		h.instance = reason->instance;
		f = field_of(r, h.instance, ARC_SEAL);
	}
	if (f != NULL)
		h.domain = f->tags.domain;
	return h;
}

/* f is NULL where the message fails and no cause was found. */
static void
put_note(const struct report *r, const struct finding *f, struct buf *out)
{
	const struct diag *reason = NULL;
	struct hand h;
	struct note n;

	memset(&n, 0, sizeof n); /* padding too, as it is part of the key */
	if (f != NULL) {
		h = why_hand(r, f);
		/* A list is one, whoever wrote to it. */
		if (h.before > 0 || h.until > 0)
			h.sealer = SLICE_NONE;
		n.place.level = f->level;
	} else {
		report_result(r, deciding(r), &reason);
		h = hand_of_reason(r, reason);
		n.place.code = reason != NULL ? reason->code : DIAG_NONE;
	}
	h.domain = slice_sub(h.domain, 0, MAX_DOMAIN);
	h.sealer = slice_sub(h.sealer, 0, MAX_DOMAIN);
	n.place.cause = f != NULL ? f->cause : CAUSE_NONE;
	n.place.instance = h.instance;
	n.place.after = h.after;
	n.place.before = h.before;
	n.place.signature = h.signature;
	n.place.since = h.since;
	n.place.until = h.until;
	n.place.ndomain = h.domain.len;
	n.place.nsealer = h.sealer.len;
	n.failed = is_failure(r);
	n.dated = moment_of(r, &n.place, &n.time);
	buf_put(out, &n, sizeof n);
	buf_slice(out, h.domain);
	buf_slice(out, h.sealer);
}

/* Whether what is told of finding k was told with one before it. */
static bool
is_noted(const struct explanation *e, size_t k)
{
	const struct finding *f = &e->finding[k];

	for (size_t i = 0; i < k; i++)
		if (why_is_summed(&e->finding[i]) &&
		    e->finding[i].cause == f->cause &&
		    e->finding[i].level == f->level &&
		    why_same_hand(&e->finding[i], f))
			return true;
	return false;
}

void
summary_note(const struct report *r, struct buf *note)
{
	const struct explanation *e = r->why;
	bool any = false;

	for (size_t k = 0; k < e->n; k++) {
		if (!why_is_summed(&e->finding[k]))
			continue;
		any = true;
		if (!is_noted(e, k))
			put_note(r, &e->finding[k], note);
	}
	if (!any && is_failure(r))
		put_note(r, NULL, note);
}

static struct row *
row_new(struct summary *s, const struct note *n, struct slice key)
{
	struct row *row = arena_alloc(s->arena, sizeof *row);

	if (row == NULL)
		return NULL;
	row->key = arena_copy(s->arena, key);
	if (row->key.p == NULL || nametable_add(&s->table, row->key, row) != 0)
		return NULL;
	row->place = n->place;
	row->domain = slice_sub(row->key, sizeof n->place, n->place.ndomain);
	row->sealer = slice_sub(
	    row->key, sizeof n->place + n->place.ndomain, n->place.nsealer);
	return row;
}

static int
take_one(struct summary *s, const struct note *n, struct slice words,
    struct diag *why)
{
	char octets[sizeof n->place + 2 * MAX_DOMAIN];
	struct slice key = { octets, sizeof n->place + words.len };

	memcpy(octets, &n->place, sizeof n->place);
	memcpy(octets + sizeof n->place, words.p, words.len);
	struct row *row = nametable_find(&s->table, key);

	if (row == NULL && s->table.n >= SUMMARY_ROWS) {
		s->others++;
		return 0;
	}
	if (row == NULL && (row = row_new(s, n, key)) == NULL)
		return diag_memory(why);
	row->n++;
	row->failed += n->failed;
	if (n->dated && (!row->dated || n->time < row->since))
		row->since = n->time;
	if (n->dated && (!row->dated || n->time > row->until))
		row->until = n->time;
	row->dated |= n->dated;
	return 0;
}

int
summary_take(struct summary *s, struct slice note, struct diag *why)
{
	bool failed = false;

	s->messages++;
	while (note.len > 0) {
		struct note n;

		memcpy(&n, note.p, sizeof n);
		note = slice_sub(note, sizeof n, note.len);
		failed |= n.failed;
		size_t words = n.place.ndomain + n.place.nsealer;

		if (take_one(s, &n, slice_sub(note, 0, words), why) != 0)
			return -1;
		note = slice_sub(note, words, note.len);
	}
	s->failed += failed;
	return 0;
}

/* ------------------------------------------------------------------------
 * All of them. */

static const char *
id_of(const struct row *row)
{
	return row->place.cause != CAUSE_NONE
		   ? cause_info(row->place.cause)->id
		   : diag_info(row->place.code)->word;
}

static int
compare(const void *a, const void *b)
{
	const struct row *x = *(const struct row *const *)a;
	const struct row *y = *(const struct row *const *)b;
	int by_id = strcmp(id_of(x), id_of(y));

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	if (x->failed != y->failed)
		return x->failed > y->failed ? -1 : 1;
	return by_id != 0 ? by_id : slice_cmp(x->key, y->key);
}

/* The rows in order, in the summary's memory; NULL when memory is short. */
static struct row **
sorted(struct summary *s)
{
	struct row **row = arena_array(s->arena, s->table.n + 1, sizeof *row);
	size_t at = 0, n = 0;

	if (row == NULL)
		return NULL;
	for (; n < s->table.n; n++)
		row[n] = nametable_next(&s->table, &at);
	qsort(row, n, sizeof *row, compare);
	return row;
}

static struct hand
hand_of(const struct row *row)
{
	return (struct hand){ .role = row->place.cause != CAUSE_NONE
					  ? cause_info(row->place.cause)->role
					  : ROLE_SIGNER,
		.instance = row->place.instance,
		.after = row->place.after,
		.before = row->place.before,
		.signature = row->place.signature,
		.since = row->place.since,
		.until = row->place.until,
		.domain = row->domain,
		.sealer = row->sealer,
		.reader = why_is_readers(row->place.cause) };
}

/* "  12  2026-02-09  proved     body.footer-appended  between ..." */
static void
put_row(struct buf *b, const struct row *row)
{
	const struct hand h = hand_of(row);
	bool found = row->place.cause != CAUSE_NONE;
	char since[MOMENT_TEXT] = "unknown";

	if (row->dated)
		moment_text(row->since, since);
	buf_printf(b, "  %8zu  %8zu  %-10.10s  %-9s  %s  ", row->n, row->failed,
	    since, found ? cause_level_word(row->place.level) : "not found",
	    id_of(row));
	if (found) {
		report_hand(b, &h);
	} else if (h.instance > 0 || h.signature > 0) {
		report_signer(b, h.instance, h.signature);
		buf_text(b, h.domain.len > 0 ? " " : "");
		escape_text(b, h.domain);
	}
	buf_char(b, '\n');
}

int
summary_text(struct summary *s, bool all, struct buf *b, struct diag *why)
{
	struct row **row = sorted(s);
	size_t n = s->table.n,
	       shown = all || n < SUMMARY_SHOWN ? n : SUMMARY_SHOWN;

	if (row == NULL)
		return diag_memory(why);
	buf_printf(b, "summary: %zu message%s, %zu ", s->messages,
	    s->messages == 1 ? "" : "s", s->failed);
	if (s->method == METHOD_ARC)
		buf_text(b, "with a failing chain\n");
	else
		buf_printf(
		    b, "of which fail %s\n", auth_method_word(s->method));
	if (n > 0)
		buf_text(b, "  messages   failing  since       level      "
			    "cause and who\n");
	for (size_t k = 0; k < shown; k++)
		put_row(b, row[k]);
	if (shown < n)
		buf_printf(
		    b, "  and %zu more; --verbose shows all\n", n - shown);
	if (s->others > 0)
		buf_printf(b,
		    "  and %zu findings beyond the first %d different ones\n",
		    s->others, SUMMARY_ROWS);
	return b->failure == BUF_OK ? 0 : diag_memory(why);
}

static void
put_number(struct json *j, const char *key, bool known, int64_t n)
{
	if (known)
		json_number(j, key, n);
	else
		json_null(j, key);
}

static void
put_name(struct json *j, const char *key, struct slice name)
{
	if (name.len > 0)
		json_string(j, key, name);
	else
		json_null(j, key);
}

static void
put_row_json(struct json *j, const struct row *row)
{
	const struct place *p = &row->place;
	const struct hand h = hand_of(row);
	bool found = p->cause != CAUSE_NONE;

	json_object_open(j, NULL);
	put_name(j, "cause", slice_of(found ? id_of(row) : ""));
	put_name(j, "code", slice_of(found ? "" : id_of(row)));
	put_name(j, "level", slice_of(found ? cause_level_word(p->level) : ""));
	put_name(
	    j, "text", slice_of(found ? cause_info(p->cause)->sentence : ""));
	put_name(j, "role", slice_of(found ? cause_role_word(h.role) : ""));
	put_number(j, "instance", p->instance > 0, p->instance);
	put_number(j, "signature", p->signature > 0, p->signature);
	put_name(j, "domain", row->domain);
	put_number(j, "after", p->after > 0, p->after);
	put_name(j, "after_domain", row->sealer);
	put_number(j, "before", p->before > 0, p->before);
	json_number(j, "messages", (int64_t)row->n);
	json_number(j, "failing", (int64_t)row->failed);
	put_number(j, "since", row->dated, row->since);
	put_number(j, "until", row->dated, row->until);
	json_object_close(j);
}

int
summary_json(struct summary *s, struct buf *b, struct diag *why)
{
	struct row **row = sorted(s);
	struct json j;

	if (row == NULL)
		return diag_memory(why);
	json_init(&j, b);
	json_object_open(&j, NULL);
	json_number(&j, "schema", 1);
	json_object_open(&j, "summary");
	json_number(&j, "messages", (int64_t)s->messages);
	json_number(&j, "failing", (int64_t)s->failed);
	json_array_open(&j, "causes");
	for (size_t k = 0; k < s->table.n; k++)
		put_row_json(&j, row[k]);
	json_array_close(&j);
	json_number(&j, "others", (int64_t)s->others);
	json_object_close(&j);
	json_object_close(&j);
	buf_char(b, '\n');
	return b->failure == BUF_OK ? 0 : diag_memory(why);
}
