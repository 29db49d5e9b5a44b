/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/mime.h"
#include "why/body_hash.h"
#include "why/body_html.h"
#include "why/body_text.h"
#include "why/body_try.h"

enum {
	NEAR_OCTETS = 4000,
	COST_ELEMENT = 2000,	 /* of finding an end within so many */
	MAX_SPANS = 20000,	 /* of HTML */
	MAX_TAGS = 100,		 /* between an element's two */
	MAX_WAYS = 3,		 /* of taking an element out */
	MADE_ELEMENTS = 4 << 20, /* octets of text without one */
};

bool
html_at_word(struct slice s, size_t at, struct slice word)
{
	return at <= s.len && s.len - at >= word.len &&
	       slice_eq_nocase(slice_sub(s, at, word.len), word);
}

/* The name of the tag that begins at at, with its "<" or "</"; no octets where
 * none does. */
static struct slice
tag_name(struct slice text, size_t at)
{
	size_t end = at + 1;

	if (at >= text.len)
		return SLICE_NONE;
	end += end < text.len && text.p[end] == '/';
	while (end < text.len && ascii_is_alnum(text.p[end]))
		end++;
	return ascii_is_alnum(text.p[end - 1]) ? slice_sub(text, at, end - at)
					       : SLICE_NONE;
}

/* Behind the element that begins at at: where its own end tag stands, or behind
 * its only tag; at itself where no element begins. */
static size_t
element_end(struct slice text, size_t at)
{
	struct slice near = slice_sub(text, 0, at + NEAR_OCTETS);
	struct slice name = tag_name(near, at);
	size_t alone = at + slice_find(slice_sub(near, at, near.len), '>') + 1;
	unsigned open = 0, tags = 0;

	if (html_at_word(near, at, SLICE("<!--"))) {
		for (size_t k = at + 6; k < near.len; k++) {
			k += slice_find(slice_sub(near, k, near.len), '>');
			if (k < near.len && near.p[k - 1] == '-' &&
			    near.p[k - 2] == '-')
				return k + 1;
		}
		return at;
	}
	if (name.len < 2 || name.p[1] == '/' || alone > near.len)
		return at;
	for (size_t k = at; k < near.len && tags < MAX_TAGS; k++, tags++) {
		k += slice_find(slice_sub(near, k, near.len), '<');
		struct slice tag = tag_name(near, k);

		if (slice_eq_nocase(tag, name))
			open++;
		else if (tag.p != NULL && tag.len == name.len + 1 &&
			 tag.p[1] == '/' &&
			 slice_eq_nocase(slice_sub(tag, 2, tag.len),
			     slice_sub(name, 1, name.len)) &&
			 --open == 0) {
			k += slice_find(slice_sub(near, k, near.len), '>');
			return k < near.len ? k + 1 : alone;
		}
	}
	return alone;
}

static size_t
line_end_behind(struct slice text, size_t at)
{
	size_t to = at;

	to += to < text.len && text.p[to] == '\r';
	to += to < text.len && text.p[to] == '\n';
	return to - at;
}

/* What may have been put in with an element, the likeliest first: its line
 * where it has one for itself. */
static size_t
element_ways(struct slice text, struct span e, struct span way[MAX_WAYS])
{
	size_t n = 0, before = slice_line_end(slice_sub(text, 0, e.from));
	size_t behind = line_end_behind(text, e.to);
	bool own = behind > 0 && (before > 0 || e.from == 0);

	if (own)
		way[n++] = (struct span){ e.from, e.to + behind };
	way[n++] = e;
	if (!own && before > 0)
		way[n++] = (struct span){ e.from - before, e.to };
	if (!own && behind > 0)
		way[n++] = (struct span){ e.from, e.to + behind };
	return n;
}

/* One way of taking a span out of a part's text; the ways of encode_like(). */
static void
try_without(struct body_case *c, const struct mime_part *p, struct slice text,
    struct span e)
{
	size_t start = part_start(c, p);

	if (p->coded == MIME_IDENTITY)
		body_try_one(c, start + e.from, start + e.to, SLICE_NONE);
	for (unsigned way = 0; part_likeness(c, p, way); way++) {
		struct edit made;
		struct step step;

		if (!step_begin(c->s, &step))
			return;
		if (encode_without(c, p, way, text, e, &made))
			body_try(c, &made, 1);
		step_end(c->s, &step);
	}
}

/* One element, of these or of all, was put into a part. */
static void
elements(struct body_case *c, const struct mime_part *p, struct slice only)
{
	struct slice text = p->content;
	uint64_t room = with_effort(c->s, MADE_ELEMENTS);

	if (p->coded != MIME_IDENTITY && !decode_part(c, p, &text))
		return;
	for (size_t k = 0; k < MAX_WAYS; k++)
		for (size_t at = 0; at < text.len; at++) {
			struct span way[MAX_WAYS];

			at += slice_find(slice_sub(text, at, text.len), '<');
			if (only.len > 0 && !html_at_word(text, at, only))
				continue;
			search_pay(c->s, COST_ELEMENT);
			size_t end = element_end(text, at);

			if (end == at ||
			    k >= element_ways(
				     text, (struct span){ at, end }, way))
				continue;
			if (p->coded != MIME_IDENTITY && room < text.len)
				return;
			room -= p->coded != MIME_IDENTITY ? text.len : 0;
			try_without(c, p, text, way[k]);
			if (c->found || c->s->spent || search_over(c->s))
				return;
		}
}

/* A few elements or lines, next to each other: from a "<" or a line's start to
 * behind a ">" or a line's end. */
static bool
try_spans(struct body_case *c, size_t from, size_t end,
    const struct body_hash *before, size_t *tries)
{
	for (size_t to = from + 1; to <= end && to - from <= NEAR_OCTETS;
	     to++) {
		struct body_hash h;

		if (c->body.p[to - 1] != '>' && c->body.p[to - 1] != '\n')
			continue;
		if (++*tries > with_effort(c->s, MAX_SPANS) ||
		    !search_may(c->s, c->body.len - to + 64))
			return false;
		body_hash_copy(&h, before);
		body_hash_put(&h, slice_sub(c->body, to, c->body.len));
		if (body_hash_fits(c, &h)) {
			struct edit e = { from, to, SLICE_NONE };

			body_found(c, &e, 1);
			return false;
		}
	}
	return true;
}

static void
spans(struct body_case *c, const struct mime_part *p)
{
	struct body_hash h;
	size_t start = part_start(c, p), end = part_stop(c, p);
	size_t put = body_hash_begin(c, &h, start), tries = 0;

	for (size_t at = start; at < end; at++) {
		const char *q = c->body.p + at;

		if (*q != '<' && at > start && q[-1] != '\n' && *q != '\r' &&
		    (*q != '\n' || q[-1] == '\r'))
			continue;
		body_hash_put(&h, slice_sub(c->body, put, at - put));
		put = at;
		search_pay(c->s, NEAR_OCTETS);
		if (!try_spans(c, at, end, &h, &tries))
			break;
	}
	digest_release(&h.d);
}

static void
each_html(struct body_case *c, struct slice only)
{
	if (c->mime.root.html)
		elements(c, &c->mime.root, only);
	for (size_t k = 0; k < c->mime.nparts && !c->found; k++)
		if (c->mime.part[k].html)
			elements(c, &c->mime.part[k], only);
}

void
body_html_meta_added(struct body_case *c)
{
	each_html(c, SLICE("<meta"));
}

void
body_html_inserted(struct body_case *c)
{
	each_html(c, SLICE_NONE);
	if (c->mime.root.html && !c->found)
		spans(c, &c->mime.root);
	for (size_t k = 0; k < c->mime.nparts && !c->found; k++)
		if (c->mime.part[k].html)
			spans(c, &c->mime.part[k]);
}
