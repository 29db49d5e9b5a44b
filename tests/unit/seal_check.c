/* SPDX-License-Identifier: BSD-2-Clause */
/* seal_check INSTANCE PEM FILE... - what seal_check() says of ARC Set INSTANCE
 * of each message, by the public half of the key: a line each, "FILE: good" or
 * "FILE: code: detail" */
#include <stdio.h>
#include <stdlib.h>

#include "arc/seal.h"
#include "base/input.h"
#include "crypto/crypto.h"
#include "crypto/signing_key.h"

int
main(int argc, char **argv)
{
	struct signing_key *key;
	struct diag why;

	if (argc < 4 || !crypto_begin() ||
	    signing_key_load(argv[2], &key, &why) != 0)
		return 2;
	for (int i = 3; i < argc; i++) {
		struct input in;

		if (input_open(&in, argv[i], &why) != 0)
			return 2;
		if (seal_check(&in, &limits_usual,
			(unsigned)strtoul(argv[1], NULL, 10),
			signing_key_public(key), &why) == 0)
			printf("%s: good\n", argv[i]);
		else
			printf("%s: %s: %s\n", argv[i],
			    diag_info(why.code)->word, why.detail);
		input_release(&in);
	}
	signing_key_free(key);
	return 0;
}
