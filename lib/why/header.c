/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "mail/mime.h"
#include "why/evidence.h"
#include "why/header.h"
#include "why/header_alike.h"
#include "why/header_case.h"
#include "why/header_fields.h"
#include "why/header_library.h"
#include "why/header_list.h"
#include "why/header_place.h"
#include "why/known.h"
#include "why/order.h"
#include "why/signer.h"

enum {
	AMS_OCTETS = 128 * 1024 * 1024, /* what one signature may cost */
	MAX_NAMES = 256,		/* of h=, to be searched */
	MAX_FIELDS = 4000,		/* of the message */
	MAX_BASE = 8, /* findings that are taken for granted */
};

static bool
case_init(struct header_case *c, struct search *s, struct known *k)
{
	*c = (struct header_case){ .s = s, .k = k, .f = k->f };
	c->g = &c->f->tags;
	c->target = &k->target;
	c->canon = c->g->header_canon;
	c->n = c->g->nheaders;
	c->top = k->instance > 0 ? search_top(s, k->instance) : k->f->index;
	c->sel = arena_array(s->arena, c->n + 1, sizeof *c->sel);
	c->mime = arena_alloc(s->arena, sizeof *c->mime);
	if (c->sel == NULL || c->mime == NULL ||
	    !sequence_init(s, &c->q, c->n + 1)) {
		search_memory(s);
		return false;
	}
	c->q.target = c->target;
	c->q.aspect = ASPECT_SIGNATURE;
	c->q.of = k;
	if (!header_select(c, 0, c->sel))
		return false;
	header_pieces(c, c->sel, &c->q);
	search_pay(s, (uint64_t)COST_SEEN * s->body.len);
	mime_parse(c->mime, s->body, s->type, s->encoding);
	return !s->failed;
}

/* What is taken for granted while something more is searched: the sequence has
 * these changes in it. */
struct base {
	struct sequence q;
	const struct field **sel;
	struct finding f[MAX_BASE];
	size_t n;
};

/* The case's own sequence, with all that may have been. */
static bool
base_init(struct header_case *c, struct base *b)
{
	b->n = 0;
	b->q = c->q;
	b->sel = c->sel;
	if (!sequence_init(c->s, &b->q, c->n + 1))
		return false;
	memcpy(b->q.piece, c->q.piece, (c->n + 1) * sizeof *b->q.piece);
	return true;
}

/* The message without what was put above the seal since. */
static bool
base_older(struct header_case *c, struct base *b)
{
	struct finding *f = &b->f[0];

	*f = (struct finding){ .cause = CAUSE_HDR_FIELD_ADDED };
	b->n = 0;
	b->q = c->q;
	b->sel = arena_array(c->s->arena, c->n + 1, sizeof *b->sel);
	if (b->sel == NULL)
		search_memory(c->s);
	if (b->sel == NULL || !header_select(c, c->top, b->sel) ||
	    !sequence_init(c->s, &b->q, c->n + 1))
		return false;
	header_pieces(c, b->sel, &b->q);
	for (size_t j = 0; j < c->n; j++)
		if (c->sel[j] != NULL && b->sel[j] != c->sel[j] &&
		    c->sel[j] < c->s->m->field + c->top &&
		    f->nchanges < FINDING_MAX_CHANGES)
			f->change[f->nchanges++] =
			    (struct change){ .name = c->sel[j]->name,
				    .at = c->sel[j],
				    .is = c->sel[j]->value };
	b->n = f->nchanges > 0;
	return b->n > 0;
}

/* Put a change that was proved for another signature into this one's sequence.
 */
static bool
base_put(struct header_case *c, struct base *b, const struct change *change)
{
	for (size_t j = 0; j < c->n; j++) {
		if (change->at != NULL
			? c->sel[j] != change->at
			: c->sel[j] != NULL ||
			      !slice_eq_nocase(change->name, c->g->headers[j]))
			continue;
		b->q.piece[j].octets =
		    change->was.p == NULL
			? SLICE("")
			: canon_octets(c->s, c->canon, change->name,
			      change->was, SLICE_NONE, true);
		return true;
	}
	return false;
}

/* The message as k, above this one, saw it: what was done to it since was
 * proved there, and one group of findings tells it. */
static bool
base_newer(struct header_case *c, struct base *b, const struct known *k)
{
	const struct explanation *e = c->s->out;
	unsigned group = 0;

	if (!base_init(c, b))
		return false;
	for (size_t i = 0; i < e->n && b->n < MAX_BASE; i++) {
		const struct finding *f = &e->finding[i];

		if (f->sig != k->f || f->aspect != ASPECT_SIGNATURE ||
		    f->level != LEVEL_PROVED ||
		    cause_info(f->cause)->role != ROLE_MODIFIER ||
		    (b->n > 0 && f->group != group))
			continue;
		struct finding *kept = &b->f[b->n];

		*kept = *f;
		kept->nchanges = 0;
		for (size_t j = 0; j < f->nchanges; j++)
			if (base_put(c, b, &f->change[j]))
				kept->change[kept->nchanges++] = f->change[j];
		group = f->group;
		b->n += kept->nchanges > 0;
	}
	return b->n > 0;
}

/* The message with the MIME fields of its first part, which was the body. */
static bool
base_wrapped(struct header_case *c, struct base *b)
{
	const struct finding *edit = header_mime_edit(c->s, c->k);

	if (edit == NULL || edit->cause != CAUSE_BODY_MIME_WRAPPED ||
	    !base_init(c, b))
		return false;
	for (size_t j = 0; j < c->n && b->n < MAX_BASE; j++)
		for (const struct variant *v = b->q.piece[j].first; v != NULL;
		     v = v->next) {
			if (v->cause != edit->cause)
				continue;
			b->q.piece[j].octets = v->octets;
			b->f[b->n++] = (struct finding){ .cause = edit->cause,
				.change = { v->change },
				.nchanges = 1 };
			break;
		}
	return b->n > 0;
}

/* Whether a finding of that group changes the same field. */
static bool
tells_of(
    const struct search *s, size_t from, unsigned group, const struct field *at)
{
	for (size_t k = from; k < s->out->n; k++)
		for (size_t j = 0; j < s->out->finding[k].nchanges; j++)
			if (s->out->finding[k].group == group && at != NULL &&
			    s->out->finding[k].change[j].at == at)
				return true;
	return false;
}

/* What the base has goes with a group; nothing is told when not all can be. */
static void
base_tell(
    struct header_case *c, const struct base *b, size_t from, unsigned group)
{
	for (size_t k = 0; k < b->n; k++) {
		if (tells_of(c->s, from, group, b->f[k].change[0].at))
			continue;
		struct finding *f = finding_about(
		    c->s, b->f[k].cause, LEVEL_PROVED, ASPECT_SIGNATURE, c->k);

		if (f == NULL) {
			finding_drop(c->s, from, group);
			return;
		}
		memcpy(f->change, b->f[k].change, sizeof f->change);
		f->nchanges = b->f[k].nchanges;
		f->group = group;
	}
}

/* What fits when the base is taken for granted: it alone, or with so many other
 * changes. */
static size_t
search_base(struct header_case *c, struct base *b, unsigned most)
{
	struct search *s = c->s;
	const struct field **now = c->sel;
	size_t from = s->out->n, found = 0;

	if (sequence_fits(s, &b->q)) {
		base_tell(c, b, from, s->groups);
		return 1;
	}
	if (b->sel != now) {
		c->sel = b->sel;
		explain_fields(c, &b->q);
		c->sel = now;
	}
	for (unsigned count = 1; count <= most && found == 0; count++)
		found = sequence_search(
		    s, &b->q, count, count == 1 ? RANK_ODD : RANK_USUAL);
	unsigned group[SEQUENCE_GROUPS];
	size_t n = 0;

	for (size_t k = from; k < s->out->n && n < SEQUENCE_GROUPS; k++)
		if (n == 0 || s->out->finding[k].group != group[n - 1])
			group[n++] = s->out->finding[k].group;
	for (size_t k = 0; k < n; k++)
		base_tell(c, b, from, group[k]);
	return found;
}

static size_t
search_older(struct header_case *c, unsigned most)
{
	struct base b;

	return base_older(c, &b) ? search_base(c, &b, most) : 0;
}

static size_t
search_wrapped(struct header_case *c, unsigned most)
{
	struct base b;

	return base_wrapped(c, &b) ? search_base(c, &b, most) : 0;
}

/* What was done to the message above, and nothing or something more. */
static size_t
search_newer(struct header_case *c, unsigned most)
{
	struct base b;

	for (const struct known *k = known_newer(c->s, c->k); k != NULL;
	     k = known_newer(c->s, k))
		if (base_newer(c, &b, k))
			return search_base(c, &b, most);
	return 0;
}

/* Whether the piece is the last of its name that h= selects, and no older
 * signature that holds covers what it selects. */
static bool
is_suspect(struct header_case *c, size_t j)
{
	struct change change = { .name = c->g->headers[j], .at = c->sel[j] };

	for (size_t k = 0; k < j; k++)
		if (slice_eq_nocase(c->g->headers[k], c->g->headers[j]))
			return false;
	for (const struct known *k = known_older(c->s, c->k); k != NULL;
	     k = known_older(c->s, k))
		if (header_covered_now(c->s, k, &change))
			return false;
	return c->sel[j] != NULL;
}

/* A field that every message has, and this one has not.  Any other name of h=
 * without a field is no evidence: signers list what others might add (RFC 6376
 * section 5.4.2).  Nor did an older one that holds find it. */
static bool
is_gone(struct header_case *c, size_t j)
{
	struct change change = { .name = c->g->headers[j] };

	for (const struct known *k = known_older(c->s, c->k); k != NULL;
	     k = known_older(c->s, k))
		if (header_covered_now(c->s, k, &change))
			return false;
	return c->sel[j] == NULL && evidence_is_needed(c->g->headers[j]) &&
	       message_count(c->s->m, c->g->headers[j]) == 0;
}

/* Name the fields that may be meant. */
static size_t
name_fields(struct header_case *c, bool (*which)(struct header_case *, size_t),
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

/* Of a multipart whose Content-Type alone can be meant, the body's change is
 * most likely the same. */
static void
suspect_boundary(struct header_case *c)
{
	if (!c->mime->root.multipart)
		return;
	for (size_t k = 0; k < c->s->out->n; k++) {
		struct finding *f = &c->s->out->finding[k];

		if (f->aspect == ASPECT_BODY_HASH && f->sig == c->k->f &&
		    f->level == LEVEL_INDICATED)
			f->cause = CAUSE_BODY_BOUNDARY_RENAMED;
	}
}

/* The next newer signature that holds; or NULL. */
static const struct known *
newer_holds(const struct header_case *c)
{
	const struct known *k = known_newer(c->s, c->k);

	while (k != NULL && !k->holds)
		k = known_newer(c->s, k);
	return k;
}

/* A finding that cannot be proved, of the fields that which() picks. */
static size_t
indicate(struct header_case *c, enum cause_id cause,
    bool (*which)(struct header_case *, size_t))
{
	struct search *s = c->s;
	struct finding *f =
	    finding_about(s, cause, LEVEL_INDICATED, ASPECT_SIGNATURE, c->k);

	if (f == NULL)
		return 0;
	finding_since(s, f, c->k);
	finding_until(s, f, newer_holds(c));
	return name_fields(c, which, f);
}

/* A DKIM-Signature that was signed and is gone: its b= is lost, so that no hash
 * can prove it, and nothing else need have been changed. */
static bool
dkim_gone(struct header_case *c)
{
	struct search *s = c->s;
	char detail[160];

	if (!evidence_dkim_gone(s, c->k->instance, detail, sizeof detail))
		return false;
	struct finding *f = finding_about(s, CAUSE_HDR_DKIM_SIGNATURE_REMOVED,
	    LEVEL_FACT, ASPECT_SIGNATURE, c->k);

	if (f == NULL)
		return true;
	finding_until(s, f, newer_holds(c));
	snprintf(f->detail, sizeof f->detail, "%s", detail);
	return true;
}

/* A field of recipients that a list wrote anew: the addresses that it left out
 * are lost. */
static bool
recipients_rewritten(struct header_case *c)
{
	char detail[160];

	for (size_t j = 0; j < c->n; j++) {
		struct slice name = c->g->headers[j];

		if (!is_suspect(c, j) ||
		    !(slice_eq_nocase(name, SLICE("cc")) ||
			slice_eq_nocase(name, SLICE("to"))) ||
		    !evidence_recipients(
			c->s, c->sel[j], detail, sizeof detail))
			continue;
		struct finding *f =
		    finding_about(c->s, CAUSE_HDR_RECIPIENTS_REWRITTEN,
			LEVEL_INDICATED, ASPECT_SIGNATURE, c->k);

		if (f == NULL)
			return true;
		finding_since(c->s, f, c->k);
		finding_until(c->s, f, newer_holds(c));
		snprintf(f->detail, sizeof f->detail, "%s", detail);
		return true;
	}
	return false;
}

/* Fields that no older signature covers were changed, or one was removed. */
static void
changed_somehow(struct header_case *c)
{
	bool gone = false;

	/* Naming ARC-Seal in h= selects what came after signing. */
	if (c->f->problem.code == DIAG_HEADERS_ARC_SEAL ||
	    (c->k->instance > 0 && finding_above(c->s, ASPECT_SIGNATURE, c->k)))
		return;
	if (dkim_gone(c) || recipients_rewritten(c))
		return;
	size_t n = indicate(c, CAUSE_HDR_CHANGED, is_suspect);

	for (size_t j = 0; j < c->n; j++) {
		gone |= is_gone(c, j);
		if (n == 1 && is_suspect(c, j) &&
		    slice_eq_nocase(c->g->headers[j], SLICE("content-type")))
			suspect_boundary(c);
	}
	if (gone)
		indicate(c, CAUSE_HDR_FIELD_REMOVED, is_gone);
}

/* What lists do is most of all that is done to mail, and soon tried.  What came
 * or went by itself may have other stories, which are told below. */
static bool
list_edited(struct header_case *c)
{
	struct explanation *e = c->s->out;
	size_t from = e->n;
	bool sure = false;

	/* An Ed25519 signature has few verifications to spend. */
	if (c->target->kind != TARGET_DIGEST ||
	    explain_list_edits(c, LIST_NEAR) == 0)
		return false;
	for (size_t k = from; k < e->n; k++)
		sure |= e->finding[k].cause != CAUSE_HDR_FIELD_ADDED &&
			e->finding[k].cause != CAUSE_HDR_FIELD_REMOVED_STOCK;
	if (!sure)
		e->n = from;
	c->unsure = !sure;
	return sure;
}

/* What a signer's fault explains, one field may explain as well. */
static size_t
signer_erred(struct header_case *c)
{
	size_t found = explain_signer(c) + explain_z_tag(c);

	explain_fields(c, &c->q);
	return found > 0 ? found + sequence_search(c->s, &c->q, 1, RANK_ODD)
			 : 0;
}

static size_t
search_step(struct header_case *c, const struct header_step *step)
{
	switch (step->what) {
	case HEADER_LISTS_AT_ONCE: return list_edited(c);
	case HEADER_SIGNER: return signer_erred(c);
	case HEADER_NEWER: return search_newer(c, step->how);
	case HEADER_WRAPPED: return search_wrapped(c, step->how);
	case HEADER_ALIKE: return header_alike(c);
	case HEADER_LISTS:
		return explain_list_edits(
		    c, c->unsure ? LIST_NEAR : (enum list_reach)step->how);
	case HEADER_LISTS_CHECKED:
		return c->target->kind == TARGET_CHECK
			   ? explain_list_edits(c, (enum list_reach)step->how)
			   : 0;
	case HEADER_LIBRARY:
		return explain_library(c, (enum library_reach)step->how);
	case HEADER_FIELDS:
		return sequence_search(c->s, &c->q, step->how, step->rank);
	case HEADER_OLDER: return search_older(c, step->how);
	case HEADER_RECIPE: return explain_recipe(c);
	}
	return 0;
}

static size_t
run_step(struct header_case *c, const struct header_step *step)
{
	struct search *s = c->s;
	uint64_t left = s->left, begun;
	size_t found;

	if (step->most == 0)
		return search_step(c, step);
	search_at_most(s, (uint64_t)step->most << 20);
	begun = s->left;
	found = search_step(c, step);
	s->left = left - (begun - s->left);
	s->spent = s->left == 0;
	return found;
}

void
explain_header(struct search *s, struct known *k)
{
	struct header_case c;
	size_t from = s->out->n, found = 0;

	if (!k->readable || k->holds || k->target.kind == TARGET_NONE ||
	    k->f->problem.code == DIAG_CANONICALIZATION)
		return;
	/* What is not known of a newer one is less likely of an older one. */
	search_begin(s, finding_above(s, ASPECT_SIGNATURE, k) ? AMS_OCTETS / 8
							      : AMS_OCTETS);
	if (k->f->tags.nheaders > MAX_NAMES || s->m->nfields > MAX_FIELDS) {
		s->out->spent = true;
		return;
	}
	if (!case_init(&c, s, k))
		return;
	for (size_t n = 0; n < order_header_steps && found == 0 && !s->failed;
	     n++)
		found = run_step(&c, &order_header[n]);
	if (found == 0 && !s->failed)
		changed_somehow(&c);
	else
		header_place(s, from, k);
}
