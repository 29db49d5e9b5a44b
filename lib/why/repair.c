/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/repair.h"

/* Whether undoing it makes the message what was signed. */
static bool
can_be_undone(const struct finding *f, const struct finding *of,
    enum finding_aspect aspect)
{
	return finding_same_signer(f, of) && f->level == LEVEL_PROVED &&
	       f->aspect == aspect && f->nchanges > 0;
}

/* Whether the finding is one of those that are undone: of explanations that are
 * as good the first. */
static bool
is_undone(const struct explanation *e, size_t k, const struct finding *of,
    enum finding_aspect aspect)
{
	const struct finding *f = &e->finding[k];

	if (!can_be_undone(f, of, aspect) || f->other)
		return false;
	for (size_t i = 0; i < k; i++)
		if (can_be_undone(&e->finding[i], of, aspect) &&
		    !e->finding[i].other)
			return e->finding[i].group == f->group;
	return true;
}

static const struct change *
change_of(const struct explanation *e, const struct finding *of,
    const struct field *f)
{
	for (size_t k = 0; k < e->n; k++) {
		if (e->finding[k].cause != CAUSE_AS_FIELD_ENCODED &&
		    !is_undone(e, k, of, ASPECT_SIGNATURE) &&
		    !is_undone(e, k, of, ASPECT_SEAL))
			continue;
		for (size_t j = 0; j < e->finding[k].nchanges; j++)
			if (e->finding[k].change[j].at == f)
				return &e->finding[k].change[j];
	}
	return NULL;
}

static void
put_field(struct buf *out, struct slice name, struct slice value, bool crlf)
{
	buf_slice(out, name);
	buf_char(out, ':');
	buf_slice(out, value);
	buf_text(out, crlf ? "\r\n" : "\n");
}

/* The first change that begins at from or behind it: of the body as it came,
 * or, inner, of findings first and later, of what another change leaves. */
static const struct change *
body_change(const struct explanation *e, size_t first, const struct finding *of,
    bool inner, size_t from)
{
	const struct change *next = NULL;

	for (size_t k = first; k < e->n; k++) {
		if (!inner && !is_undone(e, k, of, ASPECT_BODY_HASH))
			continue;
		for (size_t j = 0; j < e->finding[k].nchanges; j++) {
			const struct change *c = &e->finding[k].change[j];

			if (c->inner == inner && c->from >= from &&
			    (next == NULL || c->from < next->from))
				next = c;
		}
	}
	return next;
}

bool
explain_undo_body(struct slice body, const struct explanation *e, size_t first,
    const struct finding *of, bool inner, struct buf *out)
{
	const struct change *c;
	size_t at = 0, from = 0;

	while ((c = body_change(e, first, of, inner, from)) != NULL) {
		buf_slice(out, slice_sub(body, at, c->from - at));
		buf_slice(out, c->was);
		at = c->from + c->is.len;
		/* What was put in without taking anything is passed, too. */
		from = at > c->from ? at : at + 1;
	}
	buf_slice(out, slice_sub(body, at, body.len));
	return from > 0;
}

bool
explain_repair(const struct message *m, struct slice body,
    const struct explanation *e, const struct finding *of, struct buf *out)
{
	size_t before = out->len;
	bool any = false;

	/* Fields that are gone come back on top: where they stood is not
	 * known, and h= does not ask. */
	for (size_t k = 0; k < e->n; k++)
		for (size_t j = 0; j < e->finding[k].nchanges; j++) {
			const struct change *c = &e->finding[k].change[j];

			if (!is_undone(e, k, of, ASPECT_SIGNATURE) ||
			    c->at != NULL || c->was.p == NULL)
				continue;
			put_field(out, c->name, c->was, m->crlf);
			any = true;
		}
	for (size_t i = 0; i < m->nfields; i++) {
		const struct change *c = change_of(e, of, &m->field[i]);

		any |= c != NULL;
		if (c == NULL)
			buf_slice(out, m->field[i].raw);
		else if (c->was.p != NULL)
			put_field(out, c->name, c->was, m->crlf);
	}
	if (m->has_body)
		buf_text(out, m->crlf ? "\r\n" : "\n");
	any |= explain_undo_body(body, e, 0, of, false, out);
	if (!any)
		out->len = before;
	return any;
}
