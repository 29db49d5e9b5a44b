/* SPDX-License-Identifier: BSD-2-Clause */
/* An answer of the DNS: whatever comes, only what fits the query counts. */
#include <string.h>

#include "keys/dnswire.h"
#include "fuzz.h"

static void
read_as(enum rr_type type, const uint8_t *p, size_t n)
{
	struct dnswire_query q = { .name = SLICE("s._domainkey.d.example"),
		.type = type,
		.id = 0x4142,
		.edns = true };
	struct arena *arena = arena_new();
	struct buf sent = { .max = 512 };
	struct dnswire_reply r;
	struct diag why;

	need(arena != NULL && dnswire_load(&why) == 0);
	need(dnswire_write(&q, &sent, &why) == 0);
	enum dnswire_kind kind = dnswire_read(&q, buf_view(&sent),
	    (struct slice){ (const char *)p, n }, arena, &r);

	if (n < 12 || p[0] != 0x41 || p[1] != 0x42)
		need(kind == DNSWIRE_ALIEN);
	if (kind == DNSWIRE_RECORDS)
		need((type == RR_TXT ? r.ntxt : r.nrr) > 0 &&
		     (p[2] & 0x80) != 0 && (p[2] & 0x78) == 0);
	need((type == RR_TXT ? r.nrr : r.ntxt) == 0);
	for (size_t i = 0; kind == DNSWIRE_RECORDS && i < r.nrr; i++)
		need(r.rr[i].name.len <= DNSWIRE_MAX_NAME &&
		     (r.rr[i].name.len > 0) == (type >= RR_MX));
	for (size_t i = 0; kind == DNSWIRE_RECORDS && i < r.ntxt; i++)
		need(r.txt[i].text.len <= DNSWIRE_MAX_TEXT);
	need(r.cnames <= DNSWIRE_MAX_CNAMES + 1);
	buf_release(&sent);
	arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	for (enum rr_type t = RR_TXT; t < RR_TYPES; t++)
		read_as(t, p, n);
	return 0;
}
