/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/base64.h"
#include "mail/mime.h"
#include "why/body_coding.h"
#include "why/body_hash.h"
#include "why/body_text.h"
#include "why/body_try.h"

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
	struct edit e[PARTS_MAX_EDITS];
	size_t edits = 0;

	for (size_t k = 0; k < n; k++) {
		const struct mime_part *p = r[k].part;
		struct slice line;

		if (p == NULL)
			return body_try_whole(c, r[k].content);
		if (word == NULL &&
		    part_field(p, SLICE("Content-Transfer-Encoding"), &line))
			e[edits++] = (struct edit){ body_offset(c, line.p),
				body_offset(c, line.p) + line.len, SLICE_NONE };
		else if (word != NULL && word[0] != '\0' && p->encoding.len > 0)
			e[edits++] = (struct edit){ body_offset(
							c, p->encoding.p),
				body_offset(c, p->encoding.p) + p->encoding.len,
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
		try_words(c, r, m, words, ARRAY_LEN(words));
}

bool
body_decode(struct body_case *c, enum mime_encoding coded, const char *word,
    struct slice *out)
{
	const struct mime_part *part[MIME_MAX_PARTS];
	size_t n = coded_parts(c, coded, true, part), at = 0;
	struct buf b = { .max = 0 };

	for (size_t k = 0; k < n; k++) {
		const struct mime_part *p = part[k];
		struct slice text, old = SLICE_NONE;

		if (!decode_part(c, p, &text))
			continue;
		if (p != &c->mime.root && word != NULL)
			old = p->encoding;
		else if (p != &c->mime.root)
			part_field(p, SLICE("Content-Transfer-Encoding"), &old);
		if (old.len > 0) {
			buf_slice(&b,
			    slice_sub(c->body, at, body_offset(c, old.p) - at));
			buf_text(&b, word != NULL ? word : "");
			at = body_offset(c, old.p) + old.len;
		}
		buf_slice(&b, slice_sub(c->body, at, part_start(c, p) - at));
		buf_slice(&b, text);
		at = part_stop(c, p);
	}
	*out = SLICE_NONE;
	if (at > 0) {
		buf_slice(&b, slice_sub(c->body, at, c->body.len));
		*out = search_keep(c->s, &b);
	}
	buf_release(&b);
	return out->p != NULL;
}

void
body_was_8bit_now_qp(struct body_case *c)
{
	decoded(c, MIME_QUOTED_PRINTABLE);
}

void
body_was_8bit_now_base64(struct body_case *c)
{
	decoded(c, MIME_BASE64);
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

		if (!body_encode(c, text, base64, width, &text))
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

void
body_was_base64(struct body_case *c)
{
	encoded(c, true);
}

void
body_was_qp(struct body_case *c)
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
		    !encode_part(c, whole_text(octets), true, width, &text))
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

void
body_base64_rewrapped(struct body_case *c)
{
	static const size_t widths[] = { 76, 72, 64, 60, 1 << 28 };
	bool done = false;

	for (size_t w = 0; w < ARRAY_LEN(widths) && !done; w++) {
		struct step step;

		if (!step_begin(c->s, &step))
			return;
		done = rewrapped_in(c, widths[w]) || c->s->failed;
		step_end(c->s, &step);
	}
}
