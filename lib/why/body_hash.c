/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "mail/mime.h"
#include "why/body_hash.h"

enum {
	MARKED_EVERY = 4096, /* octets at least */
};

static int
put_limited(void *ctx, const char *p, size_t n)
{
	struct body_hash *h = ctx;

	if (n > h->left)
		n = (size_t)h->left;
	h->left -= n;
	digest_put(&h->d, p, n);
	return 0;
}

void
body_begin(struct body_case *c, struct slice encoding)
{
	search_pay(c->s, (uint64_t)COST_MADE * c->body.len);
	mime_parse(&c->mime, c->body, c->s->type, encoding);
	if (canon_map_make(&c->map, c->canon, c->body, c->s->arena) != 0)
		search_memory(c->s);
	/* There is no map of what wants care too often. */
	c->s->dense |= c->map.care == NULL && c->body.len >= MARKED_EVERY;
}

void
body_hash_init(struct body_hash *h, enum canon canon, uint64_t limit)
{
	canon_body_init(
	    &h->canon, canon, (struct sink){ .put = put_limited, .ctx = h });
	digest_init(&h->d);
	h->left = limit;
}

void
body_hash_copy(struct body_hash *to, const struct body_hash *from)
{
	to->canon = from->canon;
	to->canon.out.ctx = to;
	digest_copy(&to->d, &from->d);
	to->left = from->left;
}

void
body_hash_put(struct body_hash *h, struct slice s)
{
	if (s.len > 0)
		canon_body_put(&h->canon, s.p, s.len);
}

bool
body_hash_end(
    struct search *s, struct body_hash *h, unsigned char out[DIGEST_SIZE])
{
	struct diag why;

	canon_body_end(&h->canon);
	bool good = digest_final(&h->d, out, &why) == 0;

	if (!good)
		search_fail(s, &why);
	digest_release(&h->d);
	return good;
}

bool
body_hash_fits(struct body_case *c, struct body_hash *h)
{
	unsigned char octets[DIGEST_SIZE];
	bool whole;

	if (!body_hash_end(c->s, h, octets))
		return false;
	whole = h->left == 0 || c->limit == UINT64_MAX;
	return whole && memcmp(octets, c->want, DIGEST_SIZE) == 0;
}

static void
make_marks(struct body_case *c)
{
	size_t n = c->body.len / MARKED_EVERY;

	if (n >= BODY_MARKS)
		n = BODY_MARKS - 1;
	c->every = c->body.len / (n + 1);
	body_hash_init(&c->mark[0], c->canon, c->limit);
	c->mark[0].canon.map = &c->map;
	for (size_t k = 1; k <= n; k++) {
		body_hash_copy(&c->mark[k], &c->mark[k - 1]);
		body_hash_put(&c->mark[k],
		    slice_sub(c->body, (k - 1) * c->every, c->every));
	}
	c->nmarks = n + 1;
}

size_t
body_hash_begin(struct body_case *c, struct body_hash *h, size_t most)
{
	size_t k;

	if (most < MARKED_EVERY) {
		body_hash_init(h, c->canon, c->limit);
		h->canon.map = &c->map;
		return 0;
	}
	if (c->nmarks == 0)
		make_marks(c);
	k = most / c->every;
	if (k >= c->nmarks)
		k = c->nmarks - 1;
	body_hash_copy(h, &c->mark[k]);
	return k * c->every;
}

void
body_release(struct body_case *c)
{
	for (size_t k = 0; k < c->nmarks; k++)
		digest_release(&c->mark[k].d);
	if (!c->inner)
		c->s->dense = false;
}

void
body_hash_edited(struct body_hash *h, struct slice body, size_t at,
    const struct edit e[], size_t n)
{
	for (size_t k = 0; k < n; k++) {
		body_hash_put(h, slice_sub(body, at, e[k].from - at));
		body_hash_put(h, e[k].with);
		at = e[k].to;
	}
	body_hash_put(h, slice_sub(body, at, body.len));
}

uint64_t
body_edited_size(struct slice body, const struct edit e[], size_t n)
{
	uint64_t size = body.len;

	for (size_t k = 0; k < n; k++)
		size = size - (e[k].to - e[k].from) + e[k].with.len;
	return size;
}
