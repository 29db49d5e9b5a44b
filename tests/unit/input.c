/* SPDX-License-Identifier: BSD-2-Clause */
/* Input: what is read to its end, and what has none. */
#include <fcntl.h>
#include <unistd.h>

#include "base/input.h"
#include "unit.h"

/* Octets that are left in fd once it was drained. */
static ssize_t
left_in(int fd)
{
	char piece[8];
	struct input in;
	struct diag why;

	input_from_fd(&in, fd);
	CHECK(input_drain(&in, &why) == 0);
	input_release(&in);
	return read(fd, piece, sizeof piece);
}

static void
drains(void)
{
	int end[2], zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	FILE *file = tmpfile();

	CHECK(pipe(end) == 0 && write(end[1], "words", 5) == 5);
	close(end[1]);
	CHECK(left_in(end[0]) == 0);
	close(end[0]);
	CHECK(fputs("words", NEED(file)) >= 0 && fflush(file) == 0);
	rewind(file);
	CHECK(left_in(fileno(file)) == 5);
	fclose(file);
	/* Else there is no end to this. */
	alarm(30);
	CHECK(left_in(zero) == 8);
	alarm(0);
	close(zero);
}

static const struct unit_test tests[] = {
	{ "a pipe is drained; a file and a device are not", drains },
};

UNIT_MAIN(tests)
