/* SPDX-License-Identifier: BSD-2-Clause */
/* A Received field: whatever it tells is a part of it, and holds no white
 * space. */
#include "fuzz.h"
#include "mail/received.h"

static void
check(struct slice part, struct slice value)
{
	if (part.len == 0)
		return;
	need(part.p >= value.p && part.p + part.len <= value.p + value.len);
	for (size_t i = 0; i < part.len; i++)
		need(!ascii_is_fws(part.p[i]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice value = { (const char *)p, n };
	struct received r;

	received_read(value, &r);
	check(r.from, value);
	check(r.by, value);
	check(r.helo, value);
	check(r.address, value);
	return 0;
}
