/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/mime.h"
#include "why/body_hash.h"
#include "why/body_lines.h"
#include "why/body_signer.h"
#include "why/body_text.h"
#include "why/body_try.h"
#include "why/known.h"

void
body_c_missing(struct body_case *c)
{
	struct body_hash h;

	if (c->g->header_canon != CANON_SIMPLE ||
	    c->g->body_canon != CANON_SIMPLE ||
	    taglist_find(&c->k->f->list, SLICE("c")) != NULL ||
	    !search_may(c->s, c->body.len))
		return;
	body_hash_init(&h, CANON_RELAXED, c->limit);
	body_hash_put(&h, c->body);
	if (body_hash_fits(c, &h))
		body_found_canon(c, CANON_RELAXED, c->limit);
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

	bool older = true;

	for (const struct known *k = known_oldest(s); k != NULL;
	     k = known_newer(s, k)) {
		const struct sigtags *g = &k->f->tags;

		older &= k != c->k;
		if (k == c->k || g->body_canon != CANON_SIMPLE || g->has_length)
			continue;
		if (older && k->body_holds)
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

void
body_other_canon(struct body_case *c)
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
		body_found_canon(c, other, c->limit);
	if (said != BLANKS_THERE) {
		c->found = false;
		c->cause = CAUSE_BODY_SIGDASH_TRIMMED;
		body_sigdash_trimmed(c);
		c->cause = CAUSE_BODY_TRAILING_SPACE_ADDED;
		if (!c->found)
			body_trailing_space(c);
	}
	c->cause = mine;
	if (first && (said == BLANKS_UNKNOWN || !c->found))
		body_found_canon(c, other, c->limit);
	c->found = true;
}

void
body_empty_hashed(struct body_case *c)
{
	if (!body_try_raw(c, SLICE("")))
		body_try_raw(c, SLICE("\r\n"));
}

void
body_l_ignored(struct body_case *c)
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
		body_found_canon(c, c->canon, UINT64_MAX);
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

void
body_lf_hashed(struct body_case *c)
{
	struct buf b = { .max = 0 };

	body_canon(c, c->canon, c->body, &b);
	to_lf(&b);
	body_try_raw(c, buf_view(&b));
	buf_clear(&b);
	buf_slice(&b, c->body);
	to_lf(&b);
	body_try_raw(c, buf_view(&b));
	buf_release(&b);
}

void
body_final_crlf_missing(struct body_case *c)
{
	struct buf b = { .max = 0 };

	body_canon(c, c->canon, c->body, &b);
	if (b.len >= 2)
		body_try_raw(c, slice_sub(buf_view(&b), 0, b.len - 2));
	buf_release(&b);
}

/* Lines at the end that are empty; with blanks, too, or without. */
static size_t
empty_lines(struct slice body, bool blanks, size_t *rest)
{
	size_t n = 0;

	while (slice_line_end(body) > 0) {
		size_t at = body.len - slice_line_end(body);

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

	body_canon(c, c->canon, body, &b);
	for (size_t k = 0; k < n && k < 10000; k++)
		buf_text(&b, "\r\n");
	fits = b.failure == BUF_OK && body_try_raw(c, buf_view(&b));
	buf_release(&b);
	return fits;
}

void
body_trailing_lines(struct body_case *c)
{
	size_t rest, n = empty_lines(c->body, true, &rest);

	if (n > 0 && !try_with_lines(c, c->body, n) && n > 1)
		try_with_lines(c, c->body, 1);
}

void
body_blank_tail(struct body_case *c)
{
	size_t rest, all;

	empty_lines(c->body, false, &rest);
	struct slice body = slice_sub(c->body, 0, rest);

	all = empty_lines(body, true, &rest);
	if (all > 0 && c->canon == CANON_RELAXED)
		try_with_lines(c, body, all);
}

static void
line_dotted(struct buf *b, struct slice text, struct slice end)
{
	if (text.len > 0 && text.p[0] == '.')
		buf_char(b, '.');
	body_put_line(b, text, end);
}

void
body_dot_stuffed(struct body_case *c)
{
	body_try_lines(c, line_dotted);
}

void
body_headers_hashed(struct body_case *c)
{
	static const char *const sets[] = { "content-type ",
		"content-transfer-encoding ",
		"content-type content-transfer-encoding ",
		"mime-version content-type content-transfer-encoding ",
		"" /* the empty line alone */ };
	const struct message *m = c->s->m;

	for (size_t k = 0; k < 2 * ARRAY_LEN(sets); k++) {
		/* These fields are short. */
		struct buf b = { .max = LIMIT_NEW_FIELD };

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
		if (b.failure == BUF_TOO_BIG) {
			buf_release(&b);
			continue;
		}
		struct slice kept = search_keep(c->s, &b);

		buf_release(&b);
		if (kept.p == NULL)
			return;
		if (kept.len == 0 || !body_try_one(c, 0, 0, kept))
			continue;
		/* Fields are not lost from a body. */
		if (c->finding != NULL)
			c->finding->alone = sets[k / 2][0] != '\0';
		return;
	}
}
