/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/body_recoded.h"

#include <string.h>

#include "mail/recode.h"
#include "why/body_text.h"

enum {
	MAX_TEXTS = 6,	    /* parts with a choice */
	MAX_FORMS = 160,    /* of one part */
	MAX_TEXT = 1 << 20, /* octets of one, to be encoded anew */
	RECODED_OCTETS = 48 << 20,
	ALL_OCTETS = 16 << 20, /* of choices that differ from part to part */
	USUAL_WIDTH = 76,
};

/* How the text of a part may have been written. */
enum coding {
	CODED_AS_IS,
	CODED_PLAIN, /* with no, one or two line ends behind it */
	CODED_PLAIN_1,
	CODED_PLAIN_2,
	CODED_QP,
	CODED_BASE64,
	CODINGS,
};

/* A header, and a content that goes with it; no header: there is none such, in
 * the place that it has among those of other parts. */
struct recoded_form {
	struct slice header, content;
};

struct recoded_text {
	const struct mime_part *part;
	size_t from, to; /* header and content, in the body */
	struct slice content[CODINGS];
	struct recoded_form form[MAX_FORMS];
	size_t nforms;
};

/* What is left of the body: the edits before the parts and behind them. */
struct frame {
	struct edit before, behind;
	enum cause_id cause; /* of those; CAUSE_NONE: there are none */
};

struct recoding {
	struct body_case *c;
	struct recoded_text *text;
	size_t n;
	struct frame frame;
	/* The walk: the form that each takes, or none. */
	const struct recoded_form *path[MAX_TEXTS];
};

/* ------------------------------------------------------------------------
 * The forms of one part. */

static struct slice
without_ends(struct slice text)
{
	while (text.len > 0 && ascii_is_fws(text.p[text.len - 1]) &&
	       !ascii_is_wsp(text.p[text.len - 1]))
		text.len--;
	return text;
}

/* The text with line ends as they are sent. */
static void
put_crlf(struct buf *b, struct slice text)
{
	struct slice line;

	while (mime_line(&text, &line)) {
		size_t n = slice_line_end(line);

		buf_slice(b, slice_sub(line, 0, line.len - n));
		buf_text(b, n > 0 ? "\r\n" : "");
	}
}

static void
put_coded(struct buf *b, struct slice text, bool base64)
{
	struct encoder e = { .coding = base64 ? ENCODER_BASE64 : ENCODER_QP,
		.width = USUAL_WIDTH,
		.strict = !base64,
		.out = b };

	encoder_put(&e, text);
	encoder_end(&e);
}

static bool
make_contents(struct body_case *c, struct recoded_text *t)
{
	struct slice text = t->part->content;
	struct buf b = { .max = 0 };

	if (text.len > MAX_TEXT || (t->part->coded != MIME_IDENTITY &&
				       !decode_part(c, t->part, &text)))
		return false;
	put_crlf(&b, text);
	struct slice crlf = search_keep(c->s, &b);
	struct slice bare = without_ends(crlf);

	t->content[CODED_AS_IS] = t->part->content;
	t->content[CODED_PLAIN] = bare;
	buf_slice(&b, bare);
	buf_text(&b, "\r\n\r\n");
	bare = search_keep(c->s, &b);
	if (bare.p == NULL || crlf.p == NULL) {
		buf_release(&b);
		return false;
	}
	t->content[CODED_PLAIN_1] = slice_sub(bare, 0, bare.len - 2);
	t->content[CODED_PLAIN_2] = bare;
	put_coded(&b, crlf, false);
	t->content[CODED_QP] = search_keep(c->s, &b);
	put_coded(&b, crlf, true);
	t->content[CODED_BASE64] = search_keep(c->s, &b);
	buf_release(&b);
	return true;
}

/* The header with another type and another encoding: the fields that Mailman
 * writes go, and others stay where they are. */
static struct slice
make_header(struct body_case *c, const struct mime_part *p, struct slice type,
    const char *word)
{
	struct slice rest = p->header, line;
	struct buf b = { .max = 0 };
	bool drop = false;

	buf_text(&b, "Content-Type: ");
	buf_slice(&b, type);
	if (word != NULL)
		buf_printf(&b, "\r\nContent-Transfer-Encoding: %s", word);
	buf_text(&b, "\r\n");
	while (mime_line(&rest, &line)) {
		if (!ascii_is_wsp(line.p[0]))
			drop =
			    mime_field(line, SLICE("Content-Type")).p != NULL ||
			    mime_field(line, SLICE("Content-Transfer-Encoding"))
				    .p != NULL ||
			    mime_field(line, SLICE("MIME-Version")).p != NULL;
		if (!drop)
			buf_slice(&b, line);
	}
	struct slice kept = search_keep(c->s, &b);

	buf_release(&b);
	return kept;
}

static void
add_form(struct recoded_text *t, struct slice header, enum coding coding)
{
	if (t->nforms == MAX_FORMS)
		return;
	struct recoded_form *f = &t->form[t->nforms++];

	*f = (struct recoded_form){ SLICE_NONE, SLICE_NONE };
	if (header.p != NULL && t->content[coding].p != NULL)
		*f = (struct recoded_form){ header, t->content[coding] };
}

/* All that a header with this type may have stood before. */
static void
add_type(struct body_case *c, struct recoded_text *t, struct slice type)
{
	static const struct {
		const char *word;
		enum coding first, last;
	} ways[] = {
		{ "8bit", CODED_PLAIN, CODED_PLAIN_2 },
		{ "7bit", CODED_PLAIN, CODED_PLAIN_2 },
		{ "quoted-printable", CODED_QP, CODED_QP },
		{ "base64", CODED_BASE64, CODED_BASE64 },
		{ NULL, CODED_PLAIN, CODED_PLAIN_1 },
	};

	if (type.p == NULL)
		return;
	for (size_t k = 0; k < ARRAY_LEN(ways); k++) {
		struct slice header =
		    make_header(c, t->part, type, ways[k].word);

		for (enum coding way = ways[k].first; way <= ways[k].last;
		     way++)
			add_form(t, header, way);
		/* With its label alone rewritten. */
		bool label =
		    ways[k].word != NULL &&
		    slice_eq_nocase(slice_of(ways[k].word), t->part->encoding);

		add_form(t, label ? header : SLICE_NONE, CODED_AS_IS);
	}
}

static void
make_forms(struct body_case *c, struct recoded_text *t)
{
	static const char *const charsets[] = { "UTF-8", "utf-8", "\"utf-8\"",
		"\"UTF-8\"", "\"us-ascii\"", "us-ascii", "\"iso-8859-1\"",
		"iso-8859-1" };
	const struct mime_part *p = t->part;
	struct slice main = slice_sub(p->type, 0, slice_find(p->type, ';'));
	struct slice format = mime_param(p->type, SLICE("format"));
	struct slice delsp = mime_param(p->type, SLICE("delsp"));

	main = slice_trim(main);
	for (size_t k = 0; k < ARRAY_LEN(charsets); k++) {
		struct buf b = { .max = 0 };

		buf_printf(
		    &b, "%.*s; charset=%s", SLICE_ARG(main), charsets[k]);
		if (format.p != NULL)
			buf_printf(&b, "; format=%.*s", SLICE_ARG(format));
		if (delsp.p != NULL)
			buf_printf(&b, "; delsp=%.*s", SLICE_ARG(delsp));
		add_type(c, t, search_keep(c->s, &b));
		buf_release(&b);
	}
	add_type(c, t, p->type);
	add_type(c, t, main);
}

/* ------------------------------------------------------------------------
 * Choices. */

static void
put_edit(struct edit e[], size_t *n, struct edit what)
{
	if (what.to > what.from || what.with.len > 0)
		e[(*n)++] = what;
}

/* One finding of what was noted: the edits of the frame are another's work than
 * those of the parts. */
static void
tell(struct recoding *r, size_t n)
{
	struct body_case *c = r->c;
	struct finding *parts = c->finding, *frame;
	size_t kept = 0;

	if (parts == NULL || r->frame.cause == CAUSE_NONE ||
	    parts->nchanges != n ||
	    (frame = finding_about(c->s, r->frame.cause, LEVEL_PROVED,
		 ASPECT_BODY_HASH, c->k)) == NULL)
		return;
	enum cause_id cause = frame->cause;

	*frame = *parts;
	frame->cause = cause;
	frame->nchanges = 0;
	for (size_t k = 0; k < parts->nchanges; k++) {
		const struct change *now = &parts->change[k];
		size_t to = now->from + now->is.len;

		if ((now->from == r->frame.before.from &&
			to == r->frame.before.to) ||
		    (now->from == r->frame.behind.from &&
			to == r->frame.behind.to))
			frame->change[frame->nchanges++] = *now;
		else
			parts->change[kept++] = *now;
	}
	parts->nchanges = kept;
}

/* The choice that path is. */
static bool
try_path(struct recoding *r)
{
	struct edit e[3 * MAX_TEXTS + 2];
	size_t n = 0;

	put_edit(e, &n, r->frame.before);
	for (size_t k = 0; k < r->n; k++) {
		const struct recoded_text *t = &r->text[k];
		const struct recoded_form *f = r->path[k];

		if (f == NULL)
			continue;
		size_t start = part_start(r->c, t->part);

		put_edit(e, &n,
		    (struct edit){
			t->from, t->from + t->part->header.len, f->header });
		if (f->content.p != t->part->content.p)
			put_edit(
			    e, &n, (struct edit){ start, t->to, f->content });
	}
	put_edit(e, &n, r->frame.behind);
	if (!body_try(r->c, e, n))
		return false;
	tell(r, n);
	return true;
}

static bool
over(const struct recoding *r)
{
	return r->c->found || r->c->s->spent || search_over(r->c->s);
}

/* The form of a part; NULL: none such. */
static const struct recoded_form *
form_of(const struct recoded_text *t, size_t f)
{
	return f < t->nforms && t->form[f].header.p != NULL ? &t->form[f]
							    : NULL;
}

/* Alike in all parts, then in one alone. */
static void
try_alike(struct recoding *r)
{
	size_t most = 0;

	for (size_t k = 0; k < r->n; k++)
		most = r->text[k].nforms > most ? r->text[k].nforms : most;
	for (size_t f = 0; f < most && !over(r); f++) {
		size_t n = 0;

		for (size_t k = 0; k < r->n; k++) {
			r->path[k] = form_of(&r->text[k], f);
			n += r->path[k] != NULL;
		}
		if (n > 0)
			try_path(r);
		for (size_t k = 0; n > 1 && k < r->n && !over(r); k++) {
			memset(r->path, 0, sizeof r->path);
			r->path[k] = form_of(&r->text[k], f);
			if (r->path[k] != NULL)
				try_path(r);
		}
	}
}

/* Any two parts, each in a way of its own. */
static void
try_pairs(struct recoding *r)
{
	memset(r->path, 0, sizeof r->path);
	for (size_t a = 0; a + 1 < r->n; a++)
		for (size_t b = a + 1; b < r->n; b++) {
			for (size_t f = 0; f < r->text[a].nforms; f++)
				for (size_t g = 0; g < r->text[b].nforms; g++) {
					if (over(r))
						return;
					r->path[a] = form_of(&r->text[a], f);
					r->path[b] = form_of(&r->text[b], g);
					if (f != g && r->path[a] != NULL &&
					    r->path[b] != NULL)
						try_path(r);
				}
			r->path[a] = r->path[b] = NULL;
		}
}

static void
try_frame(struct body_case *c, bool alike, struct recoded_text all[],
    size_t nall, const struct frame *frame)
{
	struct recoding r = { .c = c, .frame = *frame };
	size_t low = frame->before.to;
	size_t high = frame->behind.to > 0 ? frame->behind.from : c->body.len;
	size_t first = 0;

	while (first < nall && all[first].from < low)
		first++;
	r.text = all + first;
	while (first + r.n < nall && all[first + r.n].to <= high)
		r.n++;
	if (r.n == 0 || over(&r))
		return;
	if (alike) {
		try_alike(&r);
		return;
	}
	uint64_t left = c->s->left;

	search_at_most(c->s, ALL_OCTETS);
	uint64_t begun = c->s->left;

	try_pairs(&r);
	c->s->left = left - (begun - c->s->left);
	c->s->spent = c->s->left == 0;
}

/* ------------------------------------------------------------------------
 * What a list put around the parts, or behind them. */

static void
try_frames(
    struct body_case *c, bool alike, struct recoded_text text[], size_t n)
{
	const struct mime *m = &c->mime;
	const struct mime_part *first = NULL, *last = NULL;
	struct frame frame = { .cause = CAUSE_NONE };

	for (size_t k = 0; k < m->nparts; k++)
		if (m->part[k].depth == 1) {
			first = first == NULL ? &m->part[k] : first;
			last = &m->part[k];
		}
	/* Mailman's own is text, behind the mail. */
	if (last != NULL && last != first && last->text &&
	    last->end > last->outer) {
		if (first->multipart) {
			frame =
			    (struct frame){ .cause = CAUSE_BODY_MIME_WRAPPED };
			frame.before = (struct edit){ 0, part_start(c, first),
				SLICE_NONE };
			frame.behind = (struct edit){ part_stop(c, first),
				c->body.len, SLICE_NONE };
			try_frame(c, alike, text, n, &frame);
		}
		frame = (struct frame){ .cause = CAUSE_BODY_MIME_PART_ADDED };
		frame.behind =
		    (struct edit){ last->outer, last->end, SLICE_NONE };
		try_frame(c, alike, text, n, &frame);
	}
	frame = (struct frame){ .cause = CAUSE_NONE };
	try_frame(c, alike, text, n, &frame);
}

static void
recoded(struct body_case *c, bool alike)
{
	struct recoded_text *text;
	size_t n = 0;

	if (!c->mime.root.multipart || c->found ||
	    (text = arena_array(c->s->arena, MAX_TEXTS, sizeof *text)) == NULL)
		return;
	uint64_t left = c->s->left;

	search_at_most(c->s, RECODED_OCTETS);
	uint64_t begun = c->s->left;

	for (size_t k = 0; k < c->mime.nparts && n < MAX_TEXTS; k++) {
		const struct mime_part *p = &c->mime.part[k];

		if (!p->text || p->multipart || p->header.len == 0)
			continue;
		text[n] = (struct recoded_text){ .part = p,
			.from = body_offset(c, p->header.p),
			.to = part_stop(c, p) };
		if (!make_contents(c, &text[n]))
			continue;
		make_forms(c, &text[n++]);
	}
	if (n > 0 && !search_over(c->s))
		try_frames(c, alike, text, n);
	c->s->left = left - (begun - c->s->left);
	c->s->spent = c->s->left == 0;
}

void
body_parts_recoded_alike(struct body_case *c)
{
	recoded(c, true);
}

void
body_parts_recoded(struct body_case *c)
{
	recoded(c, false);
}
