/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/message.h"
#include "mail/mime.h"
#include "mail/token.h"

bool
mime_line(struct slice *rest, struct slice *line)
{
	if (rest->len == 0)
		return false;
	size_t n = slice_find(*rest, '\n');

	n += n < rest->len;
	*line = slice_sub(*rest, 0, n);
	*rest = slice_sub(*rest, n, rest->len);
	return true;
}

struct slice
mime_field(struct slice header, struct slice name)
{
	struct slice rest = header, line, value = SLICE_NONE, found;
	size_t colon;

	while (mime_line(&rest, &line)) {
		bool more = ascii_is_wsp(line.p[0]);

		if (value.p != NULL) {
			if (!more)
				break;
			value.len += line.len;
		} else if (!more && token_field_name(line, &found, &colon) &&
			   slice_eq_nocase(found, name)) {
			value = slice_sub(line, colon + 1, line.len);
		}
	}
	return value.p != NULL ? slice_trim(value) : SLICE_NONE;
}

struct slice
mime_param(struct slice value, struct slice name)
{
	size_t at = slice_find(value, ';');
	struct slice rest = slice_sub(value, at, value.len), word, found;

	while (rest.len > 0 && rest.p[0] == ';') {
		rest = slice_sub(rest, 1, rest.len);
		token_cfws(&rest);
		if (!token_word(&rest, &word))
			break;
		token_cfws(&rest);
		if (rest.len == 0 || rest.p[0] != '=')
			break;
		rest = slice_sub(rest, 1, rest.len);
		token_cfws(&rest);
		/* A comment without an end: looking for it in the next
		 * parameter again would take quadratic time. */
		if (rest.len > 0 && rest.p[0] == '(')
			break;
		if (token_quoted(&rest, &found)) {
			found = slice_sub(found, 1, found.len - 2);
		} else {
			/* What should be in quotes is met without. */
			size_t n = 0;

			while (n < rest.len && rest.p[n] != ';' &&
			       !ascii_is_fws(rest.p[n]))
				n++;
			found = slice_sub(rest, 0, n);
			rest = slice_sub(rest, n, rest.len);
		}
		if (slice_eq_nocase(word, name))
			return found;
		token_cfws(&rest);
	}
	return SLICE_NONE;
}

static bool
begins(struct slice s, struct slice prefix)
{
	return s.len >= prefix.len &&
	       slice_eq_nocase(slice_sub(s, 0, prefix.len), prefix);
}

static void
part_type(struct mime_part *p)
{
	struct slice type = slice_trim(p->type);
	struct slice coding = slice_trim(p->encoding);

	p->html = begins(type, SLICE("text/html"));
	p->text = type.len == 0 || begins(type, SLICE("text/"));
	p->multipart = begins(type, SLICE("multipart/"));
	p->coded = begins(coding, SLICE("quoted-printable"))
		       ? MIME_QUOTED_PRINTABLE
		   : begins(coding, SLICE("base64")) ? MIME_BASE64
						     : MIME_IDENTITY;
}

/* A multipart that is open. */
struct level {
	struct slice boundary;
	bool any;    /* a part of it was seen */
	bool digest; /* its parts are messages, unless they say otherwise */
};

static struct level
level_of(struct slice type)
{
	return (struct level){ mime_param(type, SLICE("boundary")), false,
		slice_eq_nocase(
		    slice_sub(type, 0, 16), SLICE("multipart/digest")) };
}

/* Whether a line delimits at a level: 1, or 2 when it closes. */
static int
delimits(struct slice line, struct slice boundary)
{
	line = slice_trim(line);
	if (boundary.len == 0 || line.len < boundary.len + 2 ||
	    !slice_starts(line, SLICE("--")) ||
	    !slice_starts(slice_sub(line, 2, line.len), boundary))
		return 0;
	line = slice_sub(line, boundary.len + 2, line.len);
	return line.len == 0 ? 1 : slice_eq(line, SLICE("--")) ? 2 : 0;
}

/* The part that began last ends where the line end before at begins. */
static void
part_end(struct mime_part *p, const struct slice *body, size_t at)
{
	size_t from = (size_t)(p->content.p - body->p), end = at;

	p->end = at;

	if (end > from && body->p[end - 1] == '\n')
		end--;
	if (end > from && end < at && body->p[end - 1] == '\r')
		end--;
	p->content.len = end > from ? end - from : 0;
}

/* Read the header of a part that begins at *rest. */
static void
part_begin(struct mime_part *p, struct slice *rest)
{
	struct slice from = *rest, line;
	size_t n = 0;

	while (mime_line(rest, &line)) {
		if (slice_trim(line).len == 0 && !ascii_is_wsp(line.p[0]))
			break;
		/* A part may do without a header, but not without the empty
		 * line: a delimiter here ends the part. */
		if (slice_starts(line, SLICE("--"))) {
			*rest = slice_sub(from, n, from.len);
			break;
		}
		n += line.len;
	}
	p->header = slice_sub(from, 0, n);
	p->content = *rest;
	p->type = mime_field(p->header, SLICE("Content-Type"));
	p->encoding = mime_field(p->header, SLICE("Content-Transfer-Encoding"));
	part_type(p);
}

static void
parse(struct mime *m, size_t most, struct slice body, struct slice type,
    struct slice encoding)
{
	struct level level[MIME_MAX_DEPTH];
	struct mime_part *open[MIME_MAX_DEPTH + 1] = { NULL };
	struct slice rest = body, line;
	unsigned depth = 0;

	*m = (struct mime){ .body = body, .close = body.len };
	m->root.content = body;
	m->root.type = type;
	m->root.encoding = encoding;
	part_type(&m->root);
	if (!m->root.multipart)
		return;
	level[depth++] = level_of(type);
	while (mime_line(&rest, &line)) {
		size_t at = (size_t)(line.p - body.p);
		unsigned k = depth;
		int kind = 0;

		if (!slice_starts(line, SLICE("--")))
			continue;
		while (k > 0 && kind == 0)
			kind = delimits(line, level[--k].boundary);
		if (kind == 0)
			continue;
		/* All that is deeper ends here, too. */
		for (unsigned j = depth; j > k; j--)
			if (open[j] != NULL) {
				part_end(open[j], &body, at);
				open[j]->last = j > k + 1 || kind == 2;
				open[j] = NULL;
			}
		depth = k + 1;
		if (k == 0 && !level[0].any)
			m->first = at;
		if (kind == 2) {
			if (k == 0)
				m->close = at;
			depth = k;
			if (depth == 0)
				break;
			continue;
		}
		if (m->nparts == most) {
			m->more = true;
			break;
		}
		struct mime_part *p = &m->part[m->nparts++];

		*p = (struct mime_part){
			.outer = at,
			.depth = k + 1,
			.first = !level[k].any,
			.digest = level[k].digest,
		};
		level[k].any = true;
		open[k + 1] = p;
		part_begin(p, &rest);
		if (p->multipart && depth < MIME_MAX_DEPTH)
			level[depth++] = level_of(p->type);
	}
	for (unsigned j = 1; j <= MIME_MAX_DEPTH; j++)
		if (open[j] != NULL)
			part_end(open[j], &body, body.len);
}

void
mime_parse(
    struct mime *m, struct slice body, struct slice type, struct slice encoding)
{
	parse(m, MIME_MAX_PARTS, body, type, encoding);
}

void
mime_parse_all(
    struct mime *m, struct slice body, struct slice type, struct slice encoding)
{
	parse(m, MIME_ALL_PARTS, body, type, encoding);
}
