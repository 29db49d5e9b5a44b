/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "canon.h"

static const char crlf_block[] = "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
				 "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n";

const char *
canon_word(enum canon c)
{
	return c == CANON_RELAXED ? "relaxed" : "simple";
}

/* s with each line end as CRLF. */
static int
put_lines(const struct sink *sink, struct slice s)
{
	size_t from = 0;

	if (s.len == 0)
		return 0; /* NULL + 0 is undefined */
	for (size_t at = 0, nl; at < s.len; at = nl + 1) {
		nl = at + slice_find(slice_sub(s, at, s.len), '\n');
		if (nl >= s.len)
			break;
		if (nl > 0 && s.p[nl - 1] == '\r')
			continue;
		if (sink_put(sink, s.p + from, nl - from) != 0 ||
		    sink_put(sink, "\r\n", 2) != 0)
			return -1;
		from = nl + 1;
	}
	return sink_put(sink, s.p + from, s.len - from);
}

static int
put_lower(const struct sink *sink, struct slice name)
{
	char lower[64];

	while (name.len > 0) {
		size_t n = name.len < sizeof lower ? name.len : sizeof lower;

		for (size_t i = 0; i < n; i++)
			lower[i] = ascii_lower(name.p[i]);
		if (sink_put(sink, lower, n) != 0)
			return -1;
		name = slice_sub(name, n, name.len);
	}
	return 0;
}

/* Relaxed values (3.4.2) on their way, as b= may cut one in two. */
struct relaxed {
	const struct sink *sink;
	bool begun; /* something other than white space was put */
	bool wsp;   /* white space since */
};

/* White space at s.p[i]: a space, a tab, or a line end. */
static bool
wsp_at(struct slice s, size_t i)
{
	return ascii_is_wsp(s.p[i]) || s.p[i] == '\n' ||
	       (s.p[i] == '\r' && i + 1 < s.len && s.p[i + 1] == '\n');
}

static int
put_relaxed(struct relaxed *r, struct slice s)
{
	size_t i = 0;

	while (i < s.len) {
		if (wsp_at(s, i)) {
			r->wsp = true;
			i++;
			continue;
		}
		size_t from = i;

		/* One space between two words is as it should be. */
		while (i < s.len &&
		       (!wsp_at(s, i) || (s.p[i] == ' ' && i + 1 < s.len &&
					     !wsp_at(s, i + 1))))
			i++;
		if (r->wsp && r->begun && sink_put(r->sink, " ", 1) != 0)
			return -1;
		if (sink_put(r->sink, s.p + from, i - from) != 0)
			return -1;
		r->begun = true;
		r->wsp = false;
	}
	return 0;
}

int
canon_header(enum canon canon, const struct field *f, struct slice without,
    bool crlf, const struct sink *sink)
{
	struct slice head = f->value, tail = { NULL, 0 };

	if (without.p != NULL) {
		head.len = (size_t)(without.p - f->value.p);
		tail =
		    slice_sub(f->value, head.len + without.len, f->value.len);
	}
	if (canon == CANON_SIMPLE) {
		struct slice name = { f->raw.p,
			(size_t)(f->value.p - f->raw.p) };

		if (sink_put(sink, name.p, name.len) != 0 ||
		    put_lines(sink, head) != 0 || put_lines(sink, tail) != 0)
			return -1;
	} else {
		struct relaxed r = { .sink = sink };

		if (put_lower(sink, f->name) != 0 ||
		    sink_put(sink, ":", 1) != 0 || put_relaxed(&r, head) != 0 ||
		    put_relaxed(&r, tail) != 0)
			return -1;
	}
	return crlf ? sink_put(sink, "\r\n", 2) : 0;
}

void
canon_body_init(struct canon_body *c, enum canon canon, struct sink out)
{
	*c = (struct canon_body){ .canon = canon, .out = out };
}

static int
body_put(struct canon_body *c, const char *p, size_t n)
{
	c->put += n;
	return sink_put(&c->out, p, n);
}

/* What was held back, now that octets of a line follow. */
static int
body_flush(struct canon_body *c)
{
	while (c->empty_lines > 0) {
		size_t most = (sizeof crlf_block - 1) / 2;
		size_t n =
		    c->empty_lines < most ? (size_t)c->empty_lines : most;

		if (body_put(c, crlf_block, 2 * n) != 0)
			return -1;
		c->empty_lines -= n;
	}
	if (c->wsp && body_put(c, " ", 1) != 0)
		return -1;
	c->wsp = false;
	c->line = true;
	return 0;
}

/* A line end; what is open at the end of a line is dropped. */
static int
body_line_end(struct canon_body *c)
{
	c->cr = false;
	c->wsp = false;
	if (!c->line) {
		c->empty_lines++;
		return 0;
	}
	c->line = false;
	return body_put(c, "\r\n", 2);
}

/* A CR that no LF followed is an octet of its line. */
static int
body_bare_cr(struct canon_body *c)
{
	c->cr = false;
	return body_flush(c) != 0 || body_put(c, "\r", 1) != 0 ? -1 : 0;
}

/* Octets that end the run which can be put as it is. */
static bool
body_is_special(const struct canon_body *c, char ch)
{
	return ch == '\n' || ch == '\r' ||
	       (c->canon == CANON_RELAXED && ascii_is_wsp(ch));
}

/* The next octets, whatever stands open: the way that is always right.
 * Returns how many were taken, 0 when the sink refused. */
static size_t
body_step(struct canon_body *c, const char *p, size_t n)
{
	if (p[0] == '\n')
		return body_line_end(c) == 0;
	if (c->cr && body_bare_cr(c) != 0)
		return 0;
	if (p[0] == '\r') {
		c->cr = true;
		return 1;
	}
	if (c->canon == CANON_RELAXED && ascii_is_wsp(p[0])) {
		c->wsp = true;
		return 1;
	}
	size_t run = 1;

	while (run < n && (!body_is_special(c, p[run]) ||
			      (p[run] == ' ' && run + 1 < n &&
				  !body_is_special(c, p[run + 1]))))
		run++;
	return body_flush(c) == 0 && body_put(c, p, run) == 0 ? run : 0;
}

/* Sixteen octets at once; the compiler knows how on every machine. */
typedef signed char octets16 __attribute__((vector_size(16)));

/* Whether white space among n octets, and one behind them, would change: a
 * tab, or a space before another space or before CR. */
static bool
white_space_changes(const char *p, size_t n)
{
	octets16 bad = { 0 }, here, next;
	unsigned tail = 0;
	size_t i = 0;

	for (; i + sizeof here <= n; i += sizeof here) {
		memcpy(&here, p + i, sizeof here);
		memcpy(&next, p + i + 1, sizeof next);
		bad |= (here == '\t') |
		       ((here == ' ') & ((next == ' ') | (next == '\r')));
	}
	for (; i < n; i++)
		tail |= (unsigned)(p[i] == '\t') |
			((unsigned)(p[i] == ' ') &
			    ((unsigned)(p[i + 1] == ' ') |
				(unsigned)(p[i + 1] == '\r')));
	uint64_t half[2];

	memcpy(half, &bad, sizeof half);
	return (half[0] | half[1] | tail) != 0;
}

/* Whether a whole line, its LF at p[n], is put just as it stands: it has
 * octets, ends in CRLF, and no white space that would change. */
static bool
line_is_canonical(enum canon canon, const char *p, size_t n)
{
	return n >= 2 && p[n - 1] == '\r' &&
	       (canon == CANON_SIMPLE || !white_space_changes(p, n - 1));
}

/* The longest run of lines at the start of p that are put as they stand. */
static size_t
canonical_lines(const struct canon_body *c, const char *p, size_t n)
{
	size_t taken = 0;

	if (c->cr || c->wsp || c->line)
		return 0;
	while (taken < n) {
		const char *nl = memchr(p + taken, '\n', n - taken);

		if (nl == NULL || !line_is_canonical(c->canon, p + taken,
				      (size_t)(nl - p) - taken))
			break;
		taken = (size_t)(nl - p) + 1;
	}
	return taken;
}

int
canon_body_put(struct canon_body *c, const char *p, size_t n)
{
	while (n > 0) {
		size_t taken = canonical_lines(c, p, n);

		if (taken > 0) {
			if (body_flush(c) != 0 || body_put(c, p, taken) != 0)
				return -1;
			c->line = false;
		} else {
			taken = body_step(c, p, n);
			if (taken == 0)
				return -1;
		}
		p += taken;
		n -= taken;
	}
	return 0;
}

int
canon_body_end(struct canon_body *c)
{
	if (c->cr && body_bare_cr(c) != 0)
		return -1;
	/* Simple turns no body at all into one empty line (3.4.3); relaxed
	 * leaves nothing (3.4.4). */
	if (c->line || (c->canon == CANON_SIMPLE && c->put == 0))
		return body_put(c, "\r\n", 2);
	return 0;
}
