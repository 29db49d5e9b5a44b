/* SPDX-License-Identifier: BSD-2-Clause */
/* What may have been done to a body with MIME parts, or to its encoding. */
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "why/body.h"
#include "mail/recode.h"

static const struct slice no_octets = { NULL, 0 };

enum {
	MAX_EDITS = 4 * MIME_MAX_PARTS,
	NEAR_LINES = 30, /* of a part's start or end */
	NEAR_OCTETS = 4000,
	COST_ELEMENT = 2000,	 /* of finding an end within so many */
	MAX_CUTS = 200,		 /* of one part */
	MAX_CUT_PARTS = 6,	 /* whose cuts are tried */
	MADE_OCTETS = 4 << 20,	 /* of text that is encoded, a part and row */
	KEPT_OCTETS = 64 * 1024, /* of that, besides half the body's length */
	USUAL_WIDTH = 76,	 /* of lines that are encoded */
	LONGEST_WIDTH = 78,	 /* of quoted-printable, as some write it */
	SHORT_OCTETS = 256,	 /* of an edit that is kept as it is */
	MAX_SPANS = 20000,	 /* of HTML */
	MAX_TAGS = 100,		 /* between an element's two */
	MAX_WAYS = 3,		 /* of taking an element out */
	MADE_ELEMENTS = 4 << 20, /* octets of text without one */
	LINK_WAYS = 3,		 /* of undoing them */
};

static size_t
offset(const struct body_case *c, const char *p)
{
	return (size_t)(p - c->body.p);
}

static size_t
part_start(const struct body_case *c, const struct mime_part *p)
{
	return offset(c, p->content.p);
}

static size_t
part_stop(const struct body_case *c, const struct mime_part *p)
{
	return part_start(c, p) + p->content.len;
}

/* ------------------------------------------------------------------------
 * Parts put in, or put around. */

static void
mime_wrapped(struct body_case *c)
{
	for (size_t k = 0; k < c->mime.nparts; k++) {
		const struct mime_part *p = &c->mime.part[k];
		struct edit e[2] = { { 0, part_start(c, p), no_octets },
			{ part_stop(c, p), c->body.len, no_octets } };

		if (p->depth == 1 && body_try(c, e, 2))
			return;
	}
}

static void
part_added(struct body_case *c)
{
	for (size_t k = c->mime.nparts; k-- > 0;) {
		const struct mime_part *p = &c->mime.part[k];

		if (p->end > p->outer &&
		    body_try_one(c, p->outer, p->end, no_octets))
			return;
	}
}

static void
preamble_removed(struct body_case *c)
{
	static const char *const texts[] = {
		"This is a multi-part message in MIME format.",
		"This is a multipart message in MIME format.",
		"This is a multi-part message in MIME format",
		"This is a multipart message in MIME format",
		"This is an OpenPGP/MIME signed message (RFC 4880 and 3156)",
		"This is a MIME-encapsulated message",
		("This is a MIME-formatted message.  If you see this text it "
		 "means that your\r\nE-mail software does not support "
		 "MIME-formatted messages."),
		"This is a cryptographically signed message in MIME format.",
		"This message is in MIME format.",
		"This is a MIME-encoded message.",
		"This is a MIME-formatted message.",
		"This is a multi-part message in MIME format...",
		"This is a message with multiple parts in MIME format.",
		"This is a mime-encapsulated message",
		("This message is in MIME format. Since your mail reader does "
		 "not understand\r\nthis format, some or all of this message "
		 "may not be legible."),
		("This message is in MIME format.  The first part should be "
		 "readable text,\r\nwhile the remaining parts are likely "
		 "unreadable without MIME-aware tools."),
		("  This message is in MIME format.  The first part should be "
		 "readable text,\r\n  while the remaining parts are likely "
		 "unreadable without MIME-aware tools."),
		"This is an S/MIME signed message",
		"Content-Type: text/plain",
		"MIME multipart message",
		"--",
		"",
	};
	static const char *const layouts[][2] = { { "", "\r\n" },
		{ "", "\r\n\r\n" }, { "\r\n", "\r\n" },
		{ "\r\n", "\r\n\r\n" } };

	if (!c->mime.root.multipart)
		return;
	for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
		for (size_t l = 0; l < sizeof layouts / sizeof *layouts; l++) {
			struct buf b = { .max = 0 };

			buf_printf(&b, "%s%s%s", layouts[l][0], texts[k],
			    layouts[l][1]);
			struct slice kept = search_keep(c->s, &b);

			buf_release(&b);
			/* In the place of what stands before the first part,
			 * if anything does. */
			if (kept.p == NULL ||
			    body_try_one(c, 0, c->mime.first, kept))
				return;
		}
}

/* Fields of part headers that begin with a prefix. */
static bool
try_without_fields(struct body_case *c, struct slice prefix)
{
	struct edit e[MAX_EDITS];
	size_t n = 0;

	for (size_t k = 0; k < c->mime.nparts; k++) {
		struct slice rest = c->mime.part[k].header, line;
		bool drop = false;

		while (mime_line(&rest, &line)) {
			if (!ascii_is_wsp(line.p[0]))
				drop =
				    line.len > prefix.len &&
				    slice_eq_nocase(
					slice_sub(line, 0, prefix.len), prefix);
			if (drop && n < MAX_EDITS)
				e[n++] = (struct edit){ offset(c, line.p),
					offset(c, line.p) + line.len,
					no_octets };
		}
	}
	return n > 0 && body_try(c, e, n);
}

static void
part_headers_added(struct body_case *c)
{
	if (!try_without_fields(c, SLICE("X-")) &&
	    !try_without_fields(c, SLICE("X-Microsoft")))
		try_without_fields(c, SLICE("X-MS"));
}

/* ------------------------------------------------------------------------
 * Encodings. */

/* Where the line of a part's header with that field stands. */
static bool
field_line(const struct mime_part *p, struct slice name, struct slice *out)
{
	struct slice rest = p->header, line;
	bool in = false;

	*out = no_octets;
	while (mime_line(&rest, &line)) {
		bool more = ascii_is_wsp(line.p[0]);

		if (in && !more)
			break;
		if (in) {
			out->len += line.len;
		} else if (!more && line.len > name.len &&
			   slice_eq_nocase(
			       slice_sub(line, 0, name.len), name) &&
			   line.p[name.len] == ':') {
			*out = line;
			in = true;
		}
	}
	return in;
}

static const struct slice cte_name = { "Content-Transfer-Encoding", 25 };

/* What a part's content, or the body, may have been: made once, tried with each
 * encoding that its header may have named. */
struct recoded {
	const struct mime_part *part; /* NULL: the body */
	struct slice content;
};

/* Replace contents, and in each header the encoding by word; NULL: its field
 * goes; "": it stays. */
static bool
try_recoded(
    struct body_case *c, const struct recoded r[], size_t n, const char *word)
{
	struct edit e[MAX_EDITS];
	size_t edits = 0;

	for (size_t k = 0; k < n; k++) {
		const struct mime_part *p = r[k].part;
		struct slice line;

		if (p == NULL)
			return body_try_whole(c, r[k].content);
		if (word == NULL && field_line(p, cte_name, &line))
			e[edits++] = (struct edit){ offset(c, line.p),
				offset(c, line.p) + line.len, no_octets };
		else if (word != NULL && word[0] != '\0' && p->encoding.len > 0)
			e[edits++] = (struct edit){ offset(c, p->encoding.p),
				offset(c, p->encoding.p) + p->encoding.len,
				slice_of(word) };
		e[edits++] = (struct edit){ part_start(c, p), part_stop(c, p),
			r[k].content };
	}
	return edits > 0 && body_try(c, e, edits);
}

/* All parts at once, then each alone, with every one of those words. */
static bool
try_words(struct body_case *c, const struct recoded r[], size_t n,
    const char *const words[], size_t nwords)
{
	for (size_t w = 0; w < nwords; w++) {
		if (try_recoded(c, r, n, words[w]))
			return true;
		for (size_t k = 0; n > 1 && k < n; k++)
			if (try_recoded(c, &r[k], 1, words[w]))
				return true;
	}
	return false;
}

/* The parts that are coded so, or the body when it has no parts. */
static size_t
coded_parts(const struct body_case *c, enum mime_encoding coded, bool text_only,
    const struct mime_part *part[])
{
	size_t n = 0;

	if (!c->mime.root.multipart) {
		part[0] = &c->mime.root;
		return c->mime.root.coded == coded;
	}
	for (size_t k = 0; k < c->mime.nparts; k++) {
		const struct mime_part *p = &c->mime.part[k];

		if (p->coded == coded && !p->multipart &&
		    (!text_only || p->text))
			part[n++] = p;
	}
	return n;
}

/* What p's content is when decoded; false when it is not so encoded. */
static bool
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

static struct recoded
recoded_as(
    const struct body_case *c, const struct mime_part *p, struct slice content)
{
	return (struct recoded){ p == &c->mime.root ? NULL : p, content };
}

static void
decoded(struct body_case *c, enum mime_encoding coded)
{
	static const char *const words[] = { "8bit", "7bit", "binary", "8BIT",
		"7BIT", NULL };
	const struct mime_part *part[MIME_MAX_PARTS];
	struct recoded r[MIME_MAX_PARTS];
	size_t n = coded_parts(c, coded, true, part), m = 0;

	for (size_t k = 0; k < n; k++) {
		struct slice text;

		if (decode_part(c, part[k], &text))
			r[m++] = recoded_as(c, part[k], text);
	}
	if (m > 0)
		try_words(c, r, m, words, sizeof words / sizeof *words);
}

bool
explain_mime_decode(struct body_case *c, enum mime_encoding coded,
    const char *word, struct slice *out)
{
	const struct mime_part *part[MIME_MAX_PARTS];
	size_t n = coded_parts(c, coded, true, part), at = 0;
	struct buf b = { .max = 0 };

	for (size_t k = 0; k < n; k++) {
		const struct mime_part *p = part[k];
		struct slice text, old = no_octets;

		if (!decode_part(c, p, &text))
			continue;
		if (p != &c->mime.root && word != NULL)
			old = p->encoding;
		else if (p != &c->mime.root)
			field_line(p, cte_name, &old);
		if (old.len > 0) {
			buf_slice(
			    &b, slice_sub(c->body, at, offset(c, old.p) - at));
			buf_text(&b, word != NULL ? word : "");
			at = offset(c, old.p) + old.len;
		}
		buf_slice(&b, slice_sub(c->body, at, part_start(c, p) - at));
		buf_slice(&b, text);
		at = part_stop(c, p);
	}
	*out = no_octets;
	if (at > 0) {
		buf_slice(&b, slice_sub(c->body, at, c->body.len));
		*out = search_keep(c->s, &b);
	}
	buf_release(&b);
	return out->p != NULL;
}

static void
was_8bit_now_qp(struct body_case *c)
{
	decoded(c, MIME_QUOTED_PRINTABLE);
}

static void
was_8bit_now_base64(struct body_case *c)
{
	decoded(c, MIME_BASE64);
}

/* A text, or what is left of one that something is taken out of. */
struct ends {
	struct slice head, tail;
};

static struct ends
all_of(struct slice text)
{
	return (struct ends){ .head = text };
}

/* One part encoded in lines of that width: as base64, or as quoted-printable.
 */
static bool
encode_part(struct body_case *c, struct ends text, bool base64, size_t width,
    struct slice *out)
{
	struct buf b = { .max = 0 };
	struct encoder e = { .coding = base64 ? ENCODER_BASE64 : ENCODER_QP,
		.width = width,
		.out = &b };

	size_t n = text.head.len + text.tail.len;

	/* As much as it takes, or nearly: what grows is moved about. */
	buf_room(&b, base64 ? n + n / 3 + n / 20 : n + n / 16);
	encoder_put(&e, text.head);
	encoder_put(&e, text.tail);
	encoder_end(&e);
	*out = search_keep(c->s, &b);
	buf_release(&b);
	return out->p != NULL;
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
	*known = width < 4 || width > 200 ? USUAL_WIDTH : width;
	return *known;
}

/* The text parts, or the body when it has none. */
static size_t
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

/* The ways in which encode_like() may have to be asked: whoever changed a text
 * that was encoded may have made its lines of another length than they had. How
 * long the lines are in one; 0 behind the last. */
static size_t
likeness(struct body_case *c, const struct mime_part *p, unsigned way)
{
	if (p->coded == MIME_IDENTITY)
		return 0;
	size_t widths[] = { line_length(c, p), USUAL_WIDTH, LONGEST_WIDTH };
	size_t n = p->coded == MIME_QUOTED_PRINTABLE ? 3 : 2;

	for (size_t k = 0; k < n; k++)
		if ((k == 0 || widths[k] != widths[0]) && way-- == 0)
			return widths[k];
	return 0;
}

/* Text encoded as p is in one of the ways, or the first where it has no such,
 * with a line end behind the last line where p has one.  What is not encoded
 * has no tail. */
static bool
encode_like(struct body_case *c, const struct mime_part *p, unsigned way,
    struct ends text, struct slice *out)
{
	struct slice content = p->content;
	bool base64 = p->coded == MIME_BASE64;
	size_t width = likeness(c, p, way);

	*out = text.head;
	if (p->coded == MIME_IDENTITY)
		return true;
	if (width == 0)
		width = likeness(c, p, 0);
	if (!encode_part(c, text, base64, width, out))
		return false;
	if (base64 && p != &c->mime.root && out->len >= 2 &&
	    !(content.len > 0 && content.p[content.len - 1] == '\n'))
		out->len -= 2;
	return true;
}

/* How many octets, in whole lines, two texts begin with alike. */
static size_t
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

struct span {
	size_t from, to;
};

/* The edit that makes of a part its text without a span, encoded as it is. */
static bool
encode_without(struct body_case *c, const struct mime_part *p, unsigned way,
    struct slice text, struct span without, struct edit *e)
{
	struct ends rest = { slice_sub(text, 0, without.from),
		slice_sub(text, without.to, text.len) };

	*e = (struct edit){ part_start(c, p), part_stop(c, p), no_octets };
	if (!encode_like(c, p, way, rest, &e->with))
		return false;
	trim_edit(c, e);
	return true;
}

/* Whether a text has such a way of its own. */
static bool
any_likeness(struct body_case *c, unsigned way)
{
	const struct mime_part *part[MIME_MAX_PARTS];
	size_t n = text_parts(c, part, MIME_MAX_PARTS);

	while (n > 0 && likeness(c, part[n - 1], way) == 0)
		n--;
	return n > 0;
}

/* Text with its line ends as they were sent, whatever they are here. */
static bool
as_sent(struct body_case *c, struct slice *text)
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
explain_mime_encode(struct body_case *c, struct slice text, bool base64,
    size_t width, struct slice *out)
{
	return as_sent(c, &text) &&
	       encode_part(c, all_of(text), base64, width, out);
}

/* What was encoded, in lines of one width. */
static bool
encoded_in(struct body_case *c, bool base64, size_t width)
{
	static const char *const b64[] = { "base64", "BASE64", "Base64" };
	static const char *const qp[] = { "quoted-printable",
		"Quoted-Printable", "QUOTED-PRINTABLE" };
	const struct mime_part *part[MIME_MAX_PARTS];
	size_t n = coded_parts(c, MIME_IDENTITY, true, part), m = 0;
	struct recoded r[MIME_MAX_PARTS];
	bool any = false;

	for (size_t k = 0; k < n; k++) {
		struct slice text = part[k]->content;

		if (!explain_mime_encode(c, text, base64, width, &text))
			return false;
		r[m++] = recoded_as(c, part[k], text);
	}
	if (m == 0)
		return false;
	if (try_words(c, r, m, base64 ? b64 : qp, 3))
		return true;
	/* The line end behind the last line is the delimiter's. */
	for (size_t k = 0; base64 && k < m; k++)
		if (r[k].part != NULL && r[k].content.len >= 2) {
			r[k].content.len -= 2;
			any = true;
		}
	return any && try_words(c, r, m, b64, 3);
}

static void
encoded(struct body_case *c, bool base64)
{
	static const size_t of_base64[] = { 76, 72, 64, 60, 80, 0 };
	static const size_t of_qp[] = { 76, 78, 75, 73, 72, 70, 0 };
	bool done = false;

	for (const size_t *w = base64 ? of_base64 : of_qp; *w > 0 && !done;
	     w++) {
		struct step step;

		if (c->s->spent || !step_begin(c->s, &step))
			return;
		done = encoded_in(c, base64, *w) || c->s->failed;
		step_end(c->s, &step);
	}
}

static void
was_base64(struct body_case *c)
{
	encoded(c, true);
}

static void
was_qp(struct body_case *c)
{
	encoded(c, false);
}

static bool
rewrapped_in(struct body_case *c, size_t width)
{
	static const char *const words[] = { "" };
	const struct mime_part *part[MIME_MAX_PARTS];
	size_t n = coded_parts(c, MIME_BASE64, false, part), m = 0;
	struct recoded r[MIME_MAX_PARTS];

	for (size_t k = 0; k < n; k++) {
		struct slice octets, text;

		if (base64_decode(part[k]->content, c->s->arena, &octets) !=
			BASE64_OK ||
		    !encode_part(c, all_of(octets), true, width, &text))
			continue;
		/* A line end behind the last line is there or not. */
		if (part[k] != &c->mime.root && text.len >= 2)
			text.len -= 2;
		r[m++] = recoded_as(c, part[k], text);
	}
	if (m > 0 && try_words(c, r, m, words, 1))
		return true;
	for (size_t k = 0; k < m; k++)
		if (r[k].part != NULL)
			r[k].content.len += 2;
	return m > 0 && c->mime.root.multipart && try_words(c, r, m, words, 1);
}

static void
base64_rewrapped(struct body_case *c)
{
	static const size_t widths[] = { 76, 72, 64, 60, 1 << 28 };
	bool done = false;

	for (size_t w = 0; w < sizeof widths / sizeof *widths && !done; w++) {
		struct step step;

		if (!step_begin(c->s, &step))
			return;
		done = rewrapped_in(c, widths[w]) || c->s->failed;
		step_end(c->s, &step);
	}
}

/* ------------------------------------------------------------------------
 * Charsets. */

static const char *const charsets[] = { "ISO-2022-JP", "ISO-8859-1",
	"ISO-8859-15", "WINDOWS-1252", "SHIFT_JIS", "EUC-JP", "UTF-8", "GB2312",
	"GBK", "GB18030", "BIG5", "EUC-KR", "KOI8-R", "WINDOWS-1251",
	"ISO-8859-2" };

/* A charset as it may be spelled in a header: as above, in lower case, and two
 * that people write in their own way. */
static bool
charset_spelled(const char *name, unsigned way, char out[32])
{
	static const char *const third[] = { "Shift_JIS", "Windows-1252",
		"Big5" };

	if (way == 3 || strlen(name) > 24)
		return false;
	for (size_t k = 0; way == 2; k++) {
		if (k == sizeof third / sizeof *third)
			return false;
		if (slice_eq_nocase(slice_of(third[k]), slice_of(name))) {
			name = third[k];
			break;
		}
	}
	snprintf(out, 32, "%s", name);
	for (size_t i = 0; way == 1 && out[i] != '\0'; i++)
		out[i] = ascii_lower(out[i]);
	return true;
}

enum form {
	FORM_PLAIN,
	FORM_QP,
	FORM_BASE64,
	FORM_BASE64_OPEN, /* without a last line end */
	FORMS,
};

/* A part's text in another charset. */
struct converted {
	const struct mime_part *part;
	struct slice text;
	struct slice made; /* in the form that is tried */
	bool same;	   /* its octets are those that came */
};

/* What iconv(3) calls the charset of a part; false where it is no name. */
static bool
charset_of(const struct mime_part *p, char name[40])
{
	struct slice charset = mime_param(p->type, SLICE("charset"));

	if (charset.len == 0 || charset.len >= 40)
		charset = SLICE("UTF-8");
	memcpy(name, charset.p, charset.len);
	name[charset.len] = '\0';
	for (size_t i = 0; i < charset.len; i++)
		if (!ascii_is_alnum(name[i]) && name[i] != '-' &&
		    name[i] != '_')
			return false;
	return true;
}

/* Whether text, in ASCII or UTF-8, is the same octets in another charset, so
 * far as can be told without iconv(3): Shift_JIS has two of its own. */
static bool
same_in(const char *to, const char *from, struct slice text)
{
	return (slice_eq_nocase(slice_of(from), SLICE("us-ascii")) ||
		   slice_eq_nocase(slice_of(from), SLICE("utf-8"))) &&
	       !slice_eq_nocase(slice_of(to), SLICE("shift_jis")) &&
	       slice_is_ascii(text);
}

/* What came is decoded for each charset anew: there is memory for one text
 * beside the message and what is made of the text. */
static bool
convert(struct body_case *c, const struct mime_part *p, const char *to,
    struct converted *out)
{
	struct buf b = { .max = 0 };
	char from[40];
	struct slice came;
	struct step step;

	*out = (struct converted){ .part = p };
	if (!charset_of(p, from) ||
	    slice_eq_nocase(slice_of(from), slice_of(to)) ||
	    !step_begin(c->s, &step))
		return false;
	bool good = decode_part(c, p, &came) && as_sent(c, &came) &&
		    search_pay(c->s, (uint64_t)2 * COST_MADE * came.len);

	out->same = good && same_in(to, from, came);
	if (out->same) {
		buf_slice(&b, came);
	} else if (good) {
		good = recode_charset(&b, to, from, came);
		out->same = good && slice_eq(buf_view(&b), came);
	}
	step_end(c->s, &step);
	if (good)
		out->text = search_keep(c->s, &b);
	buf_release(&b);
	return out->text.p != NULL;
}

static bool
make_form(struct body_case *c, struct converted *v, enum form form)
{
	v->made = v->text;
	if (form != FORM_PLAIN && !encode_part(c, all_of(v->text),
				      form != FORM_QP, USUAL_WIDTH, &v->made))
		return false;
	if (form == FORM_BASE64_OPEN && v->made.len >= 2)
		v->made.len -= 2;
	return true;
}

static void
add_edit(struct edit e[], size_t *n, size_t from, size_t to, struct slice with)
{
	size_t at = *n;

	/* In order, as a header's fields may be in any. */
	while (at > 0 && e[at - 1].from > from) {
		e[at] = e[at - 1];
		at--;
	}
	e[at] = (struct edit){ from, to, with };
	++*n;
}

/* What is done to the quotes of charset=. */
enum quotes {
	QUOTES_KEPT,
	QUOTES_ON,
	QUOTES_OFF,
	QUOTES_WAYS,
};

/* All converted parts with one spelling; word is what their
 * Content-Transfer-Encoding was: NULL for none, "" when it stays. */
static bool
try_converted(struct body_case *c, const struct converted v[], size_t n,
    struct slice name, enum quotes quotes, const char *word)
{
	struct edit e[MAX_EDITS];
	size_t edits = 0;

	for (size_t k = 0; k < n; k++) {
		const struct mime_part *p = v[k].part;
		struct slice old = mime_param(p->type, SLICE("charset")), line;
		struct slice content = v[k].made;

		if (p == &c->mime.root)
			return body_try_whole(c, content);
		if (old.p != NULL) {
			bool quoted = quotes != QUOTES_KEPT && old.p[-1] == '"';

			add_edit(e, &edits, offset(c, old.p) - quoted,
			    offset(c, old.p) + old.len + quoted, name);
		}
		if (word == NULL && field_line(p, cte_name, &line))
			add_edit(e, &edits, offset(c, line.p),
			    offset(c, line.p) + line.len, no_octets);
		else if (word != NULL && *word != '\0' && p->encoding.len > 0)
			add_edit(e, &edits, offset(c, p->encoding.p),
			    offset(c, p->encoding.p) + p->encoding.len,
			    slice_of(word));
		add_edit(e, &edits, part_start(c, p), part_stop(c, p), content);
	}
	return edits > 0 && body_try(c, e, edits);
}

/* Whether quotes make another message than QUOTES_KEPT does. */
static bool
quotes_matter(const struct converted v[], size_t n, enum quotes quotes)
{
	for (size_t k = 0; k < n; k++) {
		struct slice old =
		    mime_param(v[k].part->type, SLICE("charset"));

		if (old.p != NULL &&
		    (old.p[-1] == '"') != (quotes == QUOTES_ON))
			return true;
	}
	return quotes == QUOTES_KEPT;
}

/* What comes out is what came: the name of the charset alone may be another.
 */
static bool
all_same(const struct converted v[], size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (!v[k].same)
			return false;
	return true;
}

/* In one form, with every spelling of the charset and every word. */
static bool
try_form(struct body_case *c, struct converted v[], size_t n,
    const char *charset, enum form form)
{
	static const char *const words[FORMS][4] = {
		[FORM_PLAIN] = { "7bit", "8bit", NULL, "" },
		[FORM_QP] = { "quoted-printable", "" },
		[FORM_BASE64] = { "base64", "" },
		[FORM_BASE64_OPEN] = { "base64", "" },
	};
	size_t nwords = form == FORM_PLAIN ? 4 : 2, first = 0;
	char name[32];

	if (form == FORM_PLAIN && all_same(v, n))
		first = 3;

	for (size_t k = 0; k < n; k++)
		if (!make_form(c, &v[k], form))
			return false;
	for (unsigned way = 0; charset_spelled(charset, way, name); way++) {
		struct buf b = { .max = 0 };

		buf_printf(&b, "\"%s\"", name);
		struct slice quoted = search_keep(c->s, &b);
		struct slice bare = slice_sub(quoted, 1, quoted.len - 2);

		buf_release(&b);
		for (size_t t = QUOTES_WAYS * first; t < QUOTES_WAYS * nwords;
		     t++) {
			enum quotes q = t % QUOTES_WAYS;

			if (c->s->failed || c->s->spent)
				return false;
			if (!quotes_matter(v, n, q) ||
			    !try_converted(c, v, n,
				q == QUOTES_ON ? quoted : bare, q,
				words[form][t / QUOTES_WAYS]))
				continue;
			if (c->finding != NULL)
				snprintf(c->finding->detail,
				    sizeof c->finding->detail, "from %s", name);
			return true;
		}
		/* The whole body names no charset. */
		if (!c->mime.root.multipart)
			break;
	}
	return false;
}

/* Text parts in one charset, in every form. */
static void
in_charset(struct body_case *c, const struct mime_part *const part[], size_t n,
    const char *charset)
{
	struct converted v[MIME_MAX_PARTS];
	size_t m = 0;

	for (size_t k = 0; k < n; k++)
		m += convert(c, part[k], charset, &v[m]);
	/* What is not another text was encoded anew at most, which is tried
	 * elsewhere. */
	enum form end = !all_same(v, m)		 ? FORMS
			: c->mime.root.multipart ? FORM_QP
						 : FORM_PLAIN;

	for (enum form form = 0; m > 0 && form < end && !c->found; form++) {
		struct step step;

		if (!step_begin(c->s, &step))
			return;
		try_form(c, v, m, charset, form);
		step_end(c->s, &step);
	}
}

static void
charset_converted(struct body_case *c)
{
	const struct mime_part *part[MIME_MAX_PARTS];
	size_t n = text_parts(c, part, MIME_MAX_PARTS);

	for (size_t s = 0; s < sizeof charsets / sizeof *charsets; s++) {
		struct step step;

		if (c->found || c->s->failed || c->s->spent ||
		    !step_begin(c->s, &step))
			return;
		in_charset(c, part, n, charsets[s]);
		step_end(c->s, &step);
	}
}

/* ------------------------------------------------------------------------
 * HTML. */

static bool
at_word(struct slice s, size_t at, struct slice word)
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
		return no_octets;
	end += end < text.len && text.p[end] == '/';
	while (end < text.len && ascii_is_alnum(text.p[end]))
		end++;
	return ascii_is_alnum(text.p[end - 1]) ? slice_sub(text, at, end - at)
					       : no_octets;
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

	if (at_word(near, at, SLICE("<!--"))) {
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
		else if (tag.len == name.len + 1 && tag.p[1] == '/' &&
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
		body_try_one(c, start + e.from, start + e.to, no_octets);
	for (unsigned way = 0; likeness(c, p, way) > 0; way++) {
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
			if (only.len > 0 && !at_word(text, at, only))
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
			struct edit e = { from, to, no_octets };

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

static void
html_meta_added(struct body_case *c)
{
	each_html(c, SLICE("<meta"));
}

static void
html_inserted(struct body_case *c)
{
	each_html(c, no_octets);
	if (c->mime.root.html && !c->found)
		spans(c, &c->mime.root);
	for (size_t k = 0; k < c->mime.nparts && !c->found; k++)
		if (c->mime.part[k].html)
			spans(c, &c->mime.part[k]);
}

/* ------------------------------------------------------------------------
 * Links. */

static int
hex_digit(char ch)
{
	if (ascii_is_digit(ch))
		return ch - '0';
	ch = ascii_lower(ch);
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* Where, in a rewritten link, the address that it leads to begins: behind its
 * own "http", "%" and ":" may be written as the parameter has them. */
static struct slice
inner_link(struct slice url)
{
	static const struct slice marks[] = { { "http%3a", 7 },
		{ "https%3a", 8 }, { "http:", 5 }, { "https:", 6 },
		{ "http-3a", 7 }, { "https-3a", 8 } };
	for (size_t i = 8; i < url.len; i++)
		for (size_t k = 0; k < sizeof marks / sizeof *marks; k++) {
			if (!at_word(url, i, marks[k]))
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
	return no_octets;
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
		    coded && value.len - i > 2 ? hex_digit(value.p[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(value.p[i + 2]) : -1;
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
		for (size_t k = 0;
		     next > end && k < sizeof names / sizeof *names; k++) {
			if (!at_word(text, next, names[k]))
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
		    !at_word(text, i, SLICE("http")))
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
			    encode_like(c, part[k], like, all_of(e[m].with),
				&e[m].with))
				m++;
		}
		buf_release(&b);
	}
	return m;
}

static void
urls_rewritten(struct body_case *c)
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
explain_mime_unlink(struct body_case *c, unsigned way, struct slice *out)
{
	struct edit e[MIME_MAX_PARTS];
	size_t m = way < LINK_WAYS ? unlinked_parts(c, way, 0, e) : 0, at = 0;
	struct buf b = { .max = 0 };

	for (size_t k = 0; k < m; k++) {
		buf_slice(&b, slice_sub(c->body, at, e[k].from - at));
		buf_slice(&b, e[k].with);
		at = e[k].to;
	}
	*out = no_octets;
	if (m > 0) {
		buf_slice(&b, slice_sub(c->body, at, c->body.len));
		*out = search_keep(c->s, &b);
	}
	buf_release(&b);
	return out->p != NULL;
}

/* ------------------------------------------------------------------------
 * Banners and footers in text parts. */

/* The edit that takes out what may have been put into one part. */
struct cut {
	struct edit e[2]; /* the second goes on where the first ends */
	size_t n;
};

struct cuts {
	struct body_case *c;
	const struct mime_part *part;
	struct slice text; /* of the part; decoded when it is encoded anew */
	bool anew;
	unsigned way;	      /* of encode_like() */
	struct slice encoded; /* all of the text, once it is asked for */
	bool alone;	      /* no other part may have been cut as well */
	uint64_t made;	      /* octets that may still be encoded */
	size_t *room;	      /* and kept */
	struct cut cut[MAX_CUTS];
	size_t n, tried;
};

/* All of a part's text, encoded, in an arena that outlives the step at work:
 * what most cuts of it begin with. */
static struct slice
encoded_text(struct cuts *cuts, struct arena *arena)
{
	struct arena *inner = cuts->c->s->arena;

	if (cuts->encoded.p == NULL) {
		cuts->c->s->arena = arena;
		if (!encode_like(cuts->c, cuts->part, cuts->way,
			all_of(cuts->text), &cuts->encoded))
			cuts->encoded = SLICE("");
		cuts->c->s->arena = inner;
	}
	return cuts->encoded;
}

/* Keep a cut that was encoded: of what it does not have in common with the
 * body, a longer beginning is kept once for all cuts. */
static void
keep_cut(struct cuts *cuts, struct cut *cut, struct arena *arena)
{
	struct edit *e = &cut->e[0];
	size_t lines = 0;
	struct slice rest = e->with;

	if (rest.len > SHORT_OCTETS) {
		struct slice all = encoded_text(cuts, arena);

		all = slice_sub(
		    all, e->from - part_start(cuts->c, cuts->part), all.len);
		lines = lines_in_common(all, rest);
		rest = slice_sub(rest, lines, rest.len);
		cut->e[cut->n++] = (struct edit){ e->to, e->to, rest };
		e->with = slice_sub(all, 0, lines);
		e++;
	}
	if (*cuts->room < rest.len)
		return;
	*cuts->room -= rest.len;
	e->with = arena_copy(arena, rest);
	if (e->with.p == NULL)
		search_memory(cuts->c->s);
	else
		cuts->cut[cuts->n++] = *cut;
}

/* text[from, to) may have been put in: try it, and keep it to be tried with one
 * in another part. */
static void
add_cut(struct cuts *cuts, size_t from, size_t to)
{
	struct body_case *c = cuts->c;
	size_t start = part_start(c, cuts->part);
	struct cut cut = { { { start + from, start + to, no_octets } }, 1 };
	struct step step;

	if (cuts->tried == MAX_CUTS || to <= from || c->found || c->s->failed ||
	    c->s->spent)
		return;
	cuts->tried++;
	if (!cuts->anew) {
		body_try(c, cut.e, 1);
		cuts->cut[cuts->n++] = cut;
		return;
	}
	if (cuts->made < cuts->text.len || !step_begin(c->s, &step))
		return;
	cuts->made -= cuts->text.len;
	if (encode_without(c, cuts->part, cuts->way, cuts->text,
		(struct span){ from, to }, cut.e)) {
		body_try(c, cut.e, 1);
		if (!c->found && !cuts->alone)
			keep_cut(cuts, &cut, step.before);
	}
	step_end(c->s, &step);
}

/* Where the last "</body" or "</html" begins; else the text's end. */
static size_t
html_end(struct slice text, struct slice word)
{
	for (size_t at = text.len; at > 0; at--)
		if (text.p[at - 1] == '<' && at_word(text, at - 1, word))
			return at - 1;
	return text.len;
}

/* Behind "<body ...>", or 0. */
static size_t
html_start(struct slice text)
{
	for (size_t at = 0; at < text.len; at++)
		if (text.p[at] == '<' && at_word(text, at, SLICE("<body")))
			return at +
			       slice_find(slice_sub(text, at, text.len), '>') +
			       1;
	return 0;
}

/* Text that may have been put before stop. */
static void
cuts_before(struct cuts *cuts, size_t stop)
{
	struct slice text = cuts->text;
	bool html = cuts->part->html;
	size_t lines = 0, least = stop > NEAR_OCTETS ? stop - NEAR_OCTETS : 0;

	for (size_t at = stop; at > least && lines < NEAR_LINES;) {
		at--;
		bool line = at == 0 || text.p[at - 1] == '\n';

		lines += line;
		if (!line && !(html && text.p[at] == '<'))
			continue;
		add_cut(cuts, at, stop);
		/* The line end before a footer at the part's end is the
		 * delimiter's now, and was the text's. */
		if (line && stop == text.len && at > 0) {
			bool crlf = at > 1 && text.p[at - 2] == '\r';

			add_cut(cuts, at - 1 - crlf, stop);
		}
	}
}

/* Text that may have been put behind start. */
static void
cuts_behind(struct cuts *cuts, size_t start)
{
	struct slice text = cuts->text;
	size_t stop = text.len, lines = 0;

	if (stop > start + NEAR_OCTETS)
		stop = start + NEAR_OCTETS;
	for (size_t at = start + 1; at < stop && lines < NEAR_LINES; at++) {
		bool line = text.p[at - 1] == '\n';

		lines += line;
		if (line || (cuts->part->html && text.p[at - 1] == '>'))
			add_cut(cuts, start, at);
	}
}

static void
cuts_of(struct cuts *cuts, bool at_end)
{
	struct slice text = cuts->text;
	bool html = cuts->part->html;

	if (!search_pay(cuts->c->s, (uint64_t)COST_SEEN * text.len))
		return;
	if (at_end) {
		size_t body = html ? html_end(text, SLICE("</body")) : text.len;
		size_t all = html ? html_end(text, SLICE("</html")) : text.len;

		cuts_before(cuts, body);
		if (all != body && all < text.len)
			cuts_before(cuts, all);
		if (body < text.len)
			cuts_before(cuts, text.len);
	} else {
		size_t start = html ? html_start(text) : 0;

		if (start > 0 && start < text.len)
			cuts_behind(cuts, start);
		cuts_behind(cuts, 0);
	}
}

/* A cut, from that place of the body on, less the first octets of what it puts
 * there. */
static void
put_cut(struct body_hash *h, const struct body_case *c, size_t at,
    const struct cut *cut, size_t less)
{
	const struct edit *e = cut->e;

	body_hash_put(h, slice_sub(c->body, at, e->from - at));
	body_hash_put(h, slice_sub(e->with, less, e->with.len));
	if (cut->n > 1)
		body_hash_put(h, e[1].with);
}

/* Where the first of some cuts begins, and how much all of them put there that
 * is the same and kept once. */
static size_t
first_of(const struct body_case *c, const struct cuts *cuts, size_t *same)
{
	size_t least = c->body.len;

	for (size_t k = 0; k < cuts->n; k++)
		if (cuts->cut[k].e->from < least)
			least = cuts->cut[k].e->from;
	*same = SIZE_MAX;
	for (size_t k = 0; k < cuts->n; k++) {
		const struct edit *e = cuts->cut[k].e;

		if (cuts->cut[k].n < 2 || e->from != least ||
		    e->with.p != cuts->cut[0].e->with.p)
			*same = 0;
		else if (e->with.len < *same)
			*same = e->with.len;
	}
	return least;
}

static void
cuts_found(
    struct body_case *c, const struct cut *first, const struct cut *second)
{
	const struct cut *cut[2] = { first, second };
	struct edit e[2];

	for (size_t k = 0; k < 2; k++) {
		struct buf b = { .max = 0 };

		e[k] = cut[k]->e[0];
		if (cut[k]->n == 1)
			continue;
		buf_slice(&b, e[k].with);
		buf_slice(&b, cut[k]->e[1].with);
		e[k].with = search_keep_proof(c->s, &b);
		buf_release(&b);
	}
	body_found(c, e, 2);
}

/* Of the body up to there, how many octets are hashed with the cut. */
static size_t
cut_octets(const struct cut *cut, size_t at, size_t end)
{
	return cut->e->from - at + cut->e->with.len +
	       (cut->n > 1 ? cut->e[1].with.len : 0) + end - cut->e->to;
}

/* A cut in one part and one in another behind it: what stands before the second
 * is hashed once for each cut in the first. */
static void
try_pairs(struct body_case *c, const struct cuts *a, const struct cuts *b)
{
	size_t same, least = first_of(c, b, &same);

	for (size_t i = 0; i < a->n && b->n > 0 && !c->found; i++) {
		const struct cut *first = &a->cut[i];
		size_t to = first->e->to, at;
		struct body_hash h;

		if (to > least)
			break;
		at = body_hash_begin(c, &h, first->e->from);
		if (!search_may(c->s, cut_octets(first, at, least) + same)) {
			digest_release(&h.d);
			break;
		}
		put_cut(&h, c, at, first, 0);
		body_hash_put(&h, slice_sub(c->body, to, least - to));
		body_hash_put(&h, slice_sub(b->cut->e->with, 0, same));
		for (size_t k = 0; k < b->n && !c->found; k++) {
			struct body_hash e;
			const struct cut *cut = &b->cut[k];

			if (!search_may(c->s,
				cut_octets(cut, least, c->body.len) - same))
				break;
			body_hash_copy(&e, &h);
			put_cut(&e, c, least, cut, same);
			body_hash_put(
			    &e, slice_sub(c->body, cut->e->to, c->body.len));
			if (body_hash_fits(c, &e))
				cuts_found(c, first, cut);
		}
		digest_release(&h.d);
	}
}

/* A part's text as it stands, or decoded. */
static bool
cuts_begin(struct cuts *cuts, struct body_case *c, const struct mime_part *p,
    bool anew, unsigned way, bool at_end)
{
	cuts->c = c;
	cuts->part = p;
	cuts->anew = anew;
	cuts->way = way;
	cuts->text = p->content;
	if (anew &&
	    (p->coded == MIME_IDENTITY || !decode_part(c, p, &cuts->text)))
		return false;
	cuts_of(cuts, at_end);
	return true;
}

/* In parts as they stand; then in those that are encoded, decoded. */
static void
in_parts_as(struct body_case *c, bool at_end, bool anew, unsigned way)
{
	const struct mime_part *part[MAX_CUT_PARTS];
	size_t n = text_parts(c, part, MAX_CUT_PARTS), m = 0;
	size_t room = KEPT_OCTETS + c->body.len / 2;
	struct cuts *cuts = arena_array(c->s->arena, n + 1, sizeof *cuts);
	enum cause_id row = c->cause;

	if (cuts == NULL) {
		search_memory(c->s);
		return;
	}
	for (size_t k = 0; k < n && !c->found; k++) {
		/* What is base64 has no lines to cut; a body without parts
		 * had its lines tried. */
		if (!anew && (part[k]->coded == MIME_BASE64 ||
				 (part[k] == &c->mime.root && !part[k]->html)))
			continue;
		/* In the HTML alone it is neither a footer nor a banner that
		 * all can see. */
		c->cause = part[k]->html ? CAUSE_BODY_HTML_INSERTED : row;
		cuts[m].alone = n == 1;
		cuts[m].made = with_effort(c->s, MADE_OCTETS);
		cuts[m].room = &room;
		if (cuts_begin(&cuts[m], c, part[k],
			anew && part[k]->coded != MIME_IDENTITY, way, at_end))
			m++;
		c->cause = row;
	}
	uint64_t by = search_put_by(c->s);

	for (size_t i = 0; i < m; i++)
		for (size_t k = i + 1; k < m && !c->found; k++)
			try_pairs(c, &cuts[i], &cuts[k]);
	search_give_back(c->s, by);
}

static void
in_parts(struct body_case *c, bool at_end)
{
	in_parts_as(c, at_end, false, 0);
	for (unsigned way = 0; any_likeness(c, way) && !c->found; way++) {
		struct step step;

		if (c->s->spent || !step_begin(c->s, &step))
			return;
		in_parts_as(c, at_end, true, way);
		step_end(c->s, &step);
	}
}

static void
footer_in_parts(struct body_case *c)
{
	in_parts(c, true);
}

static void
banner_in_parts(struct body_case *c)
{
	in_parts(c, false);
}

/* ------------------------------------------------------------------------
 * The rows: what is soon tried comes first. */

const struct body_row explain_mime_rows[] = {
	{ CAUSE_BODY_MIME_PART_ADDED, part_added },
	{ CAUSE_BODY_MIME_WRAPPED, mime_wrapped },
	{ CAUSE_BODY_8BIT_TO_QP, was_8bit_now_qp },
	{ CAUSE_BODY_8BIT_TO_BASE64, was_8bit_now_base64 },
	{ CAUSE_BODY_PART_HEADERS_ADDED, part_headers_added },
	{ CAUSE_BODY_URLS_REWRITTEN, urls_rewritten },
	{ CAUSE_BODY_HTML_META_ADDED, html_meta_added },
	{ CAUSE_BODY_FOOTER_IN_PARTS, footer_in_parts },
	{ CAUSE_BODY_BASE64_REWRAPPED, base64_rewrapped },
	{ CAUSE_BODY_BASE64_TO_8BIT, was_base64 },
	{ CAUSE_BODY_QP_TO_8BIT, was_qp },
	{ CAUSE_BODY_PREAMBLE_REMOVED, preamble_removed },
	{ CAUSE_BODY_BANNER_IN_PARTS, banner_in_parts },
	{ CAUSE_BODY_CHARSET_CONVERTED, charset_converted },
	{ CAUSE_BODY_HTML_INSERTED, html_inserted },
};

const size_t explain_mime_nrows =
    sizeof explain_mime_rows / sizeof *explain_mime_rows;

const struct body_row *
explain_mime_row(enum cause_id cause)
{
	size_t r = 0;

	while (explain_mime_rows[r].cause != cause)
		r++;
	return &explain_mime_rows[r];
}
