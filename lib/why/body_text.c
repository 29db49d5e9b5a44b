/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/token.h"
#include "base/base64.h"
#include "mail/mime.h"
#include "mail/recode.h"
#include "why/body_hash.h"
#include "why/body_text.h"

enum {
	LONGEST_WIDTH = 78, /* of quoted-printable, as some write it */
};

size_t
body_offset(const struct body_case *c, const char *p)
{
	return (size_t)(p - c->body.p);
}

size_t
part_start(const struct body_case *c, const struct mime_part *p)
{
	return body_offset(c, p->content.p);
}

size_t
part_stop(const struct body_case *c, const struct mime_part *p)
{
	return part_start(c, p) + p->content.len;
}

bool
part_field(const struct mime_part *p, struct slice name, struct slice *out)
{
	struct slice rest = p->header, line, found;
	bool in = false;
	size_t colon;

	*out = SLICE_NONE;
	while (mime_line(&rest, &line)) {
		bool more = ascii_is_wsp(line.p[0]);

		if (in && !more)
			break;
		if (in) {
			out->len += line.len;
		} else if (!more && token_field_name(line, &found, &colon) &&
			   slice_eq_nocase(found, name)) {
			*out = line;
			in = true;
		}
	}
	return in;
}

bool
decode_part(struct body_case *c, const struct mime_part *p, struct slice *out)
{
	struct buf b = { .max = 0 };

	if (!search_pay(c->s, (uint64_t)COST_MADE * p->content.len))
		return false;
	if (p->coded == MIME_BASE64)
		return base64_decode(p->content, c->s->arena, out) == BASE64_OK;
	if (p->coded == MIME_IDENTITY) {
		*out = p->content;
		return true;
	}
	recode_qp_decode(&b, p->content);
	*out = search_keep(c->s, &b);
	buf_release(&b);
	return out->p != NULL;
}

struct ends
whole_text(struct slice text)
{
	return (struct ends){ .head = text };
}

/* How a text was encoded: the length of its lines, whether Exchange filled
 * them, and whether an empty line stood behind it, as Exchange has one before
 * the next part. */
struct likeness {
	size_t width;
	bool strict, more;
};

static bool
encode_as(struct body_case *c, struct ends text, bool base64,
    const struct likeness *as, struct slice *out)
{
	struct buf b = { .max = 0 };
	struct encoder e = { .coding = base64 ? ENCODER_BASE64 : ENCODER_QP,
		.width = as->width,
		.strict = as->strict,
		.out = &b };

	size_t n = text.head.len + text.tail.len;

	/* As much as it takes, or nearly: what grows is moved about. */
	buf_room(&b, base64 ? n + n / 3 + n / 20 : n + n / 16);
	encoder_put(&e, text.head);
	encoder_put(&e, text.tail);
	encoder_end(&e);
	if (as->more)
		buf_text(&b, "\r\n");
	*out = search_keep(c->s, &b);
	buf_release(&b);
	return out->p != NULL;
}

bool
encode_part(struct body_case *c, struct ends text, bool base64, size_t width,
    struct slice *out)
{
	const struct likeness as = { .width = width };

	return encode_as(c, text, base64, &as, out);
}

/* How long the lines are that were encoded: of base64 the first, of
 * quoted-printable the longest. */
static size_t
line_length(struct body_case *c, const struct mime_part *p)
{
	struct slice rest = p->content, line;
	size_t *known =
	    &c->width[p == &c->mime.root ? MIME_MAX_PARTS : p - c->mime.part];
	size_t width = 0;

	if (*known > 0)
		return *known;
	search_pay(c->s, (uint64_t)COST_SEEN * p->content.len);

	while (mime_line(&rest, &line)) {
		size_t n = line.len - slice_line_end(line);

		width = n > width ? n : width;
		if (p->coded == MIME_BASE64)
			break;
	}
	*known = width < 4 || width > 200 ? TEXT_USUAL_WIDTH : width;
	return *known;
}

size_t
text_parts(
    const struct body_case *c, const struct mime_part *part[], size_t max)
{
	size_t n = 0;

	if (!c->mime.root.multipart)
		part[n++] = &c->mime.root;
	for (size_t k = 0; k < c->mime.nparts && n < max; k++)
		if (c->mime.part[k].text && !c->mime.part[k].multipart)
			part[n++] = &c->mime.part[k];
	return n;
}

/* One of the ways; false behind the last. */
static bool
likeness_of(struct body_case *c, const struct mime_part *p, unsigned way,
    struct likeness *out)
{
	const bool qp = p->coded == MIME_QUOTED_PRINTABLE;
	const size_t own = p->coded != MIME_IDENTITY ? line_length(c, p) : 0;
	const struct {
		struct likeness as;
		bool possible;
	} ways[] = {
		{ { .width = own }, true },
		{ { .width = TEXT_USUAL_WIDTH }, own != TEXT_USUAL_WIDTH },
		{ { .width = LONGEST_WIDTH }, qp && own != LONGEST_WIDTH },
		{ { .width = TEXT_USUAL_WIDTH, .strict = true }, qp },
		{ { .width = own, .more = true }, p != &c->mime.root },
		{ { .width = TEXT_USUAL_WIDTH, .strict = true, .more = true },
		    qp && p != &c->mime.root },
	};

	for (size_t k = 0; own > 0 && k < ARRAY_LEN(ways); k++)
		if (ways[k].possible && way-- == 0) {
			*out = ways[k].as;
			return true;
		}
	return false;
}

bool
part_likeness(struct body_case *c, const struct mime_part *p, unsigned way)
{
	struct likeness as;

	return likeness_of(c, p, way, &as);
}

bool
encode_like(struct body_case *c, const struct mime_part *p, unsigned way,
    struct ends text, struct slice *out)
{
	const struct slice content = p->content;
	const bool base64 = p->coded == MIME_BASE64;
	/* The end of the last line is the delimiter's. */
	const bool open =
	    base64 && p != &c->mime.root &&
	    !(content.len > 0 && content.p[content.len - 1] == '\n');
	struct likeness as;
	bool shut;

	*out = text.head;
	if (p->coded == MIME_IDENTITY)
		return true;
	if (!likeness_of(c, p, way, &as))
		likeness_of(c, p, 0, &as);
	shut = open && !as.more;
	as.more &= !open;
	if (!encode_as(c, text, base64, &as, out))
		return false;
	if (shut && out->len >= 2)
		out->len -= 2;
	return true;
}

size_t
lines_in_common(struct slice a, struct slice b)
{
	size_t most = a.len < b.len ? a.len : b.len, lines = 0;

	for (size_t k = 0; k < most && a.p[k] == b.p[k]; k++)
		if (a.p[k] == '\n')
			lines = k + 1;
	return lines;
}

/* The same of their ends. */
static size_t
last_lines_in_common(struct slice a, struct slice b)
{
	size_t most = a.len < b.len ? a.len : b.len, lines = 0;

	for (size_t k = 1; k <= most && a.p[a.len - k] == b.p[b.len - k]; k++)
		if (k > 1 && a.p[a.len - k] == '\n')
			lines = k - 1;
	return lines;
}

/* The lines that an edit has in common with what it replaces, at either end,
 * left out. */
static void
trim_edit(const struct body_case *c, struct edit *e)
{
	struct slice is = slice_sub(c->body, e->from, e->to - e->from);
	size_t lines = lines_in_common(is, e->with);

	e->from += lines;
	e->with = slice_sub(e->with, lines, e->with.len);
	is = slice_sub(is, lines, is.len);
	lines = last_lines_in_common(is, e->with);
	e->to -= lines;
	e->with.len -= lines;
}

bool
encode_without(struct body_case *c, const struct mime_part *p, unsigned way,
    struct slice text, struct span without, struct edit *e)
{
	struct ends rest = { slice_sub(text, 0, without.from),
		slice_sub(text, without.to, text.len) };

	*e = (struct edit){ part_start(c, p), part_stop(c, p), SLICE_NONE };
	if (!encode_like(c, p, way, rest, &e->with))
		return false;
	trim_edit(c, e);
	return true;
}

bool
any_likeness(struct body_case *c, unsigned way)
{
	const struct mime_part *part[MIME_MAX_PARTS];
	size_t n = text_parts(c, part, MIME_MAX_PARTS);

	while (n > 0 && !part_likeness(c, part[n - 1], way))
		n--;
	return n > 0;
}

bool
text_as_sent(struct body_case *c, struct slice *text)
{
	struct buf b = { .max = 0 };
	size_t put = 0;

	if (c->s->m->crlf)
		return true;
	for (size_t i = 0; i < text->len; i++)
		if (text->p[i] == '\n' && (i == 0 || text->p[i - 1] != '\r')) {
			buf_slice(&b, slice_sub(*text, put, i - put));
			buf_text(&b, "\r");
			put = i;
		}
	buf_slice(&b, slice_sub(*text, put, text->len));
	*text = search_keep(c->s, &b);
	buf_release(&b);
	return text->p != NULL;
}

bool
body_encode(struct body_case *c, struct slice text, bool base64, size_t width,
    struct slice *out)
{
	return text_as_sent(c, &text) &&
	       encode_part(c, whole_text(text), base64, width, out);
}
