/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "dkim/bodyhash.h"
#include "keys/keyname.h"
#include "why/known.h"

enum {
	/* Verifications for one Ed25519 signature, 0.1 ms each. */
	AMS_CHECKS = 2000,
	SEAL_CHECKS = 1000,
};

/* ------------------------------------------------------------------------
 * All signatures in one row. */

/* The newest ARC Set that was there when the DKIM-Signature was put on top. */
static unsigned
newest_below(const struct search *s, const struct sigfield *f)
{
	unsigned i = s->chain->n;

	while (i > 0 && search_top(s, i) <= f->index)
		i--;
	return i;
}

static struct known *
add(struct search *s)
{
	return &s->known[s->nknown++];
}

static void
add_part(struct search *s, enum sigkind kind, unsigned i)
{
	struct known *k = add(s);

	*k = (struct known){ .f = s->chain->set[i].part[kind],
		.instance = i,
		.after = i,
		.before = i,
		.result = kind == ARC_AMS ? &s->verdict->ams[i]
					  : &s->verdict->seal[i] };
	*(kind == ARC_AMS ? &s->ams[i] : &s->seal[i]) = k;
}

/* Those that are newer than set i and older than the next. */
static void
add_dkim(struct search *s, unsigned i)
{
	for (size_t d = 0; d < s->dkim->n && d < LIMIT_DKIM; d++) {
		const struct dkim_signature *sig = &s->dkim->signature[d];

		if (newest_below(s, &sig->field) == i)
			*add(s) = (struct known){ .f = &sig->field,
				.number = (unsigned)d + 1,
				.after = i,
				.before = i < s->chain->n ? i + 1 : 0,
				.result = &sig->check };
	}
}

static void
known_collect(struct search *s)
{
	size_t most = 2 * CHAIN_MAX + LIMIT_DKIM + 1;

	s->known = arena_array(s->arena, most, sizeof *s->known);
	if (s->known == NULL) {
		search_memory(s);
		return;
	}
	/* What there is not, of no set. */
	for (unsigned i = 0; i <= CHAIN_MAX; i++)
		s->ams[i] = s->seal[i] = &s->known[most - 1];
	for (unsigned i = s->chain->n + 1; i-- > 0;) {
		if (s->dkim != NULL)
			add_dkim(s, i);
		if (i > 0) {
			add_part(s, ARC_SEAL, i);
			add_part(s, ARC_AMS, i);
		}
	}
}

static bool
signs_body(const struct known *k)
{
	return k->f != NULL && k->f->kind != ARC_SEAL;
}

struct known *
known_newer(const struct search *s, const struct known *k)
{
	for (size_t at = (size_t)(k - s->known); at-- > 0;)
		if (signs_body(&s->known[at]))
			return &s->known[at];
	return NULL;
}

struct known *
known_older(const struct search *s, const struct known *k)
{
	for (size_t at = (size_t)(k - s->known) + 1; at < s->nknown; at++)
		if (signs_body(&s->known[at]))
			return &s->known[at];
	return NULL;
}

struct known *
known_oldest(const struct search *s)
{
	return known_newer(s, s->known + s->nknown);
}

bool
known_same_body(const struct known *k, const struct known *other)
{
	const struct sigtags *a = &k->f->tags, *b = &other->f->tags;

	return a->body_hash.len > 0 && slice_eq(a->body_hash, b->body_hash) &&
	       a->body_canon == b->body_canon && !a->has_length &&
	       !b->has_length;
}

const char *
known_name(const struct known *k, char buf[KNOWN_NAME])
{
	if (k->instance > 0)
		snprintf(buf, KNOWN_NAME, "i=%u", k->instance);
	else
		snprintf(buf, KNOWN_NAME, "DKIM-Signature %u", k->number);
	return buf;
}

struct slice
known_domain(const struct search *s, const struct known *k)
{
	if (k->instance > 0)
		return search_domain(s, k->instance);
	return k->f != NULL ? k->f->tags.domain : SLICE_NONE;
}

/* ------------------------------------------------------------------------
 * Each of them. */

static void
known_field(struct search *s, struct known *k)
{
	struct diag why;

	const struct sigtags *g = &k->f->tags;

	k->readable = g->signature.len > 0 && g->b_raw.p != NULL &&
		      g->domain.len > 0 && g->selector.len > 0 &&
		      (k->f->kind == ARC_SEAL || g->headers != NULL);
	if (g->domain.len == 0 || g->selector.len == 0)
		return;
	if (keyname_make(
		g->selector, g->domain, s->arena, &k->key_name, &why) != 0) {
		k->key_name = SLICE_NONE;
		if (diag_info(why.code)->class == DIAG_CLASS_TROUBLE)
			search_fail(s, &why);
	}
}

static int64_t
deadline(const struct search *s)
{
	return clock_now() + s->opt->validate->sig.dns_timeout;
}

/* Have every key that a signature names; most were asked for by the verdict. */
static void
fetch_keys(struct search *s)
{
	struct slice names[KEYNAMES_MAX] = { { NULL, 0 } };
	struct diag why;
	size_t n = 0;

	for (size_t k = 0; k < s->nknown; k++) {
		struct slice name = s->known[k].key_name;
		bool known = name.len == 0 || keystore_has(s->keys, name);

		for (size_t j = 0; j < n && !known; j++)
			known = slice_eq(names[j], name);
		if (!known)
			names[n++] = name;
	}
	if (n > 0 && keystore_fetch(s->keys, names, n, deadline(s), &why) != 0)
		search_fail(s, &why);
}

/* Whether a mail library encoded parts of the field: what cannot be read of it
 * is in these words. */
static bool
is_encoded(const struct sigfield *f)
{
	struct slice v = f->field->value;

	return memmem(v.p, v.len, "=?", 2) != NULL &&
	       memmem(v.p, v.len, "?=", 2) != NULL;
}

/* Whether b= is shorter than any signature of the key, in octets or, when it
 * is no base64, in characters. */
static bool
is_cut(const struct known *k)
{
	const struct tag *b = taglist_find(&k->f->list, SLICE("b"));
	enum signature_algorithm alg;
	size_t want = 0, digits = 0;

	if (is_encoded(k->f))
		return false;
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
 * its own. */
static void
known_check(struct search *s, struct known *k, const struct digest *before)
{
	unsigned char octets[DIGEST_SIZE];
	unsigned i = k->instance;
	struct diag why;

	if (!k->readable || k->target.kind == TARGET_NONE ||
	    (k->f->kind == ARC_SEAL &&
		!chain_has_sets(s->chain, chain_scope(k->f->tags.cv, i), i)))
		return;
	if ((k->f->kind == ARC_SEAL
		    ? chain_seal_digest(s->chain, i, before, octets, &why)
		    : sigfield_digest(k->f, s->select, octets, &why)) != 0) {
		search_fail(s, &why);
		return;
	}
	k->asked = true;
	k->holds = target_fits(s, &k->target, octets);
}

static void
bodies_check(struct search *s)
{
	struct bodyhash want[SIGCHECK_BODIES];
	struct known *of[SIGCHECK_BODIES];
	struct input in;
	struct diag why;
	size_t n = 0;

	for (struct known *k = known_oldest(s); k != NULL;
	     k = known_newer(s, k)) {
		if (k->f->tags.body_hash.len != DIGEST_SIZE)
			continue;
		of[n] = k;
		want[n++] = (struct bodyhash){ .canon = k->f->tags.body_canon,
			.has_length = k->f->tags.has_length,
			.length = k->f->tags.length };
	}
	input_from_memory(&in, s->body);
	s->m->ahead = SLICE_NONE;
	if (bodyhash_run(s->m, &in, want, n, &why) != 0) {
		search_fail(s, &why);
		return;
	}
	for (size_t k = 0; k < n; k++)
		of[k]->body_holds =
		    want[k].complete &&
		    memcmp(want[k].digest, of[k]->f->tags.body_hash.p,
			DIGEST_SIZE) == 0;
}

/* Each set is hashed once, whatever their number. */
static void
signatures_check(struct search *s)
{
	struct digest before;
	struct sink sink = digest_sink(&before);

	digest_init(&before);
	for (size_t at = s->nknown; at-- > 0 && !s->failed;) {
		struct known *k = &s->known[at];

		if (k->f != NULL) {
			known_open(s, k);
			known_check(s, k, &before);
		}
		if (k->instance > 0 && k == s->seal[k->instance] &&
		    chain_has_sets(s->chain, k->instance, k->instance))
			chain_put_set(s->chain, k->instance, &sink);
	}
	digest_release(&before);
}

void
known_look(struct search *s)
{
	known_collect(s);
	for (size_t k = 0; k < s->nknown; k++)
		if (s->known[k].f != NULL)
			known_field(s, &s->known[k]);
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

void
known_witnesses(struct search *s)
{
	size_t n = s->dkim != NULL ? s->dkim->n : 0;

	s->out->signature = arena_array(s->arena, n, sizeof *s->out->signature);
	if (s->out->signature == NULL) {
		search_memory(s);
		return;
	}
	for (size_t k = 0; k < s->nknown; k++) {
		const struct known *d = &s->known[k];

		if (d->number == 0)
			continue;
		s->out->signature[d->number - 1] = witness_of(d);
		s->out->signature[d->number - 1].body = d->body_holds;
	}
	for (unsigned i = 1; i <= s->chain->n; i++) {
		struct witness *w = &s->out->ams[i];
		unsigned older = i - 1;

		*w = witness_of(s->ams[i]);
		w->body = s->ams[i]->body_holds;
		while (older > 0 &&
		       !(s->ams[i]->f != NULL && s->ams[older]->f != NULL &&
			   known_same_body(s->ams[i], s->ams[older])))
			older--;
		w->agree = older;
		s->out->seal[i] = witness_of(s->seal[i]);
	}
}
