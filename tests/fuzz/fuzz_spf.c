/* SPDX-License-Identifier: BSD-2-Clause */
/* SPF: whatever session and DNS say, the limits hold and there is a verdict.
 * The input is lines: the address, HELO, MAIL FROM, and TXT records, of which
 * each name has the one that its hash chooses; so it is with other types. */
#include <stdlib.h>
#include <string.h>

#include "spf/spf.h"
#include "world.h"

static void
put_txt(struct answer *a, struct slice text, struct arena *arena)
{
	world_txt(a, 1, arena);
	a->txt[0] = (struct txt){ text, &a->txt[0].text, 1 };
}

static void
put_rr(
    struct answer *a, uint64_t hash, const struct world *w, struct arena *arena)
{
	a->nrr = hash % 13;
	a->rr = arena_array(arena, a->nrr, sizeof *a->rr);
	need(a->rr != NULL);
	for (size_t i = 0; i < a->nrr; i++) {
		memcpy(a->rr[i].address, &hash, sizeof hash);
		a->rr[i].address[0] = (unsigned char)i;
		a->rr[i].name = w->nlines > 3 ? SLICE("d.example") : SLICE(".");
		if (i % 2 == 1) {
			static const char names[] = "abcdefghijklmnop.example";

			a->rr[i].name =
			    (struct slice){ names + i, sizeof names - 1 - i };
		}
	}
	if (a->nrr == 0)
		a->kind = ANSWER_NODATA;
}

static void
answer(const struct world *w, const struct question *q, struct answer *out,
    struct arena *arena)
{
	uint64_t hash = world_hash(q->name) >> 7;

	need(q->name.len <= 4 * (size_t)253);
	need_inert(q->name);
	out->kind = hash % 17 == 0
			? (enum answer_kind)(hash / 17 % ANSWER_UNKNOWN)
			: ANSWER_RECORDS;
	if (out->kind != ANSWER_RECORDS)
		return;
	if (q->type != RR_TXT)
		put_rr(out, hash, w, arena);
	else if (w->nlines > 3)
		put_txt(out, w->line[3 + hash % (w->nlines - 3)], arena);
	else
		out->kind = ANSWER_NXDOMAIN;
}

static void
check(const struct spf_verdict *v, const struct world *w)
{
	need(auth_method_has(METHOD_SPF, v->result));
	need(w->asked <= LIMIT_SPF_QUERIES);
	need(v->lookups <= LIMIT_SPF_TERMS + 1);
	need(v->void_lookups <= LIMIT_SPF_VOID + 1);
	need(v->nsteps <= SPF_MAX_STEPS);
	need((v->result == RESULT_PASS) == (v->why.code == DIAG_NONE));
	need((v->result == RESULT_TEMPERROR) == diag_is_temporary(v->why.code));
	need(v->explanation.len == 0 || v->result == RESULT_FAIL);
	need(v->explanation.len <= LIMIT_SPF_EXPLANATION);
	need(slice_is_ascii(v->explanation));
	if (v->lookups > LIMIT_SPF_TERMS || v->void_lookups > LIMIT_SPF_VOID)
		need(v->result == RESULT_PERMERROR);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct world w;
	struct spf_request r = { .time = 1767225600 };
	struct spf_verdict v;
	struct diag why;

	world_init(&w, p, n, answer);
	if (w.nlines < 3 || !spf_address_read(w.line[0], &r.ip))
		return 0;
	r.helo = w.line[1];
	r.mail_from = w.line[2];
	struct arena *arena = arena_new();
	struct keystore *keys = keystore_new(NULL, &w.source);

	need(arena != NULL && keys != NULL);
	need(spf_check(&r, keys, 0, arena, &v, &why) == 0);
	check(&v, &w);
	keystore_free(keys);
	arena_free(arena);
	return 0;
}
