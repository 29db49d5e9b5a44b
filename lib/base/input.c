/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/input.h"

void
input_from_fd(struct input *in, int fd)
{
	*in = (struct input){ .fd = fd };
}

void
input_from_memory(struct input *in, struct slice octets)
{
	*in = (struct input){ .fd = -1, .memory = octets };
}

/* Whether it is the machine that is short, and nothing about the file. */
static bool
is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM;
}

int
input_open(struct input *in, const char *path, struct diag *why)
{
	struct stat st;

	input_from_fd(in, STDIN_FILENO);
	if (strcmp(path, "-") == 0)
		return 0;
	in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (in->fd < 0)
		return diag_errno(
		    why, is_shortage(errno) ? DIAG_SYSTEM : DIAG_OPEN, "open");
	in->owned = true;
	if (fstat(in->fd, &st) != 0)
		return 0;
	in->regular = S_ISREG(st.st_mode);
	if (!S_ISDIR(st.st_mode))
		return 0;
	input_release(in);
	errno = EISDIR;
	return diag_errno(why, DIAG_OPEN, "open");
}

int
input_read(struct input *in, char *p, size_t n, size_t *got, struct diag *why)
{
	if (in->fd < 0 || in->memory.len > 0) {
		*got = n < in->memory.len ? n : in->memory.len;
		if (*got > 0)
			memcpy(p, in->memory.p, *got);
		in->memory = slice_sub(in->memory, *got, in->memory.len);
		return 0;
	}
	for (;;) {
		ssize_t r = read(in->fd, p, n);

		if (r >= 0) {
			*got = (size_t)r;
			return 0;
		}
		if (errno == EAGAIN || errno == EWOULDBLOCK) {
			struct pollfd pfd = { .fd = in->fd, .events = POLLIN };

			if (poll(&pfd, 1, -1) >= 0)
				continue;
		}
		if (errno != EINTR)
			return diag_errno(why, DIAG_READ, "read");
	}
}

int
input_piece(struct input *in, struct slice *piece, struct diag *why)
{
	if (in->fd < 0 || in->memory.len > 0) {
		*piece = in->memory;
		in->memory = SLICE_NONE;
		return 0;
	}
	if (in->piece == NULL && (in->piece = malloc(INPUT_PIECE)) == NULL)
		return diag_memory(why);
	piece->p = in->piece;
	return input_read(in, in->piece, INPUT_PIECE, &piece->len, why);
}

int
input_drain(struct input *in, struct diag *why)
{
	struct slice piece = { NULL, 0 };
	struct stat st;

	if (in->fd < 0 || in->regular)
		return 0;
	/* What is pasted into a terminal is not to reach the shell. */
	if (fstat(in->fd, &st) == 0 &&
	    (S_ISREG(st.st_mode) || (S_ISCHR(st.st_mode) && !isatty(in->fd))))
		return 0;
	do {
		if (input_piece(in, &piece, why) != 0)
			return -1;
	} while (piece.len > 0);
	return 0;
}

int
input_read_file(const char *path, struct buf *out, struct diag *why)
{
	struct input in;
	size_t got = 1;
	int result = input_open(&in, path, why);

	while (result == 0 && got > 0) {
		/* The end of a short file is seen without more room. */
		size_t left = out->cap - out->len;
		size_t n = left >= 4096 ? left : INPUT_PIECE;
		char *room = buf_room(out, n);

		result = room == NULL ? diag_memory(why)
				      : input_read(&in, room, n, &got, why);
		if (result == 0)
			out->len += got;
	}
	input_release(&in);
	return result;
}

void
input_release(struct input *in)
{
	if (in->owned && in->fd >= 0)
		close(in->fd);
	free(in->piece);
	*in = (struct input){ .fd = -1 };
}
