/* SPDX-License-Identifier: BSD-2-Clause */
/* DMARC: whatever From and DNS say, a walk is short and a verdict makes sense.
 * The input is lines: From, the domains of DKIM, of SPF, a number of results,
 * and TXT records, of which each name has those that its hash chooses. */
#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "dmarc/dmarc.h"
#include "world.h"

enum {
	IDENTIFIERS = 2,
};

static void
answer(const struct world *w, const struct question *q, struct answer *out,
    struct arena *arena)
{
	uint64_t hash = world_hash(q->name) >> 9;

	need(q->name.len <= 253);
	out->kind = (enum answer_kind)(hash % ANSWER_UNKNOWN);
	if (hash % 3 != 0 || w->nlines <= 4 || q->type != RR_TXT) {
		if (out->kind == ANSWER_RECORDS)
			out->kind = ANSWER_NODATA;
		return;
	}
	out->kind = ANSWER_RECORDS;
	world_txt(out, 1 + (hash >> 8) % 2, arena);
	for (size_t k = 0; k < out->ntxt; k++)
		out->txt[k] = (struct txt){
			w->line[4 + ((hash >> 9) + k) % (w->nlines - 4)],
			&out->txt[k].text, 1
		};
}

static void
check(const struct dmarc_verdict *v, const struct world *w)
{
	bool any = false;

	need(w->asked <= (1 + IDENTIFIERS) * DMARC_MAX_WALK + 1);
	need(auth_method_has(METHOD_DMARC, v->result));
	need((v->result == RESULT_PASS) == (v->why.code == DIAG_NONE));
	need((v->result == RESULT_TEMPERROR) == diag_is_temporary(v->why.code));
	need((v->policy == DMARC_UNKNOWN) == (v->record == NULL));
	need((v->result == RESULT_PERMERROR) == (v->domain.len == 0));
	for (size_t i = 0; i < v->nidentifiers; i++) {
		need(!v->identifier[i].aligned ||
		     v->identifier[i].result == RESULT_PASS);
		any |= v->identifier[i].aligned;
	}
	need(any || v->result != RESULT_PASS);
	need(v->result != RESULT_FAIL || !any);
}

/* A domain in the form that callers have. */
static struct slice
lower(struct slice s, struct arena *arena)
{
	struct slice out = arena_copy(arena, slice_sub(s, 0, 253));

	need(out.p != NULL);
	for (size_t i = 0; i < out.len; i++)
		((char *)out.p)[i] = ascii_lower(out.p[i]);
	return out;
}

static void
evaluate(struct world *w)
{
	struct buf text = { .max = 0 };
	struct dmarc_verdict v;
	struct message *m;
	struct input in;
	struct diag why;

	buf_text(&text, "From: ");
	buf_slice(&text, w->line[0]);
	buf_text(&text, "\n\n");
	input_from_memory(&in, buf_view(&text));
	if (message_read(&in, &limits_usual, &m, &why) == 0) {
		struct keystore *keys = keystore_new(NULL, &w->source);
		unsigned results =
		    w->line[3].len > 0 ? (unsigned char)w->line[3].p[0] : 0;
		struct dmarc_identifier id[IDENTIFIERS] = {
			{ METHOD_DKIM, lower(w->line[1], m->arena),
			    (enum auth_result)(results % RESULTS), { NULL, 0 },
			    false },
			{ METHOD_SPF, lower(w->line[2], m->arena),
			    (enum auth_result)(results / RESULTS % RESULTS),
			    { NULL, 0 }, false },
		};

		need(keys != NULL);
		need(dmarc_check(
			 m, id, IDENTIFIERS, keys, 0, m->arena, &v, &why) == 0);
		check(&v, w);
		keystore_free(keys);
		message_free(m);
	}
	input_release(&in);
	buf_release(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct world w;

	world_init(&w, p, n, answer);
	if (w.nlines >= 4)
		evaluate(&w);
	return 0;
}
