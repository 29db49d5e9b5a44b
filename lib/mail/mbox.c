/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/input.h"
#include "mail/mbox.h"

struct mbox {
	struct input in;
	char path[64];	    /* of the temporary copy of standard input */
	char *own_path;	    /* else */
	struct slice piece; /* read and not looked at */
	uint64_t at;	    /* octets looked at */
	uint64_t start;	    /* of the message at hand */
	uint64_t number;
	bool begun, over;
	/* The last line, as far as it was seen: */
	char head[8];	  /* its first octets */
	uint64_t line;	  /* where it begins */
	uint64_t before;  /* where the empty line before it begins */
	bool after_empty; /* an empty line, or nothing, stands before it */
};

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

/* The line at hand ended, its line end being the octet before m->at.  True
 * when it was the first one of a message that is not the one at hand. */
static bool
line_end(struct mbox *m)
{
	uint64_t length = m->at - m->line;
	bool from =
	    m->after_empty && length >= 5 && memcmp(m->head, "From ", 5) == 0;
	bool empty = length == 1 || (length == 2 && m->head[0] == '\r');

	if (empty)
		m->before = m->line;
	m->after_empty = empty;
	return from;
}

static bool
found(struct mbox *m, uint64_t *offset, uint64_t *length, uint64_t end)
{
	if (!m->begun)
		return false;
	*offset = m->start;
	*length = end - m->start;
	return true;
}

int
mbox_next(struct mbox *m, uint64_t *number, uint64_t *offset, uint64_t *length,
    struct diag *problem)
{
	while (!m->over) {
		if (m->piece.len == 0 &&
		    input_piece(&m->in, &m->piece, problem) != 0) {
			m->over = true;
			*number = ++m->number;
			return 1;
		}
		if (m->piece.len == 0) {
			m->over = true;
			/* Without any "From " line it is one message. */
			m->begun |= m->at > 0;
			if (!found(m, offset, length, m->at))
				return 0;
			*number = ++m->number;
			return 1;
		}
		size_t n = slice_find(m->piece, '\n');
		bool whole = n < m->piece.len;
		size_t seen = (size_t)(m->at - m->line);

		n += whole;
		for (size_t i = 0; i < n && seen + i < sizeof m->head; i++)
			m->head[seen + i] = m->piece.p[i];
		m->piece = slice_sub(m->piece, n, m->piece.len);
		m->at += n;
		if (!whole)
			continue;
		uint64_t line = m->line, before = m->before;
		bool fresh = line_end(m);

		m->line = m->at;
		if (!fresh)
			continue;
		bool is = found(m, offset, length, before);

		m->begun = true;
		m->start = line;
		if (is) {
			*number = ++m->number;
			return 1;
		}
	}
	return 0;
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
			diag_set(why, DIAG_READ, (struct slice){ NULL, 0 },
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
