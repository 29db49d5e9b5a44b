/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "mail/mime.h"
#include "mail/recode.h"
#include "why/body_charset.h"
#include "why/body_hash.h"
#include "why/body_text.h"
#include "why/body_try.h"

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
		if (k == ARRAY_LEN(third))
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

enum charset_form {
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
	bool good = decode_part(c, p, &came) && text_as_sent(c, &came) &&
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
make_form(struct body_case *c, struct converted *v, enum charset_form form)
{
	v->made = v->text;
	if (form != FORM_PLAIN &&
	    !encode_part(c, whole_text(v->text), form != FORM_QP,
		TEXT_USUAL_WIDTH, &v->made))
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
	struct edit e[PARTS_MAX_EDITS];
	size_t edits = 0;

	for (size_t k = 0; k < n; k++) {
		const struct mime_part *p = v[k].part;
		struct slice old = mime_param(p->type, SLICE("charset")), line;
		struct slice content = v[k].made;

		if (p == &c->mime.root)
			return body_try_whole(c, content);
		if (old.p != NULL) {
			bool quoted = quotes != QUOTES_KEPT && old.p[-1] == '"';

			add_edit(e, &edits, body_offset(c, old.p) - quoted,
			    body_offset(c, old.p) + old.len + quoted, name);
		}
		if (word == NULL &&
		    part_field(p, SLICE("Content-Transfer-Encoding"), &line))
			add_edit(e, &edits, body_offset(c, line.p),
			    body_offset(c, line.p) + line.len, SLICE_NONE);
		else if (word != NULL && *word != '\0' && p->encoding.len > 0)
			add_edit(e, &edits, body_offset(c, p->encoding.p),
			    body_offset(c, p->encoding.p) + p->encoding.len,
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
    const char *charset, enum charset_form form)
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
	enum charset_form end = !all_same(v, m)		 ? FORMS
				: c->mime.root.multipart ? FORM_QP
							 : FORM_PLAIN;

	for (enum charset_form form = 0; m > 0 && form < end && !c->found;
	     form++) {
		struct step step;

		if (!step_begin(c->s, &step))
			return;
		try_form(c, v, m, charset, form);
		step_end(c->s, &step);
	}
}

void
body_charset_converted(struct body_case *c)
{
	const struct mime_part *part[MIME_MAX_PARTS];
	size_t n = text_parts(c, part, MIME_MAX_PARTS);

	for (size_t s = 0; s < ARRAY_LEN(charsets); s++) {
		struct step step;

		if (c->found || c->s->failed || c->s->spent ||
		    !step_begin(c->s, &step))
			return;
		in_charset(c, part, n, charsets[s]);
		step_end(c->s, &step);
	}
}
