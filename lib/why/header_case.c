/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/header_case.h"

bool
header_select(
    const struct header_case *c, size_t from, const struct field **sel)
{
	struct message part = *c->s->m;

	search_pay(c->s, (uint64_t)COST_FIELD * (part.nfields + c->n));
	part.field += from;
	part.nfields -= from;
	struct select *select = select_new(&part, c->s->arena);

	if (select == NULL) {
		search_memory(c->s);
		return false;
	}
	select_start(select, c->f->field);
	for (size_t j = 0; j < c->n; j++)
		sel[j] = select_next(select, c->g->headers[j]);
	return true;
}

struct slice
header_own(struct header_case *c)
{
	return canon_field(c->s, c->canon, c->f->field, c->g->b_raw, false);
}

void
header_pieces(
    struct header_case *c, const struct field **sel, struct sequence *q)
{
	for (size_t j = 0; j < c->n; j++)
		q->piece[j].octets =
		    sel[j] == NULL ? SLICE("")
		    : sel[j] == c->sel[j] && c->q.piece != q->piece
			? c->q.piece[j].octets
			: canon_field(c->s, c->canon, sel[j], SLICE_NONE, true);
	q->piece[c->n].octets = header_own(c);
}

const char header_mime_fields[] =
    "content-type content-transfer-encoding content-disposition "
    "content-language mime-version";

const struct sigfield *
header_aar(const struct header_case *c)
{
	return c->k->instance > 0
		   ? c->s->chain->set[c->k->instance].part[ARC_AAR]
		   : NULL;
}

const struct finding *
header_mime_edit(const struct search *s, const struct known *known)
{
	static const enum cause_id ids[] = { CAUSE_BODY_MIME_WRAPPED,
		CAUSE_BODY_8BIT_TO_QP, CAUSE_BODY_8BIT_TO_BASE64,
		CAUSE_BODY_QP_TO_8BIT, CAUSE_BODY_QP_TO_BASE64,
		CAUSE_BODY_BASE64_TO_QP, CAUSE_BODY_BASE64_TO_8BIT,
		CAUSE_BODY_CHARSET_CONVERTED };

	for (size_t k = 0; k < s->out->n; k++) {
		const struct finding *f = &s->out->finding[k];

		for (size_t n = 0; n < ARRAY_LEN(ids); n++)
			if (f->aspect == ASPECT_BODY_HASH &&
			    f->sig == known->f && f->level == LEVEL_PROVED &&
			    f->cause == ids[n])
				return f;
	}
	return NULL;
}
