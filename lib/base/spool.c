/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sink.h"
#include "base/spool.h"

enum {
	PUT_PIECE = 8 * 1024, /* octets on the stack */
};

/* Look for a CR that no LF follows; *cr says whether the octets before ended
 * in a CR. */
static void
look(struct spool *s, struct slice piece, bool *cr)
{
	if (*cr && (piece.len == 0 || piece.p[0] != '\n'))
		s->has_bare_cr = true;
	*cr = piece.len > 0 && piece.p[piece.len - 1] == '\r';
	for (size_t at = 0; at + 1 < piece.len && !s->has_bare_cr; at++) {
		at += slice_find(slice_sub(piece, at, piece.len), '\r');
		s->has_bare_cr = at + 1 < piece.len && piece.p[at + 1] != '\n';
	}
}

static int
write_all(int fd, const char *p, size_t n, struct diag *why)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);

		if (w > 0) {
			p += w;
			n -= (size_t)w;
		} else if (w == 0 || (errno != EINTR && errno != EAGAIN)) {
			return diag_errno(why, DIAG_WRITE, "temporary file");
		}
	}
	return 0;
}

/* Move what is in memory to a temporary file that has no name. */
static int
to_file(struct spool *s, struct diag *why)
{
	const char *dir = getenv("TMPDIR");
	char *name = NULL;

	if (asprintf(&name, "%s/arc-spool.XXXXXX",
		dir != NULL && dir[0] == '/' ? dir : "/tmp") < 0)
		return diag_memory(why);
	s->fd = mkostemp(name, O_CLOEXEC);
	if (s->fd >= 0) {
		s->owned = true;
		unlink(name);
	}
	free(name);
	if (s->fd < 0)
		return diag_errno(why, DIAG_WRITE, "temporary file");
	int result = write_all(s->fd, s->memory.p, s->memory.len, why);

	buf_release(&s->memory);
	return result;
}

static int
too_long(uint64_t most, struct diag *why)
{
	return diag_set(why, DIAG_LIMIT_MESSAGE, SLICE_NONE,
	    "it does not end before byte %" PRIu64, most);
}

/* A regular file stays where it is; it is read once, to see that it can be. */
static int
take_file(struct spool *s, struct input *in, uint64_t most, struct diag *why)
{
	off_t at = lseek(in->fd, 0, SEEK_CUR);
	struct slice piece;
	bool cr = false;

	if (at < 0)
		return diag_errno(why, DIAG_READ, "seek");
	s->fd = in->fd;
	s->start = (uint64_t)at;
	do {
		if (input_piece(in, &piece, why) != 0)
			return -1;
		look(s, piece, &cr);
		s->size += piece.len;
		if (s->size > most)
			return too_long(most, why);
	} while (piece.len > 0);
	if (fstat(s->fd, &s->seen) != 0)
		return diag_errno(why, DIAG_READ, "stat");
	return 0;
}

/* Whether the message lies where output goes, which would write over what is
 * still to be read. */
static bool
is_output(const struct stat *in)
{
	struct stat out;

	return fstat(STDOUT_FILENO, &out) == 0 && out.st_dev == in->st_dev &&
	       out.st_ino == in->st_ino;
}

static int
begin_file(struct spool *s, const struct spool_guard *guard, struct diag *why)
{
	if (guard != NULL &&
	    guard->look(guard->ctx, buf_view(&s->memory), why) != 0)
		return -1;
	return to_file(s, why);
}

int
spool_take(struct spool *s, struct input *in, uint64_t most,
    const struct spool_guard *guard, struct diag *why)
{
	struct slice piece;
	struct stat st;
	bool cr = false;

	*s = (struct spool){ .fd = -1 };
	if (in->fd >= 0 && fstat(in->fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size > SPOOL_MEMORY && !is_output(&st))
		return take_file(s, in, most, why);
	for (;;) {
		if (input_piece(in, &piece, why) != 0)
			return -1;
		look(s, piece, &cr);
		if (piece.len == 0)
			return 0;
		s->size += piece.len;
		if (s->size > most)
			return too_long(most, why);
		if (s->fd < 0 && s->size > SPOOL_MEMORY &&
		    begin_file(s, guard, why) != 0)
			return -1;
		if (s->fd >= 0 &&
		    write_all(s->fd, piece.p, piece.len, why) != 0)
			return -1;
		if (s->fd < 0)
			buf_slice(&s->memory, piece);
		if (s->memory.failure != BUF_OK)
			return diag_memory(why);
	}
}

int
spool_rewind(struct spool *s, struct input *out, struct diag *why)
{
	if (s->fd < 0) {
		input_from_memory(out, buf_view(&s->memory));
		return 0;
	}
	input_from_fd(out, s->fd);
	if (lseek(s->fd, (off_t)s->start, SEEK_SET) < 0)
		return diag_errno(why, DIAG_READ, "seek");
	return 0;
}

int
spool_unchanged(const struct spool *s, struct diag *why)
{
	struct stat st;

	if (s->fd < 0 || s->owned)
		return 0;
	if (fstat(s->fd, &st) != 0)
		return diag_errno(why, DIAG_READ, "stat");
	if (st.st_size == s->seen.st_size &&
	    st.st_mtim.tv_sec == s->seen.st_mtim.tv_sec &&
	    st.st_mtim.tv_nsec == s->seen.st_mtim.tv_nsec)
		return 0;
	return diag_set(why, DIAG_READ, SLICE_NONE,
	    "the file was changed while it was read");
}

int
spool_put(struct spool *s, uint64_t offset, uint64_t n, const struct sink *sink,
    struct diag *why)
{
	char piece[PUT_PIECE];

	if (s->fd < 0) {
		struct slice all =
		    slice_sub(buf_view(&s->memory), (size_t)offset, (size_t)n);

		return sink_put(sink, all.p, all.len) == 0
			   ? 0
			   : diag_set(why, DIAG_INTERNAL, all, "sink");
	}
	while (n > 0) {
		size_t want = n < sizeof piece ? (size_t)n : sizeof piece;
		ssize_t r =
		    pread(s->fd, piece, want, (off_t)(s->start + offset));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return diag_errno(why, DIAG_READ, "read");
		if (r == 0)
			return diag_set(why, DIAG_READ, SLICE_NONE,
			    "the file has become shorter");
		if (sink_put(sink, piece, (size_t)r) != 0)
			return diag_set(why, DIAG_INTERNAL, SLICE_NONE, "sink");
		offset += (uint64_t)r;
		n -= (uint64_t)r;
	}
	return 0;
}

void
spool_release(struct spool *s)
{
	if (s->owned && s->fd >= 0)
		close(s->fd);
	buf_release(&s->memory);
	s->fd = -1;
}
