/* SPDX-License-Identifier: BSD-2-Clause */
/* What may have been done to a body with MIME parts, or to its encoding. */
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "explain_body.h"
#include "recode.h"

static const struct slice no_octets = { NULL, 0 };

enum {
	MAX_EDITS = 4 * MIME_MAX_PARTS,
	NEAR_LINES = 16, /* of a part's start or end */
	NEAR_OCTETS = 3000,
	MAX_CUTS = 160,	   /* of one part */
	MAX_SPANS = 20000, /* of HTML */
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

/* One part encoded in lines of that width: as base64, or as quoted-printable.
 */
static bool
encode_part(struct body_case *c, struct slice text, bool base64, size_t width,
    struct slice *out)
{
	struct buf b = { .max = 0 };

	if (base64)
		recode_base64_encode(&b, text, width, "\r\n");
	else
		recode_qp_encode(&b, text, width);
	*out = search_keep(c->s, &b);
	buf_release(&b);
	return out->p != NULL;
}

/* What was encoded, in lines of every usual width.  A part ends before the line
 * end that goes with the delimiter. */
static void
encoded(struct body_case *c, bool base64)
{
	static const size_t widths[] = { 76, 72, 64, 60, 75, 73, 70, 80 };
	static const char *const b64[] = { "base64", "BASE64", "Base64" };
	static const char *const qp[] = { "quoted-printable",
		"Quoted-Printable", "QUOTED-PRINTABLE" };
	const struct mime_part *part[MIME_MAX_PARTS];
	size_t n = coded_parts(c, MIME_IDENTITY, true, part);

	for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
		struct recoded r[MIME_MAX_PARTS];
		size_t m = 0;

		for (size_t k = 0; k < n; k++) {
			struct slice text;

			if (!encode_part(
				c, part[k]->content, base64, widths[w], &text))
				return;
			if (part[k] != &c->mime.root && base64 && text.len >= 2)
				text.len -= 2;
			r[m++] = recoded_as(c, part[k], text);
		}
		if (m > 0 && try_words(c, r, m, base64 ? b64 : qp, 3))
			return;
		if (c->s->failed || c->s->spent)
			return;
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

static void
base64_rewrapped(struct body_case *c)
{
	static const size_t widths[] = { 76, 72, 64, 60, 1 << 28 };
	static const char *const words[] = { "" };
	const struct mime_part *part[MIME_MAX_PARTS];
	size_t n = coded_parts(c, MIME_BASE64, false, part);

	for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
		struct recoded r[MIME_MAX_PARTS];
		size_t m = 0;

		for (size_t k = 0; k < n; k++) {
			struct slice octets, text;

			if (base64_decode(part[k]->content, c->s->arena,
				&octets) != BASE64_OK ||
			    !encode_part(c, octets, true, widths[w], &text))
				continue;
			/* A line end behind the last line is there or not. */
			if (part[k] != &c->mime.root && text.len >= 2)
				text.len -= 2;
			r[m++] = recoded_as(c, part[k], text);
		}
		if (m > 0 && try_words(c, r, m, words, 1))
			return;
		for (size_t k = 0; k < m; k++)
			if (r[k].part != NULL)
				r[k].content.len += 2;
		if (m > 0 && c->mime.root.multipart &&
		    try_words(c, r, m, words, 1))
			return;
	}
}

/* ------------------------------------------------------------------------
 * Charsets. */

static const char *const charsets[] = { "ISO-2022-JP", "ISO-8859-1",
	"ISO-8859-15", "WINDOWS-1252", "SHIFT_JIS", "EUC-JP", "UTF-8", "GB2312",
	"GBK", "GB18030", "BIG5", "EUC-KR", "KOI8-R", "WINDOWS-1251",
	"ISO-8859-2" };

/* A charset as it may be spelled in a header: as above, in lower case, each in
 * quotes, and two that people write in their own way. */
static bool
charset_spelled(const char *name, unsigned way, char out[32])
{
	size_t n = strlen(name);
	bool lower = way % 3 == 1;

	if (way == 6 || n > 24)
		return false;
	if (way % 3 == 2 && strcmp(name, "SHIFT_JIS") == 0)
		name = "Shift_JIS";
	else if (way % 3 == 2 && strcmp(name, "WINDOWS-1252") == 0)
		name = "Windows-1252";
	else if (way % 3 == 2)
		name = strcmp(name, "BIG5") == 0 ? "Big5" : name;
	snprintf(out, 32, way >= 3 ? "\"%s\"" : "%s", name);
	for (size_t i = 0; lower && out[i] != '\0'; i++)
		out[i] = ascii_lower(out[i]);
	return true;
}

/* A part's content in another charset: as it is encoded now, and plain. */
struct converted {
	const struct mime_part *part;
	struct slice same, plain;
};

static bool
convert(struct body_case *c, const struct mime_part *p, const char *to,
    struct converted *out)
{
	struct slice charset = mime_param(p->type, SLICE("charset")), text;
	struct buf b = { .max = 0 };
	char from[40] = "UTF-8";

	if (charset.len > 0 && charset.len < sizeof from) {
		memcpy(from, charset.p, charset.len);
		from[charset.len] = '\0';
		for (size_t i = 0; i < charset.len; i++)
			if (!ascii_is_alnum(from[i]) && from[i] != '-' &&
			    from[i] != '_')
				return false;
	}
	if (slice_eq_nocase(slice_of(from), slice_of(to)) ||
	    !decode_part(c, p, &text) || !recode_charset(&b, to, from, text) ||
	    b.failure != BUF_OK) {
		buf_release(&b);
		return false;
	}
	out->part = p;
	out->plain = search_keep(c->s, &b);
	buf_release(&b);
	out->same = out->plain;
	if (out->plain.p != NULL && p->coded != MIME_IDENTITY)
		encode_part(
		    c, out->plain, p->coded == MIME_BASE64, 76, &out->same);
	if (p != &c->mime.root && p->coded == MIME_BASE64 && out->same.len >= 2)
		out->same.len -= 2;
	return out->plain.p != NULL && out->same.p != NULL;
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

/* All converted parts with one spelling and one encoding. */
static bool
try_converted(struct body_case *c, const struct converted v[], size_t n,
    struct slice name, bool plain, const char *word)
{
	struct edit e[MAX_EDITS];
	size_t edits = 0;

	for (size_t k = 0; k < n; k++) {
		const struct mime_part *p = v[k].part;
		struct slice old = mime_param(p->type, SLICE("charset")), line;
		struct slice content = plain ? v[k].plain : v[k].same;

		if (p == &c->mime.root)
			return body_try_whole(c, content);
		if (old.p != NULL) {
			bool quoted = old.p[-1] == '"';

			add_edit(e, &edits, offset(c, old.p) - quoted,
			    offset(c, old.p) + old.len + quoted, name);
		}
		if (plain && word == NULL && field_line(p, cte_name, &line))
			add_edit(e, &edits, offset(c, line.p),
			    offset(c, line.p) + line.len, no_octets);
		else if (plain && word != NULL && p->encoding.len > 0)
			add_edit(e, &edits, offset(c, p->encoding.p),
			    offset(c, p->encoding.p) + p->encoding.len,
			    slice_of(word));
		add_edit(e, &edits, part_start(c, p), part_stop(c, p), content);
	}
	return edits > 0 && body_try(c, e, edits);
}

static void
charset_converted(struct body_case *c)
{
	static const char *const words[] = { "7bit", "8bit", NULL };
	const struct mime_part *part[MIME_MAX_PARTS];
	size_t n = 0;

	if (!c->mime.root.multipart)
		part[n++] = &c->mime.root;
	for (size_t k = 0; k < c->mime.nparts; k++)
		if (c->mime.part[k].text)
			part[n++] = &c->mime.part[k];
	for (size_t s = 0; s < sizeof charsets / sizeof *charsets; s++) {
		struct converted v[MIME_MAX_PARTS];
		size_t m = 0;
		char name[32];

		for (size_t k = 0; k < n; k++)
			m += convert(c, part[k], charsets[s], &v[m]);
		for (unsigned way = 0;
		     m > 0 && charset_spelled(charsets[s], way, name); way++) {
			struct slice spelled =
			    arena_copy(c->s->arena, slice_of(name));

			if (spelled.p == NULL || c->s->spent ||
			    try_converted(c, v, m, spelled, false, NULL))
				return;
			for (size_t w = 0; w < 3; w++)
				if (try_converted(
					c, v, m, spelled, true, words[w]))
					return;
		}
	}
}

/* ------------------------------------------------------------------------
 * HTML. */

static bool
at_word(struct slice s, size_t at, struct slice word)
{
	return s.len - at >= word.len &&
	       slice_eq_nocase(slice_sub(s, at, word.len), word);
}

/* One element, or a few, taken out of HTML: from a "<" or a line's start to
 * behind a ">" or a line's end. */
static bool
try_span(struct body_case *c, size_t from, size_t end,
    const struct body_hash *before, size_t *tries)
{
	for (size_t to = from + 1; to <= end && to - from <= NEAR_OCTETS;
	     to++) {
		struct body_hash h;

		if (c->body.p[to - 1] != '>' && c->body.p[to - 1] != '\n')
			continue;
		if (++*tries > MAX_SPANS || c->s->spent || c->s->failed ||
		    !search_may(c->s, c->body.len - to + 64))
			return true;
		body_hash_copy(&h, before);
		body_hash_put(&h, slice_sub(c->body, to, c->body.len));
		if (body_hash_fits(c, &h)) {
			struct edit e = { from, to, no_octets };

			body_found(c, &e, 1);
			return true;
		}
	}
	return false;
}

static void
spans(struct body_case *c, const struct mime_part *p, struct slice only)
{
	struct body_hash h;
	size_t start = part_start(c, p), end = part_stop(c, p), put = 0;
	size_t tries = 0;

	body_hash_init(&h, c->canon, c->limit);
	for (size_t at = start; at < end; at++) {
		bool begins = c->body.p[at] == '<' || at == start ||
			      c->body.p[at - 1] == '\n';

		if (!begins || (only.len > 0 && !at_word(c->body, at, only)))
			continue;
		body_hash_put(&h, slice_sub(c->body, put, at - put));
		put = at;
		if (try_span(c, at, end, &h, &tries))
			break;
	}
	digest_release(&h.d);
}

static void
each_html(struct body_case *c, struct slice only)
{
	if (c->mime.root.html)
		spans(c, &c->mime.root, only);
	for (size_t k = 0; k < c->mime.nparts && !c->found; k++)
		if (c->mime.part[k].html)
			spans(c, &c->mime.part[k], only);
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

/* What a rewritten link leads to, from its parameter; way 1 writes "&" as HTML
 * does, way 2 undoes "-3A" and "_" as well. */
static bool
link_target(struct slice url, unsigned way, struct buf *out)
{
	static const char *const params[] = { "?url=", "&url=", ";url=", "?u=",
		"&u=", ";u=", "?redirect=", "?target=" };
	struct slice value = no_octets;
	size_t before = out->len;

	for (size_t k = 0; k < sizeof params / sizeof *params; k++) {
		struct slice mark = slice_of(params[k]);

		for (size_t i = 0; i + mark.len < url.len && value.p == NULL;
		     i++)
			if (slice_eq_nocase(slice_sub(url, i, mark.len), mark))
				value = slice_sub(url, i + mark.len, url.len);
	}
	value = slice_sub(value, 0, slice_find(value, '&'));
	for (size_t i = 0; i < value.len; i++) {
		bool coded =
		    value.p[i] == '%' || (way == 2 && value.p[i] == '-');
		int high =
		    coded && value.len - i > 2 ? hex_digit(value.p[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(value.p[i + 2]) : -1;
		char ch = value.p[i];

		if (low >= 0)
			ch = (char)(high << 4 | low);
		else if (way == 2 && ch == '_')
			ch = '/';
		i += low >= 0 ? 2 : 0;
		if (way == 1 && ch == '&')
			buf_text(out, "&amp;");
		else
			buf_char(out, ch);
	}
	if (slice_starts(
		slice_sub(buf_view(out), before, out->len), SLICE("http")))
		return true;
	out->len = before;
	return false;
}

static void
urls_rewritten(struct body_case *c)
{
	for (unsigned way = 0; way < 3 && !c->found; way++) {
		struct edit *e = NULL;
		size_t n = 0, max = 2000;

		e = arena_array(c->s->arena, max, sizeof *e);
		if (e == NULL) {
			search_memory(c->s);
			return;
		}
		for (size_t i = 0; i + 8 < c->body.len && n < max; i++) {
			struct buf b = { .max = 0 };
			size_t end = i;

			if (c->body.p[i] != 'h' ||
			    !at_word(c->body, i, SLICE("http")))
				continue;
			while (end < c->body.len && c->body.p[end] > ' ' &&
			       strchr("\"'<>", c->body.p[end]) == NULL)
				end++;
			if (link_target(
				slice_sub(c->body, i, end - i), way, &b))
				e[n++] = (struct edit){ i, end,
					search_keep(c->s, &b) };
			buf_release(&b);
			i = end;
		}
		if (n == 0)
			return;
		body_try(c, e, n);
		for (size_t k = 0; n > 1 && n <= 32 && k < n; k++)
			body_try(c, &e[k], 1);
	}
}

/* ------------------------------------------------------------------------
 * Banners and footers in text parts. */

struct cuts {
	struct edit cut[MAX_CUTS];
	size_t n;
};

static void
add_cut(struct cuts *cuts, size_t from, size_t to, struct slice with)
{
	if (cuts->n < MAX_CUTS && (to > from || with.len > 0))
		cuts->cut[cuts->n++] = (struct edit){ from, to, with };
}

/* Where "</body" or "</html" begins; else the part's end. */
static size_t
html_end(
    const struct body_case *c, const struct mime_part *p, struct slice word)
{
	size_t stop = part_stop(c, p);

	for (size_t at = stop; at > part_start(c, p); at--)
		if (c->body.p[at - 1] == '<' &&
		    at_word(slice_sub(c->body, 0, stop), at - 1, word))
			return at - 1;
	return stop;
}

/* Text that may have been put before stop. */
static void
cuts_before(struct body_case *c, struct cuts *cuts, const struct mime_part *p,
    size_t stop)
{
	size_t start = part_start(c, p), lines = 0;
	size_t least = stop > NEAR_OCTETS ? stop - NEAR_OCTETS : 0;

	if (least < start)
		least = start;
	for (size_t at = stop; at > least && lines < NEAR_LINES;) {
		at--;
		bool line = at == start || c->body.p[at - 1] == '\n';

		lines += line;
		if (!line && !(p->html && c->body.p[at] == '<'))
			continue;
		add_cut(cuts, at, stop, no_octets);
		/* The line end before a footer at the part's end is the
		 * delimiter's now, and was the text's. */
		if (line && stop == part_stop(c, p) && at > start) {
			bool crlf = at - 1 > start && c->body.p[at - 2] == '\r';

			add_cut(cuts, at - 1 - crlf, stop, no_octets);
		}
	}
}

/* Text that may have been put behind start. */
static void
cuts_behind(struct body_case *c, struct cuts *cuts, const struct mime_part *p,
    size_t start)
{
	size_t stop = part_stop(c, p), lines = 0;

	if (stop > start + NEAR_OCTETS)
		stop = start + NEAR_OCTETS;
	for (size_t at = start + 1; at < stop && lines < NEAR_LINES; at++) {
		bool line = c->body.p[at - 1] == '\n';

		lines += line;
		if (line || (p->html && c->body.p[at - 1] == '>'))
			add_cut(cuts, start, at, no_octets);
	}
}

/* Behind "<body ...>", or the part's start. */
static size_t
html_start(const struct body_case *c, const struct mime_part *p)
{
	size_t start = part_start(c, p), stop = part_stop(c, p);

	for (size_t at = start; at < stop; at++)
		if (c->body.p[at] == '<' &&
		    at_word(slice_sub(c->body, 0, stop), at, SLICE("<body")))
			return at +
			       slice_find(
				   slice_sub(c->body, at, stop - at), '>') +
			       1;
	return start;
}

/* In a base64 part: the text without its last lines, or its first, encoded
 * anew. */
static void
cuts_coded(struct body_case *c, struct cuts *cuts, const struct mime_part *p,
    bool at_end)
{
	struct slice text, made;
	size_t width = slice_find(p->content, '\n'), lines = 0;

	width -= width > 0 && p->content.p[width - 1] == '\r';
	if (width < 4 || width > 200)
		width = 76;
	if (!decode_part(c, p, &text) || text.len > 200 * 1024)
		return;
	for (size_t k = 1; k < text.len && lines < NEAR_LINES; k++) {
		size_t at = at_end ? text.len - k : k;

		if (text.p[at - 1] != '\n')
			continue;
		lines++;
		for (unsigned end = 0; end < (at_end ? 2U : 1U); end++) {
			struct slice part =
			    at_end ? slice_sub(text, 0, at - 2 * end)
				   : slice_sub(text, at, text.len);

			if (!encode_part(c, part, true, width, &made))
				return;
			if (p != &c->mime.root && made.len >= 2 &&
			    !(p->content.len > 0 &&
				p->content.p[p->content.len - 1] == '\n'))
				made.len -= 2;
			add_cut(cuts, part_start(c, p), part_stop(c, p), made);
		}
	}
}

static void
cuts_of(struct body_case *c, struct cuts *cuts, const struct mime_part *p,
    bool at_end)
{
	cuts->n = 0;
	if (p->coded == MIME_BASE64) {
		cuts_coded(c, cuts, p, at_end);
		return;
	}
	if (at_end) {
		if (p->html) {
			size_t body = html_end(c, p, SLICE("</body"));
			size_t html = html_end(c, p, SLICE("</html"));

			cuts_before(c, cuts, p, body);
			if (html != body)
				cuts_before(c, cuts, p, html);
			if (body == part_stop(c, p))
				return;
		}
		cuts_before(c, cuts, p, part_stop(c, p));
	} else {
		if (p->html && html_start(c, p) != part_start(c, p))
			cuts_behind(c, cuts, p, html_start(c, p));
		cuts_behind(c, cuts, p, part_start(c, p));
	}
}

/* A cut in one part and one in another behind it: what stands before the second
 * is hashed once for each cut in the first. */
static void
try_pairs(struct body_case *c, const struct cuts *a, const struct cuts *b)
{
	size_t least = c->body.len;

	for (size_t k = 0; k < b->n; k++)
		if (b->cut[k].from < least)
			least = b->cut[k].from;
	for (size_t i = 0; i < a->n && !c->found; i++) {
		struct body_hash h;

		if (a->cut[i].to > least ||
		    !search_may(c->s, least + a->cut[i].with.len))
			break;
		body_hash_init(&h, c->canon, c->limit);
		body_hash_put(&h, slice_sub(c->body, 0, a->cut[i].from));
		body_hash_put(&h, a->cut[i].with);
		body_hash_put(
		    &h, slice_sub(c->body, a->cut[i].to, least - a->cut[i].to));
		for (size_t k = 0; k < b->n && !c->found; k++) {
			struct body_hash e;
			const struct edit *cut = &b->cut[k];

			if (!search_may(
				c->s, c->body.len - least + cut->with.len))
				break;
			body_hash_copy(&e, &h);
			body_hash_put(
			    &e, slice_sub(c->body, least, cut->from - least));
			body_hash_put(&e, cut->with);
			body_hash_put(
			    &e, slice_sub(c->body, cut->to, c->body.len));
			if (body_hash_fits(c, &e)) {
				struct edit both[2] = { a->cut[i], *cut };

				body_found(c, both, 2);
			}
		}
		digest_release(&h.d);
	}
}

static void
in_parts(struct body_case *c, bool at_end)
{
	const struct mime_part *part[MIME_MAX_PARTS];
	struct cuts *cuts;
	size_t n = 0;

	if (!c->mime.root.multipart && c->mime.root.coded == MIME_BASE64)
		part[n++] = &c->mime.root;
	for (size_t k = 0; k < c->mime.nparts && n < 6; k++)
		if (c->mime.part[k].text && !c->mime.part[k].multipart)
			part[n++] = &c->mime.part[k];
	if (n == 0)
		return;
	cuts = arena_array(c->s->arena, n, sizeof *cuts);
	if (cuts == NULL) {
		search_memory(c->s);
		return;
	}
	for (size_t k = 0; k < n && !c->found; k++) {
		cuts_of(c, &cuts[k], part[k], at_end);
		for (size_t i = 0; i < cuts[k].n && !c->found; i++)
			body_try(c, &cuts[k].cut[i], 1);
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n && !c->found; k++)
			try_pairs(c, &cuts[i], &cuts[k]);
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
 * The rows. */

#define CHANGED "RFC 6377 section 3.3"
#define RECODED "RFC 6376 section 5.3"

const struct body_row explain_mime_rows[] = {
	{ { "body.mime-part-added", ROLE_MODIFIER, CHANGED,
	      "A MIME part was added.",
	      "Whoever adds a part has to seal the message afterwards." },
	    part_added },
	{ { "body.mime-wrapped", ROLE_MODIFIER, CHANGED,
	      "The message was wrapped into a multipart.",
	      "Whoever wraps a message has to seal it afterwards." },
	    mime_wrapped },
	{ { "body.8bit-to-qp", ROLE_MODIFIER, RECODED,
	      "Eight-bit text was encoded as quoted-printable on its way.",
	      "Sign and seal what is 7-bit clean already, or let no server "
	      "without 8BITMIME come behind the sealer." },
	    was_8bit_now_qp },
	{ { "body.8bit-to-base64", ROLE_MODIFIER, RECODED,
	      "Eight-bit text was encoded as base64 on its way.",
	      "Sign and seal what is 7-bit clean already, or let no server "
	      "without 8BITMIME come behind the sealer." },
	    was_8bit_now_base64 },
	{ { "body.base64-rewrapped", ROLE_MODIFIER, RECODED,
	      "The lines of base64 were made of another length.",
	      "Switch off the rewriting of encodings behind the sealer." },
	    base64_rewrapped },
	{ { "body.base64-to-8bit", ROLE_MODIFIER, RECODED,
	      "What was base64 was decoded on its way.",
	      "Switch off the conversion of encodings behind the sealer." },
	    was_base64 },
	{ { "body.qp-to-8bit", ROLE_MODIFIER, RECODED,
	      "What was quoted-printable was decoded on its way.",
	      "Switch off the conversion of encodings behind the sealer." },
	    was_qp },
	{ { "body.part-headers-added", ROLE_MODIFIER, CHANGED,
	      "Fields were added to the headers of MIME parts.",
	      "Whatever marks the parts has to seal the message "
	      "afterwards." },
	    part_headers_added },
	{ { "body.urls-rewritten", ROLE_MODIFIER, CHANGED,
	      "Links were made to lead over a checking service.",
	      "Whoever rewrites links has to seal the message afterwards." },
	    urls_rewritten },
	{ { "body.html-meta-added", ROLE_MODIFIER, CHANGED,
	      "A <meta> element was put into the HTML.",
	      "Whatever rewrites HTML has to seal the message afterwards." },
	    html_meta_added },
	{ { "body.charset-converted", ROLE_MODIFIER, RECODED,
	      "The text was converted to another charset.",
	      "Switch off the conversion of charsets behind the sealer." },
	    charset_converted },
	{ { "body.footer-in-parts", ROLE_MODIFIER, CHANGED,
	      "A footer was put into text parts.",
	      "Whoever adds a footer has to seal the message afterwards." },
	    footer_in_parts },
	{ { "body.banner-in-parts", ROLE_MODIFIER, CHANGED,
	      "A banner was put into text parts.",
	      "Whoever adds a banner has to seal the message afterwards." },
	    banner_in_parts },
	{ { "body.html-inserted", ROLE_MODIFIER, CHANGED,
	      "An element was put into the HTML.",
	      "Whatever rewrites HTML has to seal the message afterwards." },
	    html_inserted },
};

const size_t explain_mime_nrows =
    sizeof explain_mime_rows / sizeof *explain_mime_rows;
