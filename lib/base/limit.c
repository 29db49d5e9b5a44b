/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/limit.h"

#define INFO(name, word, number, unit, own, reason)                            \
	{ word, number, unit, own, reason },
static const struct limit_info infos[] = { LIMITS(INFO) };

const struct limits limits_usual = { .message = LIMIT_MESSAGE,
	.header = LIMIT_HEADER,
	.field = LIMIT_FIELD,
	.fields = LIMIT_FIELDS,
	.signatures = LIMIT_SIGNATURES };

const struct limit_info *
limit_info(size_t i)
{
	return i < ARRAY_LEN(infos) ? &infos[i] : NULL;
}

bool
limits_set(struct limits *limits, struct slice text)
{
	static const char units[] = "KMG";
	struct slice word;
	unsigned long long n;
	unsigned shift = 0;

	if (!slice_cut(&text, '=', &word) || text.len == 0)
		return false;
	for (unsigned u = 0; units[u] != '\0'; u++)
		if (text.p[text.len - 1] == units[u])
			shift = 10 * (u + 1);
	if (shift > 0)
		text.len--;
	if (!slice_number(text, 13, &n) || n == 0 || n > 1ULL << (40 - shift))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(infos); i++)
		if (infos[i].own != LIMIT_FIXED &&
		    slice_eq(word, slice_of(infos[i].word))) {
			*(size_t *)(void *)((char *)limits + infos[i].own) =
			    (size_t)(n << shift);
			return true;
		}
	return false;
}
