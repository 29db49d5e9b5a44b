/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "mail/mime.h"
#include "why/body_coding.h"
#include "why/body_exchange.h"
#include "why/body_hash.h"
#include "why/body_lines.h"
#include "why/body_links.h"
#include "why/body_text.h"
#include "why/body_try.h"
#include "why/body_banners.h"
#include "why/body_parts.h"
#include "why/body_twice.h"
#include "why/repair.h"

enum {
	MAX_ABOVE = 12,		/* lines put before a text that was decoded */
	MAX_BELOW = 30,		/* lines behind it */
	MADE_OCTETS = 16 << 20, /* to be encoded again */
};

/* Put the encoding before what was found in the text. */
static void
tell(struct body_case *c, struct body_case *d, size_t from, enum cause_id cause)
{
	struct explanation *e = c->s->out;
	struct buf b = { .max = 0 };

	explain_undo_body(d->body, e, from, NULL, true, &b);
	struct slice was = search_keep_proof(c->s, &b);
	struct edit whole = { 0, c->body.len, was };
	struct finding *outer = NULL;
	unsigned group = e->finding[from].group;

	buf_release(&b);
	c->cause = cause;
	if (was.p != NULL)
		outer = body_found(c, &whole, 1);
	if (outer == NULL) {
		finding_drop(c->s, from, group);
		return;
	}
	struct finding first = *outer;

	first.group = group;
	for (size_t k = (size_t)(outer - e->finding); k > from; k--) {
		e->finding[k] = e->finding[k - 1];
		e->finding[k].after = first.after;
		e->finding[k].before = first.before;
		e->finding[k].since = first.since;
		e->finding[k].until = first.until;
		e->finding[k].domain = first.domain;
		e->finding[k].group = first.group;
	}
	e->finding[from] = first;
	c->finding = &e->finding[from];
}

/* What was put into the text, or around it, before the second edit; again: or
 * was encoded anew. */
static void
search_text(struct body_case *d, bool again)
{
	static const struct body_row rows[] = {
		{ CAUSE_BODY_MIME_PART_ADDED, body_part_added },
		{ CAUSE_BODY_FOOTER_IN_PARTS, body_footer_in_parts },
		{ CAUSE_BODY_BANNER_IN_PARTS, body_banner_in_parts },
		{ CAUSE_BODY_FOOTER_IN_PARTS, body_footer_in_parts_unlike },
		{ CAUSE_BODY_BANNER_IN_PARTS, body_banner_in_parts_unlike },
	};
	bool in_parts = d->mime.root.multipart ||
			(again && d->mime.root.coded != MIME_IDENTITY);

	for (size_t k = 0;
	     in_parts && !d->found && !d->s->failed && k < ARRAY_LEN(rows);
	     k++) {
		d->cause = rows[k].cause;
		rows[k].try(d);
	}
	if (!d->found && !d->s->failed)
		body_ends(d);
	if (!d->found && !d->s->failed && again)
		body_exchange(d);
}

/* What is left of the body when the second edit is undone; encoding is that of
 * a body without parts. */
static void
search_left(struct body_case *c, struct slice body, struct slice encoding,
    enum cause_id cause)
{
	struct body_case *d = arena_alloc(c->s->arena, sizeof *d);
	size_t from = c->s->out->n;
	bool again = cause == CAUSE_BODY_MIME_WRAPPED ||
		     cause == CAUSE_BODY_FROM_STUFFED;

	if (d == NULL) {
		search_memory(c->s);
		return;
	}
	*d = (struct body_case){ .s = c->s,
		.k = c->k,
		.g = c->g,
		.body = body,
		.canon = c->canon,
		.limit = c->limit,
		.inner = true };
	memcpy(d->want, c->want, sizeof d->want);
	body_begin(d, encoding);
	search_text(d, again);
	body_release(d);
	if (d->found && c->s->out->n > from)
		tell(c, d, from, cause);
}

/* The first part was the message, with MIME fields of its own. */
static void
try_unwrapped(struct body_case *c)
{
	const struct mime_part *p = &c->mime.part[0];
	struct slice type = c->s->type, encoding = c->s->encoding;

	if (!c->mime.root.multipart || c->mime.nparts == 0 || p->depth != 1)
		return;
	c->s->type = mime_field(p->header, SLICE("Content-Type"));
	c->s->encoding =
	    mime_field(p->header, SLICE("Content-Transfer-Encoding"));
	search_left(c, slice_sub(c->body, part_start(c, p), p->content.len),
	    c->s->encoding, CAUSE_BODY_MIME_WRAPPED);
	c->s->type = type;
	c->s->encoding = encoding;
}

/* What stands behind the last part was put there. */
static void
try_without_epilogue(struct body_case *c)
{
	struct slice rest, line;

	if (!c->mime.root.multipart || c->mime.close == c->body.len)
		return;
	rest = slice_sub(c->body, c->mime.close, c->body.len);
	mime_line(&rest, &line);
	if (slice_trim(rest).len > 0)
		search_left(c, slice_sub(c->body, 0, c->body.len - rest.len),
		    c->s->encoding, CAUSE_BODY_FOOTER_APPENDED);
}

static void
try_unstuffed(struct body_case *c)
{
	struct buf b = { .max = 0 };

	search_pay(c->s, (uint64_t)COST_MADE * c->body.len);
	body_unstuff(c, &b);
	struct slice left = search_keep(c->s, &b);

	buf_release(&b);
	if (left.p != NULL && left.len < c->body.len)
		search_left(c, left, c->s->encoding, CAUSE_BODY_FROM_STUFFED);
}

/* One way of undoing the second edit; false behind the last. */
static bool
try_way(struct body_case *c, unsigned way)
{
	static const struct {
		enum mime_encoding coded;
		const char *word;
		enum cause_id cause;
	} ways[] = {
		{ MIME_QUOTED_PRINTABLE, "8bit", CAUSE_BODY_8BIT_TO_QP },
		{ MIME_BASE64, "8bit", CAUSE_BODY_8BIT_TO_BASE64 },
		{ MIME_QUOTED_PRINTABLE, "7bit", CAUSE_BODY_8BIT_TO_QP },
		{ MIME_BASE64, "7bit", CAUSE_BODY_8BIT_TO_BASE64 },
		{ MIME_QUOTED_PRINTABLE, NULL, CAUSE_BODY_8BIT_TO_QP },
		{ MIME_BASE64, NULL, CAUSE_BODY_8BIT_TO_BASE64 },
	};
	const unsigned n = ARRAY_LEN(ways);
	struct slice left;

	static void (*const others[])(struct body_case *) = { try_unwrapped,
		try_without_epilogue, try_unstuffed };

	if (way >= n && way - n < ARRAY_LEN(others)) {
		others[way - n](c);
	} else if (way >= n) {
		const unsigned m = n + (unsigned)ARRAY_LEN(others);

		if (!body_unlink(c, way - m, &left))
			return false;
		search_left(c, left, c->s->encoding, CAUSE_BODY_URLS_REWRITTEN);
	} else if ((way < 2 || c->mime.root.multipart) &&
		   body_decode(c, ways[way].coded, ways[way].word, &left)) {
		/* Without parts no word stands in the body. */
		search_left(c, left, SLICE("8bit"), ways[way].cause);
	}
	return true;
}

/* How a text may have been encoded before it was edited. */
struct coding {
	bool base64;
	size_t width;
};

/* The text between, encoded anew; of what is in base64 the last line may have
 * had no end. */
static void
try_text(
    struct body_case *c, size_t from, size_t to, bool ended, struct coding as)
{
	enum cause_id cause =
	    as.base64 ? CAUSE_BODY_BASE64_TO_8BIT : CAUSE_BODY_QP_TO_8BIT;
	struct slice text = slice_sub(c->body, from, to - from), was;
	enum cause_id causes[3];
	struct edit e[3];
	size_t n = 0;

	text.len -= ended ? 0 : slice_line_end(text);
	if (!body_encode(c, text, as.base64, as.width, &was))
		return;
	if (from > 0) {
		causes[n] = CAUSE_BODY_BANNER_PREPENDED;
		e[n++] = (struct edit){ 0, from, { NULL, 0 } };
	}
	causes[n] = cause;
	e[n++] = (struct edit){ from, to, was };
	if (to < c->body.len) {
		causes[n] = CAUSE_BODY_FOOTER_APPENDED;
		e[n++] = (struct edit){ to, c->body.len, { NULL, 0 } };
	}
	c->cause = causes[0];
	if (body_try(c, e, n))
		body_split(c, causes, n);
}

/* Every number of lines cut off behind a text that begins at from; false when
 * the search is over. */
static bool
try_ends(struct body_case *c, size_t from, struct coding as, uint64_t *room)
{
	size_t to = c->body.len;

	for (size_t n = from > 0 ? 0 : 1; n <= MAX_BELOW; n++) {
		to -= n > 0;
		while (n > 0 && to > from && c->body.p[to - 1] != '\n')
			to--;
		if (to <= from || *room < to - from)
			break;
		*room -= to - from;
		for (int ended = 1; ended >= (as.base64 ? 0 : 1); ended--) {
			struct step step;

			if (!step_begin(c->s, &step))
				return false;
			try_text(c, from, to, ended == 1, as);
			step_end(c->s, &step);
			if (c->found || c->s->failed || c->s->spent)
				return false;
		}
	}
	return true;
}

static void
edited_when_decoded(struct body_case *c)
{
	static const struct coding codings[] = { { false, 76 }, { true, 76 },
		{ false, 78 }, { true, 72 }, { true, 64 }, { true, 60 } };
	uint64_t room = with_effort(c->s, MADE_OCTETS);
	size_t from = 0;

	if (c->mime.root.multipart || c->mime.root.coded != MIME_IDENTITY)
		return;
	/* A body_footer alone is likelier than a header, however it was
	 * encoded. */
	for (size_t n = 0; n <= MAX_ABOVE && from < c->body.len; n++) {
		for (size_t k = 0; k < ARRAY_LEN(codings); k++)
			if (!try_ends(c, from, codings[k], &room))
				return;
		from += slice_find(slice_sub(c->body, from, c->body.len), '\n');
		from++;
	}
}

void
body_twice(struct body_case *c)
{
	struct step step;
	bool more = true;

	for (unsigned way = 0; more && !c->found && !search_over(c->s); way++) {
		if (!step_begin(c->s, &step))
			return;
		more = try_way(c, way);
		step_end(c->s, &step);
	}
	if (!c->found && !c->s->failed)
		edited_when_decoded(c);
}
