/* SPDX-License-Identifier: BSD-2-Clause */
/* lines.h - unit programs that evaluate lines of standard input
 *
 * With --keys FILE or --resolver ADDRESS[:PORT] a program evaluates instead of
 * testing itself: each line of standard input has a line of output. */
#ifndef LINES_H
#define LINES_H

#include "keys/keystore.h"
#include "unit.h"

/* Call evaluate with each line, without its end.  The status to exit with. */
static inline int
lines_evaluate(const char *option, const char *argument,
    void (*evaluate)(struct keystore *, struct slice line))
{
	struct dns_options o = { .resolvers = &argument, .nresolvers = 1 };
	struct keysource *files = NULL, *dns = NULL;
	char *text = NULL;
	size_t room = 0;
	struct diag why;
	ssize_t n;

	if (strcmp(option, "--keys") == 0) {
		files = NEED(keyfile_new());
		if (keyfile_add(files, argument, &why) != 0) {
			(void)fprintf(stderr, "%s: %s\n", argument, why.detail);
			return 1;
		}
	} else {
		dns = NEED(dns_new(&o, &why));
	}
	struct keystore *keys = NEED(keystore_new(files, dns));

	while ((n = getline(&text, &room, stdin)) > 0) {
		struct slice line = { text, (size_t)n };

		line.len -= slice_line_end(line);
		evaluate(keys, line);
		(void)fflush(stdout);
	}
	free(text);
	keystore_free(keys);
	return 0;
}

#endif
