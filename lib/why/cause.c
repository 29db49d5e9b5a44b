/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/cause_body.h"
#include "why/cause_chain.h"
#include "why/cause_header.h"

const struct cause *
cause_info(enum cause_id id)
{
	const struct cause *cause = cause_of_chain(id);

	if (cause == NULL)
		cause = cause_of_body(id);
	return cause != NULL ? cause : cause_of_header(id);
}

const char *
cause_level_word(enum cause_level level)
{
	static const char *const words[] = { "proved", "fact", "indicated" };

	return words[level];
}

const char *
cause_role_word(enum cause_role role)
{
	static const char *const words[] = { "signer", "modifier", "key",
		"validator" };

	return words[role];
}
