/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings that need no search: broken rules, a cv=fail over a chain that
 * verifies, and what other validators would report for a chain that passes. */
#include <stdio.h>
#include <string.h>

#include "dkim/bodyhash.h"
#include "why/evidence.h"
#include "why/facts.h"
#include "why/keys.h"

static struct finding *
note(struct search *s, enum cause_id cause, unsigned instance,
    const char *detail)
{
	enum finding_aspect aspect =
	    cause == CAUSE_HDR_H_NAMES_ARC_SEAL ? ASPECT_SIGNATURE
	    : cause == CAUSE_VALIDATOR_ALL_AMS || cause == CAUSE_VALIDATOR_L_TAG
		? ASPECT_BODY_HASH
		: ASPECT_STRUCTURE;
	struct finding *f = finding_new(s, cause, LEVEL_FACT, aspect, instance);

	if (f != NULL)
		snprintf(f->detail, sizeof f->detail, "%s", detail);
	return f;
}

/* The fault is between the sets that are there. */
static void
note_gap(struct search *s, enum cause_id cause, unsigned i, const char *detail)
{
	struct finding *f = note(s, cause, i, detail);

	if (f == NULL)
		return;
	f->after = i;
	for (unsigned k = i + 1; k <= s->chain->n && f->before == 0; k++)
		if (search_domain(s, k).len > 0)
			f->before = k;
	f->domain = search_domain(s, f->before);
}

enum {
	MAX_TWICE =
	    4, /* message signatures of one instance that are compared */
};

/* The bodies that signatures of one instance ask for, hashed: whether each is
 * that of the message. */
static bool
bodies_hold(
    struct search *s, const struct sigfield *const f[], size_t n, bool holds[])
{
	struct bodyhash want[MAX_TWICE];
	struct input in;
	struct diag why;

	search_begin(s, (uint64_t)n * s->body.len + 1);
	if (!search_pay(s, (uint64_t)n * s->body.len))
		return false;
	for (size_t k = 0; k < n; k++)
		want[k] = (struct bodyhash){ .canon = f[k]->tags.body_canon,
			.has_length = f[k]->tags.has_length,
			.length = f[k]->tags.length };
	input_from_memory(&in, s->body);
	s->m->ahead = SLICE_NONE;
	if (bodyhash_run(s->m, &in, want, n, &why) != 0) {
		search_fail(s, &why);
		return false;
	}
	for (size_t k = 0; k < n; k++)
		holds[k] = want[k].complete &&
			   memcmp(want[k].digest, f[k]->tags.body_hash.p,
			       DIGEST_SIZE) == 0;
	return true;
}

/* Two domains sealed with one instance.  Whoever came second signed the body
 * that is here now; where only one did, that tells them apart. */
static void
note_twice(struct search *s, unsigned i, const char *detail)
{
	struct finding *f = note(s, CAUSE_AS_INSTANCE_TWICE, i, detail);
	const struct sigfield *ams[MAX_TWICE];
	bool holds[MAX_TWICE] = { false };
	struct slice first = { NULL, 0 }, second = { NULL, 0 };
	char q[DIAG_QUOTED], r[DIAG_QUOTED];
	size_t n = 0, held = 0;

	for (size_t k = 0; f != NULL && k < s->chain->nfields; k++) {
		const struct sigfield *g = &s->chain->field[k];

		if (g->instance != i || g->tags.domain.len == 0)
			continue;
		if (first.len == 0)
			first = g->tags.domain;
		else if (!slice_eq_nocase(g->tags.domain, first))
			second = g->tags.domain;
		if (g->kind == ARC_AMS && n < MAX_TWICE &&
		    g->tags.body_hash.len == DIGEST_SIZE)
			ams[n++] = g;
	}
	if (f == NULL || second.len == 0)
		return;
	f->domain = SLICE_NONE;
	if (n < 2 || n == MAX_TWICE || !bodies_hold(s, ams, n, holds))
		n = 0;
	for (size_t k = 0; k < n; k++)
		if (holds[k] && held++ == 0)
			f->domain = ams[k]->tags.domain;
	if (held != 1)
		f->domain = SLICE_NONE;
	snprintf(f->detail, sizeof f->detail, "i=%u is by %.60s and by %.60s%s",
	    i, diag_quote(first, q), diag_quote(second, r),
	    held == 1 ? "; only the latter signer's body hash verifies" : "");
	if (held == 1 && slice_eq_nocase(f->domain, first))
		snprintf(f->detail, sizeof f->detail,
		    "i=%u is by %.60s and by %.60s; only the latter signer's "
		    "body hash verifies",
		    i, diag_quote(second, r), diag_quote(first, q));
}

/* Sets 1 to n as step 3 of section 5.2 looks at them, all faults and not only
 * the first. */
static void
structure(struct search *s, unsigned n)
{
	char detail[64], cut[120];

	/* What cannot be read may be what seems to be missing. */
	for (size_t k = 0; k < s->chain->nfields; k++)
		if (s->chain->field[k].instance == 0)
			return;
	/* Nor may what is not there have been there: of a copy that ends in the
	 * header nobody knows. */
	if (s->chain->shape.code != DIAG_NONE && !s->m->has_body) {
		note(s, CAUSE_BODY_MISSING, 0,
		    "no empty line ends the header: it may be cut off here");
		return;
	}
	if (s->chain->shape.code != DIAG_NONE &&
	    evidence_header_cut(s, cut, sizeof cut)) {
		note(s, CAUSE_MSG_HEADER_CUT, 0, cut);
		return;
	}
	for (unsigned i = 1; i <= n; i++) {
		const struct arc_set *set = &s->chain->set[i];
		bool any = false;

		for (enum sigkind k = ARC_AAR; k < ARC_KINDS; k++)
			any |= set->count[k] > 0;
		snprintf(detail, sizeof detail, "no field has i=%u", i);
		if (!any)
			note_gap(s, CAUSE_AS_SET_REMOVED, i, detail);
		for (enum sigkind k = ARC_AAR; any && k < ARC_KINDS; k++) {
			snprintf(detail, sizeof detail, "%s, i=%u, %s",
			    sigfield_name(k).p, i,
			    set->count[k] == 0 ? "missing" : "duplicated");
			if (set->count[k] == 0)
				note_gap(s, CAUSE_AS_FIELD_MISSING, i, detail);
			else if (set->count[k] > 1) {
				note_twice(s, i, detail);
				break;
			}
		}
		const struct sigfield *seal = set->part[ARC_SEAL];

		if (seal == NULL)
			continue;
		if (seal->tags.cv != (i == 1 ? CV_NONE : CV_PASS) &&
		    !(i == s->chain->n && seal->tags.cv == CV_FAIL)) {
			char q[DIAG_QUOTED];

			snprintf(detail, sizeof detail, "cv=%.40s at i=%u",
			    diag_quote(seal->tags.cv_text, q), i);
			note(s, CAUSE_AS_CV_WRONG, i, detail);
		}
		if (seal->tags.h_tag.p != NULL)
			note(s, CAUSE_AS_H_TAG, i, "");
	}
}

/* Why the validator of that hop may have said fail: what is known of
 * validators. */
static const char *
known_reason(const struct search *s, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		const struct sigfield *seal = s->seal[i]->f;
		const struct sigfield *ams = s->ams[i]->f;
		enum signature_algorithm alg;

		if (!seal->tags.has_time)
			return "an earlier seal has no t=, which some "
			       "validators demand";
		if (signature_named(seal->tags.algorithm, &alg) &&
		    alg == SIGNATURE_ED25519_SHA256)
			return "an earlier set is signed with ed25519-sha256, "
			       "which some validators do not support";
		if (!ams->instance_first || !seal->instance_first)
			return "i= is not first in an earlier field, "
			       "which some validators require";
		for (enum sigkind k = ARC_AAR; k < ARC_KINDS; k++) {
			struct slice v = s->chain->set[i].part[k]->field->value;

			if (v.len > 0 && !ascii_is_fws(v.p[0]))
				return "an earlier field has no space after "
				       "its colon, which some validators "
				       "require";
		}
	}
	return "";
}

/* Faults of single fields that need no search. */
static void
fields(struct search *s)
{
	for (unsigned i = s->chain->n; i >= 1; i--) {
		struct known *part[2] = { s->ams[i], s->seal[i] };

		if (s->ams[i]->f != NULL &&
		    s->ams[i]->f->problem.code == DIAG_HEADERS_ARC_SEAL)
			note(s, CAUSE_HDR_H_NAMES_ARC_SEAL, i, "");
		for (size_t k = 0; k < 2; k++)
			if (part[k]->result->why.code == DIAG_KEY_SHORT)
				explain_weak_key(s, part[k]);
	}
}

void
explain_facts(struct search *s)
{
	if (s->chain->shape.code == DIAG_TOO_MANY_SETS)
		note(s, CAUSE_AS_OVER_50, 0, s->chain->shape.detail);
	else if (s->chain->n > 0)
		structure(s, s->chain->n);
	fields(s);
}

void
explain_given_up(struct search *s)
{
	unsigned n = s->chain->n;
	const struct known *ams = s->ams[n > 0 ? n - 1 : 0];

	for (unsigned i = 1; i < n; i++) {
		const struct arc_set *set = &s->chain->set[i];

		for (enum sigkind k = ARC_AAR; k < ARC_KINDS; k++)
			if (set->count[k] != 1)
				return;
		if (!s->seal[i]->holds ||
		    s->seal[i]->f->tags.cv != (i == 1 ? CV_NONE : CV_PASS))
			return;
	}
	/* Somebody else may have written that. */
	for (size_t k = 0; k < s->out->n; k++)
		if (s->out->finding[k].instance == n &&
		    s->out->finding[k].level == LEVEL_PROVED &&
		    cause_info(s->out->finding[k].cause)->role == ROLE_MODIFIER)
			return;
	if (n < 2 || !ams->holds || !ams->body_holds)
		return;
	struct finding *f =
	    note(s, CAUSE_AS_CV_FAIL_UNFOUNDED, n, known_reason(s, n));

	if (f != NULL) {
		f->level = LEVEL_PROVED;
		f->domain = search_domain(s, n);
	}
}

void
explain_strange(struct search *s, unsigned i)
{
	struct finding *f = note(s, CAUSE_ARC_SET_OF_ANOTHER_MESSAGE, i, "");

	if (f != NULL) {
		f->level = LEVEL_INDICATED;
		f->aspect = ASPECT_STRUCTURE;
	}
}

/* ------------------------------------------------------------------------
 * A chain that passes. */

/* Whether the ARC fields stand as sealers put them: newest set first, in each
 * AS, AMS, AAR. */
static bool
in_order(const struct chain *c)
{
	static const enum sigkind order[] = { ARC_SEAL, ARC_AMS, ARC_AAR };
	size_t at = 0;

	for (unsigned i = c->n; i >= 1; i--)
		for (size_t k = 0; k < ARC_KINDS; k++) {
			if (c->set[i].part[order[k]]->index < at)
				return false;
			at = c->set[i].part[order[k]]->index;
		}
	return true;
}

void
explain_validators(struct search *s)
{
	unsigned n = s->chain->n;
	struct finding *f;
	char detail[80];

	for (unsigned i = 1; i < n; i++) {
		if (s->ams[i]->holds && s->ams[i]->body_holds)
			continue;
		f = note(s, CAUSE_VALIDATOR_ALL_AMS, i, "");
		if (f != NULL)
			f->aspect = s->ams[i]->body_holds ? ASPECT_SIGNATURE
							  : ASPECT_BODY_HASH;
		break;
	}
	if (!in_order(s->chain))
		note(s, CAUSE_VALIDATOR_HEADER_ORDER, 0, "");
	for (unsigned i = n; i >= 1; i--) {
		const struct sigresult *p = &s->verdict->ams[i];

		if (p->body_signed >= p->body_length)
			continue;
		snprintf(detail, sizeof detail, "%llu of %llu bytes signed",
		    (unsigned long long)p->body_signed,
		    (unsigned long long)p->body_length);
		note(s, CAUSE_VALIDATOR_L_TAG, i, detail);
	}
	if (message_count(s->m, SLICE("from")) > 1)
		note(s, CAUSE_VALIDATOR_DUP_FROM, 0, "");
}
