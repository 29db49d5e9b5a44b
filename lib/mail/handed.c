/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/limit.h"
#include "mail/handed.h"
#include "mail/mbox.h"
#include "mail/mime.h"
#include "mail/recode.h"

/* ------------------------------------------------------------------------
 * Inputs that are no message. */

/* Octets that a kind of file begins with. */
static const struct {
	struct slice first;
	const char *what;
} magics[] = {
	{ { "\x1f\x8b", 2 },
	    "it is a gzip file: unpack it first, for example with gunzip" },
	{ { "BZh", 3 }, "it is a bzip2 file: unpack it first with bunzip2" },
	{ { "\xfd"
	    "7zXZ",
	      5 },
	    "it is an xz file: unpack it first with unxz" },
	{ { "\x28\xb5\x2f\xfd", 4 },
	    "it is a zstd file: unpack it first with unzstd" },
	{ { "PK\x03\x04", 4 }, "it is a zip file: unpack it first" },
	{ { "7z\xbc\xaf\x27\x1c", 6 }, "it is a 7z file: unpack it first" },
	{ { "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8 },
	    "it is an Outlook .msg file, which does not keep the message as "
	    "it was sent: save the message as .eml instead" },
	{ { "\x78\x9f\x3e\x22", 4 },
	    "it is TNEF (winmail.dat), which does not keep the message as it "
	    "was sent: get the raw source of the message" },
	{ { "%PDF-", 5 },
	    "it is a PDF file: get the raw source of the message (.eml)" },
	{ { "{\\rtf", 5 },
	    "it is an RTF file: get the raw source of the message (.eml)" },
	{ { "\xff\xfe", 2 },
	    "it is UTF-16 text: convert it, for example with iconv -f UTF-16 "
	    "-t UTF-8, or get the raw source" },
	{ { "\xfe\xff", 2 },
	    "it is UTF-16 text: convert it, for example with iconv -f UTF-16 "
	    "-t UTF-8, or get the raw source" },
};

static bool
is_line_end(struct slice s)
{
	return slice_starts(s, SLICE("\n")) || slice_starts(s, SLICE("\r\n"));
}

/* Whether s begins with the name of a field and its colon. */
static bool
begins_field(struct slice s)
{
	size_t n = 0;

	while (n < s.len && (ascii_is_alnum(s.p[n]) || s.p[n] == '-'))
		n++;
	size_t colon = n;

	while (colon < s.len && ascii_is_wsp(s.p[colon]))
		colon++;
	return n > 1 && colon < s.len && s.p[colon] == ':';
}

/* s from its first octet on that is none of these. */
static struct slice
skip(struct slice s, const char *octets)
{
	while (s.len > 0 && s.p[0] != '\0' && strchr(octets, s.p[0]) != NULL)
		s = slice_sub(s, 1, s.len);
	return s;
}

static bool
has_nocase(struct slice s, struct slice word)
{
	for (size_t i = 0; i + word.len <= s.len; i++)
		if (slice_eq_nocase(slice_sub(s, i, word.len), word))
			return true;
	return false;
}

static bool
is_utf16(struct slice all)
{
	size_t even = 0, odd = 0;

	all = slice_sub(all, 0, 64);
	for (size_t i = 0; i < all.len; i++)
		if (all.p[i] == '\0')
			*(i % 2 == 0 ? &even : &odd) += 1;
	return all.len >= 8 && (even == 0) != (odd == 0) &&
	       even + odd >= all.len / 2 - 1;
}

/* No LF at all, and a field behind a CR. */
static bool
is_cr_only(struct slice all)
{
	size_t cr = slice_find(all, '\r');

	return cr < all.len && slice_find(all, '\n') == all.len &&
	       (begins_field(all) ||
		   begins_field(slice_sub(all, cr + 1, all.len)));
}

/* The first lines end in CR CR LF. */
static bool
is_crcrlf(struct slice all)
{
	struct slice line;
	unsigned lines = 0;

	while (lines < 3 && mime_line(&all, &line) &&
	       slice_ends_nocase(line, SLICE("\r\r\n")))
		lines++;
	return lines == 3;
}

static bool
is_html(struct slice all)
{
	struct slice s = slice_sub(skip(all, " \t\r\n"), 0, 1024);

	return s.len > 1 && s.p[0] == '<' &&
	       (s.p[1] == '!' || ascii_is_alpha(s.p[1])) &&
	       (has_nocase(s, SLICE("<html")) ||
		   has_nocase(s, SLICE("<!doctype")) ||
		   has_nocase(s, SLICE("<head")) ||
		   has_nocase(s, SLICE("<body")) ||
		   has_nocase(s, SLICE("<pre")));
}

static bool
is_json(struct slice all)
{
	struct slice s = skip(all, " \t\r\n");

	if (s.len < 2 || (s.p[0] != '{' && s.p[0] != '['))
		return false;
	s = skip(slice_sub(s, 1, s.len), " \t\r\n");
	return s.len > 0 && (s.p[0] == '"' || s.p[0] == '{' || s.p[0] == '[');
}

/* The first line is base64 of what begins with a field. */
static bool
is_base64(struct slice all)
{
	char room[64];
	struct buf text = { .p = room, .cap = sizeof room, .max = 0 };
	struct slice head = slice_trim(
	    slice_sub(all, 0, slice_find(slice_sub(all, 0, 2048), '\n')));
	struct slice alphabet = SLICE("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789+/");
	unsigned long bits = 0;
	unsigned have = 0;

	if (head.len < 16)
		return false;
	for (size_t i = 0; i < head.len; i++) {
		size_t at = slice_find(alphabet, head.p[i]);

		if (at == alphabet.len)
			return head.p[i] == '=' &&
			       begins_field(buf_view(&text));
		bits = (bits << 6 | (unsigned long)at) & 0xffffff;
		have += 6;
		if (have >= 8 && text.len < sizeof room) {
			have -= 8;
			room[text.len++] = (char)(bits >> have & 0xff);
		}
	}
	return begins_field(buf_view(&text));
}

/* Fields whose lines were cut and whose "=" were encoded as quoted-printable
 * does: a cut leaves a line that is no field. */
static bool
is_quoted_printable(struct slice all, size_t header, struct slice junk)
{
	struct slice s = slice_sub(all, 0, header);

	if (junk.len == 0 || junk.p < s.p || junk.p > s.p + s.len)
		return false;
	struct slice before = slice_sub(s, 0, (size_t)(junk.p - s.p));

	before.len -= slice_line_end(before);
	return before.len > 0 && before.p[before.len - 1] == '=' &&
	       has_nocase(before, SLICE("=3D"));
}

/* Text with something in front of each line. */
static const char *
indented_as(struct slice all)
{
	if (is_line_end(all) && begins_field(skip(all, "\r\n")))
		return "the first line is empty, and a header follows: remove "
		       "the empty line";
	if (ascii_is_wsp(all.p[0]) && begins_field(skip(all, " \t")))
		return "the lines are indented: remove the white space before "
		       "each, as it is part of what was signed";
	if (all.p[0] == '>' && begins_field(skip(all, "> ")))
		return "the lines are quoted with '>': remove the marks, or "
		       "get the raw source of the message";
	return NULL;
}

const char *
handed_as(struct slice all, size_t header, struct slice junk)
{
	const char *as;

	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if (slice_starts(all, magics[i].first))
			return magics[i].what;
	if (all.len == 0)
		return "the input is empty";
	if (is_utf16(all))
		return "it is UTF-16 text: convert it, for example with iconv "
		       "-f UTF-16LE -t UTF-8, or get the raw source";
	if (is_cr_only(all))
		return "its lines end in CR alone: convert them to LF or CRLF";
	if (is_crcrlf(all))
		return "its lines end in CR CR LF: it was converted twice; "
		       "get the raw source, or remove one CR of each";
	if (slice_starts(all, SLICE("```")) || slice_starts(all, SLICE("~~~")))
		return "it begins with the fence of a code block: remove the "
		       "fences";
	if (is_html(all))
		return "it is an HTML page: get the raw source of the message "
		       "(\"show original\", then download)";
	if (is_json(all))
		return "it is JSON: get the raw source of the message";
	if ((as = indented_as(all)) != NULL &&
	    (junk.len > 0 || header == 0 || all.p[0] == '>'))
		return as;
	if (is_base64(all))
		return "it is base64: decode it first with base64 -d";
	if (is_quoted_printable(all, header, junk))
		return "it is quoted-printable: decode it first, for example "
		       "with qprint -d, or get the raw source";
	return NULL;
}

/* ------------------------------------------------------------------------
 * What a body has in it. */

/* Whether a line is a Content-Type that says message/rfc822. */
static bool
is_rfc822(struct slice line)
{
	struct slice value = slice_sub(line, 12, line.len);

	if (!slice_eq_nocase(slice_sub(line, 0, 12), SLICE("Content-Type")))
		return false;
	value = skip(value, " \t");
	if (value.len == 0 || value.p[0] != ':')
		return false;
	value = skip(slice_sub(value, 1, value.len), " \t\r\n");
	return slice_eq_nocase(
	    slice_sub(value, 0, 14), SLICE("message/rfc822"));
}

static void
look_at_line(struct handed_inside *h)
{
	struct slice line = slice_trim((struct slice){ h->line, h->n });
	struct slice text = skip(line, "> ");

	/* An mbox's separator, then a field. */
	if (h->separated && begins_field(line))
		h->next = true;
	h->separated = h->empty && mbox_is_separator(line);
	h->empty = line.len == 0;
	h->n = 0;
	if (text.len == 0)
		return;
	if (begins_field(text) && slice_starts(text, SLICE("ARC-")) &&
	    (slice_starts(text, SLICE("ARC-Seal:")) ||
		slice_starts(text, SLICE("ARC-Message-Signature:"))))
		h->pasted = true;
	/* Fields of a MIME part's header, folded or not. */
	if ((text.p[0] | 0x20) == 'c' && is_rfc822(text))
		h->attached = true;
	size_t dot = text.len;

	while (dot > 0 && (text.p[dot - 1] == '"' || text.p[dot - 1] == ';'))
		dot--;
	if (slice_ends_nocase(slice_sub(text, 0, dot), SLICE(".eml")) &&
	    has_nocase(text, SLICE("name=")))
		h->attached = true;
}

int
handed_look(void *inside, const char *p, size_t n)
{
	struct handed_inside *h = inside;

	while (n > 0) {
		const char *nl = memchr(p, '\n', n);
		size_t length = nl != NULL ? (size_t)(nl - p) : n;
		size_t room = sizeof h->line - h->n;

		memcpy(h->line + h->n, p, length < room ? length : room);
		h->n += length < room ? length : room;
		if (nl == NULL)
			return 0;
		look_at_line(h);
		p += length + 1;
		n -= length + 1;
	}
	return 0;
}

void
handed_field(struct handed_inside *h, struct slice raw)
{
	h->attached |= is_rfc822(raw);
}

void
handed_end(struct handed_inside *h)
{
	look_at_line(h);
}

/* ------------------------------------------------------------------------
 * Messages within one. */

struct finder {
	struct arena *arena;
	struct attached *found;
	size_t n;
	bool more;
};

/* A part as the octets that it stands for. */
static bool
part_octets(struct finder *f, const struct mime_part *p, struct slice *octets)
{
	*octets = p->content;
	if (p->coded == MIME_BASE64)
		return base64_decode(p->content, f->arena, octets) !=
		       BASE64_MEMORY;
	if (p->coded == MIME_QUOTED_PRINTABLE) {
		struct buf b = { .max = 0 };

		recode_qp_decode(&b, p->content);
		char *copy = b.failure == BUF_OK
				 ? arena_array(f->arena, b.len + 1, 1)
				 : NULL;

		if (copy != NULL && b.len > 0)
			memcpy(copy, b.p, b.len);
		*octets = (struct slice){ copy, b.len };
		buf_release(&b);
		return copy != NULL;
	}
	return true;
}

static bool
is_message(const struct mime_part *p)
{
	struct slice disposition =
	    mime_field(p->header, SLICE("Content-Disposition"));

	return slice_eq_nocase(
		   slice_sub(p->type, 0, 14), SLICE("message/rfc822")) ||
	       slice_eq_nocase(
		   slice_sub(p->type, 0, 14), SLICE("message/global")) ||
	       slice_ends_nocase(
		   mime_param(p->type, SLICE("name")), SLICE(".eml")) ||
	       slice_ends_nocase(
		   mime_param(disposition, SLICE("filename")), SLICE(".eml"));
}

/* Where the body of a message begins. */
static struct slice
body_of(struct slice message, struct slice *header)
{
	struct slice rest = message, line;

	while (mime_line(&rest, &line) && !is_line_end(line))
		;
	*header = slice_sub(message, 0, message.len - rest.len);
	return rest;
}

/* Put what one message has into found; *outer is its own row, or NULL. */
static bool
find_in(struct finder *f, struct slice message, const char *outer)
{
	struct slice header, body = body_of(message, &header);
	struct mime *mime = arena_array(f->arena, 1, sizeof *mime);
	unsigned k = 0;

	if (mime == NULL)
		return false;
	mime_parse_all(mime, body, mime_field(header, SLICE("Content-Type")),
	    mime_field(header, SLICE("Content-Transfer-Encoding")));
	f->more |= mime->more;
	/* A message may itself be of type message/rfc822. */
	if (mime->nparts == 0) {
		mime->root.header = header;
		mime->part[mime->nparts++] = mime->root;
	}
	for (size_t i = 0; i < mime->nparts; i++) {
		struct attached *a = &f->found[f->n];
		struct slice octets;

		if (!is_message(&mime->part[i]))
			continue;
		if (f->n == LIMIT_ATTACHED) {
			f->more = true;
			break;
		}
		if (!part_octets(f, &mime->part[i], &octets))
			return false;
		f->n++;
		a->octets = octets;
		snprintf(a->number, sizeof a->number, "%s%s%u", outer,
		    outer[0] != '\0' ? "." : "", ++k);
	}
	return true;
}

/* How deep a number is: the dots in it. */
static unsigned
depth_of(const char *number)
{
	unsigned n = 1;

	for (; *number != '\0'; number++)
		n += *number == '.';
	return n;
}

bool
attached_find(struct slice message, struct arena *arena, struct attached **out,
    size_t *n, bool *more)
{
	struct finder f = { .arena = arena };
	bool ok = (f.found = arena_array(
		       arena, LIMIT_ATTACHED + 1, sizeof *f.found)) != NULL &&
		  find_in(&f, message, "");

	/* Each that was found may have others in it. */
	for (size_t i = 0; ok && i < f.n; i++)
		if (depth_of(f.found[i].number) < LIMIT_ATTACHED_DEPTH)
			ok = find_in(&f, f.found[i].octets, f.found[i].number);
		else
			f.more = true;
	*out = f.found;
	*n = f.n;
	*more = f.more;
	return ok;
}
