/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "dkim/canon.h"

enum {
	OCTETS_A_CARE = 32, /* of a body whose places are kept, at least */
};

static const char crlf_block[] = "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
				 "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n";

/* Sixteen octets at once; the compiler knows how on every machine. */
typedef unsigned char octets16 __attribute__((vector_size(16)));

static octets16
octets16_at(const char *p)
{
	octets16 v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* The place of the first that is 0xff and not 0; 16 when none is. */
static size_t
octets16_first(octets16 v)
{
#ifdef __SSE2__
	unsigned bits = (unsigned)__builtin_ia32_pmovmskb128(
	    (char __attribute__((vector_size(16))))v);

	return bits == 0 ? sizeof v : (size_t)__builtin_ctz(bits);
#else
	uint64_t half[2];
	size_t i = 0;

	memcpy(half, &v, sizeof half);
	if ((half[0] | half[1]) == 0)
		return sizeof v;
	while (v[i] == 0)
		i++;
	return i;
#endif
}

/* Those that are a space with no white space nor control behind it. */
static octets16
single_spaces(octets16 here, octets16 next)
{
	return (octets16)(here == ' ') & (octets16)(next > ' ');
}

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
put_lower(struct gather *few, const struct sink *sink, struct slice name)
{
	char lower[64];

	while (name.len > 0) {
		size_t n = name.len < sizeof lower ? name.len : sizeof lower;

		for (size_t i = 0; i < n; i++)
			lower[i] = ascii_lower(name.p[i]);
		if (gather_put(few, sink, lower, n) != 0)
			return -1;
		name = slice_sub(name, n, name.len);
	}
	return 0;
}

/* Relaxed values (3.4.2) on their way, as b= may cut one in two. */
struct relaxed {
	const struct sink *sink;
	struct gather few;
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

/* White space that is not put as it stands: all but one space between words. */
static bool
wsp_changes(struct slice s, size_t i)
{
	return wsp_at(s, i) &&
	       (s.p[i] != ' ' || i + 1 == s.len || wsp_at(s, i + 1));
}

/* The first white space from i on that changes; s.len for none. */
static size_t
find_wsp(struct slice s, size_t i)
{
	while (s.len - i > sizeof(octets16)) {
		octets16 here = octets16_at(s.p + i);
		octets16 next = octets16_at(s.p + i + 1);
		size_t free = octets16_first(
		    (octets16)(here <= ' ') & ~single_spaces(here, next));

		i += free;
		if (free < sizeof here && wsp_changes(s, i))
			return i;
		i += free < sizeof here;
	}
	while (i < s.len && !wsp_changes(s, i))
		i++;
	return i;
}

static int
put_relaxed(struct relaxed *r, struct slice s)
{
	for (size_t i = 0, from; i < s.len;) {
		if (wsp_at(s, i)) {
			r->wsp = true;
			i++;
			continue;
		}
		from = i;
		i = find_wsp(s, i);
		if (r->wsp && r->begun &&
		    gather_put(&r->few, r->sink, " ", 1) != 0)
			return -1;
		if (gather_put(&r->few, r->sink, s.p + from, i - from) != 0)
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

		if (put_lower(&r.few, sink, f->name) != 0 ||
		    gather_put(&r.few, sink, ":", 1) != 0 ||
		    put_relaxed(&r, head) != 0 || put_relaxed(&r, tail) != 0 ||
		    (crlf && gather_put(&r.few, sink, "\r\n", 2) != 0))
			return -1;
		return gather_flush(&r.few, sink);
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
	return gather_put(&c->few, &c->out, p, n);
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
	c->bare_cr = true;
	return body_flush(c) != 0 || body_put(c, "\r", 1) != 0 ? -1 : 0;
}

/* An octet that is more than itself: part of a line end, or white space where
 * that is rewritten. */
static bool
is_special(bool relaxed, char ch)
{
	return ch == '\n' || ch == '\r' || (relaxed && ascii_is_wsp(ch));
}

/* Whether here, between two others, is not put as it stands, or not yet: a line
 * end other than CRLF, an empty line, a CR that ends no line, white space that
 * would change. */
static bool
wants_care(char before, char here, char next, bool relaxed)
{
	switch (here) {
	case '\n': return before != '\r';
	case '\r': return before == '\n' || next != '\n';
	case '\t': return relaxed;
	case ' ': return relaxed && is_special(true, next);
	default: return false;
	}
}

/* The first of sixteen octets that wants_care() is true of, or perhaps; 16 for
 * none. */
static size_t
first_wants_care(const char *p, bool relaxed)
{
	octets16 here = octets16_at(p);
	octets16 low = (octets16)(here <= ' ');

	if (octets16_first(low) == sizeof low)
		return sizeof low;
	octets16 before = octets16_at(p - 1), next = octets16_at(p + 1);
	octets16 cr = (octets16)(here == '\r'), lf = (octets16)(here == '\n');
	octets16 good_cr =
	    cr & (octets16)(next == '\n') & ~(octets16)(before == '\n');
	octets16 good_lf = lf & (octets16)(before == '\r');
	octets16 single = single_spaces(here, next);

	return octets16_first(relaxed ? low & ~(good_cr | good_lf | single)
				      : (cr | lf) & ~(good_cr | good_lf));
}

/* The first place from i on that wants care, or whose neighbours are not at
 * hand; i > 0. */
static size_t
find_care(bool relaxed, const char *p, size_t i, size_t n)
{
	while (n - i > sizeof(octets16)) {
		size_t free = first_wants_care(p + i, relaxed);

		i += free;
		if (free == sizeof(octets16))
			continue;
		if (wants_care(p[i - 1], p[i], p[i + 1], relaxed))
			return i;
		i++;
	}
	while (i + 1 < n && !wants_care(p[i - 1], p[i], p[i + 1], relaxed))
		i++;
	return i;
}

int
canon_map_make(struct canon_map *m, enum canon canon, struct slice body,
    struct arena *arena)
{
	bool relaxed = canon == CANON_RELAXED;
	size_t most = body.len / OCTETS_A_CARE, n = 0;

	*m = (struct canon_map){ .n = 0 };
	if (most == 0 || body.len > UINT32_MAX)
		return 0;
	uint32_t *care = arena_array(arena, most, sizeof *care);

	if (care == NULL)
		return -1;
	for (size_t i = 1;
	     (i = find_care(relaxed, body.p, i, body.len)) + 1 < body.len;
	     i++) {
		if (n == most)
			return 0;
		care[n++] = (uint32_t)i;
	}
	*m = (struct canon_map){ body, care, n };
	return 0;
}

/* find_care(), by what is known of the octets. */
static size_t
next_care(const struct canon_body *c, const char *p, size_t i, size_t n)
{
	const struct canon_map *m = c->map;
	uintptr_t at = (uintptr_t)p;
	uintptr_t body = m != NULL ? (uintptr_t)m->body.p : 0;

	if (body == 0 || at < body || at + n > body + m->body.len || i + 1 >= n)
		return find_care(c->canon == CANON_RELAXED, p, i, n);
	size_t first = 0, behind = m->n;

	while (first < behind) {
		size_t middle = first + (behind - first) / 2;

		if (m->care[middle] < at - body + i)
			first = middle + 1;
		else
			behind = middle;
	}
	if (first == m->n || m->care[first] - (at - body) > n - 1)
		return n - 1;
	return m->care[first] - (at - body);
}

/* How many octets from p, where there are n, are put as they stand; no CR is
 * waiting.  Never ends between CR and LF. */
static size_t
unchanged(const struct canon_body *c, const char *p, size_t n)
{
	bool relaxed = c->canon == CANON_RELAXED, alone = n == 1 || c->wsp;

	if (alone ? is_special(relaxed, p[0])
		  : wants_care(c->line ? 'x' : '\n', p[0], p[1], relaxed))
		return 0;
	size_t i = next_care(c, p, 1, n);

	/* One empty line, of which it is known that the body goes on. */
	while (i + 2 < n && p[i - 1] == '\n' && p[i] == '\r' &&
	       p[i + 1] == '\n' && !is_special(relaxed, p[i + 2]))
		i = next_care(c, p, i + 2, n);
	/* Of the last octet it is not known what follows. */
	if (i + 1 == n &&
	    (!is_special(relaxed, p[i]) || (p[i] == '\n' && p[i - 1] == '\r')))
		i++;
	return i;
}

/* White space that changes; returns how much of it is done with.  Where its
 * last octet can stand for all, and before a line end, nothing stays open, so
 * that the next run begins with octets of the input. */
static size_t
body_white_space(struct canon_body *c, const char *p, size_t n)
{
	size_t end = 1;

	while (end < n && ascii_is_wsp(p[end]))
		end++;
	c->wsp = false;
	if (end < n && p[end - 1] == ' ' && !is_special(true, p[end]))
		return end - 1;
	c->wsp =
	    !c->line || end + 1 >= n || p[end] != '\r' || p[end + 1] != '\n';
	return end;
}

/* How many octets from p are line ends, and nothing but. */
static size_t
line_ends(const char *p, size_t n)
{
	size_t end = 0, block = sizeof crlf_block - 1;

	if (p[0] == '\n') {
		while (end < n && p[end] == '\n')
			end++;
		return end;
	}
	while (n - end >= block && memcmp(p + end, crlf_block, block) == 0)
		end += block;
	while (n - end >= 2 && p[end] == '\r' && p[end + 1] == '\n')
		end += 2;
	return end;
}

/* The octets at p, which are not put as they stand: white space, or the end of
 * a line and the empty ones behind it. */
static int
body_special(struct canon_body *c, const char *p, size_t n, size_t *taken)
{
	if (p[0] != '\n' && p[0] != '\r') {
		*taken = body_white_space(c, p, n);
		return 0;
	}
	*taken = line_ends(p, n);
	if (*taken == 0) {
		*taken = 1;
		c->cr = true;
		return 0;
	}
	c->empty_lines += (p[0] == '\n' ? *taken : *taken / 2) - 1;
	return body_line_end(c);
}

int
canon_body_put(struct canon_body *c, const char *p, size_t n)
{
	for (size_t taken; n > 0; p += taken, n -= taken) {
		if (c->cr && p[0] != '\n' && body_bare_cr(c) != 0)
			return -1;
		taken = c->cr ? 0 : unchanged(c, p, n);
		if (taken == 0) {
			if (body_special(c, p, n, &taken) != 0)
				return -1;
			continue;
		}
		if (body_flush(c) != 0 || body_put(c, p, taken) != 0)
			return -1;
		c->line = p[taken - 1] != '\n';
	}
	return gather_flush(&c->few, &c->out);
}

int
canon_body_end(struct canon_body *c)
{
	if (c->cr && body_bare_cr(c) != 0)
		return -1;
	/* Simple turns no body at all into one empty line (3.4.3); relaxed
	 * leaves nothing (3.4.4). */
	if ((c->line || (c->canon == CANON_SIMPLE && c->put == 0)) &&
	    body_put(c, "\r\n", 2) != 0)
		return -1;
	return gather_flush(&c->few, &c->out);
}
