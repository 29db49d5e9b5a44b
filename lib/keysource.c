/* SPDX-License-Identifier: BSD-2-Clause */
#include "keysource.h"

static const struct {
	const char *word;
	enum diag_code code;
} kinds[] = {
	[ANSWER_RECORDS] = { "RECORDS", DIAG_NONE },
	[ANSWER_NXDOMAIN] = { "NXDOMAIN", DIAG_KEY_MISSING },
	[ANSWER_NODATA] = { "NODATA", DIAG_KEY_MISSING },
	[ANSWER_TIMEOUT] = { "TIMEOUT", DIAG_DNS_TIMEOUT },
	[ANSWER_SERVFAIL] = { "SERVFAIL", DIAG_DNS_SERVFAIL },
	[ANSWER_REFUSED] = { "REFUSED", DIAG_DNS_REFUSED },
	[ANSWER_BOGUS] = { "BOGUS", DIAG_DNS_BOGUS },
	[ANSWER_MALFORMED] = { "MALFORMED", DIAG_DNS_MALFORMED },
	[ANSWER_UNREACHABLE] = { "UNREACHABLE", DIAG_DNS_UNREACHABLE },
	[ANSWER_UNKNOWN] = { "UNKNOWN", DIAG_KEY_MISSING },
};

const char *
answer_word(enum answer_kind kind)
{
	return kinds[kind].word;
}

enum diag_code
answer_diag(enum answer_kind kind)
{
	return kinds[kind].code;
}
