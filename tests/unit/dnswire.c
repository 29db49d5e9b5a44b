/* SPDX-License-Identifier: BSD-2-Clause */
/* What the wire gives costs no memory for what is not kept (threat 17: answers
 * to another question may come in floods while the right one is waited for). */
#include <malloc.h>

#include "keys/dnswire.h"
#include "unit.h"

static size_t
in_use(void)
{
	return mallinfo2().uordblks;
}

static void
alien_answers_are_not_kept(void)
{
	struct arena *arena = NEED(arena_new());
	struct buf sent[2] = { { .max = 4096 }, { .max = 4096 } };
	struct diag why;
	struct dnswire_query theirs = { .name = SLICE("other.d2.example"),
		.id = 7 };
	struct dnswire_query ours = { .name = SLICE("s1._domainkey.d1.example"),
		.id = 7 };
	struct dnswire_reply reply;

	CHECK(dnswire_load(&why) == 0);
	CHECK(dnswire_write(&theirs, &sent[0], &why) == 0);
	CHECK(dnswire_write(&ours, &sent[1], &why) == 0);
	struct slice to_them = arena_copy(arena, buf_view(&sent[0])),
		     to_us = buf_view(&sent[1]), answer = buf_view(&sent[0]);

	sent[0].p[2] = (char)(sent[0].p[2] | 0x80); /* QR: an answer */
	CHECK(
	    dnswire_read(&ours, to_us, answer, arena, &reply) == DNSWIRE_ALIEN);

	size_t before = in_use();

	for (int i = 0; i < 20000; i++)
		dnswire_read(&ours, to_us, answer, arena, &reply);
	CHECK(in_use() <= before);
	/* The same octets do answer the question that they were made for. */
	CHECK(dnswire_read(&theirs, to_them, answer, arena, &reply) ==
	      DNSWIRE_NODATA);
	buf_release(&sent[0]);
	buf_release(&sent[1]);
	arena_free(arena);
}

static const struct unit_test tests[] = {
	{ "answers to another question leave nothing in memory",
	    alien_answers_are_not_kept },
};

UNIT_MAIN(tests)
