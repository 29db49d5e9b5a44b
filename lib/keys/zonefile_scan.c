/* SPDX-License-Identifier: BSD-2-Clause */
/* A master file as words: entry by entry, comments read for what they tell. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/zonefile.h"

int
zonefile_fail(
    const struct zonefile *z, struct diag *why, const char *format, ...)
{
	char what[sizeof why->detail];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof what, format, ap);
	va_end(ap);
	return diag_set(
	    why, DIAG_KEYS_FILE, SLICE_NONE, "line %lu: %s", z->first, what);
}

/* ------------------------------------------------------------------------
 * Words. */

int
zonefile_add_word(
    struct zonefile *z, struct slice text, bool quoted, struct diag *why)
{
	if (z->nwords == z->max) {
		size_t max = z->max == 0 ? 16 : 2 * z->max;
		struct zone_word *w = realloc(z->word, max * sizeof *w);

		if (w == NULL)
			return diag_memory(why);
		z->word = w;
		z->max = max;
	}
	z->word[z->nwords++] = (struct zone_word){ text, quoted, false, false };
	return 0;
}

bool
zone_unescape(struct slice *rest, char *out)
{
	unsigned long long v;

	if (rest->len == 0 || rest->p[0] == '\n')
		return false;
	if (!ascii_is_digit(rest->p[0])) {
		*out = rest->p[0];
		*rest = slice_sub(*rest, 1, rest->len);
		return true;
	}
	if (rest->len < 3 || !slice_number(slice_sub(*rest, 0, 3), 3, &v) ||
	    v > 255)
		return false;
	*out = (char)(unsigned char)v;
	*rest = slice_sub(*rest, 3, rest->len);
	return true;
}

struct slice
zone_text(struct zone_word *w)
{
	struct slice rest = w->text;
	char *from = (char *)rest.p, *to = from, c; /* of the caller's text */

	while (w->escaped && rest.len > 0) {
		c = rest.p[0];
		rest = slice_sub(rest, 1, rest.len);
		if (c == '\\')
			zone_unescape(&rest, &c); /* scan_word() saw to it */
		*to++ = c;
	}
	if (w->escaped)
		w->text.len = (size_t)(to - from);
	w->escaped = false;
	return w->text;
}

static bool
ends_word(char c)
{
	return ascii_is_fws(c) || c == ';' || c == '(' || c == ')' || c == '"';
}

static int
scan_word(struct zonefile *z, struct diag *why)
{
	bool quoted = *z->p == '"', escaped = false;
	const char *from;
	char c;

	z->first = z->line; /* where the trouble is, if there is any */
	z->p += quoted;
	for (from = z->p; z->p < z->end;) {
		c = *z->p;
		if (quoted ? c == '"' || c == '\n' : ends_word(c))
			break;
		z->p++;
		if (c != '\\')
			continue;
		struct slice rest = { z->p, (size_t)(z->end - z->p) };

		if (!zone_unescape(&rest, &c))
			return zonefile_fail(
			    z, why, "a backslash that escapes nothing");
		z->p = z->end - rest.len;
		escaped = true;
	}
	struct slice text = { from, (size_t)(z->p - from) };

	if (quoted && (z->p == z->end || *z->p != '"'))
		return zonefile_fail(
		    z, why, "a quote that does not end on its line");
	z->p += quoted;
	if (zonefile_add_word(z, text, quoted, why) != 0)
		return -1;
	z->word[z->nwords - 1].escaped = escaped;
	z->word[z->nwords - 1].cut = !quoted && z->p < z->end && *z->p == ';';
	return 0;
}

/* ------------------------------------------------------------------------
 * Entries: a line, or more within parentheses. */

static struct slice
rest_of_line(const struct zonefile *z)
{
	struct slice line = { z->p, (size_t)(z->end - z->p) };

	return slice_sub(line, 0, slice_find(line, '\n'));
}

/* Whether the line that begins here is a name, white space, and then a record
 * as it is: "sel._domainkey.example.org v=DKIM1; p=..." (its ";" begin no
 * comment). */
static bool
is_raw_line(const struct zonefile *z)
{
	struct slice line = rest_of_line(z);
	size_t i = 0;

	while (i < line.len && !ends_word(line.p[i]))
		i++;
	size_t name = i;

	while (i < line.len && ascii_is_wsp(line.p[i]))
		i++;
	return name > 0 && line.p[0] != '$' && i > name && i + 1 < line.len &&
	       ascii_is_alpha(line.p[i]) && line.p[i + 1] == '=';
}

static int
scan_raw_line(struct zonefile *z, struct diag *why)
{
	struct slice line = rest_of_line(z);
	size_t i = 0;

	z->p += line.len;
	while (!ends_word(line.p[i]))
		i++;
	struct slice name = slice_sub(line, 0, i);
	struct slice text = slice_trim(slice_sub(line, i, line.len));

	if (zonefile_add_word(z, name, false, why) != 0 ||
	    zonefile_add_word(z, SLICE("TXT"), false, why) != 0)
		return -1;
	return zonefile_add_word(z, text, true, why);
}

/* ";! NAME WORD": a recorded answer that is no record. */
static bool
is_recorded_line(const struct zonefile *z)
{
	return z->nwords == 0 && !z->blank && z->end - z->p > 2 &&
	       z->p[0] == ';' && z->p[1] == '!' && ascii_is_wsp(z->p[2]);
}

/* opendkim-genkey writes a relative name, and its domain into a comment:
 * "; ----- DKIM key SELECTOR for DOMAIN". */
static void
read_comment(struct zonefile *z, struct slice text)
{
	while (text.len > 0) {
		if (!slice_eq(slice_word(&text), SLICE("DKIM")) ||
		    !slice_eq(slice_word(&text), SLICE("key")))
			continue;
		struct slice selector = slice_word(&text);

		if (!slice_eq(slice_word(&text), SLICE("for")))
			continue;
		z->genkey_selector = selector;
		z->genkey_domain = slice_word(&text);
		return;
	}
}

/* A lone CR is a line end to some and white space to others. */
static bool
is_bare_cr(const struct zonefile *z, const char *p)
{
	while (p < z->end && *p == '\r')
		p++;
	return p < z->end && *p != '\n';
}

static int
skip_comment(struct zonefile *z, struct diag *why)
{
	struct slice text = rest_of_line(z);
	const char *cr = text.len > 0 ? memchr(text.p, '\r', text.len) : NULL;

	z->p += text.len;
	if (cr != NULL && is_bare_cr(z, cr)) {
		z->first = z->line;
		return zonefile_fail(
		    z, why, "a CR without its LF: use LF as the line end");
	}
	read_comment(z, text);
	return 0;
}

/* Step over white space.  1 before a word, 0 at the end of an entry, or -1. */
static int
skip_space(struct zonefile *z, unsigned *depth, struct diag *why)
{
	while (z->p < z->end) {
		char c = *z->p;

		if (c == ';') {
			if (skip_comment(z, why) != 0)
				return -1;
			continue;
		}
		if (c != '(' && c != ')' && !ascii_is_fws(c))
			return 1;
		if (c == '\r' && is_bare_cr(z, z->p)) {
			z->first = z->line;
			return zonefile_fail(z, why,
			    "a CR without its LF: use LF as the line end");
		}
		if (c == ')' && *depth == 0) {
			z->first = z->line;
			return zonefile_fail(
			    z, why, "a \")\" without its \"(\"");
		}
		z->p++;
		*depth += c == '(';
		*depth -= c == ')';
		z->line += c == '\n';
		if (c == '\n' && *depth == 0)
			return 0;
	}
	return 0;
}

int
zonefile_scan(struct zonefile *z, struct diag *why)
{
	unsigned long first = z->line;
	unsigned depth = 0;
	bool recorded = false;
	int more;

	z->nwords = 0;
	z->genkey_selector = z->genkey_domain = SLICE_NONE;
	if (z->p == z->end)
		return 0;
	z->first = first;
	z->blank = ascii_is_wsp(*z->p);
	if (is_recorded_line(z)) {
		recorded = true;
		z->p += 2;
		if (zonefile_add_word(z, SLICE(";!"), false, why) != 0)
			return -1;
	} else if (is_raw_line(z) && scan_raw_line(z, why) != 0) {
		return -1;
	}
	while ((more = skip_space(z, &depth, why)) > 0)
		if (scan_word(z, why) != 0)
			return -1;
	if (more < 0)
		return -1;
	z->first = first;
	if (depth > 0)
		return zonefile_fail(z, why, "a \"(\" without its \")\"");
	return recorded && z->nwords != 3 && z->nwords != 4
		   ? zonefile_fail(z, why, "not \";! NAME [TYPE] ANSWER\"")
		   : 1;
}

void
zonefile_release(struct zonefile *z)
{
	free(z->word);
	z->word = NULL;
}
