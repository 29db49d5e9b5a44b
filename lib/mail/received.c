/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/received.h"
#include "mail/token.h"

/* The next word: no white space, no ";", no comment. */
static struct slice
next_word(struct slice *rest)
{
	size_t n = 0;

	token_cfws(rest);
	while (n < rest->len && !ascii_is_fws(rest->p[n]) &&
	       rest->p[n] != ';' && rest->p[n] != '(')
		n++;
	/* Of a comment without an end, and of what follows, nothing is told. */
	struct slice word = slice_sub(*rest, 0, n);

	*rest = slice_sub(*rest, n, rest->len);
	return word;
}

/* Cut a comment off, white space before it too: what is in it.  False when none
 * comes next. */
static bool
cut_comment(struct slice *rest, struct slice *inside)
{
	struct slice at = *rest;
	size_t depth = 0, i = 0;

	while (at.len > 0 && ascii_is_fws(at.p[0]))
		at = slice_sub(at, 1, at.len);
	if (at.len == 0 || at.p[0] != '(')
		return false;
	for (; i < at.len; i++) {
		if (at.p[i] == '\\')
			i++;
		else if (at.p[i] == '(')
			depth++;
		else if (at.p[i] == ')' && --depth == 0)
			break;
	}
	if (i >= at.len)
		return false;
	*inside = slice_sub(at, 1, i - 1);
	*rest = slice_sub(at, i + 1, at.len);
	return true;
}

/* "[192.0.2.1]", perhaps with a port behind it: what is between the brackets.
 */
static struct slice
literal(struct slice word)
{
	size_t end = slice_find(word, ']');
	struct slice inside = slice_sub(word, 1, end > 0 ? end - 1 : 0);

	if (word.len == 0 || word.p[0] != '[' || end == word.len)
		return SLICE_NONE;
	if (slice_eq_nocase(slice_sub(inside, 0, 5), SLICE("IPv6:")))
		inside = slice_sub(inside, 5, inside.len);
	return inside;
}

/* Digits and dots alone: as qmail writes an address. */
static bool
is_bare(struct slice word)
{
	size_t dots = 0;

	for (size_t i = 0; i < word.len; i++) {
		if (!ascii_is_digit(word.p[i]) && word.p[i] != '.')
			return false;
		dots += word.p[i] == '.';
	}
	return dots == 3;
}

/* What a comment behind from tells; of several the first counts. */
static void
read_comment(struct slice inside, struct received *r, struct slice *helo)
{
	struct slice word, first = slice_word(&inside);

	if (slice_eq_nocase(first, SLICE("HELO")) ||
	    slice_eq_nocase(first, SLICE("EHLO"))) {
		/* All of it is the client's. */
		if (helo->len == 0)
			*helo = slice_word(&inside);
		return;
	}
	for (word = first; word.len > 0; word = slice_word(&inside)) {
		struct slice value = word, name;

		if (slice_cut(&value, '=', &name) && value.len > 0 &&
		    slice_eq_nocase(name, SLICE("helo"))) {
			if (helo->len == 0)
				*helo = value;
			continue;
		}
		if (r->address.len == 0)
			r->address = is_bare(word) ? word : literal(word);
	}
}

void
received_read(struct slice value, struct received *out)
{
	struct slice helo = { NULL, 0 }, inside, word;

	*out = (struct received){ .helo = helo };
	while ((word = next_word(&value)).len > 0) {
		if (slice_eq_nocase(word, SLICE("by")) && out->by.len == 0)
			out->by = next_word(&value);
		if (!slice_eq_nocase(word, SLICE("from")) ||
		    out->from.len > 0 || out->by.len > 0)
			continue;
		out->from = next_word(&value);
		while (cut_comment(&value, &inside))
			read_comment(inside, out, &helo);
	}
	out->helo = helo.len > 0 ? helo : out->from;
	if (out->address.len == 0)
		out->address = literal(out->from);
}
