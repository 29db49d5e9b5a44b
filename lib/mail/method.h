/* SPDX-License-Identifier: BSD-2-Clause */
/* method.h - authentication methods and their results, as words (RFC 8601)
 *
 * Which methods can be checked, which results each of them has (section 2.7 and
 * RFC 8617 section 10), and what a result means to a shell. */
#ifndef METHOD_H
#define METHOD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

enum auth_method {
	METHOD_ARC,
	METHOD_DKIM,
	METHOD_SPF,
	METHOD_DMARC,
	METHODS,
};

enum auth_result {
	RESULT_PASS,
	RESULT_NONE,
	RESULT_FAIL,
	RESULT_TEMPFAIL, /* ARC: no final verdict; never written to mail */
	RESULT_POLICY,
	RESULT_NEUTRAL,
	RESULT_SOFTFAIL,
	RESULT_TEMPERROR,
	RESULT_PERMERROR,
	RESULTS,
};

/* "arc", "dkim", "spf", "dmarc"; "pass" and so on. */
const char *auth_method_word(enum auth_method);
const char *auth_result_word(enum auth_result);

/* The method or result of a word as written above; METHODS or RESULTS for any
 * other. */
enum auth_method auth_method_parse(struct slice word);
enum auth_result auth_result_parse(struct slice word);

/* Whether the method has that result. */
bool auth_method_has(enum auth_method, enum auth_result);

/* The exit status it asks for when it decides: 0, 2 for none, 75 for what may
 * be another in a minute, else 1. */
int auth_result_status(enum auth_result);

/* Which of several results of one method counts: the one that ranks higher.  A
 * pass, then what may be one in a minute, then what came furthest. */
unsigned auth_result_rank(enum auth_result);

/* --check LIST: methods in the order given, each once. */
struct auth_methods {
	enum auth_method method[METHODS];
	size_t n;
};

/* Read methods joined by ":", or "all".  False for anything else. */
bool auth_methods_parse(struct slice list, struct auth_methods *out);

bool auth_methods_have(const struct auth_methods *, enum auth_method);

#endif
