/* SPDX-License-Identifier: BSD-2-Clause */
/* What may have happened to a field between its signer and us.  Each row offers
 * what the field may have been; the search finds out which, if any, it was. */
#include <stdio.h>
#include <string.h>

#include "why/offer.h"
#include "mail/recode.h"
#include "mail/words.h"

static const struct slice no_octets = { NULL, 0 };

/* The field may have had this value. */
void
offer_as(struct offer *o, struct slice name, struct slice raw, enum rank rank)
{
	struct search *s = o->c->s;
	struct slice kept = arena_copy(s->arena, raw);

	if (kept.p == NULL) {
		search_memory(s);
		return;
	}
	struct change change = { .name = name,
		.at = o->field,
		.is = o->field != NULL ? o->field->value : no_octets,
		.was = kept };
	struct slice octets =
	    canon_octets(s, o->c->canon, name, kept, no_octets, true);

	if (octets.p != NULL)
		sequence_offer(s, o->q, o->j, o->cause, octets, &change, rank);
}

void
offer_value(struct offer *o, struct slice value, enum rank rank)
{
	struct buf b = { .max = 0 };

	value = slice_trim(value);
	buf_char(&b, ' ');
	buf_slice(&b, value);
	struct slice kept = search_keep(o->c->s, &b);

	buf_release(&b);
	if (kept.p != NULL)
		offer_as(
		    o, o->field != NULL ? o->field->name : o->name, kept, rank);
}

/* What was written to o->text. */
void
offer_text(struct offer *o, enum rank rank)
{
	if (o->text.failure != BUF_OK)
		search_memory(o->c->s);
	else
		offer_value(o, buf_view(&o->text), rank);
	buf_clear(&o->text);
}

/* The field was not there. */
void
offer_absent(struct offer *o, enum rank rank)
{
	struct change change = {
		.name = o->field->name, .at = o->field, .is = o->field->value
	};

	sequence_offer(o->c->s, o->q, o->j, o->cause, SLICE(""), &change, rank);
}

bool
is_named(const struct offer *o, const char *names)
{
	struct slice rest = slice_of(names), name;

	while (slice_cut(&rest, ' ', &name))
		if (slice_eq_nocase(o->name, name))
			return true;
	return false;
}

static const char address_fields[] =
    "from to cc reply-to sender resent-from resent-to resent-cc bcc";

/* Where s begins to equal word, in any case; s.len when it does not. */
size_t
find_word(struct slice s, struct slice word)
{
	for (size_t i = 0; i + word.len <= s.len; i++)
		if (slice_eq_nocase(slice_sub(s, i, word.len), word))
			return i;
	return s.len;
}

bool
offer_decoded(struct offer *o, struct slice *text)
{
	struct buf b = { .max = 0 };

	words_decode(&b, o->c->s->arena, o->value);
	*text = search_keep(o->c->s, &b);
	buf_release(&b);
	return text->p != NULL && !slice_eq(*text, o->value);
}

/* ------------------------------------------------------------------------
 * Lists of addresses. */

/* Cut one address off a list: commas in quotes, comments and angle brackets
 * separate nothing. */
static bool
next_address(struct slice *rest, struct slice *out)
{
	unsigned depth = 0;
	bool quoted = false;
	size_t i = 0;

	if (rest->len == 0)
		return false;
	for (; i < rest->len; i++) {
		char c = rest->p[i];

		if (c == '\\' && i + 1 < rest->len)
			i++;
		else if (c == '"' && depth == 0)
			quoted = !quoted;
		else if (!quoted && (c == '(' || c == '<'))
			depth++;
		else if (!quoted && (c == ')' || c == '>'))
			depth -= depth > 0;
		else if (c == ',' && !quoted && depth == 0)
			break;
	}
	*out = slice_sub(*rest, 0, i);
	*rest = slice_sub(*rest, i + 1, rest->len);
	return true;
}

/* What stands before "<", trimmed, and from it to ">". */
static void
split_address(struct slice a, struct slice *phrase, struct slice *angle)
{
	size_t at = slice_find(a, '<');

	*phrase = slice_trim(slice_sub(a, 0, at));
	*angle = slice_trim(slice_sub(a, at, a.len));
	if (at == a.len) {
		*angle = slice_trim(a);
		*phrase = no_octets;
	}
}

static struct slice
strip(struct slice s, char quote)
{
	s = slice_trim(s);
	if (s.len >= 2 && s.p[0] == quote && s.p[s.len - 1] == quote)
		return slice_sub(s, 1, s.len - 2);
	return s;
}

/* An address list as a reader sees it, with its names in quotes or not. */
static void
offer_decoded_names(struct offer *o, bool quotes)
{
	struct slice rest = o->value, a;
	bool more = false;

	while (next_address(&rest, &a)) {
		struct buf b = { .max = 0 };
		struct slice phrase, angle;

		split_address(slice_trim(a), &phrase, &angle);
		words_decode(&b, o->c->s->arena, phrase);
		if (more)
			buf_text(&o->text, ", ");
		if (b.len > 0) {
			buf_text(&o->text, quotes ? "\"" : "");
			buf_slice(&o->text, strip(buf_view(&b), '"'));
			buf_text(&o->text, quotes ? "\" " : " ");
		}
		buf_slice(&o->text, angle);
		buf_fail_with(&o->text, &b);
		buf_release(&b);
		more = true;
	}
	offer_text(o, RANK_USUAL);
}

static void
utf8_downgraded(struct offer *o)
{
	struct slice text;

	if (o->field == NULL || o->value.len >= 4096 ||
	    find_word(o->value, SLICE("=?")) == o->value.len ||
	    !offer_decoded(o, &text))
		return;
	offer_value(o, text, RANK_USUAL);
	if (is_named(o, address_fields)) {
		offer_decoded_names(o, true);
		offer_decoded_names(o, false);
	}
}

/* ------------------------------------------------------------------------
 * From, and how addresses are written. */

/* "Ann via List" is Ann's. */
static struct slice
without_via(struct slice phrase)
{
	static const char *const marks[] = { " via ", " (via ", "' via ",
		" - via ", " on behalf of ", " [via " };
	struct slice s = strip(phrase, '"');

	for (size_t k = 0; k < sizeof marks / sizeof *marks; k++) {
		size_t at = find_word(s, slice_of(marks[k]));

		if (at < s.len) {
			s = slice_sub(s, 0, at);
			if (s.len > 0 && s.p[0] == '\'' && marks[k][0] == '\'')
				s = slice_sub(s, 1, s.len);
			return slice_trim(strip(s, '\''));
		}
	}
	return s;
}

/* Without "<" and ">". */
static struct slice
bare_address(struct slice angle)
{
	return angle.len >= 2 && angle.p[0] == '<'
		   ? slice_trim(slice_sub(angle, 1, angle.len - 2))
		   : angle;
}

/* From was an address with the name that From has now. */
static void
offer_named(struct offer *o, struct slice name, struct slice angle)
{
	static const struct {
		const char *before, *after;
	} forms[] = { { "", " " }, { "\"", "\" " } };

	if (angle.len == 0)
		return;
	bool bare = angle.p[0] != '<';

	if (name.len == 0)
		return;
	for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
		buf_text(&o->text, forms[k].before);
		buf_slice(&o->text, name);
		buf_text(&o->text, forms[k].after);
		if (bare)
			buf_char(&o->text, '<');
		buf_slice(&o->text, angle);
		if (bare)
			buf_char(&o->text, '>');
		offer_text(o, RANK_USUAL);
	}
}

/* "ann=example.org@list.example" and "ann@example.org.invalid". */
static void
offer_unmunged(struct offer *o)
{
	struct slice phrase, angle, local, domain;

	split_address(o->value, &phrase, &angle);
	local = bare_address(angle);
	size_t at = slice_find(local, '@');

	domain = slice_sub(local, at + 1, local.len);
	local = slice_sub(local, 0, at);
	for (size_t i = 0; i < local.len; i++)
		if (local.p[i] == '=' || local.p[i] == '%') {
			char room[320];
			int n = snprintf(room, sizeof room, "<%.*s@%.*s>",
			    SLICE_ARG(slice_sub(local, 0, i)),
			    SLICE_ARG(slice_sub(local, i + 1, local.len)));

			if (n > 0 && (size_t)n < sizeof room)
				offer_named(o, without_via(phrase),
				    (struct slice){ room, (size_t)n });
		}
	if (domain.len > 8 &&
	    slice_eq_nocase(
		slice_sub(domain, domain.len - 8, 8), SLICE(".invalid"))) {
		char room[320];
		int n =
		    snprintf(room, sizeof room, "<%.*s@%.*s>", SLICE_ARG(local),
			SLICE_ARG(slice_sub(domain, 0, domain.len - 8)));

		if (n > 0 && (size_t)n < sizeof room)
			offer_named(o, without_via(phrase),
			    (struct slice){ room, (size_t)n });
	}
}

/* One address of another field may have been From's. */
static void
offer_source(struct offer *o, struct slice address, bool original)
{
	struct slice phrase, angle, p, g;

	split_address(o->value, &phrase, &angle);
	split_address(slice_trim(address), &p, &g);
	/* Only the name differs: that is no rewriting, unless it is told. */
	if (!original && slice_eq_nocase(bare_address(g), bare_address(angle)))
		return;
	offer_value(o, address, RANK_USUAL);
	offer_value(o, g, RANK_USUAL);
	offer_named(o, without_via(phrase), g);
	offer_named(o, strip(p, '"'), g);
}

static void
from_rewritten(struct offer *o)
{
	static const struct {
		const char *name;
		bool original; /* it says that it is what From was */
	} sources[] = { { "X-Original-From", true }, { "Original-From", true },
		{ "X-Google-Original-From", true }, { "Author", true },
		{ "X-Author", true }, { "X-Mailman-Original-From", true },
		{ "Old-From", true }, { "X-From", true }, { "Reply-To", false },
		{ "Cc", false }, { "X-Original-Sender", false },
		{ "Sender", false }, { "Resent-From", false },
		{ "Disposition-Notification-To", false } };
	const struct message *m = o->c->s->m;

	if (!is_named(o, "from") || o->field == NULL)
		return;
	for (size_t k = 0; k < sizeof sources / sizeof *sources; k++)
		for (size_t i = 0; i < m->nfields; i++) {
			if (!slice_eq_nocase(
				m->field[i].name, slice_of(sources[k].name)))
				continue;
			struct slice rest = slice_trim(m->field[i].value), a;
			unsigned most = 20;

			if (sources[k].original)
				offer_value(o, rest, RANK_USUAL);
			while (most-- > 0 && next_address(&rest, &a))
				offer_source(o, a, sources[k].original);
		}
	offer_unmunged(o);
}

static void
list_respaced(struct offer *o)
{
	struct slice rest = o->value, a;
	static const char *const gaps[] = { ",", ", " };

	if (!is_named(o, address_fields) || o->field == NULL)
		return;
	for (size_t k = 0; k < sizeof gaps / sizeof *gaps; k++) {
		bool more = false;

		rest = o->value;
		while (next_address(&rest, &a)) {
			if (more)
				buf_text(&o->text, gaps[k]);
			buf_slice(&o->text, slice_trim(a));
			more = true;
		}
		offer_text(o, RANK_USUAL);
	}
}

/* One phrase as it may have been: way 0 without quotes, 1 with, 2 with
 * apostrophes within, 3 without those. */
static void
put_phrase(struct buf *b, struct slice phrase, unsigned way)
{
	struct slice bare = strip(phrase, '"');

	switch (way) {
	case 0: buf_slice(b, bare); return;
	case 1: buf_char(b, '"'); break;
	case 2: buf_text(b, "\"'"); break;
	default:
		bare = strip(bare, '\'');
		buf_char(b, '"');
		break;
	}
	buf_slice(b, bare);
	buf_text(b, way == 2 ? "'\"" : "\"");
}

/* All phrases in that way, or only the one at place only. */
static void
offer_quoting(struct offer *o, unsigned way, unsigned only)
{
	struct slice rest = o->value, a;
	unsigned place = 0;

	while (next_address(&rest, &a)) {
		struct slice phrase, angle;
		size_t lead = 0;

		while (lead < a.len && ascii_is_fws(a.p[lead]))
			lead++;
		if (place > 0)
			buf_char(&o->text, ',');
		buf_slice(&o->text, slice_sub(a, 0, lead));
		split_address(slice_trim(a), &phrase, &angle);
		if (phrase.len > 0 && (only == place || only == 99)) {
			put_phrase(&o->text, phrase, way);
			buf_char(&o->text, ' ');
			buf_slice(&o->text, angle);
		} else {
			buf_slice(&o->text, slice_trim(a));
		}
		place++;
	}
	offer_text(o, only == 99 ? RANK_USUAL : RANK_RARE);
}

static void
display_name_quoted(struct offer *o)
{
	if (!is_named(o, address_fields) || o->field == NULL ||
	    o->value.len > 8192)
		return;
	for (unsigned way = 0; way < 4; way++) {
		offer_quoting(o, way, 99);
		for (unsigned place = 0; place < 8; place++)
			offer_quoting(o, way, place);
	}
}

/* ------------------------------------------------------------------------
 * Fields that others keep under another name, or that came or went. */

/* Whether kept is name under which a field is put aside; *was gets name as it
 * is spelled in there. */
static bool
is_old_name(struct offer *o, struct slice kept, struct slice *was)
{
	static const char *const before[] = { "X-Original-", "Original-",
		"Old-", "X-Old-", "X-", "X-Mailman-Original-", "X-MS-Original-",
		"X-Google-Original-", "Prev-" };
	static const char *const after[] = { "-Original", "-Original-",
		"-Old" };
	struct slice name = o->name;

	if (kept.len <= name.len)
		return false;
	*was = slice_sub(kept, kept.len - name.len, kept.len);
	for (size_t k = 0;
	     slice_eq_nocase(*was, name) && k < sizeof before / sizeof *before;
	     k++)
		if (slice_eq_nocase(slice_sub(kept, 0, kept.len - name.len),
			slice_of(before[k])))
			return true;
	*was = slice_sub(kept, 0, name.len);
	for (size_t k = 0;
	     slice_eq_nocase(*was, name) && k < sizeof after / sizeof *after;
	     k++) {
		struct slice a = slice_of(after[k]);

		if (slice_eq_nocase(slice_sub(kept, name.len, a.len), a))
			return true;
	}
	/* "Data-0" kept as "Data-Original-0". */
	struct slice infix = SLICE("Original-");
	size_t head = name.len;

	while (head > 0 && name.p[head - 1] != '-')
		head--;
	if (head == 0 || kept.len != name.len + infix.len ||
	    !slice_eq_nocase(slice_sub(kept, head, infix.len), infix))
		return false;
	buf_slice(&o->text, slice_sub(kept, 0, head));
	buf_slice(&o->text, slice_sub(kept, head + infix.len, kept.len));
	*was = search_keep(o->c->s, &o->text);
	return slice_eq_nocase(*was, name);
}

static void
field_renamed(struct offer *o)
{
	const struct message *m = o->c->s->m;
	struct slice was;

	for (size_t i = 0; i < m->nfields; i++)
		if (is_old_name(o, m->field[i].name, &was))
			offer_as(o, was, m->field[i].value, RANK_USUAL);
}

static void
removed_stock(struct offer *o)
{
	static const struct {
		const char *name, *value;
	} stock[] = {
		{ "MIME-Version", "1.0" },
		{ "Content-Transfer-Encoding", "7bit" },
		{ "Content-Transfer-Encoding", "8bit" },
		{ "Content-Transfer-Encoding", "quoted-printable" },
		{ "Content-Transfer-Encoding", "base64" },
		{ "Content-Type", "text/plain" },
		{ "Content-Type", "text/plain; charset=us-ascii" },
		{ "Content-Type", "text/plain; charset=utf-8" },
		{ "Content-Type", "text/plain; charset=UTF-8" },
		{ "Content-Type", "text/plain; charset=\"utf-8\"" },
		{ "Content-Type", "text/plain; charset=\"UTF-8\"" },
		{ "Precedence", "list" },
		{ "Precedence", "bulk" },
		{ "Precedence", "junk" },
		{ "Precedence", "first-class" },
		{ "Content-Type", "text/plain; charset=us-ascii; "
				  "format=flowed" },
		{ "Content-Type", "text/plain; charset=utf-8; format=flowed" },
		{ "Content-Type", "text/plain; charset=UTF-8; format=flowed" },
		{ "Content-Type", "text/plain; charset=\"us-ascii\"" },
		{ "Content-Type", "text/plain; charset=US-ASCII" },
		{ "Content-Type", "text/plain; charset=iso-8859-1" },
		{ "Content-Type", "text/plain; charset=ISO-8859-1" },
		{ "Content-Transfer-Encoding", "binary" },
		{ "Content-Transfer-Encoding", "8BIT" },
		{ "Content-Transfer-Encoding", "7BIT" },
		{ "MIME-Version", "1.0 (1.0)" },
		{ "MIME-Version", "1.0 (Mac OS X Mail 16.0)" },
		{ "Content-Language", "fr-FR" },
		{ "Content-Language", "fr" },
		{ "Content-Language", "de" },
		{ "Content-Language", "es-ES" },
		{ "Content-Language", "it-IT" },
		{ "Content-Language", "nl-NL" },
		{ "Content-Language", "ja-JP" },
		{ "Content-Language", "zh-CN" },
		{ "Content-Language", "pt-BR" },
		{ "Content-Language", "ru-RU" },
		{ "Accept-Language", "en-US" },
		{ "Accept-Language", "en-GB, en-US" },
		{ "Auto-Submitted", "no" },
		{ "Auto-Submitted", "auto-replied" },
		{ "X-Auto-Response-Suppress", "All" },
		{ "X-Priority", "3 (Normal)" },
		{ "X-Priority", "1" },
		{ "X-MSMail-Priority", "Normal" },
		{ "Priority", "normal" },
		{ "Importance", "high" },
		{ "Sensitivity", "Normal" },
		{ "Content-Language", "en-US" },
		{ "Content-Language", "en" },
		{ "Content-Language", "de-DE" },
		{ "Content-Language", "en-GB" },
		{ "Content-Disposition", "inline" },
		{ "Auto-Submitted", "auto-generated" },
		{ "X-Priority", "3" },
		{ "Importance", "normal" },
		{ "Importance", "Normal" },
	};

	if (o->field != NULL)
		return;
	for (size_t k = 0; k < sizeof stock / sizeof *stock; k++)
		if (slice_eq_nocase(o->name, slice_of(stock[k].name))) {
			buf_printf(&o->text, " %s", stock[k].value);
			offer_as(o, slice_of(stock[k].name), buf_view(&o->text),
			    RANK_USUAL);
			buf_clear(&o->text);
		}
}

static bool
came_later(const struct offer *o)
{
	return o->field != NULL && o->field < o->c->s->m->field + o->c->top;
}

static void
dkim_added(struct offer *o)
{
	struct taglist tags;
	struct diag why;

	if (!is_named(o, "dkim-signature") || !came_later(o) ||
	    taglist_parse(o->field->value, o->c->s->arena, &tags, &why) != 0)
		return;
	const struct tag *d = taglist_find(&tags, SLICE("d"));

	if (d != NULL && slice_eq_nocase(d->value, o->c->g->domain))
		offer_absent(o, RANK_USUAL);
}

/* Names of fields that lists and gateways add, some of them at the end. */
static const char added_fields[] =
    "sender reply-to cc to errors-to precedence list-id list-unsubscribe "
    "list-unsubscribe-post list-archive list-post list-help list-subscribe "
    "list-owner mailing-list resent-from resent-to resent-sender resent-date "
    "resent-message-id x-original-from x-original-sender mime-version "
    "content-type content-transfer-encoding content-language "
    "content-disposition message-id date subject importance x-priority";

/* What stands above the seal came later; so may have the only field of its name
 * that stands below it. */
static void
field_added(struct offer *o)
{
	if (o->field == NULL)
		return;
	if (came_later(o))
		offer_absent(o, RANK_USUAL);
	else if (message_count(o->c->s->m, o->name) == 1 &&
		 !is_named(o, "from arc-seal arc-message-signature "
			      "arc-authentication-results"))
		offer_absent(
		    o, is_named(o, added_fields) ? RANK_USUAL : RANK_RARE);
}

static void
auth_results_signed(struct offer *o)
{
	const struct sigfield *aar = o->c->s->chain->set[o->c->i].part[ARC_AAR];

	if (is_named(o, "authentication-results") && aar != NULL)
		offer_value(o, aar->payload, RANK_USUAL);
}

/* ------------------------------------------------------------------------
 * The MIME fields. */

/* Whether the body is as it was signed: then nothing was encoded anew. */
static bool
body_kept(const struct offer *o)
{
	return o->c->s->ams[o->c->i].body_holds;
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

/* Each parameter alone, and all of them. */
static void
content_type_requoted(struct offer *o)
{
	static const char *const params[] = { "boundary", "charset", "name",
		"type", "format", "report-type", "protocol", "micalg",
		"filename", "delsp", "start", "reply-type", "method" };

	if (!is_named(o, "content-type content-disposition") ||
	    o->field == NULL)
		return;
	for (int quotes = 0; quotes < 2; quotes++) {
		struct slice all = o->value;

		for (size_t k = 0; k < sizeof params / sizeof *params; k++) {
			struct slice name = slice_of(params[k]);
			struct buf b = { .max = 0 };

			if (put_param(&o->text, o->value, name, no_octets,
				quotes == 1))
				offer_text(o, RANK_USUAL);
			if (put_param(&b, all, name, no_octets, quotes == 1))
				all = search_keep(o->c->s, &b);
			buf_release(&b);
		}
		offer_value(o, all, RANK_USUAL);
	}
}

enum {
	ASCII_TOO = 5, /* charsets, the first ones, that name ASCII as well */
};

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
	if (o->field != NULL)
		offer_absent(o, RANK_USUAL);
}

/* The charset that the body was found to have been in is the likely one. */
static void
charset_converted(struct offer *o)
{
	static const char *const encodings[] = { "8bit", "7bit", "base64",
		"quoted-printable", NULL };
	const struct finding *edit = explain_mime_edit(o->c->s, o->c->i);

	if (edit != NULL)
		offer_encoding(o, encodings);
	if (!is_named(o, "content-type") || o->field == NULL || body_kept(o))
		return;
	for (size_t k = 0; k < sizeof charsets / sizeof *charsets; k++) {
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

/* The fields of what is the first part now were those of the message. */
static void
mime_wrapped(struct offer *o)
{
	const struct mime *m = o->c->mime;
	struct slice value;

	if (m->nparts == 0 || !m->root.multipart || body_kept(o) ||
	    !is_named(o, explain_mime_fields))
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

static void
was_8bit_now_qp(struct offer *o)
{
	if (encoded_now(o, "quoted-printable"))
		offer_encoding(o, plain_encodings);
}

static void
was_8bit_now_base64(struct offer *o)
{
	if (encoded_now(o, "base64"))
		offer_encoding(o, plain_encodings);
}

static void
was_base64(struct offer *o)
{
	static const char *const words[] = { "base64", "BASE64", "Base64",
		NULL };

	offer_encoding(o, words);
}

static void
was_qp(struct offer *o)
{
	static const char *const words[] = { "quoted-printable",
		"Quoted-Printable", "QUOTED-PRINTABLE", NULL };

	offer_encoding(o, words);
}

/* ------------------------------------------------------------------------
 * White space, which matters under simple, and where lines were broken. */

static void
line_broken(struct offer *o)
{
	struct slice rest, line;
	bool any = false;

	if (o->field == NULL)
		return;
	rest = o->field->raw;
	struct buf *b = &o->text;
	size_t skip = o->field->name.len + 1;

	while (mime_line(&rest, &line)) {
		struct slice bare = line;

		while (bare.len > 0 && (bare.p[bare.len - 1] == '\n' ||
					   bare.p[bare.len - 1] == '\r'))
			bare.len--;
		bool broken = (bare.len == 998 || bare.len == 990 ||
				  bare.len == 997 || bare.len == 989) &&
			      rest.len > 0;

		buf_slice(b, broken ? bare : rest.len > 0 ? line : bare);
		if (broken && ascii_is_wsp(rest.p[0]))
			rest = slice_sub(rest, 1, rest.len);
		any |= broken;
	}
	if (any && b->len > skip)
		offer_as(o, o->field->name,
		    slice_sub(buf_view(b), skip, b->len), RANK_USUAL);
	buf_clear(b);
}

/* The value with each fold in another form. */
static void
offer_folded(struct offer *o, const char *fold, bool drop_wsp)
{
	struct slice v = o->field->value;
	size_t i = 0;

	while (i < v.len) {
		bool crlf =
		    v.p[i] == '\r' && i + 1 < v.len && v.p[i + 1] == '\n';

		if (!crlf && v.p[i] != '\n') {
			buf_char(&o->text, v.p[i++]);
			continue;
		}
		i += crlf ? 2 : 1;
		while (drop_wsp && i < v.len && ascii_is_wsp(v.p[i]))
			i++;
		buf_text(&o->text, fold);
	}
	offer_as(o, o->field->name, buf_view(&o->text), RANK_ODD);
	buf_clear(&o->text);
}

/* The value in lines of at most width octets. */
static void
offer_refolded(struct offer *o, size_t width, const char *fold)
{
	struct slice rest = o->field->value, word;
	size_t column = o->field->name.len + 1;
	bool first = true;

	for (;;) {
		rest = slice_trim(rest);
		if (rest.len == 0)
			break;
		word = slice_word(&rest);
		if (!first && column + 1 + word.len > width) {
			buf_text(&o->text, fold);
			column = strlen(fold) - 2;
		} else {
			buf_char(&o->text, ' ');
			column++;
		}
		buf_slice(&o->text, word);
		column += word.len;
		first = false;
	}
	offer_as(o, o->field->name, buf_view(&o->text), RANK_ODD);
	buf_clear(&o->text);
}

/* A fold in the place of one blank. */
static void
offer_fold_at(struct offer *o, size_t at, const char *fold)
{
	struct slice v = o->field->value;

	buf_slice(&o->text, slice_sub(v, 0, at));
	buf_text(&o->text, fold);
	buf_slice(&o->text, slice_sub(v, at + 1, v.len));
	offer_as(o, o->field->name, buf_view(&o->text), RANK_ODD);
	buf_clear(&o->text);
}

static void
refolded_simple(struct offer *o)
{
	static const size_t widths[] = { 78, 76, 72, 75, 77, 79, 80, 70 };

	if (o->c->canon != CANON_SIMPLE || o->field == NULL)
		return;
	offer_folded(o, "", false);
	offer_folded(o, " ", true);
	offer_folded(o, "\r\n ", true);
	offer_folded(o, "\r\n\t", true);
	offer_folded(o, "\r\n  ", true);
	offer_folded(o, "\r\n        ", true);
	offer_folded(o, "\r\n    ", true);
	for (size_t k = 0; k < sizeof widths / sizeof *widths; k++) {
		offer_refolded(o, widths[k], "\r\n ");
		offer_refolded(o, widths[k], "\r\n\t");
	}
	size_t most = 60;

	for (size_t i = 1; i < o->field->value.len && most > 0; i++) {
		if (o->field->value.p[i] != ' ')
			continue;
		most--;
		offer_fold_at(o, i, "\r\n ");
		offer_fold_at(o, i, "\r\n\t");
	}
}

static void
name_case_simple(struct offer *o)
{
	char name[80];
	static const char *const usual[] = { "MIME-Version", "Message-ID",
		"Message-Id", "DKIM-Signature", "List-ID", "List-Id",
		"In-Reply-To", "CC", "Cc", "Content-ID" };

	if (o->c->canon != CANON_SIMPLE || o->field == NULL ||
	    o->field->name.len > sizeof name)
		return;
	for (size_t k = 0; k < sizeof usual / sizeof *usual; k++)
		if (slice_eq_nocase(o->field->name, slice_of(usual[k])))
			offer_as(
			    o, slice_of(usual[k]), o->field->value, RANK_RARE);
	for (unsigned way = 0; way < 4; way++) {
		size_t n = o->field->name.len;

		for (size_t i = 0; i < n; i++) {
			char c = ascii_lower(o->field->name.p[i]);
			bool start = i == 0 || name[i - 1] == '-';
			bool up = way == 1 || (way == 2 && start) ||
				  (way == 3 && i == 0);

			name[i] = up && c >= 'a' && c <= 'z'
				      ? (char)(c - 'a' + 'A')
				      : c;
		}
		struct slice kept =
		    arena_copy(o->c->s->arena, (struct slice){ name, n });

		if (kept.p == NULL)
			search_memory(o->c->s);
		else
			offer_as(o, kept, o->field->value, RANK_RARE);
	}
}

static void
trailing_space_simple(struct offer *o)
{
	static const char *const ends[] = { "", " ", "  ", "\t", "   " };
	struct slice v, bare;

	if (o->c->canon != CANON_SIMPLE || o->field == NULL)
		return;
	v = o->field->value;
	bare = v;
	while (bare.len > 0 && ascii_is_wsp(bare.p[bare.len - 1]))
		bare.len--;
	for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
		buf_slice(&o->text, bare);
		buf_text(&o->text, ends[k]);
		offer_as(o, o->field->name, buf_view(&o->text), RANK_RARE);
		buf_clear(&o->text);
	}
	offer_as(o, o->field->name, slice_trim(v), RANK_RARE);
	for (unsigned blanks = 1; blanks <= 2; blanks++) {
		buf_text(&o->text, blanks == 1 ? " " : "  ");
		buf_slice(&o->text, slice_trim(v));
		offer_as(o, o->field->name, buf_view(&o->text), RANK_RARE);
		buf_clear(&o->text);
	}
}

/* ------------------------------------------------------------------------
 * The rows, most plausible first: of two that mean the same octets the first
 * is told. */

static const struct row {
	enum cause_id cause;
	void (*offer)(struct offer *);
	bool with_body; /* it goes with an edit of the body */
} rows[] = {
	{ CAUSE_HDR_DKIM_ADDED_AFTER_SEAL, dkim_added, false },
	{ CAUSE_HDR_TRAILING_SPACE_SIMPLE, trailing_space_simple, false },
	{ CAUSE_HDR_REFOLDED_SIMPLE, refolded_simple, false },
	{ CAUSE_HDR_NAME_CASE_SIMPLE, name_case_simple, false },
	{ CAUSE_HDR_SUBJECT_TAGGED, offer_untagged, false },
	{ CAUSE_HDR_FROM_REWRITTEN, from_rewritten, false },
	{ CAUSE_BODY_MIME_WRAPPED, mime_wrapped, true },
	{ CAUSE_BODY_8BIT_TO_QP, was_8bit_now_qp, true },
	{ CAUSE_BODY_8BIT_TO_BASE64, was_8bit_now_base64, true },
	{ CAUSE_BODY_BASE64_TO_8BIT, was_base64, true },
	{ CAUSE_BODY_QP_TO_8BIT, was_qp, true },
	{ CAUSE_HDR_FIELD_RENAMED, field_renamed, false },
	{ CAUSE_HDR_CONTENT_TYPE_REQUOTED, content_type_requoted, false },
	{ CAUSE_BODY_CHARSET_CONVERTED, charset_converted, true },
	{ CAUSE_HDR_FIELD_REMOVED_STOCK, removed_stock, false },
	{ CAUSE_HDR_UTF8_DOWNGRADED, utf8_downgraded, false },
	{ CAUSE_HDR_SUBJECT_REENCODED, offer_reencoded, false },
	{ CAUSE_HDR_DATE_NORMALISED, offer_dates, false },
	{ CAUSE_HDR_ADDRESS_LIST_RESPACED, list_respaced, false },
	{ CAUSE_HDR_DISPLAY_NAME_QUOTED, display_name_quoted, false },
	{ CAUSE_HDR_LINE_BROKEN_998, line_broken, false },
	{ CAUSE_HDR_AUTH_RESULTS_SIGNED, auth_results_signed, false },
};

/* Whether an earlier mention of that name is of no field as well: what was
 * there went in for that one. */
static bool
is_again(const struct ams_case *c, size_t j)
{
	for (size_t k = 0; k < j && c->sel[j] == NULL; k++)
		if (c->sel[k] == NULL &&
		    slice_eq_nocase(c->g->headers[k], c->g->headers[j]))
			return true;
	return false;
}

void
explain_fields(struct ams_case *c, struct sequence *q)
{
	struct offer o = { .c = c, .q = q };
	const struct finding *edit = explain_mime_edit(c->s, c->i);

	for (size_t j = 0; j < c->n && !search_over(c->s); j++) {
		o.j = j;
		o.name = c->g->headers[j];
		o.field = c->sel[j];
		o.value =
		    o.field != NULL ? slice_trim(o.field->value) : no_octets;
		if (o.value.len > 64 * 1024 || is_again(c, j))
			continue;
		for (size_t r = 0;
		     r < sizeof rows / sizeof *rows && !search_over(c->s);
		     r++) {
			search_pay(
			    c->s, COST_SEEN * (c->s->m->nfields + o.value.len));
			o.cause = rows[r].cause;
			/* Of what goes with the body's edit, that one. */
			if (edit == NULL || !rows[r].with_body ||
			    o.cause == edit->cause)
				rows[r].offer(&o);
		}
		o.cause = CAUSE_HDR_FIELD_ADDED;
		field_added(&o);
	}
	buf_release(&o.text);
}

/* ------------------------------------------------------------------------
 * z=. */

/* The value that z= has for the nth field of that name. */
static bool
z_value(struct ams_case *c, struct slice z, struct slice name, size_t nth,
    struct slice *out)
{
	struct slice item, copy;

	while (slice_cut(&z, '|', &item)) {
		struct slice head = slice_sub(item, 0, slice_find(item, ':'));

		if (head.len == item.len ||
		    !slice_eq_nocase(slice_trim(head), name) || nth-- > 0)
			continue;
		struct buf b = { .max = 0 };
		struct buf bare = { .max = 0 };

		copy = slice_sub(item, head.len + 1, item.len);
		for (size_t i = 0; i < copy.len; i++)
			if (!ascii_is_fws(copy.p[i]))
				buf_char(&bare, copy.p[i]);
		recode_qp_decode(&b, buf_view(&bare));
		b.failure = bare.failure != BUF_OK ? bare.failure : b.failure;
		*out = search_keep(c->s, &b);
		buf_release(&b);
		buf_release(&bare);
		return out->p != NULL;
	}
	return false;
}

size_t
explain_z_tag(struct ams_case *c)
{
	const struct tag *z = taglist_find(&c->f->list, SLICE("z"));
	struct search *s = c->s;
	struct sequence q = c->q;
	struct change change[EXPLAIN_MAX_CHANGES];
	size_t n = 0;

	if (z == NULL || !sequence_init(s, &q, c->n + 1))
		return 0;
	q.piece[c->n] = c->q.piece[c->n];
	for (size_t j = 0; j < c->n; j++) {
		struct slice value, name = c->g->headers[j];
		size_t nth = 0;

		q.piece[j] = c->q.piece[j];
		for (size_t k = 0; k < j; k++)
			nth += slice_eq_nocase(c->g->headers[k], name);
		if (!z_value(c, z->value, name, nth, &value))
			continue;
		if (c->sel[j] != NULL)
			name = c->sel[j]->name;
		q.piece[j].octets =
		    canon_octets(s, c->canon, name, value, no_octets, true);
		if (!slice_eq(q.piece[j].octets, c->q.piece[j].octets) &&
		    n < EXPLAIN_MAX_CHANGES)
			change[n++] = (struct change){ .name = name,
				.at = c->sel[j],
				.is = c->sel[j] != NULL ? c->sel[j]->value
							: no_octets,
				.was = value };
	}
	if (n == 0 || !sequence_fits(s, &q))
		return 0;
	struct finding *f = finding_new(
	    s, CAUSE_HDR_CHANGED_Z_TAG, EXPLAIN_PROVED, PLACE_AMS, c->i);

	if (f != NULL) {
		memcpy(f->change, change, n * sizeof *change);
		f->nchanges = n;
	}
	return 1;
}
