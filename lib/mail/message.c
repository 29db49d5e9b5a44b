/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "mail/token.h"
#include "base/buf.h"
#include "mail/handed.h"
#include "mail/mbox.h"
#include "mail/message.h"

/* The line at the start of rest, its line end in it. */
static struct slice
line_next(struct slice rest)
{
	return slice_sub(rest, 0, slice_find(rest, '\n') + 1);
}

static bool
line_is_empty(struct slice line)
{
	return slice_eq(line, SLICE("\n")) || slice_eq(line, SLICE("\r\n"));
}

/* What stands before the line end. */
static struct slice
line_text(struct slice line)
{
	return slice_sub(line, 0, line.len - slice_line_end(line));
}

/* Whether the first octets of a field have the name of an ARC field, so far as
 * they go: white space before the colon may take all that is left of them. */
static bool
is_arc_field(struct slice head)
{
	struct slice name;
	size_t colon;

	return (token_field_name(head, &name, &colon) || colon == head.len) &&
	       name.len > 4 &&
	       slice_eq_nocase(slice_sub(name, 0, 4), SLICE("ARC-"));
}

/* How far the header has been looked through. */
struct search {
	size_t line;  /* start of a line whose end was not there yet */
	size_t seen;  /* octets searched for that end */
	size_t field; /* start of the last field */
};

/* Search on in what has been read.  Sets *end to the first octet behind the
 * empty line, *header to the length without it; returns 1 when found, 0 when
 * more must be read, -1 with *why. */
static int
header_end(struct slice octets, const struct limits *limits, struct search *s,
    size_t *header, size_t *end, struct diag *why)
{
	char q[DIAG_QUOTED];

	for (;;) {
		struct slice unseen = slice_sub(octets, s->seen, octets.len);
		size_t nl = slice_find(unseen, '\n');

		if (s->line < octets.len && !ascii_is_wsp(octets.p[s->line]))
			s->field = s->line;
		/* A name is short: no need to look far into a long line. */
		struct slice head = slice_sub(octets, s->field, 64);

		if (s->seen + nl - s->field > limits->field &&
		    is_arc_field(head))
			return diag_set(why, DIAG_LIMIT_FIELD, head, "\"%s\"",
			    diag_quote(slice_sub(head, 0, 24), q));
		if (nl == unseen.len) {
			s->seen = octets.len;
			return 0;
		}
		s->seen += nl + 1;
		struct slice line =
		    slice_sub(octets, s->line, s->seen - s->line);

		if (line_is_empty(line)) {
			*header = s->line;
			*end = s->seen;
			return 1;
		}
		s->line = s->seen;
	}
}

/* At most n octets more: what is in memory stays there, all of it; other input
 * is read to b.  None at the end. */
static int
piece_read(struct input *in, struct buf *b, size_t n, struct slice *all,
    struct diag *why)
{
	size_t got;

	if (in->fd < 0) {
		if (all->p == NULL)
			*all = in->memory;
		in->memory = SLICE_NONE;
		return 0;
	}
	char *room = buf_room(b, n);

	if (room == NULL)
		return diag_memory(why);
	if (input_read(in, room, n, &got, why) != 0)
		return -1;
	b->len += got;
	*all = buf_view(b);
	return 0;
}

/* Read until the header is whole, and HANDED_AHEAD octets below it or all there
 * are; *all is what was read, *end where the body begins. */
static int
header_read(struct input *in, const struct limits *limits, struct message *m,
    struct slice *all, size_t *header, size_t *end, struct diag *why)
{
	struct search s = { 0, 0, 0 };
	struct buf b = { .max = 0 };
	size_t before = 0;
	int found = 0;

	while (found == 0 || all->len < *end + HANDED_AHEAD) {
		size_t n =
		    found == 0 ? INPUT_PIECE : *end + HANDED_AHEAD - all->len;
		int result = piece_read(in, &b, n, all, why);

		m->owned = b.p;
		if (result != 0)
			return -1;
		if (all->len == before)
			break;
		before = all->len;
		if (found == 0)
			found =
			    header_end(slice_sub(*all, 0, limits->header + 1),
				limits, &s, header, end, why);
		if (found < 0)
			return -1;
		if (s.seen > limits->header)
			return diag_set(why, DIAG_LIMIT_HEADER, SLICE_NONE,
			    "no empty line in the first %zu bytes",
			    limits->header);
	}
	if (found == 0)
		*header = *end = before;
	m->has_body = found > 0;
	return 0;
}

/* Lines that begin no continuation: a ceiling for the number of fields. */
static size_t
count_fields(struct slice rest)
{
	size_t n = 0;

	for (struct slice line; rest.len > 0;
	     rest = slice_sub(rest, line.len, rest.len)) {
		line = line_next(rest);
		n += !ascii_is_wsp(line.p[0]);
	}
	return n;
}

static void
add_line(struct message *m, struct slice line, bool *in_junk)
{
	struct field *last = m->nfields > 0 ? &m->field[m->nfields - 1] : NULL;
	struct slice name;
	size_t colon;

	if (ascii_is_wsp(line.p[0]) && !*in_junk && last != NULL) {
		last->raw.len += line.len;
	} else if (ascii_is_wsp(line.p[0]) && *in_junk) {
		if (m->njunk == 1)
			m->junk.len += line.len;
	} else if (!ascii_is_wsp(line.p[0]) &&
		   token_field_name(line_text(line), &name, &colon)) {
		m->field[m->nfields++] = (struct field){
			.raw = line,
			.name = name,
			.value = { line.p + colon + 1, 0 },
		};
		*in_junk = false;
	} else {
		if (m->njunk++ == 0)
			m->junk = line;
		*in_junk = true;
	}
}

static int
fields_parse(struct message *m, const struct limits *limits, struct diag *why)
{
	size_t max = count_fields(m->header);
	struct slice rest = m->header, line;
	bool in_junk = false;

	if (max > limits->fields)
		return diag_set(
		    why, DIAG_LIMIT_FIELDS, SLICE_NONE, "%zu fields", max);
	m->field = arena_array(m->arena, max, sizeof *m->field);
	if (m->field == NULL)
		return diag_memory(why);
	for (; rest.len > 0; rest = slice_sub(rest, line.len, rest.len)) {
		line = line_next(rest);
		add_line(m, line, &in_junk);
	}
	for (size_t i = 0; i < m->nfields; i++) {
		struct field *f = &m->field[i];
		struct slice text = line_text(f->raw);

		f->value.len = (size_t)(text.p + text.len - f->value.p);
	}
	return 0;
}

/* Where a new field goes, and how it ends its lines. */
static void
find_top(struct message *m)
{
	struct slice rest = m->header, line = line_next(rest);

	m->crlf = slice_ends_nocase(line, SLICE("\r\n"));
	while (rest.len > 0 && ascii_is_wsp(rest.p[0]))
		rest = slice_sub(rest, line_next(rest).len, rest.len);
	m->top = m->mbox.len + m->header.len - rest.len;
}

/* Whether what was read is a message at all; all is its header and the octets
 * below. */
static int
check_handed(const struct message *m, struct slice all, struct diag *why)
{
	const char *as = handed_as(all, m->header, m->junk);
	char q[DIAG_QUOTED];

	if (as == NULL && m->nfields == 0)
		as = "it has no header field";
	if (as != NULL)
		return diag_set(why, DIAG_NO_MESSAGE, SLICE_NONE, "%s", as);
	if (m->njunk > 0 && m->junk.p == m->header.p)
		return diag_set(why, DIAG_NO_MESSAGE, SLICE_NONE,
		    "its first line is not a header field: \"%s\"",
		    diag_quote(slice_trim(m->junk), q));
	return 0;
}

int
message_read(struct input *in, const struct limits *limits,
    struct message **out, struct diag *why)
{
	struct message *m = calloc(1, sizeof *m);
	struct slice all = { NULL, 0 };
	size_t header = 0, end = 0;

	*out = NULL;
	if (m == NULL || (m->arena = arena_new()) == NULL) {
		diag_memory(why);
		goto fail;
	}
	if (header_read(in, limits, m, &all, &header, &end, why) != 0)
		goto fail;
	struct slice start = all;

	m->bom = slice_starts(all, SLICE("\xef\xbb\xbf"));
	if (m->bom)
		start = slice_sub(all, 3, all.len);
	struct slice first = line_next(start);
	/* The same however it came in pieces. */
	struct slice judged =
	    slice_sub(start, 0, end + HANDED_AHEAD - (size_t)(start.p - all.p));

	m->octets = start.p;
	m->ahead = slice_sub(all, end, all.len);
	m->header = slice_sub(start, 0, header - (m->bom ? 3 : 0));
	if (mbox_is_separator(slice_sub(m->header, 0, first.len))) {
		m->mbox = first;
		m->header = slice_sub(m->header, first.len, header);
	}
	find_top(m);
	if (fields_parse(m, limits, why) != 0)
		goto fail;
	if (check_handed(m, slice_sub(judged, m->mbox.len, judged.len), why) !=
	    0)
		goto fail;
	*out = m;
	return 0;
fail:
	message_free(m);
	return -1;
}

int
message_body(struct message *m, struct input *in, const struct sink *sink,
    struct diag *why)
{
	struct slice piece = m->ahead;

	m->ahead = SLICE_NONE;
	if (!m->has_body)
		return 0;
	for (;;) {
		if (sink_put(sink, piece.p, piece.len) != 0 ||
		    (m->tap != NULL &&
			sink_put(m->tap, piece.p, piece.len) != 0))
			return diag_set(
			    why, DIAG_INTERNAL, SLICE_NONE, "body sink");
		if (input_piece(in, &piece, why) != 0)
			return -1;
		if (piece.len == 0)
			return 0;
	}
}

int
message_no_bom(const struct message *m, struct diag *why)
{
	return !m->bom ? 0
		       : diag_set(why, DIAG_NO_MESSAGE, SLICE_NONE,
			     "it begins with a UTF-8 byte order mark: remove "
			     "its three bytes");
}

bool
message_has_bare_cr(struct slice text)
{
	for (size_t at = slice_find(text, '\r'); at < text.len;
	     at = slice_find(text, '\r')) {
		text = slice_sub(text, at + 1, text.len);
		if (text.len == 0 || text.p[0] != '\n')
			return true;
	}
	return false;
}

size_t
message_count(const struct message *m, struct slice name)
{
	size_t n = 0;

	for (size_t i = 0; i < m->nfields; i++)
		n += slice_eq_nocase(m->field[i].name, name);
	return n;
}

void
message_free(struct message *m)
{
	if (m == NULL)
		return;
	arena_free(m->arena);
	free(m->owned);
	free(m);
}
