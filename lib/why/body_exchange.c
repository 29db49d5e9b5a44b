/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/body_exchange.h"
#include "why/known.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "mail/recode.h"

enum {
	MAX_RULES = 4,	    /* places where a footer may begin */
	MAX_BLANK = 2,	    /* empty lines before it that may be its own */
	MAX_PARAGRAPHS = 6, /* that may be one without a rule */
	MAX_LINES = 2,	    /* that may be one without anything */
	MAX_CUTS = 26,
	LONG_RULE = 5,	   /* characters of a line that sets one off */
	FOOTER_LINES = 40, /* how far from the end to look for it */
	USUAL_WIDTH = 76,
	MAX_TEXT = 4 << 20, /* octets, to be encoded anew */
};

/* The text that came, decoded, and where a footer may begin in it. */
struct exchange_text {
	struct slice octets;
	size_t cut[MAX_CUTS + 1]; /* the whole text last */
	size_t nrules;		  /* cuts at rules; others follow */
	size_t ncuts;
	bool coded; /* it came encoded: it has no places in the body */
};

/* How a text may have been hashed.  What was seen most comes first. */
enum exchange_form {
	FORM_QP,	   /* of 441 on lists: 234 */
	FORM_QP_OPEN,	   /* 44: the last line has no end */
	FORM_QP_BARE,	   /* 49: line ends that are bare LF */
	FORM_QP_BARE_OPEN, /* 7 */
	FORM_BASE64,
	FORM_BASE64_LF,
	FORM_PLAIN,
	FORMS,
};

/* ------------------------------------------------------------------------
 * The text, and its footer. */

static bool
sets_off(struct slice line)
{
	const struct slice of_rules = SLICE("_-=*#~+");
	size_t run = 0;

	line = slice_trim(line);
	while (
	    run < line.len && slice_find(of_rules, line.p[run]) < of_rules.len)
		run++;
	return run == line.len &&
	       (slice_eq(line, SLICE("--")) || line.len >= LONG_RULE);
}

/* Where the line before at begins. */
static size_t
line_before(struct slice text, size_t at)
{
	at -= at > 0;
	while (at > 0 && text.p[at - 1] != '\n')
		at--;
	return at;
}

static bool
is_blank_line(struct slice text, size_t at, size_t end)
{
	return slice_trim(slice_sub(text, at, end - at)).len == 0;
}

/* Empty lines before a rule are the text's or the footer's; what is encoded by
 * groups of octets tells. */
static void
blanks_before(struct exchange_text *t)
{
	for (size_t k = 0; k < t->nrules; k++) {
		size_t at = t->cut[k];

		for (size_t n = 0; n < MAX_BLANK && at > 0; n++) {
			size_t end = at;

			at = line_before(t->octets, at);
			if (!is_blank_line(t->octets, at, end))
				break;
			t->cut[t->ncuts++] = at;
		}
	}
}

/* Footers that no rule sets off: the last lines, and the last paragraphs. */
static void
paragraphs(struct exchange_text *t)
{
	size_t at = t->octets.len, lines = 0, n = 0, last = 0;
	bool text = false;

	while (at > 0 && lines++ < FOOTER_LINES && n < MAX_PARAGRAPHS) {
		size_t end = at;
		bool blank;

		at = line_before(t->octets, at);
		blank = is_blank_line(t->octets, at, end);
		if (!blank && at > 0 && last++ < MAX_LINES)
			t->cut[t->ncuts++] = at;
		if (blank && text && at > 0) {
			t->cut[t->ncuts++] = end;
			t->cut[t->ncuts++] = at;
			n++;
		}
		text = !blank;
	}
}

static void
find_cuts(struct exchange_text *t)
{
	size_t at = t->octets.len, lines = 0;

	t->ncuts = 0;
	while (at > 0 && lines++ < FOOTER_LINES && t->ncuts < MAX_RULES) {
		size_t end = at;

		at = line_before(t->octets, at);
		if (at > 0 && sets_off(slice_sub(t->octets, at, end - at)))
			t->cut[t->ncuts++] = at;
	}
	t->cut[t->ncuts++] = t->octets.len;
	t->nrules = t->ncuts - 1;
	blanks_before(t);
	paragraphs(t);
}

static bool
text_read(struct body_case *c, struct exchange_text *t)
{
	struct buf b = { .max = 0 };

	*t = (struct exchange_text){ .octets = c->body };
	switch (c->mime.root.coded) {
	case MIME_IDENTITY: break;
	case MIME_BASE64:
		t->coded = true;
		if (base64_decode(c->body, c->s->arena, &t->octets) !=
		    BASE64_OK)
			return false;
		break;
	case MIME_QUOTED_PRINTABLE:
		t->coded = true;
		recode_qp_decode(&b, c->body);
		t->octets = search_keep(c->s, &b);
		buf_release(&b);
		break;
	}
	if (t->octets.p == NULL || t->octets.len > MAX_TEXT)
		return false;
	find_cuts(t);
	return true;
}

/* ------------------------------------------------------------------------
 * What may have been hashed of it. */

static struct slice
without_end(struct slice text)
{
	while (text.len > 0 && ascii_is_fws(text.p[text.len - 1]) &&
	       !ascii_is_wsp(text.p[text.len - 1]))
		text.len--;
	return text;
}

/* All line ends as one. */
static void
put_lines(struct buf *b, struct slice text, const char *end)
{
	struct slice line;

	while (mime_line(&text, &line)) {
		size_t n = slice_line_end(line);

		buf_slice(b, slice_sub(line, 0, line.len - n));
		buf_text(b, n > 0 ? end : "");
	}
}

static void
put_qp(struct buf *b, struct slice text)
{
	struct encoder e = { .coding = ENCODER_QP,
		.width = USUAL_WIDTH,
		.strict = true,
		.out = b };

	encoder_put(&e, text);
	encoder_end(&e);
}

static void
put_form(struct buf *b, struct slice text, enum exchange_form form)
{
	struct buf lines = { .max = 0 };
	struct encoder e = {
		.coding = ENCODER_BASE64, .width = USUAL_WIDTH, .out = b
	};

	switch (form) {
	case FORM_QP: put_qp(b, text); break;
	case FORM_QP_OPEN:
		put_qp(b, without_end(text));
		buf_text(b, "=\r\n");
		break;
	case FORM_QP_BARE: recode_qp_bare_lf(b, text); break;
	case FORM_QP_BARE_OPEN: recode_qp_bare_lf(b, without_end(text)); break;
	case FORM_PLAIN: buf_slice(b, text); break;
	case FORM_BASE64:
	case FORM_BASE64_LF:
	case FORMS:
		put_lines(&lines, text, form == FORM_BASE64 ? "\r\n" : "\n");
		encoder_put(&e, buf_view(&lines));
		encoder_end(&e);
		break;
	}
	buf_fail_with(b, &lines);
	buf_release(&lines);
}

/* What it was that became what came; whole: with nothing cut off. */
static enum cause_id
cause_of(const struct body_case *c, enum exchange_form form, bool whole)
{
	enum mime_encoding now = c->mime.root.coded;
	bool qp = form <= FORM_QP_BARE_OPEN;

	if (form == FORM_PLAIN)
		return now == MIME_BASE64 ? CAUSE_BODY_8BIT_TO_BASE64
					  : CAUSE_BODY_8BIT_TO_QP;
	if (now == MIME_IDENTITY)
		return qp ? CAUSE_BODY_QP_TO_8BIT : CAUSE_BODY_BASE64_TO_8BIT;
	if (now == MIME_BASE64 && qp)
		return CAUSE_BODY_QP_TO_BASE64;
	if (now != MIME_BASE64 && !qp)
		return CAUSE_BODY_BASE64_TO_QP;
	if (!whole)
		return CAUSE_BODY_FOOTER_IN_PARTS;
	return qp ? CAUSE_NONE : CAUSE_BODY_BASE64_REWRAPPED;
}

/* A footer in a text that was encoded with it. */
static void
tell_inner(struct body_case *c, const struct exchange_text *t, size_t cut)
{
	struct explanation *e = c->s->out;
	size_t last = e->n - 1;
	struct finding *f = finding_about(c->s, CAUSE_BODY_FOOTER_APPENDED,
	    LEVEL_PROVED, ASPECT_BODY_HASH, c->k);

	if (f == NULL)
		return;
	f->after = e->finding[last].after;
	f->before = e->finding[last].before;
	f->since = e->finding[last].since;
	f->until = e->finding[last].until;
	f->domain = e->finding[last].domain;
	f->group = e->finding[last].group;
	f->change[0] = (struct change){ .is = slice_sub(t->octets, cut,
					    t->octets.len - cut),
		.was = SLICE(""),
		.from = cut,
		.inner = true };
	f->nchanges = 1;
}

/* What was noted last is of that cause, and of a footer where one was cut. */
static void
tell(struct body_case *c, const struct exchange_text *t, size_t cut,
    enum cause_id cause, const char *from)
{
	enum cause_id causes[] = { cause, CAUSE_BODY_FOOTER_APPENDED };
	struct finding *f;

	if (c->s->out->n == 0)
		return;
	f = &c->s->out->finding[c->s->out->n - 1];
	if (from != NULL)
		snprintf(f->detail, sizeof f->detail, "from %s", from);
	if (cut == t->octets.len)
		return;
	if (!t->coded)
		body_split(c, causes, 2);
	else if (cause != CAUSE_BODY_FOOTER_IN_PARTS)
		tell_inner(c, t, cut);
}

/* Whether the text up to a cut was hashed as made. */
static bool
try_made(struct body_case *c, const struct exchange_text *t, size_t cut,
    struct slice made, enum cause_id cause, const char *from)
{
	struct edit e[2] = { { 0, t->coded ? c->body.len : cut, made },
		{ cut, c->body.len, SLICE_NONE } };

	c->cause = cause;
	if (made.p == NULL ||
	    !body_try(c, e, t->coded || cut == c->body.len ? 1 : 2))
		return false;
	tell(c, t, cut, cause, from);
	return true;
}

/* Whether two texts are the same but for CR: quoted-printable of what needs
 * none is no encoding. */
static bool
same_text(struct slice a, struct slice b)
{
	size_t i = 0, k = 0;

	for (;; i++, k++) {
		while (i < a.len && a.p[i] == '\r')
			i++;
		while (k < b.len && b.p[k] == '\r')
			k++;
		if (i == a.len || k == b.len)
			return i == a.len && k == b.len;
		if (a.p[i] != b.p[k])
			return false;
	}
}

/* The text in a charset; from is its name for a finding, or NULL. */
static bool
try_forms(struct body_case *c, const struct exchange_text *t, size_t cut,
    struct slice text, const char *from)
{
	for (enum exchange_form form = 0; form < FORMS && !search_over(c->s);
	     form++) {
		enum cause_id cause =
		    from != NULL && form == FORM_PLAIN
			? CAUSE_BODY_CHARSET_CONVERTED
			: cause_of(c, form, cut == t->octets.len);
		struct buf b = { .max = 0 };
		struct step step;

		/* What is plain was cut already, unless it was converted. */
		if (cause == CAUSE_NONE ||
		    (form == FORM_PLAIN && !t->coded && from == NULL))
			continue;
		if (!step_begin(c->s, &step))
			return false;
		put_form(&b, text, form);
		if (form == FORM_PLAIN || !same_text(buf_view(&b), text))
			try_made(c, t, cut, search_keep(c->s, &b), cause, from);
		buf_release(&b);
		step_end(c->s, &step);
		if (c->found)
			return true;
	}
	return c->found;
}

/* ------------------------------------------------------------------------
 * Charsets. */

static const char *const charsets[] = { "ISO-8859-1", "WINDOWS-1252", "UTF-8",
	"ISO-8859-15", "ISO-8859-2", "GB2312", "GB18030", "ISO-2022-JP" };

/* The charset that is named for what came. */
static bool
charset_named(struct slice type, char name[40])
{
	struct slice charset = mime_param(type, SLICE("charset"));

	if (charset.len == 0 || charset.len >= 40)
		return false;
	for (size_t i = 0; i < charset.len; i++)
		if (!ascii_is_alnum(charset.p[i]) && charset.p[i] != '-' &&
		    charset.p[i] != '_')
			return false;
	memcpy(name, charset.p, charset.len);
	name[charset.len] = '\0';
	return true;
}

static bool
converted(
    struct body_case *c, struct slice text, const char *to, struct slice *out)
{
	struct buf b = { .max = 0 };
	char from[40];

	*out = SLICE_NONE;
	if (!charset_named(c->s->type, from) ||
	    slice_eq_nocase(slice_of(to), slice_of(from)))
		return false;
	if (recode_charset(&b, to, from, text))
		*out = search_keep(c->s, &b);
	buf_release(&b);
	return out->p != NULL;
}

static void
try_cut(struct body_case *c, const struct exchange_text *t, size_t cut,
    bool charsets_too)
{
	struct slice text = slice_sub(t->octets, 0, cut), other;

	if (try_forms(c, t, cut, text, NULL) || slice_is_ascii(text) ||
	    !charsets_too)
		return;
	for (size_t k = 0; k < ARRAY_LEN(charsets) && !c->found; k++) {
		struct step step;

		if (!step_begin(c->s, &step))
			return;
		if (converted(c, text, charsets[k], &other))
			try_forms(c, t, cut, other, charsets[k]);
		step_end(c->s, &step);
	}
}

/* ------------------------------------------------------------------------
 * Octets that were read as UTF-8. */

static bool
try_replaced(struct body_case *c, const struct exchange_text *t, size_t cut,
    struct slice text)
{
	for (int whole = 0; whole < 2 && !c->found; whole++) {
		struct buf b = { .max = 0 };
		struct step step;

		if (!step_begin(c->s, &step))
			return false;
		if (recode_replaced(&b, text, whole == 1))
			try_made(c, t, cut, search_keep(c->s, &b),
			    CAUSE_BODY_HASHED_AS_UTF8, NULL);
		buf_release(&b);
		step_end(c->s, &step);
	}
	if (!c->found)
		return false;
	/* The list's part is somebody else's. */
	for (size_t k = 0; k < c->s->out->n; k++) {
		struct finding *f = &c->s->out->finding[k];

		if (f->aspect != ASPECT_BODY_HASH || f->sig != c->k->f)
			continue;
		if (f->cause == CAUSE_BODY_HASHED_AS_UTF8)
			f->domain = known_domain(c->s, c->k);
		else if (f->cause == CAUSE_BODY_FOOTER_APPENDED)
			body_place(c, f);
	}
	return true;
}

static void
hashed_as_utf8(struct body_case *c, const struct exchange_text *t)
{
	static const char *const eight[] = { "ISO-8859-1", "WINDOWS-1252",
		"ISO-8859-15", "ISO-8859-2", "GB2312" };

	for (size_t k = t->ncuts; k-- > 0 && !c->found && !search_over(c->s);) {
		struct slice text = slice_sub(t->octets, 0, t->cut[k]), was;

		if (slice_is_ascii(text) || try_replaced(c, t, t->cut[k], text))
			continue;
		for (size_t n = 0; n < ARRAY_LEN(eight) && !c->found; n++) {
			struct step step;

			if (!step_begin(c->s, &step))
				return;
			if (converted(c, text, eight[n], &was))
				try_replaced(c, t, t->cut[k], was);
			step_end(c->s, &step);
		}
	}
}

void
body_exchange(struct body_case *c)
{
	struct exchange_text t;

	if (c->mime.root.multipart || c->found || !text_read(c, &t))
		return;
	for (size_t k = 0; k < t.ncuts && !c->found && !search_over(c->s); k++)
		try_cut(c, &t, t.cut[k], k <= t.nrules);
	if (!c->found)
		hashed_as_utf8(c, &t);
}
