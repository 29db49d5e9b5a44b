/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "mail/address.h"
#include "mail/words.h"
#include "why/header_address.h"
#include "why/header_offer.h"

static const char address_fields[] =
    "from to cc reply-to sender resent-from resent-to resent-cc bcc";

/* An address list as a reader sees it, with its names in quotes or not. */
static void
offer_decoded_names(struct offer *o, bool quotes)
{
	struct slice rest = o->value, a;
	bool more = false;

	while (address_next(&rest, &a)) {
		struct buf b = { .max = 0 };
		struct slice phrase, angle;

		address_split(slice_trim(a), &phrase, &angle);
		words_decode(&b, o->c->s->arena, phrase);
		if (more)
			buf_text(&o->text, ", ");
		if (b.len > 0) {
			buf_text(&o->text, quotes ? "\"" : "");
			buf_slice(
			    &o->text, address_unquoted(buf_view(&b), '"'));
			buf_text(&o->text, quotes ? "\" " : " ");
		}
		buf_slice(&o->text, angle);
		buf_fail_with(&o->text, &b);
		buf_release(&b);
		more = true;
	}
	offer_text(o, RANK_USUAL);
}

void
offer_utf8_downgraded(struct offer *o)
{
	struct slice text;

	if (o->field == NULL || o->value.len >= 4096 ||
	    find_word(o->value, SLICE("=?")) == o->value.len ||
	    !offer_decoded(o, &text))
		return;
	/* Nothing but a library encodes ASCII. */
	if (slice_is_ascii(text))
		o->cause = CAUSE_HDR_ENCODED_BY_LIBRARY;
	offer_value(o, text, RANK_USUAL);
	if (is_named(o, address_fields)) {
		offer_decoded_names(o, true);
		offer_decoded_names(o, false);
	}
}

/* "Ann via List" is Ann's. */
struct slice
address_without_via(struct slice phrase)
{
	static const char *const marks[] = { " via ", " (via ", "' via ",
		" - via ", " on behalf of ", " [via " };
	struct slice s = address_unquoted(phrase, '"');

	for (size_t k = 0; k < ARRAY_LEN(marks); k++) {
		size_t at = find_word(s, slice_of(marks[k]));

		if (at < s.len) {
			s = slice_sub(s, 0, at);
			if (s.len > 0 && s.p[0] == '\'' && marks[k][0] == '\'')
				s = slice_sub(s, 1, s.len);
			return slice_trim(address_unquoted(s, '\''));
		}
	}
	return s;
}

/* From was an address with the name that From has now. */
static void
offer_named(struct offer *o, struct slice name, struct slice angle)
{
	static const struct {
		const char *before, *after;
	} forms[] = { { "", " " }, { "\"", "\" " } };

	if (angle.len == 0)
		return;
	bool bare = angle.p[0] != '<';

	if (name.len == 0)
		return;
	for (size_t k = 0; k < ARRAY_LEN(forms); k++) {
		buf_text(&o->text, forms[k].before);
		buf_slice(&o->text, name);
		buf_text(&o->text, forms[k].after);
		if (bare)
			buf_char(&o->text, '<');
		buf_slice(&o->text, angle);
		if (bare)
			buf_char(&o->text, '>');
		offer_text(o, RANK_USUAL);
	}
}

/* "ann=example.org@list.example" and "ann@example.org.invalid". */
static void
offer_unmunged(struct offer *o)
{
	struct slice phrase, angle, local, domain;

	address_split(o->value, &phrase, &angle);
	local = address_bare(angle);
	size_t at = slice_find(local, '@');

	domain = slice_sub(local, at + 1, local.len);
	local = slice_sub(local, 0, at);
	for (size_t i = 0; i < local.len; i++)
		if (local.p[i] == '=' || local.p[i] == '%') {
			char room[ADDRESS_MAX];
			int n = snprintf(room, sizeof room, "<%.*s@%.*s>",
			    SLICE_ARG(slice_sub(local, 0, i)),
			    SLICE_ARG(slice_sub(local, i + 1, local.len)));

			if (n > 0 && (size_t)n < sizeof room)
				offer_named(o, address_without_via(phrase),
				    (struct slice){ room, (size_t)n });
		}
	if (domain.len > 8 &&
	    slice_eq_nocase(
		slice_sub(domain, domain.len - 8, 8), SLICE(".invalid"))) {
		char room[ADDRESS_MAX];
		int n =
		    snprintf(room, sizeof room, "<%.*s@%.*s>", SLICE_ARG(local),
			SLICE_ARG(slice_sub(domain, 0, domain.len - 8)));

		if (n > 0 && (size_t)n < sizeof room)
			offer_named(o, address_without_via(phrase),
			    (struct slice){ room, (size_t)n });
	}
}

/* One address of another field may have been From's. */
static void
offer_source(struct offer *o, struct slice address, bool original)
{
	struct slice phrase, angle, p, g;

	address_split(o->value, &phrase, &angle);
	address_split(slice_trim(address), &p, &g);
	/* Only the name differs: that is no rewriting, unless it is told. */
	if (!original && slice_eq_nocase(address_bare(g), address_bare(angle)))
		return;
	offer_value(o, address, RANK_USUAL);
	offer_value(o, g, RANK_USUAL);
	offer_named(o, address_without_via(phrase), g);
	offer_named(o, address_unquoted(p, '"'), g);
}

void
offer_from_rewritten(struct offer *o)
{
	static const struct {
		const char *name;
		bool original; /* it says that it is what From was */
	} sources[] = { { "X-Original-From", true }, { "Original-From", true },
		{ "X-Google-Original-From", true }, { "Author", true },
		{ "X-Author", true }, { "X-Mailman-Original-From", true },
		{ "Old-From", true }, { "X-From", true }, { "Reply-To", false },
		{ "Cc", false }, { "X-Original-Sender", false },
		{ "Sender", false }, { "Resent-From", false },
		{ "Disposition-Notification-To", false } };
	const struct message *m = o->c->s->m;

	if (!is_named(o, "from") || o->field == NULL)
		return;
	for (size_t k = 0; k < ARRAY_LEN(sources); k++)
		for (size_t i = 0; i < m->nfields; i++) {
			if (!slice_eq_nocase(
				m->field[i].name, slice_of(sources[k].name)))
				continue;
			struct slice rest = slice_trim(m->field[i].value), a;
			unsigned most = 20;

			if (sources[k].original)
				offer_value(o, rest, RANK_USUAL);
			while (most-- > 0 && address_next(&rest, &a))
				offer_source(o, a, sources[k].original);
		}
	offer_unmunged(o);
}

void
offer_list_respaced(struct offer *o)
{
	struct slice rest = o->value, a;
	static const char *const gaps[] = { ",", ", " };

	if (!is_named(o, address_fields) || o->field == NULL)
		return;
	for (size_t k = 0; k < ARRAY_LEN(gaps); k++) {
		bool more = false;

		rest = o->value;
		while (address_next(&rest, &a)) {
			if (more)
				buf_text(&o->text, gaps[k]);
			buf_slice(&o->text, slice_trim(a));
			more = true;
		}
		offer_text(o, RANK_USUAL);
	}
}

/* One phrase as it may have been: way 0 without quotes, 1 with, 2 with
 * apostrophes within, 3 without those. */
static void
put_phrase(struct buf *b, struct slice phrase, unsigned way)
{
	struct slice bare = address_unquoted(phrase, '"');

	switch (way) {
	case 0: buf_slice(b, bare); return;
	case 1: buf_char(b, '"'); break;
	case 2: buf_text(b, "\"'"); break;
	default:
		bare = address_unquoted(bare, '\'');
		buf_char(b, '"');
		break;
	}
	buf_slice(b, bare);
	buf_text(b, way == 2 ? "'\"" : "\"");
}

enum {
	QUOTED_PHRASES = 8,	       /* that are tried one by one */
	EVERY_PHRASE = QUOTED_PHRASES, /* instead of one of those */
	QUOTED_OCTETS = 8192,	       /* of a value that is tried */
};

/* All phrases in that way, or only the one at place only. */
static void
offer_quoting(struct offer *o, unsigned way, unsigned only)
{
	struct slice rest = o->value, a;
	unsigned place = 0;

	while (address_next(&rest, &a)) {
		struct slice phrase, angle;
		size_t lead = 0;

		while (lead < a.len && ascii_is_fws(a.p[lead]))
			lead++;
		if (place > 0)
			buf_char(&o->text, ',');
		buf_slice(&o->text, slice_sub(a, 0, lead));
		address_split(slice_trim(a), &phrase, &angle);
		if (phrase.len > 0 && (only == place || only == EVERY_PHRASE)) {
			put_phrase(&o->text, phrase, way);
			buf_char(&o->text, ' ');
			buf_slice(&o->text, angle);
		} else {
			buf_slice(&o->text, slice_trim(a));
		}
		place++;
	}
	offer_text(o, only == EVERY_PHRASE ? RANK_USUAL : RANK_RARE);
}

void
offer_display_name_quoted(struct offer *o)
{
	if (!is_named(o, address_fields) || o->field == NULL ||
	    o->value.len > QUOTED_OCTETS)
		return;
	for (unsigned way = 0; way < 4; way++) {
		offer_quoting(o, way, EVERY_PHRASE);
		for (unsigned place = 0; place < QUOTED_PHRASES; place++)
			offer_quoting(o, way, place);
	}
}
