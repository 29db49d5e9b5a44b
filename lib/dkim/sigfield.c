/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "dkim/sigfield.h"
#include "keys/keyname.h"

struct slice
sigfield_name(enum sigkind kind)
{
	static const struct slice names[] = {
		[ARC_AAR] = { "ARC-Authentication-Results", 26 },
		[ARC_AMS] = { "ARC-Message-Signature", 21 },
		[ARC_SEAL] = { "ARC-Seal", 8 },
		[DKIM_SIGNATURE] = { "DKIM-Signature", 14 },
	};

	return names[kind];
}

int
sigfield_list(struct sigfield *f, struct slice text, struct arena *arena,
    struct diag *why)
{
	if (taglist_parse(text, arena, &f->list, &f->problem) != 0 &&
	    f->problem.code == DIAG_MEMORY)
		return diag_memory(why);
	return 0;
}

/* h= has From, and an AMS no ARC-Seal (RFC 6376 section 5.4, RFC 8617 section
 * 4.1.2). */
static void
check_headers(struct sigfield *f)
{
	const struct sigtags *s = &f->tags;
	bool from = false;

	for (size_t i = 0; i < s->nheaders; i++) {
		from |= slice_eq_nocase(s->headers[i], SLICE("from"));
		if (f->kind == ARC_AMS &&
		    slice_eq_nocase(s->headers[i], SLICE("arc-seal"))) {
			diag_set(&f->problem, DIAG_HEADERS_ARC_SEAL,
			    s->headers[i], "h= has ARC-Seal");
			return;
		}
	}
	if (!from)
		diag_set(&f->problem, DIAG_HEADERS_NO_FROM,
		    taglist_value(&f->list, SLICE("h")), "h= has no From");
}

static void
check_times(struct sigfield *f)
{
	const struct sigtags *s = &f->tags;

	if (s->has_time && s->has_expires && s->expires <= s->time)
		diag_set(&f->problem, DIAG_EXPIRED,
		    taglist_value(&f->list, SLICE("x")),
		    "x=%" PRIu64 " is not after t=%" PRIu64, s->expires,
		    s->time);
}

/* i= is in the signing domain or below it (RFC 6376 section 6.1.1), both as
 * A-labels (RFC 8616 section 4).  What is wrong with d= itself is told when its
 * key is looked for. */
static int
check_identity(struct sigfield *f, struct arena *arena, struct diag *why)
{
	struct sigtags *s = &f->tags;
	struct slice domain, below;
	char q[2][DIAG_QUOTED];
	struct diag bad = { .code = DIAG_NONE };

	if (s->identity.len == 0)
		return 0;
	if (keyname_domain(s->domain, arena, &below, &bad) != 0)
		return 0;
	bool good =
	    keyname_domain(s->identity_domain, arena, &domain, &bad) == 0 &&
	    domain.len >= below.len &&
	    slice_eq(
		slice_sub(domain, domain.len - below.len, domain.len), below) &&
	    (domain.len == below.len ||
		domain.p[domain.len - below.len - 1] == '.');

	s->identity_below = good && domain.len > below.len;
	if (!good)
		diag_set(&f->problem, DIAG_IDENTITY, s->identity, "i=%s, d=%s",
		    diag_quote(s->identity, q[0]), diag_quote(s->domain, q[1]));
	return bad.code == DIAG_MEMORY ? diag_memory(why) : 0;
}

int
sigfield_tags(struct sigfield *f, struct arena *arena, struct diag *why)
{
	const struct tag *h = taglist_find(&f->list, SLICE("h"));

	if (sigtags_read(f->kind, f->field->name, &f->list, arena, &f->tags,
		&f->problem, why) != 0)
		return -1;
	if (f->kind == ARC_SEAL) {
		/* Forbidden (RFC 8617 section 4.1.3), which is a matter of
		 * the chain's shape. */
		if (h != NULL)
			f->tags.h_tag = h->name;
		return 0;
	}
	if (f->problem.code == DIAG_NONE)
		check_headers(f);
	if (f->problem.code == DIAG_NONE)
		check_times(f);
	return f->kind == DKIM_SIGNATURE && f->problem.code == DIAG_NONE
		   ? check_identity(f, arena, why)
		   : 0;
}

int
sigfield_put(
    const struct sigfield *f, struct select *select, const struct sink *sink)
{
	const struct sigtags *s = &f->tags;

	select_start(select, f->field);
	for (size_t i = 0; i < s->nheaders; i++) {
		const struct field *h = select_next(select, s->headers[i]);

		if (h != NULL && canon_header(s->header_canon, h, SLICE_NONE,
				     true, sink) != 0)
			return -1;
	}
	return canon_header(s->header_canon, f->field, s->b_raw, false, sink);
}

int
sigfield_digest(const struct sigfield *f, struct select *select,
    unsigned char out[DIGEST_SIZE], struct diag *why)
{
	struct digest d;
	struct sink sink = digest_sink(&d);

	digest_init(&d);
	sigfield_put(f, select, &sink);
	int result = digest_final(&d, out, why);

	digest_release(&d);
	return result;
}
