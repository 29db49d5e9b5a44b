/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/base64.h"
#include "dkim/bodyhash.h"
#include "crypto/digest.h"
#include "keys/keyname.h"
#include "dkim/select.h"
#include "arc/validate.h"

static const struct slice no_octets = { NULL, 0 };

/* Names asked for at once before any signature has verified (B-5). */
enum {
	FIRST_BATCH = 6
};

/* Everything that the steps share. */
struct walk {
	struct message *m;
	struct input *in;
	const struct chain *chain;
	struct keystore *keys;
	const struct validate_options *opt;
	struct verdict *out;
	struct select *select;
	struct bodyhash hash[CHAIN_MAX + 1]; /* by instance */
	unsigned oldest_ams; /* AMS below it are not looked at any more */
	int64_t deadline;    /* of all lookups; 0: none was made yet */
	size_t batch;	     /* names that may be asked for at once */
	bool verified;	     /* something did, since the last batch */
};

const char *
status_word(enum status s)
{
	static const char *const words[] = { "unchecked", "pass", "fail" };

	return words[s];
}

static const struct arc_field *
part_field(const struct walk *w, enum arc_kind kind, unsigned i)
{
	return w->chain->set[i].part[kind];
}

static struct part *
part_of(const struct walk *w, enum arc_kind kind, unsigned i)
{
	return kind == ARC_AMS ? &w->out->ams[i] : &w->out->seal[i];
}

/* The part fails for why, which gets its place. */
static void
part_fail(struct walk *w, enum arc_kind kind, unsigned i, struct diag why)
{
	struct part *p = part_of(w, kind, i);

	p->status = STATUS_FAIL;
	p->why = why;
	p->why.instance = i;
	p->why.field = arc_name(kind);
}

/* ------------------------------------------------------------------------
 * Which keys, and when. */

/* Whether the part's key will be needed, as far as can be told now. */
static bool
key_wanted(const struct walk *w, enum arc_kind kind, unsigned i)
{
	const struct part *p = part_of(w, kind, i);

	return p->status == STATUS_UNCHECKED && p->key_name.len > 0 &&
	       (kind == ARC_SEAL || i >= w->oldest_ams) &&
	       !keystore_has(w->keys, p->key_name);
}

static int64_t
monotonic(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
add_name(struct slice names[], size_t *n, size_t max, struct slice name)
{
	for (size_t i = 0; i < *n; i++)
		if (slice_eq(names[i], name))
			return;
	if (*n < max)
		names[(*n)++] = name;
}

/* Have the key of a part in the store, and with it, in the same round trip,
 * those that will be needed next: newest set first, no more than a forged
 * chain may make us ask for (B-5). */
static int
key_fetch(struct walk *w, enum arc_kind kind, unsigned i, struct diag *why)
{
	struct slice names[2 * CHAIN_MAX], own = part_of(w, kind, i)->key_name;
	size_t n = 0;

	if (keystore_has(w->keys, own))
		return 0;
	if (w->deadline == 0)
		w->deadline = monotonic() + w->opt->dns_timeout;
	else if (w->verified && w->batch < CHAIN_MAX)
		w->batch *= 2;
	w->verified = false;
	add_name(names, &n, w->batch, own);
	for (unsigned k = w->chain->n; k >= 1; k--) {
		if (key_wanted(w, ARC_AMS, k))
			add_name(names, &n, w->batch, w->out->ams[k].key_name);
		if (key_wanted(w, ARC_SEAL, k))
			add_name(names, &n, w->batch, w->out->seal[k].key_name);
	}
	return keystore_fetch(w->keys, names, n, w->deadline, why);
}

/* ------------------------------------------------------------------------
 * One signature. */

/* Try the usable records under the name.  0: *p tells; -1: no verdict. */
static int
records_try(struct walk *w, const struct sig *s,
    const unsigned char digest[DIGEST_SIZE], struct part *p,
    struct diag *result, struct diag *why)
{
	const struct keyentry *e = p->entry;

	for (size_t i = 0; i < e->nrecords; i++) {
		const struct keyrecord *r = &e->record[i];
		struct diag bad = r->why;

		if (bad.code == DIAG_NONE) {
			if (w->out->checks >= w->opt->limits->signatures)
				return diag_set(why, DIAG_LIMIT_SIGNATURES,
				    no_octets, "%u were made", w->out->checks);
			w->out->checks++;
			if (signature_verify(&r->key, s->alg,
				w->opt->min_rsa_bits, digest, s->signature,
				&bad) == 0) {
				p->key = r;
				result->code = DIAG_NONE;
				return 0;
			}
			if (diag_info(bad.code)->class == DIAG_CLASS_TROUBLE) {
				*why = bad;
				return -1;
			}
		}
		/* Of several records, the reason that got furthest. */
		if (p->key == NULL || bad.code > result->code) {
			p->key = r;
			*result = bad;
		}
	}
	if (!e->more)
		return 0;
	return diag_set(why, DIAG_LIMIT_RECORDS, no_octets,
	    "%zu key records are tried at most", e->nrecords);
}

/* Verify the signature of a part over digest.  0: the part has a status;
 * -1: no verdict. */
static int
signature_check(struct walk *w, enum arc_kind kind, unsigned i,
    const unsigned char digest[DIGEST_SIZE], struct diag *why)
{
	struct part *p = part_of(w, kind, i);
	const struct sig *s = &part_field(w, kind, i)->sig;
	struct diag result = { .code = DIAG_NONE };
	char q[DIAG_QUOTED], detail[ANSWER_DETAIL];

	if (key_fetch(w, kind, i, why) != 0)
		return -1;
	p->entry = keystore_find(w->keys, p->key_name);
	if (p->entry == NULL)
		return diag_set(why, DIAG_INTERNAL, no_octets, "key store");
	const struct answer *a = &p->entry->answer;

	if (a->kind != ANSWER_RECORDS)
		diag_set(&result, answer_diag(a->kind), no_octets, "%s",
		    answer_detail(a, p->key_name, detail));
	else if (w->opt->require_dnssec && !a->secure)
		diag_set(&result, DIAG_KEY_UNSIGNED, no_octets, "%s",
		    diag_quote(p->key_name, q));
	else if (records_try(w, s, digest, p, &result, why) != 0)
		return -1;
	if (result.code != DIAG_NONE) {
		part_fail(w, kind, i, result);
		return 0;
	}
	p->status = STATUS_PASS;
	w->verified = true;
	return 0;
}

/* ------------------------------------------------------------------------
 * Steps 4 and 5: message signatures. */

/* What can be told of AMS(i) from the field alone.  False: it fails. */
static bool
ams_field_check(struct walk *w, unsigned i)
{
	const struct arc_field *f = part_field(w, ARC_AMS, i);
	const struct sig *s = &f->sig;
	struct diag why;

	if (s->problem.code != DIAG_NONE) {
		part_fail(w, ARC_AMS, i, s->problem);
		return false;
	}
	if (s->has_expires &&
	    (int64_t)s->expires < w->opt->now - w->opt->clock_skew) {
		diag_set(&why, DIAG_EXPIRED,
		    taglist_value(&f->tags, SLICE("x")),
		    "x=%" PRIu64 " and it is %" PRId64, s->expires,
		    w->opt->now);
		part_fail(w, ARC_AMS, i, why);
		return false;
	}
	return true;
}

/* Say of two hashes, as bh= writes them, that they differ. */
static int
say_hashes(const struct sig *s, const struct bodyhash *h, struct diag *result,
    struct diag *why)
{
	struct slice found = { (const char *)h->digest, sizeof h->digest };
	struct buf b[2] = { { .max = 0 }, { .max = 0 } };
	bool memory;

	base64_encode(&b[0], s->body_hash);
	base64_encode(&b[1], found);
	diag_set(result, DIAG_BODY_HASH, s->bh_text,
	    "bh=%.*s, the body gives %.*s", SLICE_ARG(buf_view(&b[0])),
	    SLICE_ARG(buf_view(&b[1])));
	memory = b[0].failure != BUF_OK || b[1].failure != BUF_OK;
	buf_release(&b[0]);
	buf_release(&b[1]);
	return memory ? diag_memory(why) : 0;
}

/* Compare bh= of AMS(i): 1 fits, 0 it fails, -1 no verdict. */
static int
ams_body_check(struct walk *w, unsigned i, struct diag *why)
{
	const struct arc_field *f = part_field(w, ARC_AMS, i);
	const struct sig *s = &f->sig;
	const struct bodyhash *h = &w->hash[i];
	struct part *p = &w->out->ams[i];
	struct diag result = { .code = DIAG_NONE };

	p->body_length = h->total;
	p->body_fits = h->complete &&
		       memcmp(h->digest, s->body_hash.p, sizeof h->digest) == 0;
	p->body_signed = h->has_length ? h->length : h->total;
	if (!h->complete)
		diag_set(&result, DIAG_BODY_LENGTH,
		    taglist_value(&f->tags, SLICE("l")),
		    "l=%" PRIu64 ", but the body has %" PRIu64 " octets",
		    h->length, h->total);
	else if (!p->body_fits) {
		if (say_hashes(s, h, &result, why) != 0)
			return -1;
	} else if (w->opt->no_partial_body && p->body_signed < h->total)
		diag_set(&result, DIAG_BODY_PARTIAL,
		    taglist_value(&f->tags, SLICE("l")),
		    "%" PRIu64 " octets of %" PRIu64 " are signed",
		    p->body_signed, h->total);
	if (result.code == DIAG_NONE)
		return 1;
	part_fail(w, ARC_AMS, i, result);
	return 0;
}

/* Every body hash that may be needed, in one pass over the body. */
static int
bodies_hash(struct walk *w, struct diag *why)
{
	struct bodyhash want[CHAIN_MAX];
	unsigned instance[CHAIN_MAX];
	size_t n = 0;

	for (unsigned i = w->chain->n; i >= w->oldest_ams; i--) {
		const struct arc_field *f = part_field(w, ARC_AMS, i);

		if (f == NULL || f->sig.body_hash.len != DIGEST_SIZE)
			continue;
		instance[n] = i;
		want[n++] = (struct bodyhash){ .canon = f->sig.body_canon,
			.has_length = f->sig.has_length,
			.length = f->sig.length };
	}
	if (bodyhash_run(w->m, w->in, want, n, why) != 0)
		return -1;
	for (size_t k = 0; k < n; k++)
		w->hash[instance[k]] = want[k];
	return 0;
}

/* Validate AMS(i), whose own tags and body hash were found to fit. */
static int
ams_signature_check(struct walk *w, unsigned i, struct diag *why)
{
	const struct arc_field *f = part_field(w, ARC_AMS, i);
	struct digest d;
	struct sink sink = digest_sink(&d);
	unsigned char octets[DIGEST_SIZE];
	int result;

	digest_init(&d);
	chain_put_ams(f, w->select, &sink);
	result = digest_final(&d, octets, why);
	digest_release(&d);
	return result == 0 ? signature_check(w, ARC_AMS, i, octets, why) : -1;
}

/* Where the key of a part stands; a name that is none fails an AMS now, and a
 * seal when its turn comes. */
static int
key_name(struct walk *w, enum arc_kind kind, unsigned i, struct diag *why)
{
	const struct sig *s = &part_field(w, kind, i)->sig;
	struct part *p = part_of(w, kind, i);

	if (s->problem.code != DIAG_NONE || p->status == STATUS_FAIL)
		return 0;
	if (keyname_make(
		s->selector, s->domain, w->m->arena, &p->key_name, why) == 0)
		return 0;
	p->key_name = no_octets;
	if (diag_info(why->code)->class == DIAG_CLASS_TROUBLE)
		return -1;
	p->why = *why;
	if (kind == ARC_AMS)
		part_fail(w, kind, i, *why);
	return 0;
}

/* Look at all parts before any key: tags, names, body hashes. */
static int
prepare(struct walk *w, struct diag *why)
{
	unsigned n = w->chain->n;

	w->oldest_ams = w->opt->no_oldest_pass ? n : 1;
	for (unsigned i = n; i >= 1; i--) {
		if (i >= w->oldest_ams && ams_field_check(w, i) &&
		    key_name(w, ARC_AMS, i, why) != 0)
			return -1;
		if (key_name(w, ARC_SEAL, i, why) != 0)
			return -1;
		/* Nothing below the first failure is looked at (step 5). */
		if (i < n && i >= w->oldest_ams &&
		    w->out->ams[i].status == STATUS_FAIL)
			w->oldest_ams = i + 1;
	}
	if (w->out->ams[n].status == STATUS_FAIL)
		return 0;
	if (!w->opt->every_part && bodies_hash(w, why) != 0)
		return -1;
	for (unsigned i = n; i >= w->oldest_ams; i--) {
		int fits = ams_body_check(w, i, why);

		if (fits < 0)
			return -1;
		if (fits == 0)
			w->oldest_ams = i + 1;
	}
	return 0;
}

/* The chain fails at a part of it. */
static void
decide_fail(struct walk *w, unsigned step, const struct part *p)
{
	w->out->cv = CV_FAIL;
	w->out->step = step;
	w->out->why = p->why;
	w->out->temporary = diag_is_temporary(p->why.code);
}

/* Step 5: go down until one fails. */
static int
older_ams(struct walk *w, struct diag *why)
{
	unsigned i = w->chain->n;

	if (w->opt->no_oldest_pass)
		return 0;
	while (--i >= 1) {
		if (w->out->ams[i].status == STATUS_UNCHECKED &&
		    i >= w->oldest_ams && ams_signature_check(w, i, why) != 0)
			return -1;
		if (w->out->ams[i].status != STATUS_PASS)
			break;
	}
	w->oldest_ams = i + 1;
	w->out->has_oldest_pass = true;
	w->out->oldest_pass = i == 0 ? 0 : i + 1;
	w->out->oldest_unsure =
	    i > 0 && diag_is_temporary(w->out->ams[i].why.code);
	return 0;
}

/* ------------------------------------------------------------------------
 * Step 6: seals. */

/* The digests of all seals, each set going through one running digest once
 * (RFC 8617 section 5.1.1): N seals cost N. */
static int
seal_digests(const struct chain *c, unsigned char octets[][DIGEST_SIZE],
    struct diag *why)
{
	struct digest all, own;
	struct sink to_all = digest_sink(&all), to_own = digest_sink(&own);
	int result = 0;

	digest_init(&all);
	for (unsigned i = 1; i <= c->n && result == 0; i++) {
		digest_copy(&own, &all);
		chain_put_seal(c, i, &to_own);
		result = digest_final(&own, octets[i], why);
		digest_release(&own);
		chain_put_set(c, i, &to_all);
	}
	digest_release(&all);
	return result;
}

static int
seals(struct walk *w, struct diag *why)
{
	unsigned char octets[CHAIN_MAX + 1][DIGEST_SIZE];

	if (seal_digests(w->chain, octets, why) != 0)
		return -1;
	for (unsigned i = w->chain->n; i >= 1; i--) {
		const struct sig *s = &part_field(w, ARC_SEAL, i)->sig;
		struct part *p = &w->out->seal[i];

		if (s->problem.code != DIAG_NONE)
			part_fail(w, ARC_SEAL, i, s->problem);
		else if (p->key_name.len == 0)
			part_fail(w, ARC_SEAL, i, p->why);
		else if (signature_check(w, ARC_SEAL, i, octets[i], why) != 0)
			return -1;
		if (p->status != STATUS_PASS) {
			decide_fail(w, 6, p);
			return 0;
		}
	}
	w->out->cv = CV_PASS;
	w->out->step = 7;
	return 0;
}

/* ------------------------------------------------------------------------
 * What decided nothing, for showing it. */

/* A part that is there, was not looked at, and belongs to a set. */
static bool
part_open(struct walk *w, enum arc_kind kind, unsigned i)
{
	const struct arc_field *f = part_field(w, kind, i);
	struct part *p = part_of(w, kind, i);

	if (f == NULL || p->status != STATUS_UNCHECKED)
		return false;
	if (f->sig.problem.code != DIAG_NONE)
		part_fail(w, kind, i, f->sig.problem);
	return f->sig.problem.code == DIAG_NONE;
}

/* AS(i) covers all sets up to its own, or that alone (RFC 8617 section 5.1.2):
 * whether they are there. */
static bool
sets_complete(const struct walk *w, unsigned from, unsigned to)
{
	for (unsigned i = from; i <= to; i++)
		for (enum arc_kind k = ARC_AAR; k < ARC_KINDS; k++)
			if (part_field(w, k, i) == NULL)
				return false;
	return true;
}

static int
rest_seal(struct walk *w, unsigned i, struct diag *why)
{
	const struct sig *s = &part_field(w, ARC_SEAL, i)->sig;
	unsigned from = s->cv == CV_FAIL ? i : 1;
	struct digest d;
	struct sink sink = digest_sink(&d);
	unsigned char octets[DIGEST_SIZE];

	if (!sets_complete(w, from, i))
		return 0;
	digest_init(&d);
	for (unsigned k = from; k < i; k++)
		chain_put_set(w->chain, k, &sink);
	chain_put_seal(w->chain, i, &sink);
	int result = digest_final(&d, octets, why);

	digest_release(&d);
	return result == 0 ? signature_check(w, ARC_SEAL, i, octets, why) : -1;
}

static int
rest_part(struct walk *w, enum arc_kind kind, unsigned i, struct diag *why)
{
	struct part *p = part_of(w, kind, i);

	int fits =
	    part_open(w, kind, i) && (kind != ARC_AMS || ams_field_check(w, i));

	if (fits != 0 && kind == ARC_AMS)
		fits = ams_body_check(w, i, why);
	if (fits <= 0)
		return fits;
	if (p->key_name.len == 0 && key_name(w, kind, i, why) != 0)
		return -1;
	if (p->key_name.len == 0) {
		part_fail(w, kind, i, p->why);
		return 0;
	}
	if (w->keys == NULL)
		return 0;
	return kind == ARC_AMS ? ams_signature_check(w, i, why)
			       : rest_seal(w, i, why);
}

/* Look at all that is left.  A limit leaves it unchecked: it was not asked
 * for the verdict. */
static int
rest(struct walk *w, struct diag *why)
{
	w->oldest_ams = 1;
	for (unsigned i = w->chain->n; i >= 1; i--)
		for (enum arc_kind k = ARC_AMS; k <= ARC_SEAL; k++) {
			if (rest_part(w, k, i, why) == 0)
				continue;
			if (why->code == DIAG_LIMIT_RECORDS ||
			    why->code == DIAG_LIMIT_SIGNATURES)
				return 0;
			return -1;
		}
	return 0;
}

/* Steps 4 to 7. */
static int
decide(struct walk *w, struct diag *why)
{
	const struct part *newest = &w->out->ams[w->chain->n];

	if (prepare(w, why) != 0)
		return -1;
	if (newest->status == STATUS_UNCHECKED && w->keys == NULL) {
		w->out->cv = CV_MISSING;
		w->out->step = 4;
		return 0;
	}
	if (newest->status == STATUS_UNCHECKED &&
	    ams_signature_check(w, w->chain->n, why) != 0)
		return -1;
	if (newest->status != STATUS_PASS) {
		decide_fail(w, 4, newest);
		return 0;
	}
	return older_ams(w, why) != 0 ? -1 : seals(w, why);
}

int
validate(struct message *m, struct input *in, const struct chain *chain,
    struct keystore *keys, const struct validate_options *opt,
    struct verdict *out, struct diag *why)
{
	struct walk w = { .m = m,
		.in = in,
		.chain = chain,
		.keys = keys,
		.opt = opt,
		.out = out,
		.oldest_ams = 1,
		.batch = FIRST_BATCH };

	*out = (struct verdict){ .cv = CV_NONE, .step = 1 };
	out->ams = arena_array(m->arena, chain->n + 1, sizeof *out->ams);
	out->seal = arena_array(m->arena, chain->n + 1, sizeof *out->seal);
	if (out->ams == NULL || out->seal == NULL)
		return diag_memory(why);
	if (chain->nfields == 0)
		return 0;
	if ((w.select = select_new(m, m->arena)) == NULL)
		return diag_memory(why);
	if (opt->every_part && bodies_hash(&w, why) != 0)
		return -1;
	if (chain->shape.code != DIAG_NONE) {
		out->cv = CV_FAIL;
		out->step = chain->step;
		out->why = chain->shape;
	} else if (decide(&w, why) != 0) {
		return -1;
	}
	return opt->every_part ? rest(&w, why) : 0;
}
