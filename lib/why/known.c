/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <time.h>

#include "dkim/bodyhash.h"
#include "keys/keyname.h"
#include "why/known.h"

enum {
	/* Verifications for one Ed25519 signature, 0.1 ms each. */
	AMS_CHECKS = 2000,
	SEAL_CHECKS = 1000,
};

static struct known *
known_of(struct search *s, enum sigkind kind, unsigned i)
{
	return kind == ARC_AMS ? &s->ams[i] : &s->seal[i];
}

static void
known_field(struct search *s, enum sigkind kind, unsigned i)
{
	struct known *k = known_of(s, kind, i);
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
			struct slice name = known_of(s, k, i)->key_name;
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
is_cut(const struct known *k)
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
known_open(struct search *s, struct known *k)
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
known_check(struct search *s, enum sigkind kind, unsigned i,
    const struct digest *before)
{
	struct known *k = known_of(s, kind, i);
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
			if (known_of(s, k, i)->f != NULL) {
				known_open(s, known_of(s, k, i));
				known_check(s, k, i, &before);
			}
		if (chain_has_sets(s->chain, i, i))
			chain_put_set(s->chain, i, &sink);
	}
	digest_release(&before);
}

void
known_look(struct search *s)
{
	for (unsigned i = 1; i <= s->chain->n; i++)
		for (enum sigkind k = ARC_AMS; k <= ARC_SEAL; k++)
			known_field(s, k, i);
	if (!s->failed)
		fetch_keys(s);
	if (!s->failed)
		bodies_check(s);
	if (!s->failed)
		signatures_check(s);
}

static struct witness
witness_of(const struct known *k)
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

void
known_witnesses(const struct search *s)
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
