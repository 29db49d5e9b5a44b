/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/token.h"
#include "base/input.h"
#include "mail/mbox.h"
#include "mail/message.h"

enum {
	HEAD = 1024, /* octets of a line that are looked at: a separator or a
		      * field name that is longer is none */
};

/* A header, line by line. */
struct scan {
	bool open;	   /* its end was not seen */
	bool bad;	   /* a line of it is neither a field nor part of one */
	bool traced;	   /* it has a Received or an ARC field */
	uint64_t lines;	   /* seen of it */
	unsigned nlengths; /* Content-Length fields, and what the last says */
	uint64_t content_length;
};

/* A separator that Content-Length passes over, while it is not clear whether a
 * header follows. */
struct probe {
	struct scan scan;
	uint64_t line, before;
};

struct mbox {
	struct input in;
	char path[64];	    /* of the temporary copy of standard input */
	char *own_path;	    /* else */
	struct slice piece; /* read and not looked at */
	uint64_t at;	    /* octets looked at */
	uint64_t start;	    /* of the message at hand */
	uint64_t number;
	bool begun, torn, over, failed;
	struct diag failure;
	struct scan scan; /* of the header of the message at hand */
	uint64_t end;	  /* of its body by Content-Length; or 0 */
	struct probe probe;
	struct mbox_part done; /* a message that has ended */
	bool waiting; /* it has; its neighbour's first line was not seen */
	/* The last line, as far as it was seen: */
	char head[HEAD];  /* its first octets */
	uint64_t line;	  /* where it begins */
	uint64_t before;  /* where the empty line before it begins */
	bool after_empty; /* an empty line, or nothing, stands before it */
};

/* ------------------------------------------------------------------------
 * Separators. */

/* One of the words, each of three letters. */
static bool
is_one_of(struct slice word, const char *words)
{
	for (; *words != '\0'; words += 3)
		if (slice_eq(word, (struct slice){ words, 3 }))
			return true;
	return false;
}

/* A number of so many digits, within bounds. */
static bool
is_number(struct slice s, size_t digits, unsigned min, unsigned max)
{
	unsigned long long n;

	return s.len == digits && slice_number(s, 4, &n) && n >= min &&
	       n <= max;
}

/* "10:53:12" */
static bool
is_clock(struct slice s)
{
	return s.len == 8 && s.p[2] == ':' && s.p[5] == ':' &&
	       is_number(slice_sub(s, 0, 2), 2, 0, 23) &&
	       is_number(slice_sub(s, 3, 2), 2, 0, 59) &&
	       is_number(slice_sub(s, 6, 2), 2, 0, 60);
}

/* "+0200", "UTC", "CEST" */
static bool
is_zone(struct slice s)
{
	if (s.len == 5 && (s.p[0] == '+' || s.p[0] == '-'))
		return is_number(slice_sub(s, 1, 4), 4, 0, 9999);
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < 'A' || s.p[i] > 'Z')
			return false;
	return s.len >= 1 && s.len <= 5;
}

static bool
is_year(struct slice s)
{
	return is_number(s, 4, 0, 9999);
}

/* The next word before white space, and the white space. */
static struct slice
next_word(struct slice *rest)
{
	size_t n = 0, gap;

	while (n < rest->len && !ascii_is_wsp(rest->p[n]))
		n++;
	struct slice word = slice_sub(*rest, 0, n);

	for (gap = n; gap < rest->len && ascii_is_wsp(rest->p[gap]); gap++)
		;
	*rest = slice_sub(*rest, gap, rest->len);
	return word;
}

bool
mbox_is_separator(struct slice line)
{
	struct slice day;

	line.len -= slice_line_end(line);
	if (!slice_starts(line, SLICE("From ")))
		return false;
	next_word(&line);
	if (next_word(&line).len == 0 ||
	    !is_one_of(next_word(&line), "MonTueWedThuFriSatSun") ||
	    !is_one_of(
		next_word(&line), "JanFebMarAprMayJunJulAugSepOctNovDec"))
		return false;
	day = next_word(&line);
	if (day.len < 1 || day.len > 2 || !is_number(day, day.len, 1, 31) ||
	    !is_clock(next_word(&line)))
		return false;
	struct slice year = next_word(&line), zone = next_word(&line);

	if (!is_year(year)) {
		day = year;
		year = zone;
		zone = day;
	}
	return is_year(year) && (zone.len == 0 || is_zone(zone)) &&
	       line.len == 0;
}

/* ------------------------------------------------------------------------ */

/* Standard input as a file that can be read again. */
static int
spool(struct mbox *m, struct diag *why)
{
	char name[] = "/tmp/arc-mbox.XXXXXX";
	int fd = mkostemp(name, O_CLOEXEC);
	struct slice piece;
	struct input in;

	if (fd < 0)
		return diag_errno(why, DIAG_WRITE, "temporary file");
	unlink(name);
	input_from_fd(&m->in, fd);
	m->in.owned = true;
	input_from_fd(&in, STDIN_FILENO);
	for (;;) {
		int result = input_piece(&in, &piece, why);

		if (result != 0 || piece.len == 0) {
			input_release(&in);
			if (result != 0)
				return -1;
			break;
		}
		while (piece.len > 0) {
			ssize_t w = write(fd, piece.p, piece.len);

			if (w < 0 && errno != EINTR) {
				input_release(&in);
				return diag_errno(
				    why, DIAG_WRITE, "temporary file");
			}
			piece =
			    slice_sub(piece, w > 0 ? (size_t)w : 0, piece.len);
		}
	}
	snprintf(m->path, sizeof m->path, "/proc/self/fd/%d", fd);
	if (lseek(fd, 0, SEEK_SET) < 0)
		return diag_errno(why, DIAG_READ, "temporary file");
	return 0;
}

struct mbox *
mbox_open(const char *path, struct diag *why)
{
	struct mbox *m = calloc(1, sizeof *m);
	int result;

	if (m == NULL) {
		diag_memory(why);
		return NULL;
	}
	m->in.fd = -1;
	m->after_empty = true;
	if (strcmp(path, "-") == 0)
		result = spool(m, why);
	else if ((m->own_path = strdup(path)) == NULL)
		result = diag_memory(why);
	else
		result = input_open(&m->in, path, why);
	if (result == 0)
		return m;
	mbox_free(m);
	return NULL;
}

const char *
mbox_path(const struct mbox *m)
{
	return m->own_path != NULL ? m->own_path : m->path;
}

void
mbox_free(struct mbox *m)
{
	if (m == NULL)
		return;
	input_release(&m->in);
	free(m->own_path);
	free(m);
}

/* ------------------------------------------------------------------------
 * From line to line. */

/* The octets from offset at on are a separator behind an empty line, or the end
 * of the file: a message may end there. */
static bool
may_end(struct mbox *m, uint64_t at)
{
	char room[HEAD + 3];
	/* One octet before: behind the end of the file there is none. */
	ssize_t n = at > 0 && at <= INT64_MAX
			? pread(m->in.fd, room, sizeof room, (off_t)at - 1)
			: -1;
	struct slice s = { room, n > 0 ? (size_t)n : 0 };

	s = slice_sub(s, 1, s.len);

	if (s.len > 0 && s.p[0] == '\r')
		s = slice_sub(s, 1, s.len);
	if (s.len > 0 && s.p[0] == '\n')
		s = slice_sub(s, 1, s.len);
	return n > 0 && (s.len == 0 || mbox_is_separator(slice_sub(
					   s, 0, slice_find(s, '\n') + 1)));
}

static void
scan_length(struct scan *s, struct slice value)
{
	unsigned long long n;

	s->nlengths++;
	if (slice_number(slice_trim(value), 15, &n))
		s->content_length = n;
	else
		s->nlengths = 2; /* as good as two that differ */
}

/* Take a line of a header; what it is of it is shown when the line is longer
 * than head.  The scan is over at the empty line. */
static void
scan_line(struct scan *s, struct slice head, bool empty)
{
	struct slice name;
	size_t colon;

	if (empty) {
		s->open = false;
		return;
	}
	if (s->lines++ > 0 && ascii_is_wsp(head.p[0]))
		return;
	if (!token_field_name(head, &name, &colon)) {
		s->bad = true;
		return;
	}
	s->traced |= slice_eq_nocase(name, SLICE("Received")) ||
		     (name.len > 4 &&
			 slice_eq_nocase(slice_sub(name, 0, 4), SLICE("ARC-")));
	if (slice_eq_nocase(name, SLICE("Content-Length")))
		scan_length(s, slice_sub(head, colon + 1, head.len));
}

/* The header of the message at hand is over: where its body ends. */
static void
body_begins(struct mbox *m)
{
	const struct scan *s = &m->scan;

	m->end = 0;
	if (s->nlengths == 1 && !s->bad &&
	    may_end(m, m->at + s->content_length))
		m->end = m->at + s->content_length;
}

/* The message at hand, if there is one, ended where an empty line begins; the
 * next one begins at a line. */
static void
next_begins(struct mbox *m, uint64_t line, uint64_t before, uint64_t whole)
{
	if (m->begun) {
		m->done = (struct mbox_part){ .number = ++m->number,
			.offset = m->start,
			.length = before - m->start,
			.whole = whole,
			.torn = m->torn };
		m->waiting = true;
	}
	m->begun = true;
	m->torn = false;
	m->start = line;
	m->end = 0;
	m->scan = (struct scan){ .open = true };
}

/* The header behind a separator that Content-Length passes over came to its
 * end. */
static void
probe_over(struct mbox *m)
{
	struct probe p = m->probe;

	m->probe.scan.open = false;
	if (p.scan.bad || !p.scan.traced)
		return;
	next_begins(m, p.line, p.before, m->end - m->start);
	m->scan = p.scan;
}

/* The line at hand ended, its line end being the octet before m->at. */
static void
line_over(struct mbox *m)
{
	uint64_t length = m->at - m->line;
	struct slice head = { m->head, length < HEAD ? (size_t)length : HEAD };
	bool empty = length == 1 || (length == 2 && m->head[0] == '\r');
	bool separator =
	    m->after_empty && length <= HEAD && mbox_is_separator(head);

	if (!m->begun && !empty && !separator) {
		/* Without a separator before it, it is a message still. */
		m->begun = true;
		m->scan.open = true;
	}
	if (separator && m->begun && m->line < m->end) {
		m->probe = (struct probe){ .scan = { .open = true },
			.line = m->line,
			.before = m->before };
	} else if (separator) {
		next_begins(m, m->line, m->before, 0);
	} else if (m->probe.scan.open) {
		scan_line(&m->probe.scan, head, empty);
		if (!m->probe.scan.open) {
			probe_over(m);
			if (m->waiting)
				body_begins(m);
		}
	} else if (m->scan.open) {
		scan_line(&m->scan, head, empty);
		m->torn |= m->scan.bad && m->scan.lines == 1;
		m->torn |= !m->scan.open && m->scan.lines == 0;
		if (!m->scan.open)
			body_begins(m);
	}
	if (empty)
		m->before = m->line;
	m->after_empty = empty;
	m->line = m->at;
}

/* Hand out what has ended, if the first line of its neighbour was seen. */
static bool
hand_out(struct mbox *m, struct mbox_part *out)
{
	if (!m->waiting || (m->scan.open && m->scan.lines == 0 && !m->over))
		return false;
	m->waiting = false;
	*out = m->done;
	out->cut = m->torn;
	return true;
}

/* The end of the file: what is at hand ends, too. */
static bool
file_over(struct mbox *m, struct mbox_part *out)
{
	if (m->probe.scan.open)
		probe_over(m);
	if (!m->over && m->begun && m->scan.open && m->scan.lines == 0)
		m->torn = true;
	m->over = true;
	if (hand_out(m, out))
		return true;
	/* Empty lines alone are a message that is none. */
	m->begun |= m->number == 0 && m->at > 0;
	if (!m->begun)
		return false;
	m->begun = false;
	*out = (struct mbox_part){ .number = ++m->number,
		.offset = m->start,
		.length = m->at - m->start,
		.torn = m->torn && m->number > 1 };
	return true;
}

/* Take the octets up to the next line end; whether there was one. */
static bool
take_line(struct mbox *m)
{
	size_t n = slice_find(m->piece, '\n');
	bool whole = n < m->piece.len;
	uint64_t seen = m->at - m->line;

	n += whole;
	if (seen < HEAD)
		memcpy(m->head + seen, m->piece.p,
		    n < HEAD - seen ? n : HEAD - (size_t)seen);
	m->piece = slice_sub(m->piece, n, m->piece.len);
	m->at += n;
	return whole;
}

/* The file cannot be read on: first what has ended, then the problem. */
static int
read_failed(struct mbox *m, struct mbox_part *out, struct diag *problem)
{
	if (!m->failed)
		m->failure = *problem;
	m->failed = true;
	*problem = (struct diag){ .code = DIAG_NONE };
	m->over = true;
	if (hand_out(m, out))
		return 1;
	*problem = m->failure;
	m->failed = m->begun = false;
	out->number = ++m->number;
	return 1;
}

int
mbox_next(struct mbox *m, struct mbox_part *out, struct diag *problem)
{
	*out = (struct mbox_part){ .number = 0 };
	if (m->failed)
		return read_failed(m, out, problem);
	while (!m->over) {
		if (m->piece.len == 0 &&
		    input_piece(&m->in, &m->piece, problem) != 0)
			return read_failed(m, out, problem);
		if (m->piece.len == 0)
			break;
		if (!take_line(m))
			continue;
		line_over(m);
		if (hand_out(m, out))
			return 1;
	}
	return file_over(m, out) ? 1 : 0;
}

int
mbox_read_part(const char *path, uint64_t offset, uint64_t n, struct buf *out,
    struct diag *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), result = -1;
	char *p = n < SIZE_MAX / 4 ? buf_room(out, (size_t)n + 1) : NULL;

	if (fd < 0) {
		diag_errno(why, DIAG_OPEN, "open");
		goto out;
	}
	if (p == NULL) {
		diag_memory(why);
		goto out;
	}
	for (size_t done = 0; done < n;) {
		ssize_t r = pread(
		    fd, p + done, (size_t)n - done, (off_t)(offset + done));

		if (r > 0) {
			done += (size_t)r;
		} else if (r == 0) {
			diag_set(why, DIAG_READ, SLICE_NONE,
			    "the file has become shorter");
			goto out;
		} else if (errno != EINTR) {
			diag_errno(why, DIAG_READ, "read");
			goto out;
		}
	}
	out->len += (size_t)n;
	result = 0;
out:
	if (fd >= 0)
		close(fd);
	return result;
}

bool
mbox_unquote(struct buf *b)
{
	struct slice rest = buf_view(b), line;
	char *to = b->p;
	bool any = false;

	for (; rest.len > 0; rest = slice_sub(rest, line.len, rest.len)) {
		size_t marks = 0;

		line = slice_sub(rest, 0, slice_find(rest, '\n') + 1);
		while (marks < line.len && line.p[marks] == '>')
			marks++;
		bool quoted =
		    marks > 0 && slice_starts(slice_sub(line, marks, line.len),
				     SLICE("From "));

		memmove(to, line.p + quoted, line.len - quoted);
		to += line.len - quoted;
		any |= quoted;
	}
	b->len = b->p != NULL ? (size_t)(to - b->p) : 0;
	return any;
}
