/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/why_story.h"

#include "base/escape.h"

enum {
	MAX_TOLD = 4, /* stories that a summary has words for */
};

static bool
same_change(const struct change *c, const struct change *d)
{
	return c->at == d->at && c->from == d->from && c->is.len == d->is.len &&
	       slice_eq_nocase(c->name, d->name) && slice_eq(c->was, d->was) &&
	       slice_eq(c->is, d->is) && c->inner == d->inner;
}

bool
why_same_story(const struct finding *f, const struct finding *g)
{
	bool same = f->cause == g->cause && f->level == g->level &&
		    f->before == g->before && f->until == g->until &&
		    f->nchanges == g->nchanges &&
		    f->aspect != ASPECT_STRUCTURE && f->aspect != ASPECT_KEY;

	/* Of a signer, each is a fault of its own. */
	if (cause_info(f->cause)->role != ROLE_MODIFIER ||
	    (f->nchanges == 0 && f->input.hashed.p == NULL))
		return false;
	same = same && f->input.offset == g->input.offset &&
	       slice_eq(f->input.hashed, g->input.hashed) &&
	       slice_eq(f->input.standard, g->input.standard);
	for (size_t k = 0; same && k < f->nchanges; k++)
		same = same_change(&f->change[k], &g->change[k]);
	return same;
}

bool
why_told_before(const struct explanation *e, size_t k)
{
	for (size_t i = 0; i < k; i++)
		if (e->finding[i].other == e->finding[k].other &&
		    why_same_story(&e->finding[i], &e->finding[k]))
			return true;
	return false;
}

/* Whether both are told of the same signatures. */
static bool
same_signatures(const struct explanation *e, size_t k, size_t n)
{
	for (size_t i = 0; i < e->n; i++) {
		bool found = false;

		if (!why_same_story(&e->finding[i], &e->finding[k]))
			continue;
		for (size_t j = 0; j < e->n && !found; j++)
			found = e->finding[j].sig == e->finding[i].sig &&
				why_same_story(&e->finding[j], &e->finding[n]);
		if (!found)
			return false;
	}
	return true;
}

static bool
is_in_block(const struct explanation *e, size_t k, size_t n)
{
	const struct finding *f = &e->finding[k], *g = &e->finding[n];

	return f->cause == g->cause && f->level == g->level &&
	       f->aspect <= ASPECT_SIGNATURE && g->aspect <= ASPECT_SIGNATURE &&
	       (f->aspect != g->aspect ||
		   (f->group == g->group && f->aspect == ASPECT_SIGNATURE)) &&
	       f->sig == g->sig && f->who == g->who && !f->other && !g->other &&
	       f->nchanges > 0 && g->nchanges > 0 &&
	       (g->detail[0] == '\0' ||
		   slice_eq(slice_of(f->detail), slice_of(g->detail))) &&
	       why_same_hand(f, g) && same_signatures(e, k, n) &&
	       same_signatures(e, n, k);
}

size_t
why_block_next(const struct explanation *e, size_t k, size_t n)
{
	for (n++; n < e->n; n++)
		if (!why_told_before(e, n) && is_in_block(e, k, n))
			return n;
	return e->n;
}

bool
why_in_block_before(const struct explanation *e, size_t k)
{
	for (size_t i = 0; i < k; i++)
		if (!why_told_before(e, i) && is_in_block(e, i, k))
			return true;
	return false;
}

void
report_fields(struct buf *b, const struct explanation *e, size_t k)
{
	if (why_block_next(e, k, k) == e->n)
		return;
	buf_text(b, " (");
	for (size_t n = k; n < e->n; n = why_block_next(e, k, n)) {
		const struct finding *f = &e->finding[n];

		buf_text(b, n == k ? "" : ", ");
		if (f->aspect == ASPECT_BODY_HASH) {
			buf_text(b, "body");
			continue;
		}
		for (size_t i = 0; i < f->nchanges; i++) {
			buf_text(b, i == 0 ? "" : ", ");
			escape_text(b, f->change[i].name);
		}
	}
	buf_char(b, ')');
}

void
report_domain(struct buf *b, const char *before, struct slice domain)
{
	if (domain.len == 0)
		return;
	buf_text(b, before);
	escape_text(b, domain);
}

/* "i=2 ARC-Message-Signature bh= d=example.org s=sel". */
static void
put_what(struct buf *b, const struct finding *f)
{
	static const char *const names[] = { "ARC-Message-Signature bh=",
		"ARC-Message-Signature b=", "ARC-Seal b=", "key", "" };
	static const char *const dkim[] = { "bh=", "b=", "", "key", "" };
	const struct sigfield *field = f->sig;

	if (f->aspect == ASPECT_STRUCTURE || field == NULL)
		return;
	if (f->signature > 0)
		buf_printf(b, "  fails: DKIM-Signature %u %s", f->signature,
		    dkim[f->aspect]);
	else
		buf_printf(
		    b, "  fails: i=%u %s", f->instance, names[f->aspect]);
	report_domain(b, " d=", field->tags.domain);
	report_domain(b, " s=", field->tags.selector);
	buf_char(b, '\n');
}

const struct finding *
report_fails(struct buf *b, const struct report *r, size_t k)
{
	const struct explanation *e = r->why;
	const struct finding *dated = &e->finding[k];

	put_what(b, dated);
	for (size_t i = k + 1; i < e->n; i++)
		if (!e->finding[i].other &&
		    why_same_story(&e->finding[i], &e->finding[k])) {
			put_what(b, &e->finding[i]);
			if (e->finding[i].after > dated->after)
				dated = &e->finding[i];
		}
	return dated;
}

void
report_signer(struct buf *b, unsigned instance, unsigned signature)
{
	if (signature > 0)
		buf_printf(b, "DKIM-Signature %u", signature);
	else
		buf_printf(b, "i=%u", instance);
}

/* Whoever sealed first did not do it, as far as is known. */
static bool
is_unknown(const struct hand *h)
{
	return h->role == ROLE_MODIFIER &&
	       ((h->before == 0 && h->until == 0) || h->domain.len == 0);
}

static void
put_modifier(struct buf *b, const struct hand *h)
{
	bool ends = h->before > 0 || h->until > 0;

	if (is_unknown(h))
		buf_text(b, "an unknown party ");
	if (h->after == 0 && h->since == 0 && !ends) {
		buf_text(b, "in transit");
		return;
	}
	buf_text(b, ends ? "between " : "after ");
	report_signer(b, h->after, h->since);
	if (h->sealer.len > 0) {
		report_domain(b, h->since > 0 ? " (signed by " : " (sealed by ",
		    h->sealer);
		buf_char(b, ')');
	}
	if (ends) {
		buf_text(b, " and ");
		report_signer(b, h->before, h->until);
		report_domain(b, ", most likely ", h->domain);
	} else if (!h->brief) {
		buf_printf(b, "; no later %s covers the change",
		    h->signature > 0 ? "signature" : "ARC Set");
	}
}

void
report_hand(struct buf *b, const struct hand *h)
{
	switch (h->role) {
	case ROLE_SIGNER:
		buf_text(b, "the signer");
		if (h->instance > 0 || h->signature > 0) {
			buf_text(b, " of ");
			report_signer(b, h->instance, h->signature);
		}
		report_domain(b, ", ", h->domain);
		break;
	case ROLE_KEY:
		buf_text(b, "whoever publishes the key");
		report_domain(b, " of ", h->domain);
		break;
	case ROLE_VALIDATOR:
		buf_text(b, h->domain.len > 0 ? "the validator"
			    : h->reader ? "whoever saved or read this copy"
					: "other validators");
		report_domain(b, " of ", h->domain);
		break;
	case ROLE_MODIFIER: put_modifier(b, h); break;
	}
}

/* The number of a DKIM-Signature, from the top; 0: it is none. */
static unsigned
number_of(const struct explanation *e, const struct sigfield *f)
{
	for (size_t k = 0; e->dkim != NULL && k < e->dkim->n; k++)
		if (&e->dkim->signature[k].field == f)
			return (unsigned)k + 1;
	return 0;
}

bool
why_is_readers(enum cause_id cause)
{
	return cause == CAUSE_BODY_MISSING ||
	       cause == CAUSE_BODY_NEXT_MBOX_MESSAGE;
}

struct hand
why_hand(const struct report *r, const struct finding *f)
{
	struct hand h = { .role = cause_info(f->cause)->role,
		.instance = f->instance,
		.signature = f->signature,
		.domain = f->domain,
		.reader = why_is_readers(f->cause) };
	const struct sigfield *seal =
	    f->after <= r->chain->n ? r->chain->set[f->after].part[ARC_SEAL]
				    : NULL;

	if (h.role != ROLE_MODIFIER)
		return h;
	h.instance = 0;
	h.after = f->after;
	h.before = f->before;
	h.since = number_of(r->why, f->since);
	h.until = number_of(r->why, f->until);
	if (f->since != NULL && (h.since > 0 || seal == NULL))
		h.sealer = f->since->tags.domain;
	else if (seal != NULL)
		h.sealer = seal->tags.domain;
	return h;
}

void
report_by(struct buf *b, const struct report *r, const struct finding *f)
{
	const struct hand h = why_hand(r, f);

	report_hand(b, &h);
}

void
report_fix(struct buf *b, const struct finding *f)
{
	static const struct {
		struct slice seal, sign;
	} words[] = {
		{ { "Sign and seal", 13 }, { "Sign", 4 } },
		{ { "Seal", 4 }, { "Sign", 4 } },
		{ { "sealing", 7 }, { "signing", 7 } },
		{ { "seal", 4 }, { "sign", 4 } },
	};
	struct slice rest = slice_of(cause_info(f->cause)->fix);

	while (f->signature > 0 && rest.len > 0) {
		size_t k = 0;

		while (
		    k < ARRAY_LEN(words) && !slice_starts(rest, words[k].seal))
			k++;
		if (k < ARRAY_LEN(words)) {
			buf_slice(b, words[k].sign);
			rest = slice_sub(rest, words[k].seal.len, rest.len);
		} else {
			buf_char(b, rest.p[0]);
			rest = slice_sub(rest, 1, rest.len);
		}
	}
	buf_slice(b, rest);
}

/* ------------------------------------------------------------------------
 * The summary. */

/* Whether one phrase says who did both. */
bool
why_same_hand(const struct finding *f, const struct finding *g)
{
	enum cause_role role = cause_info(f->cause)->role;

	if (role != cause_info(g->cause)->role ||
	    !slice_eq(f->domain, g->domain) || f->before != g->before ||
	    f->until != g->until)
		return false;
	return role == ROLE_MODIFIER ? f->after == g->after
	       : role == ROLE_SIGNER ? finding_same_signer(f, g)
				     : true;
}

/* The stories of one hand, first to last: what the summary tells, in an order
 * of its own. */
static bool
is_first_of_hand(const struct explanation *e, size_t k)
{
	if (why_told_before(e, k))
		return false;
	for (size_t i = 0; i < k; i++)
		if (!e->finding[i].other && !why_told_before(e, i) &&
		    why_same_hand(&e->finding[i], &e->finding[k]))
			return false;
	return true;
}

static bool
same_sentence_before(const struct explanation *e, size_t first, size_t k)
{
	for (size_t i = first; i < k; i++)
		if (e->finding[i].cause == e->finding[k].cause &&
		    why_same_hand(&e->finding[first], &e->finding[i]))
			return true;
	return false;
}

/* Whether a sentence begins with a word that has its capital from there: "The",
 * "A", but no "ARC", "From" or "Content-Type". */
static bool
begins_plainly(struct slice s)
{
	static const char *const names[] = { "From ", "To ", "Cc ", "Subject ",
		"Date ", "Sender " };
	size_t word = slice_find(s, ' ');

	for (size_t k = 0; k < ARRAY_LEN(names); k++)
		if (slice_starts(s, slice_of(names[k])))
			return false;
	for (size_t i = 1; i < word; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			return false;
	return true;
}

/* A sentence without its full stop, to be followed by others. */
static void
put_clause(struct buf *b, const char *sentence, bool first)
{
	struct slice s = slice_of(sentence);

	if (s.len > 0 && s.p[s.len - 1] == '.')
		s.len--;
	if (!first)
		buf_text(b, "; ");
	if (!first && s.len > 1 && begins_plainly(s)) {
		buf_char(b, ascii_lower(s.p[0]));
		s = slice_sub(s, 1, s.len);
	}
	buf_slice(b, s);
}

/* All that one hand did, who, and how sure that is. */
static void
put_hand(struct buf *b, const struct report *r, size_t first)
{
	const struct explanation *e = r->why;
	enum cause_level worst = LEVEL_PROVED;
	const struct finding *f = &e->finding[first];

	for (size_t k = first; k < e->n; k++) {
		if (e->finding[k].other || !why_same_hand(f, &e->finding[k]))
			continue;
		if (!same_sentence_before(e, first, k))
			put_clause(b, cause_info(e->finding[k].cause)->sentence,
			    k == first);
		if (e->finding[k].level > worst)
			worst = e->finding[k].level;
	}
	/* A question has no other end. */
	if (why_is_readers(f->cause) && f->level != LEVEL_PROVED)
		return;
	struct hand h = why_hand(r, f);

	h.brief = true;
	buf_printf(b, " (%s). By: ", cause_level_word(worst));
	report_hand(b, &h);
	if (is_unknown(&h) && f->who == WHO_OPEN)
		buf_char(b, '.');
	else
		buf_printf(b, " (%s).", finding_certainty_word(f->who));
}

/* What other validators might say of a chain that passes can wait. */
bool
why_is_summed(const struct finding *f)
{
	return !f->other &&
	       (cause_info(f->cause)->role != ROLE_VALIDATOR ||
		   f->level != LEVEL_FACT || why_is_readers(f->cause));
}

/* What needs no fix; or NULL. */
static const char *
what_passes(const struct report *r)
{
	if (!r->without_arc)
		return r->verdict->cv == CV_PASS ? "The chain" : NULL;
	return r->dkim != NULL && r->dkim->result == RESULT_PASS ? "DKIM"
								 : NULL;
}

/* Whether the chain passes and DKIM, which was to be checked, too, does not. */
static bool
dkim_fails_beside(const struct report *r)
{
	return !r->without_arc && r->verdict->cv == CV_PASS &&
	       r->dkim != NULL && r->dkim->result == RESULT_FAIL;
}

/* Whether what the hand of that finding did broke a DKIM-Signature. */
static bool
hand_broke_dkim(const struct explanation *e, size_t first)
{
	for (size_t k = first; k < e->n; k++)
		if (e->finding[k].signature > 0 && !e->finding[k].other &&
		    why_same_hand(&e->finding[first], &e->finding[k]))
			return true;
	return false;
}

void
report_summary(struct buf *b, const struct report *r, const char *label)
{
	const struct explanation *e = r->why;
	const char *passes = what_passes(r);
	bool dkim = dkim_fails_beside(r), fixed = false;
	unsigned told = 0, more = 0;

	for (size_t k = 0; k < e->n; k++) {
		if (!why_is_summed(&e->finding[k]) || !is_first_of_hand(e, k))
			continue;
		if (told == MAX_TOLD) {
			more++;
			continue;
		}
		buf_text(b, told > 0 ? " " : label);
		if (told == 0 && passes != NULL)
			buf_printf(b,
			    "%s passes%s. Why older signatures do not verify: ",
			    passes, dkim ? ", DKIM fails" : "");
		put_hand(b, r, k);
		told++;
		if (fixed || (dkim ? !hand_broke_dkim(e, k)
				   : passes != NULL || told > 1))
			continue;
		fixed = true;
		buf_text(b, " Fix: ");
		report_fix(b, &e->finding[k]);
	}
	if (more > 0)
		buf_printf(b, " And %u more.", more);
	if (told > 0) {
		buf_char(b, '\n');
		return;
	}
	if (r->verdict->cv != CV_FAIL || e->n > 0)
		return;
	enum diag_code code = r->verdict->why.code;

	if (e->tried == 0 && !r->verdict->temporary)
		buf_printf(b,
		    "%sThe line above says the cause; nothing was "
		    "searched for.\n",
		    label);
	else if (code != DIAG_BODY_HASH && code != DIAG_SIGNATURE &&
		 code != DIAG_SIGNATURE_LENGTH && code != DIAG_SEAL_CV_FAIL &&
		 !r->verdict->temporary)
		buf_printf(b,
		    "%sThe line above says the cause; %llu hypotheses found "
		    "no other.\n",
		    label, (unsigned long long)e->tried);
	else
		buf_printf(b, "%sNo cause found in %llu hypotheses%s.\n", label,
		    (unsigned long long)e->tried,
		    r->verdict->temporary ? "; a key could not be had" : "");
}
