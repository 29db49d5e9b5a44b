/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys files: a broken one names its line; what a good one says of a name is
 * written and read back the same. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "fuzz.h"
#include "keys/keysource.h"

static int
load(struct keysource *k, const void *p, size_t n, struct diag *why)
{
	char path[64];
	int fd = memfd_create("keys", MFD_CLOEXEC), result;

	need(fd >= 0 && write(fd, p, n) == (ssize_t)n);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	result = keyfile_add(k, path, why);
	close(fd);
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct keysource *k = keyfile_new(), *again = keyfile_new();
	struct arena *arena = arena_new();
	struct slice name = SLICE("s.d");
	struct buf out = { .max = 0 };
	struct answer a, b;
	struct diag why;

	need(k != NULL && again != NULL && arena != NULL);
	if (load(k, p, n, &why) != 0) {
		need(why.code == DIAG_KEYS_FILE);
		need(strncmp(why.detail, "line ", 5) == 0);
	}
	need(k->ask(k, &name, 1, &a, 0, arena, &why) == 0);
	if (a.kind != ANSWER_UNKNOWN && a.cname.len == 0) {
		keyfile_write(&out, name, &a);
		need(load(again, out.p, out.len, &why) == 0);
		need(again->ask(again, &name, 1, &b, 0, arena, &why) == 0);
		need(a.kind == b.kind && a.ntxt == b.ntxt);
		need(a.secure == b.secure);
		for (size_t i = 0; i < a.ntxt; i++)
			need(slice_eq(a.txt[i].text, b.txt[i].text));
	}
	buf_release(&out);
	arena_free(arena);
	k->free(k);
	again->free(again);
	return 0;
}
