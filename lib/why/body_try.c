/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "mail/mime.h"
#include "why/body_hash.h"
#include "why/body_try.h"

size_t
body_edits(const struct finding *f, struct edit e[])
{
	size_t n = 0;

	for (size_t k = 0; k < f->nchanges; k++)
		if (f->change[k].name.len == 0 && !f->change[k].inner)
			e[n++] = (struct edit){ f->change[k].from,
				f->change[k].from + f->change[k].is.len,
				f->change[k].was };
	return n;
}

void
body_put_edited(
    struct buf *b, struct slice body, const struct edit e[], size_t n)
{
	size_t at = 0;

	for (size_t k = 0; k < n; k++) {
		buf_slice(b, slice_sub(body, at, e[k].from - at));
		buf_slice(b, e[k].with);
		at = e[k].to;
	}
	buf_slice(b, slice_sub(body, at, body.len));
}

bool
body_as_now(struct search *s, void *ctx, const struct known *k)
{
	(void)s;
	(void)ctx;
	return k->body_holds && !k->f->tags.has_length;
}

/* Whether signer k, too, saw the body as it was. */
static bool
body_as_then(struct search *s, void *ctx, const struct known *k)
{
	const struct sigtags *g = &k->f->tags;
	struct edit e[FINDING_MAX_CHANGES];
	size_t n = body_edits(ctx, e);
	struct body_hash h;
	unsigned char octets[DIGEST_SIZE];

	if (g->body_hash.len != DIGEST_SIZE)
		return false;
	body_hash_init(
	    &h, g->body_canon, g->has_length ? g->length : UINT64_MAX);
	body_hash_edited(&h, s->body, 0, e, n);
	return body_hash_end(s, &h, octets) &&
	       memcmp(octets, g->body_hash.p, DIGEST_SIZE) == 0;
}

void
body_place(struct body_case *c, struct finding *f)
{
	finding_place(c->s, f, c->k, body_as_now, body_as_then, f);
}

struct finding *
body_found(struct body_case *c, const struct edit e[], size_t n)
{
	struct finding *f =
	    finding_about(c->s, c->cause, LEVEL_PROVED, ASPECT_BODY_HASH, c->k);

	struct edit whole;

	c->found = true;
	c->finding = f;
	if (f == NULL)
		return NULL;
	/* More than can be told one by one are told as one. */
	if (n > FINDING_MAX_CHANGES) {
		struct buf b = { .max = 0 };

		body_put_edited(&b, c->body, e, n);
		whole = (struct edit){ 0, c->body.len, search_keep(c->s, &b) };
		buf_release(&b);
		e = &whole;
		n = 1;
	}
	for (size_t k = 0; k < n && k < FINDING_MAX_CHANGES; k++)
		f->change[f->nchanges++] =
		    (struct change){ .is = slice_sub(c->body, e[k].from,
					 e[k].to - e[k].from),
			    .was = e[k].with.p != NULL ? e[k].with : SLICE(""),
			    .from = e[k].from,
			    .inner = c->inner };
	if (cause_info(c->cause)->role == ROLE_MODIFIER && !c->inner)
		body_place(c, f);
	return f;
}

void
body_split(struct body_case *c, const enum cause_id causes[], size_t n)
{
	struct finding *first = c->finding, *f = first;

	if (f == NULL || f->nchanges != n)
		return;
	struct finding all = *f;

	for (size_t k = 0; k < n; k++) {
		if (k > 0 && (f = finding_about(c->s, causes[k], LEVEL_PROVED,
				  ASPECT_BODY_HASH, c->k)) == NULL) {
			/* All of it is told as the first. */
			finding_drop(c->s, c->s->out->n - (k - 1), all.group);
			*first = all;
			return;
		}
		*f = all;
		f->cause = causes[k];
		f->change[0] = all.change[k];
		f->nchanges = 1;
	}
}

bool
body_try(struct body_case *c, const struct edit e[], size_t n)
{
	struct body_hash h;

	if (c->found)
		return false;
	size_t at = body_hash_begin(c, &h, n > 0 ? e[0].from : c->body.len);

	if (!search_may(c->s, body_edited_size(c->body, e, n) - at)) {
		digest_release(&h.d);
		return false;
	}
	body_hash_edited(&h, c->body, at, e, n);
	if (!body_hash_fits(c, &h))
		return false;
	body_found(c, e, n);
	return true;
}

bool
body_try_one(struct body_case *c, size_t from, size_t to, struct slice with)
{
	struct edit e = { from, to, with };

	return body_try(c, &e, 1);
}

bool
body_try_whole(struct body_case *c, struct slice octets)
{
	return octets.p != NULL && body_try_one(c, 0, c->body.len, octets);
}

void
body_canon(
    struct body_case *c, enum canon canon, struct slice body, struct buf *b)
{
	struct canon_body cb;

	canon_body_init(&cb, canon, buf_sink(b));
	if (body.len > 0)
		canon_body_put(&cb, body.p, body.len);
	canon_body_end(&cb);
	if (b->failure != BUF_OK)
		search_memory(c->s);
}

/* Tell in a finding what was hashed beside the canonical body. */
static void
tell_input(struct body_case *c, struct finding *f, struct slice hashed)
{
	struct buf b = { .max = 0 };

	body_canon(c, c->canon, c->body, &b);
	struct slice standard = buf_view(&b);

	if (standard.len > c->limit)
		standard.len = (size_t)c->limit;
	if (b.failure == BUF_OK)
		finding_input(c->s, f, hashed, standard);
	buf_release(&b);
}

void
body_found_canon(struct body_case *c, enum canon canon, uint64_t limit)
{
	struct finding *f = body_found(c, NULL, 0);
	struct buf b = { .max = 0 };

	body_canon(c, canon, c->body, &b);
	struct slice hashed = buf_view(&b);

	if (hashed.len > limit)
		hashed.len = (size_t)limit;
	if (b.failure == BUF_OK)
		tell_input(c, f, hashed);
	buf_release(&b);
}

bool
body_try_raw(struct body_case *c, struct slice octets)
{
	struct digest d;
	unsigned char out[DIGEST_SIZE];
	struct diag why;

	if (c->found || !search_may(c->s, octets.len))
		return false;
	if (octets.len > c->limit)
		octets.len = (size_t)c->limit;
	digest_init(&d);
	digest_put(&d, octets.p, octets.len);
	if (digest_final(&d, out, &why) != 0)
		search_fail(c->s, &why);
	digest_release(&d);
	if (c->s->failed || memcmp(out, c->want, DIGEST_SIZE) != 0)
		return false;
	tell_input(c, body_found(c, NULL, 0), octets);
	return true;
}

/* The body with every line changed by a function. */
static void
each_line(struct body_case *c, struct buf *b,
    void (*line)(struct buf *, struct slice text, struct slice end))
{
	struct slice rest = c->body, whole;

	search_pay(c->s, (uint64_t)COST_MADE * c->body.len);
	while (mime_line(&rest, &whole)) {
		size_t n = whole.len - slice_line_end(whole);

		line(b, slice_sub(whole, 0, n), slice_sub(whole, n, whole.len));
	}
	if (b->failure != BUF_OK)
		search_memory(c->s);
}

bool
body_try_lines(struct body_case *c,
    void (*line)(struct buf *, struct slice text, struct slice end))
{
	struct buf b = { .max = 0 };
	bool fits = false;

	each_line(c, &b, line);
	if (b.failure == BUF_OK && !slice_eq(buf_view(&b), c->body) &&
	    search_may(c->s, b.len)) {
		struct body_hash h;

		body_hash_init(&h, c->canon, c->limit);
		body_hash_put(&h, buf_view(&b));
		fits = body_hash_fits(c, &h);
	}
	/* Kept only when it is the one. */
	if (fits) {
		struct slice kept = search_keep(c->s, &b);
		struct edit e = { 0, c->body.len, kept };

		if (kept.p != NULL)
			body_found(c, &e, 1);
	}
	buf_release(&b);
	return fits;
}

void
body_put_line(struct buf *b, struct slice text, struct slice end)
{
	buf_slice(b, text);
	buf_slice(b, end);
}
