/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "mail/mime.h"
#include "why/body_hash.h"
#include "why/body_lines.h"
#include "why/evidence.h"
#include "why/body_text.h"
#include "why/body_try.h"
#include "why/known.h"

enum {
	BLANK_OCTETS = 8 << 20, /* hashed for an empty line, a row */
	MAX_PREFIX = 60,	/* lines put before the text */
	MAX_FOOTER = 200, /* lines put behind the text, besides a banner */
};

bool
names_domain(struct slice text, struct slice domain)
{
	if (domain.len < 4)
		return false;
	for (size_t i = 0; i + domain.len <= text.len; i++)
		if (slice_eq_nocase(slice_sub(text, i, domain.len), domain))
			return true;
	return false;
}

/* What was cut off says more: it names the sealer, or is another message. */
static void
read_footer(struct body_case *c)
{
	struct finding *f = c->finding;
	char q[DIAG_QUOTED], name[KNOWN_NAME];

	if (f == NULL || f->nchanges == 0)
		return;
	const struct slice text = f->change[f->nchanges - 1].is;

	if (evidence_next_message(text)) {
		f->cause = CAUSE_BODY_NEXT_MBOX_MESSAGE;
		return;
	}
	if (names_domain(text, c->g->domain))
		snprintf(f->detail, sizeof f->detail,
		    "it names %.60s, the %s of %s, which may have "
		    "appended it after %s",
		    diag_quote(c->g->domain, q),
		    c->k->instance > 0 ? "sealer" : "signer",
		    known_name(c->k, name),
		    c->k->instance > 0 ? "sealing" : "signing");
}

/* Where a body_footer may begin in a line that had no end when it was appended:
 * at a rule, "___"; 0 if nowhere. */
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
		fits = end_fits(c, &h, SLICE_NONE);
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
		fits = end_fits(c, &h, SLICE_NONE);
	}
	digest_release(&h.d);
	return fits;
}

static void
found_beginning(struct body_case *c, const struct middle *m)
{
	struct edit e[2] = { { 0, m->from, SLICE_NONE },
		{ m->to, c->body.len, SLICE_NONE } };

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

void
body_footer(struct body_case *c)
{
	if (try_beginnings(c, 0, 0))
		read_footer(c);
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

void
body_leading_blank(struct body_case *c)
{
	for (size_t n = 1; n <= MAX_PREFIX; n++) {
		size_t at = line_start(c->body, n);

		if (at >= c->body.len || !is_blank(slice_sub(c->body, 0, at)) ||
		    body_try_one(c, 0, at, SLICE_NONE))
			return;
	}
}

/* An empty line was lost: it is put back before each line there is. */
void
body_blank_removed(struct body_case *c)
{
	const struct slice end = c->s->m->crlf ? SLICE("\r\n") : SLICE("\n");
	uint64_t room = with_effort(c->s, BLANK_OCTETS);

	for (size_t at = 0; at < c->body.len && !c->found;) {
		if (room < c->body.len - at || c->s->spent || search_over(c->s))
			return;
		room -= c->body.len - at;
		body_try_one(c, at, at, end);
		at += slice_find(slice_sub(c->body, at, c->body.len), '\n') + 1;
	}
}

/* One came in: each there is, the last of a run, is taken out. */
void
body_blank_added(struct body_case *c)
{
	uint64_t room = with_effort(c->s, BLANK_OCTETS);
	size_t end;

	for (size_t at = 0; at < c->body.len && !c->found; at = end) {
		struct slice rest = slice_sub(c->body, at, c->body.len);

		end = at + slice_find(rest, '\n') + 1;
		if (end > c->body.len ||
		    !is_blank(slice_sub(c->body, at, end - at)) ||
		    (end < c->body.len &&
			(c->body.p[end] == '\n' || c->body.p[end] == '\r')))
			continue;
		if (room < rest.len || c->s->spent || search_over(c->s))
			return;
		room -= rest.len;
		body_try_one(c, at, end, SLICE_NONE);
	}
}

/* How far what was put before the text may go: not into a part. */
static size_t
banner_end(const struct body_case *c)
{
	return c->mime.nparts > 0 ? c->mime.first : c->body.len;
}

void
body_banner(struct body_case *c)
{
	for (size_t n = 1; n <= MAX_PREFIX; n++) {
		size_t at = line_start(c->body, n);

		if (at > banner_end(c) || at >= c->body.len ||
		    body_try_one(c, 0, at, SLICE_NONE))
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
	body_put_line(b, text, end);
}

static void
line_stuffed(struct buf *b, struct slice text, struct slice end)
{
	if (slice_starts(text, SLICE("From ")))
		buf_char(b, '>');
	body_put_line(b, text, end);
}

void
body_unstuff(struct body_case *c, struct buf *b)
{
	struct slice rest = c->body, whole;

	while (mime_line(&rest, &whole)) {
		size_t n = slice_line_end(whole);

		line_unstuffed(b, slice_sub(whole, 0, whole.len - n),
		    slice_sub(whole, whole.len - n, whole.len));
	}
}

void
body_from_stuffed(struct body_case *c)
{
	if (!body_try_lines(c, line_unstuffed))
		body_try_lines(c, line_stuffed);
}

static void
line_undotted(struct buf *b, struct slice text, struct slice end)
{
	if (slice_starts(text, SLICE("..")))
		text = slice_sub(text, 1, text.len);
	body_put_line(b, text, end);
}

void
body_dots_doubled(struct body_case *c)
{
	body_try_lines(c, line_undotted);
}

static void
line_sigdash(struct buf *b, struct slice text, struct slice end)
{
	buf_slice(b, text);
	if (slice_eq(text, SLICE("--")))
		buf_char(b, ' ');
	buf_slice(b, end);
}

void
body_sigdash_trimmed(struct body_case *c)
{
	if (c->canon == CANON_SIMPLE)
		body_try_lines(c, line_sigdash);
}

static void
line_bare(struct buf *b, struct slice text, struct slice end)
{
	while (text.len > 0 && ascii_is_wsp(text.p[text.len - 1]))
		text.len--;
	body_put_line(b, text, end);
}

/* "-- " is a signature's mark, and had its blank from the start. */
static void
line_bare_but_mark(struct buf *b, struct slice text, struct slice end)
{
	if (slice_eq(text, SLICE("-- ")))
		body_put_line(b, text, end);
	else
		line_bare(b, text, end);
}

void
body_trailing_space(struct body_case *c)
{
	if (c->canon == CANON_SIMPLE && !body_try_lines(c, line_bare))
		body_try_lines(c, line_bare_but_mark);
}

/* A line that goes on with the one before it, less the blank that was put there
 * when put is true. */
static void
line_joined(struct buf *b, struct slice text, struct slice end, bool put)
{
	if (b->len > 0 && b->p[b->len - 1] == '\0') {
		b->len--;
		if (put && text.len > 0 && text.p[0] == ' ')
			text = slice_sub(text, 1, text.len);
	}
	buf_slice(b, text);
	/* A mark that the next line belongs to this one. */
	if (evidence_line_broken(text.len))
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

void
body_long_lines(struct body_case *c)
{
	if (!body_try_lines(c, line_with_blank))
		body_try_lines(c, line_without_blank);
}

void
body_banner_and_footer(struct body_case *c)
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
body_ends(struct body_case *c)
{
	static const struct body_row ends[] = {
		{ CAUSE_BODY_FOOTER_APPENDED, body_footer },
		{ CAUSE_BODY_BANNER_PREPENDED, body_banner },
	};

	for (size_t k = 0; k < 2 && !c->found; k++) {
		c->cause = ends[k].cause;
		ends[k].try(c);
	}
	if (!c->found)
		body_banner_and_footer(c);
}
