/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/words.h"
#include "why/header_offer.h"

enum {
	RARER_BITS = 3, /* for each rank below the usual */
};

unsigned
offer_bits(const struct offer *o, enum rank rank)
{
	return o->bits + RARER_BITS * (unsigned)rank;
}

/* raw is in the arena. */
static void
offer_kept(struct offer *o, struct slice name, struct slice raw, enum rank rank)
{
	struct search *s = o->c->s;
	struct change change = { .name = name,
		.at = o->field,
		.is = o->field != NULL ? o->field->value : SLICE_NONE,
		.was = raw };
	struct slice octets =
	    canon_octets(s, o->c->canon, name, raw, SLICE_NONE, true);

	if (octets.p != NULL)
		sequence_offer(s, o->q, o->j, o->cause, octets, &change, rank,
		    offer_bits(o, rank));
}

void
offer_as(struct offer *o, struct slice name, struct slice raw, enum rank rank)
{
	struct slice kept = arena_copy(o->c->s->arena, raw);

	if (kept.p == NULL)
		search_memory(o->c->s);
	else
		offer_kept(o, name, kept, rank);
}

void
offer_value(struct offer *o, struct slice value, enum rank rank)
{
	struct buf *b = &o->c->s->raw;

	value = slice_trim(value);
	buf_char(b, ' ');
	buf_slice(b, value);
	struct slice kept = search_keep(o->c->s, b);

	if (kept.p != NULL)
		offer_kept(
		    o, o->field != NULL ? o->field->name : o->name, kept, rank);
}

void
offer_text(struct offer *o, enum rank rank)
{
	if (o->text.failure != BUF_OK)
		search_memory(o->c->s);
	else
		offer_value(o, buf_view(&o->text), rank);
	buf_clear(&o->text);
}

void
offer_absent(struct offer *o, enum rank rank)
{
	struct change change = {
		.name = o->field->name, .at = o->field, .is = o->field->value
	};

	sequence_offer(o->c->s, o->q, o->j, o->cause, SLICE(""), &change, rank,
	    offer_bits(o, rank));
}

bool
is_named(const struct offer *o, const char *names)
{
	struct slice rest = slice_of(names), name;

	while (slice_cut(&rest, ' ', &name))
		if (slice_eq_nocase(o->name, name))
			return true;
	return false;
}

size_t
find_word(struct slice s, struct slice word)
{
	for (size_t i = 0; i + word.len <= s.len; i++)
		if (slice_eq_nocase(slice_sub(s, i, word.len), word))
			return i;
	return s.len;
}

bool
offer_decoded(struct offer *o, struct slice *text)
{
	struct buf b = { .max = 0 };

	words_decode(&b, o->c->s->arena, o->value);
	*text = search_keep(o->c->s, &b);
	buf_release(&b);
	return text->p != NULL && !slice_eq(*text, o->value);
}
