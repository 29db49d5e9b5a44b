/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/method.h"

#define BIT(result) (1U << RESULT_##result)

static const struct {
	const char *word;
	unsigned results;
} methods[METHODS] = {
	[METHOD_ARC] = { "arc",
	    BIT(PASS) | BIT(NONE) | BIT(FAIL) | BIT(TEMPFAIL) },
	[METHOD_DKIM] = { "dkim", BIT(PASS) | BIT(NONE) | BIT(FAIL) |
				      BIT(POLICY) | BIT(NEUTRAL) |
				      BIT(TEMPERROR) | BIT(PERMERROR) },
	[METHOD_SPF] = { "spf", BIT(PASS) | BIT(NONE) | BIT(FAIL) |
				    BIT(POLICY) | BIT(NEUTRAL) | BIT(SOFTFAIL) |
				    BIT(TEMPERROR) | BIT(PERMERROR) },
	[METHOD_DMARC] = { "dmarc", BIT(PASS) | BIT(NONE) | BIT(FAIL) |
					BIT(TEMPERROR) | BIT(PERMERROR) },
};

static const struct {
	const char *word;
	int status;
	unsigned rank;
} results[RESULTS] = {
	[RESULT_PASS] = { "pass", 0, 7 },
	[RESULT_NONE] = { "none", 2, 0 },
	[RESULT_FAIL] = { "fail", 1, 5 },
	[RESULT_TEMPFAIL] = { "tempfail", 75, 6 },
	[RESULT_POLICY] = { "policy", 1, 4 },
	[RESULT_NEUTRAL] = { "neutral", 1, 1 },
	[RESULT_SOFTFAIL] = { "softfail", 1, 2 },
	[RESULT_TEMPERROR] = { "temperror", 75, 6 },
	[RESULT_PERMERROR] = { "permerror", 1, 3 },
};

const char *
auth_method_word(enum auth_method m)
{
	return methods[m].word;
}

const char *
auth_result_word(enum auth_result r)
{
	return results[r].word;
}

enum auth_method
auth_method_parse(struct slice word)
{
	enum auth_method m = METHOD_ARC;

	while (m < METHODS && !slice_eq(word, slice_of(methods[m].word)))
		m++;
	return m;
}

enum auth_result
auth_result_parse(struct slice word)
{
	enum auth_result r = RESULT_PASS;

	while (r < RESULTS && !slice_eq(word, slice_of(results[r].word)))
		r++;
	return r;
}

bool
auth_method_has(enum auth_method m, enum auth_result r)
{
	return (methods[m].results >> r & 1) != 0;
}

int
auth_result_status(enum auth_result r)
{
	return results[r].status;
}

unsigned
auth_result_rank(enum auth_result r)
{
	return results[r].rank;
}

bool
auth_methods_parse(struct slice list, struct auth_methods *out)
{
	struct slice word;

	out->n = 0;
	if (slice_eq(list, SLICE("all"))) {
		for (enum auth_method m = METHOD_ARC; m < METHODS; m++)
			out->method[out->n++] = m;
		return true;
	}
	while (slice_cut(&list, ':', &word)) {
		enum auth_method m = auth_method_parse(word);

		if (m == METHODS || auth_methods_have(out, m))
			return false;
		out->method[out->n++] = m;
	}
	return out->n > 0;
}

bool
auth_methods_have(const struct auth_methods *list, enum auth_method m)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->method[i] == m)
			return true;
	return false;
}
