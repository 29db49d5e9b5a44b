/* SPDX-License-Identifier: BSD-2-Clause */
/* unit.h - what the programs of tests/unit share
 *
 * A program lists its tests, each a sentence and a function; unit_main() runs
 * them all and prints a line for each.  A test goes on after a check that
 * fails, so that one run shows all that is wrong. */
#ifndef UNIT_H
#define UNIT_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/slice.h"

struct unit_test {
	const char *sentence;
	void (*run)(void);
};

static unsigned unit_failures;

static inline bool
unit_check(bool ok, const char *file, int line, const char *what)
{
	if (!ok) {
		printf("# %s:%d: %s\n", file, line, what);
		unit_failures++;
	}
	return ok;
}

/* True if the condition holds. */
#define CHECK(condition) unit_check((condition), __FILE__, __LINE__, #condition)

static inline bool
unit_check_code(enum diag_code found, enum diag_code wanted, const char *detail,
    const char *file, int line, const char *what)
{
	if (found != wanted) {
		printf("# %s:%d: %s: %s (%s) instead of %s\n", file, line, what,
		    diag_info(found)->word, detail, diag_info(wanted)->word);
		unit_failures++;
	}
	return found == wanted;
}

/* The code that a call which fails must leave; call is 0 or -1. */
#define CHECK_CODE(call, wanted, why)                                          \
	unit_check_code((call) == 0 ? DIAG_NONE : (why).code, (wanted),        \
	    (why).detail, __FILE__, __LINE__, #call)

/* What no test can go on without. */
static inline void *
unit_need(void *p, const char *what)
{
	if (p == NULL) {
		printf("Bail out! %s\n", what);
		exit(1);
	}
	return p;
}

#define NEED(p) unit_need((p), #p)

static inline int
unit_main(const struct unit_test *tests, size_t n)
{
	unsigned failed = 0;

	printf("1..%zu\n", n);
	for (size_t i = 0; i < n; i++) {
		unit_failures = 0;
		tests[i].run();
		printf("%sok %zu - %s\n", unit_failures > 0 ? "not " : "",
		    i + 1, tests[i].sentence);
		failed += unit_failures > 0;
	}
	return failed > 0;
}

#define UNIT_MAIN(tests)                                                       \
	int main(void)                                                         \
	{                                                                      \
		return unit_main((tests), ARRAY_LEN(tests));                   \
	}

#endif
