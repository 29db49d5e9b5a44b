/* SPDX-License-Identifier: BSD-2-Clause */
/* cli.h - what the three commands have in common at their edges
 *
 * Options that all of them take, the key store made from these, the words on
 * stderr, the octets on stdout, and the exit status.  A struct cli lives as
 * long as its process. */
#ifndef CLI_H
#define CLI_H

#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/diag.h"
#include "keys/keystore.h"
#include "keys/resolvers.h"
#include "base/slice.h"
#include "arc/validate.h"

/* Values of common options in a struct option; a command's own options take
 * other characters, or numbers from CLI_OPT_OWN up. */
enum {
	CLI_OPT_KEYS = 256,
	CLI_OPT_DNS,
	CLI_OPT_RECORD,
	CLI_OPT_RESOLVER,
	CLI_OPT_DNSSEC,
	CLI_OPT_TRUST_AD,
	CLI_OPT_DNS_TIMEOUT,
	CLI_OPT_MIN_RSA_BITS,
	CLI_OPT_CLOCK_SKEW,
	CLI_OPT_LIMIT,
	CLI_OPT_JSON,
	CLI_OPT_COLOR,
	CLI_OPT_REMOTE_IP, /* these are of facts.h */
	CLI_OPT_HELO,
	CLI_OPT_MAIL_FROM,
	CLI_OPT_FROM_ENV,
	CLI_OPT_RECEIVED_BY,
	CLI_OPT_OWN,
};

/* The rows for getopt_long(3); and the short ones for its string. */
#define CLI_SHORTOPTS "t:qvhV"
/* clang-format off */
#define CLI_LONGOPTS \
	{ "keys", required_argument, NULL, CLI_OPT_KEYS }, \
	{ "dns", no_argument, NULL, CLI_OPT_DNS }, \
	{ "record", required_argument, NULL, CLI_OPT_RECORD }, \
	{ "resolver", required_argument, NULL, CLI_OPT_RESOLVER }, \
	{ "dnssec", required_argument, NULL, CLI_OPT_DNSSEC }, \
	{ "trust-ad", no_argument, NULL, CLI_OPT_TRUST_AD }, \
	{ "dns-timeout", required_argument, NULL, CLI_OPT_DNS_TIMEOUT }, \
	{ "time", required_argument, NULL, 't' }, \
	{ "min-rsa-bits", required_argument, NULL, CLI_OPT_MIN_RSA_BITS }, \
	{ "clock-skew", required_argument, NULL, CLI_OPT_CLOCK_SKEW }, \
	{ "limit", required_argument, NULL, CLI_OPT_LIMIT }, \
	{ "json", no_argument, NULL, CLI_OPT_JSON }, \
	{ "color", required_argument, NULL, CLI_OPT_COLOR }, \
	{ "quiet", no_argument, NULL, 'q' }, \
	{ "verbose", no_argument, NULL, 'v' }, \
	{ "help", no_argument, NULL, 'h' }, \
	{ "version", no_argument, NULL, 'V' }
/* clang-format on */

enum {
	CLI_MAX_RESOLVERS = RESOLVERS_MAX, /* as many --resolver are taken */
	CLI_MAX_KEYS = 256,		   /* as many --keys are taken */
	CLI_MAX_INCLUDE = 64,		   /* as many --include are taken */
	CLI_MAX_ID = 255,		   /* octets of an authserv-id */
};

struct cli {
	const char *program; /* for the words on stderr */
	const char *usage;   /* one or more lines, without "usage: " */
	const char *help;    /* the command's own options */
	bool asks_dns;	     /* after cli_keys() */
	const char *keys_path[CLI_MAX_KEYS]; /* --keys */
	size_t nkeys;
	const char *include[CLI_MAX_INCLUDE]; /* --include */
	size_t ninclude;
	bool dns;	    /* --dns */
	const char *record; /* --record */
	const char *resolver[CLI_MAX_RESOLVERS];
	size_t nresolvers;
	bool trust_ad;
	struct limits limits; /* --limit; validate looks at them */
	struct validate_options validate;
	bool json, quiet, verbose, color;
	struct buf out;	       /* for stdout: see cli_flush() */
	struct keystore *keys; /* after cli_keys() */
	int status;	       /* the worst so far: see cli_worse() */
};

/* Before anything else: refuse to run set-uid, open /dev/null onto missing
 * descriptors 0 to 2, ignore SIGPIPE and SIGXFSZ (they are write errors, 74).
 * Exits on trouble. */
void cli_init(
    struct cli *, const char *program, const char *usage, const char *help);

/* Take a common option.  False when ch is not one.  --help and --version
 * print and exit 0; a bad value exits 64. */
bool cli_option(struct cli *, int ch, const char *arg);

/* An authserv-id: a token of no more than CLI_MAX_ID octets, as a line of a
 * field has to hold it; else exits 64. */
void cli_check_id(const struct cli *, const char *id);

/* The word of --on-error: whether it is pass; exits 64 for any other than pass
 * and fail. */
bool cli_on_error(const struct cli *, const char *word);

/* Take one --include; exits 64 when there are too many. */
void cli_include(struct cli *, const char *glob);

/* Make the key store that the options ask for; offline when a keys file was
 * given and --dns was not.  -1 when trouble was reported: a keys file that
 * cannot be read, --record that cannot be written, memory. */
int cli_keys(struct cli *);

/* Large blocks of memory from now on come from the system and go back to it:
 * --why makes and drops many, each of another size, and a heap would be full of
 * gaps that none fits. */
void cli_give_memory_back(void);

/* Say "program: " and these words on stderr, escaped; under --quiet too. */
void cli_say(const struct cli *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Say what went wrong with a file: its name, the sentence, the particulars,
 * the clause, the code.  The status becomes the code's, if that is worse. */
void cli_trouble(struct cli *, const char *file, const struct diag *);

/* A line "program: FILE: words", as a remark that changes no status. */
void cli_note(
    const struct cli *, struct buf *, const char *file, const char *words);

/* The line that cli_say() says, appended for later. */
void cli_say_text(const struct cli *, struct buf *, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Put finished lines on stderr; where memory was short for them, that. */
void cli_words(const struct cli *, const struct buf *);

/* The line that cli_trouble() says, "program: " and line end included. */
void cli_trouble_text(
    const struct cli *, struct buf *, const char *file, const struct diag *);

/* Usage error: the words, a hint at --help, exit 64. */
_Noreturn void cli_usage(const struct cli *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Say that memory is short, before there is any message; exit 71. */
_Noreturn void cli_no_memory(const struct cli *);

/* Keep the worst status: trouble (64 and up), then fail (1), none (2), pass
 * (0). */
void cli_worse(struct cli *, int status);

/* Write out what has gathered in c->out.  Exits 74 when that fails: nothing
 * after it could be trusted. */
void cli_flush(struct cli *);

/* Say that standard output could not be written; a diag without a code means
 * that errno tells. */
void cli_write_trouble(struct cli *, const struct diag *);

/* The end of all lookups that begin now, as keysource.h wants it. */
int64_t cli_deadline(const struct cli *);

/* Flush, free, and return the exit status. */
int cli_end(struct cli *);

/* The directory that path lies in; out may hold it. */
const char *cli_directory(const char *path, char room[PATH_MAX]);

/* The descriptor of standard error, output or input, if that is this file; else
 * -1. */
struct stat;
int cli_standard(const struct stat *);

/* Write all n octets to fd.  -1 with errno. */
int cli_write(int fd, const char *p, size_t n);

/* "1770645989" or "2026-02-09T14:06:29Z" as seconds since 1970. */
bool cli_time_parse(const char *s, int64_t *out);

/* How wide the terminal is that standard output is, from COLUMNS or as it says
 * itself; 0 when it is none. */
size_t cli_columns(void);

/* A decimal number from min to max. */
bool cli_number_parse(const char *s, int64_t min, int64_t max, int64_t *out);

#endif
