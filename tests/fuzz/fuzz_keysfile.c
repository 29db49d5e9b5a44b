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

static bool
same_records(const struct answer *a, const struct answer *b)
{
	bool same = a->ntxt == b->ntxt && a->nrr == b->nrr;

	for (size_t i = 0; same && i < a->ntxt; i++)
		same = slice_eq(a->txt[i].text, b->txt[i].text);
	for (size_t i = 0; same && i < a->nrr; i++)
		same = a->rr[i].preference == b->rr[i].preference &&
		       slice_eq(a->rr[i].name, b->rr[i].name) &&
		       memcmp(a->rr[i].address, b->rr[i].address,
			   RR_MAX_ADDRESS) == 0;
	return same;
}

/* What the file says of one question is written and read back. */
static void
again(struct keysource *k, enum rr_type type)
{
	struct keysource *other = keyfile_new();
	struct arena *arena = arena_new();
	struct question q = { SLICE("s.d"), type };
	struct buf out = { .max = 0 };
	struct answer a, b;
	struct diag why;

	need(other != NULL && arena != NULL);
	need(k->ask(k, &q, 1, &a, 0, arena, &why) == 0);
	if (a.kind != ANSWER_UNKNOWN && a.cname.len == 0) {
		keyfile_write(&out, &q, &a);
		need(load(other, out.p, out.len, &why) == 0);
		need(other->ask(other, &q, 1, &b, 0, arena, &why) == 0);
		need(a.kind == b.kind && same_records(&a, &b));
		need(a.secure == b.secure || type != RR_TXT);
	}
	buf_release(&out);
	arena_free(arena);
	other->free(other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct keysource *k = keyfile_new();
	struct diag why;

	need(k != NULL);
	if (load(k, p, n, &why) != 0) {
		need(why.code == DIAG_KEYS_FILE);
		need(strncmp(why.detail, "line ", 5) == 0);
	}
	for (enum rr_type t = RR_TXT; t < RR_TYPES; t++)
		again(k, t);
	need(k->exists(k, SLICE("s.d")) || !k->exists(k, SLICE("x.s.d")));
	k->free(k);
	return 0;
}
