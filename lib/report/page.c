/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/blame.h"
#include "base/escape.h"
#include "arc/lint.h"
#include "base/moment.h"
#include "report/page.h"
#include "report/page_auth.h"
#include "report/page_verdict.h"
#include "report/sheet.h"
#include "mail/words.h"

enum {
	BESIDE_DOMAIN = 54, /* columns of a hop besides its domain */
	MAX_RESULTS = 12,   /* of an AAR */
	MAX_HEADS = 4,	    /* fields of one name */
	MAX_TWICE = 8,	    /* fields of one kind in one set */
	LABEL_COLUMNS = 9,
};

/* All fields of a name as a reader sees them, as any of them may be shown. */
static void
put_heads(struct sheet *t, const struct message *m, const char *label,
    struct slice name)
{
	size_t n = 0;

	for (size_t i = 0; i < m->nfields; i++) {
		const struct field *f = &m->field[i];
		struct buf b = { .max = 0 };

		if (!slice_eq_nocase(f->name, name) || n++ >= MAX_HEADS)
			continue;
		words_field(&b, t->arena, f);
		buf_printf(t->b, "%-*s", LABEL_COLUMNS, label);
		if (t->cuts) {
			sheet_cut(t, sheet_inert(t, buf_view(&b)),
			    t->columns - LABEL_COLUMNS);
			buf_char(t->b, '\n');
		} else {
			sheet_wrap(t, sheet_inert(t, buf_view(&b)),
			    LABEL_COLUMNS, LABEL_COLUMNS);
		}
		t->failed |= b.failure != BUF_OK;
		buf_release(&b);
	}
	if (n > MAX_HEADS)
		buf_printf(t->b, "%*sand %zu more\n", LABEL_COLUMNS, "",
		    n - MAX_HEADS);
}

/* ------------------------------------------------------------------------
 * The table of hops. */

void
page_gap(const struct hop *h, char out[PAGE_GAP])
{
	int64_t g = h->gap < 0 ? -h->gap : h->gap;
	const char *sign = h->gap < 0 ? "-" : "+";

	if (!h->has_gap)
		out[0] = '\0';
	else if (g < 120)
		snprintf(out, PAGE_GAP, "%s%" PRId64 "s", sign, g);
	else if (g < 120 * 60)
		snprintf(out, PAGE_GAP, "%s%" PRId64 "m", sign, g / 60);
	else if (g < 48 * 3600)
		snprintf(out, PAGE_GAP, "%s%" PRId64 "h", sign, g / 3600);
	else if (g < INT64_C(99999) * 86400)
		snprintf(out, PAGE_GAP, "%s%" PRId64 "d", sign, g / 86400);
	else
		snprintf(out, PAGE_GAP, "%slong", sign);
}

const char *
page_state(const struct sigfield *f, const struct sigresult *p)
{
	if (f == NULL)
		return "gone";
	if (p->status == STATUS_PASS)
		return "pass";
	if (p->status == STATUS_UNCHECKED)
		return "?";
	if (diag_is_temporary(p->why.code))
		return "temp";
	return p->why.code == DIAG_BODY_HASH ? "body" : "fail";
}

static void
put_state(struct sheet *t, const struct sigfield *f, const struct sigresult *p,
    size_t columns)
{
	const char *word = page_state(f, p);
	const char *sgr = strcmp(word, "pass") == 0 ? "32"
			  : strcmp(word, "?") == 0  ? NULL
						    : "31";

	sheet_colored(t, sgr, slice_of(word));
	if (columns > strlen(word))
		sheet_spaces(t, columns - strlen(word));
}

static void
put_claims(struct sheet *t, const struct hop *h)
{
	struct buf b = { .max = 0 };

	if (!h->has_aar)
		return;
	for (size_t i = 0; i < h->nclaims; i++) {
		const struct hop_claim *r = &h->claim[i];

		if (i == MAX_RESULTS) {
			buf_printf(
			    &b, " and %zu more", h->nclaims - MAX_RESULTS);
			break;
		}
		buf_char(&b, ' ');
		escape_text(&b, slice_sub(r->method, 0, 40));
		buf_char(&b, '=');
		escape_text(&b, slice_sub(r->result, 0, 40));
	}
	if (b.len == 0)
		buf_text(&b, h->none ? " none" : " no valid result");
	buf_text(t->b, "     claims");
	sheet_wrap(t, slice_trim(buf_view(&b)), 11, 7);
	t->failed |= b.failure != BUF_OK;
	buf_release(&b);
}

/* Where its signature comes from, and where the message came from. */
static void
put_source(struct sheet *t, const struct hop *h)
{
	struct buf b = { .max = 0 };

	/* In the table it was cut. */
	if (width_text(&t->width, sheet_inert(t, h->domain)) >
	    sheet_left(t, BESIDE_DOMAIN)) {
		buf_text(&b, " d=");
		escape_text(&b, slice_sub(h->domain, 0, 255));
	}
	if (h->selector.len > 0) {
		buf_text(&b, " s=");
		escape_text(&b, slice_sub(h->selector, 0, 64));
	}
	if (h->received_from.len > 0 || h->received_by.len > 0)
		buf_text(&b, b.len > 0 ? ", received" : " received");
	if (h->received_from.len > 0) {
		buf_text(&b, " from ");
		escape_text(&b, slice_sub(h->received_from, 0, 255));
	}
	if (h->received_by.len > 0) {
		buf_text(&b, " by ");
		escape_text(&b, slice_sub(h->received_by, 0, 255));
	}
	if (b.len > 0) {
		sheet_spaces(t, 5);
		sheet_wrap(t, slice_trim(buf_view(&b)), 5, 5);
	}
	t->failed |= b.failure != BUF_OK;
	buf_release(&b);
}

/* What the seal says of the chain that came, in four columns. */
static void
put_cv(struct sheet *t, const struct sigfield *seal)
{
	struct slice cv = seal == NULL || seal->tags.cv_text.p == NULL
			      ? SLICE("-")
			      : seal->tags.cv_text;

	if (slice_eq_nocase(cv, SLICE("pass")))
		sheet_colored(t, "32", cv);
	else if (slice_eq_nocase(cv, SLICE("fail")))
		sheet_colored(t, "31", cv);
	else
		sheet_cell(t, sheet_inert(t, slice_sub(cv, 0, 8)), 4);
}

static void
put_hop(struct sheet *t, const struct page *p, unsigned i)
{
	const struct report *r = p->report;
	const struct arc_set *set = &r->chain->set[i];
	const struct hop *h = &p->hops->hop[i];
	const struct sigfield *seal = set->part[ARC_SEAL];
	char date[MOMENT_TEXT] = "-", gap[PAGE_GAP];

	buf_printf(t->b, " %2u  ", i);
	if (!h->present) {
		sheet_colored(t, "31", SLICE("missing"));
		buf_char(t->b, '\n');
		return;
	}
	if (h->has_time)
		moment_text(h->time, date);
	page_gap(h, gap);
	sheet_cell(t,
	    h->domain.len > 0 ? sheet_inert(t, h->domain) : SLICE("-"),
	    sheet_left(t, BESIDE_DOMAIN));
	buf_printf(t->b, "  %-19.19s  %6s  ", date, gap);
	put_cv(t, seal);
	buf_text(t->b, "  ");
	put_state(t, set->part[ARC_AMS], &r->verdict->ams[i], 5);
	buf_char(t->b, ' ');
	put_state(t, seal, &r->verdict->seal[i], 0);
	buf_char(t->b, '\n');
	put_source(t, h);
	put_claims(t, h);
}

static void
put_table(struct sheet *t, const struct page *p)
{
	if (p->hops->n == 0)
		return;
	buf_printf(t->b, "\n  i  %-*s  %-19s  %6s  cv    AMS   seal\n",
	    (int)sheet_left(t, BESIDE_DOMAIN), "sealed by", "at (UTC)",
	    "after");
	for (unsigned i = 1; i <= p->hops->n; i++)
		put_hop(t, p, i);
	if (!p->report->verbose)
		return;
	buf_char(t->b, '\n');
	sheet_wrap(t,
	    SLICE("AMS: whether the ARC-Message-Signature of that hop verifies "
		  "for the message as received (body: its body hash does not; "
		  "only the newest decides). seal: whether its ARC-Seal "
		  "verifies. ?: not checked."),
	    0, 0);
}

/* ------------------------------------------------------------------------
 * What is odd, and what is broken. */

static void
put_oddities(struct sheet *t, const struct hops *h)
{
	if (h->nodd > 0)
		buf_text(t->b, "\nWarnings:\n");
	for (size_t k = 0; k < h->nodd; k++) {
		struct buf b = { .max = 0 };

		buf_text(&b, h->odd[k].text);
		sheet_item(t, "!", "33", &b);
	}
}

bool
page_points(const struct diag *why, const struct sigfield *f)
{
	return why->where.p != NULL && why->where.p >= f->field->raw.p &&
	       why->where.p < f->field->raw.p + f->field->raw.len;
}

const struct diag *
page_fault(const struct report *r, const struct sigfield *f)
{
	const struct diag *shape = &r->chain->shape;
	unsigned i = f->instance;

	if (f->instance == 0)
		return &f->problem;
	if (f->kind == ARC_AAR)
		return NULL;
	if (f->problem.code != DIAG_NONE)
		return &f->problem;
	if (r->chain->set[i].part[f->kind] != f)
		return NULL;
	const struct sigresult *part =
	    f->kind == ARC_AMS ? &r->verdict->ams[i] : &r->verdict->seal[i];

	if (part->status == STATUS_FAIL)
		return &part->why;
	/* A seal may be intact and yet say what breaks the chain. */
	return shape->code != DIAG_FIELD_TWICE && page_points(shape, f) ? shape
									: NULL;
}

/* Whether a caret tells more than the words do: all of a body hash is at
 * fault. */
static bool
has_caret(const struct diag *why, const struct sigfield *f)
{
	return why->code != DIAG_BODY_HASH && page_points(why, f);
}

/* "i=2 ARC-Seal (field 1 from the top)" */
static void
put_field_name(struct buf *b, const struct sigfield *f)
{
	if (f->instance > 0)
		buf_printf(b, "i=%u ", f->instance);
	buf_printf(b, "%.*s (field %zu from the top)",
	    SLICE_ARG(sigfield_name(f->kind)), f->index + 1);
}

/* Fields from place k on, and before end, that have one fault, which is told
 * once, or none; returns how many fields were looked at. */
static size_t
put_fault(struct sheet *t, const struct report *r, size_t k, size_t end)
{
	const struct chain *c = r->chain;
	const struct sigfield *f = &c->field[k];
	const struct diag *why = page_fault(r, f);
	struct buf b = { .max = 0 };
	size_t seen = 1;

	if (why == NULL)
		return seen;
	put_field_name(&b, f);
	for (; k + seen < end && !has_caret(why, f); seen++) {
		const struct sigfield *g = &c->field[k + seen];
		const struct diag *also = page_fault(r, g);

		if (also == NULL)
			continue;
		if (also->code != why->code || has_caret(also, g) ||
		    strcmp(also->detail, why->detail) != 0)
			break;
		buf_text(&b, ", ");
		put_field_name(&b, g);
	}
	buf_text(&b, ": ");
	page_diag(&b, r, why);
	sheet_item(t, "*", "31", &b);
	if (has_caret(why, f))
		sheet_caret(t, f->field->raw, why->where);
	return seen;
}

/* All fields of a kind that a set has more than one of. */
static void
put_twice(struct sheet *t, const struct chain *c, unsigned i, enum sigkind kind)
{
	const struct diag_info *info = diag_info(DIAG_FIELD_TWICE);
	unsigned n = c->set[i].count[kind], seen = 0;
	struct buf b = { .max = 0 };

	buf_printf(
	    &b, "i=%u %.*s: %u of them", i, SLICE_ARG(sigfield_name(kind)), n);
	for (size_t k = 0; k < c->nfields && seen < MAX_TWICE; k++) {
		const struct sigfield *f = &c->field[k];

		if (f->instance != i || f->kind != kind)
			continue;
		buf_printf(
		    &b, "%s field %zu", seen++ > 0 ? "," : "", f->index + 1);
		if (f->tags.domain.len > 0) {
			buf_text(&b, " by ");
			escape_text(&b, slice_sub(f->tags.domain, 0, 255));
		}
	}
	buf_printf(&b, "%s. [%s; %s]", n > seen ? ", ..." : "", info->word,
	    info->clause);
	sheet_item(t, "*", "31", &b);
}

/* What of set i is not there: a bit for each kind. */
static unsigned
missing_of(const struct chain *c, unsigned i)
{
	unsigned kinds = 0;

	for (enum sigkind k = ARC_AAR; k < ARC_KINDS; k++)
		kinds |= (c->set[i].part[k] == NULL ? 1U : 0U) << k;
	return kinds;
}

/* Sets from i on of which the same is not there; returns the first behind
 * them. */
static unsigned
put_missing(struct sheet *t, const struct chain *c, unsigned i)
{
	unsigned kinds = missing_of(c, i), end = i + 1;
	bool whole = kinds == (1U << ARC_KINDS) - 1;
	const struct diag_info *info =
	    diag_info(whole ? DIAG_INSTANCE_GAP : DIAG_FIELD_MISSING);
	struct buf b = { .max = 0 };
	const char *between = " ";

	while (end <= c->n && missing_of(c, end) == kinds)
		end++;
	buf_printf(&b, "i=%u", i);
	if (end > i + 1)
		buf_printf(&b, " to i=%u", end - 1);
	for (enum sigkind k = ARC_AAR; k < ARC_KINDS && !whole; k++) {
		if ((kinds & 1U << k) == 0)
			continue;
		buf_printf(&b, "%s%.*s", between, SLICE_ARG(sigfield_name(k)));
		between = ", ";
	}
	buf_printf(&b, ": %s [%s; %s]",
	    whole ? "ARC Set missing." : "Missing, or invalid.", info->word,
	    info->clause);
	sheet_item(t, "*", "31", &b);
	return end;
}

/* Lines that are no fields; the first is shown. */
static void
put_junk(struct sheet *t, const struct message *m)
{
	const struct diag_info *info = diag_info(DIAG_HEADER_SYNTAX);
	struct buf b = { .max = 0 };

	if (m->njunk == 1)
		buf_text(&b, info->sentence);
	else
		buf_printf(
		    &b, "%zu invalid header lines; the first:", m->njunk);
	buf_printf(&b, " [%s; %s]", info->word, info->clause);
	sheet_item(t, "*", "31", &b);
	sheet_caret(t, m->junk, m->junk);
}

static void
put_faults(struct sheet *t, const struct report *r)
{
	const struct chain *c = r->chain;
	size_t before = t->b->len, heading;

	buf_text(
	    t->b, r->verdict->cv == CV_PASS
		      ? "\nOlder signatures that no longer verify (allowed):\n"
		      : "\nFailures:\n");
	heading = t->b->len;
	for (size_t k = 0; k < c->nfields;)
		k += put_fault(t, r, k, c->nfields);
	for (unsigned i = 1; i <= c->n; i++)
		for (enum sigkind k = ARC_AAR; k < ARC_KINDS; k++)
			if (c->set[i].count[k] > 1)
				put_twice(t, c, i, k);
	for (unsigned i = 1; i <= c->n;)
		i = missing_of(c, i) != 0 ? put_missing(t, c, i) : i + 1;
	if (r->message->njunk > 0)
		put_junk(t, r->message);
	/* A heading over nothing is none. */
	if (t->b->len == heading)
		t->b->len = before;
}

/* ------------------------------------------------------------------------
 * Why. */

/* Whether both say the same of another place. */
static bool
same_reason(const struct finding *a, const struct finding *b)
{
	return a->cause == b->cause && a->level == b->level &&
	       a->aspect == b->aspect && a->after == b->after &&
	       a->before == b->before && a->until == b->until &&
	       slice_eq(a->domain, b->domain) &&
	       cause_info(a->cause)->role != ROLE_SIGNER;
}

/* "i=2", or "DKIM-Signature 1". */
static bool
put_signer(struct buf *b, const struct finding *f, bool more)
{
	if (f->instance == 0 && f->signature == 0)
		return false;
	buf_text(b, more ? ", " : "");
	if (f->instance > 0)
		buf_printf(b, "i=%u", f->instance);
	else
		buf_printf(b, "DKIM-Signature %u", f->signature);
	return true;
}

/* "i=2, i=1: " and the finding; nothing where an earlier one told it. */
static void
put_reason(struct sheet *t, const struct report *r, size_t k)
{
	const struct explanation *e = r->why;
	const struct finding *f = &e->finding[k];
	struct buf b = { .max = 0 };
	bool more = false;

	for (size_t i = 0; i < k; i++)
		if (same_reason(&e->finding[i], f))
			return;
	if (f->other)
		buf_text(&b, "or ");
	for (size_t i = k; i < e->n; i++)
		if (i == k || same_reason(&e->finding[i], f))
			more |= put_signer(&b, &e->finding[i], more);
	buf_printf(&b, "%s%s: %s", more ? ", " : "", cause_level_word(f->level),
	    cause_info(f->cause)->sentence);
	buf_text(&b, " By: ");
	report_by(&b, r, f);
	buf_printf(&b, " (%s). [%s]", finding_certainty_word(f->who),
	    cause_info(f->cause)->id);
	sheet_item(t, "-", NULL, &b);
}

static void
put_reasons(struct sheet *t, const struct page *p)
{
	const struct report *r = p->report;
	struct buf b = { .max = 0 };

	if (r->why != NULL && r->why->n > 0) {
		buf_printf(t->b, "\n%s (details: arc-dump --why):\n",
		    r->verdict->cv == CV_PASS ? "Notes" : "Why");
		for (size_t k = 0; k < r->why->n; k++)
			put_reason(t, r, k);
	} else if (blame(&b, r, p->hops)) {
		buf_text(t->b, "\nLikely source:\n");
		sheet_item(t, "-", NULL, &b);
	}
	t->failed |= b.failure != BUF_OK;
	buf_release(&b);
}

/* What changes no verdict. */
static void
put_remarks(struct sheet *t, const struct remarks *r)
{
	if (r->n > 0)
		buf_text(t->b, "\nRemarks:\n");
	for (size_t k = 0; k < r->n; k++) {
		const struct lint_info *info = lint_info(r->remark[k].code);
		struct buf b = { .max = 0 };

		lint_write(&b, &r->remark[k]);
		buf_printf(&b, " [%s; %s]", info->word, info->clause);
		sheet_item(t, "-", NULL, &b);
	}
}

static struct sheet
sheet_for(struct buf *b, const struct page *p)
{
	struct sheet t;

	sheet_begin(&t, b, p->report->message->arena, p->report->color,
	    p->report->columns);
	return t;
}

int
page_chain(struct buf *b, const struct page *p, struct diag *why)
{
	const struct report *r = p->report;
	struct sheet t = sheet_for(b, p);

	if (r->named) {
		buf_slice(b, sheet_inert(&t, slice_of(r->file)));
		buf_text(b, ":\n");
	}
	put_heads(&t, r->message, "From:", SLICE("From"));
	put_heads(&t, r->message, "Subject:", SLICE("Subject"));
	put_heads(&t, r->message, "Date:", SLICE("Date"));
	page_verdict(&t, p);
	if (!p->full_why || r->why == NULL || r->why->n == 0)
		put_reasons(&t, p);
	put_table(&t, p);
	page_auth(&t, p);
	put_oddities(&t, p->hops);
	put_faults(&t, r);
	if (p->remarks)
		put_remarks(&t, r->remarks);
	return sheet_end(&t, why);
}

/* ------------------------------------------------------------------------
 * One set. */

static void
put_value(struct sheet *t, const struct tag *tag, size_t indent)
{
	struct buf b = { .max = 0 };

	sheet_unfold(&b, tag);
	sheet_wrap(t, sheet_inert(t, buf_view(&b)), indent, indent);
	t->failed |= b.failure != BUF_OK;
	buf_release(&b);
}

static void
put_tags(struct sheet *t, const struct sigfield *f)
{
	if (f->kind == ARC_AAR) {
		const struct tag payload = { .value = slice_trim(f->payload) };

		sheet_spaces(t, 5);
		put_value(t, &payload, 5);
	}
	for (size_t k = 0; k < f->list.n; k++) {
		sheet_spaces(t, 5);
		sheet_cell(t, sheet_inert(t, f->list.tag[k].name), 3);
		sheet_spaces(t, 1);
		put_value(t, &f->list.tag[k], 9);
	}
}

int
page_set(struct buf *b, const struct page *p, unsigned i, struct diag *why)
{
	const struct report *r = p->report;
	const struct chain *c = r->chain;
	struct sheet t = sheet_for(b, p);

	for (size_t k = 0; k < c->nfields; k++) {
		const struct sigfield *f = &c->field[k];
		const struct sigresult *part = f->kind == ARC_AMS
						   ? &r->verdict->ams[i]
						   : &r->verdict->seal[i];

		if (f->instance != i)
			continue;
		buf_printf(b, "%.*s  i=%u, field %zu of %zu, %zu bytes",
		    SLICE_ARG(sigfield_name(f->kind)), i, f->index + 1,
		    r->message->nfields, f->field->raw.len);
		if (f->kind != ARC_AAR) {
			buf_text(b, ", ");
			put_state(&t, f, part, 0);
		}
		buf_char(b, '\n');
		put_tags(&t, f);
		if (page_fault(r, f) != NULL)
			put_fault(&t, r, k, k + 1);
	}
	return sheet_end(&t, why);
}
