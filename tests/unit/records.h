/* SPDX-License-Identifier: BSD-2-Clause */
/* records.h - what the library makes of key records written by hand */
#ifndef RECORDS_H
#define RECORDS_H

#include "keys.h"

static struct diag why;

/* What key_parse() makes of record: DIAG_NONE, or a code with a detail. */
static inline void
gives(struct slice record, enum diag_code wanted, const char *file, int line)
{
	struct key key;
	enum diag_code code = DIAG_NONE;

	memset(&key, 0xaa, sizeof key);
	if (key_parse(record, &key, &why) != 0) {
		code = why.code;
		CHECK(
		    key.rsa == NULL && key.pkey == NULL && key.octets == NULL);
		CHECK(why.where.len == 0);
		CHECK(why.detail[0] != '\0');
	}
	unit_check_code(code, wanted, code == DIAG_NONE ? "" : why.detail, file,
	    line, record.len < 100 ? record.p : "record");
	key_release(&key);
}

#define GIVES(text, code) gives(SLICE(text), (code), __FILE__, __LINE__)

/* The detail must hold this. */
#define HINT(words) CHECK(strstr(why.detail, (words)) != NULL)

static inline void
der_gives(const char *tags, struct slice der, enum diag_code code,
    const char *file, int line)
{
	struct buf b = { .max = 0 };

	buf_text(&b, tags);
	buf_text(&b, "p=");
	base64_encode(&b, der);
	gives(buf_view(&b), code, file, line);
	buf_release(&b);
}

#define DER_GIVES(der, code) der_gives("", (der), (code), __FILE__, __LINE__)
#define ED25519_GIVES(octets, code)                                            \
	der_gives("k=ed25519; ", (octets), (code), __FILE__, __LINE__)

#endif
