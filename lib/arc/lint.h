/* SPDX-License-Identifier: BSD-2-Clause */
/* lint.h - remarks: what is odd about a chain and changes no verdict */
#ifndef LINT_H
#define LINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "arc/chain.h"
#include "mail/message.h"
#include "arc/validate.h"
#include "dkim/dkim.h"

enum lint_code {
	LINT_INSTANCE_NOT_FIRST,
	LINT_HEADERS_FORBIDDEN,
	LINT_HEADERS_EMPTY,
	LINT_HEADERS_FROM_OPEN,
	LINT_TIME_FUTURE,
	LINT_TIME_MISSING,
	LINT_BODY_PARTIAL,
	LINT_FROM_TWICE,
	LINT_KEY_SEVERAL,
	LINT_KEY_TESTING,
	LINT_KEY_WEAK,
	LINT_AAR_EMPTY,
	LINT_OLDEST_UNSURE,
	LINT_BARE_CR,
	LINT_FIELD_TWICE,
	LINT_MBOX_CUT,
	LINT_MBOX_LENGTH,
	/* What only lint_style() looks for: */
	LINT_AAR_UNPARSED,
	LINT_AAR_SEMICOLON,
	LINT_AAR_IPV6,
	LINT_AAR_NO_RESULT,
	LINT_HEADERS_TRACE,
	LINT_HEADERS_SHORT,
	LINT_LINE_LONG,
	LINT_U_LABEL,
	LINT_ED25519,
	LINT_VERSION_TAG,
	LINT_SEAL_FOREIGN_TAG,
	LINT_CANON_MISSING,
	LINT_CANON_SIMPLE,
	LINT_NO_SPACE,
	LINT_LENGTH_TAG,
	LINT_EXPIRES,
	LINT_INSTANCE_ZERO,
	LINT_CV_CASE,
	LINT_DOMAINS_DIFFER,
	LINT_INSTANCE_COMMENT,
	LINT_TAG_LIKE_B,
	LINT_BODY_LINE_LONG,
	LINT_KEY_FORM,
	LINT_KEY_LONG,
	LINT_KEY_GRANULARITY,
	LINT_COUNT,
};

struct lint_info {
	const char *word; /* for scripts; does not change once released */
	const char *clause;
	const char *sentence; /* what it is */
	const char *fix;      /* what to do */
};

const struct lint_info *lint_info(enum lint_code);

struct remark {
	enum lint_code code;
	unsigned instance;  /* 0: the whole message */
	struct slice field; /* name of the field concerned; or empty */
	char detail[80];    /* printable ASCII; or "" */
};

/* Append "i=2 ARC-Seal: sentence (detail)". */
void lint_write(struct buf *, const struct remark *);

struct remarks {
	struct remark *remark; /* in the arena, as the message */
	size_t n, max;
	struct arena *arena;
	bool memory_failed; /* some are missing */
};

/* Everything there is to remark, by ascending instance.  verdict tells of keys
 * and bodies.  -1 when memory is short. */
int lint_collect(const struct message *, const struct chain *,
    const struct verdict *, int64_t now, struct remarks *out);

/* One more, which the caller found; format makes its detail. */
void lint_add(struct remarks *, enum lint_code, struct slice field,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Remarks on the writing of every ARC field, for whoever writes them: what some
 * validator is known to stumble on, and what RFCs recommend.  Appended to what
 * lint_collect() found.  body may be empty where it is not at hand.  -1 when
 * memory is short. */
int lint_style(const struct message *, struct slice body, const struct chain *,
    const struct verdict *, struct remarks *out);

/* The same two for DKIM-Signatures: style adds what lint_style() does.  A
 * remark is about all of them that have it. */
int lint_dkim(const struct message *, const struct dkim *, int64_t now,
    bool style, struct remarks *out);

#endif
