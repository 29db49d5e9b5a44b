/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "mail/mime.h"
#include "why/body_hash.h"
#include "why/body_html.h"
#include "why/body_links.h"
#include "why/body_text.h"
#include "why/body_try.h"

enum {
	LINK_WAYS = 3, /* of undoing them */
};

/* Where, in a rewritten link, the address that it leads to begins: behind its
 * own "http", "%" and ":" may be written as the parameter has them. */
static struct slice
inner_link(struct slice url)
{
	static const struct slice marks[] = { { "http%3a", 7 },
		{ "https%3a", 8 }, { "http:", 5 }, { "https:", 6 },
		{ "http-3a", 7 }, { "https-3a", 8 } };
	for (size_t i = 8; i < url.len; i++)
		for (size_t k = 0; k < ARRAY_LEN(marks); k++) {
			if (!html_at_word(url, i, marks[k]))
				continue;
			struct slice rest = slice_sub(url, i, url.len);

			/* ".../v3/__https://example.org/__;!!..." */
			if (url.p[i - 1] == '_')
				for (size_t end = 0; end + 3 <= rest.len; end++)
					if (slice_starts(
						slice_sub(rest, end, rest.len),
						SLICE("__;")))
						return slice_sub(rest, 0, end);
			return slice_sub(rest, 0, slice_find(rest, '&'));
		}
	return SLICE_NONE;
}

/* Whether its colon is written in hexadecimal, and so all of it. */
static bool
find_coded(struct slice value)
{
	return slice_find(value, '%') < slice_find(value, ':');
}

/* An address out of a parameter; way 2 undoes "-3A" and "_" as well. */
static bool
link_target(struct slice url, unsigned way, bool html, struct buf *out)
{
	struct slice value = inner_link(url);
	bool coded_colon = find_coded(value);

	for (size_t i = 0; i < value.len; i++) {
		bool coded = (coded_colon && value.p[i] == '%') ||
			     (way == 2 && value.p[i] == '-');
		int high =
		    coded && value.len - i > 2 ? ascii_hex(value.p[i + 1]) : -1;
		int low = high >= 0 ? ascii_hex(value.p[i + 2]) : -1;
		char ch = value.p[i];

		if (low >= 0)
			ch = (char)(high << 4 | low);
		else if (way == 2 && ch == '_')
			ch = '/';
		i += low >= 0 ? 2 : 0;
		if (html && ch == '&')
			buf_text(out, "&amp;");
		else
			buf_char(out, ch);
	}
	return value.len > 0;
}

/* Attributes that keep the link as it was, behind the one that was rewritten.
 */
static size_t
kept_attributes(struct slice text, size_t at)
{
	static const struct slice names[] = { { "originalsrc=\"", 13 },
		{ "shash=\"", 7 }, { "data-saferedirecturl=\"", 22 },
		{ "data-auth=\"", 11 } };
	size_t end = at;

	for (bool more = true; more;) {
		size_t next = end;

		more = false;
		while (next < text.len && ascii_is_fws(text.p[next]))
			next++;
		for (size_t k = 0; next > end && k < ARRAY_LEN(names); k++) {
			if (!html_at_word(text, next, names[k]))
				continue;
			next += names[k].len;
			next +=
			    slice_find(slice_sub(text, next, text.len), '"');
			more = next < text.len;
			end = more ? next + 1 : end;
			break;
		}
	}
	return end;
}

/* text with its links as they were; how many were undone. */
static size_t
undo_links(struct buf *out, struct slice text, bool html, unsigned way)
{
	size_t n = 0, put = 0;

	for (size_t i = 0; i + 8 < text.len; i++) {
		size_t end = i;

		if (ascii_lower(text.p[i]) != 'h' ||
		    !html_at_word(text, i, SLICE("http")))
			continue;
		while (end < text.len && text.p[end] > ' ' &&
		       strchr("\"'<>", text.p[end]) == NULL)
			end++;
		buf_slice(out, slice_sub(text, put, i - put));
		put = i;
		if (link_target(slice_sub(text, i, end - i), way,
			html && way > 0, out)) {
			n++;
			put = end;
			if (html && end < text.len && text.p[end] == '"') {
				buf_char(out, '"');
				put = kept_attributes(text, end + 1);
			}
		}
		i = (put > end ? put : end) - 1;
	}
	buf_slice(out, slice_sub(text, put, text.len));
	return n;
}

/* Every text part with its links undone in one way, in the encoding that it
 * has (encode_like()): how many edits that makes. */
static size_t
unlinked_parts(
    struct body_case *c, unsigned way, unsigned like, struct edit e[])
{
	const struct mime_part *part[MIME_MAX_PARTS];
	size_t n = text_parts(c, part, MIME_MAX_PARTS), m = 0;

	for (size_t k = 0; k < n && !search_over(c->s); k++) {
		struct buf b = { .max = 0 };
		struct slice text;

		if (!decode_part(c, part[k], &text) ||
		    !search_pay(c->s, (uint64_t)COST_MADE * text.len))
			continue;
		if (undo_links(&b, text, part[k]->html, way) > 0) {
			e[m] = (struct edit){ part_start(c, part[k]),
				part_stop(c, part[k]), search_keep(c->s, &b) };
			if (e[m].with.p != NULL &&
			    encode_like(c, part[k], like, whole_text(e[m].with),
				&e[m].with))
				m++;
		}
		buf_release(&b);
	}
	return m;
}

void
body_urls_rewritten(struct body_case *c)
{
	struct edit e[MIME_MAX_PARTS];

	for (unsigned way = 0; !c->found && !search_over(c->s); way++) {
		if (way >= LINK_WAYS && !any_likeness(c, way / LINK_WAYS))
			return;
		size_t m =
		    unlinked_parts(c, way % LINK_WAYS, way / LINK_WAYS, e);

		if (m == 0)
			return;
		body_try(c, e, m);
		for (size_t k = 0; m > 1 && k < m; k++)
			body_try(c, &e[k], 1);
	}
}

bool
body_unlink(struct body_case *c, unsigned way, struct slice *out)
{
	struct edit e[MIME_MAX_PARTS];
	size_t m = way < LINK_WAYS ? unlinked_parts(c, way, 0, e) : 0, at = 0;
	struct buf b = { .max = 0 };

	for (size_t k = 0; k < m; k++) {
		buf_slice(&b, slice_sub(c->body, at, e[k].from - at));
		buf_slice(&b, e[k].with);
		at = e[k].to;
	}
	*out = SLICE_NONE;
	if (m > 0) {
		buf_slice(&b, slice_sub(c->body, at, c->body.len));
		*out = search_keep(c->s, &b);
	}
	buf_release(&b);
	return out->p != NULL;
}
