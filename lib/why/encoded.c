/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "why/encoded.h"

#include "arc/validate.h"
#include "mail/words.h"

/* What the message was. */
struct decoded {
	struct slice octets;
	struct message *m;
	struct chain chain;
	struct verdict verdict;
	struct sigcheck check;
	struct input in;
	struct explanation out;
};

static bool
is_arc(const struct field *f)
{
	return slice_eq_nocase(slice_sub(f->name, 0, 4), SLICE("ARC-"));
}

/* Put the message with its ARC fields written out; how many were not. */
static size_t
put_decoded(struct search *s, struct buf *b)
{
	const struct message *m = s->m;
	size_t n = 0;

	for (size_t i = 0; i < m->nfields; i++) {
		const struct field *f = &m->field[i];
		struct buf value = { .max = 0 };

		if (is_arc(f) && words_unencode(&value, s->arena, f->value)) {
			n++;
			buf_slice(b, f->name);
			buf_char(b, ':');
			buf_slice(b, buf_view(&value));
			buf_text(b, m->crlf ? "\r\n" : "\n");
		} else {
			buf_slice(b, f->raw);
		}
		buf_fail_with(b, &value);
		buf_release(&value);
	}
	buf_text(b, m->crlf ? "\r\n" : "\n");
	buf_slice(b, s->body);
	return n;
}

/* Whether an ARC field may have encoded words in it: what has none is not
 * copied. */
static bool
any_encoded(const struct message *m)
{
	for (size_t i = 0; i < m->nfields; i++)
		if (is_arc(&m->field[i]) &&
		    memmem(m->field[i].value.p, m->field[i].value.len, "=?",
			2) != NULL)
			return true;
	return false;
}

/* Whether a seal of the chain verifies. */
static bool
any_seal(const struct decoded *d)
{
	for (unsigned i = 1; i <= d->chain.n; i++)
		if (d->verdict.seal[i].status == STATUS_PASS)
			return true;
	return d->verdict.cv == CV_PASS;
}

/* Read and validate it; false when it is nothing, or memory is short. */
static bool
decoded_read(struct search *s, struct decoded *d)
{
	struct validate_options all = *s->opt->validate;
	struct diag why;

	all.every_part = true;
	input_from_memory(&d->in, d->octets);
	if (message_read(&d->in, all.sig.limits, &d->m, &why) != 0)
		return false;
	sigcheck_init(&d->check, d->m, &d->in, s->keys, &all.sig);
	if (chain_collect(d->m, d->m->arena, &d->chain, &why) != 0 ||
	    validate(&d->check, &d->chain, &all, &d->verdict, &why) != 0) {
		search_fail(s, &why);
		return false;
	}
	return d->m->nfields == s->m->nfields && d->chain.n > 0 && any_seal(d);
}

static void
keep(struct search *s, struct slice *slice)
{
	if (slice->p == NULL || slice->len == 0)
		return;
	*slice = arena_copy(s->m->arena, *slice);
	if (slice->p == NULL)
		search_memory(s);
}

static void
tell(struct search *s, const struct decoded *d)
{
	struct finding *f = finding_new(s, CAUSE_AS_FIELD_ENCODED, LEVEL_PROVED,
	    ASPECT_STRUCTURE, d->chain.n);

	for (size_t i = 0; f != NULL && i < s->m->nfields; i++) {
		const struct field *is = &s->m->field[i];
		const struct field *was = &d->m->field[i];

		if (slice_eq(is->value, was->value) ||
		    f->nchanges == FINDING_MAX_CHANGES)
			continue;
		f->change[f->nchanges++] = (struct change){ .name = is->name,
			.at = is,
			.is = is->value,
			.was = was->value };
		keep(s, &f->change[f->nchanges - 1].was);
	}
	if (f != NULL)
		f->kept = true;
}

/* The field here that is the one whose key is meant there. */
static const struct sigfield *
own_key(const struct search *s, const struct finding *theirs)
{
	return theirs->sig->kind == ARC_SEAL ? s->seal[theirs->instance]->f
					     : s->ams[theirs->instance]->f;
}

/* A finding about the other message as one about this, whose groups begin with
 * first. */
static void
adopt(struct search *s, const struct decoded *d, const struct finding *theirs,
    unsigned first)
{
	struct finding *f = finding_new(
	    s, theirs->cause, theirs->level, theirs->aspect, theirs->instance);

	if (f == NULL)
		return;
	const struct sigfield *sig = f->sig;

	*f = *theirs;
	f->sig = theirs->aspect == ASPECT_KEY ? own_key(s, theirs) : sig;
	f->since = s->ams[f->after]->f;
	f->until = s->ams[f->before]->f;
	f->group = first + theirs->group;
	if (s->groups <= f->group)
		s->groups = f->group + 1;
	f->kept = true;
	keep(s, &f->domain);
	keep(s, &f->input.hashed);
	keep(s, &f->input.standard);
	for (size_t k = 0; k < f->nchanges; k++) {
		struct change *c = &f->change[k];

		keep(s, &c->name);
		keep(s, &c->is);
		keep(s, &c->was);
		if (c->at != NULL)
			c->at = s->m->field + (c->at - d->m->field);
	}
}

bool
explain_encoded(struct search *s)
{
	struct decoded *d = arena_alloc(s->m->arena, sizeof *d);
	struct buf b = { .max = 0 };
	bool good = false;

	if (d == NULL) {
		search_memory(s);
		return false;
	}
	*d = (struct decoded){ .m = NULL };
	if (!any_encoded(s->m))
		return false;
	if (put_decoded(s, &b) > 0 && b.failure == BUF_OK) {
		d->octets = arena_copy(s->m->arena, buf_view(&b));
		if (d->octets.p == NULL)
			search_memory(s);
		else
			good = decoded_read(s, d);
	}
	buf_release(&b);
	if (good)
		tell(s, d);
	if (good && d->verdict.cv == CV_FAIL &&
	    explain(d->m,
		slice_sub(d->octets, d->octets.len - s->body.len, s->body.len),
		&d->chain, &d->verdict, NULL, s->keys, s->opt, &d->out,
		s->why) != 0)
		s->failed = true;
	unsigned first = s->groups;

	for (size_t k = 0; good && !s->failed && k < d->out.n; k++)
		adopt(s, d, &d->out.finding[k], first);
	message_free(d->m);
	return good;
}
