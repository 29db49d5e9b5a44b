/* SPDX-License-Identifier: BSD-2-Clause */
/* sigfield.h - one signature of a message: its field, its tags, what it signs
 *
 * A DKIM-Signature, an ARC-Message-Signature or an ARC-Seal.  Nothing here
 * knows of a chain: chain.h says which sets a seal covers. */
#ifndef SIGFIELD_H
#define SIGFIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/sink.h"
#include "crypto/digest.h"
#include "dkim/select.h"
#include "dkim/sigtags.h"
#include "mail/message.h"
#include "mail/taglist.h"

struct sigfield {
	const struct field *field;
	size_t index; /* of field in its message, from the top */
	enum sigkind kind;
	struct taglist list; /* all tags as they stand */
	struct sigtags tags; /* those that are known */
	struct diag problem; /* the first fault of the field; or DIAG_NONE */
	/* ARC, and set by chain.h: */
	unsigned instance;    /* 1 to CHAIN_MAX; 0: belongs to no set, and
			       * problem tells why */
	bool instance_first;  /* i= stands first */
	struct slice payload; /* AAR: all after "i=N;" */
};

/* "ARC-Seal" and so on. */
struct slice sigfield_name(enum sigkind);

/* Read f->list from text, which is the field's value or the end of it.  What is
 * wrong becomes f->problem.  -1 with DIAG_MEMORY only. */
int sigfield_list(
    struct sigfield *f, struct slice text, struct arena *, struct diag *why);

/* Read f->tags from f->list, and look at what they say together: From in h= and
 * no ARC-Seal, x= after t=, i= within d=.  What is wrong becomes f->problem.
 * -1 with DIAG_MEMORY only. */
int sigfield_tags(struct sigfield *f, struct arena *, struct diag *why);

/* Put what a DKIM-Signature or an AMS signs: the fields of its h=, from the
 * bottom up, and itself with b= emptied (RFC 6376 section 3.7).  -1 when the
 * sink refused. */
int sigfield_put(
    const struct sigfield *f, struct select *, const struct sink *);

/* The digest of that.  -1 with DIAG_MEMORY. */
int sigfield_digest(const struct sigfield *f, struct select *,
    unsigned char out[DIGEST_SIZE], struct diag *why);

#endif
