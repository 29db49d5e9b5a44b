/* SPDX-License-Identifier: BSD-2-Clause */
#include "dkim/dkim.h"

/* ------------------------------------------------------------------------
 * Words. */

static enum auth_result
result_of(const struct dkim_signature *s)
{
	const struct diag *why = &s->check.why;

	if (s->check.status == STATUS_PASS)
		return RESULT_PASS;
	if (s->check.status == STATUS_UNCHECKED)
		return RESULT_NEUTRAL;
	if (diag_is_temporary(why->code))
		return RESULT_TEMPERROR;
	switch (why->code) {
	case DIAG_BODY_HASH:
	case DIAG_SIGNATURE_LENGTH:
	case DIAG_SIGNATURE: return RESULT_FAIL;
	case DIAG_ALGORITHM:
		return slice_eq_nocase(
			   s->field.tags.algorithm, SLICE("rsa-sha1"))
			   ? RESULT_POLICY
			   : RESULT_PERMERROR;
	case DIAG_KEY_SHORT:
	case DIAG_KEY_UNSIGNED:
	case DIAG_BODY_PARTIAL: return RESULT_POLICY;
	case DIAG_LIMIT_DKIM:
	case DIAG_LIMIT_RECORDS:
	case DIAG_LIMIT_SIGNATURES: return RESULT_NEUTRAL;
	default: return RESULT_PERMERROR;
	}
}

static void
decide(struct dkim *d)
{
	d->result = RESULT_NONE;
	d->why = NULL;
	for (size_t i = 0; i < d->n; i++) {
		struct dkim_signature *s = &d->signature[i];

		s->result = result_of(s);
		if (auth_result_rank(s->result) <= auth_result_rank(d->result))
			continue;
		d->result = s->result;
		d->why = s->check.status == STATUS_FAIL ? &s->check.why : NULL;
	}
}

/* ------------------------------------------------------------------------
 * Before any key. */

static void
want_keys(void *ctx, struct keynames *names)
{
	const struct dkim *d = ctx;

	for (size_t i = 0; i < d->n; i++)
		if (d->signature[i].check.status == STATUS_UNCHECKED)
			keynames_add(names, &d->signature[i].check);
}

int
dkim_collect(struct dkim *d, const struct message *m, struct diag *why)
{
	struct slice name = sigfield_name(DKIM_SIGNATURE);
	size_t n = message_count(m, name);
	size_t most = n < LIMIT_DKIM_FIELDS ? n : LIMIT_DKIM_FIELDS;

	*d = (struct dkim){ .more = n - most };
	d->signature = arena_array(m->arena, most, sizeof *d->signature);
	if (d->signature == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < m->nfields && d->n < most; i++) {
		struct sigfield *f = &d->signature[d->n].field;

		if (!slice_eq_nocase(m->field[i].name, name))
			continue;
		d->n++;
		f->field = &m->field[i];
		f->index = i;
		f->kind = DKIM_SIGNATURE;
		if (sigfield_list(f, f->field->value, m->arena, why) != 0)
			return -1;
		if (f->problem.code == DIAG_NONE &&
		    sigfield_tags(f, m->arena, why) != 0)
			return -1;
	}
	return 0;
}

static int
begin_one(struct sigcheck *c, struct dkim_signature *s, struct diag *why)
{
	struct diag bad;

	if (!sigcheck_field(c, &s->field, &s->check))
		return 0;
	if (sigcheck_key_name(c, &s->field, &s->check, &bad, why) != 0)
		return -1;
	if (s->check.key_name.len == 0)
		sigresult_fail(&s->check, &s->field, &bad);
	else
		sigcheck_want_body(c, &s->field, &s->check);
	return 0;
}

int
dkim_begin(struct dkim *d, struct sigcheck *c, struct diag *why)
{
	if (dkim_collect(d, c->m, why) != 0)
		return -1;
	for (size_t i = 0; i < d->n; i++) {
		struct dkim_signature *s = &d->signature[i];
		struct diag many;

		if (i >= LIMIT_DKIM) {
			diag_set(&many, DIAG_LIMIT_DKIM, SLICE_NONE,
			    d->more > 0 && i + 1 == d->n
				? "signature %zu of %zu; the rest are not "
				  "listed"
				: "signature %zu of %zu",
			    i + 1, d->n + d->more);
			sigresult_fail(&s->check, &s->field, &many);
		} else if (begin_one(c, s, why) != 0) {
			return -1;
		}
	}
	d->want = (struct keywant){ want_keys, d, c->want };
	c->want = &d->want;
	return 0;
}

/* ------------------------------------------------------------------------
 * With keys. */

/* A limit ends the check of this signature, and of no other. */
static int
end_one(struct sigcheck *c, struct dkim_signature *s, struct diag *why)
{
	unsigned char octets[DIGEST_SIZE];

	if (c->keys == NULL)
		return 0;
	if (sigcheck_digest(c, &s->field, octets, why) != 0)
		return -1;
	if (sigcheck_signature(c, &s->field, octets, &s->check, why) == 0)
		return 0;
	if (why->code != DIAG_LIMIT_RECORDS &&
	    why->code != DIAG_LIMIT_SIGNATURES)
		return -1;
	sigresult_fail(&s->check, &s->field, why);
	return 0;
}

int
dkim_end(struct dkim *d, struct sigcheck *c, struct diag *why)
{
	int result = sigcheck_bodies(c, why);

	/* All bodies first: what fails here needs no key. */
	for (size_t i = 0; i < d->n && result == 0; i++) {
		struct dkim_signature *s = &d->signature[i];

		if (s->check.status == STATUS_UNCHECKED)
			sigcheck_body(c, &s->field, &s->check);
	}
	for (size_t i = 0; i < d->n && result == 0; i++)
		if (d->signature[i].check.status == STATUS_UNCHECKED)
			result = end_one(c, &d->signature[i], why);
	c->want = d->want.next;
	decide(d);
	return result;
}

uint64_t
dkim_not_covered(const struct dkim_signature *s)
{
	return s->check.status == STATUS_PASS
		   ? s->check.body_length - s->check.body_signed
		   : 0;
}
