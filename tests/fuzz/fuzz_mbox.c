/* SPDX-License-Identifier: BSD-2-Clause */
/* An mbox: its messages lie apart and in order, each begins with its line, and
 * each alone is an mbox of one.  Quotes taken off are as many octets less. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "mail/mbox.h"

enum {
	MANY = 64
};

static size_t
cut(struct slice octets, struct mbox_part part[MANY])
{
	int fd = memfd_create("mbox", MFD_CLOEXEC);
	struct diag why = { .code = DIAG_NONE };
	char path[64];
	size_t n = 0;
	struct mbox_part p;

	need(fd >= 0 && write(fd, octets.p, octets.len) == (ssize_t)octets.len);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	struct mbox *box = mbox_open(path, &why);

	need(box != NULL);
	while (mbox_next(box, &p, &why) == 1) {
		struct buf b = { .max = 0 };

		need(why.code == DIAG_NONE);
		need(p.offset <= octets.len &&
		     p.length <= octets.len - p.offset);
		need(mbox_read_part(
			 path, p.offset, (size_t)p.length, &b, &why) == 0);
		need(slice_eq(buf_view(&b),
		    slice_sub(octets, (size_t)p.offset, (size_t)p.length)));
		buf_release(&b);
		if (n < MANY)
			part[n++] = p;
	}
	mbox_free(box);
	close(fd);
	return n;
}

/* One message: begins with its line if the file did, and stands alone. */
static void
check_part(struct slice octets, const struct mbox_part *p)
{
	struct slice message =
	    slice_sub(octets, (size_t)p->offset, (size_t)p->length);
	struct buf b = { .max = 0 };
	struct mbox_part again[MANY];

	need((cut(message, again) > 0) == (message.len > 0));
	if (message.len > 0)
		need(again[0].offset == 0 && again[0].length <= message.len);
	buf_slice(&b, message);
	bool quoted = mbox_unquote(&b);

	need(quoted == (b.len < message.len));
	need(quoted || slice_eq(buf_view(&b), message));
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice octets = { (const char *)p, n };
	struct mbox_part part[MANY];
	uint64_t end = 0;
	size_t parts = cut(octets, part);

	for (size_t i = 0; i < parts; i++) {
		need(part[i].number == i + 1 && part[i].offset >= end);
		end = part[i].offset + part[i].length;
		need(i == 0 ||
		     slice_starts(slice_sub(octets, (size_t)part[i].offset, n),
			 SLICE("From ")));
		check_part(octets, &part[i]);
	}
	return 0;
}
