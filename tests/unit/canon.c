/* SPDX-License-Identifier: BSD-2-Clause */
/* canon - stdin as a body in both canonical forms, put whole and byte by byte;
 * then its lines as header fields */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "dkim/canon.h"
#include "mail/message.h"

static int
to_stdout(void *ctx, const char *p, size_t n)
{
	(void)ctx;
	return fwrite(p, 1, n, stdout) == n ? 0 : -1;
}

static const struct sink out = { to_stdout, NULL };

static void
body(enum canon canon, struct slice s, size_t piece)
{
	struct canon_body b;

	printf("[%s %zu]\n", canon_word(canon), piece);
	canon_body_init(&b, canon, out);
	for (size_t i = 0; i < s.len; i += piece) {
		struct slice part = slice_sub(s, i, piece);

		if (canon_body_put(&b, part.p, part.len) != 0)
			exit(1);
	}
	if (canon_body_end(&b) != 0)
		exit(1);
	printf("[%llu]\n", (unsigned long long)b.put);
}

int
main(void)
{
	static char octets[1 << 20];
	size_t n = fread(octets, 1, sizeof octets, stdin);
	struct slice s = { octets, n };
	struct message *m;
	struct input in;
	struct diag why;

	for (enum canon c = CANON_SIMPLE; c <= CANON_RELAXED; c++) {
		body(c, s, sizeof octets);
		body(c, s, 1);
		body(c, s, 17);
	}
	input_from_memory(&in, s);
	if (message_read(&in, &limits_usual, &m, &why) != 0) {
		printf("[%s]\n", diag_info(why.code)->word);
		return 0;
	}
	for (size_t i = 0; i < m->nfields; i++)
		for (enum canon c = CANON_SIMPLE; c <= CANON_RELAXED; c++)
			if (canon_header(c, &m->field[i],
				(struct slice){ NULL, 0 }, true, &out) != 0)
				return 1;
	message_free(m);
	input_release(&in);
	return 0;
}
