/* SPDX-License-Identifier: BSD-2-Clause */
/* unit-siphash K0 K1 - the two halves of a key in hexadecimal: of each line of
 * stdin its hash, and its hash in lower case. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/siphash.h"

int
main(int argc, char *argv[])
{
	struct siphash h = { .key = { 0, 0 } }, other;
	char line[512];

	if (argc != 3)
		return 64;
	h.key[0] = strtoull(argv[1], NULL, 16);
	h.key[1] = strtoull(argv[2], NULL, 16);
	while (fgets(line, sizeof line, stdin) != NULL) {
		struct slice s = slice_of(line);

		s.len -= slice_line_end(s);
		printf("%016" PRIx64 " %016" PRIx64 "\n", siphash(&h, s),
		    siphash_nocase(&h, s));
	}
	siphash_init(&h);
	siphash_init(&other);
	return h.key[0] == other.key[0] || h.key[1] == other.key[1];
}
