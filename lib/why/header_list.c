/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/header_list.h"

#include <string.h>

#include "mail/address.h"
#include "mail/recode.h"
#include "mail/words.h"
#include "why/header_address.h"
#include "why/header_date.h"
#include "why/header_list_rows.h"
#include "why/header_mime.h"
#include "why/header_offer.h"
#include "why/known.h"

enum {
	NEAR_BITS = 9,
	MIDDLE_BITS = 15,
	FAR_BITS = 22,
	NEAR_OCTETS = 4 << 20,
	MIDDLE_OCTETS = 12 << 20, /* and far, where no list left its fields */
	FAR_OCTETS = 48 << 20,
	CHANGED_LATER_BITS = 12,
	FOLDED = 1024, /* of LIST_MESSAGES, where a fold is */
};

/* ------------------------------------------------------------------------
 * Small fields. */

static void
list_encoding(struct offer *o)
{
	static const struct {
		unsigned count, beside; /* an edit of the body that says so */
		const char *word;
		enum cause_id edit[2];
	} words[] = {
		{ 300, 1400, "8bit",
		    { CAUSE_BODY_8BIT_TO_QP, CAUSE_BODY_8BIT_TO_BASE64 } },
		{ 300, 1800, "quoted-printable",
		    { CAUSE_BODY_QP_TO_8BIT, CAUSE_BODY_QP_TO_BASE64 } },
		{ 200, 900, "7bit",
		    { CAUSE_BODY_8BIT_TO_QP, CAUSE_BODY_8BIT_TO_BASE64 } },
		{ 100, 1800, "base64",
		    { CAUSE_BODY_BASE64_TO_QP, CAUSE_BODY_BASE64_TO_8BIT } },
		{ 8, 60, "8BIT",
		    { CAUSE_BODY_8BIT_TO_QP, CAUSE_BODY_8BIT_TO_BASE64 } },
		{ 8, 8, "7BIT", { CAUSE_NONE, CAUSE_NONE } },
	};
	const struct finding *f = header_mime_edit(o->c->s, o->c->k);
	bool coded = false;

	for (size_t k = 0; k < ARRAY_LEN(words); k++) {
		bool beside = false;

		for (size_t n = 0; f != NULL && n < ARRAY_LEN(words->edit); n++)
			beside |= f->cause == words[k].edit[n] &&
				  f->cause != CAUSE_NONE;
		coded |= beside;
		list_value(o, beside ? words[k].beside : words[k].count,
		    CAUSE_HDR_CONTENT_TYPE_RELABELLED, slice_of(words[k].word));
	}
	list_kept(o, coded ? 60 : 600);
	list_absent(o, 400, CAUSE_HDR_FIELD_ADDED);
}

/* Microsoft signs this field and takes it out again, or lists it by habit. */
static void
list_ad_check(struct offer *o)
{
	if (o->field != NULL)
		return;
	list_kept(o, 1000);
	list_value(o, 700, CAUSE_HDR_FIELD_REMOVED_STOCK, SLICE("1"));
}

static void
list_added_as(struct offer *o, unsigned kept, unsigned count)
{
	list_kept(o, kept);
	/* Of the topmost of several another is below. */
	if (message_count(o->c->s->m, o->name) == 1)
		list_absent(o, count, CAUSE_HDR_FIELD_ADDED);
}

/* What a list adds where it was not. */
static void
list_added(struct offer *o)
{
	list_added_as(o, 1200, 400);
}

/* What lists add when they put themselves into From: all of it, or the last of
 * its addresses. */
static void
list_reply_to(struct offer *o)
{
	bool via = list_is_from(o->c);
	struct slice rest = o->value, a, last = SLICE_NONE;

	list_added_as(o, via ? 700 : 1200, via ? 1200 : 400);
	while (address_next(&rest, &a))
		last = a;
	if (last.p == NULL || last.p == o->value.p)
		return;
	a = slice_trim(slice_sub(o->value, 0, (size_t)(last.p - o->value.p)));
	if (slice_ends_nocase(a, SLICE(",")))
		a.len--;
	list_value(o, via ? 600 : 30, CAUSE_HDR_ADDRESS_ADDED, slice_trim(a));
}

/* What a relay before or behind the list does to a field that lists leave. */
static void
list_date(struct offer *o)
{
	list_kept(o, 2000);
	list_row(o, 32, CAUSE_HDR_DATE_NORMALISED, offer_usual_dates);
	list_row(o, 16, CAUSE_HDR_DATE_NORMALISED, offer_dates);
}

static void
list_recipients(struct offer *o)
{
	list_kept(o, 2000);
	/* Where white space counts, other rows have more to say. */
	if (o->c->canon != CANON_RELAXED || o->value.len > 1000)
		return;
	list_row(o, 32, CAUSE_HDR_ADDRESS_LIST_RESPACED, offer_list_respaced);
	list_row(
	    o, 16, CAUSE_HDR_DISPLAY_NAME_QUOTED, offer_display_name_quoted);
}

static void
list_author(struct offer *o)
{
	if (o->field != NULL && o->value.len <= 1000)
		list_row(o, 16, CAUSE_HDR_DISPLAY_NAME_QUOTED,
		    offer_display_name_quoted);
}

static void
list_requoted(struct offer *o)
{
	if (o->field != NULL)
		list_row(o, 16, CAUSE_HDR_CONTENT_TYPE_REQUOTED,
		    offer_content_type_requoted);
}

static const struct slot {
	const char *name;
	void (*offer)(struct offer *);
} slots[] = {
	{ "from", list_from },
	{ "subject", list_subject },
	{ "content-type", list_content_type },
	{ "content-transfer-encoding", list_encoding },
	{ "x-ms-exchange-senderadcheck", list_ad_check },
	{ "reply-to", list_reply_to },
	{ "sender", list_added },
	{ "mime-version", list_added },
	{ "precedence", list_added },
	{ "list-id", list_added },
	{ "list-unsubscribe", list_added },
}, more_slots[] = {
	{ "from", list_author },
	{ "content-type", list_requoted },
	{ "date", list_date },
	{ "to", list_recipients },
	{ "cc", list_recipients },
};

/* Whether an earlier mention in h= is of the same name. */
static bool
is_second(const struct header_case *c, size_t j)
{
	for (size_t k = 0; k < j; k++)
		if (slice_eq_nocase(c->g->headers[k], c->g->headers[j]))
			return true;
	return false;
}

/* What somebody changed after the next newer signature was made, as was proved
 * of that: the list had the field as it was; or NULL. */
static const struct change *
changed_later(const struct header_case *c, size_t j, enum cause_id *cause)
{
	const struct known *newer = known_newer(c->s, c->k);
	const struct explanation *e = c->s->out;

	for (size_t k = 0; newer != NULL && k < e->n; k++) {
		const struct finding *f = &e->finding[k];

		if (f->sig != newer->f || f->aspect != ASPECT_SIGNATURE ||
		    f->level != LEVEL_PROVED ||
		    cause_info(f->cause)->role != ROLE_MODIFIER)
			continue;
		for (size_t i = 0; i < f->nchanges; i++)
			if (f->change[i].at != NULL &&
			    f->change[i].at == c->sel[j] &&
			    f->change[i].was.p != NULL) {
				*cause = f->cause;
				return &f->change[i];
			}
	}
	return NULL;
}

/* The value that a list left, as a variant; the one that came is hardly it. */
static void
offer_left(struct offer *o, enum cause_id cause, struct slice value)
{
	unsigned *bits = &o->q->piece[o->j].bits, kept = *bits;

	*bits = CHANGED_LATER_BITS;
	o->bits = kept;
	o->cause = cause;
	offer_value(o, value, RANK_USUAL);
}

/* The value on one line: its folds are a blank each. */
static struct slice
unfolded(struct offer *o)
{
	struct slice v = o->value;

	for (size_t i = 0; i < v.len; i++) {
		bool fold = v.p[i] == '\r' || v.p[i] == '\n';

		buf_char(&o->text, fold ? ' ' : v.p[i]);
		while (fold && i + 1 < v.len && ascii_is_fws(v.p[i + 1]))
			i++;
	}
	return search_keep(o->c->s, &o->text);
}

/* The value on one line, where folds count: Mailman folds what is long, and a
 * Message-ID right behind its name.  cause: of what else the value differs in,
 * or none.  Other edits may go with it. */
static void
offer_unfolded(
    struct offer *o, enum cause_id cause, const struct slot *slot, size_t n)
{
	unsigned *bits = &o->q->piece[o->j].bits;
	struct slice raw = o->field->value;
	bool inside = slice_find(o->value, '\n') < o->value.len;

	if (!inside && slice_find(raw, '\n') == raw.len)
		return;
	o->value = unfolded(o);
	if (o->value.p == NULL)
		return;
	for (size_t k = 0; inside && k < n; k++)
		if (slice_eq_nocase(o->name, slice_of(slot[k].name)))
			slot[k].offer(o);
	if (*bits == 0)
		*bits = list_bits(FOLDED);
	o->bits = list_bits(FOLDED);
	o->cause = cause != CAUSE_NONE ? cause
		   : inside	       ? CAUSE_HDR_REFOLDED_SIMPLE
				       : CAUSE_HDR_TRAILING_SPACE_SIMPLE;
	offer_value(o, o->value, RANK_USUAL);
}

static void
offer_slots(struct header_case *c, struct sequence *q, const struct slot *slot,
    size_t n, unsigned most, bool last)
{
	struct offer o = { .c = c, .q = q, .most = most };

	for (size_t j = 0; j < c->n && !c->s->failed; j++) {
		o.j = j;
		o.name = c->g->headers[j];
		o.field = c->sel[j];
		o.value =
		    o.field != NULL ? slice_trim(o.field->value) : SLICE_NONE;
		enum cause_id cause = CAUSE_NONE;
		const struct change *later = changed_later(c, j, &cause);

		if (later != NULL)
			o.value = slice_trim(later->was);
		if (o.value.len > 4096 || is_second(c, j))
			continue;
		for (size_t k = 0; k < n; k++)
			if (slice_eq_nocase(o.name, slice_of(slot[k].name)))
				slot[k].offer(&o);
		if (later != NULL && last)
			offer_left(&o, cause, o.value);
		if (o.field != NULL && c->canon == CANON_SIMPLE)
			offer_unfolded(&o, cause, slot, n);
	}
	buf_release(&o.text);
}

/* The sequence of a reach, with what it offers. */
static bool
begin(struct header_case *c, struct sequence *q, enum list_reach reach)
{
	*q = c->q;
	if (!sequence_init(c->s, q, c->n + 1))
		return false;
	for (size_t j = 0; j <= c->n; j++)
		q->piece[j].octets = c->q.piece[j].octets;
	offer_slots(c, q, slots, ARRAY_LEN(slots),
	    reach == LIST_NEAR ? NEAR_BITS : 0, reach == LIST_NEAR);
	if (reach != LIST_NEAR)
		offer_slots(c, q, more_slots, ARRAY_LEN(more_slots), 0, true);
	return true;
}

static bool
has_list(const struct message *m)
{
	for (size_t i = 0; i < m->nfields; i++) {
		struct slice name = m->field[i].name;

		if (slice_eq_nocase(slice_sub(name, 0, 5), SLICE("List-")) ||
		    slice_eq_nocase(name, SLICE("Mailing-List")) ||
		    slice_eq_nocase(name, SLICE("X-BeenThere")) ||
		    slice_eq_nocase(slice_sub(name, 0, 9), SLICE("X-Mailman")))
			return true;
	}
	return false;
}

size_t
explain_list_edits(struct header_case *c, enum list_reach reach)
{
	static const struct {
		unsigned to; /* bits */
		uint64_t octets;
	} reaches[] = {
		[LIST_NEAR] = { NEAR_BITS, NEAR_OCTETS },
		[LIST_MIDDLE] = { MIDDLE_BITS, MIDDLE_OCTETS },
		[LIST_FAR] = { FAR_BITS, FAR_OCTETS },
	};
	struct search *s = c->s;
	struct sequence near = { .n = 0 },
			*q = reach == LIST_NEAR ? &near : &c->list;
	uint64_t left = s->left, begun;
	size_t found;

	/* An Ed25519 signature takes a verification each. */
	if (reach != LIST_NEAR && c->target->kind != TARGET_DIGEST)
		return 0;
	if ((q == &near || q->piece == NULL) && !begin(c, q, reach))
		return 0;
	search_at_most(s, reach == LIST_FAR && !has_list(s->m)
			      ? MIDDLE_OCTETS
			      : reaches[reach].octets);
	begun = s->left;
	/* From where the last reach ended. */
	found = sequence_alike(
	    s, q, reach == LIST_FAR ? q->done : 0, reaches[reach].to);
	s->left = left - (begun - s->left);
	s->spent = s->left == 0;
	return found;
}
