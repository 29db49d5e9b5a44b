/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "mail/mime.h"
#include "why/evidence.h"
#include "why/header_offer.h"
#include "why/header_space.h"

void
offer_line_broken(struct offer *o)
{
	struct slice rest, line;
	bool any = false;

	if (o->field == NULL)
		return;
	rest = o->field->raw;
	struct buf *b = &o->text;
	size_t skip = o->field->name.len + 1;

	while (mime_line(&rest, &line)) {
		struct slice bare =
		    slice_sub(line, 0, line.len - slice_line_end(line));
		bool broken = evidence_line_broken(bare.len) && rest.len > 0;

		buf_slice(b, broken ? bare : rest.len > 0 ? line : bare);
		if (broken && ascii_is_wsp(rest.p[0]))
			rest = slice_sub(rest, 1, rest.len);
		any |= broken;
	}
	if (any && b->len > skip)
		offer_as(o, o->field->name,
		    slice_sub(buf_view(b), skip, b->len), RANK_USUAL);
	buf_clear(b);
}

/* The value with each fold in another form. */
static void
offer_folded(struct offer *o, const char *fold, bool drop_wsp)
{
	struct slice v = o->field->value;
	size_t i = 0;

	while (i < v.len) {
		bool crlf =
		    v.p[i] == '\r' && i + 1 < v.len && v.p[i + 1] == '\n';

		if (!crlf && v.p[i] != '\n') {
			buf_char(&o->text, v.p[i++]);
			continue;
		}
		i += crlf ? 2 : 1;
		while (drop_wsp && i < v.len && ascii_is_wsp(v.p[i]))
			i++;
		buf_text(&o->text, fold);
	}
	offer_as(o, o->field->name, buf_view(&o->text), RANK_ODD);
	buf_clear(&o->text);
}

/* The value in lines of at most width octets. */
static void
offer_refolded(struct offer *o, size_t width, const char *fold)
{
	struct slice rest = o->field->value, word;
	size_t column = o->field->name.len + 1;
	bool first = true;

	for (;;) {
		rest = slice_trim(rest);
		if (rest.len == 0)
			break;
		word = slice_word(&rest);
		if (!first && column + 1 + word.len > width) {
			buf_text(&o->text, fold);
			column = strlen(fold) - 2;
		} else {
			buf_char(&o->text, ' ');
			column++;
		}
		buf_slice(&o->text, word);
		column += word.len;
		first = false;
	}
	offer_as(o, o->field->name, buf_view(&o->text), RANK_ODD);
	buf_clear(&o->text);
}

/* A fold in the place of one blank. */
static void
offer_fold_at(struct offer *o, size_t at, const char *fold)
{
	struct slice v = o->field->value;

	buf_slice(&o->text, slice_sub(v, 0, at));
	buf_text(&o->text, fold);
	buf_slice(&o->text, slice_sub(v, at + 1, v.len));
	offer_as(o, o->field->name, buf_view(&o->text), RANK_ODD);
	buf_clear(&o->text);
}

void
offer_refolded_simple(struct offer *o)
{
	static const size_t widths[] = { 78, 76, 72, 75, 77, 79, 80, 70 };

	if (o->c->canon != CANON_SIMPLE || o->field == NULL)
		return;
	offer_folded(o, "", false);
	offer_folded(o, " ", true);
	offer_folded(o, "\r\n ", true);
	offer_folded(o, "\r\n\t", true);
	offer_folded(o, "\r\n  ", true);
	offer_folded(o, "\r\n        ", true);
	offer_folded(o, "\r\n    ", true);
	for (size_t k = 0; k < ARRAY_LEN(widths); k++) {
		offer_refolded(o, widths[k], "\r\n ");
		offer_refolded(o, widths[k], "\r\n\t");
	}
	size_t most = 60;

	for (size_t i = 1; i < o->field->value.len && most > 0; i++) {
		if (o->field->value.p[i] != ' ')
			continue;
		most--;
		offer_fold_at(o, i, "\r\n ");
		offer_fold_at(o, i, "\r\n\t");
	}
}

void
offer_name_case_simple(struct offer *o)
{
	char name[80];
	static const char *const usual[] = { "MIME-Version", "Message-ID",
		"Message-Id", "DKIM-Signature", "List-ID", "List-Id",
		"In-Reply-To", "CC", "Cc", "Content-ID" };

	if (o->c->canon != CANON_SIMPLE || o->field == NULL ||
	    o->field->name.len > sizeof name)
		return;
	for (size_t k = 0; k < ARRAY_LEN(usual); k++)
		if (slice_eq_nocase(o->field->name, slice_of(usual[k])))
			offer_as(
			    o, slice_of(usual[k]), o->field->value, RANK_RARE);
	for (unsigned way = 0; way < 4; way++) {
		size_t n = o->field->name.len;

		for (size_t i = 0; i < n; i++) {
			char c = ascii_lower(o->field->name.p[i]);
			bool start = i == 0 || name[i - 1] == '-';
			bool up = way == 1 || (way == 2 && start) ||
				  (way == 3 && i == 0);

			name[i] = up && c >= 'a' && c <= 'z'
				      ? (char)(c - 'a' + 'A')
				      : c;
		}
		struct slice kept =
		    arena_copy(o->c->s->arena, (struct slice){ name, n });

		if (kept.p == NULL)
			search_memory(o->c->s);
		else
			offer_as(o, kept, o->field->value, RANK_RARE);
	}
}

void
offer_trailing_space_simple(struct offer *o)
{
	static const char *const ends[] = { "", " ", "  ", "\t", "   " };
	struct slice v, bare;

	if (o->c->canon != CANON_SIMPLE || o->field == NULL)
		return;
	v = o->field->value;
	bare = v;
	while (bare.len > 0 && ascii_is_wsp(bare.p[bare.len - 1]))
		bare.len--;
	for (size_t k = 0; k < ARRAY_LEN(ends); k++) {
		buf_slice(&o->text, bare);
		buf_text(&o->text, ends[k]);
		offer_as(o, o->field->name, buf_view(&o->text), RANK_RARE);
		buf_clear(&o->text);
	}
	offer_as(o, o->field->name, slice_trim(v), RANK_RARE);
	for (unsigned blanks = 1; blanks <= 2; blanks++) {
		buf_text(&o->text, blanks == 1 ? " " : "  ");
		buf_slice(&o->text, slice_trim(v));
		offer_as(o, o->field->name, buf_view(&o->text), RANK_RARE);
		buf_clear(&o->text);
	}
}
