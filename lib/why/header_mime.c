/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/mime.h"
#include "why/header_case.h"
#include "why/header_mime.h"
#include "why/header_offer.h"

enum {
	ASCII_TOO = 5, /* charsets, the first ones, that name ASCII as well */
};

/* Whether the body is as it was signed: then nothing was encoded anew. */
static bool
body_kept(const struct offer *o)
{
	return o->c->k->body_holds;
}

/* value with one parameter in quotes or without; with may be another value for
 * it.  False when it has none of that name. */
static bool
put_param(struct buf *out, struct slice value, struct slice name,
    struct slice with, bool quotes)
{
	struct slice old = mime_param(value, name);

	if (old.p == NULL)
		return false;
	struct slice before = { value.p, (size_t)(old.p - value.p) };
	struct slice after = slice_sub(value, before.len + old.len, value.len);

	if (before.len > 0 && before.p[before.len - 1] == '"') {
		before.len--;
		after = slice_sub(after, 1, after.len);
	}
	buf_slice(out, before);
	buf_text(out, quotes ? "\"" : "");
	buf_slice(out, with.p != NULL ? with : old);
	buf_text(out, quotes ? "\"" : "");
	buf_slice(out, after);
	return true;
}

void
offer_content_type_requoted(struct offer *o)
{
	static const char *const params[] = { "boundary", "charset", "name",
		"type", "format", "report-type", "protocol", "micalg",
		"filename", "delsp", "start", "reply-type", "method" };

	if (!is_named(o, "content-type content-disposition") ||
	    o->field == NULL)
		return;
	for (int quotes = 0; quotes < 2; quotes++) {
		struct slice all = o->value;

		for (size_t k = 0; k < ARRAY_LEN(params); k++) {
			struct slice name = slice_of(params[k]);
			struct buf b = { .max = 0 };

			if (put_param(&o->text, o->value, name, SLICE_NONE,
				quotes == 1))
				offer_text(o, RANK_USUAL);
			if (put_param(&b, all, name, SLICE_NONE, quotes == 1))
				all = search_keep(o->c->s, &b);
			buf_release(&b);
		}
		offer_value(o, all, RANK_USUAL);
	}
}

static const char *const charsets[] = { "us-ascii", "utf-8", "iso-8859-1",
	"UTF-8", "US-ASCII", "iso-2022-jp", "iso-8859-15", "windows-1252",
	"shift_jis", "euc-jp", "gb2312", "gbk", "gb18030", "big5", "euc-kr",
	"koi8-r", "windows-1251", "iso-8859-2", "windows-1250", "ISO-2022-JP",
	"ISO-8859-1", "ISO-8859-15", "WINDOWS-1252", "Windows-1252",
	"WINDOWS-1251", "Windows-1251", "WINDOWS-1250", "Shift_JIS",
	"SHIFT_JIS", "EUC-JP", "GB2312", "GBK", "GB18030", "BIG5", "Big5",
	"EUC-KR", "KOI8-R", "ISO-8859-2" };

static void
offer_encoding(struct offer *o, const char *const *words)
{
	if (!is_named(o, "content-transfer-encoding") || body_kept(o))
		return;
	for (; *words != NULL; words++)
		offer_value(o, slice_of(*words), RANK_USUAL);
	if (o->field == NULL)
		return;
	/* A field that was not there says nothing of what was decoded. */
	if (o->cause == CAUSE_BODY_BASE64_TO_8BIT ||
	    o->cause == CAUSE_BODY_QP_TO_8BIT)
		o->cause = CAUSE_HDR_FIELD_ADDED;
	offer_absent(o, RANK_USUAL);
}

void
offer_charset_converted(struct offer *o)
{
	static const char *const encodings[] = { "8bit", "7bit", "base64",
		"quoted-printable", NULL };
	const struct finding *edit = header_mime_edit(o->c->s, o->c->k);

	/* What else was proved of the body says nothing of this name. */
	if (edit != NULL && edit->cause != CAUSE_BODY_CHARSET_CONVERTED)
		edit = NULL;
	if (edit != NULL) {
		o->cause = CAUSE_BODY_CHARSET_CONVERTED;
		offer_encoding(o, encodings);
	}
	if (!is_named(o, "content-type") || o->field == NULL)
		return;
	for (size_t k = 0; k < ARRAY_LEN(charsets); k++) {
		bool same =
		    edit != NULL && slice_eq_nocase(slice_of(edit->detail + 5),
					slice_of(charsets[k]));

		if (edit != NULL && !same)
			continue;
		for (int quotes = 0; quotes < 2; quotes++)
			if (put_param(&o->text, o->value, SLICE("charset"),
				slice_of(charsets[k]), quotes == 1))
				offer_text(o, same || k < ASCII_TOO
						  ? RANK_USUAL
						  : RANK_RARE);
	}
}

void
offer_mime_wrapped(struct offer *o)
{
	const struct mime *m = o->c->mime;
	struct slice value;

	if (m->nparts == 0 || !m->root.multipart || body_kept(o) ||
	    !is_named(o, header_mime_fields))
		return;
	value = mime_field(m->part[0].header, o->name);
	if (value.p == NULL) {
		/* MIME-Version stays above, whatever a part has. */
		if (o->field != NULL && !is_named(o, "mime-version"))
			offer_absent(o, RANK_USUAL);
		return;
	}
	/* Spelled as it is there. */
	const char *colon = value.p;

	while (*--colon != ':')
		continue;
	struct slice name = { colon - o->name.len, o->name.len };

	buf_char(&o->text, ' ');
	buf_slice(&o->text, value);
	struct slice raw = search_keep(o->c->s, &o->text);

	if (raw.p != NULL)
		offer_as(o, name, raw, RANK_USUAL);
}

static const char *const plain_encodings[] = { "8bit", "7bit", "binary", "8BIT",
	"7BIT", "BINARY", NULL };

static bool
encoded_now(const struct offer *o, const char *word)
{
	return slice_eq_nocase(o->value, slice_of(word));
}

void
offer_was_8bit_now_qp(struct offer *o)
{
	if (encoded_now(o, "quoted-printable"))
		offer_encoding(o, plain_encodings);
}

void
offer_was_8bit_now_base64(struct offer *o)
{
	if (encoded_now(o, "base64"))
		offer_encoding(o, plain_encodings);
}

void
offer_was_base64(struct offer *o)
{
	static const char *const words[] = { "base64", "BASE64", "Base64",
		NULL };

	offer_encoding(o, words);
}

void
offer_was_qp(struct offer *o)
{
	static const char *const words[] = { "quoted-printable",
		"Quoted-Printable", "QUOTED-PRINTABLE", NULL };

	offer_encoding(o, words);
}
