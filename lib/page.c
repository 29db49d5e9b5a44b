/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "escape.h"
#include "page.h"
#include "width.h"
#include "words.h"

static const struct slice no_octets = { NULL, 0 };

enum {
	COLUMNS = 79, /* the last one stays free */
	DOMAIN_COLUMNS = 25,
	CARET_COLUMNS = 72,
	CARET_OCTETS = 200, /* looked at before a caret */
	MAX_RESULTS = 12,   /* of an AAR */
	MAX_HEADS = 4,	    /* fields of one name */
	HEAD_OCTETS = 8192, /* of From, Subject and Date */
};

/* A page being written. */
struct sheet {
	struct buf *b;
	const struct page *p;
	struct width width;
	struct arena *arena;
	bool failed; /* memory */
};

/* Text of the message, made inert; in the arena. */
static struct slice
inert(struct sheet *t, struct slice s)
{
	struct buf b = { .max = 0 };
	struct slice kept;

	escape_text(&b, s);
	kept = b.failure == BUF_OK ? arena_copy(t->arena, buf_view(&b))
				   : no_octets;
	buf_release(&b);
	t->failed |= kept.p == NULL;
	return kept;
}

static void
spaces(struct sheet *t, size_t n)
{
	while (n-- > 0)
		buf_char(t->b, ' ');
}

/* Inert text in so many columns, cut or filled up. */
static void
put_cell(struct sheet *t, struct slice s, size_t columns)
{
	size_t n = width_text(&t->width, s);

	if (n > columns) {
		s = width_cut(&t->width, s, columns - 1);
		buf_slice(t->b, s);
		buf_char(t->b, '~');
		n = width_text(&t->width, s) + 1;
	} else {
		buf_slice(t->b, s);
	}
	spaces(t, columns - n);
}

static void
put_colored(struct sheet *t, const char *sgr, struct slice s)
{
	bool color = t->p->report->color && sgr != NULL;

	if (color)
		buf_printf(t->b, "\033[%sm", sgr);
	buf_slice(t->b, s);
	if (color)
		buf_text(t->b, "\033[0m");
}

/* Columns of s, as far as they matter to one line: a word may be as long as a
 * field. */
static size_t
line_width(const struct sheet *t, struct slice s)
{
	return width_text(&t->width, width_cut(&t->width, s, COLUMNS + 1));
}

/* Inert text in lines: the first goes on where the line is, at column, the
 * others begin behind indent spaces. */
static void
put_wrapped(struct sheet *t, struct slice s, size_t column, size_t indent)
{
	while (s.len > 0) {
		size_t n = slice_find(s, ' ');
		struct slice word = slice_sub(s, 0, n);
		size_t w = line_width(t, word);

		if (column > indent && column + 1 + w > COLUMNS) {
			buf_char(t->b, '\n');
			spaces(t, indent);
			column = indent;
		} else if (column > indent) {
			buf_char(t->b, ' ');
			column++;
		}
		/* What is longer than a line is cut where it must be. */
		while (w > COLUMNS - column) {
			struct slice part =
			    width_cut(&t->width, word, COLUMNS - column);

			if (part.len == 0)
				break;
			buf_slice(t->b, part);
			word = slice_sub(word, part.len, word.len);
			buf_char(t->b, '\n');
			spaces(t, indent);
			column = indent;
			w = line_width(t, word);
		}
		buf_slice(t->b, word);
		column += w;
		s = slice_sub(s, n + 1, s.len);
	}
	buf_char(t->b, '\n');
}

/* The first field of that name from place *at on, which comes to stand behind
 * it; NULL when there is none. */
static const struct field *
find_field(const struct message *m, struct slice name, size_t *at)
{
	while (*at < m->nfields) {
		const struct field *f = &m->field[(*at)++];

		if (slice_eq_nocase(f->name, name))
			return f;
	}
	return NULL;
}

/* A field of the message as a reader sees it, on one line. */
static void
put_head(struct sheet *t, const char *label, const struct field *f)
{
	struct buf b = { .max = 0 };

	words_decode(&b, t->arena, slice_sub(f->value, 0, HEAD_OCTETS));
	t->failed |= b.failure != BUF_OK;
	struct slice text = inert(t, buf_view(&b));

	buf_release(&b);
	buf_printf(t->b, "%-9s", label);
	if (width_text(&t->width, text) > COLUMNS - 9)
		text = width_cut(&t->width, text, COLUMNS - 9);
	buf_slice(t->b, text);
	buf_char(t->b, '\n');
}

/* All fields of a name, as a reader may be shown any of them. */
static void
put_heads(struct sheet *t, const char *label, struct slice name)
{
	const struct message *m = t->p->report->message;
	const struct field *f;
	size_t at = 0;

	for (unsigned n = 0; (f = find_field(m, name, &at)) != NULL; n++) {
		if (n == MAX_HEADS) {
			buf_printf(t->b, "%9sand %zu more\n", "",
			    message_count(m, name) - MAX_HEADS);
			return;
		}
		put_head(t, label, f);
	}
}

/* ------------------------------------------------------------------------
 * The verdict in a sentence. */

static void
put_place(struct buf *b, const struct page *p)
{
	const struct diag *why = &p->report->verdict->why;

	if (why->instance > 0) {
		buf_printf(b, " at i=%u", why->instance);
		if (why->instance <= p->hops->n &&
		    p->hops->hop[why->instance].domain.len > 0) {
			buf_text(b, ", ");
			escape_text(b, p->hops->hop[why->instance].domain);
		}
	}
	if (why->field.len > 0)
		buf_printf(b, ", %.*s", SLICE_ARG(why->field));
}

static void
put_verdict(struct sheet *t)
{
	const struct report *r = t->p->report;
	const struct verdict *v = r->verdict;
	const char *word = report_word(v), *sgr = "1;33";
	struct buf b = { .max = 0 };
	unsigned n = r->chain->n;

	if (v->cv == CV_NONE) {
		word = "none";
		buf_text(&b, " No ARC field: nobody sealed this message.");
	} else if (v->cv == CV_MISSING) {
		word = "unverified";
		buf_printf(&b,
		    " %u ARC Set%s, whole. Give keys (--keys FILE), or "
		    "--verify to ask the DNS, and their signatures are "
		    "checked.",
		    n, n == 1 ? "" : "s");
	} else if (v->cv == CV_PASS) {
		sgr = "1;32";
		buf_printf(&b, " The chain of %u ARC Set%s holds.", n,
		    n == 1 ? "" : "s");
		if (v->has_oldest_pass && v->oldest_pass > 1)
			buf_printf(&b,
			    " The message is as i=%u sealed it; earlier hops "
			    "saw another (oldest-pass=%u).",
			    v->oldest_pass, v->oldest_pass);
		else if (v->has_oldest_pass)
			buf_text(&b, " What was signed is as the first hop saw "
				     "it (oldest-pass=0).");
	} else {
		sgr = v->temporary ? "1;33" : "1;31";
		buf_text(&b, " The chain breaks");
		put_place(&b, t->p);
		buf_printf(&b, ": %s", diag_info(v->why.code)->sentence);
		if (v->why.detail[0] != '\0')
			buf_printf(&b, " (%s)", v->why.detail);
		buf_printf(&b, " [%s; %s]", diag_info(v->why.code)->word,
		    diag_info(v->why.code)->clause);
	}
	buf_char(t->b, '\n');
	put_colored(t, sgr, slice_of(word));
	buf_char(t->b, ':');
	put_wrapped(t, slice_trim(buf_view(&b)), strlen(word) + 1, 0);
	t->failed |= b.failure != BUF_OK;
	buf_release(&b);
}

/* ------------------------------------------------------------------------
 * The table of hops. */

static void
date_text(int64_t seconds, char out[32])
{
	time_t when = (time_t)seconds;
	struct tm tm;

	/* Twelve digits are more years than four digits have. */
	if (seconds > INT64_C(253402300799) || gmtime_r(&when, &tm) == NULL)
		snprintf(out, 32, "%" PRId64, seconds);
	else
		strftime(out, 32, "%Y-%m-%d %H:%M:%S", &tm);
}

static void
gap_text(const struct hop *h, char out[32])
{
	int64_t g = h->gap < 0 ? -h->gap : h->gap;
	const char *sign = h->gap < 0 ? "-" : "+";

	if (!h->has_gap)
		out[0] = '\0';
	else if (g < 120)
		snprintf(out, 32, "%s%" PRId64 "s", sign, g);
	else if (g < 120 * 60)
		snprintf(out, 32, "%s%" PRId64 "m", sign, g / 60);
	else if (g < 48 * 3600)
		snprintf(out, 32, "%s%" PRId64 "h", sign, g / 3600);
	else if (g < INT64_C(99999) * 86400)
		snprintf(out, 32, "%s%" PRId64 "d", sign, g / 86400);
	else
		snprintf(out, 32, "%slong", sign);
}

/* The state of a part in a word of at most five letters. */
static const char *
state_word(const struct arc_field *f, const struct part *p)
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
put_state(struct sheet *t, const struct arc_field *f, const struct part *p,
    size_t columns)
{
	const char *word = state_word(f, p);
	const char *sgr = strcmp(word, "pass") == 0 ? "32"
			  : strcmp(word, "?") == 0  ? NULL
						    : "31";

	put_colored(t, sgr, slice_of(word));
	if (columns > strlen(word))
		spaces(t, columns - strlen(word));
}

static void
put_claims(struct sheet *t, const struct hop *h)
{
	struct buf b = { .max = 0 };

	if (!h->has_aar)
		return;
	for (size_t i = 0; i < h->aar.nresults; i++) {
		const struct authres_result *r = &h->aar.result[i];

		if (i == MAX_RESULTS) {
			buf_printf(
			    &b, " and %zu more", h->aar.nresults - MAX_RESULTS);
			break;
		}
		buf_char(&b, ' ');
		escape_text(&b, slice_sub(r->method, 0, 40));
		buf_char(&b, '=');
		escape_text(&b, slice_sub(r->result, 0, 40));
	}
	if (b.len == 0)
		buf_text(
		    &b, h->aar.none ? " none" : " nothing that can be read");
	buf_text(t->b, "     claims");
	put_wrapped(t, slice_trim(buf_view(&b)), 11, 7);
	t->failed |= b.failure != BUF_OK;
	buf_release(&b);
}

static void
put_received(struct sheet *t, const struct hop *h)
{
	struct buf b = { .max = 0 };
	bool cut = width_text(&t->width, inert(t, h->domain)) > DOMAIN_COLUMNS;

	/* In the table it was cut. */
	if (cut) {
		buf_text(&b, "d=");
		escape_text(&b, slice_sub(h->domain, 0, 255));
	}
	if (h->selector.len > 0) {
		buf_text(&b, cut ? " s=" : "s=");
		escape_text(&b, slice_sub(h->selector, 0, 64));
	}
	if (h->received_from.len > 0) {
		buf_text(&b, b.len > 0 ? ", got it from " : "got it from ");
		escape_text(&b, slice_sub(h->received_from, 0, 255));
	}
	if (h->received_by.len > 0) {
		buf_text(&b, " at ");
		escape_text(&b, slice_sub(h->received_by, 0, 255));
	}
	if (b.len > 0) {
		spaces(t, 5);
		put_wrapped(t, slice_trim(buf_view(&b)), 5, 5);
	}
	t->failed |= b.failure != BUF_OK;
	buf_release(&b);
}

static void
put_hop(struct sheet *t, unsigned i)
{
	const struct report *r = t->p->report;
	const struct arc_set *set = &r->chain->set[i];
	const struct hop *h = &t->p->hops->hop[i];
	const struct arc_field *seal = set->part[ARC_SEAL];
	char date[32] = "-", gap[32];

	buf_printf(t->b, " %2u  ", i);
	if (!h->present) {
		put_colored(t, "31", SLICE("missing"));
		buf_char(t->b, '\n');
		return;
	}
	if (h->has_time)
		date_text(h->time, date);
	gap_text(h, gap);
	put_cell(t, h->domain.len > 0 ? inert(t, h->domain) : SLICE("-"),
	    DOMAIN_COLUMNS);
	buf_printf(t->b, "  %-19.19s  %6s  ", date, gap);
	put_cell(t,
	    seal == NULL || seal->sig.cv_text.p == NULL
		? SLICE("-")
		: inert(t, slice_sub(seal->sig.cv_text, 0, 8)),
	    4);
	buf_text(t->b, "  ");
	put_state(t, set->part[ARC_AMS], &r->verdict->ams[i], 5);
	buf_char(t->b, ' ');
	put_state(t, seal, &r->verdict->seal[i], 0);
	buf_char(t->b, '\n');
	put_received(t, h);
	put_claims(t, h);
}

static void
put_table(struct sheet *t)
{
	if (t->p->hops->n == 0)
		return;
	buf_printf(t->b, "\n  i  %-*s  %-19s  %6s  cv    AMS   seal\n",
	    DOMAIN_COLUMNS, "sealed by", "at (UTC)", "after");
	for (unsigned i = 1; i <= t->p->hops->n; i++)
		put_hop(t, i);
	buf_text(t->b, "\n");
	put_wrapped(t,
	    SLICE("AMS: the ARC-Message-Signature of that hop against the "
		  "message as it is now (body: the body is not what it signed; "
		  "only the newest decides). seal: its ARC-Seal over all sets "
		  "up to it. ?: not checked."),
	    0, 0);
}

/* ------------------------------------------------------------------------
 * What is odd, and what is broken. */

static void
put_oddities(struct sheet *t)
{
	const struct hops *h = t->p->hops;

	if (h->nodd > 0)
		buf_text(t->b, "\nOdd:\n");
	for (size_t k = 0; k < h->nodd; k++) {
		buf_text(t->b, " ");
		put_colored(t, "33", SLICE("!"));
		buf_char(t->b, ' ');
		put_wrapped(t, slice_of(h->odd[k].text), 3, 3);
	}
}

/* The line of raw that holds where, and a caret under it. */
static void
put_caret(struct sheet *t, const struct field *f, struct slice where)
{
	struct slice raw = f->raw;
	size_t at, from = 0;

	if (where.p == NULL || where.p < raw.p || where.p >= raw.p + raw.len)
		return;
	at = (size_t)(where.p - raw.p);
	while (at + 1 < raw.len && ascii_is_fws(raw.p[at]))
		at++;
	for (size_t i = 0; i < at; i++)
		if (raw.p[i] == '\n')
			from = i + 1;
	struct slice line = slice_sub(raw, from, raw.len);

	line = slice_sub(line, 0, slice_find(line, '\n'));
	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	at -= from;
	/* A tab is shown as it would be written; the caret counts that. */
	size_t skipped = at > CARET_OCTETS ? at - CARET_OCTETS : 0;

	/* Not in the middle of a character. */
	while (skipped > 0 && skipped < at &&
	       ((unsigned char)line.p[skipped] & 0xc0) == 0x80)
		skipped++;
	struct slice before = inert(t, slice_sub(line, skipped, at - skipped));
	size_t column = width_text(&t->width, before);

	while (column > CARET_COLUMNS / 2 && before.len > 0) {
		struct slice first = width_cut(&t->width, before, 1);

		if (first.len == 0)
			first = width_cut(&t->width, before, 2);
		if (first.len == 0)
			break;
		before = slice_sub(before, first.len, before.len);
		column = width_text(&t->width, before);
		skipped++;
	}
	struct slice after = inert(t, slice_sub(line, at, 200));

	buf_text(t->b, skipped > 0 ? "     ..." : "     ");
	column += skipped > 0 ? 8 : 5;
	buf_slice(t->b, before);
	buf_slice(t->b, width_cut(&t->width, after, COLUMNS - column));
	buf_char(t->b, '\n');
	spaces(t, column);
	put_colored(t, "1;31", SLICE("^"));
	buf_char(t->b, '\n');
}

static bool
lies_in(struct slice where, const struct field *f)
{
	return where.p != NULL && where.p >= f->raw.p &&
	       where.p < f->raw.p + f->raw.len;
}

/* Why a field is told of by itself; NULL when it is not. */
static const struct diag *
field_fault(const struct page *p, const struct arc_field *f)
{
	const struct verdict *v = p->report->verdict;
	unsigned i = f->instance;

	if (f->problem.code != DIAG_NONE)
		return &f->problem;
	if (f->kind == ARC_AAR)
		return NULL;
	if (f->sig.problem.code != DIAG_NONE)
		return &f->sig.problem;
	if (p->report->chain->set[i].part[f->kind] != f)
		return NULL;
	const struct part *part = f->kind == ARC_AMS ? &v->ams[i] : &v->seal[i];
	const struct diag *shape = &p->report->chain->shape;

	if (part->status == STATUS_FAIL)
		return &part->why;
	/* A seal may be intact and yet say what breaks the chain. */
	return shape->code != DIAG_FIELD_TWICE &&
		       lies_in(shape->where, f->field)
		   ? shape
		   : NULL;
}

static void
put_fault(struct sheet *t, const struct arc_field *f, const struct diag *why)
{
	struct buf b = { .max = 0 };

	if (f->instance > 0)
		buf_printf(&b, "i=%u ", f->instance);
	buf_printf(&b, "%.*s (field %zu from the top",
	    SLICE_ARG(arc_name(f->kind)), f->index + 1);
	/* Of several such fields, which one. */
	if (why == NULL && f->sig.domain.len > 0) {
		buf_text(&b, ", d=");
		escape_text(&b, slice_sub(f->sig.domain, 0, 255));
	}
	buf_text(&b, "):");
	if (why != NULL) {
		buf_printf(&b, " %s", diag_info(why->code)->sentence);
		if (why->detail[0] != '\0')
			buf_printf(&b, " (%s)", why->detail);
		buf_printf(&b, " [%s; %s]", diag_info(why->code)->word,
		    diag_info(why->code)->clause);
	} else {
		buf_text(&b, " There is another such field in this set "
			     "[field-twice; RFC 8617 section 5.2, step 3A]");
	}
	buf_text(t->b, " ");
	put_colored(t, "31", SLICE("*"));
	buf_char(t->b, ' ');
	put_wrapped(t, buf_view(&b), 3, 3);
	t->failed |= b.failure != BUF_OK;
	buf_release(&b);
	/* All of a body hash is at fault, and was told. */
	if (why != NULL && why->code != DIAG_BODY_HASH)
		put_caret(t, f->field, why->where);
}

/* The heading, once. */
static void
put_fault_heading(struct sheet *t, bool *any)
{
	if (!*any)
		buf_text(t->b,
		    t->p->report->verdict->cv == CV_PASS
			? "\nDoes not hold any more, which of older hops is "
			  "allowed:\n"
			: "\nDoes not hold:\n");
	*any = true;
}

/* Fields that are not there, and sets. */
static void
put_missing(struct sheet *t, bool *any)
{
	const struct chain *c = t->p->report->chain;
	char line[160];

	for (unsigned i = 1; i <= c->n; i++)
		for (enum arc_kind k = ARC_AAR; k < ARC_KINDS; k++) {
			bool whole = !t->p->hops->hop[i].present;

			if (c->set[i].part[k] != NULL || (whole && k > ARC_AAR))
				continue;
			put_fault_heading(t, any);
			snprintf(line, sizeof line,
			    whole ? "i=%u%.*s: Nothing of this ARC Set is "
				    "there. [instance-gap; %s]"
				  : "i=%u %.*s: There is none that can be "
				    "read. [field-missing; %s]",
			    i, whole ? 0 : (int)arc_name(k).len, arc_name(k).p,
			    diag_info(
				whole ? DIAG_INSTANCE_GAP : DIAG_FIELD_MISSING)
				->clause);
			buf_text(t->b, " ");
			put_colored(t, "31", SLICE("*"));
			buf_char(t->b, ' ');
			put_wrapped(t, slice_of(line), 3, 3);
		}
}

/* Lines that are no fields; the first is shown. */
static void
put_junk(struct sheet *t, bool *any)
{
	const struct message *m = t->p->report->message;
	const struct diag_info *info = diag_info(DIAG_HEADER_SYNTAX);
	struct field line = { .raw = m->junk };
	struct buf b = { .max = 0 };

	if (m->njunk == 0)
		return;
	put_fault_heading(t, any);
	buf_printf(&b, "%zu line%s of the header: %s [%s; %s]", m->njunk,
	    m->njunk == 1 ? "" : "s", info->sentence, info->word, info->clause);
	buf_text(t->b, " ");
	put_colored(t, "31", SLICE("*"));
	buf_char(t->b, ' ');
	put_wrapped(t, buf_view(&b), 3, 3);
	t->failed |= b.failure != BUF_OK;
	buf_release(&b);
	put_caret(t, &line, m->junk);
}

static void
put_faults(struct sheet *t)
{
	const struct chain *c = t->p->report->chain;
	bool any = false;

	for (size_t k = 0; k < c->nfields; k++) {
		const struct arc_field *f = &c->field[k];
		const struct diag *why = field_fault(t->p, f);
		bool twice =
		    f->instance > 0 && c->set[f->instance].count[f->kind] > 1;

		if (why == NULL && !twice)
			continue;
		put_fault_heading(t, &any);
		put_fault(t, f, why);
	}
	put_missing(t, &any);
	put_junk(t, &any);
}

/* ------------------------------------------------------------------------
 * Why. */

/* Whether both say the same of another place. */
static bool
same_reason(const struct finding *a, const struct finding *b)
{
	return a->cause == b->cause && a->level == b->level &&
	       a->place == b->place && a->after == b->after &&
	       a->before == b->before && slice_eq(a->domain, b->domain) &&
	       a->cause->role != ROLE_SIGNER;
}

/* "i=2, i=1: " and the finding; nothing where an earlier one told it. */
static void
put_reason(struct sheet *t, const struct explanation *e, size_t k)
{
	static const char *const levels[] = { "proven", "fact", "indicated" };
	const struct finding *f = &e->finding[k];
	struct buf b = { .max = 0 };
	bool more = false;

	for (size_t i = 0; i < k; i++)
		if (same_reason(&e->finding[i], f))
			return;
	if (report_other_way(e, k))
		buf_text(&b, "or ");
	for (size_t i = k; i < e->n; i++)
		if (e->finding[i].instance > 0 &&
		    (i == k || same_reason(&e->finding[i], f))) {
			buf_printf(&b, "%si=%u", more ? ", " : "",
			    e->finding[i].instance);
			more = true;
		}
	buf_printf(&b, "%s%s: %s", more ? ", " : "", levels[f->level],
	    f->cause->sentence);
	report_who(&b, t->p->report, f);
	buf_printf(&b, " [%s]", f->cause->id);
	buf_text(t->b, " - ");
	put_wrapped(t, buf_view(&b), 3, 3);
	t->failed |= b.failure != BUF_OK;
	buf_release(&b);
}

/* The domain that a set names. */
static void
put_domain(struct buf *b, const struct page *p, unsigned i)
{
	struct slice d = p->hops->hop[i].domain;

	if (d.len > 0)
		escape_text(b, slice_sub(d, 0, 255));
	else
		buf_printf(b, "the sealer of i=%u", i);
}

/* A field that belongs to no set: it may be the one that its neighbour's set
 * lacks. */
static bool
blame_stray(struct buf *b, const struct page *p)
{
	const struct chain *c = p->report->chain;

	for (size_t k = 0; k < c->nfields; k++) {
		const struct arc_field *f = &c->field[k];

		if (f->problem.code == DIAG_NONE)
			continue;
		for (size_t n = k > 0 ? k - 1 : 0; n <= k + 1 && n < c->nfields;
		     n++) {
			unsigned i = c->field[n].instance;

			if (i == 0 || c->set[i].part[f->kind] != NULL)
				continue;
			buf_printf(b,
			    "The field stands where the %.*s of i=%u should: ",
			    SLICE_ARG(arc_name(f->kind)), i);
			put_domain(b, p, i);
			buf_text(b, " wrote it so, or somebody changed it "
				    "since.");
			return true;
		}
		return false;
	}
	return false;
}

/* A line that is no field: fields are put on top, so its place tells after
 * which hop it came. */
static bool
blame_junk(struct buf *b, const struct page *p)
{
	const struct chain *c = p->report->chain;
	const char *junk = p->report->message->junk.p;

	for (size_t k = 0; k < c->nfields; k++) {
		unsigned i = c->field[k].instance;

		if (c->field[k].field->raw.p < junk || i == 0)
			continue;
		bool among = k > 0 && c->field[k - 1].instance == i;

		buf_printf(b, "The line stands %s the fields of i=%u: ",
		    among ? "among" : "above", i);
		if (!among)
			buf_text(b, "most likely it came after ");
		put_domain(b, p, i);
		buf_text(b, among ? " wrote it so, or somebody put it in since."
				  : " had sealed.");
		return true;
	}
	buf_text(b, "The line stands below all ARC Sets: it was there before "
		    "the first hop sealed, or was put in since.");
	return true;
}

/* Who is to blame for what is in plain sight. */
static bool
blame(struct buf *b, const struct page *p)
{
	const struct verdict *v = p->report->verdict;
	const struct chain *c = p->report->chain;
	const struct diag *why = &v->why;
	unsigned i = why->instance;

	if (why->code == DIAG_HEADER_SYNTAX)
		return blame_junk(b, p);
	if (i == 0 || i > c->n)
		return blame_stray(b, p);
	const struct arc_field *ams = c->set[i].part[ARC_AMS];
	bool tags = ams != NULL && ams->sig.problem.code == why->code;

	if (why->code == DIAG_EXPIRED && !tags) {
		buf_text(b, "The time is over that ");
		put_domain(b, p, i);
		buf_text(b, " had given its signature (x=); no change is "
			    "needed to explain it.");
		return true;
	}
	if (why->code >= DIAG_KEY_MISSING && why->code <= DIAG_KEY_UNSIGNED) {
		buf_text(b, "It is the key: ");
		put_domain(b, p, i);
		buf_text(b, " has to mend what it publishes.");
		return true;
	}
	if (why->code < DIAG_TAG_MISSING || why->code > DIAG_EXPIRED)
		return false;
	put_domain(b, p, i);
	buf_text(b, slice_eq(why->field, arc_name(ARC_AMS)) &&
			    v->seal[i].status == STATUS_PASS
			? " wrote the field so: its seal over it holds."
			: " wrote the field so, or somebody changed it since.");
	return true;
}

static void
put_reasons(struct sheet *t)
{
	const struct explanation *e = t->p->report->why;
	const struct verdict *v = t->p->report->verdict;
	struct buf b = { .max = 0 };

	if (e != NULL && e->n > 0) {
		buf_text(t->b, "\nWhy (arc-dump --why tells all of it):\n");
		for (size_t k = 0; k < e->n; k++)
			put_reason(t, e, k);
	} else if (v->cv == CV_FAIL && !v->temporary && blame(&b, t->p)) {
		buf_text(t->b, "\nWho:\n - ");
		put_wrapped(t, buf_view(&b), 3, 3);
	}
	t->failed |= b.failure != BUF_OK;
	buf_release(&b);
}

/* What changes no verdict. */
static void
put_remarks(struct sheet *t)
{
	const struct remarks *r = t->p->report->remarks;

	if (r->n > 0)
		buf_text(t->b, "\nRemarks:\n");
	for (size_t k = 0; k < r->n; k++) {
		const struct remark *m = &r->remark[k];
		const struct lint_info *info = lint_info(m->code);
		struct buf b = { .max = 0 };

		if (m->instance > 0)
			buf_printf(&b, "i=%u ", m->instance);
		buf_printf(&b, "%.*s%s%s", SLICE_ARG(m->field),
		    m->instance > 0 || m->field.len > 0 ? ": " : "",
		    info->sentence);
		if (m->detail[0] != '\0')
			buf_printf(&b, " (%s)", m->detail);
		buf_printf(&b, " [%s; %s]", info->word, info->clause);
		buf_text(t->b, " - ");
		put_wrapped(t, buf_view(&b), 3, 3);
		t->failed |= b.failure != BUF_OK;
		buf_release(&b);
	}
}

static int
sheet_end(struct sheet *t, struct diag *why)
{
	width_release(&t->width);
	return t->failed || t->b->failure != BUF_OK ? diag_memory(why) : 0;
}

static struct sheet
sheet_begin(struct buf *b, const struct page *p)
{
	struct sheet t = { .b = b, .p = p, .arena = p->report->message->arena };

	width_init(&t.width);
	return t;
}

int
page_chain(struct buf *b, const struct page *p, struct diag *why)
{
	struct sheet t = sheet_begin(b, p);

	if (p->report->named) {
		buf_slice(b, inert(&t, slice_of(p->report->file)));
		buf_text(b, ":\n");
	}
	put_heads(&t, "From:", SLICE("From"));
	put_heads(&t, "Subject:", SLICE("Subject"));
	put_heads(&t, "Date:", SLICE("Date"));
	put_verdict(&t);
	put_table(&t);
	put_oddities(&t);
	put_faults(&t);
	put_reasons(&t);
	if (p->remarks)
		put_remarks(&t);
	return sheet_end(&t, why);
}

/* ------------------------------------------------------------------------
 * One set. */

/* A value without its folds: one space, or none where base64 was folded. */
static struct slice
unfolded(struct sheet *t, struct slice s, bool base64)
{
	struct buf b = { .max = 0 };

	for (size_t i = 0; i < s.len; i++) {
		bool fws = ascii_is_fws(s.p[i]);

		if (!fws)
			buf_char(&b, s.p[i]);
		else if (!base64 && b.len > 0 && b.p[b.len - 1] != ' ')
			buf_char(&b, ' ');
	}
	struct slice text = inert(t, buf_view(&b));

	t->failed |= b.failure != BUF_OK;
	buf_release(&b);
	return text;
}

static void
put_tags(struct sheet *t, const struct arc_field *f)
{
	if (f->kind == ARC_AAR) {
		buf_text(t->b, "     ");
		put_wrapped(
		    t, unfolded(t, slice_trim(f->payload), false), 5, 5);
		return;
	}
	for (size_t k = 0; k < f->tags.n; k++) {
		const struct tag *tag = &f->tags.tag[k];

		buf_text(t->b, "     ");
		put_cell(t, inert(t, tag->name), 3);
		buf_text(t->b, " ");
		bool base64 = slice_eq(tag->name, SLICE("b")) ||
			      slice_eq(tag->name, SLICE("bh"));

		put_wrapped(t, unfolded(t, tag->value, base64), 9, 9);
	}
}

int
page_set(struct buf *b, const struct page *p, unsigned i, struct diag *why)
{
	struct sheet t = sheet_begin(b, p);
	const struct chain *c = p->report->chain;

	for (size_t k = 0; k < c->nfields; k++) {
		const struct arc_field *f = &c->field[k];
		const struct part *part = f->kind == ARC_AMS
					      ? &p->report->verdict->ams[i]
					      : &p->report->verdict->seal[i];

		if (f->instance != i)
			continue;
		buf_printf(b, "%.*s  i=%u, field %zu of %zu, %zu octets",
		    SLICE_ARG(arc_name(f->kind)), i, f->index + 1,
		    p->report->message->nfields, f->field->raw.len);
		if (f->kind != ARC_AAR) {
			buf_text(b, ", ");
			put_state(&t, f, part, 0);
		}
		buf_char(b, '\n');
		put_tags(&t, f);
		if (field_fault(p, f) != NULL)
			put_fault(&t, f, field_fault(p, f));
	}
	return sheet_end(&t, why);
}

/* ------------------------------------------------------------------------
 * JSON. */

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
	size_t at = 0;
	const struct field *f = find_field(p->report->message, name, &at);
	struct buf b = { .max = 0 };

	if (f == NULL) {
		json_null(j, key);
		return;
	}
	words_decode(
	    &b, p->report->message->arena, slice_sub(f->value, 0, HEAD_OCTETS));
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
		const struct arc_field *f = &c->field[k];
		const struct diag *why = field_fault(p, f);

		if (p->report->set > 0 && f->instance != p->report->set)
			continue;
		json_object_open(j, NULL);
		json_string(j, "field", arc_name(f->kind));
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
		if (why != NULL && lies_in(why->where, f->field))
			json_number(j, "offset",
			    (int64_t)(why->where.p - f->field->raw.p));
		else
			json_null(j, "offset");
		json_object_close(j);
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
		json_string(j, "code", slice_of(oddity_word(o->code)));
		if (o->instance > 0)
			json_number(j, "instance", o->instance);
		else
			json_null(j, "instance");
		json_string(j, "text", slice_of(o->text));
		json_object_close(j);
	}
	json_array_close(j);
	json_fields(j, p);
}

/* ------------------------------------------------------------------------
 * TSV. */

static const struct tag *
tag_of(const struct arc_field *f, struct slice name)
{
	return f != NULL ? taglist_find(&f->tags, name) : NULL;
}

/* One value; a tab within it is escaped as all controls are. */
static void
put_value(
    struct buf *b, const struct arc_set *set, unsigned i, struct slice name)
{
	const struct arc_field *seal = set->part[ARC_SEAL];
	const struct arc_field *ams = set->part[ARC_AMS];
	const struct tag *t = NULL;
	char date[32];

	if (slice_eq(name, SLICE("i"))) {
		buf_printf(b, "%u", i);
	} else if (slice_eq(name, SLICE("aar"))) {
		if (set->part[ARC_AAR] != NULL)
			escape_text(b, slice_trim(set->part[ARC_AAR]->payload));
	} else if (slice_eq(name, SLICE("time"))) {
		const struct arc_field *f =
		    seal != NULL && seal->sig.has_time ? seal : ams;

		if (f != NULL && f->sig.has_time) {
			date_text((int64_t)f->sig.time, date);
			buf_text(b, date);
		}
	} else if (slice_starts(name, SLICE("ams."))) {
		t = tag_of(ams, slice_sub(name, 4, name.len));
	} else if (slice_starts(name, SLICE("as."))) {
		t = tag_of(seal, slice_sub(name, 3, name.len));
	} else {
		t = tag_of(seal, name);
		if (t == NULL)
			t = tag_of(ams, name);
	}
	if (t != NULL)
		escape_text(b, t->value);
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
