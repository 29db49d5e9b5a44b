/* SPDX-License-Identifier: BSD-2-Clause */
/* mail.h - a message in memory, judged and shown as a command would
 *
 * For the fuzzers of whole commands.  What must hold for every message whatever
 * is asked of it is looked at here; what fails ends the process. */
#ifndef MAIL_H
#define MAIL_H

#include <stdbool.h>

#include "arc/chain.h"
#include "why/why.h"
#include "fuzz.h"
#include "report/hops.h"
#include "base/input.h"
#include "keys/keystore.h"
#include "arc/lint.h"
#include "mail/message.h"
#include "report/report.h"
#include "crypto/signing_key.h"
#include "arc/validate.h"

enum {
	MAIL_NOW = 1767225600
};

struct mail {
	struct keystore *keys;
	struct validate_options options;
	struct input in;
	struct slice octets;
	struct message *m;
	struct slice body;
	struct chain chain;
	struct verdict verdict;
	struct remarks remarks;
	struct explanation reasons;
	struct hops hops;
	struct report report; /* of all that was asked for */
};

/* A store in which every name has this one record; "!N" stands for the answer
 * of kind N instead.  record outlives it. */
struct keystore *mail_keys(struct slice record);

/* A private key of tests/keys, made once; and the store in which every name has
 * its record. */
struct signing_key *mail_private_key(bool rsa);
struct keystore *mail_keys_of(const struct signing_key *, struct buf *record);

/* Read the header and judge the chain; keys may be NULL.  False when there is
 * no message or no verdict, and nothing to close.  every_part: as arc-dump asks
 * for it. */
bool mail_judge(
    struct mail *, struct slice octets, struct keystore *keys, bool every_part);

/* Go on: why it is so; who handled it.  No verdict changes by it. */
void mail_explain(struct mail *);
void mail_hops(struct mail *);

void mail_close(struct mail *);

/* Whether this is a message whatever its line ends are: of others it may depend
 * on them what the octets seem to be in place of one. */
bool mail_is_certain(const struct message *);

/* The verdict on a message alone, as the word and the code of its report. */
struct mail_verdict {
	const char *word; /* NULL: no message, or no verdict */
	enum diag_code code;
	unsigned instance, oldest_pass;
	bool certain; /* as below */
};
struct mail_verdict mail_verdict(struct slice octets, struct keystore *);
void need_same_verdict(struct mail_verdict, struct mail_verdict);

/* Text and JSON of the report are inert, and say the same. */
void mail_check_reports(const struct report *);

/* JSON, and no member twice in an object. */
void need_json(struct slice text);

/* How a message is sealed. */
struct mail_seal {
	struct signing_key *key;
	bool simple_header, simple_body, bare; /* bare: not oversigned */
};

/* Add an ARC Set as arc-sign does, on top of the message, whole into out.
 * False, and nothing in out, for what arc-sign does not seal.  *cv is what the
 * set says. */
bool mail_seal(struct slice octets, const struct mail_seal *, struct keystore *,
    struct buf *out, enum cv *cv);

/* The same message with each bare LF made CRLF, and each CRLF made LF. */
void mail_crlf(struct slice octets, struct buf *out);
void mail_lf(struct slice octets, struct buf *out);

#endif
