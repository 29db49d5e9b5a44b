/* SPDX-License-Identifier: BSD-2-Clause */
#include "arc/validate.h"

/* Everything that the steps share. */
struct validation {
	struct sigcheck *check;
	const struct chain *chain;
	const struct validate_options *opt;
	struct verdict *out;
	unsigned oldest_ams; /* AMS below it are not looked at any more */
};

static const struct sigfield *
field_of(const struct validation *w, enum sigkind kind, unsigned i)
{
	return w->chain->set[i].part[kind];
}

static struct sigresult *
result_of(const struct validation *w, enum sigkind kind, unsigned i)
{
	return kind == ARC_AMS ? &w->out->ams[i] : &w->out->seal[i];
}

/* ------------------------------------------------------------------------
 * Which keys, and when. */

static void
want_key(const struct validation *w, enum sigkind kind, unsigned i,
    struct keynames *names)
{
	const struct sigresult *r = result_of(w, kind, i);

	if (r->status == STATUS_UNCHECKED &&
	    (kind == ARC_SEAL || i >= w->oldest_ams))
		keynames_add(names, r);
}

/* Keys that will be needed, as far as can be told now: newest set first. */
static void
want_keys(void *ctx, struct keynames *names)
{
	const struct validation *w = ctx;

	for (unsigned i = w->chain->n; i >= 1; i--)
		for (enum sigkind k = ARC_AMS; k <= ARC_SEAL; k++)
			want_key(w, k, i, names);
}

/* Where the key of a signature stands; a name that is none fails an AMS now,
 * and a seal when its turn comes. */
static int
key_name(struct validation *w, enum sigkind kind, unsigned i, struct diag *why)
{
	const struct sigfield *f = field_of(w, kind, i);
	struct sigresult *r = result_of(w, kind, i);
	struct diag bad;

	if (f->problem.code != DIAG_NONE || r->status == STATUS_FAIL)
		return 0;
	if (sigcheck_key_name(w->check, f, r, &bad, why) != 0)
		return -1;
	if (r->key_name.len > 0)
		return 0;
	r->why = bad;
	if (kind == ARC_AMS)
		sigresult_fail(r, f, &bad);
	return 0;
}

/* ------------------------------------------------------------------------
 * Steps 4 and 5: message signatures. */

/* What can be told of AMS(i) from the field alone.  False: it fails. */
static bool
ams_field(struct validation *w, unsigned i)
{
	return sigcheck_field(
	    w->check, field_of(w, ARC_AMS, i), &w->out->ams[i]);
}

/* Whether bh= of AMS(i) is that of the body.  Else it fails. */
static bool
ams_body(struct validation *w, unsigned i)
{
	return sigcheck_body(
	    w->check, field_of(w, ARC_AMS, i), &w->out->ams[i]);
}

/* Every body hash that may be needed, in one pass over the body. */
static int
bodies(struct validation *w, struct diag *why)
{
	for (unsigned i = w->chain->n; i >= w->oldest_ams; i--)
		if (field_of(w, ARC_AMS, i) != NULL)
			sigcheck_want_body(
			    w->check, field_of(w, ARC_AMS, i), &w->out->ams[i]);
	return sigcheck_bodies(w->check, why);
}

/* Validate AMS(i), whose own tags and body hash were found to fit. */
static int
ams_signature(struct validation *w, unsigned i, struct diag *why)
{
	const struct sigfield *f = field_of(w, ARC_AMS, i);
	unsigned char octets[DIGEST_SIZE];

	if (sigcheck_digest(w->check, f, octets, why) != 0)
		return -1;
	return sigcheck_signature(w->check, f, octets, &w->out->ams[i], why);
}

/* Look at all parts before any key: tags, names, body hashes. */
static int
prepare(struct validation *w, struct diag *why)
{
	unsigned n = w->chain->n;

	w->oldest_ams = w->opt->no_oldest_pass ? n : 1;
	for (unsigned i = n; i >= 1; i--) {
		if (i >= w->oldest_ams && ams_field(w, i) &&
		    key_name(w, ARC_AMS, i, why) != 0)
			return -1;
		if (key_name(w, ARC_SEAL, i, why) != 0)
			return -1;
		/* Nothing below the first failure is looked at (step 5). */
		if (i >= w->oldest_ams && w->out->ams[i].status == STATUS_FAIL)
			w->oldest_ams = i + 1;
	}
	if (w->out->ams[n].status == STATUS_FAIL)
		return 0;
	if (!w->opt->every_part && bodies(w, why) != 0)
		return -1;
	for (unsigned i = n; i >= w->oldest_ams; i--)
		if (!ams_body(w, i))
			w->oldest_ams = i + 1;
	return 0;
}

/* The chain fails at a part of it. */
static void
decide_fail(struct validation *w, unsigned step, const struct sigresult *r)
{
	w->out->cv = CV_FAIL;
	w->out->step = step;
	w->out->why = r->why;
	w->out->temporary = diag_is_temporary(r->why.code);
}

static bool
is_limit(enum diag_code code)
{
	return code == DIAG_LIMIT_RECORDS || code == DIAG_LIMIT_SIGNATURES;
}

/* Step 5: go down until one fails. */
static int
older_ams(struct validation *w, struct diag *why)
{
	unsigned i = w->chain->n;

	if (w->opt->no_oldest_pass)
		return 0;
	w->check->reserved = w->chain->n;
	while (--i >= 1) {
		if (w->out->ams[i].status == STATUS_UNCHECKED &&
		    i >= w->oldest_ams && ams_signature(w, i, why) != 0) {
			if (!is_limit(why->code))
				return -1;
			/* The verdict does not ask for it. */
			sigresult_fail(
			    &w->out->ams[i], field_of(w, ARC_AMS, i), why);
		}
		if (w->out->ams[i].status != STATUS_PASS)
			break;
	}
	w->check->reserved = 0;
	w->oldest_ams = i + 1;
	w->out->has_oldest_pass = true;
	w->out->oldest_pass = i == 0 ? 0 : i + 1;
	/* Nothing is told of a set 0. */
	w->out->oldest_unsure = diag_is_temporary(w->out->ams[i].why.code) ||
				is_limit(w->out->ams[i].why.code);
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
	struct digest below;
	struct sink sink = digest_sink(&below);
	int result = 0;

	digest_init(&below);
	for (unsigned i = 1; i <= c->n && result == 0; i++) {
		result = chain_seal_digest(c, i, &below, octets[i], why);
		chain_put_set(c, i, &sink);
	}
	digest_release(&below);
	return result;
}

static int
seals(struct validation *w, struct diag *why)
{
	unsigned char octets[CHAIN_MAX + 1][DIGEST_SIZE];

	if (seal_digests(w->chain, octets, why) != 0)
		return -1;
	for (unsigned i = w->chain->n; i >= 1; i--) {
		const struct sigfield *f = field_of(w, ARC_SEAL, i);
		struct sigresult *r = &w->out->seal[i];

		if (f->problem.code != DIAG_NONE)
			sigresult_fail(r, f, &f->problem);
		else if (r->key_name.len == 0)
			sigresult_fail(r, f, &r->why);
		else if (sigcheck_signature(w->check, f, octets[i], r, why) !=
			 0)
			return -1;
		if (r->status != STATUS_PASS) {
			decide_fail(w, 6, r);
			return 0;
		}
	}
	w->out->cv = CV_PASS;
	w->out->step = 7;
	return 0;
}

/* ------------------------------------------------------------------------
 * What decided nothing, for showing it. */

/* A signature that is there, was not looked at, and belongs to a set. */
static bool
is_open(struct validation *w, enum sigkind kind, unsigned i)
{
	const struct sigfield *f = field_of(w, kind, i);
	struct sigresult *r = result_of(w, kind, i);

	if (f == NULL || r->status != STATUS_UNCHECKED)
		return false;
	if (f->problem.code != DIAG_NONE)
		sigresult_fail(r, f, &f->problem);
	return f->problem.code == DIAG_NONE;
}

static int
rest_seal(struct validation *w, unsigned i, struct diag *why)
{
	const struct sigfield *f = field_of(w, ARC_SEAL, i);
	unsigned char octets[DIGEST_SIZE];

	if (!chain_has_sets(w->chain, chain_scope(f->tags.cv, i), i))
		return 0;
	if (chain_seal_digest(w->chain, i, NULL, octets, why) != 0)
		return -1;
	return sigcheck_signature(w->check, f, octets, &w->out->seal[i], why);
}

static int
rest_of(struct validation *w, enum sigkind kind, unsigned i, struct diag *why)
{
	struct sigresult *r = result_of(w, kind, i);

	if (!is_open(w, kind, i) ||
	    (kind == ARC_AMS && !(ams_field(w, i) && ams_body(w, i))))
		return 0;
	if (r->key_name.len == 0 && key_name(w, kind, i, why) != 0)
		return -1;
	if (r->key_name.len == 0) {
		sigresult_fail(r, field_of(w, kind, i), &r->why);
		return 0;
	}
	if (w->check->keys == NULL)
		return 0;
	return kind == ARC_AMS ? ams_signature(w, i, why)
			       : rest_seal(w, i, why);
}

/* Look at all that is left.  A limit leaves it unchecked: it was not asked
 * for the verdict. */
static int
rest(struct validation *w, struct diag *why)
{
	w->oldest_ams = 1;
	for (unsigned i = w->chain->n; i >= 1; i--)
		for (enum sigkind k = ARC_AMS; k <= ARC_SEAL; k++) {
			if (rest_of(w, k, i, why) == 0)
				continue;
			if (why->code == DIAG_LIMIT_SIGNATURES)
				return 0;
			if (!is_limit(why->code))
				return -1;
		}
	return 0;
}

/* Steps 4 to 7. */
static int
decide(struct validation *w, struct diag *why)
{
	const struct sigresult *newest = &w->out->ams[w->chain->n];

	if (prepare(w, why) != 0)
		return -1;
	if (newest->status == STATUS_UNCHECKED && w->check->keys == NULL) {
		w->out->cv = CV_MISSING;
		w->out->step = 4;
		return 0;
	}
	if (newest->status == STATUS_UNCHECKED &&
	    ams_signature(w, w->chain->n, why) != 0)
		return -1;
	if (newest->status != STATUS_PASS) {
		decide_fail(w, 4, newest);
		return 0;
	}
	return older_ams(w, why) != 0 ? -1 : seals(w, why);
}

static int
run(struct validation *w, struct diag *why)
{
	const struct chain *chain = w->chain;
	struct verdict *out = w->out;

	if (w->opt->every_part && bodies(w, why) != 0)
		return -1;
	if (chain->shape.code != DIAG_NONE) {
		out->cv = CV_FAIL;
		out->step = chain->step;
		out->why = chain->shape;
	} else if (decide(w, why) != 0) {
		return -1;
	}
	return w->opt->every_part ? rest(w, why) : 0;
}

int
validate(struct sigcheck *check, const struct chain *chain,
    const struct validate_options *opt, struct verdict *out, struct diag *why)
{
	struct arena *arena = check->m->arena;
	struct validation w = { .check = check,
		.chain = chain,
		.opt = opt,
		.out = out,
		.oldest_ams = 1 };
	struct keywant want = { want_keys, &w, check->want };

	*out = (struct verdict){ .cv = CV_NONE, .step = 1 };
	out->ams = arena_array(arena, chain->n + 1, sizeof *out->ams);
	out->seal = arena_array(arena, chain->n + 1, sizeof *out->seal);
	if (out->ams == NULL || out->seal == NULL)
		return diag_memory(why);
	if (chain->nfields == 0)
		return 0;
	check->want = &want;
	int result = run(&w, why);

	check->want = want.next;
	return result;
}
