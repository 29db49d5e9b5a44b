/* SPDX-License-Identifier: BSD-2-Clause */
/* facts.h - what is known of the SMTP session that brought a message
 *
 * SPF is about a client's address, its HELO and the reverse path (RFC 7208
 * section 4.1).  None of that is in a message for sure: options tell it, the
 * environment that an MTA gives to its pipes, or the Received field of a host
 * that is named.  Options win. */
#ifndef FACTS_H
#define FACTS_H

#include <stdbool.h>

#include "base/slice.h"
#include "cli.h"
#include "mail/message.h"
#include "spf/spf.h"

/* The rows for getopt_long(3), and for --help. */
/* clang-format off */
#define FACTS_LONGOPTS \
	{ "remote-ip", required_argument, NULL, CLI_OPT_REMOTE_IP }, \
	{ "helo", required_argument, NULL, CLI_OPT_HELO }, \
	{ "mail-from", required_argument, NULL, CLI_OPT_MAIL_FROM }, \
	{ "from-env", no_argument, NULL, CLI_OPT_FROM_ENV }, \
	{ "received-by", required_argument, NULL, CLI_OPT_RECEIVED_BY }
#define FACTS_HELP \
    "      --remote-ip ADDR      IP address of the SMTP client\n" \
    "      --helo NAME           argument of its HELO or EHLO\n" \
    "      --mail-from ADDR      reverse-path; '' when it was null\n" \
    "      --from-env            take these three from CLIENT_ADDRESS, " \
    "CLIENT_HELO\n" \
    "                            and SENDER in the environment\n" \
    "      --received-by HOST    take these three from the topmost Received " \
    "field\n" \
    "                            of HOST, and Return-Path\n"
/* clang-format on */

/* As given; NULL without. */
struct facts {
	const char *remote_ip, *helo, *mail_from, *received_by;
	bool from_env;
};

/* Of one message. */
struct session {
	struct slice remote_ip; /* text of an address; or empty */
	bool complete;		/* spf has all that SPF is about */
	const char *missing;	/* why not, for words; or NULL */
	struct spf_request spf;
};

/* Take an option.  False when ch is none of these; a bad address exits 64. */
bool facts_option(const struct cli *, struct facts *, int ch, const char *arg);

/* All options are there.  With --from-env, take from the environment what none
 * gave: CLIENT_ADDRESS, CLIENT_HELO and SENDER (local(8), pipe(8)). */
void facts_settle(struct facts *);

/* What is known of m; slices look into it or into facts. */
void facts_session(
    const struct facts *, const struct message *m, struct session *out);

#endif
