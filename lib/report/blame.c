/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/blame.h"
#include "base/escape.h"

/* The domain that a set names. */
static void
put_domain(struct buf *b, const struct hops *h, unsigned i)
{
	struct slice d = h->hop[i].domain;

	if (d.len > 0)
		escape_text(b, slice_sub(d, 0, 255));
	else
		buf_printf(b, "the sealer of i=%u", i);
}

/* A field that belongs to no set: it may be the one that its neighbour's set
 * lacks. */
static bool
blame_stray(struct buf *b, const struct chain *c, const struct hops *h)
{
	for (size_t k = 0; k < c->nfields; k++) {
		const struct sigfield *f = &c->field[k];

		if (f->instance > 0)
			continue;
		for (size_t n = k > 0 ? k - 1 : 0; n <= k + 1 && n < c->nfields;
		     n++) {
			unsigned i = c->field[n].instance;

			if (i == 0 || c->set[i].part[f->kind] != NULL)
				continue;
			buf_printf(b,
			    "The field is where the %.*s of i=%u should be: ",
			    SLICE_ARG(sigfield_name(f->kind)), i);
			put_domain(b, h, i);
			buf_text(
			    b, " wrote it this way, or it was changed later.");
			return true;
		}
		return false;
	}
	return false;
}

/* A line that is no field: fields are put on top, so its place tells after
 * which hop it came. */
static bool
blame_junk(struct buf *b, const struct report *r, const struct hops *h)
{
	const struct chain *c = r->chain;
	const char *junk = r->message->junk.p;

	for (size_t k = 0; k < c->nfields; k++) {
		unsigned i = c->field[k].instance;

		if (c->field[k].field->raw.p < junk || i == 0)
			continue;
		bool among = k > 0 && c->field[k - 1].instance == i;

		buf_printf(b, "The line is %s the fields of i=%u: ",
		    among ? "among" : "above", i);
		if (!among)
			buf_text(b, "most likely it was added after ");
		put_domain(b, h, i);
		buf_text(
		    b, among ? " wrote it this way, or it was inserted later."
			     : " sealed.");
		return true;
	}
	buf_text(b, "The line is below all ARC Sets: it was there before the "
		    "first hop sealed, or was inserted later.");
	return true;
}

/* A fault of set i, from what it says. */
static bool
blame_set(
    struct buf *b, const struct report *r, const struct hops *h, unsigned i)
{
	enum diag_code code = r->verdict->why.code;
	const struct sigfield *ams = r->chain->set[i].part[ARC_AMS];
	bool tags = ams != NULL && ams->problem.code == code;

	if (code == DIAG_SEAL_CV_FAIL) {
		put_domain(b, h, i);
		buf_text(b, " recorded that the chain was already broken on "
			    "arrival: by an earlier hop, or in transit before "
			    "this one. Verify with keys to confirm that.");
	} else if (code == DIAG_EXPIRED && !tags) {
		buf_text(b, "The signature of ");
		put_domain(b, h, i);
		buf_text(b,
		    " has expired (x=); nothing needs to have been changed.");
	} else if (code == DIAG_BODY_HASH) {
		buf_text(
		    b, "Most likely a server that handled the message after ");
		put_domain(b, h, i);
		buf_text(b, " signed its body.");
	} else if (code >= DIAG_KEY_MISSING && code <= DIAG_KEY_UNSIGNED) {
		buf_text(b, "The key record: ");
		put_domain(b, h, i);
		buf_text(b, " must fix what it publishes.");
	} else if (code >= DIAG_CV_SYNTAX && code <= DIAG_EXPIRED) {
		put_domain(b, h, i);
		/* Its own seal covers the invalid field. */
		buf_text(
		    b, r->verdict->seal[i].status == STATUS_PASS
			   ? " wrote the field this way: its seal verifies."
			   : " wrote the field this way, or it was changed "
			     "later.");
	} else {
		return false;
	}
	return true;
}

bool
blame(struct buf *b, const struct report *r, const struct hops *h)
{
	const struct verdict *v = r->verdict;
	unsigned i = v->why.instance;

	if (v->cv != CV_FAIL || v->temporary)
		return false;
	if (v->why.code == DIAG_HEADER_SYNTAX)
		return blame_junk(b, r, h);
	if (i == 0 || i > r->chain->n)
		return blame_stray(b, r->chain, h);
	return blame_set(b, r, h, i);
}
