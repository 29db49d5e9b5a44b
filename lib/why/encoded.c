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
	struct validate_options options;
	struct sigcheck check; /* by these */
	struct input in;
	struct explanation out;
};

static bool
is_arc(const struct field *f)
{
	return slice_eq_nocase(slice_sub(f->name, 0, 4), SLICE("ARC-"));
}

/* The lines behind a list of addresses that are no field: a library that folds
 * behind a comma without a blank writes the rest of the list so.  Or empty. */
static struct slice
list_rest(const struct message *m, size_t i)
{
	const struct field *f = &m->field[i];
	const char *end =
	    i + 1 < m->nfields ? f[1].raw.p : m->header.p + m->header.len;
	struct slice rest = { f->raw.p + f->raw.len,
		(size_t)(end - f->raw.p) - f->raw.len };

	if (!slice_ends_nocase(f->value, SLICE(",")) ||
	    !(slice_eq_nocase(f->name, SLICE("to")) ||
		slice_eq_nocase(f->name, SLICE("cc")) ||
		slice_eq_nocase(f->name, SLICE("reply-to"))))
		return SLICE_NONE;
	return slice_trim(rest);
}

/* Put the lines of a list behind each other; a blank before a line stays. */
static void
put_joined(struct buf *b, struct slice lines)
{
	struct slice line;

	for (bool first = true; lines.len > 0; first = false) {
		size_t n = slice_find(lines, '\n');

		line = slice_sub(lines, 0, n);
		lines = slice_sub(lines, n + 1, lines.len);
		if (!first && line.len > 0 && ascii_is_wsp(line.p[0]))
			buf_text(b, "\r\n");
		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
		buf_slice(b, line);
	}
}

/* Put the message with its ARC fields written out, and lists of addresses with
 * what follows them; how many were not. */
static size_t
put_decoded(struct search *s, struct buf *b)
{
	const struct message *m = s->m;
	size_t n = 0;

	for (size_t i = 0; i < m->nfields; i++) {
		const struct field *f = &m->field[i];
		struct slice rest = list_rest(m, i);
		struct buf value = { .max = 0 };

		if (is_arc(f) && words_unencode(&value, s->arena, f->value)) {
			n++;
			buf_slice(b, f->name);
			buf_char(b, ':');
			buf_slice(b, buf_view(&value));
			buf_text(b, m->crlf ? "\r\n" : "\n");
		} else if (rest.len > 0) {
			n++;
			buf_slice(b, f->name);
			buf_char(b, ':');
			buf_slice(b, f->value);
			put_joined(b, rest);
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

/* Whether an ARC field may have encoded words in it, or a list of addresses
 * goes on behind it: what has neither is not copied. */
static bool
any_encoded(const struct message *m)
{
	for (size_t i = 0; i < m->nfields; i++)
		if ((is_arc(&m->field[i]) &&
			memmem(m->field[i].value.p, m->field[i].value.len, "=?",
			    2) != NULL) ||
		    (m->njunk > 0 && list_rest(m, i).len > 0))
			return true;
	return false;
}

/* Whether the field is another in the message as it was. */
static bool
was_other(const struct search *s, const struct decoded *d, size_t i)
{
	return !slice_eq(s->m->field[i].value, d->m->field[i].value);
}

static bool
is_encoded(
    const struct search *s, const struct decoded *d, const struct sigfield *f)
{
	return f != NULL && was_other(s, d, (size_t)(f->field - d->m->field));
}

/* Whether the seal of set i covers a field that was encoded: one that says
 * cv=fail covers its own set alone. */
static bool
covers_encoded(const struct search *s, const struct decoded *d, unsigned i)
{
	const struct sigfield *seal = d->chain.set[i].part[ARC_SEAL];

	if (seal == NULL)
		return false;
	for (unsigned k = chain_scope(seal->tags.cv, i); k <= i; k++)
		for (int kind = 0; kind < ARC_KINDS; kind++)
			if (is_encoded(s, d, d->chain.set[k].part[kind]))
				return true;
	return false;
}

/* Whether any of the ARC fields was; else lists of addresses were cut. */
static bool
any_arc(const struct search *s, const struct decoded *d)
{
	for (size_t i = 0; i < d->chain.nfields; i++)
		if (is_encoded(s, d, &d->chain.field[i]))
			return true;
	return false;
}

/* The newest set whose seal verifies over what the fields were: whoever encoded
 * them did it after that; 0: none. */
static unsigned
newest_seal(const struct search *s, const struct decoded *d)
{
	bool arc = any_arc(s, d);
	unsigned i = d->chain.n;

	while (i > 0 && (d->verdict.seal[i].status != STATUS_PASS ||
			    (arc && !covers_encoded(s, d, i))))
		i--;
	return i;
}

/* Read and validate it; false when it is nothing, or memory is short. */
static bool
decoded_read(struct search *s, struct decoded *d)
{
	struct validate_options *all = &d->options;
	struct diag why;

	*all = *s->opt->validate;
	all->every_part = true;
	input_from_memory(&d->in, d->octets);
	if (message_read(&d->in, all->sig.limits, &d->m, &why) != 0)
		return false;
	sigcheck_init(&d->check, d->m, &d->in, s->keys, &all->sig);
	if (chain_collect(d->m, d->m->arena, &d->chain, &why) != 0 ||
	    validate(&d->check, &d->chain, all, &d->verdict, &why) != 0) {
		search_fail(s, &why);
		return false;
	}
	return d->m->nfields == s->m->nfields && d->chain.n > 0 &&
	       newest_seal(s, d) > 0;
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
add_change(
    struct search *s, const struct decoded *d, struct finding *f, size_t i)
{
	const struct field *is = &s->m->field[i];

	if (f->nchanges == FINDING_MAX_CHANGES)
		return;
	f->change[f->nchanges++] = (struct change){ .name = is->name,
		.at = is,
		.is = is->value,
		.was = d->m->field[i].value };
	keep(s, &f->change[f->nchanges - 1].was);
	f->kept = true;
}

/* Whether the seal of set i, itself not encoded, verifies over the fields as
 * they are. */
static bool
seals_encoded(struct search *s, struct decoded *d, unsigned i)
{
	const struct sigfield *seal = d->chain.set[i].part[ARC_SEAL];
	const struct field *decoded[LIMIT_ARC_FIELDS];
	struct sigresult r = d->verdict.seal[i];
	unsigned char octets[DIGEST_SIZE];
	struct diag why;

	if (r.key_name.len == 0 || !chain_has_sets(&d->chain, 1, i) ||
	    is_encoded(s, d, seal) || !covers_encoded(s, d, i))
		return false;
	for (size_t k = 0; k < d->chain.nfields; k++) {
		struct sigfield *f = &d->chain.field[k];
		size_t at = (size_t)(f->field - d->m->field);

		decoded[k] = f->field;
		if (was_other(s, d, at))
			f->field = &s->m->field[at];
	}
	int result = chain_seal_digest(&d->chain, i, NULL, octets, &why);

	for (size_t k = 0; k < d->chain.nfields; k++)
		d->chain.field[k].field = decoded[k];
	if (result != 0) {
		search_fail(s, &why);
		return false;
	}
	r.status = STATUS_UNCHECKED;
	return sigcheck_signature(&d->check, seal, octets, &r, &why) == 0 &&
	       r.status == STATUS_PASS;
}

/* The oldest set of which that is so, which was added after they were encoded;
 * 0: none. */
static unsigned
oldest_over_encoded(struct search *s, struct decoded *d)
{
	for (unsigned i = newest_seal(s, d) + 1; i <= d->chain.n; i++)
		if (seals_encoded(s, d, i))
			return i;
	return 0;
}

/* The ARC fields that were encoded; false when none was. */
static bool
tell(struct search *s, struct decoded *d)
{
	struct finding *f = NULL;

	for (size_t i = 0; i < s->m->nfields; i++) {
		if (!is_arc(&s->m->field[i]) || !was_other(s, d, i))
			continue;
		if (f == NULL) {
			f = finding_new(s, CAUSE_AS_FIELD_ENCODED, LEVEL_PROVED,
			    ASPECT_STRUCTURE, newest_seal(s, d));
			if (f == NULL)
				return true;
			finding_until(s, f, s->ams[oldest_over_encoded(s, d)]);
		}
		add_change(s, d, f, i);
	}
	return f != NULL;
}

/* What was proved about the newest AMS; NULL when nothing was, or is only
 * indicated. */
static const struct finding *
newest_proof(const struct decoded *d)
{
	const struct finding *proof = NULL;

	for (size_t k = 0; k < d->out.n; k++) {
		const struct finding *f = &d->out.finding[k];

		if (f->instance != d->chain.n || f->aspect != ASPECT_SIGNATURE)
			continue;
		if (f->level != LEVEL_PROVED)
			return NULL;
		proof = proof != NULL ? proof : f;
	}
	return proof;
}

/* Whether the newest AMS covers a list of addresses that goes on behind its
 * field, and was proved to be of the whole list. */
static bool
lists_proved(struct search *s, const struct decoded *d)
{
	const struct sigfield *ams = d->chain.set[d->chain.n].part[ARC_AMS];

	if (d->verdict.cv != CV_PASS && newest_proof(d) == NULL)
		return false;
	for (size_t i = 0; i < s->m->nfields; i++)
		for (size_t j = 0; j < ams->tags.nheaders; j++)
			if (!is_arc(&s->m->field[i]) && was_other(s, d, i) &&
			    slice_eq_nocase(
				ams->tags.headers[j], s->m->field[i].name))
				return true;
	return false;
}

/* Whether a change of the explanation tells of the field. */
static bool
is_told(const struct search *s, size_t from, const struct field *at)
{
	for (size_t k = from; k < s->out->n; k++)
		for (size_t j = 0; j < s->out->finding[k].nchanges; j++)
			if (s->out->finding[k].change[j].at == at)
				return true;
	return false;
}

/* The lists of addresses that were whole and have no other change; first is the
 * first group of what was found of the message as it was. */
static void
tell_lists(
    struct search *s, const struct decoded *d, size_t from, unsigned first)
{
	const struct finding *proof = newest_proof(d);
	struct finding *f = NULL;

	for (size_t i = 0; i < s->m->nfields; i++) {
		const struct field *at = &s->m->field[i];

		if (is_arc(at) || !was_other(s, d, i) || is_told(s, from, at))
			continue;
		if (f == NULL)
			f = finding_new(s, CAUSE_HDR_ADDRESS_LIST_RESPACED,
			    LEVEL_PROVED, ASPECT_SIGNATURE, d->chain.n);
		if (f == NULL)
			return;
		if (proof != NULL)
			f->group = first + proof->group;
		f->after = d->chain.n;
		f->since = s->ams[f->after]->f;
		add_change(s, d, f, i);
	}
}

/* The field here that is the one whose key is meant there. */
static const struct sigfield *
own_key(const struct search *s, const struct finding *theirs)
{
	return theirs->sig->kind == ARC_SEAL ? s->seal[theirs->instance]->f
					     : s->ams[theirs->instance]->f;
}

/* A finding about the other message as one about this, whose groups begin with
 * first.  Newer seals may be of the fields as they are now, and their cv= about
 * them. */
static void
adopt(struct search *s, const struct decoded *d, const struct finding *theirs,
    unsigned first)
{
	if (theirs->instance > newest_seal(s, d) &&
	    (theirs->aspect == ASPECT_SEAL ||
		theirs->cause == CAUSE_AS_CV_FAIL_UNFOUNDED))
		return;
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
		if (c->at == NULL)
			continue;
		c->at = s->m->field + (c->at - d->m->field);
		if (!is_arc(c->at))
			c->is = c->at->value;
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
	if (good && d->verdict.cv == CV_FAIL &&
	    explain(d->m,
		slice_sub(d->octets, d->octets.len - s->body.len, s->body.len),
		&d->chain, &d->verdict, NULL, s->keys, s->opt, &d->out,
		s->why) != 0)
		s->failed = true;
	if (!good || s->failed || !(tell(s, d) || lists_proved(s, d))) {
		message_free(d->m);
		return false;
	}
	unsigned first = s->groups;
	size_t from = s->out->n;

	for (size_t k = 0; !s->failed && k < d->out.n; k++)
		adopt(s, d, &d->out.finding[k], first);
	if (!s->failed && lists_proved(s, d))
		tell_lists(s, d, from, first);
	message_free(d->m);
	return true;
}
