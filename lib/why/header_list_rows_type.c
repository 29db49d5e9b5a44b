/* SPDX-License-Identifier: BSD-2-Clause */
/* What Content-Type was before a list wrote its own: not what came with other
 * quotes, but what mailers write. */
#include <string.h>

#include "base/base64.h"
#include "mail/mime.h"
#include "mail/recode.h"
#include "why/header_list_rows.h"

/* Charsets as mailers spell them, and how often one was signed where the list
 * wrote another Content-Type: bare, in quotes; the same with format=flowed. */
static const struct spelling {
	const char *name;
	unsigned bare, quoted, flowed, flowed_quoted;
} spellings[] = {
	{ "utf-8", 20, 176, 99, 8 },
	{ "UTF-8", 131, 15, 295, 8 },
	{ "us-ascii", 8, 100, 4, 2 },
	{ "US-ASCII", 4, 4, 2, 2 },
	{ "iso-8859-1", 8, 88, 4, 2 },
	{ "ISO-8859-1", 4, 2, 2, 1 },
	{ "Windows-1252", 2, 8, 2, 1 },
	{ "windows-1252", 4, 4, 4, 1 },
	{ "iso-8859-2", 2, 4, 1, 1 },
	{ "ISO-8859-2", 2, 1, 1, 1 },
	{ "iso-8859-15", 2, 4, 1, 1 },
	{ "ISO-8859-15", 2, 1, 1, 1 },
	{ "gb2312", 1, 4, 1, 1 },
	{ "GB2312", 1, 1, 1, 1 },
	{ "gb18030", 1, 1, 1, 1 },
	{ "GBK", 1, 1, 1, 1 },
	{ "big5", 1, 1, 1, 1 },
	{ "iso-2022-jp", 1, 2, 1, 1 },
	{ "ISO-2022-JP", 2, 1, 1, 1 },
	{ "shift_jis", 1, 1, 1, 1 },
	{ "euc-kr", 1, 1, 1, 1 },
	{ "ks_c_5601-1987", 1, 1, 1, 1 },
	{ "koi8-r", 1, 2, 1, 1 },
	{ "KOI8-R", 1, 1, 1, 1 },
	{ "windows-1251", 1, 2, 1, 1 },
	{ "windows-1250", 1, 2, 1, 1 },
};

/* What Exchange writes beside an encoding of its own, on intact mail. */
static const struct {
	enum cause_id edit;
	const char *charset;
	unsigned count;
} exchange[] = {
	{ CAUSE_BODY_QP_TO_8BIT, "us-ascii", 1400 },
	{ CAUSE_BODY_QP_TO_8BIT, "iso-8859-1", 260 },
	{ CAUSE_BODY_QP_TO_BASE64, "us-ascii", 900 },
	{ CAUSE_BODY_QP_TO_BASE64, "iso-8859-1", 600 },
	{ CAUSE_BODY_QP_TO_BASE64, "utf-8", 300 },
	{ CAUSE_BODY_BASE64_TO_8BIT, "utf-8", 1800 },
	{ CAUSE_BODY_BASE64_TO_QP, "utf-8", 1800 },
};

/* One charset, in the forms that go with the parameters that came. */
static void
offer_charset(struct offer *o, struct slice name, const struct spelling *n)
{
	struct slice format = mime_param(o->value, SLICE("format"));
	struct slice delsp = mime_param(o->value, SLICE("delsp"));
	for (int quotes = 0; quotes < 2; quotes++) {
		const char *q = quotes == 1 ? "\"" : "";
		unsigned plain = quotes == 1 ? n->quoted : n->bare;
		unsigned flowed = quotes == 1 ? n->flowed_quoted : n->flowed;

		buf_printf(&o->text, "text/plain; charset=%s%.*s%s", q,
		    SLICE_ARG(name), q);
		list_text(o, format.p == NULL ? plain : 1 + plain / 64,
		    CAUSE_HDR_CONTENT_TYPE_RELABELLED);
		if (format.p == NULL)
			continue;
		buf_printf(&o->text,
		    "text/plain; charset=%s%.*s%s; format=%.*s", q,
		    SLICE_ARG(name), q, SLICE_ARG(format));
		if (delsp.p != NULL)
			buf_printf(&o->text, "; delsp=%.*s", SLICE_ARG(delsp));
		list_text(o, flowed, CAUSE_HDR_CONTENT_TYPE_RELABELLED);
		if (delsp.p == NULL)
			continue;
		buf_printf(&o->text,
		    "text/plain; charset=%s%.*s%s; delsp=%.*s; format=%.*s", q,
		    SLICE_ARG(name), q, SLICE_ARG(delsp), SLICE_ARG(format));
		list_text(o, flowed, CAUSE_HDR_CONTENT_TYPE_RELABELLED);
	}
}

/* The charset that came, as it is and in capitals and not. */
static void
offer_own_charset(struct offer *o, struct slice charset)
{
	static const struct spelling n = { "", 60, 60, 60, 30 };

	if (charset.len == 0 || charset.len > 40)
		return;
	offer_charset(o, charset, &n);
	for (int way = 0; way < 2; way++) {
		char room[40];

		for (size_t i = 0; i < charset.len; i++) {
			char c = ascii_lower(charset.p[i]);

			room[i] = way == 1 && c >= 'a' && c <= 'z'
				      ? (char)(c - 'a' + 'A')
				      : c;
		}
		offer_charset(o, (struct slice){ room, charset.len }, &n);
	}
}

/* text before the last line that sets a footer off. */
static struct slice
before_footer(struct slice text)
{
	static const char *const rules[] = { "\n____", "\n--" };

	for (size_t k = 0; k < ARRAY_LEN(rules); k++)
		for (size_t at = text.len; at-- > 0;)
			if (slice_starts(slice_sub(text, at, text.len),
				slice_of(rules[k])))
				return slice_sub(text, 0, at);
	return text;
}

/* Whether all text of a body without parts is ASCII, but for a footer, as far
 * as can be told. */
static bool
is_ascii(struct offer *o)
{
	struct search *s = o->c->s;
	struct slice text = s->body;
	struct buf b = { .max = 0 };

	search_pay(s, (uint64_t)COST_SEEN * text.len);
	if (o->c->mime->root.coded == MIME_BASE64 &&
	    base64_decode(s->body, s->arena, &text) != BASE64_OK)
		return true;
	if (o->c->mime->root.coded == MIME_QUOTED_PRINTABLE) {
		recode_qp_decode(&b, s->body);
		text = buf_view(&b);
	}
	bool ascii = slice_is_ascii(before_footer(text));

	buf_release(&b);
	return ascii;
}

/* Whether the text may have been in another charset: it is ASCII, or was
 * converted. */
static bool
is_any_charset(struct offer *o, const struct finding *edit)
{
	const struct explanation *e = o->c->s->out;

	if (edit != NULL && (edit->cause == CAUSE_BODY_CHARSET_CONVERTED ||
				edit->detail[0] != '\0'))
		return true;
	for (size_t k = 0; k < e->n; k++)
		if (e->finding[k].sig == o->c->k->f &&
		    e->finding[k].cause == CAUSE_BODY_HASHED_AS_UTF8)
			return true;
	return is_ascii(o);
}

/* What the body was found to have been tells what stood beside it. */
static void
offer_beside_edit(struct offer *o, const struct finding *edit)
{
	struct spelling n = { "", 8, 0, 8, 1 };

	for (size_t k = 0; edit != NULL && k < ARRAY_LEN(exchange); k++)
		if (exchange[k].edit == edit->cause) {
			n.quoted = exchange[k].count;
			offer_charset(o, slice_of(exchange[k].charset), &n);
		}
	if (edit != NULL &&
	    slice_eq(slice_sub(slice_of(edit->detail), 0, 5), SLICE("from "))) {
		n = (struct spelling){ "", 900, 900, 900, 300 };
		offer_own_charset(o, slice_of(edit->detail + 5));
	}
}

/* Of what a list wrapped, the type stands in the first part. */
static void
offer_inner(struct offer *o)
{
	const struct mime *m = o->c->mime;
	struct slice value;

	if (m->nparts == 0 || !m->root.multipart)
		return;
	value = mime_field(m->part[0].header, SLICE("Content-Type"));
	if (value.p != NULL)
		list_value(o, 1200, CAUSE_BODY_MIME_WRAPPED, value);
	else
		list_value(
		    o, 100, CAUSE_BODY_MIME_WRAPPED, SLICE("text/plain"));
}

void
list_content_type(struct offer *o)
{
	const struct finding *edit = header_mime_edit(o->c->s, o->c->k);
	struct slice type = slice_sub(o->value, 0, slice_find(o->value, ';'));
	struct slice charset = mime_param(o->value, SLICE("charset"));
	bool wrapped = edit != NULL && edit->cause == CAUSE_BODY_MIME_WRAPPED;
	static const struct spelling rare = { "", 1, 1, 1, 1 };

	list_kept(o, wrapped ? 30 : 400);
	offer_inner(o);
	if (!slice_eq_nocase(slice_trim(type), SLICE("text/plain")) ||
	    o->field == NULL)
		return;
	bool any = is_any_charset(o, edit);

	offer_beside_edit(o, edit);
	list_value(o, mime_param(o->value, SLICE("format")).p != NULL ? 8 : 677,
	    CAUSE_HDR_CONTENT_TYPE_RELABELLED, SLICE("text/plain"));
	for (size_t k = 0; k < ARRAY_LEN(spellings); k++)
		if (any ||
		    slice_eq_nocase(slice_of(spellings[k].name), charset))
			offer_charset(
			    o, slice_of(spellings[k].name), &spellings[k]);
	for (size_t k = 0; k < ARRAY_LEN(spellings) && !any; k++)
		offer_charset(o, slice_of(spellings[k].name), &rare);
	offer_own_charset(o, charset);
	list_absent(o, 2, CAUSE_HDR_FIELD_ADDED);
}
