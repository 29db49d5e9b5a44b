/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/limit.h"
#include "mail/handed.h"
#include "mail/mbox.h"
#include "mail/mime.h"
#include "mail/recode.h"
#include "mail/words.h"

static bool
has(struct slice s, struct slice word)
{
	for (size_t i = 0; i + word.len <= s.len; i++)
		if (s.p[i] == word.p[0] &&
		    slice_eq(slice_sub(s, i, word.len), word))
			return true;
	return false;
}

/* ------------------------------------------------------------------------
 * What a body has in it. */

/* Types of parts that are messages. */
static bool
is_message_type(struct slice type)
{
	return slice_eq_nocase(
		   slice_sub(type, 0, 14), SLICE("message/rfc822")) ||
	       slice_eq_nocase(
		   slice_sub(type, 0, 14), SLICE("message/global")) ||
	       slice_eq_nocase(
		   slice_sub(type, 0, 16), SLICE("multipart/digest"));
}

/* Whether a line is a Content-Type of such a part, or of many. */
static bool
is_message_line(struct slice line)
{
	struct slice value = slice_sub(line, 12, line.len);

	if (!slice_eq_nocase(slice_sub(line, 0, 12), SLICE("Content-Type")))
		return false;
	value = slice_skip(value, " \t");
	if (value.len == 0 || value.p[0] != ':')
		return false;
	value = slice_skip(slice_sub(value, 1, value.len), " \t\r\n");
	return is_message_type(value);
}

/* Whether a line has ARC fields as text: the start of one, or that in base64,
 * at each of the three places that it may have there. */
static bool
is_pasted(struct slice line)
{
	static const struct slice signs[] = {
		SLICE("ARC-Seal: "),
		SLICE("ARC-Seal:i"),
		SLICE("ARC-Message-Signature:"),
		SLICE("QVJDLVNlYWw6"),
		SLICE("FSQy1TZWFsOi"),
		SLICE("BUkMtU2VhbDog"),
		SLICE("QVJDLU1lc3NhZ2UtU"),
		SLICE("FSQy1NZXNzYWdlLV"),
		SLICE("BUkMtTWVzc2FnZS1T"),
	};

	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (has(line, signs[i]))
			return true;
	return false;
}

static void
look_at_line(struct handed_inside *h)
{
	struct slice line = slice_trim((struct slice){ h->line, h->n });
	struct slice text = slice_skip(line, "> ");

	/* An mbox's separator, then a field. */
	if (h->separated && handed_field_begins(line))
		h->next = true;
	h->separated = h->empty && mbox_is_separator(line);
	h->empty = line.len == 0;
	h->n = 0;
	if (text.len == 0)
		return;
	h->pasted = h->pasted || is_pasted(line);
	/* Fields of a MIME part's header, folded or not. */
	if ((text.p[0] | 0x20) == 'c' && is_message_line(text))
		h->attached = true;
	size_t dot = text.len;

	while (dot > 0 && strchr("\"; ?=", text.p[dot - 1]) != NULL)
		dot--;
	if (slice_ends_nocase(slice_sub(text, 0, dot), SLICE(".eml")) &&
	    (has(text, SLICE("name=")) || has(text, SLICE("name*"))))
		h->attached = true;
}

int
handed_look(void *inside, const char *p, size_t n)
{
	struct handed_inside *h = inside;

	h->seen = true;
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
	h->attached |= is_message_line(raw);
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
	const char *packed;
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

/* Ends of file names that say what is in a part, and what is said where no
 * message is attached. */
static const struct {
	struct slice end;
	const char *packed;
} file_kinds[] = {
	{ SLICE(".eml"), NULL },
	{ SLICE(".msg"), "an Outlook .msg file is attached, which does not "
			 "keep the message as it was sent: ask for the .eml" },
	{ SLICE("winmail.dat"), "winmail.dat is attached, which does not keep "
				"the message as it was sent: ask for the "
				".eml" },
	{ SLICE(".zip"), "a .zip file is attached: save it, unpack it, and "
			 "verify what is in it" },
	{ SLICE(".gz"), "a .gz file is attached: save it, unpack it with "
			"gunzip, and verify what is in it" },
	{ SLICE(".mbox"), "an mbox is attached: save it, and use --mbox" },
};

enum {
	FILE_EML = 0,
	FILE_KINDS = ARRAY_LEN(file_kinds)
};

/* Which of these the parameter is, as RFC 2045, 2047 or 2231 write it, or
 * FILE_KINDS; of several the first of the table. */
static unsigned
param_kind(struct finder *f, struct slice value, const char *name)
{
	static const char *const forms[] = { "", "*", "*0*", "*1", "*1*", "*2",
		"*2*" };
	unsigned kind = FILE_KINDS;
	char param[16];

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		snprintf(param, sizeof param, "%s%s", name, forms[i]);
		struct slice file =
		    slice_trim(mime_param(value, slice_of(param)));
		struct buf text = { .max = 0 };

		if (slice_starts(file, SLICE("=?"))) {
			words_decode(&text, f->arena, file);
			file = buf_view(&text);
		}
		for (unsigned k = 0; k < kind; k++)
			if (slice_ends_nocase(file, file_kinds[k].end))
				kind = k;
		buf_release(&text);
	}
	return kind;
}

static unsigned
file_kind(struct finder *f, const struct mime_part *p)
{
	unsigned type = param_kind(f, p->type, "name");
	unsigned file = param_kind(
	    f, mime_field(p->header, SLICE("Content-Disposition")), "filename");

	return type < file ? type : file;
}

static bool
is_of_message(const struct mime_part *p)
{
	return (is_message_type(p->type) && !p->multipart) ||
	       (p->digest && p->type.len == 0);
}

/* Where the body of a message begins. */
static struct slice
body_of(struct slice message, struct slice *header)
{
	struct slice rest = message, line;

	while (mime_line(&rest, &line) && line.len > slice_line_end(line))
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
		const struct mime_part *p = &mime->part[i];
		struct attached *a = &f->found[f->n];
		unsigned kind = file_kind(f, p);
		struct slice octets;

		if (kind != FILE_EML && !is_of_message(p)) {
			if (kind < FILE_KINDS && f->packed == NULL)
				f->packed = file_kinds[kind].packed;
			continue;
		}
		if (f->n == LIMIT_ATTACHED) {
			f->more = true;
			break;
		}
		if (!part_octets(f, p, &octets))
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
    size_t *n, bool *more, const char **packed)
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
	*packed = f.packed;
	return ok;
}
