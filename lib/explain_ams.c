/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "explain_ams.h"

static const struct slice no_octets = { NULL, 0 };

enum {
	AMS_OCTETS = 64 * 1024 * 1024, /* hashed for one AMS */
	MAX_NAMES = 256,	       /* of h=, to be searched */
	MAX_FIELDS = 4000,	       /* of the message */
};

bool
ams_select(const struct ams_case *c, size_t from, const struct field **sel)
{
	struct message part = *c->s->m;

	part.field += from;
	part.nfields -= from;
	struct select *select = select_new(&part, c->s->arena);

	if (select == NULL) {
		search_memory(c->s);
		return false;
	}
	select_start(select, c->f->field);
	for (size_t j = 0; j < c->n; j++)
		sel[j] = select_next(select, c->g->headers[j]);
	return true;
}

struct slice
ams_own(struct ams_case *c)
{
	return canon_field(c->s, c->canon, c->f->field, c->g->b_raw, false);
}

void
ams_pieces(struct ams_case *c, const struct field **sel, struct sequence *q)
{
	for (size_t j = 0; j < c->n; j++)
		q->piece[j].octets =
		    sel[j] == NULL ? SLICE("")
		    : sel[j] == c->sel[j] && c->q.piece != q->piece
			? c->q.piece[j].octets
			: canon_field(c->s, c->canon, sel[j], no_octets, true);
	q->piece[c->n].octets = ams_own(c);
}

/* ------------------------------------------------------------------------
 * Where it happened. */

/* Whether AMS(k) covers a field; or, of one that is not there, its absence. */
static bool
covers(struct search *s, unsigned k, const struct change *change)
{
	const struct arc_field *f = s->ams[k].f;
	bool covered = false;

	if (f == NULL)
		return false;
	select_start(s->select, f->field);
	for (size_t j = 0; j < f->sig.nheaders; j++) {
		const struct field *h =
		    select_next(s->select, f->sig.headers[j]);

		covered |= change->at != NULL
			       ? h == change->at
			       : h == NULL && slice_eq_nocase(f->sig.headers[j],
						  change->name);
	}
	return covered;
}

static bool
covered_now(struct search *s, void *ctx, unsigned k)
{
	return s->ams[k].holds && covers(s, k, ctx);
}

/* Whether AMS(k) was explained by the same change. */
static bool
covered_then(struct search *s, void *ctx, unsigned k)
{
	const struct change *c = ctx;

	for (size_t i = 0; i < s->out->n; i++) {
		const struct finding *f = &s->out->finding[i];

		if (f->instance != k || f->place != PLACE_AMS)
			continue;
		for (size_t j = 0; j < f->nchanges; j++)
			if (f->change[j].at == c->at &&
			    slice_eq(f->change[j].was, c->was))
				return true;
	}
	return false;
}

static void
place_findings(struct search *s, size_t from, unsigned i)
{
	for (size_t k = from; k < s->out->n; k++) {
		struct finding *f = &s->out->finding[k];

		if (f->cause->role == ROLE_MODIFIER && f->nchanges > 0)
			explain_place_change(
			    s, f, i, covered_now, covered_then, &f->change[0]);
		else if (f->cause->role == ROLE_MODIFIER)
			f->domain = no_octets;
	}
}

/* ------------------------------------------------------------------------
 * The search. */

static bool
case_init(struct ams_case *c, struct search *s, unsigned i)
{
	*c = (struct ams_case){ .s = s, .i = i, .f = s->ams[i].f };
	c->g = &c->f->sig;
	c->target = &s->ams[i].target;
	c->canon = c->g->header_canon;
	c->n = c->g->nheaders;
	c->top = search_top(s, i);
	c->sel = arena_array(s->arena, c->n + 1, sizeof *c->sel);
	c->mime = arena_alloc(s->arena, sizeof *c->mime);
	if (c->sel == NULL || c->mime == NULL ||
	    !sequence_init(s, &c->q, c->n + 1)) {
		search_memory(s);
		return false;
	}
	c->q.target = c->target;
	c->q.place = PLACE_AMS;
	c->q.instance = i;
	if (!ams_select(c, 0, c->sel))
		return false;
	ams_pieces(c, c->sel, &c->q);
	mime_parse(c->mime, s->body,
	    mime_field(s->m->header, SLICE("Content-Type")),
	    mime_field(s->m->header, SLICE("Content-Transfer-Encoding")));
	return !s->failed;
}

/* The message without what was put above the seal since. */
static bool
case_older(struct ams_case *c, struct sequence *q, const struct field **sel,
    struct finding *dropped)
{
	*q = c->q;
	*dropped = (struct finding){ .nchanges = 0 };
	if (!ams_select(c, c->top, sel) ||
	    memcmp(sel, c->sel, c->n * sizeof *sel) == 0 ||
	    !sequence_init(c->s, q, c->n + 1))
		return false;
	ams_pieces(c, sel, q);
	for (size_t j = 0; j < c->n; j++)
		if (c->sel[j] != NULL && sel[j] != c->sel[j] &&
		    c->sel[j] < c->s->m->field + c->top &&
		    dropped->nchanges < EXPLAIN_MAX_CHANGES)
			dropped->change[dropped->nchanges++] =
			    (struct change){ .name = c->sel[j]->name,
				    .at = c->sel[j],
				    .is = c->sel[j]->value };
	return dropped->nchanges > 0;
}

/* The findings that rest on case_older() say so. */
static void
note_dropped(
    struct search *s, const struct finding *dropped, size_t from, unsigned i)
{
	size_t end = s->out->n;
	unsigned last = 0;
	bool any = false;

	for (size_t k = from; k <= end; k++) {
		unsigned group = k < end ? s->out->finding[k].group : s->groups;

		if (k < end && any && group == last)
			continue;
		if (k == end && end > from)
			break;
		struct finding *f = finding_new(
		    s, &explain_field_added, EXPLAIN_PROVED, PLACE_AMS, i);

		if (f == NULL)
			return;
		memcpy(f->change, dropped->change,
		    dropped->nchanges * sizeof *f->change);
		f->nchanges = dropped->nchanges;
		if (k < end)
			f->group = group;
		last = group;
		any = true;
	}
}

static size_t
search_older(struct ams_case *c)
{
	struct search *s = c->s;
	const struct field **sel = arena_array(s->arena, c->n + 1, sizeof *sel);
	const struct field **now = c->sel;
	struct sequence q;
	struct finding dropped;
	size_t from = s->out->n, found = 0;

	if (sel == NULL) {
		search_memory(s);
		return 0;
	}
	if (!case_older(c, &q, sel, &dropped))
		return 0;
	if (sequence_fits(s, &q)) {
		note_dropped(s, &dropped, from, c->i);
		return 1;
	}
	c->sel = sel;
	explain_fields(c, &q);
	c->sel = now;
	found = sequence_search(s, &q, 1, false);
	if (found == 0)
		found = sequence_search(s, &q, 2, true);
	if (found > 0)
		note_dropped(s, &dropped, from, c->i);
	return found;
}

/* Whether the piece is the last of its name that h= selects, and no older AMS
 * that holds covers what it selects. */
static bool
is_suspect(struct ams_case *c, size_t j)
{
	struct change change = { .name = c->g->headers[j], .at = c->sel[j] };

	for (size_t k = 0; k < j; k++)
		if (slice_eq_nocase(c->g->headers[k], c->g->headers[j]))
			return false;
	for (unsigned k = 1; k < c->i; k++)
		if (covered_now(c->s, &change, k))
			return false;
	return c->sel[j] != NULL;
}

/* A name of h= without a field that most messages have. */
static bool
is_gone(const struct ams_case *c, size_t j)
{
	static const char *const usual[] = { "to", "subject", "date",
		"message-id", "mime-version", "content-type", "from",
		"content-transfer-encoding" };
	bool known = slice_starts(c->g->headers[j], SLICE("X-"));

	for (size_t k = 0; k < sizeof usual / sizeof *usual; k++)
		known |= slice_eq_nocase(c->g->headers[j], slice_of(usual[k]));
	return known && c->sel[j] == NULL &&
	       message_count(c->s->m, c->g->headers[j]) == 0;
}

/* Name the fields that may be meant. */
static size_t
name_fields(struct ams_case *c, bool (*which)(struct ams_case *, size_t),
    struct finding *f)
{
	struct buf b = { .max = sizeof f->detail - 1 };
	size_t n = 0;

	for (size_t j = 0; j < c->n; j++)
		if (which(c, j)) {
			buf_text(&b, n++ == 0 ? "" : ", ");
			buf_slice(&b, c->g->headers[j]);
		}
	if (b.len > 0)
		snprintf(f->detail, sizeof f->detail, "%.*s%.*s", n > 1 ? 7 : 0,
		    "one of ", (int)b.len, b.p);
	buf_release(&b);
	return n;
}

static bool
which_gone(struct ams_case *c, size_t j)
{
	return is_gone(c, j);
}

/* Of a multipart whose Content-Type alone can be meant, the body's change is
 * most likely the same. */
static void
suspect_boundary(struct ams_case *c)
{
	if (!c->mime->root.multipart)
		return;
	for (size_t k = 0; k < c->s->out->n; k++) {
		struct finding *f = &c->s->out->finding[k];

		if (f->place == PLACE_BH && f->instance == c->i &&
		    f->level == EXPLAIN_INDICATED)
			f->cause = &explain_boundary_renamed;
	}
}

/* The fields that nothing older vouches for, or one that is gone. */
static void
changed_somehow(struct ams_case *c)
{
	struct search *s = c->s;
	bool gone = false;

	if (finding_above(s, PLACE_AMS, c->i))
		return;
	for (size_t j = 0; j < c->n; j++)
		gone |= is_gone(c, j);
	struct finding *f = finding_new(s,
	    gone ? &explain_field_removed : &explain_header_changed,
	    EXPLAIN_INDICATED, PLACE_AMS, c->i);

	if (f == NULL)
		return;
	for (unsigned k = c->i + 1; k <= s->chain->n && f->before == 0; k++)
		if (s->ams[k].holds)
			f->before = k;
	f->domain = search_domain(s, f->before);
	size_t n = name_fields(c, gone ? which_gone : is_suspect, f);

	for (size_t j = 0; j < c->n && n == 1 && !gone; j++)
		if (is_suspect(c, j) &&
		    slice_eq_nocase(c->g->headers[j], SLICE("content-type")))
			suspect_boundary(c);
}

void
explain_ams(struct search *s, unsigned i)
{
	struct ams_case c;
	size_t from = s->out->n;

	if (!s->ams[i].readable || s->ams[i].holds ||
	    s->ams[i].target.kind == TARGET_NONE ||
	    s->ams[i].f->sig.problem.code == DIAG_CANONICALIZATION)
		return;
	search_begin(s, AMS_OCTETS);
	if (s->ams[i].f->sig.nheaders > MAX_NAMES ||
	    s->m->nfields > MAX_FIELDS) {
		s->out->spent = true;
		return;
	}
	if (!case_init(&c, s, i))
		return;
	size_t found = explain_signer(&c);

	found += explain_z_tag(&c);
	explain_fields(&c, &c.q);
	found += sequence_search(s, &c.q, 1, false);
	if (found == 0)
		found = search_older(&c);
	if (found == 0)
		found = sequence_search(s, &c.q, 2, true);
	if (found == 0)
		found = sequence_search(s, &c.q, 3, true);
	if (found == 0)
		found = sequence_search(s, &c.q, 2, false);
	if (found == 0 && !s->failed)
		changed_somehow(&c);
	else
		place_findings(s, from, i);
}
