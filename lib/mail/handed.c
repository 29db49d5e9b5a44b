/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "mail/handed.h"
#include "mail/mbox.h"
#include "mail/mime.h"

#define SMTP "it is an SMTP dialogue: keep only what follows DATA"

/* What a first line begins with that is no field. */
static const struct {
	struct slice first;
	const char *what;
} texts[] = {
	{ SLICE("```"),
	    "it begins with the fence of a code block: remove the fences" },
	{ SLICE("~~~"),
	    "it begins with the fence of a code block: remove the fences" },
	{ SLICE("HTTP/"),
	    "it is an HTTP response: keep only what follows its header" },
	{ SLICE("HELO "), SMTP },
	{ SLICE("EHLO "), SMTP },
	{ SLICE("220 "), SMTP },
	{ SLICE("+OK"), "it is a POP3 response: remove its first line and the "
			"dot at the end" },
	{ SLICE("* "), "it is an IMAP response: keep only the message in it" },
	{ SLICE("*** ENVELOPE RECORDS"),
	    "it is a dump of a Postfix queue file: use postcat -bh" },
	{ SLICE(">From "),
	    "its first line is an mbox separator quoted with '>': remove that "
	    "line" },
	{ SLICE("From "), "its first line begins with \"From \" but is no mbox "
			  "separator, which ends in a date: remove that line" },
	{ SLICE("-----BEGIN "),
	    "it is PEM or PGP armor: decode or decrypt it first" },
	{ SLICE("begin "), "it is uuencoded: decode it first with uudecode" },
	{ SLICE("diff "), "it is a patch: apply it first" },
	{ SLICE("--- a/"), "it is a patch: apply it first" },
	{ SLICE("*mbx*"), "it is a mailbox in the mbx format: export the "
			  "message from it" },
	{ SLICE("BABYL OPTIONS"),
	    "it is a mailbox in the Babyl format: export the message from it" },
	{ SLICE("\x01\x01\x01\x01"),
	    "it is a mailbox in the MMDF format: remove the lines of ^A" },
	{ SLICE("<?xml"), "it is XML: get the raw source of the message" },
	{ SLICE("<svg"), "it is XML: get the raw source of the message" },
	{ SLICE("\033"),
	    "it has escape sequences of a terminal: get the raw source of the "
	    "message" },
	{ SLICE("\xc2\xa0"),
	    "it begins with a no-break space (U+00A0): it was copied from a "
	    "page; get the raw source of the message" },
	{ SLICE("\xe2\x80"),
	    "it begins with an invisible character: it was copied from a page; "
	    "get the raw source of the message" },
	{ SLICE("\xef\xbb\xbf"),
	    "it begins with two UTF-8 byte order marks: remove them" },
	{ SLICE("\xc3\xaf\xc2\xbb\xc2\xbf"),
	    "it begins with a byte order mark that was converted to UTF-8 "
	    "twice: get the raw source of the message" },
};

/* Fields that a message begins with. */
static const struct slice known[] = {
	SLICE("ARC-Seal"),
	SLICE("ARC-Message-Signature"),
	SLICE("ARC-Authentication-Results"),
	SLICE("Authentication-Results"),
	SLICE("DKIM-Signature"),
	SLICE("Received"),
	SLICE("Received-SPF"),
	SLICE("Return-Path"),
	SLICE("Delivered-To"),
	SLICE("From"),
	SLICE("To"),
	SLICE("Date"),
	SLICE("Subject"),
	SLICE("Message-ID"),
	SLICE("MIME-Version"),
	SLICE("Content-Type"),
};

static bool
has_nocase(struct slice s, struct slice word)
{
	for (size_t i = 0; i + word.len <= s.len; i++)
		if (slice_eq_nocase(slice_sub(s, i, word.len), word))
			return true;
	return false;
}

static bool
is_line_end(struct slice s)
{
	return slice_starts(s, SLICE("\n")) || slice_starts(s, SLICE("\r\n"));
}

/* Whether s begins with a name that mail has, and after, which a colon is
 * most often. */
static bool
begins_known(struct slice s, char after)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		size_t n = known[i].len;

		if (s.len > n && s.p[n] == after &&
		    slice_eq_nocase(slice_sub(s, 0, n), known[i]))
			return true;
	}
	return false;
}

/* ------------------------------------------------------------------------
 * Quoted-printable. */

/* Fields whose lines were cut and whose "=" were encoded as quoted-printable
 * does: a cut leaves a line that is no field, and no "=" above it is bare. */
static bool
is_quoted_printable(struct slice header, struct slice junk)
{
	struct slice s = slice_sub(header, 0, (size_t)(junk.p - header.p));
	bool encoded = false;

	s.len -= slice_line_end(s);
	if (!slice_ends_nocase(s, SLICE("=")))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		struct slice after = slice_sub(s, i + 1, s.len);

		if (s.p[i] != '=' || after.len == 0 || is_line_end(after))
			continue;
		if (after.len < 2 || ascii_hex(after.p[0]) < 0 ||
		    ascii_hex(after.p[1]) < 0)
			return false;
		encoded |= slice_starts(after, SLICE("3D"));
	}
	return encoded;
}

/* ------------------------------------------------------------------------
 * Line ends. */

/* How many of the first three lines begin, or end, in this; an empty line does
 * not. */
static unsigned
lines_with(struct slice all, struct slice first, struct slice last)
{
	struct slice line;
	unsigned n = 0;

	for (unsigned k = 0; k < 3 && mime_line(&all, &line); k++)
		n += slice_starts(line, first) &&
		     slice_ends_nocase(line, last) && !is_line_end(line);
	return n;
}

/* Each line is followed by an empty one, and the third belongs to a header. */
static bool
is_double_spaced(struct slice all)
{
	struct slice line;
	bool header = false;

	for (unsigned k = 0; k < 6; k++) {
		if (!mime_line(&all, &line) || is_line_end(line) != k % 2)
			return false;
		if (k == 2)
			header =
			    ascii_is_wsp(line.p[0]) || begins_known(line, ':');
	}
	return header;
}

/* One line that several fields are in, whatever stands in place of line ends:
 * blanks, NEL, U+2028. */
static bool
is_joined(struct slice header)
{
	unsigned n = 0;

	if (slice_find(header, '\n') + 1 < header.len)
		return false;
	for (size_t i = 1; i < header.len && n < 2; i++) {
		unsigned char before = (unsigned char)header.p[i - 1];

		n += (before <= ' ' || before > '~') &&
		     begins_known(slice_sub(header, i, header.len), ':');
	}
	return n == 2;
}

/* The line ends are two characters, as a program writes a string. */
static bool
is_escaped(struct slice line)
{
	for (size_t i = 0; i + 2 < line.len; i++)
		if (line.p[i] == '\\' && line.p[i + 1] == 'n' &&
		    begins_known(slice_sub(line, i + 2, line.len), ':'))
			return true;
	return false;
}

static const char *
line_ends_as(struct slice all, struct slice header)
{
	size_t cr = slice_find(all, '\r');

	if (cr < all.len && slice_find(all, '\n') == all.len &&
	    (handed_field_begins(all) ||
		handed_field_begins(slice_sub(all, cr + 1, all.len))))
		return "its lines end in CR alone: convert them to LF or CRLF";
	if (lines_with(all, SLICE(""), SLICE("\r\r\n")) == 3)
		return "its lines end in CR CR LF: it was converted twice; "
		       "get the raw source, or remove one CR of each";
	if (lines_with(slice_sub(all, slice_find(all, '\n') + 1, all.len),
		SLICE("\r"), SLICE("\n")) == 3)
		return "its lines end in LF CR: convert them to LF or CRLF";
	if (is_double_spaced(all))
		return "an empty line follows each line: remove these, or get "
		       "the raw source of the message";
	if (is_joined(header))
		return "its line ends are gone, all fields are in one line: "
		       "get the raw source of the message";
	if (is_escaped(slice_sub(all, 0, slice_find(all, '\n'))))
		return "its line ends are written as \\n, as a string of a "
		       "program has them: get the raw source of the message";
	return NULL;
}

/* ------------------------------------------------------------------------
 * Text around it, and other formats of text. */

static bool
is_html(struct slice all)
{
	struct slice s = slice_sub(slice_skip(all, " \t\r\n"), 0, 1024);

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
	struct slice s = slice_skip(all, " \t\r\n");

	if (s.len < 2 || (s.p[0] != '{' && s.p[0] != '['))
		return false;
	char close = s.p[0] == '{' ? '}' : ']';

	s = slice_skip(slice_sub(s, 1, s.len), " \t\r\n");
	return s.len > 0 && (s.p[0] == '"' || s.p[0] == '\'' || s.p[0] == '{' ||
				s.p[0] == '[' || s.p[0] == close);
}

/* A block of YAML that has the message: "raw: |", and the next line indented.
 */
static bool
is_yaml(struct slice all)
{
	struct slice line;
	bool opened = false;

	for (unsigned k = 0; k < 20 && mime_line(&all, &line); k++) {
		struct slice text = slice_trim(line), rest = text;
		struct slice value = SLICE_NONE;

		if (opened && ascii_is_wsp(line.p[0]) &&
		    begins_known(text, ':'))
			return true;
		while (slice_cut(&rest, ' ', &value))
			;
		opened = value.len > 0 && value.len < 4 &&
			 (value.p[0] == '|' || value.p[0] == '>') &&
			 value.p != text.p && value.p[-2] == ':';
	}
	return false;
}

/* The same in front of the first two lines, numbers apart: of a listing. */
static bool
is_prefixed(struct slice all)
{
	struct slice first = { NULL, 0 }, second = { NULL, 0 };
	struct slice rest = slice_sub(all, 0, 4096);
	size_t digits = 0, at = 1;

	while (digits < all.len && ascii_is_digit(all.p[digits]))
		digits++;
	if (!mime_line(&rest, &first) || !mime_line(&rest, &second) ||
	    begins_known(first, ':') ||
	    (handed_field_begins(first) &&
		(digits == 0 || first.p[digits] != ':')))
		return false;
	while (at < 64 && at < first.len &&
	       !begins_known(slice_sub(first, at, first.len), ':'))
		at++;
	if (at >= 64 || at >= first.len || at > second.len)
		return false;
	for (size_t i = 0; i < at; i++)
		if (first.p[i] != second.p[i] &&
		    !(ascii_is_digit(first.p[i]) &&
			ascii_is_digit(second.p[i])))
			return false;
	return true;
}

/* Text with something in front of its lines. */
static const char *
indented_as(struct slice all, bool header)
{
	struct slice text = slice_skip(all, "\r\n");

	if (header && is_line_end(all) && handed_field_begins(text))
		return "the first line is empty, and a header follows: remove "
		       "the empty line";
	if (header && text.len > 0 && ascii_is_wsp(text.p[0]) &&
	    handed_field_begins(slice_skip(text, " \t")))
		return "the lines are indented: remove the white space before "
		       "each, as it is part of what was signed";
	if (text.len > 0 && text.p[0] == '>' &&
	    handed_field_begins(slice_skip(text, "> ")))
		return "the lines are quoted with '>': remove the marks, or "
		       "get the raw source of the message";
	return is_prefixed(all) ? "each line has a prefix, such as a line "
				  "number or a file name: remove it, or get "
				  "the raw source of the message"
				: NULL;
}

/* A time as a log writes it: 2026-02-09T14:05. */
static bool
is_log(struct slice s)
{
	static const char form[] = "0000-00-00T00:";

	if (s.len < sizeof form - 1)
		return false;
	for (size_t i = 0; i < sizeof form - 1; i++)
		if (form[i] == '0' ? !ascii_is_digit(s.p[i])
				   : s.p[i] != form[i])
			return false;
	return true;
}

/* What a first line says that could be a field. */
static const char *
format_as(struct slice all)
{
	if (is_html(all))
		return "it is an HTML page: get the raw source of the message "
		       "(\"show original\", then download)";
	if (is_json(all))
		return "it is JSON: get the raw source of the message";
	if (is_log(all))
		return "it is a log: get the raw source of the message";
	if (slice_starts(all, SLICE("BEGIN:VC")))
		return "it is a calendar or a contact: get the raw source of "
		       "the message";
	return is_yaml(all) ? "it is YAML: get the raw source of the message"
			    : NULL;
}

/* ------------------------------------------------------------------------
 * A first line that is no field, and lines of the header that are none. */

static bool
is_known_below(struct slice all)
{
	struct slice line;

	while (mime_line(&all, &line))
		if (begins_known(line, ':'))
			return true;
	return false;
}

static const char *
first_line_as(struct slice all)
{
	struct slice line = slice_sub(all, 0, slice_find(all, '\n'));
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (slice_starts(all, texts[i].first))
			return texts[i].what;
	while (n < line.len && ascii_is_digit(line.p[n]))
		n++;
	if (n > 0 && slice_trim(line).len == n && is_known_below(all))
		return "it is an Apple Mail .emlx file: remove the first line, "
		       "and the property list at the end";
	if (slice_starts(line, SLICE("--")) &&
	    slice_find(line, ' ') == line.len &&
	    handed_field_begins(slice_sub(all, line.len + 1, all.len)))
		return "it begins with a MIME boundary: keep only the part "
		       "that is the message";
	if (begins_known(all, '\t') || begins_known(all, '\n') ||
	    begins_known(all, '\r'))
		return "its fields have no colons: it was copied from a table; "
		       "get the raw source of the message";
	if (has_nocase(slice_sub(line, 0, 1024), SLICE("%3A%20")))
		return "it is percent-encoded: decode it first, or get the raw "
		       "source of the message";
	return is_known_below(all) ? "there is text above the header: remove "
				     "all lines above the first header field"
				   : NULL;
}

/* The lines of a header by kind, as a copy damages them. */
static const char *
damaged_as(struct slice header, struct slice junk)
{
	struct slice rest = header, line, before = SLICE_NONE;
	size_t folds = 0, bad = 0, wrapped = 0, listed = 0;
	bool mail = false, blank = false;

	if (slice_starts(junk, SLICE("\xc2\xa0")))
		return "its folded lines begin with a no-break space (U+00A0): "
		       "it was copied from a page; get the raw source of the "
		       "message";
	for (; mime_line(&rest, &line); before = line) {
		if (ascii_is_wsp(line.p[0])) {
			folds++;
		} else if (!handed_field_begins(line)) {
			bad++;
			wrapped += before.len > 0 &&
				   before.len - slice_line_end(before) < 100;
			listed +=
			    slice_ends_nocase(slice_trim(before), SLICE(","));
		}
		mail |= begins_known(line, ':');
		blank |= line.p == junk.p && slice_trim(before).len == 0;
	}
	if (blank && lines_with(header, SLICE(""), SLICE(" \n")) +
			     lines_with(header, SLICE(""), SLICE(" \r\n")) ==
			 3)
		return "each line ends in white space, the empty line below "
		       "the header too: remove it, or get the raw source";
	/* Libraries fold lists of addresses so. */
	if (bad >= 3 && bad == wrapped && listed < bad)
		return folds == 0
			   ? "its folded lines lost the white space they begin "
			     "with: it was copied from a page; get the raw "
			     "source of the message"
			   : "lines of its header were wrapped: it was pasted; "
			     "get the raw source of the message";
	return mail ? NULL : "it has no header field that mail has";
}

/* Whether this is a header by all that mail says, whatever its first field and
 * the values look like: nothing but fields, and below the first one that mail
 * has.  What begins like HTML or JSON may have a header in it. */
static bool
is_header(struct slice header, struct slice junk)
{
	struct slice first;

	return junk.len == 0 && header.len > 0 &&
	       strchr("<{[", header.p[0]) == NULL &&
	       lines_with(header, SLICE(""), SLICE("\r\r\n")) < 3 &&
	       mime_line(&header, &first) && is_known_below(header);
}

const char *
handed_as(struct slice all, struct slice header, struct slice junk)
{
	struct slice text = slice_skip(all, " \t\r\n");
	bool inside = junk.len > 0 && junk.p != header.p;
	const char *as;

	if (all.len == 0)
		return "the input is empty";
	if (text.len == 0)
		return "the input has white space only";
	if (is_header(header, junk))
		return NULL;
	if ((as = handed_file_as(all)) != NULL ||
	    (as = handed_file_as(text)) != NULL ||
	    (as = format_as(all)) != NULL ||
	    (as = line_ends_as(all, header)) != NULL ||
	    (as = indented_as(all, junk.len > 0 || header.len == 0)) != NULL ||
	    (as = handed_encoded_as(all)) != NULL)
		return as;
	if (inside)
		return is_quoted_printable(header, junk)
			   ? "it is quoted-printable: decode it first, for "
			     "example with qprint -d, or get the raw source"
			   : damaged_as(header, junk);
	return junk.len > 0 || header.len == 0 ? first_line_as(all) : NULL;
}
