/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "why/body.h"
#include "why/body_lines.h"
#include "why/body_recipe.h"
#include "why/evidence.h"
#include "why/known.h"
#include "why/order.h"

enum {
	BODY_OCTETS = 512 * 1024 * 1024,
	MAX_BODY = 64 << 20, /* octets; larger ones are not searched */
};

static void
run_steps(struct body_case *c)
{
	struct step step;

	for (size_t k = 0;
	     k < order_body_steps && !c->found && !search_over(c->s); k++) {
		c->cause = order_body[k].cause;
		if (!step_begin(c->s, &step))
			return;
		order_body[k].try(c);
		step_end(c->s, &step);
	}
}

/* bh= of 20 octets, which the tags' rules refuse. */
static void
sha1_used(struct search *s, const struct known *k)
{
	const struct sigfield *f = k->f;
	const struct tag *bh = taglist_find(&f->list, SLICE("bh"));
	struct buf b = { .max = 0 };
	unsigned char out[DIGEST_SHA1_SIZE];
	struct slice octets;
	struct canon_body cb;
	struct diag why;

	if (bh == NULL || bh->value.len > 64 ||
	    base64_decode(bh->value, s->arena, &octets) != BASE64_OK ||
	    octets.len != DIGEST_SHA1_SIZE)
		return;
	canon_body_init(&cb, f->tags.body_canon, buf_sink(&b));
	if (s->body.len > 0)
		canon_body_put(&cb, s->body.p, s->body.len);
	canon_body_end(&cb);
	if (b.failure != BUF_OK)
		search_memory(s);
	else if (digest_sha1(buf_view(&b), out, &why) != 0)
		search_fail(s, &why);
	else
		finding_about(s, CAUSE_BODY_BH_SHA1,
		    memcmp(out, octets.p, sizeof out) == 0 ? LEVEL_PROVED
							   : LEVEL_FACT,
		    ASPECT_BODY_HASH, k);
	buf_release(&b);
}

static bool
same_hash(struct search *s, void *ctx, const struct known *k)
{
	const struct known *of = ctx;
	const struct sigtags *a = &k->f->tags, *b = &of->f->tags;

	(void)s;
	return a->body_canon == b->body_canon && !a->has_length &&
	       !b->has_length && slice_eq(a->body_hash, b->body_hash);
}

static bool
other_hash(struct search *s, void *ctx, const struct known *k)
{
	const struct known *of = ctx;
	const struct sigtags *a = &k->f->tags, *b = &of->f->tags;

	return body_as_now(s, NULL, k) ||
	       (a->body_canon == b->body_canon && !a->has_length &&
		   !b->has_length && !slice_eq(a->body_hash, b->body_hash));
}

/* Names that filters give to what they put in the place of attachments. */
static bool
has_replacement(const struct body_case *c)
{
	static const char *const marks[] = { "winmail.dat", "ms-tnef",
		"removed", "deleted", "replaced", "quarantine", "warning",
		"blocked", "ATT0" };

	for (size_t k = 0; k < c->mime.nparts; k++)
		for (size_t n = 0; n < ARRAY_LEN(marks); n++)
			if (names_domain(
				c->mime.part[k].header, slice_of(marks[n])))
				return true;
	return false;
}

/* l= says more octets than there are. */
static void
cut_off(struct body_case *c)
{
	struct finding *f = finding_about(
	    c->s, CAUSE_BODY_TRUNCATED, LEVEL_FACT, ASPECT_BODY_HASH, c->k);

	if (f == NULL)
		return;
	snprintf(f->detail, sizeof f->detail, "%s", c->k->result->why.detail);
	finding_place(c->s, f, c->k, body_as_now, NULL, NULL);
}

/* The newest of the older ones that fit the body still; or NULL. */
static const struct known *
older_fits(const struct body_case *c)
{
	const struct known *k = known_older(c->s, c->k);

	while (k != NULL && !k->body_holds)
		k = known_older(c->s, k);
	return k;
}

static void
unexplained(struct body_case *c)
{
	struct search *s = c->s;

	if (c->k->result->why.code == DIAG_BODY_LENGTH) {
		cut_off(c);
		return;
	}
	if (c->k->instance > 0 && finding_above(s, ASPECT_BODY_HASH, c->k))
		return;
	if (s->body.len == 0) {
		finding_about(
		    s, CAUSE_BODY_MISSING, LEVEL_FACT, ASPECT_BODY_HASH, c->k);
		return;
	}
	const struct known *fits = older_fits(c);
	char is[KNOWN_NAME], older[KNOWN_NAME], gateway[120] = "";
	enum cause_id cause = CAUSE_BODY_CHANGED;

	if (has_replacement(c))
		cause = CAUSE_BODY_ATTACHMENT_REPLACED;
	else if (fits == NULL &&
		 evidence_gateway(s, c->k, gateway, sizeof gateway))
		cause = CAUSE_BODY_GATEWAY_REBUILT;
	struct finding *f =
	    finding_about(s, cause, LEVEL_INDICATED, ASPECT_BODY_HASH, c->k);

	if (f == NULL)
		return;
	finding_place(s, f, c->k, other_hash, same_hash, c->k);
	snprintf(f->detail, sizeof f->detail, "%s", gateway);
	body_recipe_claim(c, f);
	if (fits != NULL)
		snprintf(f->detail, sizeof f->detail,
		    "the body hash of %s still verifies: more likely the "
		    "signer of %s hashed something else",
		    known_name(fits, older), known_name(c->k, is));
}

/* A newer one that was searched, for the same hash of the same body; or
 * NULL. */
static const struct known *
searched_above(const struct search *s, const struct known *k)
{
	const struct known *n = known_newer(s, k);

	while (n != NULL && !(n->searched && known_same_body(n, k)))
		n = known_newer(s, n);
	return n;
}

/* Whether what was found of k, and what not, is the same of this one: not
 * where it is about the hop. */
static bool
same_as(const struct body_case *c, const struct known *k)
{
	const struct explanation *e = c->s->out;

	for (size_t n = 0; n < e->n; n++) {
		const struct finding *f = &e->finding[n];

		if (f->aspect == ASPECT_BODY_HASH && f->sig == k->f &&
		    f->level == LEVEL_PROVED &&
		    cause_info(f->cause)->role != ROLE_MODIFIER &&
		    f->cause != CAUSE_BODY_NEXT_MBOX_MESSAGE)
			return false;
	}
	return true;
}

static void
found_as(struct body_case *c, const struct known *k)
{
	struct explanation *e = c->s->out;
	unsigned theirs = 0, ours = 0;
	size_t all = e->n;

	for (size_t n = 0; n < all; n++) {
		const struct finding *f = &e->finding[n];

		if (f->aspect != ASPECT_BODY_HASH || f->sig != k->f ||
		    f->level != LEVEL_PROVED)
			continue;
		struct finding *mine =
		    finding_about(c->s, f->cause, f->level, f->aspect, c->k);

		/* What belongs together there does so here. */
		if (mine == NULL && c->found && f->group == theirs)
			finding_drop(c->s, all, ours);
		if (mine == NULL)
			return;
		if (!c->found || f->group != theirs)
			ours = mine->group;
		theirs = f->group;
		*mine = *f;
		mine->sig = c->k->f;
		mine->instance = c->k->instance;
		mine->signature = c->k->number;
		mine->group = ours;
		if (mine->cause == CAUSE_BODY_FOOTER_APPENDED)
			mine->detail[0] = '\0';
		c->found = true;
	}
}

static void
search_body(struct body_case *c)
{
	body_begin(c, c->s->encoding);
	run_steps(c);
}

void
explain_body(struct search *s, struct known *k)
{
	const struct sigtags *g = &k->f->tags;

	if (g->body_hash.len != DIGEST_SIZE) {
		sha1_used(s, k);
		return;
	}
	struct body_case *c = arena_alloc(s->arena, sizeof *c);

	if (c == NULL) {
		search_memory(s);
		return;
	}
	*c = (struct body_case){ .s = s,
		.k = k,
		.g = g,
		.body = s->body,
		.canon = g->body_canon,
		.limit = g->has_length ? g->length : UINT64_MAX };
	memcpy(c->want, g->body_hash.p, DIGEST_SIZE);
	/* What is not known of a newer body is less likely of an older one. */
	search_begin(s, finding_above(s, ASPECT_BODY_HASH, k) ? BODY_OCTETS / 8
							      : BODY_OCTETS);
	if (s->body.len > MAX_BODY) {
		s->out->spent = true;
		return;
	}
	const struct known *above = searched_above(s, k);

	k->searched = true;
	if (above != NULL && same_as(c, above))
		found_as(c, above);
	else
		search_body(c);
	if (!c->found && !s->failed)
		unexplained(c);
	body_release(c);
}
