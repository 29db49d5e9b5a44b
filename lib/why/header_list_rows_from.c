/* SPDX-License-Identifier: BSD-2-Clause */
/* What From was before a list, or a relay of the author's own, put another
 * address there. */
#include <string.h>

#include "mail/address.h"
#include "mail/words.h"
#include "why/header_address.h"
#include "why/header_list_rows.h"
#include "why/header_list_rows_words.h"

/* The name of an address in quotes with its "\" taken out: Mailman writes
 * parentheses so, and few others do. */
static void
offer_unescaped(struct offer *o, unsigned count, struct slice address)
{
	bool any = false;

	for (size_t i = 0; i < address.len; i++) {
		bool escape = address.p[i] == '\\' && i + 1 < address.len;

		any |= escape;
		i += escape;
		buf_char(&o->text, address.p[i]);
	}
	if (any)
		list_text(o, count, CAUSE_HDR_FROM_REWRITTEN);
	buf_clear(&o->text);
}

static void
offer_name(struct offer *o, unsigned count, bool quotes, struct slice name,
    struct slice address)
{
	if (name.len == 0 || address.len == 0)
		return;
	buf_printf(&o->text, "%s%.*s%s <%.*s>", quotes ? "\"" : "",
	    SLICE_ARG(name), quotes ? "\"" : "", SLICE_ARG(address));
	list_text(o, count, CAUSE_HDR_FROM_REWRITTEN);
}

/* The name, in UTF-8; as it is when no word of it is encoded. */
static struct slice
decoded_name(struct offer *o, struct slice phrase)
{
	struct buf b = { .max = 0 };
	struct slice name;

	words_decode(&b, o->c->s->arena, phrase);
	name = search_keep(o->c->s, &b);
	buf_release(&b);
	return address_unquoted(name, '"');
}

/* The address with the name that was encoded, whether there or in From as it is
 * now. */
static void
offer_words(struct offer *o, unsigned count, struct slice phrase,
    struct slice own, struct slice address)
{
	struct slice name = SLICE_NONE;

	if (find_word(phrase, SLICE("=?")) < phrase.len)
		name = decoded_name(o, phrase);
	else if (find_word(own, SLICE("=?")) < own.len)
		name = address_without_via(decoded_name(o, own));
	if (list_words_library(o->value))
		count *= 4;
	if (name.len > 0 && address.len > 0)
		list_words_name(o, count, name, address);
}

/* An address of another field was From's. */
static void
offer_other(struct offer *o, unsigned count, struct slice address)
{
	struct slice phrase, angle, own, bare;

	address = slice_trim(address);
	address_split(address, &phrase, &angle);
	bare = address_bare(angle);
	list_value(o, count, CAUSE_HDR_FROM_REWRITTEN, address);
	if (phrase.len == 0) {
		buf_printf(&o->text, "<%.*s>", SLICE_ARG(bare));
		list_text(o, count / 8 + 1, CAUSE_HDR_FROM_REWRITTEN);
	}
	offer_unescaped(o, count / 8 + 1, address);
	phrase = address_unquoted(phrase, '"');
	offer_name(o, count / 16 + 1, true, phrase, bare);
	offer_name(o, count / 16 + 1, false, phrase, bare);
	list_value(o, count / 64 + 1, CAUSE_HDR_FROM_REWRITTEN, angle);
	list_value(o, count / 64 + 1, CAUSE_HDR_FROM_REWRITTEN, bare);
	buf_printf(&o->text, "<%.*s>", SLICE_ARG(bare));
	list_text(o, count / 64 + 1, CAUSE_HDR_FROM_REWRITTEN);
	address_split(o->value, &own, &angle);
	offer_words(o, count / 4 + 1, phrase, own, bare);
	own = address_without_via(own);
	offer_name(o, count / 32 + 1, false, own, bare);
	offer_name(o, count / 32 + 1, true, own, bare);
}

/* The value of a "smtp.mailfrom" in text; empty without, or without an "@". */
static struct slice
mail_from(struct slice text)
{
	struct slice word = SLICE("smtp.mailfrom=");
	size_t at = find_word(text, word), n = 0;
	struct slice rest = slice_sub(text, at + word.len, text.len);

	if (at == text.len)
		return SLICE_NONE;
	while (n < rest.len && !ascii_is_fws(rest.p[n]) && rest.p[n] != ';')
		n++;
	rest = slice_sub(rest, 0, n);
	return slice_find(rest, '@') < rest.len ? rest : SLICE_NONE;
}

static bool
same_domain(struct slice a, struct slice b)
{
	size_t i = slice_find(a, '@'), k = slice_find(b, '@');

	return i < a.len && k < b.len &&
	       slice_eq_nocase(slice_sub(a, i, a.len), slice_sub(b, k, b.len));
}

/* The name that stands there, and the address that the mail was sent from: the
 * author's own relay put an alias in. */
static void
offer_sent_from(struct offer *o)
{
	const struct message *m = o->c->s->m;
	const struct sigfield *aar = header_aar(o->c);
	struct slice phrase, angle;

	address_split(o->value, &phrase, &angle);
	if (phrase.len == 0)
		return;
	for (size_t k = 0; k <= m->nfields; k++) {
		const struct field *f = k > 0 ? &m->field[k - 1] : NULL;
		struct slice address = SLICE_NONE;

		if (f == NULL)
			address =
			    aar != NULL ? mail_from(aar->payload) : SLICE_NONE;
		else if (slice_eq_nocase(
			     f->name, SLICE("Authentication-Results")))
			address = mail_from(f->value);
		else if (slice_eq_nocase(f->name, SLICE("Return-Path")))
			address = address_bare(slice_trim(f->value));
		if (address.len == 0 || address.len > ADDRESS_MAX)
			continue;
		buf_printf(&o->text, "%.*s <%.*s>", SLICE_ARG(phrase),
		    SLICE_ARG(address));
		list_text(o, 26,
		    same_domain(address, address_bare(angle))
			? CAUSE_HDR_FROM_ALIASED
			: CAUSE_HDR_FROM_REWRITTEN);
	}
}

static bool
says_via(struct search *s, struct slice value)
{
	struct buf b = { .max = 0 };
	bool via;

	words_decode(&b, s->arena, value);
	via = find_word(buf_view(&b), SLICE(" via ")) < b.len;
	buf_release(&b);
	return via;
}

bool
list_is_from(const struct header_case *c)
{
	const struct message *m = c->s->m;

	for (size_t i = 0; i < m->nfields; i++)
		if (slice_eq_nocase(m->field[i].name, SLICE("From")))
			return says_via(c->s, m->field[i].value);
	return false;
}

void
list_from(struct offer *o)
{
	static const struct {
		const char *name;
		unsigned count;
	} sources[] = { { "X-Original-From", 700 }, { "Reply-To", 1400 },
		{ "Cc", 60 } };
	const struct message *m = o->c->s->m;
	bool via = says_via(o->c->s, o->value);
	struct slice phrase, angle;

	if (o->field == NULL)
		return;
	list_kept(o, via ? 60 : 1600);
	for (size_t k = 0; k < ARRAY_LEN(sources); k++)
		for (size_t i = 0; i < m->nfields; i++) {
			unsigned most = 8, count = sources[k].count;
			struct slice rest = m->field[i].value, a;

			if (!slice_eq_nocase(
				m->field[i].name, slice_of(sources[k].name)))
				continue;
			count = via ? count : count / 16;
			while (most-- > 0 && address_next(&rest, &a))
				offer_other(o, count, a);
		}
	offer_sent_from(o);
	address_split(o->value, &phrase, &angle);
	list_value(o, 4, CAUSE_HDR_FROM_REWRITTEN, angle);
	list_value(o, 2, CAUSE_HDR_FROM_REWRITTEN, address_bare(angle));
}
