/* SPDX-License-Identifier: BSD-2-Clause */
/* arc-verify - says whether a message's Authenticated Received Chain holds */
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "chain.h"
#include "cli.h"
#include "input.h"
#include "lint.h"
#include "message.h"
#include "report.h"

static const char usage_line[] =
    "arc-verify [options] [FILE...]\n"
    "Say whether the Authenticated Received Chain (RFC 8617) of each message\n"
    "holds: pass, fail, none, or tempfail.  No FILE, or -: standard input.\n";

static const char own_help[] =
    "Verdict:\n"
    "  -A, --accept LIST         exit 0 for these: pass, none, fail, "
    "tempfail,\n"
    "                            joined by \":\" (pass)\n"
    "      --no-oldest-pass      skip the optional step 5 of section 5.2\n"
    "      --no-partial-body     a signature over part of the body is none\n";

enum {
	OPT_NO_OLDEST_PASS = CLI_OPT_OWN,
	OPT_NO_PARTIAL_BODY,
};

static const struct option longopts[] = {
	CLI_LONGOPTS,
	{ "accept", required_argument, NULL, 'A' },
	{ "no-oldest-pass", no_argument, NULL, OPT_NO_OLDEST_PASS },
	{ "no-partial-body", no_argument, NULL, OPT_NO_PARTIAL_BODY },
	{ NULL, 0, NULL, 0 },
};

/* Verdicts by their place in --accept. */
static const struct {
	const char *word;
	int exit; /* when it is not accepted */
} verdicts[] = {
	{ "pass", 1 },
	{ "none", 2 },
	{ "fail", 1 },
	{ "tempfail", EX_TEMPFAIL },
};

enum {
	NVERDICTS = sizeof verdicts / sizeof verdicts[0]
};

struct verify {
	struct cli cli;
	bool accept[NVERDICTS];
	bool named; /* lines begin with the file's name */
};

static size_t
verdict_index(struct slice word)
{
	size_t i = 0;

	while (i < NVERDICTS && !slice_eq(word, slice_of(verdicts[i].word)))
		i++;
	return i;
}

static void
option_accept(struct verify *v, const char *arg)
{
	struct slice rest = slice_of(arg), word;

	memset(v->accept, 0, sizeof v->accept);
	while (slice_cut(&rest, ':', &word)) {
		size_t i = verdict_index(word);

		if (i == NVERDICTS)
			cli_usage(&v->cli,
			    "--accept %s: not pass, none, fail or tempfail, "
			    "joined by \":\"",
			    arg);
		v->accept[i] = true;
	}
}

static void
options(struct verify *v, int argc, char **argv)
{
	int ch;

	while ((ch = getopt_long(
		    argc, argv, "A:" CLI_SHORTOPTS, longopts, NULL)) != -1)
		switch (ch) {
		case 'A': option_accept(v, optarg); break;
		case OPT_NO_OLDEST_PASS:
			v->cli.validate.no_oldest_pass = true;
			break;
		case OPT_NO_PARTIAL_BODY:
			v->cli.validate.no_partial_body = true;
			break;
		default:
			if (!cli_option(&v->cli, ch, optarg))
				cli_usage(&v->cli, "that is no usage");
		}
}

/* From octets to a verdict in v's output.  -1: there is none. */
static int
verify_input(
    struct verify *v, const char *file, struct input *in, struct diag *why)
{
	struct cli *c = &v->cli;
	struct message *m;
	struct chain chain;
	struct verdict verdict;
	struct remarks remarks;
	int result = -1;

	if (message_read(in, &m, why) != 0)
		return -1;
	struct report r = { .file = file,
		.named = v->named,
		.color = c->color,
		.message = m,
		.chain = &chain,
		.verdict = &verdict,
		.remarks = &remarks };

	if (chain_collect(m, m->arena, &chain, why) != 0 ||
	    validate(m, in, &chain, c->keys, &c->validate, &verdict, why) !=
		0 ||
	    input_drain(in, why) != 0)
		goto out;
	if (lint_collect(m, &chain, &verdict, c->validate.now, &remarks) != 0) {
		diag_memory(why);
		goto out;
	}
	result = 0;
	if (!c->quiet && c->json)
		result = report_json(&c->out, &r, why);
	else if (!c->quiet)
		report_line(&c->out, &r);
	if (!c->quiet && !c->json && c->verbose)
		report_details(&c->out, &r);
	size_t i = verdict_index(slice_of(report_word(&verdict)));

	if (result == 0)
		cli_worse(c, v->accept[i] ? 0 : verdicts[i].exit);
out:
	message_free(m);
	return result;
}

static void
verify_file(struct verify *v, const char *file)
{
	struct cli *c = &v->cli;
	struct input in;
	struct diag why;
	int result = input_open(&in, file, &why);

	if (result == 0) {
		result = verify_input(v, file, &in, &why);
		input_release(&in);
	}
	if (result != 0) {
		if (c->json && !c->quiet)
			report_json_trouble(&c->out, file, &why);
		cli_trouble(c, file, &why);
	}
	/* What a person waits for comes out at once. */
	if (c->out.len >= 32 * 1024 || isatty(STDOUT_FILENO))
		cli_flush(c);
}

int
main(int argc, char **argv)
{
	struct verify v = { .named = false };

	cli_init(&v.cli, "arc-verify", usage_line, own_help);
	v.accept[0] = true;
	options(&v, argc, argv);
	cli_keys(&v.cli);
	argc -= optind;
	argv += optind;
	v.named = argc > 1;
	if (argc == 0)
		verify_file(&v, "-");
	for (int i = 0; i < argc; i++)
		verify_file(&v, argv[i]);
	return cli_end(&v.cli);
}
