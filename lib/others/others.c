/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "others/keyreading.h"
#include "others/others.h"

/* Departures that overlook something are applied one after the other. */
enum {
	MAX_CHANGES = 8
};

static const char *const names[OTHERS] = {
	[OTHER_DKIMPY] = "dkimpy",
	[OTHER_EXIM] = "Exim",
	[OTHER_KUMOMTA] = "KumoMTA",
	[OTHER_MAIL_AUTH] = "mail-auth",
	[OTHER_MAIL_DKIM] = "Mail::DKIM",
	[OTHER_MAILAUTH] = "mailauth",
	[OTHER_MIMEKIT] = "MimeKit",
	[OTHER_OPENARC] = "OpenARC",
	[OTHER_RSPAMD] = "rspamd",
};

const char *
other_name(enum other who)
{
	return names[who];
}

enum other
other_named(struct slice name)
{
	enum other who = 0;

	while (who < OTHERS && !slice_eq_nocase(name, slice_of(names[who])))
		who++;
	return who;
}

const char *
other_source_word(enum other_source s)
{
	static const char *const words[] = {
		[OTHER_RUN] = "run",
		[OTHER_READ] = "read",
		[OTHER_DOCUMENTED] = "documented",
		[OTHER_REPORTED] = "reported",
	};

	return words[s];
}

/* One implementation at one message. */
struct judging {
	enum other who;
	struct message *m;
	struct input in;
	struct slice ahead, rest; /* the body, before it was read */
	struct sigcheck check;
	struct chain chain;
	struct verdict verdict;
	struct other_case at;
	bool memory_short;
	struct second_opinion second;
	struct other_said *out;
};

/* A list that is full has enough to say why. */
static void
found(struct other_said *out, const struct other_row *row,
    const struct sigfield *f)
{
	for (size_t i = 0; i < out->n; i++)
		if (out->finding[i].row == row)
			return;
	if (out->n == OTHER_MAX_FINDINGS)
		return;
	out->finding[out->n++] = (struct other_finding){ .row = row,
		.instance = f != NULL ? f->instance : 0,
		.field = f != NULL ? sigfield_name(f->kind)
				   : (struct slice){ NULL, 0 } };
}

static bool
in_scope(
    const struct chain *c, enum other_scope scope, const struct sigfield *f)
{
	bool ams = f->kind == ARC_AMS, seal = f->kind == ARC_SEAL;

	switch (scope) {
	case OTHER_MESSAGE: return false;
	case OTHER_ANY_AMS: return ams;
	case OTHER_NEWEST_AMS: return ams && f->instance == c->n;
	case OTHER_ANY_SEAL: return seal;
	case OTHER_ANY_SIGNED: return ams || seal;
	case OTHER_DECIDING: return seal || (ams && f->instance == c->n);
	case OTHER_ANY_AAR: return f->kind == ARC_AAR;
	case OTHER_ANY_ARC: return true;
	}
	return false;
}

/* The first field that the row is about, the newest first as far as fields
 * stand in their order.  True for a row about the whole message, with none. */
static bool
holds(const struct judging *j, const struct other_row *row,
    struct sigfield **field)
{
	struct chain *c = (struct chain *)&j->chain;

	*field = NULL;
	if (row->scope == OTHER_MESSAGE)
		return row->holds(&j->at, NULL);
	for (size_t i = 0; i < c->nfields; i++)
		if (in_scope(c, row->scope, &c->field[i]) &&
		    row->holds(&j->at, &c->field[i])) {
			*field = &c->field[i];
			return true;
		}
	return false;
}

/* What it evaluates otherwise, in every field. */
static int
assume(struct judging *j, struct other_said *out, struct diag *why)
{
	for (size_t i = 0; i < other_nrows; i++) {
		const struct other_row *row = &other_rows[i];
		struct sigfield *f;

		if (row->who != j->who || row->effect != OTHER_ASSUMES ||
		    !holds(j, row, &f))
			continue;
		found(out, row, f);
		for (size_t k = 0; k < j->chain.nfields; k++)
			if (in_scope(
				&j->chain, row->scope, &j->chain.field[k]) &&
			    row->holds(&j->at, &j->chain.field[k]) &&
			    row->change(&j->at, &j->chain.field[k], why) != 0)
				return -1;
	}
	return 0;
}

/* Leave out what made the chain fail, if it overlooks that.  1: so it was; 0:
 * it does not; -1 with DIAG_MEMORY. */
static int
overlook(struct judging *j, struct other_said *out, struct diag *why)
{
	const struct diag *d = &j->verdict.why;
	struct sigfield *f = (struct sigfield *)chain_find(&j->chain, d->at);

	for (size_t i = 0; i < other_nrows; i++) {
		const struct other_row *row = &other_rows[i];

		if (row->who != j->who || row->effect != OTHER_OVERLOOKS ||
		    (row->code != d->code && row->code != DIAG_NONE) ||
		    (f == NULL) != (row->scope == OTHER_MESSAGE) ||
		    (f != NULL && !in_scope(&j->chain, row->scope, f)) ||
		    (row->holds != NULL && !row->holds(&j->at, f)))
			continue;
		found(out, row, f);
		return row->change(&j->at, f, why) != 0 ? -1 : 1;
	}
	return 0;
}

/* The row by which it accepts what fails here for bad. */
static const struct other_row *
accepting_row(
    const struct judging *j, const struct sigfield *f, const struct diag *bad)
{
	for (size_t i = 0; i < other_nrows; i++) {
		const struct other_row *row = &other_rows[i];

		if (row->who == j->who && row->effect == OTHER_ACCEPTS &&
		    row->code == bad->code &&
		    in_scope(&j->chain, row->scope, f) &&
		    (row->holds == NULL || row->holds(&j->at, f)))
			return row;
	}
	return NULL;
}

static bool
other_key_name(void *ctx, const struct sigfield *f, const struct diag *bad,
    struct slice *out)
{
	struct judging *j = ctx;
	const struct other_row *row = accepting_row(j, f, bad);

	if (row == NULL || !keyreading_one_label(&j->at, f, out))
		return false;
	found(j->out, row, f);
	return true;
}

static int
other_verify(void *ctx, const struct sigfield *f,
    const unsigned char digest[DIGEST_SIZE], const struct sigresult *r,
    const struct diag *bad, struct diag *why)
{
	struct judging *j = ctx;
	const struct other_row *row = accepting_row(j, f, bad);
	int good =
	    row != NULL ? keyreading_verify(&j->at, f, digest, r, why) : 0;

	if (good > 0)
		found(j->out, row, f);
	return good;
}

/* Evaluate the chain as it stands now, from the first byte of the body. */
static int
evaluate(struct judging *j, struct keystore *keys,
    const struct validate_options *o, struct diag *why)
{
	j->m->ahead = j->ahead;
	j->in.memory = j->rest;
	if (j->chain.step == 3)
		chain_reshape(&j->chain, j->m);
	sigcheck_init(&j->check, j->m, &j->in, keys, &o->sig);
	j->check.second = &j->second;
	return validate(&j->check, &j->chain, o, &j->verdict, why);
}

/* What it asks for besides. */
static void
demand(struct judging *j, struct other_said *out)
{
	bool failed = j->verdict.cv == CV_FAIL;

	for (size_t i = 0; i < other_nrows; i++) {
		const struct other_row *row = &other_rows[i];
		struct sigfield *f;

		if (row->who != j->who ||
		    !(row->effect == OTHER_THROWS ||
			(row->effect == OTHER_FAILS && !failed)) ||
		    !holds(j, row, &f))
			continue;
		found(out, row, f);
		if (out->word == NULL || row->effect == OTHER_THROWS)
			out->word =
			    row->effect == OTHER_THROWS ? "error" : "fail";
	}
}

static const char *
verdict_word(const struct verdict *v)
{
	return v->cv == CV_FAIL && v->temporary ? "tempfail" : cv_word(v->cv);
}

static int
judge_it(struct judging *j, const struct validate_options *o,
    struct keystore *keys, const struct verdict *ours, struct other_said *out,
    struct diag *why)
{
	if (chain_collect(j->m, j->m->arena, &j->chain, why) != 0)
		return -1;
	if (assume(j, out, why) != 0)
		return -1;
	for (int more = 1, changes = 0; more > 0; changes++) {
		if (evaluate(j, keys, o, why) != 0)
			return -1;
		if (j->verdict.cv != CV_FAIL || j->verdict.temporary ||
		    changes == MAX_CHANGES)
			break;
		if ((more = overlook(j, out, why)) < 0)
			return -1;
	}
	/* What it does otherwise is of interest where that is another
	 * verdict. */
	if (j->verdict.cv == ours->cv)
		out->n = 0;
	demand(j, out);
	if (out->word == NULL)
		out->word = verdict_word(&j->verdict);
	if (strcmp(out->word, verdict_word(ours)) == 0)
		out->n = 0;
	return 0;
}

int
others_judge(enum other who, struct slice whole,
    const struct validate_options *o, struct keystore *keys,
    const struct verdict *ours, struct other_said *out, struct diag *why)
{
	struct judging *j = calloc(1, sizeof *j);
	int result = -1;

	*out = (struct other_said){ .who = who };
	if (j == NULL)
		return diag_memory(why);
	j->who = who;
	j->out = out;
	j->second = (struct second_opinion){
		.key_name = other_key_name, .verify = other_verify, .ctx = j
	};
	j->at = (struct other_case){
		.who = who,
		.whole = whole,
		.chain = &j->chain,
		.verdict = &j->verdict,
		.now = o->sig.now,
		.memory_short = &j->memory_short,
	};
	input_from_memory(&j->in, whole);
	if (message_read(&j->in, o->sig.limits, &j->m, why) == 0) {
		j->at.m = j->m;
		j->ahead = j->m->ahead;
		j->rest = j->in.memory;
		result = judge_it(j, o, keys, ours, out, why);
		if (result == 0 && j->memory_short)
			result = diag_memory(why);
		message_free(j->m);
	}
	input_release(&j->in);
	free(j);
	return result;
}
