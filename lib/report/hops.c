/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report/hops.h"
#include "mail/received.h"
#include "mail/token.h"

enum {
	MAX_ID = 255, /* octets of an authserv-id that are told */
};

static const struct lint_info infos[ODD_COUNT] = {
	[ODD_CV_AND_CLAIM] = { "cv-against-aar", "RFC 8617 section 4.4",
	    "cv= of a seal contradicts the arc= result of its ARC Set.",
	    "Record the result of the hop's own validation in both." },
	[ODD_TIME_BACKWARDS] = { "time-backwards", "RFC 6376 section 3.5",
	    "A seal is dated before the seal of the previous hop.",
	    "Set the clock of either hop." },
	[ODD_AUTHSERV_ID] = { "authserv-id-unrelated", "RFC 8617 section 4.1.1",
	    "A hop reports results under an authserv-id unrelated to its "
	    "signing domain.",
	    "Report the results of the hop's own servers, under its own "
	    "authserv-id." },
	[ODD_FROM_UNSIGNED] = { "from-unsigned", "RFC 6376 section 5.4",
	    "A hop does not sign From.", "Sign From." },
	[ODD_BODY_PARTIAL] = { "body-partial", "RFC 6376 section 8.2",
	    "The signature covers only part of the body (l=).",
	    "Do not trust the unsigned part." },
	[ODD_FROM_TWICE] = { "from-twice", "RFC 6376 section 8.15",
	    "The message has more than one From.", "Reject the message." },
	[ODD_ORDER] = { "fields-out-of-order", "RFC 8617 section 5.1",
	    "The ARC fields are not in the usual order (newest set first; AS, "
	    "AMS, AAR); some validators require it.",
	    "Add each new ARC Set at the top of the header and leave it "
	    "there." },
	[ODD_FALSE_FAIL] = { "cv-fail-unfounded", "RFC 8617 section 5.2",
	    "A hop sealed cv=fail although the chain it received verifies.",
	    "Fix the validator of this hop." },
};

const struct lint_info *
oddity_info(enum oddity_code code)
{
	return &infos[code];
}

static void __attribute__((format(printf, 4, 5)))
odd(struct hops *h, enum oddity_code code, unsigned i, const char *format, ...)
{
	va_list ap;

	if (h->nodd == HOPS_MAX_ODDITIES)
		return;
	struct oddity *o = &h->odd[h->nodd++];

	*o = (struct oddity){ .code = code, .instance = i };
	va_start(ap, format);
	vsnprintf(o->text, sizeof o->text, format, ap);
	va_end(ap);
}

/* ------------------------------------------------------------------------
 * Received. */

/* Whether a host is of a domain, or that domain itself. */
static bool
is_of(struct slice host, struct slice domain)
{
	return domain.len > 0 && slice_ends_nocase(host, domain) &&
	       (host.len == domain.len ||
		   host.p[host.len - domain.len - 1] == '.');
}

/* Take the Received at i for the hop's own, if the host that wrote it is of the
 * hop's name or domain. */
static bool
take_received(
    const struct message *m, const struct arc_set *set, struct hop *h, size_t i)
{
	struct received found;

	if (!slice_eq_nocase(m->field[i].name, SLICE("received")))
		return false;
	received_read(m->field[i].value, &found);
	if (!is_of(found.by, h->domain) &&
	    (set->part[ARC_AAR] == NULL || !is_of(found.by, h->authserv_id)))
		return false;
	h->received_from = found.from;
	h->received_by = found.by;
	return true;
}

/* The nearest Received, below the set or above it, that the hop itself wrote: a
 * milter's set stands below the field of its own server.  The seals of other
 * sets bound where that may be. */
static void
find_received(const struct message *m, const struct chain *c, struct hop *h)
{
	const struct arc_set *set = &c->set[h->instance];
	size_t top = m->nfields, below = 0, first = 0, end = m->nfields;

	for (enum sigkind k = ARC_AAR; k < ARC_KINDS; k++) {
		const struct sigfield *f = set->part[k];

		if (f == NULL)
			continue;
		top = f->index < top ? f->index : top;
		below = f->index + 1 > below ? f->index + 1 : below;
	}
	for (size_t k = 0; k < c->nfields; k++) {
		const struct sigfield *f = &c->field[k];

		if (f->kind != ARC_SEAL || f->instance == h->instance)
			continue;
		if (f->index < top && f->index >= first)
			first = f->index + 1;
		if (f->index >= below && f->index < end)
			end = f->index;
	}
	for (size_t i = below; i < end; i++)
		if (take_received(m, set, h, i))
			return;
	for (size_t i = top; i-- > first;)
		if (take_received(m, set, h, i))
			return;
}

/* ------------------------------------------------------------------------
 * One set. */

/* Take from an AAR what is told of it; all else that was parsed goes again, as
 * fifty of them may be large. */
static int
read_claims(const struct sigfield *aar, struct arena *arena, struct hop *h,
    struct diag *why)
{
	struct arena *short_lived = arena_new();
	struct authres a = { .nresults = 0 };
	bool ok = short_lived != NULL &&
		  authres_parse(aar->payload, short_lived, &a, why) == 0;

	h->has_aar = true;
	h->none = a.none;
	h->authserv_id = arena_copy(arena, slice_sub(a.authserv_id, 0, MAX_ID));
	h->claim = arena_array(arena, a.nresults + 1, sizeof *h->claim);
	ok = ok && h->claim != NULL;
	for (size_t i = 0; ok && i < a.nresults; i++) {
		struct hop_claim *claim = &h->claim[h->nclaims++];

		claim->method = arena_copy(
		    arena, slice_sub(a.result[i].method, 0, HOP_CLAIM));
		claim->result = arena_copy(
		    arena, slice_sub(a.result[i].result, 0, HOP_CLAIM));
		ok = claim->method.p != NULL && claim->result.p != NULL;
	}
	arena_free(short_lived);
	return ok ? 0 : diag_memory(why);
}

static int
read_hop(const struct message *m, const struct chain *c, struct hop *h,
    struct diag *why)
{
	const struct arc_set *set = &c->set[h->instance];

	for (enum sigkind k = ARC_SEAL;; k--) {
		const struct sigfield *f = set->part[k];

		h->present |= f != NULL;
		if (k == ARC_AAR)
			break;
		if (f == NULL)
			continue;
		if (h->domain.len == 0)
			h->domain = f->tags.domain;
		if (h->selector.len == 0)
			h->selector = f->tags.selector;
		if (!h->has_time && f->tags.has_time) {
			h->has_time = true;
			h->time = (int64_t)f->tags.time;
		}
	}
	if (set->part[ARC_AAR] != NULL &&
	    read_claims(set->part[ARC_AAR], m->arena, h, why) != 0)
		return -1;
	find_received(m, c, h);
	return 0;
}

/* ------------------------------------------------------------------------
 * Contradictions. */

/* Labels of a name from the end on: so many. */
static struct slice
last_labels(struct slice name, unsigned n)
{
	size_t at = name.len;

	while (at > 0 && (name.p[at - 1] != '.' || --n > 0))
		at--;
	return slice_sub(name, at, name.len);
}

/* The part of a name that most likely has one owner: two labels, or three where
 * the last two are like "co.uk".  No list of such names is at hand, and nothing
 * but a remark depends on it. */
static struct slice
base_of(struct slice name)
{
	static const char *const shared[] = { "ac", "co", "com", "edu", "gov",
		"gob", "gouv", "mil", "ne", "net", "nom", "or", "org" };
	struct slice two = last_labels(name, 2);
	size_t dot = slice_find(two, '.');

	for (size_t k = 0; k < ARRAY_LEN(shared); k++)
		if (two.len == dot + 3 &&
		    slice_eq_nocase(
			slice_sub(two, 0, dot), slice_of(shared[k])))
			return last_labels(name, 3);
	return two;
}

/* What an AAR says of the chain, against what its seal says. */
static void
odd_claims(struct hops *h, const struct chain *c, unsigned i)
{
	const struct sigfield *seal = c->set[i].part[ARC_SEAL];

	for (size_t r = 0; seal != NULL && r < h->hop[i].nclaims; r++) {
		const struct hop_claim *result = &h->hop[i].claim[r];
		enum cv claim = cv_parse(result->result);

		if (!slice_eq_nocase(result->method, SLICE("arc")) ||
		    claim == CV_MISSING || seal->tags.cv == CV_MISSING ||
		    claim == seal->tags.cv)
			continue;
		odd(h, ODD_CV_AND_CLAIM, i,
		    "i=%u: ARC-Seal has cv=%s, but its "
		    "ARC-Authentication-Results has arc=%s.",
		    i, cv_word(seal->tags.cv), cv_word(claim));
		return;
	}
}

static void
odd_authserv_id(struct hops *h, unsigned i)
{
	struct slice id = h->hop[i].authserv_id, d = h->hop[i].domain;
	char q[2][DIAG_QUOTED];

	if (id.len == 0 || d.len == 0 || slice_find(id, '.') == id.len ||
	    slice_eq_nocase(base_of(id), base_of(d)))
		return;
	odd(h, ODD_AUTHSERV_ID, i,
	    "i=%u: authserv-id %.40s is unrelated to the signing domain %.40s.",
	    i, diag_quote(id, q[0]), diag_quote(d, q[1]));
}

static void
odd_ams(
    struct hops *h, const struct chain *c, const struct verdict *v, unsigned i)
{
	const struct sigfield *ams = c->set[i].part[ARC_AMS];
	const struct sigresult *p = &v->ams[i];
	bool from = false;

	if (ams == NULL)
		return;
	for (size_t k = 0; k < ams->tags.nheaders; k++)
		from |= slice_eq_nocase(ams->tags.headers[k], SLICE("from"));
	if (!from && ams->tags.headers != NULL)
		odd(h, ODD_FROM_UNSIGNED, i, "i=%u: From is not signed.", i);
	if (ams->tags.has_length && p->body_length > p->body_signed)
		odd(h, ODD_BODY_PARTIAL, i,
		    "i=%u: only %" PRIu64 " of %" PRIu64
		    " bytes of the body are signed (l=).",
		    i, p->body_signed, p->body_length);
}

/* Whether the chain that hop i received verified, as far as what verifies now
 * can say. */
static bool
holds_before(const struct chain *c, const struct verdict *v, unsigned i)
{
	for (unsigned k = 1; k < i; k++) {
		const struct sigfield *seal = c->set[k].part[ARC_SEAL];

		if (v->seal[k].status != STATUS_PASS || seal == NULL ||
		    seal->tags.cv != (k == 1 ? CV_NONE : CV_PASS))
			return false;
	}
	return i > 1 && v->ams[i - 1].status == STATUS_PASS;
}

/* A later hop sealed cv=fail over a chain that verifies: it does now, or --why
 * has proved that it did. */
static void
odd_fail(struct hops *h, const struct chain *c, const struct verdict *v,
    const struct explanation *reasons, unsigned i)
{
	const struct sigfield *seal = c->set[i].part[ARC_SEAL];
	bool unfounded =
	    seal != NULL && seal->tags.cv == CV_FAIL && holds_before(c, v, i);

	for (size_t k = 0; reasons != NULL && k < reasons->n; k++)
		unfounded |=
		    reasons->finding[k].instance == i &&
		    reasons->finding[k].cause == CAUSE_AS_CV_FAIL_UNFOUNDED;
	if (unfounded)
		odd(h, ODD_FALSE_FAIL, i,
		    "i=%u: sealed cv=fail although the chain it received "
		    "verifies.",
		    i);
}

/* The usual order is newest set first, in each AS, AMS, AAR. */
static void
odd_order(struct hops *h, const struct chain *c)
{
	static const enum sigkind order[] = { ARC_SEAL, ARC_AMS, ARC_AAR };
	size_t at = 0;

	for (unsigned i = c->n; i >= 1; i--)
		for (size_t k = 0; k < ARC_KINDS; k++) {
			const struct sigfield *f = c->set[i].part[order[k]];

			if (f == NULL)
				continue;
			if (f->index < at) {
				odd(h, ODD_ORDER, 0,
				    "The ARC fields are not in the usual order "
				    "(newest set first; AS, AMS, AAR); some "
				    "validators require it.");
				return;
			}
			at = f->index;
		}
}

static void
odd_times(struct hops *h)
{
	const struct hop *before = NULL;

	for (unsigned i = 1; i <= h->n; i++) {
		struct hop *hop = &h->hop[i];

		if (!hop->has_time)
			continue;
		if (before != NULL) {
			hop->has_gap = true;
			hop->gap = hop->time - before->time;
			if (hop->gap < 0)
				odd(h, ODD_TIME_BACKWARDS, i,
				    "i=%u: sealed %" PRId64
				    " seconds before i=%u: a clock is wrong.",
				    i, -hop->gap, before->instance);
		}
		before = hop;
	}
}

int
hops_collect(const struct message *m, const struct chain *c,
    const struct verdict *v, const struct explanation *reasons, struct hops *h,
    struct diag *why)
{
	*h = (struct hops){ .n = c->n };
	h->odd = arena_array(m->arena, HOPS_MAX_ODDITIES, sizeof *h->odd);
	if (h->odd == NULL)
		return diag_memory(why);
	for (unsigned i = 1; i <= c->n; i++) {
		h->hop[i].instance = i;
		if (read_hop(m, c, &h->hop[i], why) != 0)
			return -1;
		odd_claims(h, c, i);
		odd_authserv_id(h, i);
		odd_ams(h, c, v, i);
		odd_fail(h, c, v, reasons, i);
	}
	odd_times(h);
	odd_order(h, c);
	if (message_count(m, SLICE("from")) > 1)
		odd(h, ODD_FROM_TWICE, 0,
		    "There are %zu From fields: mail clients show one, "
		    "possibly the unsigned one.",
		    message_count(m, SLICE("from")));
	return 0;
}
