/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "dkim/sigcheck.h"
#include "keys/keyname.h"

/* Names asked for at once before any signature has verified: no more than a
 * forged message may make us ask for. */
enum {
	FIRST_BATCH = 6
};

const char *
status_word(enum status s)
{
	static const char *const words[] = { "unchecked", "pass", "fail" };

	return words[s];
}

void
sigresult_fail(
    struct sigresult *r, const struct sigfield *f, const struct diag *why)
{
	r->status = STATUS_FAIL;
	r->why = *why;
	r->why.instance = f->instance;
	r->why.field = sigfield_name(f->kind);
	r->why.at = f->field;
}

void
sigcheck_init(struct sigcheck *c, struct message *m, struct input *in,
    struct keystore *keys, const struct sigpolicy *policy)
{
	*c = (struct sigcheck){
		.m = m,
		.in = in,
		.keys = keys,
		.policy = policy,
		.batch = FIRST_BATCH,
	};
}

bool
sigcheck_field(
    const struct sigcheck *c, const struct sigfield *f, struct sigresult *r)
{
	const struct sigtags *s = &f->tags;
	struct diag why;

	if (f->problem.code != DIAG_NONE) {
		sigresult_fail(r, f, &f->problem);
		return false;
	}
	if (s->has_expires &&
	    (int64_t)s->expires < c->policy->now - c->policy->clock_skew) {
		diag_set(&why, DIAG_EXPIRED,
		    taglist_value(&f->list, SLICE("x")),
		    "x=%" PRIu64 " and it is %" PRId64, s->expires,
		    c->policy->now);
		sigresult_fail(r, f, &why);
		return false;
	}
	return true;
}

int
sigcheck_key_name(struct sigcheck *c, const struct sigfield *f,
    struct sigresult *r, struct diag *bad, struct diag *why)
{
	if (keyname_make(f->tags.selector, f->tags.domain, c->m->arena,
		&r->key_name, bad) == 0 ||
	    (c->second != NULL &&
		c->second->key_name(c->second->ctx, f, bad, &r->key_name)))
		return 0;
	r->key_name = SLICE_NONE;
	if (diag_info(bad->code)->class != DIAG_CLASS_TROUBLE)
		return 0;
	*why = *bad;
	return -1;
}

/* ------------------------------------------------------------------------
 * The body. */

void
sigcheck_want_body(
    struct sigcheck *c, const struct sigfield *f, struct sigresult *r)
{
	if (f->tags.body_hash.len != DIGEST_SIZE ||
	    c->nbodies == SIGCHECK_BODIES)
		return;
	c->wants_body[c->nbodies] = r;
	c->body[c->nbodies++] = (struct bodyhash){ .canon = f->tags.body_canon,
		.has_length = f->tags.has_length,
		.length = f->tags.length };
}

int
sigcheck_bodies(struct sigcheck *c, struct diag *why)
{
	if (c->nbodies == 0 || c->wants_body[0]->body != NULL)
		return 0;
	if (bodyhash_run(c->m, c->in, c->body, c->nbodies, why) != 0)
		return -1;
	for (size_t i = 0; i < c->nbodies; i++)
		c->wants_body[i]->body = &c->body[i];
	return 0;
}

/* Say of two hashes, as bh= writes them, that they differ. */
static void
say_hashes(
    const struct sigtags *s, const struct bodyhash *h, struct diag *result)
{
	struct slice found = { (const char *)h->digest, sizeof h->digest };
	char is[BASE64_HASH_TEXT], was[BASE64_HASH_TEXT];

	diag_set(result, DIAG_BODY_HASH, s->bh_text,
	    "%sbh=%s, the body gives %s",
	    h->total > 0 ? ""
			 : "the message has no body: is this the header only? ",
	    base64_hash(s->body_hash, was), base64_hash(found, is));
}

bool
sigcheck_body(
    const struct sigcheck *c, const struct sigfield *f, struct sigresult *r)
{
	const struct bodyhash *h = r->body;
	struct diag result = { .code = DIAG_NONE };

	r->body_length = h->total;
	r->body_fits = h->complete && memcmp(h->digest, f->tags.body_hash.p,
					  sizeof h->digest) == 0;
	r->body_signed = h->has_length ? h->length : h->total;
	if (!h->complete)
		diag_set(&result, DIAG_BODY_LENGTH,
		    taglist_value(&f->list, SLICE("l")),
		    "l=%" PRIu64 ", but the body has %" PRIu64 " bytes",
		    h->length, h->total);
	else if (!r->body_fits)
		say_hashes(&f->tags, h, &result);
	else if (c->policy->no_partial_body && r->body_signed < h->total)
		diag_set(&result, DIAG_BODY_PARTIAL,
		    taglist_value(&f->list, SLICE("l")),
		    "%" PRIu64 " of %" PRIu64 " bytes signed", r->body_signed,
		    h->total);
	if (result.code == DIAG_NONE)
		return true;
	sigresult_fail(r, f, &result);
	return false;
}

/* ------------------------------------------------------------------------
 * Which keys, and when. */

void
keynames_add(struct keynames *k, const struct sigresult *r)
{
	if (r->key_name.len == 0 || k->n == k->max ||
	    keystore_has(k->known, r->key_name))
		return;
	for (size_t i = 0; i < k->n; i++)
		if (slice_eq(k->name[i], r->key_name))
			return;
	k->name[k->n++] = r->key_name;
}

/* Fetch the keys, and in the same batch what others will ask. */
static int
fetch_also(struct sigcheck *c, const struct keynames *names, struct diag *why)
{
	struct question *q;
	size_t n = c->nalso;

	if (n > 0) {
		q = arena_array(c->m->arena, n + names->n, sizeof *q);
		if (q == NULL)
			return diag_memory(why);
		for (size_t i = 0; i < n; i++)
			q[i] = c->also[i];
		for (size_t i = 0; i < names->n; i++)
			q[n++] = (struct question){ names->name[i], RR_TXT };
		c->nalso = 0;
		if (keystore_ask(c->keys, q, n, c->deadline, why) != 0)
			return -1;
	}
	return keystore_fetch(c->keys, names->name, names->n, c->deadline, why);
}

/* Have the key in the store, and with it, in the same round trip, those that
 * will be needed next. */
static int
key_fetch(struct sigcheck *c, const struct sigresult *r, struct diag *why)
{
	struct keynames names = { .known = c->keys };

	if (keystore_has(c->keys, r->key_name))
		return 0;
	if (c->deadline == 0)
		c->deadline = clock_now() + c->policy->dns_timeout;
	else if (c->verified && c->batch <= KEYNAMES_MAX / 2)
		c->batch *= 2;
	c->verified = false;
	names.max = c->batch;
	keynames_add(&names, r);
	for (const struct keywant *w = c->want; w != NULL; w = w->next)
		w->add(w->ctx, &names);
	return fetch_also(c, &names, why);
}

/* ------------------------------------------------------------------------
 * The signature. */

/* Try one usable record.  1: the signature verifies; 0: *bad tells; -1: no
 * verdict. */
static int
record_try(struct sigcheck *c, const struct sigfield *f, const struct key *key,
    const unsigned char digest[DIGEST_SIZE], struct diag *bad, struct diag *why)
{
	char q[DIAG_QUOTED];

	if (key->strict && f->tags.identity_below) {
		diag_set(bad, DIAG_KEY_STRICT, f->tags.identity, "i=%s",
		    diag_quote(f->tags.identity, q));
		return 0;
	}
	if (c->checks + c->reserved >= c->policy->limits->signatures)
		return diag_set(why, DIAG_LIMIT_SIGNATURES, SLICE_NONE,
		    "%u were made", c->checks);
	c->checks++;
	if (signature_verify(key, f->tags.alg, c->policy->min_rsa_bits, digest,
		f->tags.signature, bad) == 0)
		return 1;
	if (diag_info(bad->code)->class != DIAG_CLASS_TROUBLE)
		return 0;
	*why = *bad;
	return -1;
}

/* Try the usable records under the name.  0: *result tells; -1: no verdict. */
static int
records_try(struct sigcheck *c, const struct sigfield *f,
    const unsigned char digest[DIGEST_SIZE], struct sigresult *r,
    struct diag *result, struct diag *why)
{
	const struct keyentry *e = r->entry;

	for (size_t i = 0; i < e->nrecords; i++) {
		const struct keyrecord *record = &e->record[i];
		struct diag bad = record->why;
		int fits =
		    bad.code == DIAG_NONE
			? record_try(c, f, &record->key, digest, &bad, why)
			: 0;

		if (fits < 0)
			return -1;
		if (fits > 0) {
			r->key = record;
			result->code = DIAG_NONE;
			return 0;
		}
		/* Of several records, the reason that got furthest. */
		if (r->key == NULL || bad.code > result->code) {
			r->key = record;
			*result = bad;
		}
	}
	if (!e->more)
		return 0;
	return diag_set(why, DIAG_LIMIT_RECORDS, SLICE_NONE,
	    "at most %zu key records are tried", e->nrecords);
}

int
sigcheck_digest(struct sigcheck *c, const struct sigfield *f,
    unsigned char out[DIGEST_SIZE], struct diag *why)
{
	if (c->select == NULL &&
	    (c->select = select_new(c->m, c->m->arena)) == NULL)
		return diag_memory(why);
	return sigfield_digest(f, c->select, out, why);
}

/* Ask the second opinion about a signature that fails for *result. */
static int
ask_second(const struct sigcheck *c, const struct sigfield *f,
    const unsigned char digest[DIGEST_SIZE], struct sigresult *r,
    struct diag *result, struct diag *why)
{
	const struct second_opinion *s = c->second;
	int good = s == NULL || result->code == DIAG_NONE
		       ? 0
		       : s->verify(s->ctx, f, digest, r, result, why);

	if (good < 0)
		return -1;
	if (good > 0) {
		r->key = NULL;
		result->code = DIAG_NONE;
	}
	return 0;
}

int
sigcheck_signature(struct sigcheck *c, const struct sigfield *f,
    const unsigned char digest[DIGEST_SIZE], struct sigresult *r,
    struct diag *why)
{
	struct diag result = { .code = DIAG_NONE };
	char q[DIAG_QUOTED], detail[ANSWER_DETAIL];

	if (key_fetch(c, r, why) != 0)
		return -1;
	r->entry = keystore_find(c->keys, r->key_name);
	if (r->entry == NULL)
		return diag_set(why, DIAG_INTERNAL, SLICE_NONE, "key store");
	const struct answer *a = &r->entry->answer;

	if (a->kind != ANSWER_RECORDS)
		diag_set(&result, answer_diag(a->kind), SLICE_NONE, "%s",
		    answer_detail(a, r->key_name, detail));
	else if (c->policy->require_dnssec && !a->secure)
		diag_set(&result, DIAG_KEY_UNSIGNED, SLICE_NONE, "%s",
		    diag_quote(r->key_name, q));
	else if (records_try(c, f, digest, r, &result, why) != 0)
		return -1;
	if (ask_second(c, f, digest, r, &result, why) != 0)
		return -1;
	if (result.code != DIAG_NONE) {
		sigresult_fail(r, f, &result);
		return 0;
	}
	r->status = STATUS_PASS;
	c->verified = true;
	return 0;
}
