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
