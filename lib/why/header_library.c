/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/header_library.h"

#include <string.h>

#include "mail/address.h"
#include "mail/mime.h"
#include "mail/words.h"
#include "why/header_date.h"
#include "why/header_list_rows.h"
#include "why/header_offer.h"
#include "why/header_subject.h"
#include "why/header_words.h"

enum {
	NEAR_BITS = 8, /* how unlikely the choices may be */
	FAR_BITS = 18,
	PERHAPS_BITS = 8,
	LIBRARY_OCTETS = 40 << 20,
	MAX_VALUE = 8192,
	MAX_PARAMS = 5,
};

static const char addresses[] =
    "from to cc reply-to sender resent-from resent-to resent-cc bcc";

static const char ids[] = "message-id references in-reply-to";

/* How likely an edit is, out of LIST_MESSAGES, in what a library wrote. */
enum {
	ENCODED = 2048,
	KEPT = 1024,
	KEPT_ID = 16, /* no mailer encodes a Message-ID */
	CAPITALS = 1024,
	QUOTES_LOST = 1024, /* of all parameters */
	USUAL_DATE = 512,
	HALF_DECODED = 512,
	QUOTED = 256,
	TWO_EDITS = 64,
};

/* Words of ASCII that are encoded, or of no charset, only libraries write. */
static void
offer_unencoded(struct offer *o)
{
	bool unknown =
	    find_word(o->value, SLICE("=?unknown-8bit?")) < o->value.len;

	enum cause_id cause =
	    unknown ? CAUSE_HDR_UNKNOWN_8BIT : CAUSE_HDR_ENCODED_BY_LIBRARY;
	struct slice text;

	if (!words_unencode(&o->text, o->c->s->arena, o->value) ||
	    (text = search_keep(o->c->s, &o->text)).p == NULL) {
		buf_clear(&o->text);
		return;
	}
	list_value(o, ENCODED, cause, text);
	/* Python loses the blank between two words that it folds. */
	for (size_t i = 0; i < text.len; i++) {
		buf_char(&o->text, text.p[i]);
		if (text.p[i] == '>' && i + 1 < text.len &&
		    text.p[i + 1] == '<')
			buf_char(&o->text, ' ');
	}
	list_text(o, ENCODED, cause);
}

/* How a list of addresses is written. */
struct style {
	enum {
		QUOTES_KEPT,
		QUOTES_NONE,
		QUOTES_ALL
	} quotes;
	const char *gap;
};

static void
put_phrase(struct offer *o, const struct style *style, struct slice phrase)
{
	const char *q = style->quotes == QUOTES_ALL ? "\"" : "";

	if (style->quotes == QUOTES_KEPT) {
		buf_slice(&o->text, phrase);
		return;
	}
	buf_text(&o->text, q);
	buf_slice(&o->text, address_unquoted(phrase, '"'));
	buf_text(&o->text, q);
}

static void
offer_style(struct offer *o, const struct style *style, unsigned count,
    enum cause_id cause)
{
	struct slice rest = o->value, a;
	bool more = false;

	while (address_next(&rest, &a)) {
		struct slice phrase, angle;

		address_split(slice_trim(a), &phrase, &angle);
		if (more)
			buf_text(&o->text, style->gap);
		more = true;
		if (phrase.len > 0) {
			put_phrase(o, style, phrase);
			buf_char(&o->text, ' ');
		}
		buf_slice(&o->text, angle);
	}
	list_text(o, count, cause);
}

/* Whether a comma has a blank behind it that is no fold: a library that folds
 * adds no other. */
static bool
has_gaps(struct slice v)
{
	for (size_t i = 0; i + 1 < v.len; i++)
		if (v.p[i] == ',' && ascii_is_wsp(v.p[i + 1]))
			return true;
	return false;
}

/* Names encoded in a list that had no blanks but where it is folded now. */
static void
offer_folded_names(struct offer *o)
{
	struct offer other = *o;
	struct buf b = { .max = 0 };

	for (size_t i = 0; i < o->value.len; i++) {
		buf_char(&b, o->value.p[i]);
		if (o->value.p[i] != ',')
			continue;
		while (i + 1 < o->value.len && ascii_is_fws(o->value.p[i + 1]))
			i++;
	}
	other.value = search_keep(o->c->s, &b);
	buf_release(&b);
	if (other.value.p != NULL && other.value.len < o->value.len)
		words_offer_names(&other, HALF_DECODED / 4, TWO_EDITS / 4);
	o->text = other.text;
}

static void
offer_styles(struct offer *o)
{
	static const char *const gap[] = { ", ", "," };
	bool gaps = has_gaps(o->value);

	words_offer_names(o, HALF_DECODED, TWO_EDITS);
	if (!gaps)
		offer_folded_names(o);
	for (unsigned quotes = QUOTES_KEPT; quotes <= QUOTES_ALL; quotes++)
		for (size_t k = 0; k < (gaps ? 1 : ARRAY_LEN(gap)); k++) {
			struct style style = { .quotes = quotes,
				.gap = gap[k] };

			offer_style(o, &style,
			    quotes == QUOTES_KEPT || k == 0 ? QUOTED
							    : TWO_EDITS,
			    quotes == QUOTES_KEPT
				? CAUSE_HDR_ADDRESS_LIST_RESPACED
				: CAUSE_HDR_DISPLAY_NAME_QUOTED);
		}
}

/* The parameters of Content-Type: a bit of quotes and one of joined for each
 * that is in quotes, or has no blank before it. */
static void
offer_param_style(struct offer *o, struct slice head, const struct slice part[],
    size_t n, unsigned quotes, unsigned joined)
{
	unsigned all = (1U << n) - 1;

	buf_slice(&o->text, slice_trim(head));
	for (size_t i = 0; i < n; i++) {
		size_t at = slice_find(part[i], '=');
		struct slice value = address_unquoted(
		    slice_sub(part[i], at + 1, part[i].len), '"');
		const char *q = quotes >> i & 1 ? "\"" : "";

		buf_text(&o->text, joined > all	     ? " ; "
				   : joined >> i & 1 ? ";"
						     : "; ");
		buf_slice(&o->text, slice_sub(part[i], 0, at));
		buf_printf(&o->text, "=%s", q);
		buf_slice(&o->text, value);
		buf_text(&o->text, q);
	}
	/* The charset alone may be in quotes, and the first parameter alone or
	 * all others be joined. */
	unsigned count = quotes == 0   ? QUOTES_LOST
			 : quotes == 1 ? QUOTED
				       : QUOTED / 2;

	if (joined == all)
		count /= 4;
	else if (joined == 1 || (joined > 0 && joined == (all & ~1U)))
		count /= 8;
	else if (joined != 0)
		count = TWO_EDITS / 2;
	list_text(o, count, CAUSE_HDR_CONTENT_TYPE_REQUOTED);
}

static void
offer_params(struct offer *o)
{
	struct slice part[MAX_PARAMS], rest = o->value, head, p;
	size_t n = 0;

	if (!slice_cut(&rest, ';', &head))
		return;
	while (n < MAX_PARAMS && slice_cut(&rest, ';', &p))
		part[n++] = slice_trim(p);
	if (rest.len > 0 || n == 0)
		return;
	for (unsigned joined = 0; joined <= 1U << n; joined++)
		for (unsigned quotes = 0; quotes < 1U << n; quotes++)
			offer_param_style(o, head, part, n, quotes, joined);
}

static void
offer_field(struct offer *o)
{
	bool encoded = find_word(o->value, SLICE("=?")) < o->value.len;

	if (encoded) {
		list_kept(o, is_named(o, ids) ? KEPT_ID : KEPT);
		offer_unencoded(o);
	}
	if (encoded && is_named(o, "subject comments")) {
		words_offer_capitals(o, CAPITALS, CAUSE_HDR_SUBJECT_REENCODED);
		list_row(
		    o, TWO_EDITS, CAUSE_HDR_SUBJECT_REENCODED, offer_reencoded);
		offer_two_words(o, TWO_EDITS, TWO_EDITS / 16);
	}
	if (is_named(o, addresses))
		offer_styles(o);
	else if (is_named(o, "content-type content-disposition"))
		offer_params(o);
	else if (is_named(o, "date")) {
		list_row(o, USUAL_DATE, CAUSE_HDR_DATE_NORMALISED,
		    offer_usual_dates);
		list_row(o, TWO_EDITS, CAUSE_HDR_DATE_NORMALISED, offer_dates);
	}
}

static bool
has_either(struct slice s, const char *a, const char *b)
{
	return memmem(s.p, s.len, a, strlen(a)) != NULL ||
	       memmem(s.p, s.len, b, strlen(b)) != NULL;
}

/* Whether words are encoded that only a library encodes, or all is written as
 * Python does it: "?q?" or "?b?" in a field's words, with parameters in quotes,
 * or in a field that was folded beside one with the words of a mailer. */
static bool
is_shown(const struct header_case *c)
{
	const struct sequence *q = &c->library;
	bool words = false, others = false, quotes = false;

	for (size_t j = 0; j < c->n; j++) {
		for (const struct variant *v = q->piece[j].first; v != NULL;
		     v = v->next) {
			if (v->bits == 0)
				return true;
			quotes |= v->bits == 1 &&
				  v->cause == CAUSE_HDR_CONTENT_TYPE_REQUOTED;
		}
		struct slice is = q->piece[j].octets;

		if (has_either(is, "?Q?", "?B?"))
			others = true;
		else
			words |= has_either(is, "?q?", "?b?");
	}
	return words && (quotes || others);
}

/* What each field may have been; false when memory is short. */
static bool
offer_fields(struct header_case *c, struct sequence *q)
{
	struct offer o = { .c = c, .q = q };

	*q = c->q;
	if (!sequence_init(c->s, q, c->n + 1))
		return false;
	for (size_t j = 0; j <= c->n; j++)
		q->piece[j].octets = c->q.piece[j].octets;
	for (size_t j = 0; j < c->n && !search_over(c->s); j++) {
		o.j = j;
		o.name = c->g->headers[j];
		o.field = c->sel[j];
		if (o.field == NULL || o.field->value.len > MAX_VALUE)
			continue;
		o.value = slice_trim(o.field->value);
		offer_field(&o);
	}
	buf_release(&o.text);
	return true;
}

size_t
explain_library(struct header_case *c, enum library_reach reach)
{
	static const struct {
		unsigned from, to; /* bits */
	} reaches[] = {
		[LIBRARY_NEAR] = { 0, NEAR_BITS },
		[LIBRARY_FAR] = { NEAR_BITS, FAR_BITS },
		[LIBRARY_PERHAPS] = { 0, PERHAPS_BITS },
	};
	struct search *s = c->s;
	uint64_t left, begun;
	size_t found;

	/* Where white space counts, other rows have more to say. */
	if (c->canon != CANON_RELAXED || c->target->kind != TARGET_DIGEST ||
	    (c->library.piece == NULL && !offer_fields(c, &c->library)))
		return 0;
	if (is_shown(c) != (reach != LIBRARY_PERHAPS))
		return 0;
	left = s->left;
	search_at_most(s, LIBRARY_OCTETS);
	begun = s->left;
	found = sequence_alike(
	    s, &c->library, reaches[reach].from, reaches[reach].to);
	s->left = left - (begun - s->left);
	s->spent = s->left == 0;
	return found;
}
