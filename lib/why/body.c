/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "why/body.h"

static const struct slice no_octets = { NULL, 0 };

enum {
	BODY_OCTETS = 256 * 1024 * 1024,
	MAX_PREFIX = 60,     /* lines put before the text */
	MAX_BODY = 64 << 20, /* octets; larger ones are not searched */
	MARKED_EVERY = 4096, /* octets at least */
	MAX_FOOTER = 200,    /* lines put behind the text, besides a banner */
};

/* ------------------------------------------------------------------------
 * Hashing. */

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

/* The digest; the hash is released. */
static bool
hash_end(struct search *s, struct body_hash *h, unsigned char out[DIGEST_SIZE])
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

	if (!hash_end(c->s, h, octets))
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
}

/* at: how many octets of the body h has already. */
static void
put_edited(struct body_hash *h, struct slice body, size_t at,
    const struct edit e[], size_t n)
{
	for (size_t k = 0; k < n; k++) {
		body_hash_put(h, slice_sub(body, at, e[k].from - at));
		body_hash_put(h, e[k].with);
		at = e[k].to;
	}
	body_hash_put(h, slice_sub(body, at, body.len));
}

static uint64_t
edited_size(struct slice body, const struct edit e[], size_t n)
{
	uint64_t size = body.len;

	for (size_t k = 0; k < n; k++)
		size = size - (e[k].to - e[k].from) + e[k].with.len;
	return size;
}

/* ------------------------------------------------------------------------
 * Findings. */

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

static bool
body_as_now(struct search *s, void *ctx, unsigned k)
{
	const struct sigtags *g = &s->ams[k].f->tags;

	(void)ctx;
	return s->ams[k].body_holds && !g->has_length;
}

/* Whether hop k, too, saw the body as it was. */
static bool
body_as_then(struct search *s, void *ctx, unsigned k)
{
	const struct sigtags *g = &s->ams[k].f->tags;
	struct edit e[BODY_MAX_EDITS];
	size_t n = body_edits(ctx, e);
	struct body_hash h;
	unsigned char octets[DIGEST_SIZE];

	if (g->body_hash.len != DIGEST_SIZE)
		return false;
	body_hash_init(
	    &h, g->body_canon, g->has_length ? g->length : UINT64_MAX);
	put_edited(&h, s->body, 0, e, n);
	return hash_end(s, &h, octets) &&
	       memcmp(octets, g->body_hash.p, DIGEST_SIZE) == 0;
}

void
explain_body_place(struct body_case *c, struct finding *f)
{
	explain_place_change(c->s, f, c->i, body_as_now, body_as_then, f);
}

struct finding *
body_found(struct body_case *c, const struct edit e[], size_t n)
{
	struct finding *f =
	    finding_new(c->s, c->cause, EXPLAIN_PROVED, PLACE_BH, c->i);

	struct edit whole;

	c->found = true;
	c->finding = f;
	if (f == NULL)
		return NULL;
	/* More than can be told one by one are told as one. */
	if (n > EXPLAIN_MAX_CHANGES) {
		struct buf b = { .max = 0 };
		size_t at = 0;

		for (size_t k = 0; k < n; k++) {
			buf_slice(&b, slice_sub(c->body, at, e[k].from - at));
			buf_slice(&b, e[k].with);
			at = e[k].to;
		}
		buf_slice(&b, slice_sub(c->body, at, c->body.len));
		whole = (struct edit){ 0, c->body.len, search_keep(c->s, &b) };
		buf_release(&b);
		e = &whole;
		n = 1;
	}
	for (size_t k = 0; k < n && k < EXPLAIN_MAX_CHANGES; k++)
		f->change[f->nchanges++] =
		    (struct change){ .is = slice_sub(c->body, e[k].from,
					 e[k].to - e[k].from),
			    .was = e[k].with.p != NULL ? e[k].with : SLICE(""),
			    .from = e[k].from,
			    .inner = c->inner };
	if (cause_info(c->cause)->role == ROLE_MODIFIER && !c->inner)
		explain_body_place(c, f);
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
		if (k > 0 && (f = finding_new(c->s, causes[k], EXPLAIN_PROVED,
				  PLACE_BH, c->i)) == NULL) {
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

	if (!search_may(c->s, edited_size(c->body, e, n) - at)) {
		digest_release(&h.d);
		return false;
	}
	put_edited(&h, c->body, at, e, n);
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

/* The canonical body, in b. */
static void
canon_to(
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

	canon_to(c, c->canon, c->body, &b);
	struct slice standard = buf_view(&b);

	if (standard.len > c->limit)
		standard.len = (size_t)c->limit;
	if (b.failure == BUF_OK)
		finding_input(c->s, f, hashed, standard);
	buf_release(&b);
}

/* The other canonicalization fits, or all of the body in spite of l=. */
static void
found_canon(struct body_case *c, enum canon canon, uint64_t limit)
{
	struct finding *f = body_found(c, NULL, 0);
	struct buf b = { .max = 0 };

	canon_to(c, canon, c->body, &b);
	struct slice hashed = buf_view(&b);

	if (hashed.len > limit)
		hashed.len = (size_t)limit;
	if (b.failure == BUF_OK)
		tell_input(c, f, hashed);
	buf_release(&b);
}

/* Octets that are hashed as they are. */
static bool
try_raw(struct body_case *c, struct slice octets)
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

static void sigdash_trimmed(struct body_case *);
static void trailing_space(struct body_case *);

/* ------------------------------------------------------------------------
 * What the signer may have done wrong. */

static void
c_missing(struct body_case *c)
{
	struct body_hash h;

	if (c->g->header_canon != CANON_SIMPLE ||
	    c->g->body_canon != CANON_SIMPLE ||
	    taglist_find(&c->s->ams[c->i].f->list, SLICE("c")) != NULL ||
	    !search_may(c->s, c->body.len))
		return;
	body_hash_init(&h, CANON_RELAXED, c->limit);
	body_hash_put(&h, c->body);
	if (body_hash_fits(c, &h))
		found_canon(c, CANON_RELAXED, c->limit);
}

/* What other signatures say of a body whose bh= fits under relaxed though c=
 * says simple: the signer may have used relaxed, or blanks at line ends came
 * later. */
enum blanks {
	BLANKS_UNKNOWN,
	BLANKS_THERE, /* they were there when this hop signed */
	BLANKS_LATER,
};

static enum blanks
ask_witnesses(struct body_case *c)
{
	struct search *s = c->s;

	for (unsigned k = 1; k <= s->chain->n; k++) {
		const struct sigtags *g =
		    s->ams[k].f != NULL ? &s->ams[k].f->tags : NULL;

		if (k == c->i || g == NULL || g->body_canon != CANON_SIMPLE ||
		    g->has_length)
			continue;
		if (k < c->i && s->ams[k].body_holds)
			return BLANKS_THERE;
		if (slice_eq(g->body_hash, c->g->body_hash))
			return BLANKS_LATER;
	}
	return BLANKS_UNKNOWN;
}

/* Whether nearly every line ends in a blank, as no author writes. */
static bool
all_blank_ends(struct slice body)
{
	struct slice line;
	size_t lines = 0, blank = 0;

	while (mime_line(&body, &line)) {
		size_t n = line.len;

		while (n > 0 && ascii_is_fws(line.p[n - 1]) &&
		       !ascii_is_wsp(line.p[n - 1]))
			n--;
		lines += n > 0;
		blank += n > 0 && ascii_is_wsp(line.p[n - 1]);
	}
	return blank > 0 && blank * 5 >= lines * 4;
}

static void
other_canon(struct body_case *c)
{
	enum cause_id mine = c->cause;
	enum canon other =
	    c->canon == CANON_SIMPLE ? CANON_RELAXED : CANON_SIMPLE;
	struct body_hash h;

	if (!search_may(c->s, c->body.len))
		return;
	body_hash_init(&h, other, c->limit);
	body_hash_put(&h, c->body);
	if (!body_hash_fits(c, &h))
		return;
	enum blanks said = ask_witnesses(c);
	bool first = said == BLANKS_LATER ||
		     (said == BLANKS_UNKNOWN && all_blank_ends(c->body));

	/* Both are told when nothing decides, the likelier one first. */
	if (!first)
		found_canon(c, other, c->limit);
	if (said != BLANKS_THERE) {
		c->found = false;
		c->cause = CAUSE_BODY_SIGDASH_TRIMMED;
		sigdash_trimmed(c);
		c->cause = CAUSE_BODY_TRAILING_SPACE_ADDED;
		if (!c->found)
			trailing_space(c);
	}
	c->cause = mine;
	if (first && (said == BLANKS_UNKNOWN || !c->found))
		found_canon(c, other, c->limit);
	c->found = true;
}

static void
empty_hashed(struct body_case *c)
{
	if (!try_raw(c, SLICE("")))
		try_raw(c, SLICE("\r\n"));
}

static void
l_ignored(struct body_case *c)
{
	uint64_t limit = c->limit;
	struct body_hash h;

	if (limit == UINT64_MAX || !search_may(c->s, c->body.len))
		return;
	c->limit = UINT64_MAX;
	body_hash_init(&h, c->canon, c->limit);
	body_hash_put(&h, c->body);
	bool fits = body_hash_fits(c, &h);

	c->limit = limit;
	if (fits)
		found_canon(c, c->canon, UINT64_MAX);
}

/* b with each CRLF as LF. */
static void
to_lf(struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->len; i++)
		if (b->p[i] != '\r' || i + 1 == b->len || b->p[i + 1] != '\n')
			b->p[n++] = b->p[i];
	b->len = n;
}

static void
lf_hashed(struct body_case *c)
{
	struct buf b = { .max = 0 };

	canon_to(c, c->canon, c->body, &b);
	to_lf(&b);
	try_raw(c, buf_view(&b));
	buf_clear(&b);
	buf_slice(&b, c->body);
	to_lf(&b);
	try_raw(c, buf_view(&b));
	buf_release(&b);
}

static void
final_crlf_missing(struct body_case *c)
{
	struct buf b = { .max = 0 };

	canon_to(c, c->canon, c->body, &b);
	if (b.len >= 2)
		try_raw(c, slice_sub(buf_view(&b), 0, b.len - 2));
	buf_release(&b);
}

/* Lines at the end that are empty; with blanks, too, or without. */
static size_t
empty_lines(struct slice body, bool blanks, size_t *rest)
{
	size_t n = 0;

	while (body.len > 0 && body.p[body.len - 1] == '\n') {
		size_t at = body.len - 1;

		at -= at > 0 && body.p[at - 1] == '\r';
		while (blanks && at > 0 && ascii_is_wsp(body.p[at - 1]))
			at--;
		if (at > 0 && body.p[at - 1] != '\n')
			break;
		body.len = at;
		n++;
	}
	*rest = body.len;
	return n;
}

/* The canonical body with n more line ends. */
static bool
try_with_lines(struct body_case *c, struct slice body, size_t n)
{
	struct buf b = { .max = 0 };
	bool fits;

	canon_to(c, c->canon, body, &b);
	for (size_t k = 0; k < n && k < 10000; k++)
		buf_text(&b, "\r\n");
	fits = b.failure == BUF_OK && try_raw(c, buf_view(&b));
	buf_release(&b);
	return fits;
}

static void
trailing_lines(struct body_case *c)
{
	size_t rest, n = empty_lines(c->body, true, &rest);

	if (n > 0 && !try_with_lines(c, c->body, n) && n > 1)
		try_with_lines(c, c->body, 1);
}

static void
blank_tail(struct body_case *c)
{
	size_t rest, all;

	empty_lines(c->body, false, &rest);
	struct slice body = slice_sub(c->body, 0, rest);

	all = empty_lines(body, true, &rest);
	if (all > 0 && c->canon == CANON_RELAXED)
		try_with_lines(c, body, all);
}

/* The body with every line changed by a function. */
static void
each_line(struct body_case *c, struct buf *b,
    void (*line)(struct buf *, struct slice text, struct slice end))
{
	struct slice rest = c->body, whole;

	search_pay(c->s, (uint64_t)COST_MADE * c->body.len);
	while (mime_line(&rest, &whole)) {
		size_t n = whole.len;

		n -= n > 0 && whole.p[n - 1] == '\n';
		n -= n < whole.len && n > 0 && whole.p[n - 1] == '\r';
		line(b, slice_sub(whole, 0, n), slice_sub(whole, n, whole.len));
	}
	if (b->failure != BUF_OK)
		search_memory(c->s);
}

/* All of the body is what a function makes of its lines. */
static bool
try_lines(struct body_case *c,
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

static void
put_line(struct buf *b, struct slice text, struct slice end)
{
	buf_slice(b, text);
	buf_slice(b, end);
}

static void
line_dotted(struct buf *b, struct slice text, struct slice end)
{
	if (text.len > 0 && text.p[0] == '.')
		buf_char(b, '.');
	put_line(b, text, end);
}

static void
dot_stuffed(struct body_case *c)
{
	try_lines(c, line_dotted);
}

static void
headers_hashed(struct body_case *c)
{
	static const char *const sets[] = { "content-type ",
		"content-transfer-encoding ",
		"content-type content-transfer-encoding ",
		"mime-version content-type content-transfer-encoding ",
		"" /* the empty line alone */ };
	const struct message *m = c->s->m;

	for (size_t k = 0; k < 2 * sizeof sets / sizeof *sets; k++) {
		struct buf b = { .max = 0 };

		for (size_t i = 0; i < m->nfields; i++) {
			struct slice rest = slice_of(sets[k / 2]), name;

			if (slice_eq_nocase(slice_sub(m->field[i].name, 0, 4),
				SLICE("arc-")))
				continue;
			while (slice_cut(&rest, ' ', &name))
				if (name.len > 0 &&
				    slice_eq_nocase(m->field[i].name, name))
					buf_slice(&b, m->field[i].raw);
		}
		if (k % 2 == 0 && (b.len > 0 || sets[k / 2][0] == '\0'))
			buf_text(&b, m->crlf ? "\r\n" : "\n");
		struct slice kept = search_keep(c->s, &b);

		buf_release(&b);
		if (kept.p == NULL ||
		    (kept.len > 0 && body_try_one(c, 0, 0, kept)))
			return;
	}
}

/* ------------------------------------------------------------------------
 * What others may have done to lines. */

/* Text that sets the domain of a hop, or one above it, in an appendix. */
static bool
names_domain(struct slice text, struct slice domain)
{
	if (domain.len < 4)
		return false;
	for (size_t i = 0; i + domain.len <= text.len; i++)
		if (slice_eq_nocase(slice_sub(text, i, domain.len), domain))
			return true;
	return false;
}

/* A hop that sealed the body as it had come, and whose own domain stands in
 * what was appended. */
static bool
sealed_before(struct body_case *c, size_t from)
{
	struct search *s = c->s;
	bool same = false;

	for (unsigned k = 1; k < c->i; k++)
		same |= s->ams[k].f != NULL &&
			s->ams[k].f->tags.body_canon == c->canon &&
			slice_eq(s->ams[k].f->tags.body_hash, c->g->body_hash);
	return same && names_domain(
			   slice_sub(c->body, from, c->body.len), c->g->domain);
}

/* Where a footer may begin in a line that had no end when it was appended: at a
 * rule, "___"; 0 if nowhere. */
static size_t
rule_within(struct slice line)
{
	const struct slice rules = SLICE("_-=*#~");
	size_t run = 1;

	for (size_t i = 1; i < line.len; i++) {
		run = line.p[i] == line.p[i - 1] ? run + 1 : 1;
		if (run == 3 && slice_find(rules, line.p[i]) < rules.len)
			return i - 2;
	}
	return 0;
}

/* What is left of the body when something is cut off at its ends. */
struct middle {
	size_t from, to;
};

/* Whether the body fits that ends after so many octets, of which line is hashed
 * on a copy of h. */
static bool
end_fits(struct body_case *c, const struct body_hash *h, struct slice line)
{
	struct body_hash end;

	body_hash_copy(&end, h);
	body_hash_put(&end, line);
	return body_hash_fits(c, &end);
}

/* Every beginning of the body that has least octets, which end a line, by one
 * pass: the canonical form of a line does not depend on what follows, but for
 * empty lines, which wait. */
static bool
find_beginning(struct body_case *c, size_t from, size_t least, struct middle *m)
{
	struct slice rest = slice_sub(c->body, from, c->body.len), line;
	struct body_hash h;
	bool fits = false;

	body_hash_init(&h, c->canon, c->limit);
	h.canon.map = &c->map;
	m->from = from;
	if (least > from && search_may(c->s, least - from)) {
		body_hash_put(&h, slice_sub(c->body, from, least - from));
		rest = slice_sub(c->body, least, c->body.len);
		m->to = least;
		fits = end_fits(c, &h, no_octets);
	}
	while (!fits && !c->s->failed && mime_line(&rest, &line)) {
		size_t at = (size_t)(line.p - c->body.p);
		size_t rule = rule_within(line);

		if (!search_may(c->s, line.len + rule + 64))
			break;
		m->to = at + rule;
		if (rule > 0 &&
		    (fits = end_fits(c, &h, slice_sub(line, 0, rule))))
			break;
		body_hash_put(&h, line);
		at += line.len;
		if (at >= c->body.len || slice_trim(line).len == 0)
			continue;
		m->to = at;
		fits = end_fits(c, &h, no_octets);
	}
	digest_release(&h.d);
	return fits;
}

static void
found_beginning(struct body_case *c, const struct middle *m)
{
	struct edit e[2] = { { 0, m->from, no_octets },
		{ m->to, c->body.len, no_octets } };

	body_found(c, e + (m->from == 0), m->from == 0 ? 1 : 2);
}

static bool
try_beginnings(struct body_case *c, size_t from, size_t least)
{
	struct middle m;

	if (!find_beginning(c, from, least, &m))
		return false;
	found_beginning(c, &m);
	return true;
}

static void
footer(struct body_case *c)
{
	try_beginnings(c, 0, 0);
}

static void
sealed_before_footer(struct body_case *c)
{
	/* Only where the tail speaks of the sealer: else it is a footer of
	 * somebody later. */
	size_t lines = 0, at = c->body.len;

	while (at > 0 && lines < MAX_PREFIX)
		lines += c->body.p[--at] == '\n';
	struct middle m;

	if (!sealed_before(c, at) || !find_beginning(c, 0, 0, &m) ||
	    !names_domain(slice_sub(c->body, m.to, c->body.len), c->g->domain))
		return;
	found_beginning(c, &m);
	if (c->finding != NULL)
		c->finding->domain = c->g->domain;
}

/* Where line n begins; the body's length behind the last. */
static size_t
line_start(struct slice body, size_t n)
{
	size_t at = 0;

	while (n > 0 && at < body.len) {
		at += slice_find(slice_sub(body, at, body.len), '\n') + 1;
		n--;
	}
	return at < body.len ? at : body.len;
}

static bool
is_blank(struct slice s)
{
	return slice_trim(s).len == 0;
}

static void
leading_blank(struct body_case *c)
{
	for (size_t n = 1; n <= MAX_PREFIX; n++) {
		size_t at = line_start(c->body, n);

		if (at >= c->body.len || !is_blank(slice_sub(c->body, 0, at)) ||
		    body_try_one(c, 0, at, no_octets))
			return;
	}
}

/* How far what was put before the text may go: not into a part. */
static size_t
banner_end(const struct body_case *c)
{
	return c->mime.nparts > 0 ? c->mime.first : c->body.len;
}

static void
banner(struct body_case *c)
{
	for (size_t n = 1; n <= MAX_PREFIX; n++) {
		size_t at = line_start(c->body, n);

		if (at > banner_end(c) || at >= c->body.len ||
		    body_try_one(c, 0, at, no_octets))
			return;
	}
}

static void
line_unstuffed(struct buf *b, struct slice text, struct slice end)
{
	size_t n = 0;

	while (n < text.len && text.p[n] == '>')
		n++;
	if (n > 0 && slice_starts(slice_sub(text, n, text.len), SLICE("From ")))
		text = slice_sub(text, 1, text.len);
	put_line(b, text, end);
}

static void
line_stuffed(struct buf *b, struct slice text, struct slice end)
{
	if (slice_starts(text, SLICE("From ")))
		buf_char(b, '>');
	put_line(b, text, end);
}

static void
from_stuffed(struct body_case *c)
{
	if (!try_lines(c, line_unstuffed))
		try_lines(c, line_stuffed);
}

static void
line_undotted(struct buf *b, struct slice text, struct slice end)
{
	if (slice_starts(text, SLICE("..")))
		text = slice_sub(text, 1, text.len);
	put_line(b, text, end);
}

static void
dots_doubled(struct body_case *c)
{
	try_lines(c, line_undotted);
}

static void
line_sigdash(struct buf *b, struct slice text, struct slice end)
{
	buf_slice(b, text);
	if (slice_eq(text, SLICE("--")))
		buf_char(b, ' ');
	buf_slice(b, end);
}

static void
sigdash_trimmed(struct body_case *c)
{
	if (c->canon == CANON_SIMPLE)
		try_lines(c, line_sigdash);
}

static void
line_bare(struct buf *b, struct slice text, struct slice end)
{
	while (text.len > 0 && ascii_is_wsp(text.p[text.len - 1]))
		text.len--;
	put_line(b, text, end);
}

/* "-- " is a signature's mark, and had its blank from the start. */
static void
line_bare_but_mark(struct buf *b, struct slice text, struct slice end)
{
	if (slice_eq(text, SLICE("-- ")))
		put_line(b, text, end);
	else
		line_bare(b, text, end);
}

static void
trailing_space(struct body_case *c)
{
	if (c->canon == CANON_SIMPLE && !try_lines(c, line_bare))
		try_lines(c, line_bare_but_mark);
}

/* A line that goes on with the one before it, less the blank that was put there
 * when put is true. */
static void
line_joined(struct buf *b, struct slice text, struct slice end, bool put)
{
	bool broken = b->len > 0 && b->p[b->len - 1] == '\0';

	if (broken) {
		b->len--;
		if (put && text.len > 0 && text.p[0] == ' ')
			text = slice_sub(text, 1, text.len);
		else
			broken = false;
	}
	buf_slice(b, text);
	/* A mark that the next line belongs to this one. */
	if (text.len + broken >= 980 &&
	    (text.len == 998 || text.len == 990 || text.len == 997 ||
		text.len == 989 || text.len == 1000))
		buf_char(b, '\0');
	else
		buf_slice(b, end);
}

static void
line_with_blank(struct buf *b, struct slice text, struct slice end)
{
	line_joined(b, text, end, true);
}

static void
line_without_blank(struct buf *b, struct slice text, struct slice end)
{
	line_joined(b, text, end, false);
}

static void
long_lines(struct body_case *c)
{
	if (!try_lines(c, line_with_blank))
		try_lines(c, line_without_blank);
}

/* ------------------------------------------------------------------------
 * The rows, cheap ones and certain ones first. */

static const struct body_row rows[] = {
	{ CAUSE_SIG_C_MISSING, c_missing },
	{ CAUSE_BODY_EMPTY_HASHED, empty_hashed },
	{ CAUSE_BODY_CANON_OF_HEADER_USED, other_canon },
	{ CAUSE_BODY_L_IGNORED_BY_SIGNER, l_ignored },
	{ CAUSE_BODY_LF_HASHED, lf_hashed },
	{ CAUSE_BODY_FINAL_CRLF_MISSING, final_crlf_missing },
	{ CAUSE_BODY_BLANK_TAIL_HASHED, blank_tail },
	{ CAUSE_BODY_TRAILING_LINES_HASHED, trailing_lines },
	{ CAUSE_BODY_DOT_STUFFED_HASHED, dot_stuffed },
	{ CAUSE_BODY_HEADERS_HASHED, headers_hashed },
	{ CAUSE_BODY_SEALED_BEFORE_FOOTER, sealed_before_footer },
	{ CAUSE_BODY_FOOTER_APPENDED, footer },
	{ CAUSE_BODY_FROM_STUFFED, from_stuffed },
	{ CAUSE_BODY_DOTS_DOUBLED, dots_doubled },
	{ CAUSE_BODY_LONG_LINES_BROKEN, long_lines },
	{ CAUSE_BODY_SIGDASH_TRIMMED, sigdash_trimmed },
	{ CAUSE_BODY_TRAILING_SPACE_ADDED, trailing_space },
	{ CAUSE_BODY_LEADING_BLANK, leading_blank },
	{ CAUSE_BODY_BANNER_PREPENDED, banner },
};

/* Lines put before the text and others behind it: after all that is simpler. */
static void
banner_and_footer(struct body_case *c)
{
	size_t least = c->body.len, lines = 0;

	while (least > 0 && lines < MAX_FOOTER)
		lines += c->body.p[--least] == '\n';
	least += least > 0;
	for (size_t n = 1; n <= MAX_PREFIX && !c->found; n++) {
		size_t at = line_start(c->body, n);

		if (at > banner_end(c) || at >= c->body.len || c->s->spent ||
		    c->s->failed)
			return;
		c->cause = CAUSE_BODY_FOOTER_APPENDED;
		if (!try_beginnings(c, at, at > least ? at : least))
			continue;
		enum cause_id causes[] = { CAUSE_BODY_BANNER_PREPENDED,
			CAUSE_BODY_FOOTER_APPENDED };

		body_split(c, causes, 2);
	}
}

void
explain_body_ends(struct body_case *c)
{
	static const struct body_row ends[] = {
		{ CAUSE_BODY_FOOTER_APPENDED, footer },
		{ CAUSE_BODY_BANNER_PREPENDED, banner },
	};

	for (size_t k = 0; k < 2 && !c->found; k++) {
		c->cause = ends[k].cause;
		ends[k].try(c);
	}
	if (!c->found)
		banner_and_footer(c);
}

static void
run_rows(struct body_case *c, const struct body_row *row, size_t n)
{
	struct step step;

	for (size_t r = 0; r < n && !c->found && !search_over(c->s); r++) {
		c->cause = row[r].cause;
		if (!step_begin(c->s, &step))
			return;
		row[r].try(c);
		step_end(c->s, &step);
	}
}

/* ------------------------------------------------------------------------
 * What is not bh= of anything. */

/* bh= of 20 octets, which the tags' rules refuse. */
static void
sha1_used(struct search *s, unsigned i)
{
	const struct sigfield *f = s->ams[i].f;
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
		finding_new(s, CAUSE_BODY_BH_SHA1,
		    memcmp(out, octets.p, sizeof out) == 0 ? EXPLAIN_PROVED
							   : EXPLAIN_FACT,
		    PLACE_BH, i);
	buf_release(&b);
}

static bool
same_hash(struct search *s, void *ctx, unsigned k)
{
	const struct sigtags *a = &s->ams[k].f->tags;
	const struct sigtags *b = &s->ams[*(unsigned *)ctx].f->tags;

	return a->body_canon == b->body_canon && !a->has_length &&
	       !b->has_length && slice_eq(a->body_hash, b->body_hash);
}

static bool
other_hash(struct search *s, void *ctx, unsigned k)
{
	const struct sigtags *a = &s->ams[k].f->tags;
	const struct sigtags *b = &s->ams[*(unsigned *)ctx].f->tags;

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
		for (size_t n = 0; n < sizeof marks / sizeof *marks; n++)
			if (names_domain(
				c->mime.part[k].header, slice_of(marks[n])))
				return true;
	return false;
}

/* l= says more octets than there are. */
static void
cut_off(struct body_case *c)
{
	const struct diag *why = &c->s->verdict->ams[c->i].why;
	struct finding *f = finding_new(
	    c->s, CAUSE_BODY_TRUNCATED, EXPLAIN_FACT, PLACE_BH, c->i);

	if (f == NULL)
		return;
	snprintf(f->detail, sizeof f->detail, "%s", why->detail);
	explain_place_change(c->s, f, c->i, body_as_now, NULL, NULL);
}

static void
unexplained(struct body_case *c)
{
	struct search *s = c->s;

	if (s->verdict->ams[c->i].why.code == DIAG_BODY_LENGTH) {
		cut_off(c);
		return;
	}
	if (finding_above(s, PLACE_BH, c->i))
		return;
	if (s->body.len == 0) {
		finding_new(
		    s, CAUSE_BODY_MISSING, EXPLAIN_FACT, PLACE_BH, c->i);
		return;
	}
	struct finding *f = finding_new(s,
	    has_replacement(c) ? CAUSE_BODY_ATTACHMENT_REPLACED
			       : CAUSE_BODY_CHANGED,
	    EXPLAIN_INDICATED, PLACE_BH, c->i);
	unsigned fits = 0;

	if (f == NULL)
		return;
	explain_place_change(s, f, c->i, other_hash, same_hash, &c->i);
	for (unsigned k = 1; k < c->i; k++)
		if (s->ams[k].f != NULL && s->ams[k].body_holds)
			fits = k;
	if (fits > 0)
		snprintf(f->detail, sizeof f->detail,
		    "the body fits i=%u still: rather the signer of i=%u "
		    "hashed "
		    "something else",
		    fits, c->i);
}

/* ------------------------------------------------------------------------
 * All of it. */

/* A newer set that was searched, for the same hash of the same body; or 0. */
static unsigned
searched_above(const struct search *s, unsigned i)
{
	for (unsigned k = i + 1; k <= s->chain->n; k++)
		if (s->out->ams[k].agree == i &&
		    s->ams[k].f->problem.code != DIAG_CANONICALIZATION)
			return k;
	return 0;
}

/* Whether what was found of set k, and what not, is the same of this one: not
 * where it is about the hop. */
static bool
same_as(const struct body_case *c, unsigned k)
{
	const struct explanation *e = c->s->out;

	for (size_t n = 0; n < e->n; n++) {
		const struct finding *f = &e->finding[n];

		if (f->place == PLACE_BH && f->instance == k &&
		    f->level == EXPLAIN_PROVED &&
		    (cause_info(f->cause)->role != ROLE_MODIFIER ||
			f->cause == CAUSE_BODY_SEALED_BEFORE_FOOTER))
			return false;
	}
	return true;
}

static void
found_as(struct body_case *c, unsigned k)
{
	struct explanation *e = c->s->out;
	unsigned theirs = 0, ours = 0;
	size_t all = e->n;

	for (size_t n = 0; n < all; n++) {
		const struct finding *f = &e->finding[n];

		if (f->place != PLACE_BH || f->instance != k ||
		    f->level != EXPLAIN_PROVED)
			continue;
		struct finding *mine =
		    finding_new(c->s, f->cause, f->level, f->place, c->i);

		/* What belongs together there does so here. */
		if (mine == NULL && c->found && f->group == theirs)
			finding_drop(c->s, all, ours);
		if (mine == NULL)
			return;
		if (!c->found || f->group != theirs)
			ours = mine->group;
		theirs = f->group;
		*mine = *f;
		mine->instance = c->i;
		mine->group = ours;
		c->found = true;
	}
}

static void
search_body(struct body_case *c)
{
	struct search *s = c->s;

	body_begin(c, s->encoding);
	run_rows(c, rows, sizeof rows / sizeof *rows);
	/* All of the text is converted after what is simpler. */
	const struct body_row *row =
	    explain_mime_row(CAUSE_BODY_CHARSET_CONVERTED);
	size_t late = (size_t)(row - explain_mime_rows);

	run_rows(c, explain_mime_rows, late);
	if (!c->found && !s->failed)
		banner_and_footer(c);
	run_rows(c, row, explain_mime_nrows - late);
	if (!c->found && !s->failed)
		explain_twice(c);
}

void
explain_body(struct search *s, unsigned i)
{
	const struct sigtags *g = &s->ams[i].f->tags;

	if (g->body_hash.len != DIGEST_SIZE) {
		sha1_used(s, i);
		return;
	}
	struct body_case *c = arena_alloc(s->arena, sizeof *c);

	if (c == NULL) {
		search_memory(s);
		return;
	}
	*c = (struct body_case){ .s = s,
		.i = i,
		.g = g,
		.body = s->body,
		.canon = g->body_canon,
		.limit = g->has_length ? g->length : UINT64_MAX };
	memcpy(c->want, g->body_hash.p, DIGEST_SIZE);
	/* What is not known of a newer body is less likely of an older one. */
	search_begin(
	    s, finding_above(s, PLACE_BH, i) ? BODY_OCTETS / 8 : BODY_OCTETS);
	if (s->body.len > MAX_BODY) {
		s->out->spent = true;
		return;
	}
	unsigned k = searched_above(s, i);

	if (k > 0 && same_as(c, k))
		found_as(c, k);
	else
		search_body(c);
	if (!c->found && !s->failed)
		unexplained(c);
	body_release(c);
}
