/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <time.h>

#include "dkim/bodyhash.h"
#include "why/body.h"
#include "why/header.h"
#include "why/seal.h"
#include "why/search.h"
#include "keys/keyname.h"
#include "mail/mime.h"

enum {
	/* Verifications for one Ed25519 signature, 0.1 ms each. */
	AMS_CHECKS = 2000,
	SEAL_CHECKS = 1000,
	ALL_CHECKS = 4000, /* of one message */
	KEY_COST = 64 * 1024 * 1024,
};

/* ------------------------------------------------------------------------
 * What is known before any search. */

static struct seen *
seen_of(struct search *s, enum sigkind kind, unsigned i)
{
	return kind == ARC_AMS ? &s->ams[i] : &s->seal[i];
}

static void
seen_field(struct search *s, enum sigkind kind, unsigned i)
{
	struct seen *k = seen_of(s, kind, i);
	struct diag why;

	k->f = s->chain->set[i].part[kind];
	if (k->f == NULL)
		return;
	const struct sigtags *g = &k->f->tags;

	k->readable = g->signature.len > 0 && g->b_raw.p != NULL &&
		      g->domain.len > 0 && g->selector.len > 0 &&
		      (kind == ARC_SEAL || g->headers != NULL);
	if (g->domain.len == 0 || g->selector.len == 0)
		return;
	if (keyname_make(
		g->selector, g->domain, s->arena, &k->key_name, &why) != 0) {
		k->key_name = (struct slice){ NULL, 0 };
		if (diag_info(why.code)->class == DIAG_CLASS_TROUBLE)
			search_fail(s, &why);
	}
}

static int64_t
deadline(const struct search *s)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec +
	       s->opt->validate->sig.dns_timeout;
}

/* Have every key that the chain names; most were asked for by the verdict. */
static void
fetch_keys(struct search *s)
{
	struct slice names[2 * CHAIN_MAX] = { { NULL, 0 } };
	struct diag why;
	size_t n = 0;

	for (unsigned i = s->chain->n; i >= 1; i--)
		for (enum sigkind k = ARC_AMS; k <= ARC_SEAL; k++) {
			struct slice name = seen_of(s, k, i)->key_name;
			bool known =
			    name.len == 0 || keystore_has(s->keys, name);

			for (size_t j = 0; j < n && !known; j++)
				known = slice_eq(names[j], name);
			if (!known)
				names[n++] = name;
		}
	if (n > 0 && keystore_fetch(s->keys, names, n, deadline(s), &why) != 0)
		search_fail(s, &why);
}

/* Whether b= is shorter than any signature of the key, in octets or, when it
 * is no base64, in characters. */
static bool
is_cut(const struct seen *k)
{
	const struct tag *b = taglist_find(&k->f->list, SLICE("b"));
	enum signature_algorithm alg;
	size_t want = 0, digits = 0;

	if (b == NULL || b->value.len == 0)
		return true;
	if (!signature_named(k->f->tags.algorithm, &alg))
		return false;
	if (alg == SIGNATURE_ED25519_SHA256)
		want = SIGNATURE_ED25519_SIZE;
	else if (k->key != NULL && k->key->key.type == KEY_RSA)
		want = k->key->key.noctets;
	if (k->f->tags.signature.len > 0)
		return k->f->tags.signature.len < want;
	for (size_t n = 0; n < b->value.len; n++)
		digits += !ascii_is_fws(b->value.p[n]);
	return digits * 3 / 4 + 2 < want;
}

/* Open a signature with the keys under its name: the one that opens it is the
 * one it was made with. */
static void
seen_open(struct search *s, struct seen *k)
{
	const struct sigtags *g = &k->f->tags;
	struct diag why;

	k->entry = keystore_find(s->keys, k->key_name);
	for (size_t r = 0; k->entry != NULL && r < k->entry->nrecords; r++) {
		const struct keyrecord *record = &k->entry->record[r];
		struct signature_opened opened = { .what = OPENED_NOT };

		if (record->why.code != DIAG_NONE)
			continue;
		if (signature_open(&record->key, g->signature, &opened, &why) !=
		    0) {
			search_fail(s, &why);
			return;
		}
		if (k->key == NULL || opened.what != OPENED_NOT) {
			k->key = record;
			k->opened = opened;
		}
		if (opened.what != OPENED_NOT)
			break;
	}
	k->cut = is_cut(k);
	if (k->key == NULL)
		return;
	if (k->opened.what == OPENED_SHA256) {
		k->target.kind = TARGET_DIGEST;
		memcpy(k->target.digest, k->opened.digest, DIGEST_SIZE);
	} else if (k->key->key.type == KEY_ED25519 &&
		   g->signature.len == SIGNATURE_ED25519_SIZE) {
		k->target.kind = TARGET_CHECK;
		k->target.key = &k->key->key;
		k->target.signature = g->signature;
		k->target.checks =
		    k->f->kind == ARC_SEAL ? SEAL_CHECKS : AMS_CHECKS;
		if (s->opt->effort > 1)
			k->target.checks *= s->opt->effort;
	}
}

/* Whether the signature fits what stands there now; before holds all sets below
 * i. */
static void
seen_check(struct search *s, enum sigkind kind, unsigned i,
    const struct digest *before)
{
	struct seen *k = seen_of(s, kind, i);
	unsigned char octets[DIGEST_SIZE];
	struct diag why;

	if (!k->readable || k->target.kind == TARGET_NONE ||
	    (kind == ARC_SEAL &&
		!chain_has_sets(s->chain, chain_scope(k->f->tags.cv, i), i)))
		return;
	if ((kind == ARC_AMS ? sigfield_digest(k->f, s->select, octets, &why)
			     : chain_seal_digest(
				   s->chain, i, before, octets, &why)) != 0) {
		search_fail(s, &why);
		return;
	}
	k->asked = true;
	k->holds = target_fits(s, &k->target, octets);
}

static void
bodies_check(struct search *s)
{
	struct bodyhash want[CHAIN_MAX];
	unsigned instance[CHAIN_MAX];
	struct input in;
	struct diag why;
	size_t n = 0;

	for (unsigned i = 1; i <= s->chain->n; i++) {
		const struct sigfield *f = s->ams[i].f;

		if (f == NULL || f->tags.body_hash.len != DIGEST_SIZE)
			continue;
		instance[n] = i;
		want[n++] = (struct bodyhash){ .canon = f->tags.body_canon,
			.has_length = f->tags.has_length,
			.length = f->tags.length };
	}
	input_from_memory(&in, s->body);
	s->m->ahead = (struct slice){ NULL, 0 };
	if (bodyhash_run(s->m, &in, want, n, &why) != 0) {
		search_fail(s, &why);
		return;
	}
	for (size_t k = 0; k < n; k++)
		s->ams[instance[k]].body_holds =
		    want[k].complete &&
		    memcmp(want[k].digest,
			s->ams[instance[k]].f->tags.body_hash.p,
			DIGEST_SIZE) == 0;
}

/* Each set is hashed once, whatever their number. */
static void
signatures_check(struct search *s)
{
	struct digest before;
	struct sink sink = digest_sink(&before);

	digest_init(&before);
	for (unsigned i = 1; i <= s->chain->n && !s->failed; i++) {
		for (enum sigkind k = ARC_AMS; k <= ARC_SEAL; k++)
			if (seen_of(s, k, i)->f != NULL) {
				seen_open(s, seen_of(s, k, i));
				seen_check(s, k, i, &before);
			}
		if (chain_has_sets(s->chain, i, i))
			chain_put_set(s->chain, i, &sink);
	}
	digest_release(&before);
}

static void
look(struct search *s)
{
	for (unsigned i = 1; i <= s->chain->n; i++)
		for (enum sigkind k = ARC_AMS; k <= ARC_SEAL; k++)
			seen_field(s, k, i);
	if (!s->failed)
		fetch_keys(s);
	if (!s->failed)
		bodies_check(s);
	if (!s->failed)
		signatures_check(s);
}

static struct witness
witness_of(const struct seen *k)
{
	struct witness w = { .says = WITNESS_SILENT };

	if (!k->asked)
		return w;
	w.says = k->holds ? WITNESS_FOR : WITNESS_AGAINST;
	w.opened = k->target.kind == TARGET_DIGEST;
	return w;
}

/* Whether two AMS signed the same body, as far as both say. */
static bool
same_body(const struct sigfield *a, const struct sigfield *b)
{
	return a != NULL && b != NULL && a->tags.body_hash.len > 0 &&
	       slice_eq(a->tags.body_hash, b->tags.body_hash) &&
	       a->tags.body_canon == b->tags.body_canon &&
	       !a->tags.has_length && !b->tags.has_length;
}

/* Tell what the search leans on. */
static void
witnesses(const struct search *s)
{
	for (unsigned i = 1; i <= s->chain->n; i++) {
		struct witness *w = &s->out->ams[i];
		unsigned older = i - 1;

		*w = witness_of(&s->ams[i]);
		w->body = s->ams[i].body_holds;
		while (older > 0 && !same_body(s->ams[i].f, s->ams[older].f))
			older--;
		w->agree = older;
		s->out->seal[i] = witness_of(&s->seal[i]);
	}
}

/* ------------------------------------------------------------------------
 * Where a change was made. */

void
explain_place_change(struct search *s, struct finding *f, unsigned i,
    bool (*now)(struct search *, void *ctx, unsigned k),
    bool (*then)(struct search *, void *ctx, unsigned k), void *ctx)
{
	f->after = i;
	f->before = 0;
	for (unsigned k = i + 1; k <= s->chain->n; k++) {
		if (now(s, ctx, k)) {
			f->before = k;
			break;
		}
		if (then != NULL && then(s, ctx, k))
			f->after = k;
	}
	f->domain = search_domain(s, f->before);
}

/* ------------------------------------------------------------------------
 * The order of it all. */

static void
in_step(struct search *s, unsigned i, void (*engine)(struct search *, unsigned))
{
	struct step step;

	if (!step_begin(s, &step))
		return;
	engine(s, i);
	step_end(s, &step);
}

static void
keys_in_part(struct search *s, enum sigkind kind, unsigned i)
{
	search_begin(s, KEY_COST);
	explain_keys(s, kind, i);
}

/* Where a finding about a set stands among those of the set. */
static int
rank(const struct finding *f)
{
	switch (f->place) {
	case PLACE_BH: return 0;
	case PLACE_KEY: return f->kind == ARC_AMS ? 1 : 3;
	case PLACE_AMS: return 2;
	case PLACE_SEAL: return 4;
	case PLACE_STRUCTURE: break;
	}
	return 5;
}

static bool
comes_before(const struct finding *f, const struct finding *g)
{
	return f->instance != g->instance ? f->instance > g->instance
					  : rank(f) < rank(g);
}

/* What was found from place from on, set by set from the newest down, and in
 * the order of a validator within; equals stay as they were found. */
static void
put_in_order(struct explanation *e, size_t from)
{
	for (size_t k = from + 1; k < e->n; k++) {
		struct finding f = e->finding[k];
		size_t at = k;

		for (; at > from && comes_before(&f, &e->finding[at - 1]); at--)
			e->finding[at] = e->finding[at - 1];
		e->finding[at] = f;
	}
}

/* Sets n to 1, the seals up to set seals.  What a lower seal covers a higher
 * one covers, too, so they are searched from i=1 up. */
static void
explain_sets(struct search *s, unsigned seals)
{
	size_t from = s->out->n;

	for (unsigned i = s->chain->n; i >= 1; i--) {
		const struct seen *ams = &s->ams[i];

		if (ams->f == NULL)
			continue;
		if (!ams->body_holds &&
		    ams->f->problem.code != DIAG_CANONICALIZATION)
			in_step(s, i, explain_body);
		keys_in_part(s, ARC_AMS, i);
		in_step(s, i, explain_header);
	}
	for (unsigned i = 1; i <= seals; i++)
		if (s->seal[i].f != NULL)
			keys_in_part(s, ARC_SEAL, i);
	for (unsigned i = 1; i <= seals; i++)
		if (s->seal[i].f != NULL) {
			in_step(s, i, explain_seal);
			explain_unfit_key(s, i);
		}
	put_in_order(s->out, from);
}

/* Nothing of the message fits the newest AMS, though its seal holds. */
static void
strange(struct search *s, unsigned n)
{
	bool bh = false, b = false;

	for (unsigned i = 1; i <= n; i++)
		if (s->ams[i].body_holds || s->ams[i].holds)
			return;
	for (size_t k = 0; k < s->out->n; k++) {
		const struct finding *f = &s->out->finding[k];

		if (f->instance != n || f->level != EXPLAIN_INDICATED)
			continue;
		bh |= f->place == PLACE_BH;
		b |= f->place == PLACE_AMS;
	}
	if (bh && b && s->seal[n].holds)
		explain_strange(s, n);
}

static void
explain_fail(struct search *s)
{
	unsigned n = s->chain->n;

	explain_facts(s);
	/* A chain that is not whole has nothing to be searched; one that was
	 * given up by its newest hop has what lies below. */
	if (!chain_has_sets(s->chain, 1, n) ||
	    (s->chain->shape.code != DIAG_NONE && s->chain->step != 2 &&
		s->chain->shape.code != DIAG_CV_WRONG))
		return;
	/* Whether its newest hop really said so, first. */
	if (s->chain->step == 2) {
		keys_in_part(s, ARC_SEAL, n);
		in_step(s, n, explain_seal);
		explain_given_up(s);
	}
	explain_sets(s, s->chain->step == 2 ? n - 1 : n);
	strange(s, n);
}

static void
explain_pass(struct search *s)
{
	explain_facts(s);
	explain_sets(s, 0);
	explain_validators(s);
}

int
explain(struct message *m, struct slice body, const struct chain *chain,
    const struct verdict *verdict, struct keystore *keys,
    const struct explain_options *opt, struct explanation *out,
    struct diag *why)
{
	struct search *s = arena_alloc(m->arena, sizeof *s);

	*out = (struct explanation){ .n = 0 };
	if (verdict->cv == CV_NONE || verdict->temporary)
		return 0;
	if (s == NULL)
		return diag_memory(why);
	*s = (struct search){ .m = m,
		.body = body,
		.type = mime_field(m->header, SLICE("Content-Type")),
		.encoding =
		    mime_field(m->header, SLICE("Content-Transfer-Encoding")),
		.chain = chain,
		.verdict = verdict,
		.keys = keys,
		.opt = opt,
		.arena = m->arena,
		.out = out,
		.checks = ALL_CHECKS * (opt->effort > 0 ? opt->effort : 1),
		.why = why };
	if ((s->select = select_new(m, m->arena)) == NULL)
		return diag_memory(why);
	search_purse(s);
	look(s);
	witnesses(s);
	if (!s->failed && verdict->cv == CV_PASS)
		explain_pass(s);
	else if (!s->failed)
		explain_fail(s);
	return s->failed ? -1 : 0;
}

/* ------------------------------------------------------------------------
 * Repair. */

/* Whether undoing it makes the message what was signed. */
static bool
can_be_undone(
    const struct finding *f, unsigned instance, enum explain_place place)
{
	return f->instance == instance && f->level == EXPLAIN_PROVED &&
	       f->place == place && f->nchanges > 0;
}

/* Whether the finding is one of those that are undone: of explanations that are
 * as good the first. */
static bool
is_undone(const struct explanation *e, size_t k, unsigned instance,
    enum explain_place place)
{
	const struct finding *f = &e->finding[k];

	if (!can_be_undone(f, instance, place))
		return false;
	for (size_t i = 0; i < k; i++)
		if (can_be_undone(&e->finding[i], instance, place))
			return e->finding[i].group == f->group;
	return true;
}

static const struct change *
change_of(const struct explanation *e, unsigned instance, const struct field *f)
{
	for (size_t k = 0; k < e->n; k++) {
		if (!is_undone(e, k, instance, PLACE_AMS) &&
		    !is_undone(e, k, instance, PLACE_SEAL))
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
body_change(const struct explanation *e, size_t first, unsigned instance,
    bool inner, size_t from)
{
	const struct change *next = NULL;

	for (size_t k = first; k < e->n; k++) {
		if (!inner && !is_undone(e, k, instance, PLACE_BH))
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
    unsigned instance, bool inner, struct buf *out)
{
	const struct change *c;
	size_t at = 0, from = 0;

	while ((c = body_change(e, first, instance, inner, from)) != NULL) {
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
    const struct explanation *e, unsigned instance, struct buf *out)
{
	size_t before = out->len;
	bool any = false;

	/* Fields that are gone come back on top: where they stood is not
	 * known, and h= does not ask. */
	for (size_t k = 0; k < e->n; k++)
		for (size_t j = 0; j < e->finding[k].nchanges; j++) {
			const struct change *c = &e->finding[k].change[j];

			if (!is_undone(e, k, instance, PLACE_AMS) ||
			    c->at != NULL || c->was.p == NULL)
				continue;
			put_field(out, c->name, c->was, m->crlf);
			any = true;
		}
	for (size_t i = 0; i < m->nfields; i++) {
		const struct change *c = change_of(e, instance, &m->field[i]);

		any |= c != NULL;
		if (c == NULL)
			buf_slice(out, m->field[i].raw);
		else if (c->was.p != NULL)
			put_field(out, c->name, c->was, m->crlf);
	}
	if (m->has_body)
		buf_text(out, m->crlf ? "\r\n" : "\n");
	any |= explain_undo_body(body, e, 0, instance, false, out);
	if (!any)
		out->len = before;
	return any;
}
