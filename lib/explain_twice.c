/* SPDX-License-Identifier: BSD-2-Clause */
/* Two hands on one body: something was put into the text, and then all of it
 * was encoded for a 7-bit server, or its links were made to lead over a
 * service.  The second is undone, and what is left is searched as if it had
 * come so. */
#include <string.h>

#include "explain_body.h"

/* Put the encoding before what was found in the text. */
static void
tell(struct body_case *c, struct body_case *d, size_t from,
    const struct cause *cause)
{
	struct explanation *e = c->s->out;
	struct buf b = { .max = 0 };

	explain_undo_body(d->body, e, from, c->i, true, &b);
	struct slice was = search_keep(c->s, &b);
	struct edit whole = { 0, c->body.len, was };
	struct finding *outer;

	buf_release(&b);
	c->cause = cause;
	if (was.p == NULL || (outer = body_found(c, &whole, 1)) == NULL)
		return;
	struct finding first = *outer;

	first.group = e->finding[from].group;
	for (size_t k = e->n - 1; k > from; k--) {
		e->finding[k] = e->finding[k - 1];
		e->finding[k].after = first.after;
		e->finding[k].before = first.before;
		e->finding[k].domain = first.domain;
		e->finding[k].group = first.group;
	}
	e->finding[from] = first;
}

/* What was put into the text, or around it, before it was encoded. */
static void
search_text(struct body_case *d)
{
	static const char *const ids[] = { "body.mime-part-added",
		"body.footer-in-parts", "body.banner-in-parts" };

	if (d->mime.root.multipart)
		for (size_t k = 0; k < sizeof ids / sizeof *ids; k++) {
			const struct body_row *row = explain_mime_row(ids[k]);

			d->cause = &row->cause;
			if (!d->found && !d->s->failed)
				row->try(d);
		}
	if (!d->found && !d->s->failed)
		explain_body_ends(d);
}

/* What is left of the body when the second edit is undone; encoding is that of
 * a body without parts. */
static void
search_left(struct body_case *c, struct slice body, struct slice encoding,
    const char *id)
{
	struct body_case *d = arena_alloc(c->s->arena, sizeof *d);
	size_t from = c->s->out->n;

	if (d == NULL) {
		search_memory(c->s);
		return;
	}
	*d = (struct body_case){ .s = c->s,
		.i = c->i,
		.g = c->g,
		.body = body,
		.canon = c->canon,
		.limit = c->limit,
		.inner = true };
	memcpy(d->want, c->want, sizeof d->want);
	mime_parse(&d->mime, body, c->s->type, encoding);
	search_text(d);
	body_release(d);
	if (d->found && c->s->out->n > from)
		tell(c, d, from, &explain_mime_row(id)->cause);
}

/* One way of undoing the second edit; false behind the last. */
static bool
try_way(struct body_case *c, unsigned way)
{
	static const struct {
		enum mime_encoding coded;
		const char *word, *id;
	} ways[] = {
		{ MIME_QUOTED_PRINTABLE, "8bit", "body.8bit-to-qp" },
		{ MIME_BASE64, "8bit", "body.8bit-to-base64" },
		{ MIME_QUOTED_PRINTABLE, "7bit", "body.8bit-to-qp" },
		{ MIME_BASE64, "7bit", "body.8bit-to-base64" },
		{ MIME_QUOTED_PRINTABLE, NULL, "body.8bit-to-qp" },
		{ MIME_BASE64, NULL, "body.8bit-to-base64" },
	};
	const unsigned n = sizeof ways / sizeof *ways;
	struct slice left;

	if (way >= n) {
		if (!explain_mime_unlink(c, way - n, &left))
			return false;
		search_left(c, left, c->s->encoding, "body.urls-rewritten");
	} else if ((way < 2 || c->mime.root.multipart) &&
		   explain_mime_decode(
		       c, ways[way].coded, ways[way].word, &left)) {
		/* Without parts no word stands in the body. */
		search_left(c, left, SLICE("8bit"), ways[way].id);
	}
	return true;
}

void
explain_twice(struct body_case *c)
{
	struct step step;
	bool more = true;

	for (unsigned way = 0; more && !c->found && !c->s->failed; way++) {
		if (!step_begin(c->s, &step))
			return;
		more = try_way(c, way);
		step_end(c->s, &step);
	}
}
